//! What the simulation carries out: a strategy, or the evacuation of a party.

use crate::base::ids::{Id, IdVec};
use crate::base::units::{SimTime, Span};
use crate::world::{
    Assignment, Consolidation, ContractChoice, ContractId, OfferId, Schedule, Strategy, WorkloadId, World,
};

/// What becomes of each workload, when, and what is done about contracts.
#[derive(Clone, Debug)]
pub struct Plan {
    /// What becomes of each workload that does not stay.
    pub assignments: IdVec<WorkloadId, Option<Assignment>>,
    /// When moves start and how fast they go.
    pub schedule: Schedule,
    /// What is done when each contract ends.
    pub contracts: IdVec<ContractId, ContractChoice>,
    /// Hosts that are emptied and given up.
    pub consolidations: Vec<Consolidation>,
    /// Offers from which every workload goes away.
    left: Vec<bool>,
}

impl Plan {
    /// The plan of a strategy.
    pub fn of(world: &World, strategy: &Strategy) -> Self {
        let mut plan = Self {
            assignments: strategy.assignments.clone(),
            schedule: strategy.schedule.clone(),
            contracts: strategy.contracts.clone(),
            consolidations: strategy.consolidations.clone(),
            left: Vec::new(),
        };
        plan.find_left(world, |workload| Some(world.workloads[workload].home));
        plan
    }

    /// The evacuation of what `assignments` moves, starting at `now`, at the pace
    /// of the last waves of `pace`. Contracts are left.
    pub fn evacuation(
        world: &World,
        assignments: IdVec<WorkloadId, Option<Assignment>>,
        pace: &Schedule,
        now: SimTime,
        place: impl Fn(WorkloadId) -> Option<OfferId>,
    ) -> Self {
        let schedule = Schedule {
            start: now,
            interval: pace.interval.max(Span::from_days(1)),
            wave_sizes: pace.wave_sizes.clone(),
        };
        let contracts = IdVec::filled(ContractChoice::Leave, world.contracts.len());
        let mut plan =
            Self { assignments, schedule, contracts, consolidations: Vec::new(), left: Vec::new() };
        plan.find_left(world, place);
        plan
    }

    /// Whether every workload goes away from `offer`, and at least one does.
    pub fn leaves(&self, offer: OfferId) -> bool {
        self.left[offer.index()]
    }

    fn find_left(&mut self, world: &World, place: impl Fn(WorkloadId) -> Option<OfferId>) {
        let mut going = vec![false; world.offers.len()];
        let mut staying = vec![false; world.offers.len()];
        for (workload, assignment) in self.assignments.enumerate() {
            let Some(offer) = place(workload) else { continue };
            match assignment {
                Some(assignment) if assignment.to != Some(offer) => going[offer.index()] = true,
                _ => staying[offer.index()] = true,
            }
        }
        self.left = going.iter().zip(staying).map(|(going, staying)| *going && !staying).collect();
    }
}
