//! What is measured: observations one by one, levels over time, quantiles.

use crate::base::units::SimTime;

/// Count, mean, variance and extremes of observations, in one pass and constant
/// memory (Welford 1962; merged as by Chan, Golub and LeVeque 1979).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tally {
    count: u64,
    mean: f64,
    squares: f64,
    min: f64,
    max: f64,
}

impl Tally {
    /// No observation yet.
    pub const fn new() -> Self {
        Self { count: 0, mean: 0.0, squares: 0.0, min: f64::INFINITY, max: f64::NEG_INFINITY }
    }

    /// Adds one observation.
    #[inline]
    pub fn record(&mut self, value: f64) {
        self.count += 1;
        let from_old_mean = value - self.mean;
        self.mean += from_old_mean / self.count as f64;
        self.squares += from_old_mean * (value - self.mean);
        self.min = self.min.min(value);
        self.max = self.max.max(value);
    }

    /// Adds the observations of another tally. Merge in a fixed order: sums of floats
    /// depend on it in their last digits.
    pub fn merge(&mut self, other: &Self) {
        if other.count == 0 {
            return;
        }
        let (ours, theirs) = (self.count as f64, other.count as f64);
        let total = ours + theirs;
        let between = other.mean - self.mean;
        self.mean += between * theirs / total;
        self.squares += other.squares + between * between * ours * theirs / total;
        self.count += other.count;
        self.min = self.min.min(other.min);
        self.max = self.max.max(other.max);
    }

    /// The number of observations.
    pub const fn count(&self) -> u64 {
        self.count
    }

    /// The mean; nothing without an observation.
    pub fn mean(&self) -> Option<f64> {
        (self.count > 0).then_some(self.mean)
    }

    /// The unbiased variance (divided by n - 1); nothing below two observations.
    pub fn variance(&self) -> Option<f64> {
        (self.count > 1).then(|| self.squares / (self.count - 1) as f64)
    }

    /// The standard deviation; nothing below two observations.
    pub fn deviation(&self) -> Option<f64> {
        self.variance().map(f64::sqrt)
    }

    /// The standard error of the mean of independent observations; nothing below two.
    pub fn standard_error(&self) -> Option<f64> {
        self.variance().map(|variance| (variance / self.count as f64).sqrt())
    }

    /// The least observation.
    pub fn min(&self) -> Option<f64> {
        (self.count > 0).then_some(self.min)
    }

    /// The greatest observation.
    pub fn max(&self) -> Option<f64> {
        (self.count > 0).then_some(self.max)
    }
}

impl Default for Tally {
    fn default() -> Self {
        Self::new()
    }
}

impl FromIterator<f64> for Tally {
    fn from_iter<I: IntoIterator<Item = f64>>(values: I) -> Self {
        let mut tally = Self::new();
        values.into_iter().for_each(|value| tally.record(value));
        tally
    }
}

/// A level that holds between changes (a queue's length, hosts in use), weighted by how
/// long it holds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TimeWeighted {
    start: SimTime,
    changed: SimTime,
    level: f64,
    /// Level times nanoseconds until the last change.
    area: f64,
    min: f64,
    max: f64,
}

impl TimeWeighted {
    /// A level that is `level` from `start` on.
    pub const fn new(start: SimTime, level: f64) -> Self {
        Self { start, changed: start, level, area: 0.0, min: level, max: level }
    }

    /// The level becomes `level`.
    ///
    /// # Panics
    /// If `now` is before the last change.
    #[inline]
    pub fn set(&mut self, now: SimTime, level: f64) {
        assert!(now >= self.changed, "changed at {:?} already, now {now:?}", self.changed);
        self.area += self.level * now.since(self.changed).as_ns() as f64;
        self.changed = now;
        self.level = level;
        if level < self.min {
            self.min = level;
        }
        if level > self.max {
            self.max = level;
        }
    }

    /// The level changes by `difference`.
    ///
    /// # Panics
    /// If `now` is before the last change.
    #[inline]
    pub fn add(&mut self, now: SimTime, difference: f64) {
        self.set(now, self.level + difference);
    }

    /// The current level.
    pub const fn level(&self) -> f64 {
        self.level
    }

    /// The integral of the level over time until `now`, in levels times seconds.
    pub fn integral(&self, now: SimTime) -> f64 {
        self.area_until(now) / 1e9
    }

    /// The mean level over time until `now`; the level itself when no time has passed.
    pub fn mean(&self, now: SimTime) -> f64 {
        let span = now.since(self.start).as_ns() as f64;
        if span > 0.0 { self.area_until(now) / span } else { self.level }
    }

    fn area_until(&self, now: SimTime) -> f64 {
        self.area + self.level * now.since(self.changed).as_ns() as f64
    }

    /// Forgets the past, so that the mean starts at `now`: the end of a warm-up.
    pub const fn restart(&mut self, now: SimTime) {
        *self = Self::new(now, self.level);
    }

    /// The least level there has been.
    pub const fn min(&self) -> f64 {
        self.min
    }

    /// The greatest level there has been.
    pub const fn max(&self) -> f64 {
        self.max
    }
}

/// A [`TimeWeighted`] level that is a whole number: exact, and cheap enough to be kept of
/// everything.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct WholeLevel {
    start: SimTime,
    changed: SimTime,
    level: u64,
    /// Level times nanoseconds until the last change.
    area: u128,
    min: u64,
    max: u64,
}

impl WholeLevel {
    pub(super) const fn new(start: SimTime, level: u64) -> Self {
        Self { start, changed: start, level, area: 0, min: level, max: level }
    }

    /// As [`TimeWeighted::set`].
    #[inline]
    pub(super) fn set(&mut self, now: SimTime, level: u64) {
        assert!(now >= self.changed, "changed at {:?} already, now {now:?}", self.changed);
        self.area += u128::from(self.level) * u128::from(now.since(self.changed).as_ns());
        self.changed = now;
        self.level = level;
        self.min = self.min.min(level);
        self.max = self.max.max(level);
    }

    pub(super) fn time_weighted(&self) -> TimeWeighted {
        TimeWeighted {
            start: self.start,
            changed: self.changed,
            level: self.level as f64,
            area: self.area as f64,
            min: self.min as f64,
            max: self.max as f64,
        }
    }
}

/// Observations that are kept, for quantiles.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sample {
    values: Vec<f64>,
    sorted: bool,
}

impl Sample {
    /// No observation yet.
    pub const fn new() -> Self {
        Self { values: Vec::new(), sorted: false }
    }

    /// Keeps one observation.
    #[inline]
    pub fn record(&mut self, value: f64) {
        self.values.push(value);
        self.sorted = false;
    }

    /// The number of observations.
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Whether nothing was observed.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// The `p`-quantile, `p` from 0 to 1, by definition 7 of Hyndman and Fan (1996),
    /// the usual one of R and NumPy: linear between the order statistics around
    /// (n - 1)p + 1. Nothing without an observation.
    pub fn quantile(&mut self, p: f64) -> Option<f64> {
        let ordered = self.ordered();
        let last = ordered.len().checked_sub(1)?;
        let rank = p.clamp(0.0, 1.0) * last as f64;
        let below = rank as usize;
        let (low, high) = (ordered[below], ordered[(below + 1).min(last)]);
        Some(low + (high - low) * (rank - below as f64))
    }

    /// The observations in ascending order.
    pub fn ordered(&mut self) -> &[f64] {
        if !self.sorted {
            self.values.sort_unstable_by(f64::total_cmp);
            self.sorted = true;
        }
        &self.values
    }

    /// Count, mean, variance and extremes of the observations. Floats are added in the
    /// order in which they are kept, so ask before or after the quantiles, not both.
    pub fn tally(&self) -> Tally {
        self.values.iter().copied().collect()
    }
}

impl FromIterator<f64> for Sample {
    fn from_iter<I: IntoIterator<Item = f64>>(values: I) -> Self {
        Self { values: values.into_iter().collect(), sorted: false }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tally_gives_the_moments_worked_by_hand() {
        let tally: Tally = [2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0].into_iter().collect();
        assert_eq!((tally.count(), tally.mean()), (8, Some(5.0)));
        assert_eq!(tally.variance(), Some(32.0 / 7.0));
        assert_eq!((tally.min(), tally.max()), (Some(2.0), Some(9.0)));
        assert_eq!(Tally::new().mean(), None);
        assert_eq!([1.0].into_iter().collect::<Tally>().variance(), None);
    }

    #[test]
    fn the_variance_survives_a_large_common_offset() {
        let tally: Tally = [4.0, 7.0, 13.0, 16.0].map(|value| value + 1e9).into_iter().collect();
        // Exact: every intermediate is a small multiple of a power of two beside 1e9.
        assert_eq!(tally.variance(), Some(30.0));
    }

    #[test]
    fn merged_tallies_are_the_tally_of_all() {
        let values: Vec<f64> = (0..100).map(|i| f64::from(i * i % 37)).collect();
        let all: Tally = values.iter().copied().collect();
        let mut merged: Tally = values[..30].iter().copied().collect();
        merged.merge(&values[30..].iter().copied().collect());
        merged.merge(&Tally::new());
        assert_eq!((merged.count(), merged.min(), merged.max()), (all.count(), all.min(), all.max()));
        // Two orders of adding a hundred numbers below 37.
        assert!((merged.mean().unwrap() - all.mean().unwrap()).abs() < 1e-12);
        assert!((merged.variance().unwrap() - all.variance().unwrap()).abs() < 1e-10);
    }

    #[test]
    fn a_level_is_weighted_by_how_long_it_holds() {
        let at = |seconds: u64| SimTime::from_ns(seconds * 1_000_000_000);
        let mut level = TimeWeighted::new(at(10), 2.0);
        level.set(at(20), 5.0);
        level.add(at(25), -5.0);
        // 2 for 10 s, 5 for 5 s, 0 for 5 s.
        assert_eq!((level.integral(at(30)), level.mean(at(30))), (45.0, 2.25));
        assert_eq!((level.min(), level.max(), level.level()), (0.0, 5.0, 0.0));
        level.restart(at(30));
        level.set(at(31), 1.0);
        assert_eq!(level.mean(at(32)), 0.5);
    }

    #[test]
    fn quantiles_are_those_of_the_stated_definition() {
        let mut sample: Sample = [10.0, 1.0, 3.0, 2.0].into_iter().collect();
        // numpy.quantile([1, 2, 3, 10], …)
        for (p, expected) in [(0.0, 1.0), (0.25, 1.75), (0.5, 2.5), (0.9, 7.9), (1.0, 10.0)] {
            let quantile = sample.quantile(p).unwrap();
            assert!((quantile - expected).abs() < 1e-14, "{p}: {quantile}"); // one rounding
        }
        assert_eq!(Sample::new().quantile(0.5), None);
    }
}
