//! Which machines make an application, and so move together.
//!
//! Rules are tried in order for each machine, and the first that matches wins. A machine
//! that no rule matches goes to the fallback: by its name, or alone.

use std::collections::BTreeMap;

use super::machine::{Estate, Machine};
use super::os::OsRole;

/// A pattern of a name: `*` stands for any text, `?` for one letter; case is ignored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern(Vec<char>);

impl Pattern {
    /// The pattern that `text` writes.
    pub fn new(text: &str) -> Self {
        Self(text.to_lowercase().chars().collect())
    }

    /// Whether the whole of `text` fits.
    pub fn matches(&self, text: &str) -> bool {
        let text: Vec<char> = text.to_lowercase().chars().collect();
        let pattern = &self.0;
        let (mut at, mut next) = (0, 0);
        // The last star met, and where in the text it began to take letters.
        let mut star: Option<(usize, usize)> = None;
        while at < text.len() {
            match pattern.get(next) {
                Some('*') => {
                    star = Some((next, at));
                    next += 1;
                }
                Some(letter) if *letter == '?' || *letter == text[at] => {
                    at += 1;
                    next += 1;
                }
                _ => match &mut star {
                    // The star takes one letter more, and the rest is tried again.
                    Some((place, from)) => {
                        *from += 1;
                        at = *from;
                        next = *place + 1;
                    }
                    None => return false,
                },
            }
        }
        pattern[next..].iter().all(|letter| *letter == '*')
    }
}

/// One thing that a machine must satisfy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Criterion {
    /// Its name fits.
    Name(Pattern),
    /// Its folder fits.
    Folder(Pattern),
    /// One of its networks fits.
    Network(Pattern),
    /// Its datacenter fits.
    Datacenter(Pattern),
    /// It has a custom attribute of this name (case is ignored) whose value fits.
    Tag {
        /// The name of the attribute.
        name: String,
        /// The pattern of its value.
        value: Pattern,
    },
}

impl Criterion {
    fn accepts(&self, machine: &Machine) -> bool {
        match self {
            Self::Name(pattern) => pattern.matches(&machine.name),
            Self::Folder(pattern) => pattern.matches(&machine.folder),
            Self::Datacenter(pattern) => pattern.matches(&machine.datacenter),
            Self::Network(pattern) => machine.networks.iter().any(|network| pattern.matches(network)),
            Self::Tag { name, value } => machine
                .tags
                .iter()
                .any(|(tag, text)| tag.to_lowercase() == name.to_lowercase() && value.matches(text)),
        }
    }
}

/// Machines that satisfy every criterion make the application.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupingRule {
    /// The application.
    pub application: String,
    /// All must hold; a rule without criteria matches nothing.
    pub criteria: Vec<Criterion>,
}

impl GroupingRule {
    /// Whether `machine` belongs to the rule's application.
    pub fn matches(&self, machine: &Machine) -> bool {
        !self.criteria.is_empty() && self.criteria.iter().all(|criterion| criterion.accepts(machine))
    }
}

/// What becomes of machines that no rule matches.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Fallback {
    /// Each stands alone.
    Alone,
    /// Machines of one [`stem`] and one datacenter belong together.
    #[default]
    ByName,
}

/// Machines that belong together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Application {
    /// Its name, used once in an estate.
    pub name: String,
    /// Indices of its machines in [`Estate::machines`], rising.
    pub members: Vec<usize>,
    /// Why they belong together.
    pub origin: Origin,
}

/// Why machines belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The rule of this index said so.
    Rule(usize),
    /// Their names share a stem.
    Stem,
    /// The machine stands alone.
    Alone,
}

/// The applications of an estate, in the order of their first machine. Each machine is
/// in exactly one.
pub fn group(estate: &Estate, rules: &[GroupingRule], fallback: Fallback) -> Vec<Application> {
    // Keyed by what makes two machines belong together; the value is a place in `found`.
    let mut places: BTreeMap<(u8, String, String), usize> = BTreeMap::new();
    let mut found: Vec<Application> = Vec::new();
    for (index, machine) in estate.machines.iter().enumerate() {
        let rule = rules.iter().position(|rule| rule.matches(machine));
        let (key, name, origin) = match (rule, fallback) {
            (Some(rule), _) => {
                let name = rules[rule].application.clone();
                ((0, name.clone(), String::new()), name, Origin::Rule(rule))
            }
            (None, Fallback::ByName) if machine.os_edition.role != OsRole::Desktop => {
                match stem(&machine.name) {
                    Some(stem) => ((1, stem.clone(), machine.datacenter.clone()), stem, Origin::Stem),
                    None => ((2, machine.key.clone(), String::new()), machine.name.clone(), Origin::Alone),
                }
            }
            _ => ((2, machine.key.clone(), String::new()), machine.name.clone(), Origin::Alone),
        };
        let place = *places.entry(key).or_insert_with(|| {
            found.push(Application { name, members: Vec::new(), origin });
            found.len() - 1
        });
        found[place].members.push(index);
    }
    name_apart(&mut found);
    found
}

/// Gives applications of the same name (one stem in two datacenters, two lone machines)
/// a number: `erp`, `erp (2)`. Rules keep their names.
fn name_apart(applications: &mut [Application]) {
    let mut used: std::collections::BTreeSet<String> = applications
        .iter()
        .filter(|application| matches!(application.origin, Origin::Rule(_)))
        .map(|application| application.name.clone())
        .collect();
    for application in
        applications.iter_mut().filter(|application| !matches!(application.origin, Origin::Rule(_)))
    {
        let plain = application.name.clone();
        let mut ordinal = 2_u32;
        while !used.insert(application.name.clone()) {
            application.name = format!("{plain} ({ordinal})");
            ordinal += 1;
        }
    }
}

/// Words that say what a machine does inside an application.
const ROLES: &[&str] = &[
    "adm", "admin", "api", "app", "apps", "appl", "batch", "be", "cache", "cluster", "data", "db", "dbs",
    "etl", "fe", "file", "front", "frontend", "backend", "gw", "job", "lb", "master", "mgmt", "mongo", "mq",
    "mysql", "node", "ora", "oracle", "pg", "postgres", "prod", "proxy", "queue", "redis", "replica",
    "search", "sql", "srv", "svc", "test", "dev", "stage", "staging", "uat", "qa", "web", "worker", "ws",
];

/// Words that name no application: machines called so stand alone.
const ANONYMOUS: &[&str] = &[
    "vm", "srv", "server", "host", "node", "pc", "ws", "desktop", "win", "windows", "lin", "linux",
    "machine", "test", "vdi", "new", "copy", "clone",
];

/// What the names of the machines of an application share: the name in lower case,
/// without its domain, without numbers at the end of its words and without the words
/// at its end that are a role or a number: `ERP2-db-01.corp` and `erp2-web-02` both give
/// `erp2`. Nothing when that leaves no word that could name an application (`vm-9`, `59`).
pub fn stem(name: &str) -> Option<String> {
    let lower = name.trim().to_lowercase();
    let short = lower.split('.').next().unwrap_or_default();
    let mut words: Vec<&str> =
        short.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    while words.len() > 1 {
        let last = words[words.len() - 1];
        let bare = last.trim_end_matches(|c: char| c.is_ascii_digit());
        if bare.is_empty() || ROLES.contains(&bare) {
            words.pop();
        } else {
            break;
        }
    }
    // "crm01" alone is crm's first machine; in "erp2-db-01" the 2 belongs to the name.
    let numbered = short.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).count() == 1;
    if numbered && let Some(word) = words.first_mut() {
        *word = word.trim_end_matches(|c: char| c.is_ascii_digit());
    }
    let stem = words.join("-");
    let names_something = stem.chars().any(char::is_alphabetic)
        && !ANONYMOUS.contains(&stem.trim_end_matches(|c: char| c.is_ascii_digit() || c == '-'));
    names_something.then_some(stem)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn estate(names: &[&str]) -> Estate {
        let rows: String = names.iter().map(|name| format!("{name},1,1024,1\n")).collect();
        super::super::read("f", format!("VM,CPUs,Memory,In Use MiB\n{rows}").into_bytes()).unwrap()
    }

    fn names_and_sizes(applications: &[Application]) -> Vec<(&str, usize)> {
        applications.iter().map(|app| (app.name.as_str(), app.members.len())).collect()
    }

    #[test]
    fn globs_match_whole_names_and_ignore_case() {
        assert!(Pattern::new("erp-*").matches("ERP-db-01"));
        assert!(Pattern::new("*db?").matches("erp-db1") && !Pattern::new("*db?").matches("erp-db"));
        assert!(Pattern::new("a*b*c").matches("a-b-x-b-c") && !Pattern::new("a*b*c").matches("a-c-b"));
        assert!(Pattern::new("*").matches("") && !Pattern::new("").matches("x"));
    }

    #[test]
    fn the_first_matching_rule_wins_and_the_rest_stand_alone() {
        let name = |application: &str, pattern: &str| GroupingRule {
            application: application.into(),
            criteria: vec![Criterion::Name(Pattern::new(pattern))],
        };
        let rules = [name("erp", "erp-*"), name("databases", "*-db-*"), name("none", "zzz")];
        let estate = estate(&["erp-db-01", "crm-db-01", "crm-web-01", "erp-web-01"]);
        let found = group(&estate, &rules, Fallback::Alone);
        assert_eq!(names_and_sizes(&found), [("erp", 2), ("databases", 1), ("crm-web-01", 1)]);
        assert_eq!(found[0].members, [0, 3]);
    }

    #[test]
    fn without_rules_names_group_by_what_precedes_role_and_number() {
        let estate = estate(&[
            "erp-db-01",
            "ERP-web-02.corp.example",
            "erp2-db-01",
            "vm-1",
            "vm-2",
            "59",
            "crm01",
            "crm02",
        ]);
        let found = group(&estate, &[], Fallback::ByName);
        assert_eq!(
            names_and_sizes(&found),
            [("erp", 2), ("erp2", 1), ("vm-1", 1), ("vm-2", 1), ("59", 1), ("crm", 2)]
        );
    }

    #[test]
    fn tags_folders_and_networks_are_criteria_that_must_all_hold() {
        let mut estate = estate(&["a", "b"]);
        estate.machines[0].tags.insert("App".into(), "Payroll".into());
        estate.machines[0].networks.push("VLAN10".into());
        estate.machines[1].tags.insert("App".into(), "Payroll".into());
        let rule = GroupingRule {
            application: "pay".into(),
            criteria: vec![
                Criterion::Tag { name: "app".into(), value: Pattern::new("pay*") },
                Criterion::Network(Pattern::new("vlan1?")),
            ],
        };
        let found = group(&estate, &[rule], Fallback::Alone);
        assert_eq!(names_and_sizes(&found), [("pay", 1), ("b", 1)]);
    }

    #[test]
    fn one_stem_in_two_datacenters_makes_two_applications_with_two_names() {
        let mut estate = estate(&["erp-db-01", "erp-db-02"]);
        estate.machines[1].datacenter = "lyon".into();
        let found = group(&estate, &[], Fallback::ByName);
        assert_eq!(names_and_sizes(&found), [("erp", 1), ("erp (2)", 1)]);
    }
}
