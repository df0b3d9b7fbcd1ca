//! Where the figures come from: assumptions with their ranges, prices with dates.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::base::random::Distribution;
use crate::report::data_table::DataTable;
use crate::report::money::{Typography, amount, significant};
use crate::report::reading::{Reading, StrategyReading, charges};
use crate::world::{Figure, FigureId, Provenance};

const FINE: Typography = Typography::Fine;

/// Every figure that nobody publishes, with its range and the reason for it.
pub(super) fn assumptions(reading: &Reading<'_>) -> DataTable {
    let header = ["Figure", "Unit", "Low", "Most likely", "High", "Why"];
    let mut table =
        DataTable::new("Figures that nobody publishes. Replace them by your own where you can.", header);
    for figure in reading.world.figures.iter() {
        let Provenance::Assumption { reason } = &figure.provenance else { continue };
        let [low, mode, high] = range(figure);
        table.rows.push(vec![figure.name.clone(), figure.unit.clone(), low, mode, high, reason.clone()]);
    }
    table
}

/// Published prices and the user's own, as far as any strategy pays them on the
/// path; the others would only lengthen the list.
pub(super) fn prices(reading: &Reading<'_>) -> DataTable {
    let header = ["Figure", "Unit", "Value", "Source", "Date", "Confidence"];
    let mut table = DataTable::new(
        "Published prices and your own that some strategy pays on the path. Confidence: A official, or two sources \
         agree; B one good source; C indirect; D anecdote.",
        header,
    );
    let mut paid: Vec<FigureId> = reading
        .strategies
        .iter()
        .flat_map(|strategy| charges(&strategy.results.path.journal))
        .map(|charge| charge.figure)
        .chain(reading.world.exchange.iter().map(|(_, rate)| *rate))
        .collect();
    paid.sort_unstable();
    paid.dedup();
    for figure in paid.into_iter().map(|figure| &reading.world.figures[figure]) {
        let [low, mode, high] = range(figure);
        let value = if low == high { mode } else { format!("{mode} ({low} to {high})") };
        let (source, date, confidence) = match &figure.provenance {
            Provenance::Published { source, date, confidence } => {
                (source.clone(), date.clone(), confidence.to_string())
            }
            Provenance::User { place } => (format!("your own figure, {place}"), String::new(), String::new()),
            Provenance::Assumption { .. } => continue,
        };
        table.rows.push(vec![figure.name.clone(), figure.unit.clone(), value, source, date, confidence]);
    }
    table
}

/// What each provider answers to the sovereignty framework, and on what basis.
pub(super) fn profiles(reading: &Reading<'_>) -> Vec<Value> {
    reading
        .world
        .providers
        .iter()
        .map(|provider| {
            let answered = provider.profile.answers.iter().flatten().count();
            json!({
                "provider": provider.label,
                "operator": reading.world.parties[provider.operator].name,
                "jurisdiction": reading.world.parties[provider.operator].jurisdiction,
                "owner": reading.world.parties[provider.owner].name,
                "owner_jurisdiction": reading.world.parties[provider.owner].jurisdiction,
                "answered": answered,
                "criteria": reading.world.framework.criteria.len(),
                "basis": provider.profile.basis,
            })
        })
        .collect()
}

/// Share of what a strategy pays on its path that is charged at assumed prices;
/// none when it pays nothing.
pub(super) fn share_on_assumptions(reading: &Reading<'_>, strategy: &StrategyReading<'_>) -> Option<f64> {
    let mut sums: BTreeMap<bool, f64> = BTreeMap::new();
    for charge in charges(&strategy.results.path.journal) {
        let provenance = &reading.world.figures[charge.figure].provenance;
        let assumed = matches!(provenance, Provenance::Assumption { .. });
        *sums.entry(assumed).or_default() += charge.amount.as_f64();
    }
    let assumed = sums.get(&true).copied().unwrap_or(0.0);
    let total: f64 = sums.values().sum();
    (total > 0.0).then_some(assumed / total)
}

/// The low, most likely and high value of a figure, as people write them: shares
/// in percent; 5 % and 95 % points where the distribution has no ends.
fn range(figure: &Figure) -> [String; 3] {
    let distribution = figure.quantile.distribution();
    let [low, mode, high] = match distribution {
        Distribution::Fixed(value) => [*value; 3],
        Distribution::Uniform { low, high } => [*low, distribution.mode(), *high],
        Distribution::Triangular { low, mode, high } | Distribution::Pert { low, mode, high } => {
            [*low, *mode, *high]
        }
        _ => [figure.quantile.at(0.05), distribution.mode(), figure.quantile.at(0.95)],
    };
    let scale = if figure.unit.starts_with('%') { 100.0 } else { 1.0 };
    [low, mode, high].map(|value| significant(value * scale, FINE))
}

/// An amount in the reporting currency with its unit.
pub(super) fn money(reading: &Reading<'_>, value: f64) -> String {
    amount(value, reading.world.currency, FINE)
}
