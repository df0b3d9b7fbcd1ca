//! What the simulation carries out: a strategy, or the evacuation of a party.

use super::exit::Rehearsal;
use crate::base::ids::{Id, IdVec};
use crate::base::units::{SimTime, Span};
use crate::world::{
    Assignment, CommitmentId, Consolidation, ContractChoice, ContractId, OfferId, Schedule, Strategy,
    WeeklyCapacity, WorkloadId, World,
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
    /// What is bought for a term, used or not.
    pub commitments: Vec<CommitmentId>,
    /// What the plan does to each offer.
    turnover: Vec<Turnover>,
}

/// What a plan does to an offer.
#[derive(Clone, Copy, Debug, Default)]
struct Turnover {
    /// Something goes away from it.
    going: bool,
    /// Something stays there.
    staying: bool,
    /// Something comes to it.
    coming: bool,
}

impl Plan {
    /// The plan of a strategy. A move to where the workload already is, is none.
    pub fn of(world: &World, strategy: &Strategy) -> Self {
        let mut plan = Self {
            assignments: strategy.assignments.clone(),
            schedule: strategy.schedule.clone(),
            contracts: strategy.contracts.clone(),
            consolidations: strategy.consolidations.clone(),
            commitments: strategy.commitments.clone(),
            turnover: Vec::new(),
        };
        for (id, workload) in world.workloads.enumerate() {
            plan.assignments[id].take_if(|assignment| assignment.to == Some(workload.home));
        }
        plan.find_turnover(world, |workload| Some(world.workloads[workload].home));
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
            wave_sizes: match pace.weekly {
                Some(_) => Vec::new(),
                None => pace.wave_sizes.last().copied().into_iter().collect(),
            },
            weekly: pace.weekly.map(|weekly| WeeklyCapacity { from: weekly.to, ..weekly }),
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
            commitments: Vec::new(),
            turnover: Vec::new(),
        };
        plan.find_turnover(world, place);
        plan
    }

    /// Whether every workload goes away from `offer`, at least one does, and none
    /// comes.
    pub fn leaves(&self, offer: OfferId) -> bool {
        self.shrinks(offer) && !self.turnover[offer.index()].staying
    }

    /// Whether some workload goes away from `offer` and none comes: its hosts are
    /// given up as they become free.
    pub fn shrinks(&self, offer: OfferId) -> bool {
        let turnover = self.turnover[offer.index()];
        turnover.going && !turnover.coming
    }

    /// Whether a workload that is at `place` now is to be at `offer` when all is done.
    pub fn ends_at(&self, offer: OfferId, workload: WorkloadId, place: Option<OfferId>) -> bool {
        match self.assignments[workload] {
            Some(assignment) => assignment.to == Some(offer),
            None => place == Some(offer),
        }
    }

    fn find_turnover(&mut self, world: &World, place: impl Fn(WorkloadId) -> Option<OfferId>) {
        self.turnover = vec![Turnover::default(); world.offers.len()];
        for (workload, assignment) in self.assignments.enumerate() {
            let from = place(workload);
            let to = assignment.map_or(from, |assignment| assignment.to);
            match (from, to) {
                (Some(from), Some(to)) if from == to => self.turnover[from.index()].staying = true,
                (from, to) => {
                    from.into_iter().for_each(|offer| self.turnover[offer.index()].going = true);
                    to.into_iter().for_each(|offer| self.turnover[offer.index()].coming = true);
                }
            }
        }
    }
}
