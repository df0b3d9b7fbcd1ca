//! The best alternative, with a guarantee.

use serde::Serialize;

use crate::study::trials::AlternativeId;

/// What may be asked.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SelectSpec {
    /// By which procedure.
    pub procedure: Procedure,
    /// The place of the outcome in the study.
    pub outcome: usize,
    /// Among which alternatives, at least 2.
    pub alternatives: Vec<AlternativeId>,
    /// The least difference worth detecting, in the unit of the outcome: the indifference
    /// zone of KN and Rinott. OCBA does not use it.
    pub delta: f64,
    /// The probability of a correct selection that is guaranteed, as 0.95.
    pub level: f64,
    /// Replications of each alternative in the first stage, at least 2.
    pub first: u32,
    /// Evaluations in all, of all alternatives together.
    pub budget: u32,
}

/// A procedure of ranking and selection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Procedure {
    /// Kim and Nelson 2001: screens as replications come, under common random numbers.
    Kn,
    /// Rinott 1978: two stages, independent sampling.
    Rinott,
    /// Chen 2000: spends a budget where it tells most. A heuristic without guarantee.
    Ocba,
}

/// What was selected.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Selection {
    /// By which procedure.
    pub procedure: Procedure,
    /// The place of the outcome in the study.
    pub outcome: usize,
    /// The best; where the budget ended first, the one with the best mean so far.
    pub best: AlternativeId,
    /// Whether the procedure came to its end within the budget.
    pub finished: bool,
    /// What is guaranteed, or not, in words.
    pub guarantee: String,
    /// The least difference worth detecting.
    pub delta: f64,
    /// The level asked for.
    pub level: f64,
    /// Evaluations that were used, and that would be needed, as the variances stand.
    pub used: u32,
    /// See `used`; the same where it came to its end.
    pub needed: u32,
    /// Each alternative, in the order of the spec.
    pub candidates: Vec<Candidate>,
}

/// How one alternative fared.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Candidate {
    /// Which.
    pub alternative: AlternativeId,
    /// Its replications.
    pub replications: u32,
    /// Its mean over them.
    pub mean: f64,
    /// Its standard deviation over them.
    pub deviation: f64,
    /// After how many replications it was dropped; none where it was not.
    pub dropped: Option<u32>,
}
