//! The placement day: choosing a host in pools of growing size, then whole days up to a
//! million machines on a hundred thousand hosts, each with its time and the memory that
//! it needed.
//!
//! The whole days are run once each, after criterion's part: `cargo bench --bench day`.

use std::convert::Infallible;
use std::hint::black_box;
use std::process::Command;

use criterion::{BenchmarkId, Criterion};
use portolan::base::units::SimTime;
use portolan::cli::bench_day::{self, DayResult, DaySettings};
use portolan::input::day;
use portolan::simulation::placement::{Demand, Pool, Turn, among};
use portolan::world::{Placement, PlacementPolicy as Policy};

/// A pool as it is at work: filled to three quarters by the machines of a day.
fn filled(hosts: u32) -> Pool {
    let mut pool = Pool::new(bench_day::HOST);
    for _ in 0..hosts {
        pool.add(SimTime::NEVER);
    }
    for vm in day::generate(6 * hosts, 42) {
        let demand = Demand { vcpus: vm.vcpus, mib: vm.mib, disk_gib: 0 };
        let turn = Turn { last: 0, uniform: f64::from(vm.number) / f64::from(6 * hosts) };
        if let Some(host) = among(&Placement::by(Policy::WorstFit), &pool, demand, turn, |_| true) {
            pool.take(host, demand);
        }
    }
    pool
}

/// One machine comes and another goes.
fn choices(criterion: &mut Criterion) {
    for policy in Policy::ALL {
        let mut group = criterion.benchmark_group(format!("place and remove, {}", policy.name()));
        for hosts in [14, 50, 100, 1_000, 10_000, 100_000] {
            let mut pool = filled(hosts);
            let placement = Placement::by(policy);
            if policy.scores() {
                pool.index_states();
            }
            let demands: Vec<Demand> = day::generate(1_000, 7)
                .iter()
                .map(|vm| Demand { vcpus: vm.vcpus, mib: vm.mib, disk_gib: 0 })
                .collect();
            let mut next = 0;
            let mut last = 0;
            group.bench_function(BenchmarkId::from_parameter(hosts), |bencher| {
                bencher.iter(|| {
                    next = (next + 1) % demands.len();
                    let turn = Turn { last, uniform: next as f64 / demands.len() as f64 };
                    if let Some(host) = among(&placement, &pool, demands[next], turn, |_| true) {
                        pool.take(host, demands[next]);
                        pool.give_back(host, demands[next]);
                        last = host;
                    }
                    black_box(last)
                });
            });
        }
        group.finish();
    }
    let mut group = criterion.benchmark_group("fork of a pool");
    for hosts in [14, 1_000] {
        let pool = filled(hosts);
        group.bench_function(BenchmarkId::from_parameter(hosts), |bencher| {
            bencher.iter(|| black_box(pool.clone()));
        });
    }
    group.finish();
}

const DAYS: [(u32, u32); 4] = [(1_000, 100), (10_000, 1_000), (100_000, 10_000), (1_000_000, 100_000)];
/// With this set, the bench is one day in a process of its own.
const ONE_DAY: &str = "PORTOLAN_BENCH_DAY";

/// Each day runs three times in processes of its own, so that its peak of memory is its
/// own; the fastest counts, as what slows the others is the machine.
fn days() {
    println!("\nwhole days, the machines made and placed by best fit, one thread");
    println!(
        "{:>9} {:>8} {:>9} {:>8} {:>8} {:>10} {:>9} {:>9} {:>10}  target",
        "machines", "hosts", "arrived", "ended", "alive", "events", "seconds", "us/VM", "peak MiB"
    );
    let mut per_machine = Vec::new();
    for (vms, hosts) in DAYS {
        let results = (0..3).map(|_| in_a_process_of_its_own(vms, hosts));
        let best = results.min_by(|a, b| a.seconds.total_cmp(&b.seconds)).expect("three runs have a fastest");
        let each = best.seconds * 1e6 / f64::from(vms);
        per_machine.push(each);
        let target = match vms {
            10_000 => format!("0.05 s: {}", verdict(best.seconds <= 0.05)),
            100_000 => {
                format!("0.5 s and 100 MB: {}", verdict(best.seconds <= 0.5 && best.peak_mib <= 95.3))
            }
            1_000_000 => {
                let ratio = each / per_machine[per_machine.len() - 2];
                format!("at most 2x per machine: {ratio:.2}, {}", verdict(ratio <= 2.0))
            }
            _ => String::new(),
        };
        let counts = best.counts.map(|count| format!("{count:>9}")).join("");
        println!(
            "{vms:>9} {hosts:>8}{counts} {:>10} {:>9.4} {each:>9.3} {:>10.1}  {target}",
            best.events, best.seconds, best.peak_mib
        );
    }
}

fn verdict(met: bool) -> &'static str {
    if met { "met" } else { "missed" }
}

struct Day {
    counts: [u64; 3],
    events: u64,
    seconds: f64,
    peak_mib: f64,
}

fn in_a_process_of_its_own(vms: u32, hosts: u32) -> Day {
    let own = std::env::current_exe().expect("the bench is a file");
    let run =
        Command::new(own).env(ONE_DAY, format!("{vms},{hosts}")).output().expect("the bench runs again");
    let text = String::from_utf8(run.stdout).expect("numbers are text");
    let numbers: Vec<f64> = text.split_whitespace().filter_map(|number| number.parse().ok()).collect();
    let [arrived, ended, alive, events, seconds, peak_mib] = numbers[..] else {
        panic!("a day printed `{text}`");
    };
    Day {
        counts: [arrived, ended, alive].map(|count| count as u64),
        events: events as u64,
        seconds,
        peak_mib,
    }
}

fn one_day(vms: u32, hosts: u32) {
    let settings = DaySettings { hosts, policy: Policy::BestFit, moves_every: None };
    let made = || Ok::<_, Infallible>(day::generate(vms, 42));
    let Ok(DayResult { arrived, ended, alive, events, seconds, peak_memory_mib, .. }) =
        bench_day::simulate(made, settings);
    println!("{arrived} {ended} {alive} {events} {seconds} {}", peak_memory_mib.unwrap_or(0.0));
}

fn main() {
    if let Ok(size) = std::env::var(ONE_DAY) {
        let (vms, hosts) = size.split_once(',').expect("machines,hosts");
        one_day(vms.parse().expect("a number"), hosts.parse().expect("a number"));
        return;
    }
    let mut criterion = Criterion::default().sample_size(20).configure_from_args();
    choices(&mut criterion);
    criterion.final_summary();
    days();
}
