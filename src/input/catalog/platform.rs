//! Who stands behind things, and what virtualisation stacks are made of.

use super::figure::{AsOf, Confidence, Count, Figure};
use crate::base::settings::{Entries, Name};
use crate::base::units::{Amount, Measure, Period, Share, UnitPrice, YearlyRate};
use crate::world::rules::portability::Terms;

crate::record! {
    /// A published source of figures.
    pub struct Source as "a source" {
        /// What is cited, for people.
        pub cites: String,
        /// Under which licence it may be used.
        pub licence: String,
        /// The date of its figures; of reading, where it does not date itself.
        pub date: AsOf,
        /// What a reader should know besides.
        pub note: Option<String>,
    }

    /// A company or public body that stands behind a site, an offer or a platform.
    pub struct Party as "a party" {
        /// Its name for people.
        pub label: String,
        /// The country whose law can compel it: an ISO 3166 code, or `EU`.
        pub jurisdiction: String,
        /// The party that owns it and whose law also reaches it.
        pub owner: Option<Name>,
        /// Who holds its capital, by name; nobody is known to when left out.
        pub holders: Entries<Holder>,
        /// The key of the source.
        pub source: Option<Name>,
        /// How sure it is, A to D.
        pub confidence: Option<Confidence>,
        /// What a reader should know besides.
        pub note: Option<String>,
    }

    /// Who holds a part of a company.
    pub struct Holder as "a holder" {
        /// Where its seat is: an ISO 3166 code.
        pub jurisdiction: String,
        /// Its share of the capital.
        pub capital: Share,
        /// Its share of the votes; as of the capital when left out.
        pub votes: Option<Share>,
    }

    /// A respect in which two platforms can differ, and what each difference costs.
    pub struct Facet as "a facet" {
        /// Its name for people.
        pub label: String,
        /// Its group, after ISO/IEC 19941.
        pub group: FacetGroup,
        /// Hours of an engineer per VM that crosses the difference.
        pub hours_per_vm: Figure<Period>,
        /// Hours of an engineer per application that crosses it.
        pub hours_per_application: Figure<Period>,
        /// Hours of an engineer, once, for an estate that crosses it.
        pub hours_per_estate: Figure<Period>,
        /// What it adds to the cutover of each VM.
        pub cutover_minutes: Figure<Period>,
    }

    /// What applications lean on beside machines.
    pub struct Facility as "a facility" {
        /// Its name for people.
        pub label: String,
        /// Hours of an engineer to replace it, for each application whose destination does not have it.
        pub replacement: Figure<Period>,
    }

    /// A virtualisation stack.
    pub struct Platform as "a platform" {
        /// Its name for people.
        pub label: String,
        /// The party that makes it.
        pub supplier: Name,
        /// The management plane that its administrators learn and run.
        pub management_plane: String,
        /// What its owned hosts need: licences by name, or families of which any one does.
        pub licences: Vec<Name> = "[]",
        /// Its value for each facet; two platforms interoperate where these agree.
        pub facets: Entries<String>,
        /// What is there as a managed service: names of `facilities`.
        pub provides: Vec<Name> = "[]",
        /// What arriving there costs once, beside the facets: a landing zone.
        pub setup: Figure<Period>,
    }

    /// A software licence: a counting rule, a price, and where it may be carried.
    pub struct Licence as "a licence" {
        /// Its name for people.
        pub label: String,
        /// The party that sells it.
        pub supplier: Name,
        /// Licences of one family stand for each other, such as `vmware`.
        pub family: Name,
        /// Whether it is rented or bought.
        pub kind: LicenceKind,
        /// How it is counted.
        pub counting: Counting,
        /// A subscription: per counted unit and time. A perpetual one: per pack.
        pub price: Figure<Measure>,
        /// What was paid after discounts, where that is published.
        pub realised: Option<Figure<UnitPrice>>,
        /// What a perpetual licence cost that is now only supported.
        pub perpetual_price: Option<Figure<UnitPrice>>,
        /// Yearly maintenance of a perpetual licence, as a share of its price.
        pub assurance: Option<Figure<YearlyRate>>,
        /// Terms on sale, shortest first.
        pub terms: Vec<Period> = "[]",
        /// Surcharge on what is bought after a contract has ended.
        pub late_surcharge: Option<Figure<Share>>,
        /// Whether it may leave the owner's premises.
        pub portable: Portable,
    }

    /// How a licence is counted. A floor that is not written does not apply.
    pub struct Counting as "a counting rule" {
        /// What is counted.
        pub metric: Metric,
        /// Counted units that one price buys; one, unless it is written.
        pub pack: Option<Figure<Count>>,
        /// Cores counted for each processor, at least.
        pub minimum_per_processor: Option<Figure<Count>>,
        /// Cores counted for each host, at least.
        pub minimum_per_host: Option<Figure<Count>>,
        /// Cores counted for each VM, at least.
        pub minimum_per_vm: Option<Figure<Count>>,
        /// Cores of one order, at least.
        pub minimum_per_order: Option<Figure<Count>>,
        /// VMs that each full licensing of a host allows; no limit, unless it is written.
        pub vms_per_licensing: Option<Figure<Count>>,
        /// Which VMs those are.
        pub vms_counted: VmsCounted = "all",
        /// Cores counted for each processor of a host, at least, where all cores of a host may be licensed in place of its VMs'.
        pub whole_host: Option<Figure<Count>>,
    }

    /// Whether a licence may leave its owner's premises.
    pub struct Portable as "a rule of portability" {
        /// The rule.
        pub rule: Portability,
        /// Whose terms say what each kind of destination asks; those of the rule alone, unless they are written.
        pub terms: Option<PortabilityTerms>,
        /// The key of the source.
        pub source: Name,
        /// How sure it is, A to D.
        pub confidence: Confidence,
        /// What a reader should know besides.
        pub note: Option<String>,
    }
}

crate::choices! {
    /// The five groups of interoperability facets, after ISO/IEC 19941.
    pub enum FacetGroup as "a group of facets" {
        /// Networks and addressing.
        Transport = "transport",
        /// Disk and image formats.
        Syntactic = "syntactic",
        /// Configuration and metadata.
        Semantic = "semantic",
        /// Hypervisor, drivers, firmware, high availability.
        Behavioural = "behavioural",
        /// Identity, licensing, compliance.
        Policy = "policy",
    }

    /// Whether a licence is rented or bought.
    pub enum LicenceKind as "a kind of licence" {
        /// Rented, by a contract with a term.
        Subscription = "subscription",
        /// Bought once, with maintenance by the year.
        Perpetual = "perpetual",
    }

    /// What a licence counts.
    pub enum Metric as "what a licence counts" {
        /// Physical cores of hosts.
        Core = "core",
        /// Virtual processors of VMs.
        Vcpu = "vcpu",
        /// Virtual machines.
        Vm = "vm",
        /// Virtual processors, by the hour.
        VcpuHour = "vcpu-hour",
    }

    /// Which VMs a licence of a host counts.
    pub enum VmsCounted as "which VMs are counted" {
        /// Those that run Windows.
        Windows = "windows",
        /// All.
        All = "all",
    }

    /// Whose terms decide where a licence may be used.
    pub enum PortabilityTerms as "terms of portability" {
        /// Windows Server Datacenter.
        WindowsDatacenter = "windows-datacenter",
        /// Windows Server Standard.
        WindowsStandard = "windows-standard",
        /// SQL Server Enterprise.
        SqlEnterprise = "sql-enterprise",
        /// SQL Server Standard.
        SqlStandard = "sql-standard",
    }

    /// Whether a licence may leave its owner's premises.
    pub enum Portability as "a rule of portability" {
        /// A running subscription may be used elsewhere.
        Subscription = "subscription",
        /// With maintenance or as a subscription, where the host may take it.
        WithAssurance = "with-assurance",
        /// It stays on its owner's hosts.
        Never = "never",
    }
}

impl Platform {
    /// The facets in which `self` and `other` differ, in the order of `self`.
    pub fn differs<'a>(&'a self, other: &'a Self) -> impl Iterator<Item = &'a str> + 'a {
        let same = |name: &str, value: &str| other.facets.get(name).is_some_and(|theirs| theirs == value);
        self.facets
            .iter()
            .filter(move |(name, value)| !same(name.as_str(), value))
            .map(|(name, _)| name.as_str())
    }
}

impl Licence {
    /// Whose terms decide where it may be used.
    pub fn portability_terms(&self) -> Terms {
        match (self.portable.terms, self.portable.rule) {
            (Some(PortabilityTerms::WindowsDatacenter), _) => Terms::WindowsDatacenter,
            (Some(PortabilityTerms::WindowsStandard), _) => Terms::WindowsStandard,
            (Some(PortabilityTerms::SqlEnterprise), _) => Terms::SqlEnterprise,
            (Some(PortabilityTerms::SqlStandard), _) => Terms::SqlStandard,
            (None, Portability::Subscription | Portability::WithAssurance) => Terms::PortableSubscription,
            (None, Portability::Never) => Terms::Bound,
        }
    }

    /// Price of one pack of a perpetual licence, if that is what it is.
    pub fn pack_price(&self) -> Option<Amount> {
        use crate::base::units::Written;
        self.price.typical().and_then(|measure| Amount::from_measure(measure).ok())
    }

    /// Price of one counted unit of a subscription, if that is what it is.
    pub fn unit_price(&self) -> Option<UnitPrice> {
        use crate::base::units::Written;
        self.price.typical().and_then(|measure| UnitPrice::from_measure(measure).ok())
    }
}
