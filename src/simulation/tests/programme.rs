//! Preparation, copies and cutovers.

use super::*;
use crate::world::Tariff;

/// When the copies of a workload started.
fn copied_from(journal: &Journal, id: WorkloadId) -> SimTime {
    let of = |(_, entry): &(SimTime, Move)| entry.workload == id;
    moves(journal).into_iter().find(of).expect("it moved").1.copied_from
}

#[test]
fn work_that_is_done_once_for_the_estate_is_done_by_one_group() {
    let world = calm();
    let journal = run(&world, &everything(&world, "azure/instances"), 0);
    // Both groups start at once, with two of the four engineers each. The web
    // application takes 2 × (7 + 3) + 70 + 8 = 98 h; the first group takes the
    // estate's 700 h as well, and 5 h of the database's own.
    let weeks = |hours: f64| SimTime::START + Span::from_hours_f64(hours / 2.0 * 168.0 / 30.0);
    assert_eq!(copied_from(&journal, workload(&world, "web")), weeks(98.0));
    assert_eq!(copied_from(&journal, workload(&world, "erp-app")), weeks(803.0));
    // Four VMs, two applications, one estate: 124 times 1, 2 and 4 h.
    let charges = charges(&journal);
    let by_facet = world.facets.ids().map(|facet| sum(&charges, |c| c.meter == Meter::Conversion(facet)));
    let expected = [1.0, 2.0, 4.0].map(|scale| euros(124.0 * scale * 75.0));
    assert!(by_facet.eq(expected));
}

#[test]
fn a_group_that_goes_to_two_platforms_adapts_its_application_once_and_the_estate_for_each() {
    let world = calm();
    let (db, app) = (workload(&world, "erp-db"), workload(&world, "erp-app"));
    let (azure, hyper_v) = (offer(&world, "azure/instances"), offer(&world, "paris/hyper-v"));
    let charges = charges(&run(&world, &moving(&world, &[(db, azure), (app, hyper_v)]), 0));
    // Two VMs, 10 h for the application, 100 h for each pair of platforms.
    let network = world.facets.ids().next().expect("the fixture has facets");
    assert_eq!(sum(&charges, |c| c.meter == Meter::Conversion(network)), euros(212.0 * 75.0));
}

#[test]
fn a_cold_move_opens_its_circuit_and_takes_its_bytes_out() {
    let mut world = calm();
    let (web, trusted) = (workload(&world, "web"), offer(&world, "trusted/instances"));
    let per_gb = price(&mut world, "paris.egress", 0.05);
    let per_month = price(&mut world, "circuit", 310.0);
    let paris = world.offers[offer(&world, "paris/vsphere")].site;
    world.sites[paris].egress = Some(Tariff::flat(per_gb));
    let link = world.links.find(|link| link.name == "paris-trusted").expect("the fixture has it");
    world.links[link].per_month = Some(per_month);
    let journal = run(&world, &moving(&world, &[(web, trusted)]), 0);
    let [(_, entry)] = moves(&journal)[..] else { panic!("one move") };
    assert_eq!(entry.method, crate::world::Method::Cold);
    let charges = charges(&journal);
    // 100 GiB at 0.6 of their size are 64.424509 GB.
    let out: Vec<_> = charges
        .iter()
        .filter(|c| c.meter == Meter::Egress(paris) && c.category == Category::Migration)
        .map(|c| c.quantity.micros())
        .collect();
    // What users are sent comes first, and the line is the difference of two that are
    // rounded: now to this millionth, now to the next.
    assert!(matches!(out[..], [64_424_509 | 64_424_510]), "{out:?}");
    // From the cutover on, by the part of the month.
    let month = world.calendar.month_of(entry.cutover);
    let rest = world.calendar.month_start(month + 1).since(entry.cutover).as_days();
    let months = (11 - month) as f64 + rest / world.calendar.month_span(month).as_days();
    let circuit = sum(&charges, |c| c.meter == Meter::Circuit(link));
    // One line is rounded to a millionth of a month.
    assert!((circuit.as_f64() - 310.0 * months).abs() < 310.0 * 1e-6, "{circuit}");
}

#[test]
fn a_group_goes_whole_or_not_at_all() {
    let mut world = calm();
    // Room for one of the two, and no more hosts on sale.
    let described = hosts(&mut world, "paris/hyper-v");
    (described.initial, described.maximum, described.spare) = (1, Some(1), 0);
    described.shape.vcpus = 10;
    described.shape.cores = 2;
    let hyper_v = offer(&world, "paris/hyper-v");
    let erp = ["erp-db", "erp-app"].map(|name| (workload(&world, name), hyper_v));
    let journal = run(&world, &moving(&world, &erp), 0);
    let outcomes: Vec<MoveOutcome> = moves(&journal).into_iter().map(|(_, entry)| entry.outcome).collect();
    assert_eq!(outcomes, [MoveOutcome::Unplaced; 2]);
    // One had room and gave it back each time.
    let refusals: Vec<(SimTime, SimTime)> = decisions(&journal)
        .into_iter()
        .filter_map(|(at, decision)| match decision {
            Decision::NotPlaced { workload, again, .. } => {
                assert_eq!(workload, erp[1].0);
                Some((at, again))
            }
            _ => None,
        })
        .collect();
    // Tried every day for four weeks, then given up.
    let first = refusals[0].0;
    let last = first + world.factory.room_patience;
    assert_eq!(refusals, [(first, first + Span::from_days(1)), (last, SimTime::NEVER)]);
}

#[test]
fn a_group_that_found_no_room_goes_when_there_is_some() {
    let mut world = calm();
    // One host that one group fills: web must wait until the room of erp-app, which
    // is kept for four months after it has left, is released.
    world.factory.retention = Span::from_days(120);
    world.factory.room_patience = Span::from_days(120);
    let described = hosts(&mut world, "paris/hyper-v");
    (described.initial, described.maximum, described.spare) = (1, Some(1), 0);
    (described.shape.vcpus, described.shape.cores) = (4, 1);
    let (hyper_v, azure) = (offer(&world, "paris/hyper-v"), offer(&world, "azure/instances"));
    let (web, app) = (workload(&world, "web"), workload(&world, "erp-app"));
    // erp-app runs on the only host and leaves it for Azure; web wants its room.
    world.workloads[app].home = hyper_v;
    world.tools.push(crate::world::Tool {
        from: vec![world.offers[hyper_v].platform],
        ..world
            .tools
            .find(|tool| tool.name == "azure-migrate")
            .map(|id| world.tools[id].clone())
            .expect("there")
    });
    let journal = run(&world, &moving(&world, &[(web, hyper_v), (app, azure)]), 0);
    let refused: Vec<SimTime> = decisions(&journal)
        .into_iter()
        .filter(|(_, decision)| matches!(decision, Decision::NotPlaced { .. }))
        .map(|(at, _)| at)
        .collect();
    let moved: Vec<(WorkloadId, MoveOutcome)> =
        moves(&journal).into_iter().map(|(_, entry)| (entry.workload, entry.outcome)).collect();
    assert_eq!(moved, [(app, MoveOutcome::Completed), (web, MoveOutcome::Completed)]);
    assert_eq!(refused.len(), 1, "the Journal has the first refusal, and there was no last");
    let (_, copied) = moves(&journal)[1];
    // It was given room at the first try after the room of erp-app was released.
    let released = moves(&journal)[0].0 + world.factory.retention;
    assert!(copied.copied_from >= released && copied.copied_from < released + world.factory.room_retry);
}

#[test]
fn a_copy_is_stored_at_its_destination_while_it_is_made() {
    let world = calm();
    let (web, azure) = (workload(&world, "web"), offer(&world, "azure/instances"));
    let journal = run(&world, &moving(&world, &[(web, azure)]), 0);
    let (moved, entry) = moves(&journal)[0];
    let site = world.offers[azure].site;
    let double: f64 = charges(&journal)
        .iter()
        .filter(|c| c.meter == Meter::Storage(site) && c.category == Category::DoubleRunning)
        .map(|c| c.quantity.as_f64())
        .sum();
    // 100 GiB from the start of the copy to the end of the cutover, in one month.
    let month = world.calendar.month_of(moved);
    assert_eq!(month, world.calendar.month_of(entry.copied_from));
    let expected =
        100.0 * moved.since(entry.copied_from).as_days() / world.calendar.month_span(month).as_days();
    // One line is rounded to a millionth of a GiB-month.
    assert!((double - expected).abs() < 1e-6, "{double} and not {expected}");
}

#[test]
fn a_host_that_fails_during_a_cutover_takes_nobody_in() {
    let mut world = calm();
    let (hyper_v, web) = (offer(&world, "paris/hyper-v"), workload(&world, "web"));
    hosts(&mut world, "paris/hyper-v").initial = 1;
    hosts(&mut world, "paris/hyper-v").spare = 0;
    let strategy = moving(&world, &[(web, hyper_v)]);
    let (_, entry) = moves(&run(&world, &strategy, 0))[0];
    let draws = Draws { seed: 1, replication: 0 };
    let plan = Plan::of(&world, &strategy);
    let mut running =
        Simulation::start(&world, plan, Figures::draw(&world, &draws), draws, Journal::default());
    running.engine.run_until(entry.cutover);
    let (simulation, scheduler) = running.engine.parts_mut();
    simulation.host_fails(hyper_v, 0, scheduler);
    running.run_to_horizon();
    let down: Vec<Outage> = outages(&running.close());
    let causes: Vec<OutageCause> = down.iter().map(|outage| outage.cause).collect();
    assert_eq!(causes, [OutageCause::Cutover, OutageCause::HostFailureNoRoom]);
    assert_eq!(down[0].until, down[1].from, "down until the repair, from the cutover on");
    assert_eq!(down[1].offer, hyper_v);
}

#[test]
fn where_there_are_no_windows_a_second_try_is_a_day_later() {
    let mut world = calm();
    world.factory.calendar.windows.clear();
    let failure = world.factory.cutover_failure;
    certain(&mut world, failure, 0.5);
    let (azure, web) = (offer(&world, "azure/instances"), workload(&world, "web"));
    let strategy = moving(&world, &[(web, azure)]);
    let moves = (0..50)
        .map(|replication| moves(&run(&world, &strategy, replication)))
        .find(|moves| moves.len() == 2)
        .expect("in fifty replications at one half, one fails just once");
    let [(undone, _), (_, second)] = moves[..] else { panic!("two attempts") };
    assert_eq!(second.cutover, undone + Span::from_days(1));
}
