//! Alliances that come and go, and the pairs of platforms that work is for.

use std::collections::BTreeMap;

use super::*;
use crate::world::rules::effort::Crossing;
use crate::world::{Alliance, AllianceChange, AllianceId, FacetId, Facility, PlatformId};

fn platform(world: &World, name: &str) -> PlatformId {
    world.platforms.find(|platform| platform.name == name).expect("the fixture has this platform")
}

fn facet(world: &World, name: &str) -> FacetId {
    world.facets.find(|facet| facet.name == name).expect("the fixture has this facet")
}

fn day(world: &World, month: i8, day: i8) -> SimTime {
    world.calendar.at(jiff::civil::date(2027, month, day))
}

fn allied(world: &mut World, from: SimTime, until: Option<SimTime>, change: AllianceChange) -> AllianceId {
    let name = "bundle".to_owned();
    world.alliances.push(Alliance { label: name.clone(), name, from, until, changes: vec![change] })
}

/// What remains of the work on a facet, or on all, between vSphere and Azure.
fn easing(world: &mut World, facet: Option<FacetId>, remains: f64) -> AllianceChange {
    let between = [platform(world, "vsphere"), platform(world, "azure")];
    let remains = price(world, "remains", remains);
    world.figures[remains].currency = None;
    AllianceChange::Effort { between, facet, remains }
}

/// The fixture with the web server at Azure from the start: two platforms are run.
fn across() -> World {
    let mut world = calm();
    let (web, azure) = (workload(&world, "web"), offer(&world, "azure/instances"));
    world.workloads[web].home = azure;
    world
}

fn by_facet(world: &World, journal: &Journal) -> Vec<Money> {
    let charges = charges(journal);
    let of = |facet| sum(&charges, |charge| charge.meter == Meter::Conversion(facet));
    world.facets.ids().map(of).collect()
}

#[test]
fn work_is_what_the_alliances_in_force_leave_when_it_begins() {
    let mut world = calm();
    let (azure, web) = (offer(&world, "azure/instances"), workload(&world, "web"));
    let disks = facet(&world, "disk-format");
    let change = easing(&mut world, Some(disks), 0.25);
    let (from, until) = (day(&world, 3, 1), day(&world, 6, 1));
    allied(&mut world, from, Some(until), change);
    let mut strategy = moving(&world, &[(web, azure)]);
    let worked = |world: &World, strategy: &Strategy| by_facet(world, &run(world, strategy, 0));
    // 111 h, 222 h and 444 h at 75 euros; a quarter of the disks' remains.
    let (whole, eased) = ([8_325.0, 16_650.0, 33_300.0], [8_325.0, 4_162.5, 33_300.0]);
    assert_eq!(worked(&world, &strategy), whole.map(euros), "in January there is no alliance yet");
    strategy.schedule.start = from;
    assert_eq!(worked(&world, &strategy), eased.map(euros));
    strategy.schedule.start = until;
    assert_eq!(worked(&world, &strategy), whole.map(euros), "it has ended");
}

#[test]
fn platforms_that_have_come_to_agree_take_no_minutes_of_a_cutover() {
    let mut world = calm();
    let (azure, web) = (offer(&world, "azure/instances"), workload(&world, "web"));
    let down = |world: &World| {
        let journal = run(world, &moving(world, &[(web, azure)]), 0);
        moves(&journal)[0].1.down_seconds / 60.0
    };
    let usual = down(&world);
    let drivers = facet(&world, "hypervisor-drivers");
    let change = easing(&mut world, Some(drivers), 0.0);
    allied(&mut world, SimTime::START, None, change);
    // The drivers' seven minutes; the changes of the last seconds are sent in both.
    assert!((usual - down(&world) - 7.0).abs() < 1e-3, "{usual} and {}", down(&world));
}

#[test]
fn planes_are_run_as_one_while_an_alliance_holds_to_the_day() {
    let mut world = across();
    let platforms = vec![platform(&world, "vsphere"), platform(&world, "azure")];
    let extra = |world: &World| {
        let journal = run(world, &world.strategies[Id::from_index(0)], 0);
        sum(&charges(&journal), |charge| charge.meter == Meter::ExtraManagementPlanes)
    };
    // Half an administrator for 365 days; each of up to 14 lines is rounded to a
    // millionth of a person-year.
    let rounding = 14.0 * 1e-6 * 85_000.0;
    let expected = |days: f64| 0.5 * 85_000.0 * days / 365.25;
    assert!((extra(&world).as_f64() - expected(365.0)).abs() < rounding, "{}", extra(&world));
    // In force from 15 July to 9 October: 87 days less.
    let (from, until) = (day(&world, 7, 15), day(&world, 10, 10));
    let alliance = allied(&mut world, from, Some(until), AllianceChange::OnePlane { platforms });
    assert!((extra(&world).as_f64() - expected(278.0)).abs() < rounding, "{}", extra(&world));
    let dated: Vec<_> = decisions(&run(&world, &world.strategies[Id::from_index(0)], 0))
        .into_iter()
        .filter(|(_, decision)| {
            matches!(decision, Decision::AllianceBegins { .. } | Decision::AllianceEnds { .. })
        })
        .collect();
    let begins_and_ends =
        [(from, Decision::AllianceBegins { alliance }), (until, Decision::AllianceEnds { alliance })];
    assert_eq!(dated, begins_and_ends);
}

#[test]
fn an_alliance_that_leaves_everything_changes_no_line() {
    let mut world = calm();
    let strategy = everything(&world, "azure/instances");
    let lines = |world: &World| format!("{:?}", charges(&run(world, &strategy, 3)));
    let before = lines(&world);
    let change = easing(&mut world, None, 1.0);
    let (from, until) = (day(&world, 1, 10), day(&world, 8, 17));
    allied(&mut world, from, Some(until), change);
    assert_eq!(lines(&world), before);
}

#[test]
fn an_alliance_after_the_last_move_changes_only_what_runs_after_it() {
    let mut world = calm();
    let (azure, web) = (offer(&world, "azure/instances"), workload(&world, "web"));
    let strategy = moving(&world, &[(web, azure)]);
    let before = run(&world, &strategy, 0);
    let last = moves(&before)[0].0;
    // The first of a month, so that no line is split by it.
    let month = world.calendar.month_of(last) + 1;
    let from = world.calendar.month_start(month);
    let change = easing(&mut world, None, 0.1);
    allied(&mut world, from, None, change);
    let platforms = vec![platform(&world, "vsphere"), platform(&world, "azure")];
    allied(&mut world, from, None, AllianceChange::OnePlane { platforms });
    let after = run(&world, &strategy, 0);
    let is_plane = |charge: &&Charge| charge.meter == Meter::ExtraManagementPlanes;
    let is_late = |charge: &&Charge| is_plane(charge) && charge.month as usize >= month;
    let others = |journal: &Journal| -> Vec<String> {
        charges(journal)
            .iter()
            .filter(|charge| !is_late(charge))
            .map(|charge| format!("{charge:?}"))
            .collect()
    };
    assert_eq!(others(&before), others(&after));
    let late = |journal: &Journal| charges(journal).iter().filter(is_late).count();
    assert_eq!((late(&before), late(&after)), (12 - month, 0));
}

#[test]
fn work_names_the_pair_that_it_crosses_and_an_application_adapts_for_the_dearest() {
    let mut world = calm();
    let (db, app) = (workload(&world, "erp-db"), workload(&world, "erp-app"));
    let (azure, hyper_v) = (offer(&world, "azure/instances"), offer(&world, "paris/hyper-v"));
    let disks = facet(&world, "disk-format");
    let change = easing(&mut world, Some(disks), 0.5);
    allied(&mut world, SimTime::START, None, change);
    let charges = charges(&run(&world, &moving(&world, &[(db, azure), (app, hyper_v)]), 0));
    let home = platform(&world, "vsphere");
    let of = |to: &str, facet: &str| {
        let crossing = Some(Crossing { from: home, to: platform(&world, to) });
        let meter = Meter::Conversion(self::facet(&world, facet));
        sum(&charges, |charge| charge.meter == meter && charge.crossing == crossing)
    };
    // Network: 1 h a VM and 100 h for the estate each; 10 h for the application, for the
    // first of two that take as much.
    assert_eq!(
        (of("azure", "network-overlay"), of("hyper-v", "network-overlay")),
        (euros(111.0 * 75.0), euros(101.0 * 75.0))
    );
    // Disks: half of 2 h and of 200 h remains to Azure, where 10 h would be for the
    // application; Hyper-V's 20 h are more, and serve both.
    assert_eq!(
        (of("azure", "disk-format"), of("hyper-v", "disk-format")),
        (euros(101.0 * 75.0), euros(222.0 * 75.0))
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Destinations and tools stay as they are; one run has the platforms agree where
    /// the other has them differ.
    #[test]
    fn worse_facets_never_lower_the_work_and_pairs_add_up_to_it(
        to_hyper_v in prop::collection::vec(any::<bool>(), 4),
        agree in prop::collection::vec(any::<bool>(), 6),
        worse in 0_usize..6,
        remains in 0.0..1.0_f64,
    ) {
        let mut world = calm();
        let hours = price(&mut world, "hours", 10.0);
        let facility = world.facilities.push(Facility {
            name: "balancer".into(),
            label: "balancer".into(),
            replacement_hours: hours,
            replacement: None,
            saving: None,
        });
        for application in world.applications.ids().collect::<Vec<_>>() {
            world.applications[application].uses = vec![facility];
        }
        let change = easing(&mut world, None, remains);
        allied(&mut world, SimTime::START, None, change);
        let [hyper_v, azure] = ["paris/hyper-v", "azure/instances"].map(|name| offer(&world, name));
        let chosen = world.workloads.ids().zip(&to_hyper_v);
        let wanted: Vec<_> = chosen.map(|(id, first)| (id, if *first { hyper_v } else { azure })).collect();
        let strategy = moving(&world, &wanted);
        let with = |agree: &[bool]| {
            let mut world = world.clone();
            let vsphere = world.platforms[platform(&world, "vsphere")].values.clone();
            for (place, _) in agree.iter().enumerate().filter(|(_, agree)| **agree) {
                let reached = platform(&world, if place < 3 { "hyper-v" } else { "azure" });
                let facet = Id::from_index(place % 3);
                world.platforms[reached].values[facet] = vsphere[facet].clone();
            }
            let charges = charges(&run(&world, &strategy, 0));
            let is_facet = |charge: &Charge| matches!(charge.meter, Meter::Conversion(_));
            let is_replacement = |charge: &Charge| matches!(charge.meter, Meter::Replacement(_));
            let mut by_pair: BTreeMap<Crossing, Money> = BTreeMap::new();
            for charge in charges.iter().filter(|charge| is_facet(charge) || is_replacement(charge)) {
                *by_pair.entry(charge.crossing.expect("such work is of a pair")).or_default() += charge.amount;
            }
            let one_off = sum(&charges, is_facet) + sum(&charges, is_replacement);
            assert_eq!(by_pair.into_values().sum::<Money>(), one_off);
            one_off
        };
        let better: Vec<bool> = agree.iter().enumerate().map(|(place, agree)| *agree || place == worse).collect();
        let worse: Vec<bool> = better.iter().enumerate().map(|(place, agree)| *agree && place != worse).collect();
        prop_assert!(with(&worse) >= with(&better));
    }
}
