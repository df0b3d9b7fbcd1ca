//! Who may be in flight: the caps of tools and their installations, and the order of
//! those that wait.
//!
//! The order is the one that Azure Migrate documents (Microsoft,
//! "concepts-vmware-agentless-migration", 2025-05) and is used for all: last deltas
//! before first copies before scheduled deltas; what is under way before what is new;
//! first come, first served. One that has no place at its host or datastore holds up
//! nobody at others.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::ops::Bound::{Excluded, Unbounded};

use super::Reader;
use crate::base::ids::IdVec;
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
    hosts: BTreeMap<Reader, Count>,
    datastores: BTreeMap<DatastoreId, Count>,
}

impl Gate {
    fn new(caps: &[Cap], units: u32) -> Self {
        Self { caps: caps.to_vec(), units: units.max(1), ..Self::default() }
    }

    fn admits(&self, at: &Whereabouts) -> bool {
        self.caps.iter().all(|cap| {
            let (count, most) = match cap.within {
                Within::Manager => (self.all, cap.most),
                Within::Unit => (self.all, cap.most.saturating_mul(self.units)),
                Within::Host => (known(&self.hosts, at.reader), cap.most),
                Within::Datastore => (known(&self.datastores, at.datastore), cap.most),
            };
            match cap.counted {
                Counted::Workloads => at.workloads == 0 || count.workloads + at.workloads <= most,
                Counted::Disks => at.disks == 0 || count.disks + at.disks <= most,
            }
        })
    }

    fn step(&mut self, at: &Whereabouts, step: Step) {
        self.all.step(at, step);
        let counts = |within| self.caps.iter().any(|cap| cap.within == within);
        let (by_host, by_datastore) = (counts(Within::Host), counts(Within::Datastore));
        if let Some(reader) = at.reader.filter(|_| by_host) {
            self.hosts.entry(reader).or_default().step(at, step);
        }
        if let Some(datastore) = at.datastore.filter(|_| by_datastore) {
            self.datastores.entry(datastore).or_default().step(at, step);
        }
    }
}

/// A cap within what is not known binds nobody.
fn known<K: Ord>(counts: &BTreeMap<K, Count>, at: Option<K>) -> Count {
    at.and_then(|at| counts.get(&at).copied()).unwrap_or_default()
}

/// Who keeps the places of an installation.
#[derive(Clone, Debug)]
pub(super) struct Gatekeeper {
    shared: Gate,
    tools: BTreeMap<ToolId, Gate>,
    queue: BTreeSet<Waiting>,
    /// Copies that wait for their turn at the cutover of serial tools.
    pub turns: VecDeque<u32>,
    /// The copy whose turn it is.
    pub turn: Option<u32>,
}

impl Gatekeeper {
    pub(super) fn new(installation: &Installation, id: InstallationId, tools: &IdVec<ToolId, Tool>) -> Self {
        let own = tools.enumerate().filter(|(_, tool)| tool.installation == id && !tool.caps.is_empty());
        Self {
            shared: Gate::new(&installation.caps, installation.units),
            tools: own
                .map(|(tool, described)| (tool, Gate::new(&described.caps, installation.units)))
                .collect(),
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

    /// Gives places to as many as there are, in order; `at` says where one would be
    /// counted, nothing where it cannot go now.
    pub(super) fn admit(
        &mut self,
        mut at: impl FnMut(&Waiting, &[Waiting]) -> Option<Whereabouts>,
    ) -> Vec<Waiting> {
        let mut admitted: Vec<Waiting> = Vec::new();
        let mut next = self.queue.first().copied();
        while let Some(waiting) = next {
            next = self.queue.range((Excluded(waiting), Unbounded)).next().copied();
            let Some(at) = at(&waiting, &admitted) else { continue };
            let own = self.tools.get(&at.tool);
            if self.shared.admits(&at) && own.is_none_or(|gate| gate.admits(&at)) {
                self.shared.step(&at, Step::In);
                if let Some(gate) = self.tools.get_mut(&at.tool) {
                    gate.step(&at, Step::In);
                }
                admitted.push(waiting);
            } else if self.is_full(Counted::Disks) {
                break;
            } else if waiting.age == Age::New && self.is_full(Counted::Workloads) {
                // Only what is under way can go on: it stands first in the next class.
                let Some(class) = waiting.class.next() else { break };
                let first = Waiting { class, age: Age::Ongoing, arrival: 0, copy: 0, leg: 0 };
                next = self.queue.range(first..).next().copied();
            }
        }
        for waiting in &admitted {
            self.queue.remove(waiting);
        }
        admitted
    }

    /// Whether not one more could be in flight, at whatever host.
    fn is_full(&self, counted: Counted) -> bool {
        self.shared.caps.iter().filter(|cap| cap.counted == counted).any(|cap| {
            let most = match cap.within {
                Within::Manager => cap.most,
                Within::Unit => cap.most.saturating_mul(self.shared.units),
                Within::Host | Within::Datastore => return false,
            };
            let Count { workloads, disks } = self.shared.all;
            most <= if counted == Counted::Disks { disks } else { workloads }
        })
    }

    pub(super) fn leave(&mut self, at: &Whereabouts) {
        self.shared.step(at, Step::Out);
        if let Some(gate) = self.tools.get_mut(&at.tool) {
            gate.step(at, Step::Out);
        }
    }

    pub(super) const fn in_flight(&self) -> (u32, u32) {
        (self.shared.all.disks, self.shared.all.workloads)
    }
}
