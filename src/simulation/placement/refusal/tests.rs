//! The words, and that every host counts once.

use proptest::prelude::*;

use super::*;
use crate::base::ids::{Id, IdVec};
use crate::base::units::{Bytes, SimTime};
use crate::simulation::placement::choose::choose;
use crate::simulation::placement::filters::{Filters, Pitch, RuleBook};
use crate::simulation::placement::{HostState, Pool, Turn};
use crate::world::{
    HostGroup, HostShape, OfferId, Placement, PlacementPolicy, PlacementRule, PlacementRules, RuleDemand,
};

/// Workloads are db-00, db-01 and so on.
struct Databases(Vec<String>);

impl Names for Databases {
    fn workload(&self, workload: WorkloadId) -> &str {
        &self.0[workload.index()]
    }
    fn rule(&self, _: RuleId) -> &str {
        "oracle"
    }
}

fn names() -> Databases {
    Databases((0..40).map(|index| format!("db-{index:02}")).collect())
}

fn demand(vcpus: u32, gib: u32) -> Demand {
    Demand { vcpus, mib: gib << 10, disk_gib: 0 }
}

/// Hosts of 32 vCPUs and 128 GiB.
fn pool(hosts: u32) -> Pool {
    let shape = HostShape { sockets: 2, cores: 32, vcpus: 32, memory: Bytes::from_gib(128) };
    let mut pool = Pool::new(shape);
    for _ in 0..hosts {
        pool.add(SimTime::NEVER);
    }
    pool
}

fn workload(index: usize) -> WorkloadId {
    WorkloadId::from_index(index)
}

/// Workloads 0 to 29 apart; 30 licensed on hosts 0 and 1.
fn filters() -> Filters {
    let offer = OfferId::from_index(0);
    let group = HostGroup { name: "licensed".into(), offer, hosts: vec![0, 1] };
    let rule = |workloads: std::ops::Range<usize>, demand| PlacementRule {
        name: "oracle".into(),
        workloads: workloads.map(workload).collect(),
        demand,
    };
    let rules = PlacementRules {
        groups: IdVec::from(vec![group]),
        rules: IdVec::from(vec![
            rule(0..30, RuleDemand::KeepApart),
            rule(30..31, RuleDemand::LicensedOn(Id::from_index(0))),
        ]),
    };
    Filters::new(RuleBook::new(&rules, Pitch { offer, country: "FR" }, 40))
}

fn refusal(pool: &Pool, filters: &Filters, who: usize, demand: Demand) -> Refusal {
    let hosts = Hosts { pool, filters, admits: |_| true };
    let request = Request { workload: workload(who), demand };
    choose(&Placement::by(PlacementPolicy::BestFit), &hosts, request, Turn::default()).unwrap_err()
}

#[test]
fn short_hosts_and_excluded_ones_are_counted_apart() {
    let (mut pool, mut filters) = (pool(24), filters());
    // Fourteen have 10 GiB free or less, the other ten hold db-02.
    for host in 0..14 {
        pool.take(host, demand(2, 118 + host % 10));
    }
    for host in 14..18 {
        pool.take(host, demand(2, 8));
        filters.enter(workload(2), host, demand(2, 8));
    }
    for host in 18..24 {
        pool.set_state(host, HostState::Failed);
    }
    let refusal = refusal(&pool, &filters, 1, demand(4, 16));
    assert_eq!(
        refusal.words(&names()).to_string(),
        "no host: 14 short of memory by at least 6 GiB, 4 excluded by anti-affinity with db-02, 6 out of service"
    );
    assert_eq!((refusal.hosts, refusal.counted()), (24, 24));
}

#[test]
fn the_words_of_the_manual_come_out() {
    let refusal = Refusal {
        hosts: 24,
        short: vec![Short { hosts: 14, least: demand(0, 6) }],
        excluded: vec![Excluded {
            filter: Filter::AntiAffinity,
            rule: RuleId::from_index(0),
            hosts: 10,
            with: vec![workload(2)],
        }],
        ..Refusal::default()
    };
    assert_eq!(
        refusal.words(&names()).to_string(),
        "no host: 14 short of memory by at least 6 GiB, 10 excluded by anti-affinity with db-02"
    );
}

#[test]
fn hosts_short_of_several_resources_are_a_count_of_their_own() {
    let (mut pool, filters) = (pool(3), filters());
    pool.take(0, demand(30, 0));
    pool.take(1, demand(31, 127));
    pool.take(2, demand(0, 128));
    let refusal = refusal(&pool, &filters, 35, Demand { mib: 1536, ..demand(4, 0) });
    assert_eq!(
        refusal.words(&names()).to_string(),
        "no host: 1 short of memory by at least 1.5 GiB, 1 short of vCPUs by at least 2, \
         1 short of vCPUs by at least 3 and of memory by at least 512 MiB"
    );
}

#[test]
fn a_short_host_counts_as_short_even_where_it_is_excluded_too() {
    let (mut pool, mut filters) = (pool(2), filters());
    pool.take(0, demand(32, 8));
    filters.enter(workload(2), 0, demand(32, 8));
    filters.enter(workload(3), 1, demand(0, 0));
    let refusal = refusal(&pool, &filters, 1, demand(4, 16));
    assert_eq!(
        refusal.words(&names()).to_string(),
        "no host: 1 short of vCPUs by at least 4, 1 excluded by anti-affinity with db-03"
    );
}

#[test]
fn a_crowd_is_named_by_three_and_a_licence_by_its_rule() {
    let (pool, mut filters) = (pool(5), filters());
    for (who, host) in (10..).zip(0..5) {
        filters.enter(workload(who), host, demand(0, 0));
    }
    assert_eq!(
        refusal(&pool, &filters, 1, demand(4, 16)).words(&names()).to_string(),
        "no host: 5 excluded by anti-affinity with db-10, db-11, db-12 and 2 others"
    );
    let mut pool = pool;
    pool.set_state(0, HostState::Gone);
    pool.set_state(1, HostState::Gone);
    assert_eq!(
        refusal(&pool, &filters, 30, demand(4, 16)).words(&names()).to_string(),
        "no host: 3 excluded by licence (oracle)"
    );
    assert_eq!(
        refusal(&self::pool(0), &filters, 30, demand(4, 16)).words(&names()).to_string(),
        "no host: there is none"
    );
}

#[test]
fn hosts_that_the_caller_keeps_free_are_said_to_be() {
    let (pool, filters) = (pool(2), filters());
    let hosts = Hosts { pool: &pool, filters: &filters, admits: |_| false };
    let request = Request { workload: workload(35), demand: demand(1, 1) };
    let refusal = choose(&Placement::default(), &hosts, request, Turn::default()).unwrap_err();
    assert_eq!(refusal.words(&names()).to_string(), "no host: 2 kept free");
}

proptest! {
    #[test]
    fn a_policy_finds_a_host_or_the_refusal_accounts_for_every_host(
        loads in proptest::collection::vec((0..=32_u32, 0..=128_u32, 0..8_usize, 0..4_u8), 0..12),
        who in prop_oneof![0..8_usize, 30..32_usize],
        wanted in (1..=32_u32, 1..=128_u32),
        policy in proptest::sample::select(PlacementPolicy::ALL.to_vec()),
        spare in 0..14_u32,
    ) {
        let (mut pool, mut filters) = (pool(loads.len() as u32), filters());
        for (host, (vcpus, gib, resident, state)) in (0..).zip(loads) {
            pool.take(host, demand(vcpus, gib));
            // One may sit on several hosts, at most so many.
            if usize::try_from(host).unwrap() < Filters::MOST_HELD {
                filters.enter(workload(resident), host, demand(vcpus, gib));
            }
            match state {
                0 => pool.set_state(host, HostState::Failed),
                1 => pool.set_state(host, HostState::Gone),
                _ => {}
            }
        }
        let request = Request { workload: workload(who), demand: demand(wanted.0, wanted.1) };
        let hosts = Hosts { pool: &pool, filters: &filters, admits: |host| host != spare };
        let turn = Turn { last: 3, uniform: 0.7 };
        let whole = Refusal::explain(&hosts, request);
        match choose(&Placement::by(policy), &hosts, request, turn) {
            Ok(host) => {
                prop_assert!(pool.host(host).takes(request.demand) && host != spare);
                prop_assert!(excluded(filters.bind(request.workload), request.demand, host).is_none());
                prop_assert!(whole.counted() < pool.count(), "a host that takes it is not counted out");
            }
            Err(refusal) => {
                prop_assert_eq!(refusal.counted(), pool.count());
                prop_assert_eq!(refusal.hosts, pool.count());
                prop_assert_eq!(refusal, whole);
            }
        }
    }
}
