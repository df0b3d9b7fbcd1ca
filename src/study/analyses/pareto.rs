//! What cannot be improved without giving something up.

use serde::Serialize;

use crate::study::trials::AlternativeId;

/// What may be asked.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ParetoSpec {
    /// What is wanted, 2 to 4 of them.
    pub objectives: Vec<Objective>,
    /// Which alternatives: strategies in every setting of the levers.
    pub alternatives: Vec<AlternativeId>,
    /// Replications of each, all uncertain inputs drawn, under common random numbers.
    pub replications: u32,
}

/// One objective: a statistic of an outcome, wanted low or high as the outcome is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Objective {
    /// The place of the outcome in the study.
    pub outcome: usize,
    /// Which statistic of it.
    pub statistic: Statistic,
}

/// A statistic of the replications.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Statistic {
    /// The mean.
    Mean,
    /// The mean of the worst 5 %: risk.
    Tail,
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Front {
    /// What is wanted.
    pub objectives: Vec<Objective>,
    /// Replications of each alternative.
    pub replications: u32,
    /// Every alternative, in the order of the spec.
    pub candidates: Vec<Scored>,
    /// The point that every candidate is at least as good as, against which the
    /// hypervolume is measured: in units of the outcomes.
    pub reference: Vec<f64>,
    /// The share of the box between the ideal point and the reference that the front
    /// dominates.
    pub hypervolume: f64,
    /// The alternative on the front nearest to the ideal point with every objective
    /// scaled to the front's range: the knee.
    pub knee: AlternativeId,
    /// What the reader should know, in sentences.
    pub notes: Vec<String>,
}

/// One alternative by every objective.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Scored {
    /// Which.
    pub alternative: AlternativeId,
    /// The value of each objective.
    pub values: Vec<f64>,
    /// The half-width of its 95 % interval: by Student's t for a mean, by a bootstrap for
    /// a tail.
    pub half_widths: Vec<f64>,
    /// Whether no other is at least as good in all objectives and better in one.
    pub efficient: bool,
    /// The share of bootstrap resamples of the replications in which it is efficient.
    pub efficient_share: f64,
}
