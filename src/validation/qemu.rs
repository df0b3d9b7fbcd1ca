//! Memory pre-copy against QEMU's predictor and against a run of QEMU with and without
//! auto-converge.

use super::fit;
use super::row::{Comparison, Row, Table, Tolerance, Value};
use crate::base::units::{Bandwidth, Bytes, Span};
use crate::world::rules::precopy::{End, Memory, Outcome, at_constant_rate};
use crate::world::{PreCopy, Unconverged};

const PREDICTOR: &str = "QEMU, scripts/predict_migration.py, example output in its head (A. Gudkov, Huawei, qemu-devel \
                         2023-04-27)";
const AUTO_CONVERGE: &str =
    "QEMU commit 7ca1dfad952d8a8655b32e78623edcc38a51b14a, measurements in its message";

const CELL: Tolerance = Tolerance::share(
    0.2,
    "the predictor follows a measured dirty set of many pieces, ours has one; it prints whole seconds, rounded up",
)
.or(1.0);
const FITTED: Tolerance = Tolerance::share(0.02, "three parameters for three cells; whole seconds").or(1.0);
const PATTERN: Tolerance = Tolerance::exact("a count of cells");
const YES_OR_NO: Tolerance = Tolerance::exact("it ends or it does not");

/// The predictor's Gbit/s are of 2^30 bits, its Mbit/s of 2^20.
const BITS: [(&str, u64); 8] = [
    ("100 Mbit/s", 100 << 20),
    ("1 Gbit/s", 1 << 30),
    ("2 Gbit/s", 2 << 30),
    ("2.5 Gbit/s", 5 << 29),
    ("5 Gbit/s", 5 << 30),
    ("10 Gbit/s", 10 << 30),
    ("25 Gbit/s", 25 << 30),
    ("40 Gbit/s", 40 << 30),
];
/// Allowed downtimes in milliseconds.
const DOWNTIMES: [(&str, u64); 6] = [
    ("125 ms", 125),
    ("250 ms", 250),
    ("500 ms", 500),
    ("1 s", 1_000),
    ("5 s", 5_000),
    ("any downtime", u64::MAX / 1_000_000),
];
/// Seconds until the end; zero where it does not converge.
const PREDICTED: [[u32; 6]; 8] = [
    [0, 0, 0, 0, 0, 1_005],
    [0, 0, 0, 0, 0, 99],
    [0, 0, 0, 0, 115, 50],
    [0, 0, 0, 0, 72, 40],
    [0, 0, 0, 29, 25, 20],
    [13, 13, 12, 12, 12, 10],
    [5, 5, 5, 5, 4, 4],
    [3, 3, 3, 3, 3, 3],
];
/// The cells that the parameters are fitted to: one for all of the memory, one for its
/// growth, one for its jump.
const CALIBRATING: [(usize, usize); 3] = [(0, 5), (2, 4), (5, 1)];
/// It converges by the width of a hair.
const MARGINAL: (usize, usize) = (5, 0);
/// The predictor's.
const DEADLINE: Span = Span::from_hours(1);

/// The table; `kvm` is the rule of the catalogue's KVM.
pub(super) fn table(kvm: PreCopy) -> Table {
    let memory = fitted();
    let mut rows = cells(memory);
    rows.extend(auto_converge(kvm));
    Table {
        name: "qemu",
        title: "Memory pre-copy against QEMU's predictor, and auto-converge",
        about: format!(
            "Total time by bandwidth and allowed downtime. The dirty set min(M, D0 + s t) was fitted to three cells: \
             M = {:.2} GiB, D0 = {:.3} GiB, s = {:.3} GiB/s; all others follow. Then a guest of 256 GB that dirties \
             277 MB/s over a link that carries 264 MB/s, stopped when the rest takes 4 s.",
            memory.most.as_gib(),
            memory.at_once.as_gib(),
            memory.per_second / GIB
        ),
        rows,
    }
}

const GIB: f64 = (1_u64 << 30) as f64;

fn memory([most, at_once, per_second]: [f64; 3]) -> Memory {
    let gib = |gib: f64| Bytes::from_gib(1).scaled(gib);
    Memory {
        touched: gib(most),
        zero: Bytes::ZERO,
        at_once: gib(at_once),
        per_second: per_second * GIB,
        most: gib(most),
    }
}

fn fitted() -> Memory {
    let loss = |parameters: &[f64; 3]| {
        fit::squared_errors(CALIBRATING.map(|cell| {
            // Printed seconds are rounded up: half a second less is as likely as more.
            let published = f64::from(PREDICTED[cell.0][cell.1]) - 0.5;
            // A cell that does not converge is worse than any that does.
            (published, seconds(memory(*parameters), cell).unwrap_or(4.0 * published))
        }))
    };
    memory(fit::least([10.0, 0.1, 0.1], loss))
}

/// Seconds until the end; none when it does not converge.
fn seconds(memory: Memory, (bandwidth, downtime): (usize, usize)) -> Option<f64> {
    let rule = PreCopy {
        downtime: Span::from_ns(DOWNTIMES[downtime].1 * 1_000_000),
        most_passes: None,
        most_volume: None,
        throttle: None,
        otherwise: Unconverged::Abort,
    };
    let outcome = at_constant_rate(memory, rule, Bandwidth::from_bits(BITS[bandwidth].1), DEADLINE);
    (outcome.end == End::Converged).then(|| outcome.total.as_seconds())
}

fn cells(memory: Memory) -> Vec<Row> {
    let all = || (0..BITS.len()).flat_map(|bandwidth| (0..DOWNTIMES.len()).map(move |ms| (bandwidth, ms)));
    let published = |(bandwidth, downtime): (usize, usize)| PREDICTED[bandwidth][downtime];
    let row = |cell: (usize, usize)| {
        let compared = Comparison {
            row: format!("{}, {}", BITS[cell.0].0, DOWNTIMES[cell.1].0),
            published: f64::from(published(cell)).into(),
            simulated: seconds(memory, cell).map_or(Value::Never, |seconds| seconds.ceil().into()),
            unit: "s",
            source: PREDICTOR,
        };
        if cell == MARGINAL {
            compared.report(
                "marginal: the jump at the start of the fitted dirty set alone takes longer than 125 ms, that of \
                 the measured one just fits",
            )
        } else if CALIBRATING.contains(&cell) {
            compared.calibration(FITTED)
        } else {
            compared.verification(CELL)
        }
    };
    let endless = || all().filter(|cell| published(*cell) == 0);
    let mut rows: Vec<Row> = all().filter(|cell| published(*cell) > 0).map(row).collect();
    let agreed = endless().filter(|cell| seconds(memory, *cell).is_none()).count();
    rows.push(
        Comparison {
            row: "cells that do not converge".to_owned(),
            published: (endless().count() as f64).into(),
            simulated: (agreed as f64).into(),
            unit: "",
            source: PREDICTOR,
        }
        .verification(PATTERN),
    );
    rows
}

/// 383,749,347 KiB in 1,487.5 s.
const SENT_PER_SECOND: f64 = 383_749_347.0 * 1_024.0 / 1_487.5;
/// 67,551 pages a second.
const DIRTIED_PER_SECOND: f64 = 67_551.0 * 4_096.0;

fn auto_converge(kvm: PreCopy) -> [Row; 3] {
    // Its size is not published: that it sent 28,235,307 KiB in all says that it has no more.
    let memory = Memory::dirtied_evenly(Bytes::new(28_235_307 << 10), DIRTIED_PER_SECOND);
    let rate = Bandwidth::from_bits((SENT_PER_SECOND * 8.0) as u64);
    let on = PreCopy { downtime: Span::from_seconds(4), ..kvm };
    let off = PreCopy { throttle: None, ..on };
    let copied = |rule| at_constant_rate(memory, rule, rate, DEADLINE);
    let ends = |outcome: Outcome| match outcome.end {
        End::Converged => outcome.total.as_seconds().into(),
        End::Forced | End::Aborted | End::Late => Value::Never,
    };
    let row = |row: &str, published: Value, simulated: Value, unit| Comparison {
        row: row.to_owned(),
        published,
        simulated,
        unit,
        source: AUTO_CONVERGE,
    };
    let finished = f64::from(u8::from(copied(on).end == End::Converged));
    [
        row("auto-converge off, total", Value::Never, ends(copied(off)), "s").verification(YES_OR_NO),
        row("auto-converge on, it finishes", 1.0.into(), finished.into(), "").verification(YES_OR_NO),
        row("auto-converge on, total", 241.2.into(), ends(copied(on)), "s").report(
            "the touched memory of the guest is not published, and the first auto-converge slowed guests by other \
             steps than today's",
        ),
    ]
}
