//! Most allocated: the host with the largest mean share in use.

use super::{HostView, weighted_mean};
use crate::simulation::placement::Demand;
use crate::world::ResourceWeights;

/// 100 · Σ w R / C / Σ w, where R is what is in use once the workload is there and C
/// the capacity: from 0 to 100.
///
/// Source: Kubernetes, `mostRequestedScore` of the scheduler plugin NodeResourcesFit,
/// strategy MostAllocated. Kubernetes rounds each resource down to a whole number; here
/// nothing is rounded.
///
/// Cost: one evaluation for each distinct free state.
pub fn score(host: HostView, demand: Demand, weights: ResourceWeights) -> f64 {
    weighted_mean(host.resources(demand, weights), |resource| 100.0 * resource.used_after())
}

#[cfg(test)]
mod tests {
    use super::super::{demand, view, with_disk};
    use super::*;

    #[test]
    fn the_score_is_the_mean_share_in_use() {
        // 16 of 32 vCPUs and 32 of 128 GiB are in use: 50 and 25; of 1,000 GiB of disk 900.
        let host = view([24, 112], [32, 128]);
        assert_eq!(score(host, demand(8, 16, 0), ResourceWeights::default()), 37.5);
        let host = with_disk(host, 200, 1000);
        assert_eq!(score(host, demand(8, 16, 100), ResourceWeights::default()), 55.0);
    }

    #[test]
    fn a_resource_without_weight_does_not_count() {
        let host = view([24, 112], [32, 128]);
        let memory = ResourceWeights { vcpus: 0.0, memory: 1.0, disk: 0.0 };
        assert_eq!(score(host, demand(8, 16, 0), memory), 25.0);
        let nothing = ResourceWeights { memory: 0.0, ..memory };
        assert_eq!(score(host, demand(8, 16, 0), nothing), 0.0);
    }
}
