//! What can be bought of a provider, and on which workloads run.

use super::figure::{AsOf, Confidence, Count, Figure, Regional};
use crate::base::settings::{Entries, Name};
use crate::base::units::{Bytes, Period, Share, UnitPrice};
use crate::world::rules::portability::Requirement;

crate::record! {
    /// Something that can be bought and on which workloads run.
    pub struct Offer as "an offer" {
        /// Its name for people.
        pub label: String,
        /// What kind of offer it is.
        pub kind: Kind,
        /// The platform that workloads meet there.
        pub platform: Name,
        /// The sovereignty profile, where it differs from the provider's.
        pub profile: Option<Name>,
        /// Certifications it holds, such as SecNumCloud.
        pub certifications: Vec<String> = "[]",
        /// Its Gaia-X label level, from 1 to 3; nobody publishes a list that we could read.
        pub gaia_x: Option<u32>,
        /// The key of the source of its certifications.
        pub certifications_source: Option<Name>,
        /// Regions in which it holds them; everywhere, unless they are written.
        pub certified_regions: Vec<Name> = "[]",
        /// The service level it comes with: a name of the provider's.
        pub service_level: Option<Name>,
        /// The size of one host or node.
        pub shape: Option<Shape>,
        /// How many VMs fit on a host, where the provider limits it.
        pub packing: Option<Packing>,
        /// Price of a host or node by the hour, of an owned host or of a host of a
        /// bundle once, of a managed service by its own unit.
        pub price: Option<Regional<UnitPrice>>,
        /// What is paid beside `price` for each host and hour.
        pub fee: Option<Figure<UnitPrice>>,
        /// What an owned host costs more when it holds its own storage.
        pub storage_extra: Option<Figure<UnitPrice>>,
        /// Storage that comes with each host; the rest is charged by the site.
        pub storage_included: Option<Figure<Bytes>>,
        /// Surcharge for hosts that nobody else uses. A price that is written
        /// already holds it; a custom price does not.
        pub premium: Option<Figure<Share>>,
        /// Hosts bought at a time: 1, or the size of a bundle.
        pub unit: Option<Figure<Count>>,
        /// The fewest hosts while anything runs there.
        pub minimum: Option<Figure<Count>>,
        /// The most hosts.
        pub maximum: Option<Figure<Count>>,
        /// Families of sizes to choose from.
        pub families: Entries<Family>,
        /// Sizes priced by processors and memory.
        pub custom: Option<Custom>,
        /// The family of licences that a managed service stands for.
        pub replaces: Option<Name>,
        /// Licences that the user must bring.
        pub licences: Vec<Name> = "[]",
        /// Licences that the price holds.
        pub licences_included: Vec<Name> = "[]",
        /// Cores that must be licensed at least.
        pub minimum_licensed_cores: Option<Figure<Count>>,
        /// What a reader should know about its licences.
        pub licence_note: Option<String>,
        /// How Windows guests are licensed there.
        pub windows: Windows,
        /// Licences of other software of guests that it sells in its price, such as `sql-standard`: per virtual processor and hour.
        pub software: Entries<Figure<UnitPrice>>,
        /// What a term buys.
        pub commitments: Entries<Commitment>,
        /// Whether it is still sold.
        pub sale: Option<Sale>,
    }

    /// The size of one host or node.
    pub struct Shape as "the size of a host" {
        /// Processors.
        pub sockets: u32,
        /// Physical cores, over all processors: what licences count.
        pub cores: u32,
        /// Virtual processors that its seller states; none where the user chooses.
        pub vcpus: Option<u32>,
        /// Memory.
        pub memory: Bytes,
        /// The key of the source.
        pub source: Name,
        /// How sure it is, A to D.
        pub confidence: Confidence,
        /// What a reader should know besides.
        pub note: Option<String>,
    }

    /// How many VMs fit on a dedicated host: less than its nominal size.
    pub struct Packing as "a packing limit" {
        /// Virtual processors that can be placed.
        pub vcpus: Figure<Count>,
        /// VMs that can be placed.
        pub vms: Figure<Count>,
        /// How many VMs of one size fit, by size.
        pub sizes: Entries<u32>,
    }

    /// Sizes of one family, whose prices follow the provider's own linear rule.
    pub struct Family as "a family of sizes" {
        /// What it is for.
        pub label: String,
        /// The size whose price is published.
        pub reference: Reference,
        /// Virtual processors of the other sizes; memory and price are in proportion.
        pub sizes: Entries<u32>,
        /// Price of the reference size by the hour, Linux, on demand.
        pub price: Regional<UnitPrice>,
    }

    /// The size whose price is published.
    pub struct Reference as "a reference size" {
        /// Its name at the provider.
        pub name: Name,
        /// Virtual processors.
        pub vcpus: u32,
        /// Memory.
        pub memory: Bytes,
    }

    /// Sizes priced by processors and memory.
    pub struct Custom as "custom sizes" {
        /// Price of a virtual processor by the hour.
        pub vcpu: Regional<UnitPrice>,
        /// Price of a GiB of memory by the hour.
        pub memory: Regional<UnitPrice>,
        /// The menu of sizes that is offered to the placement.
        pub sizes: Vec<CustomSize>,
        /// The key of the source of the rule.
        pub source: Name,
        /// How sure it is, A to D.
        pub confidence: Confidence,
        /// What a reader should know besides.
        pub note: Option<String>,
    }

    /// Custom sizes of one number of processors.
    pub struct CustomSize as "custom sizes" {
        /// Virtual processors.
        pub vcpus: u32,
        /// The amounts of memory on the menu.
        pub memory: Vec<Bytes>,
    }

    /// How Windows guests are licensed.
    pub struct Windows as "a rule on Windows licences" {
        /// Whether the user's own licences count there.
        pub carry: Carry,
        /// The licence that is carried.
        pub licence: Option<Name>,
        /// Cores that are counted for a VM at least, on shared hosts.
        pub minimum_per_vm: Option<Figure<Count>>,
        /// The licence in the price, per virtual processor and hour; none where it is not sold.
        pub included: Option<Figure<UnitPrice>>,
        /// The key of the source of the rule.
        pub source: Name,
        /// How sure it is, A to D.
        pub confidence: Confidence,
        /// Conditions.
        pub note: Option<String>,
    }

    /// What a term buys.
    pub struct Commitment as "a commitment" {
        /// How long.
        pub term: Period,
        /// When it is paid.
        pub payment: Payment = "monthly",
        /// Discount on the price by the hour.
        pub discount: Figure<Share>,
        /// Families it is not sold for any more; `all` for the whole offer.
        pub excluded: Vec<Name> = "[]",
        /// The key of the source of the exclusion.
        pub source: Option<Name>,
        /// How sure it is, A to D.
        pub confidence: Option<Confidence>,
        /// Conditions.
        pub note: Option<String>,
    }

    /// Whether an offer is still sold.
    pub struct Sale as "a state of sale" {
        /// Whether it is closed to new customers.
        pub closed: bool,
        /// When it ends for all.
        pub ends: Option<AsOf>,
        /// The key of the source.
        pub source: Name,
        /// How sure it is, A to D.
        pub confidence: Confidence,
        /// What a reader should know besides.
        pub note: Option<String>,
    }
}

crate::choices! {
    /// What kind of offer it is.
    pub enum Kind as "a kind of offer" {
        /// Hosts that the user owns.
        OwnedHosts = "owned_hosts",
        /// Hosts of a provider, for one customer alone.
        DedicatedHost = "dedicated_host",
        /// Nodes of a managed virtualisation cluster, such as a VMware cloud.
        ManagedNodes = "managed_nodes",
        /// Shared instances.
        Instances = "instances",
        /// A service in place of the VM, such as a managed database.
        ManagedService = "managed_service",
        /// An indivisible package of servers, storage, network and software.
        Bundle = "bundle",
    }

    /// Whether the user's own Windows licences count somewhere.
    pub enum Carry as "whether licences are carried" {
        /// Any licence.
        Always = "always",
        /// With Software Assurance or as a subscription.
        WithAssurance = "with-assurance",
        /// Only what was bought before 2019-10-01.
        OldLicences = "old-licences",
        /// None.
        Never = "never",
    }

    /// When a commitment is paid.
    pub enum Payment as "when a commitment is paid" {
        /// Month by month.
        Monthly = "monthly",
        /// At once.
        Upfront = "upfront",
    }
}

impl Carry {
    /// What the rule asks of a licence.
    pub const fn requirement(self) -> Requirement {
        match self {
            Self::Always => Requirement::Any,
            Self::WithAssurance => Requirement::Maintained,
            Self::OldLicences => Requirement::Old,
            Self::Never => Requirement::Impossible,
        }
    }
}

/// One size on the menu of an offer, with what its price is made of.
#[derive(Clone, Debug)]
pub struct Size<'c> {
    /// Its name at the provider.
    pub name: String,
    /// The family it belongs to; none for a custom size.
    pub family: Option<&'c str>,
    /// Virtual processors.
    pub vcpus: u32,
    /// Memory.
    pub memory: Bytes,
    /// Its price by the hour is the sum of these figures, each times its factor.
    pub price: Vec<(&'c Figure<UnitPrice>, f64)>,
    /// What the price was derived from by the provider's own linear rule, such as
    /// `2 x d4s-v6`; none for a published one. It is a step less sure than that.
    pub derived: Option<String>,
}

impl Size<'_> {
    /// Whether every part of its price is known.
    pub fn is_priced(&self) -> bool {
        self.price.iter().all(|(figure, _)| figure.known().is_some())
    }

    /// The most telling price by the hour, in the currency of its parts; nothing
    /// when the user has to state a part of it.
    pub fn typical(&self) -> Option<f64> {
        self.price
            .iter()
            .map(|(figure, times)| figure.typical().map(|price| price.value.as_f64() * times))
            .sum()
    }
}

impl Offer {
    /// The sizes on the menu in `region`, family by family, small to large; empty
    /// for hosts, and where nothing is sold.
    pub fn sizes(&self, region: &str) -> Vec<Size<'_>> {
        let families = self.families.iter().flat_map(|(name, family)| family.menu(name.as_str(), region));
        let custom = self.custom.iter().flat_map(|custom| custom.menu(region));
        families.chain(custom).collect()
    }
}

impl Family {
    fn menu<'c>(&'c self, name: &'c str, region: &str) -> Vec<Size<'c>> {
        let Some(price) = self.price.at(region) else { return Vec::new() };
        let reference = &self.reference;
        let others = self.sizes.iter().map(|(size, vcpus)| (size.as_str(), *vcpus));
        let mut sizes: Vec<Size<'c>> = std::iter::once((reference.name.as_str(), reference.vcpus))
            .chain(others)
            .map(|(size, vcpus)| {
                let times = f64::from(vcpus) / f64::from(reference.vcpus.max(1));
                let derived = (vcpus != reference.vcpus).then(|| format!("{times} x {}", reference.name));
                Size {
                    name: size.to_owned(),
                    family: Some(name),
                    vcpus,
                    memory: reference.memory.scaled(times),
                    price: vec![(price, times)],
                    derived,
                }
            })
            .collect();
        sizes.sort_by_key(|size| size.vcpus);
        sizes
    }
}

impl Custom {
    fn menu(&self, region: &str) -> Vec<Size<'_>> {
        let (Some(vcpu), Some(memory)) = (self.vcpu.at(region), self.memory.at(region)) else {
            return Vec::new();
        };
        let sizes = self.sizes.iter().flat_map(|row| row.memory.iter().map(|bytes| (row.vcpus, *bytes)));
        sizes
            .map(|(vcpus, bytes)| Size {
                name: format!("{vcpus}c-{}g", bytes.as_gib()),
                family: None,
                vcpus,
                memory: bytes,
                price: vec![(vcpu, f64::from(vcpus)), (memory, bytes.as_gib())],
                derived: None,
            })
            .collect()
    }
}
