//! Where an alternative fails: boxes of the inputs by the patient rule induction method
//! (Friedman and Fisher 1999).

use serde::Serialize;

use crate::study::question::Measure;

/// What may be asked.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DiscoverSpec {
    /// Of which number.
    pub measure: Measure,
    /// A future is of interest where the mean of the number over chance is worse than this.
    pub worse_than: f64,
    /// Futures: points of a Latin hypercube over the inputs.
    pub futures: u32,
    /// Replications of each, over whose mean the number is taken.
    pub replications: u32,
    /// Share of the points in the box that a step peels off, as 0.05.
    pub peel: f64,
    /// The least share of all points that a box may hold.
    pub least_mass: f64,
    /// The most boxes.
    pub boxes: u32,
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Discovery {
    /// Of which number.
    pub measure: Measure,
    /// What was thresholded.
    pub worse_than: f64,
    /// Futures.
    pub futures: u32,
    /// Replications of each.
    pub replications: u32,
    /// Futures of interest.
    pub cases: u32,
    /// The boxes, the first the densest of what it was chosen from.
    pub boxes: Vec<FoundBox>,
    /// Values of the inputs (in their units) and the number, future by future: what the
    /// box pairs show.
    pub points: Vec<(Vec<f64>, f64)>,
    /// What the reader should know, in sentences.
    pub notes: Vec<String>,
}

/// A box of inputs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FoundBox {
    /// Its limits; an input that is not named is free.
    pub limits: Vec<Limit>,
    /// Share of the cases that it holds.
    pub coverage: f64,
    /// Share of its points that are cases.
    pub density: f64,
    /// Share of all points that it holds.
    pub mass: f64,
    /// Share of all points that are cases: the density without a box.
    pub base: f64,
    /// Coverage and density of every box on the way of peeling: the trade-off curve.
    pub trajectory: Vec<(f64, f64)>,
    /// In words.
    pub sentence: String,
}

/// A limit of a box on one input.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Limit {
    /// The place of the input in the study.
    pub input: usize,
    /// The least value, in its unit; none where it is free downwards.
    pub low: Option<f64>,
    /// The greatest value; none where it is free upwards.
    pub high: Option<f64>,
    /// The quasi-p-value: how likely a density as high would be without this limit, by the
    /// binomial distribution (Bryant and Lempert 2010).
    pub quasi_p: f64,
}
