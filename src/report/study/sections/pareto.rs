//! What cannot be improved without giving something up.

use super::{Section, counted, table};
use crate::report::data_table::DataTable;
use crate::report::money::percent;
use crate::report::study::scale::Scale;
use crate::report::study::view::{View, listed, lowered};
use crate::study::analyses::pareto::{Front, Objective, Scored, Statistic};

pub(super) fn section(view: &View<'_>, found: &Front, anchor: String) -> Section {
    let labels: Vec<String> =
        found.objectives.iter().map(|objective| lowered(&objective_label(view, objective))).collect();
    Section {
        anchor,
        heading: format!("Trade-off of {}", listed(&labels)),
        answer: answer(view, found),
        how: format!(
            "{} of each alternative with the same inputs and the same chance. The front dominates {} of the box \
             between the ideal point and the reference ({}).",
            counted(view, found.replications as usize, "replication", "replications"),
            percent(found.hypervolume, view.typography),
            reference(view, found),
        ),
        tables: vec![candidates(view, found)],
        more: Vec::new(),
        doubts: doubts(found),
        says: "It says which alternatives are dominated, another one being at least as good in everything, and what the others trade. It \
               does not say which trade is right: the knee is nearest to the ideal point when every objective is \
               scaled to the front’s range, which is a convention, not a preference.",
        words: &["efficient", "knee", "hypervolume", "tail"],
    }
}

/// `Net present cost`, or `Net present cost (worst 5 %)`.
pub(crate) fn objective_label(view: &View<'_>, objective: &Objective) -> String {
    let label = &view.outcome(objective.outcome).label;
    match objective.statistic {
        Statistic::Mean => label.clone(),
        Statistic::Tail => format!("{label} (worst 5 %)"),
    }
}

/// How the values of one objective are written.
pub(crate) fn objective_scale<'a>(view: &View<'a>, found: &Front, place: usize) -> Scale<'a> {
    let values = found.candidates.iter().map(|candidate| candidate.values[place]);
    view.scale(found.objectives[place].outcome, values)
}

fn amounts(view: &View<'_>, found: &Front, values: &[f64]) -> String {
    let parts: Vec<String> = (0..found.objectives.len())
        .map(|place| {
            let label = lowered(&objective_label(view, &found.objectives[place]));
            format!("{label} {}", objective_scale(view, found, place).amount(values[place]))
        })
        .collect();
    listed(&parts)
}

fn reference(view: &View<'_>, found: &Front) -> String {
    amounts(view, found, &found.reference)
}

fn answer(view: &View<'_>, found: &Front) -> String {
    let efficient = found.candidates.iter().filter(|candidate| candidate.efficient).count();
    let Some(knee) = found.candidates.iter().find(|candidate| candidate.alternative == found.knee) else {
        return "No alternative was judged.".to_owned();
    };
    let values = amounts(view, found, &knee.values);
    if efficient == 1 {
        return format!(
            "{} is at least as good as every other in everything: {values}.",
            view.label(found.knee)
        );
    }
    if efficient == 2 {
        let ends: Vec<String> = found
            .candidates
            .iter()
            .filter(|candidate| candidate.efficient)
            .map(|candidate| {
                format!("{} ({})", view.label(candidate.alternative), amounts(view, found, &candidate.values))
            })
            .collect();
        return format!(
            "Two alternatives are worth a choice, each an end of the trade-off: {}.",
            listed(&ends)
        );
    }
    format!(
        "{} of {} alternatives are worth a choice, the others are dominated; the knee is {}: {values}.",
        view.count(efficient as f64),
        view.count(found.candidates.len() as f64),
        view.label(found.knee),
    )
}

fn candidates(view: &View<'_>, found: &Front) -> DataTable {
    let scales: Vec<Scale<'_>> =
        (0..found.objectives.len()).map(|place| objective_scale(view, found, place)).collect();
    let mut header = vec!["\nalternative".to_owned()];
    for (objective, scale) in found.objectives.iter().zip(&scales) {
        let unit = scale.unit();
        let unit = if unit.is_empty() { String::new() } else { format!(", {unit}") };
        header.push(format!("{}\n±{unit}", objective_label(view, objective)));
    }
    header.push("\nefficient".to_owned());
    header.push("in resamples".to_owned());
    // Those on the front first, by the first objective; then the others as they are.
    let mut sorted: Vec<&Scored> = found.candidates.iter().collect();
    let better = found.objectives.first().map(|objective| view.outcome(objective.outcome).better);
    sorted.sort_by(|a, b| {
        let loss = |scored: &Scored| better.map_or(0.0, |better| better.loss(scored.values[0]));
        b.efficient.cmp(&a.efficient).then(loss(a).total_cmp(&loss(b)))
    });
    let rows = sorted.iter().map(|candidate| {
        let mut row = vec![view.name(candidate.alternative).to_owned()];
        let values = candidate.values.iter().zip(&candidate.half_widths).zip(&scales);
        row.extend(values.map(|((value, half), scale)| scale.with_half_width(*value, *half)));
        row.push(match (candidate.efficient, candidate.alternative == found.knee) {
            (_, true) => "knee".to_owned(),
            (true, false) => "yes".to_owned(),
            (false, false) => "no".to_owned(),
        });
        row.push(percent(candidate.efficient_share, view.typography));
        row
    });
    table("Alternatives: those on the front first", header, rows.collect())
}

/// What the analysis says beside what the answer has said already.
fn doubts(found: &Front) -> Vec<String> {
    let is_said =
        |note: &&String| note.contains("on the front; the knee") || note.contains("nothing to trade");
    found.notes.iter().filter(|note| !is_said(note)).cloned().collect()
}
