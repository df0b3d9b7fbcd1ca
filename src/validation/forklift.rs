//! Cold copies of whole hosts against Red Hat's lab for Forklift.

use super::fit;
use super::row::{Comparison, Row, Table, Tolerance};
use super::wire::{Limits, Move, Wire, Work};
use crate::base::units::{Bandwidth, Bytes, SimTime};

const SOURCE: &str = "kubev2v/forklift-documentation, HEAD 23f553c, modules ref_mtv-esxi-performance and neighbours: cold \
                      migrations of disks of 50 GiB, 35 GiB of them in use";
const PREDICTED: Tolerance = Tolerance::share(
    0.08,
    "the lab's own rate per host moves by 5 % from 30 to 100 machines without a trend (281 to 294 MiB/s), and small \
     batches say little of large ones",
);
const FITTED: Tolerance = Tolerance::share(0.01, "three parameters for three rows");
const SEVERAL_HOSTS: &str = "the rate per host falls to 147 to 184 MiB/s with several hosts for a cause that the \
                             source does not give: a capacity that hosts share (datastore, provider network, \
                             conversion workers) is missing here";
const ONE_PLAN: &str = "as with several hosts; and how one plan of 500 machines orders them is not published";

const USED: Bytes = Bytes::from_gib(35);
/// Machines in flight from one host by default (`MAX_VM_INFLIGHT`).
const IN_FLIGHT: u32 = 20;
const MIB: f64 = 1_048_576.0;

/// Machines, hosts, and the duration in minutes and seconds.
const LAB: [(u32, u32, f64, f64); 12] = [
    (1, 1, 6.0, 0.0),
    (10, 1, 21.0, 39.0),
    (20, 1, 41.0, 16.0),
    (30, 1, 60.0, 59.0),
    (40, 1, 83.0, 2.0),
    (50, 1, 106.0, 24.0),
    (80, 1, 162.0, 49.0),
    (100, 1, 205.0, 15.0),
    (100, 4, 82.0, 27.0),
    (100, 5, 64.0, 57.0),
    (80, 8, 41.0, 0.0),
    (500, 8, 310.0, 0.0),
];

/// What is fitted.
#[derive(Clone, Copy, Debug)]
struct Parameters {
    /// Minutes of a plan in which nothing is copied.
    overhead: f64,
    /// MiB/s of one disk.
    disk: f64,
    /// MiB/s of one host.
    host: f64,
}

/// The table.
pub(super) fn table() -> Table {
    let parameters = fitted();
    let Parameters { overhead, disk, host } = parameters;
    Table {
        name: "forklift",
        title: "Cold copies from ESXi hosts against Red Hat's lab for Forklift",
        about: format!(
            "Fitted to 1, 10 and 20 machines on one host: an overhead of {overhead:.2} minutes, {disk:.0} MiB/s a \
             disk, {host:.0} MiB/s a host; 20 machines in flight from a host, the tool's default. 800 machines in \
             8 plans on 8 hosts in 57 minutes are left out: they would be 8,384 MiB/s, seven times what the same \
             lab reached with 8 hosts elsewhere."
        ),
        rows: LAB.iter().map(|row| compare(*row, parameters)).collect(),
    }
}

fn fitted() -> Parameters {
    let named = |[overhead, disk, host]: [f64; 3]| Parameters { overhead, disk, host };
    let start = [2.0, 120.0, 280.0];
    named(fit::least(start, |parameters| {
        fit::squared_errors(LAB[..3].iter().map(|(machines, hosts, minutes, seconds)| {
            (minutes + seconds / 60.0, simulated(*machines, *hosts, named(*parameters)))
        }))
    }))
}

/// Minutes until the last machine has arrived.
fn simulated(machines: u32, hosts: u32, parameters: Parameters) -> f64 {
    let rate = |mib: f64| Some(Bandwidth::from_bits((mib * MIB * 8.0) as u64));
    let wire = Wire::new(Limits {
        per_disk: rate(parameters.disk),
        per_host: rate(parameters.host),
        machines_per_host: Some(IN_FLIGHT),
    });
    let moves: Vec<Move> = (0..machines)
        .map(|machine| Move {
            at: SimTime::START,
            host: Some(machine % hosts),
            link: None,
            cap: None,
            work: Work::Disk(USED),
        })
        .collect();
    let copied = wire.carry(&moves).into_iter().map(|went| went.total).max().unwrap_or_default();
    parameters.overhead + copied.as_seconds() / 60.0
}

fn compare((machines, hosts, minutes, seconds): (u32, u32, f64, f64), parameters: Parameters) -> Row {
    let of = |count: u32, word| format!("{count} {word}{}", if count == 1 { "" } else { "s" });
    let compared = Comparison {
        row: format!("{} on {}", of(machines, "machine"), of(hosts, "host")),
        published: (minutes + seconds / 60.0).into(),
        simulated: simulated(machines, hosts, parameters).into(),
        unit: "min",
        source: SOURCE,
    };
    match (machines, hosts) {
        (..30, 1) => compared.calibration(FITTED),
        (_, 1) => compared.validation(PREDICTED),
        (500, _) => compared.report(ONE_PLAN),
        _ => compared.report(SEVERAL_HOSTS),
    }
}
