//! What is judged by the month: storage in tiers, support plans; who runs it all; and
//! what owned hosts bring when they are given up.

use super::*;
use crate::world::{Basis, HostPrice, Service, ServiceKind, SiteId, SpendTier, Tariff, Tier};

/// All workloads at Azure from the start, and its site.
fn at_azure() -> (World, SiteId) {
    let mut world = calm();
    let azure = offer(&world, "azure/instances");
    for id in world.workloads.ids().collect::<Vec<_>>() {
        world.workloads[id].home = azure;
    }
    let site = world.offers[azure].site;
    (world, site)
}

fn stay(world: &World) -> Journal {
    run(world, &world.strategies[Id::from_index(0)], 0)
}

#[test]
fn storage_is_charged_in_tiers_over_all_that_a_site_holds_and_shared_by_who_stores() {
    let (mut world, site) = at_azure();
    let (first, second) = (price(&mut world, "first", 0.10), price(&mut world, "second", 0.05));
    let tiers = vec![Tier { from: 0, price: first }, Tier { from: 200, price: second }];
    world.sites[site].storage = Some(Tariff { free: 50, tiers });
    let charges = charges(&stay(&world));
    let stored: Vec<&Charge> =
        charges.iter().filter(|c| c.meter == Meter::Storage(site) && c.month == 0).collect();
    // 400 GiB, of which 50 are free, 150 at 0.10 and 200 at 0.05; two applications of
    // 200 GiB each.
    let lines: Vec<(FigureId, f64)> = stored.iter().map(|c| (c.figure, c.quantity.as_f64())).collect();
    assert_eq!(lines, [(first, 75.0), (first, 75.0), (second, 100.0), (second, 100.0)]);
    let month: Money = stored.iter().map(|charge| charge.amount).sum();
    assert_eq!(month, euros(25.0));
    let year = sum(&charges, |charge| charge.meter == Meter::Storage(site));
    assert_eq!(year, euros(12.0 * 25.0));
}

#[test]
fn what_moves_to_a_site_with_tiers_is_stored_there_for_the_rest_of_the_month() {
    let mut world = calm();
    let (azure, web) = (offer(&world, "azure/instances"), workload(&world, "web"));
    let (site, first) = (world.offers[azure].site, price(&mut world, "first", 0.10));
    let second = price(&mut world, "second", 0.05);
    let tiers = vec![Tier { from: 0, price: first }, Tier { from: 1_000, price: second }];
    world.sites[site].storage = Some(Tariff { free: 0, tiers });
    let journal = run(&world, &moving(&world, &[(web, azure)]), 0);
    let is_there = |(at, entry): &(SimTime, Entry)| match entry {
        Entry::Placed { workload, offer } if (*workload, *offer) == (web, Some(azure)) => Some(*at),
        _ => None,
    };
    let moved = journal.entries.iter().find_map(is_there).expect("it arrives");
    let month = world.calendar.month_of(moved);
    let left = world.calendar.month_start(month + 1).since(moved).as_days();
    let part = left / world.calendar.month_span(month).as_days();
    let charges = charges(&journal);
    // Until then its copy there is double running, and counts in the same tiers.
    let of = |category| {
        let is_of =
            |c: &Charge| (c.meter, c.category, c.month) == (Meter::Storage(site), category, month as u32);
        sum(&charges, is_of).as_f64()
    };
    let paid = of(Category::Storage);
    assert!(of(Category::DoubleRunning) > 0.0);
    // The quantity is rounded to a millionth of a GiB-month.
    assert!((paid - 10.0 * part).abs() < 1e-6, "{paid} and not {}", 10.0 * part);
}

fn with_plan(world: &mut World, site: SiteId, shares: &[(f64, f64)]) {
    let minimum = price(world, "support.minimum", 50.0);
    let spend = shares
        .iter()
        .map(|(from, share)| SpendTier { from: *from, share: price(world, "support.share", *share) })
        .collect();
    world.sites[site].services = vec![Service {
        name: "support".into(),
        kind: ServiceKind::Support,
        basis: Basis::Spend,
        price: minimum,
        spend,
        committed_until: None,
        book_value: None,
    }];
}

#[test]
fn a_support_plan_is_charged_at_the_months_end_on_what_the_provider_was_paid() {
    let (mut world, site) = at_azure();
    with_plan(&mut world, site, &[(0.0, 0.10), (500.0, 0.05)]);
    let charges = charges(&stay(&world));
    let month =
        |month| sum(&charges, |charge| matches!(charge.meter, Meter::Service(..)) && charge.month == month);
    // erp-db on 8 vCPU at 0.40 + 8 × 0.04 for Windows, erp-app 0.20, web 0.10: 1.02 an
    // hour; 400 GiB at 0.10. January: 758.88 + 40; February: 685.44 + 40. A tenth of 500
    // and a twentieth of the rest.
    assert_eq!(month(0), euros(50.0 + 0.05 * 298.88));
    assert_eq!(month(1), euros(50.0 + 0.05 * 225.44));
}

#[test]
fn a_support_plan_asks_its_minimum_and_nothing_where_nothing_is() {
    let (mut world, site) = at_azure();
    with_plan(&mut world, site, &[(0.0, 0.01)]);
    let charges_of = |world: &World| {
        let journal = stay(world);
        let plans: Vec<Money> = charges(&journal)
            .into_iter()
            .filter(|charge| matches!(charge.meter, Meter::Service(..)))
            .map(|charge| charge.amount)
            .collect();
        plans
    };
    assert_eq!(charges_of(&world), [euros(50.0); 12]);
    let paris = offer(&world, "paris/vsphere");
    for id in world.workloads.ids().collect::<Vec<_>>() {
        world.workloads[id].home = paris;
    }
    assert_eq!(charges_of(&world), []);
}

#[test]
fn administrators_are_paid_by_the_workloads_and_the_hosts_that_one_of_them_runs() {
    // virtual.com 2016: 85,000 a year, 45 physical servers each; the fixture has 80 virtual
    // ones. Four workloads and fourteen hosts at two sites take 4 / 80 + 14 / 45 of a person.
    let world = calm();
    let charges = charges(&stay(&world));
    let year = sum(&charges, |charge| charge.meter == Meter::Administration).as_f64();
    let expected = (4.0 / 80.0 + 14.0 / 45.0) * 85_000.0 * 365.0 / 365.25;
    // Twelve quantities, each rounded to a millionth of a person-year.
    assert!((year - expected).abs() < 12.0 * 0.5e-6 * 85_000.0, "{year} and not {expected}");
    assert!(charges.iter().all(|charge| charge.meter != Meter::ExtraManagementPlanes));
}

fn residual(world: &mut World, share: f64, replace_at: SimTime) {
    let share = price(world, "residual", share);
    match &mut hosts(world, "paris/vsphere").price {
        HostPrice::Owned(hardware) => {
            (hardware.residual, hardware.replace_at) = (Some(share), replace_at);
        }
        HostPrice::PerHour(_) => panic!("these hosts are owned"),
    }
}

fn book_values(journal: &Journal) -> Vec<f64> {
    let value = |(_, entry): &(SimTime, Entry)| match entry {
        Entry::BookValue { amount, .. } => Some(amount.as_f64()),
        _ => None,
    };
    journal.entries.iter().filter_map(value).collect()
}

#[test]
fn hosts_that_are_given_up_bring_their_residual_share() {
    let mut world = calm();
    let paris = offer(&world, "paris/vsphere");
    let at = world.calendar.at(jiff::civil::date(2027, 7, 1));
    residual(&mut world, 0.10, SimTime::NEVER);
    let mut strategy = world.strategies[Id::from_index(0)].clone();
    strategy.consolidations = vec![Consolidation { offer: paris, at }];
    let charges = charges(&run(&world, &strategy, 0));
    // One host and the spare are needed: eight go, each for a tenth of 14,400.
    let sold: Vec<&Charge> =
        charges.iter().filter(|charge| charge.meter == Meter::HardwareSold(paris)).collect();
    assert_eq!(sold.iter().map(|charge| charge.amount).sum::<Money>(), euros(-8.0 * 1_440.0));
    assert!(sold.iter().all(|charge| charge.nature == crate::simulation::journal::Nature::Capex));
    // Beyond their life nothing is got back.
    let before = world.calendar.at(jiff::civil::date(2027, 3, 1));
    residual(&mut world, 0.10, before);
    // All that stays is replaced; what does not is not there to be.
    let journal = run(&world, &strategy, 0);
    let replaced = sum(&super::charges(&journal), |charge| charge.meter == Meter::Hardware(paris));
    assert!(replaced > Money::ZERO);
}

#[test]
fn replaced_hosts_bring_their_residual_share_and_new_ones_stand_in_the_books() {
    let mut world = calm();
    let paris = offer(&world, "paris/vsphere");
    let due = world.calendar.at(jiff::civil::date(2027, 11, 1));
    residual(&mut world, 0.10, due);
    let journal = stay(&world);
    let charges = charges(&journal);
    assert_eq!(sum(&charges, |charge| charge.meter == Meter::Hardware(paris)), euros(144_000.0));
    assert_eq!(sum(&charges, |charge| charge.meter == Meter::HardwareSold(paris)), euros(-14_400.0));
    // Ten hosts bought on 1 November, 61 of 1,800 days ago, written off from 14,400 to
    // 1,440 each. The entry is rounded to the micro-unit.
    let worth = 10.0 * (1_440.0 + 12_960.0 * (1_800.0 - 61.0) / 1_800.0);
    let [found] = book_values(&journal)[..] else { panic!("at one site") };
    assert!((found - worth).abs() < 1e-5, "{found} and not {worth}");
}

#[test]
fn without_a_residual_share_nothing_is_sold() {
    let world = calm();
    let paris = offer(&world, "paris/vsphere");
    let at = world.calendar.at(jiff::civil::date(2027, 7, 1));
    let mut strategy = world.strategies[Id::from_index(0)].clone();
    strategy.consolidations = vec![Consolidation { offer: paris, at }];
    let journal = run(&world, &strategy, 0);
    assert!(charges(&journal).iter().all(|charge| !matches!(charge.meter, Meter::HardwareSold(_))));
    assert!(book_values(&journal).is_empty(), "nothing was bought, and no book value is stated");
}
