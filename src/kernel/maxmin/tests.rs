use super::*;
use crate::base::ids::Id;
use crate::base::units::Span;
use proptest::prelude::*;

const MBIT: u64 = 1_000_000;

fn at(seconds: u64) -> SimTime {
    SimTime::START + Span::from_seconds(seconds)
}

fn mbit(mbit: u64) -> Bandwidth {
    Bandwidth::from_mbit(mbit)
}

fn megabytes(mb: u64) -> Bytes {
    Bytes::new(mb * 1_000_000)
}

fn flow(route: &[ResourceId], mb: u64) -> Flow<'_, u32> {
    Flow { route, cap: None, volume: megabytes(mb), job: 0 }
}

/// The textbook's example: three links in a row, a flow over all and one over each.
#[test]
fn a_long_flow_gets_the_share_of_its_tightest_link() {
    let mut network = MaxMin::new(at(0));
    let links = [mbit(10), mbit(40), mbit(100)].map(|capacity| network.add_resource(capacity));
    let long = network.add(at(0), flow(&links, 1));
    let short = links.map(|link| network.add(at(0), flow(&[link], 1)));
    assert_eq!(network.rate(long), Some(mbit(5)));
    assert_eq!(short.map(|id| network.rate(id).unwrap()), [mbit(5), mbit(35), mbit(95)]);
    assert_eq!(links.map(|link| network.load(link)), [mbit(10), mbit(40), mbit(100)]);
}

#[test]
fn an_end_frees_bandwidth_and_moves_the_other_ends() {
    let mut network = MaxMin::new(at(0));
    let link = network.add_resource(mbit(80));
    let big = network.add(at(0), flow(&[link], 30));
    let small = network.add(at(0), flow(&[link], 10));
    assert_eq!(network.next_completion(), Some((at(2), small)));
    assert_eq!(network.complete(at(2)), Some((small, 0)));
    assert_eq!(network.complete(at(2)), None);
    assert_eq!(network.left(at(3), big), Some(megabytes(10)));
    assert_eq!(network.next_completion(), Some((at(4), big)));
    network.set_capacity(at(3), link, mbit(20));
    assert_eq!(network.next_completion(), Some((at(7), big)));
    network.set_capacity(at(4), link, mbit(0));
    assert_eq!(network.next_completion(), None);
    assert_eq!(network.remove(at(9), big), Some((0, Bytes::new(7_500_000))));
    assert_eq!((network.remove(at(9), big), network.is_empty(), network.load(link)), (None, true, mbit(0)));
}

#[test]
fn a_flow_without_a_resource_runs_at_its_cap() {
    let mut network = MaxMin::new(at(0));
    let capped = network.add(at(0), Flow { cap: Some(mbit(8)), ..flow(&[], 5) });
    let free = network.add(at(0), flow(&[], 5));
    let nothing = network.add(at(0), flow(&[], 0));
    assert_eq!(network.complete(at(0)), Some((nothing, 0)));
    let (soon, first) = network.next_completion().unwrap();
    assert!(first == free && soon < SimTime::from_ns(10));
    network.complete(soon);
    assert_eq!(network.next_completion(), Some((at(5), capped)));
}

#[test]
fn a_stale_flow_is_not_mistaken_for_the_next_of_its_route() {
    let mut network = MaxMin::new(at(0));
    let link = network.add_resource(mbit(8));
    let first = network.add(at(0), flow(&[link], 1));
    network.remove(at(0), first);
    let second = network.add(at(0), flow(&[link, link], 1));
    assert_eq!((network.rate(first), network.rate(second)), (None, Some(mbit(8))));
}

#[test]
fn the_other_component_is_left_alone() {
    let mut network = MaxMin::new(at(0));
    let links = [mbit(10), mbit(10)].map(|capacity| network.add_resource(capacity));
    for link in links {
        network.add(at(0), flow(&[link], 1));
    }
    network.settle();
    network.add(at(0), flow(&[links[0]], 1));
    network.settle();
    assert_eq!(network.touched, [0, 0]);
}

/// A class that connects two parts, and then is gone: what is solved together must follow.
#[test]
fn parts_that_a_flow_has_connected_come_apart_again() {
    let mut network = MaxMin::new(at(0));
    let links = [mbit(10), mbit(10)].map(|capacity| network.add_resource(capacity));
    for link in links {
        network.add(at(0), flow(&[link], 1));
    }
    for _ in 0..2 {
        let bridge = network.add(at(0), flow(&links, 1));
        assert_eq!(network.rate(bridge), Some(mbit(5)));
        network.remove(at(0), bridge);
        network.settle();
        // A flow and a rate that rose, on either side.
        assert_eq!(network.touched, [0, 1]);
    }
    network.add(at(0), flow(&[links[0]], 1));
    network.settle();
    assert_eq!(network.touched, [0, 0]);
    assert_eq!(links.map(|link| network.load(link)), [mbit(10), mbit(10)]);
}

#[test]
fn a_flow_replaced_by_its_like_changes_no_rate() {
    let mut network = MaxMin::new(at(0));
    let link = network.add_resource(mbit(8));
    let flows = [1, 1, 2].map(|mb| network.add(at(0), flow(&[link], mb)));
    let other = network.add_resource(mbit(8));
    let across = network.add(at(0), flow(&[link, other], 1));
    network.settle();
    network.remove(at(0), flows[0]);
    let new = network.add(at(0), flow(&[link], 3));
    network.settle();
    assert_eq!(network.touched, [0, 0]);
    assert_eq!([flows[2], new, across].map(|id| network.rate(id)), [Some(mbit(2)); 3]);
}

#[test]
#[should_panic(expected = "was due before")]
fn time_does_not_pass_over_an_end() {
    let mut network = MaxMin::new(at(0));
    let link = network.add_resource(mbit(8));
    network.add(at(0), flow(&[link], 1));
    network.advance(at(2));
}

#[derive(Clone, Debug)]
struct Wanted {
    route: Vec<usize>,
    cap: Option<u64>,
    volume: u64,
}

/// Every flow by itself, all raised together in floats until something is full.
fn naive_rates(capacities: &[u64], flows: &[(Vec<usize>, Option<u64>)]) -> Vec<f64> {
    let mut rates = vec![0.0; flows.len()];
    let mut open: Vec<usize> = (0..flows.len()).collect();
    while !open.is_empty() {
        let used = |link: usize| -> f64 {
            flows.iter().zip(&rates).filter(|(flow, _)| flow.0.contains(&link)).map(|(_, rate)| rate).sum()
        };
        let crossing = |link: usize| open.iter().filter(|flow| flows[**flow].0.contains(&link)).count();
        let room = |link: usize| (capacities[link] as f64 - used(link)) / crossing(link) as f64;
        let by_link =
            (0..capacities.len()).filter(|link| crossing(*link) > 0).map(room).fold(f64::MAX, f64::min);
        let by_cap = open.iter().filter_map(|flow| Some(flows[*flow].1? as f64 - rates[*flow]));
        let step = by_cap.fold(by_link, f64::min).max(0.0);
        for flow in &open {
            rates[*flow] += step;
        }
        let full: Vec<bool> = (0..capacities.len())
            .map(|link| {
                let used: f64 =
                    flows.iter().zip(&rates).filter(|(f, _)| f.0.contains(&link)).map(|(_, rate)| rate).sum();
                capacities[link] as f64 - used < 1e-3
            })
            .collect();
        open.retain(|flow| {
            let capped = flows[*flow].1.is_some_and(|cap| cap as f64 - rates[*flow] < 1e-3);
            !capped && !flows[*flow].0.iter().any(|link| full[*link])
        });
    }
    rates
}

fn topology() -> impl Strategy<Value = (Vec<u64>, Vec<Wanted>)> {
    (1..12_usize).prop_flat_map(|links| {
        // Few distinct values, so that several links fill up at once.
        let capacities = proptest::collection::vec((1..6_u64).prop_map(|n| n * 20 * MBIT), links);
        let cap = proptest::option::of((1..8_u64).prop_map(|n| n * 3 * MBIT));
        let volume = prop_oneof![4 => 1..5_000_000_u64, 1 => Just(1_000_000)];
        let wanted = (proptest::collection::btree_set(0..links, 1..4), cap, volume)
            .prop_map(|(route, cap, volume)| Wanted { route: route.into_iter().collect(), cap, volume });
        (capacities, proptest::collection::vec(wanted, 1..40))
    })
}

fn network_of(capacities: &[u64]) -> (MaxMin<usize>, Vec<ResourceId>) {
    let mut network = MaxMin::new(SimTime::START);
    let links = capacities.iter().map(|bits| network.add_resource(Bandwidth::from_bits(*bits))).collect();
    (network, links)
}

fn start(network: &mut MaxMin<usize>, now: SimTime, wanted: &Wanted, job: usize) -> FlowId {
    let route: Vec<ResourceId> = wanted.route.iter().map(|link| ResourceId::from_index(*link)).collect();
    let cap = wanted.cap.map(Bandwidth::from_bits);
    network.add(now, Flow { route: &route, cap, volume: Bytes::new(wanted.volume), job })
}

/// Capacity kept, and every flow at its cap or at a full resource where none is faster.
fn check_fair(
    network: &mut MaxMin<usize>,
    alive: &[(FlowId, Wanted)],
    capacities: &[u64],
) -> Result<(), TestCaseError> {
    let mut rates = Vec::new();
    let mut loads = vec![0; capacities.len()];
    for (id, wanted) in alive {
        let rate = network.rate(*id).expect("alive").as_bits();
        rates.push(rate);
        wanted.route.iter().for_each(|link| loads[*link] += rate);
    }
    for (link, load) in loads.iter().enumerate() {
        prop_assert!(*load <= capacities[link], "link {link} carries {load} of {}", capacities[link]);
        let stated = network.load(ResourceId::from_index(link)).as_bits();
        // Each flow's rate is rounded down by less than a bit per second.
        prop_assert!(stated >= *load && stated - load <= alive.len() as u64);
    }
    for ((_, wanted), rate) in alive.iter().zip(&rates) {
        let held_back = |link: &usize| {
            let fastest = alive.iter().zip(&rates).filter(|((_, other), _)| other.route.contains(link));
            let fastest = fastest.map(|(_, rate)| *rate).max().unwrap_or(0);
            // Full but for the rounding of at most 40 flows.
            capacities[*link] - loads[*link] <= 40 && fastest <= *rate
        };
        prop_assert!(*rate > 0 || wanted.route.iter().any(|link| capacities[*link] == 0));
        prop_assert!(wanted.cap == Some(*rate) || wanted.route.iter().any(held_back), "{wanted:?} at {rate}");
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn rates_agree_with_naive_progressive_filling((capacities, wanted) in topology()) {
        let (mut network, _) = network_of(&capacities);
        let alive: Vec<(FlowId, Wanted)> = wanted
            .iter()
            .enumerate()
            .map(|(job, wanted)| (start(&mut network, SimTime::START, wanted, job), wanted.clone()))
            .collect();
        let flows: Vec<_> = wanted.iter().map(|wanted| (wanted.route.clone(), wanted.cap)).collect();
        for ((id, _), naive) in alive.iter().zip(naive_rates(&capacities, &flows)) {
            let rate = network.rate(*id).expect("alive").as_bits() as f64;
            // Rounded down to a bit, and 1e-3 bit/s of float slack for each of 40 flows.
            prop_assert!((rate - naive).abs() < 1.5, "{rate} against {naive}");
        }
        check_fair(&mut network, &alive, &capacities)?;
    }
}

#[derive(Clone, Debug)]
enum Step {
    Add(usize),
    Remove(usize),
    Capacity(usize, u64),
    /// Take the next end, or let this many milliseconds pass if it is later.
    Pass(u64),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        4 => any::<usize>().prop_map(Step::Add),
        1 => any::<usize>().prop_map(Step::Remove),
        1 => (any::<usize>(), 0..5_u64).prop_map(|(link, n)| Step::Capacity(link, n * 20 * MBIT)),
        4 => (1..400_u64).prop_map(Step::Pass),
    ];
    proptest::collection::vec(step, 1..80)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    /// The network that lived through changes has the very rates of one built anew, and
    /// every byte is accounted for.
    #[test]
    fn changes_solved_piecemeal_give_the_rates_of_a_fresh_start(
        (capacities, kinds) in topology(), steps in steps()
    ) {
        let mut capacities = capacities;
        let (mut network, links) = network_of(&capacities);
        let mut alive: Vec<(FlowId, Wanted)> = Vec::new();
        let mut naive_left: Vec<f64> = Vec::new();
        let mut now = SimTime::START;
        for step in steps {
            match step {
                Step::Add(kind) => {
                    let wanted = &kinds[kind % kinds.len()];
                    alive.push((start(&mut network, now, wanted, kind), wanted.clone()));
                    naive_left.push(wanted.volume as f64);
                }
                Step::Remove(which) if !alive.is_empty() => {
                    let (id, _) = alive.remove(which % alive.len());
                    let left = naive_left.remove(which % (alive.len() + 1));
                    let (_, stated) = network.remove(now, id).expect("alive");
                    prop_assert!((stated.get() as f64 - left).abs() < 2.0, "{stated:?} {left}");
                }
                Step::Capacity(link, capacity) => {
                    let link = link % links.len();
                    capacities[link] = capacity;
                    network.set_capacity(now, links[link], Bandwidth::from_bits(capacity));
                }
                Step::Pass(ms) => {
                    let planned = now + Span::from_ns(ms * MBIT);
                    let due = network.next_completion();
                    let next = due.map_or(planned, |(due, _)| due.min(planned));
                    for ((id, _), left) in alive.iter().zip(&mut naive_left) {
                        let bytes_per_second = network.rate(*id).expect("alive").as_bytes_per_second();
                        *left -= bytes_per_second * next.since(now).as_seconds();
                    }
                    now = next;
                    while let Some((id, _)) = network.complete(now) {
                        let place = alive.iter().position(|(other, _)| *other == id).expect("alive");
                        alive.remove(place);
                        // A rate shown in whole bits for at most 80 steps of 0.4 s.
                        prop_assert!(naive_left.remove(place).abs() < 5.0);
                    }
                }
                Step::Remove(_) => {}
            }
            check_fair(&mut network, &alive, &capacities)?;
            let (mut fresh, _) = network_of(&capacities);
            let twins: Vec<FlowId> =
                alive.iter().map(|(_, wanted)| start(&mut fresh, SimTime::START, wanted, 0)).collect();
            for ((id, wanted), twin) in alive.iter().zip(twins) {
                prop_assert_eq!(network.rate(*id), fresh.rate(twin), "{:?}", wanted);
            }
            for link in &links {
                prop_assert_eq!(network.load(*link), fresh.load(*link));
            }
            prop_assert_eq!(network.len(), alive.len() as u64);
        }
    }
}
