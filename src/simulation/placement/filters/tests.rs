//! Each filter alone, their order, and the books after any course of events.

use proptest::prelude::*;

use super::*;
use crate::base::ids::{Id, IdVec};
use crate::base::units::Bytes;
use crate::world::{HostGroup, HostGroupId, OfferId, PlacementRule, PlacementRules, Quota, RuleDemand};

const DEMAND: Demand = Demand { vcpus: 4, mib: 16 << 10, disk_gib: 0 };

fn workload(index: usize) -> WorkloadId {
    WorkloadId::from_index(index)
}

fn here() -> OfferId {
    OfferId::from_index(0)
}

fn elsewhere() -> OfferId {
    OfferId::from_index(1)
}

/// A book of one offer in France with ten workloads; group 0 is hosts 0 and 70 here,
/// group 1 is host 0 of another offer.
fn filters(rules: Vec<(Vec<usize>, RuleDemand)>) -> Filters {
    Filters::new(RuleBook::new(&rules_of(rules), Pitch { offer: here(), country: "FR" }, 10))
}

fn rules_of(rules: Vec<(Vec<usize>, RuleDemand)>) -> PlacementRules {
    let groups = IdVec::from(vec![
        HostGroup { name: "licensed".into(), offer: here(), hosts: vec![0, 70] },
        HostGroup { name: "far".into(), offer: elsewhere(), hosts: vec![0] },
    ]);
    let rule = |(index, (workloads, demand)): (usize, (Vec<usize>, RuleDemand))| PlacementRule {
        name: format!("rule-{index}"),
        workloads: workloads.into_iter().map(workload).collect(),
        demand,
    };
    PlacementRules { groups, rules: rules.into_iter().enumerate().map(rule).collect() }
}

fn group(index: usize) -> HostGroupId {
    HostGroupId::from_index(index)
}

/// The filter and the workload that exclude workload `who` from a host.
fn verdict(filters: &Filters, who: usize, host: u32) -> Option<(Filter, Option<WorkloadId>)> {
    let bound = filters.bind(workload(who))?;
    let exclusion = bound.barred(DEMAND).or_else(|| bound.verdict(host))?;
    Some((exclusion.filter, exclusion.with))
}

#[test]
fn who_has_no_rules_is_not_bound() {
    let filters = filters(vec![(vec![1, 2], RuleDemand::KeepApart)]);
    assert!(filters.bind(workload(0)).is_none());
    assert!(filters.bind(workload(1)).is_some());
    assert!(Filters::default().bind(workload(5)).is_none());
}

#[test]
fn anti_affinity_excludes_the_hosts_of_the_others_and_not_ones_own() {
    let mut filters = filters(vec![(vec![1, 2, 3], RuleDemand::KeepApart)]);
    filters.enter(workload(1), 5, DEMAND);
    filters.enter(workload(2), 7, DEMAND);
    assert_eq!(verdict(&filters, 3, 5), Some((Filter::AntiAffinity, Some(workload(1)))));
    assert_eq!(verdict(&filters, 3, 7), Some((Filter::AntiAffinity, Some(workload(2)))));
    assert_eq!(verdict(&filters, 3, 6), None);
    assert_eq!(verdict(&filters, 1, 5), None);
    filters.leave(workload(1), 5, DEMAND);
    assert_eq!(verdict(&filters, 3, 5), None);
}

#[test]
fn affinity_leaves_only_the_hosts_of_the_others() {
    let mut filters = filters(vec![(vec![1, 2, 3], RuleDemand::KeepTogether)]);
    assert_eq!(verdict(&filters, 1, 5), None, "the first is free to choose");
    filters.enter(workload(2), 7, DEMAND);
    assert_eq!(verdict(&filters, 1, 7), None);
    assert_eq!(verdict(&filters, 1, 5), Some((Filter::Affinity, Some(workload(2)))));
    assert_eq!(verdict(&filters, 2, 5), None, "who is there alone may go elsewhere");
}

#[test]
fn host_groups_bind_at_their_offer_and_licences_everywhere() {
    let only = filters(vec![(vec![1], RuleDemand::OnlyOn(group(0)))]);
    assert_eq!(verdict(&only, 1, 70), None);
    assert_eq!(verdict(&only, 1, 69), Some((Filter::HostGroup, None)));
    let not = filters(vec![(vec![1], RuleDemand::NotOn(group(0)))]);
    assert_eq!(verdict(&not, 1, 70), Some((Filter::HostGroup, None)));
    assert_eq!(verdict(&not, 1, 69), None);
    let licensed = filters(vec![(vec![1], RuleDemand::LicensedOn(group(0)))]);
    assert_eq!(verdict(&licensed, 1, 0), None);
    assert_eq!(verdict(&licensed, 1, 1), Some((Filter::Licence, None)));
    let far =
        filters(vec![(vec![1], RuleDemand::OnlyOn(group(1))), (vec![2], RuleDemand::LicensedOn(group(1)))]);
    assert_eq!(verdict(&far, 1, 3), None, "the group is of another offer");
    assert_eq!(verdict(&far, 2, 0), Some((Filter::Licence, None)), "no host here is licensed");
}

#[test]
fn residency_bars_an_offer_whose_country_is_not_listed() {
    let countries = |list: &[&str]| RuleDemand::Residency(list.iter().map(ToString::to_string).collect());
    let filters = filters(vec![(vec![1], countries(&["DE", "FR"])), (vec![2], countries(&["DE"]))]);
    assert_eq!(verdict(&filters, 1, 0), None);
    assert_eq!(verdict(&filters, 2, 0), Some((Filter::Residency, None)));
}

#[test]
fn a_quota_counts_each_workload_once_and_bars_who_would_exceed_it() {
    let quota = |offer| Quota { offer, workloads: None, vcpus: Some(10), memory: Some(Bytes::from_gib(64)) };
    let mut filters = filters(vec![
        (vec![1, 2, 3], RuleDemand::Quota(quota(here()))),
        (vec![4], RuleDemand::Quota(Quota { vcpus: Some(0), ..quota(elsewhere()) })),
        (vec![5, 6], RuleDemand::Quota(Quota { workloads: Some(1), vcpus: None, ..quota(here()) })),
    ]);
    filters.enter(workload(1), 0, DEMAND);
    // It moves: room on two hosts, counted once.
    filters.enter(workload(1), 1, DEMAND);
    assert_eq!(verdict(&filters, 2, 0), None, "4 of 10 vCPUs are used and 4 more fit");
    filters.enter(workload(2), 0, DEMAND);
    assert_eq!(verdict(&filters, 3, 0), Some((Filter::Quota, None)), "12 are more than 10");
    assert_eq!(verdict(&filters, 2, 9), None, "who is counted already may move");
    assert_eq!(verdict(&filters, 4, 0), None, "the quota is of another offer");
    filters.enter(workload(5), 3, DEMAND);
    assert_eq!(verdict(&filters, 6, 3), Some((Filter::Quota, None)), "one workload at a time");
    filters.leave(workload(1), 0, DEMAND);
    assert_eq!(verdict(&filters, 3, 0), Some((Filter::Quota, None)), "it is still on its other host");
    filters.leave(workload(1), 1, DEMAND);
    assert_eq!(verdict(&filters, 3, 0), None);
}

#[test]
fn the_first_filter_in_order_gives_the_reason() {
    let mut filters = filters(vec![
        (vec![1, 2], RuleDemand::KeepApart),
        (vec![1], RuleDemand::NotOn(group(0))),
        (vec![1], RuleDemand::LicensedOn(group(0))),
    ]);
    filters.enter(workload(2), 0, DEMAND);
    filters.enter(workload(2), 1, DEMAND);
    assert_eq!(verdict(&filters, 1, 1).map(|(filter, _)| filter), Some(Filter::Licence));
    assert_eq!(verdict(&filters, 1, 0).map(|(filter, _)| filter), Some(Filter::HostGroup));
}

#[test]
#[should_panic(expected = "was not taken")]
fn who_leaves_a_host_that_it_was_not_on_is_found_out() {
    let mut filters = filters(vec![(vec![1, 2], RuleDemand::KeepApart)]);
    filters.enter(workload(1), 4, DEMAND);
    filters.leave(workload(1), 5, DEMAND);
}

#[test]
#[should_panic(expected = "where they are not")]
fn an_audit_finds_a_workload_that_is_not_where_the_filters_believe() {
    let mut filters = filters(vec![(vec![1, 2], RuleDemand::KeepApart)]);
    filters.enter(workload(1), 4, DEMAND);
    filters.audit([(workload(1), 5, DEMAND)].into_iter());
}

#[test]
fn the_rules_of_a_world_bind_at_each_of_its_offers_by_its_country() {
    let mut world = crate::world::fixture::world();
    let offer = world.offers.find(|offer| offer.hosts().is_some()).expect("the fixture has hosts");
    let country = world.site_of(offer).country.clone();
    let demand = RuleDemand::Residency(vec![country]);
    let rule = PlacementRule { name: "at-home".into(), workloads: vec![workload(1)], demand };
    world.placement.rules.push(rule.clone());
    let filters = Filters::new(RuleBook::of(&world, offer));
    assert_eq!((verdict(&filters, 0, 0), verdict(&filters, 1, 0)), (None, None));
    let nowhere = PlacementRule { demand: RuleDemand::Residency(vec![]), ..rule };
    world.placement.rules.push(nowhere);
    let filters = Filters::new(RuleBook::of(&world, offer));
    assert_eq!((verdict(&filters, 0, 0), verdict(&filters, 1, 0)), (None, Some((Filter::Residency, None))));
}

/// What anti-affinity and affinity say by the plain definition.
fn naive(apart: &[usize], together: &[usize], at: &[(usize, u32)], who: usize, host: u32) -> Option<Filter> {
    let others = |group: &[usize]| -> Vec<u32> {
        at.iter().filter(|(other, _)| *other != who && group.contains(other)).map(|(_, on)| *on).collect()
    };
    if together.contains(&who) && !others(together).is_empty() && !others(together).contains(&host) {
        return Some(Filter::Affinity);
    }
    (apart.contains(&who) && others(apart).contains(&host)).then_some(Filter::AntiAffinity)
}

proptest! {
    #[test]
    fn after_any_course_of_comings_and_goings_the_filters_say_what_the_definition_says(
        steps in proptest::collection::vec((0..10_usize, 0..6_u32, 0..3_u8), 0..80),
        asked in (0..10_usize, 0..6_u32),
    ) {
        let (apart, together) = (vec![0, 1, 2, 3, 4], vec![3, 4, 5, 6]);
        let mut filters = filters(vec![
            (apart.clone(), RuleDemand::KeepApart),
            (together.clone(), RuleDemand::KeepTogether),
        ]);
        let mut at: Vec<(usize, u32)> = Vec::new();
        for (who, host, step) in steps {
            let held = at.iter().filter(|(other, _)| *other == who).count();
            let there = at.iter().position(|seat| *seat == (who, host));
            match there {
                Some(index) if step == 0 => {
                    at.swap_remove(index);
                    filters.leave(workload(who), host, DEMAND);
                }
                _ if held < Filters::MOST_HELD => {
                    at.push((who, host));
                    filters.enter(workload(who), host, DEMAND);
                }
                _ => {}
            }
        }
        filters.audit(at.iter().map(|(who, host)| (workload(*who), *host, DEMAND)));
        let (who, host) = asked;
        let said = verdict(&filters, who, host);
        prop_assert_eq!(said.map(|(filter, _)| filter), naive(&apart, &together, &at, who, host));
        if let Some((Filter::AntiAffinity, Some(with))) = said {
            prop_assert!(at.contains(&(with.index(), host)) && with != workload(who));
        }
    }
}
