//! How much of the variation is ignorance and how much is chance.

use super::{Section, dash, table};
use crate::report::money::{number, percent};
use crate::report::study::view::{View, listed, lowered};
use crate::study::analyses::Estimate;
use crate::study::analyses::split::{Parts, Split};

pub(super) fn section(view: &View<'_>, found: &Split, anchor: String) -> Section {
    let mut tables = Vec::new();
    let mut outcomes: Vec<usize> = found.parts.iter().map(|parts| parts.outcome).collect();
    outcomes.sort_unstable();
    outcomes.dedup();
    for outcome in &outcomes {
        let parts: Vec<&Parts> = found.parts.iter().filter(|parts| parts.outcome == *outcome).collect();
        tables.push(of_outcome(view, *outcome, &parts));
    }
    Section {
        anchor,
        heading: "Split the variation into ignorance and chance".to_owned(),
        answer: answer(view, found, outcomes.first().copied()),
        how: format!(
            "{} draws of all uncertain inputs with {} courses of chance each, taken apart by a one-way analysis of \
             variance.",
            view.count(found.draws),
            view.count(found.replications)
        ),
        tables,
        more: Vec::new(),
        doubts: doubts(view, found),
        says: "It says how much better knowledge of the inputs could narrow the range, and what would stay luck. It \
               does not say which input: that is what sensitivity asks.",
        words: &["ignorance", "pooled"],
    }
}

fn answer(view: &View<'_>, found: &Split, outcome: Option<usize>) -> String {
    let Some(outcome) = outcome else { return "Nothing was taken apart.".to_owned() };
    let shares: Vec<(&Parts, Estimate)> = found
        .parts
        .iter()
        .filter(|parts| parts.outcome == outcome)
        .filter_map(|parts| Some((parts, parts.share?)))
        .collect();
    let words = view.outcome_words(outcome);
    let text = |share: &Estimate| percent(share.value.clamp(0.0, 1.0), view.typography);
    let least = shares.iter().min_by(|a, b| a.1.value.total_cmp(&b.1.value));
    let most = shares.iter().max_by(|a, b| a.1.value.total_cmp(&b.1.value));
    match (least, most) {
        (Some((parts, share)), Some(_)) if shares.len() == 1 => format!(
            "Of the variance of {words} of {}, {} ({}) is ignorance of the inputs and the rest is chance.",
            view.label(parts.alternative),
            text(share),
            bare(view, share),
        ),
        (Some((least, low)), Some((most, high))) => format!(
            "Of the variance of {words}, ignorance of the inputs is between {} ({}) and {} ({}), and the rest is \
             chance.",
            text(low),
            view.label(least.alternative),
            text(high),
            view.label(most.alternative),
        ),
        _ => format!("{} does not vary.", view.outcome(outcome).label),
    }
}

/// `88 to 95 %`.
fn bare(view: &View<'_>, share: &Estimate) -> String {
    let end = |value: f64| number(value.clamp(0.0, 1.0) * 100.0, 0, view.typography);
    format!("{} to {}{}%", end(share.low), end(share.high), view.space())
}

fn of_outcome(view: &View<'_>, outcome: usize, parts: &[&Parts]) -> crate::report::data_table::DataTable {
    let scale = view.scale(outcome, parts.iter().map(|parts| parts.mean));
    let deviation = |variance: f64| libm::sqrt(variance.max(0.0));
    let spreads = parts.iter().flat_map(|parts| [deviation(parts.ignorance), deviation(parts.chance)]);
    let spread = view.difference_scale(outcome, spreads);
    let known = view.outcome(outcome);
    let deviation_in =
        if spread.unit().is_empty() { "sd".to_owned() } else { format!("sd, {}", spread.unit()) };
    let mut header = vec![
        "\nalternative".to_owned(),
        format!("mean\n{}", scale.unit()),
        format!("ignorance\n{deviation_in}"),
        format!("chance\n{deviation_in}"),
        "ignorance, share\nof the variance".to_owned(),
    ];
    let has_target = parts.iter().any(|parts| parts.missed.is_some());
    if has_target {
        header.push("target missed\n(95 % interval)".to_owned());
        header.push("missed, 5 to\n95 % of draws".to_owned());
    }
    let rows = parts.iter().map(|parts| {
        let mut row = vec![
            view.name(parts.alternative).to_owned(),
            scale.number(parts.mean),
            spread.number(deviation(parts.ignorance)),
            spread.number(deviation(parts.chance)),
            parts.share.map_or_else(dash, |share| {
                let value = number(share.value * 100.0, 0, view.typography);
                format!("{value}{}% ({})", view.space(), bare(view, &share))
            }),
        ];
        if has_target {
            row.push(parts.missed.map_or_else(dash, |missed| {
                let pooled = percent(missed.pooled.value, view.typography);
                format!("{pooled} ({})", bare(view, &missed.pooled))
            }));
            row.push(parts.missed.map_or_else(dash, |missed| {
                let end = |share: f64| number(share * 100.0, 0, view.typography);
                format!("{} to {}{}%", end(missed.p5), end(missed.p95), view.space())
            }));
        }
        row
    });
    let caption = match known.target.filter(|_| has_target) {
        Some(target) => {
            format!(
                "{} ({}), target {}",
                known.label,
                known.figure,
                view.scale(outcome, [target]).amount(target)
            )
        }
        None => format!("{} ({})", known.label, known.figure),
    };
    table(caption, header, rows.collect())
}

fn doubts(view: &View<'_>, found: &Split) -> Vec<String> {
    let mut doubts = Vec::new();
    let below: Vec<String> = found
        .parts
        .iter()
        .filter(|parts| parts.ignorance < 0.0)
        .map(|parts| {
            format!("{} of {}", lowered(&view.outcome(parts.outcome).label), view.label(parts.alternative))
        })
        .collect();
    if !below.is_empty() {
        doubts.push(format!(
            "The estimate of ignorance is below zero for {}: it is unbiased, so where there is next to none it falls \
             on both sides of zero; read it as none.",
            listed(&below)
        ));
    }
    if found.parts.iter().any(|parts| parts.missed.is_some()) && found.replications < 20 {
        doubts.push(format!(
            "How often a target is missed given the inputs rests on {} courses of chance a draw, so its 5 to 95 % \
             range is coarse; the pooled probability is not.",
            view.count(found.replications)
        ));
    }
    doubts
}
