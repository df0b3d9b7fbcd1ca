//! Memory pre-copy against the geometric series of a constant dirty rate.

use super::row::{Comparison, Row, Table, Tolerance};
use super::wire::{Limits, Move, Wire, Work};
use crate::base::units::{Bandwidth, Bytes, SimTime, Span};
use crate::world::rules::precopy::{Memory, at_constant_rate};
use crate::world::{PreCopy, Unconverged};

const SOURCE: &str = "closed form V (1 - λ^(n+1)) / (1 - λ) with λ = dirty rate / transmission rate; symbols as in \
                      springerplus.springeropen.com/articles/10.1186/s40064-016-2642-2 (table 1)";
const ROUNDING: Tolerance = Tolerance::share(
    1e-7,
    "each pass is rounded to a byte and a nanosecond, and later passes follow from earlier ones",
);
const COUNT: Tolerance = Tolerance::exact("a count");

const RATE: Bandwidth = Bandwidth::from_mbit(10_000);
const MEMORY: Bytes = Bytes::from_gib(32);
const RULE: PreCopy = PreCopy {
    downtime: Span::from_ns(300_000_000),
    most_passes: None,
    most_volume: None,
    throttle: None,
    otherwise: Unconverged::Abort,
};

/// The table.
pub(super) fn table() -> Table {
    Table {
        name: "pre-copy",
        title: "Memory pre-copy against its closed form",
        about: "A machine with 32 GiB of memory on a link of 10 Gbit/s, stopped when the rest takes 300 ms, with \
                a constant dirty rate: λ of the link's. Each pass is a flow of the simulator's transport."
            .to_owned(),
        rows: [0.1, 0.5, 0.8, 0.95].into_iter().flat_map(rows).collect(),
    }
}

fn rows(lambda: f64) -> [Row; 3] {
    let bytes_per_second = RATE.as_bytes_per_second();
    // λ is that of bytes on the wire: what a pass of one byte makes necessary in the next.
    let wire_per_byte = Memory::dirtied_evenly(MEMORY, 0.0).first_pass().get() as f64 / MEMORY.get() as f64;
    let memory = Memory::dirtied_evenly(MEMORY, lambda * bytes_per_second / wire_per_byte);
    let whole = memory.first_pass().get() as f64;
    let threshold = bytes_per_second * RULE.downtime.as_seconds();
    let rounds = (libm::log(threshold / whole) / libm::log(lambda)).ceil();
    let total = whole * (1.0 - libm::pow(lambda, rounds + 1.0)) / (1.0 - lambda) / bytes_per_second;
    let downtime = whole * libm::pow(lambda, rounds) / bytes_per_second;

    let mut wire = Wire::new(Limits::default());
    let link = Some(wire.link(RATE));
    let work = Work::Memory(memory, RULE);
    let went = wire.carry(&[Move { at: SimTime::START, host: None, link, cap: None, work }])[0];
    let passes = at_constant_rate(memory, RULE, RATE, Span::from_days(1)).passes;
    let row = |what: &str, published: f64, simulated: f64, unit| Comparison {
        row: format!("λ = {lambda}: {what}"),
        published: published.into(),
        simulated: simulated.into(),
        unit,
        source: SOURCE,
    };
    [
        row("total time", total, went.total.as_seconds(), "s").verification(ROUNDING),
        row("downtime", downtime, went.downtime.as_seconds(), "s").verification(ROUNDING),
        row("rounds before the stop", rounds, f64::from(passes - 1), "").verification(COUNT),
    ]
}
