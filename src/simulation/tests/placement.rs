//! Policies, rules and levelling on the hosts of an offer.

use super::super::Spot;
use super::*;
use crate::world::{
    HostGroup, Levelling, Placement, PlacementPolicy, PlacementRule, Quota, Rebalancing, RuleDemand,
};

/// The host of each workload at the start of a run.
fn hosts_at_start(world: &World) -> Vec<(String, Option<u32>)> {
    let draws = Draws { seed: 1, replication: 0 };
    let plan = Plan::of(world, &world.strategies[Id::from_index(0)]);
    let running = Simulation::start(world, plan, Figures::draw(world, &draws), draws, Journal::default());
    let places = &running.engine.model().places;
    let on = |workload: WorkloadId| match places[workload].map(|place| place.spot) {
        Some(Spot::Host(host)) => Some(host),
        _ => None,
    };
    world.workloads.enumerate().map(|(id, workload)| (workload.name.clone(), on(id))).collect()
}

fn bind(world: &mut World, names: &[&str], demand: RuleDemand) {
    let mut workloads: Vec<WorkloadId> = names.iter().map(|name| workload(world, name)).collect();
    workloads.sort_unstable();
    world.placement.rules.push(PlacementRule { name: "ours".into(), workloads, demand });
}

fn refusals(world: &World, journal: &Journal) -> Vec<String> {
    decisions(journal)
        .into_iter()
        .filter_map(|(_, decision)| match decision {
            Decision::NotPlaced { refusal, .. } => Some(refusal.words(world).to_string()),
            _ => None,
        })
        .collect()
}

#[test]
fn the_policy_of_an_offer_decides_who_is_where() {
    let mut world = calm();
    let on = |hosts: [Option<u32>; 4]| -> Vec<(String, Option<u32>)> {
        ["erp-db", "erp-app", "web", "archive"].into_iter().map(String::from).zip(hosts).collect()
    };
    // Largest memory first: erp-db, erp-app, web; the archive is switched off.
    assert_eq!(hosts_at_start(&world), on([Some(0), Some(0), Some(0), None]));
    hosts(&mut world, "paris/vsphere").placement = Placement::by(PlacementPolicy::WorstFit);
    assert_eq!(hosts_at_start(&world), on([Some(0), Some(1), Some(2), None]));
    hosts(&mut world, "paris/vsphere").placement = Placement::by(PlacementPolicy::NextFit);
    assert_eq!(hosts_at_start(&world), on([Some(0), Some(0), Some(0), None]));
    hosts(&mut world, "paris/vsphere").placement = Placement::by(PlacementPolicy::LeastAllocated);
    assert_eq!(hosts_at_start(&world), on([Some(0), Some(1), Some(2), None]));
}

#[test]
fn a_random_policy_draws_by_workload_so_that_another_host_changes_no_other_draw() {
    let mut world = calm();
    hosts(&mut world, "paris/vsphere").placement = Placement::by(PlacementPolicy::RandomFit);
    let before = hosts_at_start(&world);
    assert_eq!(before, hosts_at_start(&world));
    assert!(before.iter().filter_map(|(_, host)| *host).any(|host| host > 0), "{before:?}");
}

#[test]
fn rules_bind_whatever_the_policy() {
    let mut world = calm();
    bind(&mut world, &["erp-db", "erp-app", "web"], RuleDemand::KeepApart);
    let mut on: Vec<u32> = hosts_at_start(&world).into_iter().filter_map(|(_, host)| host).collect();
    on.sort_unstable();
    on.dedup();
    assert_eq!(on.len(), 3, "no two on one host");

    let mut world = calm();
    let paris = offer(&world, "paris/vsphere");
    let group = HostGroup { name: "licensed".into(), offer: paris, hosts: vec![6] };
    let group = world.placement.groups.push(group);
    bind(&mut world, &["erp-db"], RuleDemand::LicensedOn(group));
    bind(&mut world, &["erp-db", "web"], RuleDemand::KeepTogether);
    let on = hosts_at_start(&world);
    assert_eq!((on[0].1, on[2].1), (Some(6), Some(6)), "one by its licence, the other to be with it");
    assert_eq!(on[1].1, Some(6), "the fullest host, as its policy has it");
}

#[test]
fn what_no_host_takes_says_why_per_filter_and_resource() {
    let mut world = calm();
    let hyper_v = offer(&world, "paris/hyper-v");
    let described = hosts(&mut world, "paris/hyper-v");
    (described.initial, described.maximum, described.spare) = (3, Some(3), 0);
    let db = workload(&world, "erp-db");
    // Three workloads there from the start, one a host, of which two leave too little.
    for (name, gib, count) in [("web", 490, 1), ("erp-app", 484, 1), ("archive", 8, 1)] {
        let id = workload(&world, name);
        let machine = &mut world.workloads[id];
        (machine.home, machine.power) = (hyper_v, crate::world::Power::On);
        (machine.memory, machine.vcpus) = (crate::base::units::Bytes::from_gib(gib), count);
    }
    bind(&mut world, &["erp-db", "archive"], RuleDemand::KeepApart);
    hosts(&mut world, "paris/hyper-v").placement = Placement::by(PlacementPolicy::WorstFit);
    let journal = run(&world, &moving(&world, &[(db, hyper_v)]), 0);
    let expected = "no host: 2 short of memory by at least 4 GiB, 1 excluded by anti-affinity with archive";
    assert_eq!(refusals(&world, &journal), [expected, expected], "at first, and when it is given up");
    let outcomes: Vec<MoveOutcome> = moves(&journal).into_iter().map(|(_, entry)| entry.outcome).collect();
    assert_eq!(outcomes, [MoveOutcome::Unplaced]);
}

#[test]
fn no_host_is_bought_for_whom_no_host_would_do() {
    let mut world = calm();
    let hyper_v = offer(&world, "paris/hyper-v");
    let quota = Quota { offer: hyper_v, workloads: None, vcpus: Some(7), memory: None };
    bind(&mut world, &["erp-db"], RuleDemand::Quota(quota));
    let db = workload(&world, "erp-db");
    let journal = run(&world, &moving(&world, &[(db, hyper_v)]), 0);
    assert_eq!(refusals(&world, &journal)[0], "no host: there is none");
    assert_eq!(sum(&charges(&journal), |charge| charge.meter == Meter::Hardware(hyper_v)), euros(0.0));
}

#[test]
fn levelling_moves_live_what_a_rule_does_not_want_where_it_is() {
    let mut world = calm();
    let paris = offer(&world, "paris/vsphere");
    let described = hosts(&mut world, "paris/vsphere");
    described.levelling = Some(Levelling { how: Rebalancing::default(), every: Span::from_days(1) });
    let quiet = run(&world, &world.strategies[Id::from_index(0)], 0);
    let levelled = |journal: &Journal| -> u32 {
        decisions(journal)
            .iter()
            .filter(|(_, decision)| matches!(decision, Decision::HostsLevelled { .. }))
            .count() as u32
    };
    assert_eq!(levelled(&quiet), 0, "level enough");
    // A host that is full beside two that are all but empty.
    for (name, vcpus, gib) in [("erp-db", 100, 400), ("erp-app", 1, 1), ("web", 20, 100)] {
        let id = workload(&world, name);
        let machine = &mut world.workloads[id];
        (machine.vcpus, machine.memory) = (vcpus, crate::base::units::Bytes::from_gib(gib));
        (machine.cpu_use, machine.memory_use) = (Some(1.0), Some(1.0));
    }
    hosts(&mut world, "paris/vsphere").placement = Placement::by(PlacementPolicy::BestFit);
    bind(&mut world, &["erp-app", "archive"], RuleDemand::KeepApart);
    let archive = workload(&world, "archive");
    world.workloads[archive].power = crate::world::Power::On;
    let journal = run(&world, &world.strategies[Id::from_index(0)], 0);
    let first = decisions(&journal)
        .into_iter()
        .find(|(_, decision)| matches!(decision, Decision::HostsLevelled { .. }));
    let (at, decision) = first.expect("one host full, another all but empty");
    assert_eq!(
        (at, decision),
        (SimTime::START + Span::from_days(1), Decision::HostsLevelled { offer: paris, moves: 1 })
    );
}
