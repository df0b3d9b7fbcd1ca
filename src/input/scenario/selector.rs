//! Patterns over workloads: who a rule speaks of.

use serde_json::{Value, json};

use crate::base::diagnostics::{Diagnostic, Diagnostics};
use crate::base::settings::{Entries, Name, OneOrMany, Schemas, Setting, unexpected};
use crate::base::units::Share;
use crate::base::yaml::Node;
use crate::input::estate::applications::Pattern;
use crate::input::estate::idle::{Idleness, idleness, mean_cpu, mean_memory};
use crate::input::estate::{Machine, OsFamily};

/// A pattern of a name: `*` stands for anything and `?` for one character. Case does
/// not matter, as it does not in the inventories that the names come from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Glob {
    text: String,
    pattern: Pattern,
}

impl Glob {
    /// The pattern that `text` writes.
    pub fn new(text: &str) -> Self {
        Self { text: text.to_owned(), pattern: Pattern::new(text) }
    }

    /// The pattern as written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether the pattern covers all of `text`.
    pub fn matches(&self, text: &str) -> bool {
        self.pattern.matches(text)
    }
}

impl Setting for Glob {
    const WHAT: &'static str = "a pattern, such as `erp-*`";
    fn schema(_: &mut Schemas) -> Value {
        json!({ "type": ["string", "number"], "examples": ["erp-*"] })
    }
    fn read(node: &Node, diagnostics: &mut Diagnostics) -> Option<Self> {
        match node.as_text() {
            Some(text) if !text.trim().is_empty() => Some(Self::new(text)),
            _ => {
                diagnostics.push(unexpected(node, Self::WHAT));
                None
            }
        }
    }
}

crate::choices! {
    /// The family of an operating system.
    pub enum Os as "a family of operating systems" {
        /// A Windows server or desktop.
        Windows = "windows",
        /// A Linux distribution.
        Linux = "linux",
        /// Anything else, the unknown included.
        Other = "other",
    }
    /// How little a machine does, over a time and not at one instant.
    pub enum UseLevel as "how little a machine does" {
        /// Less than 5 % of its processors and of its memory.
        Zombie = "zombie",
        /// Less than 20 % of both, and no zombie.
        Idle = "idle",
    }
    /// Whether a machine runs.
    pub enum PowerState as "a power state" {
        /// It runs.
        On = "on",
        /// It is switched off or suspended.
        Off = "off",
    }
}

impl Os {
    /// The family of the language for a family of the inventory.
    pub const fn of(family: OsFamily) -> Self {
        match family {
            OsFamily::Windows => Self::Windows,
            OsFamily::Linux => Self::Linux,
            OsFamily::Other | OsFamily::Unknown => Self::Other,
        }
    }
}

crate::record! {
    /// Which machines of the inventory; all patterns given must match.
    pub struct Match as "a pattern over machines" {
        /// The name of the machine.
        pub name: Option<OneOrMany<Glob>>,
        /// The folder of the inventory, such as `Prod/ERP`.
        pub folder: Option<OneOrMany<Glob>>,
        /// One of its networks.
        pub network: Option<OneOrMany<Glob>>,
        /// Its data centre in the inventory.
        pub datacenter: Option<OneOrMany<Glob>>,
        /// Its cluster in the inventory.
        pub cluster: Option<OneOrMany<Glob>>,
        /// Its tags or custom attributes, each with a pattern for its value.
        pub tag: Entries<Glob>,
        /// The family of its operating system.
        pub os: Option<OneOrMany<Os>>,
        /// Whether it runs.
        pub power: Option<PowerState>,
    }

    /// Which workloads; all conditions given must hold.
    pub struct Conditions as "a selection of workloads" {
        /// Where the workload runs at the start.
        pub site: Option<OneOrMany<Name>>,
        /// The application it belongs to.
        pub application: Option<OneOrMany<Glob>>,
        /// The class of its data.
        pub data_class: Option<OneOrMany<Name>>,
        /// The name of the machine.
        pub name: Option<OneOrMany<Glob>>,
        /// The folder of the inventory.
        pub folder: Option<OneOrMany<Glob>>,
        /// One of its networks.
        pub network: Option<OneOrMany<Glob>>,
        /// Its data centre in the inventory.
        pub datacenter: Option<OneOrMany<Glob>>,
        /// Its cluster in the inventory.
        pub cluster: Option<OneOrMany<Glob>>,
        /// Its tags or custom attributes, each with a pattern for its value.
        pub tag: Entries<Glob>,
        /// The family of its operating system.
        pub os: Option<OneOrMany<Os>>,
        /// Whether it runs.
        pub power: Option<PowerState>,
        /// How little it does: `zombie` (under 5 % of processors and memory), `idle` (under 20 %), or both. One instant of an inventory does not count.
        pub r#use: Option<OneOrMany<UseLevel>>,
        /// It uses less of its processors, over a time.
        pub cpu_below: Option<Share>,
        /// It uses less of its memory, over a time.
        pub memory_below: Option<Share>,
    }
}

/// What a condition is held against: a machine and what the scenario made of it.
#[derive(Clone, Copy, Debug)]
pub struct Candidate<'a> {
    /// The machine, as the inventory knows it.
    pub machine: &'a Machine,
    /// The name of its site.
    pub site: &'a str,
    /// The name of its application.
    pub application: &'a str,
    /// The class of its data.
    pub data_class: &'a str,
}

impl Match {
    /// Whether all patterns match.
    pub fn matches(&self, machine: &Machine) -> bool {
        any(&self.name, &machine.name)
            && any(&self.folder, &machine.folder)
            && any_of(&self.network, &machine.networks)
            && any(&self.datacenter, &machine.datacenter)
            && any(&self.cluster, &machine.cluster)
            && tagged(&self.tag, machine)
            && self.os.as_ref().is_none_or(|families| families.contains(&Os::of(machine.os_family)))
            && self.power.is_none_or(|power| (power == PowerState::On) == machine.runs())
    }

    /// Whether it says nothing, so that it matches every machine.
    pub fn is_empty(&self) -> bool {
        self.name.is_none()
            && self.folder.is_none()
            && self.network.is_none()
            && self.datacenter.is_none()
            && self.cluster.is_none()
            && self.tag.is_empty()
            && self.os.is_none()
            && self.power.is_none()
    }
}

impl Conditions {
    /// Whether a machine uses as little as is asked; false where that is not known.
    fn is_used_so(&self, machine: &Machine) -> bool {
        let below = |limit: Option<Share>, used: Option<f64>| {
            limit.is_none_or(|limit| used.is_some_and(|used| used < limit.fraction()))
        };
        let level = || match idleness(machine) {
            Some(Idleness::Zombie) => Some(UseLevel::Zombie),
            Some(Idleness::Idle) => Some(UseLevel::Idle),
            None => None,
        };
        below(self.cpu_below, mean_cpu(machine))
            && below(self.memory_below, mean_memory(machine))
            && self.r#use.as_ref().is_none_or(|wanted| level().is_some_and(|level| wanted.contains(&level)))
    }

    /// Whether it asks for how much is used.
    fn asks_for_use(&self) -> bool {
        self.r#use.is_some() || self.cpu_below.is_some() || self.memory_below.is_some()
    }

    /// The conditions on the machine alone.
    fn machine(&self) -> Match {
        Match {
            spot: self.spot,
            name: self.name.clone(),
            folder: self.folder.clone(),
            network: self.network.clone(),
            datacenter: self.datacenter.clone(),
            cluster: self.cluster.clone(),
            tag: self.tag.clone(),
            os: self.os.clone(),
            power: self.power,
        }
    }
}

fn any(patterns: &Option<OneOrMany<Glob>>, text: &str) -> bool {
    patterns.as_ref().is_none_or(|patterns| patterns.iter().any(|pattern| pattern.matches(text)))
}

fn any_of(patterns: &Option<OneOrMany<Glob>>, texts: &[String]) -> bool {
    patterns.as_ref().is_none_or(|_| texts.iter().any(|text| any(patterns, text)))
}

fn tagged(wanted: &Entries<Glob>, machine: &Machine) -> bool {
    wanted.iter().all(|(name, pattern)| {
        let wanted = name.as_str().to_lowercase();
        machine.tags.iter().any(|(tag, value)| tag.to_lowercase() == wanted && pattern.matches(value))
    })
}

/// Which workloads a rule of a strategy speaks of.
#[derive(Clone, PartialEq, Debug)]
pub enum Selector {
    /// All that no earlier rule took.
    All,
    /// Those for which all conditions hold.
    Where(Box<Conditions>),
}

impl Selector {
    /// Whether it selects `candidate`.
    pub fn selects(&self, candidate: &Candidate<'_>) -> bool {
        let Self::Where(conditions) = self else { return true };
        let named = |names: &Option<OneOrMany<Name>>, text: &str| {
            names.as_ref().is_none_or(|names| names.iter().any(|name| name.as_str() == text))
        };
        named(&conditions.site, candidate.site)
            && any(&conditions.application, candidate.application)
            && named(&conditions.data_class, candidate.data_class)
            && conditions.machine().matches(candidate.machine)
            && conditions.is_used_so(candidate.machine)
    }

    /// The conditions, unless it selects all.
    pub fn conditions(&self) -> Option<&Conditions> {
        match self {
            Self::All => None,
            Self::Where(conditions) => Some(conditions),
        }
    }

    /// Whether nothing is left for a later rule.
    pub fn takes_all(&self) -> bool {
        self.conditions().is_none_or(|conditions| {
            conditions.site.is_none()
                && conditions.application.is_none()
                && conditions.data_class.is_none()
                && !conditions.asks_for_use()
                && conditions.machine().is_empty()
        })
    }
}

impl Setting for Selector {
    const WHAT: &'static str = "`all`, or a selection of workloads";
    fn schema(schemas: &mut Schemas) -> Value {
        let conditions = Conditions::schema(schemas);
        json!({ "anyOf": [{ "const": "all", "description": "All that no earlier rule took." }, conditions] })
    }
    fn read(node: &Node, diagnostics: &mut Diagnostics) -> Option<Self> {
        match node.as_text() {
            Some("all") => Some(Self::All),
            Some(text) => {
                diagnostics.push(
                    Diagnostic::error(node.spot, format!("`{text}` does not select workloads"))
                        .note("Expected `all`, or conditions in braces.")
                        .help(format!("To select by name, write `{{name: \"{text}\"}}`; other keys are `site`, `application`, `data_class`, `folder`, `network`, `tag`, `os`, `power` and `use`.")),
                );
                None
            }
            None => Conditions::read(node, diagnostics).map(|conditions| Self::Where(Box::new(conditions))),
        }
    }
    fn example() -> Option<String> {
        Some("all".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::diagnostics::Sources;
    use crate::base::yaml::parse;
    use crate::input::estate;

    fn selector(text: &str) -> Selector {
        let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
        let source = sources.add("t", text);
        let node = parse(source, &sources, &mut diagnostics).expect("a tree");
        Selector::read(&node, &mut diagnostics).expect("a selector")
    }

    #[test]
    fn all_conditions_of_a_selection_must_hold() {
        let rows = "VM,CPUs,Memory,In Use MiB,OS according to the configuration file\nERP-db-01,1,1024,1,Microsoft Windows Server 2022 (64-bit)\n";
        let inventory = estate::read("f", rows.as_bytes().to_vec()).expect("an inventory");
        let candidate = Candidate {
            machine: &inventory.machines[0],
            site: "paris",
            application: "erp",
            data_class: "confidential",
        };
        for text in [
            "all",
            "{site: paris, application: e*}",
            "{data_class: [internal, confidential]}",
            "{name: [web-*, erp-*], os: windows, power: on}",
        ] {
            assert!(selector(text).selects(&candidate), "{text}");
        }
        for text in [
            "{site: lyon}",
            "{site: paris, data_class: public}",
            "{os: linux}",
            "{power: off}",
            "{tag: {a: b}}",
        ] {
            assert!(!selector(text).selects(&candidate), "{text}");
        }
    }

    #[test]
    fn a_machine_is_selected_by_how_little_it_does() {
        use crate::input::estate::{Machine, Utilisation, UtilisationConfidence};
        let used = |share| Some(Utilisation::new(share, UtilisationConfidence::Synthetic));
        let mut machine =
            Machine { cpu_utilisation: used(0.02), memory_utilisation: used(0.12), ..Machine::default() };
        let selects = |machine: &Machine, text: &str| {
            selector(text).selects(&Candidate { machine, site: "", application: "", data_class: "" })
        };
        for text in ["{use: idle}", "{use: [zombie, idle]}", "{cpu_below: 5 %, memory_below: 15 %}"] {
            assert!(selects(&machine, text), "{text}");
        }
        for text in ["{use: zombie}", "{cpu_below: 2 %}", "{cpu_below: 5 %, memory_below: 5 %}"] {
            assert!(!selects(&machine, text), "{text}");
        }
        assert!(!selector("{use: idle}").takes_all());
        machine.memory_utilisation = None;
        assert!(!selects(&machine, "{use: idle}") && selects(&machine, "{cpu_below: 5 %}"));
    }

    #[test]
    fn a_selection_without_conditions_leaves_nothing() {
        assert!(selector("all").takes_all() && selector("{}").takes_all());
        assert!(!selector("{name: x}").takes_all());
    }
}
