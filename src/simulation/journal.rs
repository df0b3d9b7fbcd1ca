//! The Journal: the ordered record of one run, and whoever receives it.
//!
//! Every score is a fold over this stream; nothing is reported that is not in it.
//! Its grain is the same in every replication: a ledger line is one meter at one
//! site for one application and month. Names are looked up in the World when a
//! line is written, so that an entry is small and owns nothing.

mod decision;
mod ledger;

use std::fmt;

pub use super::placement::Refusal;
use crate::base::units::{Bytes, Money, Price, Quantity, SimTime, Span};
use crate::world::rules::exit::ExitRule;
use crate::world::{
    ApplicationId, CommitmentId, FigureId, InstallationId, LeadId, LinkId, Method, OfferId, SiteId, ToolId,
    WorkloadId,
};
pub use decision::{Bought, Broken, Decision, GivenUp};
pub use ledger::{Category, Charge, Meter, Nature};

/// Whatever receives the Journal of a run, entry by entry, in order of time.
pub trait Receiver {
    /// Receives what happened at `at`.
    fn receive(&mut self, at: SimTime, entry: &Entry);
}

/// One entry of the Journal.
#[derive(Clone, Debug)]
pub enum Entry {
    /// A line of the ledger.
    Charge(Charge),
    /// A workload has changed its place, or failed to.
    Move(Move),
    /// A workload was down and is back, or is down until the end.
    Outage(Outage),
    /// Something was decided.
    Decision(Decision),
    /// A workload is now counted at this offer, or nowhere.
    Placed {
        /// Which.
        workload: WorkloadId,
        /// Where; nowhere when it is retired.
        offer: Option<OfferId>,
    },
    /// An offer now has so many hosts.
    Hosts {
        /// Which.
        offer: OfferId,
        /// How many it has.
        count: u32,
    },
    /// What was used of an offer in a month, and what was allocated.
    Used {
        /// Of which.
        offer: OfferId,
        /// The month of the horizon.
        month: u32,
        /// How much.
        used: Used,
    },
    /// What a circuit carried for moves since the last such entry.
    LinkUsed {
        /// Which.
        link: LinkId,
        /// Since when.
        from: SimTime,
        /// Until when.
        until: SimTime,
        /// How much.
        carried: Bytes,
    },
    /// A wave is over, and so long its workloads waited for this.
    Bound {
        /// Which wave, from 1.
        wave: u32,
        /// For what.
        by: Binding,
        /// How long, summed over its workloads.
        waited: Span,
    },
    /// What of a commitment a month used, or did not: never cash, which its own lines are.
    Covered(Covered),
    /// The part of a line of data that left a site that applications sent to those that
    /// they depend on elsewhere, on top of what users took: never cash, which its own
    /// line is.
    Exchanged(Charge),
    /// An amount that is reported beside the cost and is not cash.
    WriteOff {
        /// Where the asset stood.
        site: SiteId,
        /// The book value that remained.
        amount: Money,
    },
    /// Data left for good and was not charged: never cash.
    Waived(Waived),
    /// What is in the books at the end of the horizon: never cash.
    BookValue {
        /// Where the asset stands.
        site: SiteId,
        /// What it is still worth there.
        amount: Money,
    },
    /// An exit rehearsal begins: what follows is charged to the exit.
    ExitBegins,
    /// The horizon, or an exit rehearsal, has ended.
    End,
}

/// What a move waits for at an instant: what would have to be faster, or more, for it
/// to go on sooner.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Binding {
    /// The people who prepare it.
    People,
    /// Something that takes a given time, such as a trip.
    Calendar,
    /// Something that must be there before it starts; the last of several.
    Lead(LeadId),
    /// The test by an application's owner.
    Owner,
    /// The approval of a cutover.
    Board,
    /// Room at its destination.
    Room,
    /// A free place among the copies that an installation has in flight.
    Places(InstallationId),
    /// What the appliances of an installation carry.
    Throughput(InstallationId),
    /// What a tool carries of one disk or one workload.
    Copy(ToolId),
    /// What a source host gives.
    Reading(OfferId),
    /// What a circuit carries.
    Circuit(LinkId),
    /// The length of a circuit: the window of its connections over the round trip.
    Distance(LinkId),
    /// A cutover window.
    Window,
    /// The cutover itself: the last bytes, conversion, tests.
    Cutover,
}

/// What of a commitment falls on a month's use, or on nobody's.
///
/// The amounts of one commitment add up to what is paid for it, to the micro-unit: the
/// last one takes what rounding left.
#[derive(Clone, Copy, Debug)]
pub struct Covered {
    /// Which.
    pub commitment: CommitmentId,
    /// The use that it covered, in the unit of this meter; `RemainingTerm` for what lies
    /// beyond the horizon, `Commitment` for what was not used of a menu.
    pub meter: Meter,
    /// Where.
    pub site: SiteId,
    /// For which application, where the meter knows.
    pub application: Option<ApplicationId>,
    /// The month of the horizon.
    pub month: u32,
    /// How many units.
    pub quantity: Quantity,
    /// Whether anybody used them.
    pub use_of: CommitmentUse,
    /// Price of one unit without the commitment on the day on which the books are
    /// closed, in the currency of `figure`.
    pub list_price: Price,
    /// What one unit of that currency bought in the reporting currency.
    pub rate: Price,
    /// The figure that the price came from.
    pub figure: FigureId,
    /// The part of the commitment's price that falls on them.
    pub amount: Money,
}

/// Data that left a site for good and cost nothing, by a rule.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Waived {
    /// Why.
    pub rule: ExitRule,
    /// The site that it left.
    pub site: SiteId,
    /// How much. Unit: GB.
    pub quantity: Quantity,
    /// What the tariff would have asked for it, beside what was charged in the month.
    pub amount: Money,
}

/// Whether what was committed was used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CommitmentUse {
    /// It was.
    Used,
    /// It was paid and nobody used it.
    Unused,
}

/// What was used and what was allocated: integrals over time of what was sampled.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Used {
    /// Virtual processors held by workloads that ran. Unit: vCPU-hour.
    pub allocated_vcpus: f64,
    /// Virtual processors that workloads had work for. Unit: vCPU-hour.
    pub wanted_vcpus: f64,
    /// Virtual processors that worked. Unit: vCPU-hour.
    pub used_vcpus: f64,
    /// Physical cores of hosts, or virtual processors of instances. Unit: core-hour.
    pub cores: f64,
    /// Memory held by workloads that ran. Unit: GiB-hour.
    pub allocated_gib: f64,
    /// Memory in use. Unit: GiB-hour.
    pub used_gib: f64,
    /// Hosts. Unit: host-hour.
    pub hosts: f64,
    /// Hosts of which more processors were wanted than they have cores. Unit: host-hour.
    pub overloaded_hosts: f64,
}

impl Used {
    /// Adds `other` times `factor`.
    pub fn add(&mut self, other: &Self, factor: f64) {
        self.allocated_vcpus += other.allocated_vcpus * factor;
        self.wanted_vcpus += other.wanted_vcpus * factor;
        self.used_vcpus += other.used_vcpus * factor;
        self.cores += other.cores * factor;
        self.allocated_gib += other.allocated_gib * factor;
        self.used_gib += other.used_gib * factor;
        self.hosts += other.hosts * factor;
        self.overloaded_hosts += other.overloaded_hosts * factor;
    }

    /// The share of what was wanted of processors that was not served, from 0 to 1.
    pub fn contention(&self) -> f64 {
        // The sums are of the same terms; rounding may leave a hair below zero.
        if self.wanted_vcpus > 0.0 { (1.0 - self.used_vcpus / self.wanted_vcpus).max(0.0) } else { 0.0 }
    }
}

/// A workload has changed its place, or failed to.
#[derive(Clone, Copy, Debug)]
pub struct Move {
    /// Which workload.
    pub workload: WorkloadId,
    /// In which wave, from 1.
    pub wave: u32,
    /// Where from.
    pub from: OfferId,
    /// Where to; nowhere when it is retired.
    pub to: Option<OfferId>,
    /// How.
    pub method: Method,
    /// With which tool.
    pub tool: Option<ToolId>,
    /// When engineers started on its group.
    pub prepared_from: SimTime,
    /// When its disks started to be copied.
    pub copied_from: SimTime,
    /// When its first copy was complete.
    pub copied: SimTime,
    /// When its cutover started.
    pub cutover: SimTime,
    /// How it ended.
    pub outcome: MoveOutcome,
    /// How long it was down for it.
    pub down_seconds: f64,
    /// Which attempt it was, from 1.
    pub attempt: u32,
}

/// How a move ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum MoveOutcome {
    /// It runs at its destination.
    Completed,
    /// Its group's cutover failed and it runs at its source again.
    RolledBack,
    /// Nothing at the destination could take it: it stays.
    Unplaced,
    /// It was switched off for good.
    Retired,
    /// Its copy could not be finished: it stays.
    GivenUp,
}

impl fmt::Display for MoveOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Completed => "completed",
            Self::RolledBack => "rolled back",
            Self::Unplaced => "unplaced",
            Self::Retired => "retired",
            Self::GivenUp => "given up",
        })
    }
}

/// A workload was down.
#[derive(Clone, Copy, Debug)]
pub struct Outage {
    /// Which workload.
    pub workload: WorkloadId,
    /// Where it ran.
    pub offer: OfferId,
    /// Since when.
    pub from: SimTime,
    /// Until when; the end of the horizon when it is still down.
    pub until: SimTime,
    /// Why.
    pub cause: OutageCause,
}

/// Why a workload was down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum OutageCause {
    /// Its host failed and it was restarted on another.
    HostFailure,
    /// Its host failed and no other could take it until the repair.
    HostFailureNoRoom,
    /// It was being cut over.
    Cutover,
    /// Its cutover failed and was rolled back.
    Rollback,
    /// The site that it ran at was down.
    SiteDown,
}

impl fmt::Display for OutageCause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::HostFailure => "host failure, restarted elsewhere",
            Self::HostFailureNoRoom => "host failure, no room until the repair",
            Self::Cutover => "cutover",
            Self::Rollback => "failed cutover, rolled back",
            Self::SiteDown => "site down",
        })
    }
}

/// A Journal that keeps everything: that of the illustrative path.
#[derive(Clone, Debug, Default)]
pub struct Journal {
    /// What happened, in order of time.
    pub entries: Vec<(SimTime, Entry)>,
}

impl Receiver for Journal {
    fn receive(&mut self, at: SimTime, entry: &Entry) {
        self.entries.push((at, entry.clone()));
    }
}

/// Two receivers are a receiver: a fold beside a Journal.
impl<A: Receiver, B: Receiver> Receiver for (A, B) {
    fn receive(&mut self, at: SimTime, entry: &Entry) {
        self.0.receive(at, entry);
        self.1.receive(at, entry);
    }
}

impl<R: Receiver + ?Sized> Receiver for &mut R {
    fn receive(&mut self, at: SimTime, entry: &Entry) {
        (**self).receive(at, entry);
    }
}
