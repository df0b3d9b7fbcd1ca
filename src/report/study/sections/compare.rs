//! Alternatives under common random numbers.

use super::{Section, counted, dash, table};
use crate::report::data_table::DataTable;
use crate::report::money::{number, percent};
use crate::report::study::scale::Scale;
use crate::report::study::view::{View, listed};
use crate::study::analyses::Estimate;
use crate::study::analyses::compare::{Compared, Comparison, Each, Pair};
use crate::study::trials::AlternativeId;

/// So many pairs that are not separated are named one by one.
const NAMED: usize = 4;

pub(super) fn section(view: &View<'_>, found: &Comparison, anchor: String) -> Section {
    let labels: Vec<String> =
        found.outcomes.iter().map(|compared| view.outcome_words(compared.outcome)).collect();
    let answer = found
        .outcomes
        .first()
        .map_or_else(|| "Nothing was compared.".to_owned(), |compared| answer(view, found, compared));
    Section {
        anchor,
        heading: format!(
            "Compare {} by {}",
            counted(view, found.alternatives.len(), "alternative", "alternatives"),
            listed(&labels)
        ),
        answer,
        how: how(view, found),
        tables: found.outcomes.iter().map(|compared| each(view, found, compared)).collect(),
        more: found.outcomes.iter().map(|compared| pairs(view, compared)).collect(),
        doubts: doubts(view, found),
        says: "It says how far apart the alternatives are on average, when each meets the same inputs and the same \
               luck. It does not say that one is better in every future: that is the share of the replications in \
               which it is the best. An interval that leaves out zero is no proof that the difference matters.",
        words: &["half-width", "range", "best in", "bonferroni", "reduction"],
    }
}

/// The alternative with the best mean, and its place in the comparison.
fn best(view: &View<'_>, compared: &Compared) -> usize {
    let better = view.outcome(compared.outcome).better;
    let means = compared.each.iter().map(|each| each.summary.mean);
    let mut best = 0;
    for (place, mean) in means.enumerate() {
        if better.prefers(mean, compared.each[best].summary.mean) {
            best = place;
        }
    }
    best
}

/// The next best mean after the best.
fn next(view: &View<'_>, compared: &Compared, best: usize) -> Option<usize> {
    let better = view.outcome(compared.outcome).better;
    (0..compared.each.len()).filter(|place| *place != best).min_by(|a, b| {
        let loss = |place: usize| better.loss(compared.each[place].summary.mean);
        loss(*a).total_cmp(&loss(*b))
    })
}

/// The difference of `of` less `minus` with its interval, whichever way it was asked.
fn difference(compared: &Compared, of: AlternativeId, minus: AlternativeId) -> Option<(Estimate, &Pair)> {
    compared.pairs.iter().find_map(|pair| {
        if (pair.of, pair.minus) == (of, minus) {
            Some((pair.difference, pair))
        } else if (pair.minus, pair.of) == (of, minus) {
            let Estimate { value, low, high } = pair.difference;
            Some((Estimate { value: -value, low: -high, high: -low }, pair))
        } else {
            None
        }
    })
}

fn answer(view: &View<'_>, found: &Comparison, compared: &Compared) -> String {
    let best = best(view, compared);
    let (id, each) = (found.alternatives[best], &compared.each[best]);
    let chance = format!("the best in {} of the replications", percent(each.best.value, view.typography));
    // With the first alternative, or where that is the best itself, with the next one.
    let other = if best == 0 { next(view, compared, best) } else { Some(0) };
    let against =
        other.and_then(|other| difference(compared, id, found.alternatives[other]).zip(Some(other)));
    let Some(((estimate, pair), other)) = against else {
        let scale = view.scale(compared.outcome, [each.summary.mean]);
        let is_best = view.is_best(compared.outcome);
        return format!("{} {is_best}: {}, {chance}.", view.label(id), scale.amount(each.summary.mean));
    };
    let other = view.label(found.alternatives[other]);
    if is_same(pair) {
        return format!("{} and {other} do not differ in any replication.", view.label(id));
    }
    let scale = view.difference_scale(compared.outcome, [estimate.value, estimate.low, estimate.high]);
    let than = view.than(compared.outcome, estimate.value);
    let towards = if estimate.value < 0.0 { -1.0 } else { 1.0 };
    let (a, b) = (estimate.low * towards, estimate.high * towards);
    let size = format!(
        "{} {than} {other} ({})",
        scale.amount(estimate.value.abs()),
        scale.range(a.min(b), a.max(b))
    );
    let is_best = view.is_best(compared.outcome);
    if pair.separated {
        format!("{} {is_best}: {size}, {chance}.", view.label(id))
    } else {
        format!(
            "{} {is_best} on average, but is not separated from {other}: {size}, {chance}.",
            view.label(id)
        )
    }
}

/// Whether two alternatives are the same in every replication.
fn is_same(pair: &Pair) -> bool {
    pair.difference.value == 0.0 && pair.difference.low == 0.0 && pair.difference.high == 0.0
}

/// What common luck saves: variance-reduction factors of the first outcome.
fn saved(view: &View<'_>, compared: &Compared) -> Option<String> {
    let factors = |of: fn(&Pair) -> Option<f64>| {
        let mut factors: Vec<f64> = compared.pairs.iter().filter_map(of).collect();
        factors.sort_by(f64::total_cmp);
        let (least, most) = (*factors.first()?, *factors.last()?);
        let least_text = number(least, 1, view.typography);
        let most_text = number(most, 1, view.typography);
        Some(if least_text == most_text { least_text } else { format!("{least_text} to {most_text}") })
    };
    let total = factors(|pair| pair.reduction)?;
    let fixed = factors(|pair| pair.reduction_fixed)
        .map_or_else(String::new, |fixed| format!(" (with the inputs fixed, by {fixed})"));
    Some(format!(
        " Common random numbers divide the variance of differences in {} by {total}{fixed}.",
        view.outcome_words(compared.outcome)
    ))
}

fn how(view: &View<'_>, found: &Comparison) -> String {
    let level = percent(found.level, view.typography);
    let mut how = format!(
        "{} replications of each alternative with the same inputs and the same chance; the intervals of one outcome \
         hold together at {level}",
        view.count(found.replications)
    );
    match found.reached {
        Some(reached) if reached.reached => {
            how.push_str("; stopped because the half-width asked for was reached")
        }
        Some(_) => how.push_str("; stopped because the budget was used up"),
        None => {}
    }
    how.push('.');
    if let Some(saved) = found.outcomes.first().and_then(|compared| saved(view, compared)) {
        how.push_str(&saved);
    }
    how
}

/// One row an alternative: the table of the terminal.
fn each(view: &View<'_>, found: &Comparison, compared: &Compared) -> DataTable {
    let points = compared.each.iter().flat_map(|each| {
        let summary = &each.summary;
        [summary.mean, summary.p5, summary.p95]
    });
    let scale = view.scale(compared.outcome, points);
    let first = found.alternatives[0];
    let with_first: Vec<Option<(Estimate, &Pair)>> =
        found.alternatives.iter().map(|id| difference(compared, *id, first)).collect();
    let ends =
        with_first.iter().flatten().flat_map(|(estimate, _)| [estimate.value, estimate.low, estimate.high]);
    let differences = view.difference_scale(compared.outcome, ends);
    let rows = found.alternatives.iter().zip(&compared.each).zip(&with_first).map(|((id, each), pair)| {
        let Each { summary, best, .. } = each;
        vec![
            view.name(*id).to_owned(),
            scale.with_half_width(summary.mean, summary.half_width_95),
            scale.range(summary.p5, summary.p95),
            share(view, best),
            pair.map_or_else(dash, |(estimate, _)| differences.estimate(&estimate)),
            pair.map_or_else(dash, |(_, pair)| verdict(view, pair)),
        ]
    });
    let outcome = view.outcome(compared.outcome);
    let unit = |scale: &Scale<'_>| {
        let unit = scale.unit();
        if unit.is_empty() { "value".to_owned() } else { unit }
    };
    let header = vec![
        "\nalternative".to_owned(),
        format!("mean ±\n{}", unit(&scale)),
        format!("5 to 95 %\n{}", unit(&scale)),
        "best in\nreplications".to_owned(),
        format!("less {}\n{}", short(view.name(first)), unit(&differences)),
        "separated?\n(needs)".to_owned(),
    ];
    table(format!("{} ({})", outcome.label, outcome.figure), header, rows.collect())
}

fn short(name: &str) -> String {
    if name.chars().count() <= 16 { name.to_owned() } else { "the first".to_owned() }
}

/// A share with its interval: `97 % (94 to 99)`.
fn share(view: &View<'_>, share: &Estimate) -> String {
    let bare = |value: f64| number(value * 100.0, 0, view.typography);
    format!("{} ({} to {})", percent(share.value, view.typography), bare(share.low), bare(share.high))
}

fn verdict(view: &View<'_>, pair: &Pair) -> String {
    match (pair.separated, pair.needed) {
        (true, _) => "yes".to_owned(),
        (false, _) if is_same(pair) => "the same".to_owned(),
        (false, Some(needed)) => format!("no ({})", view.about(needed as f64)),
        (false, None) => "no".to_owned(),
    }
}

/// Every pair: the table of the page.
fn pairs(view: &View<'_>, compared: &Compared) -> DataTable {
    let ends = compared
        .pairs
        .iter()
        .flat_map(|pair| [pair.difference.value, pair.difference.low, pair.difference.high]);
    let scale = view.difference_scale(compared.outcome, ends);
    let factor = |factor: Option<f64>| factor.map_or_else(dash, |factor| number(factor, 1, view.typography));
    let rows = compared.pairs.iter().map(|pair| {
        vec![
            format!("{} less {}", view.name(pair.of), view.name(pair.minus)),
            scale.estimate(&pair.difference),
            percent(pair.better, view.typography),
            verdict(view, pair),
            factor(pair.reduction),
            factor(pair.reduction_fixed),
            pair.skewed.map_or_else(dash, |skewed| scale.estimate(&skewed.bootstrap)),
        ]
    });
    let header = [
        "Pair",
        "Difference",
        "Better in",
        "Separated (replications needed)",
        "Variance reduction",
        "The same, inputs fixed",
        "Bootstrap, where skewed",
    ];
    table(
        format!("Differences in {}{}", view.outcome_words(compared.outcome), scale.in_unit()),
        header.map(str::to_owned).to_vec(),
        rows.collect(),
    )
}

fn doubts(view: &View<'_>, found: &Comparison) -> Vec<String> {
    let mut doubts = Vec::new();
    if let Some(reached) = found.reached.filter(|reached| !reached.reached) {
        let needs = match reached.needed {
            u32::MAX => "no number would do".to_owned(),
            needed => format!("it needs {}", view.about(needed.into())),
        };
        doubts.push(format!(
            "The half-width asked for was not reached with {} replications: {needs}.",
            view.count(found.replications)
        ));
    }
    for compared in &found.outcomes {
        let words = view.outcome_words(compared.outcome);
        let open: Vec<&Pair> =
            compared.pairs.iter().filter(|pair| !pair.separated && !is_same(pair)).collect();
        for pair in open.iter().take(NAMED) {
            let Estimate { value, low, high } = pair.difference;
            let scale = view.difference_scale(compared.outcome, [value, low, high]);
            let needs = pair.needed.map_or_else(String::new, |needed| {
                format!(": to separate them needs {} replications", view.about(needed as f64))
            });
            doubts.push(format!(
                "{} and {} are not separated in {words} ({}{}){needs}.",
                view.label(pair.of),
                view.label(pair.minus),
                scale.range(low, high),
                scale.in_unit().replace(", ", " "),
            ));
        }
        if open.len() > NAMED {
            let most = open[NAMED..].iter().filter_map(|pair| pair.needed).max();
            let needs = most.map_or_else(String::new, |needed| {
                format!(", the closest of which needs {} replications", view.about(needed as f64))
            });
            doubts.push(format!(
                "{} not separated in {words} either{needs}.",
                counted(view, open.len() - NAMED, "other pair is", "other pairs are"),
            ));
        }
        for (id, each) in found.alternatives.iter().zip(&compared.each) {
            if let Some(skewed) = each.skewed {
                let Estimate { value, low, high } = skewed.bootstrap;
                let scale = view.scale(compared.outcome, [value, low, high]);
                doubts.push(format!(
                    "The mean of {words} under {} is skewed (skewness {}): its ± may cover less often than it says; a \
                     bootstrap interval is {}{}, and the median does not depend on it.",
                    view.label(*id),
                    number(skewed.skewness, 1, view.typography),
                    scale.range(low, high),
                    scale.in_unit().replace(", ", " "),
                ));
            }
        }
        let skewed: Vec<&Pair> = compared.pairs.iter().filter(|pair| pair.skewed.is_some()).collect();
        if let Some(worst) = skewed.iter().max_by(|a, b| skewness(a).total_cmp(&skewness(b))) {
            doubts.push(format!(
                "Differences in {words} are skewed in {} (skewness up to {}, {} less {}): Student’s interval may \
                 cover less often than it says; the bootstrap interval stands beside it.",
                counted(view, skewed.len(), "pair", "pairs"),
                number(skewness(worst), 1, view.typography),
                view.label(worst.of),
                view.label(worst.minus),
            ));
        }
    }
    doubts
}

fn skewness(pair: &Pair) -> f64 {
    pair.skewed.map_or(0.0, |skewed| skewed.skewness.abs())
}
