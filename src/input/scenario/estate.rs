//! What is to be moved: the inventory, and what the user knows besides.

use serde_json::{Value, json};

use super::placement::PlacementRule;
use super::selector::{Glob, Match, Selector};
use crate::base::diagnostics::{Diagnostic, Diagnostics};
use crate::base::settings::{
    Entries, Figure, Located, Name, OneOrMany, Ratio, Schemas, Setting, read_word, unexpected,
};
use crate::base::units::{Bytes, Effort, Hourly, Monthly, Period, PricePer, Share, Span, Traffic};
use crate::base::yaml::{Key, Kind, Node};
use crate::input::estate as inventory;

crate::choices! {
    /// Which of its many figures a machine's storage is taken from.
    pub enum StorageBasis as "a basis for storage" {
        /// What its disks may grow to.
        Provisioned = "provisioned",
        /// What its disks occupy on the datastores.
        InUse = "in-use",
        /// What its guest's file systems hold.
        Guest = "guest",
        /// The sum of the capacities of its disks.
        TotalDisk = "total-disk",
    }
    /// What becomes of machines that are switched off.
    pub enum PoweredOff as "what becomes of machines that are switched off" {
        /// They are moved, and occupy only storage.
        Keep = "keep",
        /// They are left out.
        Skip = "skip",
    }
    /// The format of an inventory.
    pub enum InventoryFormat as "a format of an inventory" {
        /// Told by the content of the file.
        Auto = "auto",
        /// An RVTools workbook, or a folder of its CSV files.
        RvTools = "rvtools",
        /// An Azure Migrate import file.
        AzureMigrate = "azure-migrate",
    }
}

crate::record! {
    /// The estate: the machines, where they run, what they make up.
    pub struct Estate as "an estate" {
        /// The inventory, relative to this file: an RVTools workbook, a folder of its CSV files, or an Azure Migrate import file.
        pub inventory: Option<Inventory>,
        /// A made-up estate after published distributions, in place of an inventory.
        pub synthetic: Option<Synthetic>,
        /// An estate of one machine a trace, in place of an inventory: a folder of utilisation traces, relative to this file.
        pub traces: Option<TraceEstate>,
        /// How much the machines use over time; what is used against what is allocated is then sampled and reported.
        pub utilisation: Option<Usage>,
        /// Which of its many figures a machine's storage is taken from.
        pub storage_basis: StorageBasis = "in-use",
        /// What becomes of machines that are switched off.
        pub powered_off: PoweredOff = "keep",
        /// Which site a machine runs at; the first rule that matches decides. Without rules all run at the first owned site.
        pub placement: Vec<Placement> = "[]",
        /// Which application a machine belongs to; the first rule that matches decides. What no rule takes is grouped by its name without the number.
        pub applications: Vec<ApplicationRule> = "[]",
        /// The class of the data of every application for which no rule says otherwise.
        pub data_class: Name = "internal",
        /// All classes of data, least sensitive first; without this list, those that are mentioned.
        pub data_classes: Option<Vec<Name>>,
        /// Rules on which hosts machines may share, whatever the placement policy.
        pub rules: Entries<PlacementRule>,
        /// Data that applications exchange.
        pub dependencies: Vec<Exchange> = "[]",
        /// Software in machines that has a licence of its own, such as a database; every rule that matches counts.
        pub software: Vec<SoftwareRule> = "[]",
        /// Applications that go together or not at all: those of which a machine is selected.
        pub move_groups: Entries<Selector>,
        /// Applications of which machines talk to each other go together, by an export of Azure Migrate's dependency analysis.
        pub dependency_export: Option<DependencyExport>,
    }

    /// An export of dependencies, and what of it counts.
    pub struct DependencyExport as "an export of dependencies" {
        /// The file, relative to this file.
        pub path: Located<String>,
        /// How many connections two machines must have at least, all timeslots together.
        pub connections: Located<u32> = "1",
        /// Processes whose connections do not count, on either side.
        pub except_processes: Vec<Glob> = "[]",
        /// Ports whose connections do not count, such as those of remote desktops and name servers.
        pub except_ports: Vec<u32> = "[]",
        /// Machines whose connections do not count, such as those of administrators and monitoring.
        pub except_servers: Vec<Glob> = "[]",
    }

    /// An inventory whose format is said, not told by its content.
    pub struct InventoryFile as "an inventory" {
        /// The file or folder, relative to this file.
        pub path: Located<String>,
        /// The format.
        pub format: InventoryFormat = "auto",
    }

    /// An estate made up after published distributions.
    pub struct Synthetic as "a made-up estate" {
        /// How many machines.
        pub workloads: Located<u32>,
        /// The seed of the estate, apart from the seed of the simulation.
        pub seed: u64 = "1",
        /// Share of machines that run Windows.
        pub windows: Option<Share>,
        /// Share of machines that are switched off.
        pub powered_off: Option<Share>,
    }

    /// An estate of one machine a trace, with what the traces do not say.
    pub struct TraceFolder as "an estate of traces" {
        /// The folder, one file a machine, or a single file, relative to this file.
        pub path: Located<String>,
        /// Virtual processors of machines whose trace does not say: PlanetLab.
        pub vcpus: Located<u32> = "1",
        /// Memory of machines whose trace does not say.
        pub memory: Option<Bytes>,
        /// Storage that each machine occupies; no trace says it.
        pub disk: Bytes = "40 GiB",
    }

    /// How much machines use over time: one of `constant`, `profile` and `traces`; with none of them, what the inventory says.
    pub struct Usage as "how much machines use" {
        /// All machines use this share of their processors, always.
        pub constant: Option<Share>,
        /// Processors follow the hours of the week around each machine's mean: `office`, or factors of one's own.
        pub profile: Option<Profile>,
        /// Traces, relative to this file: each machine takes that of its name, else one drawn for it.
        pub traces: Option<Located<String>>,
        /// The mean use of processors where the inventory does not say, for a profile.
        pub mean: Option<Share>,
        /// The share of its memory that a machine uses, where neither a trace nor the inventory says; all of it when left out.
        pub memory: Option<Share>,
        /// How often it is sampled: from 1 minute to 1 day.
        pub sample: Located<Period> = "1 hour",
    }

    /// The shape of a week: factors whose scale does not matter.
    pub struct Factors as "the shape of a week" {
        /// A factor for each hour of the day (UTC), 24 from midnight.
        pub hours: Vec<Ratio>,
        /// A factor for each day of the week, 7 from Monday; all alike when left out.
        pub weekdays: Option<Vec<Ratio>>,
    }

    /// A rule on where machines run.
    pub struct Placement as "a rule on where machines run" {
        /// The site.
        pub site: Name,
        /// Which machines; all that no earlier rule took when it is left out.
        pub r#match: Option<Match>,
    }

    /// A rule on applications: either `name` with `match`, or `group_by`.
    pub struct ApplicationRule as "a rule on applications" {
        /// The name of the application.
        pub name: Option<Name>,
        /// Which machines.
        pub r#match: Option<Match>,
        /// By what machines are grouped, when the rule makes many applications.
        pub group_by: Option<GroupBy>,
        /// The class of its data.
        pub data_class: Option<Name>,
        /// How critical it is, in the user's own words.
        pub criticality: Option<Name>,
        /// What it leans on at its site beside machines, such as `[load-balancer, backup-agent]`: names of `facilities` of the catalogue or of this scenario.
        pub uses: Option<OneOrMany<Name>>,
        /// What one hour of its downtime costs the business.
        pub downtime: Option<Figure<PricePer<Hourly>>>,
    }

    /// Software in machines that has a licence of its own.
    pub struct SoftwareRule as "a rule on software" {
        /// Its licence: a name of the catalogue that is counted by virtual core, such as `sql-standard`.
        pub licence: Name,
        /// Which machines run it; all when it is left out.
        pub r#match: Option<Match>,
    }

    /// What applications lean on at their site beside machines.
    pub struct Facility as "a facility" {
        /// Its name for people; its key when left out.
        pub label: Option<String>,
        /// Work to replace it, for each application whose destination does not provide it; the catalogue's when left out.
        pub replacement: Option<Figure<Effort>>,
        /// Price of the replacement for each application, from its move on.
        pub price: Option<Figure<PricePer<Monthly>>>,
        /// What each application saves where the destination provides it as a managed service.
        pub saving: Option<Figure<PricePer<Monthly>>>,
    }

    /// Data that two applications exchange.
    pub struct Exchange as "data that applications exchange" {
        /// The two applications.
        pub between: Vec<Name>,
        /// How much, both ways together.
        pub traffic: Figure<Traffic>,
    }
}

/// An inventory: its path alone, or with its format.
#[derive(Clone, PartialEq, Debug)]
pub struct Inventory {
    /// The file or folder, relative to the file in which it is written.
    pub path: Located<String>,
    /// The format.
    pub format: InventoryFormat,
}

impl Setting for Inventory {
    const WHAT: &'static str = "the path of an inventory";
    fn schema(schemas: &mut Schemas) -> Value {
        let file = InventoryFile::schema(schemas);
        json!({ "anyOf": [{ "type": "string", "examples": ["estates/rvtools.xlsx"] }, file] })
    }
    fn read(node: &Node, diagnostics: &mut Diagnostics) -> Option<Self> {
        if node.as_mapping().is_some() {
            let InventoryFile { path, format, .. } = InventoryFile::read(node, diagnostics)?;
            return Some(Self { path, format });
        }
        let Some(text) = node.as_text() else {
            diagnostics.push(unexpected(node, Self::WHAT));
            return None;
        };
        Some(Self {
            path: Located { value: text.to_owned(), spot: node.spot },
            format: InventoryFormat::Auto,
        })
    }
}

/// An estate of traces: their path alone, or with what they do not say.
#[derive(Clone, PartialEq, Debug)]
pub struct TraceEstate(pub TraceFolder);

impl Setting for TraceEstate {
    const WHAT: &'static str = "the path of a folder of traces";
    fn schema(schemas: &mut Schemas) -> Value {
        let folder = TraceFolder::schema(schemas);
        json!({ "anyOf": [{ "type": "string", "examples": ["traces/fastStorage"] }, folder] })
    }
    fn read(node: &Node, diagnostics: &mut Diagnostics) -> Option<Self> {
        if node.as_mapping().is_some() {
            return TraceFolder::read(node, diagnostics).map(Self);
        }
        if node.as_text().is_none() {
            diagnostics.push(unexpected(node, Self::WHAT));
            return None;
        }
        let path = Key { text: "path".to_owned(), spot: node.spot };
        let alone = Node { spot: node.spot, kind: Kind::Mapping(vec![(path, node.clone())]) };
        TraceFolder::read(&alone, diagnostics).map(Self)
    }
}

/// The shape of a week: one by name, or of one's own.
#[derive(Clone, PartialEq, Debug)]
pub enum Profile {
    /// That of enterprise machines.
    Office,
    /// The user's own.
    Own(Factors),
}

impl Setting for Profile {
    const WHAT: &'static str = "the shape of a week";
    fn schema(schemas: &mut Schemas) -> Value {
        let factors = Factors::schema(schemas);
        json!({ "anyOf": [{ "const": "office", "description": "That of 50 enterprise machines of GWA-T-12 (2013)." }, factors] })
    }
    fn read(node: &Node, diagnostics: &mut Diagnostics) -> Option<Self> {
        if node.as_mapping().is_some() {
            let factors = Factors::read(node, diagnostics)?;
            return factors.check(diagnostics).then_some(Self::Own(factors));
        }
        read_word(node, Self::WHAT, &[("office", ())], diagnostics).map(|()| Self::Office)
    }
    fn example() -> Option<String> {
        Some("office".to_owned())
    }
}

impl Factors {
    /// Whether there are as many factors as hours and days, none negative, not all zero.
    fn check(&self, diagnostics: &mut Diagnostics) -> bool {
        let mut good = true;
        let mut one = |what: &str, factors: &[Ratio], wanted: usize| {
            let usable = factors.iter().any(|factor| factor.get() > 0.0);
            if factors.len() != wanted || !usable {
                good = false;
                diagnostics.push(
                    Diagnostic::error(self.spot, format!("`{what}` does not make a week")).note(format!(
                        "Expected {wanted} factors of 0 or more, at least one of them above 0; found {}.",
                        factors.len()
                    )),
                );
            }
        };
        one("hours", &self.hours, 24);
        if let Some(weekdays) = &self.weekdays {
            one("weekdays", weekdays, 7);
        }
        good
    }
}

impl Usage {
    /// Only one of the ways to say it, and a sample at a step that can be taken.
    pub(super) fn check(&self, diagnostics: &mut Diagnostics) {
        let ways = [
            ("constant", self.constant.is_some()),
            ("profile", self.profile.is_some()),
            ("traces", self.traces.is_some()),
        ];
        let written: Vec<&str> = ways.iter().filter(|(_, written)| *written).map(|(key, _)| *key).collect();
        if written.len() > 1 {
            diagnostics.push(
                Diagnostic::error(
                    self.spot,
                    format!("`{}` and `{}` cannot stand together", written[0], written[1]),
                )
                .note("A machine's use is constant, follows the week, or is replayed from a trace.")
                .help("Keep one of them; in a file that extends another, write `null` to remove one."),
            );
        }
        let sample = self.sample.value.span();
        if sample < Span::from_minutes(1) || sample > Span::from_days(1) {
            diagnostics.push(
                Diagnostic::error(
                    self.sample.spot,
                    format!("Use cannot be sampled every {}", self.sample.value),
                )
                .note("Expected from `1 minute` to `1 day`."),
            );
        }
        if self.mean.is_some() && self.profile.is_none() {
            diagnostics.push(
                Diagnostic::warning(self.spot, "`mean` is only read beside `profile`")
                    .help("Write `constant` instead for a use that is always the same."),
            );
        }
    }
}

/// By what machines are grouped into applications.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum GroupBy {
    /// By their name without the number at its end.
    Name,
    /// By their folder.
    Folder,
    /// By their first network.
    Network,
    /// By the value of a tag or custom attribute.
    Tag(String),
}

impl Setting for GroupBy {
    const WHAT: &'static str = "what machines are grouped by";
    fn schema(_: &mut Schemas) -> Value {
        json!({
            "type": "string",
            "pattern": "^(name|folder|network|tag:.+)$",
            "examples": ["folder", "tag:Application"],
        })
    }
    fn read(node: &Node, diagnostics: &mut Diagnostics) -> Option<Self> {
        match node.as_text() {
            Some("name") => return Some(Self::Name),
            Some("folder") => return Some(Self::Folder),
            Some("network") => return Some(Self::Network),
            Some(text) => {
                if let Some(key) = text.strip_prefix("tag:").map(str::trim).filter(|key| !key.is_empty()) {
                    return Some(Self::Tag(key.to_owned()));
                }
                diagnostics.push(
                    Diagnostic::error(node.spot, format!("`{text}` is not {}", Self::WHAT)).note(
                        "Expected `name`, `folder`, `network`, or `tag:` followed by the name of a tag.",
                    ),
                );
            }
            None => diagnostics.push(unexpected(node, Self::WHAT)),
        }
        None
    }
}

impl StorageBasis {
    /// The basis of the inventory's reader.
    pub const fn basis(self) -> inventory::StorageBasis {
        match self {
            Self::Provisioned => inventory::StorageBasis::Provisioned,
            Self::InUse => inventory::StorageBasis::InUse,
            Self::Guest => inventory::StorageBasis::Guest,
            Self::TotalDisk => inventory::StorageBasis::TotalDisk,
        }
    }
}

impl ApplicationRule {
    /// How many of the ways to name applications are written: exactly one is right.
    pub(super) fn check(&self, diagnostics: &mut Diagnostics) {
        let rule = "A rule either names one application (`name` with `match`) or makes many (`group_by`).";
        match (&self.name, &self.group_by) {
            (Some(_), None) if self.r#match.is_none() => diagnostics.push(
                Diagnostic::error(self.spot, "This application has no `match`")
                    .note("`match` says which machines belong to it.")
                    .help("Add `match: {name: \"erp-*\"}`, with your own pattern."),
            ),
            (Some(_), None) | (None, Some(_)) => {}
            (Some(name), Some(_)) => diagnostics
                .push(Diagnostic::error(name.spot, "`name` and `group_by` cannot stand together").note(rule)),
            (None, None) => {
                diagnostics.push(Diagnostic::error(self.spot, "This rule names no application").note(rule))
            }
        }
    }
}

impl Estate {
    /// Every class of data that the scenario mentions here, in order, without
    /// repeats: those declared, the default, those of the rules.
    pub fn data_class_names(&self) -> Vec<&Name> {
        let declared = self.data_classes.iter().flatten();
        let ruled = self.applications.iter().filter_map(|rule| rule.data_class.as_ref());
        let mut names: Vec<&Name> = Vec::new();
        for name in declared.chain([&self.data_class]).chain(ruled) {
            if names.iter().all(|known| known.text != name.text) {
                names.push(name);
            }
        }
        names
    }
}
