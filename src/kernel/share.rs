//! One capacity shared equally by all who use it.

use super::equal::{EqualShare, bandwidth, rate_units};
use super::heap::Handle;
use crate::base::units::{Bandwidth, Bytes, SimTime};

/// A capacity that n transfers share at 1/n each (processor sharing): one link, one
/// disk, one processor.
///
/// In virtual time: a change costs O(log n) however many transfers there are, and the
/// model keeps a single event, at [`next_completion`](Self::next_completion), re-timed
/// after each change. All arithmetic is on whole numbers: rates in 2^-10 bit/s, rounded
/// down (so n transfers leave at most n/1024 bit/s unused), ends exact to 1/256 byte and
/// rounded up to a nanosecond.
///
/// ```
/// use portolan::base::units::{Bandwidth, Bytes, SimTime, Span};
/// use portolan::kernel::FairShare;
///
/// let second = |n| SimTime::START + Span::from_seconds(n);
/// let mut link = FairShare::new(second(0), Bandwidth::from_mbit(8));
/// link.add(second(0), Bytes::new(3_000_000), "long");
/// link.add(second(1), Bytes::new(1_000_000), "short");
/// // The long one had a second alone; both now move half a megabyte a second.
/// assert_eq!(link.next_completion(), Some(second(3)));
/// assert_eq!(link.complete(second(3)), Some("short"));
/// assert_eq!(link.next_completion(), Some(second(4)));
/// ```
#[derive(Clone, Debug)]
pub struct FairShare<J> {
    capacity: u64,
    flows: EqualShare<J>,
}

/// A transfer in progress; stale once it has ended.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct TransferId(Handle);

impl<J> FairShare<J> {
    /// A capacity that nobody uses yet.
    ///
    /// # Panics
    /// If it is beyond 2^54 bit/s.
    pub fn new(now: SimTime, capacity: Bandwidth) -> Self {
        Self { capacity: rate_units(capacity), flows: EqualShare::new(now) }
    }

    /// Starts a transfer of `volume`; `job` is handed back at its end. One of no bytes
    /// is complete at once.
    ///
    /// # Panics
    /// If the volume is beyond 36 PB, or `now` is before the last change.
    #[inline]
    pub fn add(&mut self, now: SimTime, volume: Bytes, job: J) -> TransferId {
        let handle = self.flows.add(now, volume, job);
        self.share_out(now);
        TransferId(handle)
    }

    /// When the next transfer ends if nothing changes; nothing when none will.
    #[inline]
    pub fn next_completion(&self) -> Option<SimTime> {
        let due = self.flows.due();
        (due != SimTime::NEVER).then_some(due)
    }

    /// Ends the next transfer if it is complete by `now`, and returns its job. Several
    /// may be complete: ask until nothing comes back.
    #[inline]
    pub fn complete(&mut self, now: SimTime) -> Option<J> {
        let job = self.flows.take_finished(now)?;
        self.share_out(now);
        Some(job)
    }

    /// Breaks a transfer off; returns its job and what was left, or nothing when it had
    /// ended before.
    pub fn remove(&mut self, now: SimTime, id: TransferId) -> Option<(J, Bytes)> {
        let removed = self.flows.remove(now, id.0)?;
        self.share_out(now);
        Some(removed)
    }

    /// The capacity changes, for instance to zero while a link is down.
    ///
    /// # Panics
    /// If it is beyond 2^54 bit/s.
    pub fn set_capacity(&mut self, now: SimTime, capacity: Bandwidth) {
        self.capacity = rate_units(capacity);
        self.share_out(now);
    }

    /// What each transfer gets, rounded down to a bit per second.
    pub const fn rate(&self) -> Bandwidth {
        bandwidth(self.flows.rate())
    }

    /// What a transfer has left at `now`, rounded up; nothing once it has ended.
    pub fn left(&self, now: SimTime, id: TransferId) -> Option<Bytes> {
        self.flows.left(now, id.0)
    }

    /// The job of a transfer; nothing once it has ended.
    pub fn job(&self, id: TransferId) -> Option<&J> {
        self.flows.job(id.0)
    }

    /// The number of transfers in progress.
    pub fn len(&self) -> u64 {
        self.flows.len()
    }

    /// Whether nothing is in progress.
    pub fn is_empty(&self) -> bool {
        self.flows.len() == 0
    }

    #[inline]
    fn share_out(&mut self, now: SimTime) {
        let each = self.capacity.checked_div(self.flows.len()).unwrap_or(0);
        self.flows.set_rate(now, each);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::units::Span;
    use proptest::prelude::*;

    /// Every transfer by itself, drained piece by piece between changes, in floats.
    struct Naive {
        capacity: f64,
        now: f64,
        left: Vec<(usize, f64)>,
    }

    impl Naive {
        fn advance(&mut self, now: f64) {
            let each = self.capacity / self.left.len() as f64;
            for (_, left) in &mut self.left {
                *left -= each * (now - self.now);
            }
            self.now = now;
        }

        fn due(&self) -> Option<f64> {
            let least = self.left.iter().map(|(_, left)| *left).min_by(f64::total_cmp)?;
            Some(self.now + least * self.left.len() as f64 / self.capacity)
        }
    }

    proptest! {
        #[test]
        fn transfers_end_when_a_naive_integrator_says(
            arrivals in proptest::collection::vec((0..5_000_u64, 1..2_000_000_u64), 1..60)
        ) {
            let mut link = FairShare::new(SimTime::START, Bandwidth::from_mbit(8));
            let mut naive = Naive { capacity: 1e6, now: 0.0, left: Vec::new() };
            let mut arrivals = arrivals;
            arrivals.sort_unstable();
            let mut coming = arrivals.iter().enumerate().peekable();
            let mut delivered = 0;
            loop {
                let arrival = coming.peek().map(|(_, (ms, _))| SimTime::from_ns(ms * 1_000_000));
                let due = link.next_completion();
                if let Some(now) = arrival.filter(|at| due.is_none_or(|due| *at < due)) {
                    let (index, (_, volume)) = coming.next().expect("peeked");
                    naive.advance(now.as_ns() as f64 / 1e9);
                    naive.left.push((index, *volume as f64));
                    link.add(now, Bytes::new(*volume), index);
                } else if let Some(now) = due {
                    let seconds = now.as_ns() as f64 / 1e9;
                    // 1/256 byte for each of at most 60 tags at 1 MB/s over 60, and a
                    // nanosecond of rounding each: below a microsecond in all.
                    let naive_due = naive.due().expect("as many transfers as the link");
                    prop_assert!((naive_due - seconds).abs() < 2e-6, "{naive_due} {seconds}");
                    naive.advance(seconds);
                    let job = link.complete(now).expect("due now");
                    let place = naive.left.iter().position(|(index, _)| *index == job).expect("in progress");
                    // Less than two bytes at the full rate for a microsecond.
                    prop_assert!(naive.left.swap_remove(place).1.abs() < 2.0);
                    delivered += arrivals[job].1;
                } else {
                    break;
                }
            }
            prop_assert_eq!(delivered, arrivals.iter().map(|arrival| arrival.1).sum::<u64>());
            prop_assert!(link.is_empty() && naive.left.is_empty());
        }
    }

    #[test]
    fn what_is_broken_off_frees_its_share_at_once() {
        let second = |n| SimTime::START + Span::from_seconds(n);
        let mut link = FairShare::new(second(0), Bandwidth::from_mbit(8));
        let kept = link.add(second(0), Bytes::new(2_000_000), 'k');
        let dropped = link.add(second(0), Bytes::new(9_000_000), 'd');
        assert_eq!(link.rate(), Bandwidth::from_mbit(4));
        assert_eq!(link.remove(second(2), dropped), Some(('d', Bytes::new(8_000_000))));
        assert_eq!(link.remove(second(2), dropped), None);
        assert_eq!(link.left(second(2), kept), Some(Bytes::new(1_000_000)));
        assert_eq!(link.next_completion(), Some(second(3)));
    }

    #[test]
    fn a_link_that_is_down_ends_nothing_and_loses_nothing() {
        let second = |n| SimTime::START + Span::from_seconds(n);
        let mut link = FairShare::new(second(0), Bandwidth::from_mbit(8));
        let transfer = link.add(second(0), Bytes::new(2_000_000), ());
        link.set_capacity(second(1), Bandwidth::default());
        assert_eq!(link.next_completion(), None);
        link.set_capacity(second(61), Bandwidth::from_mbit(8));
        assert_eq!(link.left(second(61), transfer), Some(Bytes::new(1_000_000)));
        assert_eq!(link.next_completion(), Some(second(62)));
    }

    #[test]
    fn transfers_of_equal_size_end_in_the_order_in_which_they_came() {
        let mut link = FairShare::new(SimTime::START, Bandwidth::from_mbit(8));
        for job in 0..5 {
            link.add(SimTime::START, Bytes::new(100), job);
        }
        link.add(SimTime::START, Bytes::ZERO, 99);
        assert_eq!(link.complete(SimTime::START), Some(99));
        let due = link.next_completion().expect("five are in progress");
        let order: Vec<i32> = std::iter::from_fn(|| link.complete(due)).collect();
        assert_eq!(order, [0, 1, 2, 3, 4]);
    }
}
