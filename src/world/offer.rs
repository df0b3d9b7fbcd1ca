//! What can be bought at a site: hosts, or instances of a menu of sizes.
//!
//! Kinds of offer differ by data. Owned hosts, dedicated hosts, VMware clouds and
//! bundles are hosts bought in units and filled by placement; shared instances
//! and managed services are menus from which the cheapest covering item is taken.

use super::{FacilityId, FigureId, Levelling, LicenceId, OfferId, Placement, PlatformId, Profile, SiteId};
use crate::base::units::{Bytes, SimTime, Span};

/// What kind of offer it is, for people and for the rules on licences.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OfferKind {
    /// Hosts that the user owns.
    OwnedHosts,
    /// Hosts of a provider, for one customer alone.
    DedicatedHost,
    /// Nodes of a VMware cloud.
    ManagedNodes,
    /// Shared instances.
    Instances,
    /// A service in place of the VM, such as a managed database.
    ManagedService,
    /// An indivisible package of servers, storage, network and software.
    Bundle,
}

/// What can be bought, or is owned, at a site, and on which workloads run.
#[derive(Clone, Debug)]
pub struct Offer {
    /// Its name: site and item, such as `azure/dsv5-type1`.
    pub name: String,
    /// Where it is.
    pub site: SiteId,
    /// What kind it is.
    pub kind: OfferKind,
    /// The platform that workloads meet there.
    pub platform: PlatformId,
    /// Hosts to fill or sizes to choose from.
    pub capacity: Capacity,
    /// Licences that its hosts need.
    pub licences: Vec<LicenceUse>,
    /// How Windows guests are licensed there.
    pub windows: GuestWindows,
    /// How other software of guests is licensed there: one entry for each licence
    /// that some workload runs under.
    pub software: Vec<GuestSoftware>,
    /// What its seller promises, and pays when it fails.
    pub service_level: Option<ServiceLevel>,
    /// Certifications it holds, such as `SecNumCloud`.
    pub certifications: Vec<String>,
    /// Its Gaia-X label level, from 1 to 3; none where nobody says.
    pub gaia_x: Option<u8>,
    /// What is there as a managed service.
    pub provides: Vec<FacilityId>,
    /// What it answers to the sovereignty framework, where that differs from its
    /// provider: a qualified offer of a provider that sells others, or a stack of
    /// another supplier.
    pub profile: Option<Profile>,
}

/// How an offer holds workloads.
#[derive(Clone, Debug)]
#[allow(clippy::large_enum_variant, reason = "a World has dozens of offers, none of them moved about")]
pub enum Capacity {
    /// Hosts bought whole and filled by placement.
    Hosts(HostOffer),
    /// Sizes, from which the cheapest that covers the demand is taken.
    Skus(Vec<Sku>),
}

/// The size of one host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HostShape {
    /// Processors.
    pub sockets: u32,
    /// Physical cores, over all processors: what licences count.
    pub cores: u32,
    /// Virtual processors that may be placed, over-commit included.
    pub vcpus: u32,
    /// Memory that may be placed.
    pub memory: Bytes,
}

/// Hosts bought whole and filled by placement.
#[derive(Clone, Debug)]
pub struct HostOffer {
    /// The size of each host.
    pub shape: HostShape,
    /// Hosts in place at the start.
    pub initial: u32,
    /// Hosts bought at a time: 1, or the size of a bundle.
    pub unit: u32,
    /// The fewest hosts while anything runs there.
    pub minimum: u32,
    /// Hosts kept free for the failure of others.
    pub spare: u32,
    /// The most hosts; none for no limit.
    pub maximum: Option<u32>,
    /// How a host is paid.
    pub price: HostPrice,
    /// Storage that comes with each host, in bytes; the rest is charged by the site.
    pub storage_included: Bytes,
    /// The offer whose emptied hosts are re-installed for this one.
    pub reuses: Option<OfferId>,
    /// How workloads are put on the hosts.
    pub placement: Placement,
    /// How hosts are levelled afterwards; not at all without.
    pub levelling: Option<Levelling>,
}

/// How a host is paid.
#[derive(Clone, Debug)]
pub enum HostPrice {
    /// By the hour, to a provider.
    PerHour(FigureId),
    /// Bought, powered and looked after by the user.
    Owned(OwnedHardware),
}

/// Hardware that the user owns.
#[derive(Clone, Debug)]
pub struct OwnedHardware {
    /// Price of one host with support for its life.
    pub price: FigureId,
    /// How long a host is used before it must be replaced.
    pub life: Span,
    /// When the hosts in place at the start must be replaced.
    pub replace_at: SimTime,
    /// Remaining book value of one initial host at the start.
    pub book_value: Option<FigureId>,
    /// Share of the price that is got back for a host that is given up before or at
    /// the end of its life; nothing without.
    pub residual: Option<FigureId>,
    /// Watts drawn by one host.
    pub watts: FigureId,
}

/// One size of an instance or of a managed service.
#[derive(Clone, Debug)]
pub struct Sku {
    /// Its name at the provider.
    pub name: String,
    /// Virtual processors.
    pub vcpus: u32,
    /// Memory.
    pub memory: Bytes,
    /// Price per hour, Linux, on demand.
    pub per_hour: FigureId,
}

/// A licence that the hosts of an offer need.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LicenceUse {
    /// The licence.
    pub licence: LicenceId,
    /// Only licences that may leave the user's own premises count here.
    pub needs_portability: Portability,
}

/// Whether an entitlement bound to the user's premises covers a host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Portability {
    /// The host stands on the user's premises: any entitlement covers it.
    OnPremises,
    /// The host is somebody else's: only a portable entitlement covers it.
    Required,
}

/// How Windows guests are licensed on an offer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum GuestWindows {
    /// The user's own licences are carried there: assurance goes on being paid
    /// for the cores of all hosts, or for the vCPUs of Windows instances.
    Carried(Carried),
    /// The licence is in the price: so much more per vCPU-hour.
    Included(FigureId),
    /// Windows cannot run there.
    Refused,
}

/// The user's own licence, used at an offer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Carried {
    /// The licence.
    pub licence: LicenceId,
    /// How it is counted there.
    pub counted: CountedBy,
    /// Whether the same licence may be used where its workloads came from.
    pub dual_use: DualUse,
}

/// How a licence is counted where it is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CountedBy {
    /// By the cores of the hosts, stacked where it allows only so many guests.
    HostCores,
    /// By halves of 16-core licences, each for a guest's eight virtual processors:
    /// the Azure Hybrid Benefit for Windows Server.
    HalfLicences,
    /// By virtual core of each guest, at least so many a guest.
    VirtualCores {
        /// Cores counted for each guest, at least.
        minimum: u32,
    },
    /// By virtual processor of a database service, so many for each core.
    ServiceVcpus {
        /// Virtual processors that one core covers.
        per_core: u32,
    },
}

/// Whether one licence serves at a destination and where its workloads came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DualUse {
    /// The user's own hosts: a source that is kept there is switched off.
    AtHome,
    /// At both for as long as one likes: the larger of the two uses counts.
    Unlimited,
    /// At both for so long after each move.
    For(Span),
    /// Not at all: a source that is kept needs a licence of its own.
    Never,
}

/// How software of guests, such as a database, is licensed on an offer.
#[derive(Clone, Debug, PartialEq)]
pub struct GuestSoftware {
    /// Its licence.
    pub licence: LicenceId,
    /// How it is had there.
    pub terms: SoftwareTerms,
}

/// How the licence of guests' software is had on an offer.
#[derive(Clone, Debug, PartialEq)]
pub enum SoftwareTerms {
    /// The user's own licences are carried there.
    Carried(Carried),
    /// It is in the price: so much more per vCPU-hour.
    Included(FigureId),
    /// It cannot run there, and why: a sentence without its full stop.
    Refused(String),
}

/// What a seller promises about one workload, and what it pays when it fails.
#[derive(Clone, Debug)]
pub struct ServiceLevel {
    /// Promised share of a month's minutes, such as 0.9995.
    pub target: f64,
    /// Credits, from the mildest breach to the worst.
    pub credits: Vec<Credit>,
    /// Where the promise is written.
    pub source: String,
}

/// One step of a service credit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Credit {
    /// It is due when the month's uptime is below this share.
    pub below: f64,
    /// Share of the month's fee that is credited.
    pub share: f64,
}

impl Offer {
    /// How software under `licence` is licensed there, if any workload runs it.
    pub fn software_terms(&self, licence: LicenceId) -> Option<&SoftwareTerms> {
        self.software.iter().find(|software| software.licence == licence).map(|software| &software.terms)
    }

    /// Prices of guests' software that is paid in the price of the offer.
    pub fn software_prices(&self) -> impl Iterator<Item = FigureId> {
        self.software.iter().filter_map(|software| match software.terms {
            SoftwareTerms::Included(figure) => Some(figure),
            SoftwareTerms::Carried(_) | SoftwareTerms::Refused(_) => None,
        })
    }

    /// Whether the user owns it.
    pub fn is_owned(&self) -> bool {
        self.kind == OfferKind::OwnedHosts
    }

    /// Its hosts, if that is how it holds workloads.
    pub fn hosts(&self) -> Option<&HostOffer> {
        match &self.capacity {
            Capacity::Hosts(hosts) => Some(hosts),
            Capacity::Skus(_) => None,
        }
    }

    /// Its sizes, if that is how it holds workloads.
    pub fn skus(&self) -> Option<&[Sku]> {
        match &self.capacity {
            Capacity::Hosts(_) => None,
            Capacity::Skus(skus) => Some(skus),
        }
    }
}
