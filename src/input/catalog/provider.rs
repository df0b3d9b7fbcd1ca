//! Who runs sites, and what is charged there beside computing.

use jiff::civil::Date;

use super::figure::{Confidence, Figure, Regional};
use super::offer::{Kind, Offer};
use super::platform::Licence;
use crate::base::settings::{Entries, Name};
use crate::base::units::{Bytes, Measure, Period, Share, UnitPrice};
use crate::world::rules::portability::{Host, Place, Tenancy};

crate::record! {
    /// An organisation that runs sites.
    pub struct Provider as "a provider" {
        /// Its name for people.
        pub label: String,
        /// The party that operates its sites and signs its contracts.
        pub operator: Name,
        /// The party that owns the operator.
        pub owner: Name,
        /// What it answers to the sovereignty framework: a name of `profiles`.
        pub profile: Name,
        /// Whether Microsoft names it as a Listed Provider, which restricts the licences carried there.
        pub listed_provider: bool,
        /// Its regions; none for the user's own rooms, which a scenario places.
        pub regions: Entries<Region>,
        /// What storage costs there.
        pub storage: Option<Storage>,
        /// What outgoing data costs there.
        pub egress: Option<Egress>,
        /// What leaving for good costs.
        pub exit: Exit = "{}",
        /// What is paid there beside computing, storage and data.
        pub services: Entries<Service>,
        /// What it promises about availability, by name.
        pub service_levels: Entries<ServiceLevel>,
        /// What can be bought there.
        pub offers: Entries<Offer>,
    }

    /// A region of a provider.
    pub struct Region as "a region" {
        /// Its name for people.
        pub label: String,
        /// The country where the data lies, an ISO 3166 code.
        pub country: String,
    }

    /// What storage costs.
    pub struct Storage as "storage classes" {
        /// The class that disks of VMs are put on: a name of `classes`.
        pub default: Name,
        /// The classes on sale.
        pub classes: Entries<StorageClass>,
    }

    /// A class of storage.
    pub struct StorageClass as "a storage class" {
        /// Its name for people.
        pub label: String,
        /// Its price per GiB-month, of the first tier where there are several. A provider's GB of disk is a GiB.
        pub price: Regional<UnitPrice>,
        /// GiB that are free in a month; none, unless it is written.
        pub free: Option<Figure<Measure>>,
        /// The tiers after the first, in order of their start.
        pub tiers: Entries<Tier>,
    }

    /// Price of data that leaves for the internet or another provider.
    pub struct Egress as "an egress tariff" {
        /// What is free in a month.
        pub free: Figure<Measure>,
        /// Tiers in order of their start; the first starts at zero.
        pub tiers: Entries<Tier>,
        /// Between regions of the provider.
        pub inter_region: Option<Figure<UnitPrice>>,
        /// Between zones of a region, each way.
        pub cross_zone: Option<Figure<UnitPrice>>,
    }

    /// One tier of a tariff.
    pub struct Tier as "a tier" {
        /// The month's volume from which it applies.
        pub from: Bytes,
        /// Price per GB of 10^9 bytes that leaves, or per GiB-month that is stored.
        pub price: Regional<UnitPrice>,
    }

    /// What leaving for good is granted and asked, beside what the law says of every provider.
    pub struct Exit as "terms of leaving" {
        /// Programmes under which data taken out on leaving is free.
        pub free: Entries<FreeExit>,
        /// How long before it ends a service the provider gives notice, or how long before leaving it asks for it.
        pub notice: Option<Period>,
        /// Price per GB where the law allows cost and no more; the tariff when left out.
        pub at_cost: Option<Figure<UnitPrice>>,
        /// The key of the source.
        pub source: Option<Name>,
        /// How sure it is, A to D.
        pub confidence: Option<Confidence>,
        /// What a reader should know besides.
        pub note: Option<String>,
    }

    /// A programme under which data taken out on leaving is free.
    pub struct FreeExit as "a free exit" {
        /// Since when; always when left out.
        pub since: Option<Date>,
        /// The time for taking data out, from notice on; without an end when left out.
        pub window: Option<Period>,
        /// What the customer must do.
        pub asks: Asked = "nothing",
        /// By which way data must leave.
        pub over: Over = "any",
        /// The key of the source.
        pub source: Name,
        /// How sure it is, A to D.
        pub confidence: Confidence,
        /// Conditions that are not modelled.
        pub note: Option<String>,
    }

    /// Something paid at a site beside computing, storage and data.
    pub struct Service as "a service" {
        /// Its heading in the report.
        pub kind: ServiceHeading,
        /// Its name for people.
        pub label: String,
        /// Its price; the unit says what it counts.
        pub price: Regional<UnitPrice>,
    }

    /// What a provider promises about availability, and pays when it fails.
    pub struct ServiceLevel as "a service level" {
        /// What it is promised for.
        pub label: String,
        /// Promised share of a month's minutes.
        pub target: Option<Share>,
        /// Credits, from the mildest breach to the worst; empty when none was found.
        pub credits: Vec<CreditStep> = "[]",
        /// That nothing was found, and what was looked at; instead of a target.
        pub needed: Option<String>,
        /// The key of the source.
        pub source: Option<Name>,
        /// How sure it is, A to D.
        pub confidence: Option<Confidence>,
        /// Conditions.
        pub note: Option<String>,
    }

    /// One step of a service credit.
    pub struct CreditStep as "a credit" {
        /// It is due when the month's uptime is below this.
        pub below: Share,
        /// Share of the month's fee that is credited.
        pub credit: Share,
    }
}

crate::choices! {
    /// What a customer must do to leave freely.
    pub enum Asked as "what leaving freely asks" {
        /// Nothing: the account may stay open.
        Nothing = "nothing",
        /// Close the account.
        CloseAccount = "close-account",
        /// Cancel all subscriptions.
        CancelSubscriptions = "cancel-subscriptions",
    }

    /// By which way data must leave to be free.
    pub enum Over as "a way out" {
        /// Any way.
        Any = "any",
        /// The internet.
        Internet = "internet",
        /// The provider's premium network tier to the internet.
        PremiumTier = "premium-tier",
    }

    /// What a service is, which is also its heading in the report.
    pub enum ServiceHeading as "a kind of service" {
        /// Storage arrays.
        Storage = "storage",
        /// Backup: repositories, retained restore points, licences.
        Backup = "backup",
        /// Disaster-recovery tooling.
        DisasterRecovery = "disaster-recovery",
        /// Network and security.
        Network = "network",
        /// Rooms and maintenance.
        Rooms = "rooms",
        /// Support plans.
        Support = "support",
    }
}

impl Provider {
    /// What kind of destination an offer of a kind is here for a licence: the vendor's
    /// own cloud is that of the licence's supplier.
    pub fn place_for(&self, kind: Kind, licence: &Licence) -> Place {
        let host = if matches!(kind, Kind::OwnedHosts | Kind::Bundle) {
            Host::Own
        } else if self.owner.as_str() == licence.supplier.as_str() {
            Host::Vendor
        } else if self.listed_provider {
            Host::Listed
        } else {
            Host::Outsourcer
        };
        let tenancy = match kind {
            Kind::Instances => Tenancy::Shared,
            Kind::ManagedService => Tenancy::Service,
            Kind::OwnedHosts | Kind::DedicatedHost | Kind::ManagedNodes | Kind::Bundle => Tenancy::Dedicated,
        };
        Place { host, tenancy }
    }

    /// The class of storage of this name, or that of disks of VMs without one.
    pub fn storage_class(&self, name: Option<&str>) -> Option<&StorageClass> {
        let storage = self.storage.as_ref()?;
        storage.classes.get(name.unwrap_or(storage.default.as_str()))
    }

    /// Whether any part of `offer` is priced in `region`, be it by a figure that the
    /// user still has to state.
    pub fn sells(&self, offer: &Offer, region: &str) -> bool {
        offer.price.as_ref().is_some_and(|price| price.at(region).is_some())
            || !offer.sizes(region).is_empty()
    }
}
