//! A capacity with a queue: servers, a team, slots of a tool.

use std::collections::VecDeque;

use super::Priority;
use super::tally::{TimeWeighted, WholeLevel};
use crate::base::units::{SimTime, Span};

/// Units of capacity and those who wait for them, in order of priority and, within
/// one, of arrival.
///
/// It calls nobody: [`request`](Self::request) says whether the job starts at once, and
/// after a [`release`](Self::release) or a [`set_capacity`](Self::set_capacity) the
/// model asks [`start_next`](Self::start_next) until nobody more starts. The first in
/// line is overtaken by nobody of its own priority or a later one, not even by a job
/// that needs less: large jobs do not starve.
///
/// ```
/// use portolan::base::units::{SimTime, Span};
/// use portolan::kernel::{Admission, Demand, QueuedResource};
///
/// let mut crane = QueuedResource::new(SimTime::START, 1);
/// let noon = SimTime::from_ns(12);
/// assert_eq!(crane.request(SimTime::START, Demand::one("cog")), Admission::Started);
/// assert!(matches!(crane.request(SimTime::START, Demand::one("galley")), Admission::Waits(_)));
/// crane.release(noon, 1);
/// let next = crane.start_next(noon).unwrap();
/// assert_eq!((next.job, next.waited), ("galley", Span::from_ns(12)));
/// ```
#[derive(Clone, Debug)]
pub struct QueuedResource<T> {
    capacity: u64,
    in_use: u64,
    waiting: usize,
    /// One line a priority that was ever used, in order of priority.
    lines: Vec<Line<T>>,
    next_ticket: u64,
    usage: WholeLevel,
    queue_length: WholeLevel,
}

/// What a job asks for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Demand<T> {
    /// Who asks: handed back when it starts.
    pub job: T,
    /// Units it holds while it runs, at least 1.
    pub units: u64,
    /// Its rank in the queue.
    pub priority: Priority,
}

impl<T> Demand<T> {
    /// One unit at normal priority.
    pub const fn one(job: T) -> Self {
        Self { job, units: 1, priority: Priority::NORMAL }
    }
}

/// The answer to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admission {
    /// It holds its units from now on.
    Started,
    /// It waits; the ticket takes it out of the queue.
    Waits(Ticket),
}

/// A place in the queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ticket {
    priority: Priority,
    number: u64,
}

/// A job that has just been given its units after waiting.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Started<T> {
    /// The job as it was handed in.
    pub job: T,
    /// The units it holds now.
    pub units: u64,
    /// How long it waited.
    pub waited: Span,
}

#[derive(Clone, Debug)]
struct Line<T> {
    priority: Priority,
    /// In order of ticket; those who left in the middle stay as gaps.
    jobs: VecDeque<Waiting<T>>,
}

#[derive(Clone, Debug)]
struct Waiting<T> {
    ticket: u64,
    since: SimTime,
    units: u64,
    job: Option<T>,
}

impl<T> QueuedResource<T> {
    /// `capacity` free units from `start` on.
    pub const fn new(start: SimTime, capacity: u64) -> Self {
        Self {
            capacity,
            in_use: 0,
            waiting: 0,
            lines: Vec::new(),
            next_ticket: 0,
            usage: WholeLevel::new(start, 0),
            queue_length: WholeLevel::new(start, 0),
        }
    }

    /// Starts a job if its units are free and nobody of its priority or before waits,
    /// else lets it wait.
    ///
    /// A job that needs more units than there are waits for the capacity to grow, and
    /// holds up those behind it; a model that cannot wait checks first.
    ///
    /// # Panics
    /// If it asks for no unit at all.
    #[inline]
    pub fn request(&mut self, now: SimTime, demand: Demand<T>) -> Admission {
        assert!(demand.units > 0, "a job holds at least one unit");
        if self.fits(demand.units) && !self.has_waiting_at(demand.priority) {
            self.take(now, demand.units);
            return Admission::Started;
        }
        let number = self.next_ticket;
        self.next_ticket += 1;
        let waiting = Waiting { ticket: number, since: now, units: demand.units, job: Some(demand.job) };
        self.line(demand.priority).jobs.push_back(waiting);
        self.waiting += 1;
        self.queue_length.set(now, self.waiting as u64);
        Admission::Waits(Ticket { priority: demand.priority, number })
    }

    /// Gives back units; then ask [`Self::start_next`].
    ///
    /// # Panics
    /// If more is given back than is held.
    #[inline]
    pub fn release(&mut self, now: SimTime, units: u64) {
        assert!(units <= self.in_use, "{units} units given back, but only {} are held", self.in_use);
        self.in_use -= units;
        self.usage.set(now, self.in_use);
    }

    /// Starts the first in line if its units are free. Ask again until nobody starts.
    #[inline]
    pub fn start_next(&mut self, now: SimTime) -> Option<Started<T>> {
        if self.waiting == 0 {
            return None;
        }
        let (capacity, in_use) = (self.capacity, self.in_use);
        let line = self.lines.iter_mut().find(|line| !line.jobs.is_empty())?;
        // The front of a line is never a gap: leaving closes the gaps at the front.
        let first = line.jobs.front()?;
        if in_use.saturating_add(first.units) > capacity {
            return None;
        }
        let first = line.jobs.pop_front()?;
        line.close_gaps();
        self.waiting -= 1;
        self.queue_length.set(now, self.waiting as u64);
        self.take(now, first.units);
        let job = first.job.expect("the front of a line is not a gap");
        Some(Started { job, units: first.units, waited: now.since(first.since) })
    }

    /// Takes a waiting job out of the queue and returns it; nothing when it has started
    /// or left. Then ask [`Self::start_next`]: it may have held up others.
    pub fn leave(&mut self, now: SimTime, ticket: Ticket) -> Option<T> {
        let line = self.lines.iter_mut().find(|line| line.priority == ticket.priority)?;
        let place = line.jobs.binary_search_by_key(&ticket.number, |waiting| waiting.ticket).ok()?;
        let job = line.jobs[place].job.take()?;
        line.close_gaps();
        self.waiting -= 1;
        self.queue_length.set(now, self.waiting as u64);
        Some(job)
    }

    /// Changes the capacity, as a team's calendar does; then ask [`Self::start_next`].
    /// Jobs that hold units keep them, even beyond a lower capacity.
    pub const fn set_capacity(&mut self, capacity: u64) {
        self.capacity = capacity;
    }

    /// The units there are.
    pub const fn capacity(&self) -> u64 {
        self.capacity
    }

    /// The units held.
    pub const fn in_use(&self) -> u64 {
        self.in_use
    }

    /// The number of jobs that wait.
    pub const fn waiting(&self) -> usize {
        self.waiting
    }

    /// Units held, over time.
    pub fn usage(&self) -> TimeWeighted {
        self.usage.time_weighted()
    }

    /// Jobs waiting, over time.
    pub fn queue_length(&self) -> TimeWeighted {
        self.queue_length.time_weighted()
    }

    fn fits(&self, units: u64) -> bool {
        self.in_use.saturating_add(units) <= self.capacity
    }

    fn has_waiting_at(&self, priority: Priority) -> bool {
        self.waiting > 0 && self.lines.iter().any(|line| line.priority <= priority && !line.jobs.is_empty())
    }

    fn take(&mut self, now: SimTime, units: u64) {
        self.in_use += units;
        self.usage.set(now, self.in_use);
    }

    fn line(&mut self, priority: Priority) -> &mut Line<T> {
        let place = match self.lines.binary_search_by_key(&priority, |line| line.priority) {
            Ok(place) => place,
            Err(place) => {
                self.lines.insert(place, Line { priority, jobs: VecDeque::new() });
                place
            }
        };
        &mut self.lines[place]
    }
}

impl<T> Line<T> {
    fn close_gaps(&mut self) {
        while self.jobs.front().is_some_and(|waiting| waiting.job.is_none()) {
            self.jobs.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const URGENT: Priority = Priority::new(1);

    fn at(ns: u64) -> SimTime {
        SimTime::from_ns(ns)
    }

    fn all_who_start<T>(resource: &mut QueuedResource<T>, now: SimTime) -> Vec<T> {
        std::iter::from_fn(|| resource.start_next(now)).map(|started| started.job).collect()
    }

    #[test]
    fn the_urgent_go_first_and_equals_in_order_of_arrival() {
        let mut team = QueuedResource::new(at(0), 1);
        team.request(at(0), Demand::one('a'));
        team.request(at(1), Demand::one('b'));
        team.request(at(2), Demand::one('c'));
        team.request(at(3), Demand { job: 'u', units: 1, priority: URGENT });
        let mut order = Vec::new();
        for now in 10..14 {
            team.release(at(now), 1);
            order.extend(all_who_start(&mut team, at(now)));
        }
        assert_eq!(order, ['u', 'b', 'c']);
        assert_eq!((team.in_use(), team.waiting()), (0, 0));
    }

    #[test]
    fn one_who_needs_less_does_not_overtake() {
        let mut team = QueuedResource::new(at(0), 3);
        team.request(at(0), Demand { job: 'a', units: 2, priority: Priority::NORMAL });
        team.request(at(0), Demand { job: 'b', units: 3, priority: Priority::NORMAL });
        assert!(matches!(team.request(at(0), Demand::one('c')), Admission::Waits(_)));
        assert_eq!(all_who_start(&mut team, at(1)), []);
        team.release(at(2), 2);
        assert_eq!(all_who_start(&mut team, at(2)), ['b']);
        team.release(at(3), 3);
        assert_eq!(all_who_start(&mut team, at(3)), ['c']);
    }

    #[test]
    fn one_who_leaves_lets_the_others_through() {
        let mut team = QueuedResource::new(at(0), 2);
        team.request(at(0), Demand::one('a'));
        let Admission::Waits(big) =
            team.request(at(0), Demand { job: 'b', units: 2, priority: Priority::NORMAL })
        else {
            panic!("two units of which one is held")
        };
        let Admission::Waits(behind) = team.request(at(0), Demand::one('c')) else {
            panic!("nobody overtakes")
        };
        assert_eq!(team.leave(at(1), big), Some('b'));
        assert_eq!(team.leave(at(1), big), None);
        assert_eq!(all_who_start(&mut team, at(1)), ['c']);
        assert_eq!(team.leave(at(2), behind), None);
    }

    #[test]
    fn a_calendar_opens_and_closes_the_resource() {
        let mut team = QueuedResource::new(at(0), 0);
        team.request(at(0), Demand::one('a'));
        team.request(at(0), Demand::one('b'));
        team.set_capacity(2);
        assert_eq!(all_who_start(&mut team, at(8)), ['a', 'b']);
        team.set_capacity(1);
        team.request(at(9), Demand::one('c'));
        team.release(at(10), 1);
        assert_eq!(all_who_start(&mut team, at(10)), []);
        team.release(at(11), 1);
        assert_eq!(all_who_start(&mut team, at(11)), ['c']);
    }

    #[test]
    fn usage_and_queue_are_measured_over_time() {
        let mut team = QueuedResource::new(at(0), 1);
        team.request(at(0), Demand::one('a'));
        team.request(at(4), Demand::one('b'));
        team.release(at(10), 1);
        all_who_start(&mut team, at(10));
        team.release(at(15), 1);
        assert_eq!(team.usage().mean(at(20)), 0.75);
        assert_eq!(team.queue_length().mean(at(20)), 0.3);
    }

    proptest! {
        #[test]
        fn capacity_is_never_exceeded_and_never_idle_before_the_first_in_line(
            steps in proptest::collection::vec((0..4_u8, 1..4_u64, 0..3_u8), 1..200)
        ) {
            let mut team = QueuedResource::new(at(0), 5);
            let mut held: Vec<u64> = Vec::new();
            let mut tickets = Vec::new();
            for (step, (kind, units, level)) in steps.into_iter().enumerate() {
                let now = at(step as u64);
                match kind {
                    0 | 1 => match team.request(now, Demand { job: units, units, priority: Priority::new(level) }) {
                        Admission::Started => held.push(units),
                        Admission::Waits(ticket) => tickets.push(ticket),
                    },
                    2 if !held.is_empty() => team.release(now, held.swap_remove(0)),
                    3 if !tickets.is_empty() => {
                        team.leave(now, tickets.swap_remove(units as usize % tickets.len()));
                    }
                    _ => {}
                }
                held.extend(all_who_start(&mut team, now));
                prop_assert_eq!(held.iter().sum::<u64>(), team.in_use());
                prop_assert!(team.in_use() <= 5);
                let first = team.lines.iter().find_map(|line| line.jobs.front());
                prop_assert!(first.is_none_or(|first| first.units + team.in_use() > 5));
                let waiting = team.lines.iter().flat_map(|line| &line.jobs).filter(|job| job.job.is_some());
                prop_assert_eq!(waiting.count(), team.waiting());
            }
        }
    }
}
