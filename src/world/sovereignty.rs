//! The sovereignty framework: criteria, objectives, weights, answers and gates.
//!
//! After the European Commission's Cloud Sovereignty Framework. A SEAL is a
//! minimum, never an average; the score only ranks what passed its gates.

use super::DataClassId;

/// One of the eight objectives, with its weight.
#[derive(Clone, Debug)]
pub struct Objective {
    /// Its code, such as `SOV-2`.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Its weight in percent; the weights of a framework add up to 100.
    pub weight: u32,
}

/// A question of the framework and what each answer is worth.
#[derive(Clone, Debug)]
pub struct Criterion {
    /// Index of its objective in [`Framework::objectives`].
    pub objective: usize,
    /// A short name.
    pub name: String,
    /// The value of each answer.
    pub values: Vec<f64>,
    /// The SEAL of each answer, from 0 to 4.
    pub seals: Vec<u8>,
}

/// The framework in force, with one set of weights.
#[derive(Clone, Debug, Default)]
pub struct Framework {
    /// Which edition the weights come from.
    pub edition: String,
    /// The objectives, in order.
    pub objectives: Vec<Objective>,
    /// The criteria, in order.
    pub criteria: Vec<Criterion>,
}

/// What a provider answers.
#[derive(Clone, Debug, Default)]
pub struct Profile {
    /// For each criterion the index of the answer; none where unanswered.
    pub answers: Vec<Option<u8>>,
    /// Where the answers come from; an assumption unless the user replaced it.
    pub basis: String,
}

/// The least SEAL that data of a class may be held at, for one objective.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gate {
    /// The class of data.
    pub data_class: DataClassId,
    /// Index of the objective in [`Framework::objectives`].
    pub objective: usize,
    /// The least SEAL, from 0 to 4.
    pub seal: u8,
}
