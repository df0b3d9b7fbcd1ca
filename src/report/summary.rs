//! `summary.json`: every figure, as its forecast and as that of the path.

use serde_json::{Map, Value, json};

use super::csv_text::instant;
use super::reading::{Reading, StrategyReading};
use super::{ReportError, RunMeta};
use crate::scoring::Score;
use crate::study::Summary;
use crate::world::World;

/// The version of the file's shape: additions do not change it.
pub const SCHEMA_VERSION: u32 = 1;

/// The file. Amounts are numbers that carry the micro-units exactly (below nine
/// billion: an `f64` has 53 bits); instants are ISO 8601 under `path` and years
/// since the start under `forecast`; a figure that does not exist is null.
pub(crate) fn summary_json(reading: &Reading<'_>, meta: &RunMeta) -> Result<Vec<u8>, ReportError> {
    let (world, results) = (reading.world, reading.results);
    let mut file = serde_json::to_vec_pretty(&json!({
        "schema_version": SCHEMA_VERSION,
        "tool": {"name": "portolan", "version": meta.version},
        "scenario": {
            "name": world.name,
            "sha256": meta.scenario_sha256,
            "inventory": meta.inventory,
            "inventory_sha256": meta.inventory_sha256,
            "start": world.calendar.start().to_string(),
            "end": world.calendar.end().to_string(),
            "workloads": world.workloads.len(),
        },
        "seed": results.seed,
        "currency": world.currency.code(),
        "replications": results.replications,
        "strategies": reading.strategies.iter().map(|strategy| strategy_json(reading, strategy)).collect::<Vec<_>>(),
    }))?;
    file.push(b'\n');
    Ok(file)
}

fn strategy_json(reading: &Reading<'_>, strategy: &StrategyReading<'_>) -> Value {
    let results = strategy.results;
    json!({
        "name": strategy.strategy.name,
        "label": strategy.strategy.label,
        "forecast": forecast_json(strategy),
        "path": path_json(reading, strategy),
        "against_first": {
            "chance_to_cost_less": results.beats_first,
            "saving": results.saving,
        },
        "broken_limits": results.broken.iter()
            .map(|broken| json!({"limit": broken.limit, "share": broken.share}))
            .collect::<Vec<_>>(),
        "exit_rehearsals": {
            "replications": results.rehearsals.replications,
            "stranded": results.rehearsals.stranded,
        },
    })
}

/// The forecast of every figure of the path, in its order, then of any figure
/// that only other replications have.
fn forecast_json(strategy: &StrategyReading<'_>) -> Value {
    let forecast = &strategy.results.forecast;
    let missing = json!({
        "mean": null, "half_width_95": null, "p5": null, "p50": null, "p80": null, "p95": null, "n": 0,
    });
    let entry = |summary: Option<&Summary>| summary.map_or_else(|| missing.clone(), |summary| json!(summary));
    let mut figures: Map<String, Value> =
        strategy.path.iter().map(|(name, _)| (name.clone(), entry(forecast.get(name)))).collect();
    for (name, summary) in forecast {
        if !figures.contains_key(name) {
            figures.insert(name.clone(), json!(summary));
        }
    }
    Value::Object(figures)
}

fn path_json(reading: &Reading<'_>, strategy: &StrategyReading<'_>) -> Value {
    let mut path = Map::new();
    path.insert("replication".to_owned(), json!(reading.results.path_replication));
    path.insert("npv_percentile".to_owned(), json!(strategy.results.path.npv_percentile));
    for (name, score) in &strategy.path {
        // A group's last part is a name of the user's, which may have a point.
        let mut inner = &mut path;
        let mut parts = name.splitn(3, '.').peekable();
        while let Some(part) = parts.next() {
            if parts.peek().is_none() {
                inner.insert(part.to_owned(), score_json(reading.world, *score));
                break;
            }
            let group = inner.entry(part).or_insert_with(|| Value::Object(Map::new()));
            inner = group.as_object_mut().expect("no figure has the name of a group");
        }
    }
    Value::Object(path)
}

fn score_json(world: &World, score: Score) -> Value {
    match score {
        Score::Money(amount) => json!(amount.as_f64()),
        Score::Number(number) => json!(number),
        Score::Count(count) => json!(count),
        Score::Instant(at) => json!(instant(&world.calendar, at)),
        Score::Missing => Value::Null,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixture::fixture;

    fn read() -> (Value, World, crate::study::Results) {
        let (world, results) = fixture();
        let file =
            summary_json(&Reading::new(&world, &results), &RunMeta::default()).expect("it can be written");
        (serde_json::from_slice(&file).expect("it is JSON"), world, results)
    }

    #[test]
    fn amounts_come_back_to_the_micro_unit() {
        let (summary, world, results) = read();
        for (strategy, written) in
            results.strategies.iter().zip(summary["strategies"].as_array().expect("a list"))
        {
            for (name, score) in strategy.path.scorecard.figures(&world) {
                let Score::Money(amount) = score else { continue };
                let value = name.splitn(3, '.').fold(&written["path"], |inner, part| &inner[part]);
                let micros = (value.as_f64().expect("a number") * 1e6).round() as i64;
                assert_eq!(micros, amount.micros(), "{name}");
            }
        }
    }

    #[test]
    fn every_figure_of_the_path_has_its_forecast_under_the_same_name() {
        let (summary, world, results) = read();
        let mut count = 0;
        for (strategy, written) in
            results.strategies.iter().zip(summary["strategies"].as_array().expect("a list"))
        {
            for (name, _) in strategy.path.scorecard.figures(&world) {
                assert!(written["forecast"][&name].get("n").is_some(), "{name}");
                count += 1;
            }
        }
        assert!(count > 90, "the fixture has many figures, not {count}");
    }

    #[test]
    fn the_file_begins_as_the_documentation_says() {
        let (summary, ..) = read();
        let keys: Vec<_> = summary.as_object().expect("an object").keys().collect();
        assert_eq!(
            keys,
            ["schema_version", "tool", "scenario", "seed", "currency", "replications", "strategies"]
        );
        let first = summary["strategies"][0].as_object().expect("an object");
        assert_eq!(first.keys().take(4).collect::<Vec<_>>(), ["name", "label", "forecast", "path"]);
        let path = first["path"].as_object().expect("an object");
        let expected = [
            "replication",
            "npv_percentile",
            "cost",
            "migration",
            "interoperability",
            "lock_in",
            "sovereignty",
            "availability",
        ];
        assert_eq!(path.keys().collect::<Vec<_>>(), expected);
    }

    #[test]
    fn a_move_that_never_finishes_is_null_with_no_replication_behind_it() {
        let (summary, ..) = read();
        let renew = &summary["strategies"][0];
        assert_eq!(renew["path"]["migration"]["finished_at"], Value::Null);
        assert_eq!(renew["forecast"]["migration.finished_at"]["n"], 0);
        assert_eq!(summary["strategies"][1]["path"]["migration"]["finished_at"], "2027-08-17T20:00:00Z");
    }
}
