//! Everything in flight: copies of disks and memory on their way, and who waits for a
//! place among them.
//!
//! A component of its own. It knows tools, circuits and source hosts, but no strategy,
//! no programme and no Journal: it is told to start, to finish and to end copies and of
//! what fails, and answers with [`Signal`]s. It holds no clock: whoever drives it asks
//! [`Transport::next_at`] for the time of the next thing to happen and calls
//! [`Transport::advance`] then, so that a simulation, a validation table and a benchmark
//! run the same code.
//!
//! What a copy shares with others is one max-min network (see
//! [`MaxMin`]): the reading of each source host, what the tool
//! reads of one host, the appliances of an installation, and the circuit. What it has
//! for itself are caps: of the tool for one disk and for one copy, and of the distance.
//! How many are in flight at once is the matter of `admission`; how a copy is kept in
//! sync that of `sync`; what its time went into that of `account`.
//!
//! **Places.** A copy holds places only while bytes of it are carried: during its first
//! copy, a cycle, the last delta. One that waits in sync holds none. Otherwise a move
//! group larger than a tool's limit could never go, since it goes whole.
//!
//! **What a fault does.** A disk whose reading is broken off is read again from its
//! beginning, by the host on which the workload comes up; disks that were read stay. A
//! circuit that is down stops its flows where they are, and they go on when it is back;
//! passes over memory are given up.

mod account;
mod admission;
mod appliance;
mod copy;
pub mod load;
mod stages;
mod sync;
#[cfg(test)]
mod tests;
mod ways;

use std::collections::{BTreeSet, VecDeque};

use crate::base::ids::IdVec;
use crate::base::units::{Bandwidth, Bytes, SimTime, Span};
use crate::kernel::MaxMin;
use crate::world::rules::precopy::Rounds;
use crate::world::{
    DatastoreId, DeltaCycles, Installation, InstallationId, Link, LinkId, OfferId, Tool, ToolId, WorkloadId,
    World,
};

pub use account::Waited;
pub use sync::Churn;

use account::Carried;
use admission::Gatekeeper;
use appliance::Appliance;
use copy::{Copy, LegId};
use ways::Ways;

/// What carries copies.
#[derive(Clone, Copy, Debug)]
pub struct Equipment<'a> {
    /// The tools.
    pub tools: &'a IdVec<ToolId, Tool>,
    /// What tools of one product share.
    pub installations: &'a IdVec<InstallationId, Installation>,
    /// Circuits between sites.
    pub links: &'a IdVec<LinkId, Link>,
    /// What one source host can be read at.
    pub host_read: Bandwidth,
    /// How closely waiting copies are followed.
    pub cycles: DeltaCycles,
}

impl<'a> Equipment<'a> {
    /// That of a world.
    pub const fn of(world: &'a World) -> Self {
        Self {
            tools: &world.tools,
            installations: &world.installations,
            links: &world.links,
            host_read: world.factory.host_read,
            cycles: world.factory.delta_cycles,
        }
    }
}

/// A source host.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Reader {
    /// Of which offer.
    pub offer: OfferId,
    /// Its number there.
    pub host: u32,
}

/// A copy to be made.
#[derive(Clone, Copy, Debug)]
pub struct Job<'a> {
    /// Of what. One workload has one copy at a time.
    pub workload: WorkloadId,
    /// With which tool.
    pub tool: ToolId,
    /// The host that reads it; none where nobody says what reading is limited to, as at a
    /// menu of instances.
    pub reader: Option<Reader>,
    /// The circuit it goes over; none inside a site.
    pub link: Option<LinkId>,
    /// The most that its connections carry over the length of the circuit.
    pub distance: Option<Bandwidth>,
    /// Where its disks lie, if that is known.
    pub datastore: Option<DatastoreId>,
    /// What each of its disks puts on the wire, after compression.
    pub disks: &'a [Bytes],
    /// How it changes while it runs, as it goes over the wire.
    pub churn: Churn,
    /// How it is carried.
    pub way: Way,
}

/// How a copy is carried.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Way {
    /// Its disks are copied while it runs, and kept in sync until
    /// [`Transport::finish`].
    InSync,
    /// It stands still and all of it is copied.
    Still,
    /// Its disks travel on an appliance; what changed since goes over the circuit.
    Appliance,
    /// Its disks, if any, and then its memory, in one session while it runs.
    Session(Rounds),
}

/// How a copy that is in sync is finished.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Last {
    /// It stands still while the rest is carried.
    Delta,
    /// The rest of its disks and then its memory are carried while it runs.
    Live(Rounds),
}

/// What has happened to a copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// All disks have been copied once, or the appliance has been read in.
    Seeded {
        /// Whose.
        workload: WorkloadId,
    },
    /// A cycle is over; only where each is followed.
    Synced {
        /// Whose.
        workload: WorkloadId,
        /// How long it took, the wait for a place included.
        took: Span,
        /// What it carried.
        carried: Bytes,
    },
    /// It changes faster than its share of the network carries: it will not get any more
    /// in sync than it is. Said once.
    Diverging {
        /// Whose.
        workload: WorkloadId,
    },
    /// Its turn at a serial tool has come: the guest stops, unless it is moved live.
    Begun {
        /// Whose.
        workload: WorkloadId,
    },
    /// The memory of a live guest is copied but for the rest, for which it stops now.
    SwitchOver {
        /// Whose.
        workload: WorkloadId,
        /// Whether the passes converged.
        ended: Passes,
    },
    /// Every byte is there.
    Delivered {
        /// Whose.
        workload: WorkloadId,
    },
    /// The passes over its memory were given up; it runs on where it is.
    Aborted {
        /// Whose.
        workload: WorkloadId,
        /// Why.
        why: Abort,
    },
}

/// How the passes over a memory ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Passes {
    /// The rest fits into the planned stop.
    Converged,
    /// It does not, and the guest is stopped all the same.
    Forced,
}

/// Why passes over a memory were given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Abort {
    /// The guest writes faster than is copied.
    NotConverged,
    /// The circuit went down.
    LinkDown,
    /// The source host went down.
    SourceDown,
}

/// Everything in flight.
#[derive(Clone, Debug)]
pub struct Transport {
    now: SimTime,
    network: MaxMin<LegId>,
    ways: Ways,
    gates: IdVec<InstallationId, Gatekeeper>,
    limits: IdVec<ToolId, Limits>,
    cycles: DeltaCycles,
    copies: Vec<Copy>,
    vacant: Vec<u32>,
    /// The copy of each workload that has one; [`NO_COPY`] else.
    by_workload: Vec<u32>,
    /// Copies of which something flows.
    flowing: Vec<u32>,
    /// Copies in sync by a flow of their own.
    heavy: Vec<u32>,
    appliances: Vec<Appliance>,
    timers: BTreeSet<(SimTime, Timer)>,
    signals: VecDeque<Signal>,
    /// Installations at which a place may have become free.
    freed: Vec<InstallationId>,
    /// Who has been given a place; kept for its space.
    admitted: Vec<admission::Waiting>,
    carried: IdVec<LinkId, Carried>,
    arrivals: u64,
}

const NO_COPY: u32 = u32::MAX;

/// What is due at a time of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Timer {
    /// The next cycle of a copy, or its merging into one snapshot.
    Copy(u32),
    /// An appliance has been read in.
    Appliance(u32),
}

/// The limits of a tool, as far as one copy meets them.
#[derive(Clone, Copy, Debug)]
struct Limits {
    installation: InstallationId,
    per_copy: Option<Bandwidth>,
    per_disk: Option<Bandwidth>,
    per_host: Option<Bandwidth>,
    delta: Option<crate::world::DeltaRule>,
    most_snapshots: Option<u32>,
    serial: bool,
    trip: Span,
    capacity: Option<Bytes>,
}

impl Transport {
    /// Nothing in flight at `now`.
    pub fn new(now: SimTime, equipment: Equipment<'_>) -> Self {
        let mut network = MaxMin::new(now);
        let ways = Ways::new(&mut network, equipment);
        let limits = equipment.tools.iter().map(|tool| Limits {
            installation: tool.installation,
            per_copy: tool.per_copy,
            per_disk: tool.per_disk,
            per_host: tool.per_host,
            delta: tool.delta,
            most_snapshots: tool.most_snapshots,
            serial: tool.cutover == crate::world::Cutover::Serial,
            trip: tool.trip.unwrap_or_default(),
            capacity: tool.capacity,
        });
        Self {
            now,
            network,
            ways,
            gates: equipment
                .installations
                .enumerate()
                .map(|(id, installation)| Gatekeeper::new(installation, id, equipment.tools))
                .collect(),
            limits: limits.collect(),
            cycles: equipment.cycles,
            copies: Vec::new(),
            vacant: Vec::new(),
            by_workload: Vec::new(),
            flowing: Vec::new(),
            heavy: Vec::new(),
            appliances: Vec::new(),
            timers: BTreeSet::new(),
            signals: VecDeque::new(),
            freed: Vec::new(),
            admitted: Vec::new(),
            carried: equipment.links.iter().map(|_| Carried::default()).collect(),
            arrivals: 0,
        }
    }

    /// When something happens next if nobody interferes; nothing when nothing will.
    pub fn next_at(&mut self) -> Option<SimTime> {
        if !self.signals.is_empty() {
            return Some(self.now);
        }
        self.next_due()
    }

    fn next_due(&mut self) -> Option<SimTime> {
        let flow = self.network.next_completion().map(|(at, _)| at);
        let timer = self.timers.first().map(|(at, _)| *at);
        let heavy = self.next_of_heavy();
        [flow, timer, heavy].into_iter().flatten().min()
    }

    /// Lets everything happen that is due by `now`, and hands out what there is to say.
    ///
    /// # Panics
    /// If `now` is before an earlier call's.
    pub fn advance(&mut self, now: SimTime, sink: &mut impl FnMut(Signal)) {
        assert!(now >= self.now, "it is already {:?}, not {now:?}", self.now);
        while let Some(due) = self.next_due().filter(|due| *due <= now) {
            self.pass(due);
            while let Some((flow, leg)) = self.network.complete(due) {
                self.leg_flowed(leg, flow);
            }
            while let Some((at, timer)) = self.timers.first().copied().filter(|(at, _)| *at <= due) {
                self.timers.remove(&(at, timer));
                match timer {
                    Timer::Copy(copy) => self.cycle_due(copy),
                    Timer::Appliance(appliance) => self.appliance_returned(appliance),
                }
            }
            self.heavy_due();
            self.settle();
            while let Some(signal) = self.signals.pop_front() {
                sink(signal);
            }
        }
        self.pass(now);
        while let Some(signal) = self.signals.pop_front() {
            sink(signal);
        }
    }

    /// Starts a copy.
    ///
    /// # Panics
    /// If the workload has one already.
    pub fn start(&mut self, now: SimTime, job: Job<'_>) {
        self.pass(now);
        let copy = self.enter(job);
        match job.way {
            Way::InSync => self.seed(copy),
            Way::Appliance => self.load(copy),
            Way::Still | Way::Session(_) => self.ask_for_turn(copy),
        }
        self.settle();
    }

    /// Carries the rest of a copy that is in sync. [`Signal::Begun`] says when the guest
    /// must stop: at once, but for a serial tool that is busy.
    ///
    /// # Panics
    /// If it is not in sync.
    pub fn finish(&mut self, now: SimTime, workload: WorkloadId, last: Last) {
        self.pass(now);
        let copy = self.copy_of(workload).expect("only a copy that was started is finished");
        self.copies[copy as usize].rounds = match last {
            Last::Delta => None,
            Last::Live(rounds) => Some(rounds),
        };
        self.ask_for_turn(copy);
        self.settle();
    }

    /// Takes a copy back from its last stage: the guest runs on at its source, from `now`
    /// on, and is kept in sync.
    ///
    /// # Panics
    /// If it has no copy that is kept in sync.
    pub fn back_to_sync(&mut self, now: SimTime, workload: WorkloadId) {
        self.pass(now);
        let copy = self.copy_of(workload).expect("only a copy that was started goes back");
        self.resume(copy);
        self.settle();
    }

    /// Ends a copy, whatever it was doing: it is cut over, or given up.
    pub fn end(&mut self, now: SimTime, workload: WorkloadId) {
        let Some(copy) = self.copy_of(workload) else { return };
        self.pass(now);
        self.remove(copy);
        self.settle();
    }

    /// A workload is through with a serial tool, which may take the next; its copy stays.
    pub fn pass_turn(&mut self, now: SimTime, workload: WorkloadId) {
        let Some(copy) = self.copy_of(workload) else { return };
        self.pass(now);
        self.give_up_turn(copy);
        self.settle();
    }

    /// Whether a workload has a copy.
    pub fn has(&self, workload: WorkloadId) -> bool {
        self.copy_of(workload).is_some()
    }

    /// Whether a workload's disks have been copied once and are kept in sync, or its copy
    /// is in its last stage.
    pub fn is_seeded(&self, workload: WorkloadId) -> bool {
        self.copy_of(workload).is_some_and(|copy| self.copies[copy as usize].seeded)
    }

    /// Whether what a workload's copy has sent until now went onto an appliance: until its
    /// last stage begins.
    pub fn is_on_an_appliance(&self, workload: WorkloadId) -> bool {
        self.copy_of(workload).is_some_and(|copy| {
            let copy = &self.copies[copy as usize];
            copy.way == Way::Appliance && !matches!(copy.stage, copy::Stage::Last | copy::Stage::Delivered)
        })
    }

    /// Whether nothing is in flight or waits for a place.
    pub fn is_empty(&self) -> bool {
        self.vacant.len() == self.copies.len()
    }

    /// Workloads that a host reads, or would read.
    pub fn read_by(&self, reader: Reader) -> Vec<WorkloadId> {
        let read = |copy: &&Copy| copy.live && copy.reader == Some(reader);
        self.copies.iter().filter(read).map(|copy| copy.workload).collect()
    }

    /// The host that reads a workload is down, or the whole of its site.
    pub fn reader_lost(&mut self, now: SimTime, workload: WorkloadId) {
        let Some(copy) = self.copy_of(workload) else { return };
        self.pass(now);
        self.halt(copy);
        self.settle();
    }

    /// A workload whose reader was lost can be read again, on this host.
    pub fn reader_back(&mut self, now: SimTime, workload: WorkloadId, reader: Option<Reader>) {
        let Some(copy) = self.copy_of(workload) else { return };
        self.pass(now);
        self.go_on(copy, reader);
        self.settle();
    }

    /// A circuit goes down; twice when it does so twice.
    pub fn link_lost(&mut self, now: SimTime, link: LinkId) {
        self.pass(now);
        if self.ways.take_down(&mut self.network, now, link) {
            for copy in self.over(link) {
                self.cut_off(copy);
            }
        }
        self.settle();
    }

    /// A circuit is back.
    pub fn link_back(&mut self, now: SimTime, link: LinkId) {
        self.pass(now);
        if self.ways.bring_up(&mut self.network, now, link) {
            for copy in self.over(link) {
                self.reconnect(copy);
            }
        }
        self.settle();
    }

    /// What a copy would still have to carry if its guest stopped now, and how long that
    /// takes where nothing else is under way.
    pub fn rest(&mut self, now: SimTime, workload: WorkloadId) -> (Bytes, Span) {
        self.pass(now);
        let Some(copy) = self.copy_of(workload) else { return (Bytes::ZERO, Span::ZERO) };
        let rest = self.left_to_send(copy);
        (rest, self.alone(copy).time_for(rest))
    }

    /// What a workload's copy has put on the wire, or on an appliance, since this was
    /// last asked.
    pub fn take_sent(&mut self, workload: WorkloadId) -> Bytes {
        self.copy_of(workload)
            .map_or(Bytes::ZERO, |copy| std::mem::take(&mut self.copies[copy as usize].sent))
    }

    /// The number of disks, memories among them, that are being carried with a tool's
    /// installation, copies in sync left out, and that of workloads they belong to.
    pub fn in_flight(&self, installation: InstallationId) -> (u32, u32) {
        self.gates[installation].in_flight()
    }

    /// Workloads whose reader was lost and is not back.
    pub fn halted(&self) -> Vec<WorkloadId> {
        let halted = |copy: &&Copy| copy.live && copy.halted;
        self.copies.iter().filter(halted).map(|copy| copy.workload).collect()
    }

    /// Whether a circuit is up.
    pub fn is_up(&self, link: LinkId) -> bool {
        self.ways.is_up(link)
    }

    /// What a circuit carries now.
    pub fn load_of(&mut self, link: LinkId) -> Bandwidth {
        self.ways.load(&mut self.network, link)
    }

    fn copy_of(&self, workload: WorkloadId) -> Option<u32> {
        use crate::base::ids::Id;
        self.by_workload.get(workload.index()).copied().filter(|copy| *copy != NO_COPY)
    }

    fn over(&self, link: LinkId) -> Vec<u32> {
        let crosses = |(_, copy): &(usize, &Copy)| copy.live && copy.link == Some(link);
        self.copies.iter().enumerate().filter(crosses).map(|(index, _)| index as u32).collect()
    }
}
