//! Progressive filling, and which part of a network it has to cover.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::ResourceId;
use crate::base::ids::IdVec;

/// The resources, and the classes of flows over them: flows of one class count as one
/// unknown.
///
/// A component is a set of resources that no class connects to others. Sets are merged
/// when a class connects them, and found anew after as many classes have dissolved as
/// there are resources in the set; in between a set may cover more than it need, which
/// costs time and changes no rate.
#[derive(Clone, Default, Debug)]
pub(super) struct Solver {
    resources: IdVec<ResourceId, Resource>,
    classes: Vec<Class>,
    /// Classes that have flows and cross nothing.
    unrouted: Vec<u32>,
    /// How many classes that have flows have a cap.
    capped: usize,
    components: Vec<Component>,
    vacant: Vec<u32>,
    changed_resources: Vec<ResourceId>,
    changed_classes: Vec<u32>,
    /// Classes that have lost their last flow since the last solution, those that have
    /// another by now among them. Until it they stay connected: most go on at once.
    emptied: Vec<u32>,
    /// Counts solutions and searches, to tell what the present one has seen.
    pass: u64,
    caps: Vec<(u64, u32)>,
    shares: BinaryHeap<Reverse<(u64, ResourceId)>>,
}

#[derive(Clone, Debug)]
struct Resource {
    capacity: u64,
    load: u64,
    /// Flows that cross it, of all classes.
    flows: u64,
    /// The sum of their caps: where it is no more than the capacity, this is never what
    /// stops them.
    caps: u128,
    classes: Vec<u32>,
    component: u32,
    /// The search that has reached it.
    seen: u64,
    /// What the last solution was for.
    solved: (u64, u64),
    /// While solving: the capacity not yet given away, and the flows without a rate yet.
    free: u64,
    open: u64,
}

#[derive(Clone, Default, Debug)]
struct Class {
    /// In ascending order, each once.
    resources: Vec<ResourceId>,
    /// [`u64::MAX`] without a cap.
    cap: u64,
    flows: u64,
    /// Whether it is listed by what it crosses.
    connected: bool,
    rate: u64,
    /// The pass that has fixed its rate.
    fixed: u64,
    /// The pass that has listed it, for its cap or in a search.
    listed: u64,
    /// The flows that the last solution was for.
    solved: u64,
    /// What its rate stopped at: the resource that was full; none for its cap.
    bound: Option<ResourceId>,
}

#[derive(Clone, Default, Debug)]
struct Component {
    resources: Vec<ResourceId>,
    dissolved: usize,
}

impl Solver {
    pub(super) fn add_resource(&mut self, capacity: u64) -> ResourceId {
        let component = self.new_component();
        let id = self.resources.push(Resource {
            capacity,
            load: 0,
            flows: 0,
            caps: 0,
            classes: Vec::new(),
            component,
            seen: 0,
            solved: (capacity, 0),
            free: 0,
            open: 0,
        });
        self.components[component as usize].resources.push(id);
        id
    }

    pub(super) fn capacity(&self, resource: ResourceId) -> u64 {
        self.resources[resource].capacity
    }

    /// What flows use of a resource, by the last solution.
    pub(super) fn load(&self, resource: ResourceId) -> u64 {
        self.resources[resource].load
    }

    pub(super) fn set_capacity(&mut self, resource: ResourceId, capacity: u64) {
        self.resources[resource].capacity = capacity;
        self.changed_resources.push(resource);
    }

    /// The class with flows of this route and cap. It looks through those that cross one of
    /// the resources, which are fewer than the solution will have to.
    pub(super) fn find(&self, route: &[ResourceId], cap: u64) -> Option<u32> {
        let crossing = |resource: &ResourceId| &self.resources[*resource].classes;
        let candidates = route.iter().map(crossing).min_by_key(|list| list.len()).unwrap_or(&self.unrouted);
        candidates.iter().copied().find(|class| {
            let class = &self.classes[*class as usize];
            class.flows > 0 && class.cap == cap && class.resources == route
        })
    }

    /// Whether a class that has no flow was one of this route and cap at the last
    /// solution.
    pub(super) fn was(&self, class: u32, route: &[ResourceId], cap: u64) -> bool {
        let class = &self.classes[class as usize];
        class.connected && class.cap == cap && class.resources == route
    }

    /// Makes a class, still without flows, in the place of one that has none.
    pub(super) fn set_class(&mut self, class: u32, resources: &[ResourceId], cap: u64) {
        if class as usize == self.classes.len() {
            self.classes.push(Class::default());
        }
        let state = &self.classes[class as usize];
        assert!(state.flows == 0, "class {class} has {} flows of another route", state.flows);
        if state.connected {
            self.disconnect(class);
        }
        let state = &mut self.classes[class as usize];
        state.resources.clear();
        state.resources.extend_from_slice(resources);
        (state.cap, state.rate, state.solved) = (cap, 0, 0);
    }

    /// The rate of a class, by the last solution.
    pub(super) fn rate(&self, class: u32) -> u64 {
        self.classes[class as usize].rate
    }

    /// What keeps a class from being faster, by the last solution: the resource that is
    /// full; none where it is its own cap.
    pub(super) fn bound(&self, class: u32) -> Option<ResourceId> {
        self.classes[class as usize].bound
    }

    /// The class has one more flow.
    pub(super) fn add_flow(&mut self, class: u32) {
        let state = &mut self.classes[class as usize];
        state.flows += 1;
        for resource in &state.resources {
            let resource = &mut self.resources[*resource];
            resource.flows += 1;
            resource.caps += u128::from(state.cap);
        }
        if !state.connected {
            self.connect(class);
        }
        self.changed_classes.push(class);
    }

    /// The class has one flow less.
    pub(super) fn remove_flow(&mut self, class: u32) {
        let state = &mut self.classes[class as usize];
        state.flows -= 1;
        for resource in &state.resources {
            let resource = &mut self.resources[*resource];
            resource.flows -= 1;
            resource.caps -= u128::from(state.cap);
        }
        if state.flows == 0 {
            self.emptied.push(class);
        }
        self.changed_classes.push(class);
    }

    fn connect(&mut self, class: u32) {
        self.classes[class as usize].connected = true;
        self.capped += usize::from(self.classes[class as usize].cap < u64::MAX);
        let Self { classes, resources, components, vacant, .. } = self;
        let route = &classes[class as usize].resources;
        if route.is_empty() {
            self.unrouted.push(class);
        }
        for resource in route {
            resources[*resource].classes.push(class);
        }
        for pair in route.windows(2) {
            let [one, other] = [pair[0], pair[1]].map(|resource| resources[resource].component);
            if one == other {
                continue;
            }
            let size = |component: u32| components[component as usize].resources.len();
            let (small, large) = if size(one) < size(other) { (one, other) } else { (other, one) };
            let moved = std::mem::take(&mut components[small as usize]);
            for resource in &moved.resources {
                resources[*resource].component = large;
            }
            components[large as usize].resources.extend(moved.resources);
            components[large as usize].dissolved += moved.dissolved;
            vacant.push(small);
        }
    }

    fn disconnect(&mut self, class: u32) {
        self.classes[class as usize].connected = false;
        self.capped -= usize::from(self.classes[class as usize].cap < u64::MAX);
        let route = &self.classes[class as usize].resources;
        let strike = |list: &mut Vec<u32>| {
            let place = list.iter().position(|other| *other == class);
            list.swap_remove(place.expect("a class is listed by what it crosses"));
        };
        if route.is_empty() {
            strike(&mut self.unrouted);
        }
        for resource in route {
            strike(&mut self.resources[*resource].classes);
            // Its load changes even if nothing is left to solve.
            self.changed_resources.push(*resource);
        }
        if let [first, _, ..] = route[..] {
            self.components[self.resources[first].component as usize].dissolved += 1;
        }
    }

    fn new_component(&mut self) -> u32 {
        self.vacant.pop().unwrap_or_else(|| {
            self.components.push(Component::default());
            (self.components.len() - 1) as u32
        })
    }

    #[inline]
    pub(super) fn is_solved(&self) -> bool {
        self.changed_classes.is_empty() && self.changed_resources.is_empty()
    }

    /// Brings the rates up to date. `touched` is told every class whose flows or rate have
    /// changed since the last solution, perhaps twice.
    pub(super) fn solve(&mut self, mut touched: impl FnMut(u32)) {
        let mut emptied = std::mem::take(&mut self.emptied);
        for class in emptied.drain(..) {
            let state = &self.classes[class as usize];
            if state.connected && state.flows == 0 {
                self.disconnect(class);
            }
        }
        self.emptied = emptied;
        let mut changed_classes = std::mem::take(&mut self.changed_classes);
        for class in &changed_classes {
            let state = &mut self.classes[*class as usize];
            if state.flows > 0 {
                touched(*class);
            }
            // A flow replaced by its like changes no rate.
            if state.flows != state.solved {
                state.solved = state.flows;
                self.changed_resources.extend_from_slice(&state.resources);
                if state.resources.is_empty() {
                    state.rate = state.cap;
                }
                for resource in &state.resources {
                    self.resources[*resource].solved.1 = u64::MAX;
                }
            }
        }
        changed_classes.clear();
        self.changed_classes = changed_classes;
        let mut changed = std::mem::take(&mut self.changed_resources);
        for resource in changed.drain(..) {
            let state = &self.resources[resource];
            if state.solved != (state.capacity, state.flows) {
                self.solve_component(resource, &mut touched);
            }
        }
        self.changed_resources = changed;
    }

    /// Solves what a resource is connected to: all rates rise together; a class stops at
    /// its cap, or when one of its resources is full.
    fn solve_component(&mut self, resource: ResourceId, touched: &mut impl FnMut(u32)) {
        let mut component = self.resources[resource].component;
        let state = &self.components[component as usize];
        if state.dissolved >= state.resources.len().max(2) {
            self.split(component);
            component = self.resources[resource].component;
        }
        self.pass += 1;
        let pass = self.pass;
        let Self { resources, classes, components, caps, shares, capped, .. } = self;
        let members = &components[component as usize].resources;
        caps.clear();
        let mut known = std::mem::take(shares).into_vec();
        known.clear();
        for id in members {
            let resource = &mut resources[*id];
            (resource.free, resource.open) = (resource.capacity, resource.flows);
            resource.solved = (resource.capacity, resource.flows);
            // Most of a large set may stand idle.
            if resource.open == 0 {
                continue;
            }
            // The share of what can carry all caps is at least the least of the caps that are
            // still open, which come first.
            if resource.caps > u128::from(resource.capacity) {
                known.push(Reverse((resource.free / resource.open, *id)));
            }
            let may_be_capped = if *capped > 0 { &resource.classes[..] } else { &[] };
            for class in may_be_capped {
                let state = &mut classes[*class as usize];
                if state.cap < u64::MAX && state.listed != pass {
                    state.listed = pass;
                    caps.push((state.cap, *class));
                }
            }
        }
        *shares = BinaryHeap::from(known);
        caps.sort_unstable();
        let mut caps = caps.iter().peekable();
        loop {
            let full = least_share(resources, shares);
            while caps.next_if(|(_, class)| classes[*class as usize].fixed == pass).is_some() {}
            let capped = caps.peek().filter(|(cap, _)| full.is_none_or(|(share, _)| *cap <= share));
            if let Some((cap, class)) = capped {
                let state = &mut classes[*class as usize];
                state.bound = None;
                fix(resources, state, (*class, *cap, pass), touched);
            } else if let Some((share, full)) = full {
                for index in 0..resources[full].classes.len() {
                    let class = resources[full].classes[index];
                    let state = &mut classes[class as usize];
                    if state.fixed != pass {
                        state.bound = Some(full);
                        fix(resources, state, (class, share, pass), touched);
                    }
                }
            } else {
                break;
            }
        }
        for id in members {
            let state = &mut resources[*id];
            state.load = state.capacity - state.free;
        }
    }

    /// Finds the components that a set has fallen into.
    #[cold]
    fn split(&mut self, component: u32) {
        self.pass += 1;
        let pass = self.pass;
        let all = std::mem::take(&mut self.components[component as usize]).resources;
        self.vacant.push(component);
        for start in all {
            if self.resources[start].seen == pass {
                continue;
            }
            let into = self.new_component();
            self.resources[start].seen = pass;
            let mut reached = vec![start];
            let mut next = 0;
            while let Some(resource) = reached.get(next).copied() {
                next += 1;
                self.resources[resource].component = into;
                for index in 0..self.resources[resource].classes.len() {
                    let class = &mut self.classes[self.resources[resource].classes[index] as usize];
                    if class.listed != pass {
                        class.listed = pass;
                        for other in &class.resources {
                            let state = &mut self.resources[*other];
                            if state.seen != pass {
                                state.seen = pass;
                                reached.push(*other);
                            }
                        }
                    }
                }
            }
            self.components[into as usize].resources = reached;
        }
    }
}

/// The resource that fills up first and the rate at which it does. A share only grows
/// as flows are fixed below it, so an entry that has grown goes back to wait its turn.
fn least_share(
    resources: &IdVec<ResourceId, Resource>,
    shares: &mut BinaryHeap<Reverse<(u64, ResourceId)>>,
) -> Option<(u64, ResourceId)> {
    loop {
        let mut top = shares.peek_mut()?;
        let Reverse((known, resource)) = *top;
        let state = &resources[resource];
        match state.free.checked_div(state.open) {
            None => {
                std::collections::binary_heap::PeekMut::pop(top);
            }
            Some(share) if share > known => top.0.0 = share,
            Some(share) => return Some((share, resource)),
        }
    }
}

/// Fixes the rate of a class and takes it from what it crosses.
#[inline]
fn fix(
    resources: &mut IdVec<ResourceId, Resource>,
    class: &mut Class,
    (id, rate, pass): (u32, u64, u64),
    touched: &mut impl FnMut(u32),
) {
    class.fixed = pass;
    if class.rate != rate {
        class.rate = rate;
        touched(id);
    }
    for resource in &class.resources {
        let state = &mut resources[*resource];
        let taken = rate.checked_mul(class.flows).filter(|taken| *taken <= state.free);
        state.free -= taken.expect("no resource carries more than its capacity");
        state.open -= class.flows;
    }
}
