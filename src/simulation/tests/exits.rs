//! Exit rehearsals.

use super::super::journal::Waived;
use super::super::{ExitEnd, Rehearsal, Running};
use super::*;
use crate::scoring::{Component, Components, ExitLedger};
use crate::world::{Change, Fault, HostPrice, PartyId, Tariff, TimelineEvent};

/// Leaves a party at the end of the horizon of the strategy that renews.
fn rehearse(
    world: &World,
    party: PartyId,
    assignments: IdVec<WorkloadId, Option<Assignment>>,
) -> (ExitEnd, Journal) {
    let draws = Draws { seed: 1, replication: 0 };
    let plan = Plan::of(world, &world.strategies[Id::from_index(0)]);
    let mut running = Simulation::start(world, plan, Figures::draw(world, &draws), draws, Journal::default());
    running.run_to_horizon();
    running.rehearse_exit(Rehearsal { party, assignments }, world.horizon(), Journal::default())
}

fn broadcom(world: &World) -> PartyId {
    world.parties.find(|party| party.name == "Broadcom").expect("the fixture has it")
}

#[test]
fn a_party_that_nobody_can_leave_still_strands_what_is_owed_to_it() {
    let world = calm();
    let nothing = IdVec::filled(None, world.workloads.len());
    let (end, journal) = rehearse(&world, broadcom(&world), nothing);
    assert!(journal.entries.iter().any(|(_, entry)| matches!(entry, Entry::ExitBegins)));
    let horizon = world.horizon();
    assert_eq!((end.began, end.left), (horizon, horizon));
    let day = |year| world.calendar.at(jiff::civil::date(year, 7, 1));
    assert_eq!(end.free, day(2030));
    // Renewed on 2027-07-01 for three years: the rest of the first year is paid, 182
    // days of 365.25, and two more fall due.
    let lost: Vec<_> = charges(&journal)
        .into_iter()
        .filter(|charge| matches!(charge.meter, Meter::RemainingCommitment(_)))
        .map(|charge| (charge.paid_at, charge.amount))
        .collect();
    let year = 320.0 * 196.0;
    let rest = 196.0 * (320.0 * 182.0 / 365.25 * 1e6_f64).round() / 1e6;
    assert_eq!(lost, [(horizon, euros(rest)), (day(2028), euros(year)), (day(2029), euros(year))]);
}

#[test]
fn leaving_one_party_leaves_the_contracts_of_no_other() {
    let mut world = calm();
    let vmware = crate::world::ContractId::from_index(0);
    let other = crate::world::Licence {
        supplier: world.parties.find(|party| party.name == "Microsoft").expect("the fixture has it"),
        ..world.licences[world.contracts[vmware].licence].clone()
    };
    let licence = world.licences.push(other);
    let contract = crate::world::Contract { licence, ..world.contracts[vmware].clone() };
    let contract = world.contracts.push(contract);
    let mut strategy = world.strategies[Id::from_index(0)].clone();
    strategy.contracts = IdVec::filled(ContractChoice::Renew(Term { years: 3 }), 2);
    strategy.schedule.wave_sizes = vec![2, 5, 40];
    let assignments = everything(&world, "paris/hyper-v").assignments;
    let rehearsal = Rehearsal { party: broadcom(&world), assignments };
    let home = |workload: WorkloadId| Some(world.workloads[workload].home);
    let plan = Plan::of(&world, &strategy).evacuation(&world, rehearsal, world.horizon(), home);
    assert_eq!(plan.contracts[vmware], ContractChoice::Leave);
    assert_eq!(plan.contracts[contract], ContractChoice::Renew(Term { years: 3 }));
    assert_eq!(plan.schedule.wave_sizes, [40], "the pilots are over");
}

#[test]
fn an_offer_that_some_leave_and_others_reach_is_not_left() {
    let mut world = calm();
    let (paris, lyon) = (offer(&world, "paris/vsphere"), offer(&world, "lyon/vsphere"));
    let web = workload(&world, "web");
    world.workloads[web].home = lyon;
    let mut moves: Vec<_> = world.workloads.ids().map(|id| (id, lyon)).collect();
    moves.retain(|(id, _)| *id != web);
    let strategy = moving(&world, &moves);
    let plan = Plan::of(&world, &strategy);
    assert!(plan.leaves(paris) && !plan.leaves(lyon) && !plan.shrinks(lyon));
    // One that stays keeps a part of it.
    let plan = Plan::of(&world, &moving(&world, &moves[1..]));
    assert!(plan.shrinks(paris) && !plan.leaves(paris));
    moves.push((web, paris));
    let plan = Plan::of(&world, &moving(&world, &moves));
    assert!(!plan.leaves(paris) && !plan.leaves(lyon));
    // A move to its own place is none.
    let mut strategy = moving(&world, &moves);
    strategy.assignments[web].as_mut().expect("it moves").to = Some(lyon);
    assert!(Plan::of(&world, &strategy).assignments[web].is_none());
}

/// A run of `strategy` that has come to a day.
fn run_to<'w>(world: &'w World, strategy: &Strategy, at: SimTime, replication: u64) -> Running<'w, Journal> {
    let draws = Draws { seed: 1, replication };
    let plan = Plan::of(world, strategy);
    let mut running = Simulation::start(world, plan, Figures::draw(world, &draws), draws, Journal::default());
    running.run_to(at);
    running
}

fn day(world: &World, year: i16, month: i8, day: i8) -> SimTime {
    world.calendar.at(jiff::civil::date(year, month, day))
}

/// Whatever is on vSphere goes to Hyper-V on the same site.
fn to_hyper_v(world: &World, running: &Running<'_, Journal>) -> Rehearsal {
    let party = broadcom(world);
    let depends = |offer: OfferId| world.parties_of(offer).any(|behind| behind == party);
    let all = everything(world, "paris/hyper-v").assignments;
    let places = running.places();
    let goes = |id: WorkloadId| all[id].filter(|_| places[id].is_some_and(depends));
    Rehearsal { party, assignments: world.workloads.ids().map(goes).collect() }
}

fn waived(journal: &Journal) -> Vec<Waived> {
    let waived = |(_, entry): &(SimTime, Entry)| match entry {
        Entry::Waived(waived) => Some(*waived),
        _ => None,
    };
    journal.entries.iter().filter_map(waived).collect()
}

#[test]
fn price_moves_faults_and_ageing_that_are_to_come_go_on_in_a_fork() {
    let mut world = calm();
    let rate = world.factory.rate;
    let by = price(&mut world, "rise", 1.0);
    let link = world.links.find(|link| link.name == "paris-lyon").expect("the fixture has it");
    let (at, lasts) = (day(&world, 2027, 4, 1), Span::from_days(40));
    let event = |at, change| TimelineEvent { at, label: "an event".into(), change };
    let fault = Change::Fault { fault: Fault::Link(link), lasts };
    world.timeline =
        vec![event(at, Change::Prices { figures: vec![rate], by }), event(at + Span::from_days(1), fault)];
    let ages = day(&world, 2027, 4, 20);
    for name in ["paris/vsphere", "lyon/vsphere"] {
        if let HostPrice::Owned(hardware) = &mut hosts(&mut world, name).price {
            hardware.replace_at = ages;
        }
    }
    let strategy = world.strategies[Id::from_index(0)].clone();
    // Half way through the fault, everything goes to Lyon over that circuit.
    let began = at + Span::from_days(10);
    let running = run_to(&world, &strategy, began, 0);
    let assignments = everything(&world, "lyon/vsphere").assignments;
    let (_, journal) =
        running.rehearse_exit(Rehearsal { party: broadcom(&world), assignments }, began, Journal::default());
    let cutovers: Vec<SimTime> = moves(&journal).into_iter().map(|(_, entry)| entry.cutover).collect();
    assert_eq!(cutovers.len(), 4);
    let works = at + Span::from_days(1) + lasts;
    assert!(cutovers.iter().all(|cutover| *cutover > works), "the circuit is down until then");
    let labour = charges(&journal).into_iter().find(|charge| charge.meter == Meter::MoveWork);
    assert_eq!(labour.expect("work is booked").unit_price, crate::base::units::Price::from_f64(150.0));
    let replaced = |(at, decision): &(SimTime, Decision)| {
        *at == ages && matches!(decision, Decision::HostsReplaced { .. })
    };
    assert!(decisions(&journal).iter().any(replaced), "Lyon's hosts stay and are replaced");

    // From before the price move it is still to come.
    let began = day(&world, 2027, 3, 31);
    let running = run_to(&world, &strategy, began, 0);
    let (_, journal) = running.rehearse_exit(to_hyper_v(&world, &running), began, Journal::default());
    let moved = |(_, decision): &(SimTime, Decision)| *decision == Decision::PricesMoved { event: 0 };
    assert!(decisions(&journal).iter().any(moved));
}

#[test]
fn hosts_that_are_down_or_being_installed_when_an_exit_begins_come_into_service() {
    let mut world = calm();
    let failures = world.operations.host_failures_per_year;
    certain(&mut world, failures, 60.0);
    let strategy = everything(&world, "paris/hyper-v");
    for days in [10, 16, 20, 40] {
        let began = SimTime::START + Span::from_days(days);
        let running = run_to(&world, &strategy, began, 3);
        let (end, journal) = running.rehearse_exit(to_hyper_v(&world, &running), began, Journal::default());
        assert!(end.left.since(began) < Span::from_days(120), "{days}: {:?}", end.left.since(began));
        assert!(
            moves(&journal).iter().all(|(_, entry)| entry.outcome == MoveOutcome::Completed),
            "{days}: failures are not rehearsed"
        );
    }
}

/// Everything is at Azure, somewhere in a country, and goes back to Paris at a tariff
/// without a free part; data costs 0.08 €/GB.
fn leaving_azure(country: &str) -> (World, Rehearsal, crate::world::SiteId) {
    let mut world = calm();
    let (azure, paris) = (offer(&world, "azure/instances"), offer(&world, "paris/vsphere"));
    let (site, platform) = (world.offers[azure].site, world.offers[azure].platform);
    let per_gb = price(&mut world, "azure.egress", 0.08);
    world.sites[site].country = country.into();
    world.sites[site].egress = Some(Tariff::flat(per_gb));
    let users = world.operations.user_egress_gb;
    certain(&mut world, users, 0.0);
    let tool = world.tools.find(|tool| tool.name == "azure-migrate").expect("the fixture has it");
    let back = [world.offers[paris].platform];
    (world.tools[tool].from, world.tools[tool].to) = (vec![platform], back.to_vec());
    for id in world.workloads.ids() {
        world.workloads[id].home = azure;
    }
    let assignments = everything(&world, "paris/vsphere").assignments;
    let party = world.parties.find(|party| party.name == "Microsoft").expect("the fixture has it");
    (world, Rehearsal { party, assignments }, site)
}

/// What data taken out is charged, and what is waived, when Azure is left on a day.
fn data_out(world: &World, rehearsal: Rehearsal, site: crate::world::SiteId, at: SimTime) -> [Money; 2] {
    let strategy = world.strategies[Id::from_index(0)].clone();
    let running = run_to(world, &strategy, at, 0);
    let (_, journal) = running.rehearse_exit(rehearsal, at, Journal::default());
    let charged = sum(&charges(&journal), |charge| {
        charge.meter == Meter::Egress(site) && charge.category == Category::Migration
    });
    [charged, waived(&journal).into_iter().map(|waived| waived.amount).sum()]
}

#[test]
fn after_the_data_acts_date_an_eu_switch_pays_no_egress_and_what_it_saves_is_entered() {
    let (world, rehearsal, site) = leaving_azure("FR");
    let at = day(&world, 2027, 2, 1);
    let [charged, free] = data_out(&world, rehearsal, site, at);
    assert_eq!(charged, Money::ZERO);
    let (abroad, rehearsal, site) = leaving_azure("US");
    let [paid, waived] = data_out(&abroad, rehearsal, site, at);
    assert_eq!(waived, Money::ZERO);
    assert!(paid > euros(10.0), "{paid}");
    assert_eq!(free, paid, "what is waived is what the tariff asks elsewhere");
}

#[test]
fn before_that_date_an_eu_switch_pays_cost_where_it_is_stated_and_else_the_tariff() {
    let (mut world, rehearsal, site) = leaving_azure("FR");
    // All of it leaves before the twelfth of January 2027.
    world.calendar =
        crate::base::units::Calendar::new(jiff::civil::date(2026, 1, 1), jiff::civil::date(2027, 1, 1));
    let at = day(&world, 2026, 2, 1);
    let [tariff, _] = data_out(&world, rehearsal.clone(), site, at);
    let at_cost = price(&mut world, "azure.at-cost", 0.02);
    let provider = world.sites[site].provider;
    world.providers[provider].exit.at_cost = Some(at_cost);
    let [cost, _] = data_out(&world, rehearsal, site, at);
    // A fourth of the price; each month's line is rounded to a millionth.
    assert!((4.0 * cost.as_f64() - tariff.as_f64()).abs() < 1e-5, "{cost} and {tariff}");
}

#[test]
fn applications_that_work_across_an_exit_pay_for_their_data_meanwhile() {
    let (mut world, rehearsal, site) = leaving_azure("US");
    let per_month = price(&mut world, "exchanged", 1_000.0);
    let applications: Vec<_> = world.applications.ids().collect();
    world.applications[applications[0]].dependencies =
        vec![crate::world::Dependency { with: applications[1], gb_per_month: per_month }];
    // One application a wave, half a year apart.
    let mut strategy = world.strategies[Id::from_index(0)].clone();
    strategy.schedule.wave_sizes = vec![1];
    strategy.schedule.interval = Span::from_days(182);
    let at = day(&world, 2027, 2, 1);
    let running = run_to(&world, &strategy, at, 0);
    let (_, journal) = running.rehearse_exit(rehearsal, at, Journal::default());
    let across = sum(&charges(&journal), |charge| {
        charge.meter == Meter::Egress(site) && charge.category == Category::DoubleRunning
    });
    // Half of 1,000 GB a month at 0.08 € leaves Azure, judged at the end of each month.
    let between = |first: usize, last: usize| {
        let cutover = |(_, entry): &(SimTime, Move)| world.calendar.month_of(entry.cutover);
        let months: Vec<usize> = moves(&journal).iter().map(cutover).collect();
        months[last].abs_diff(months[first])
    };
    let months = between(0, 3);
    assert!(months >= 2, "the waves lie apart");
    assert_eq!(across, euros(40.0 * months as f64));
}

#[test]
fn a_service_that_is_committed_where_nothing_is_left_is_stranded_to_its_end() {
    let (mut world, rehearsal, site) = leaving_azure("FR");
    let monthly = price(&mut world, "support", 310.0);
    let until = day(&world, 2028, 1, 1);
    world.sites[site].services.push(crate::world::Service {
        name: "support".into(),
        kind: crate::world::ServiceKind::Support,
        basis: crate::world::Basis::Month,
        price: monthly,
        spend: Vec::new(),
        committed_until: Some(until),
        book_value: None,
    });
    let at = day(&world, 2027, 2, 1);
    let strategy = world.strategies[Id::from_index(0)].clone();
    let running = run_to(&world, &strategy, at, 0);
    let (end, journal) = running.rehearse_exit(rehearsal, at, Journal::default());
    assert_eq!(end.free, until, "it is owed to Microsoft");
    let stranded = sum(&charges(&journal), |charge| matches!(charge.meter, Meter::RemainingService(..)));
    // Whole months after the one in which the last has left, and the rest of that one.
    let first = world.calendar.month_of(end.left);
    let rest = world.calendar.month_start(first + 1).since(end.left).as_days()
        / world.calendar.civil_month_span(first).as_days();
    let expected = 310.0 * (rest + (12 - first - 1) as f64);
    assert!((stranded.as_f64() - expected).abs() < 1e-3, "{stranded} and {expected}: rounded month by month");
}

#[test]
fn what_is_carried_nowhere_any_more_is_lost_beside_the_cost() {
    let world = calm();
    let began = day(&world, 2027, 2, 1);
    let strategy = world.strategies[Id::from_index(0)].clone();
    let running = run_to(&world, &strategy, began, 0);
    let assignments = everything(&world, "azure/instances").assignments;
    let (end, _) =
        running.rehearse_exit(Rehearsal { party: broadcom(&world), assignments }, began, Journal::default());
    // Ten hosts of two packs each, at 6,000 USD and 0.8 €.
    assert_eq!(end.lost_licences, euros(20.0 * 6_000.0 * 0.8));
    let (end, _) = running.rehearse_exit(to_hyper_v(&world, &running), began, Journal::default());
    assert!(end.lost_licences < euros(20.0 * 6_000.0 * 0.8), "Hyper-V's hosts need them too");
}

/// The parts of the cost of leaving Broadcom for Azure at fixed destinations and tools,
/// without discounting: what is paid later would count less.
fn parts(world: &World) -> Components {
    let at = SimTime::START + Span::from_days(31);
    let running = run_to(world, &world.strategies[Id::from_index(0)], at, 0);
    let assignments = everything(world, "azure/instances").assignments;
    let rehearsal = Rehearsal { party: broadcom(world), assignments };
    let (_, ledger) = running.rehearse_exit(rehearsal, at, ExitLedger::new(at, 0.0));
    ledger.components()
}

/// Paris charges for data, outside the reach of any rule, and downtime costs something.
fn charging() -> World {
    let mut world = calm();
    let per_gb = price(&mut world, "paris.egress", 0.05);
    let downtime = price(&mut world, "downtime", 100.0);
    let paris = world.offers[offer(&world, "paris/vsphere")].site;
    // No free part: shared by two months it would count twice.
    world.sites[paris].egress = Some(Tariff::flat(per_gb));
    world.sites[paris].country = "US".into();
    for id in world.applications.ids() {
        world.applications[id].downtime_per_hour = Some(downtime);
    }
    world
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn more_data_never_lowers_what_is_taken_out_nor_the_work(gib in 1_u64..4_000, more in 0_u64..4_000) {
        let with = |gib: u64| {
            let mut world = charging();
            for id in world.workloads.ids() {
                let disk = crate::base::units::Bytes::from_gib(gib);
                (world.workloads[id].disk, world.workloads[id].disks) = (disk, vec![disk]);
            }
            parts(&world)
        };
        let (less, more) = (with(gib), with(gib + more));
        for component in [Component::Egress, Component::Conversion, Component::MoveWork, Component::EarlyExit] {
            prop_assert!(more.of(component) >= less.of(component), "{component:?}");
        }
    }

    #[test]
    fn worse_facets_never_lower_the_work(
        factor in 1.0..5.0_f64,
        place in 0_usize..3,
        scope in 0_usize..3,
    ) {
        let with = |factor: f64| {
            let mut world = charging();
            let facet = world.facets[Id::from_index(place)].clone();
            let figure = [facet.hours_per_vm, facet.hours_per_application, facet.hours_per_estate][scope];
            let hours = Figures::at_mode(&world).value(figure);
            certain(&mut world, figure, hours * factor);
            parts(&world)
        };
        let (less, more) = (with(1.0), with(factor));
        prop_assert!(more.of(Component::Conversion) >= less.of(Component::Conversion));
        prop_assert_eq!(more.of(Component::MoveWork), less.of(Component::MoveWork));
    }

    /// Prices change no date, so this holds for every part, to the micro-unit.
    #[test]
    fn a_higher_price_never_lowers_any_part(choice in any::<prop::sample::Index>(), factor in 1.0..5.0_f64) {
        let world = charging();
        let prices: Vec<FigureId> =
            world.figures.enumerate().filter(|(_, figure)| figure.currency.is_some()).map(|(id, _)| id).collect();
        let chosen = prices[choice.index(prices.len())];
        let mut dearer = world.clone();
        let value = Figures::at_mode(&world).value(chosen);
        certain(&mut dearer, chosen, value * factor);
        let (less, more) = (parts(&world), parts(&dearer));
        for component in Component::ALL {
            prop_assert!(more.of(component) >= less.of(component), "{component:?}");
        }
    }

    /// From any day of a run in which hosts fail and things move, an exit ends; and the
    /// run that it was forked from goes on as if nothing had been.
    #[test]
    fn an_exit_can_be_rehearsed_on_any_day_and_leaves_no_trace(
        days in 1_u64..364,
        replication in 0_u64..200,
        failures in 0.0..60.0_f64,
        to in 0_usize..3,
        down in 0_u64..300,
    ) {
        let mut world = fixture::world();
        let rate = world.operations.host_failures_per_year;
        certain(&mut world, rate, failures);
        let paris = world.offers[offer(&world, "paris/vsphere")].site;
        world.timeline = vec![TimelineEvent {
            at: SimTime::START + Span::from_days(down),
            label: "a fault".into(),
            change: Change::Fault { fault: Fault::Site(paris), lasts: Span::from_days(3) },
        }];
        let mut strategy = everything(&world, ["paris/hyper-v", "azure/host", "lyon/vsphere"][to]);
        strategy.schedule.start = SimTime::START + Span::from_days(30);
        let at = SimTime::START + Span::from_days(days);
        let mut running = run_to(&world, &strategy, at, replication);
        let rehearsal = to_hyper_v(&world, &running);
        let leavers = rehearsal.assignments.iter().flatten().count();
        let (end, journal) = running.rehearse_exit(rehearsal, at, Journal::default());
        prop_assert!(end.left.since(at) < Span::from_days(365), "{:?}", end.left.since(at));
        let completed = moves(&journal).iter().filter(|(_, entry)| entry.outcome == MoveOutcome::Completed).count();
        prop_assert_eq!(completed, leavers);
        running.run_to_horizon();
        let untouched = run(&world, &strategy, replication);
        prop_assert_eq!(format!("{:?}", running.close().entries), format!("{:?}", untouched.entries));
    }
}
