//! Live migrations over a shared link against SimGrid's live-migration plugin.

use super::row::{Comparison, Row, Table, Tolerance};
use super::wire::{Limits, Move, Wire, Work};
use crate::base::units::{Bandwidth, Bytes, SimTime, Span};
use crate::world::rules::precopy::Memory;
use crate::world::{PreCopy, Unconverged};

const SOURCE: &str = "SimGrid 3.32 (Debian libsimgrid-dev 3.32-2+b2), plugin live_migration, run once by hand: two \
                      hosts of 1 Gf per core, one link of 125 MBps without latency, sharing SHARED; \
                      --cfg=network/model:CM02 --cfg=network/crosstraffic:0, so that the link gives all it has";
const ROUNDING: Tolerance = Tolerance::share(
    1e-5,
    "the same rule; SimGrid cuts volumes and thresholds to whole bytes where we round, pass after pass",
);

/// SimGrid's own, which its plugin lets nobody change.
const RULE: PreCopy = PreCopy {
    downtime: Span::from_ns(30_000_000),
    most_passes: None,
    most_volume: None,
    throttle: None,
    otherwise: Unconverged::Abort,
};
const LINK: Bandwidth = Bandwidth::from_bits(125_000_000 * 8);
/// SimGrid's machines write to nine tenths of their memory at most.
const WORKING_SET: f64 = 0.9;

/// `sg_vm_create_migratable(host, name, 1, mib, speed, intensity)` with one computation
/// without end in it, migrated after `start`; and what came out.
struct Run {
    name: &'static str,
    mib: u64,
    /// The migration's own cap in MiB/s.
    speed: u64,
    /// The dirty rate in per cent of that cap.
    intensity: u64,
    start: u64,
    seconds: f64,
    downtime: f64,
}

const fn run(name: &'static str, [mib, speed, intensity, start]: [u64; 4], out: (f64, f64)) -> Run {
    let (seconds, downtime) = out;
    Run { name, mib, speed, intensity, start, seconds, downtime }
}

const ALONE: [Run; 1] = [run("alone", [4_096, 125, 40, 0], (59.172834264, 0.013803488))];
const FAST: [Run; 1] = [run("dirty", [4_096, 125, 86, 0], (348.935585992, 0.027351456))];
const CAPPED: [Run; 1] = [run("capped", [4_096, 50, 40, 0], (136.519016647, 0.021474819))];
const THREE: [Run; 3] = [
    run("three at once, 2 GiB", [2_048, 125, 5, 0], (61.158176592, 0.004961304)),
    run("three at once, 4 GiB", [4_096, 125, 10, 0], (112.749158128, 0.007580256)),
    run("three at once, 8 GiB", [8_192, 125, 20, 0], (171.184706576, 0.011508944)),
];
const STAGGERED: [Run; 4] = [
    run("four, 2 GiB", [2_048, 125, 5, 0], (18.130288648, 0.002475880)),
    run("four, 4 GiB after 20 s", [4_096, 125, 10, 20], (46.125745546, 0.026784204)),
    run("four, 8 GiB after 40 s", [8_192, 20, 30, 40], (585.131339455, 0.026873827)),
    run("four, 1 GiB after 60 s", [1_024, 125, 15, 60], (16.499589468, 0.017076439)),
];

/// The table.
pub(super) fn table() -> Table {
    Table {
        name: "simgrid",
        title: "Live migrations over one link against SimGrid",
        about: "Machines that dirty their memory at a constant rate, up to nine tenths of it, moved over a link of 1 \
                Gbit/s; the guest stops when the rest takes 30 ms. One of 4 GiB alone; one that dirties 90 % of what \
                the link carries; one with a cap of 50 MiB/s of its own; three at once; four that start apart, one of \
                them with a cap of 20 MiB/s. SimGrid sends pages without headers: memories are taken as so much \
                smaller that the bytes on the wire are the same."
            .to_owned(),
        rows: [&ALONE[..], &FAST, &CAPPED, &THREE, &STAGGERED].into_iter().flat_map(compare).collect(),
    }
}

fn compare(runs: &[Run]) -> Vec<Row> {
    let mut wire = Wire::new(Limits::default());
    let link = Some(wire.link(LINK));
    let moves: Vec<Move> = runs
        .iter()
        .map(|run| Move {
            at: SimTime::START + Span::from_seconds(run.start),
            host: None,
            link,
            cap: Some(Bandwidth::from_bits((run.speed << 20) * 8)),
            work: Work::Memory(run.memory(), RULE),
        })
        .collect();
    let went = wire.carry(&moves);
    let rows = runs.iter().zip(went).flat_map(|(run, went)| {
        let row = |what, published: f64, simulated: f64, unit| Comparison {
            row: format!("{}, {what}", run.name),
            published: published.into(),
            simulated: simulated.into(),
            unit,
            source: SOURCE,
        };
        [
            row("total", run.seconds, went.total.as_seconds(), "s").verification(ROUNDING),
            row("downtime", run.downtime, went.downtime.as_seconds(), "s").verification(ROUNDING),
        ]
    });
    rows.collect()
}

impl Run {
    fn memory(&self) -> Memory {
        let headers = Memory::dirtied_evenly(Bytes::from_gib(1), 0.0).first_pass().as_gib();
        let touched = Bytes::from_mib(self.mib).scaled(1.0 / headers);
        let per_second = (self.speed << 20) as f64 * self.intensity as f64 / 100.0 / headers;
        Memory { most: touched.scaled(WORKING_SET), ..Memory::dirtied_evenly(touched, per_second) }
    }
}
