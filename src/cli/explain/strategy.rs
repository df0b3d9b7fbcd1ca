//! Why a strategy costs what it costs.

use super::{Context, Walked};
use crate::base::ids::Id;
use crate::report::explain::{
    CategoryDifference, CostLine, DatedText, NobodyLine, Spread, StrategyExplanation, decision_text,
};
use crate::simulation::journal::{Category, Entry};
use crate::world::StrategyId;

/// Lines of the ledger that are shown.
const LARGEST: usize = 10;

pub(super) fn explain(context: &Context<'_>, path: &Walked<'_>) -> StrategyExplanation {
    let world = &context.run.world;
    let strategy = &world.strategies[path.strategy];
    let (note, first) = (context.note(path.strategy), StrategyId::from_index(0));
    let first_note = context.note(first);
    let shared = path.attribution.finish(None);
    let mut lines = shared.ledger.lines();
    let kinds = lines.len();
    lines.sort_by_key(|line| (std::cmp::Reverse(line.amounts.nominal.micros().unsigned_abs()), line.kind));
    let named = Category::ALL.map(|category| (category, format!("cost.by_category.{}", category.key())));

    let difference = |(category, figure): &(Category, String)| {
        let [this, of_first] = [note, first_note].map(|note| note.forecast(figure).map_or(0.0, |f| f.mean));
        let is_there = this != 0.0 || of_first != 0.0;
        is_there.then(|| CategoryDifference { category: category.label().to_owned(), this, first: of_first })
    };
    StrategyExplanation {
        run: context.run_note(),
        strategy: strategy.name.clone(),
        label: strategy.label.clone(),
        first: world.strategies[first].name.clone(),
        npv: note.forecast("cost.npv"),
        path_npv: path.scorecard.cost.npv.as_f64(),
        path_total: path.scorecard.cost.total.as_f64(),
        path_percentile: note.on_path("npv_percentile").as_f64().unwrap_or(50.0),
        largest: lines.iter().take(LARGEST).map(|line| CostLine::of(world, line)).collect(),
        kinds,
        nobody: shared.nobody.iter().map(NobodyLine::of).collect(),
        decisions: decisions(context, path),
        differences: if path.strategy == first {
            Vec::new()
        } else {
            named.iter().filter_map(difference).collect()
        },
        spread: spread(context, path, &named),
    }
}

/// Every decision of the path; those of which there are hundreds only at first.
fn decisions(context: &Context<'_>, path: &Walked<'_>) -> Vec<DatedText> {
    let world = &context.run.world;
    path.journal
        .entries
        .iter()
        .filter_map(|(at, entry)| {
            let Entry::Decision(decision) = entry else { return None };
            let text = decision_text(world, decision)?;
            Some(DatedText { date: world.calendar.date(*at).to_string(), text })
        })
        .collect()
}

/// The ranges of the categories, the widest first.
fn spread(context: &Context<'_>, path: &Walked<'_>, named: &[(Category, String)]) -> Vec<Spread> {
    let note = context.note(path.strategy);
    let mut ranges: Vec<Spread> = named
        .iter()
        .filter_map(|(category, figure)| {
            let found = note.forecast(figure)?;
            let (p5, p95) = (found.p5, found.p95);
            // Below a cent it is the rounding of a mean.
            (p95 - p5 >= 0.01).then(|| Spread { category: category.label().to_owned(), p5, p95, share: 0.0 })
        })
        .collect();
    let all: f64 = ranges.iter().map(|range| range.p95 - range.p5).sum();
    for range in &mut ranges {
        range.share = (range.p95 - range.p5) / all;
    }
    ranges.sort_by(|a, b| b.share.total_cmp(&a.share));
    ranges
}
