//! Which alternative is least regretted over uncertain futures.

use serde::Serialize;

use crate::study::trials::AlternativeId;

/// What may be asked.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RobustSpec {
    /// The place of the outcome in the study; its target is what satisficing asks for.
    pub outcome: usize,
    /// Which alternatives, at least 2.
    pub alternatives: Vec<AlternativeId>,
    /// Futures: points of a Latin hypercube over the inputs.
    pub futures: u32,
    /// Replications of each, over whose mean the outcome is taken.
    pub replications: u32,
    /// Hurwicz' weight of the worst future, from 0 to 1.
    pub pessimism: f64,
    /// The share of worst futures whose mean is the conditional value at risk, as 0.05.
    pub tail: f64,
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Robustness {
    /// The place of the outcome in the study.
    pub outcome: usize,
    /// Futures.
    pub futures: u32,
    /// Replications of each.
    pub replications: u32,
    /// Hurwicz' weight of the worst future.
    pub pessimism: f64,
    /// The share of worst futures.
    pub tail: f64,
    /// Each alternative, in the order of the spec.
    pub alternatives: Vec<Robust>,
    /// Which is best by each criterion; of several, the first.
    pub winners: Winners,
    /// The regret of each alternative (rows, in the order of the spec) in each future
    /// (columns, ordered by the least outcome that any alternative reaches there).
    pub regret: Vec<Vec<f64>>,
}

/// One alternative by every criterion, in the unit of the outcome.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Robust {
    /// Which.
    pub alternative: AlternativeId,
    /// The greatest regret.
    pub greatest_regret: f64,
    /// 90 % of the futures have no more regret.
    pub regret_p90: f64,
    /// The mean regret.
    pub mean_regret: f64,
    /// The outcome in its worst future (Wald).
    pub worst: f64,
    /// The outcome in its best future.
    pub best: f64,
    /// Hurwicz: the worst and the best, weighed.
    pub hurwicz: f64,
    /// Laplace: the mean.
    pub laplace: f64,
    /// Starr: the share of futures in which the target is met; none without a target.
    pub satisficing: Option<f64>,
    /// Conditional value at risk: the mean of the worst futures.
    pub cvar: f64,
    /// The share of futures in which it is the best.
    pub best_in: f64,
}

/// The best alternative by each criterion.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Winners {
    /// Least greatest regret.
    pub greatest_regret: AlternativeId,
    /// Least regret at 90 %.
    pub regret_p90: AlternativeId,
    /// Best worst future.
    pub maximin: AlternativeId,
    /// Hurwicz.
    pub hurwicz: AlternativeId,
    /// Laplace.
    pub laplace: AlternativeId,
    /// Most futures that meet the target; none without a target.
    pub satisficing: Option<AlternativeId>,
    /// Least conditional value at risk.
    pub cvar: AlternativeId,
}
