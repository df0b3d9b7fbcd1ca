//! What a study leaves: its findings, and every evaluation that they rest on.

use super::analyses::Finding;
use super::trials::{AlternativeId, Design, Table};

/// The findings of a study.
#[derive(Clone, Debug)]
pub struct Findings {
    /// One for each analysis, in the order of the file.
    pub findings: Vec<Finding>,
    /// Every design that was evaluated, in the order in which the analyses asked.
    pub records: Vec<Record>,
    /// Where an outcome did not exist and something stood in its place.
    pub stand_ins: Vec<StandIn>,
}

/// A design and its outcomes.
#[derive(Clone, Debug)]
pub struct Record {
    /// The place of the analysis that asked in the study's.
    pub analysis: usize,
    /// What it asked.
    pub design: Design,
    /// What came out: the study's outcomes, then the hidden ones.
    pub table: Table,
}

/// An outcome that did not exist in some runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StandIn {
    /// Under which alternative.
    pub alternative: AlternativeId,
    /// The place of the outcome in the study.
    pub outcome: usize,
    /// In how many runs [`Outcome::missing`](super::Outcome::missing) stands in its place.
    pub runs: u64,
    /// Of how many.
    pub of: u64,
}

impl Findings {
    /// Evaluations in all.
    pub fn evaluations(&self) -> usize {
        self.records.iter().map(|record| record.table.len()).sum()
    }
}
