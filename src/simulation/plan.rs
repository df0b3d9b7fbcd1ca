//! What the simulation carries out: a strategy, or the evacuation of a party.

use super::exit::Rehearsal;
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
    /// The plan of a strategy. A move to where the workload already is, is none.
    pub fn of(world: &World, strategy: &Strategy) -> Self {
        let mut plan = Self {
            assignments: strategy.assignments.clone(),
            schedule: strategy.schedule.clone(),
            contracts: strategy.contracts.clone(),
            consolidations: strategy.consolidations.clone(),
            left: Vec::new(),
        };
        for (id, workload) in world.workloads.enumerate() {
            plan.assignments[id].take_if(|assignment| assignment.to == Some(workload.home));
        }
        plan.find_left(world, |workload| Some(world.workloads[workload].home));
        plan
    }

    /// The evacuation of a party from `now` on, at the pace of this plan's last
    /// waves: the pilots are over. Contracts on what the party sells are left; about
    /// the others nothing changes.
    pub fn evacuation(
        &self,
        world: &World,
        rehearsal: Rehearsal,
        now: SimTime,
        place: impl Fn(WorkloadId) -> Option<OfferId>,
    ) -> Self {
        let pace = &self.schedule;
        let schedule = Schedule {
            start: now,
            interval: pace.interval.max(Span::from_days(1)),
            wave_sizes: pace.wave_sizes.last().copied().into_iter().collect(),
        };
        let sells = |contract: ContractId| {
            world.licences[world.contracts[contract].licence].supplier == rehearsal.party
        };
        let contracts = self
            .contracts
            .enumerate()
            .map(|(contract, choice)| if sells(contract) { ContractChoice::Leave } else { *choice })
            .collect();
        let mut plan = Self {
            assignments: rehearsal.assignments,
            schedule,
            contracts,
            consolidations: Vec::new(),
            left: Vec::new(),
        };
        plan.find_left(world, place);
        plan
    }

    /// Whether every workload goes away from `offer`, at least one does, and none
    /// comes.
    pub fn leaves(&self, offer: OfferId) -> bool {
        self.left[offer.index()]
    }

    fn find_left(&mut self, world: &World, place: impl Fn(WorkloadId) -> Option<OfferId>) {
        let mut going = vec![false; world.offers.len()];
        let mut staying = vec![false; world.offers.len()];
        for (workload, assignment) in self.assignments.enumerate() {
            if let Some(to) = assignment.and_then(|assignment| assignment.to) {
                staying[to.index()] = true;
            }
            let Some(offer) = place(workload) else { continue };
            match assignment {
                Some(assignment) if assignment.to != Some(offer) => going[offer.index()] = true,
                _ => staying[offer.index()] = true,
            }
        }
        self.left = going.iter().zip(staying).map(|(going, staying)| *going && !staying).collect();
    }
}
