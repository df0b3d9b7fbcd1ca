//! A what-if study: what is compared, what is uncertain, what is looked at, and which
//! analyses answer.
//!
//! Plain, checked data without Worlds: an analysis knows alternatives, inputs and
//! outcomes by number and name, and [`Sampler`](super::trials::Sampler) evaluates them.

use serde::Serialize;

use super::analyses::Analysis;
use super::trials::AlternativeId;
use crate::base::ids::IdVec;
use crate::base::random::{Draws, Quantile};

/// A study, checked.
#[derive(Clone, Debug)]
pub struct Study {
    /// Its name: that of its folder of results.
    pub name: String,
    /// The question that it answers, in the user's words.
    pub question: String,
    /// The seed of all draws.
    pub seed: u64,
    /// What is compared; the first is what the others are compared with.
    pub alternatives: IdVec<AlternativeId, Alternative>,
    /// Levers of the variants, in the order of the file; empty without variants.
    pub levers: Vec<String>,
    /// The inputs that designs move, at least one for an analysis that has a design.
    pub inputs: Vec<Input>,
    /// Uncertain figures of the scenario that are no input here: a design leaves them at
    /// their modes, a replication draws them.
    pub held: u32,
    /// What is looked at, at least one.
    pub outcomes: Vec<Outcome>,
    /// Months of the horizon for which the cumulative cost at each month's end is a hidden
    /// outcome after those of the study; 0 when no analysis draws the curve.
    pub curve: usize,
    /// Currency of amounts: the reporting currency.
    pub currency: String,
    /// The analyses, in the order of the file.
    pub analyses: Vec<Analysis>,
}

/// One of what is compared.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Alternative {
    /// Its name, unique in the study: `renew`, or `renew/engineers=4` where levers vary.
    pub name: String,
    /// For people.
    pub label: String,
    /// The strategy's name in the scenario.
    pub strategy: String,
    /// The setting of each lever, in the order of [`Study::levers`].
    pub settings: Vec<String>,
}

/// An uncertain input: one figure of the scenario, or several that are moved as a group.
#[derive(Clone, Debug)]
pub struct Input {
    /// Its name: the figure's, or the group's.
    pub name: String,
    /// The unit of its value; empty for a group.
    pub unit: String,
    /// Its columns of a design's points: one for each of its figures.
    pub columns: std::ops::Range<usize>,
    /// What is known of its value; none for a group, which has no single value.
    pub quantile: Option<Quantile>,
}

impl Input {
    /// Its value at quantile `u`, in its unit; `u` itself for a group.
    pub fn value(&self, u: f64) -> f64 {
        let inside = u.clamp(LEAST, 1.0 - LEAST);
        self.quantile.as_ref().map_or(u, |quantile| quantile.at(inside))
    }
}

/// Points are brought within (0, 1) by this much: some distributions have no ends. It is
/// the spacing of what [`Draws::uniform`] gives, halved.
pub const LEAST: f64 = 0.5 / (1_u64 << 52) as f64;

/// What is looked at.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Outcome {
    /// The dotted name of the figure: `cost.npv`.
    pub figure: String,
    /// For people: `Net present cost`.
    pub label: String,
    /// Its unit.
    pub unit: Unit,
    /// Which values are wanted.
    pub better: Better,
    /// What it should not miss, in its unit; none where nothing was asked.
    pub target: Option<f64>,
    /// What stands where it does not exist; none where that refuses the study.
    pub missing: Option<f64>,
}

/// How an outcome is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Money of the reporting currency.
    Money,
    /// Years since the start of the scenario; shown as a date.
    Date,
    /// A share from 0 to 1.
    Share,
    /// Anything else: hours, months, counts, percent.
    Plain,
}

/// Which values of an outcome are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Better {
    /// Less is better.
    Lower,
    /// More is better.
    Higher,
}

impl Better {
    /// Whether `a` is better than `b`.
    pub fn prefers(self, a: f64, b: f64) -> bool {
        match self {
            Self::Lower => a < b,
            Self::Higher => a > b,
        }
    }

    /// `value` as a loss: less is better.
    pub fn loss(self, value: f64) -> f64 {
        match self {
            Self::Lower => value,
            Self::Higher => -value,
        }
    }
}

impl Outcome {
    /// Whether `value` misses the target; false where there is none.
    pub fn misses(&self, value: f64) -> bool {
        self.target.is_some_and(|target| self.better.prefers(target, value))
    }
}

impl Study {
    /// Numbers of a design's point.
    pub fn columns(&self) -> usize {
        self.inputs.last().map_or(0, |input| input.columns.end)
    }

    /// The draws of procedures that are no part of the simulated world: designs,
    /// scramblings, resamples. Address them by a purpose and an entity of their own.
    pub fn draws(&self) -> Draws {
        Draws { seed: self.seed, replication: u64::MAX }
    }
}

/// What an analysis of one number looks at: an outcome of one alternative, or by how
/// much it differs from another's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Measure {
    /// The place of the outcome in [`Study::outcomes`].
    pub outcome: usize,
    /// Of which alternative.
    pub of: AlternativeId,
    /// Less that of this one, under the same inputs and the same chance.
    pub minus: Option<AlternativeId>,
}
