//! The month's bill.

use super::*;
use crate::base::units::Calendar;
use crate::world::{
    Basis, Change, Credit, Dependency, Link, Service, ServiceKind, ServiceLevel, Tariff, TimelineEvent, Tool,
};

/// The web application runs at Azure from the start and exchanges 60 GB a month
/// with the one that stays; 25 GB a month that leave Azure are free.
fn apart() -> World {
    let mut world = calm();
    let azure = offer(&world, "azure/instances");
    let web = workload(&world, "web");
    let with = world.workloads[web].application;
    for name in ["web", "archive"] {
        let id = workload(&world, name);
        world.workloads[id].home = azure;
    }
    let gb_per_month = price(&mut world, "exchanged", 60.0);
    let erp = world.workloads[workload(&world, "erp-db")].application;
    world.applications[erp].dependencies = vec![Dependency { with, gb_per_month }];
    let per_gb = price(&mut world, "azure.egress", 0.10);
    let site = world.offers[azure].site;
    world.sites[site].egress = Some(Tariff { free: 25, ..Tariff::flat(per_gb) });
    world
}

fn egress(journal: &Journal) -> Vec<Charge> {
    charges(journal).into_iter().filter(|charge| matches!(charge.meter, Meter::Egress(_))).collect()
}

#[test]
fn a_price_move_within_a_month_closes_no_month() {
    let mut world = apart();
    // 10 GB to users and half of 60 GB, less 25 GB: 15 GB a month at 0.10 €.
    let calm = egress(&run(&world, &world.strategies[Id::from_index(0)], 0));
    assert_eq!(sum(&calm, |_| true), euros(12.0 * 1.5));
    let nothing = figure(&world, "vmware.discount");
    certain(&mut world, nothing, 0.0);
    world.timeline = [(6, 17), (9, 1)]
        .map(|(month, day)| TimelineEvent {
            at: world.calendar.at(jiff::civil::date(2027, month, day)),
            label: "a change of nothing".into(),
            change: Change::Prices { figures: vec![figure(&world, "azure.storage")], by: nothing },
        })
        .into();
    let journal = run(&world, &world.strategies[Id::from_index(0)], 0);
    assert_eq!(sum(&egress(&journal), |_| true), euros(12.0 * 1.5));
    assert_eq!(egress(&journal).len(), 12);
    // What runs by time was charged in two parts: 200 GiB at 0.10 € for 12 months.
    let storage = sum(&charges(&journal), |charge| matches!(charge.meter, Meter::Storage(_)));
    assert_eq!(storage, euros(200.0 * 0.10 * 12.0));
}

#[test]
fn what_applications_send_each_other_comes_on_top_of_what_users_take() {
    let mut world = apart();
    let site = world.offers[offer(&world, "azure/instances")].site;
    world.sites[site].egress.as_mut().expect("a tariff").free = 4;
    let journal = run(&world, &world.strategies[Id::from_index(0)], 0);
    let part = |(_, entry): &(SimTime, Entry)| match entry {
        Entry::Exchanged(part) => Some(part.amount),
        _ => None,
    };
    let between: Money = journal.entries.iter().filter_map(part).sum();
    // 10 GB to users, of which 4 GB are free, and 30 GB to the other application.
    assert_eq!((sum(&egress(&journal), |_| true), between), (euros(12.0 * 3.6), euros(12.0 * 3.0)));
}

#[test]
fn nothing_is_sent_to_an_application_that_is_retired() {
    let mut world = apart();
    let users = world.operations.user_egress_gb;
    certain(&mut world, users, 0.0);
    let mut strategy = world.strategies[Id::from_index(0)].clone();
    for name in ["erp-db", "erp-app"] {
        let method = crate::world::Method::Cold;
        let retired =
            Assignment { disposition: Disposition::Retire, to: None, method, tool: None, link: None };
        strategy.assignments[workload(&world, name)] = Some(retired);
    }
    let journal = run(&world, &strategy, 0);
    let (retired, entry) = moves(&journal)[0];
    assert_eq!(entry.outcome, MoveOutcome::Retired);
    let months: Vec<usize> = egress(&journal).iter().map(|charge| charge.month as usize).collect();
    let until = world.calendar.month_of(retired);
    assert_eq!(months, (0..until).collect::<Vec<_>>(), "and the web application, which stays, sends nothing");
}

#[test]
fn a_partial_month_costs_its_part_of_a_month() {
    let mut world = calm();
    world.calendar = Calendar::new(jiff::civil::date(2027, 1, 15), jiff::civil::date(2028, 1, 15));
    let price = price(&mut world, "rooms", 1_000.0);
    let paris = world.offers[offer(&world, "paris/vsphere")].site;
    world.sites[paris].services = vec![Service {
        name: "rooms".into(),
        kind: ServiceKind::Rooms,
        basis: Basis::Month,
        spend: Vec::new(),
        price,
        committed_until: None,
        book_value: None,
    }];
    let charges = charges(&run(&world, &world.strategies[Id::from_index(0)], 0));
    let paid: Vec<Money> =
        charges.iter().filter(|c| matches!(c.meter, Meter::Service(..))).map(|c| c.amount).collect();
    // 17 days of 31, eleven months, 14 days of 31.
    assert_eq!((paid[0], paid[12]), (euros(548.387), euros(451.613)));
    assert_eq!(paid.into_iter().sum::<Money>(), euros(12_000.0));
}

#[test]
fn what_fails_and_moves_in_a_month_is_credited_at_the_price_of_where_it_failed() {
    let mut world = calm();
    let (azure, trusted) = (offer(&world, "azure/instances"), offer(&world, "trusted/instances"));
    let (rate, web) = (world.operations.host_failures_per_year, workload(&world, "web"));
    certain(&mut world, rate, 300.0);
    world.workloads[web].home = azure;
    // The size that it takes stands last at Azure; the other menu has only one.
    if let Capacity::Skus(skus) = &mut world.offers[azure].capacity {
        skus.reverse();
    }
    if let Capacity::Skus(skus) = &mut world.offers[trusted].capacity {
        skus.truncate(1);
    }
    let credits = vec![Credit { below: 1.0, share: 0.10 }];
    world.offers[azure].service_level = Some(ServiceLevel { target: 1.0, credits, source: "a test".into() });
    let [from, to] = [azure, trusted].map(|offer| world.offers[offer].platform);
    let tool = world.tools.find(|tool| tool.name == "v2v").expect("the fixture has it");
    world.tools[tool] = Tool { from: vec![from], to: vec![to], ..world.tools[tool].clone() };
    let between = [azure, trusted].map(|offer| world.offers[offer].site);
    let like = world.links.iter().next().expect("the fixture has links").clone();
    world.links.push(Link { between, ..like });
    let journal = run(&world, &moving(&world, &[(web, trusted)]), 0);
    let (moved, _) = moves(&journal)[0];
    let month = world.calendar.month_of(moved) as u32;
    let credits: Vec<Charge> =
        charges(&journal).into_iter().filter(|c| c.meter == Meter::ServiceCredit(azure)).collect();
    assert_eq!(credits.last().map(|charge| charge.month), Some(month), "it failed in the month of its move");
    let d2 = figure(&world, "sku.d2");
    assert!(credits.iter().all(|charge| charge.figure == d2));
    // A tenth of the fee of a month of 31 days.
    assert_eq!(credits[0].amount, euros(-0.10 * 0.10 * 744.0));
}

#[test]
fn a_committed_service_is_owed_beyond_the_horizon_and_kept_while_sources_are() {
    let mut world = calm();
    let (monthly, value) = (price(&mut world, "arrays", 100.0), price(&mut world, "arrays.value", 8_000.0));
    let paris = world.offers[offer(&world, "paris/vsphere")].site;
    let service = |committed_until| Service {
        name: "arrays".into(),
        kind: ServiceKind::Storage,
        basis: Basis::Month,
        spend: Vec::new(),
        price: monthly,
        committed_until,
        book_value: Some(value),
    };
    let until = world.calendar.at(jiff::civil::date(2028, 3, 16));
    world.sites[paris].services = vec![service(None), service(Some(until))];
    let journal = run(&world, &everything(&world, "azure/instances"), 0);
    let charges = charges(&journal);
    let owed: Vec<Money> =
        charges.iter().filter(|c| c.meter == Meter::RemainingService(paris, 1)).map(|c| c.amount).collect();
    // January, February, and 15 days of March of 2028.
    assert_eq!(owed, [euros(100.0), euros(100.0), euros(48.3871)]);
    assert_eq!(sum(&charges, |c| c.meter == Meter::Service(paris, 1)), euros(1_200.0));
    // The other ends with the last source that is kept.
    let (last, _) = moves(&journal).pop().expect("there are moves");
    let closed = last + world.factory.retention;
    let month = world.calendar.month_of(closed);
    let part = closed.since(world.calendar.month_start(month)).as_days()
        / world.calendar.month_span(month).as_days();
    let paid = sum(&charges, |c| c.meter == Meter::Service(paris, 0)).as_f64();
    // The last of its lines is rounded to a millionth of a month.
    assert!((paid - 100.0 * (month as f64 + part)).abs() < 100.0 * 1e-6, "{paid}");
    let written_off: Vec<f64> = journal
        .entries
        .iter()
        .filter_map(|(_, entry)| match entry {
            Entry::WriteOff { site, amount } => Some((*site == paris, amount.as_f64())),
            _ => None,
        })
        .map(|(here, amount)| if here { amount } else { f64::NAN })
        .collect();
    // Written off evenly over 440 days; the quantity is rounded to a millionth.
    let [amount] = written_off[..] else { panic!("once, not {written_off:?}") };
    let left = until.since(closed).as_days() / 440.0;
    assert!((amount - 8_000.0 * left).abs() < 8_000.0 * 1e-6, "{amount}");
}
