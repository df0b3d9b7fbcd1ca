//! `study.json`: what was asked, what was found, and everything needed to redo it.
//!
//! Findings are written as the analyses give them, with names in place of the numbers of
//! alternatives, inputs and outcomes, so that a reader needs no second table.

use serde_json::{Map, Value, json};

use super::view::{View, kind};
use crate::report::ReportError;

/// The version of the file's shape: additions do not change it.
pub const STUDY_SCHEMA_VERSION: u32 = 1;

/// Keys under which an integer is an alternative. An integer only: an amount under the
/// same key, such as `greatest_regret`, is a number with a fraction.
const ALTERNATIVES: [&str; 16] = [
    "alternative",
    "alternatives",
    "of",
    "minus",
    "from",
    "to",
    "best",
    "knee",
    "best_first",
    "greatest_regret",
    "regret_p90",
    "maximin",
    "hurwicz",
    "laplace",
    "satisficing",
    "cvar",
];

/// The file. Amounts are in units of the currency, dates in years since the start.
pub(super) fn study_json(view: &View<'_>) -> Result<Vec<u8>, ReportError> {
    let (study, meta) = (view.study, view.meta);
    let anchors = view.anchors();
    let mut findings = Vec::new();
    for (place, finding) in view.findings.findings.iter().enumerate() {
        let mut entry = Map::new();
        entry.insert("name".into(), anchors[place].clone().into());
        entry.insert("analysis".into(), kind(finding).into());
        if let Some(asked) = study.analyses.get(place) {
            // `{"compare": {…}}`: the kind is said already.
            let asked = serde_json::to_value(asked)?;
            let inner = asked.as_object().and_then(|tagged| tagged.values().next().cloned());
            entry.insert("asked".into(), named(view, inner.unwrap_or(asked), ""));
        }
        let Value::Object(found) = serde_json::to_value(finding)? else {
            unreachable!("a finding is a record with a tag");
        };
        for (key, value) in found {
            let value = named(view, value, &key);
            entry.entry(key).or_insert(value);
        }
        findings.push(Value::Object(entry));
    }
    let file = json!({
        "schema_version": STUDY_SCHEMA_VERSION,
        "tool": {"name": "portolan", "version": meta.version},
        "study": {
            "name": study.name,
            "question": study.question,
            "sha256": meta.study_sha256,
            "command": meta.command,
            "scenarios": meta.scenarios,
            "estate_sha256": meta.estate_sha256,
            "start": meta.calendar.start().to_string(),
            "end": meta.calendar.end().to_string(),
            "prices_as_of": meta.prices_as_of,
        },
        "seed": meta.seed,
        "currency": study.currency,
        "evaluations": view.findings.evaluations(),
        "alternatives": study.alternatives.iter().map(|alternative| alternative_json(view, alternative)).collect::<Vec<_>>(),
        "inputs": study.inputs.iter().map(input_json).collect::<Vec<_>>(),
        "inputs_held_at_their_modes": study.held,
        "outcomes": study.outcomes,
        "findings": findings,
        "stand_ins": view.findings.stand_ins.iter().map(|stand_in| json!({
            "alternative": view.name(stand_in.alternative),
            "outcome": view.outcome(stand_in.outcome).figure,
            "value": view.outcome(stand_in.outcome).missing,
            "runs": stand_in.runs,
            "of": stand_in.of,
        })).collect::<Vec<_>>(),
    });
    let mut text = String::new();
    pretty(&mut text, &file, 0);
    text.push('\n');
    Ok(text.into_bytes())
}

fn alternative_json(view: &View<'_>, alternative: &crate::study::Alternative) -> Value {
    let levers = view.study.levers.iter().cloned();
    let settings: Map<String, Value> =
        levers.zip(alternative.settings.iter().map(|setting| json!(setting))).collect();
    json!({
        "name": alternative.name,
        "label": alternative.label,
        "strategy": alternative.strategy,
        "settings": settings,
    })
}

fn input_json(input: &crate::study::Input) -> Value {
    let points = [0.05, 0.5, 0.95].map(|u| input.quantile.as_ref().map(|quantile| quantile.at(u)));
    json!({
        "name": input.name,
        "unit": input.unit,
        "figures": input.columns.len(),
        "p5": points[0],
        "p50": points[1],
        "p95": points[2],
    })
}

/// `value` with names in place of numbers; `key` is what it stands under.
fn named(view: &View<'_>, value: Value, key: &str) -> Value {
    match value {
        Value::Object(entries) => entries
            .into_iter()
            .map(|(key, value)| {
                let value = named(view, value, &key);
                (key, value)
            })
            .collect(),
        Value::Array(items) => items.into_iter().map(|item| named(view, item, key)).collect(),
        // Chance is an input without a place.
        Value::Null if key == "input" => "chance".into(),
        Value::Number(number) => match (number.as_u64(), key) {
            (Some(place), "input") => view.study.inputs[place as usize].name.clone().into(),
            (Some(place), "outcome") => view.study.outcomes[place as usize].figure.clone().into(),
            (Some(place), key) if ALTERNATIVES.contains(&key) => {
                view.study.alternatives.as_slice()[place as usize].name.clone().into()
            }
            _ => Value::Number(number),
        },
        other => other,
    }
}

/// Writes `value` with two spaces a level, lists of plain values on one line: thousands of
/// sorted outcomes would otherwise take a line each.
fn pretty(out: &mut String, value: &Value, level: usize) {
    let indent = |out: &mut String, level: usize| {
        out.push('\n');
        out.extend(std::iter::repeat_n("  ", level));
    };
    match value {
        Value::Array(items) if items.iter().any(|item| item.is_object() || item.is_array()) => {
            out.push('[');
            for (place, item) in items.iter().enumerate() {
                out.push_str(if place == 0 { "" } else { "," });
                indent(out, level + 1);
                pretty(out, item, level + 1);
            }
            indent(out, level);
            out.push(']');
        }
        Value::Array(items) => {
            out.push('[');
            for (place, item) in items.iter().enumerate() {
                out.push_str(if place == 0 { "" } else { ", " });
                out.push_str(&item.to_string());
            }
            out.push(']');
        }
        Value::Object(entries) if !entries.is_empty() => {
            out.push('{');
            for (place, (key, value)) in entries.iter().enumerate() {
                out.push_str(if place == 0 { "" } else { "," });
                indent(out, level + 1);
                out.push_str(&Value::from(key.as_str()).to_string());
                out.push_str(": ");
                pretty(out, value, level + 1);
            }
            indent(out, level);
            out.push('}');
        }
        plain => out.push_str(&plain.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::money::Typography;
    use crate::report::study::fixture::fixture;
    use crate::study::analyses::Analysis;
    use crate::study::analyses::split::SplitSpec;

    fn parsed() -> Value {
        let (mut study, findings, meta) = fixture();
        study.analyses = vec![Analysis::Split(SplitSpec { draws: 9, replications: 2 })];
        let view = View { study: &study, findings: &findings, meta: &meta, typography: Typography::Plain };
        serde_json::from_slice(&study_json(&view).expect("it is encoded")).expect("it is JSON")
    }

    /// Every value under one of the keys.
    fn under<'v>(value: &'v Value, keys: &[&str], found: &mut Vec<&'v Value>) {
        match value {
            Value::Object(entries) => {
                for (key, value) in entries {
                    if keys.contains(&key.as_str()) {
                        found.push(value);
                    }
                    under(value, keys, found);
                }
            }
            Value::Array(items) => items.iter().for_each(|item| under(item, keys, found)),
            _ => {}
        }
    }

    #[test]
    fn nothing_that_has_a_name_is_a_number() {
        let file = parsed();
        let mut found = Vec::new();
        let keys = ["alternative", "minus", "from", "to", "knee", "best_first", "input", "outcome"];
        under(&file["findings"], &keys, &mut found);
        assert!(found.len() > 100);
        for value in found {
            // A measure without another has null under `minus`.
            assert!(value.is_string() || value.is_null(), "{value}");
        }
        let select =
            file["findings"].as_array().expect("a list").iter().find(|one| one["analysis"] == "select");
        assert_eq!(select.expect("it is there")["best"], "hyper-v");
    }

    #[test]
    fn amounts_under_the_key_of_a_name_stay_amounts() {
        let file = parsed();
        let findings = file["findings"].as_array().expect("a list");
        let robust = findings.iter().find(|one| one["analysis"] == "robust").expect("it is there");
        assert!(robust["alternatives"][0]["greatest_regret"].is_f64());
        assert_eq!(robust["winners"]["greatest_regret"], "hyper-v");
        assert_eq!(robust["alternatives"][1]["alternative"], "hyper-v");
    }

    #[test]
    fn the_file_says_what_is_needed_to_redo_it() {
        let file = parsed();
        assert_eq!(file["schema_version"], STUDY_SCHEMA_VERSION);
        for place in ["sha256", "command", "estate_sha256", "start", "end", "prices_as_of", "scenarios"] {
            assert!(!file["study"][place].is_null(), "{place}");
        }
        assert_eq!(file["seed"], 42);
        assert_eq!(file["findings"][0]["asked"]["draws"], 9);
        assert_eq!(file["stand_ins"][0]["outcome"], "lock_in.exit_cost");
        assert_eq!(file["alternatives"][5]["settings"]["engineers"], "2");
    }
}
