//! The analyses of a study, one a file: from a [`Study`] and a
//! [`Sampler`] to findings.
//!
//! Each file has what may be asked (its `…Spec`), what is found, and one function from
//! the one to the other. Findings are what reports show, and are written as they are
//! to `study.json`.

pub mod compare;
pub mod discover;
mod futures;
pub mod pareto;
mod resample;
pub mod robust;
pub mod select;
pub mod sensitivity;
pub mod split;
pub mod thresholds;
mod words;

use serde::Serialize;

use super::question::Study;
use super::trials::{Sampler, Stopped};

/// One analysis of a study.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Analysis {
    /// How much of the variation is ignorance and how much is chance.
    Split(split::SplitSpec),
    /// Alternatives under common random numbers.
    Compare(compare::CompareSpec),
    /// The best alternative, with a guarantee.
    Select(select::SelectSpec),
    /// Which inputs matter.
    Sensitivity(sensitivity::SensitivitySpec),
    /// Where an alternative fails.
    Discover(discover::DiscoverSpec),
    /// Which alternative is least regretted.
    Robust(robust::RobustSpec),
    /// What cannot be improved without giving something up.
    Pareto(pareto::ParetoSpec),
    /// At which value of an input another alternative becomes the best.
    Thresholds(thresholds::ThresholdsSpec),
}

impl Analysis {
    /// Carries it out.
    ///
    /// # Errors
    /// [`Stopped`].
    pub fn carry_out(&self, study: &Study, sampler: &mut dyn Sampler) -> Result<Finding, Stopped> {
        match self {
            Self::Split(spec) => split::split(study, spec, sampler).map(Finding::Split),
            Self::Compare(spec) => compare::compare(study, spec, sampler).map(Finding::Compare),
            Self::Select(spec) => select::select(study, spec, sampler).map(Finding::Select),
            Self::Sensitivity(spec) => {
                sensitivity::sensitivity(study, spec, sampler).map(Finding::Sensitivity)
            }
            Self::Discover(spec) => discover::discover(study, spec, sampler).map(Finding::Discover),
            Self::Robust(spec) => robust::robust(study, spec, sampler).map(Finding::Robust),
            Self::Pareto(spec) => pareto::pareto(study, spec, sampler).map(Finding::Pareto),
            Self::Thresholds(spec) => thresholds::thresholds(study, spec, sampler).map(Finding::Thresholds),
        }
    }

    /// Its name, as in a study file.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Split(_) => "split",
            Self::Compare(_) => "compare",
            Self::Select(_) => "select",
            Self::Sensitivity(_) => "sensitivity",
            Self::Discover(_) => "discover",
            Self::Robust(_) => "robust",
            Self::Pareto(_) => "pareto",
            Self::Thresholds(_) => "thresholds",
        }
    }
}

/// What an analysis found.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "analysis", rename_all = "snake_case")]
pub enum Finding {
    /// See [`Analysis::Split`].
    Split(split::Split),
    /// See [`Analysis::Compare`].
    Compare(compare::Comparison),
    /// See [`Analysis::Select`].
    Select(select::Selection),
    /// See [`Analysis::Sensitivity`].
    Sensitivity(sensitivity::Sensitivity),
    /// See [`Analysis::Discover`].
    Discover(discover::Discovery),
    /// See [`Analysis::Robust`].
    Robust(robust::Robustness),
    /// See [`Analysis::Pareto`].
    Pareto(pareto::Front),
    /// See [`Analysis::Thresholds`].
    Thresholds(thresholds::Thresholds),
}

/// An estimate with its interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Estimate {
    /// The estimate.
    pub value: f64,
    /// The lower end of its interval.
    pub low: f64,
    /// The upper end of its interval.
    pub high: f64,
}
