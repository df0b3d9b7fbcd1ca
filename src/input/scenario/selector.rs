//! Patterns over workloads: who a rule speaks of.

use serde_json::{Value, json};

use crate::base::diagnostics::{Diagnostic, Diagnostics};
use crate::base::settings::{Entries, Name, OneOrMany, Schemas, Setting, unexpected};
use crate::base::yaml::Node;

/// A text in which `*` stands for anything and `?` for one character. Case does
/// not matter, as it does not in the inventories that the texts come from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Glob(String);

impl Glob {
    /// The pattern as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the pattern covers all of `text`.
    pub fn matches(&self, text: &str) -> bool {
        let fold = |text: &str| text.chars().flat_map(char::to_lowercase).collect::<Vec<char>>();
        let (pattern, text) = (fold(&self.0), fold(text));
        // Greedy with one point of return: after a `*` the text is tried from each
        // place on; an earlier `*` never needs to be tried again.
        let (mut p, mut t, mut retry) = (0, 0, None);
        while t < text.len() {
            match pattern.get(p) {
                Some('*') => {
                    retry = Some((p, t));
                    p += 1;
                }
                Some(c) if *c == '?' || *c == text[t] => {
                    p += 1;
                    t += 1;
                }
                _ => match retry {
                    Some((star, from)) => {
                        retry = Some((star, from + 1));
                        p = star + 1;
                        t = from + 1;
                    }
                    None => return false,
                },
            }
        }
        pattern[p..].iter().all(|c| *c == '*')
    }
}

impl Setting for Glob {
    const WHAT: &'static str = "a pattern, such as `erp-*`";
    fn schema(_: &mut Schemas) -> Value {
        json!({ "type": ["string", "number"], "examples": ["erp-*"] })
    }
    fn read(node: &Node, diagnostics: &mut Diagnostics) -> Option<Self> {
        match node.as_text() {
            Some(text) if !text.trim().is_empty() => Some(Self(text.to_owned())),
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
    /// Whether a machine runs.
    pub enum PowerState as "a power state" {
        /// It runs.
        On = "on",
        /// It is switched off.
        Off = "off",
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
    }
}

/// What a pattern is held against: a machine as the inventory knows it.
#[derive(Clone, Copy, Debug)]
pub struct Machine<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its folder; empty when unknown.
    pub folder: &'a str,
    /// Its networks.
    pub networks: &'a [String],
    /// Its data centre; empty when unknown.
    pub datacenter: &'a str,
    /// Its cluster; empty when unknown.
    pub cluster: &'a str,
    /// Its tags and custom attributes: name and value.
    pub tags: &'a [(String, String)],
    /// The family of its operating system.
    pub os: Os,
    /// Whether it runs.
    pub power: PowerState,
}

/// What a condition is held against: a machine and what the scenario made of it.
#[derive(Clone, Copy, Debug)]
pub struct Candidate<'a> {
    /// The machine.
    pub machine: Machine<'a>,
    /// The name of its site.
    pub site: &'a str,
    /// The name of its application.
    pub application: &'a str,
    /// The class of its data.
    pub data_class: &'a str,
}

impl Match {
    /// Whether all patterns match.
    pub fn matches(&self, machine: &Machine<'_>) -> bool {
        any(&self.name, machine.name)
            && any(&self.folder, machine.folder)
            && any_of(&self.network, machine.networks)
            && any(&self.datacenter, machine.datacenter)
            && any(&self.cluster, machine.cluster)
            && tagged(&self.tag, machine.tags)
            && self.os.as_ref().is_none_or(|families| families.contains(&machine.os))
            && self.power.is_none_or(|power| power == machine.power)
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

fn tagged(wanted: &Entries<Glob>, tags: &[(String, String)]) -> bool {
    wanted.iter().all(|(name, pattern)| {
        tags.iter().any(|(tag, value)| tag.eq_ignore_ascii_case(name.as_str()) && pattern.matches(value))
    })
}

/// Which workloads a rule of a strategy speaks of.
#[derive(Clone, PartialEq, Debug)]
pub enum Selector {
    /// All that no earlier rule took.
    All,
    /// Those for which all conditions hold.
    Where(Conditions),
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
            && conditions.machine().matches(&candidate.machine)
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
                        .help(format!("To select by name, write `{{name: \"{text}\"}}`; other keys are `site`, `application`, `data_class`, `folder`, `network`, `tag`, `os` and `power`.")),
                );
                None
            }
            None => Conditions::read(node, diagnostics).map(Self::Where),
        }
    }
    fn example() -> Option<String> {
        Some("all".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_anything_and_case_does_not_matter() {
        let matches = |pattern: &str, text: &str| Glob(pattern.to_owned()).matches(text);
        for (pattern, text) in [
            ("erp-*", "ERP-db01"),
            ("*", ""),
            ("*-db-*", "a-db-db-1"),
            ("srv??", "srv01"),
            ("*a*b", "xaxbxab"),
            ("été*", "ÉTÉ1"),
        ] {
            assert!(matches(pattern, text), "{pattern} {text}");
        }
        for (pattern, text) in [("erp-*", "herp-1"), ("srv?", "srv01"), ("a", ""), ("*a*b", "ba")] {
            assert!(!matches(pattern, text), "{pattern} {text}");
        }
    }

    proptest::proptest! {
        /// The obvious recursive definition is the reference.
        #[test]
        fn matching_agrees_with_the_naive_definition(pattern in "[ab*?]{0,8}", text in "[ab]{0,8}") {
            fn naive(pattern: &[u8], text: &[u8]) -> bool {
                match (pattern.first(), text.first()) {
                    (None, None) => true,
                    (Some(b'*'), _) => {
                        naive(&pattern[1..], text) || (!text.is_empty() && naive(pattern, &text[1..]))
                    }
                    (Some(p), Some(t)) => (*p == b'?' || p == t) && naive(&pattern[1..], &text[1..]),
                    _ => false,
                }
            }
            let expected = naive(pattern.as_bytes(), text.as_bytes());
            proptest::prop_assert_eq!(Glob(pattern).matches(&text), expected);
        }
    }
}
