//! Dated changes of the world.

use jiff::civil::Date;
use serde_json::{Value, json};

use crate::base::diagnostics::{Diagnostic, Diagnostics, Spot};
use crate::base::settings::{Figure, Located, Name, Schemas, Setting, unexpected};
use crate::base::units::{Change, Period};
use crate::base::yaml::Node;

crate::record! {
    /// A dated change: either prices that move, or a fault.
    pub struct Event as "an event of the timeline" {
        /// When it happens.
        pub at: Located<Date>,
        /// Its name in the report.
        pub label: Option<String>,
        /// It happens again after so long, until the horizon.
        pub every: Option<Located<Period>>,
        /// Prices that move.
        pub price: Option<PriceMove>,
        /// Something that is down for a while, from midnight on.
        pub fault: Option<Fault>,
    }

    /// Something that is down for a while: exactly one of `link`, `host` and `site` says what.
    pub struct Fault as "a fault" {
        /// A circuit: the names of its two sites with a hyphen, such as `paris-azure`.
        pub link: Option<Name>,
        /// A host of an offer: `site/offer`.
        pub host: Option<OfferPath>,
        /// Which host, from 1 on; the first when left out.
        pub number: Option<Located<u32>>,
        /// A whole site: its hosts, its instances and its circuits.
        pub site: Option<Name>,
        /// For how long.
        pub r#for: Located<Period>,
    }

    /// Prices that move: exactly one of `offer`, `provider`, `licence` and `all` says which.
    pub struct PriceMove as "a move of prices" {
        /// The prices of one offer: `site/offer`.
        pub offer: Option<OfferPath>,
        /// All prices of one provider.
        pub provider: Option<Name>,
        /// The price of one licence.
        pub licence: Option<Name>,
        /// All prices of one kind.
        pub all: Option<Located<PriceKind>>,
        /// By how much; negative when prices fall.
        pub change: Figure<Change>,
    }
}

crate::choices! {
    /// A kind of prices.
    pub enum PriceKind as "a kind of prices" {
        /// Electricity.
        Energy = "energy",
        /// Engineers and administrators.
        Labour = "labour",
        /// Hardware of one's own.
        Hardware = "hardware",
        /// Licences of every sort.
        Licences = "licences",
        /// Data that leaves a site.
        Egress = "egress",
        /// Storage.
        Storage = "storage",
        /// Hosts, nodes and instances.
        Compute = "compute",
    }
}

/// What a price move concerns.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum PriceTarget<'a> {
    /// One offer.
    Offer(&'a OfferPath),
    /// One provider.
    Provider(&'a Name),
    /// One licence.
    Licence(&'a Name),
    /// One kind of prices.
    All(PriceKind),
}

/// What a fault has down.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum FaultTarget<'a> {
    /// A circuit.
    Link(&'a Name),
    /// A host of an offer, counted from one.
    Host(&'a OfferPath, u32),
    /// A site.
    Site(&'a Name),
}

impl Event {
    /// Exactly one change must be written, and be whole.
    pub(super) fn check(&self, diagnostics: &mut Diagnostics) {
        match (&self.price, &self.fault) {
            (Some(price), None) => price.check(diagnostics),
            (None, Some(fault)) => fault.check(diagnostics),
            (None, None) => diagnostics.push(
                Diagnostic::error(self.spot, "This event does not say what happens")
                    .note("Expected `price`, for prices that move, or `fault`, for something that is down."),
            ),
            (Some(price), Some(fault)) => diagnostics.push(
                Diagnostic::error(fault.spot, "`price` and `fault` cannot stand together")
                    .related(price.spot, "the first one")
                    .help("Write one event for each."),
            ),
        }
    }
}

impl Fault {
    /// What is down; the first of the targets written, of which a checked scenario has
    /// exactly one.
    pub fn target(&self) -> Option<FaultTarget<'_>> {
        self.targets().into_iter().flatten().map(|(_, _, target)| target).next()
    }

    fn targets(&self) -> [Option<(&'static str, Spot, FaultTarget<'_>)>; 3] {
        let number = self.number.map_or(1, |number| number.value);
        [
            self.link.as_ref().map(|name| ("link", name.spot, FaultTarget::Link(name))),
            self.host.as_ref().map(|path| ("host", path.spot, FaultTarget::Host(path, number))),
            self.site.as_ref().map(|name| ("site", name.spot, FaultTarget::Site(name))),
        ]
    }

    fn check(&self, diagnostics: &mut Diagnostics) {
        let written: Vec<_> = self.targets().into_iter().flatten().collect();
        let expected = "Expected exactly one of `link`, `host` and `site`.";
        match written.as_slice() {
            [_] => {}
            [] => diagnostics
                .push(Diagnostic::error(self.spot, "This fault does not say what is down").note(expected)),
            [(first, place, _), (second, spot, _), ..] => diagnostics.push(
                Diagnostic::error(*spot, format!("`{first}` and `{second}` cannot stand together"))
                    .related(*place, "the first one")
                    .note(expected)
                    .help("Write one event for each."),
            ),
        }
        if let Some(number) = self.number.filter(|number| number.value == 0) {
            diagnostics.push(Diagnostic::error(number.spot, "Hosts are counted from 1"));
        }
    }
}

impl PriceMove {
    /// What moves; the first of the targets written, of which a checked scenario
    /// has exactly one.
    pub fn target(&self) -> Option<PriceTarget<'_>> {
        self.targets().into_iter().flatten().map(|(_, _, target)| target).next()
    }

    fn targets(&self) -> [Option<(&'static str, Spot, PriceTarget<'_>)>; 4] {
        [
            self.offer.as_ref().map(|offer| ("offer", offer.spot, PriceTarget::Offer(offer))),
            self.provider.as_ref().map(|name| ("provider", name.spot, PriceTarget::Provider(name))),
            self.licence.as_ref().map(|name| ("licence", name.spot, PriceTarget::Licence(name))),
            self.all.as_ref().map(|kind| ("all", kind.spot, PriceTarget::All(kind.value))),
        ]
    }

    /// Exactly one target must be written.
    pub(super) fn check(&self, diagnostics: &mut Diagnostics) {
        let written: Vec<_> = self.targets().into_iter().flatten().collect();
        let expected = "Expected exactly one of `offer`, `provider`, `licence` and `all`.";
        match written.as_slice() {
            [_] => {}
            [] => diagnostics.push(
                Diagnostic::error(self.spot, "This event does not say which prices move").note(expected),
            ),
            [(first, place, _), (second, spot, _), ..] => diagnostics.push(
                Diagnostic::error(*spot, format!("`{first}` and `{second}` cannot stand together"))
                    .related(*place, "the first one")
                    .note(expected)
                    .help("Write one event for each."),
            ),
        }
    }
}

/// An offer at a site, `site/offer`, or all offers of a site, `site`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OfferPath {
    /// The site.
    pub site: String,
    /// The offer; any of the site, in the order of the file, when left out.
    pub offer: Option<String>,
    /// Where it is written.
    pub spot: Spot,
}

impl std::fmt::Display for OfferPath {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.offer {
            Some(offer) => write!(f, "{}/{offer}", self.site),
            None => f.write_str(&self.site),
        }
    }
}

impl Setting for OfferPath {
    const WHAT: &'static str = "a site, or an offer as `site/offer`";
    fn schema(_: &mut Schemas) -> Value {
        json!({ "type": "string", "pattern": "^[^/]+(/[^/]+)*$", "examples": ["azure/instances", "azure"] })
    }
    fn read(node: &Node, diagnostics: &mut Diagnostics) -> Option<Self> {
        let Some(text) = node.as_text() else {
            diagnostics.push(unexpected(node, Self::WHAT));
            return None;
        };
        let (site, offer) = match text.split_once('/') {
            Some((site, offer)) => (site, Some(offer.to_owned())),
            None => (text, None),
        };
        if site.is_empty() || offer.as_ref().is_some_and(String::is_empty) {
            diagnostics.push(
                Diagnostic::error(node.spot, format!("`{text}` is not {}", Self::WHAT))
                    .note("Expected `site` or `site/offer`, such as `azure` or `azure/instances`."),
            );
            return None;
        }
        Some(Self { site: site.to_owned(), offer, spot: node.spot })
    }
    fn example() -> Option<String> {
        Some("azure/instances".to_owned())
    }
}
