//! The catalogue: what can be bought, from whom, at which price, and how sure that
//! is.
//!
//! It is data, not code: the YAML files below `data/`, embedded in the program.
//! Every figure carries a source with its date and a confidence, or says why it is
//! assumed, or says that nobody publishes it and whom to ask: a price is never
//! invented. Providers, offers, platforms, licences and tools differ by their rows
//! alone; a new one is a new row.
//!
//! All files form one tree, `{sources, parties, facets, facilities, platforms, licences, tools,
//! assumptions, providers, profiles}`. What a user writes, in the scenario or in a
//! private file, is a tree of the same shape laid over it, so that any figure is
//! overridden by its path, and a mistake in it gets the same located messages:
//!
//! ```yaml
//! catalog:
//!   providers: {azure: {offers: {dsv5-type1: {price: {francecentral: 5.20 EUR/h}}}}}
//!   assumptions: {engineer_rate: {low: 60 EUR/h, mode: 80 EUR/h, high: 95 EUR/h}}
//! ```
//!
//! A figure that a user states is the user's: the source of the figure it replaces
//! does not vouch for it.
//!
//! ```
//! use portolan::input::catalog::Catalog;
//!
//! let catalog = Catalog::embedded();
//! let azure = catalog.providers.get("azure").expect("Azure is in the catalogue");
//! let host = azure.offers.get("dsv5-type1").expect("it sells dedicated hosts");
//! let price = host.price.as_ref().and_then(|price| price.at("francecentral")).expect("priced in Paris");
//! assert_eq!(price.typical().map(ToString::to_string).as_deref(), Some("6.16 USD/h"));
//! assert_eq!(catalog.path_of(price.spot), "providers.azure.offers.dsv5-type1.price.francecentral");
//! ```

mod check;
mod embedded;
mod figure;
mod listing;
mod load;
mod offer;
mod own;
mod platform;
mod provider;
#[cfg(test)]
mod published;
mod sovereignty;
mod tool;

use std::collections::HashMap;

pub use figure::{AsOf, Confidence, Content, Count, Figure, Plain, Provenance, Regional};
pub use listing::{Listed, figures};
pub use offer::{
    Carry, Commitment, Custom, CustomSize, Family, Kind, Offer, Packing, Payment, Reference, Sale, Shape,
    Size, Windows,
};
pub use own::own_figures;
pub use platform::{
    Counting, Facet, FacetGroup, Facility, Holder, Licence, LicenceKind, Metric, Party, Platform,
    Portability, PortabilityTerms, Portable, Source, VmsCounted,
};
pub use provider::{
    Asked, CreditStep, Egress, Exit, FreeExit, Over, Provider, Region, Service, ServiceHeading, ServiceLevel,
    Storage, StorageClass, Tier,
};
pub use sovereignty::{Answer, Criterion, Profile};
pub use tool::{DeltaCycle, MethodName, PreCopy, Switchover, Throttle, Tool, Unconverged};

use crate::base::diagnostics::Spot;
use crate::base::settings::Entries;
use crate::base::yaml::Node;

/// What can be bought, from whom, at which price, and how sure that is.
#[derive(Clone, Debug)]
pub struct Catalog {
    /// Published sources of figures, by key.
    pub sources: Entries<Source>,
    /// Companies and public bodies.
    pub parties: Entries<Party>,
    /// Respects in which platforms differ.
    pub facets: Entries<Facet>,
    /// What applications lean on beside machines.
    pub facilities: Entries<Facility>,
    /// Virtualisation stacks.
    pub platforms: Entries<Platform>,
    /// Software licences.
    pub licences: Entries<Licence>,
    /// Migration tools.
    pub tools: Entries<Tool>,
    /// Named figures that the model uses when a scenario does not state its own.
    pub assumptions: Entries<Figure<Plain>>,
    /// Organisations that run sites.
    pub providers: Entries<Provider>,
    /// What kinds of provider answer to the sovereignty framework.
    pub profiles: Entries<Profile>,
    /// The questions of the sovereignty framework.
    pub criteria: Vec<Criterion>,
    /// The tree that all of this was read from.
    tree: Node,
    paths: HashMap<Spot, String>,
}

impl Catalog {
    /// The dotted path of the value written at `spot`, by which it is overridden;
    /// empty for a place that is not in the catalogue.
    pub fn path_of(&self, spot: Spot) -> &str {
        self.paths.get(&spot).map_or("", String::as_str)
    }

    /// Whether something is written under a dotted `path`.
    pub fn holds(&self, path: &str) -> bool {
        self.at(path).is_some()
    }

    /// The text under `key` of what is written under a dotted `path`.
    pub fn text_at(&self, path: &str, key: &str) -> Option<&str> {
        self.at(path)?.value(key)?.as_text()
    }

    /// The words of what is written under a dotted `path`: its plain texts, lists of
    /// texts and small mappings, by key; not its figures.
    pub fn words(&self, path: &str) -> Vec<(String, String)> {
        self.at(path).map(listing::words).unwrap_or_default()
    }

    /// Every figure below a dotted `path`, as it is written; all for an empty path.
    pub fn figures(&self, path: &str) -> Vec<Listed> {
        self.at(path).map(|node| figures(path, node)).unwrap_or_default()
    }

    /// What is written under a dotted path. A key may hold points itself, as sizes of
    /// instances do, so every key that fits is tried.
    fn at(&self, path: &str) -> Option<&Node> {
        fn below<'n>(node: &'n Node, path: &str) -> Option<&'n Node> {
            if path.is_empty() {
                return Some(node);
            }
            let entries = node.as_mapping()?;
            entries.iter().find_map(|(key, value)| {
                let rest = path.strip_prefix(key.text.as_str())?;
                if rest.is_empty() { Some(value) } else { below(value, rest.strip_prefix('.')?) }
            })
        }
        below(&self.tree, path)
    }

    /// The name for people of an assumption; its key when it has none.
    pub fn assumption_label<'c>(&'c self, name: &'c str) -> &'c str {
        self.assumption_text(name, "label").unwrap_or(name)
    }

    /// The heading that an assumption is listed under; empty when it has none.
    pub fn assumption_group(&self, name: &str) -> &str {
        self.assumption_text(name, "group").unwrap_or_default()
    }

    fn assumption_text(&self, name: &str, key: &str) -> Option<&str> {
        self.tree.value("assumptions")?.value(name)?.value(key)?.as_text()
    }

    /// The citation of a source and the date of its figures, for people.
    pub fn cited(&self, source: &str) -> Option<(&str, &AsOf)> {
        self.sources.get(source).map(|source| (source.cites.as_str(), &source.date))
    }
}
