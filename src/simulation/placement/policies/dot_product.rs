//! Dot product: how well what is free is aligned with what is asked.

use super::HostView;
use crate::simulation::placement::Demand;
use crate::world::ResourceWeights;

/// Σ w (D / C) (F / C), where D is the demand, F what is free before the workload is
/// placed and C the capacity: from 0.
///
/// Source: the alignment score of Tetris (Grandl et al., "Multi-Resource Packing for
/// Cluster Schedulers", SIGCOMM 2014), which takes the largest; likewise the dot-product
/// heuristic of Panigrahy et al. ("Heuristics for Vector Bin Packing", 2011), which
/// fills one host with the workload of the largest. Authors differ in the sign: where
/// the demand is given and a host is sought, the largest product spreads and the
/// smallest packs. `dot-product` takes the largest and `dot-product-least` the smallest.
///
/// Cost: one evaluation for each distinct free state.
pub fn score(host: HostView, demand: Demand, weights: ResourceWeights) -> f64 {
    host.resources(demand, weights)
        .map(|resource| resource.weight * resource.demand_share() * resource.free_share())
        .sum()
}

#[cfg(test)]
mod tests {
    use super::super::{demand, view, with_disk};
    use super::*;

    #[test]
    fn the_score_is_the_product_of_shares_asked_and_shares_free() {
        // A quarter of the vCPUs, of which 3/4 are free; an eighth of the memory, 7/8 free.
        let host = view([24, 112], [32, 128]);
        let expected = 0.25 * 0.75 + 0.125 * 0.875;
        assert_eq!(score(host, demand(8, 16, 0), ResourceWeights::default()), expected);
        // And a tenth of the disk, half free: 0.05, in decimals that binary rounds.
        let host = with_disk(host, 500, 1000);
        let difference = score(host, demand(8, 16, 100), ResourceWeights::default()) - (expected + 0.05);
        assert!(difference.abs() < 1e-15);
    }
}
