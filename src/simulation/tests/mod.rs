//! Runs of a small World whose answers are computed by hand.

mod alliances;
mod bill;
mod circuits;
mod commitments;
mod contracts;
mod crew;
mod exits;
mod facilities;
mod faults;
mod hosts;
mod licences;
mod placement;
mod programme;
mod tariffs;
mod usage;

use proptest::prelude::*;

use super::journal::{
    Category, Charge, Decision, Entry, Journal, Meter, Move, MoveOutcome, Outage, OutageCause,
};
use super::{Plan, Simulation};
use crate::base::ids::{Id, IdVec};
use crate::base::random::{Distribution, Draws};
use crate::base::units::{Money, SimTime, Span};
use crate::world::rules::feasibility::{self, Passage, Wish};
use crate::world::{
    Assignment, Capacity, Consolidation, ContractChoice, Disposition, Figure, FigureId, Figures, Freeze,
    HostOffer, Method, OfferId, Strategy, Term, WorkloadId, World, fixture,
};

fn certain(world: &mut World, figure: FigureId, value: f64) {
    world.figures[figure].quantile = Distribution::Fixed(value).tabulate().expect("a fixed value");
}

/// The fixture without chance: nothing fails.
fn calm() -> World {
    let mut world = fixture::world();
    let (cutovers, hosts) = (world.factory.cutover_failure, world.operations.host_failures_per_year);
    certain(&mut world, cutovers, 0.0);
    certain(&mut world, hosts, 0.0);
    world
}

fn figure(world: &World, name: &str) -> FigureId {
    world.figures.find(|figure| figure.name == name).expect("the fixture has this figure")
}

fn hosts<'w>(world: &'w mut World, name: &str) -> &'w mut HostOffer {
    let offer = offer(world, name);
    match &mut world.offers[offer].capacity {
        Capacity::Hosts(hosts) => hosts,
        Capacity::Skus(_) => panic!("{name} is a menu"),
    }
}

/// A certain price that the fixture does not have.
fn price(world: &mut World, name: &str, value: f64) -> FigureId {
    let like = figure(world, "azure.storage");
    let figure = Figure { name: name.into(), ..world.figures[like].clone() };
    let id = world.figures.push(figure);
    certain(world, id, value);
    id
}

/// Everything moves to one offer.
fn everything(world: &World, to: &str) -> Strategy {
    let to = offer(world, to);
    moving(world, &world.workloads.ids().map(|id| (id, to)).collect::<Vec<_>>())
}

fn offer(world: &World, name: &str) -> OfferId {
    world.offers.find(|offer| offer.name == name).expect("the fixture has this offer")
}

fn workload(world: &World, name: &str) -> WorkloadId {
    world.workloads.find(|workload| workload.name == name).expect("the fixture has this workload")
}

/// The fixture's strategy with these workloads moved, by the gentlest method.
fn moving(world: &World, moves: &[(WorkloadId, OfferId)]) -> Strategy {
    let mut strategy = world.strategies[Id::from_index(0)].clone();
    for (workload, to) in moves {
        let passage = Passage::from_home(world, *workload, *to, SimTime::START);
        let way = feasibility::way(world, passage, Wish::default()).expect("the fixture allows this move");
        let (method, tool, link) = (way.method, way.tool, way.link);
        strategy.assignments[*workload] =
            Some(Assignment { disposition: Disposition::Rehost, to: Some(*to), method, tool, link });
    }
    strategy
}

fn run(world: &World, strategy: &Strategy, replication: u64) -> Journal {
    let plan = Plan::of(world, strategy);
    let draws = Draws { seed: 1, replication };
    let mut running = Simulation::start(world, plan, Figures::draw(world, &draws), draws, Journal::default());
    running.run_to_horizon();
    running.close()
}

fn charges(journal: &Journal) -> Vec<Charge> {
    let charge = |(_, entry): &(SimTime, Entry)| match entry {
        Entry::Charge(charge) => Some(*charge),
        _ => None,
    };
    journal.entries.iter().filter_map(charge).collect()
}

fn moves(journal: &Journal) -> Vec<(SimTime, Move)> {
    let moved = |(at, entry): &(SimTime, Entry)| match entry {
        Entry::Move(entry) => Some((*at, *entry)),
        _ => None,
    };
    journal.entries.iter().filter_map(moved).collect()
}

fn decisions(journal: &Journal) -> Vec<(SimTime, Decision)> {
    let decided = |(at, entry): &(SimTime, Entry)| match entry {
        Entry::Decision(decision) => Some((*at, decision.clone())),
        _ => None,
    };
    journal.entries.iter().filter_map(decided).collect()
}

fn outages(journal: &Journal) -> Vec<Outage> {
    let outage = |(_, entry): &(SimTime, Entry)| match entry {
        Entry::Outage(outage) => Some(*outage),
        _ => None,
    };
    journal.entries.iter().filter_map(outage).collect()
}

fn sum(charges: &[Charge], meter: impl Fn(&Charge) -> bool) -> Money {
    charges.iter().filter(|charge| meter(charge)).map(|charge| charge.amount).sum()
}

fn euros(amount: f64) -> Money {
    Money::from_micros((amount * 1e6).round() as i64)
}

#[test]
fn a_contract_that_ends_is_renewed_for_the_cores_then_needed_and_owed_to_its_end() {
    let world = calm();
    let journal = run(&world, &world.strategies[Id::from_index(0)], 0);
    let ends = world.contracts[Id::from_index(0)].ends;
    let renewed: Vec<_> = decisions(&journal)
        .into_iter()
        .filter(|(_, decision)| matches!(decision, Decision::Renewed { .. }))
        .collect();
    let [(at, Decision::Renewed { cores, years, price_multiple, .. })] = renewed[..] else {
        panic!("renewed once, not {renewed:?}")
    };
    // Ten hosts of two sixteen-core processors; list 350 USD at 0.8, less 30 %: 196
    // euros against 49.
    assert_eq!((at, cores, years), (ends, 320, 3));
    assert!((price_multiple - 4.0).abs() < 1e-12, "{price_multiple}");
    let charges = charges(&journal);
    assert_eq!(sum(&charges, |charge| matches!(charge.meter, Meter::Subscription(_))), euros(320.0 * 196.0));
    // Two more years fall due after the horizon of 2027 and are owed all the same.
    let remaining: Vec<_> =
        charges.iter().filter(|charge| matches!(charge.meter, Meter::RemainingCommitment(_))).collect();
    assert_eq!(remaining.len(), 2);
    assert!(
        remaining
            .iter()
            .all(|charge| charge.amount == euros(320.0 * 196.0) && charge.paid_at > world.horizon())
    );
    // The old contract's year was paid before the start.
    assert_eq!(sum(&charges, |charge| matches!(charge.meter, Meter::Contract(_))), Money::ZERO);
}

#[test]
fn one_workload_left_at_the_contracts_end_forces_a_bridge_for_all_cores_still_there() {
    let world = calm();
    let azure = offer(&world, "azure/instances");
    let everything: Vec<_> = world.workloads.ids().map(|id| (id, azure)).collect();
    let mut strategy = moving(&world, &everything);
    strategy.contracts = IdVec::filled(ContractChoice::Leave, 1);
    // Work starts a week before the contract ends: too late.
    let ends = world.contracts[Id::from_index(0)].ends;
    strategy.schedule.start = SimTime::from_ns(ends.as_ns() - Span::from_days(7).as_ns());
    let journal = run(&world, &strategy, 0);
    let bridged: Vec<_> = decisions(&journal)
        .into_iter()
        .filter(|(_, decision)| matches!(decision, Decision::Bridged { .. }))
        .collect();
    let [(at, Decision::Bridged { years, workloads, cores, .. })] = bridged[..] else {
        panic!("bridged once, not {bridged:?}")
    };
    assert_eq!((at, years, workloads), (ends, 1, 4));
    // At every month's end hosts that others can stand in for are given up: the four
    // workloads fit on one, beside the spare.
    // Two hosts are 64 cores; an order is for 72 at least.
    assert_eq!(cores, 72);
}

#[test]
fn a_move_in_time_lets_the_contract_lapse() {
    let world = calm();
    let azure = offer(&world, "azure/instances");
    let everything: Vec<_> = world.workloads.ids().map(|id| (id, azure)).collect();
    let mut strategy = moving(&world, &everything);
    strategy.contracts = IdVec::filled(ContractChoice::Leave, 1);
    let journal = run(&world, &strategy, 0);
    let last = decisions(&journal).into_iter().rfind(|(_, decision)| {
        matches!(decision, Decision::Lapsed { .. } | Decision::Bridged { .. } | Decision::Renewed { .. })
    });
    assert!(matches!(last, Some((_, Decision::Lapsed { .. }))), "{last:?}");
    assert_eq!(moves(&journal).len(), 4);
}

#[test]
fn a_move_takes_preparation_copying_and_the_next_window() {
    let mut world = calm();
    world.factory.engineers = 1;
    let (azure, web) = (offer(&world, "azure/instances"), workload(&world, "web"));
    let journal = run(&world, &moving(&world, &[(web, azure)]), 0);
    let [(at, entry)] = moves(&journal)[..] else { panic!("one move") };
    // Facets that differ from Azure: all three. Per VM 1 + 2 + 4 h, per application ten
    // times that, per estate a hundred times; 8 h for the application, 3 h for the VM:
    // 788 h at 30 h a week are 788 × 5.6 h.
    let prepared = SimTime::START + Span::from_hours_f64(788.0 * 5.6);
    assert_eq!(entry.copied_from, prepared);
    // 100 GiB × 0.6 over 1 Gbit/s; an occupied host reads at four times that. The
    // kernel rounds a rate down by less than a part in 10^9.
    let copy = (100.0 * f64::from(1 << 30) * 0.6) / 125e6;
    assert!((entry.copied.since(entry.copied_from).as_seconds() - copy).abs() < 1e-3);
    // In the first window that is open after the copy: Saturday eight in the evening
    // to Sunday six in the morning.
    let opened = world.calendar.date_time(entry.cutover);
    let into_window = match (opened.date().weekday(), opened.hour()) {
        (jiff::civil::Weekday::Saturday, hour) => hour >= 20,
        (jiff::civil::Weekday::Sunday, hour) => hour < 6,
        _ => false,
    };
    assert!(into_window, "{opened}");
    assert!(entry.cutover.since(entry.copied) < Span::from_days(7));
    // The tool's 20 minutes, 5 + 6 + 7 for the facets, and the changes of the last ten
    // seconds: the fixture's tool has no cycles and sends them as they come.
    let changes = copy * 0.05 / 8_640.0;
    assert!((entry.down_seconds - (38.0 * 60.0 + changes)).abs() < 1e-3, "{}", entry.down_seconds);
    assert_eq!(entry.outcome, MoveOutcome::Completed);
    assert_eq!(at, entry.cutover + Span::from_seconds_f64(entry.down_seconds));
}

#[test]
fn hours_of_conversion_are_booked_by_facet_at_the_engineers_rate() {
    let world = calm();
    let (azure, web) = (offer(&world, "azure/instances"), workload(&world, "web"));
    let charges = charges(&run(&world, &moving(&world, &[(web, azure)]), 0));
    let by_facet: Vec<Money> = world
        .facets
        .ids()
        .map(|facet| sum(&charges, |charge| charge.meter == Meter::Conversion(facet)))
        .collect();
    // 111 h, 222 h and 444 h at 75 euros.
    assert_eq!(by_facet, [euros(8_325.0), euros(16_650.0), euros(33_300.0)]);
    assert_eq!(sum(&charges, |charge| charge.meter == Meter::MoveWork), euros(11.0 * 75.0));
}

#[test]
fn instances_are_right_sized_and_billed_by_the_hour_to_their_application() {
    let world = calm();
    let (azure, web) = (offer(&world, "azure/instances"), workload(&world, "web"));
    let journal = run(&world, &moving(&world, &[(web, azure)]), 0);
    let (at, _) = moves(&journal)[0];
    let charges = charges(&journal);
    // 4 vCPU × 0.2 × 1.5 = 1.2, so 2; 8 GiB × 0.5 × 1.5 = 6: the smallest size, 0.10 €/h.
    let hours = world.horizon().since(at).as_hours();
    let billed = sum(&charges, |charge| charge.meter == Meter::InstanceHours(azure, 0));
    // Each of up to twelve monthly lines is rounded to 1e-6 h.
    assert!((billed.as_f64() - 0.10 * hours).abs() < 12.0 * 1e-6, "{billed} for {hours} h");
    let to = world.workloads[web].application;
    assert!(charges.iter().filter(|c| c.category == Category::Compute).all(|c| c.application == Some(to)));
}

#[test]
fn owned_hosts_draw_electricity_until_they_are_given_up() {
    let mut world = calm();
    let paris = offer(&world, "paris/vsphere");
    let journal = run(&world, &world.strategies[Id::from_index(0)], 0);
    // Ten hosts, 365 days, 500 W, PUE 1.5, 0.20 €/kWh.
    let energy = |journal: &Journal| sum(&charges(journal), |charge| charge.meter == Meter::Energy(paris));
    assert_eq!(energy(&journal), euros(10.0 * 8_760.0 * 0.5 * 1.5 * 0.20));
    // Given up at mid-year but for one with the workloads and the spare.
    let at = world.calendar.at(jiff::civil::date(2027, 7, 1));
    let mut strategy = world.strategies[Id::from_index(0)].clone();
    strategy.consolidations = vec![Consolidation { offer: paris, at }];
    world.offers[paris].licences.clear();
    let journal = run(&world, &strategy, 0);
    let hours = 10.0 * 181.0 * 24.0 + 2.0 * 184.0 * 24.0;
    assert_eq!(energy(&journal), euros(hours * 0.5 * 1.5 * 0.20));
}

#[test]
fn a_failed_cutover_is_rolled_back_and_tried_again_a_week_later() {
    let mut world = calm();
    let failure = world.factory.cutover_failure;
    certain(&mut world, failure, 0.5);
    let (azure, web) = (offer(&world, "azure/instances"), workload(&world, "web"));
    let strategy = moving(&world, &[(web, azure)]);
    let (journal, rolled_back) = (0..50)
        .map(|replication| {
            let journal = run(&world, &strategy, replication);
            let moves = moves(&journal);
            (journal, moves)
        })
        .find(|(_, moves)| moves.len() == 2)
        .expect("in fifty replications at one half, one fails just once");
    let [(_, first), (_, second)] = rolled_back[..] else { panic!("two attempts") };
    assert_eq!((first.outcome, second.outcome), (MoveOutcome::RolledBack, MoveOutcome::Completed));
    assert_eq!((first.attempt, second.attempt), (1, 2));
    // The second try is in the window of the next week, from its opening on.
    let between = second.cutover.since(first.cutover);
    assert!(between > Span::from_days(6) && between <= Span::from_days(7), "{between:?}");
    // Down for the cutover and the hour until the rollback; an hour of work is booked.
    let down: Vec<_> =
        outages(&journal).into_iter().filter(|outage| outage.cause == OutageCause::Rollback).collect();
    assert_eq!(down.len(), 1);
    let hours = down[0].until.since(down[0].from).as_hours();
    assert!((hours - (1.0 + second.down_seconds / 3_600.0)).abs() < 1e-6);
    let lost = sum(&charges(&journal), |charge| charge.meter == Meter::RolledBackWork);
    assert_eq!(lost, euros(75.0));
}

#[test]
fn a_failed_host_restarts_its_workloads_on_another_and_a_longer_repair_shifts_no_later_failure() {
    let mut world = calm();
    let (rate, repair) = (world.operations.host_failures_per_year, world.operations.host_repair_hours);
    certain(&mut world, rate, 20.0);
    let failures = |world: &World| -> Vec<SimTime> {
        let journal = run(world, &world.strategies[Id::from_index(0)], 3);
        outages(&journal)
            .into_iter()
            .filter(|outage| outage.cause == OutageCause::HostFailure)
            .map(|outage| {
                // 15 s to notice and 5 minutes to start.
                assert_eq!(outage.until.since(outage.from), Span::from_seconds(315));
                outage.from
            })
            .collect()
    };
    let usual = failures(&world);
    assert!(usual.len() > 10, "at twenty failures a year the occupied host fails often: {}", usual.len());
    certain(&mut world, repair, 26.0);
    let slower = failures(&world);
    // Times are of one calendar: every failure under slower repair that also exists
    // under the usual one falls at the same instant, and most do.
    let same = slower.iter().filter(|at| usual.contains(at)).count();
    assert!(same * 2 > slower.len(), "{same} of {} failures kept their time", slower.len());
}

#[test]
fn the_same_address_gives_the_same_journal_and_another_replication_another() {
    let world = fixture::world();
    let azure = offer(&world, "azure/instances");
    let everything: Vec<_> = world.workloads.ids().map(|id| (id, azure)).collect();
    let strategy = moving(&world, &everything);
    let text = |replication| format!("{:?}", run(&world, &strategy, replication).entries);
    assert_eq!(text(7), text(7));
    assert!((0..40).any(|replication| text(replication) != text(7)), "chance changes something");
}

#[test]
fn an_exit_leaves_every_workload_of_the_party_and_a_fork_changes_nothing_of_its_trunk() {
    let world = calm();
    let draws = Draws { seed: 1, replication: 0 };
    let strategy = world.strategies[Id::from_index(0)].clone();
    let start = || {
        Simulation::start(
            &world,
            Plan::of(&world, &strategy),
            Figures::draw(&world, &draws),
            draws,
            Journal::default(),
        )
    };
    let mut running = start();
    running.run_to_horizon();
    let hyper_v = offer(&world, "paris/hyper-v");
    let assignments =
        moving(&world, &world.workloads.ids().map(|id| (id, hyper_v)).collect::<Vec<_>>()).assignments;
    let party = world.platforms[world.offers[offer(&world, "paris/vsphere")].platform].supplier;
    let (end, exit) =
        running.rehearse_exit(super::Rehearsal { party, assignments }, world.horizon(), Journal::default());
    assert!(end.left > end.began && end.free >= end.left);
    let left: Vec<_> = moves(&exit).into_iter().map(|(_, entry)| (entry.workload, entry.outcome)).collect();
    assert_eq!(left.len(), world.workloads.len());
    assert!(left.iter().all(|(_, outcome)| *outcome == MoveOutcome::Completed));

    let mut untouched = start();
    untouched.run_to_horizon();
    assert_eq!(format!("{:?}", running.close().entries), format!("{:?}", untouched.close().entries));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// In a debug build the books of every host are audited after every event, so
    /// finishing is most of the proof.
    #[test]
    fn whatever_moves_every_workload_ends_in_one_place_and_every_amount_is_a_line(
        choice in prop::collection::vec(0_usize..6, 4),
        at_azure in prop::collection::vec(any::<bool>(), 4),
        replication in 0_u64..1_000,
        failures in 0.0..30.0_f64,
        cutovers in 0.0..0.9_f64,
        start in 0_u64..300,
        leave in any::<bool>(),
    ) {
        let mut world = fixture::world();
        let (rate, failure) = (world.operations.host_failures_per_year, world.factory.cutover_failure);
        certain(&mut world, rate, failures);
        certain(&mut world, failure, cutovers);
        let azure = offer(&world, "azure/instances");
        let destinations =
            ["paris/hyper-v", "azure/host", "azure/instances", "lyon/vsphere"].map(|name| offer(&world, name));
        for (id, at_azure) in at_azure.into_iter().enumerate().map(|(id, at)| (Id::from_index(id), at)) {
            // What is at Azure from the start retires or stays: no tool takes it away.
            if at_azure && choice[Id::index(id)] >= destinations.len() {
                world.workloads[id].home = azure;
            }
        }
        let wanted: Vec<_> = world
            .workloads
            .ids()
            .zip(&choice)
            .filter_map(|(id, choice)| Some((id, *destinations.get(*choice)?)))
            .collect();
        let mut strategy = moving(&world, &wanted);
        for id in world.workloads.ids().filter(|id| choice[id.index()] == destinations.len()) {
            let (disposition, method) = (Disposition::Retire, Method::Cold);
            strategy.assignments[id] = Some(Assignment { disposition, to: None, method, tool: None, link: None });
        }
        // Two waves, and a month in which nothing may be cut over.
        strategy.schedule.wave_sizes = vec![1];
        strategy.schedule.start = SimTime::START + Span::from_days(start);
        let frozen = SimTime::START + Span::from_days(start + 100);
        world.factory.calendar.freezes = vec![Freeze { from: frozen, until: frozen + Span::from_days(31) }];
        if leave {
            strategy.contracts = IdVec::filled(ContractChoice::Leave, 1);
        } else {
            strategy.contracts = IdVec::filled(ContractChoice::Renew(Term { years: 1 }), 1);
        }
        let journal = run(&world, &strategy, replication);
        // One place for each workload, through all of it.
        let mut places: IdVec<WorkloadId, Option<OfferId>> = IdVec::filled(None, world.workloads.len());
        let mut last = SimTime::START;
        for (at, entry) in &journal.entries {
            prop_assert!(*at >= last, "the journal is in order of time");
            last = *at;
            if let Entry::Placed { workload, offer } = entry {
                places[*workload] = *offer;
            }
        }
        let gone: Vec<WorkloadId> = moves(&journal)
            .into_iter()
            .filter(|(_, entry)| matches!(entry.outcome, MoveOutcome::Completed | MoveOutcome::Retired))
            .map(|(_, entry)| entry.workload)
            .collect();
        for (id, place) in places.enumerate() {
            let home = Some(world.workloads[id].home);
            let expected =
                if gone.contains(&id) { strategy.assignments[id].and_then(|to| to.to) } else { home };
            prop_assert_eq!(*place, expected);
        }
        for (_, entry) in moves(&journal).iter().filter(|(_, entry)| entry.outcome != MoveOutcome::Unplaced) {
            let freeze = world.factory.calendar.freezes[0];
            prop_assert!(entry.cutover < freeze.from || entry.cutover >= freeze.until, "cut over in a freeze");
        }
        // Each amount is its quantity at its price, rounded once.
        for charge in charges(&journal) {
            prop_assert_eq!(charge.amount, charge.unit_price.charge(charge.quantity, charge.rate));
            prop_assert!((charge.month as usize) < world.calendar.months());
        }
    }
}
