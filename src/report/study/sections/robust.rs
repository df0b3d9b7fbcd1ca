//! Which alternative is least regretted.

use super::{Section, counted, dash, table};
use crate::report::data_table::DataTable;
use crate::report::money::{number, percent};
use crate::report::study::view::{View, listed};
use crate::study::analyses::robust::{Robust, Robustness};
use crate::study::trials::AlternativeId;

pub(super) fn section(view: &View<'_>, found: &Robustness, anchor: String) -> Section {
    Section {
        anchor,
        heading: format!("Robust in {} over uncertain futures", view.outcome_words(found.outcome)),
        answer: answer(view, found),
        how: format!(
            "{} futures on a Latin hypercube over the inputs, each the mean of {}; Hurwicz weighs the worst future \
             by {}, the conditional value at risk (CVaR) is the mean of the worst {}.",
            view.count(found.futures),
            counted(view, found.replications as usize, "replication", "replications"),
            number(found.pessimism, 2, view.typography),
            percent(found.tail, view.typography),
        ),
        tables: vec![regrets(view, found), criteria(view, found)],
        more: vec![winners(view, found)],
        doubts: doubts(view, found),
        says: "It says which alternative one would least wish to have chosen otherwise, without probabilities of the \
               futures. It does not weigh how likely a future is beyond the ranges given to the inputs; the greatest \
               regret rests on a single future of the sample and grows with their number.",
        words: &["regret", "criteria"],
    }
}

fn of(found: &Robustness, id: AlternativeId) -> Option<&Robust> {
    found.alternatives.iter().find(|robust| robust.alternative == id)
}

fn answer(view: &View<'_>, found: &Robustness) -> String {
    let id = found.winners.greatest_regret;
    let Some(robust) = of(found, id) else { return "No alternative was judged.".to_owned() };
    let scale = view.difference_scale(found.outcome, [robust.greatest_regret]);
    if robust.greatest_regret == 0.0 {
        return format!("{} is never regretted: it is the best in every future.", view.label(id));
    }
    let others: Vec<String> = prefer(found)
        .into_iter()
        .filter(|(_, winner)| *winner != id)
        .map(|(criterion, winner)| format!("{} by {criterion}", view.label(winner)))
        .collect();
    let rest = if others.is_empty() {
        "; every other criterion prefers it too".to_owned()
    } else {
        format!("; others prefer {}", listed(&others))
    };
    format!(
        "{} is least regretted: at worst {} off the best choice, and at most {} in nine futures of ten{rest}.",
        view.label(id),
        scale.amount(robust.greatest_regret),
        view.difference_scale(found.outcome, [robust.regret_p90]).amount(robust.regret_p90),
    )
}

/// Every criterion but the greatest regret with whom it prefers.
fn prefer(found: &Robustness) -> Vec<(&'static str, AlternativeId)> {
    let winners = &found.winners;
    let mut all = vec![
        ("regret at 90 %", winners.regret_p90),
        ("the worst future", winners.maximin),
        ("Hurwicz", winners.hurwicz),
        ("the mean", winners.laplace),
        ("CVaR", winners.cvar),
    ];
    all.extend(winners.satisficing.map(|winner| ("the target", winner)));
    all
}

fn regrets(view: &View<'_>, found: &Robustness) -> DataTable {
    let values =
        found.alternatives.iter().flat_map(|one| [one.greatest_regret, one.regret_p90, one.mean_regret]);
    let scale = view.difference_scale(found.outcome, values);
    let header = vec![
        "\nalternative".to_owned(),
        format!("greatest regret\n{}", scale.unit()),
        format!("regret, 90 %\n{}", scale.unit()),
        format!("mean regret\n{}", scale.unit()),
        "best in\nfutures".to_owned(),
        "meets the\ntarget in".to_owned(),
    ];
    let rows = found.alternatives.iter().map(|one| {
        vec![
            view.name(one.alternative).to_owned(),
            scale.number(one.greatest_regret),
            scale.number(one.regret_p90),
            scale.number(one.mean_regret),
            percent(one.best_in, view.typography),
            one.satisficing.map_or_else(dash, |share| percent(share, view.typography)),
        ]
    });
    table(format!("Regret in {}", view.outcome_words(found.outcome)), header, rows.collect())
}

fn criteria(view: &View<'_>, found: &Robustness) -> DataTable {
    let values =
        found.alternatives.iter().flat_map(|one| [one.worst, one.best, one.hurwicz, one.laplace, one.cvar]);
    let scale = view.scale(found.outcome, values);
    let unit = scale.unit();
    let header = vec![
        "\nalternative".to_owned(),
        format!("worst future\n{unit}"),
        format!("CVaR\n{unit}"),
        format!("Hurwicz\n{unit}"),
        format!("mean (Laplace)\n{unit}"),
        format!("best future\n{unit}"),
    ];
    let rows = found.alternatives.iter().map(|one| {
        let mut row = vec![view.name(one.alternative).to_owned()];
        row.extend(
            [one.worst, one.cvar, one.hurwicz, one.laplace, one.best].map(|value| scale.number(value)),
        );
        row
    });
    let outcome = view.outcome(found.outcome);
    table(format!("{} ({}) over the futures", outcome.label, outcome.figure), header, rows.collect())
}

fn winners(view: &View<'_>, found: &Robustness) -> DataTable {
    let mut rows =
        vec![vec!["greatest regret".to_owned(), view.name(found.winners.greatest_regret).to_owned()]];
    rows.extend(
        prefer(found)
            .into_iter()
            .map(|(criterion, winner)| vec![criterion.to_owned(), view.name(winner).to_owned()]),
    );
    table("Which alternative each criterion prefers", vec!["Criterion".into(), "Prefers".into()], rows)
}

fn doubts(view: &View<'_>, found: &Robustness) -> Vec<String> {
    let mut doubts = Vec::new();
    let mut sorted: Vec<&Robust> = found.alternatives.iter().collect();
    sorted.sort_by(|a, b| a.greatest_regret.total_cmp(&b.greatest_regret));
    if let [first, second, ..] = sorted[..]
        && second.greatest_regret <= 1.1 * first.greatest_regret
    {
        doubts.push(format!(
            "{} comes within a tenth of that greatest regret, which rests on one future of {}: the order of the two \
             may turn with other futures.",
            view.label(second.alternative),
            view.count(found.futures)
        ));
    }
    if found.alternatives.iter().any(|one| one.satisficing == Some(0.0)) {
        let never: Vec<String> = found
            .alternatives
            .iter()
            .filter(|one| one.satisficing == Some(0.0))
            .map(|one| view.label(one.alternative))
            .collect();
        doubts.push(format!("The target is met in no future by {}.", listed(&never)));
    }
    doubts
}
