//! Where an alternative fails.

use super::{Section, counted, dash, table};
use crate::report::data_table::DataTable;
use crate::report::money::{number, percent};
use crate::report::study::view::{View, listed, raised};
use crate::study::analyses::discover::{Discovery, FoundBox, Limit};

pub(super) fn section(view: &View<'_>, found: &Discovery, anchor: String) -> Section {
    let case = case(view, found);
    let mut tables = vec![boxes(view, found)];
    tables.retain(|table| !table.rows.is_empty());
    let more = found.boxes.iter().enumerate().filter_map(|(place, found)| trajectory(view, place, found));
    Section {
        anchor,
        heading: format!("Discover where {case}"),
        answer: answer(view, found, &case),
        how: format!(
            "{} futures on a Latin hypercube over the inputs, each the mean of {}; {} of them are cases. Boxes by \
             the patient rule induction method (PRIM).",
            view.count(found.futures),
            counted(view, found.replications as usize, "replication", "replications"),
            view.count(found.cases),
        ),
        tables,
        more: more.collect(),
        doubts: doubts(view, found),
        says: "It says in which corner of the inputs the cases crowd. It does not say how probable that corner is \
               beyond the ranges given to the inputs, nor that the inputs named are the cause: look at the quasi-p \
               of each limit and at the cases outside the box.",
        words: &["coverage", "density", "mass", "quasi-p"],
    }
}

/// What makes a future a case: `net present cost of Renew is above 9.00 MEUR`.
pub(super) fn case(view: &View<'_>, found: &Discovery) -> String {
    let scale = view.measure_scale(&found.measure, [found.worse_than]);
    let outcome = found.measure.outcome;
    if let (Some(minus), true) = (found.measure.minus, found.worse_than == 0.0) {
        return format!("{} {}", view.label(found.measure.of), view.is_worse_than(outcome, minus));
    }
    let words = view.measure_words(&found.measure);
    // A difference of dates is not itself later than anything.
    let than = match (found.measure.minus, view.outcome(outcome).better) {
        (Some(_), crate::study::Better::Lower) => "above",
        (Some(_), crate::study::Better::Higher) => "below",
        (None, _) => view.worse_than(outcome),
    };
    format!("{words} is {than} {}", scale.amount(found.worse_than))
}

/// A case as the beginning of a sentence: names keep their letters.
fn raised_unless_named(view: &View<'_>, found: &Discovery, case: &str) -> String {
    if case.starts_with(&view.label(found.measure.of)) { case.to_owned() } else { raised(case) }
}

/// `vcf_discount is under 23 %`.
pub(super) fn limit(view: &View<'_>, limit: &Limit) -> String {
    let name = &view.input(limit.input).name;
    let value = |value: f64| view.input_value(limit.input, value);
    match (limit.low, limit.high) {
        (Some(low), Some(high)) => format!("{name} is from {} to {}", value(low), value(high)),
        (Some(low), None) => format!("{name} is above {}", value(low)),
        (None, Some(high)) => format!("{name} is under {}", value(high)),
        (None, None) => format!("{name} is anything"),
    }
}

fn answer(view: &View<'_>, found: &Discovery, case: &str) -> String {
    let share = f64::from(found.cases) / f64::from(found.futures.max(1));
    let Some(first) = found.boxes.first() else {
        return match found.cases {
            0 => format!("In none of the {} futures it happens that {case}.", view.count(found.futures)),
            cases if cases == found.futures => {
                format!("In every one of the {} futures {case}.", view.count(found.futures))
            }
            _ => format!(
                "No box of the inputs tells where {case}: it happens in {} of the futures, all over their range.",
                percent(share, view.typography)
            ),
        };
    };
    let limits: Vec<String> = first.limits.iter().map(|one| limit(view, one)).collect();
    let mostly = if first.coverage > 0.5 { "mostly" } else { "more often" };
    format!(
        "{} {mostly} where {}: there in {} of the futures against {} overall, and {} of all such futures lie there.",
        raised_unless_named(view, found, case),
        listed(&limits),
        percent(first.density, view.typography),
        percent(first.base, view.typography),
        percent(first.coverage, view.typography),
    )
}

fn boxes(view: &View<'_>, found: &Discovery) -> DataTable {
    let mut rows = Vec::new();
    for (place, found) in found.boxes.iter().enumerate() {
        for (line, one) in found.limits.iter().enumerate() {
            let once = |text: String| if line == 0 { text } else { String::new() };
            let end =
                |value: Option<f64>| value.map_or_else(dash, |value| view.input_value(one.input, value));
            rows.push(vec![
                view.input(one.input).name.clone(),
                (place + 1).to_string(),
                end(one.low),
                end(one.high),
                quasi_p(view, one.quasi_p),
                once(percent(found.coverage, view.typography)),
                once(percent(found.density, view.typography)),
                once(percent(found.mass, view.typography)),
            ]);
        }
    }
    let header =
        ["input", "box", "at least", "at most", "quasi-p", "coverage", "density", "mass"].map(str::to_owned);
    table(format!("Boxes where {}", case(view, found)), header.to_vec(), rows)
}

fn quasi_p(view: &View<'_>, value: f64) -> String {
    if value < 0.001 { "<0.001".to_owned() } else { number(value, 3, view.typography) }
}

/// Coverage against density on the way of peeling.
fn trajectory(view: &View<'_>, place: usize, found: &FoundBox) -> Option<DataTable> {
    if found.trajectory.is_empty() {
        return None;
    }
    let header = ["Step", "Coverage", "Density"].map(str::to_owned).to_vec();
    let rows = found.trajectory.iter().enumerate().map(|(step, (coverage, density))| {
        vec![(step + 1).to_string(), percent(*coverage, view.typography), percent(*density, view.typography)]
    });
    Some(table(format!("The way of box {}: what each peel traded", place + 1), header, rows.collect()))
}

fn doubts(view: &View<'_>, found: &Discovery) -> Vec<String> {
    // Where there is no box the answer has said so already.
    let is_said = |note: &&String| found.boxes.is_empty() && note.starts_with("In ");
    let mut doubts: Vec<String> = found.notes.iter().filter(|note| !is_said(note)).cloned().collect();
    for (place, one) in found.boxes.iter().enumerate() {
        let weak: Vec<String> = one
            .limits
            .iter()
            .filter(|limit| limit.quasi_p > 0.05)
            .map(|limit| view.input(limit.input).name.clone())
            .collect();
        if !weak.is_empty() {
            doubts.push(format!(
                "In box {} the limit on {} may be an accident of the sample (quasi-p above 0.05).",
                place + 1,
                listed(&weak)
            ));
        }
    }
    doubts
}
