//! Balanced allocation: the host whose resources are most evenly used.

use super::HostView;
use crate::simulation::placement::Demand;
use crate::world::ResourceWeights;

/// 100 · (1 − σ), where σ is the standard deviation, over the resources of the host, of
/// the shares in use once the workload is there: from 50 to 100. For two resources σ is
/// half the difference of the shares. Weights do not count.
///
/// Source: Kubernetes, `balancedResourceScorer` of the scheduler plugin
/// NodeResourcesBalancedAllocation. Kubernetes rounds the score down to a whole number;
/// here nothing is rounded.
///
/// Cost: one evaluation for each distinct free state.
pub fn score(host: HostView, demand: Demand) -> f64 {
    let shares =
        host.resources(demand, ResourceWeights::default()).map(|resource| resource.used_after().min(1.0));
    let count = shares.clone().count() as f64;
    if count == 0.0 {
        return 100.0;
    }
    let mean = shares.clone().sum::<f64>() / count;
    let variance = shares.map(|share| (share - mean) * (share - mean)).sum::<f64>() / count;
    100.0 * (1.0 - variance.sqrt())
}

#[cfg(test)]
mod tests {
    use super::super::{demand, view, with_disk};
    use super::*;

    #[test]
    fn two_resources_lose_half_their_difference() {
        // 50 % of the vCPUs and 25 % of the memory are in use.
        assert_eq!(score(view([24, 112], [32, 128]), demand(8, 16, 0)), 87.5);
        // Both a half.
        assert_eq!(score(view([24, 80], [32, 128]), demand(8, 16, 0)), 100.0);
    }

    #[test]
    fn three_resources_lose_their_standard_deviation() {
        // 50 %, 25 % and 75 %: variance (0 + 1/16 + 1/16) / 3 = 1/24.
        let host = with_disk(view([24, 112], [32, 128]), 250, 800);
        let expected = 100.0 * (1.0 - (1.0_f64 / 24.0).sqrt());
        // The sum of squares rounds in another order.
        assert!((score(host, demand(8, 16, 50)) - expected).abs() < 1e-12);
    }
}
