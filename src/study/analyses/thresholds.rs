//! At which value of an input another alternative becomes the best.

use serde::Serialize;

use super::Estimate;
use crate::study::trials::AlternativeId;

/// What may be asked.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ThresholdsSpec {
    /// The place of the input in the study; a group has no values, so no threshold.
    pub input: usize,
    /// The place of the outcome in the study.
    pub outcome: usize,
    /// Which alternatives, at least 2.
    pub alternatives: Vec<AlternativeId>,
    /// Values of the input that are tried: quantiles evenly apart, the ends included.
    pub steps: u32,
    /// Replications at each value: each has a chance of its own and a row of a Latin
    /// hypercube for the other inputs, the same at every value.
    pub replications: u32,
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Thresholds {
    /// The place of the input in the study.
    pub input: usize,
    /// The place of the outcome in the study.
    pub outcome: usize,
    /// Replications at each value.
    pub replications: u32,
    /// The alternatives, in the order of the spec.
    pub alternatives: Vec<AlternativeId>,
    /// The values tried, in the unit of the input, ascending.
    pub values: Vec<f64>,
    /// The mean of the outcome for each alternative (rows) at each value (columns).
    pub means: Vec<Vec<f64>>,
    /// Where the best changes, ascending; empty where one is best throughout.
    pub changes: Vec<Change>,
    /// The best at the least value.
    pub best_first: AlternativeId,
    /// What the reader should know, in sentences.
    pub notes: Vec<String>,
}

/// A change of the best alternative.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Change {
    /// The value of the input, between two that were tried, with a 95 % bootstrap
    /// interval over the replications.
    pub at: Estimate,
    /// The best below.
    pub from: AlternativeId,
    /// The best above.
    pub to: AlternativeId,
    /// Share of the resamples in which this change exists.
    pub share: f64,
}
