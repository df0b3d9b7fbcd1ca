//! What a study leaves: forecasts, curves, and one illustrative path a strategy.
//!
//! Everything that a report shows is here or in the World; a report computes
//! nothing that it does not find.

use indexmap::IndexMap;

use super::{Relief, Summary};
use crate::base::ids::IdVec;
use crate::scoring::Scorecard;
use crate::simulation::journal::Journal;
use crate::world::{ApplicationId, Figures, StrategyId};

/// The results of a scenario.
#[derive(Clone, Debug)]
pub struct Results {
    /// The seed of all draws.
    pub seed: u64,
    /// Replications of each strategy.
    pub replications: u32,
    /// The replication of the illustrative path, the same for all strategies.
    pub path_replication: u32,
    /// The value of every figure at the start of the path, before dated price moves.
    pub path_figures: Figures,
    /// The results of each strategy, in the order of the file.
    pub strategies: IdVec<StrategyId, StrategyResults>,
}

/// The results of one strategy.
#[derive(Clone, Debug)]
pub struct StrategyResults {
    /// Every figure of the scorecard over the replications, by dotted name.
    pub forecast: Forecast,
    /// Share of the replications in which it costs less than the first strategy,
    /// replication by replication; none for the first strategy itself.
    pub beats_first: Option<f64>,
    /// The same for the saving against the first strategy: positive when it is
    /// cheaper. None for the first strategy itself.
    pub saving: Option<Summary>,
    /// Curves over the months.
    pub curves: Curves,
    /// The illustrative path.
    pub path: Path,
    /// Hours for which each application was down for its moves; see
    /// [`Scorecard::downtime`].
    pub downtime: IdVec<ApplicationId, Summary>,
    /// Limits that were broken, and how often.
    pub broken: Vec<BrokenLimit>,
    /// What the exit rehearsals were.
    pub rehearsals: ExitRehearsals,
}

/// Every figure of the scorecard over the replications, by dotted name. A figure
/// that is missing in some replications counts only those that have it; its `n`
/// says so.
pub type Forecast = IndexMap<String, Summary>;

/// Curves over the months of the horizon: for each month 5, 50 and 95 % of the
/// replications lie below.
#[derive(Clone, Debug)]
pub struct Curves {
    /// Cumulative nominal cost at the end of each month, reporting currency.
    pub cumulative: Vec<[f64; 3]>,
}

/// One course of events, kept whole.
#[derive(Clone, Debug)]
pub struct Path {
    /// Percentile of its NPV among the replications, from 0 to 100.
    pub npv_percentile: f64,
    /// Its numbers.
    pub scorecard: Scorecard,
    /// Its events.
    pub journal: Journal,
    /// What one more of each of its bottlenecks would save.
    pub reliefs: Vec<Relief>,
}

/// A limit that was broken.
#[derive(Clone, Debug)]
pub struct BrokenLimit {
    /// Which, in words: `budget of 9.0 MEUR`.
    pub limit: String,
    /// Share of the replications that broke it.
    pub share: f64,
}

/// How an exit was rehearsed.
#[derive(Clone, Debug, Default)]
pub struct ExitRehearsals {
    /// Replications in which it was.
    pub replications: u32,
    /// Replications of these in which some workload had nowhere to go.
    pub stranded: u32,
}
