//! The scenario language: what a user writes, read, merged and checked.
//!
//! A scenario is read in three steps. `extends` follows the chain of files and
//! merges their trees, each value keeping the place it was written at. The
//! declarations of this module, one file a section, turn the tree into
//! [`Settings`]: typed values with resolved units, while names stay text with
//! their places. `check` then finds what only the whole scenario shows, such as
//! a name that nobody declares. All errors of all three come at once.
//!
//! What needs the catalogue or the inventory is left to whoever makes a
//! [`World`](crate::world::World) of it.

mod alliance;
mod check;
mod commitment;
mod contract;
mod error;
mod estate;
mod exit;
mod extends;
mod limits;
mod operations;
mod placement;
mod programme;
mod schema;
mod selector;
mod site;
mod strategy;
mod timeline;

use std::path::{Path, PathBuf};

use jiff::civil::Date;
use serde_json::{Value, json};

use crate::base::diagnostics::{Diagnostic, Diagnostics, SourceId, Sources};
use crate::base::settings::{
    Entries, Figure, Located, Name, OneOrMany, Schemas, Setting, alternatives, default_node, unexpected,
};
use crate::base::units::{Currency, ExchangeRate, Measure, Period, TimeUnit, Written as _, YearlyRate};
use crate::base::yaml::{Key, Kind, Node, merge};

pub use alliance::{Alliance, Carried, Easing};
pub use commitment::{Commitment, CommitmentPayment, whole_months};
pub use contract::{Contract, ListPrice, Maintenance, Owned, OwnedLicence, Renewal, Term};
pub use error::ScenarioError;
pub use estate::{
    ApplicationRule, DependencyExport, Estate, Exchange, Facility, Factors, GroupBy, Inventory,
    InventoryFormat, Placement, PoweredOff, Profile, SoftwareRule, StorageBasis, Synthetic, TraceEstate,
    TraceFolder, Usage,
};
pub use exit::Exits;
pub use extends::{DEFAULT, PRESETS, preset};
pub use limits::{Area, Edition, Filter, Holding, Limits, Sovereignty};
pub use operations::{FollowedCycles, Freeze, Migration, Opening, Operations, Window};
pub use placement::{
    HostRange, Keep, PlacementRule, PlacementSettings, Placing, Policy, Quota, Rebalance, ShapePoint, Weight,
};
pub use programme::{
    Acceptance, Board, Holiday, Hypercare, Lead, LeadKind, MigrationFactory, Team, TeamRole, TestedAt,
    TimeOfDay, Turnover, Weekday, WeeklyCapacity,
};
pub use schema::schema;
pub use selector::{Candidate, Conditions, Glob, Match, Os, PowerState, Selector};
pub use site::{
    CircuitPrice, Country, Hosts, Link, Offer, Offers, Role, Service, ServiceKind, ServicePrice, Site,
    SupportPlan, SupportTier, Windows,
};
pub use strategy::{Consolidation, ContractChoice, Disposition, Method, Rule, Schedule, Strategy};
pub use timeline::{Event, Fault, FaultTarget, OfferPath, PriceKind, PriceMove, PriceTarget};

crate::record! {
    /// A scenario: an estate, the places it could move to, what changes over the years, and the strategies to compare.
    pub struct Settings as "a scenario" {
        /// The version of this language.
        pub version: Version,
        /// The name of the scenario; results are written to a folder of this name.
        pub name: Slug,
        /// What the scenario asks, in a sentence or two, for the report.
        pub description: Option<String>,
        /// Another scenario, or several, whose settings hold where this file says nothing: a path relative to this file, or the name of a scenario that comes with the program.
        pub extends: Option<OneOrMany<String>>,
        /// The currency in which everything is reported.
        pub currency: Currency = "EUR",
        /// The first day.
        pub start: Located<Date>,
        /// How long is simulated, in whole months or years: 1 month to 30 years.
        pub horizon: Horizon,
        /// The seed of all random draws: the same seed gives the same results.
        pub seed: u64 = "42",
        /// How many times each strategy is simulated.
        pub replications: Located<u32> = "100",
        /// By how much money of a year later is worth less.
        pub discount_rate: Figure<YearlyRate> = "7 %/year",
        /// Figures of one's own in place of the catalogue's: files, or a mapping of the catalogue's shape.
        pub catalog: Option<CatalogChanges>,
        /// What one unit of another currency is worth in the reporting currency.
        pub exchange: Entries<Figure<ExchangeRate>>,
        /// How sovereignty is judged.
        pub sovereignty: Sovereignty = "{}",
        /// What is to be moved.
        pub estate: Estate,
        /// The places where workloads run or could run.
        pub sites: Entries<Site>,
        /// What applications lean on at their sites beside machines, in place of the catalogue's or besides.
        pub facilities: Entries<Facility>,
        /// Circuits between sites.
        pub links: Vec<Link> = "[]",
        /// Uncertain inputs that figures refer to as `$name`; figures that share one also share its draws.
        pub uncertain: Entries<Figure<Measure>>,
        /// Contracts in force at the start.
        pub contracts: Entries<Contract>,
        /// Perpetual licences that are owned.
        pub licences: Entries<OwnedLicence>,
        /// How the estate is run from day to day.
        pub operations: Operations = "{}",
        /// How moves are prepared, copied, cut over and retried.
        pub migration: Migration = "{}",
        /// Dated changes of the world.
        pub timeline: Vec<Event> = "[]",
        /// Dated agreements between vendors.
        pub alliances: Entries<Alliance>,
        /// When exits are rehearsed beside the end of the horizon.
        pub exits: Exits = "{}",
        /// What is compared; the first strategy is the one that the others are compared with.
        pub strategies: Entries<Strategy>,
        /// What must not be broken.
        pub limits: Limits = "{}",
    }
}

/// A scenario as it was read: checked as far as its text alone allows.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// What it says.
    pub settings: Settings,
    /// The merged tree, with nothing left of `extends`: `tree.to_yaml()` is a
    /// complete scenario in one file.
    pub tree: Node,
    folders: Vec<(SourceId, PathBuf)>,
}

impl Scenario {
    /// The scenario in the file at `path`, or the one of that name that comes with
    /// the program when there is no such file.
    ///
    /// # Errors
    /// Nothing is returned when there is no tree at all. With
    /// [`Diagnostics::has_errors`] what is returned is good for further checks, not
    /// for a simulation.
    pub fn read(path: &Path, sources: &mut Sources, diagnostics: &mut Diagnostics) -> Option<Self> {
        let (tree, folders) = extends::Reader::new(sources, diagnostics).file(path)?;
        Self::of_tree(tree, folders, diagnostics)
    }

    /// The scenario in `text`, called `name` in messages; paths in it are relative
    /// to `folder`.
    ///
    /// # Errors
    /// As [`Scenario::read`].
    pub fn read_text(
        name: &str,
        text: &str,
        folder: &Path,
        sources: &mut Sources,
        diagnostics: &mut Diagnostics,
    ) -> Option<Self> {
        let source = sources.add(name, text);
        let (tree, folders) = extends::Reader::new(sources, diagnostics).text(source, folder)?;
        Self::of_tree(tree, folders, diagnostics)
    }

    fn of_tree(tree: Node, folders: Vec<(SourceId, PathBuf)>, diagnostics: &mut Diagnostics) -> Option<Self> {
        let (settings, dates) = match Settings::read(&tree, diagnostics) {
            Some(settings) => (settings, check::Dates::Known),
            None => (repaired(&tree)?, check::Dates::Unknown),
        };
        check::check(&settings, dates, diagnostics);
        Some(Self { settings, tree, folders })
    }

    /// This scenario with `changes` merged over it, the later over the earlier, as `extends`
    /// merges files. Paths in them are relative to the folder of the text that they are
    /// written in.
    ///
    /// # Errors
    /// As [`Scenario::read`].
    pub fn changed(
        &self,
        changes: &[Node],
        written_in: (SourceId, &Path),
        diagnostics: &mut Diagnostics,
    ) -> Option<Self> {
        let over = |tree, change: &Node| merge(tree, change.clone(), alternatives);
        let tree = changes.iter().fold(self.tree.clone(), over);
        let mut folders = self.folders.clone();
        folders.push((written_in.0, written_in.1.to_owned()));
        Self::of_tree(tree, folders, diagnostics)
    }

    /// The path that a setting states, relative to the file in which it is written.
    pub fn path(&self, written: &Located<String>) -> PathBuf {
        let folder = self.folders.iter().find(|(source, _)| *source == written.spot.source);
        folder.map_or_else(|| PathBuf::from(&written.value), |(_, folder)| folder.join(&written.value))
    }

    /// The first date after the horizon.
    pub fn end(&self) -> Date {
        self.settings.end()
    }
}

impl Settings {
    /// The first date after the horizon.
    pub fn end(&self) -> Date {
        self.horizon.0.after(self.start.value).unwrap_or(Date::MAX)
    }
}

/// The settings of a tree of which some keys are missing or broken, without the
/// broken ones and with something in the place of those that are required: for
/// further checks, so that the user sees all errors at once.
fn repaired(tree: &Node) -> Option<Settings> {
    const STAND_INS: [(&str, &str); 5] = [
        ("version", "1"),
        ("name", "unnamed"),
        ("start", "2027-01-01"),
        ("horizon", "5 years"),
        ("estate", "{synthetic: {workloads: 1}}"),
    ];
    let unheard = &mut Diagnostics::new();
    let mut sound = Vec::new();
    for (key, text) in STAND_INS {
        sound.push((Key { text: key.to_owned(), spot: tree.spot }, default_node(text, tree.spot)?));
    }
    for (key, value) in tree.as_mapping()? {
        let place = sound.iter().position(|(known, _)| known.text == key.text);
        let mut tried = sound.clone();
        match place {
            Some(place) => tried[place] = (key.clone(), value.clone()),
            None => tried.push((key.clone(), value.clone())),
        }
        let node = Node { spot: tree.spot, kind: Kind::Mapping(tried) };
        if Settings::read(&node, unheard).is_some() {
            if let Kind::Mapping(tried) = node.kind {
                sound = tried;
            }
        } else if matches!(key.text.as_str(), "sites" | "strategies") {
            // Too much of the rest speaks of these.
            return None;
        }
    }
    Settings::read(&Node { spot: tree.spot, kind: Kind::Mapping(sound) }, unheard)
}

/// The version of the language: 1.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Version;

impl Setting for Version {
    const WHAT: &'static str = "the version of the language, `1`";
    fn schema(_: &mut Schemas) -> Value {
        json!({ "const": 1 })
    }
    fn read(node: &Node, diagnostics: &mut Diagnostics) -> Option<Self> {
        if node.as_plain() == Some("1") {
            return Some(Self);
        }
        let message = unexpected(node, Self::WHAT);
        diagnostics.push(if node.as_plain().is_some_and(|text| text.parse::<u32>().is_ok()) {
            message.help("This program reads version 1 only; a later version of it may read this file.")
        } else {
            message.help("Write `version: 1`.")
        });
        None
    }
    fn example() -> Option<String> {
        Some("1".to_owned())
    }
}

/// A name that is safe as the name of a folder.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Slug(String);

impl Slug {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Setting for Slug {
    const WHAT: &'static str = "a name of small letters, digits and hyphens";
    fn schema(_: &mut Schemas) -> Value {
        json!({ "type": "string", "pattern": "^[a-z0-9][a-z0-9-]*$", "maxLength": 100, "examples": ["vmware-exit"] })
    }
    fn read(node: &Node, diagnostics: &mut Diagnostics) -> Option<Self> {
        let Some(text) = node.as_text() else {
            diagnostics.push(unexpected(node, Self::WHAT));
            return None;
        };
        let good = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if text.chars().all(good) && !text.starts_with('-') && !text.is_empty() && text.len() <= 100 {
            return Some(Self(text.to_owned()));
        }
        let better: String =
            text.to_lowercase().chars().map(|c| if good(c) { c } else { '-' }).take(100).collect();
        let better = better.split('-').filter(|part| !part.is_empty()).collect::<Vec<_>>().join("-");
        let message = Diagnostic::error(node.spot, format!("`{text}` cannot name a folder of results"))
            .note(format!("Expected {}: results are written to a folder of this name.", Self::WHAT));
        diagnostics.push(if better.is_empty() {
            message
        } else {
            message.help(format!("Write `name: {better}`."))
        });
        None
    }
    fn example() -> Option<String> {
        Some("vmware-exit".to_owned())
    }
}

/// How long is simulated: whole months or years, 1 month to 30 years.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Horizon(pub Period);

impl Setting for Horizon {
    const WHAT: &'static str = "a number of months or years";

    fn schema(_: &mut Schemas) -> Value {
        json!({ "type": "string", "pattern": "^\\s*[0-9]+\\s*(months?|mo|years?|yr|y)\\s*$", "examples": ["5 years"] })
    }
    fn read(node: &Node, diagnostics: &mut Diagnostics) -> Option<Self> {
        const EXPECTED: &str = "Expected whole months or years, from `1 month` to `30 years`.";
        let Some(text) = node.as_text() else {
            diagnostics.push(unexpected(node, Self::WHAT).note(EXPECTED));
            return None;
        };
        let period = match Period::parse(text) {
            Ok(period) => period,
            Err(error) => {
                diagnostics.push(Diagnostic::error(node.spot, error.to_string()).note(EXPECTED));
                return None;
            }
        };
        let months = match period.unit {
            TimeUnit::Month => period.count,
            TimeUnit::Year => period.count * 12.0,
            _ => 0.0,
        };
        if (1.0..=360.0).contains(&months) && libm::trunc(period.count) == period.count {
            return Some(Self(period));
        }
        diagnostics
            .push(Diagnostic::error(node.spot, format!("`{period}` cannot be the horizon")).note(EXPECTED));
        None
    }
    fn example() -> Option<String> {
        Some("5 years".to_owned())
    }
}

/// Figures of one's own in place of the catalogue's.
#[derive(Clone, PartialEq, Debug)]
pub enum CatalogChanges {
    /// Files of the catalogue's shape, later ones last.
    Files(Vec<Located<String>>),
    /// A mapping of the catalogue's shape, which the catalogue reads.
    Inline(Node),
}

impl Setting for CatalogChanges {
    const WHAT: &'static str = "files of figures, or a mapping of the catalogue's shape";
    fn schema(_: &mut Schemas) -> Value {
        json!({ "anyOf": [
            { "type": "string", "description": "A file of figures, relative to this file." },
            { "type": "array", "items": { "type": "string" }, "description": "Files of figures; the last has the last word." },
            { "type": "object", "description": "A mapping of the catalogue's shape, merged over it." },
        ] })
    }
    fn read(node: &Node, diagnostics: &mut Diagnostics) -> Option<Self> {
        match node.kind {
            Kind::Mapping(_) => Some(Self::Inline(node.clone())),
            _ => OneOrMany::read(node, diagnostics).map(|OneOrMany(files)| Self::Files(files)),
        }
    }
}

/// The name under which strategies, sites and the like refer to each other.
pub(crate) fn unknown(name: &Name, kind: &str, declared: &[&str], key: &str) -> Diagnostic {
    use crate::base::diagnostics::{did_you_mean, one_of};
    let message = Diagnostic::error(name.spot, format!("There is no {kind} `{}`", name.text));
    match did_you_mean(&name.text, declared.iter().copied()) {
        Some(near) => message.help(format!("Did you mean `{near}`?")),
        None if declared.is_empty() => message.note(format!("Nothing is declared under `{key}`.")),
        None => message.note(format!("Declared under `{key}`: {}.", one_of(declared.iter().copied()))),
    }
}
