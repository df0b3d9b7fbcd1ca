//! The policies that score hosts, one stateless file each.
//!
//! A score depends on what a host has free, on its size and on the demand, so hosts
//! that agree in both are scored once: every policy here costs O(distinct free states)
//! where the pool keeps its index of them ([`Pool::index_states`](super::Pool)), and
//! one sweep where it does not; and as many questions to the filters as hosts of the
//! states that lead are refused. Greater is better; ties go to the lowest host number.
//!
//! Every score sums over the resources in one order (processors, memory, disk) and
//! leaves out what the host does not have or does not count, so that the same state
//! has the same bits everywhere.

mod balanced_allocation;
mod cosine_similarity;
mod dot_product;
mod e_pvm;
#[cfg(test)]
mod fixture;
mod l2_norm;
mod least_allocated;
mod most_allocated;
mod nova;
mod requested_to_capacity_ratio;

use super::{Demand, Group, Pool};
use crate::world::{Placement, PlacementPolicy, ResourceWeights};

/// What a score is computed from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HostView {
    /// What the host has free before the workload is placed.
    pub free: Demand,
    /// What it has when it is empty.
    pub capacity: Demand,
}

/// One resource of a host as policies see it, in the unit of [`Demand`].
#[derive(Clone, Copy, Debug, PartialEq)]
struct Resource {
    free: f64,
    capacity: f64,
    demand: f64,
    weight: f64,
}

impl Resource {
    /// The share of the capacity in use once the workload is there.
    fn used_after(&self) -> f64 {
        (self.capacity - self.free + self.demand) / self.capacity
    }

    /// The share in use before.
    fn used_before(&self) -> f64 {
        (self.capacity - self.free) / self.capacity
    }

    /// What is free, as a share of the capacity.
    fn free_share(&self) -> f64 {
        self.free / self.capacity
    }

    /// The demand, as a share of the capacity.
    fn demand_share(&self) -> f64 {
        self.demand / self.capacity
    }
}

impl HostView {
    /// What hosts of a group look like.
    pub fn of(group: &Group<'_>) -> Self {
        Self { free: group.free, capacity: group.capacity }
    }

    /// The resources that the host has and counts.
    fn resources(self, demand: Demand, weights: ResourceWeights) -> impl Iterator<Item = Resource> + Clone {
        let (free, capacity) = (self.free, self.capacity);
        [
            (free.vcpus, capacity.vcpus, demand.vcpus, weights.vcpus),
            (free.mib, capacity.mib, demand.mib, weights.memory),
            (free.disk_gib, capacity.disk_gib, demand.disk_gib, weights.disk),
        ]
        .into_iter()
        .filter(|(_, capacity, _, _)| *capacity != 0 && *capacity != Demand::UNCOUNTED)
        .map(|(free, capacity, demand, weight)| Resource {
            free: f64::from(free),
            capacity: f64::from(capacity),
            demand: f64::from(demand),
            weight,
        })
    }
}

/// The weighted mean of a value over resources; 0 where no weight counts.
fn weighted_mean(resources: impl Iterator<Item = Resource>, value: impl Fn(&Resource) -> f64) -> f64 {
    let (sum, weights) = resources.fold((0.0, 0.0), |(sum, weights), resource| {
        (sum + resource.weight * value(&resource), weights + resource.weight)
    });
    if weights > 0.0 { sum / weights } else { 0.0 }
}

/// The host that a scoring policy takes; nothing when no host that is admitted takes
/// the workload.
///
/// # Panics
/// If the policy does not score but follows an order of hosts.
pub(super) fn best_scored(
    placement: &Placement,
    pool: &Pool,
    demand: Demand,
    admits: impl Fn(u32) -> bool,
) -> Option<u32> {
    let weights = placement.weights;
    match placement.policy {
        PlacementPolicy::LeastAllocated => {
            highest(pool, demand, admits, |host| least_allocated::score(host, demand, weights))
        }
        PlacementPolicy::MostAllocated => {
            highest(pool, demand, admits, |host| most_allocated::score(host, demand, weights))
        }
        PlacementPolicy::BalancedAllocation => {
            highest(pool, demand, admits, |host| balanced_allocation::score(host, demand))
        }
        PlacementPolicy::RequestedToCapacityRatio => highest(pool, demand, admits, |host| {
            requested_to_capacity_ratio::score(host, demand, weights, &placement.shape)
        }),
        PlacementPolicy::DotProduct => {
            highest(pool, demand, admits, |host| dot_product::score(host, demand, weights))
        }
        PlacementPolicy::DotProductLeast => {
            highest(pool, demand, admits, |host| -dot_product::score(host, demand, weights))
        }
        PlacementPolicy::L2Norm => {
            highest(pool, demand, admits, |host| l2_norm::score(host, demand, weights))
        }
        PlacementPolicy::CosineSimilarity => {
            highest(pool, demand, admits, |host| cosine_similarity::score(host, demand, weights))
        }
        PlacementPolicy::Nova => {
            let ranges = nova::Ranges::over(feasible(pool, demand, &admits), placement.nova.range);
            highest(pool, demand, admits, |host| nova::score(host, &ranges, placement.nova))
        }
        PlacementPolicy::EPvm => {
            highest(pool, demand, admits, |host| e_pvm::score(host, demand, weights, placement.e_pvm))
        }
        PlacementPolicy::FirstFit
        | PlacementPolicy::NextFit
        | PlacementPolicy::BestFit
        | PlacementPolicy::WorstFit
        | PlacementPolicy::RandomFit => {
            panic!("{} follows an order of hosts and scores none", placement.policy.name())
        }
    }
}

/// The states of hosts of which at least one takes the workload.
fn feasible(pool: &Pool, demand: Demand, admits: &impl Fn(u32) -> bool) -> impl Iterator<Item = HostView> {
    pool.groups()
        .filter(move |group| demand.fits(group.free) && group.hosts().any(admits))
        .map(|group| HostView::of(&group))
}

/// The feasible host of the greatest score, of several the lowest number. A group
/// whose score is behind is not asked for a host that is admitted.
fn highest(
    pool: &Pool,
    demand: Demand,
    admits: impl Fn(u32) -> bool,
    score: impl Fn(HostView) -> f64,
) -> Option<u32> {
    let mut best: Option<(f64, u32)> = None;
    for group in pool.groups().filter(|group| demand.fits(group.free)) {
        let score = score(HostView::of(&group));
        debug_assert!(score.is_finite(), "{group:?} scores {score}");
        if best.is_some_and(|(highest, _)| score < highest) {
            continue;
        }
        let bound = best.filter(|(highest, _)| score == *highest).map_or(u32::MAX, |(_, host)| host);
        let found = group.hosts().take_while(|host| *host < bound).find(|host| admits(*host));
        if let Some(host) = found {
            best = Some((score, host));
        }
    }
    best.map(|(_, host)| host)
}

#[cfg(test)]
fn view(free: [u32; 2], capacity: [u32; 2]) -> HostView {
    let of = |[vcpus, gib]: [u32; 2]| Demand { vcpus, mib: gib << 10, disk_gib: Demand::UNCOUNTED };
    HostView { free: of(free), capacity: of(capacity) }
}

#[cfg(test)]
fn with_disk(host: HostView, free_gib: u32, capacity_gib: u32) -> HostView {
    HostView {
        free: Demand { disk_gib: free_gib, ..host.free },
        capacity: Demand { disk_gib: capacity_gib, ..host.capacity },
    }
}

#[cfg(test)]
fn demand(vcpus: u32, gib: u32, disk_gib: u32) -> Demand {
    Demand { vcpus, mib: gib << 10, disk_gib }
}
