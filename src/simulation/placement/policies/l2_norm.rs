//! L2 norm: the host whose free resources are nearest to the demand.

use super::HostView;
use crate::simulation::placement::Demand;
use crate::world::ResourceWeights;

/// −Σ w ((F − D) / C)², where F is what is free before the workload is placed, D the
/// demand and C the capacity: at most 0.
///
/// Source: the norm-based greedy heuristic of Panigrahy, Talwar, Uyeda and Wieder
/// ("Heuristics for Vector Bin Packing", 2011), which minimises the weighted square of
/// the difference of demand and remaining capacity, hosts being of size 1.
///
/// Cost: one evaluation for each distinct free state.
pub fn score(host: HostView, demand: Demand, weights: ResourceWeights) -> f64 {
    let square = |share: f64| share * share;
    let distance: f64 = host
        .resources(demand, weights)
        .map(|resource| resource.weight * square(resource.free_share() - resource.demand_share()))
        .sum();
    -distance
}

#[cfg(test)]
mod tests {
    use super::super::{demand, view};
    use super::*;

    #[test]
    fn the_score_falls_with_the_square_of_what_stays_free() {
        // A half of the vCPUs and three quarters of the memory stay free.
        let host = view([24, 112], [32, 128]);
        assert_eq!(score(host, demand(8, 16, 0), ResourceWeights::default()), -(0.25 + 0.5625));
        assert_eq!(score(view([8, 16], [32, 128]), demand(8, 16, 0), ResourceWeights::default()), 0.0);
    }
}
