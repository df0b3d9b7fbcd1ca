//! Contracts: counted, paid, renewed, left.

use super::*;
use crate::base::units::Calendar;
use crate::world::ContractId;

fn bought(journal: &Journal) -> Vec<(SimTime, Decision)> {
    let is_bought = |decision: &Decision| {
        matches!(decision, Decision::Renewed { .. } | Decision::Bridged { .. } | Decision::Lapsed { .. })
    };
    decisions(journal).into_iter().filter(|(_, decision)| is_bought(decision)).collect()
}

#[test]
fn no_bridge_is_bought_for_hosts_that_are_empty_on_the_day() {
    let mut world = calm();
    let vmware = ContractId::from_index(0);
    let mut strategy = everything(&world, "azure/instances");
    strategy.contracts = IdVec::filled(ContractChoice::Leave, 1);
    // The contract ends on the day after the last source is released, before the
    // month in which that was has ended.
    world.contracts[vmware].ends = world.horizon();
    let (last, _) = moves(&run(&world, &strategy, 0)).pop().expect("there are moves");
    let released = last + world.factory.retention;
    let ends = world.calendar.at(world.calendar.date(released)) + Span::from_days(1);
    let month = world.calendar.month_of(released);
    assert!(month == world.calendar.month_of(ends) && world.calendar.month_start(month) < released);
    world.contracts[vmware].ends = ends;
    let journal = run(&world, &strategy, 0);
    assert_eq!(bought(&journal), [(ends, Decision::Lapsed { contract: vmware })]);
}

#[test]
fn two_contracts_on_one_licence_cover_its_cores_together() {
    let mut world = calm();
    let vmware = ContractId::from_index(0);
    world.contracts[vmware].cores = 160;
    let second = world.contracts[vmware].clone();
    world.contracts.push(second);
    let mut strategy = world.strategies[Id::from_index(0)].clone();
    strategy.contracts = IdVec::filled(ContractChoice::Renew(Term { years: 3 }), 2);
    let journal = run(&world, &strategy, 0);
    let cores: Vec<u32> = bought(&journal)
        .into_iter()
        .map(|(_, decision)| match decision {
            Decision::Renewed { cores, .. } => cores,
            other => panic!("only renewed, not {other:?}"),
        })
        .collect();
    // 10 hosts of 32 cores, once.
    assert_eq!(cores, [320]);
}

#[test]
fn a_contract_that_ends_on_a_leap_day_is_paid_once_a_year() {
    let mut world = calm();
    world.calendar = Calendar::new(jiff::civil::date(2027, 1, 1), jiff::civil::date(2032, 1, 1));
    world.contracts[ContractId::from_index(0)].ends = world.calendar.at(jiff::civil::date(2032, 2, 29));
    let journal = run(&world, &world.strategies[Id::from_index(0)], 0);
    let paid: Vec<String> = charges(&journal)
        .iter()
        .filter(|charge| matches!(charge.meter, Meter::Contract(_) | Meter::RemainingCommitment(_)))
        .map(|charge| world.calendar.date(charge.paid_at).to_string())
        .collect();
    assert_eq!(paid, ["2027-02-28", "2028-02-29", "2029-02-28", "2030-02-28", "2031-02-28"]);
}

#[test]
fn cores_that_a_contract_lacks_are_bought_at_the_start_and_what_goes_elsewhere_is_no_bridge() {
    let mut world = calm();
    let vmware = ContractId::from_index(0);
    world.contracts[vmware].cores = 300;
    let mut strategy = world.strategies[Id::from_index(0)].clone();
    strategy.contracts = IdVec::filled(ContractChoice::Leave, 1);
    let journal = run(&world, &strategy, 0);
    let bought: Vec<(SimTime, u32, u32)> = bought(&journal)
        .into_iter()
        .filter_map(|(at, decision)| match decision {
            Decision::Renewed { cores, years, .. } => Some((at, cores, years)),
            Decision::Bridged { .. } => panic!("nothing was left behind"),
            _ => None,
        })
        .collect();
    // Twenty lack, and an order is for 72 at least, for the shortest term; at the
    // end of the contract the rest of the 320.
    let ends = world.contracts[vmware].ends;
    assert_eq!(bought, [(SimTime::START, 72, 1), (ends, 248, 1)]);
    let notice = (
        SimTime::from_ns(ends.as_ns() - Span::from_days(90).as_ns()),
        Decision::NoticeGiven { contract: vmware },
    );
    assert!(decisions(&journal).contains(&notice));
}

#[test]
fn where_something_stays_its_cores_are_renewed_and_only_the_rest_is_a_bridge() {
    let mut world = calm();
    // One host for erp-db, one for erp-app and web together, one spare; the two
    // processors of each count as 32 cores.
    let described = hosts(&mut world, "paris/vsphere");
    (described.initial, described.shape.vcpus, described.shape.cores) = (3, 8, 3);
    let vmware = ContractId::from_index(0);
    let (azure, web) = (offer(&world, "azure/instances"), workload(&world, "web"));
    let app = workload(&world, "erp-app");
    let mut strategy = moving(&world, &[(web, azure), (app, azure)]);
    // They leave only after the contract has ended.
    strategy.schedule.start = world.contracts[vmware].ends + Span::from_days(1);
    let journal = run(&world, &strategy, 0);
    let ends = world.contracts[vmware].ends;
    let bought: Vec<_> = bought(&journal)
        .into_iter()
        .map(|(at, decision)| match decision {
            Decision::Renewed { cores, years, .. } => (at, "renewed", cores, years),
            Decision::Bridged { cores, years, .. } => (at, "bridged", cores, years),
            other => panic!("neither renewed nor bridged: {other:?}"),
        })
        .collect();
    // 64 cores stay, and an order is for 72 at least: 8 of the other 32 are covered;
    // for the 24 that lack, 72 again.
    assert_eq!(bought, [(ends, "renewed", 72, 3), (ends, "bridged", 72, 1)]);
}
