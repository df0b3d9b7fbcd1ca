//! Flows that share links against what can be worked out on paper.

use super::row::{Comparison, Row, Table, Tolerance};
use super::wire::{Limits, Move, Went, Wire, Work};
use crate::base::units::{Bandwidth, Bytes, SimTime, Span};
use crate::world::LinkId;

const EQUAL: &str = "closed form: n flows on a link of capacity C get C/n each, so the k-th smallest of volumes \
                     V1 ≤ ... ≤ Vn ends at (V1 + ... + Vk + (n - k) Vk) / C";
const MAX_MIN: &str = "progressive filling by hand: Bertsekas and Gallager, Data Networks, 6.5.2";
const ROUNDING: Tolerance =
    Tolerance::share(1e-6, "rates are rounded to 2^-10 bit/s and times to a nanosecond");

const GB: u64 = 1_000_000_000;

/// The table.
pub(super) fn table() -> Table {
    let mut rows = Vec::new();
    rows.extend(equal_shares());
    rows.extend(host_and_link());
    rows.extend(staggered());
    Table {
        name: "shared-links",
        title: "Flows on shared links against closed forms",
        about: "Copies in flight share disks, hosts, appliances and links at max-min fair rates.".to_owned(),
        rows,
    }
}

fn seconds(row: &str, published: f64, went: Went, source: &'static str) -> Row {
    Comparison {
        row: row.to_owned(),
        published: published.into(),
        simulated: went.total.as_seconds().into(),
        unit: "s",
        source,
    }
    .verification(ROUNDING)
}

fn copy(at: u64, link: Option<LinkId>, gb: u64) -> Move {
    let at = SimTime::START + Span::from_seconds(at);
    Move { at, host: None, link, cap: None, work: Work::Disk(Bytes::new(gb * GB)) }
}

/// A circuit of 1 Gbit/s (0.125 GB/s).
fn one_link() -> (Wire, Option<LinkId>) {
    let mut wire = Wire::new(Limits::default());
    let link = wire.link(Bandwidth::from_mbit(1_000));
    (wire, Some(link))
}

/// 10, 20 and 40 GB together.
fn equal_shares() -> Vec<Row> {
    let (wire, link) = one_link();
    let went = wire.carry(&[10, 20, 40].map(|gb| copy(0, link, gb)));
    vec![
        seconds("three copies on one link: 10 GB", 30.0 / 0.125, went[0], EQUAL),
        seconds("three copies on one link: 20 GB", 50.0 / 0.125, went[1], EQUAL),
        seconds("three copies on one link: 40 GB", 70.0 / 0.125, went[2], EQUAL),
    ]
}

/// A host that is read at 1 Gbit/s and a circuit of 2 Gbit/s. One copy goes through both,
/// another is read only, and a third, over the circuit only, has a cap of 1.2 Gbit/s:
/// rates of 0.5, 0.5 and 1.2 Gbit/s until the third ends.
fn host_and_link() -> Vec<Row> {
    let mut wire = Wire::new(Limits { per_host: Some(Bandwidth::from_mbit(1_000)), ..Limits::default() });
    let link = Some(wire.link(Bandwidth::from_mbit(2_000)));
    let host = Some(0);
    let went = wire.carry(&[
        Move { host, ..copy(0, link, 25) },
        Move { host, ..copy(0, None, 50) },
        Move { cap: Some(Bandwidth::from_mbit(1_200)), ..copy(0, link, 30) },
    ]);
    vec![
        seconds("read from a host and over a link", 25.0 / 0.0625, went[0], MAX_MIN),
        // Half a gigabit while the first goes on, all of it afterwards.
        seconds("read from the same host only", 400.0 + 25.0 / 0.125, went[1], MAX_MIN),
        seconds("over the same link only, capped", 30.0 / 0.15, went[2], MAX_MIN),
    ]
}

/// 50 GB at once, 10 GB after 100 s: alone 12.5 GB are done; shared, the second takes
/// 160 s, in which the first gets as much; the rest alone again.
fn staggered() -> Vec<Row> {
    let (wire, link) = one_link();
    let went = wire.carry(&[copy(0, link, 50), copy(100, link, 10)]);
    vec![
        seconds("one that others join for a while", 60.0 / 0.125, went[0], EQUAL),
        seconds("one that joins", 20.0 / 0.125, went[1], EQUAL),
    ]
}
