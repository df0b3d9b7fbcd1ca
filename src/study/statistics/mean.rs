//! Intervals for a mean and for differences under common random numbers.

use super::Moments;
use super::quantiles::{normal, two_sided};
use crate::study::analyses::Estimate;

/// The level of each of so many intervals that together hold with `level` (Bonferroni):
/// 1 - α/c. Of no interval, the level itself.
pub fn bonferroni(level: f64, intervals: usize) -> f64 {
    1.0 - (1.0 - level) / intervals.max(1) as f64
}

/// Half of Student's interval for the mean: t(n-1, 1-α/2)·S/√n.
///
/// # Panics
/// With fewer than two values, which say nothing of their own precision.
pub fn half_width(moments: &Moments, level: f64) -> f64 {
    assert!(moments.n() > 1, "an interval needs two values");
    two_sided(level, moments.n() as usize - 1) * moments.standard_error()
}

/// The mean with Student's interval.
///
/// # Panics
/// As [`half_width`].
pub fn interval(moments: &Moments, level: f64) -> Estimate {
    let half = half_width(moments, level);
    Estimate { value: moments.mean(), low: moments.mean() - half, high: moments.mean() + half }
}

/// Of each replication, `of` less `minus`: what the paired t of common random numbers
/// looks at.
pub fn differences(of: &[f64], minus: &[f64]) -> Vec<f64> {
    of.iter().zip(minus).map(|(a, b)| a - b).collect()
}

/// (Var X + Var Y) / Var(X - Y): how many times the replications independent sampling
/// would take. None where the difference does not vary.
pub fn variance_reduction(of: &[f64], minus: &[f64]) -> Option<f64> {
    let [x, y] = [of, minus].map(Moments::of);
    let difference = Moments::of(&differences(of, minus)).variance();
    (difference > 0.0).then(|| (x.variance() + y.variance()) / difference)
}

/// The chance of success that [`to_separate`] plans for: by convention (Cohen 1988).
pub const POWER: f64 = 0.80;

/// Replications after which the interval leaves out zero with a probability of
/// [`POWER`], if mean and variance are as they stand: the least n with
/// (t(n-1, 1-α/2) + z(power))·S/√n ≤ |D̄|. None where no number would do: the mean is
/// zero.
///
/// A plan for a half-width of |D̄| itself would fail every other time.
pub fn to_separate(moments: &Moments, level: f64) -> Option<u64> {
    let (mean, deviation) = (moments.mean().abs(), moments.deviation());
    (mean > 0.0)
        .then(|| least_n(2, |n| (two_sided(level, n - 1) + normal(POWER)) * deviation <= mean * root(n)))
}

/// The least n from `from` on at which `enough` holds, for conditions that hold ever
/// after; the greatest number where it holds nowhere below 2^53.
pub(super) fn least_n(from: usize, enough: impl Fn(usize) -> bool) -> u64 {
    const MOST: usize = 1 << 53;
    let mut high = from;
    while !enough(high) {
        if high >= MOST {
            return u64::MAX;
        }
        high *= 2;
    }
    let mut low = from;
    while low < high {
        let middle = low + (high - low) / 2;
        if enough(middle) { high = middle } else { low = middle + 1 }
    }
    low as u64
}

pub(super) fn root(n: usize) -> f64 {
    libm::sqrt(n as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_paired_interval_agrees_with_a_sheet() {
        // Differences 1, 3, 2, 4, 0: mean 2, variance 2.5, t(4, .975) = 2.776445105.
        let of = [11.0, 23.0, 12.0, 34.0, 50.0];
        let minus = [10.0, 20.0, 10.0, 30.0, 50.0];
        let found = interval(&Moments::of(&differences(&of, &minus)), 0.95);
        let half = 2.776_445_105_197_8 * libm::sqrt(0.5);
        assert!((found.value - 2.0).abs() < 1e-14);
        // statrs gives the quantile to 1e-12.
        assert!((found.low - (2.0 - half)).abs() < 1e-10 && (found.high - (2.0 + half)).abs() < 1e-10);
    }

    #[test]
    fn bonferroni_shares_the_risk_evenly() {
        assert!((bonferroni(0.95, 5) - 0.99).abs() < 1e-15);
        assert_eq!(bonferroni(0.95, 0), 0.95);
    }

    #[test]
    fn variance_reduction_is_that_of_correlated_pairs() {
        // Var X = Var Y = 2.5 and X - Y = ±1 with variance 1.2.
        let x = [1.0, 2.0, 3.0, 4.0, 5.0];
        let y = [2.0, 1.0, 4.0, 3.0, 6.0];
        let expected = (2.5 + 3.7) / 1.2;
        assert!((variance_reduction(&x, &y).unwrap() - expected).abs() < 1e-12);
        assert_eq!(variance_reduction(&x, &x), None);
    }

    #[test]
    fn what_would_separate_is_more_than_what_did_not_and_none_without_a_difference() {
        let moments = Moments::of(&[1.0, -1.0, 2.0, -1.5, 0.5]);
        assert!(half_width(&moments, 0.95) > moments.mean().abs());
        let needed = to_separate(&moments, 0.95).unwrap();
        // ((1.96 + 0.8416)·1.4405/0.2)² = 407.2, a little more for t.
        assert!((408..=412).contains(&needed), "{needed}");
        assert_eq!(to_separate(&Moments::of(&[1.0, -1.0]), 0.95), None);
        assert_eq!(to_separate(&Moments::of(&[0.0, 0.0]), 0.95), None);
    }
}
