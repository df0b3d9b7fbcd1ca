//! Alternatives under common random numbers.

use serde::Serialize;

use super::Estimate;
use crate::study::summary::Summary;
use crate::study::trials::AlternativeId;

/// What may be asked.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CompareSpec {
    /// Which alternatives; the first is what the others are compared with.
    pub alternatives: Vec<AlternativeId>,
    /// How many replications.
    pub replications: Replications,
    /// The level of all intervals together, as 0.95.
    pub level: f64,
    /// Which pairs.
    pub pairs: Pairs,
    /// Replications with the inputs at their modes, for the second variance-reduction
    /// factor; 0 for none.
    pub fixed: u32,
}

/// Which pairs are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Pairs {
    /// Each with the first.
    First,
    /// Each with each.
    All,
}

/// How many replications.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Replications {
    /// So many.
    Fixed(u32),
    /// Until the half-width of every difference of one outcome is small enough.
    Until {
        /// The place of the outcome in the study.
        outcome: usize,
        /// How small.
        width: Width,
        /// At least so many, and then rounds of as many.
        round: u32,
        /// At most so many.
        most: u32,
    },
}

/// How small a half-width has to be.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Width {
    /// In the unit of the outcome.
    Absolute(f64),
    /// As a share γ of the mean difference: half-width/|mean| ≤ γ/(1+γ) (Law).
    Relative(f64),
}

/// What the comparison found.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Comparison {
    /// Replications of each alternative.
    pub replications: u32,
    /// Replications with the inputs at their modes.
    pub fixed: u32,
    /// The level of all intervals of one outcome together; each is wider (Bonferroni).
    pub level: f64,
    /// Whether the half-width asked for was reached; none when the number was fixed.
    pub reached: Option<Reached>,
    /// The alternatives, in the order of the spec.
    pub alternatives: Vec<AlternativeId>,
    /// Each outcome.
    pub outcomes: Vec<Compared>,
    /// For each alternative and each month of the horizon, 5, 25, 50, 75 and 95 % of the
    /// replications have a cumulative cost below; empty without a curve.
    pub fans: Vec<Vec<[f64; 5]>>,
}

/// How a stopping rule ended.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Reached {
    /// Whether the half-width was reached before the budget was used up.
    pub reached: bool,
    /// The widest half-width, in the unit of the rule.
    pub half_width: f64,
    /// Replications that would be needed, as the variances stand.
    pub needed: u32,
}

/// One outcome of all alternatives.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Compared {
    /// The place of the outcome in the study.
    pub outcome: usize,
    /// Each alternative, in the order of the spec.
    pub each: Vec<Each>,
    /// Each pair.
    pub pairs: Vec<Pair>,
}

/// One outcome of one alternative.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Each {
    /// What the replications say.
    pub summary: Summary,
    /// The median with an interval by order statistics at 95 %; none with too few
    /// replications for one.
    pub median: Option<Estimate>,
    /// The probability that it is the best, ties shared, with a 95 % Clopper–Pearson
    /// interval.
    pub best: Estimate,
    /// All values, sorted: what the distribution strip shows.
    pub sorted: Vec<f64>,
}

/// One alternative less another, replication by replication.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Pair {
    /// Which.
    pub of: AlternativeId,
    /// Less which.
    pub minus: AlternativeId,
    /// The mean difference with its interval by Student's t.
    pub difference: Estimate,
    /// Share of the replications in which `of` is better.
    pub better: f64,
    /// Whether the interval leaves out zero.
    pub separated: bool,
    /// Replications that would separate them, as the variance stands; none where they
    /// are, or where no number would (they do not differ).
    pub needed: Option<u64>,
    /// (Var X + Var Y) / Var(X - Y) over inputs and chance together: what common random
    /// numbers save; none where the difference does not vary.
    pub reduction: Option<f64>,
    /// The same with the inputs at their modes; none without such replications.
    pub reduction_fixed: Option<f64>,
    /// A warning that Student's interval may not cover as said, with a bootstrap interval
    /// in its place; none where the differences are not that skewed.
    pub skewed: Option<Skewed>,
}

/// A difference too skewed for Student's interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Skewed {
    /// The sample skewness.
    pub skewness: f64,
    /// The mean with a bootstrap interval.
    pub bootstrap: Estimate,
}
