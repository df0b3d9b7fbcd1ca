//! The rules as they bind at one offer, by workload.

use std::ops::Range;

use super::seats::MOST_HELD;
use crate::base::ids::{Id, IdVec};
use crate::world::{HostGroup, OfferId, PlacementRules, Quota, RuleDemand, RuleId, WorkloadId, World};

/// Where an offer is, as rules see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pitch<'w> {
    /// The offer.
    pub offer: OfferId,
    /// The country of its site: an ISO 3166 code.
    pub country: &'w str,
}

/// Whether data may be at the offer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Presence {
    Allowed,
    Forbidden,
}

/// Hosts by number, one bit each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct HostSet(Vec<u64>);

impl HostSet {
    /// The hosts of a group, if they are the offer's.
    fn of(group: &HostGroup, offer: OfferId) -> Self {
        let mut words = Vec::new();
        for host in group.hosts.iter().filter(|_| group.offer == offer) {
            let word = *host as usize / 64;
            if words.len() <= word {
                words.resize(word + 1, 0);
            }
            words[word] |= 1_u64 << (host % 64);
        }
        Self(words)
    }

    pub(super) fn contains(&self, host: u32) -> bool {
        self.0.get(host as usize / 64).is_some_and(|word| word >> (host % 64) & 1 == 1)
    }
}

/// What a rule demands at the offer.
#[derive(Clone, Debug)]
pub(super) enum Binding {
    Residency(Presence),
    Quota(Quota),
    Licence(HostSet),
    OnlyOn(HostSet),
    NotOn(HostSet),
    Together,
    Apart,
}

impl Binding {
    /// What a rule comes to at an offer; nothing where it demands nothing there.
    fn of(demand: &RuleDemand, rules: &PlacementRules, pitch: Pitch<'_>) -> Option<Self> {
        let is_here = |group: &HostGroup| group.offer == pitch.offer;
        match demand {
            RuleDemand::Residency(countries) => {
                let allowed = countries.iter().any(|country| country == pitch.country);
                Some(Self::Residency(if allowed { Presence::Allowed } else { Presence::Forbidden }))
            }
            RuleDemand::Quota(quota) => (quota.offer == pitch.offer).then_some(Self::Quota(*quota)),
            RuleDemand::LicensedOn(group) => {
                Some(Self::Licence(HostSet::of(&rules.groups[*group], pitch.offer)))
            }
            RuleDemand::OnlyOn(group) => {
                let group = &rules.groups[*group];
                is_here(group).then(|| Self::OnlyOn(HostSet::of(group, pitch.offer)))
            }
            RuleDemand::NotOn(group) => {
                let group = &rules.groups[*group];
                is_here(group).then(|| Self::NotOn(HostSet::of(group, pitch.offer)))
            }
            RuleDemand::KeepTogether => Some(Self::Together),
            RuleDemand::KeepApart => Some(Self::Apart),
        }
    }

    /// Its place in the order in which filters are asked.
    const fn order(&self) -> u8 {
        match self {
            Self::Residency(_) => 0,
            Self::Quota(_) => 1,
            Self::Licence(_) => 2,
            Self::OnlyOn(_) | Self::NotOn(_) => 3,
            Self::Together => 4,
            Self::Apart => 5,
        }
    }
}

/// A rule that binds a workload at the offer.
#[derive(Clone, Copy, Debug)]
pub(super) struct BindingRule<'b> {
    pub id: RuleId,
    pub binding: &'b Binding,
}

/// The rules as they bind at one offer, by workload. Immutable: forks share it.
#[derive(Clone, Debug, Default)]
pub struct RuleBook {
    bindings: IdVec<RuleId, Option<Binding>>,
    /// The stretch of seats of each rule that needs to know who is where.
    stretches: IdVec<RuleId, (u32, u32)>,
    seats: usize,
    /// Where the rules of each workload start in `rules`, and an end. Empty where no
    /// rule binds anybody.
    starts: Vec<u32>,
    rules: Vec<RuleId>,
}

impl RuleBook {
    /// The rules of a world at one of its offers.
    pub fn of(world: &World, offer: OfferId) -> Self {
        let pitch = Pitch { offer, country: &world.site_of(offer).country };
        Self::new(&world.placement, pitch, world.workloads.len())
    }

    /// The rules at an offer, of a world with so many workloads.
    ///
    /// # Panics
    /// If a rule names a workload beyond those.
    pub fn new(rules: &PlacementRules, pitch: Pitch<'_>, workloads: usize) -> Self {
        let bindings: IdVec<RuleId, Option<Binding>> =
            rules.rules.iter().map(|rule| Binding::of(&rule.demand, rules, pitch)).collect();
        let mut book = Self { bindings, ..Self::default() };
        let mut seats = 0_u32;
        for (id, rule) in rules.rules.enumerate() {
            let seated = matches!(book.bindings[id], Some(Binding::Together | Binding::Apart));
            let length = if seated { (rule.workloads.len() * MOST_HELD) as u32 } else { 0 };
            book.stretches.push((seats, seats + length));
            seats += length;
        }
        book.seats = seats as usize;
        if book.bindings.iter().any(Option::is_some) {
            book.index(rules, workloads);
        }
        book
    }

    /// Lists the rules of each workload in the order in which filters are asked.
    fn index(&mut self, rules: &PlacementRules, workloads: usize) {
        let mut bound: Vec<(WorkloadId, u8, RuleId)> = Vec::new();
        for (id, rule) in rules.rules.enumerate() {
            if let Some(binding) = &self.bindings[id] {
                bound.extend(rule.workloads.iter().map(|workload| (*workload, binding.order(), id)));
            }
        }
        bound.sort_unstable();
        self.starts = vec![0; workloads + 1];
        for (workload, _, _) in &bound {
            self.starts[workload.index() + 1] += 1;
        }
        for index in 0..workloads {
            self.starts[index + 1] += self.starts[index];
        }
        self.rules = bound.into_iter().map(|(_, _, rule)| rule).collect();
    }

    fn rules_of(&self, workload: WorkloadId) -> &[RuleId] {
        match self.starts.get(workload.index()..workload.index() + 2) {
            Some(bounds) => &self.rules[bounds[0] as usize..bounds[1] as usize],
            None => &[],
        }
    }

    /// Whether any rule binds a workload.
    #[inline]
    pub(super) fn binds(&self, workload: WorkloadId) -> bool {
        !self.rules_of(workload).is_empty()
    }

    /// The rules that bind a workload.
    pub(super) fn rules(&self, workload: WorkloadId) -> impl Iterator<Item = BindingRule<'_>> {
        self.rules_of(workload).iter().map(|id| BindingRule {
            id: *id,
            binding: self.bindings[*id].as_ref().expect("only rules that bind are listed"),
        })
    }

    pub(super) fn seats(&self) -> usize {
        self.seats
    }

    pub(super) fn rule_count(&self) -> usize {
        self.bindings.len()
    }

    pub(super) fn workload_count(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }

    pub(super) fn stretch(&self, rule: RuleId) -> Range<usize> {
        let (from, to) = self.stretches[rule];
        from as usize..to as usize
    }
}
