//! What the writers of the report read: each strategy with its figures by name.

use crate::scoring::Score;
use crate::simulation::journal::{Charge, Entry, Journal};
use crate::study::{Results, StrategyResults, Summary};
use crate::world::{Strategy, StrategyId, World};

/// The World, the results, and the figures of each strategy's path by name.
pub(crate) struct Reading<'a> {
    /// The World.
    pub world: &'a World,
    /// The results.
    pub results: &'a Results,
    /// The strategies, in the order of the file.
    pub strategies: Vec<StrategyReading<'a>>,
}

/// One strategy.
pub(crate) struct StrategyReading<'a> {
    /// Which.
    pub id: StrategyId,
    /// What it is.
    pub strategy: &'a Strategy,
    /// What came of it.
    pub results: &'a StrategyResults,
    /// The figures of its path, in the order of the report.
    pub path: Vec<(String, Score)>,
}

impl<'a> Reading<'a> {
    /// Reads `results` of `world`.
    pub fn new(world: &'a World, results: &'a Results) -> Self {
        let strategies = results
            .strategies
            .enumerate()
            .map(|(id, results)| StrategyReading {
                id,
                strategy: &world.strategies[id],
                results,
                path: results.path.scorecard.figures(world),
            })
            .collect();
        Self { world, results, strategies }
    }

    /// The strategy that the others are compared with.
    pub fn first(&self) -> &StrategyReading<'a> {
        &self.strategies[0]
    }

    /// The largest 95 % point of one figure over the strategies; the unit of a
    /// table or plot of it follows from this.
    pub fn largest(&self, figure: &str) -> f64 {
        let points = self.strategies.iter().filter_map(|strategy| strategy.forecast(figure));
        points.map(|summary| summary.p95.abs().max(summary.mean.abs())).fold(0.0, f64::max)
    }

    /// The strategies, cheapest on average first; ties keep the order of the file.
    pub fn by_npv(&self) -> Vec<&StrategyReading<'a>> {
        let mut sorted: Vec<_> = self.strategies.iter().collect();
        sorted.sort_by(|a, b| a.mean("cost.npv").total_cmp(&b.mean("cost.npv")));
        sorted
    }
}

impl StrategyReading<'_> {
    /// The forecast of a figure; none when no replication has it.
    pub fn forecast(&self, figure: &str) -> Option<&Summary> {
        self.results.forecast.get(figure)
    }

    /// The mean of a figure, zero when no replication has it.
    pub fn mean(&self, figure: &str) -> f64 {
        self.forecast(figure).map_or(0.0, |summary| summary.mean)
    }

    /// The last parts of the names under `group`, such as the providers under
    /// `cost.by_provider`, in the order of the report.
    pub fn names_under<'n>(&'n self, group: &str) -> Vec<&'n str> {
        let parts = self.path.iter().filter_map(|(name, _)| name.strip_prefix(group)?.strip_prefix('.'));
        parts.collect()
    }

    /// Whether it moves or retires anything.
    pub fn moves(&self) -> bool {
        self.strategy.planned_moves() > 0
    }
}

/// The lines of the ledger, in order of time.
pub(crate) fn charges(journal: &Journal) -> impl Iterator<Item = &Charge> {
    journal.entries.iter().filter_map(|(_, entry)| match entry {
        Entry::Charge(charge) => Some(charge),
        _ => None,
    })
}
