//! Which inputs matter: tornado, Morris, Sobol'.
//!
//! All three look at the mean over chance given the inputs: every point meets the same
//! courses of chance, so that what differs between two points is what was moved. Inputs are
//! known by their names: another order of the same inputs gives the same findings.

mod bootstrap;
mod measured;
mod morris;
mod notes;
mod sobol;
mod tornado;

use serde::Serialize;

use super::Estimate;
use crate::study::question::{Measure, Study};
use crate::study::trials::{Sampler, Stopped};
use measured::Gauge;

/// What may be asked.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SensitivitySpec {
    /// Of which number.
    pub measure: Measure,
    /// By which method.
    pub method: Method,
    /// Replications with fresh chance at every point, the same number and the same chance
    /// at all of them; the analysis is of their mean. One, whatever is said here, where
    /// chance is an input.
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

/// Finds which inputs matter to a number.
///
/// # Errors
/// [`Stopped::Impossible`] for what no design can be laid for: no inputs, odd levels, too few
/// rows, trajectories, resamples or replications, quantiles out of order. Otherwise what the
/// sampler says.
pub fn sensitivity(
    study: &Study,
    spec: &SensitivitySpec,
    sampler: &mut dyn Sampler,
) -> Result<Sensitivity, Stopped> {
    check(study, spec)?;
    let replications = match spec.method {
        // Each row has a course of chance of its own.
        Method::Sobol { chance: Chance::Input, .. } => 1,
        _ => spec.replications,
    };
    let mut gauge = Gauge::new(study, spec.measure, replications);
    let Outcome { effects, residual_noise, mut notes } = match spec.method {
        Method::Tornado { low, high } => tornado::tornado(&mut gauge, [low, high], sampler)?,
        Method::Morris { trajectories, levels } => {
            let grid = crate::study::designs::Grid { trajectories, levels };
            morris::morris(&mut gauge, grid, sampler)?
        }
        Method::Sobol { rows, points, resamples, chance } => {
            let plan = sobol::Plan { rows, points, resamples, chance };
            sobol::sobol(&mut gauge, plan, sampler)?
        }
    };
    notes.extend(notes::of_chance(spec, residual_noise));
    notes.extend(notes::of_held(study));
    Ok(Sensitivity {
        measure: spec.measure,
        replications,
        evaluations: gauge.evaluations,
        residual_noise,
        effects,
        notes,
    })
}

/// What a method gives back.
struct Outcome {
    effects: Effects,
    residual_noise: Option<f64>,
    notes: Vec<String>,
}

fn check(study: &Study, spec: &SensitivitySpec) -> Result<(), Stopped> {
    let impossible = |what: &str| Err(Stopped::Impossible(what.to_owned()));
    if study.inputs.is_empty() {
        return impossible("there is no uncertain input to move: name some under `inputs`");
    }
    if spec.replications == 0 {
        return impossible("each point needs one replication or more");
    }
    match spec.method {
        Method::Tornado { low, high } if !(0.0 < low && low < high && high < 1.0) => impossible(
            "a tornado goes from a lower to a higher quantile, both between 0 and 1, as from 0.1 to 0.9",
        ),
        Method::Morris { trajectories: 0 | 1, .. } => {
            impossible("elementary effects need 2 trajectories or more, better 10: one has no spread")
        }
        Method::Sobol { rows: 0 | 1, .. } => impossible("indices need 2 rows or more, better 1,024"),
        Method::Sobol { resamples, .. } if resamples < LEAST_RESAMPLES => Err(Stopped::Impossible(format!(
            "a 95 % interval by percentiles needs {LEAST_RESAMPLES} resamples or more, better 1,000, not \
                 {resamples}"
        ))),
        _ => Ok(()),
    }
}

/// With fewer the outer percentiles are the least and the greatest of them.
const LEAST_RESAMPLES: u32 = 20;

/// What was found.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Sensitivity {
    /// Of which number.
    pub measure: Measure,
    /// Replications at every point.
    pub replications: u32,
    /// Evaluations in all, of both alternatives where the measure is of two.
    pub evaluations: u32,
    /// Share of the variance over the points that is chance left in the means of the
    /// replications, from 0 to 1; none with one replication, which cannot say. What chance
    /// does alike at every point is no noise here, since every point meets the same chance.
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
    /// The widest bar first, the centre taken into it where it lies beyond both ends.
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

/// Sobol' indices of one input, with 95 % bootstrap intervals: percentiles over resamples of
/// the rows, which take the rows for independent and so are wider than even points need.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Index {
    /// The place of the input in the study; none for chance.
    pub input: Option<usize>,
    /// First-order index: the share of the variance that knowing it alone would remove.
    pub first: Estimate,
    /// Total index: the share that would remain if all others were known.
    pub total: Estimate,
}

#[cfg(test)]
mod fixture {
    use super::*;
    use crate::study::fixture::alternative;
    use crate::study::trials::{Plainly, Trial};

    /// The first outcome of the first alternative, one replication.
    pub(super) fn spec(method: Method) -> SensitivitySpec {
        let measure = Measure { outcome: 0, of: alternative(0), minus: None };
        SensitivitySpec { measure, method, replications: 1 }
    }

    /// A model of a formula that knows no chance.
    pub(super) fn plain(
        mut model: impl FnMut(&[f64]) -> f64,
    ) -> Plainly<impl FnMut(&Trial, &[f64], &mut [f64])> {
        plain_with_chance(move |x, _| model(x))
    }

    /// A model of a formula and the course of chance.
    pub(super) fn plain_with_chance(
        mut model: impl FnMut(&[f64], u64) -> f64,
    ) -> Plainly<impl FnMut(&Trial, &[f64], &mut [f64])> {
        Plainly {
            outcomes: 1,
            model: move |trial: &Trial, x: &[f64], out: &mut [f64]| out[0] = model(x, trial.chance),
        }
    }

    /// Ishigami and Homma (1990): sin x1 + 7 sin² x2 + 0.1 x3⁴ sin x1, each x uniform over
    /// (-π, π).
    pub(super) fn ishigami(u: &[f64]) -> f64 {
        let x = [0, 1, 2].map(|place| std::f64::consts::PI * (2.0 * u[place] - 1.0));
        let (one, two) = (libm::sin(x[0]), libm::sin(x[1]));
        one + 7.0 * two * two + 0.1 * x[2] * x[2] * x[2] * x[2] * one
    }

    /// The same inputs of one column each in another order: for each new place the old one,
    /// and the study.
    pub(super) fn shuffled(study: &Study) -> (Vec<usize>, Study) {
        let order: Vec<usize> = (0..study.inputs.len()).rev().collect();
        let mut shuffled = study.clone();
        shuffled.inputs = order
            .iter()
            .enumerate()
            .map(|(place, old)| {
                let mut input = study.inputs[*old].clone();
                input.columns = place..place + 1;
                input
            })
            .collect();
        (order, shuffled)
    }
}
