//! How workloads are put on hosts: the policy of each offer, groups of hosts, and
//! the rules that bind whatever the policy.

use super::Resolver;
use super::workloads::Machines;
use crate::base::diagnostics::Diagnostic;
use crate::base::settings::Name;
use crate::input::scenario::{
    HostRange, Keep, PlacementRule as WrittenRule, PlacementSettings, Placing, Policy, Quota as WrittenQuota,
    Rebalance, Settings,
};
use crate::world::{
    BalanceTarget, ExponentialCost, HostGroup, HostGroupId, Levelling, MigrationThreshold, NovaWeighers,
    Placement, PlacementRule, PlacementRules, Quota, RatioShape, Rebalancing, ResourceWeights, RuleDemand,
    ShapePoint, WorkloadId, World,
};

impl Resolver<'_> {
    /// How workloads are put on the hosts of an offer, and how these are levelled.
    pub(super) fn placing(&mut self, written: Option<&Placing>) -> (Placement, Option<Levelling>) {
        match written {
            None => (Placement::default(), None),
            Some(Placing::By(policy)) => (Placement::by(policy.policy()), None),
            Some(Placing::With(settings)) => {
                (self.placement_with(settings), settings.rebalance.as_ref().map(levelling))
            }
        }
    }

    fn placement_with(&mut self, settings: &PlacementSettings) -> Placement {
        let shape = settings.shape.as_ref().and_then(|points| {
            let point = |point: &crate::input::scenario::ShapePoint| ShapePoint {
                used_percent: 100.0 * point.used.fraction(),
                score: point.score.get(),
            };
            RatioShape::new(points.iter().map(point).collect())
                .map_err(|error| {
                    let spot = points.first().map_or(settings.spot, |point| point.spot);
                    self.diagnostics.push(Diagnostic::error(spot, format!("This shape cannot be: {error}")));
                })
                .ok()
        });
        let (cpu, memory, disk) = (settings.cpu.value, settings.memory.value, settings.disk.value);
        let mut placement = Placement::by(settings.policy.policy());
        if settings.policy == Policy::Nova {
            placement.nova = NovaWeighers { ram: memory, cpu, disk, ..NovaWeighers::default() };
        } else {
            placement.weights = ResourceWeights { vcpus: cpu, memory, disk };
        }
        placement.shape = shape.unwrap_or_default();
        placement.e_pvm = ExponentialCost { base: settings.base.value.get() };
        placement
    }

    /// The groups of hosts that offers declare.
    pub(super) fn host_groups(&self) -> Vec<HostGroup> {
        let mut groups = Vec::new();
        for (site, written) in self.settings.sites.iter() {
            for (name, offer) in written.offers.iter() {
                let Some(id) = self.offer_named(site.as_str(), name.as_str()) else { continue };
                groups.extend(offer.host_groups.iter().map(|(group, range)| HostGroup {
                    name: group.text.clone(),
                    offer: id,
                    hosts: numbers(*range),
                }));
            }
        }
        groups
    }
}

/// A scenario counts hosts from 1, a pool from 0.
fn numbers(range: HostRange) -> Vec<u32> {
    (range.first - 1..range.last).collect()
}

fn levelling(written: &Rebalance) -> Levelling {
    let level = u8::try_from(written.threshold.value).ok().and_then(MigrationThreshold::from_level);
    // A threshold out of range has been refused.
    let threshold = level.unwrap_or(MigrationThreshold::Moderate);
    let how = Rebalancing {
        target: BalanceTarget::Threshold(threshold),
        most_moves: written.most_moves,
        ..Rebalancing::default()
    };
    Levelling { how, every: written.every.value.span() }
}

/// The rules of the scenario over the workloads of a world.
pub(super) fn rules(
    world: &World,
    settings: &Settings,
    machines: Machines<'_>,
    groups: Vec<HostGroup>,
) -> PlacementRules {
    let mut rules = PlacementRules { groups: groups.into_iter().collect(), ..PlacementRules::default() };
    for (name, written) in settings.estate.rules.iter() {
        if let Some(demand) = demanded(world, &rules, written) {
            let bound = |id: &WorkloadId| written.select.selects(&machines.candidate(world, *id));
            let workloads = world.workloads.ids().filter(bound).collect();
            rules.rules.push(PlacementRule { name: name.text.clone(), workloads, demand });
        }
    }
    rules
}

/// What a rule demands; nothing where what it names does not exist, which has been
/// said.
fn demanded(world: &World, rules: &PlacementRules, written: &WrittenRule) -> Option<RuleDemand> {
    let group = |name: &Name| -> Option<HostGroupId> { rules.groups.find(|group| group.name == name.text) };
    Some(if let Some(keep) = &written.keep {
        match keep.value {
            Keep::Apart => RuleDemand::KeepApart,
            Keep::Together => RuleDemand::KeepTogether,
        }
    } else if let Some(name) = &written.only_on {
        RuleDemand::OnlyOn(group(name)?)
    } else if let Some(name) = &written.not_on {
        RuleDemand::NotOn(group(name)?)
    } else if let Some(name) = &written.licensed_on {
        RuleDemand::LicensedOn(group(name)?)
    } else if let Some(countries) = &written.countries {
        RuleDemand::Residency(countries.value.iter().map(|code| code.as_str().to_owned()).collect())
    } else {
        let WrittenQuota { offer, workloads, vcpus, memory, .. } = written.quota.as_ref()?;
        let offer = world.offers.find(|known| known.name == offer.to_string())?;
        RuleDemand::Quota(Quota { offer, workloads: *workloads, vcpus: *vcpus, memory: *memory })
    })
}
