//! Requested to capacity ratio: the host with the best score by a shape over the share
//! of each resource in use.

use super::HostView;
use crate::simulation::placement::Demand;
use crate::world::{RatioShape, ResourceWeights};

/// Σ w s / Σ w over the resources whose s is above zero, where s is ten times the
/// shape's score at the share in use once the workload is there: from 0 to 100; 0 where
/// no s is above zero.
///
/// Source: Kubernetes, `buildRequestedToCapacityRatioScorerFunction` of the scheduler
/// plugin NodeResourcesFit, strategy RequestedToCapacityRatio, which leaves out
/// resources that score zero in the same way. Kubernetes rounds the share down and the
/// score to the nearest whole number; here nothing is rounded.
///
/// Cost: one evaluation for each distinct free state.
pub fn score(host: HostView, demand: Demand, weights: ResourceWeights, shape: &RatioShape) -> f64 {
    let (sum, weight) = host.resources(demand, weights).fold((0.0, 0.0), |(sum, weight), resource| {
        let score = 10.0 * shape.at(100.0 * resource.used_after());
        if score > 0.0 { (sum + resource.weight * score, weight + resource.weight) } else { (sum, weight) }
    });
    if weight > 0.0 { sum / weight } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::super::{demand, view};
    use super::*;
    use crate::world::ShapePoint;

    fn shape(points: &[(f64, f64)]) -> RatioShape {
        let point = |&(used_percent, score)| ShapePoint { used_percent, score };
        RatioShape::new(points.iter().map(point).collect()).unwrap()
    }

    #[test]
    fn the_default_shape_packs_as_most_allocated_does() {
        let host = view([24, 112], [32, 128]);
        let weights = ResourceWeights::default();
        assert_eq!(score(host, demand(8, 16, 0), weights, &RatioShape::default()), 37.5);
    }

    #[test]
    fn a_peak_prefers_what_comes_near_it_and_what_scores_zero_does_not_count() {
        // 50 % of the vCPUs and 25 % of the memory: 10 and 5 of 10.
        let peak = shape(&[(0.0, 0.0), (50.0, 10.0), (100.0, 0.0)]);
        let host = view([24, 112], [32, 128]);
        let weights = ResourceWeights::default();
        assert_eq!(score(host, demand(8, 16, 0), weights, &peak), 75.0);
        // All vCPUs in use score zero: memory alone counts, 5 of 10.
        assert_eq!(score(view([8, 112], [32, 128]), demand(8, 16, 0), weights, &peak), 50.0);
    }
}
