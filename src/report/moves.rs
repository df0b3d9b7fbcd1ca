//! `moves.csv`: every move of every strategy's illustrative path.

use std::collections::BTreeMap;

use super::csv_text::{instant, row};
use super::reading::Reading;
use crate::base::units::SimTime;
use crate::simulation::journal::{Decision, Entry, MoveOutcome};
use crate::world::ApplicationId;

const HEADER: [&str; 20] = [
    "strategy",
    "wave",
    "attempt",
    "workload",
    "application",
    "data_class",
    "from_site",
    "from_offer",
    "to_site",
    "to_offer",
    "method",
    "tool",
    "prepared_from",
    "copied_from",
    "copied",
    "cutover",
    "outcome",
    "reason",
    "down_minutes",
    "disk_gib",
];

/// The file, in order of strategy and time. Times are UTC.
pub(crate) fn moves_csv(reading: &Reading<'_>) -> Vec<u8> {
    let world = reading.world;
    let mut file = Vec::new();
    row(&mut file, HEADER);
    for strategy in &reading.strategies {
        // The refusal on account of which the moves after it, of the same group, are given up.
        let mut refused = String::new();
        // By the group's leading application: why its cutover was broken off last.
        let mut broken: BTreeMap<ApplicationId, (SimTime, String)> = BTreeMap::new();
        for (at, entry) in &strategy.results.path.journal.entries {
            if let Entry::Decision(Decision::NotPlaced { workload, refusal, .. }) = entry {
                refused = format!("{}: {}", world.workloads[*workload].name, refusal.words(world));
            }
            let why = match entry {
                Entry::Decision(Decision::CutoverBroken { workload, why }) => {
                    Some((workload, why.to_string()))
                }
                Entry::Decision(Decision::MoveGivenUp { workload, why }) => Some((workload, why.to_string())),
                _ => None,
            };
            if let Some((workload, why)) = why {
                let workload = &world.workloads[*workload];
                broken.insert(
                    world.programme.leader(workload.application),
                    (*at, format!("{}: {why}", workload.name)),
                );
            }
            let Entry::Move(moved) = entry else { continue };
            let group = world.programme.leader(world.workloads[moved.workload].application);
            let reason = match moved.outcome {
                MoveOutcome::Unplaced => refused.as_str(),
                MoveOutcome::RolledBack | MoveOutcome::GivenUp => {
                    // That of an earlier attempt does not explain this one.
                    broken
                        .get(&group)
                        .filter(|(at, _)| *at >= moved.cutover)
                        .map_or("", |(_, why)| why.as_str())
                }
                MoveOutcome::Completed | MoveOutcome::Retired => "",
            };
            let workload = &world.workloads[moved.workload];
            let application = &world.applications[workload.application];
            let date = |at| instant(&world.calendar, at);
            row(
                &mut file,
                [
                    strategy.strategy.name.as_str(),
                    &moved.wave.to_string(),
                    &moved.attempt.to_string(),
                    &workload.name,
                    &application.name,
                    &world.data_classes[application.data_class].name,
                    &world.site_of(moved.from).name,
                    &world.offers[moved.from].name,
                    moved.to.map_or("", |to| &world.site_of(to).name),
                    moved.to.map_or("", |to| &world.offers[to].name),
                    moved.method.name(),
                    moved.tool.map_or("", |tool| &world.tools[tool].label),
                    &date(moved.prepared_from),
                    &date(moved.copied_from),
                    &date(moved.copied),
                    &date(moved.cutover),
                    &moved.outcome.to_string(),
                    reason,
                    &format!("{:.1}", moved.down_seconds / 60.0),
                    &format!("{:.1}", workload.disk.as_gib()),
                ],
            );
        }
    }
    file
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixture::fixture;

    #[test]
    fn every_move_of_a_path_is_a_row_that_says_where_from_and_where_to() {
        let (world, results) = fixture();
        let file = moves_csv(&Reading::new(&world, &results));
        let mut reader = csv::Reader::from_reader(file.as_slice());
        let rows: Vec<_> = reader.records().map(|row| row.expect("it is well formed")).collect();
        let moves = results.strategies.iter().flat_map(|strategy| &strategy.path.journal.entries);
        assert_eq!(rows.len(), moves.filter(|(_, entry)| matches!(entry, Entry::Move(_))).count());
        let first = &rows[0];
        assert_eq!(
            (&first[0], &first[3], &first[7], &first[9]),
            ("hyper-v", "srv-000", "paris/vsphere", "paris/hyper-v")
        );
        assert_eq!((&first[4], &first[12], &first[18]), ("erp, finance", "2027-01-06T20:00:00Z", "90.0"));
    }
}
