//! The policies against hand-made answers and against naive sweeps.

use proptest::prelude::*;

use super::*;
use crate::base::units::{Bytes, SimTime};
use crate::world::{HostShape, Placement, PlacementPolicy as Policy};

fn ordered() -> impl Iterator<Item = Policy> {
    Policy::ALL.into_iter().filter(|policy| !policy.scores())
}

fn choose(
    policy: Policy,
    pool: &Pool,
    asked: Demand,
    turn: Turn,
    admits: impl Fn(u32) -> bool,
) -> Option<u32> {
    among(&Placement::by(policy), pool, asked, turn, admits)
}

fn pool(hosts: u32) -> Pool {
    let shape = HostShape { sockets: 1, cores: 8, vcpus: 8, memory: Bytes::from_gib(64) };
    let mut pool = Pool::new(shape);
    for _ in 0..hosts {
        pool.add(SimTime::NEVER);
    }
    pool
}

fn demand(vcpus: u32, gib: u32) -> Demand {
    Demand { vcpus, mib: gib << 10, disk_gib: 0 }
}

/// Five hosts with 6, 4, 4, 8 and 2 free virtual processors and 56, 56, 48, 64, 2 GiB.
fn uneven(filler: u32) -> Pool {
    let mut pool = pool(5 + filler);
    pool.take(0, demand(2, 8));
    pool.take(1, demand(4, 8));
    pool.take(2, demand(4, 16));
    pool.take(4, demand(6, 62));
    for host in 5..5 + filler {
        pool.set_state(host, HostState::Failed);
    }
    pool
}

#[test]
fn each_ordered_policy_gives_its_own_answer() {
    // By sweep, and with hosts that are out of service by the index.
    for pool in [uneven(0), uneven(100)] {
        let asked = demand(3, 20);
        let answer = |policy: Policy, turn| choose(policy, &pool, asked, turn, |_| true);
        let at_first = Turn::default();
        assert_eq!(answer(Policy::FirstFit, at_first), Some(0));
        assert_eq!(answer(Policy::BestFit, at_first), Some(1));
        assert_eq!(answer(Policy::WorstFit, at_first), Some(3));
        assert_eq!(answer(Policy::NextFit, Turn { last: 2, uniform: 0.0 }), Some(2));
        assert_eq!(answer(Policy::NextFit, Turn { last: 4, uniform: 0.0 }), Some(0));
        // Feasible are 0, 1, 2 and 3.
        assert_eq!(answer(Policy::RandomFit, Turn { last: 0, uniform: 0.74 }), Some(2));
        assert_eq!(answer(Policy::RandomFit, Turn { last: 0, uniform: 0.76 }), Some(3));
    }
}

#[test]
fn a_refused_host_gives_way_to_the_next_in_the_order_of_the_policy() {
    for pool in [uneven(0), uneven(100)] {
        let refusing = |policy: Policy, refused: u32| {
            choose(policy, &pool, demand(3, 20), Turn::default(), |host| host != refused)
        };
        assert_eq!(refusing(Policy::FirstFit, 0), Some(1));
        assert_eq!(refusing(Policy::BestFit, 1), Some(2));
        assert_eq!(refusing(Policy::WorstFit, 3), Some(0));
        assert_eq!(refusing(Policy::NextFit, 0), Some(1));
    }
}

#[test]
fn memory_and_local_disk_can_decide() {
    for filler in [0, 100] {
        let mut pool = uneven(filler);
        let found = |pool: &Pool, asked| best_fit(pool, asked, |_| true);
        assert_eq!(found(&pool, demand(4, 50)), Some(1));
        assert_eq!(found(&pool, demand(4, 60)), Some(3));
        assert_eq!(found(&pool, demand(4, 65)), None);
        assert_eq!(found(&pool, demand(9, 1)), None);
        let capacity = Demand { disk_gib: 100, ..demand(4, 64) };
        let small = pool.add_sized(capacity, SimTime::NEVER);
        let with_disk = |disk_gib| Demand { disk_gib, ..demand(4, 60) };
        assert_eq!(found(&pool, with_disk(100)), Some(small));
        assert_eq!(found(&pool, with_disk(101)), Some(3));
        pool.take(small, Demand { disk_gib: 30, ..demand(0, 1) });
        assert_eq!(pool.host(small).free.disk_gib, 70);
        assert_eq!(found(&pool, with_disk(71)), Some(3));
    }
}

#[derive(Clone, Debug)]
enum Step {
    Take { host: u32, demand: Demand },
    GiveBack { which: usize },
    State { host: u32, state: HostState },
    Add { capacity: Demand },
    Ask { demand: Demand, turn: Turn, refused: u32 },
}

fn few() -> impl Strategy<Value = Demand> {
    (0..6_u32, 0..5_u32, 0..3_u32).prop_map(|(vcpus, gib, disk)| Demand {
        vcpus,
        mib: gib * 8_192,
        disk_gib: disk * 40,
    })
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let state = prop_oneof![
        3 => Just(HostState::Up),
        1 => Just(HostState::Failed),
        1 => Just(HostState::Installing(SimTime::from_ns(7))),
        1 => Just(HostState::Gone),
    ];
    let size = (1..12_u32, 1..8_u32, prop_oneof![Just(Demand::UNCOUNTED), Just(0), Just(100)]);
    let step = prop_oneof![
        8 => (any::<u32>(), few()).prop_map(|(host, demand)| Step::Take { host, demand }),
        4 => any::<usize>().prop_map(|which| Step::GiveBack { which }),
        2 => (any::<u32>(), state).prop_map(|(host, state)| Step::State { host, state }),
        1 => size.prop_map(|(vcpus, gib, disk_gib)| Step::Add {
            capacity: Demand { vcpus, mib: gib * 8_192, disk_gib }
        }),
        6 => (few(), any::<u32>(), 0.0..1.0, 1..9_u32).prop_map(|(demand, last, uniform, refused)| {
            Step::Ask { demand, turn: Turn { last, uniform }, refused }
        }),
    ];
    proptest::collection::vec(step, 1..300)
}

/// What each policy should say, by looking at every host.
fn naive(policy: Policy, pool: &Pool, asked: Demand, turn: Turn, refused: u32) -> Option<u32> {
    let feasible: Vec<u32> =
        (0..pool.numbers()).filter(|host| pool.host(*host).takes(asked) && host % refused != 1).collect();
    let free = |host: &u32| pool.host(*host).free.vcpus;
    match policy {
        Policy::FirstFit => feasible.first().copied(),
        Policy::NextFit => feasible.iter().find(|host| **host >= turn.last).or(feasible.first()).copied(),
        Policy::BestFit => feasible.iter().min_by_key(|host| (free(host), **host)).copied(),
        Policy::WorstFit => feasible.iter().min_by_key(|host| (100 - free(host), **host)).copied(),
        Policy::RandomFit => feasible.get((turn.uniform * feasible.len() as f64) as usize).copied(),
        _ => unreachable!("{policy:?} scores"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn every_search_agrees_with_a_sweep_and_the_indices_with_the_hosts(
        steps in steps(),
        hosts in prop_oneof![1..70_u32, 70..200_u32, Just(1_100_u32)],
        indexes_states: bool,
    ) {
        let mut pool = pool(hosts);
        if indexes_states {
            pool.index_states();
        }
        let mut held: Vec<(u32, Demand)> = Vec::new();
        for step in steps {
            match step {
                Step::Take { host, demand } => {
                    let host = host % pool.numbers();
                    if demand.fits(pool.host(host).free) {
                        pool.take(host, demand);
                        held.push((host, demand));
                    }
                }
                Step::GiveBack { which } => if !held.is_empty() {
                    let (host, demand) = held.swap_remove(which % held.len());
                    pool.give_back(host, demand);
                }
                Step::State { host, state } => pool.set_state(host % pool.numbers(), state),
                Step::Add { capacity } => {
                    pool.add_sized(capacity, SimTime::NEVER);
                }
                Step::Ask { demand, turn, refused } => for policy in ordered() {
                    let turn = Turn { last: turn.last % pool.numbers(), ..turn };
                    let found = choose(policy, &pool, demand, turn, |host| host % refused != 1);
                    prop_assert_eq!(found, naive(policy, &pool, demand, turn, refused), "{:?}", policy);
                }
            }
        }
        pool.audit(held.iter().copied());
        let mut grouped: Vec<u32> = pool.groups().flat_map(|group| group.hosts().collect::<Vec<_>>()).collect();
        grouped.sort_unstable();
        let in_service = pool.hosts().filter(|(_, host)| host.is_in_service()).map(|(number, _)| number);
        prop_assert_eq!(grouped, in_service.collect::<Vec<_>>());
        pool.clone().audit_indices();
    }
}
