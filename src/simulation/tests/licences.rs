//! Licences of guests: counted, owned, bought, used twice, in the price.

use super::*;
use crate::world::{
    Carried, CountedBy, Counting, DualUse, GuestSoftware, GuestWindows, GuestsCounted, Licence, LicenceId,
    OsFamily, Owned, Perpetual, SoftwareTerms, Stacking, WholeHost,
};

fn windows(world: &World) -> LicenceId {
    world.licences.find(|licence| licence.name == "windows").expect("the fixture has it")
}

fn own(world: &mut World, licence: LicenceId, owned: Owned) {
    let perpetual = world.licences[licence].perpetual.expect("it is perpetual");
    world.licences[licence].perpetual = Some(Perpetual { owned, ..perpetual });
}

/// The fixture's Windows licence as an edition that allows two guests.
fn standard(world: &mut World) -> LicenceId {
    let licence = windows(world);
    let stacking = Some(Stacking { guests: 2, of: GuestsCounted::Windows });
    world.licences[licence].counting =
        Counting::SixteenCorePack { minimum_per_processor: 8, minimum_per_host: 16, stacking };
    own(world, licence, Owned::AsNeeded);
    licence
}

/// What was bought of a licence: when, and how many packs.
fn bought(journal: &Journal, licence: LicenceId) -> Vec<(SimTime, f64)> {
    let packs = charges(journal).into_iter().filter(|charge| charge.meter == Meter::Packs(licence));
    packs.map(|charge| (charge.paid_at, charge.quantity.as_f64())).collect()
}

/// Packs of a licence in use, as its maintenance is paid, month by month.
fn in_use(world: &World, journal: &Journal, licence: LicenceId) -> Vec<f64> {
    let paid = charges(journal).into_iter().filter(|charge| charge.meter == Meter::Assurance(licence));
    paid.map(|charge| {
        let years = world.calendar.month_span(charge.month as usize).as_days() / 365.25;
        // Quantities are rounded to a millionth of a pack-year.
        (charge.quantity.as_f64() / years * 1_000.0).round() / 1_000.0
    })
    .collect()
}

#[test]
fn hosts_are_licensed_by_core_and_packs_of_two_fill_them_up() {
    let mut world = calm();
    let licence = windows(&world);
    hosts(&mut world, "paris/vsphere").shape.cores = 26;
    own(&mut world, licence, Owned::Cores(0));
    let journal = run(&world, &world.strategies[Id::from_index(0)], 0);
    // Ten hosts of 2 × 13 cores: 260 cores are 16.25 packs of sixteen, not 20.
    let month = world.calendar.month_start(1);
    assert_eq!(bought(&journal, licence), [(month, 16.25)]);
    assert!(in_use(&world, &journal, licence).iter().all(|packs| *packs == 16.25));
}

#[test]
fn the_standard_edition_is_stacked_by_the_guests_on_each_host_and_what_runs_is_owned() {
    let mut world = calm();
    let licence = standard(&mut world);
    for name in ["erp-app", "web"] {
        let guest = workload(&world, name);
        world.workloads[guest].os = OsFamily::Windows;
    }
    let journal = run(&world, &world.strategies[Id::from_index(0)], 0);
    // Three guests share a host of 32 cores, which is licensed twice: 4 packs. The nine
    // hosts without a guest need none.
    assert_eq!(bought(&journal, licence), []);
    assert_eq!(in_use(&world, &journal, licence), [4.0; 12]);
}

#[test]
fn a_licence_without_maintenance_costs_nothing_by_the_year() {
    let mut world = calm();
    let licence = windows(&world);
    let perpetual = world.licences[licence].perpetual.expect("it is perpetual");
    world.licences[licence].perpetual = Some(Perpetual { assurance: None, ..perpetual });
    let journal = run(&world, &world.strategies[Id::from_index(0)], 0);
    assert!(in_use(&world, &journal, licence).is_empty());
}

#[test]
fn datacenter_serves_at_home_and_at_azure_at_once() {
    // Hybrid-benefit FAQ: Datacenter in both places at once without limit.
    let mut world = calm();
    let (licence, azure) = (windows(&world), offer(&world, "azure/host"));
    let (db, web) = (workload(&world, "erp-db"), workload(&world, "web"));
    world.workloads[web].os = OsFamily::Windows;
    hosts(&mut world, "paris/vsphere").initial = 2;
    // Two hosts of 32 cores at home; one of 64 at Azure.
    own(&mut world, licence, Owned::Cores(64));
    let strategy = moving(&world, &[(db, azure)]);
    assert_eq!(bought(&run(&world, &strategy, 0), licence), []);
    if let GuestWindows::Carried(carried) = &mut world.offers[azure].windows {
        carried.dual_use = DualUse::Never;
    }
    let bought = bought(&run(&world, &strategy, 0), licence);
    assert!(matches!(bought[..], [(_, 4.0)]), "for the 64 cores at Azure: {bought:?}");
}

/// The only Windows guest moves to instances that the Standard edition is carried to, and
/// its source is kept for so many days: what is bought, how many days after the move.
fn standard_kept(days: u64, dual_use: DualUse) -> Vec<(f64, f64)> {
    let mut world = calm();
    let (licence, azure) = (standard(&mut world), offer(&world, "azure/instances"));
    world.factory.retention = Span::from_days(days);
    world.calendar =
        crate::base::units::Calendar::new(jiff::civil::date(2027, 1, 1), jiff::civil::date(2029, 1, 1));
    let carried = Carried { licence, counted: CountedBy::HalfLicences, dual_use };
    world.offers[azure].windows = GuestWindows::Carried(carried);
    let journal = run(&world, &moving(&world, &[(workload(&world, "erp-db"), azure)]), 0);
    let (moved, _) = moves(&journal)[0];
    bought(&journal, licence).into_iter().map(|(at, packs)| (at.since(moved).as_days(), packs)).collect()
}

#[test]
fn standard_may_be_used_in_both_places_for_180_days_and_then_a_second_licence_is_bought() {
    // Hybrid-benefit FAQ: 180 days. At home one licensing of 32 cores, 2 packs, which is
    // owned; at Azure 8 vCPU are half a licence, sold whole: 1 pack.
    let half_a_year = DualUse::For(Span::from_days(180));
    assert_eq!(standard_kept(100, half_a_year), []);
    let late = standard_kept(300, half_a_year);
    let [(days, packs)] = late[..] else { panic!("bought once, not {late:?}") };
    // Books are closed at the end of the month in which the time is up.
    assert!((180.0..212.0).contains(&days) && packs == 1.0, "{days} days, {packs} packs");
    assert_eq!(standard_kept(300, DualUse::Never), [], "its source is kept switched off");
    assert_eq!(standard_kept(300, DualUse::Unlimited), []);
}

/// A licence of a database by virtual core, 4 a guest at least, of which nothing is owned,
/// in erp-db and erp-app.
fn with_database(world: &mut World, whole_host: Option<WholeHost>) -> LicenceId {
    let price = price(world, "sql.price", 4_000.0);
    let licence = Licence {
        name: "sql".into(),
        label: "SQL Server".into(),
        counting: Counting::VirtualCore { minimum_per_guest: 4, whole_host },
        price,
        perpetual: Some(Perpetual { owned: Owned::Cores(0), assurance: None }),
        ..world.licences[windows(world)].clone()
    };
    let licence = world.licences.push(licence);
    for name in ["erp-db", "erp-app"] {
        let guest = workload(world, name);
        world.workloads[guest].software = vec![licence];
    }
    let carried =
        Carried { licence, counted: CountedBy::VirtualCores { minimum: 0 }, dual_use: DualUse::AtHome };
    let home = offer(world, "paris/vsphere");
    world.offers[home].software = vec![GuestSoftware { licence, terms: SoftwareTerms::Carried(carried) }];
    licence
}

#[test]
fn a_database_is_licensed_by_the_virtual_cores_of_its_guests_or_by_their_whole_host() {
    let mut world = calm();
    let licence = with_database(&mut world, None);
    let month = world.calendar.month_start(1);
    let journal = run(&world, &world.strategies[Id::from_index(0)], 0);
    // 8 and 4 vCPU: six packs of two.
    assert_eq!(bought(&journal, licence), [(month, 6.0)]);
    assert_eq!(sum(&charges(&journal), |c| c.meter == Meter::Packs(licence)), euros(24_000.0));
    // Both on one host of two processors of two cores, each counted as four.
    let mut world = calm();
    let licence = with_database(&mut world, Some(WholeHost { minimum_per_processor: 4 }));
    hosts(&mut world, "paris/vsphere").shape.cores = 4;
    let journal = run(&world, &world.strategies[Id::from_index(0)], 0);
    assert_eq!(bought(&journal, licence), [(month, 4.0)]);
}

#[test]
fn a_database_in_the_price_is_charged_by_the_virtual_processors_of_its_size() {
    let mut world = calm();
    let licence = with_database(&mut world, None);
    let (azure, included) = (offer(&world, "azure/instances"), price(&mut world, "azure.sql", 0.05));
    let terms = SoftwareTerms::Included(included);
    world.offers[azure].software = vec![GuestSoftware { licence, terms }];
    for name in ["erp-db", "erp-app"] {
        let guest = workload(&world, name);
        world.workloads[guest].home = azure;
    }
    let journal = run(&world, &world.strategies[Id::from_index(0)], 0);
    assert_eq!(bought(&journal, licence), []);
    let january: Vec<Money> = charges(&journal)
        .into_iter()
        .filter(|charge| charge.month == 0 && charge.meter == Meter::IncludedSoftware(azure, licence))
        .map(|charge| charge.amount)
        .collect();
    // erp-db runs on 8 vCPU and erp-app on 4: 12 × 744 h × 0.05.
    assert_eq!(january, [euros(446.4)]);
}

#[test]
fn software_that_can_neither_be_carried_nor_bought_is_refused_with_the_reason() {
    let mut world = calm();
    let licence = with_database(&mut world, None);
    let trusted = offer(&world, "trusted/instances");
    let terms = SoftwareTerms::Refused("the licence counts there only with Software Assurance".into());
    world.offers[trusted].software = vec![GuestSoftware { licence, terms }];
    let app = workload(&world, "erp-app");
    assert_eq!(
        feasibility::can_run(&world, app, trusted).expect_err("it is refused").to_string(),
        "erp-app runs SQL Server, which trusted/instances does not sell: the licence counts there only \
         with Software Assurance"
    );
    assert_eq!(feasibility::can_run(&world, workload(&world, "web"), trusted), Ok(()));
}
