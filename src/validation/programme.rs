//! A whole programme against what analysts see: plausible or not, no more.

use super::embedded;
use super::row::{Comparison, Row, Table, Value};
use crate::base::random::Draws;
use crate::scoring::{Scorecard, Scorer};
use crate::simulation::journal::Category;
use crate::simulation::{Plan, Simulation};
use crate::world::{Figures, StrategyId, World};

const SOURCE: &str = "Gartner on leaving VMware with at least 2,000 machines on at least 100 hosts, as reported by \
                      datanews.levif.be, January 2025";
const PLAUSIBLE: &str = "plausibility, not validation: the published ranges are wide and say nothing of the estates \
                         behind them; the scenario was fixed before it was run";
const SCENARIO: &str = include_str!("programme.yaml");
/// Replications: enough for a mean, since the ranges are a factor of three and ten wide.
const REPLICATIONS: u64 = 8;
const SEED: u64 = 42;

const MONTHS: Value = Value::Range(18.0, 48.0);
const USD_PER_VM: Value = Value::Range(300.0, 3_000.0);

/// The table.
pub(super) fn table() -> Table {
    let world = &embedded::world("programme.yaml", SCENARIO);
    let rows = world.strategies.ids().flat_map(|strategy| rows(world, strategy));
    Table {
        name: "programme",
        title: "A programme of 2,000 machines against Gartner's ranges",
        about: format!(
            "A synthetic estate of 2,000 machines on 100 hosts of its own, moved whole, with the default assumptions \
             on work, crew, waves and failures. Means of {REPLICATIONS} replications; the cost is that of the work \
             on moves."
        ),
        rows: rows.collect(),
    }
}

fn rows(world: &World, strategy: StrategyId) -> [Row; 2] {
    let cards: Vec<Scorecard> =
        (0..REPLICATIONS).map(|replication| run(world, strategy, replication)).collect();
    let months = |card: &Scorecard| card.migration.finished_at.map(|at| world.calendar.years(at) * 12.0);
    // One programme that does not end within the horizon is enough to have no mean.
    let months: Option<Vec<f64>> = cards.iter().map(months).collect();
    let per_vm = cards.iter().map(usd_per_vm).collect::<Vec<f64>>();
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let row = |what: &str, published, simulated, unit| {
        let row = format!("{}, {what}", world.strategies[strategy].label);
        Comparison { row, published, simulated, unit, source: SOURCE }.report(PLAUSIBLE)
    };
    [
        row("duration", MONTHS, months.map_or(Value::Never, |months| mean(&months).into()), "months"),
        row("work on moves", USD_PER_VM, mean(&per_vm).into(), "USD/VM"),
    ]
}

fn run(world: &World, strategy: StrategyId, replication: u64) -> Scorecard {
    let draws = Draws { seed: SEED, replication };
    let figures = Figures::draw(world, &draws);
    let scorer = Scorer::new(world, strategy, figures.value(world.discount_rate));
    let plan = Plan::of(world, &world.strategies[strategy]);
    let mut running = Simulation::start(world, plan, figures, draws, scorer);
    running.run_to_horizon();
    running.close().finish()
}

fn usd_per_vm(card: &Scorecard) -> f64 {
    let moves = card.cost.by_category[Category::Migration as usize];
    moves.as_f64() / f64::from(card.migration.planned)
}
