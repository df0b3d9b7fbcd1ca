//! Teams, lead times, the board, owners, hypercare, groups and factories.

use super::*;
use crate::simulation::journal::Binding;
use crate::world::{
    Acceptance, Board, Gates, Hypercare, Lead, LeadKind, Role, ScopedCalendar, Stream, Team, TeamId,
    TestedAt, Turnover, WeeklyCapacity, Window, WorkCalendar,
};

fn days(count: u64) -> SimTime {
    SimTime::START + Span::from_days(count)
}

/// A certain number that the fixture does not have.
fn number(world: &mut World, name: &str, value: f64) -> FigureId {
    let like = world.factory.hours_per_vm;
    let id = world.figures.push(Figure { name: name.into(), ..world.figures[like].clone() });
    certain(world, id, value);
    id
}

/// A team that works stretched over the week.
fn team(world: &mut World, name: &str, role: Role, heads: u32) -> TeamId {
    world.programme.teams.push(Team { name: name.into(), role, heads, calendar: None, rate: None })
}

/// Nine to five, Monday to Friday. The fixture starts on a Friday.
fn office() -> WorkCalendar {
    WorkCalendar {
        opens: Span::from_hours(9),
        hours: Span::from_hours(8),
        weekdays: [true, true, true, true, true, false, false],
        first_weekday: 4,
        holidays: Vec::new(),
    }
}

fn lead(world: &mut World, kind: LeadKind, takes_days: f64, gates: Gates) -> crate::world::LeadId {
    let takes = number(world, &format!("{}.takes", kind.name()), 24.0 * takes_days);
    let name = kind.name().into();
    world.programme.leads.push(Lead {
        name,
        kind,
        takes,
        starts: None,
        after: Vec::new(),
        hours: None,
        gates,
    })
}

/// The fixture without chance, and one engineer, with web on its way to Azure: its
/// preparation of 788 hours at 30 hours a week ends on day 183, a Saturday, at 20:48.
fn web_to_azure() -> (World, Strategy) {
    let mut world = calm();
    world.factory.engineers = 1;
    let strategy = moving(&world, &[(workload(&world, "web"), offer(&world, "azure/instances"))]);
    (world, strategy)
}

fn only_move(journal: &Journal) -> (SimTime, Move) {
    let [entry] = moves(journal)[..] else { panic!("one move, not {:?}", moves(journal)) };
    entry
}

/// When the sources of the last group are given up.
fn finished(world: &World, strategy: &Strategy) -> SimTime {
    let draws = Draws { seed: 1, replication: 0 };
    let plan = Plan::of(world, strategy);
    let mut running = Simulation::start(world, plan, Figures::draw(world, &draws), draws, Journal::default());
    running.run_to_horizon();
    running.engine.model().programme.finished_at
}

#[test]
fn hours_of_a_team_with_a_calendar_take_working_time_at_its_own_rate() {
    let (mut world, strategy) = web_to_azure();
    let rate = price(&mut world, "crew.rate", 100.0);
    let crew = team(&mut world, "crew", Role::Engineer, 1);
    world.programme.teams[crew].calendar = Some(office());
    world.programme.teams[crew].rate = Some(rate);
    let journal = run(&world, &strategy, 0);
    // 788 hours are 98 days of eight hours and four hours of the 99th working day from
    // Friday the 1st of January on, which is Wednesday the 19th of May.
    let prepared = world.calendar.at(jiff::civil::date(2027, 5, 19)) + Span::from_hours(13);
    assert_eq!(only_move(&journal).1.copied_from, prepared);
    assert_eq!(sum(&charges(&journal), |c| c.meter == Meter::MoveWork), euros(11.0 * 100.0));
}

#[test]
fn planners_go_first_and_networks_have_their_own_people() {
    let (mut world, strategy) = web_to_azure();
    for (name, role) in
        [("planners", Role::Planner), ("engineers", Role::Engineer), ("networkers", Role::Network)]
    {
        team(&mut world, name, role, 1);
    }
    let firewall = number(&mut world, "firewall", 6.0);
    let addresses = number(&mut world, "addresses", 2.0);
    (world.programme.firewall_hours, world.programme.readdressing_hours) = (Some(firewall), Some(addresses));
    let journal = run(&world, &strategy, 0);
    // Eight hours of planning; then 666 + 3 of engineers beside 111 + 8 of networkers.
    let prepared = SimTime::START + Span::from_hours_f64(8.0 * 5.6) + Span::from_hours_f64(669.0 * 5.6);
    assert_eq!(only_move(&journal).1.copied_from, prepared);
    let charges = charges(&journal);
    assert_eq!(sum(&charges, |c| c.meter == Meter::MoveWork), euros(11.0 * 75.0));
    assert_eq!(sum(&charges, |c| c.meter == Meter::FirewallWork), euros(6.0 * 75.0));
    assert_eq!(sum(&charges, |c| c.meter == Meter::ReaddressingWork), euros(2.0 * 75.0));
}

#[test]
fn addresses_stay_inside_a_site() {
    let (mut world, _) = web_to_azure();
    let hours = number(&mut world, "network", 2.0);
    (world.programme.firewall_hours, world.programme.readdressing_hours) = (Some(hours), Some(hours));
    let (web, hyper_v) = (workload(&world, "web"), offer(&world, "paris/hyper-v"));
    let charges = charges(&run(&world, &moving(&world, &[(web, hyper_v)]), 0));
    assert_eq!(sum(&charges, |c| c.meter == Meter::FirewallWork), euros(150.0), "another platform");
    assert_eq!(sum(&charges, |c| c.meter == Meter::ReaddressingWork), euros(0.0));
}

#[test]
fn a_group_starts_when_its_circuit_is_there_which_waits_for_its_tender() {
    let mut world = calm();
    let tender = lead(&mut world, LeadKind::Tender, 60.0, Gates::default());
    let link = world.links.find(|link| link.name == "paris-azure").expect("the fixture has it");
    let circuit = lead(&mut world, LeadKind::Circuit, 30.0, Gates { links: vec![link], ..Gates::default() });
    world.programme.leads[circuit].after = vec![tender];
    let hours = number(&mut world, "tender.hours", 40.0);
    world.programme.leads[tender].hours = Some(hours);
    let (web, app) = (workload(&world, "web"), workload(&world, "erp-app"));
    let (azure, hyper_v) = (offer(&world, "azure/instances"), offer(&world, "paris/hyper-v"));
    let journal = run(&world, &moving(&world, &[(web, azure), (app, hyper_v)]), 0);
    let started = |id| {
        moves(&journal).into_iter().find(|(_, entry)| entry.workload == id).expect("it moved").1.prepared_from
    };
    assert_eq!((started(app), started(web)), (SimTime::START, days(90)));
    let leads: Vec<_> = decisions(&journal)
        .into_iter()
        .filter(|(_, decision)| matches!(decision, Decision::LeadStarted { .. } | Decision::LeadMet { .. }))
        .collect();
    assert_eq!(
        leads,
        [
            (SimTime::START, Decision::LeadStarted { lead: tender, until: days(60) }),
            (days(60), Decision::LeadMet { lead: tender }),
            (days(60), Decision::LeadStarted { lead: circuit, until: days(90) }),
            (days(90), Decision::LeadMet { lead: circuit }),
        ]
    );
    assert_eq!(sum(&charges(&journal), |c| c.meter == Meter::LeadWork(tender)), euros(40.0 * 75.0));
    // Who does not go there orders no circuit.
    let journal = run(&world, &moving(&world, &[(app, hyper_v)]), 0);
    assert!(
        decisions(&journal).iter().all(|(_, decision)| !matches!(decision, Decision::LeadStarted { .. }))
    );
}

#[test]
fn an_accreditation_is_for_a_class_of_data_at_a_site() {
    let mut world = calm();
    let (erp, azure) = (workload(&world, "erp-app"), offer(&world, "azure/instances"));
    let class = world.applications[world.workloads[erp].application].data_class;
    let gates =
        Gates { sites: vec![world.offers[azure].site], data_classes: vec![class], ..Gates::default() };
    lead(&mut world, LeadKind::Accreditation, 45.0, gates);
    let journal = run(&world, &everything(&world, "azure/instances"), 0);
    for (_, entry) in moves(&journal) {
        let application = &world.applications[world.workloads[entry.workload].application];
        let expected = if application.data_class == class { days(45) } else { SimTime::START };
        assert_eq!(entry.prepared_from, expected, "{}", application.name);
    }
}

#[test]
fn waves_keep_their_distance_behind_a_late_landing_zone() {
    let mut world = calm();
    let azure = offer(&world, "azure/instances");
    let gates = Gates { sites: vec![world.offers[azure].site], ..Gates::default() };
    lead(&mut world, LeadKind::LandingZone, 90.0, gates);
    let mut strategy = everything(&world, "azure/instances");
    strategy.schedule.wave_sizes = vec![1];
    let waves: Vec<SimTime> = decisions(&run(&world, &strategy, 0))
        .into_iter()
        .filter(|(_, decision)| matches!(decision, Decision::WaveStarted { .. }))
        .map(|(at, _)| at)
        .collect();
    assert_eq!(waves, [days(90), days(104)]);
}

#[test]
fn later_waves_hold_what_the_weekly_capacity_gives() {
    let mut world = calm();
    // One a week: a wave of two weeks holds one group of two.
    let mut strategy = everything(&world, "azure/instances");
    strategy.schedule.wave_sizes = vec![];
    strategy.schedule.weekly = Some(WeeklyCapacity { from: 1.0, to: 1.0, over: Span::from_days(7) });
    let waves = |world: &World, strategy: &Strategy| {
        let mut waves: Vec<u32> =
            moves(&run(world, strategy, 0)).into_iter().map(|(_, entry)| entry.wave).collect();
        waves.sort_unstable();
        waves
    };
    assert_eq!(waves(&world, &strategy), [1, 1, 2, 2]);
    strategy.schedule.weekly = Some(WeeklyCapacity { from: 2.0, to: 2.0, over: Span::from_days(7) });
    world.factory.engineers = 4;
    assert_eq!(waves(&world, &strategy), [1; 4]);
}

#[test]
fn a_cutover_needs_the_approval_of_a_meeting_and_after_a_rollback_another() {
    let (mut world, strategy) = web_to_azure();
    let tuesday = days(4) + Span::from_hours(10);
    let board = Board { first: tuesday, every: Span::from_days(14), notice: Span::from_days(5) };
    world.programme.board = Some(board);
    let (_, entry) = only_move(&run(&world, &strategy, 0));
    // Asked for on day 183 and so due on day 188: the meetings are on days 186 and 200;
    // the window after the latter opens on Saturday, day 204.
    assert_eq!(entry.cutover, days(204) + Span::from_hours(20));
    let failure = world.factory.cutover_failure;
    certain(&mut world, failure, 0.5);
    let [(_, first), (_, second)] = (0..50)
        .map(|replication| moves(&run(&world, &strategy, replication)))
        .find(|moves| moves.len() == 2)
        .expect("in fifty replications at one half, one fails just once")[..]
    else {
        panic!("two attempts")
    };
    // Rolled back on day 204: five days later comes the meeting of day 214.
    assert_eq!(first.cutover, days(204) + Span::from_hours(20));
    assert_eq!(second.cutover, days(218) + Span::from_hours(20));
}

#[test]
fn an_owner_tests_the_copy_before_the_window_in_working_hours() {
    let (mut world, strategy) = web_to_azure();
    let owners = team(&mut world, "owners", Role::Owner, 1);
    world.programme.teams[owners].calendar = Some(office());
    let hours = number(&mut world, "acceptance", 12.0);
    world.programme.acceptance = Some(Acceptance { at: TestedAt::Copy, hours });
    let journal = run(&world, &strategy, 0);
    let (_, entry) = only_move(&journal);
    // Copied on Saturday, day 183; tested on Monday and until one on Tuesday; the next
    // window is a week after the one that was missed.
    assert_eq!(entry.copied.since(days(183)).as_hours() as u64, 20);
    assert_eq!(entry.cutover, days(190) + Span::from_hours(20));
    assert_eq!(sum(&charges(&journal), |c| c.meter == Meter::AcceptanceTest), euros(12.0 * 75.0));
    let tested = days(186) + Span::from_hours(13);
    let owner: Vec<Span> = journal
        .entries
        .iter()
        .filter_map(|(_, entry)| match entry {
            Entry::Bound { by: Binding::Owner, waited, .. } => Some(*waited),
            _ => None,
        })
        .collect();
    assert_eq!(owner, [tested.since(entry.copied)]);
}

#[test]
fn sources_are_kept_until_hypercare_and_the_owners_test_are_over() {
    let (mut world, strategy) = web_to_azure();
    world.factory.retention = Span::from_days(1);
    let (arrived, _) = only_move(&run(&world, &strategy, 0));
    let kept = |world: &World| finished(world, &strategy).since(arrived).as_hours();
    // Shifts are rounded to a nanosecond each.
    let near = |hours: f64, expected: f64| (hours - expected).abs() < 1e-6;
    assert!(near(kept(&world), 24.0));
    let daily = number(&mut world, "hypercare", 2.0);
    world.programme.hypercare = Some(Hypercare { days: 3, hours_per_day: daily });
    assert!(near(kept(&world), 72.0));
    let charges = charges(&run(&world, &strategy, 0));
    assert_eq!(sum(&charges, |c| c.meter == Meter::Hypercare), euros(6.0 * 75.0));
    // Twenty hours of an owner at thirty a week.
    let hours = number(&mut world, "acceptance", 20.0);
    world.programme.acceptance = Some(Acceptance { at: TestedAt::Cutover, hours });
    assert!(near(kept(&world), 20.0 * 5.6));
}

#[test]
fn hypercare_comes_before_other_work_and_takes_the_crews_time() {
    let mut world = calm();
    world.factory.engineers = 1;
    world.factory.calendar.windows.clear();
    let mut strategy = everything(&world, "azure/instances");
    strategy.schedule.wave_sizes = vec![1];
    let last = |world: &World| {
        let entries = moves(&run(world, &strategy, 0));
        entries.into_iter().map(|(_, entry)| entry.copied_from).max().expect("four moves")
    };
    let without = last(&world);
    let daily = number(&mut world, "hypercare", 3.0);
    world.programme.hypercare = Some(Hypercare { days: 2, hours_per_day: daily });
    // The second group waits while its only engineer watches the first for two days.
    let waited = last(&world).since(without).as_hours();
    // Each shift is rounded to a nanosecond.
    assert!((waited - 2.0 * 3.0 * 5.6).abs() < 1e-6, "{waited} h");
}

#[test]
fn dependent_applications_go_together_and_each_has_its_own_work() {
    let mut world = calm();
    let strategy = everything(&world, "azure/instances");
    let [erp, web] = ["erp-app", "web"].map(|name| world.workloads[workload(&world, name)].application);
    let apart = run(&world, &strategy, 0);
    world.programme.led_by.insert(web, erp);
    let together = run(&world, &strategy, 0);
    let cutovers = |journal: &Journal| {
        let mut at: Vec<SimTime> = moves(journal).into_iter().map(|(_, entry)| entry.cutover).collect();
        at.sort_unstable();
        at.dedup();
        at.len()
    };
    assert_eq!((cutovers(&apart), cutovers(&together)), (2, 1));
    let hours = |journal: &Journal, application| {
        sum(&charges(journal), |c| c.meter == Meter::MoveWork && c.application == Some(application))
    };
    for application in [erp, web] {
        assert_eq!(hours(&apart, application), hours(&together, application));
    }
    assert_eq!(moves(&together).len(), 4);
}

#[test]
fn a_tied_group_goes_whole_or_not_at_all() {
    let mut world = calm();
    // Room for the two of erp, and none for web.
    let described = hosts(&mut world, "paris/hyper-v");
    (described.initial, described.maximum, described.spare) = (1, Some(1), 0);
    (described.shape.vcpus, described.shape.cores) = (12, 3);
    let hyper_v = offer(&world, "paris/hyper-v");
    let all = ["erp-db", "erp-app", "web"].map(|name| (workload(&world, name), hyper_v));
    let [erp, web] = ["erp-app", "web"].map(|name| world.workloads[workload(&world, name)].application);
    world.programme.led_by.insert(web, erp);
    let outcomes: Vec<MoveOutcome> =
        moves(&run(&world, &moving(&world, &all), 0)).into_iter().map(|(_, entry)| entry.outcome).collect();
    assert_eq!(outcomes, [MoveOutcome::Unplaced; 3]);
}

#[test]
fn factories_run_their_waves_side_by_side_with_their_own_people() {
    let mut world = calm();
    let teams = ["north", "south"].map(|name| team(&mut world, name, Role::Engineer, 1));
    let erp = world.workloads[workload(&world, "erp-app")].application;
    let is_erp: IdVec<WorkloadId, bool> =
        world.workloads.iter().map(|workload| workload.application == erp).collect();
    let takes = [is_erp.clone(), is_erp.iter().map(|erp| !erp).collect()];
    world.programme.streams = takes
        .into_iter()
        .zip(teams)
        .map(|(takes, team)| Stream {
            name: world.programme.teams[team].name.clone(),
            takes,
            to: Vec::new(),
            teams: vec![team],
        })
        .collect();
    let journal = run(&world, &everything(&world, "azure/instances"), 0);
    let waves: Vec<(SimTime, Decision)> = decisions(&journal)
        .into_iter()
        .filter(|(_, decision)| matches!(decision, Decision::WaveStarted { .. }))
        .collect();
    let wave = |wave| (SimTime::START, Decision::WaveStarted { wave, workloads: 2 });
    assert_eq!(waves, [wave(1), wave(2)]);
    let prepared = |name: &str| {
        let id = workload(&world, name);
        moves(&journal).into_iter().find(|(_, entry)| entry.workload == id).expect("moved").1.copied_from
    };
    // erp takes 2 × 10 + 5 + 78 h and the estate's 700; web 2 × 10 + 78: one person each.
    for (name, hours) in [("erp-app", 803.0), ("web", 98.0)] {
        // Each part is rounded to a nanosecond.
        let took = prepared(name).since(SimTime::START).as_hours();
        assert!((took - hours * 5.6).abs() < 1e-6, "{name}: {took} h");
    }
}

#[test]
fn windows_of_a_site_take_the_place_of_those_of_all() {
    let (mut world, strategy) = web_to_azure();
    let azure = world.offers[offer(&world, "azure/instances")].site;
    let trusted = world.offers[offer(&world, "trusted/instances")].site;
    let wednesday = Window { opens: Span::from_hours(2 * 24 + 12), length: Span::from_hours(4) };
    let scoped = |site| ScopedCalendar {
        sites: vec![site],
        applications: None,
        windows: vec![wednesday],
        freezes: Vec::new(),
    };
    world.programme.calendars = vec![scoped(trusted)];
    // Ready on Saturday, day 183, inside the window of all.
    assert_eq!(only_move(&run(&world, &strategy, 0)).1.cutover.since(days(183)).as_hours() as u64, 20);
    world.programme.calendars = vec![scoped(azure)];
    assert_eq!(only_move(&run(&world, &strategy, 0)).1.cutover, days(187) + Span::from_hours(12));
    let frozen = Freeze { from: days(187), until: days(190) };
    world.programme.calendars[0].freezes.push(frozen);
    assert_eq!(only_move(&run(&world, &strategy, 0)).1.cutover, days(194) + Span::from_hours(12));
}

fn with_turnover(world: &mut World) -> Turnover {
    let turnover = Turnover {
        per_year: number(world, "turnover", 24.0),
        hiring_hours: number(world, "hiring", 10.0 * 24.0),
        ramp_hours: number(world, "ramp", 14.0 * 24.0),
        first_share: number(world, "first", 0.5),
    };
    world.programme.turnover = Some(turnover);
    turnover
}

#[test]
fn who_leaves_is_replaced_after_the_hiring_time_and_learns_at_a_cost() {
    let mut world = calm();
    with_turnover(&mut world);
    let strategy = everything(&world, "azure/instances");
    let journal = run(&world, &strategy, 0);
    let team = TeamId::from_index(0);
    let times = |wanted: Decision| -> Vec<SimTime> {
        decisions(&journal).into_iter().filter(|(_, d)| *d == wanted).map(|(at, _)| at).collect()
    };
    let (left, joined) = (times(Decision::StaffLeft { team }), times(Decision::StaffJoined { team }));
    assert!(left.len() >= 2, "at twenty-four a year many leave: {}", left.len());
    let hired: Vec<SimTime> = left.iter().map(|at| *at + Span::from_days(10)).collect();
    assert_eq!(joined, hired[..joined.len()]);
    assert!(sum(&charges(&journal), |c| c.meter == Meter::LearningWork) > Money::ZERO);
    // The work itself is the same; only the newcomers' hours come on top.
    let calm_journal = run(&calm(), &strategy, 0);
    let work = |journal: &Journal| {
        sum(&charges(journal), |c| matches!(c.meter, Meter::Conversion(_) | Meter::MoveWork))
    };
    assert_eq!(work(&journal), work(&calm_journal));
}

#[test]
fn another_team_changes_nobody_elses_departures() {
    let mut world = calm();
    with_turnover(&mut world);
    let crew = team(&mut world, "crew", Role::Engineer, 3);
    let strategy = everything(&world, "azure/instances");
    let first = |world: &World, team| {
        let left = decisions(&run(world, &strategy, 0));
        left.into_iter().find(|(_, d)| *d == Decision::StaffLeft { team }).map(|(at, _)| at)
    };
    let alone = first(&world, crew);
    assert!(alone.is_some());
    team(&mut world, "owners", Role::Owner, 5);
    assert_eq!(first(&world, crew), alone);
}

#[test]
fn what_was_there_before_an_exit_stays_there() {
    let mut world = calm();
    let (web, hyper_v) = (workload(&world, "web"), offer(&world, "paris/hyper-v"));
    let platforms = vec![world.offers[hyper_v].platform];
    lead(&mut world, LeadKind::Training, 30.0, Gates { platforms, ..Gates::default() });
    let exit = |strategy: &Strategy| {
        let draws = Draws { seed: 1, replication: 0 };
        let plan = Plan::of(&world, strategy);
        let mut running =
            Simulation::start(&world, plan, Figures::draw(&world, &draws), draws, Journal::default());
        running.run_to_horizon();
        let all: Vec<_> = world.workloads.ids().filter(|id| *id != web).map(|id| (id, hyper_v)).collect();
        let assignments = moving(&world, &all).assignments;
        let party = world.platforms[world.offers[offer(&world, "paris/vsphere")].platform].supplier;
        let rehearsal = crate::simulation::Rehearsal { party, assignments };
        let (end, journal) = running.rehearse_exit(rehearsal, world.horizon(), Journal::default());
        let first = moves(&journal).into_iter().map(|(_, entry)| entry.prepared_from).min();
        first.expect("somebody leaves").since(end.began)
    };
    let untrained = world.strategies[Id::from_index(0)].clone();
    assert_eq!(exit(&untrained), Span::from_days(30));
    assert_eq!(exit(&moving(&world, &[(web, hyper_v)])), Span::ZERO);
}
