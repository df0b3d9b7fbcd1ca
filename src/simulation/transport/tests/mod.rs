//! The transport driven by hand, without a simulation.

mod places;
mod scale;
mod stops;
mod sync;

use super::*;
use crate::base::ids::Id;
use crate::world::{Cap, Counted, Cutover, DeltaRule, MethodSet, Within};

/// Equipment that tests change before they start: one tool, and a circuit of 1 Gbit/s.
struct Bench {
    tools: IdVec<ToolId, Tool>,
    installations: IdVec<InstallationId, Installation>,
    links: IdVec<LinkId, Link>,
    host_read: Bandwidth,
    cycles: DeltaCycles,
}

fn tool() -> ToolId {
    ToolId::from_index(0)
}

fn link() -> LinkId {
    LinkId::from_index(0)
}

fn vm(index: usize) -> WorkloadId {
    WorkloadId::from_index(index)
}

fn reader(host: u32) -> Reader {
    Reader { offer: OfferId::from_index(0), host }
}

fn after(span: Span) -> SimTime {
    SimTime::START + span
}

fn hours(hours: u64) -> SimTime {
    after(Span::from_hours(hours))
}

impl Bench {
    fn new() -> Self {
        let nobody = Id::from_index(0);
        let tools = IdVec::from(vec![Tool {
            name: "tool".into(),
            label: "Tool".into(),
            methods: MethodSet::NONE,
            from: Vec::new(),
            to: Vec::new(),
            installation: InstallationId::from_index(0),
            per_copy: None,
            per_disk: None,
            per_host: None,
            caps: Vec::new(),
            streams: 1,
            window: nobody,
            delivers_to: None,
            minimum_bandwidth: None,
            longest_rtt: None,
            most_snapshots: None,
            delta: None,
            precopy: None,
            cutover_minutes: nobody,
            cutover: Cutover::Parallel,
            hours_per_vm: None,
            trip: None,
            capacity: None,
            source: "a test".into(),
        }]);
        let installations = IdVec::from(vec![Installation {
            name: "tool".into(),
            units: 1,
            throughput: None,
            caps: Vec::new(),
        }]);
        let links = IdVec::from(vec![Link {
            name: "a-b".into(),
            between: [Id::from_index(0), Id::from_index(1)],
            bandwidth: Bandwidth::from_mbit(1_000),
            rtt: Span::ZERO,
            loss: None,
            per_month: None,
            per_hour: None,
            per_gb: None,
        }]);
        // No host is the narrowest part unless a test says so.
        let host_read = Bandwidth::from_mbit(1_000_000);
        Self { tools, installations, links, host_read, cycles: DeltaCycles::Mean }
    }

    fn tool(&mut self) -> &mut Tool {
        &mut self.tools[tool()]
    }

    fn installation(&mut self) -> &mut Installation {
        &mut self.installations[InstallationId::from_index(0)]
    }

    fn start(&self) -> Transport {
        let Self { tools, installations, links, host_read, cycles } = self;
        let (host_read, cycles) = (*host_read, *cycles);
        Transport::new(SimTime::START, Equipment { tools, installations, links, host_read, cycles })
    }
}

/// A copy over the circuit of one workload on one host, that is kept in sync.
fn job(index: usize, disks: &[Bytes]) -> Job<'_> {
    Job {
        workload: vm(index),
        tool: tool(),
        reader: Some(reader(0)),
        link: Some(link()),
        distance: None,
        datastore: None,
        disks,
        churn: Churn::default(),
        way: Way::InSync,
    }
}

/// What happens until `until`, with its times.
fn run(transport: &mut Transport, until: SimTime) -> Vec<(SimTime, Signal)> {
    let mut signals = Vec::new();
    while let Some(at) = transport.next_at().filter(|at| *at <= until) {
        transport.advance(at, &mut |signal| signals.push((at, signal)));
    }
    transport.advance(until, &mut |signal| signals.push((until, signal)));
    signals
}

fn seeded(signals: &[(SimTime, Signal)]) -> Vec<WorkloadId> {
    let of = |(_, signal): &(SimTime, Signal)| match signal {
        Signal::Seeded { workload } => Some(*workload),
        _ => None,
    };
    signals.iter().filter_map(of).collect()
}

fn cap(counted: Counted, within: Within, most: u32) -> Cap {
    Cap { counted, within, most }
}

/// Azure Migrate's rule.
fn azure_rule() -> DeltaRule {
    let (shortest, longest) = (Span::from_hours(1), Span::from_hours(12));
    DeltaRule { shortest, longest, share_of_previous: 0.5 }
}

/// A gigabyte takes eight seconds over the circuit.
const GB: Bytes = Bytes::new(1_000_000_000);

#[test]
fn copies_share_the_circuit_and_each_disk_is_capped() {
    let mut bench = Bench::new();
    bench.tool().per_disk = Some(Bandwidth::from_mbit(400));
    let mut transport = bench.start();
    transport.start(SimTime::START, job(0, &[GB, GB]));
    assert_eq!(transport.load_of(link()), Bandwidth::from_mbit(800), "two disks of 400 Mbit/s");
    transport.start(SimTime::START, job(1, &[GB]));
    // Three disks at a third of a gigabit: 24 s for a gigabyte each.
    let signals = run(&mut transport, hours(1));
    let [(first, _), (second, _)] = signals[..] else { panic!("two copies, not {signals:?}") };
    assert_eq!(first, second);
    // The kernel rounds a rate down by less than a part in 10^9.
    assert!((first.since(SimTime::START).as_seconds() - 24.0).abs() < 1e-6, "{first:?}");
    assert!(
        transport.take_sent(vm(0)) == GB + GB
            && transport.take_carried(hours(1), link()).get() > 2_999_999_990
    );
}

#[test]
fn a_workloads_disks_together_keep_to_the_cap_of_one_copy() {
    let mut bench = Bench::new();
    bench.tool().per_copy = Some(Bandwidth::from_mbit(100));
    let mut transport = bench.start();
    transport.start(SimTime::START, job(0, &[GB, GB, GB]));
    assert!(transport.load_of(link()) <= Bandwidth::from_mbit(100));
    let signals = run(&mut transport, hours(1));
    // 3 GB at 100 Mbit/s; rounding as above, of three flows.
    assert!((signals[0].0.since(SimTime::START).as_seconds() - 240.0).abs() < 1e-5, "{signals:?}");
    assert_eq!(transport.take_waits(vm(0))[0].0, Waited::Copy(tool()));
}

#[test]
fn what_binds_is_the_narrowest_part_at_each_time() {
    let mut bench = Bench::new();
    bench.host_read = Bandwidth::from_mbit(500);
    bench.installation().throughput = Some(Bandwidth::from_mbit(800));
    let mut transport = bench.start();
    // Alone its host binds: 500 Mbit/s. From a second host comes as much: the appliance.
    transport.start(SimTime::START, job(0, &[GB]));
    let four = after(Span::from_seconds(4));
    run(&mut transport, four);
    transport.start(four, Job { reader: Some(reader(1)), ..job(1, &[GB]) });
    run(&mut transport, hours(1));
    // A quarter in 4 s, the rest at 400 Mbit/s in 15 s.
    let seconds = |waits: Vec<(Waited, Span)>| -> Vec<(Waited, f64)> {
        waits.into_iter().map(|(waited, span)| (waited, (span.as_seconds() * 1e3).round() / 1e3)).collect()
    };
    let (appliance, host) =
        (Waited::Throughput(InstallationId::from_index(0)), Waited::Reading(OfferId::from_index(0)));
    assert_eq!(seconds(transport.take_waits(vm(0))), [(appliance, 15.0), (host, 4.0)]);
    // The other has carried 0.75 GB by then, and the rest at the rate of its host in 4 s.
    assert_eq!(seconds(transport.take_waits(vm(1))), [(appliance, 15.0), (host, 4.0)]);
}

#[test]
fn several_workloads_share_an_appliance_that_leaves_with_the_last_copy() {
    let mut bench = Bench::new();
    bench.host_read = Bandwidth::from_mbit(1_000);
    (bench.tool().trip, bench.tool().capacity) = (Some(Span::from_days(7)), Some(Bytes::new(2_500_000_000)));
    let mut transport = bench.start();
    for index in 0..3 {
        transport.start(SimTime::START, Job { way: Way::Appliance, ..job(index, &[GB]) });
    }
    // The third does not fit. All three are read at once, in 24 s; the circuit is idle.
    assert_eq!(transport.load_of(link()), Bandwidth::default());
    let signals = run(&mut transport, hours(24 * 8));
    assert_eq!(seeded(&signals).len(), 3);
    for (at, _) in signals {
        let seconds = at.since(SimTime::START).as_seconds() - 7.0 * 86_400.0;
        assert!((seconds - 24.0).abs() < 1e-6, "{seconds}");
    }
    // What changed since goes over the circuit.
    let churn = Churn { per_second: 1_000.0, most: GB };
    let mut transport = bench.start();
    transport.start(SimTime::START, Job { way: Way::Appliance, churn, ..job(0, &[GB]) });
    run(&mut transport, hours(24 * 10));
    let (rest, _) = transport.rest(hours(24 * 10), vm(0));
    assert_eq!(rest, Bytes::new(864_000_000), "ten days at a kilobyte a second");
}
