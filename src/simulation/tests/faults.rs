//! Faults in every phase of every kind of move: each workload is in one place, running or
//! down for a reason, and every move ends.

use super::*;
use crate::base::units::Bandwidth;
use crate::simulation::{Place, Spot};
use crate::world::{
    Change, Cutover, DeltaRule, Fault, MethodSet, Power, TimelineEvent, Tool, ToolId, WorkloadId,
};

const WEB: &str = "web";

/// How `web` and what goes with it moves.
#[derive(Clone, Copy, Debug)]
enum Kind {
    /// Its disks and its memory in one session.
    Session,
    /// Its disks are replicated before, then its memory.
    Assisted,
    Replicated,
    Conversion,
    Cold,
    Offline,
}

const KINDS: [Kind; 6] =
    [Kind::Session, Kind::Assisted, Kind::Replicated, Kind::Conversion, Kind::Cold, Kind::Offline];

/// A phase of a move.
const PHASES: [&str; 4] = ["first copy", "sync", "last stage", "conversion"];

fn tool_named(world: &World, name: &str) -> ToolId {
    world.tools.find(|tool| tool.name == name).expect("the fixture has this tool")
}

/// The fixture, slow enough that every phase lasts, and both applications' moves.
fn moved(kind: Kind) -> (World, Strategy, OfferId) {
    let mut world = calm();
    for link in world.links.ids().collect::<Vec<_>>() {
        world.links[link].bandwidth = Bandwidth::from_mbit(200);
    }
    let hour = Span::from_hours(1);
    let rule = DeltaRule { shortest: hour, longest: Span::from_hours(12), share_of_previous: 0.5 };
    let (tool, to, method) = match kind {
        Kind::Session => ("vmotion", "lyon/vsphere", Method::Live),
        Kind::Assisted => ("vmotion", "lyon/vsphere", Method::Live),
        Kind::Replicated => ("hcx", "lyon/vsphere", Method::Replicated),
        Kind::Conversion => ("azure-migrate", "azure/instances", Method::Conversion),
        Kind::Cold => ("v2v", "trusted/instances", Method::Cold),
        Kind::Offline => ("azure-migrate", "azure/instances", Method::Offline),
    };
    let tool = tool_named(&world, tool);
    let described: &mut Tool = &mut world.tools[tool];
    match kind {
        Kind::Session | Kind::Cold => {}
        Kind::Assisted => (described.delta, described.cutover) = (Some(rule), Cutover::Serial),
        Kind::Replicated | Kind::Conversion => described.delta = Some(rule),
        Kind::Offline => {
            described.trip = Some(Span::from_days(5));
            described.methods = MethodSet::NONE.with(Method::Offline);
        }
    }
    let to = offer(&world, to);
    let mut strategy = world.strategies[Id::from_index(0)].clone();
    for id in world.workloads.ids() {
        let windows = world.workloads[id].os == crate::world::OsFamily::Windows;
        if !(windows && matches!(kind, Kind::Cold)) {
            strategy.assignments[id] = Some(Assignment {
                disposition: Disposition::Rehost,
                to: Some(to),
                method,
                tool: Some(tool),
                link: None,
            });
        }
    }
    (world, strategy, to)
}

/// What is down, by its number.
fn fault(world: &World, number: usize, to: OfferId) -> Fault {
    let paris = offer(world, "paris/vsphere");
    match number {
        0 => {
            let sites = [world.offers[paris].site, world.offers[to].site];
            Fault::Link(world.links.find(|link| link.joins(sites[0], sites[1])).expect("they are joined"))
        }
        1 => Fault::Host(paris, 0),
        2 => Fault::Host(to, 0),
        3 => Fault::Site(world.offers[paris].site),
        _ => Fault::Site(world.offers[to].site),
    }
}

/// Runs to the horizon, looking at every workload after every event.
fn watched(world: &World, strategy: &Strategy) -> Journal {
    let draws = Draws { seed: 1, replication: 0 };
    let plan = Plan::of(world, strategy);
    let mut running = Simulation::start(world, plan, Figures::draw(world, &draws), draws, Journal::default());
    let last = SimTime::from_ns(world.horizon().as_ns() - 1);
    running.engine.run_while(last, |simulation| {
        look(world, simulation);
        true
    });
    let simulation = running.engine.parts_mut().0;
    assert!(simulation.copying.transport.is_empty(), "something is in flight still");
    assert_eq!(simulation.copying.transport.next_at(), None);
    for id in world.workloads.ids() {
        assert!(!simulation.is_cut_over(id), "{} is being cut over still", world.workloads[id].name);
        assert_eq!(simulation.down[id], None, "{} is down still", world.workloads[id].name);
        assert_eq!(simulation.promised[id], None);
    }
    running.close()
}

fn look<R: crate::simulation::journal::Receiver>(world: &World, simulation: &Simulation<'_, R>) {
    for id in world.workloads.ids() {
        let name = &world.workloads[id].name;
        let place: Option<Place> = simulation.places[id];
        let place = place.unwrap_or_else(|| panic!("{name} is nowhere"));
        if world.workloads[id].power == Power::Off {
            continue;
        }
        let down = simulation.down[id];
        let host_is_up = match place.spot {
            Spot::Host(host) => simulation.pool(place.offer).host(host).is_in_service(),
            Spot::Waiting => false,
            Spot::Sku(_) | Spot::Stored => !simulation.is_site_down(world.offers[place.offer].site),
        };
        assert!(host_is_up || down.is_some(), "{name} is at {place:?}, which is down, and nobody says so");
    }
}

/// When a phase of a move lies, from a run without a fault.
fn phase(journal: &Journal, id: WorkloadId, phase: usize) -> (SimTime, SimTime) {
    let (ended, entry) =
        moves(journal).into_iter().find(|(_, entry)| entry.workload == id).expect("it moves");
    match phase {
        0 => (entry.copied_from, entry.copied),
        1 => (entry.copied, entry.cutover),
        2 => (entry.cutover, entry.cutover + Span::from_seconds(30)),
        _ => (entry.cutover, ended),
    }
}

/// Runs a move with a fault so far into a phase.
fn with_a_fault(kind: Kind, number: usize, at: (usize, f64), lasts: Span) -> (World, Journal) {
    let (mut world, strategy, to) = moved(kind);
    let (from, until) = phase(&run(&world, &strategy, 0), workload(&world, WEB), at.0);
    let into = Span::from_seconds_f64(until.since(from).as_seconds() * at.1);
    let change = Change::Fault { fault: fault(&world, number, to), lasts };
    world.timeline.push(TimelineEvent { at: from + into, label: "a fault".into(), change });
    let journal = watched(&world, &strategy);
    (world, journal)
}

fn ended_well(world: &World, journal: &Journal) {
    let mut last: IdVec<WorkloadId, Option<MoveOutcome>> = IdVec::filled(None, world.workloads.len());
    for (_, entry) in moves(journal) {
        last[entry.workload] = Some(entry.outcome);
    }
    for (id, outcome) in last.enumerate() {
        let fine = matches!(outcome, None | Some(MoveOutcome::Completed | MoveOutcome::GivenUp));
        assert!(fine, "{}: {outcome:?}", world.workloads[id].name);
    }
    // What was rolled back says why.
    let rolled_back = moves(journal).iter().any(|(_, entry)| entry.outcome == MoveOutcome::RolledBack);
    let said =
        decisions(journal).iter().any(|(_, decision)| matches!(decision, Decision::CutoverBroken { .. }));
    assert_eq!(rolled_back, said, "cutovers of this world fail only when they are broken off");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn whatever_fails_in_whatever_phase_every_move_ends_and_nothing_is_left_over(
        kind in 0..KINDS.len(),
        number in 0_usize..5,
        phase in 0..PHASES.len(),
        part in 0.0..1.0_f64,
        minutes in 10_u64..6_000,
    ) {
        let lasts = Span::from_minutes(minutes);
        let (world, journal) = with_a_fault(KINDS[kind], number, (phase, part), lasts);
        ended_well(&world, &journal);
        let completed = moves(&journal).iter().filter(|(_, entry)| entry.outcome == MoveOutcome::Completed).count();
        let planned = if matches!(KINDS[kind], Kind::Cold) { 3 } else { 4 };
        prop_assert_eq!(completed, planned, "a fault of four days puts nobody off for good");
    }
}

#[test]
fn a_circuit_that_is_down_during_a_last_delta_prolongs_the_stop_or_ends_it() {
    // The last delta of an hour takes five seconds; the circuit is down for one hour, or
    // for two days, from the second on.
    let outages_of = |lasts| {
        let (world, journal) = with_a_fault(Kind::Replicated, 0, (2, 0.05), lasts);
        let web = workload(&world, WEB);
        let mut all = outages(&journal);
        all.retain(|outage| outage.workload == web);
        all
    };
    let hour = Span::from_hours(1);
    let short = outages_of(hour);
    assert_eq!(short.len(), 1);
    assert_eq!(short[0].cause, OutageCause::Cutover);
    let down = short[0].until.since(short[0].from);
    assert!(down > hour && down < hour + Span::from_minutes(15), "{down:?}");
    // The longest stop is eight hours; then an hour until it is undone.
    let long = outages_of(Span::from_days(2));
    assert_eq!(
        long.iter().map(|outage| outage.cause).collect::<Vec<_>>(),
        [OutageCause::Rollback, OutageCause::Cutover]
    );
    assert_eq!(long[0].until.since(long[0].from), Span::from_hours(9));
}

#[test]
fn a_source_site_that_is_down_during_passes_breaks_the_move_off_and_it_goes_again() {
    let (world, journal) = with_a_fault(Kind::Assisted, 3, (2, 0.5), Span::from_hours(6));
    let web = workload(&world, WEB);
    let outcomes: Vec<MoveOutcome> = moves(&journal)
        .into_iter()
        .filter(|(_, entry)| entry.workload == web)
        .map(|(_, entry)| entry.outcome)
        .collect();
    assert_eq!(outcomes, [MoveOutcome::RolledBack, MoveOutcome::Completed]);
    let why = decisions(&journal).into_iter().find_map(|(_, decision)| match decision {
        Decision::CutoverBroken { why, .. } => Some(why),
        _ => None,
    });
    assert_eq!(why, Some(crate::simulation::journal::Broken::SourceDown));
}
