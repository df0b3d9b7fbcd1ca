//! Lines of the ledger: what was metered, under which heading, how it enters the books.

use crate::base::units::{Money, Price, Quantity, SimTime};
use crate::world::rules::effort::Crossing;
use crate::world::{
    ApplicationId, CommitmentId, ContractId, FacetId, FacilityId, FigureId, LeadId, LicenceId, LinkId,
    OfferId, SiteId,
};

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
