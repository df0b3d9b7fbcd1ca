//! Keeping in sync: each cycle, or their mean.

use super::*;

/// Ten workloads of two gigabytes in sync for a day, of which the last deltas are then
/// carried: what the circuit carried meanwhile, and each last delta.
fn a_day(cycles: DeltaCycles, per_second: f64) -> (f64, Vec<Bytes>) {
    let mut bench = Bench::new();
    bench.cycles = cycles;
    bench.tool().delta = Some(azure_rule());
    bench.tool().per_disk = Some(Bandwidth::from_mbit(200));
    let mut transport = bench.start();
    for index in 0..10 {
        let churn = Churn { per_second, most: Bytes::new(GB.get() / 2) };
        transport.start(after(Span::from_minutes(7 * index as u64)), Job { churn, ..job(index, &[GB, GB]) });
        run(&mut transport, after(Span::from_minutes(7 * index as u64 + 6)));
    }
    run(&mut transport, hours(2));
    transport.take_carried(hours(2), link());
    run(&mut transport, hours(26));
    let carried = transport.take_carried(hours(26), link()).as_gb();
    let rests = (0..10).map(|index| transport.rest(hours(26), vm(index)).0).collect();
    (carried, rests)
}

#[test]
fn the_mean_and_each_cycle_agree_on_the_load_and_on_the_last_delta() {
    // 20 kB/s light, 400 kB/s a flow of its own: 1/64 of 400 Mbit/s is 781 kB/s.
    for per_second in [20_000.0, 400_000.0] {
        let (each, exact) = a_day(DeltaCycles::Each, per_second);
        let (mean, worked_out) = a_day(DeltaCycles::Mean, per_second);
        // What saturates is sent less by cycles than by the mean: an hour's changes of
        // 400 kB/s are 1.44 GB, of which half a gigabyte is sent.
        let saturates = per_second * 3_600.0 > 5e8;
        if !saturates {
            // A day is not a whole number of cycles of an hour and a little: one of 24.
            assert!((mean / each - 1.0).abs() < 1.0 / 24.0, "{mean} and {each} GB");
        }
        for (exact, worked_out) in exact.iter().zip(worked_out) {
            // Cycles of one alone take as long as those beside nine others but for the
            // moments when two meet: what changes in a minute.
            let apart = exact.get().abs_diff(worked_out.get()) as f64;
            assert!(apart <= per_second * 60.0, "{exact:?} and {worked_out:?}");
        }
    }
}

#[test]
fn cycles_follow_the_rule_of_the_tool() {
    let mut bench = Bench::new();
    bench.cycles = DeltaCycles::Each;
    bench.tool().delta = Some(azure_rule());
    let mut transport = bench.start();
    // 25 MB/s of 125: a first copy of 8 000 s, then cycles of a fifth of what passes.
    let churn = Churn { per_second: 25e6, most: Bytes::new(1 << 50) };
    transport.start(SimTime::START, Job { churn, ..job(0, &[Bytes::new(1_000_000_000_000)]) });
    let signals = run(&mut transport, hours(12));
    let cycles: Vec<(f64, f64)> = signals
        .iter()
        .filter_map(|(at, signal)| match signal {
            Signal::Synced { took, .. } => Some((at.since(SimTime::START).as_seconds(), took.as_seconds())),
            _ => None,
        })
        .collect();
    // The first at once: a fifth of 8,000 s. Then an hour, since half of 1,600 s is less,
    // and (3,600 + 1,600) / 5 = 1,040 s; and so on.
    let mut expected = vec![(9_600.0, 1_600.0)];
    while let [.., (ended, took)] = expected[..] {
        let next = (3_600.0 + took) / 5.0;
        if ended + 3_600.0 + next > 43_200.0 {
            break;
        }
        expected.push((ended + 3_600.0 + next, next));
    }
    assert_eq!(cycles.len(), expected.len());
    for (cycle, expected) in cycles.iter().zip(expected) {
        // Rounding of rates, to a part in 10^9, over half a day.
        assert!((cycle.0 - expected.0).abs() < 1e-3 && (cycle.1 - expected.1).abs() < 1e-3, "{cycle:?}");
    }
}

#[test]
fn a_copy_that_changes_faster_than_it_is_carried_is_told_of_once() {
    for cycles in [DeltaCycles::Each, DeltaCycles::Mean] {
        let mut bench = Bench::new();
        bench.cycles = cycles;
        bench.tool().delta = Some(azure_rule());
        let mut transport = bench.start();
        // 200 MB/s of 125, on at most 900 GB of its terabyte: two hours for what is hot.
        let most = Bytes::new(900_000_000_000);
        let churn = Churn { per_second: 200e6, most };
        transport.start(SimTime::START, Job { churn, ..job(0, &[Bytes::new(1_000_000_000_000)]) });
        let signals = run(&mut transport, hours(24 * 7));
        let told = signals.iter().filter(|(_, signal)| matches!(signal, Signal::Diverging { .. })).count();
        assert_eq!(told, 1, "{cycles:?}");
        // Its rest is all that is hot, and no more: two hours over the circuit.
        let (rest, takes) = transport.rest(hours(24 * 7), vm(0));
        assert_eq!((rest, takes), (most, Span::from_seconds(7_200)), "{cycles:?}");
        transport.finish(hours(24 * 7), vm(0), Last::Delta);
        let signals = run(&mut transport, hours(24 * 8));
        let delivered = signals.iter().find(|(_, signal)| matches!(signal, Signal::Delivered { .. }));
        assert!(delivered.is_some_and(|(at, _)| at.since(hours(24 * 7)).as_seconds() < 7_201.0));
    }
}

#[test]
fn a_copy_with_a_share_below_its_churn_for_a_while_catches_up_and_does_not_diverge() {
    let mut bench = Bench::new();
    bench.tool().delta = Some(azure_rule());
    let mut transport = bench.start();
    let churn = Churn { per_second: 50e6, most: Bytes::new(1 << 50) };
    transport.start(SimTime::START, Job { churn, ..job(0, &[GB]) });
    run(&mut transport, hours(10));
    let usual = transport.rest(hours(10), vm(0)).0;
    // Five copies beside it for 100 minutes: a sixth of the circuit, 21 MB/s, is less than
    // its churn, but not for two hours.
    for index in 1..=5 {
        transport.start(hours(10), job(index, &[Bytes::new(125_000_000_000)]));
    }
    let signals = run(&mut transport, after(Span::from_minutes(660)));
    assert!(signals.is_empty());
    let behind = transport.rest(after(Span::from_minutes(660)), vm(0)).0;
    assert!(behind.get() > usual.get() + 100_000_000_000 / 2, "an hour at 29 MB/s too little: {behind:?}");
    let signals = run(&mut transport, hours(24));
    assert!(signals.iter().all(|(_, signal)| !matches!(signal, Signal::Diverging { .. })), "{signals:?}");
    // Cycles of an hour and 40 minutes' sending; no more than one cycle's changes.
    assert!(transport.rest(hours(24), vm(0)).0.get() < 50_000_000 * 3_600 * 3, "it has caught up");
}

#[test]
fn a_tool_that_allows_so_many_snapshots_merges_them_and_the_last_delta_grows() {
    for cycles in [DeltaCycles::Each, DeltaCycles::Mean] {
        let mut bench = Bench::new();
        bench.cycles = cycles;
        let hour = Span::from_hours(1);
        bench.tool().delta = Some(DeltaRule { shortest: hour, longest: hour, share_of_previous: 0.0 });
        bench.tool().most_snapshots = Some(28);
        let mut transport = bench.start();
        let churn = Churn { per_second: 10_000.0, most: Bytes::new(10 * GB.get()) };
        transport.start(SimTime::START, Job { churn, ..job(0, &[GB]) });
        run(&mut transport, hours(20));
        assert!(transport.rest(hours(20), vm(0)).0 <= Bytes::new(36_100_000), "an hour's changes at most");
        run(&mut transport, hours(24 * 6));
        let rest = transport.rest(hours(24 * 6), vm(0)).0.get() as f64;
        // 28 cycles are over after 27 hours and a little; the other 117 hours are left.
        assert!((rest / (117.0 * 3.6e7) - 1.0).abs() < 0.01, "{cycles:?}: {rest}");
        assert_eq!(transport.load_of(link()), Bandwidth::default(), "it is kept in sync no more");
    }
}

#[test]
fn what_is_sent_as_it_comes_leaves_the_last_seconds() {
    let mut transport = Bench::new().start();
    let churn = Churn { per_second: 1e6, most: GB };
    transport.start(SimTime::START, Job { churn, ..job(0, &[GB]) });
    run(&mut transport, hours(3));
    assert_eq!(transport.load_of(link()), Bandwidth::from_mbit(8));
    assert_eq!(transport.rest(hours(3), vm(0)).0, Bytes::new(10_000_000));
}
