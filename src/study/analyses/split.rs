//! How much of the variation is ignorance and how much is chance.
//!
//! For each draw of the inputs the simulation is replicated with fresh chance; a one-way
//! analysis of variance takes the two apart.

use serde::Serialize;

use super::Estimate;
use crate::study::trials::AlternativeId;

/// What may be asked.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SplitSpec {
    /// Draws of all uncertain inputs, at least 2.
    pub draws: u32,
    /// Replications with fresh chance for each draw, at least 2.
    pub replications: u32,
}

/// The two parts of the variation of every outcome of every alternative.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Split {
    /// Draws of the inputs.
    pub draws: u32,
    /// Replications for each.
    pub replications: u32,
    /// One for each alternative and outcome, alternatives first.
    pub parts: Vec<Parts>,
}

/// The parts of the variation of one outcome under one alternative.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Parts {
    /// Under which alternative.
    pub alternative: AlternativeId,
    /// The place of the outcome in the study.
    pub outcome: usize,
    /// The mean over all runs.
    pub mean: f64,
    /// Variance between draws, chance taken off: ignorance. An unbiased estimate, so it
    /// may be below zero where there is none.
    pub ignorance: f64,
    /// Variance within a draw: chance.
    pub chance: f64,
    /// The share of ignorance in both, with a 95 % interval; none where nothing varies.
    pub share: Option<Estimate>,
    /// How often the target is missed; none where the outcome has no target.
    pub missed: Option<Missed>,
}

/// How often a target is missed.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Missed {
    /// The pooled probability over inputs and chance, with a 95 % Clopper–Pearson interval.
    pub pooled: Estimate,
    /// The frequency over chance given the inputs: 5 % of the draws lie at or below.
    pub p5: f64,
    /// And 95 % of the draws at or below this.
    pub p95: f64,
}
