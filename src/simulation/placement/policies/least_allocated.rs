//! Least allocated: the host with the largest mean share left free.

use super::{HostView, weighted_mean};
use crate::simulation::placement::Demand;
use crate::world::ResourceWeights;

/// 100 · Σ w (C − R) / C / Σ w, where R is what is in use once the workload is there
/// and C the capacity: from 0 to 100.
///
/// Source: Kubernetes, `leastRequestedScore` of the scheduler plugin NodeResourcesFit,
/// strategy LeastAllocated. Kubernetes rounds each resource down to a whole number; here
/// nothing is rounded.
///
/// Cost: one evaluation for each distinct free state.
pub fn score(host: HostView, demand: Demand, weights: ResourceWeights) -> f64 {
    weighted_mean(host.resources(demand, weights), |resource| 100.0 * (1.0 - resource.used_after()))
}

#[cfg(test)]
mod tests {
    use super::super::{demand, view, with_disk};
    use super::*;

    #[test]
    fn the_score_is_the_mean_share_left_free() {
        // 16 of 32 vCPUs and 96 of 128 GiB stay free: 50 and 75.
        let host = view([24, 112], [32, 128]);
        assert_eq!(score(host, demand(8, 16, 0), ResourceWeights::default()), 62.5);
        let memory = ResourceWeights { memory: 3.0, ..ResourceWeights::default() };
        assert_eq!(score(host, demand(8, 16, 0), memory), (50.0 + 3.0 * 75.0) / 4.0);
    }

    #[test]
    fn disk_counts_where_the_host_has_it() {
        // And 100 of 1,000 GiB of disk: 10.
        let host = with_disk(view([24, 112], [32, 128]), 200, 1000);
        assert_eq!(score(host, demand(8, 16, 100), ResourceWeights::default()), 45.0);
    }
}
