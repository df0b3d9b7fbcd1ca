//! Which figures of the scorecard a study's outcomes are.

use super::worlds::Built;
use super::{KnownOutcome, listed, quantity};
use crate::base::diagnostics::{Diagnostic, Diagnostics, did_you_mean};
use crate::base::ids::Id as _;
use crate::input::study::{Better as WrittenBetter, OutcomeSettings, StudySettings};
use crate::report::definitions::{Definition, definition};
use crate::scoring::{Score, Scorer};
use crate::study::{Better, Outcome, Unit};
use crate::world::{StrategyId, World};

/// Figures of which more is wanted; of all others less is.
const MORE_IS_BETTER: &[&str] = &[
    "sovereignty.seal",
    "sovereignty.seal_by_class",
    "sovereignty.score_percent",
    "sovereignty.score_by_edition",
    "availability.mean",
    "migration.completed",
    "commitments.used_share",
    "commitments.coverage",
    "commitments.saved",
    "lock_in.tolerated_price_rise",
    "lock_in.tolerated_rise_by_party",
    "utilisation.cpu_used",
    "utilisation.memory_used",
];

/// What exists only where somebody is left: nobody to leave costs nothing and takes no time.
const NOTHING_TO_LEAVE: &[&str] = &[
    "lock_in.exit_cost",
    "lock_in.exit_cost_at",
    "lock_in.exit_months",
    "lock_in.exit_months_at",
    "lock_in.exit_needed_months",
    "lock_in.exit_stranded",
    "lock_in.exit_by_component",
    "lock_in.exit_beside",
    "lock_in.years_of_spend",
    "lock_in.by_party",
    "lock_in.by_party_and_component",
    "lock_in.by_date_and_party",
    "lock_in.months_by_party",
];

/// What is told against the first strategy of the same replication, which nobody knows here.
const COMPARED: &str = "lock_in.return_on_lock_in";

/// The names of all figures of a World's scorecards, in the order of the report, with what a
/// run without an event has there.
pub(super) fn names(world: &World) -> Vec<(String, Score)> {
    // The names depend on the World alone, so no run is needed to know them.
    Scorer::new(world, StrategyId::from_index(0), 0.0).finish().figures(world)
}

/// The figures that a study's `outcomes` name.
pub(super) fn find(
    settings: &StudySettings,
    built: &Built,
    diagnostics: &mut Diagnostics,
) -> Vec<KnownOutcome> {
    let names: Vec<Vec<(String, Score)>> = built.worlds.iter().map(names).collect();
    let one = |outcome: &OutcomeSettings, diagnostics: &mut Diagnostics| {
        let figure = &outcome.figure;
        let score = names[0].iter().find(|(name, _)| *name == figure.value).map(|(_, score)| *score);
        let described = definition(&figure.value);
        let (Some(score), Some(described)) = (score, described) else {
            diagnostics.push(unknown(outcome, &names[0]));
            return None;
        };
        if figure.value == COMPARED {
            diagnostics.push(
                Diagnostic::error(figure.spot, format!("`{COMPARED}` is not known in a study"))
                    .note("It compares with the first strategy's yearly running cost in the same run.")
                    .help("Look at `lock_in.yearly_run_cost` and `lock_in.exit_cost`."),
            );
            return None;
        }
        let lacking = names.iter().position(|names| names.iter().all(|(name, _)| *name != figure.value));
        if let Some(place) = lacking {
            diagnostics.push(
                Diagnostic::error(
                    figure.spot,
                    format!(
                        "There is no figure `{}` in the variant `{}`",
                        figure.value, built.variants[place].name
                    ),
                )
                .help("Look at a figure that all variants have."),
            );
            return None;
        }
        known(outcome, (score, described), &built.worlds[0], diagnostics)
    };
    settings.outcomes.iter().filter_map(|outcome| one(&outcome.0, diagnostics)).collect()
}

fn known(
    written: &OutcomeSettings,
    (score, described): (Score, &'static Definition),
    world: &World,
    diagnostics: &mut Diagnostics,
) -> Option<KnownOutcome> {
    let figure = written.figure.value.clone();
    let group = described.name;
    let unit = unit(described.unit);
    let better = match written.better {
        Some(WrittenBetter::Lower) => Better::Lower,
        Some(WrittenBetter::Higher) => Better::Higher,
        None if MORE_IS_BETTER.contains(&group) => Better::Higher,
        None => Better::Lower,
    };
    let rehearsed = score == Score::Missing && figure.starts_with("lock_in.");
    let label = written.label.clone().unwrap_or_else(|| label(&figure, described, unit));
    let outcome = Outcome { figure, label, unit, better, target: None, missing: None };
    let mut known = KnownOutcome { outcome, words: described.unit, rehearsed };
    let mut read = |text, sense| quantity::value(&known, text, sense, world, diagnostics);
    let target = match &written.target {
        Some(text) => Some(read(text, quantity::Sense::Target)?),
        None => None,
    };
    let missing = match &written.missing {
        Some(text) => Some(read(text, quantity::Sense::StandIn)?),
        None if unit == Unit::Date => Some(world.calendar.years(world.horizon())),
        None if NOTHING_TO_LEAVE.contains(&group) => Some(0.0),
        None => None,
    };
    known.outcome.target = target;
    known.outcome.missing = missing;
    Some(known)
}

/// How values in a unit of the definitions are written.
fn unit(words: &str) -> Unit {
    match words {
        "reporting currency" => Unit::Money,
        "share from 0 to 1" => Unit::Share,
        words if words.starts_with("instant") => Unit::Date,
        _ => Unit::Plain,
    }
}

/// `Cost by who is paid: azure`, `Downtime for moves (hours)`.
fn label(figure: &str, described: &Definition, unit: Unit) -> String {
    let rest = figure.strip_prefix(described.name).and_then(|rest| rest.strip_prefix('.'));
    let of = rest.map(|rest| format!(": {rest}")).unwrap_or_default();
    let unit = match unit {
        Unit::Plain if described.unit != "count" => format!(" ({})", described.unit),
        _ => String::new(),
    };
    format!("{}{of}{unit}", described.title)
}

fn unknown(outcome: &OutcomeSettings, names: &[(String, Score)]) -> Diagnostic {
    let figure = &outcome.figure;
    let known = || names.iter().map(|(name, _)| name.as_str());
    let message = Diagnostic::error(figure.spot, format!("No figure is called `{}`", figure.value));
    let group = format!("{}.", figure.value.trim_end_matches(['.', '*']));
    let members: Vec<&str> = known().filter(|name| name.starts_with(&group)).collect();
    if !members.is_empty() {
        return message.note(format!("It is a group: its figures are {}.", listed(members)));
    }
    // The last part alone is what people remember: `npv`.
    let last = |name: &&str| name.rsplit('.').next() == Some(figure.value.as_str());
    match known().find(last).or_else(|| did_you_mean(&figure.value, known())) {
        Some(near) => message.help(format!("Did you mean `{near}`?")),
        None => {
            let some = [
                "cost.npv",
                "cost.total",
                "migration.finished_at",
                "migration.downtime_hours",
                "lock_in.exit_cost",
                "sovereignty.score_percent",
                "availability.mean",
            ];
            message
                .note(format!("Such as {}.", listed(some)))
                .note("All figures are in `summary.json` of any `portolan run`, under `forecast`.")
        }
    }
}
