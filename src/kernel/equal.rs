//! Flows served at one common rate, in virtual time and whole numbers.
//!
//! All flows of a group have received the same work since each joined, so one counter,
//! the work done per flow, tells when each is finished: the flow's **tag**, the counter
//! at which it will be, never changes. A change of rate touches the counter alone.

use super::Priority;
use super::heap::{Handle, IndexedHeap};
use crate::base::units::{Bandwidth, Bytes, SimTime};

/// Rates are whole multiples of 2^-10 bit/s: fine enough that a thousand flows share
/// 1 kbit/s without starving, coarse enough that 18 Pbit/s fit.
const RATE_SHIFT: u32 = 10;
/// Work is counted in rate units times nanoseconds; so many make a byte.
const WORK_PER_BYTE: u128 = (8 << RATE_SHIFT) * 1_000_000_000;
/// Tags are kept in 1/256 byte, rounded up, to fit 64 bits.
const TAGS_PER_BYTE: u64 = 256;
const WORK_PER_TAG: u128 = WORK_PER_BYTE / TAGS_PER_BYTE as u128;
/// Volumes above this (36 PB) would leave no room for the counter.
const LARGEST_VOLUME: u64 = u64::MAX / 2 / TAGS_PER_BYTE;
/// The counter is set back when it passes this, in tags.
const COUNTER_LIMIT: u128 = 1 << 62;

/// A rate in units of 2^-10 bit/s.
///
/// # Panics
/// Above 2^54 bit/s, a thousand times the busiest link there is.
pub(super) fn rate_units(bandwidth: Bandwidth) -> u64 {
    let bits = bandwidth.as_bits();
    assert!(bits >> (64 - RATE_SHIFT) == 0, "{bandwidth:?} is beyond 2^54 bit/s");
    bits << RATE_SHIFT
}

/// The bandwidth of a rate, rounded down to whole bits per second.
pub(super) const fn bandwidth(rate: u64) -> Bandwidth {
    Bandwidth::from_bits(rate >> RATE_SHIFT)
}

/// Flows that all proceed at the same rate.
#[derive(Clone, Debug)]
pub(super) struct EqualShare<J> {
    /// Work done per flow until `as_of`, since the group was last empty or set back.
    done: u128,
    as_of: SimTime,
    /// Of each flow, in rate units.
    rate: u64,
    flows: IndexedHeap<(Bytes, J)>,
}

impl<J> EqualShare<J> {
    pub(super) const fn new(now: SimTime) -> Self {
        Self { done: 0, as_of: now, rate: 0, flows: IndexedHeap::new() }
    }

    pub(super) fn len(&self) -> u64 {
        self.flows.len() as u64
    }

    pub(super) const fn rate(&self) -> u64 {
        self.rate
    }

    /// Each flow proceeds at `rate` from `now` on.
    #[inline]
    pub(super) fn set_rate(&mut self, now: SimTime, rate: u64) {
        self.advance(now);
        self.rate = rate;
    }

    #[inline]
    pub(super) fn add(&mut self, now: SimTime, volume: Bytes, job: J) -> Handle {
        assert!(volume.get() <= LARGEST_VOLUME, "a flow of {volume:?} is beyond {LARGEST_VOLUME} B");
        self.advance(now);
        if self.flows.is_empty() {
            self.done = 0;
        }
        let tag = self.done.div_ceil(WORK_PER_TAG) as u64 + volume.get() * TAGS_PER_BYTE;
        self.flows.push(tag, Priority::NORMAL, (volume, job))
    }

    /// When the first flow will be finished at the present rate; the same instant
    /// whenever it is asked.
    #[inline]
    pub(super) fn due(&self) -> SimTime {
        let Some((tag, _)) = self.flows.peek() else { return SimTime::NEVER };
        let left = (u128::from(tag) * WORK_PER_TAG).saturating_sub(self.done);
        if left == 0 {
            return self.as_of;
        }
        if self.rate == 0 {
            return SimTime::NEVER;
        }
        let ns = left.div_ceil(u128::from(self.rate)).saturating_add(u128::from(self.as_of.as_ns()));
        SimTime::from_ns(u64::try_from(ns).unwrap_or(u64::MAX))
    }

    /// A time not later than [`Self::due`], and whether it is that very time, as it mostly
    /// is: without the division of long numbers.
    #[inline]
    pub(super) fn due_at_the_earliest(&self) -> (SimTime, bool) {
        // What is left of two tags is below 2^64 of this unit, which is about a tag.
        const UNIT_BITS: u32 = 35;
        const UNIT: f64 = (1_u64 << UNIT_BITS) as f64;
        // Four roundings by 2^-53 each.
        const SLACK: f64 = 4.0 * f64::EPSILON;
        let Some((tag, _)) = self.flows.peek() else { return (SimTime::NEVER, true) };
        let left = (u128::from(tag) * WORK_PER_TAG).saturating_sub(self.done);
        if left == 0 {
            return (self.as_of, true);
        }
        if self.rate == 0 {
            return (SimTime::NEVER, true);
        }
        let units = (left >> UNIT_BITS) as u64;
        let each = UNIT / self.rate as f64;
        let at_least = rounded_up(units as f64 * each * (1.0 - SLACK));
        let at_most = rounded_up((units + 1) as f64 * each * (1.0 + SLACK));
        let ns = self.as_of.as_ns().saturating_add(at_least);
        (SimTime::from_ns(ns), at_least == at_most && at_least < u64::MAX)
    }

    pub(super) fn first(&self) -> Option<Handle> {
        self.flows.first()
    }

    /// Takes the first flow if it is finished by `now`.
    #[inline]
    pub(super) fn take_finished(&mut self, now: SimTime) -> Option<J> {
        let (tag, _) = self.flows.peek()?;
        // The same as `due`, without its division.
        if u128::from(tag) * WORK_PER_TAG > self.done_by(now) {
            return None;
        }
        self.advance(now);
        self.flows.pop_until(u64::MAX).map(|(_, (_, job))| job)
    }

    /// Takes the first flow, which is known to be finished at `now`, and gets ready to be
    /// asked for the next.
    #[inline]
    pub(super) fn take_first(&mut self, now: SimTime) -> Option<J> {
        self.advance(now);
        let first = self.flows.pop_until(u64::MAX);
        self.flows.close();
        first.map(|(_, (_, job))| job)
    }

    /// Takes a flow out, finished or not, with what it had left.
    pub(super) fn remove(&mut self, now: SimTime, handle: Handle) -> Option<(J, Bytes)> {
        let left = self.left(now, handle)?;
        self.advance(now);
        self.flows.remove(handle).map(|(_, job)| (job, left))
    }

    /// What a flow has left at `now`, rounded up to whole bytes.
    pub(super) fn left(&self, now: SimTime, handle: Handle) -> Option<Bytes> {
        let tag = self.flows.key(handle)?;
        let (volume, _) = self.flows.item(handle)?;
        let left = (u128::from(tag) * WORK_PER_TAG).saturating_sub(self.done_by(now));
        let bytes = u64::try_from(left.div_ceil(WORK_PER_BYTE)).unwrap_or(u64::MAX);
        // The tag was rounded up, which may show as one byte too many.
        Some(Bytes::new(bytes).min(*volume))
    }

    pub(super) fn job(&self, handle: Handle) -> Option<&J> {
        self.flows.item(handle).map(|(_, job)| job)
    }

    fn done_by(&self, now: SimTime) -> u128 {
        self.done + u128::from(self.rate) * u128::from(now.since(self.as_of).as_ns())
    }

    #[inline]
    fn advance(&mut self, now: SimTime) {
        if now == self.as_of {
            return;
        }
        assert!(now > self.as_of, "it is already {:?}, not {now:?}", self.as_of);
        let done = self.done_by(now);
        if let Some((tag, _)) = self.flows.peek() {
            // A flow served beyond its end would rob the others.
            let last_ns = done.saturating_sub(u128::from(self.rate));
            let finished = self.rate > 0 && u128::from(tag) * WORK_PER_TAG <= last_ns;
            assert!(!finished, "a completion was due before {now:?} and was not taken");
        }
        self.done = done;
        self.as_of = now;
        if self.done > COUNTER_LIMIT * WORK_PER_TAG {
            self.set_back();
        }
    }

    #[cold]
    fn set_back(&mut self) {
        let counter = (self.done / WORK_PER_TAG) as u64;
        let Some((first, _)) = self.flows.peek() else {
            self.done = 0;
            return;
        };
        let amount = counter.min(first);
        self.flows.lower_keys(amount);
        self.done -= u128::from(amount) * WORK_PER_TAG;
    }
}

/// A positive number rounded up, saturating.
#[inline]
fn rounded_up(number: f64) -> u64 {
    let floor = number as u64;
    floor.saturating_add(u64::from((floor as f64) < number))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(seconds: u64) -> SimTime {
        SimTime::from_ns(seconds * 1_000_000_000)
    }

    #[test]
    fn a_change_of_rate_moves_the_end_by_what_is_left() {
        let mut group = EqualShare::new(at(0));
        group.set_rate(at(0), rate_units(Bandwidth::from_mbit(8)));
        let flow = group.add(at(0), Bytes::new(10_000_000), 'a');
        assert_eq!(group.due(), at(10));
        group.set_rate(at(4), rate_units(Bandwidth::from_mbit(1)));
        assert_eq!(group.left(at(4), flow), Some(Bytes::new(6_000_000)));
        assert_eq!(group.due(), at(52));
        group.set_rate(at(12), 0);
        assert_eq!(group.due(), SimTime::NEVER);
        group.set_rate(at(100), rate_units(Bandwidth::from_mbit(40)));
        assert_eq!(group.due(), at(101));
        assert_eq!(group.take_finished(at(100)), None);
        assert_eq!(group.take_finished(at(101)), Some('a'));
    }

    proptest! {
        #[test]
        fn the_earliest_due_time_is_before_the_due_time_or_it(
            rate in 1_u64..1 << 60, shift in 0_u32..60, volume in 0_u64..1 << 50, small in 0_u32..50, wait in 0_u64..1_000
        ) {
            let rate = (rate >> shift).max(1);
            let mut group = EqualShare::new(at(0));
            group.set_rate(at(0), rate);
            group.add(at(0), Bytes::new(volume >> small), ());
            let wait = SimTime::from_ns(wait.min(group.due().as_ns()));
            group.set_rate(wait, rate);
            let (earliest, exact) = group.due_at_the_earliest();
            prop_assert!(earliest <= group.due());
            prop_assert!(!exact || earliest == group.due());
            // For rates and volumes of a network, far below a hundred days.
            prop_assert!(exact || rate < 1 << 40 || group.due().as_ns() > 1 << 40
                || group.due().as_ns() - earliest.as_ns() <= 1);
        }
    }

    #[test]
    fn the_counter_is_set_back_without_anyone_noticing() {
        // 2^53 bit/s for hours: the counter passes its limit of 2^54 bytes every 16 s.
        let rate = rate_units(Bandwidth::from_bits(1 << 53));
        let mut group = EqualShare::new(at(0));
        group.set_rate(at(0), rate);
        for second in 0..3_600 {
            // Each flow lasts 1.5 s and they overlap, so the group is never empty.
            let flow = group.add(at(second), Bytes::new(3 << 49), second);
            assert_eq!(group.left(at(second), flow), Some(Bytes::new(3 << 49)));
            let due = at(second) + crate::base::units::Span::from_ns(500_000_000);
            if second > 0 {
                assert_eq!((group.due(), group.take_finished(due)), (due, Some(second - 1)));
            }
        }
        assert!(group.done < COUNTER_LIMIT * WORK_PER_TAG * 2);
    }
}
