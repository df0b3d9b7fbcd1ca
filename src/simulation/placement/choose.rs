//! One entry for all policies: the host for a workload, or why there is none.

use super::filters::{Bound, Exclusion, Filters};
use super::policies::best_scored;
use super::refusal::Refusal;
use super::{Demand, Pool, Turn, best_fit, first_fit, next_fit, random_fit, worst_fit};
use crate::world::{Placement, PlacementPolicy, WorkloadId};

/// Among which hosts a choice is made.
#[derive(Clone, Copy, Debug)]
pub struct Hosts<'a, A> {
    /// The hosts and what they hold.
    pub pool: &'a Pool,
    /// The rules of the offer and who is where.
    pub filters: &'a Filters,
    /// Whether a host counts, for reasons of the moment: one that is kept free, or not
    /// up yet.
    pub admits: A,
}

/// Who wants to be placed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Request {
    /// The workload.
    pub workload: WorkloadId,
    /// What it needs.
    pub demand: Demand,
}

/// The host that the policy takes among those with room that the filters and `admits`
/// allow.
///
/// Cost: that of the policy. For a workload without rules no filter is asked about any
/// host. A refusal costs one sweep over the hosts: where only the fact of it matters,
/// see [`find`].
///
/// # Errors
/// If there is no such host: the count of hosts by what excludes them.
pub fn choose<A: Fn(u32) -> bool>(
    placement: &Placement,
    hosts: &Hosts<'_, A>,
    request: Request,
    turn: Turn,
) -> Result<u32, Refusal> {
    find(placement, hosts, request, turn).ok_or_else(|| Refusal::explain(hosts, request))
}

/// As [`choose`], without the reasons.
pub fn find<A: Fn(u32) -> bool>(
    placement: &Placement,
    hosts: &Hosts<'_, A>,
    request: Request,
    turn: Turn,
) -> Option<u32> {
    let Hosts { pool, filters, admits } = hosts;
    match filters.bind(request.workload) {
        None => among(placement, pool, request.demand, turn, admits),
        Some(bound) if bound.barred(request.demand).is_some() => None,
        Some(bound) => {
            among(placement, pool, request.demand, turn, |host| admits(host) && bound.admits(host))
        }
    }
}

/// The host that the policy takes among those with room that `admits` allows, where no
/// rules bind.
///
/// Cost: that of the policy.
#[inline]
pub fn among(
    placement: &Placement,
    pool: &Pool,
    demand: Demand,
    turn: Turn,
    admits: impl Fn(u32) -> bool,
) -> Option<u32> {
    match placement.policy {
        PlacementPolicy::FirstFit => first_fit(pool, demand, admits),
        PlacementPolicy::NextFit => next_fit(pool, demand, turn.last, admits),
        PlacementPolicy::BestFit => best_fit(pool, demand, admits),
        PlacementPolicy::WorstFit => worst_fit(pool, demand, admits),
        PlacementPolicy::RandomFit => random_fit(pool, demand, turn.uniform, admits),
        _ => best_scored(placement, pool, demand, admits),
    }
}

/// Why a workload may be on no host, or not on this one.
pub(super) fn excluded(bound: Option<Bound<'_>>, demand: Demand, host: u32) -> Option<Exclusion> {
    bound.and_then(|bound| bound.barred(demand).or_else(|| bound.verdict(host)))
}
