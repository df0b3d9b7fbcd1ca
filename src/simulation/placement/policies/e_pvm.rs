//! E-PVM: the host on which the demand adds least to a cost exponential in use.

use super::HostView;
use crate::simulation::placement::Demand;
use crate::world::{ExponentialCost, ResourceWeights};

/// −Σ w (b^u′ − b^u), where u is the share in use before and u′ that after the workload
/// is placed and b the base: at most 0. It spreads: the fuller a resource is, the dearer
/// the same demand.
///
/// Source: the marginal cost of Amir, Awerbuch, Barak, Borgstrom and Keren ("An
/// Opportunity Cost Approach for Job Assignment in a Scalable Computing Cluster", IEEE
/// TPDS 11(7), 2000): each resource has a cost exponential in its utilisation, a
/// machine's cost is their sum, and a job goes where it adds least. Used in an early
/// Borg, as commonly stated; so is the base of 10.
///
/// Cost: one evaluation for each distinct free state.
pub fn score(host: HostView, demand: Demand, weights: ResourceWeights, cost: ExponentialCost) -> f64 {
    let added: f64 = host
        .resources(demand, weights)
        .map(|resource| {
            let cost_of = |used| libm::pow(cost.base, used);
            resource.weight * (cost_of(resource.used_after()) - cost_of(resource.used_before()))
        })
        .sum();
    -added
}

#[cfg(test)]
mod tests {
    use super::super::{demand, view};
    use super::*;

    #[test]
    fn the_score_is_what_the_demand_adds_to_the_cost() {
        // vCPUs go from 1/4 to 1/2 in use, memory from 1/2 to 1, at base 16:
        // 16^(1/2) − 16^(1/4) + 16 − 16^(1/2) = 4 − 2 + 16 − 4 = 14.
        let host = view([24, 64], [32, 128]);
        let cost = ExponentialCost { base: 16.0 };
        let score = score(host, demand(8, 64, 0), ResourceWeights::default(), cost);
        // A power is exact to a unit in the last place.
        assert!((score + 14.0).abs() < 1e-13, "{score}");
    }

    #[test]
    fn the_same_demand_is_dearer_on_a_fuller_host() {
        let on = |free| {
            score(
                view([free, 128], [32, 128]),
                demand(8, 0, 0),
                ResourceWeights::default(),
                ExponentialCost::default(),
            )
        };
        assert!(on(32) > on(16) && on(16) > on(8));
    }
}
