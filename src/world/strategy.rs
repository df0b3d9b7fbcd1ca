//! Strategies: what is moved where, when and how, and what is done about contracts.

use super::{ContractId, LinkId, Method, OfferId, Term, ToolId, WorkloadId};
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
    /// A move group is never split, so that a wave may be larger. Never empty.
    pub wave_sizes: Vec<u32>,
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
