//! What applications lean on: replaced once, paid by the month or saved.

use super::*;
use crate::world::{Facility, FacilityId};

/// The ERP leans on a load balancer and a database; Azure provides the database, which
/// saves 40 EUR a month; a load balancer takes 10 h and then 25 EUR a month.
fn leaning() -> (World, [FacilityId; 2]) {
    let mut world = calm();
    let (hours, month, saved) = (
        price(&mut world, "hours", 10.0),
        price(&mut world, "month", 25.0),
        price(&mut world, "saved", 40.0),
    );
    let mut facility = |name: &str| {
        world.facilities.push(Facility {
            name: name.into(),
            label: name.into(),
            replacement_hours: hours,
            replacement: Some(month),
            saving: Some(saved),
        })
    };
    let (balancer, database) = (facility("load-balancer"), facility("managed-database"));
    let erp = world.workloads[workload(&world, "erp-db")].application;
    world.applications[erp].uses = vec![balancer, database];
    let azure = offer(&world, "azure/instances");
    world.offers[azure].provides = vec![database];
    (world, [balancer, database])
}

#[test]
fn a_replacement_is_paid_once_and_then_by_the_month_and_a_managed_service_saves() {
    let (world, [balancer, database]) = leaning();
    let journal = run(&world, &everything(&world, "azure/instances"), 0);
    let erp = world.workloads[workload(&world, "erp-db")].application;
    let arrived = moves(&journal)
        .into_iter()
        .filter(|(_, entry)| world.workloads[entry.workload].application == erp)
        .map(|(at, _)| world.calendar.month_of(at))
        .min()
        .expect("it moves");
    let months = (12 - arrived) as f64;
    let charges = charges(&journal);
    let of = |meter| sum(&charges, |charge| charge.meter == meter);
    // An engineer's hour costs 75 EUR.
    assert_eq!(of(Meter::Replacement(balancer)), euros(10.0 * 75.0));
    assert_eq!(of(Meter::Replacement(database)), euros(0.0));
    assert_eq!(of(Meter::Replaced(balancer)), euros(25.0 * months));
    assert_eq!(of(Meter::ManagedInstead(database)), euros(-40.0 * months));
}

#[test]
fn who_stays_or_goes_to_a_place_of_the_same_provider_replaces_nothing() {
    let (world, [balancer, database]) = leaning();
    for to in ["lyon/vsphere", "paris/hyper-v"] {
        let charges = charges(&run(&world, &everything(&world, to), 0));
        let touched = charges.iter().any(|charge| {
            [balancer, database].iter().any(|facility| {
                charge.meter == Meter::Replacement(*facility)
                    || charge.meter == Meter::Replaced(*facility)
                    || charge.meter == Meter::ManagedInstead(*facility)
            })
        });
        assert!(!touched, "{to}");
    }
}
