//! Which workloads make an application, and so move together.

use std::collections::HashMap;

use super::workloads::Placed;
use super::{Resolver, unknown};
use crate::base::diagnostics::Diagnostic;
use crate::base::ids::IdVec;
use crate::base::settings::Name;
use crate::input::estate::applications::stem;
use crate::input::estate::{Machine, OsRole};
use crate::input::scenario::{ApplicationRule, GroupBy};
use crate::world::{Application, ApplicationId, DataClass, DataClassId, Dependency};

use super::figures::Unit;

/// What makes two machines belong together.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
enum Kinship {
    /// A rule names the application.
    Named(String),
    /// A rule groups by a value.
    Grouped(usize, String),
    /// Their names share a stem, in one data centre.
    Stem(String, String),
    /// It stands alone: its key.
    Alone(String),
}

impl Resolver<'_> {
    /// The applications, in the order of their first machine, and the one that each
    /// placed machine belongs to: by the first rule that takes it, else by its name
    /// without role and number. Virtual desktops stand alone.
    pub(super) fn applications(
        &mut self,
        placed: &[Placed],
        classes: &IdVec<DataClassId, DataClass>,
    ) -> (IdVec<ApplicationId, Application>, Vec<ApplicationId>) {
        let settings = self.settings;
        let rules = &settings.estate.applications;
        let usual = class_of(classes, &settings.estate.data_class);
        let mut known: HashMap<Kinship, ApplicationId> = HashMap::new();
        let mut applications: IdVec<ApplicationId, Application> = IdVec::new();
        let mut members = Vec::new();
        for placed in placed {
            let machine = &self.estate.machines[placed.machine];
            let (rule, kinship, name) = kinship(rules, machine);
            let id = match known.get(&kinship) {
                Some(id) => *id,
                None => {
                    let rule = rule.map(|rule| (rule, &rules[rule]));
                    let data_class = rule
                        .and_then(|(_, rule)| rule.data_class.as_ref())
                        .map_or(usual, |class| class_of(classes, class));
                    let downtime_per_hour = rule.and_then(|(index, rule)| {
                        let path = format!("estate.applications.{index}.downtime");
                        let cost = rule.downtime.as_ref()?;
                        Some(self.table.stated(&path, cost, Unit::OWN, self.diagnostics))
                    });
                    let uses = self.used_by(rule.map(|(_, rule)| rule));
                    let id = applications.push(Application {
                        name: free_name(&applications, name),
                        data_class,
                        downtime_per_hour,
                        dependencies: Vec::new(),
                        uses,
                    });
                    let criticality = rule.and_then(|(_, rule)| rule.criticality.as_ref());
                    self.criticality.push(criticality.map(|name| name.text.clone()));
                    known.insert(kinship, id);
                    id
                }
            };
            members.push(id);
        }
        self.dependencies(&mut applications);
        (applications, members)
    }

    fn dependencies(&mut self, applications: &mut IdVec<ApplicationId, Application>) {
        let settings = self.settings;
        for (index, exchange) in settings.estate.dependencies.iter().enumerate() {
            let [one, other] = exchange.between.as_slice() else { continue };
            let found = [one, other].map(|name| self.application_named(name, applications));
            let [Some(one), Some(other)] = found else { continue };
            let path = format!("estate.dependencies.{index}.traffic");
            let gb_per_month = self.table.stated(&path, &exchange.traffic, Unit::OWN, self.diagnostics);
            // Once: what both send is in it.
            applications[one].dependencies.push(Dependency { with: other, gb_per_month });
        }
    }

    /// An application that a rule names but to which no machine belongs is left out
    /// with a warning: another inventory may have it.
    fn application_named(
        &mut self,
        name: &Name,
        applications: &IdVec<ApplicationId, Application>,
    ) -> Option<ApplicationId> {
        let found = applications.find(|application| application.name == name.text);
        if found.is_none() {
            let rules = &self.settings.estate.applications;
            let ruled =
                rules.iter().any(|rule| rule.name.as_ref().is_some_and(|ruled| ruled.text == name.text));
            let known: Vec<&str> = applications.iter().map(|application| application.name.as_str()).collect();
            self.diagnostics.push(if ruled || self.origin == super::Origin::Given {
                Diagnostic::warning(name.spot, format!("No machine belongs to the application `{name}`"))
                    .note("What it exchanges with others is left out.")
            } else {
                unknown(name, "an application of the estate", &known)
            });
        }
        found
    }
}

fn class_of(classes: &IdVec<DataClassId, DataClass>, name: &Name) -> DataClassId {
    classes.find(|class| class.name == name.text).expect("every class that the estate mentions is declared")
}

fn kinship(rules: &[ApplicationRule], machine: &Machine) -> (Option<usize>, Kinship, String) {
    for (index, rule) in rules.iter().enumerate() {
        if !rule.r#match.as_ref().is_none_or(|pattern| pattern.matches(machine)) {
            continue;
        }
        if let Some(name) = &rule.name {
            return (Some(index), Kinship::Named(name.text.clone()), name.text.clone());
        }
        let value = match &rule.group_by {
            Some(GroupBy::Name) => stem(&machine.name),
            Some(GroupBy::Folder) => Some(machine.folder.clone()),
            Some(GroupBy::Network) => machine.networks.first().cloned(),
            Some(GroupBy::Tag(key)) => machine
                .tags
                .iter()
                .find(|(tag, _)| tag.eq_ignore_ascii_case(key))
                .map(|(_, value)| value.clone()),
            None => None,
        };
        if let Some(value) = value.filter(|value| !value.trim().is_empty()) {
            return (Some(index), Kinship::Grouped(index, value.clone()), value);
        }
    }
    match stem(&machine.name).filter(|_| machine.os_edition.role != OsRole::Desktop) {
        Some(stem) => (None, Kinship::Stem(stem.clone(), machine.datacenter.clone()), stem),
        None => (None, Kinship::Alone(machine.key.clone()), machine.name.clone()),
    }
}

/// `name`, or with a number when another application is called so.
fn free_name(applications: &IdVec<ApplicationId, Application>, name: String) -> String {
    let taken = |name: &str| applications.iter().any(|application| application.name == name);
    let mut free = name.clone();
    let mut ordinal = 2_u32;
    while taken(&free) {
        free = format!("{name} ({ordinal})");
        ordinal += 1;
    }
    free
}
