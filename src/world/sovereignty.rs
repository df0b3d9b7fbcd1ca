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

/// The weights of one edition of the framework.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edition {
    /// Its name, such as `2026`.
    pub name: String,
    /// The weight of each objective in percent, in their order; they add up to 100.
    pub weights: Vec<u32>,
}

/// The framework in force, with one set of weights.
#[derive(Clone, Debug, Default)]
pub struct Framework {
    /// Which edition the weights of the objectives come from.
    pub edition: String,
    /// All editions, that one included.
    pub editions: Vec<Edition>,
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

/// What every offer that holds data of a class must show. A gate is a veto: nothing else
/// buys it off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gate {
    /// The class of data.
    pub data_class: DataClassId,
    /// What is demanded.
    pub demand: Demand,
}

/// What a gate demands of an offer.
///
/// A SEAL is demanded of an objective, never of all: some answers carry SEAL-0 on
/// recycling or the origin of software, and an overall gate would veto what nobody meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Demand {
    /// At least this SEAL, from 0 to 4, for an objective.
    Seal {
        /// Index of the objective in [`Framework::objectives`].
        objective: usize,
        /// The least SEAL.
        seal: u8,
    },
    /// A certification, such as `SecNumCloud`.
    Certified(String),
    /// At least this level of the Gaia-X label, from 1 to 3.
    GaiaX(u8),
    /// Data lies in one of these: country codes, `EU` or `EEA`.
    Residency(Vec<String>),
    /// Its operator is proven to keep the holding rule of `SecNumCloud`.
    HeldInEu,
    /// None of its operator, its owner and its supplier is under the law of any of these.
    NotUnder(Vec<String>),
}

/// In which role a party stands behind an offer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// It runs the site and signs the contract.
    Operator,
    /// It owns the operator.
    Owner,
    /// It makes the platform.
    Supplier,
}

impl Role {
    /// All roles.
    pub const ALL: [Self; 3] = [Self::Operator, Self::Owner, Self::Supplier];

    /// Its key in result files, which is also its name.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Operator => "operator",
            Self::Owner => "owner",
            Self::Supplier => "supplier",
        }
    }
}
