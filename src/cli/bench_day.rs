//! `portolan bench-day CSV --hosts N`: the common placement day, timed.

use std::path::PathBuf;
use std::time::Instant;

use anyhow::Context as _;
use clap::{Args, ValueEnum};
use serde::Serialize;

use crate::base::units::{Bandwidth, Bytes, SimTime, Span};
use crate::input::day::{self, DayVm};
use crate::simulation::fleet::{Change, Fleet, HostGroup, Planned, Rules, Unobserved, Vm};
use crate::simulation::placement::Demand;
use crate::world::{HostShape, PlacementPolicy};

/// Place a day of machines on hosts and say how long it took
///
/// Hosts have 32 virtual processors, 131,072 MiB and 10 Gbit/s, without over-commit. A
/// machine that finds no host is tried again every 60 s and given up after 3,600 s;
/// hosts are sampled every 300 s; the day ends after 86,400 s. One thread.
#[derive(Args, Clone, Debug)]
pub struct BenchDayArgs {
    /// The day: vm_id,arrival_s,lifetime_s,cpus,mem_mib. May be gzip.
    #[arg(value_name = "CSV", required_unless_present = "vms")]
    pub file: Option<PathBuf>,
    /// Make a day of so many machines instead of reading one.
    #[arg(long, value_name = "N", conflicts_with = "file", value_parser = clap::value_parser!(u32).range(1..=100_000_000))]
    pub vms: Option<u32>,
    /// The seed of the day that is made.
    #[arg(long, value_name = "N", default_value_t = 42, conflicts_with = "file")]
    pub seed: u64,
    /// How many hosts there are.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=10_000_000))]
    pub hosts: u32,
    /// Move every machine whose number is divisible by 50 live to another host, at the
    /// middle of its life.
    #[arg(long)]
    pub migrate: bool,
    /// Which host takes a machine.
    #[arg(long, value_name = "NAME", default_value = "best-fit", value_parser = policy)]
    pub policy: PlacementPolicy,
    /// How to print the result.
    #[arg(long, value_enum, default_value_t)]
    pub format: BenchFormat,
}

/// How to print the result.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum BenchFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object.
    Json,
}

fn policy(name: &str) -> Result<PlacementPolicy, String> {
    name.parse().map_err(|_| {
        let names: Vec<&str> = PlacementPolicy::ALL.iter().map(|policy| policy.name()).collect();
        format!("no policy has this name; there are {}", names.join(", "))
    })
}

/// What a day came to.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct DayResult {
    /// Machines that arrived within the day.
    pub arrived: u32,
    /// Machines that ended within it.
    pub ended: u32,
    /// Machines that run at its end.
    pub alive: u32,
    /// Machines that wait for a host at its end.
    pub waiting: u32,
    /// Machines that were given up.
    pub given_up: u32,
    /// Live moves that started.
    pub migrations: u32,
    /// Live moves that were completed within the day.
    pub migrations_completed: u32,
    /// Events that happened.
    pub events: u64,
    /// The mean share of the hosts' processors in use.
    pub mean_cpu: f64,
    /// The mean share of the hosts' memory in use.
    pub mean_memory: f64,
    /// Wall-clock time to read or make the day.
    pub read_seconds: f64,
    /// Wall-clock time in all.
    pub seconds: f64,
    /// The most memory that the process held; none where the system does not say.
    pub peak_memory_mib: Option<f64>,
}

/// What is done with a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DaySettings {
    /// How many hosts there are.
    pub hosts: u32,
    /// Which host takes a machine.
    pub policy: PlacementPolicy,
    /// Every machine whose number is divisible by this moves live at the middle of its
    /// life.
    pub moves_every: Option<u32>,
}

/// The size of every host.
pub const HOST: HostShape = HostShape { sockets: 1, cores: 32, vcpus: 32, memory: Bytes::from_mib(131_072) };

/// The hosts and machines of a day, ready to run.
pub fn fleet<O: crate::simulation::fleet::Observer>(
    day: Vec<DayVm>,
    settings: DaySettings,
    observer: O,
) -> Fleet<O> {
    let hosts = HostGroup {
        count: settings.hosts,
        shape: HOST,
        physical_memory: HOST.memory,
        disk_gib: Demand::UNCOUNTED,
        nic: Bandwidth::from_mbit(10_000),
    };
    let mut plan = Vec::new();
    if let Some(every) = settings.moves_every {
        plan.extend(day.iter().filter(|vm| vm.number.is_multiple_of(every)).map(|vm| Planned {
            number: vm.number,
            after: Span::from_ns(vm.lifetime.as_ns() / 2),
            change: Change::Migrate,
        }));
    }
    let machine = |vm: DayVm| Vm {
        number: vm.number,
        arrives: vm.arrives,
        lifetime: vm.lifetime,
        demand: Demand { vcpus: vm.vcpus, mib: vm.mib, disk_gib: 0 },
    };
    let machines = day.into_iter().map(machine).collect();
    Fleet::new(Rules { policy: settings.policy, ..Rules::DAY }, &[hosts], machines, observer).planning(plan)
}

/// Runs a day that `source` provides.
///
/// # Errors
/// What `source` says.
pub fn simulate<E>(
    source: impl FnOnce() -> Result<Vec<DayVm>, E>,
    settings: DaySettings,
) -> Result<DayResult, E> {
    let began = Instant::now();
    let day = source()?;
    let read_seconds = began.elapsed().as_secs_f64();
    let mut engine = fleet(day, settings, Unobserved).start();
    engine.run_until(SimTime::START + Span::from_days(1));
    let (counts, loaded) = (*engine.model().counts(), *engine.model().loaded());
    Ok(DayResult {
        arrived: counts.arrived,
        ended: counts.ended,
        alive: counts.alive(),
        waiting: counts.waiting(),
        given_up: counts.given_up,
        migrations: counts.moves_started,
        migrations_completed: counts.migrated,
        events: engine.scheduler().handled(),
        mean_cpu: loaded.mean_cpu().unwrap_or(0.0),
        mean_memory: loaded.mean_memory().unwrap_or(0.0),
        read_seconds,
        seconds: began.elapsed().as_secs_f64(),
        peak_memory_mib: peak_memory_mib(),
    })
}

/// The most memory that this process held so far, as Linux counts it; none elsewhere.
pub fn peak_memory_mib() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kib: f64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib / 1_024.0)
}

/// Runs the day and prints what it came to on stdout.
///
/// # Errors
/// When the file is refused (a [`day::DayError`] is in the chain) or standard output
/// cannot be written.
pub fn bench_day(args: &BenchDayArgs) -> anyhow::Result<()> {
    let settings =
        DaySettings { hosts: args.hosts, policy: args.policy, moves_every: args.migrate.then_some(50) };
    let source = || match (&args.file, args.vms) {
        (Some(path), _) => day::read(path),
        (None, vms) => Ok(day::generate(vms.unwrap_or(1), args.seed)),
    };
    let result = simulate(source, settings)?;
    let text = match args.format {
        BenchFormat::Text => text(&result),
        BenchFormat::Json => serde_json::to_string_pretty(&result)? + "\n",
    };
    use std::io::Write as _;
    match std::io::stdout().lock().write_all(text.as_bytes()) {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        other => other.context("cannot write to standard output"),
    }
}

fn text(result: &DayResult) -> String {
    let mut text = String::new();
    let mut line = |label: &str, says: String| text.push_str(&format!("{label:<12} {says}\n"));
    line("arrived", result.arrived.to_string());
    line("ended", result.ended.to_string());
    line("alive", result.alive.to_string());
    line("waiting", result.waiting.to_string());
    line("given up", result.given_up.to_string());
    line("migrations", format!("{}, of which {} completed", result.migrations, result.migrations_completed));
    line("events", result.events.to_string());
    line("CPU in use", format!("{:.1} %", 100.0 * result.mean_cpu));
    line("memory used", format!("{:.1} %", 100.0 * result.mean_memory));
    line("seconds", format!("{:.3}, of which {:.3} to get the day", result.seconds, result.read_seconds));
    if let Some(mib) = result.peak_memory_mib {
        line("peak memory", format!("{mib:.1} MiB"));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::convert::Infallible;

    #[test]
    fn a_made_day_is_placed_and_every_machine_is_counted_once() {
        let settings = DaySettings { hosts: 100, policy: PlacementPolicy::BestFit, moves_every: Some(50) };
        let result = simulate(|| Ok::<_, Infallible>(day::generate(1_000, 42)), settings).unwrap();
        assert_eq!((result.arrived, result.ended, result.alive, result.migrations), (985, 571, 414, 15));
        let page = text(&result);
        assert!(page.starts_with("arrived      985\nended        571\nalive        414\n"), "{page}");
    }
}
