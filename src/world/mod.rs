//! The checked, id-indexed, immutable picture that a simulation runs on.
//!
//! A [`World`] is built once by `input` and shared by every replication of every
//! strategy. It holds what the user and the catalogue said; nothing in it changes
//! while a simulation runs. Whatever is uncertain is a [`FigureId`]: the World and
//! a draw make the flat table of [`Figures`] of one replication, and nothing else
//! varies between replications but chance itself.
//!
//! [`rules`] holds the pure functions over the World (tariffs, licence counts,
//! effort, feasibility, gates, service levels) that everything which prices or
//! judges must use, so that nothing is priced in two ways.

mod alliance;
mod commitment;
mod contract;
mod exit;
mod facility;
mod figure;
#[cfg(test)]
pub(crate) mod fixture;
mod link;
mod migration;
mod offer;
mod placement;
mod platform;
mod programme;
pub mod rules;
mod site;
mod sovereignty;
mod strategy;
mod timeline;
mod utilisation;
mod work_calendar;
mod workload;

pub use alliance::{Alliance, AllianceChange};
pub use commitment::{Commitment, Committed, Payment};
pub use contract::{
    Contract, Counting, GuestsCounted, Licence, Owned, Perpetual, Renewal, Stacking, Term, WholeHost,
};
pub use exit::{ExitCondition, ExitRoute, ExitTerms, FreeExit};
pub use facility::Facility;
pub use figure::{Figure, Figures, Formula, Multiple, Provenance};
pub use link::{Link, Route};
pub use migration::{
    Calendar as CutoverCalendar, Cap, Counted, Cutover, DeltaCycles, DeltaRule, Factory, Freeze,
    Installation, MemoryUse, Method, MethodSet, PreCopy, Throttle, Tool, Unconverged, Window, Within,
};
pub use offer::{
    Capacity, Carried, CountedBy, Credit, DualUse, GuestSoftware, GuestWindows, HostOffer, HostPrice,
    HostShape, LicenceUse, Offer, OfferKind, OwnedHardware, Portability, ServiceLevel, Sku, SoftwareTerms,
};
pub use placement::{
    BalanceTarget, ExponentialCost, HostGroup, HostGroupId, Levelling, MigrationThreshold, NovaRange,
    NovaWeighers, Placement, PlacementPolicy, PlacementRule, PlacementRules, Quota, RatioShape, Rebalancing,
    ResourceWeights, RuleDemand, RuleId, ShapeError, ShapePoint, UnknownPolicy,
};
pub use platform::{Facet, FacetGroup, Holder, Party, Platform};
pub use programme::{
    Acceptance, Board, Gates, Hypercare, Lead, LeadKind, Programme, Role, ScopedCalendar, Stream, Team,
    TestedAt, Turnover,
};
pub use site::{Basis, Provider, Service, ServiceKind, Site, SiteRole, SpendTier, Tariff, Tier};
pub use sovereignty::{Criterion, Demand, Edition, Framework, Gate, Objective, Profile, Role as PartyRole};
pub use strategy::{
    Assignment, Consolidation, ContractChoice, Disposition, Schedule, Strategy, WeeklyCapacity,
};
pub use timeline::{Change, Fault, TimelineEvent};
pub use utilisation::{Loads, Moment, Samples, Shape, ShapeId, TraceId, Usage, Use, Utilisation};
pub use work_calendar::WorkCalendar;
pub use workload::{Application, DataClass, Dependency, Operations, OsFamily, Power, Workload};

use crate::base::ids::IdVec;
use crate::base::units::{Calendar, Currency, Money, SimTime};
use crate::typed_id;

typed_id! {
    /// A figure: one number of the world, certain or not.
    FigureId,
    /// A company or public body that stands behind a site or an offer.
    PartyId,
    /// A respect in which two platforms can differ.
    FacetId,
    /// A virtualisation stack.
    PlatformId,
    /// An organisation that runs sites.
    ProviderId,
    /// A place where workloads run.
    SiteId,
    /// Something that can be bought at a site and on which workloads run.
    OfferId,
    /// A circuit between two sites.
    LinkId,
    /// A software licence.
    LicenceId,
    /// A contract in force at the start of the scenario.
    ContractId,
    /// Something bought for a term, used or not.
    CommitmentId,
    /// A dated agreement between vendors.
    AllianceId,
    /// A class of data with its own sovereignty gates.
    DataClassId,
    /// What applications lean on beside machines.
    FacilityId,
    /// Virtual machines that depend on each other and move together.
    ApplicationId,
    /// A virtual machine.
    WorkloadId,
    /// Software or hardware that carries a migration method.
    ToolId,
    /// What migration tools of one product share.
    InstallationId,
    /// A source datastore.
    DatastoreId,
    /// A strategy: what is moved where, when and how.
    StrategyId,
    /// People with one role who work on moves.
    TeamId,
    /// Something that takes long and must be there before a move.
    LeadId,
}

/// The checked, immutable picture that a simulation runs on.
#[derive(Clone, Debug)]
pub struct World {
    /// The scenario's name: the folder of its results.
    pub name: String,
    /// One sentence on what the scenario asks, for the report; may be empty.
    pub description: String,
    /// The currency in which everything is reported.
    pub currency: Currency,
    /// The dates of the horizon.
    pub calendar: Calendar,
    /// Discount rate, a share per year.
    pub discount_rate: FigureId,
    /// Every number that may be uncertain, and many that are not.
    pub figures: IdVec<FigureId, Figure>,
    /// Figures that follow from others, each after those that it follows from.
    pub formulas: Vec<Formula>,
    /// Price of one unit of a foreign currency in the reporting currency.
    pub exchange: Vec<(Currency, FigureId)>,
    /// Companies and public bodies.
    pub parties: IdVec<PartyId, Party>,
    /// Respects in which platforms differ.
    pub facets: IdVec<FacetId, Facet>,
    /// Virtualisation stacks.
    pub platforms: IdVec<PlatformId, Platform>,
    /// Organisations that run sites.
    pub providers: IdVec<ProviderId, Provider>,
    /// Places where workloads run.
    pub sites: IdVec<SiteId, Site>,
    /// What can be bought, and what is owned, at the sites.
    pub offers: IdVec<OfferId, Offer>,
    /// What binds the placement of workloads on hosts, whatever the policy.
    pub placement: PlacementRules,
    /// Circuits between sites.
    pub links: IdVec<LinkId, Link>,
    /// Software licences.
    pub licences: IdVec<LicenceId, Licence>,
    /// Contracts in force at the start.
    pub contracts: IdVec<ContractId, Contract>,
    /// What strategies buy for a term, used or not.
    pub commitments: IdVec<CommitmentId, Commitment>,
    /// Dated agreements between vendors.
    pub alliances: IdVec<AllianceId, Alliance>,
    /// Instants at which exits are rehearsed beside the end of the horizon, in order.
    pub exits: Vec<SimTime>,
    /// Classes of data.
    pub data_classes: IdVec<DataClassId, DataClass>,
    /// What applications lean on beside machines.
    pub facilities: IdVec<FacilityId, Facility>,
    /// Applications, each one move group unless the programme has it led by another.
    pub applications: IdVec<ApplicationId, Application>,
    /// Virtual machines.
    pub workloads: IdVec<WorkloadId, Workload>,
    /// What they use over time; none when nobody asks for it.
    pub usage: Option<Usage>,
    /// Migration tools.
    pub tools: IdVec<ToolId, Tool>,
    /// What the tools of one product share.
    pub installations: IdVec<InstallationId, Installation>,
    /// Names of the source datastores that the inventory tells of.
    pub datastores: IdVec<DatastoreId, String>,
    /// How moves are prepared, scheduled, cut over and retried.
    pub factory: Factory,
    /// Who works on moves, what they wait for, and what goes together.
    pub programme: Programme,
    /// How the estate is run from day to day.
    pub operations: Operations,
    /// The sovereignty framework in force.
    pub framework: Framework,
    /// Strategies in the order of the file; the first is the do-nothing one that
    /// the others are compared with.
    pub strategies: IdVec<StrategyId, Strategy>,
    /// Dated changes, in order of their dates.
    pub timeline: Vec<TimelineEvent>,
    /// What must not be broken.
    pub limits: Limits,
}

/// What must not be broken. A broken limit is reported; it never stops a run.
#[derive(Clone, Debug, Default)]
pub struct Limits {
    /// The most that the horizon may cost: present value, reporting currency.
    pub budget: Option<Money>,
    /// The latest instant at which the last move may finish.
    pub finish_by: Option<SimTime>,
    /// The most hours that workloads may be down for moves, summed over workloads.
    pub downtime_hours: Option<f64>,
    /// Sovereignty gates.
    pub gates: Vec<Gate>,
}

impl World {
    /// The site at which `offer` is sold.
    pub fn site_of(&self, offer: OfferId) -> &Site {
        &self.sites[self.offers[offer].site]
    }

    /// The provider that sells `offer`.
    pub fn provider_of(&self, offer: OfferId) -> ProviderId {
        self.site_of(offer).provider
    }

    /// What `offer` answers to the sovereignty framework: its own profile, or its
    /// provider's.
    pub fn profile_of(&self, offer: OfferId) -> &Profile {
        let provider = &self.providers[self.provider_of(offer)].profile;
        self.offers[offer].profile.as_ref().unwrap_or(provider)
    }

    /// The technology supplier behind `offer`: who makes its platform.
    pub fn supplier_of(&self, offer: OfferId) -> PartyId {
        self.platforms[self.offers[offer].platform].supplier
    }

    /// Every party whose decision alone could force `offer` to be left: the
    /// site's operator and its owner, and the platform's supplier. Without repeats.
    pub fn parties_of(&self, offer: OfferId) -> impl Iterator<Item = PartyId> {
        let provider = &self.providers[self.provider_of(offer)];
        let (operator, owner, supplier) = (provider.operator, provider.owner, self.supplier_of(offer));
        [
            Some(operator),
            (owner != operator).then_some(owner),
            (supplier != operator && supplier != owner).then_some(supplier),
        ]
        .into_iter()
        .flatten()
    }

    /// The instant at which the horizon ends.
    pub fn horizon(&self) -> SimTime {
        self.calendar.horizon()
    }
}
