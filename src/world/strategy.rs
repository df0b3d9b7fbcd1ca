//! Strategies: what is moved where, when and how, and what is done about contracts.

use super::{CommitmentId, ContractId, LinkId, Method, OfferId, Term, ToolId, WorkloadId};
use crate::base::ids::IdVec;
use crate::base::units::{SimTime, Span};

/// What becomes of a workload: the seven Rs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Disposition {
    /// It is switched off for good.
    Retire,
    /// It stays where it is.
    Retain,
    /// The same hypervisor elsewhere; the guest is not touched.
    Relocate,
    /// Another platform; the guest is adapted.
    Rehost,
    /// Small changes, such as a managed database.
    Replatform,
    /// Another product.
    Repurchase,
    /// Rewritten.
    Refactor,
}

/// A strategy.
#[derive(Clone, Debug)]
pub struct Strategy {
    /// Its name in the scenario.
    pub name: String,
    /// Its name for people.
    pub label: String,
    /// What becomes of each workload that does not stay; none stays.
    pub assignments: IdVec<WorkloadId, Option<Assignment>>,
    /// When moves start and how fast they go.
    pub schedule: Schedule,
    /// What is done when each contract ends.
    pub contracts: IdVec<ContractId, ContractChoice>,
    /// Hosts that are emptied and given up without leaving their site.
    pub consolidations: Vec<Consolidation>,
    /// What it buys for a term, used or not.
    pub commitments: Vec<CommitmentId>,
}

/// Where a workload goes and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Assignment {
    /// What becomes of it.
    pub disposition: Disposition,
    /// Where it goes; nowhere when it is retired.
    pub to: Option<OfferId>,
    /// How it gets there.
    pub method: Method,
    /// With which tool.
    pub tool: Option<ToolId>,
    /// Over which link, of those that join the two sites; none within one site, and for
    /// what travels without one.
    pub link: Option<LinkId>,
}

/// When moves start and how fast they go.
#[derive(Clone, Debug)]
pub struct Schedule {
    /// When work on the first wave starts.
    pub start: SimTime,
    /// Time between the starts of two waves.
    pub interval: Span,
    /// Workloads in the first waves; the last number holds for all later waves.
    /// A move group is never split, so that a wave may be larger. Empty only where a
    /// weekly capacity holds from the first wave on.
    pub wave_sizes: Vec<u32>,
    /// What waves after the listed ones hold, where it is not the last listed size.
    pub weekly: Option<WeeklyCapacity>,
}

/// Workloads that a factory moves in a week: more as it learns.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WeeklyCapacity {
    /// At the start.
    pub from: f64,
    /// After the ramp.
    pub to: f64,
    /// How long it takes to get there.
    pub over: Span,
}

impl WeeklyCapacity {
    /// Workloads a week, so long after the start: linear, then constant.
    pub fn at(&self, since: Span) -> f64 {
        if since >= self.over {
            return self.to;
        }
        self.from + (self.to - self.from) * (since.as_days() / self.over.as_days())
    }
}

impl Schedule {
    /// The size of wave `index`, from 0, that starts so long after the first: as
    /// listed, then by what the weekly capacity gives in the middle of the wave, or
    /// else the last that is listed. At least one.
    pub fn wave_size(&self, index: usize, since: Span) -> u32 {
        let listed = self.wave_sizes.get(index).or(self.wave_sizes.last()).copied().unwrap_or(1);
        match self.weekly {
            Some(weekly) if index >= self.wave_sizes.len() => {
                let middle = since + Span::from_ns(self.interval.as_ns() / 2);
                let size = weekly.at(middle) * self.interval.as_days() / 7.0;
                (libm::round(size) as u32).max(1)
            }
            _ => listed,
        }
    }
}

/// What is done when a contract ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ContractChoice {
    /// Renew for this term, for the cores then needed.
    Renew(Term),
    /// Leave. What lasts is bought for the shortest term on sale, and what was left
    /// behind is bridged by it.
    Leave,
}

/// Hosts that are emptied and given up without leaving their site.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Consolidation {
    /// Where.
    pub offer: OfferId,
    /// When.
    pub at: SimTime,
}

impl Strategy {
    /// Whether `workload` does not stay.
    pub fn is_move(&self, workload: WorkloadId) -> bool {
        self.assignments[workload].is_some()
    }

    /// The number of workloads that do not stay.
    pub fn planned_moves(&self) -> usize {
        self.assignments.iter().flatten().count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waves_are_as_listed_and_then_grow_to_the_weekly_capacity() {
        // The published ramp: five a week, growing to fifty within half a year.
        let weekly = WeeklyCapacity { from: 5.0, to: 50.0, over: Span::from_days(180) };
        let schedule = Schedule {
            start: SimTime::START,
            interval: Span::from_days(28),
            wave_sizes: vec![8, 8],
            weekly: Some(weekly),
        };
        let size = |wave: usize| schedule.wave_size(wave, Span::from_days(28 * wave as u64));
        // The third starts on day 56; its middle is day 70: 5 + 45 × 70/180 = 22.5 a week.
        assert_eq!((size(0), size(1), size(2)), (8, 8, 90));
        // From day 180 on fifty a week.
        assert_eq!((size(6), size(30)), (200, 200));
        let usual = Schedule { weekly: None, ..schedule };
        assert_eq!(usual.wave_size(7, Span::ZERO), 8);
    }
}
