//! Places among the copies in flight, and who gets them.

use super::*;

/// The disks in flight of each host, looked at whenever something happens.
fn peak(transport: &mut Transport, until: SimTime) -> (u32, u32, Vec<(SimTime, Signal)>) {
    let installation = InstallationId::from_index(0);
    let (mut disks, mut workloads, mut signals) = (0, 0, Vec::new());
    loop {
        let now = transport.in_flight(installation);
        (disks, workloads) = (disks.max(now.0), workloads.max(now.1));
        let Some(at) = transport.next_at().filter(|at| *at <= until) else {
            return (disks, workloads, signals);
        };
        transport.advance(at, &mut |signal| signals.push((at, signal)));
    }
}

#[test]
fn azure_migrate_has_52_disks_in_flight_and_8_of_each_host() {
    let mut bench = Bench::new();
    bench.installation().caps = vec![cap(Counted::Disks, Within::Unit, 52)];
    bench.tool().caps = vec![cap(Counted::Disks, Within::Host, 8)];
    let mut transport = bench.start();
    // Six hosts with ten workloads of two disks each, later one more host.
    for index in 0..60 {
        transport
            .start(SimTime::START, Job { reader: Some(reader(index as u32 / 10)), ..job(index, &[GB; 2]) });
    }
    assert_eq!(transport.in_flight(InstallationId::from_index(0)).0, 48, "eight of each of six hosts");
    for index in 60..70 {
        transport.start(SimTime::START, Job { reader: Some(reader(6)), ..job(index, &[GB; 2]) });
    }
    let (disks, _, signals) = peak(&mut transport, hours(10));
    assert_eq!(disks, 52);
    assert_eq!(seeded(&signals).len(), 70);
}

#[test]
fn hcx_has_300_workloads_in_flight_and_200_of_each_mesh_and_17_terabytes_a_day() {
    let mut bench = Bench::new();
    bench.links[link()].bandwidth = Bandwidth::from_mbit(100_000);
    bench.tool().per_copy = Some(Bandwidth::from_mbit(1_000));
    let installation = bench.installation();
    installation.throughput = Some(Bandwidth::from_mbit(1_600));
    installation.caps =
        vec![cap(Counted::Workloads, Within::Manager, 300), cap(Counted::Workloads, Within::Unit, 200)];
    for (units, most) in [(1, 200), (2, 300)] {
        bench.installation().units = units;
        let mut transport = bench.start();
        for index in 0..400 {
            transport.start(SimTime::START, job(index, &[GB, GB]));
        }
        let (_, workloads, signals) = peak(&mut transport, hours(24));
        assert_eq!(workloads, most, "with {units} meshes");
        assert_eq!(seeded(&signals).len(), 400);
    }
    // One mesh that is always busy carries 1.6 Gbit/s: 17.28 TB a day.
    bench.installation().units = 1;
    let mut transport = bench.start();
    let large = Bytes::new(100 * GB.get());
    for index in 0..200 {
        transport.start(SimTime::START, job(index, &[large]));
    }
    run(&mut transport, hours(24));
    let terabytes = transport.take_carried(hours(24), link()).as_gb() / 1e3;
    // Each of 200 flows is rounded down by less than a bit per second.
    assert!((terabytes - 17.28).abs() < 1e-4, "{terabytes}");
}

#[test]
fn last_deltas_go_before_first_copies_and_these_before_cycles_and_what_is_under_way_before_what_is_new() {
    let mut bench = Bench::new();
    bench.cycles = DeltaCycles::Each;
    bench.installation().caps = vec![cap(Counted::Disks, Within::Unit, 1)];
    bench.tool().delta = Some(azure_rule());
    let mut transport = bench.start();
    let churn = Churn { per_second: 100_000.0, most: GB };
    // Two are in sync; at two hours and a little both have long had their first cycles.
    transport.start(SimTime::START, Job { churn, ..job(0, &[GB]) });
    transport.start(SimTime::START, Job { churn, ..job(1, &[GB]) });
    let now = after(Span::from_minutes(64));
    run(&mut transport, now);
    // A long first copy takes the only place; behind it wait a second disk of it, another
    // first copy, the next cycles, and a last delta.
    let long = Bytes::new(10 * GB.get());
    transport.start(now, job(2, &[long, long]));
    transport.start(now, job(3, &[GB]));
    transport.finish(now, vm(1), Last::Delta);
    let signals = run(&mut transport, hours(6));
    let order: Vec<(WorkloadId, &str)> = signals
        .iter()
        .filter_map(|(_, signal)| match signal {
            Signal::Seeded { workload } => Some((*workload, "seeded")),
            Signal::Synced { workload, .. } => Some((*workload, "synced")),
            Signal::Delivered { workload } => Some((*workload, "delivered")),
            _ => None,
        })
        .take(4)
        .collect();
    assert_eq!(order, [(vm(1), "delivered"), (vm(2), "seeded"), (vm(3), "seeded"), (vm(0), "synced")]);
}

#[test]
fn a_serial_tool_switches_over_one_at_a_time_whosever_they_are() {
    let mut bench = Bench::new();
    bench.tool().cutover = Cutover::Serial;
    bench.tool().delta = Some(azure_rule());
    let mut transport = bench.start();
    let churn = Churn { per_second: 1_000.0, most: GB };
    for index in 0..4 {
        transport.start(SimTime::START, Job { churn, ..job(index, &[GB]) });
    }
    run(&mut transport, hours(5));
    for index in 0..4 {
        transport.finish(hours(5), vm(index), Last::Delta);
    }
    let mut now = hours(5);
    for index in 0..4 {
        let signals = run(&mut transport, now);
        let began = signals.iter().filter(|(_, signal)| matches!(signal, Signal::Begun { .. })).count();
        assert_eq!(began, 1, "only the turn of {index} has come");
        // Ten minutes of switching over, as the caller says, before the next.
        now += Span::from_minutes(10);
        let signals = run(&mut transport, now);
        assert!(matches!(signals[..], [(_, Signal::Delivered { workload })] if workload == vm(index)));
        transport.end(now, vm(index));
    }
    assert!(transport.is_empty());
}
