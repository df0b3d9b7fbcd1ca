//! The best alternative, with a guarantee.

use super::{Section, counted, table};
use crate::report::money::percent;
use crate::report::study::view::{View, listed};
use crate::study::analyses::select::{Candidate, Procedure, Selection};

pub(super) fn section(view: &View<'_>, found: &Selection, anchor: String) -> Section {
    let words = view.outcome_words(found.outcome);
    let points = found.candidates.iter().flat_map(|candidate| [candidate.mean, candidate.deviation]);
    let scale = view.scale(found.outcome, found.candidates.iter().map(|candidate| candidate.mean));
    let spread = view.difference_scale(found.outcome, points.skip(1).step_by(2));
    let header = vec![
        "\nalternative".to_owned(),
        format!("mean\n{}", scale.unit()),
        format!("deviation\n{}", spread.unit()),
        "\nreplications".to_owned(),
        "\nfate".to_owned(),
    ];
    let mut sorted: Vec<&Candidate> = found.candidates.iter().collect();
    let better = view.outcome(found.outcome).better;
    sorted.sort_by(|a, b| better.loss(a.mean).total_cmp(&better.loss(b.mean)));
    let rows = sorted.iter().map(|candidate| {
        let fate = match candidate.dropped {
            _ if candidate.alternative == found.best && found.finished => "selected".to_owned(),
            _ if candidate.alternative == found.best => "best so far".to_owned(),
            Some(after) => format!("dropped after {}", view.count(after)),
            None => "kept".to_owned(),
        };
        vec![
            view.name(candidate.alternative).to_owned(),
            scale.number(candidate.mean),
            spread.number(candidate.deviation),
            view.count(candidate.replications),
            fate,
        ]
    });
    Section {
        anchor,
        heading: format!(
            "Select the best of {} by {words}",
            counted(view, found.candidates.len(), "alternative", "alternatives")
        ),
        answer: answer(view, found),
        how: format!("{}: {}", procedure(found.procedure), full_stop(&found.guarantee)),
        tables: vec![table(
            format!("{} ({})", view.outcome(found.outcome).label, view.outcome(found.outcome).figure),
            header,
            rows.collect(),
        )],
        more: Vec::new(),
        doubts: doubts(view, found),
        says: "It says which alternative has the best mean, and how surely the procedure picks it. It does not say \
               by how much it is better, nor which alternative is the second: means of what was dropped early rest \
               on few replications.",
        words: &["indifference", "guarantee", "half-width"],
    }
}

fn answer(view: &View<'_>, found: &Selection) -> String {
    let label = view.label(found.best);
    let is_best = view.is_best(found.outcome);
    let means = || found.candidates.iter().filter(|candidate| candidate.alternative == found.best);
    let mean = means().next().map_or(f64::NAN, |candidate| candidate.mean);
    let scale = view.scale(found.outcome, [mean]);
    let used = view.count(found.used);
    match (found.finished, found.procedure) {
        (false, _) => {
            let needed = match found.needed {
                u32::MAX => "no number of them would tell".to_owned(),
                needed => format!("{} would be needed", view.about(needed.into())),
            };
            format!(
                "The budget of {used} evaluations is too small to tell: {label} {is_best} so far, {}, and {needed}.",
                scale.amount(mean)
            )
        }
        (true, Procedure::Ocba) => format!(
            "{label} {is_best}: {} on average over the replications that {used} evaluations gave it, without a \
             guarantee.",
            scale.amount(mean)
        ),
        (true, _) => {
            let delta = view.difference_scale(found.outcome, [found.delta]);
            format!(
                "{label} {is_best}: {} on average, chosen with {} confidence if it leads by {} or more.",
                scale.amount(mean),
                percent(found.level, view.typography),
                delta.amount(found.delta),
            )
        }
    }
}

fn procedure(procedure: Procedure) -> &'static str {
    match procedure {
        Procedure::Kn => "Kim and Nelson’s procedure under common random numbers",
        Procedure::Rinott => "Rinott’s two stages, sampled independently",
        Procedure::Ocba => "Optimal computing budget allocation (OCBA), a heuristic",
    }
}

/// A sentence from elsewhere, ended.
fn full_stop(text: &str) -> String {
    let text = text.trim();
    if text.ends_with('.') { text.to_owned() } else { format!("{text}.") }
}

fn doubts(view: &View<'_>, found: &Selection) -> Vec<String> {
    let mut doubts = Vec::new();
    let close: Vec<String> = close(view, found).map(|candidate| view.label(candidate.alternative)).collect();
    if !close.is_empty() && found.procedure != Procedure::Ocba {
        let delta = view.difference_scale(found.outcome, [found.delta]);
        doubts.push(format!(
            "Within the indifference zone of {} of the best, so as good for this purpose: {}.",
            delta.amount(found.delta),
            listed(&close)
        ));
    }
    doubts
}

/// Those whose mean is within the indifference zone of the best's.
fn close<'f>(view: &View<'_>, found: &'f Selection) -> impl Iterator<Item = &'f Candidate> {
    let better = view.outcome(found.outcome).better;
    let best = found.candidates.iter().find(|candidate| candidate.alternative == found.best);
    let limit = best.map_or(f64::NAN, |best| better.loss(best.mean) + found.delta);
    found
        .candidates
        .iter()
        .filter(move |candidate| candidate.alternative != found.best && better.loss(candidate.mean) < limit)
}
