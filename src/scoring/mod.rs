//! Journal → Scorecard: the numbers of one run, each a fold over the stream.
//!
//! One definition of each number serves the forecast (which only folds) and the
//! illustrative path (which also keeps the stream): both run the same [`Scorer`].

pub mod attribution;
mod availability;
mod commitments;
mod cost;
mod downtime;
mod exit;
#[cfg(test)]
mod fixture;
mod interoperability;
mod lock_in;
mod migration;
mod payees;
mod reading;
mod residence;
mod scorer;
mod sovereignty;
mod utilisation;

pub use availability::Availability;
pub use commitments::Commitments;
pub use cost::Cost;
pub use exit::{Component, Components, ExitLedger};
pub use interoperability::Interoperability;
pub use lock_in::{ExitOutcome, LockIn, PartyExit, months};
pub use migration::Migration;
pub use payees::Payees;
pub use reading::{Read, Reading, Section, Sections};
pub use residence::Residence;
pub use scorer::Scorer;
pub use sovereignty::{Exposure, GateViolation, Sovereignty};
pub use utilisation::Utilisation;

use crate::base::ids::IdVec;
use crate::base::units::{Money, SimTime};
use crate::world::{ApplicationId, World};

/// The numbers of one run.
#[derive(Clone, Debug)]
pub struct Scorecard {
    /// What it costs.
    pub cost: Cost,
    /// What was bought for a term; none where no strategy buys anything so.
    pub commitments: Option<Commitments>,
    /// What was moved, and when it was done.
    pub migration: Migration,
    /// What crossing platforms costs.
    pub interoperability: Interoperability,
    /// How hard it would be to leave.
    pub lock_in: LockIn,
    /// Who could compel access to the data.
    pub sovereignty: Sovereignty,
    /// Hours for which each application was down for its moves: the time in which at
    /// least one of its workloads was.
    pub downtime: IdVec<ApplicationId, f64>,
    /// How much was down.
    pub availability: Availability,
    /// What was used of what was allocated; none where the World samples nothing.
    pub utilisation: Option<Utilisation>,
    /// Where the estate lived, month by month.
    pub residence: Residence,
}

/// One figure of a scorecard.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Score {
    /// An exact amount of the reporting currency.
    Money(Money),
    /// A plain number.
    Number(f64),
    /// A count.
    Count(u64),
    /// An instant; in statistics, years since the start.
    Instant(SimTime),
    /// It does not exist in this run: no move finished, no exit was rehearsed.
    Missing,
}

impl Score {
    /// The figure as a number for statistics; none when it is missing.
    pub fn as_f64(self, world: &World) -> Option<f64> {
        match self {
            Self::Money(amount) => Some(amount.as_f64()),
            Self::Number(number) => Some(number),
            Self::Count(count) => Some(count as f64),
            Self::Instant(at) => Some(world.calendar.years(at)),
            Self::Missing => None,
        }
    }
}

impl Scorecard {
    /// Every figure with its dotted name, such as `cost.by_category.compute`,
    /// in the order of the report. The names depend on the World alone, so that
    /// the same place means the same figure in every replication.
    pub fn figures(&self, world: &World) -> Vec<(String, Score)> {
        Section::ALL.into_iter().flat_map(|section| self.figures_of(world, section)).collect()
    }

    /// The figures of one part of it.
    fn figures_of(&self, world: &World, section: Section) -> Vec<(String, Score)> {
        let mut figures = Vec::new();
        match section {
            Section::Cost => self.cost.figures(world, &mut figures),
            Section::Commitments => {
                self.commitments.iter().for_each(|commitments| commitments.figures(&mut figures));
            }
            Section::Migration => self.migration.figures(&mut figures),
            Section::Interoperability => self.interoperability.figures(world, &mut figures),
            Section::LockIn => self.lock_in.figures(world, &mut figures),
            Section::Sovereignty => self.sovereignty.figures(world, &mut figures),
            Section::Availability => self.availability.figures(&mut figures),
            Section::Utilisation => {
                self.utilisation.iter().for_each(|utilisation| utilisation.figures(&mut figures));
            }
        }
        figures
    }
}
