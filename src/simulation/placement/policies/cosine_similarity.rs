//! Cosine similarity: the host whose free resources point most in the direction of the
//! demand.

use super::HostView;
use crate::simulation::placement::Demand;
use crate::world::ResourceWeights;

/// Σ w d f / (√Σ w d² · √Σ w f²), where d is the demand and f what is free before the
/// workload is placed, each as a share of the capacity: from 0 to 1; 0 where either is
/// nothing. It looks at proportions alone: a small host that fits them is as good as a
/// large one.
///
/// As commonly stated; a published use is to choose the machine type of a workload
/// ("Two-phase online virtual machine placement in heterogeneous cloud data centers").
///
/// Cost: one evaluation for each distinct free state.
pub fn score(host: HostView, demand: Demand, weights: ResourceWeights) -> f64 {
    let (product, demanded, free) =
        host.resources(demand, weights).fold((0.0, 0.0, 0.0), |(product, demanded, free), resource| {
            let (d, f, w) = (resource.demand_share(), resource.free_share(), resource.weight);
            (product + w * d * f, demanded + w * d * d, free + w * f * f)
        });
    if product > 0.0 { product / (demanded.sqrt() * free.sqrt()) } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::super::{demand, view};
    use super::*;

    #[test]
    fn proportions_count_and_sizes_do_not() {
        let weights = ResourceWeights::default();
        // The demand asks 1/4 and 1/8; free are 3/4 and 3/8: the same direction.
        let aligned = score(view([24, 48], [32, 128]), demand(8, 16, 0), weights);
        // Squares and roots of binary fractions; the roots may round.
        assert!((aligned - 1.0).abs() < 1e-15);
        // Free are 1/4 and 1/2: (1/16 + 1/16) / (√(1/16 + 1/64) √(1/16 + 1/4)) = 0.8.
        let askew = score(view([8, 64], [32, 128]), demand(8, 16, 0), weights);
        assert!((askew - 0.8).abs() < 1e-15);
    }

    #[test]
    fn who_asks_for_nothing_is_alike_everywhere() {
        assert_eq!(score(view([8, 64], [32, 128]), demand(0, 0, 0), ResourceWeights::default()), 0.0);
    }
}
