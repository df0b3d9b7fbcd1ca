//! Sites, what is on offer there, and what else is paid there.

use jiff::civil::Date;
use serde_json::{Value, json};

use super::placement::{HostRange, Placing};
use crate::base::diagnostics::{Diagnostic, Diagnostics};
use crate::base::settings::{AnyFigure, Entries, Figure, Located, Name, Ratio, Schemas, Setting, unexpected};
use crate::base::units::{
    Amount, Bandwidth, Bytes, Currency, GibMonth, Gigabyte, HostShape, Hourly, Measure, Meter, Monthly, Once,
    OneHost, Period, Power, Price, PriceBasis, PricePer, QuantityError, Share, Thing, TimeUnit, Unit,
    UnitPrice, VcpuHour, WorkloadMonth, Written,
};
use crate::base::yaml::{Kind, Node};
use crate::world::{self, Basis, SiteRole};

crate::choices! {
    /// What a site is for.
    pub enum Role as "a role of a site" {
        /// It runs production.
        Main = "main",
        /// It takes over from another site.
        DisasterRecovery = "disaster-recovery",
    }
    /// How Windows guests are licensed on an offer.
    pub enum Windows as "how Windows guests are licensed" {
        /// The user's own licences are carried there.
        Carried = "carried",
        /// The licence is in the price.
        Included = "included",
        /// Windows cannot run there.
        Refused = "refused",
    }
    /// What a service is, which is also its heading in the report.
    pub enum ServiceKind as "a kind of service" {
        /// Storage arrays.
        Storage = "storage",
        /// Backup: repositories, retained restore points, licences.
        Backup = "backup",
        /// Disaster-recovery tooling.
        DisasterRecovery = "disaster-recovery",
        /// Network and security: overlay rules, load balancers, firewalls.
        Network = "network",
        /// Rooms and maintenance.
        Rooms = "rooms",
        /// Support plans.
        Support = "support",
    }
}

crate::record! {
    /// A place where workloads run: a data centre or a provider's region.
    pub struct Site as "a site" {
        /// Who runs it: the name of a provider in the catalogue, or `own` for your own data centre.
        pub provider: Name,
        /// The provider's region.
        pub region: Option<Name>,
        /// Where the data lies: an ISO 3166 country code; the region's when left out.
        pub country: Option<Country>,
        /// What it is for.
        pub role: Role = "main",
        /// What can be bought there: names of offers in the catalogue, or names with settings.
        pub offers: Offers,
        /// What is paid there that is not a machine and does not shrink with hosts.
        pub services: Entries<Service>,
        /// Price of storage, in place of the catalogue's.
        pub storage: Option<Figure<PricePer<GibMonth>>>,
        /// The provider's class of storage that disks are put on, such as `premium-ssd`; its usual one when left out.
        pub storage_class: Option<Name>,
    }

    /// Something that can be bought, or is owned, at a site. Without `hosts` it is an offer of the catalogue with some settings of its own.
    pub struct Offer as "an offer" {
        /// The offer of the catalogue that this one is made from; the one of its own name when left out.
        pub from: Option<Name>,
        /// The virtualisation stack that workloads meet there, such as `vsphere` or `hyper-v`.
        pub platform: Option<Name>,
        /// Hosts of one's own.
        pub hosts: Option<Hosts>,
        /// Licences that its hosts need; the platform's when left out.
        pub licences: Option<Vec<Name>>,
        /// How Windows guests are licensed there.
        pub windows: Option<Windows>,
        /// Your own licence that Windows guests run under there, where it is carried, such as `windows-standard`; `windows-datacenter` when left out.
        pub windows_licence: Option<Name>,
        /// Licences of other software of guests that are paid in the price there, in place of your own: per virtual processor and hour.
        pub software: Entries<Figure<PricePer<VcpuHour>>>,
        /// The fewest hosts or nodes while anything runs there.
        pub minimum: Option<u32>,
        /// The most hosts or nodes.
        pub maximum: Option<u32>,
        /// Hosts kept free for the failure of others.
        pub spare: Option<u32>,
        /// How workloads are put on its hosts: the name of a policy, or one with settings; `best-fit` when left out.
        pub placement: Option<Placing>,
        /// Groups of its hosts that rules of the estate refer to, by numbers from 1, such as `{oracle: 1-2}`.
        pub host_groups: Entries<HostRange>,
        /// What is there as a managed service: names of `facilities`; the platform's when left out.
        pub provides: Option<Vec<Name>>,
        /// Price of a host, a node or the service, in place of the catalogue's.
        pub price: Option<Figure<UnitPrice>>,
        /// What is taken off the catalogue's prices of this offer.
        pub discount: Option<Figure<Share>>,
    }

    /// Hosts of one's own.
    pub struct Hosts as "hosts" {
        /// How many there are at the start.
        pub count: Located<u32> = "0",
        /// Sockets, cores per socket and GiB of memory of each, such as `2x16c-512g`.
        pub shape: HostShape,
        /// Hosts kept free for the failure of others.
        pub spare: u32 = "1",
        /// Virtual processors placed on each core.
        pub overcommit: Ratio = "4",
        /// The most hosts; no limit when left out.
        pub maximum: Option<u32>,
        /// The other offer of this site whose emptied hosts are installed anew for this one.
        pub reuses: Option<Name>,
        /// Price of a new host with support for its life; the catalogue's when left out.
        pub price: Option<Figure<PricePer<OneHost>>>,
        /// When the hosts there were bought; at the start of the scenario less half their life when left out.
        pub bought: Option<Date>,
        /// How long a host is used before it must be replaced; the catalogue's when left out.
        pub life: Option<Period>,
        /// Power drawn by each; the catalogue's when left out.
        pub watts: Option<Figure<Power>>,
        /// Remaining book value of each host at the start.
        pub book_value: Option<Figure<PricePer<OneHost>>>,
        /// Share of the price that is got back for a host given up before or at the end of its life; nothing when left out.
        pub residual: Option<Figure<Share>>,
    }

    /// Something paid at a site that is not a machine and does not shrink with hosts.
    pub struct Service as "a service" {
        /// What it is.
        pub kind: ServiceKind,
        /// Its price; the unit says by what it is counted: `EUR/month`, `EUR/GiB-month` or `EUR/vm-month`.
        pub price: Option<Figure<ServicePrice>>,
        /// In place of a price: shares of what the site's provider is paid in the month, as support plans ask.
        pub support: Option<SupportPlan>,
        /// It is paid at least until then, used or not.
        pub committed_until: Option<Located<Date>>,
        /// Remaining book value at the start, written off until `committed_until`.
        pub book_value: Option<Figure<PricePer<Once>>>,
    }

    /// What a support plan asks of a month: shares of what its provider is paid, at least a minimum.
    pub struct SupportPlan as "a support plan" {
        /// The least that a month costs.
        pub minimum: Figure<PricePer<Monthly>>,
        /// Shares of the month's spend, from an amount on; the first from zero.
        pub tiers: Vec<SupportTier>,
    }

    /// One tier of a support plan.
    pub struct SupportTier as "a tier of a support plan" {
        /// The amount of the month's spend from which it applies.
        pub from: Located<Amount>,
        /// The share of what is above it, up to the next tier.
        pub share: Figure<Share>,
    }

    /// A circuit between two sites.
    pub struct Link as "a link" {
        /// Its name, by which rules ask for it; the names of its sites when left out.
        pub name: Option<Name>,
        /// The two sites.
        pub between: Vec<Name>,
        /// What it carries.
        pub bandwidth: Bandwidth,
        /// How long a packet takes there and back.
        pub rtt: Period,
        /// Share of packets that is lost; nothing when left out.
        pub loss: Option<Figure<Share>>,
        /// Price of the circuit by the hour or the month, from the first move that needs it; nothing when it is there and paid anyway.
        pub price: Option<Figure<CircuitPrice>>,
        /// Price of data that leaves a provider over it, in place of the provider's tariff.
        pub per_gb: Option<Figure<PricePer<Gigabyte>>>,
    }
}

impl Role {
    /// The role in the world.
    pub const fn role(self) -> SiteRole {
        match self {
            Self::Main => SiteRole::Main,
            Self::DisasterRecovery => SiteRole::DisasterRecovery,
        }
    }
}

impl Service {
    /// Exactly one of a price and a support plan, whose tiers begin at zero and rise.
    pub(super) fn check(&self, name: &Name, diagnostics: &mut Diagnostics) {
        match (&self.price, &self.support) {
            (None, None) => {
                diagnostics
                    .push(Diagnostic::error(self.spot, format!("The service `{name}` has no price")).help(
                    "Add `price: 9000 EUR/month`, or `support:` for a plan that asks shares of the spend.",
                ))
            }
            (Some(price), Some(plan)) => diagnostics.push(
                Diagnostic::error(plan.spot, "`price` and `support` cannot stand together")
                    .related(price.spot, "the price")
                    .help("Keep one of the two."),
            ),
            _ => {}
        }
        if let Some(plan) = &self.support {
            plan.check(diagnostics);
        }
    }
}

impl SupportPlan {
    fn check(&self, diagnostics: &mut Diagnostics) {
        if self.tiers.first().is_none_or(|first| first.from.value.value != Price::ZERO) {
            diagnostics.push(
                Diagnostic::error(self.spot, "The tiers of a support plan begin at zero")
                    .help("Write `tiers: [{from: 0 USD, share: 10 %}]`, with your own figures."),
            );
        }
        for pair in self.tiers.windows(2) {
            if pair[1].from.value.value <= pair[0].from.value.value {
                diagnostics.push(
                    Diagnostic::error(pair[1].from.spot, "The tiers of a support plan do not rise")
                        .help("Write them in the order of their amounts."),
                );
            }
        }
        let plan = self.minimum.spread.typical().map(|minimum| minimum.currency);
        for tier in &self.tiers {
            if plan.is_some_and(|plan| plan != tier.from.value.currency) {
                diagnostics.push(
                    Diagnostic::error(tier.from.spot, "This tier is in another currency than the minimum")
                        .help("Write all amounts of a plan in one currency."),
                );
            }
        }
    }
}

impl ServiceKind {
    /// The kind in the world.
    pub const fn kind(self) -> world::ServiceKind {
        match self {
            Self::Storage => world::ServiceKind::Storage,
            Self::Backup => world::ServiceKind::Backup,
            Self::DisasterRecovery => world::ServiceKind::DisasterRecovery,
            Self::Network => world::ServiceKind::Network,
            Self::Rooms => world::ServiceKind::Rooms,
            Self::Support => world::ServiceKind::Support,
        }
    }
}

/// The price of a service: per month, per GiB and month, or per VM and month.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct ServicePrice {
    /// Units of the currency, per month.
    pub value: f64,
    /// The currency.
    pub currency: Currency,
    /// What it is counted by, besides the month.
    pub basis: Basis,
}

impl Written for ServicePrice {
    const WHAT: &'static str = "a price per month, per GiB and month, or per VM and month";
    const EXAMPLES: &'static [&'static str] = &["9000 EUR/month", "0.03 EUR/GiB-month", "12 EUR/vm-month"];

    fn from_measure(measure: &Measure) -> Result<Self, QuantityError> {
        fn per<B: PriceBasis>(measure: &Measure, basis: Basis) -> Result<ServicePrice, QuantityError> {
            let price = PricePer::<B>::from_measure(measure)?;
            Ok(ServicePrice { value: price.value, currency: price.currency, basis })
        }
        let wrong =
            || QuantityError::WrongUnit { written: measure.to_string(), wanted: <Self as Written>::WHAT };
        match UnitPrice::from_measure(measure).map_err(|_| wrong())?.meter {
            Meter::Whole => per::<Monthly>(measure, Basis::Month),
            Meter::Data(_) => per::<GibMonth>(measure, Basis::GibMonth),
            Meter::Each(Thing::Vm) => per::<WorkloadMonth>(measure, Basis::WorkloadMonth),
            _ => Err(wrong()),
        }
        .map_err(|error| match error {
            QuantityError::WrongUnit { .. } => wrong(),
            other => other,
        })
    }

    fn magnitude(&self) -> (f64, Option<Unit>) {
        let meter = match self.basis {
            Basis::Month => Meter::Whole,
            Basis::GibMonth => Meter::Data(Bytes::from_gib(1)),
            Basis::WorkloadMonth => Meter::Each(Thing::Vm),
            // A support plan has no price of this kind.
            Basis::Spend => Meter::Whole,
        };
        let value = Price::from_f64(self.value);
        let price = UnitPrice { value, currency: self.currency, meter, every: Some(TimeUnit::Month) };
        (self.value, Some(price.unit()))
    }

    fn currency(&self) -> Option<Currency> {
        Some(self.currency)
    }
}

/// The price of a circuit: by the hour or by the month.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct CircuitPrice {
    /// Units of the currency.
    pub value: f64,
    /// The currency.
    pub currency: Currency,
    /// For how long: an hour or a month.
    pub every: TimeUnit,
}

impl Written for CircuitPrice {
    const WHAT: &'static str = "a price per hour or per month";
    const EXAMPLES: &'static [&'static str] = &["0.30 USD/h", "1200 EUR/month"];

    fn from_measure(measure: &Measure) -> Result<Self, QuantityError> {
        // Each price converts into the other, by a month of 730 hours: which of them was
        // agreed says the unit that is written.
        let hourly = UnitPrice::from_measure(measure).is_ok_and(|price| price.every == Some(TimeUnit::Hour));
        let made = if hourly {
            PricePer::<Hourly>::from_measure(measure)
                .map(|price| (price.value, price.currency, TimeUnit::Hour))
        } else {
            PricePer::<Monthly>::from_measure(measure)
                .map(|price| (price.value, price.currency, TimeUnit::Month))
        };
        match made {
            Ok((value, currency, every)) => Ok(Self { value, currency, every }),
            Err(QuantityError::WrongUnit { written, .. }) => {
                Err(QuantityError::WrongUnit { written, wanted: <Self as Written>::WHAT })
            }
            Err(error) => Err(error),
        }
    }

    fn magnitude(&self) -> (f64, Option<Unit>) {
        let value = Price::from_f64(self.value);
        let price =
            UnitPrice { value, currency: self.currency, meter: Meter::Whole, every: Some(self.every) };
        (self.value, Some(price.unit()))
    }

    fn currency(&self) -> Option<Currency> {
        Some(self.currency)
    }
}

/// An ISO 3166 country code: two capital letters.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Country(String);

impl Country {
    /// The two letters.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Setting for Country {
    const WHAT: &'static str = "a country code";
    fn schema(_: &mut Schemas) -> Value {
        json!({ "type": "string", "pattern": "^[A-Z]{2}$", "examples": ["FR", "DE"] })
    }
    fn read(node: &Node, diagnostics: &mut Diagnostics) -> Option<Self> {
        let code =
            node.as_text().filter(|text| text.len() == 2 && text.bytes().all(|b| b.is_ascii_uppercase()));
        if code.is_none() {
            diagnostics.push(
                unexpected(node, Self::WHAT)
                    .note("Expected the two capital letters of ISO 3166, such as `FR` or `DE`."),
            );
        }
        code.map(|code| Self(code.to_owned()))
    }
    fn example() -> Option<String> {
        Some("FR".to_owned())
    }
}

/// The offers of a site: a list of names of the catalogue, or names with settings.
#[derive(Clone, PartialEq, Debug)]
pub struct Offers(Entries<Offer>);

impl std::ops::Deref for Offers {
    type Target = Entries<Offer>;
    fn deref(&self) -> &Entries<Offer> {
        &self.0
    }
}

impl Setting for Offers {
    const WHAT: &'static str = "a list of offers of the catalogue, or offers with settings";
    fn schema(schemas: &mut Schemas) -> Value {
        let named = Entries::<Offer>::schema(schemas);
        json!({ "anyOf": [{ "type": "array", "items": Name::schema(schemas), "minItems": 1 }, named] })
    }
    fn read(node: &Node, diagnostics: &mut Diagnostics) -> Option<Self> {
        let offers = match node.as_sequence() {
            None if node.as_mapping().is_none() => {
                diagnostics.push(
                    unexpected(node, Self::WHAT)
                        .help("Write `offers: [instances]`, or one `name: {…}` a line below the key."),
                );
                return None;
            }
            None => Entries::read(node, diagnostics)?,
            Some(items) => {
                let mut offers = Entries::new();
                for item in items {
                    let Some(name) = Name::read(item, diagnostics) else { continue };
                    let empty = Node { spot: item.spot, kind: Kind::Mapping(Vec::new()) };
                    if let Some(first) = offers.declare(name, Offer::read(&empty, diagnostics)) {
                        diagnostics.push(
                            Diagnostic::error(item.spot, format!("The offer `{first}` is listed twice"))
                                .related(first.spot, "the first time")
                                .help("Keep one of the two."),
                        );
                    }
                }
                offers
            }
        };
        if offers.names().next().is_none() {
            diagnostics.push(
                Diagnostic::error(node.spot, "This site has no offer")
                    .note("An offer is what workloads run on; without one nothing can run at the site."),
            );
        }
        Some(Self(offers))
    }
    fn example() -> Option<String> {
        Some("[instances]".to_owned())
    }
    fn each_figure<'a>(&'a self, visit: &mut dyn FnMut(&'a dyn AnyFigure)) {
        self.0.each_figure(visit);
    }
}
