//! Exit rehearsals.

use super::super::{ExitEnd, Rehearsal};
use super::*;
use crate::world::PartyId;

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
    running.rehearse_exit(Rehearsal { party, assignments }, Journal::default())
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
