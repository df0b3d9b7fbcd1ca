//! Flows that cross several shared resources, at max-min fair rates.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use super::Priority;
use super::equal::{EqualShare, bandwidth, rate_units};
use super::heap::{Handle, IndexedHeap};
use crate::base::ids::IdVec;
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
    resources: IdVec<ResourceId, Resource>,
    classes: Vec<Class<J>>,
    by_route: BTreeMap<Route, u32>,
    vacant: Vec<u32>,
    /// The first end in each class that has flows.
    ends: IndexedHeap<u32>,
    changes: Changes,
    scratch: Scratch,
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

#[derive(Clone, Debug)]
struct Resource {
    capacity: u64,
    load: u64,
    /// Classes with flows that cross it.
    classes: Vec<u32>,
    /// The solution that this resource was last part of.
    visit: u64,
    /// While solving: the capacity not yet given away.
    free: u64,
    /// While solving: the flows that have no rate yet.
    open: u64,
}

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Default, Debug)]
struct Route {
    /// [`u64::MAX`] without a cap.
    cap: u64,
    /// In ascending order, each once.
    resources: Vec<ResourceId>,
}

#[derive(Clone, Debug)]
struct Class<J> {
    route: Route,
    flows: EqualShare<J>,
    /// In [`MaxMin::ends`], while it has flows.
    end: Option<Handle>,
    visit: u64,
    /// While solving: the rate found; nothing yet found is `None`.
    solved: Option<u64>,
}

/// What changed since the last solution.
#[derive(Clone, Default, Debug)]
struct Changes {
    resources: Vec<ResourceId>,
    classes: Vec<u32>,
}

/// Space used while solving and kept for the next time.
#[derive(Clone, Default, Debug)]
struct Scratch {
    visit: u64,
    route: Route,
    resources: Vec<ResourceId>,
    classes: Vec<u32>,
    caps: Vec<(u64, u32)>,
    shares: BinaryHeap<Reverse<(u64, ResourceId)>>,
}

impl<J> MaxMin<J> {
    /// No resource and no flow yet.
    pub fn new(now: SimTime) -> Self {
        Self {
            now,
            resources: IdVec::new(),
            classes: Vec::new(),
            by_route: BTreeMap::new(),
            vacant: Vec::new(),
            ends: IndexedHeap::new(),
            changes: Changes::default(),
            scratch: Scratch::default(),
        }
    }

    /// Adds a capacity.
    ///
    /// # Panics
    /// If it is beyond 2^54 bit/s.
    pub fn add_resource(&mut self, capacity: Bandwidth) -> ResourceId {
        let capacity = rate_units(capacity);
        self.resources.push(Resource { capacity, load: 0, classes: Vec::new(), visit: 0, free: 0, open: 0 })
    }

    /// Changes a capacity, for instance to zero while a link is down.
    ///
    /// # Panics
    /// If it is beyond 2^54 bit/s; if `now` is before the last change.
    pub fn set_capacity(&mut self, now: SimTime, resource: ResourceId, capacity: Bandwidth) {
        self.advance(now);
        self.resources[resource].capacity = rate_units(capacity);
        self.changes.resources.push(resource);
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
        let handle = self.classes[class as usize].flows.add(now, flow.volume, flow.job);
        self.changes.classes.push(class);
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
        if let Some((due, _)) = self.ends.peek() {
            assert!(due >= now.as_ns(), "a completion was due before {now:?} and was not taken");
        }
        self.now = now;
    }

    /// The next flow to end if nothing changes, and when; nothing when none will.
    pub fn next_completion(&mut self) -> Option<(SimTime, FlowId)> {
        self.settle();
        let (ns, class) = self.ends.peek()?;
        let at = SimTime::from_ns(ns);
        let handle = self.classes[*class as usize].flows.first().expect("a class with an end has a flow");
        (at != SimTime::NEVER).then_some((at, FlowId { class: *class, handle }))
    }

    /// Ends the next flow if it is complete by `now`, and returns its job. Several may
    /// be complete: ask until nothing comes back.
    ///
    /// # Panics
    /// As [`Self::advance`].
    pub fn complete(&mut self, now: SimTime) -> Option<(FlowId, J)> {
        self.advance(now);
        let (due, id) = self.next_completion()?;
        if due > now {
            return None;
        }
        let job = self.classes[id.class as usize].flows.take_finished(now).expect("its end is due");
        self.shrink(id.class);
        Some((id, job))
    }

    /// Breaks a flow off; returns its job and what it had left, or nothing when it had
    /// ended before.
    ///
    /// # Panics
    /// As [`Self::advance`].
    pub fn remove(&mut self, now: SimTime, id: FlowId) -> Option<(J, Bytes)> {
        self.advance(now);
        let removed = self.classes.get_mut(id.class as usize)?.flows.remove(now, id.handle)?;
        self.shrink(id.class);
        Some(removed)
    }

    /// The rate of a flow, rounded down to a bit per second; nothing once it has ended.
    pub fn rate(&mut self, id: FlowId) -> Option<Bandwidth> {
        self.settle();
        let class = self.classes.get(id.class as usize)?;
        class.flows.job(id.handle).map(|_| bandwidth(class.flows.rate()))
    }

    /// What a flow has left at `now`, rounded up to a byte; nothing once it has ended.
    ///
    /// # Panics
    /// As [`Self::advance`].
    pub fn left(&mut self, now: SimTime, id: FlowId) -> Option<Bytes> {
        self.advance(now);
        self.classes.get(id.class as usize)?.flows.left(now, id.handle)
    }

    /// The job of a flow; nothing once it has ended.
    pub fn job(&self, id: FlowId) -> Option<&J> {
        self.classes.get(id.class as usize)?.flows.job(id.handle)
    }

    /// What flows use of a resource, rounded down to a bit per second.
    pub fn load(&mut self, resource: ResourceId) -> Bandwidth {
        self.settle();
        bandwidth(self.resources[resource].load)
    }

    /// The capacity of a resource.
    pub fn capacity(&self, resource: ResourceId) -> Bandwidth {
        bandwidth(self.resources[resource].capacity)
    }

    /// The number of flows in progress.
    pub fn len(&self) -> u64 {
        self.classes.iter().map(|class| class.flows.len()).sum()
    }

    /// Whether nothing is in progress.
    pub fn is_empty(&self) -> bool {
        self.by_route.is_empty()
    }

    /// The class of a route and cap, made when there is none.
    fn class_of(&mut self, route: &[ResourceId], cap: Option<Bandwidth>) -> u32 {
        let key = &mut self.scratch.route;
        key.cap = cap.map_or(u64::MAX, rate_units);
        key.resources.clear();
        key.resources.extend_from_slice(route);
        key.resources.sort_unstable();
        key.resources.dedup();
        if let Some(class) = self.by_route.get(key) {
            return *class;
        }
        let class = match self.vacant.pop() {
            Some(class) => {
                self.classes[class as usize].route.clone_from(key);
                class
            }
            None => {
                let flows = EqualShare::new(self.now);
                self.classes.push(Class { route: key.clone(), flows, end: None, visit: 0, solved: None });
                (self.classes.len() - 1) as u32
            }
        };
        self.by_route.insert(key.clone(), class);
        for resource in &self.scratch.route.resources {
            self.resources[*resource].classes.push(class);
        }
        let state = &mut self.classes[class as usize];
        state.flows.set_rate(self.now, 0);
        state.end = Some(self.ends.push(u64::MAX, Priority::NORMAL, class));
        class
    }

    /// Notes that a class has lost a flow, and dissolves it with its last.
    fn shrink(&mut self, class: u32) {
        let state = &mut self.classes[class as usize];
        if state.flows.len() > 0 {
            self.changes.classes.push(class);
            return;
        }
        self.by_route.remove(&state.route);
        self.ends.remove(state.end.take().expect("a class with flows has an end"));
        for resource in &state.route.resources {
            let crossing = &mut self.resources[*resource].classes;
            let place = crossing.iter().position(|other| *other == class);
            crossing.swap_remove(place.expect("a class is listed by what it crosses"));
            self.changes.resources.push(*resource);
        }
        self.vacant.push(class);
    }

    /// Brings the rates up to date with what changed at this instant.
    #[inline]
    fn settle(&mut self) {
        if !self.changes.resources.is_empty() || !self.changes.classes.is_empty() {
            self.find_connected();
            self.solve();
            self.apply();
        }
    }

    /// Collects all that is connected to a change, through classes and resources.
    fn find_connected(&mut self) {
        let Self { resources, classes, changes, scratch, .. } = self;
        scratch.visit += 1;
        let visit = scratch.visit;
        scratch.resources.clear();
        scratch.classes.clear();
        for class in changes.classes.drain(..) {
            let state = &mut classes[class as usize];
            // It may have dissolved since; its resources are noted then.
            if state.visit != visit && state.flows.len() > 0 {
                state.visit = visit;
                scratch.classes.push(class);
            }
        }
        for resource in changes.resources.drain(..) {
            visit_resource(resources, &mut scratch.resources, resource, visit);
        }
        let (mut next_class, mut next_resource) = (0, 0);
        loop {
            if let Some(class) = scratch.classes.get(next_class) {
                next_class += 1;
                for resource in &classes[*class as usize].route.resources {
                    visit_resource(resources, &mut scratch.resources, *resource, visit);
                }
            } else if let Some(resource) = scratch.resources.get(next_resource) {
                next_resource += 1;
                for class in &resources[*resource].classes {
                    let state = &mut classes[*class as usize];
                    if state.visit != visit {
                        state.visit = visit;
                        scratch.classes.push(*class);
                    }
                }
            } else {
                break;
            }
        }
        // Found in the order of what changed; solved and applied in one that does not
        // depend on it.
        scratch.classes.sort_unstable();
    }

    /// Progressive filling over what was collected: all rates rise together; a class
    /// stops at its cap, or when one of its resources is full.
    fn solve(&mut self) {
        let Self { resources, classes, scratch, .. } = self;
        for resource in &scratch.resources {
            let state = &mut resources[*resource];
            (state.free, state.open) = (state.capacity, 0);
        }
        scratch.caps.clear();
        for class in &scratch.classes {
            let state = &mut classes[*class as usize];
            state.solved = None;
            if state.route.cap < u64::MAX || state.route.resources.is_empty() {
                scratch.caps.push((state.route.cap, *class));
            }
            for resource in &state.route.resources {
                resources[*resource].open += state.flows.len();
            }
        }
        scratch.caps.sort_unstable();
        scratch.shares.clear();
        scratch.shares.extend(scratch.resources.iter().filter_map(|resource| {
            let state = &resources[*resource];
            Some(Reverse((state.free.checked_div(state.open)?, *resource)))
        }));
        let mut caps = scratch.caps.iter().peekable();
        loop {
            let full = least_share(resources, &mut scratch.shares);
            while caps.next_if(|(_, class)| classes[*class as usize].solved.is_some()).is_some() {}
            match (full, caps.peek()) {
                (None, None) => break,
                (Some((share, resource)), None) => fill(resources, classes, resource, share),
                (Some((share, resource)), Some((cap, _))) if share < *cap => {
                    fill(resources, classes, resource, share);
                }
                (_, Some((cap, class))) => fix(resources, &mut classes[*class as usize], *cap),
            }
        }
        for resource in &scratch.resources {
            let state = &mut resources[*resource];
            state.load = state.capacity - state.free;
        }
    }

    /// Gives the classes their new rates and their ends.
    fn apply(&mut self) {
        for class in &self.scratch.classes {
            let state = &mut self.classes[*class as usize];
            let rate = state.solved.expect("every class crosses a resource or has a cap");
            if rate != state.flows.rate() {
                state.flows.set_rate(self.now, rate);
            }
            let end = state.end.expect("a class with flows has an end");
            let due = state.flows.due().as_ns();
            if self.ends.key(end) != Some(due) {
                self.ends.rekey(end, due);
            }
        }
    }
}

fn visit_resource(
    resources: &mut IdVec<ResourceId, Resource>,
    found: &mut Vec<ResourceId>,
    resource: ResourceId,
    visit: u64,
) {
    let state = &mut resources[resource];
    if state.visit != visit {
        state.visit = visit;
        found.push(resource);
    }
}

/// The resource that fills up first and the rate at which it does. A share only grows
/// as flows are fixed below it, so an entry that has grown goes back to wait its turn.
fn least_share(
    resources: &IdVec<ResourceId, Resource>,
    shares: &mut BinaryHeap<Reverse<(u64, ResourceId)>>,
) -> Option<(u64, ResourceId)> {
    loop {
        let Reverse((known, resource)) = *shares.peek()?;
        let state = &resources[resource];
        match state.free.checked_div(state.open) {
            None => {
                shares.pop();
            }
            Some(share) if share > known => {
                shares.pop();
                shares.push(Reverse((share, resource)));
            }
            Some(share) => return Some((share, resource)),
        }
    }
}

/// Fixes every class that crosses a full resource and has no rate yet.
fn fill<J>(
    resources: &mut IdVec<ResourceId, Resource>,
    classes: &mut [Class<J>],
    full: ResourceId,
    rate: u64,
) {
    for index in 0..resources[full].classes.len() {
        let class = &mut classes[resources[full].classes[index] as usize];
        if class.solved.is_none() {
            fix(resources, class, rate);
        }
    }
}

/// Fixes the rate of a class and takes it from what it crosses.
fn fix<J>(resources: &mut IdVec<ResourceId, Resource>, class: &mut Class<J>, rate: u64) {
    class.solved = Some(rate);
    let flows = class.flows.len();
    for resource in &class.route.resources {
        let state = &mut resources[*resource];
        let taken = rate.checked_mul(flows).filter(|taken| *taken <= state.free);
        state.free -= taken.expect("no resource carries more than its capacity");
        state.open -= flows;
    }
}

#[cfg(test)]
mod tests;
