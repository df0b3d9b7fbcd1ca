//! Sites, the providers that run them, and what they charge beside computing.

use super::{ExitTerms, FigureId, PartyId, Profile, ProviderId};
use crate::base::units::SimTime;

/// An organisation that runs sites.
#[derive(Clone, Debug)]
pub struct Provider {
    /// Its name in the scenario, such as `azure`; `own` for the user.
    pub name: String,
    /// Its name for people.
    pub label: String,
    /// Who operates its sites.
    pub operator: PartyId,
    /// Who owns the operator.
    pub owner: PartyId,
    /// What it answers to the sovereignty framework. An assumption unless the
    /// user replaced it: no list of assessed providers is published.
    pub profile: Profile,
    /// What it grants, and asks, when a customer leaves.
    pub exit: ExitTerms,
}

/// What a site is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SiteRole {
    /// It runs production.
    Main,
    /// It takes over from another site.
    DisasterRecovery,
}

/// A place where workloads run.
#[derive(Clone, Debug)]
pub struct Site {
    /// Its name in the scenario, such as `paris`.
    pub name: String,
    /// Who runs it.
    pub provider: ProviderId,
    /// Region of the provider; the site's own name for an owned site.
    pub region: String,
    /// ISO 3166 code of the country where the data lies.
    pub country: String,
    /// What it is for.
    pub role: SiteRole,
    /// Price of storage per GiB-month, unless the offer includes it; an owned
    /// site has arrays among its services instead.
    pub storage: Option<FigureId>,
    /// Price of data that leaves for the internet or another provider.
    pub egress: Option<EgressTariff>,
    /// What is paid at the site and does not shrink with hosts.
    pub services: Vec<Service>,
}

/// Price of data that leaves a site, by volume in a month.
#[derive(Clone, Debug)]
pub struct EgressTariff {
    /// Gigabytes a month that are free.
    pub free_gb: u64,
    /// Tiers in order of their start; the first starts at zero.
    pub tiers: Vec<EgressTier>,
}

/// One tier of an egress tariff.
#[derive(Clone, Copy, Debug)]
pub struct EgressTier {
    /// The month's gigabytes from which it applies.
    pub from_gb: u64,
    /// Price per gigabyte of 10^9 bytes.
    pub per_gb: FigureId,
}

/// What a service is, which is also its heading in the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ServiceKind {
    /// Storage arrays.
    Storage,
    /// Backup: repositories, retained restore points, licences.
    Backup,
    /// Disaster-recovery tooling.
    DisasterRecovery,
    /// Network and security: overlay rules, load balancers, firewalls.
    Network,
    /// Rooms and maintenance.
    Rooms,
    /// Support plans.
    Support,
}

/// What a service is charged by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Basis {
    /// A month, as long as anything runs at the site.
    Month,
    /// A gibibyte stored at the site, a month.
    GibMonth,
    /// A workload at the site, a month.
    WorkloadMonth,
}

/// Something paid at a site that is not a VM and does not shrink with hosts.
#[derive(Clone, Debug)]
pub struct Service {
    /// Its name, such as `arrays`.
    pub name: String,
    /// What it is.
    pub kind: ServiceKind,
    /// What its price counts.
    pub basis: Basis,
    /// Its price per `basis`.
    pub price: FigureId,
    /// It is paid at least until then, used or not.
    pub committed_until: Option<SimTime>,
    /// Remaining book value at the start, written off evenly until
    /// `committed_until` and reported beside the cost when the site closes early.
    pub book_value: Option<FigureId>,
}
