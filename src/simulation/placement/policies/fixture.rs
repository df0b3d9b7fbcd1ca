//! One pool and one demand on which every policy gives its own answer.

use proptest::prelude::*;

use super::{Demand, HostView};
use crate::base::ids::Id;
use crate::base::units::{Bytes, SimTime};
use crate::simulation::placement::choose::{Hosts, Request, choose};
use crate::simulation::placement::filters::Filters;
use crate::simulation::placement::{Pool, Turn};
use crate::world::{HostShape, Placement, PlacementPolicy, RatioShape, ShapePoint, WorkloadId};

/// Free of capacity: virtual processors, GiB of memory, GiB of disk where there is some.
type Row = ((u32, u32), (u32, u32), Option<(u32, u32)>);

const HOSTS: [Row; 16] = [
    ((14, 40), (95, 100), None),
    ((20, 80), (380, 400), None),
    ((26, 40), (140, 200), None),
    ((20, 80), (40, 400), Some((700, 2000))),
    ((8, 10), (100, 100), None),
    ((36, 40), (40, 100), None),
    ((20, 40), (30, 200), Some((150, 1000))),
    ((34, 40), (20, 100), None),
    ((7, 10), (10, 100), None),
    ((26, 40), (190, 200), Some((200, 1000))),
    ((10, 40), (90, 200), Some((550, 1000))),
    ((7, 20), (70, 200), None),
    ((30, 40), (85, 100), None),
    ((16, 40), (180, 200), Some((950, 1000))),
    ((4, 80), (320, 400), None),
    ((16, 20), (200, 200), None),
];

/// 4 virtual processors, 20 GiB of memory, 100 GiB of disk.
const DEMAND: Demand = Demand { vcpus: 4, mib: 20 << 10, disk_gib: 100 };

fn pool(indexed: bool) -> Pool {
    let shape = HostShape { sockets: 1, cores: 1, vcpus: 1, memory: Bytes::from_gib(1) };
    let mut pool = Pool::new(shape);
    for ((_, vcpus), (_, gib), disk) in HOSTS {
        let disk_gib = disk.map_or(Demand::UNCOUNTED, |(_, gib)| gib);
        pool.add_sized(Demand { vcpus, mib: gib << 10, disk_gib }, SimTime::NEVER);
    }
    for (host, ((free, vcpus), (free_gib, gib), disk)) in (0..).zip(HOSTS) {
        let disk_gib = disk.map_or(0, |(free, gib)| gib - free);
        pool.take(host, Demand { vcpus: vcpus - free, mib: (gib - free_gib) << 10, disk_gib });
    }
    if indexed {
        pool.index_states();
    }
    pool
}

/// Ten at 60 % in use, nothing at none and at all.
fn peak() -> RatioShape {
    let point = |used_percent, score| ShapePoint { used_percent, score };
    RatioShape::new(vec![point(0.0, 0.0), point(60.0, 10.0), point(100.0, 0.0)]).unwrap()
}

/// Worked out by hand; all but the first five policies by score, the highest of a column
/// marked with a star (the lowest where the policy minimises). Shares are of capacity;
/// `l2` is the distance, `e-pvm` the cost added, at base 10.
///
/// ```text
/// host  vCPU   GiB      disk       least   most   bal.  ratio    dot      l2      cosine   nova    e-pvm
///  0   14/40  95/100               50.0   50.0   75.0   52.1  0.2250   0.6250   0.9939  0.5208   1.813
///  1   20/80 380/400               55.0   45.0   65.0   33.3  0.0600   0.8500   0.8638  1.5000   0.823*
///  2   26/40 140/200               57.5   42.5   97.5   70.8  0.1350   0.6625   0.9993* 1.0208   1.096
///  3   20/80  40/400  700/2000     18.3   81.7   89.7   45.8  0.0350-  0.1325   0.9152  1.2431   2.200
///  4    8/10 100/100               60.0   40.0   80.0   66.7  0.5200*  0.8000   0.9080  0.3472   2.981
///  5   36/40  40/100               50.0   50.0   70.0   41.7  0.1700   0.6800   0.7719  1.0556   2.654
///  6   20/40  30/200  150/1000     16.7   83.3*  83.5   41.7  0.0800   0.1650   0.8504  0.5278   4.485
///  7   34/40  20/100               37.5   62.5   62.5   41.7  0.1250   0.5625   0.6402  0.9375   4.056
///  8    7/10  10/100            short of memory by 10 GiB
///  9   26/40 190/200  200/1000     50.0   50.0   69.2   41.7  0.1800   1.0350   0.8895  1.2222   2.504
/// 10   10/40  90/200  550/1000     31.7   68.3   87.5   72.2* 0.1250   0.3475   0.9580  0.8819   3.104
/// 11    7/20  70/200               20.0   80.0   95.0   50.0  0.1050   0.0850*  0.9487  0.2326   3.769
/// 12   30/40  85/100               65.0   35.0  100.0*  58.3  0.2450   0.8450   0.9666  0.9931   1.287
/// 13   16/40 180/200  950/1000     65.0   35.0   75.2   44.4  0.2250   1.4525   0.9493  1.8194*  1.647
/// 14    4/80 320/400               37.5   62.5   62.5   41.7  0.0425   0.5625   0.7498  0.8333   1.281
/// 15   16/20 200/200               75.0*  25.0   85.0   41.7  0.2600   1.1700   0.9080  0.8750   1.186
/// ```
///
/// Host 12, for one: 14 of 40 vCPUs and 35 of 100 GiB are in use afterwards, 35 % each:
/// least 65, most 35, balanced 100, ratio 10 · 10 · 35/60 = 58.3; dot 0.1 · 0.75 +
/// 0.2 · 0.85 = 0.245; l2 0.65² + 0.65² = 0.845; cosine 0.245 / (√0.05 · √1.285) =
/// 0.9666; nova (30 − 4)/32 + (85 − 20)/360 = 0.9931; e-pvm 10^0.35 − 10^0.25 + 10^0.35
/// − 10^0.15 = 1.287.
///
/// By order: host 0 is the first; 8 took the last workload but has no room, so the next
/// is 9; the fewest free vCPUs are the 4 of host 14, the most the 36 of host 5; a half of
/// 15 feasible hosts is the eighth, host 7.
const ANSWERS: [(PlacementPolicy, u32); 15] = [
    (PlacementPolicy::FirstFit, 0),
    (PlacementPolicy::NextFit, 9),
    (PlacementPolicy::BestFit, 14),
    (PlacementPolicy::WorstFit, 5),
    (PlacementPolicy::RandomFit, 7),
    (PlacementPolicy::LeastAllocated, 15),
    (PlacementPolicy::MostAllocated, 6),
    (PlacementPolicy::BalancedAllocation, 12),
    (PlacementPolicy::RequestedToCapacityRatio, 10),
    (PlacementPolicy::DotProduct, 4),
    (PlacementPolicy::DotProductLeast, 3),
    (PlacementPolicy::L2Norm, 11),
    (PlacementPolicy::CosineSimilarity, 2),
    (PlacementPolicy::Nova, 13),
    (PlacementPolicy::EPvm, 1),
];

#[test]
fn every_policy_gives_its_own_hand_checked_answer_with_and_without_an_index() {
    assert_eq!(ANSWERS.map(|(policy, _)| policy), PlacementPolicy::ALL);
    for pool in [pool(false), pool(true)] {
        let filters = Filters::default();
        let hosts = Hosts { pool: &pool, filters: &filters, admits: |_| true };
        let request = Request { workload: WorkloadId::from_index(0), demand: DEMAND };
        let turn = Turn { last: 8, uniform: 0.5 };
        for (policy, expected) in ANSWERS {
            let placement = Placement { shape: peak(), ..Placement::by(policy) };
            assert_eq!(choose(&placement, &hosts, request, turn), Ok(expected), "{}", policy.name());
        }
    }
}

#[test]
fn no_two_policies_agree() {
    let mut hosts = ANSWERS.map(|(_, host)| host);
    hosts.sort_unstable();
    assert!(hosts.windows(2).all(|pair| pair[0] < pair[1]), "{hosts:?}");
}

#[test]
fn the_scores_are_those_of_the_table() {
    let ((free, vcpus), (free_gib, gib), _) = HOSTS[12];
    let host = super::view([free, free_gib], [vcpus, gib]);
    let weights = Placement::default().weights;
    let near = |score: f64, expected: f64| {
        // The table has four decimals.
        assert!((score - expected).abs() < 0.5e-3, "{score} is not {expected}");
    };
    near(super::least_allocated::score(host, DEMAND, weights), 65.0);
    near(super::most_allocated::score(host, DEMAND, weights), 35.0);
    near(super::balanced_allocation::score(host, DEMAND), 100.0);
    near(super::requested_to_capacity_ratio::score(host, DEMAND, weights, &peak()), 58.3333);
    near(super::dot_product::score(host, DEMAND, weights), 0.245);
    near(super::l2_norm::score(host, DEMAND, weights), -0.845);
    near(super::cosine_similarity::score(host, DEMAND, weights), 0.9666);
    near(super::e_pvm::score(host, DEMAND, weights, Placement::default().e_pvm), -1.287);
    let feasible = super::feasible(&pool(true), DEMAND, &|_| true).collect::<Vec<HostView>>();
    let nova = Placement::default().nova;
    let ranges = super::nova::Ranges::over(feasible.into_iter(), nova.range);
    near(super::nova::score(host, &ranges, nova), 0.9931);
}

#[test]
fn a_refused_host_leaves_its_state_to_the_next_of_it_and_ties_go_to_the_lowest_number() {
    let shape = HostShape { sockets: 1, cores: 8, vcpus: 8, memory: Bytes::from_gib(64) };
    let mut pool = Pool::new(shape);
    for _ in 0..4 {
        pool.add(SimTime::NEVER);
    }
    pool.index_states();
    let demand = Demand { vcpus: 2, mib: 8 << 10, disk_gib: 0 };
    pool.take(1, demand);
    pool.take(3, demand);
    let filters = Filters::default();
    let placement = Placement::by(PlacementPolicy::MostAllocated);
    let workload = WorkloadId::from_index(0);
    let taken = |refused: &[u32]| {
        let hosts = Hosts { pool: &pool, filters: &filters, admits: |host| !refused.contains(&host) };
        choose(&placement, &hosts, Request { workload, demand }, Turn::default()).ok()
    };
    assert_eq!(taken(&[]), Some(1));
    assert_eq!(taken(&[1]), Some(3));
    assert_eq!(taken(&[1, 3]), Some(0));
    assert_eq!(taken(&[0, 1, 2, 3]), None);
}

/// The host of the greatest score by the plain definition: one host after another.
fn by_sweep(placement: &Placement, pool: &Pool, demand: Demand, admits: impl Fn(u32) -> bool) -> Option<u32> {
    let feasible: Vec<(u32, HostView)> = pool
        .hosts()
        .filter(|(number, host)| host.takes(demand) && admits(*number))
        .map(|(number, host)| (number, HostView { free: host.free, capacity: host.capacity }))
        .collect();
    let views = feasible.iter().map(|(_, view)| *view);
    let ranges = super::nova::Ranges::over(views, placement.nova.range);
    let weights = placement.weights;
    let score = |host: HostView| match placement.policy {
        PlacementPolicy::LeastAllocated => super::least_allocated::score(host, demand, weights),
        PlacementPolicy::MostAllocated => super::most_allocated::score(host, demand, weights),
        PlacementPolicy::BalancedAllocation => super::balanced_allocation::score(host, demand),
        PlacementPolicy::RequestedToCapacityRatio => {
            super::requested_to_capacity_ratio::score(host, demand, weights, &placement.shape)
        }
        PlacementPolicy::DotProduct => super::dot_product::score(host, demand, weights),
        PlacementPolicy::DotProductLeast => -super::dot_product::score(host, demand, weights),
        PlacementPolicy::L2Norm => super::l2_norm::score(host, demand, weights),
        PlacementPolicy::CosineSimilarity => super::cosine_similarity::score(host, demand, weights),
        PlacementPolicy::Nova => super::nova::score(host, &ranges, placement.nova),
        PlacementPolicy::EPvm => super::e_pvm::score(host, demand, weights, placement.e_pvm),
        other => panic!("{} scores nothing", other.name()),
    };
    let scores: Vec<(f64, u32)> = feasible.iter().map(|(number, view)| (score(*view), *number)).collect();
    let highest = scores.iter().map(|(score, _)| *score).max_by(f64::total_cmp)?;
    scores.iter().find(|(score, _)| *score == highest).map(|(_, number)| *number)
}

proptest! {
    #[test]
    fn with_an_index_or_without_a_policy_takes_what_a_sweep_over_hosts_takes(
        hosts in proptest::collection::vec((0..2_usize, 0..4_u32, 0..4_u32, 0..3_u32), 1..30),
        asked in (0..12_u32, 0..48_u32, prop_oneof![Just(0), Just(200_u32)]),
        refused in proptest::collection::vec(0..30_u32, 0..8),
        policy in proptest::sample::select(PlacementPolicy::ALL[5..].to_vec()),
    ) {
        // Few distinct states, so that many hosts share one.
        let sizes = [(16, 64, Demand::UNCOUNTED), (32, 128, 600)];
        let shape = HostShape { sockets: 1, cores: 1, vcpus: 1, memory: Bytes::from_gib(1) };
        let mut pool = Pool::new(shape);
        for (size, _, _, _) in &hosts {
            let (vcpus, gib, disk_gib) = sizes[*size];
            pool.add_sized(Demand { vcpus, mib: gib << 10, disk_gib }, SimTime::NEVER);
        }
        for (number, (_, vcpus, gib, disk)) in (0..).zip(hosts) {
            pool.take(number, Demand { vcpus: 4 * vcpus, mib: gib << 14, disk_gib: 300 * disk });
        }
        let demand = Demand { vcpus: asked.0, mib: asked.1 << 10, disk_gib: asked.2 };
        let admits = |host: u32| !refused.contains(&host);
        let placement = Placement { shape: peak(), ..Placement::by(policy) };
        let expected = by_sweep(&placement, &pool, demand, admits);
        prop_assert_eq!(super::best_scored(&placement, &pool, demand, admits), expected);
        pool.index_states();
        prop_assert_eq!(super::best_scored(&placement, &pool, demand, admits), expected);
    }
}
