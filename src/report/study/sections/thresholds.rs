//! At which value of an input another alternative becomes the best.

use super::{Section, counted, table};
use crate::report::data_table::DataTable;
use crate::report::money::percent;
use crate::report::study::view::{View, listed};
use crate::study::analyses::thresholds::Thresholds;

pub(super) fn section(view: &View<'_>, found: &Thresholds, anchor: String) -> Section {
    let input = &view.input(found.input).name;
    Section {
        anchor,
        heading: format!("Thresholds of {input} in {}", view.outcome_words(found.outcome)),
        answer: answer(view, found),
        how: format!(
            "{} values of {input} with {} at each; the other inputs and the chance are the same at all of them.",
            view.count(found.values.len() as f64),
            counted(view, found.replications as usize, "replication", "replications"),
        ),
        tables: changes(view, found).into_iter().chain([ends(view, found)]).collect(),
        more: vec![means(view, found)],
        doubts: found.notes.clone(),
        says: "It says where the best alternative on average changes while one input moves and the others vary over \
               their ranges. It does not say which value the input will have, nor that the best is better by much \
               near a threshold.",
        words: &["threshold"],
    }
}

/// Whether the best is told from the second at no value, as a note says.
fn is_noise(found: &Thresholds) -> bool {
    found.notes.iter().any(|note| note.starts_with("At no value"))
}

fn answer(view: &View<'_>, found: &Thresholds) -> String {
    let input = &view.input(found.input).name;
    let value = |value: f64| view.input_value(found.input, value);
    let is_best = view.is_best(found.outcome);
    let (Some(low), Some(high)) = (found.values.first(), found.values.last()) else {
        return "No value was tried.".to_owned();
    };
    match found.changes.as_slice() {
        [] => format!(
            "{} {is_best} at every value of {input} that was tried, from {} to {}{}.",
            view.label(found.best_first),
            value(*low),
            value(*high),
            if is_noise(found) { ", but nowhere by more than noise" } else { "" }
        ),
        [one] => format!(
            "{} {is_best} while {input} is under {} ({} to {}), above it {}.",
            view.label(one.from),
            value(one.at.value),
            value(one.at.low),
            value(one.at.high),
            view.label(one.to),
        ),
        several => {
            let steps: Vec<String> = several
                .iter()
                .map(|change| {
                    format!(
                        "{} from {} ({} to {}) on",
                        view.label(change.to),
                        value(change.at.value),
                        value(change.at.low),
                        value(change.at.high)
                    )
                })
                .collect();
            format!(
                "{} {is_best} at the least value of {input}, then {}.",
                view.label(found.best_first),
                listed(&steps)
            )
        }
    }
}

fn changes(view: &View<'_>, found: &Thresholds) -> Option<DataTable> {
    if found.changes.is_empty() {
        return None;
    }
    let header = vec![
        "\nbest below".to_owned(),
        "\nbest above".to_owned(),
        "threshold\n(95 % interval)".to_owned(),
        "exists in\nresamples".to_owned(),
    ];
    let value = |value: f64| view.input_value(found.input, value);
    let rows = found.changes.iter().map(|change| {
        vec![
            view.name(change.from).to_owned(),
            view.name(change.to).to_owned(),
            format!("{} ({} to {})", value(change.at.value), value(change.at.low), value(change.at.high)),
            percent(change.share, view.typography),
        ]
    });
    Some(table(format!("Thresholds of {}", view.input(found.input).name), header, rows.collect()))
}

/// Each alternative at both ends.
fn ends(view: &View<'_>, found: &Thresholds) -> DataTable {
    let scale = view.scale(found.outcome, found.means.iter().flatten().copied());
    let at =
        |place: Option<&f64>| place.map_or_else(super::dash, |value| view.input_value(found.input, *value));
    let header = vec![
        "\nalternative".to_owned(),
        format!("at {}\n{}", at(found.values.first()), scale.unit()),
        format!("at {}\n{}", at(found.values.last()), scale.unit()),
    ];
    let rows = found.alternatives.iter().zip(&found.means).map(|(id, means)| {
        let end = |mean: Option<&f64>| mean.map_or_else(super::dash, |mean| scale.number(*mean));
        vec![view.name(*id).to_owned(), end(means.first()), end(means.last())]
    });
    let outcome = view.outcome(found.outcome);
    table(format!("{} ({}), mean", outcome.label, outcome.figure), header, rows.collect())
}

fn means(view: &View<'_>, found: &Thresholds) -> DataTable {
    let scale = view.scale(found.outcome, found.means.iter().flatten().copied());
    let mut header = vec![view.input(found.input).name.clone()];
    header.extend(found.alternatives.iter().map(|id| view.name(*id).to_owned()));
    let rows = found.values.iter().enumerate().map(|(place, value)| {
        let mut row = vec![view.input_value(found.input, *value)];
        row.extend(found.means.iter().map(|means| scale.number(means[place])));
        row
    });
    let words = view.outcome_words(found.outcome);
    table(format!("Mean {words} at each value{}", scale.in_unit()), header, rows.collect())
}
