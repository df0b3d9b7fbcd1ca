//! The kernel beside its peers, in one run: criterion's figures first, then a table of our
//! own, measured in turns (A B C A B C …) in processor time, with what is asked of each
//! line and the ratio to each peer. The machine's noise is in all figures of a line alike,
//! so ratios decide.
//!
//! `cargo bench` in this folder; `cargo bench -- --table` for the table alone.

use std::hint::black_box;

use cpu_time::ThreadTime;
use criterion::{Criterion, Throughput};
use portolan_peers::{Network, Outcome, Work, naive, nexosim, ours, simcore};

/// One simulator's way of doing a line's work.
struct Side {
    name: &'static str,
    work: Box<dyn Work>,
}

/// One line of the table.
struct Line {
    name: &'static str,
    /// Work units a measurement.
    amount: u64,
    target: Target,
    /// Ours first.
    sides: Vec<Side>,
    /// How far the sides' means may lie apart, relatively: chance, and what is stated
    /// where the sides differ.
    tolerance: f64,
}

/// What is asked of a line; every part of it must be met.
#[derive(Default)]
struct Target {
    /// At most so many nanoseconds.
    at_most_ns: Option<f64>,
    /// So many times faster than the side of this name.
    faster: &'static [(&'static str, f64)],
}

fn side(name: &'static str, work: impl Work + 'static) -> Side {
    Side { name, work: Box::new(work) }
}

fn lines() -> Vec<Line> {
    let within = |ns| Target { at_most_ns: Some(ns), faster: &[] };
    let flows = |network: fn() -> Network| {
        vec![
            side("portolan", ours::Flows::new(network())),
            side("re-solve all", naive::Flows::new(network())),
        ]
    };
    vec![
        Line {
            name: "M/M/1, a customer",
            amount: 20_000,
            target: Target { at_most_ns: Some(45.0), faster: &[("simcore", 2.0), ("nexosim", 20.0)] },
            sides: vec![
                side("portolan", ours::Desk::new()),
                side("simcore", simcore::Desk::new()),
                side("nexosim", nexosim::Desk::new()),
            ],
            // Four standard errors of the wait after 400,000 customers: about 2.5 %.
            tolerance: 0.05,
        },
        Line {
            name: "M/M/1 by QueuedResource",
            amount: 20_000,
            target: Target::default(),
            sides: vec![side("portolan", ours::StaffedDesk::new()), side("simcore", simcore::Desk::new())],
            tolerance: 0.05,
        },
        Line {
            name: "PHOLD 1,024 x 1",
            amount: 20_000,
            target: Target::default(),
            sides: vec![
                side("portolan", ours::Phold::new(1_024, 1)),
                side("simcore", simcore::Phold::new(1_024, 1)),
                side("nexosim", nexosim::Phold::new(1_024, 1)),
            ],
            tolerance: 0.05,
        },
        Line {
            name: "PHOLD 1,024 x 16",
            amount: 50_000,
            target: Target::default(),
            sides: vec![
                side("portolan", ours::Phold::new(1_024, 16)),
                side("simcore", simcore::Phold::new(1_024, 16)),
            ],
            tolerance: 0.05,
        },
        Line {
            name: "PHOLD 65,536 x 1",
            amount: 100_000,
            target: within(160.0),
            sides: vec![
                side("portolan", ours::Phold::new(65_536, 1)),
                side("simcore", simcore::Phold::new(65_536, 1)),
            ],
            tolerance: 0.05,
        },
        Line {
            name: "re-timing, 1e3 pending",
            amount: 100_000,
            target: Target::default(),
            sides: vec![
                side("portolan", ours::Timers::new(1_000)),
                side("simcore", simcore::Timers::new(1_000)),
            ],
            tolerance: 0.1,
        },
        Line {
            name: "re-timing, 1e5 pending",
            amount: 100_000,
            target: within(110.0),
            sides: vec![
                side("portolan", ours::Timers::new(100_000)),
                side("simcore", simcore::Timers::new(100_000)),
            ],
            tolerance: 0.1,
        },
        Line {
            name: "one link, 10,000 transfers",
            amount: 100_000,
            target: within(100.0),
            sides: vec![side("portolan", ours::OneLink::new(10_000))],
            tolerance: 0.05,
        },
        Line {
            name: "max-min, 25 components",
            amount: 2_000,
            target: Target { at_most_ns: None, faster: &[("re-solve all", 20.0)] },
            sides: flows(|| Network::in_parts(25)),
            tolerance: 0.05,
        },
        Line {
            name: "max-min, one, 100 routes",
            amount: 1_000,
            target: Target { at_most_ns: None, faster: &[("re-solve all", 1.0)] },
            sides: flows(|| Network::with_routes(100)),
            tolerance: 0.05,
        },
        Line {
            name: "max-min, one, any routes",
            amount: 1_000,
            target: Target { at_most_ns: None, faster: &[("re-solve all", 1.0)] },
            sides: flows(|| Network::in_parts(1)),
            tolerance: 0.05,
        },
    ]
}

fn criterion_run(lines: &mut [Line]) {
    let mut criterion = Criterion::default().configure_from_args();
    for line in lines {
        let mut group = criterion.benchmark_group(line.name.replace(['/', ','], ""));
        group.throughput(Throughput::Elements(line.amount));
        group.sample_size(10);
        for side in &mut line.sides {
            group.bench_function(side.name, |bencher| {
                bencher.iter(|| black_box(side.work.advance(line.amount)));
            });
        }
        group.finish();
    }
    criterion.final_summary();
}

/// The processor time of one unit of work.
fn ns_each(work: &mut dyn Work, amount: u64) -> f64 {
    let start = ThreadTime::now();
    let done = work.advance(amount);
    start.elapsed().as_nanos() as f64 / done as f64
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Measures the sides of a line in turns; the medians, and for each peer the median of the
/// ratios within a turn.
fn measure(line: &mut Line) -> (Vec<f64>, Vec<f64>) {
    const TURNS: usize = 31;
    let mut times: Vec<Vec<f64>> = vec![Vec::new(); line.sides.len()];
    for turn in 0..=TURNS {
        for (side, times) in line.sides.iter_mut().zip(&mut times) {
            let ns = ns_each(side.work.as_mut(), line.amount);
            if turn > 0 {
                times.push(ns);
            }
        }
    }
    let ours = times[0].clone();
    let ratio = |theirs: &Vec<f64>| {
        median(&mut theirs.iter().zip(&ours).map(|(theirs, ours)| theirs / ours).collect::<Vec<f64>>())
    };
    let ratios = times.iter().map(ratio).collect();
    (times.iter_mut().map(|times| median(times)).collect(), ratios)
}

/// Before anything is measured: the sides do the same work, so their means agree.
fn check(line: &mut Line) {
    const TIMES: u64 = 20;
    for side in &mut line.sides {
        (0..TIMES).for_each(|_| {
            side.work.advance(line.amount);
        });
    }
    let ours = line.sides[0].work.outcome();
    for side in &line.sides[1..] {
        let Outcome { events, mean } = side.work.outcome();
        let apart = (mean / ours.mean - 1.0).abs();
        assert!(apart < line.tolerance, "{}: {} has {mean}, we {}", line.name, side.name, ours.mean);
        // A simulator that stops on a condition may do a few more.
        assert!(events.abs_diff(ours.events) * 50 <= events, "{}: {} did {events}", line.name, side.name);
    }
}

/// What simcore took where the targets in nanoseconds were set: a quiet 2.5 GHz core.
const SIMCORE_THERE: [(&str, f64); 3] =
    [("M/M/1, a customer", 102.0), ("PHOLD 65,536 x 1", 735.0), ("re-timing, 1e5 pending", 1_540.0)];

/// How much slower this machine is now than that one: the median over simcore's lines.
fn slowness(lines: &[Line], measured: &[(Vec<f64>, Vec<f64>)]) -> f64 {
    let ratio = |(name, there): &(&str, f64)| {
        let place = lines.iter().position(|line| line.name == *name)?;
        let simcore = lines[place].sides.iter().position(|side| side.name == "simcore")?;
        Some(measured[place].0[simcore] / there)
    };
    median(&mut SIMCORE_THERE.iter().filter_map(ratio).collect::<Vec<f64>>())
}

fn table(lines: &mut [Line]) {
    let measured: Vec<(Vec<f64>, Vec<f64>)> = lines.iter_mut().map(measure).collect();
    let slowness = slowness(lines, &measured);
    println!(
        "\nsimcore takes {slowness:.2} times as long as where the targets were set, so nanoseconds may be as\n\
         many times more. Times of a line are medians of turns, ratios medians within a turn.\n"
    );
    println!(
        "{:<27} {:>8}  {:<30} {:<44} ",
        "work, ns each", "portolan", "target", "peers: ns, times as long"
    );
    for (line, (times, ratios)) in lines.iter().zip(measured) {
        let peers: Vec<String> = (1..line.sides.len())
            .map(|peer| format!("{} {:.0} ({:.1}x)", line.sides[peer].name, times[peer], ratios[peer]))
            .collect();
        let mut asked: Vec<String> = Vec::new();
        let mut missed: Vec<String> = Vec::new();
        if let Some(ns) = line.target.at_most_ns {
            let here = ns * slowness;
            asked.push(format!("<= {ns:.0} ({here:.0} here)"));
            if times[0] > here {
                missed.push(format!("{ns:.0} ns"));
            }
        }
        for (name, factor) in line.target.faster {
            let peer = line.sides.iter().position(|side| side.name == *name).expect("a side of the line");
            asked.push(format!("{factor:.0}x {name}"));
            if ratios[peer] < *factor {
                missed.push(format!("{factor:.0}x {name}"));
            }
        }
        let verdict = match (asked.is_empty(), missed.is_empty()) {
            (true, _) => String::new(),
            (false, true) => "meets".to_owned(),
            (false, false) => format!("misses {}", missed.join(", ")),
        };
        let (asked, peers) = (asked.join(", "), peers.join(", "));
        println!("{:<27} {:>8.0}  {:<30} {:<44} {verdict}", line.name, times[0], asked, peers);
    }
}

fn main() {
    let mut lines = lines();
    lines.iter_mut().for_each(check);
    if !std::env::args().any(|argument| argument == "--table") {
        criterion_run(&mut lines);
    }
    table(&mut lines);
}
