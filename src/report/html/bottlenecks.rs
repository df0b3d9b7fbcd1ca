//! What each wave waited for, and what one more of it would save.

use std::collections::BTreeMap;

use crate::base::units::Span;
use crate::report::data_table::DataTable;
use crate::report::money::{MoneyScale, Typography, number, percent};
use crate::report::reading::{Reading, StrategyReading};
use crate::simulation::journal::{Binding, Entry};
use crate::world::World;

const FINE: Typography = Typography::Fine;

/// What is named beside the main bottleneck of a wave must have this share of the time.
const WORTH_NAMING: f64 = 0.05;
/// So many are named for a wave.
const NAMED: usize = 3;

/// What each wave of each strategy waited for on its path.
pub(super) fn waits(reading: &Reading<'_>) -> Vec<DataTable> {
    let table = |strategy: &StrategyReading<'_>| {
        let mut waves: BTreeMap<u32, Vec<(Binding, Span)>> = BTreeMap::new();
        for (_, entry) in &strategy.results.path.journal.entries {
            if let Entry::Bound { wave, by, waited } = *entry {
                waves.entry(wave).or_default().push((by, waited));
            }
        }
        let mut table = DataTable::new(
            strategy.strategy.label.clone(),
            ["Wave", "Workload days", "Waited most for", "And for"],
        );
        for (wave, mut waits) in waves {
            waits.sort_by_key(|(by, waited)| (std::cmp::Reverse(*waited), *by));
            let all: f64 = waits.iter().map(|(_, waited)| waited.as_days()).sum();
            let share = |waited: Span| waited.as_days() / all;
            let words = |(by, waited): &(Binding, Span)| {
                format!("{}, {}", name(reading.world, *by), percent(share(*waited), FINE))
            };
            let others = waits.iter().skip(1).filter(|(_, waited)| share(*waited) >= WORTH_NAMING);
            table.rows.push(vec![
                wave.to_string(),
                number(all, 0, FINE),
                waits.first().map_or_else(|| "–".to_owned(), words),
                others.take(NAMED - 1).map(words).collect::<Vec<_>>().join("; "),
            ]);
        }
        table
    };
    reading.strategies.iter().map(table).filter(|table| !table.rows.is_empty()).collect()
}

/// What one more of each bottleneck would save on the path.
pub(super) fn reliefs(reading: &Reading<'_>) -> DataTable {
    let all = || reading.strategies.iter().flat_map(|strategy| &strategy.results.path.reliefs);
    let largest = all().map(|relief| relief.saving.as_f64().abs()).fold(0.0, f64::max);
    let money = MoneyScale::fitting(largest, reading.world.currency);
    let saved = format!("Present value saved, {}", money.unit());
    let header = ["Strategy", "One more", "Done sooner by", "More moved", saved.as_str()];
    let caption = "What one more would save: the path simulated again with it, the same luck and the same \
                   prices. What the addition costs by itself is counted only for circuits, where the scenario \
                   prices them.";
    let mut table = DataTable::new(caption, header);
    for strategy in &reading.strategies {
        for relief in &strategy.results.path.reliefs {
            table.rows.push(vec![
                strategy.strategy.label.clone(),
                one_more(reading.world, relief.by),
                relief.days.map_or_else(|| "–".to_owned(), days),
                relief.more_moved.to_string(),
                money.number(relief.saving.as_f64(), FINE),
            ]);
        }
    }
    table
}

fn days(days: f64) -> String {
    match libm::round(days) as i64 {
        0 => "less than a day".to_owned(),
        1 => "1 day".to_owned(),
        -1 => "1 day later".to_owned(),
        later if later < 0 => format!("{} days later", -later),
        sooner => format!("{sooner} days"),
    }
}

/// What was waited for, in words.
fn name(world: &World, by: Binding) -> String {
    let installation = |id| &world.installations[id];
    match by {
        Binding::People => "the people who prepare moves".to_owned(),
        Binding::Calendar => "something that takes a given time".to_owned(),
        Binding::Lead(lead) => format!("{}, which must be there first", world.programme.leads[lead].name),
        Binding::Owner => "the test by the owner".to_owned(),
        Binding::Board => "the approval of the cutover".to_owned(),
        Binding::Room => "room at the destination".to_owned(),
        Binding::Places(id) => format!("a free place among the copies of {}", installation(id).name),
        Binding::Throughput(id) => format!("the appliance cap of {}", installation(id).name),
        Binding::Copy(tool) => format!("what {} carries of one workload", world.tools[tool].name),
        Binding::Reading(offer) => format!("reading the hosts of {}", world.offers[offer].name),
        Binding::Circuit(link) => format!("the circuit {}", world.links[link].name),
        Binding::Distance(link) => format!("the distance of {}", world.links[link].name),
        Binding::Window => "a cutover window".to_owned(),
        Binding::Cutover => "the cutover itself".to_owned(),
    }
}

/// What would be one more of it.
fn one_more(world: &World, by: Binding) -> String {
    match by {
        Binding::People if world.programme.teams.is_empty() => "engineer".to_owned(),
        Binding::People => "head in each team".to_owned(),
        Binding::Places(id) | Binding::Throughput(id) => {
            format!("appliance of {}", world.installations[id].name)
        }
        Binding::Circuit(link) => format!("circuit like {}", world.links[link].name),
        Binding::Window => "cutover window a week".to_owned(),
        other => name(world, other),
    }
}
