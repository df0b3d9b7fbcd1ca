//! The future event list.

use super::heap::{Handle, IndexedHeap};
use crate::base::units::SimTime;

/// The rank among events of the same instant: lower levels come first, and equal
/// levels in the order in which they were scheduled.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Priority(u8);

impl Priority {
    /// Before all others of the instant.
    pub const FIRST: Self = Self(0);
    /// What an event has unless told.
    pub const NORMAL: Self = Self(8);
    /// After all others of the instant.
    pub const LAST: Self = Self(15);

    /// The priority of this level, 0 to 15.
    ///
    /// # Panics
    /// If the level is above 15; in a constant, at compile time.
    pub const fn new(level: u8) -> Self {
        assert!(level <= 15, "a priority level is 0 to 15");
        Self(level)
    }

    /// The level, 0 to 15.
    pub const fn level(self) -> u8 {
        self.0
    }
}

impl Default for Priority {
    fn default() -> Self {
        Self::NORMAL
    }
}

/// A scheduled event: what cancels or re-times it. Once the event has happened or was
/// cancelled, its id is stale and refers to nothing, for ever (for 2^32 events that
/// share its slot).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct EventId(Handle);

/// Events to come, in the total order (time, priority, sequence of scheduling).
///
/// Scheduling, cancelling, re-timing and taking the next are O(log n) at worst, and near
/// O(1) with many pending, since of those only the ones due soon are kept sorted. 16 bytes
/// an entry beside the event itself, and 24 more with more than a thousand pending. A cancelled event is gone at once: it neither moves
/// the clock nor keeps memory. Up to 2^28 events may be pending.
///
/// ```
/// use portolan::base::units::SimTime;
/// use portolan::kernel::{EventQueue, Priority};
///
/// let mut queue = EventQueue::new();
/// let noon = SimTime::from_ns(12);
/// let lunch = queue.push(noon, Priority::NORMAL, "lunch");
/// let bells = queue.push(noon, Priority::FIRST, "bells");
/// queue.push(SimTime::from_ns(8), Priority::NORMAL, "school");
/// queue.cancel(bells);
/// queue.retime(lunch, SimTime::from_ns(1));
/// assert_eq!(queue.pop(), Some((SimTime::from_ns(1), "lunch")));
/// assert_eq!(queue.pop(), Some((SimTime::from_ns(8), "school")));
/// assert_eq!(queue.pop(), None);
/// ```
#[derive(Clone, Debug)]
pub struct EventQueue<E> {
    heap: IndexedHeap<E>,
}

impl<E> EventQueue<E> {
    /// An empty list.
    pub const fn new() -> Self {
        Self { heap: IndexedHeap::new() }
    }

    /// The number of events to come.
    pub fn len(&self) -> usize {
        self.heap.len()
    }

    /// Whether nothing is to come.
    pub fn is_empty(&self) -> bool {
        self.heap.is_empty()
    }

    /// Adds an event.
    ///
    /// # Panics
    /// If 2^28 events are pending already.
    #[inline]
    pub fn push(&mut self, at: SimTime, priority: Priority, event: E) -> EventId {
        EventId(self.heap.push(at.as_ns(), priority, event))
    }

    /// The time of the next event and the event; nothing when none is to come.
    #[inline]
    pub fn peek(&self) -> Option<(SimTime, &E)> {
        self.heap.peek().map(|(ns, event)| (SimTime::from_ns(ns), event))
    }

    /// Takes the next event.
    #[inline]
    pub fn pop(&mut self) -> Option<(SimTime, E)> {
        self.pop_until(SimTime::NEVER)
    }

    /// Takes the next event unless it is later than `until`.
    #[inline]
    pub fn pop_until(&mut self, until: SimTime) -> Option<(SimTime, E)> {
        self.heap.pop_until(until.as_ns()).map(|(ns, event)| (SimTime::from_ns(ns), event))
    }

    /// Removes an event and returns it; nothing when the id is stale.
    pub fn cancel(&mut self, id: EventId) -> Option<E> {
        self.heap.remove(id.0)
    }

    /// Moves an event to another time, behind the events of its priority that are
    /// already scheduled then, as if it had been cancelled and scheduled anew; the id
    /// stays valid. Returns whether the event was still to come.
    pub fn retime(&mut self, id: EventId, at: SimTime) -> bool {
        self.heap.rekey(id.0, at.as_ns())
    }

    /// When an event is due; nothing when the id is stale.
    pub fn time_of(&self, id: EventId) -> Option<SimTime> {
        self.heap.key(id.0).map(SimTime::from_ns)
    }

    /// An event to come; nothing when the id is stale.
    pub fn event(&self, id: EventId) -> Option<&E> {
        self.heap.item(id.0)
    }
}

impl<E> Default for EventQueue<E> {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// What the list is checked against: a vector searched for its least element.
    #[derive(Clone, Default)]
    struct Reference {
        pending: Vec<(u64, u8, u64, usize)>,
        sequence: u64,
    }

    impl Reference {
        fn push(&mut self, time: u64, priority: u8, event: usize) {
            self.pending.push((time, priority, self.sequence, event));
            self.sequence += 1;
        }

        fn cancel(&mut self, event: usize) -> Option<usize> {
            let place = self.pending.iter().position(|entry| entry.3 == event)?;
            Some(self.pending.swap_remove(place).3)
        }

        fn retime(&mut self, event: usize, time: u64) -> bool {
            let sequence = self.sequence;
            self.sequence += 1;
            match self.pending.iter_mut().find(|entry| entry.3 == event) {
                Some(entry) => {
                    (entry.0, entry.2) = (time, sequence);
                    true
                }
                None => false,
            }
        }

        fn pop_until(&mut self, until: u64) -> Option<(SimTime, usize)> {
            let least = *self.pending.iter().min()?;
            if least.0 > until {
                return None;
            }
            self.pending.retain(|entry| *entry != least);
            Some((SimTime::from_ns(least.0), least.3))
        }
    }

    #[derive(Clone, Debug)]
    enum Step {
        Push { time: u64, priority: u8 },
        Cancel { which: usize },
        Retime { which: usize, time: u64 },
        PopUntil { until: u64 },
        Fork,
    }

    fn steps() -> impl Strategy<Value = Vec<Step>> {
        // Few distinct times, so that most events tie with others.
        let step = prop_oneof![
            6 => (0..20_u64, 0..3_u8).prop_map(|(time, priority)| Step::Push { time, priority }),
            2 => any::<usize>().prop_map(|which| Step::Cancel { which }),
            3 => (any::<usize>(), 0..20_u64).prop_map(|(which, time)| Step::Retime { which, time }),
            4 => (0..25_u64).prop_map(|until| Step::PopUntil { until }),
            1 => Just(Step::Fork),
        ];
        proptest::collection::vec(step, 0..400)
    }

    proptest! {
        #[test]
        fn the_list_agrees_with_a_sorted_reference(steps in steps()) {
            let mut queue = EventQueue::new();
            let mut reference = Reference::default();
            let mut ids = Vec::new();
            for step in steps {
                match step {
                    Step::Push { time, priority } => {
                        reference.push(time, priority, ids.len());
                        ids.push(queue.push(SimTime::from_ns(time), Priority::new(priority), ids.len()));
                    }
                    // Ids of events long gone are tried as well.
                    Step::Cancel { which } if !ids.is_empty() => {
                        let event = which % ids.len();
                        prop_assert_eq!(queue.cancel(ids[event]), reference.cancel(event));
                    }
                    Step::Retime { which, time } if !ids.is_empty() => {
                        let event = which % ids.len();
                        let at = SimTime::from_ns(time);
                        prop_assert_eq!(queue.retime(ids[event], at), reference.retime(event, time));
                        prop_assert!(queue.time_of(ids[event]).is_none_or(|due| due == at));
                    }
                    Step::PopUntil { until } => {
                        let next = queue.peek().map(|(at, event)| (at, *event));
                        let popped = queue.pop_until(SimTime::from_ns(until));
                        prop_assert_eq!(popped, reference.pop_until(until));
                        prop_assert!(popped.is_none() || popped == next);
                    }
                    Step::Fork => queue = queue.clone(),
                    Step::Cancel { .. } | Step::Retime { .. } => {}
                }
                prop_assert_eq!(queue.len(), reference.pending.len());
            }
            while let Some(next) = reference.pop_until(u64::MAX) {
                prop_assert_eq!(queue.pop(), Some(next));
            }
            prop_assert_eq!(queue.pop(), None);
        }
    }
}
