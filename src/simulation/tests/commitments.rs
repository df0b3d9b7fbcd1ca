//! Commitments: what they cover, what they cost, and what leaving them costs.

use std::collections::BTreeMap;

use super::super::Rehearsal;
use super::super::journal::{Bought, CommitmentUse, Covered};
use super::*;
use crate::base::units::{Price, Quantity};
use crate::world::{Change, Commitment, CommitmentId, Committed, HostPrice, Payment, TimelineEvent};

/// Three machines run on a dedicated host at Azure from the start, at 6 EUR an hour.
fn rented() -> World {
    let mut world = calm();
    let host = offer(&world, "azure/host");
    for name in ["erp-db", "erp-app", "web"] {
        let id = workload(&world, name);
        world.workloads[id].home = host;
    }
    hosts(&mut world, "azure/host").initial = 2;
    hosts(&mut world, "azure/host").spare = 1;
    world
}

/// The strategy that renews, with one commitment of 40 % off.
fn committed(world: &mut World, change: impl FnOnce(&mut Commitment)) -> (Strategy, CommitmentId) {
    let discount = price(world, "commit.discount", 0.40);
    let early_exit = price(world, "commit.early-exit", 1.0);
    for figure in [discount, early_exit] {
        world.figures[figure].currency = None;
    }
    let mut commitment = Commitment {
        name: "renew/azure/1".into(),
        offer: offer(world, "azure/host"),
        quantity: Committed::Hosts(2),
        from: SimTime::START,
        months: 12,
        discount,
        excluded: Vec::new(),
        payment: Payment::Monthly,
        early_exit,
        renews: false,
    };
    change(&mut commitment);
    let id = world.commitments.push(commitment);
    let mut strategy = world.strategies[Id::from_index(0)].clone();
    strategy.commitments.push(id);
    (strategy, id)
}

fn covered(journal: &Journal) -> Vec<Covered> {
    let covered = |(_, entry): &(SimTime, Entry)| match entry {
        Entry::Covered(covered) => Some(*covered),
        _ => None,
    };
    journal.entries.iter().filter_map(covered).collect()
}

fn compute(journal: &Journal) -> Money {
    sum(&charges(journal), |charge| charge.category == Category::Compute)
}

/// What is paid for commitments, and what of it fell on use or on nobody, of each.
fn paid_and_fallen(journal: &Journal) -> BTreeMap<CommitmentId, (Money, Money)> {
    let mut sums: BTreeMap<CommitmentId, (Money, Money)> = BTreeMap::new();
    for charge in charges(journal) {
        if let Meter::Commitment(id) | Meter::RemainingTerm(id) = charge.meter {
            sums.entry(id).or_default().0 += charge.amount;
        }
    }
    for covered in covered(journal) {
        sums.entry(covered.commitment).or_default().1 += covered.amount;
    }
    sums
}

const YEAR_HOURS: f64 = 8_760.0;

fn date(world: &World, month: i8, day: i8) -> SimTime {
    world.calendar.at(jiff::civil::date(2027, month, day))
}

#[test]
fn a_commitment_that_covers_what_runs_costs_its_discount_less() {
    let mut world = rented();
    let on_demand = compute(&run(&world, &world.strategies[Id::from_index(0)], 0));
    assert_eq!(on_demand, euros(2.0 * 6.0 * YEAR_HOURS));
    let (strategy, id) = committed(&mut world, |_| {});
    let journal = run(&world, &strategy, 0);
    assert_eq!(compute(&journal), euros(2.0 * 6.0 * 0.6 * YEAR_HOURS));
    assert!(charges(&journal).iter().all(|charge| !matches!(charge.meter, Meter::HostHours(_))));
    assert!(covered(&journal).iter().all(|covered| covered.use_of == CommitmentUse::Used));
    assert_eq!(covered(&journal).len(), 12);
    let bought = Decision::Committed { commitment: id, bought: Bought::Hosts(2) };
    assert!(decisions(&journal).contains(&(SimTime::START, bought)));
}

#[test]
fn what_is_not_used_is_paid_all_the_same_and_said() {
    let mut world = rented();
    let (strategy, _) = committed(&mut world, |terms| terms.quantity = Committed::Hosts(5));
    let journal = run(&world, &strategy, 0);
    assert_eq!(compute(&journal), euros(5.0 * 6.0 * 0.6 * YEAR_HOURS));
    let unused: Vec<_> =
        covered(&journal).into_iter().filter(|covered| covered.use_of == CommitmentUse::Unused).collect();
    // Three of five hosts, all January: 3 × 744 hours.
    assert_eq!((unused.len(), unused[0].quantity), (12, Quantity::from_units(3 * 744)));
    assert_eq!(unused.iter().map(|covered| covered.amount).sum::<Money>(), euros(3.0 * 3.6 * YEAR_HOURS));
}

#[test]
fn a_share_of_what_runs_is_bought_and_the_rest_goes_on_by_the_hour() {
    let mut world = rented();
    let (strategy, id) = committed(&mut world, |terms| terms.quantity = Committed::ShareOfUse(0.5));
    let journal = run(&world, &strategy, 0);
    assert_eq!(compute(&journal), euros((3.6 + 6.0) * YEAR_HOURS));
    let bought = Decision::Committed { commitment: id, bought: Bought::Hosts(1) };
    assert!(decisions(&journal).contains(&(SimTime::START, bought)));
}

#[test]
fn a_price_that_moves_moves_only_what_is_not_covered() {
    let mut world = rented();
    let (strategy, _) = committed(&mut world, |terms| terms.quantity = Committed::Hosts(1));
    let by = price(&mut world, "rise", 0.5);
    let HostPrice::PerHour(figure) = hosts(&mut world, "azure/host").price else { panic!("it is rented") };
    let change = Change::Prices { figures: vec![figure], by };
    // On the 17th of June: 167 days of 24 hours at 6 EUR, 198 at 9 EUR.
    world.timeline = vec![TimelineEvent { at: date(&world, 6, 17), label: "a rise".into(), change }];
    let journal = run(&world, &strategy, 0);
    let paid = |meter: fn(Meter) -> bool| sum(&charges(&journal), |charge| meter(charge.meter));
    assert_eq!(paid(|meter| matches!(meter, Meter::Commitment(_))), euros(3.6 * YEAR_HOURS));
    assert_eq!(paid(|meter| matches!(meter, Meter::HostHours(_))), euros(24.0 * (167.0 * 6.0 + 198.0 * 9.0)));
    let list: Vec<Price> = covered(&journal).iter().map(|covered| covered.list_price).collect();
    assert_eq!((list[0], list[12]), (Price::from_f64(6.0), Price::from_f64(9.0)));
}

#[test]
fn what_is_paid_at_once_falls_on_its_term_day_by_day_and_beyond_the_horizon_on_nobody() {
    let mut world = rented();
    let (strategy, id) = committed(&mut world, |terms| {
        terms.payment = Payment::Upfront;
        terms.from = date(&rented(), 7, 1);
        terms.months = 12;
    });
    let journal = run(&world, &strategy, 0);
    let purchases: Vec<_> = charges(&journal)
        .into_iter()
        .filter(|charge| matches!(charge.meter, Meter::Commitment(_) | Meter::RemainingTerm(_)))
        .collect();
    // 2027-07-01 to 2028-07-01 has 366 days.
    let paid = euros(2.0 * 3.6 * 24.0 * 366.0);
    assert_eq!(purchases.len(), 1);
    assert_eq!((purchases[0].amount, purchases[0].paid_at), (paid, date(&world, 7, 1)));
    assert_eq!(world.calendar.date(world.calendar.month_start(purchases[0].month as usize)).month(), 7);
    assert_eq!(paid_and_fallen(&journal)[&id], (paid, paid));
    let last = *covered(&journal).last().expect("the rest of the term");
    assert_eq!((last.use_of, last.quantity), (CommitmentUse::Unused, Quantity::from_units(2 * 24 * 182)));
    assert_eq!(last.amount, euros(2.0 * 3.6 * 24.0 * 182.0));
}

#[test]
fn what_is_still_owed_after_the_horizon_is_charged_month_by_month() {
    let mut world = rented();
    let (strategy, id) = committed(&mut world, |terms| {
        terms.from = date(&rented(), 10, 16);
        terms.months = 6;
    });
    let journal = run(&world, &strategy, 0);
    let owed: Vec<_> =
        charges(&journal).into_iter().filter(|charge| charge.meter == Meter::RemainingTerm(id)).collect();
    // January, February 2028 (29 days), March, and April to the 16th.
    let hours: Vec<i64> = owed.iter().map(|charge| charge.quantity.micros() / 1_000_000).collect();
    assert_eq!(hours, [2 * 744, 2 * 696, 2 * 744, 2 * 360]);
    assert!(owed.iter().all(|charge| charge.paid_at > world.horizon() && charge.month == 11));
    let (paid, fallen) = paid_and_fallen(&journal)[&id];
    assert_eq!((paid, fallen), (euros(2.0 * 3.6 * 24.0 * 183.0), paid));
}

#[test]
fn a_term_that_ends_is_bought_again_at_the_price_of_that_day() {
    let mut world = rented();
    let (strategy, id) = committed(&mut world, |terms| {
        (terms.months, terms.renews) = (6, true);
        terms.quantity = Committed::Hosts(2);
    });
    let by = price(&mut world, "fall", -0.5);
    let HostPrice::PerHour(figure) = hosts(&mut world, "azure/host").price else { panic!("it is rented") };
    let change = Change::Prices { figures: vec![figure], by };
    world.timeline = vec![TimelineEvent { at: date(&world, 3, 1), label: "a fall".into(), change }];
    let journal = run(&world, &strategy, 0);
    let bought: Vec<SimTime> = decisions(&journal)
        .into_iter()
        .filter(|(_, decision)| matches!(decision, Decision::Committed { .. }))
        .map(|(at, _)| at)
        .collect();
    assert_eq!(bought, [SimTime::START, date(&world, 7, 1)]);
    let paid = sum(&charges(&journal), |charge| charge.meter == Meter::Commitment(id));
    assert_eq!(paid, euros(2.0 * 24.0 * (181.0 * 3.6 + 184.0 * 1.8)));
    // And a term that is not bought again ends with what runs charged by the hour.
    world.commitments[id].renews = false;
    let journal = run(&world, &strategy, 0);
    let by_the_hour = sum(&charges(&journal), |charge| matches!(charge.meter, Meter::HostHours(_)));
    assert_eq!(by_the_hour, euros(2.0 * 24.0 * 184.0 * 3.0));
    let ended = (date(&world, 7, 1), Decision::CommitmentEnded { commitment: id });
    assert!(decisions(&journal).contains(&ended));
}

#[test]
fn a_strategy_that_commits_to_nothing_is_charged_as_if_nobody_did() {
    let mut world = rented();
    let before = run(&world, &world.strategies[Id::from_index(0)], 0);
    let (strategy, _) = committed(&mut world, |_| {});
    let bytes = |journal: &Journal| format!("{:?}", journal.entries);
    assert_eq!(bytes(&before), bytes(&run(&world, &world.strategies[Id::from_index(0)], 0)));
    assert_ne!(bytes(&before), bytes(&run(&world, &strategy, 0)));
}

/// Three machines run as instances: 8 vCPU at 0.40 (Windows apart), 4 at 0.20 twice.
fn instances() -> World {
    let mut world = calm();
    let menu = offer(&world, "azure/instances");
    for id in world.workloads.ids() {
        world.workloads[id].home = menu;
    }
    world
}

#[test]
fn spend_on_a_menu_is_covered_by_share_and_what_is_not_goes_on_by_the_hour() {
    let mut world = instances();
    let on_demand = compute(&run(&world, &world.strategies[Id::from_index(0)], 0));
    let (strategy, id) = committed(&mut world, |terms| {
        terms.offer = offer(&instances(), "azure/instances");
        terms.quantity = Committed::ShareOfUse(0.75);
    });
    let journal = run(&world, &strategy, 0);
    // Three quarters at 60 %, one quarter at list prices.
    let expected = on_demand.as_f64() * (0.75 * 0.6 + 0.25);
    // Hours are rounded to millionths, line by line and month by month.
    assert!((compute(&journal).as_f64() - expected).abs() < 1e-4, "{} {expected}", compute(&journal));
    let (paid, fallen) = paid_and_fallen(&journal)[&id];
    assert_eq!(paid, fallen);
    assert!(covered(&journal).iter().all(|covered| covered.use_of == CommitmentUse::Used));
    assert!(covered(&journal).iter().all(|covered| covered.application.is_some()));
}

#[test]
fn spend_that_no_longer_runs_is_unused() {
    let mut world = instances();
    let (mut strategy, id) = committed(&mut world, |terms| {
        terms.offer = offer(&instances(), "azure/instances");
        terms.quantity = Committed::ShareOfUse(1.0);
    });
    let retired = Assignment {
        disposition: Disposition::Retire,
        to: None,
        method: Method::Cold,
        tool: None,
        link: None,
    };
    world.workloads.ids().for_each(|id| strategy.assignments[id] = Some(retired));
    let journal = run(&world, &strategy, 0);
    let (paid, fallen) = paid_and_fallen(&journal)[&id];
    assert_eq!(paid, fallen);
    let on_demand = sum(&charges(&journal), |charge| matches!(charge.meter, Meter::InstanceHours(..)));
    assert_eq!(on_demand, Money::ZERO);
    let december: Vec<_> = covered(&journal).into_iter().filter(|covered| covered.month == 11).collect();
    let [unused] = december[..] else { panic!("one entry, not {december:?}") };
    assert_eq!((unused.use_of, unused.meter), (CommitmentUse::Unused, Meter::Commitment(id)));
}

#[test]
fn leaving_costs_the_agreed_share_of_what_is_owed_and_what_cannot_be_left_obliges() {
    let mut world = rented();
    let (strategy, id) = committed(&mut world, |terms| terms.months = 24);
    let microsoft = world.parties.find(|party| party.name == "Microsoft").expect("the fixture has it");
    let rehearse = |world: &World| {
        let draws = Draws { seed: 1, replication: 0 };
        let plan = Plan::of(world, &strategy);
        let mut running =
            Simulation::start(world, plan, Figures::draw(world, &draws), draws, Journal::default());
        running.run_to_horizon();
        let assignments = IdVec::filled(None, world.workloads.len());
        running.rehearse_exit(
            Rehearsal { party: microsoft, assignments },
            world.horizon(),
            Journal::default(),
        )
    };
    let lost = |journal: &Journal| sum(&charges(journal), |charge| charge.meter == Meter::EarlyExit(id));
    // The second year, 2028, has 366 days.
    let owed = 2.0 * 3.6 * 24.0 * 366.0;
    let (end, journal) = rehearse(&world);
    assert_eq!((lost(&journal), end.free), (euros(owed), world.calendar.at(jiff::civil::date(2029, 1, 1))));
    let early_exit = world.commitments[id].early_exit;
    certain(&mut world, early_exit, 0.12);
    let (end, journal) = rehearse(&world);
    assert_eq!((lost(&journal), end.free), (euros(0.12 * owed), world.horizon()));
    // What was paid in advance is given back but for that share, at once.
    world.commitments[id].payment = Payment::Upfront;
    let (_, journal) = rehearse(&world);
    assert_eq!(lost(&journal), euros(0.12 * owed));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Whatever is bought, money is conserved, nothing is paid twice, and too much is
    /// never a saving beyond the discount.
    #[test]
    fn whatever_is_committed_what_is_paid_falls_on_something(
        hosts_bought in 0_u32..5,
        share in 0.0..1.2_f64,
        day in 0_u64..364,
        months in 1_u32..40,
        upfront in any::<bool>(),
        renews in any::<bool>(),
    ) {
        let mut world = rented();
        for name in ["web", "archive"] {
            let id = workload(&world, name);
            world.workloads[id].home = offer(&world, "azure/instances");
        }
        let from = SimTime::START + Span::from_days(day);
        let payment = if upfront { Payment::Upfront } else { Payment::Monthly };
        let quantity = Committed::Hosts(hosts_bought);
        let (mut strategy, _) = committed(&mut world, |terms| {
            (terms.quantity, terms.from, terms.months) = (quantity, from, months);
            (terms.payment, terms.renews) = (payment, renews);
        });
        let first = world.commitments[Id::from_index(0)].clone();
        let menu = offer(&world, "azure/instances");
        strategy.commitments.push(world.commitments.push(Commitment {
            offer: menu,
            quantity: Committed::ShareOfUse(share),
            ..first
        }));
        let journal = run(&world, &strategy, 0);
        for (id, (paid, fallen)) in paid_and_fallen(&journal) {
            prop_assert_eq!(paid, fallen, "{:?}", id);
        }
        prop_assert!(covered(&journal).iter().all(|covered| covered.amount >= Money::ZERO));
        let on_demand = compute(&run(&world, &world.strategies[Id::from_index(0)], 0)).as_f64();
        let beyond = sum(&charges(&journal), |charge| matches!(charge.meter, Meter::RemainingTerm(_)));
        let within = compute(&journal).as_f64() - beyond.as_f64();
        prop_assert!(compute(&journal).as_f64() >= on_demand * 0.6 - 0.01, "{within} {on_demand}");
        for charge in charges(&journal) {
            prop_assert_eq!(charge.amount, charge.unit_price.charge(charge.quantity, charge.rate));
        }
    }
}
