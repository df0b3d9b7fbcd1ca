//! Who may be in flight: the caps of tools and their installations, and the order of
//! those that wait.
//!
//! The order is the one that Azure Migrate documents (Microsoft,
//! "concepts-vmware-agentless-migration", 2025-05) and is used for all: last deltas
//! before first copies before scheduled deltas; what is under way before what is new;
//! first come, first served. One that has no place at its host or datastore holds up
//! nobody at others.

use std::collections::{BTreeSet, VecDeque};

use super::Reader;
use crate::base::ids::{Id, IdVec};
use crate::world::{Cap, Counted, DatastoreId, Installation, InstallationId, Tool, ToolId, Within};

/// What waits for a place, by what goes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Waiting {
    pub class: Class,
    pub age: Age,
    /// In order of arrival.
    pub arrival: u64,
    pub copy: u32,
    pub leg: u32,
}

/// What goes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Class {
    /// A last delta, a session.
    OnDemand,
    /// A first copy.
    Initial,
    /// A cycle.
    Scheduled,
}

impl Class {
    const fn next(self) -> Option<Self> {
        match self {
            Self::OnDemand => Some(Self::Initial),
            Self::Initial => Some(Self::Scheduled),
            Self::Scheduled => None,
        }
    }
}

/// Whether some of the copy is in flight already.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Age {
    Ongoing,
    New,
}

/// Where a leg would be counted.
#[derive(Clone, Copy, Debug)]
pub(super) struct Whereabouts {
    pub tool: ToolId,
    pub reader: Option<Reader>,
    pub datastore: Option<DatastoreId>,
    /// Workloads that would come to be in flight: one with its first leg, then none.
    pub workloads: u32,
    /// Disks: one, and none for memory.
    pub disks: u32,
}

#[derive(Clone, Copy, Debug, Default)]
struct Count {
    workloads: u32,
    disks: u32,
}

impl Count {
    fn step(&mut self, at: &Whereabouts, step: Step) {
        let apply = |count: &mut u32, by| match step {
            Step::In => *count += by,
            Step::Out => *count -= by,
        };
        apply(&mut self.workloads, at.workloads);
        apply(&mut self.disks, at.disks);
    }
}

#[derive(Clone, Copy, Debug)]
enum Step {
    In,
    Out,
}

/// What one set of caps counts.
#[derive(Clone, Debug, Default)]
struct Gate {
    caps: Vec<Cap>,
    units: u32,
    all: Count,
    /// By offer, then by host; kept where a cap is within hosts.
    hosts: Vec<Vec<Count>>,
    by_host: bool,
    /// Kept where a cap is within datastores.
    datastores: Vec<Count>,
    by_datastore: bool,
}

impl Gate {
    fn new(caps: &[Cap], units: u32) -> Self {
        let counts = |within| caps.iter().any(|cap| cap.within == within);
        Self {
            caps: caps.to_vec(),
            units: units.max(1),
            by_host: counts(Within::Host),
            by_datastore: counts(Within::Datastore),
            ..Self::default()
        }
    }

    /// A cap within what is not known binds nobody.
    fn on_host(&self, at: Option<Reader>) -> Count {
        let known = |at: Reader| self.hosts.get(at.offer.index())?.get(at.host as usize).copied();
        at.and_then(known).unwrap_or_default()
    }

    fn on_datastore(&self, at: Option<DatastoreId>) -> Count {
        at.and_then(|at| self.datastores.get(at.index()).copied()).unwrap_or_default()
    }

    fn admits(&self, at: &Whereabouts) -> bool {
        self.caps.iter().all(|cap| {
            let (count, most) = match cap.within {
                Within::Manager => (self.all, cap.most),
                Within::Unit => (self.all, cap.most.saturating_mul(self.units)),
                Within::Host => (self.on_host(at.reader), cap.most),
                Within::Datastore => (self.on_datastore(at.datastore), cap.most),
            };
            match cap.counted {
                Counted::Workloads => at.workloads == 0 || count.workloads + at.workloads <= most,
                Counted::Disks => at.disks == 0 || count.disks + at.disks <= most,
            }
        })
    }

    /// Whether not one more could be in flight, at whatever host.
    fn is_full(&self, counted: Counted) -> bool {
        self.caps.iter().filter(|cap| cap.counted == counted).any(|cap| {
            let most = match cap.within {
                Within::Manager => cap.most,
                Within::Unit => cap.most.saturating_mul(self.units),
                Within::Host | Within::Datastore => return false,
            };
            let Count { workloads, disks } = self.all;
            most <= if counted == Counted::Disks { disks } else { workloads }
        })
    }

    fn step(&mut self, at: &Whereabouts, step: Step) {
        self.all.step(at, step);
        if let Some(reader) = at.reader.filter(|_| self.by_host) {
            let hosts = entry(&mut self.hosts, reader.offer.index());
            entry(hosts, reader.host as usize).step(at, step);
        }
        if let Some(datastore) = at.datastore.filter(|_| self.by_datastore) {
            entry(&mut self.datastores, datastore.index()).step(at, step);
        }
    }
}

/// An entry of a table that grows as it is asked for.
fn entry<T: Clone + Default>(table: &mut Vec<T>, index: usize) -> &mut T {
    if table.len() <= index {
        table.resize(index + 1, T::default());
    }
    &mut table[index]
}

/// Who keeps the places of an installation.
#[derive(Clone, Debug)]
pub(super) struct Gatekeeper {
    shared: Gate,
    /// Of tools with caps of their own.
    tools: Vec<Option<Gate>>,
    queue: BTreeSet<Waiting>,
    /// Copies that wait for their turn at the cutover of serial tools.
    pub turns: VecDeque<u32>,
    /// The copy whose turn it is.
    pub turn: Option<u32>,
}

impl Gatekeeper {
    pub(super) fn new(installation: &Installation, id: InstallationId, tools: &IdVec<ToolId, Tool>) -> Self {
        let has_own = |tool: &Tool| tool.installation == id && !tool.caps.is_empty();
        let own = |tool: &Tool| has_own(tool).then(|| Gate::new(&tool.caps, installation.units));
        Self {
            shared: Gate::new(&installation.caps, installation.units),
            tools: if tools.iter().any(has_own) { tools.iter().map(own).collect() } else { Vec::new() },
            queue: BTreeSet::new(),
            turns: VecDeque::new(),
            turn: None,
        }
    }

    pub(super) fn wait(&mut self, waiting: Waiting) {
        self.queue.insert(waiting);
    }

    pub(super) fn forget(&mut self, waiting: &Waiting) {
        self.queue.remove(waiting);
    }

    pub(super) fn nobody_waits(&self) -> bool {
        self.queue.is_empty()
    }

    /// Gives places to as many as there are, in order, and lists who got one in `admitted`,
    /// which is empty; `at` says where one would be counted.
    ///
    /// Once is enough: places only become fewer on the way, so one that was refused would
    /// be again.
    pub(super) fn admit(
        &mut self,
        admitted: &mut Vec<Waiting>,
        at: impl Fn(&Waiting, &[Waiting]) -> Whereabouts,
    ) {
        let mut from = self.queue.first().copied();
        while let Some(first) = from.take() {
            // Legs of one copy stand together and need the same.
            let mut refused = None;
            for waiting in self.queue.range(first..) {
                if refused == Some(waiting.copy) {
                    continue;
                }
                let at = at(waiting, admitted);
                let own = self.tools.get(at.tool.index()).and_then(Option::as_ref);
                if self.shared.admits(&at) && own.is_none_or(|gate| gate.admits(&at)) {
                    self.shared.step(&at, Step::In);
                    if let Some(Some(gate)) = self.tools.get_mut(at.tool.index()) {
                        gate.step(&at, Step::In);
                    }
                    admitted.push(*waiting);
                    continue;
                }
                refused = Some(waiting.copy);
                if self.shared.is_full(Counted::Disks) {
                    break;
                }
                if waiting.age == Age::New && self.shared.is_full(Counted::Workloads) {
                    // Only what is under way can go on: it stands first in the next class.
                    let ongoing = |class| Waiting { class, age: Age::Ongoing, arrival: 0, copy: 0, leg: 0 };
                    from = waiting.class.next().map(ongoing);
                    break;
                }
            }
        }
        for waiting in admitted.iter() {
            self.queue.remove(waiting);
        }
    }

    pub(super) fn leave(&mut self, at: &Whereabouts) {
        self.shared.step(at, Step::Out);
        if let Some(Some(gate)) = self.tools.get_mut(at.tool.index()) {
            gate.step(at, Step::Out);
        }
    }

    pub(super) const fn in_flight(&self) -> (u32, u32) {
        (self.shared.all.disks, self.shared.all.workloads)
    }
}
