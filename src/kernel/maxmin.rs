//! Flows that cross several shared resources, at max-min fair rates.

mod solve;

use self::solve::Solver;
use super::equal::{EqualShare, bandwidth, rate_units};
use super::heap::Handle;
use super::soonest::Soonest;
use crate::base::units::{Bandwidth, Bytes, SimTime};
use crate::typed_id;

typed_id! {
    /// A capacity that flows cross: a link, a disk, an appliance, a host's adapter.
    ResourceId,
}

/// Flows over several capacities at once, such as the copies of a migration through
/// disk, host, tool, link and target, at **max-min fair** rates: no flow can get more
/// but from one that has no more than itself (Bertsekas and Gallager, *Data Networks*,
/// 6.5.2).
///
/// Solved by progressive filling. Flows of the same route and cap form one class that
/// counts as one unknown, and a change re-solves only the classes connected to it
/// through resources, once for all changes of an instant. All arithmetic is on whole
/// numbers, as in [`FairShare`](super::FairShare): a resource is never over capacity, a
/// bottleneck leaves less than 2^-10 bit/s per flow unused, and the rates do not depend
/// on the order in which flows came. The model keeps a single event, at
/// [`next_completion`](Self::next_completion), re-timed after each change.
///
/// ```
/// use portolan::base::units::{Bandwidth, Bytes, SimTime, Span};
/// use portolan::kernel::{Flow, MaxMin};
///
/// let now = SimTime::START;
/// let mut network = MaxMin::new(now);
/// let disk = network.add_resource(Bandwidth::from_mbit(80));
/// let link = network.add_resource(Bandwidth::from_mbit(100));
/// let volume = Bytes::new(10_000_000);
/// let copy = network.add(now, Flow { route: &[disk, link], cap: None, volume, job: "copy" });
/// let slow = Flow { route: &[link], cap: Some(Bandwidth::from_mbit(10)), volume, job: "slow" };
/// let slow = network.add(now, slow);
/// // The disk allows 80; the link would allow 90 beside the slow one's 10.
/// assert_eq!(network.rate(copy), Some(Bandwidth::from_mbit(80)));
/// assert_eq!(network.rate(slow), Some(Bandwidth::from_mbit(10)));
/// assert_eq!(network.load(link), Bandwidth::from_mbit(90));
/// let second = now + Span::from_seconds(1);
/// assert_eq!(network.next_completion(), Some((second, copy)));
/// assert_eq!(network.complete(second), Some((copy, "copy")));
/// ```
#[derive(Clone, Debug)]
pub struct MaxMin<J> {
    now: SimTime,
    solver: Solver,
    /// The flows of one route and cap.
    classes: Vec<EqualShare<J>>,
    vacant: Vec<u32>,
    /// Of each class the first end, or a time before it.
    ends: Soonest,
    /// Of each class whether that is the end itself.
    exact: Vec<bool>,
    /// The classes to look at after a solution; kept for its space.
    touched: Vec<u32>,
    /// A route in order; kept for its space.
    route: Vec<ResourceId>,
    len: u64,
    /// Whether a flow has come since the last solution.
    joined: bool,
}

/// What a flow needs to start.
#[derive(Clone, Copy, Debug)]
pub struct Flow<'a, J> {
    /// What it crosses, in any order; named twice counts once. Crossing nothing, it
    /// gets its cap.
    pub route: &'a [ResourceId],
    /// The most it can use by itself.
    pub cap: Option<Bandwidth>,
    /// What it has to carry.
    pub volume: Bytes,
    /// Handed back at its end.
    pub job: J,
}

/// A flow in progress; stale once it has ended.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct FlowId {
    class: u32,
    handle: Handle,
}

impl<J> MaxMin<J> {
    /// No resource and no flow yet.
    pub fn new(now: SimTime) -> Self {
        Self {
            now,
            solver: Solver::default(),
            classes: Vec::new(),
            vacant: Vec::new(),
            ends: Soonest::new(),
            exact: Vec::new(),
            touched: Vec::new(),
            route: Vec::new(),
            len: 0,
            joined: false,
        }
    }

    /// Adds a capacity.
    ///
    /// # Panics
    /// If it is beyond 2^54 bit/s.
    pub fn add_resource(&mut self, capacity: Bandwidth) -> ResourceId {
        self.solver.add_resource(rate_units(capacity))
    }

    /// Changes a capacity, for instance to zero while a link is down.
    ///
    /// # Panics
    /// If it is beyond 2^54 bit/s; if `now` is before the last change.
    pub fn set_capacity(&mut self, now: SimTime, resource: ResourceId, capacity: Bandwidth) {
        self.advance(now);
        self.solver.set_capacity(resource, rate_units(capacity));
    }

    /// Starts a flow. One of no bytes is complete at once; one that crosses nothing and
    /// has no cap practically so (2^54 bit/s).
    ///
    /// # Panics
    /// If its volume is beyond 36 PB or its cap beyond 2^54 bit/s; if `now` is before
    /// the last change.
    pub fn add(&mut self, now: SimTime, flow: Flow<'_, J>) -> FlowId {
        self.advance(now);
        let class = self.class_of(flow.route, flow.cap);
        let handle = self.classes[class as usize].add(now, flow.volume, flow.job);
        self.solver.add_flow(class);
        self.len += 1;
        self.joined = true;
        FlowId { class, handle }
    }

    /// Lets time pass until `now`. Every other call that takes the time does so too.
    ///
    /// # Panics
    /// If `now` is before the last change, or a completion was due before it and was
    /// not taken: a flow served beyond its end would rob the others.
    pub fn advance(&mut self, now: SimTime) {
        if now == self.now {
            return;
        }
        assert!(now > self.now, "it is already {:?}, not {now:?}", self.now);
        self.settle();
        // The time stored may be before the end, so the end itself is only asked for then.
        if self.ends.first().is_some_and(|(at, _)| at < now.as_ns()) {
            let due = self.first_end().map_or(SimTime::NEVER, |(due, _)| due);
            assert!(due >= now, "a completion was due before {now:?} and was not taken");
        }
        self.now = now;
    }

    /// The next flow to end if nothing changes, and when; nothing when none will.
    pub fn next_completion(&mut self) -> Option<(SimTime, FlowId)> {
        self.settle();
        let (at, class) = self.first_end()?;
        let handle = self.classes[class as usize].first().expect("a class with an end has a flow");
        Some((at, FlowId { class, handle }))
    }

    /// Ends the next flow if it is complete by `now`, and returns its job. Several may
    /// be complete: ask until nothing comes back.
    ///
    /// # Panics
    /// As [`Self::advance`].
    pub fn complete(&mut self, now: SimTime) -> Option<(FlowId, J)> {
        self.advance(now);
        // What left since the last solution makes others faster from now on, and so none
        // of them complete at this instant: all that end at one are solved for once.
        if self.joined {
            self.settle();
        }
        let (due, class) = self.first_end()?;
        if due > now {
            return None;
        }
        let flows = &mut self.classes[class as usize];
        let handle = flows.first().expect("a class with an end has a flow");
        let job = flows.take_first(now).expect("its end is due");
        self.shrink(class);
        Some((FlowId { class, handle }, job))
    }

    /// Breaks a flow off; returns its job and what it had left, or nothing when it had
    /// ended before.
    ///
    /// # Panics
    /// As [`Self::advance`].
    pub fn remove(&mut self, now: SimTime, id: FlowId) -> Option<(J, Bytes)> {
        self.advance(now);
        let removed = self.classes.get_mut(id.class as usize)?.remove(now, id.handle)?;
        self.shrink(id.class);
        Some(removed)
    }

    /// The rate of a flow, rounded down to a bit per second; nothing once it has ended.
    pub fn rate(&mut self, id: FlowId) -> Option<Bandwidth> {
        self.settle();
        let flows = self.classes.get(id.class as usize)?;
        flows.job(id.handle).map(|_| bandwidth(flows.rate()))
    }

    /// What keeps a flow from being faster: the resource on its route that is full and
    /// that no flow gets more of; none where that is its own cap, and once it has ended.
    pub fn bottleneck(&mut self, id: FlowId) -> Option<ResourceId> {
        self.settle();
        self.classes.get(id.class as usize)?.job(id.handle)?;
        self.solver.bound(id.class)
    }

    /// What a flow has left at `now`, rounded up to a byte; nothing once it has ended.
    ///
    /// # Panics
    /// As [`Self::advance`].
    pub fn left(&mut self, now: SimTime, id: FlowId) -> Option<Bytes> {
        self.advance(now);
        self.classes.get(id.class as usize)?.left(now, id.handle)
    }

    /// The job of a flow; nothing once it has ended.
    pub fn job(&self, id: FlowId) -> Option<&J> {
        self.classes.get(id.class as usize)?.job(id.handle)
    }

    /// What flows use of a resource, rounded down to a bit per second.
    pub fn load(&mut self, resource: ResourceId) -> Bandwidth {
        self.settle();
        bandwidth(self.solver.load(resource))
    }

    /// The capacity of a resource.
    pub fn capacity(&self, resource: ResourceId) -> Bandwidth {
        bandwidth(self.solver.capacity(resource))
    }

    /// The number of flows in progress.
    pub const fn len(&self) -> u64 {
        self.len
    }

    /// Whether nothing is in progress.
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The class of a route and cap, made when there is none.
    fn class_of(&mut self, route: &[ResourceId], cap: Option<Bandwidth>) -> u32 {
        let cap = cap.map_or(u64::MAX, rate_units);
        self.route.clear();
        self.route.extend_from_slice(route);
        self.route.sort_unstable();
        self.route.dedup();
        if let Some(class) = self.solver.find(&self.route, cap) {
            return class;
        }
        // One that has just lost its last flow goes on with the next, at its rate.
        if let Some(class) = self.vacant.pop_if(|class| self.solver.was(*class, &self.route, cap)) {
            return class;
        }
        let class = self.vacant.pop().unwrap_or_else(|| {
            self.classes.push(EqualShare::new(self.now));
            self.exact.push(true);
            (self.classes.len() - 1) as u32
        });
        self.solver.set_class(class, &self.route, cap);
        self.classes[class as usize].set_rate(self.now, 0);
        class
    }

    /// Notes that a class has lost a flow, and dissolves it with its last.
    fn shrink(&mut self, class: u32) {
        self.solver.remove_flow(class);
        self.len -= 1;
        if self.classes[class as usize].len() == 0 {
            self.ends.set(class, u64::MAX);
            self.vacant.push(class);
        } else {
            self.note_end(class);
        }
    }

    /// Notes when the first flow of a class ends at its present rate.
    #[inline]
    fn note_end(&mut self, class: u32) {
        let (earliest, exact) = self.classes[class as usize].due_at_the_earliest();
        self.ends.set(class, earliest.as_ns());
        self.exact[class as usize] = exact;
    }

    /// Brings the rates, and the times that depend on them, up to date with what changed
    /// at this instant.
    #[inline]
    fn settle(&mut self) {
        if self.solver.is_solved() {
            return;
        }
        self.joined = false;
        let mut touched = std::mem::take(&mut self.touched);
        touched.clear();
        self.solver.solve(|class| touched.push(class));
        for class in &touched {
            let flows = &mut self.classes[*class as usize];
            let rate = self.solver.rate(*class);
            if rate != flows.rate() {
                flows.set_rate(self.now, rate);
            }
            self.note_end(*class);
        }
        self.touched = touched;
    }

    /// The first end and its class; of ends at one instant, that of the lowest class.
    fn first_end(&mut self) -> Option<(SimTime, u32)> {
        loop {
            let (at, class) = self.ends.first()?;
            if std::mem::replace(&mut self.exact[class as usize], true) {
                return Some((SimTime::from_ns(at), class));
            }
            self.ends.set(class, self.classes[class as usize].due().as_ns());
        }
    }
}

#[cfg(test)]
mod tests;
