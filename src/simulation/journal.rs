//! The Journal: the ordered record of one run, and whoever receives it.
//!
//! Every score is a fold over this stream; nothing is reported that is not in it.
//! Its grain is the same in every replication: a ledger line is one meter at one
//! site for one application and month. Names are looked up in the World when a
//! line is written, so that an entry is small and owns nothing.

use std::fmt;

pub use super::placement::Refusal;
use crate::base::units::{Bytes, Money, Price, Quantity, SimTime, Span};
use crate::world::rules::effort::Crossing;
use crate::world::rules::exit::ExitRule;
use crate::world::{
    AllianceId, ApplicationId, CommitmentId, ContractId, FacetId, FacilityId, FigureId, InstallationId,
    LeadId, LicenceId, LinkId, Method, OfferId, SiteId, TeamId, ToolId, WorkloadId,
};

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

/// A line of the ledger.
#[derive(Clone, Copy, Debug)]
pub struct Charge {
    /// What was metered.
    pub meter: Meter,
    /// Its heading in the report.
    pub category: Category,
    /// Where; the site whose provider issues the invoice. None for what the
    /// user's own staff or a licence seller charges.
    pub site: Option<SiteId>,
    /// For which application, where the meter knows.
    pub application: Option<ApplicationId>,
    /// The month of the horizon it is charged for.
    pub month: u32,
    /// How many units.
    pub quantity: Quantity,
    /// Price of one unit, in the currency of `figure`.
    pub unit_price: Price,
    /// What one unit of that currency bought in the reporting currency.
    pub rate: Price,
    /// The figure that the price came from: its name, source and unit.
    pub figure: FigureId,
    /// The amount: `quantity` × `unit_price` × `rate`, rounded once.
    pub amount: Money,
    /// When it is paid: the date from which it is discounted.
    pub paid_at: SimTime,
    /// How it enters the books.
    pub nature: Nature,
    /// The platforms that it is charged for crossing, or for having crossed; none for
    /// what is no pair's.
    pub crossing: Option<Crossing>,
}

impl Charge {
    /// The same line, for crossing a pair of platforms.
    pub fn across(self, crossing: Crossing) -> Self {
        Self { crossing: Some(crossing), ..self }
    }
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

/// How a charge enters the books.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Nature {
    /// Running cost.
    Opex,
    /// Bought and owned, less what is got back for what is sold.
    Capex,
    /// Money back: service credits.
    Credit,
}

/// What was metered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Meter {
    /// Hosts rented by the hour. Unit: host-hour.
    HostHours(OfferId),
    /// Instances of one size. Unit: instance-hour. The number is the size's place
    /// in the offer's menu.
    InstanceHours(OfferId, u32),
    /// The Windows licence in the price of an offer. Unit: vCPU-hour.
    IncludedWindows(OfferId),
    /// The licence of other software in the price of an offer. Unit: vCPU-hour.
    IncludedSoftware(OfferId, LicenceId),
    /// Storage at a site. Unit: GiB-month.
    Storage(SiteId),
    /// Data that left a site. Unit: GB.
    Egress(SiteId),
    /// A circuit. Unit: month.
    Circuit(LinkId),
    /// Data that left a provider over a circuit with a price of its own.
    CircuitData(LinkId),
    /// A service at a site. Unit: its basis. The number is its place in the
    /// site's list.
    Service(SiteId, u32),
    /// Cores under a contract. Unit: core-year.
    Contract(ContractId),
    /// Cores bought at a contract's end or after it. Unit: core-year.
    Subscription(ContractId),
    /// As a subscription, bought only because something was left behind.
    Bridge(ContractId),
    /// Perpetual licences. Unit: pack, of which two-core packs are parts.
    Packs(LicenceId),
    /// Maintenance of perpetual licences. Unit: pack-year at the pack's price.
    Assurance(LicenceId),
    /// A commitment, used or not. Unit: host-hour; on a menu of sizes one unit of the
    /// reporting currency at list prices of the day of purchase.
    Commitment(CommitmentId),
    /// Leaving a commitment early. Unit: as above, of what was still owed.
    EarlyExit(CommitmentId),
    /// What a commitment still asks after the horizon. Unit: as above.
    RemainingTerm(CommitmentId),
    /// Hosts bought. Unit: host.
    Hardware(OfferId),
    /// What is got back for hosts that are given up, below zero. Unit: host.
    HardwareSold(OfferId),
    /// Electricity of owned hosts, cooling included. Unit: kWh.
    Energy(OfferId),
    /// Administrators. Unit: person-day, of 365.25 in a year.
    Administration,
    /// Administrators of management planes beyond the first. Unit: person-day.
    ExtraManagementPlanes,
    /// Work on a difference between platforms. Unit: hour.
    Conversion(FacetId),
    /// Work to replace what an application leaned on. Unit: hour.
    Replacement(FacilityId),
    /// What runs in its place. Unit: application-month.
    Replaced(FacilityId),
    /// What a managed service in its place saves, below zero. Unit: application-month.
    ManagedInstead(FacilityId),
    /// Work on a move that no difference explains: planning, tests. Unit: hour.
    MoveWork,
    /// Work on firewall rules for moves. Unit: hour.
    FirewallWork,
    /// Work on new addresses for moved workloads. Unit: hour.
    ReaddressingWork,
    /// Tests of applications by their owners. Unit: hour.
    AcceptanceTest,
    /// Attention to applications that have just moved. Unit: hour.
    Hypercare,
    /// Hours that newcomers took beyond what their work takes others. Unit: hour.
    LearningWork,
    /// Work on what moves wait for. Unit: hour.
    LeadWork(LeadId),
    /// Work on a move that was rolled back. Unit: hour.
    RolledBackWork,
    /// Downtime of an application that states its cost. Unit: hour.
    Downtime(ApplicationId),
    /// A service credit. Unit: currency.
    ServiceCredit(OfferId),
    /// Money still owed under a contract after the horizon. Unit: core-year.
    RemainingCommitment(ContractId),
    /// Months of a service still owed after the horizon. Unit: month. The number is
    /// its place in the site's list.
    RemainingService(SiteId, u32),
}

/// The headings of the cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Category {
    /// Hosts and instances.
    Compute,
    /// Disks, arrays, backup.
    Storage,
    /// Circuits, egress, network services.
    Network,
    /// Software.
    Licences,
    /// Administrators.
    Labour,
    /// Hosts bought.
    Hardware,
    /// Electricity.
    Energy,
    /// Rooms, maintenance, support plans.
    Facilities,
    /// Work on moves.
    Migration,
    /// Source and destination both paid while a moved workload's source is kept.
    DoubleRunning,
    /// The business cost of downtime.
    Downtime,
    /// Credits and penalties.
    ServiceLevels,
}

impl Category {
    /// All headings in the order of the report.
    pub const ALL: [Self; 12] = [
        Self::Compute,
        Self::Storage,
        Self::Network,
        Self::Licences,
        Self::Labour,
        Self::Hardware,
        Self::Energy,
        Self::Facilities,
        Self::Migration,
        Self::DoubleRunning,
        Self::Downtime,
        Self::ServiceLevels,
    ];

    /// Its key in result files.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Compute => "compute",
            Self::Storage => "storage",
            Self::Network => "network",
            Self::Licences => "licences",
            Self::Labour => "labour",
            Self::Hardware => "hardware",
            Self::Energy => "energy",
            Self::Facilities => "facilities",
            Self::Migration => "migration",
            Self::DoubleRunning => "double_running",
            Self::Downtime => "downtime",
            Self::ServiceLevels => "service_levels",
        }
    }

    /// Its name for people.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Compute => "Compute",
            Self::Storage => "Storage and backup",
            Self::Network => "Network and egress",
            Self::Licences => "Licences",
            Self::Labour => "Administration",
            Self::Hardware => "Hardware",
            Self::Energy => "Energy",
            Self::Facilities => "Rooms and support",
            Self::Migration => "Migration work",
            Self::DoubleRunning => "Double running",
            Self::Downtime => "Downtime",
            Self::ServiceLevels => "SLA credits",
        }
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

/// Something was decided, and why.
#[derive(Clone, Debug, PartialEq)]
pub enum Decision {
    /// A contract was renewed for the cores then needed.
    Renewed {
        /// Which.
        contract: ContractId,
        /// Cores bought.
        cores: u32,
        /// Years bought.
        years: u32,
        /// Price per core-year over the old price.
        price_multiple: f64,
    },
    /// Something was left behind, and the shortest term on sale was bought.
    Bridged {
        /// Which.
        contract: ContractId,
        /// Cores bought.
        cores: u32,
        /// Years bought.
        years: u32,
        /// Workloads that still needed it.
        workloads: u32,
    },
    /// Notice was given that a contract is left at its end.
    NoticeGiven {
        /// Which.
        contract: ContractId,
    },
    /// A commitment was bought.
    Committed {
        /// Which.
        commitment: CommitmentId,
        /// How much.
        bought: Bought,
    },
    /// A commitment ended and was not bought again.
    CommitmentEnded {
        /// Which.
        commitment: CommitmentId,
    },
    /// A contract ended and nothing needed it any more.
    Lapsed {
        /// Which.
        contract: ContractId,
    },
    /// Hosts were bought or rented because nothing free could take a workload.
    HostsAdded {
        /// Where.
        offer: OfferId,
        /// How many.
        count: u32,
    },
    /// Emptied hosts were given back, or switched off.
    HostsReleased {
        /// Where.
        offer: OfferId,
        /// How many.
        count: u32,
    },
    /// Emptied hosts of one offer were re-installed for another.
    HostsReinstalled {
        /// For which offer.
        offer: OfferId,
        /// Whose they were.
        from: OfferId,
        /// How many.
        count: u32,
    },
    /// Hosts reached the end of their life and were replaced.
    HostsReplaced {
        /// Where.
        offer: OfferId,
        /// How many.
        count: u32,
    },
    /// A workload could not be placed.
    NotPlaced {
        /// Which.
        workload: WorkloadId,
        /// Where it should have gone.
        offer: OfferId,
        /// Why, host by host; nothing where the menu has no size for it.
        refusal: Box<Refusal>,
        /// When its group is tried again; never when it is given up.
        again: SimTime,
    },
    /// At the start a workload is where a rule of placement does not want it, since no
    /// host at its home would do.
    RuleNotKept {
        /// Which.
        workload: WorkloadId,
        /// Where.
        offer: OfferId,
    },
    /// Hosts were levelled by live moves.
    HostsLevelled {
        /// Where.
        offer: OfferId,
        /// How many workloads moved.
        moves: u32,
    },
    /// A dated price move of the scenario; the number is its place in the timeline.
    PricesMoved {
        /// Which.
        event: u32,
    },
    /// A dated fault of the scenario; the number is its place in the timeline.
    Faulted {
        /// Which.
        event: u32,
    },
    /// An alliance began, or has been in force since before the start.
    AllianceBegins {
        /// Which.
        alliance: AllianceId,
    },
    /// An alliance ended.
    AllianceEnds {
        /// Which.
        alliance: AllianceId,
    },
    /// A copy changes faster than its share of the network carries: it goes, if at all,
    /// with a long stop.
    CopyDiverges {
        /// Whose.
        workload: WorkloadId,
    },
    /// A group's cutover was broken off: it goes again in a later window.
    CutoverBroken {
        /// The member for which.
        workload: WorkloadId,
        /// Why.
        why: Broken,
    },
    /// A group's move was given up at its cutover: it stays where it is.
    MoveGivenUp {
        /// The member for which.
        workload: WorkloadId,
        /// Why.
        why: GivenUp,
    },
    /// Something that moves wait for was started.
    LeadStarted {
        /// What.
        lead: LeadId,
        /// When it will be there.
        until: SimTime,
    },
    /// Something that moves wait for is there.
    LeadMet {
        /// What.
        lead: LeadId,
    },
    /// Somebody left a team.
    StaffLeft {
        /// Which team; one beyond those of the world is the engineers of the factory.
        team: TeamId,
    },
    /// A replacement joined a team.
    StaffJoined {
        /// Which team, as above.
        team: TeamId,
    },
    /// A wave was started.
    WaveStarted {
        /// Its number, from 1.
        wave: u32,
        /// Workloads in it.
        workloads: u32,
    },
}

/// How much of a commitment was bought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bought {
    /// So many hosts.
    Hosts(u32),
    /// So much spend an hour, at list prices.
    SpendPerHour(Money),
}

/// Why a cutover was broken off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Broken {
    /// Its memory was written faster than it was copied.
    NotConverged,
    /// What it ran on failed.
    SourceDown,
    /// What was promised to it failed.
    TargetDown,
    /// Its circuit was down for too long.
    LinkDown,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotConverged => "its memory was written faster than it was copied",
            Self::SourceDown => "its source was down",
            Self::TargetDown => "its destination was down",
            Self::LinkDown => "its circuit was down",
        })
    }
}

/// Why a move was given up at its cutover.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum GivenUp {
    /// Its disks change faster than they are copied, and the rest would take longer than
    /// the longest stop.
    OutrunByChanges,
    /// Its memory was written faster than it was copied at every attempt.
    NeverConverged,
}

impl fmt::Display for GivenUp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::OutrunByChanges => {
                "its disks change faster than they are copied, and the rest takes too long"
            }
            Self::NeverConverged => "its memory was written faster than it was copied at every attempt",
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
