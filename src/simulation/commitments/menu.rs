//! What a commitment on spend covers of a menu of sizes, instant by instant.
//!
//! So much spend an hour is committed, at the list prices of the day of purchase. While
//! more runs than that, every instance is covered by the same share, so that no order of
//! instances decides for whom the commitment is. The share changes whenever anything
//! starts or stops; what it covered of one line is the integral of line × share. The
//! running integral of the share alone is kept, and a line reads it only when it changes
//! itself, so that a change costs the same however many lines there are.

use std::collections::BTreeMap;

use crate::base::units::{Quantity, SimTime};
use crate::world::ApplicationId;

/// Instances of one size, for one application.
pub(super) type LineKey = (ApplicationId, u32);

/// One whole as a share of 40 bits: a month of a million euros is off by less than a
/// micro-euro.
const WHOLE: u64 = 1 << 40;

/// A commitment on spend, and what runs of its menu.
#[derive(Clone, Debug)]
pub(super) struct MenuCover {
    /// Price of an hour of each size on the day of purchase, billionths of the
    /// reporting currency; none for those that are not covered.
    prices: Vec<Option<u64>>,
    /// What is committed an hour, in the same unit.
    committed: u64,
    /// What other commitments that were bought before leave of each instance.
    left: u64,
    /// What runs costs so much an hour at these prices.
    running: u64,
    /// The share of everything that is covered.
    share: u64,
    /// Integral of the share over nanoseconds.
    integral: u128,
    since: SimTime,
    lines: BTreeMap<LineKey, Line>,
}

/// Instances of one size, for one application.
#[derive(Clone, Copy, Debug, Default)]
struct Line {
    running: u64,
    /// The integral of the share when `covered` was last brought up to date.
    read: u128,
    /// Integral of instances × share.
    covered: u128,
}

impl MenuCover {
    /// A commitment of so much an hour at these prices, from now on.
    pub fn new(prices: Vec<Option<u64>>, committed: u64, now: SimTime) -> Self {
        Self {
            prices,
            committed,
            left: WHOLE,
            running: 0,
            share: 0,
            integral: 0,
            since: now,
            lines: BTreeMap::new(),
        }
    }

    /// From now on so many instances of a line run.
    pub fn set(&mut self, key: LineKey, running: u64, now: SimTime) {
        self.advance(now);
        let Some(price) = self.prices[key.1 as usize] else { return };
        let line = self.lines.entry(key).or_default();
        line.covered += u128::from(line.running) * (self.integral - line.read);
        line.read = self.integral;
        self.running = self.running - line.running * price + running * price;
        line.running = running;
    }

    /// How many instances of a line run.
    pub fn running(&self, key: LineKey) -> u64 {
        self.lines.get(&key).map_or(0, |line| line.running)
    }

    /// From now on commitments that were bought before leave this share; gives what this
    /// one leaves.
    pub fn share_out(&mut self, left: u64, now: SimTime) -> u64 {
        self.advance(now);
        self.left = left;
        self.share = match self.running {
            0 => 0,
            running => {
                let share = u128::from(self.committed) * u128::from(WHOLE) / u128::from(running);
                u64::try_from(share).unwrap_or(u64::MAX).min(left)
            }
        };
        left - self.share
    }

    /// What the first commitment may cover of each instance.
    pub const ALL: u64 = WHOLE;

    /// Instance-hours of each line that were covered since they were last taken, those
    /// of none left out, and what they cost at the prices of the day of purchase, in
    /// units of the reporting currency.
    pub fn take(&mut self, now: SimTime) -> Vec<(LineKey, Quantity, f64)> {
        self.advance(now);
        let integral = self.integral;
        let mut taken = Vec::new();
        for (key, line) in &mut self.lines {
            let covered = line.covered + u128::from(line.running) * (integral - line.read);
            (line.covered, line.read) = (0, integral);
            // Shares of 2^-40, nanoseconds to the nearest millionth of an hour.
            let micros = ((covered >> 40) + 1_800_000) / 3_600_000;
            let hours = Quantity::from_micros(
                i64::try_from(micros).expect("a month's instances stay below 9e12 hours"),
            );
            if hours != Quantity::ZERO {
                let value = hours.as_f64() * self.prices[key.1 as usize].unwrap_or(0) as f64 * 1e-9;
                taken.push((*key, hours, value));
            }
        }
        self.lines.retain(|_, line| line.running > 0);
        taken
    }

    fn advance(&mut self, now: SimTime) {
        self.integral += u128::from(self.share) * u128::from(now.since(self.since).as_ns());
        self.since = now;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::ids::Id;
    use crate::base::units::Span;

    fn at(hours: u64) -> SimTime {
        SimTime::START + Span::from_hours(hours)
    }

    fn app(index: usize) -> ApplicationId {
        ApplicationId::from_index(index)
    }

    #[test]
    fn what_runs_within_the_commitment_is_covered_whole_and_beyond_it_in_proportion() {
        // 1 an hour is committed; sizes cost 0.25 and 0.5 an hour.
        let mut cover = MenuCover::new(vec![Some(250_000_000), Some(500_000_000)], 1_000_000_000, at(0));
        cover.set((app(0), 0), 2, at(0));
        assert_eq!(cover.share_out(MenuCover::ALL, at(0)), 0, "all of what runs is covered");
        // After ten hours three dearer ones start: 2 an hour, of which half is covered.
        cover.set((app(1), 1), 3, at(10));
        cover.share_out(MenuCover::ALL, at(10));
        let taken = cover.take(at(20));
        let hours: Vec<_> = taken.iter().map(|(key, hours, _)| (*key, *hours)).collect();
        let units = Quantity::from_units;
        assert_eq!(hours, [((app(0), 0), units(2 * 10 + 10)), ((app(1), 1), units(15))]);
        // Ten hours at 0.5, ten at the 1 that is committed: what is not used is the rest.
        let value: f64 = taken.iter().map(|(_, _, value)| value).sum();
        assert!((value - 15.0).abs() < 1e-12, "rounding only: {value}");
        assert_eq!(cover.take(at(20)), []);
    }

    #[test]
    fn a_second_commitment_covers_what_the_first_leaves() {
        let mut first = MenuCover::new(vec![Some(1_000_000_000)], 1_000_000_000, at(0));
        let mut second = MenuCover::new(vec![Some(1_000_000_000)], 2_000_000_000, at(0));
        for cover in [&mut first, &mut second] {
            cover.set((app(0), 0), 4, at(0));
        }
        let left = first.share_out(MenuCover::ALL, at(0));
        assert_eq!(second.share_out(left, at(0)), MenuCover::ALL / 4);
        let hours = |cover: &mut MenuCover| cover.take(at(8))[0].1;
        assert_eq!(
            (hours(&mut first), hours(&mut second)),
            (Quantity::from_units(8), Quantity::from_units(16))
        );
    }

    #[test]
    fn nothing_that_runs_is_covered_by_nothing() {
        let mut cover = MenuCover::new(vec![Some(1_000_000_000)], 1_000_000_000, at(0));
        cover.set((app(0), 0), 1, at(0));
        cover.share_out(MenuCover::ALL, at(0));
        cover.set((app(0), 0), 0, at(6));
        assert_eq!(cover.share_out(MenuCover::ALL, at(6)), MenuCover::ALL);
        assert_eq!(cover.take(at(24)), [((app(0), 0), Quantity::from_units(6), 6.0)]);
    }
}
