//! Live moves, and what faults make of copies.

use super::*;
use crate::world::rules::precopy::{self, Memory};
use crate::world::{PreCopy, Unconverged};

fn memory(gib: u64, per_second: f64) -> Memory {
    Memory::dirtied_evenly(Bytes::from_gib(gib), per_second)
}

fn session(index: usize, memory: Memory, rule: PreCopy, disks: &[Bytes]) -> Job<'_> {
    Job { way: Way::Session(Rounds::start(memory, rule)), ..job(index, disks) }
}

#[test]
fn passes_alone_on_a_circuit_are_those_of_the_closed_loop() {
    let bench = Bench::new();
    let rule = PreCopy { throttle: None, ..precopy::KVM };
    for per_second in [0.0, 20e6, 80e6] {
        let mut transport = bench.start();
        transport.start(SimTime::START, session(0, memory(8, per_second), rule, &[]));
        let signals = run(&mut transport, hours(2));
        let stopped = signals.iter().find(|(_, signal)| matches!(signal, Signal::SwitchOver { .. }));
        let delivered = signals.last().expect("something happens").0;
        let (rate, deadline) = (Bandwidth::from_mbit(1_000), Span::from_hours(1));
        let closed = precopy::at_constant_rate(memory(8, per_second), rule, rate, deadline);
        // A nanosecond a pass, and a part in 10^9 of the rate.
        let total = delivered.since(SimTime::START).as_seconds();
        assert!((total - closed.total.as_seconds()).abs() < 1e-5, "{per_second}: {total}, {closed:?}");
        let down = delivered.since(stopped.expect("the guest stops").0).as_seconds();
        assert!((down - closed.downtime.as_seconds()).abs() < 1e-5, "{per_second}: {down}, {closed:?}");
    }
}

#[test]
fn a_guest_that_writes_too_fast_is_stopped_or_stays_by_its_hypervisors_rule() {
    let bench = Bench::new();
    for (otherwise, ends) in [(Unconverged::Stop, "stopped"), (Unconverged::Abort, "stays")] {
        let mut transport = bench.start();
        let rule = PreCopy { throttle: None, otherwise, ..precopy::KVM };
        transport.start(SimTime::START, session(0, memory(8, 500e6), rule, &[]));
        let signals = run(&mut transport, hours(2));
        let end = signals.iter().find_map(|(_, signal)| match signal {
            Signal::SwitchOver { ended: Passes::Forced, .. } => Some("stopped"),
            Signal::Aborted { why: Abort::NotConverged, .. } => Some("stays"),
            _ => None,
        });
        assert_eq!(end, Some(ends));
    }
}

#[test]
fn a_session_sends_disks_before_memory() {
    let bench = Bench::new();
    let mut transport = bench.start();
    transport.start(SimTime::START, session(0, memory(1, 0.0), precopy::VMOTION, &[GB]));
    run(&mut transport, after(Span::from_seconds(9)));
    assert_eq!(transport.take_sent(vm(0)), GB, "the disk took eight seconds");
    let signals = run(&mut transport, hours(1));
    assert!(matches!(signals.last(), Some((_, Signal::Delivered { .. }))));
    // Pages have headers.
    assert!(transport.take_sent(vm(0)) > Bytes::from_gib(1));
}

#[test]
fn a_circuit_that_is_down_pauses_copies_and_breaks_passes_off() {
    let bench = Bench::new();
    let mut transport = bench.start();
    let (second, minute) = (after(Span::from_seconds(1)), after(Span::from_minutes(1)));
    transport.start(SimTime::START, job(0, &[GB]));
    transport.start(SimTime::START, session(1, memory(8, 0.0), precopy::KVM, &[]));
    run(&mut transport, second);
    transport.link_lost(second, link());
    let signals = run(&mut transport, minute);
    let aborted = Signal::Aborted { workload: vm(1), why: Abort::LinkDown };
    assert_eq!(signals, [(second, aborted)]);
    transport.end(minute, vm(1));
    transport.link_back(minute, link());
    let signals = run(&mut transport, hours(1));
    // Half the circuit for a second, then all of it for 7.5 s.
    assert_eq!(seeded(&signals), [vm(0)]);
    let took = signals[0].0.since(minute).as_seconds();
    assert!((took - 7.5).abs() < 1e-6, "{took}");
}

#[test]
fn a_disk_whose_host_fails_is_read_again_and_one_that_was_read_is_not() {
    let mut bench = Bench::new();
    bench.installation().caps = vec![cap(Counted::Disks, Within::Unit, 1)];
    let mut transport = bench.start();
    transport.start(SimTime::START, job(0, &[GB, GB]));
    let twelve = after(Span::from_seconds(12));
    run(&mut transport, twelve);
    transport.reader_lost(twelve, vm(0));
    assert_eq!(transport.in_flight(InstallationId::from_index(0)), (0, 0));
    assert!(run(&mut transport, hours(1)).is_empty(), "nothing goes on by itself");
    assert_eq!(transport.halted(), [vm(0)]);
    transport.reader_back(hours(1), vm(0), Some(reader(3)));
    let signals = run(&mut transport, hours(2));
    let took = signals[0].0.since(hours(1)).as_seconds();
    assert!((took - 8.0).abs() < 1e-6, "the second disk, from its beginning: {took}");
    // A disk, half of one that was lost, and that one again.
    assert_eq!(transport.take_sent(vm(0)), Bytes::new(2_500_000_000));
}

#[test]
fn a_copy_that_comes_back_from_its_last_stage_is_in_sync_as_before() {
    for cycles in [DeltaCycles::Each, DeltaCycles::Mean] {
        let mut bench = Bench::new();
        bench.cycles = cycles;
        bench.tool().delta = Some(azure_rule());
        let mut transport = bench.start();
        let churn = Churn { per_second: 100_000.0, most: GB };
        transport.start(SimTime::START, Job { churn, ..job(0, &[GB]) });
        run(&mut transport, hours(5));
        transport.finish(hours(5), vm(0), Last::Delta);
        let signals = run(&mut transport, hours(6));
        assert!(matches!(signals.last(), Some((_, Signal::Delivered { .. }))), "{signals:?}");
        transport.back_to_sync(hours(6), vm(0));
        assert_eq!(transport.rest(hours(6), vm(0)).0, Bytes::ZERO, "nothing was written meanwhile");
        run(&mut transport, hours(30));
        let rest = transport.rest(hours(30), vm(0)).0;
        assert!(rest > Bytes::ZERO && rest < Bytes::new(100_000 * 3_700), "an hour's at most: {rest:?}");
        transport.end(hours(30), vm(0));
        assert!(transport.is_empty() && transport.next_at().is_none());
        assert_eq!(transport.load_of(link()), Bandwidth::default());
    }
}
