//! How workloads are put on hosts: which policy chooses among the hosts that could
//! take one, how hosts are levelled afterwards, and the rules that bind whatever the
//! policy.

use std::str::FromStr;

use super::{OfferId, WorkloadId};
use crate::base::ids::IdVec;
use crate::base::units::{Bytes, Span};
use crate::typed_id;

typed_id! {
    /// A group of hosts of one offer, which rules refer to.
    HostGroupId,
    /// A rule of placement.
    RuleId,
}

/// Which of the hosts that could take a workload takes it. Each policy is one file
/// of `simulation::placement::policies`, with its formula, source and cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum PlacementPolicy {
    /// The host of the lowest number.
    FirstFit,
    /// The first host from the one that took the last workload on, round and round.
    NextFit,
    /// The fullest host, by free virtual processors.
    #[default]
    BestFit,
    /// The emptiest host, by free virtual processors.
    WorstFit,
    /// Any host, each as likely as the next.
    RandomFit,
    /// The host with the largest mean share left free (Kubernetes).
    LeastAllocated,
    /// The host with the largest mean share in use (Kubernetes).
    MostAllocated,
    /// The host whose resources are most evenly used (Kubernetes).
    BalancedAllocation,
    /// The host with the best score by a shape over the share in use (Kubernetes).
    RequestedToCapacityRatio,
    /// The host whose free resources are best aligned with the demand: the largest
    /// dot product of the two (Tetris).
    DotProduct,
    /// The smallest such dot product: the tightest host, weighed by what is asked.
    DotProductLeast,
    /// The host whose free resources are nearest to the demand.
    L2Norm,
    /// The host whose free resources point most in the direction of the demand.
    CosineSimilarity,
    /// The host with the largest sum of normalised weighers (OpenStack Nova).
    Nova,
    /// The host on which the demand adds least to a cost that is exponential in use
    /// (enhanced PVM, used in an early Borg).
    EPvm,
}

impl PlacementPolicy {
    /// All policies: those that follow an order of hosts, then those that score.
    pub const ALL: [Self; 15] = [
        Self::FirstFit,
        Self::NextFit,
        Self::BestFit,
        Self::WorstFit,
        Self::RandomFit,
        Self::LeastAllocated,
        Self::MostAllocated,
        Self::BalancedAllocation,
        Self::RequestedToCapacityRatio,
        Self::DotProduct,
        Self::DotProductLeast,
        Self::L2Norm,
        Self::CosineSimilarity,
        Self::Nova,
        Self::EPvm,
    ];

    /// Its name in a scenario.
    pub const fn name(self) -> &'static str {
        match self {
            Self::FirstFit => "first-fit",
            Self::NextFit => "next-fit",
            Self::BestFit => "best-fit",
            Self::WorstFit => "worst-fit",
            Self::RandomFit => "random-fit",
            Self::LeastAllocated => "least-allocated",
            Self::MostAllocated => "most-allocated",
            Self::BalancedAllocation => "balanced-allocation",
            Self::RequestedToCapacityRatio => "requested-to-capacity-ratio",
            Self::DotProduct => "dot-product",
            Self::DotProductLeast => "dot-product-least",
            Self::L2Norm => "l2-norm",
            Self::CosineSimilarity => "cosine-similarity",
            Self::Nova => "nova",
            Self::EPvm => "e-pvm",
        }
    }

    /// Whether it scores hosts by their free state, and so wants the pool to keep an
    /// index of these, rather than following an order of hosts.
    pub const fn scores(self) -> bool {
        !matches!(self, Self::FirstFit | Self::NextFit | Self::BestFit | Self::WorstFit | Self::RandomFit)
    }

    /// Whether chance takes part in it.
    pub const fn draws(self) -> bool {
        matches!(self, Self::RandomFit)
    }
}

/// No policy has this name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a placement policy")]
pub struct UnknownPolicy(pub String);

impl FromStr for PlacementPolicy {
    type Err = UnknownPolicy;

    fn from_str(name: &str) -> Result<Self, UnknownPolicy> {
        Self::ALL.into_iter().find(|policy| policy.name() == name).ok_or_else(|| UnknownPolicy(name.into()))
    }
}

/// A policy with all that policies can be told. What a policy does not use has no
/// effect on it.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Placement {
    /// The policy.
    pub policy: PlacementPolicy,
    /// How much each resource counts, for the policies that score.
    pub weights: ResourceWeights,
    /// The shape of [`PlacementPolicy::RequestedToCapacityRatio`].
    pub shape: RatioShape,
    /// The weighers of [`PlacementPolicy::Nova`].
    pub nova: NovaWeighers,
    /// The cost of [`PlacementPolicy::EPvm`].
    pub e_pvm: ExponentialCost,
}

impl Placement {
    /// A policy with everything else as it is by default.
    pub fn by(policy: PlacementPolicy) -> Self {
        Self { policy, ..Self::default() }
    }
}

/// How much each resource counts in a score: numbers from 0, of which only the
/// proportions matter. One each by default, as in Kubernetes for CPU and memory.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ResourceWeights {
    /// Of virtual processors.
    pub vcpus: f64,
    /// Of memory.
    pub memory: f64,
    /// Of disk, where hosts have it.
    pub disk: f64,
}

impl Default for ResourceWeights {
    fn default() -> Self {
        Self { vcpus: 1.0, memory: 1.0, disk: 1.0 }
    }
}

/// A score from 0 to 10 for each share of a resource in use, linear between its
/// points and level outside them. By default from 0 at 0 % to 10 at 100 %: it packs,
/// as the example of the Kubernetes page "Resource Bin Packing" does.
#[derive(Clone, Debug, PartialEq)]
pub struct RatioShape {
    points: Vec<ShapePoint>,
}

/// A point of a [`RatioShape`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ShapePoint {
    /// Share in use, in percent, from 0 to 100.
    pub used_percent: f64,
    /// Score, from 0 to 10.
    pub score: f64,
}

/// Why points are not a shape.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum ShapeError {
    /// There is no point.
    #[error("a shape needs at least one point")]
    Empty,
    /// A point lies outside the allowed ranges.
    #[error("a point is a use of 0 to 100 percent with a score of 0 to 10, not {0} with {1}")]
    OutOfRange(f64, f64),
    /// The points are not in order.
    #[error("the use must rise from point to point, and {1} percent comes after {0} percent")]
    OutOfOrder(f64, f64),
}

impl RatioShape {
    /// The shape through these points.
    ///
    /// # Errors
    /// If there is none, one is out of range, or their uses do not rise.
    pub fn new(points: Vec<ShapePoint>) -> Result<Self, ShapeError> {
        let allowed = |point: &ShapePoint| {
            (0.0..=100.0).contains(&point.used_percent) && (0.0..=10.0).contains(&point.score)
        };
        if points.is_empty() {
            return Err(ShapeError::Empty);
        }
        if let Some(point) = points.iter().find(|point| !allowed(point)) {
            return Err(ShapeError::OutOfRange(point.used_percent, point.score));
        }
        if let Some(pair) = points.windows(2).find(|pair| pair[0].used_percent >= pair[1].used_percent) {
            return Err(ShapeError::OutOfOrder(pair[0].used_percent, pair[1].used_percent));
        }
        Ok(Self { points })
    }

    /// The score at a share in use, in percent.
    pub fn at(&self, used_percent: f64) -> f64 {
        let after = self.points.partition_point(|point| point.used_percent <= used_percent);
        let points = self.points.as_slice();
        match (points[..after].last(), points.get(after)) {
            (Some(low), Some(high)) => {
                let along = (used_percent - low.used_percent) / (high.used_percent - low.used_percent);
                low.score + along * (high.score - low.score)
            }
            (Some(only), None) | (None, Some(only)) => only.score,
            (None, None) => unreachable!("a shape has at least one point"),
        }
    }
}

impl Default for RatioShape {
    fn default() -> Self {
        let point = |used_percent, score| ShapePoint { used_percent, score };
        Self { points: vec![point(0.0, 0.0), point(100.0, 10.0)] }
    }
}

/// The multipliers of Nova's weighers of free resources. A positive one spreads, a
/// negative one stacks, zero switches the weigher off. One each by default, as
/// `ram_weight_multiplier`, `cpu_weight_multiplier` and `disk_weight_multiplier` are
/// (OpenStack, Compute schedulers; Red Hat OpenStack Platform, Compute scheduler
/// weights).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NovaWeighers {
    /// Of free memory.
    pub ram: f64,
    /// Of free virtual processors.
    pub cpu: f64,
    /// Of free disk, where hosts have it.
    pub disk: f64,
    /// What the weighers are normalised by.
    pub range: NovaRange,
}

impl Default for NovaWeighers {
    fn default() -> Self {
        Self { ram: 1.0, cpu: 1.0, disk: 1.0, range: NovaRange::LeastToMost }
    }
}

/// The range that is stretched to 0 to 1 before a multiplier is applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NovaRange {
    /// From the least free among the hosts that could take the workload to the most,
    /// as the documentation describes it.
    LeastToMost,
    /// From nothing free to the most, as the weighers of memory, processors and disk
    /// set it in the source (`minval = 0`).
    NothingToMost,
}

/// A cost that is exponential in the share of a resource in use.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ExponentialCost {
    /// What the cost is multiplied by from none to all in use; above 1. An
    /// assumption: 10 is commonly stated, the theory takes the number of machines.
    pub base: f64,
}

impl Default for ExponentialCost {
    fn default() -> Self {
        Self { base: 10.0 }
    }
}

/// How hosts are levelled by live moves, in the manner of vSphere DRS.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rebalancing {
    /// How uneven the hosts may be.
    pub target: BalanceTarget,
    /// The most moves of one invocation.
    pub most_moves: u32,
    /// What a move costs, as an addition to the standard deviation for each GiB of
    /// memory that it copies: a move that gains no more than that is not made. An
    /// assumption: DRS weighs the gain against the work of copying, but by how much
    /// is not published. The default lets a workload of 64 GiB move for a gain of
    /// 0.0064 or more, a fifteenth of what separates two priority levels.
    pub cost_per_gib: f64,
    /// How much each resource counts in the load of a host. Disk does not count: a
    /// live move leaves it where it is.
    pub weights: ResourceWeights,
}

impl Default for Rebalancing {
    fn default() -> Self {
        Self {
            target: BalanceTarget::Threshold(MigrationThreshold::Moderate),
            most_moves: 8,
            cost_per_gib: 0.0001,
            weights: ResourceWeights::default(),
        }
    }
}

/// Levelling that comes round.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Levelling {
    /// How it is done.
    pub how: Rebalancing,
    /// How often hosts are looked at; above zero.
    pub every: Span,
}

/// How uneven hosts may be before any is relieved.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum BalanceTarget {
    /// As a migration threshold of DRS allows, by the number of hosts.
    Threshold(MigrationThreshold),
    /// Up to this standard deviation of the loads of hosts, a number from 0.
    Deviation(f64),
}

/// The migration threshold of DRS: the lowest priority of a move that is still made,
/// from 1 (conservative) to 5 (aggressive).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MigrationThreshold {
    /// 1: only what rules demand.
    Conservative,
    /// 2: and what promises a significant improvement.
    ModeratelyConservative,
    /// 3, the default of DRS: and what promises a good one.
    Moderate,
    /// 4: and what promises a moderate one.
    ModeratelyAggressive,
    /// 5: and what promises a slight one.
    Aggressive,
}

impl MigrationThreshold {
    /// All thresholds, from 1 to 5.
    pub const ALL: [Self; 5] = [
        Self::Conservative,
        Self::ModeratelyConservative,
        Self::Moderate,
        Self::ModeratelyAggressive,
        Self::Aggressive,
    ];

    /// The lowest priority that is still made, from 1 to 5.
    pub const fn level(self) -> u8 {
        self as u8 + 1
    }

    /// The threshold of a level; none outside 1 to 5.
    pub fn from_level(level: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|threshold| threshold.level() == level)
    }
}

/// Hosts of one offer that rules refer to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostGroup {
    /// Its name in the scenario, such as `oracle-licensed`.
    pub name: String,
    /// The offer whose hosts they are.
    pub offer: OfferId,
    /// Their numbers in the pool of the offer, rising.
    pub hosts: Vec<u32>,
}

/// A rule that binds whatever the policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlacementRule {
    /// Its name in the scenario, such as `databases-apart`.
    pub name: String,
    /// Whom it binds: rising, without repeats.
    pub workloads: Vec<WorkloadId>,
    /// What it demands of them.
    pub demand: RuleDemand,
}

/// What a rule demands of the workloads that it binds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RuleDemand {
    /// No two of them on one host (anti-affinity).
    KeepApart,
    /// Those at one offer all on one host (affinity).
    KeepTogether,
    /// At the group's offer only on its hosts; at other offers anywhere (a DRS
    /// VM-to-host rule, "must run on").
    OnlyOn(HostGroupId),
    /// Not on the group's hosts (a DRS VM-to-host rule, "must not run on").
    NotOn(HostGroupId),
    /// Nowhere but on the group's hosts: only these are licensed for what they run.
    LicensedOn(HostGroupId),
    /// Only in these countries (ISO 3166 codes): their data may not leave them.
    Residency(Vec<String>),
    /// Together at most so much at an offer.
    Quota(Quota),
}

/// The most that the workloads of a rule may hold together at an offer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    /// The offer.
    pub offer: OfferId,
    /// Workloads; none for no limit.
    pub workloads: Option<u32>,
    /// Virtual processors; none for no limit.
    pub vcpus: Option<u32>,
    /// Memory; none for no limit.
    pub memory: Option<Bytes>,
}

/// All rules of placement.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct PlacementRules {
    /// The groups of hosts that rules refer to.
    pub groups: IdVec<HostGroupId, HostGroup>,
    /// The rules.
    pub rules: IdVec<RuleId, PlacementRule>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_policy_is_found_by_its_name_and_no_two_share_one() {
        for policy in PlacementPolicy::ALL {
            assert_eq!(policy.name().parse(), Ok(policy));
        }
        assert_eq!("fist-fit".parse::<PlacementPolicy>(), Err(UnknownPolicy("fist-fit".into())));
    }

    #[test]
    fn a_shape_is_linear_between_its_points_and_level_outside() {
        let point = |used_percent, score| ShapePoint { used_percent, score };
        let peak = RatioShape::new(vec![point(20.0, 0.0), point(70.0, 10.0), point(90.0, 4.0)]).unwrap();
        let scores = [0.0, 20.0, 45.0, 70.0, 80.0, 90.0, 100.0].map(|used| peak.at(used));
        assert_eq!(scores, [0.0, 0.0, 5.0, 10.0, 7.0, 4.0, 4.0]);
        assert_eq!(RatioShape::default().at(35.0), 3.5);
    }

    #[test]
    fn points_that_are_none_or_out_of_range_or_order_are_no_shape() {
        let point = |used_percent, score| ShapePoint { used_percent, score };
        assert_eq!(RatioShape::new(vec![]), Err(ShapeError::Empty));
        assert_eq!(RatioShape::new(vec![point(0.0, 11.0)]), Err(ShapeError::OutOfRange(0.0, 11.0)));
        let falling = vec![point(50.0, 1.0), point(50.0, 2.0)];
        assert_eq!(RatioShape::new(falling), Err(ShapeError::OutOfOrder(50.0, 50.0)));
    }

    #[test]
    fn a_threshold_is_a_level_from_one_to_five() {
        let levels: Vec<u8> = MigrationThreshold::ALL.iter().map(|threshold| threshold.level()).collect();
        assert_eq!(levels, [1, 2, 3, 4, 5]);
        assert_eq!(MigrationThreshold::from_level(3), Some(MigrationThreshold::Moderate));
        assert_eq!(MigrationThreshold::from_level(6), None);
    }
}
