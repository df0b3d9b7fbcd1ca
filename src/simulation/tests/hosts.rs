//! Hosts: bought, re-installed, replaced, given up.

use super::super::Spot;
use super::super::placement::HostState;
use super::*;
use crate::world::HostPrice;

fn replace_at(world: &mut World, name: &str, at: SimTime) {
    match &mut hosts(world, name).price {
        HostPrice::Owned(hardware) => hardware.replace_at = at,
        HostPrice::PerHour(_) => panic!("{name} is rented"),
    }
}

#[test]
fn a_reinstalled_host_is_replaced_when_it_would_have_been() {
    let mut world = calm();
    let (paris, hyper_v) = (offer(&world, "paris/vsphere"), offer(&world, "paris/hyper-v"));
    let due = world.calendar.at(jiff::civil::date(2027, 11, 1));
    replace_at(&mut world, "paris/vsphere", due);
    hosts(&mut world, "paris/hyper-v").reuses = Some(paris);
    let strategy = everything(&world, "paris/hyper-v");
    let journal = run(&world, &strategy, 0);
    let decisions = decisions(&journal);
    let reinstalled: u32 = decisions
        .iter()
        .map(|(at, decision)| match decision {
            Decision::HostsReinstalled { offer, from, count } => {
                assert!((*offer, *from) == (hyper_v, paris) && *at < due);
                *count
            }
            _ => 0,
        })
        .sum();
    // One for the workloads, and the spare.
    assert_eq!(reinstalled, 2);
    assert!(
        decisions.contains(&(due, Decision::HostsReplaced { offer: hyper_v, count: 2 })),
        "{decisions:?}"
    );
    let bought = sum(&charges(&journal), |charge| charge.meter == Meter::Hardware(hyper_v));
    assert_eq!(bought, euros(2.0 * 14_400.0), "none was bought before");
}

#[test]
fn a_bundle_is_given_up_whole() {
    let mut world = calm();
    let paris = offer(&world, "paris/vsphere");
    let described = hosts(&mut world, "paris/vsphere");
    (described.initial, described.unit) = (10, 4);
    let at = world.calendar.at(jiff::civil::date(2027, 7, 1));
    let mut strategy = world.strategies[Id::from_index(0)].clone();
    strategy.consolidations = vec![Consolidation { offer: paris, at }];
    // One host and the spare are needed: of ten, two bundles of four can go.
    let journal = run(&world, &strategy, 0);
    assert!(decisions(&journal).contains(&(at, Decision::HostsReleased { offer: paris, count: 8 })));
    hosts(&mut world, "paris/vsphere").initial = 9;
    let journal = run(&world, &strategy, 0);
    assert!(decisions(&journal).contains(&(at, Decision::HostsReleased { offer: paris, count: 4 })));
}

#[test]
fn a_host_is_emptied_only_when_one_less_is_needed() {
    let mut world = calm();
    let paris = offer(&world, "paris/vsphere");
    let described = hosts(&mut world, "paris/vsphere");
    // Two hosts in use and none spare, though one should be: both stay.
    (described.initial, described.spare) = (2, 1);
    described.shape.vcpus = 17;
    described.shape.cores = 4;
    let at = world.calendar.at(jiff::civil::date(2027, 7, 1));
    let mut strategy = world.strategies[Id::from_index(0)].clone();
    strategy.consolidations = vec![Consolidation { offer: paris, at }];
    let journal = run(&world, &strategy, 0);
    assert!(
        !decisions(&journal).iter().any(|(_, decision)| matches!(decision, Decision::HostsReleased { .. }))
    );
}

#[test]
fn whatever_is_at_its_home_has_room_there() {
    let mut world = calm();
    let (azure, dedicated) = (offer(&world, "azure/instances"), offer(&world, "azure/host"));
    let (db, web) = (workload(&world, "erp-db"), workload(&world, "web"));
    // Larger than every size, and than a host without over-commit.
    for (id, home) in [(db, azure), (web, dedicated)] {
        let machine = &mut world.workloads[id];
        (machine.home, machine.vcpus, machine.cpu_use) = (home, 200, None);
    }
    let journal = run(&world, &world.strategies[Id::from_index(0)], 0);
    let charges = charges(&journal);
    // A year of the largest size, and of one host.
    assert_eq!(sum(&charges, |c| c.meter == Meter::InstanceHours(azure, 2)), euros(0.40 * 8_760.0));
    assert_eq!(sum(&charges, |c| c.meter == Meter::HostHours(dedicated)), euros(6.0 * 8_760.0));
}

#[test]
fn a_host_under_repair_is_not_bought_again() {
    let mut world = calm();
    hosts(&mut world, "paris/hyper-v").initial = 2;
    let (hyper_v, web) = (offer(&world, "paris/hyper-v"), workload(&world, "web"));
    let draws = Draws { seed: 1, replication: 0 };
    let plan = Plan::of(&world, &world.strategies[Id::from_index(0)]);
    let mut running =
        Simulation::start(&world, plan, Figures::draw(&world, &draws), draws, Journal::default());
    let (simulation, scheduler) = running.engine.parts_mut();
    // Of two hosts, one of them the spare, one fails.
    simulation.pool_mut(hyper_v).set_state(0, HostState::Failed);
    let room = simulation.make_room(web, hyper_v, scheduler).expect("one host is up");
    assert_eq!((room.place.spot, simulation.pool(hyper_v).count()), (Spot::Host(1), 2));
    // The other fails too: both come back.
    simulation.pool_mut(hyper_v).set_state(1, HostState::Failed);
    let room = simulation.make_room(web, hyper_v, scheduler).expect("it waits for a repair");
    assert_eq!((room.place.spot, simulation.pool(hyper_v).count()), (Spot::Host(0), 2));
}

#[test]
fn what_runs_is_not_restarted_on_a_host_that_is_being_installed() {
    let mut world = calm();
    hosts(&mut world, "paris/vsphere").initial = 2;
    let paris = offer(&world, "paris/vsphere");
    let draws = Draws { seed: 1, replication: 0 };
    let plan = Plan::of(&world, &world.strategies[Id::from_index(0)]);
    let mut running =
        Simulation::start(&world, plan, Figures::draw(&world, &draws), draws, Journal::default());
    let (simulation, scheduler) = running.engine.parts_mut();
    let web = workload(&world, "web");
    assert_eq!(simulation.places[web].map(|place| place.spot), Some(Spot::Host(0)));
    let until = SimTime::START + Span::from_days(1);
    simulation.pool_mut(paris).set_state(1, HostState::Installing(until));
    simulation.host_fails(paris, 0, scheduler);
    assert_eq!(simulation.places[web].map(|place| place.spot), Some(Spot::Waiting));
}

/// Of `paris/vsphere` only this one stays; the others go to Azure's instances.
fn all_but(world: &World, name: &str) -> Strategy {
    let (azure, stays) = (offer(world, "azure/instances"), workload(world, name));
    let going = world.workloads.ids().filter(|id| *id != stays);
    moving(world, &going.map(|id| (id, azure)).collect::<Vec<_>>())
}

#[test]
fn hosts_go_as_workloads_leave_though_one_stays() {
    let world = calm();
    let paris = offer(&world, "paris/vsphere");
    let journal = run(&world, &all_but(&world, "erp-db"), 0);
    let (last, _) = moves(&journal).pop().expect("there are moves");
    // One host for what stays, and the spare.
    let left = journal.entries.iter().rev().find_map(|(at, entry)| match entry {
        Entry::Hosts { offer, count } if *offer == paris => Some((*at, *count)),
        _ => None,
    });
    let (at, count) = left.expect("hosts went");
    assert_eq!(count, 2);
    // All workloads fit on one host: the eight went when the first month ended.
    assert_eq!(at, world.calendar.month_start(1));
    assert!(at < last, "before the last had left");
}

#[test]
fn where_something_stays_only_its_hosts_are_replaced() {
    let mut world = calm();
    let paris = offer(&world, "paris/vsphere");
    // One host for erp-db, one for erp-app and web together, one spare.
    let described = hosts(&mut world, "paris/vsphere");
    (described.initial, described.shape.vcpus, described.shape.cores) = (3, 8, 3);
    let due = world.calendar.at(jiff::civil::date(2027, 1, 2));
    replace_at(&mut world, "paris/vsphere", due);
    let journal = run(&world, &all_but(&world, "erp-db"), 0);
    let replaced: Vec<_> = decisions(&journal)
        .into_iter()
        .filter(|(_, decision)| matches!(decision, Decision::HostsReplaced { .. }))
        .collect();
    assert_eq!(replaced, [(due, Decision::HostsReplaced { offer: paris, count: 2 })]);
    let bought = sum(&charges(&journal), |charge| charge.meter == Meter::Hardware(paris));
    assert_eq!(bought, euros(2.0 * 14_400.0));
}

#[test]
fn what_is_switched_off_moves_though_the_last_host_was_given_back_before() {
    let mut world = calm();
    let archive = workload(&world, "archive");
    // Of its own, and prepared when all hosts are given back: 1,000 hours at 30 a week.
    let mut application = world.applications[world.workloads[archive].application].clone();
    application.name = "archive".into();
    world.workloads[archive].application = world.applications.push(application);
    let hours = world.workloads[workload(&world, "erp-db")].extra_hours[0];
    let long = world.figures.push(Figure { name: "archive.extra".into(), ..world.figures[hours].clone() });
    certain(&mut world, long, 1_000.0);
    world.workloads[archive].extra_hours = vec![long];
    world.factory.retention = Span::from_days(1);
    let journal = run(&world, &everything(&world, "azure/instances"), 0);
    let home = world.workloads[archive].home;
    let emptied = journal.entries.iter().find_map(|(at, entry)| match entry {
        Entry::Hosts { offer, count: 0 } if *offer == home => Some(*at),
        _ => None,
    });
    let moved = moves(&journal).into_iter().find(|(_, entry)| entry.workload == archive).expect("it moves");
    assert_eq!(moved.1.outcome, MoveOutcome::Completed);
    assert!(emptied.is_some_and(|emptied| emptied < moved.1.copied_from), "{emptied:?}: no host is left");
}
