//! Which inputs matter: tornado, Morris, Sobol'.

use serde::Serialize;

use super::Estimate;
use crate::study::question::Measure;

/// What may be asked.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SensitivitySpec {
    /// Of which number.
    pub measure: Measure,
    /// By which method.
    pub method: Method,
    /// Replications with fresh chance at every point, the same number and the same chance
    /// at all of them; the analysis is of their mean.
    pub replications: u32,
}

/// A method of sensitivity analysis.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// One input at a time between two quantiles, the others at their modes.
    Tornado {
        /// The lower quantile, as 0.1.
        low: f64,
        /// The upper quantile, as 0.9.
        high: f64,
    },
    /// Elementary effects on a grid (Morris 1991).
    Morris {
        /// Trajectories.
        trajectories: u32,
        /// Levels of the grid, even.
        levels: u32,
    },
    /// Variance-based indices (Saltelli 2010, Jansen 1999).
    Sobol {
        /// Rows of each of the two matrices.
        rows: u32,
        /// How the points are laid.
        points: Points,
        /// Resamples of the bootstrap.
        resamples: u32,
        /// What is done about chance.
        chance: Chance,
    },
}

/// How the points of a design are laid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Points {
    /// Latin hypercube.
    LatinHypercube,
    /// Sobol' sequence with Owen's scrambling.
    ScrambledSobol,
    /// Sobol' sequence as it is.
    Sobol,
}

/// What is done about chance where indices are estimated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Chance {
    /// The indices are of the mean over the replications of a point.
    Averaged,
    /// Chance is one more input, drawn anew with the rows: it gets indices of its own.
    Input,
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Sensitivity {
    /// Of which number.
    pub measure: Measure,
    /// Replications at every point.
    pub replications: u32,
    /// Evaluations in all.
    pub evaluations: u32,
    /// Share of the variance over the points that is chance left in the means of the
    /// replications; none with one replication, which cannot say.
    pub residual_noise: Option<f64>,
    /// By the method asked for.
    pub effects: Effects,
    /// What the reader should know, in sentences: negative estimates, noise.
    pub notes: Vec<String>,
}

/// The effects of inputs.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "method", rename_all = "snake_case")]
pub enum Effects {
    /// The widest bar first.
    Tornado {
        /// The measure with all inputs at their modes.
        centre: f64,
        /// The bars.
        bars: Vec<Bar>,
    },
    /// The greatest mean absolute effect first.
    Morris {
        /// Each input.
        effects: Vec<Elementary>,
    },
    /// The greatest total index first.
    Sobol {
        /// Mean over the rows.
        mean: f64,
        /// Variance over the rows.
        variance: f64,
        /// Each input, and chance where it is one.
        indices: Vec<Index>,
    },
}

/// One bar of a tornado.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Bar {
    /// The place of the input in the study.
    pub input: usize,
    /// The input's values at both quantiles, in its unit.
    pub values: [f64; 2],
    /// The measure there.
    pub measures: [f64; 2],
}

/// Elementary effects of one input, per unit of its quantile.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Elementary {
    /// The place of the input in the study.
    pub input: usize,
    /// μ: the mean effect.
    pub mean: f64,
    /// μ*: the mean of the absolute effects, with a 95 % bootstrap interval.
    pub mean_absolute: Estimate,
    /// σ: the standard deviation of the effects: interactions or curvature.
    pub deviation: f64,
}

/// Sobol' indices of one input, with 95 % bootstrap intervals.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Index {
    /// The place of the input in the study; none for chance.
    pub input: Option<usize>,
    /// First-order index: the share of the variance that knowing it alone would remove.
    pub first: Estimate,
    /// Total index: the share that would remain if all others were known.
    pub total: Estimate,
}
