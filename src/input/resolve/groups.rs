//! Applications that go together: those that the scenario ties, and those of which
//! machines talk to each other.

use std::collections::{BTreeMap, HashMap};

use super::workloads::Machines;
use crate::base::diagnostics::{Diagnostic, Diagnostics};
use crate::input::estate::{Connection, load_dependencies};
use crate::input::scenario::{DependencyExport, Scenario};
use crate::world::{ApplicationId, WorkloadId, World};

/// The applications that go together or not at all, tie by tie; ties that share an
/// application make one group.
pub(super) fn ties(
    world: &World,
    scenario: &Scenario,
    machines: Machines<'_>,
    diagnostics: &mut Diagnostics,
) -> Vec<Vec<ApplicationId>> {
    let estate = &scenario.settings.estate;
    let mut ties = Vec::new();
    for (name, select) in estate.move_groups.iter() {
        let selected = |id: &WorkloadId| select.selects(&machines.candidate(world, *id));
        let mut tied: Vec<ApplicationId> =
            world.workloads.ids().filter(selected).map(|id| world.workloads[id].application).collect();
        tied.sort_unstable();
        tied.dedup();
        if tied.len() < 2 {
            let found = if tied.is_empty() { "no application" } else { "one application alone" };
            diagnostics.push(
                Diagnostic::warning(name.spot, format!("The move group `{name}` ties {found}"))
                    .note("An application goes whole by itself; a group is for several."),
            );
        }
        ties.push(tied);
    }
    if let Some(export) = &estate.dependency_export {
        ties.extend(talking(world, scenario, export, machines, diagnostics));
    }
    ties
}

/// Pairs of applications of which two machines have as many connections as count.
fn talking(
    world: &World,
    scenario: &Scenario,
    export: &DependencyExport,
    machines: Machines<'_>,
    diagnostics: &mut Diagnostics,
) -> Vec<Vec<ApplicationId>> {
    let found = match load_dependencies(&scenario.path(&export.path)) {
        Ok(found) => found,
        Err(error) => {
            diagnostics.push(Diagnostic::error(export.path.spot, error.to_string()));
            return Vec::new();
        }
    };
    let by_name: HashMap<String, WorkloadId> =
        world.workloads.ids().rev().map(|id| (short(&machines.of(id).name), id)).collect();
    let mut counts: BTreeMap<(WorkloadId, WorkloadId), u32> = BTreeMap::new();
    let mut strangers = 0_usize;
    let counting = found.connections.iter().filter(|connection| counts_for(export, connection));
    for connection in counting {
        let ends = [&connection.source, &connection.destination].map(|name| by_name.get(&short(name)));
        let [Some(one), Some(other)] = ends else {
            strangers += 1;
            continue;
        };
        *counts.entry((*one.min(other), *one.max(other))).or_default() += 1;
    }
    if counts.is_empty() {
        diagnostics.push(
            Diagnostic::warning(export.path.spot, "No connection of this export ties two machines of the estate")
                .note(format!(
                    "Of {} connections {strangers} are of machines that the estate does not have, and {} more rows \
                     name no machine at one end.",
                    found.connections.len(),
                    found.unnamed
                )),
        );
    }
    counts
        .into_iter()
        .filter(|(_, count)| *count >= export.connections.value)
        .map(|((one, other), _)| [one, other].map(|id| world.workloads[id].application).to_vec())
        .filter(|pair| pair[0] != pair[1])
        .collect()
}

fn counts_for(export: &DependencyExport, connection: &Connection) -> bool {
    let Connection { source, source_process, destination, destination_process, port } = connection;
    let ports = &export.except_ports;
    let named = |patterns: &[crate::input::scenario::Glob], texts: [&String; 2]| {
        patterns.iter().any(|pattern| texts.into_iter().any(|text| pattern.matches(text)))
    };
    !port.is_some_and(|port| ports.contains(&port))
        && !named(&export.except_processes, [source_process, destination_process])
        && !named(&export.except_servers, [source, destination])
}

/// A name without its domain, in lower case: exports write it either way.
fn short(name: &str) -> String {
    name.split('.').next().unwrap_or(name).trim().to_lowercase()
}
