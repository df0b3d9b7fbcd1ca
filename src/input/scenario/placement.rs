//! How workloads are put on hosts: policies, groups of hosts, rules that bind both.

use serde_json::{Value, json};

use super::selector::Selector;
use super::site::Country;
use super::timeline::OfferPath;
use crate::base::diagnostics::{Diagnostic, Diagnostics, Spot};
use crate::base::settings::{Located, Name, Ratio, Schemas, Setting, unexpected};
use crate::base::units::{Bytes, Period, Share};
use crate::base::yaml::Node;
use crate::world::PlacementPolicy;

crate::choices! {
    /// Which of the hosts that could take a workload takes it.
    pub enum Policy as "a placement policy" {
        /// The host of the lowest number.
        FirstFit = "first-fit",
        /// The host that took the last workload, or else the next one that fits, round and round.
        NextFit = "next-fit",
        /// The fullest host, by free virtual processors.
        BestFit = "best-fit",
        /// The emptiest host, by free virtual processors.
        WorstFit = "worst-fit",
        /// Any host, each as likely as the next.
        RandomFit = "random-fit",
        /// The host with the largest mean share left free (Kubernetes).
        LeastAllocated = "least-allocated",
        /// The host with the largest mean share in use (Kubernetes).
        MostAllocated = "most-allocated",
        /// The host whose resources are most evenly used (Kubernetes).
        BalancedAllocation = "balanced-allocation",
        /// The host with the best score by a shape over the share in use (Kubernetes).
        RequestedToCapacityRatio = "requested-to-capacity-ratio",
        /// The host whose free resources are best aligned with the demand: the largest dot product (Tetris).
        DotProduct = "dot-product",
        /// The smallest such dot product: the tightest host, weighed by what is asked.
        DotProductLeast = "dot-product-least",
        /// The host whose free resources are nearest to the demand.
        L2Norm = "l2-norm",
        /// The host whose free resources point most in the direction of the demand.
        CosineSimilarity = "cosine-similarity",
        /// The host with the largest sum of normalised weighers (OpenStack Nova).
        Nova = "nova",
        /// The host on which the demand adds least to a cost that is exponential in use.
        EPvm = "e-pvm",
    }
    /// What a rule keeps.
    pub enum Keep as "what a rule keeps" {
        /// No two of them on one host.
        Apart = "apart",
        /// Those at one offer all on one host.
        Together = "together",
    }
}

crate::record! {
    /// A placement policy with settings.
    pub struct PlacementSettings as "a placement" {
        /// Which of the hosts that could take a workload takes it.
        pub policy: Policy = "best-fit",
        /// How much virtual processors count in a score. For `nova` the multiplier: negative stacks, positive spreads.
        pub cpu: Weight = "1",
        /// How much memory counts in a score.
        pub memory: Weight = "1",
        /// How much disk counts in a score, where hosts have it.
        pub disk: Weight = "1",
        /// For `requested-to-capacity-ratio`: the score at each share in use, linear between; from 0 to 10 when left out, which packs.
        pub shape: Option<Vec<ShapePoint>>,
        /// For `e-pvm`: what the cost is multiplied by from none to all in use.
        pub base: Located<Ratio> = "10",
        /// Hosts are levelled by live moves, in the manner of vSphere DRS; not at all when left out.
        pub rebalance: Option<Rebalance>,
    }

    /// A point of a shape.
    pub struct ShapePoint as "a point of a shape" {
        /// Share in use.
        pub used: Share,
        /// Score, from 0 to 10.
        pub score: Ratio,
    }

    /// Levelling of hosts by live moves.
    pub struct Rebalance as "a rebalancing" {
        /// The migration threshold of DRS, from 1 (conservative) to 5 (aggressive).
        pub threshold: Located<u32> = "3",
        /// How often hosts are looked at.
        pub every: Located<Period> = "1 day",
        /// The most moves each time.
        pub most_moves: u32 = "8",
    }

    /// A rule on hosts that binds whatever the policy: exactly one of `keep`, `only_on`, `not_on`, `licensed_on`, `countries` and `quota`.
    pub struct PlacementRule as "a rule on hosts" {
        /// Whom it binds.
        pub select: Selector,
        /// Keeps them on different hosts, or on one.
        pub keep: Option<Located<Keep>>,
        /// The group of hosts on which they must run; at other offers they run anywhere.
        pub only_on: Option<Name>,
        /// The group of hosts on which they must not run.
        pub not_on: Option<Name>,
        /// The group of hosts that alone are licensed for what they run; they run nowhere else.
        pub licensed_on: Option<Name>,
        /// The countries that their data may not leave.
        pub countries: Option<Located<Vec<Country>>>,
        /// What they may hold together at an offer.
        pub quota: Option<Quota>,
    }

    /// The most that workloads may hold together at an offer.
    pub struct Quota as "a quota" {
        /// The offer: `site/offer`.
        pub offer: OfferPath,
        /// How many there may be.
        pub workloads: Option<u32>,
        /// Virtual processors that they are given.
        pub vcpus: Option<u32>,
        /// Memory that they are given.
        pub memory: Option<Bytes>,
    }
}

impl Policy {
    /// The policy in the world.
    pub const fn policy(self) -> PlacementPolicy {
        match self {
            Self::FirstFit => PlacementPolicy::FirstFit,
            Self::NextFit => PlacementPolicy::NextFit,
            Self::BestFit => PlacementPolicy::BestFit,
            Self::WorstFit => PlacementPolicy::WorstFit,
            Self::RandomFit => PlacementPolicy::RandomFit,
            Self::LeastAllocated => PlacementPolicy::LeastAllocated,
            Self::MostAllocated => PlacementPolicy::MostAllocated,
            Self::BalancedAllocation => PlacementPolicy::BalancedAllocation,
            Self::RequestedToCapacityRatio => PlacementPolicy::RequestedToCapacityRatio,
            Self::DotProduct => PlacementPolicy::DotProduct,
            Self::DotProductLeast => PlacementPolicy::DotProductLeast,
            Self::L2Norm => PlacementPolicy::L2Norm,
            Self::CosineSimilarity => PlacementPolicy::CosineSimilarity,
            Self::Nova => PlacementPolicy::Nova,
            Self::EPvm => PlacementPolicy::EPvm,
        }
    }
}

/// How workloads are put on hosts: the name of a policy, or a policy with settings.
#[derive(Clone, PartialEq, Debug)]
pub enum Placing {
    /// A policy as it is by default.
    By(Policy),
    /// A policy with settings.
    With(Box<PlacementSettings>),
}

impl Setting for Placing {
    const WHAT: &'static str = "a placement policy, or one with settings";
    fn schema(schemas: &mut Schemas) -> Value {
        let (policy, settings) = (Policy::schema(schemas), PlacementSettings::schema(schemas));
        json!({ "anyOf": [policy, settings] })
    }
    fn read(node: &Node, diagnostics: &mut Diagnostics) -> Option<Self> {
        if node.as_mapping().is_some() {
            return PlacementSettings::read(node, diagnostics).map(|settings| Self::With(Box::new(settings)));
        }
        Policy::read(node, diagnostics).map(Self::By)
    }
    fn example() -> Option<String> {
        Some("best-fit".to_owned())
    }
}

/// A number that may be negative.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Weight {
    /// The number, finite.
    pub value: f64,
    /// Where it is written.
    pub spot: Spot,
}

impl Setting for Weight {
    const WHAT: &'static str = "a number without a unit";
    fn schema(_: &mut Schemas) -> Value {
        json!({ "type": "number", "examples": [1, -1] })
    }
    fn read(node: &Node, diagnostics: &mut Diagnostics) -> Option<Self> {
        let number =
            node.as_plain().and_then(|text| text.parse::<f64>().ok()).filter(|value| value.is_finite());
        if number.is_none() {
            diagnostics.push(unexpected(node, Self::WHAT).note("Expected a number, such as `1` or `-0.5`."));
        }
        number.map(|value| Self { value, spot: node.spot })
    }
}

/// Hosts of an offer by their numbers, from 1: `1-2`, or `3`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct HostRange {
    /// The first.
    pub first: u32,
    /// The last.
    pub last: u32,
    /// Where it is written.
    pub spot: Spot,
}

impl Setting for HostRange {
    const WHAT: &'static str = "numbers of hosts";
    fn schema(_: &mut Schemas) -> Value {
        json!({ "type": ["string", "integer"], "pattern": "^[1-9][0-9]*(-[1-9][0-9]*)?$", "examples": ["1-2"] })
    }
    fn read(node: &Node, diagnostics: &mut Diagnostics) -> Option<Self> {
        let range = node.as_text().and_then(|text| {
            let (first, last) = text.split_once('-').unwrap_or((text, text));
            let (first, last) = (first.trim().parse().ok()?, last.trim().parse().ok()?);
            (1 <= first && first <= last).then_some(Self { first, last, spot: node.spot })
        });
        if range.is_none() {
            diagnostics.push(
                unexpected(node, Self::WHAT)
                    .note("Hosts are counted from 1. Expected the first and the last, such as `1-2`, or one, such as `3`."),
            );
        }
        range
    }
    fn example() -> Option<String> {
        Some("1-2".to_owned())
    }
}

impl PlacementSettings {
    /// What only all settings together show.
    pub(super) fn check(&self, diagnostics: &mut Diagnostics) {
        for (key, weight) in [("cpu", self.cpu), ("memory", self.memory), ("disk", self.disk)] {
            if weight.value < 0.0 && self.policy != Policy::Nova {
                diagnostics.push(
                    Diagnostic::error(
                        weight.spot,
                        format!("`{key}` cannot be negative for `{}`", self.policy),
                    )
                    .note("Only the multipliers of `nova` may be: they then stack instead of spread."),
                );
            }
        }
        if self.base.value.get() <= 1.0 {
            diagnostics.push(
                Diagnostic::error(self.base.spot, "The base of an exponential cost is above 1")
                    .help("Write `base: 10`."),
            );
        }
        if let Some(rebalance) = &self.rebalance {
            rebalance.check(diagnostics);
        }
    }
}

impl Rebalance {
    fn check(&self, diagnostics: &mut Diagnostics) {
        if !(1..=5).contains(&self.threshold.value) {
            diagnostics.push(
                Diagnostic::error(self.threshold.spot, "`threshold` must lie between 1 and 5")
                    .note("1 makes only what rules demand, 5 every move that promises anything."),
            );
        }
    }
}

impl PlacementRule {
    /// Exactly one demand must be written, and a quota must limit something.
    pub(super) fn check(&self, diagnostics: &mut Diagnostics) {
        let demands = [
            self.keep.map(|keep| ("keep", keep.spot)),
            self.only_on.as_ref().map(|group| ("only_on", group.spot)),
            self.not_on.as_ref().map(|group| ("not_on", group.spot)),
            self.licensed_on.as_ref().map(|group| ("licensed_on", group.spot)),
            self.countries.as_ref().map(|countries| ("countries", countries.spot)),
            self.quota.as_ref().map(|quota| ("quota", quota.spot)),
        ];
        let written: Vec<(&str, Spot)> = demands.into_iter().flatten().collect();
        let expected =
            "Expected exactly one of `keep`, `only_on`, `not_on`, `licensed_on`, `countries` and `quota`.";
        match written.as_slice() {
            [_] => {}
            [] => diagnostics.push(Diagnostic::error(self.spot, "This rule demands nothing").note(expected)),
            [(one, _), (other, spot), ..] => diagnostics.push(
                Diagnostic::error(*spot, format!("`{one}` and `{other}` cannot stand together"))
                    .note(expected)
                    .help("Write two rules."),
            ),
        }
        if let Some(quota) = &self.quota
            && quota.workloads.is_none()
            && quota.vcpus.is_none()
            && quota.memory.is_none()
        {
            diagnostics.push(
                Diagnostic::error(quota.spot, "This quota limits nothing")
                    .help("Add `workloads`, `vcpus` or `memory`."),
            );
        }
    }

    /// The group of hosts that it names, if it names one.
    pub(super) fn group(&self) -> Option<&Name> {
        self.only_on.as_ref().or(self.not_on.as_ref()).or(self.licensed_on.as_ref())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_policy_of_the_world_can_be_written_by_its_name() {
        let written: Vec<(&str, PlacementPolicy)> =
            Policy::ALL.iter().map(|policy| (policy.word(), policy.policy())).collect();
        let known: Vec<(&str, PlacementPolicy)> =
            PlacementPolicy::ALL.iter().map(|policy| (policy.name(), *policy)).collect();
        assert_eq!(written, known);
    }
}
