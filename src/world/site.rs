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
    pub storage: Option<Tariff>,
    /// Price of data that leaves for the internet or another provider, by the gigabyte of
    /// 10^9 bytes.
    pub egress: Option<Tariff>,
    /// What is paid at the site and does not shrink with hosts.
    pub services: Vec<Service>,
}

/// A price by volume in a month: of data that leaves, or is stored.
#[derive(Clone, Debug)]
pub struct Tariff {
    /// Units a month that are free.
    pub free: u64,
    /// Tiers in order of their start; the first starts at zero.
    pub tiers: Vec<Tier>,
}

/// One tier of a tariff.
#[derive(Clone, Copy, Debug)]
pub struct Tier {
    /// The month's units from which it applies.
    pub from: u64,
    /// Price per unit: a gigabyte of 10^9 bytes that leaves, a GiB stored for a month.
    pub price: FigureId,
}

impl Tariff {
    /// One price for all.
    pub fn flat(price: FigureId) -> Self {
        Self { free: 0, tiers: vec![Tier { from: 0, price }] }
    }

    /// The one price of all units, where nothing is free and nothing tiered.
    pub fn single(&self) -> Option<FigureId> {
        match self.tiers.as_slice() {
            [only] if self.free == 0 => Some(only.price),
            _ => None,
        }
    }

    /// The prices of its tiers.
    pub fn prices(&self) -> impl Iterator<Item = FigureId> {
        self.tiers.iter().map(|tier| tier.price)
    }
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
    /// What the provider of the site is paid in a month: a support plan.
    Spend,
}

/// The share of what a provider is paid that a support plan asks from an amount on.
#[derive(Clone, Copy, Debug)]
pub struct SpendTier {
    /// Amount of the month's spend from which it applies, in the currency of the
    /// plan's minimum.
    pub from: f64,
    /// Share of the spend above it, up to the next tier.
    pub share: FigureId,
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
    /// Its price per `basis`; of a support plan the least that a month costs.
    pub price: FigureId,
    /// Shares of the month's spend, in order of their start; empty but for
    /// [`Basis::Spend`].
    pub spend: Vec<SpendTier>,
    /// It is paid at least until then, used or not.
    pub committed_until: Option<SimTime>,
    /// Remaining book value at the start, written off evenly until
    /// `committed_until` and reported beside the cost when the site closes early.
    pub book_value: Option<FigureId>,
}
