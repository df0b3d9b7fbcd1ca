//! One exit as JSON, for programs.

use serde_json::{Map, Value, json};

use super::csv_text::instant;
use super::exit_words;
use super::money::Typography;
use super::{ReportError, RunMeta};
use crate::scoring::{Component, PartyExit, months};
use crate::study::{ExitStudy, ExplainedExit, StrategyExit};
use crate::world::World;
use crate::world::rules::exit::kept_suppliers;

/// What an exit takes, as JSON. Amounts are numbers in the reporting currency, instants are
/// ISO 8601.
///
/// # Errors
/// If it cannot be turned into JSON, which is a defect.
pub fn exit_json(world: &World, study: &ExitStudy, meta: &RunMeta) -> Result<Vec<u8>, ReportError> {
    let party = &world.parties[study.question.party];
    let strategies: Vec<Value> = study.strategies.iter().map(|exit| strategy(world, study, exit)).collect();
    let mut file = serde_json::to_vec_pretty(&json!({
        "schema_version": super::SCHEMA_VERSION,
        "tool": {"name": "portolan", "version": meta.version},
        "scenario": {"name": world.name, "sha256": meta.scenario_sha256},
        "currency": world.currency.code(),
        "party": {"key": party.key, "name": party.name},
        "at": world.calendar.date(study.question.at).to_string(),
        "replications": study.replications,
        "typical_replication": study.typical,
        "strategies": strategies,
    }))?;
    file.push(b'\n');
    Ok(file)
}

fn strategy(world: &World, study: &ExitStudy, exit: &StrategyExit) -> Value {
    let strategy = &world.strategies[exit.strategy];
    let parts: Map<String, Value> =
        exit.by_component.iter().map(|(part, summary)| (part.key().to_owned(), json!(summary))).collect();
    let kept: Vec<String> = kept_suppliers(world, strategy)
        .iter()
        .filter(|kept| kept.supplier == study.question.party)
        .map(|kept| exit_words::kept(world, kept, Typography::Plain))
        .collect();
    json!({
        "name": strategy.name,
        "label": strategy.label,
        "forecast": {
            "cost": exit.cost,
            "needed_months": exit.needed_months,
            "months": exit.months,
            "by_component": parts,
            "beside": exit.beside,
            "tolerated_price_rise": exit.tolerated_rise,
        },
        "stranded_in": exit.stranded_in,
        "untouched_in": exit.untouched_in,
        "kept_suppliers": kept,
        "typical": explained(world, &exit.typical),
    })
}

fn explained(world: &World, explained: &ExplainedExit) -> Value {
    let ExplainedExit { exit, end, held, destinations, timeline, obstacles, failed } = explained;
    let at = |instant_of| instant(&world.calendar, instant_of);
    json!({
        "held": held,
        "began": at(end.began),
        "left": at(end.left),
        "free": at(end.free),
        "exit": party_exit(world, exit),
        "destinations": destinations.iter().map(|way| json!({
            "from": world.offers[way.from].name,
            "to": world.offers[way.to].name,
            "method": way.method.name(),
            "tool": way.tool.map(|tool| world.tools[tool].name.as_str()),
            "workloads": way.workloads,
        })).collect::<Vec<_>>(),
        "timeline": timeline.iter().map(|month| json!({
            "from": at(month.from),
            "moved": month.moved,
            "charged": month.charged.as_f64(),
        })).collect::<Vec<_>>(),
        "obstacles": obstacles.iter().map(|(offer, obstacle, count)| json!({
            "offer": world.offers[*offer].name,
            "against": obstacle.words(),
            "workloads": count,
        })).collect::<Vec<_>>(),
        "failed": failed.iter().map(|(outcome, count)| json!({
            "outcome": outcome.to_string(),
            "workloads": count,
        })).collect::<Vec<_>>(),
    })
}

/// The numbers of one exit.
pub(crate) fn party_exit(world: &World, exit: &PartyExit) -> Value {
    let parts: Map<String, Value> = Component::ALL
        .into_iter()
        .map(|part| (part.key().to_owned(), json!(exit.by_component.of(part).as_f64())))
        .collect();
    json!({
        "party": world.parties[exit.party].name,
        "cost": exit.cost.as_f64(),
        "by_component": parts,
        "lost_licences": exit.lost_licences.as_f64(),
        "written_off": exit.written_off.as_f64(),
        "needed_months": months(exit.needed),
        "months": exit.months,
        "stranded": exit.stranded,
        "tolerated_price_rise": exit.tolerated_rise,
        "periods": exit.verdicts.iter().map(|verdict| json!({
            "name": exit_words::period(world, verdict.period.kind),
            "months": months(verdict.period.length),
            "days": verdict.period.length.as_days(),
            "feasible": verdict.feasible,
        })).collect::<Vec<_>>(),
        "verdict": exit_words::verdicts(world, exit, Typography::Plain),
        "waived": exit.waived.iter().map(|waived| json!({
            "rule": waived.rule.words(world),
            "site": world.sites[waived.site].name,
            "gb": waived.quantity.as_f64(),
            "amount": waived.amount.as_f64(),
        })).collect::<Vec<_>>(),
    })
}
