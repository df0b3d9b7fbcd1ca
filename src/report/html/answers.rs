//! The first screen: the table of strategies, what broke, what would change it.

use crate::report::answer;
use crate::report::data_table::DataTable;
use crate::report::dates::brief_month;
use crate::report::money::{MoneyScale, Typography, amount, number, percent};
use crate::report::reading::{Reading, StrategyReading};
use crate::study::Summary;
use crate::world::World;

const FINE: Typography = Typography::Fine;

/// One row a strategy, in the order of the file.
pub(super) fn overview(reading: &Reading<'_>) -> DataTable {
    let world = reading.world;
    let npv = MoneyScale::fitting(reading.largest("cost.npv"), world.currency);
    let exit = MoneyScale::fitting(reading.largest("lock_in.exit_cost"), world.currency);
    let first = &reading.first().strategy.name;
    let header = [
        "Strategy".to_owned(),
        format!("Cost, {}", npv.unit()),
        "5 to 95 %".to_owned(),
        "80 % below".to_owned(),
        format!("Saves on {first}"),
        format!("Beats {first}"),
        "Moved".to_owned(),
        "Finished".to_owned(),
        "Down, h".to_owned(),
        format!("Exit, {}", exit.unit()),
        "Gates broken".to_owned(),
        "Limits broken in".to_owned(),
    ];
    let rows = reading.strategies.iter().map(|strategy| {
        let costs = strategy.forecast("cost.npv");
        let cost =
            |point: fn(&Summary) -> f64| costs.map_or_else(dash, |summary| npv.number(point(summary), FINE));
        let limits = answer::broken(strategy, FINE);
        vec![
            strategy.strategy.label.clone(),
            format!("{} ± {}", cost(|summary| summary.mean), cost(|summary| summary.half_width_95)),
            format!("{} to {}", cost(|summary| summary.p5), cost(|summary| summary.p95)),
            cost(|summary| summary.p80),
            strategy.results.saving.map_or_else(dash, |saving| {
                let point = |value| npv.number(value, FINE);
                format!("{} ({} to {})", point(saving.mean), point(saving.p5), point(saving.p95))
            }),
            strategy.results.beats_first.map_or_else(dash, |share| percent(share, FINE)),
            moved(strategy),
            finished(world, strategy, reading.results.replications),
            strategy
                .forecast("migration.downtime_hours")
                .map_or_else(dash, |hours| number(hours.mean, 0, FINE)),
            strategy.forecast("lock_in.exit_cost").map_or_else(dash, |cost| {
                let bound = if strategy.results.rehearsals.stranded > 0 { "≥ " } else { "" };
                format!("{bound}{}", exit.number(cost.mean, FINE))
            }),
            gates(world, strategy),
            if limits.is_empty() { "none".to_owned() } else { limits.join("; ") },
        ]
    });
    DataTable {
        caption: format!(
            "Cost: present value of all cost over the horizon, {}, mean ± the 95 % half-width of that mean. Ranges are predictive: nine replications in ten lie \
             within, uncertain inputs and chance together.",
            npv.unit()
        ),
        header: header.into(),
        rows: rows.collect(),
        ..DataTable::default()
    }
    .columns_defined([
        "",
        "cost.npv",
        "range",
        "range",
        "beats",
        "beats",
        "migration.completed",
        "migration.finished_at",
        "migration.downtime_hours",
        "lock_in.exit_cost",
        "sovereignty.gate_violations",
        "limits",
    ])
}

fn dash() -> String {
    "–".to_owned()
}

/// Workloads moved on average, of those planned.
pub(super) fn moved(strategy: &StrategyReading<'_>) -> String {
    if !strategy.moves() {
        return dash();
    }
    let done = strategy.mean("migration.completed");
    format!("{} of {}", number(done, 0, FINE), strategy.strategy.planned_moves())
}

/// The month of the median finish, with the share of replications that finish at
/// all when it is not all of them.
pub(super) fn finished(world: &World, strategy: &StrategyReading<'_>, replications: u32) -> String {
    let Some(summary) = strategy.forecast("migration.finished_at") else { return dash() };
    if !strategy.moves() || summary.n == 0 {
        return dash();
    }
    let date = brief_month(world.calendar.date(instant(summary.p50)));
    if summary.n == replications {
        return date;
    }
    format!("{date} (in {})", percent(f64::from(summary.n) / f64::from(replications), FINE))
}

/// The instant so many years of 365.25 days after the start: the inverse of
/// `Calendar::years`.
fn instant(years: f64) -> crate::base::units::SimTime {
    crate::base::units::SimTime::START + crate::base::units::Span::from_hours_f64(years * 365.25 * 24.0)
}

fn gates(world: &World, strategy: &StrategyReading<'_>) -> String {
    if world.limits.gates.is_empty() {
        return "no gates set".to_owned();
    }
    match strategy.forecast("sovereignty.gate_violations") {
        None => dash(),
        Some(summary) if summary.p95 == 0.0 && summary.mean == 0.0 => "none".to_owned(),
        Some(summary) => number(summary.mean, if summary.mean.fract() == 0.0 { 0 } else { 1 }, FINE),
    }
}

/// Every limit that is broken, in words.
pub(super) fn broken_limits(reading: &Reading<'_>) -> Vec<String> {
    let mut lines = Vec::new();
    for strategy in &reading.strategies {
        for broken in strategy.results.broken.iter().filter(|broken| broken.share > 0.0) {
            lines.push(format!(
                "{}: {}, broken in {} of the replications.",
                strategy.strategy.label,
                broken.limit,
                percent(broken.share, FINE)
            ));
        }
    }
    lines
}

/// What the answer hangs on: the runner-up, the chance of being wrong, the price
/// at which the order turns, and how much of the money rests on assumptions.
pub(super) fn what_would_change_it(reading: &Reading<'_>) -> Vec<String> {
    let best = answer::best(reading);
    let first = reading.first();
    let currency = reading.world.currency;
    let mut lines = Vec::new();
    if let Some(beats) = best.results.beats_first
        && beats < 1.0
    {
        lines.push(format!(
            "In {} of the replications {} costs less than {} after all.",
            percent(1.0 - beats, FINE),
            first.strategy.name,
            best.strategy.name
        ));
    }
    if best.id != first.id {
        let licences = first.mean("cost.by_category.licences");
        let saving = first.mean("cost.total") - best.mean("cost.total");
        if licences > 0.0 && saving > 0.0 && saving < licences {
            lines.push(format!(
                "If the licences of {} cost about {} less than the forecast of {}, the two would cost the same before \
                 discounting.",
                first.strategy.name,
                percent(saving / licences, FINE),
                amount(licences, currency, FINE)
            ));
        }
    }
    for other in reading.by_npv().into_iter().filter(|other| other.id != best.id) {
        let (Some(own), Some(theirs)) = (best.forecast("cost.npv"), other.forecast("cost.npv")) else {
            continue;
        };
        if theirs.mean - own.mean < 0.05 * own.mean.abs() {
            lines.push(format!(
                "{} is within 5 % of it on average: a choice between the two can rest on other grounds than cost.",
                other.strategy.name
            ));
        }
    }
    if let Some(share) = super::sources::share_on_assumptions(reading, best) {
        lines.push(format!(
            "{} of what {} pays on the path is charged at prices that nobody publishes: see the assumptions, and \
             replace them by your own.",
            percent(share, FINE),
            best.strategy.name
        ));
    }
    lines
}
