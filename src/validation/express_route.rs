//! What one and sixteen connections get over distance, against Azure's measurements.

use super::fit;
use super::row::{Comparison, Row, Table, Tolerance};
use crate::base::units::{Bandwidth, Bytes, Span};
use crate::world::rules::distance::window_limit;

const SOURCE: &str = "Azure documentation, expressroute-troubleshooting-network-performance: from Seattle over a circuit of \
                      10 Gbit/s";
const ONE: Tolerance = Tolerance::share(
    0.05,
    "round trips are published in whole milliseconds and rates in tenths of a megabit",
);
const SIXTEEN: Tolerance = Tolerance::share(
    0.11,
    "the measurements scatter by a tenth themselves: West Europe at 153 ms got less than Australia East at 165 ms",
);
const FITTED: Tolerance = Tolerance::share(0.02, "one parameter for two rows");
const NEAR: &str = "near by, something else than the window limits (sixteen flows never got more than 3,740 Mbit/s): \
                    processors of the two machines or packets per second, for which the model has nothing";

const LINK: Bandwidth = Bandwidth::from_mbit(10_000);

/// Region, round trip in ms, Mbit/s of one connection and of sixteen.
const MEASURED: [(&str, u64, f64, f64); 14] = [
    ("West US 2", 5, 262.0, 3_740.0),
    ("West US", 18, 82.3, 3_700.0),
    ("Central US", 40, 38.8, 2_550.0),
    ("South Central US", 51, 30.6, 2_490.0),
    ("North Central US", 55, 27.7, 2_190.0),
    ("East US 2", 73, 21.3, 1_790.0),
    ("East US", 74, 21.1, 1_780.0),
    ("Japan East", 106, 14.6, 1_220.0),
    ("UK South", 146, 10.6, 896.0),
    ("West Europe", 153, 10.2, 761.0),
    ("Australia East", 165, 9.4, 794.0),
    ("Southeast Asia", 170, 9.2, 756.0),
    ("Brazil South", 189, 8.2, 699.0),
    ("South India", 202, 7.7, 634.0),
];
/// Round trips of the rows that windows are fitted to.
const CALIBRATING: [u64; 2] = [51, 106];
/// Rows with a shorter round trip are misfits.
const FAR: u64 = 51;

/// A column of the source.
struct Column {
    streams: u32,
    measured: fn(&(&'static str, u64, f64, f64)) -> f64,
    tolerance: Tolerance,
}

const COLUMNS: [Column; 2] = [
    Column { streams: 1, measured: |row| row.2, tolerance: ONE },
    Column { streams: 16, measured: |row| row.3, tolerance: SIXTEEN },
];

/// The table.
pub(super) fn table() -> Table {
    let windows = COLUMNS.map(|column| (fitted(&column), column));
    let kilobytes = |place: usize| windows[place].0 / 1_000.0;
    Table {
        name: "express-route",
        title: "Bandwidth over distance against ExpressRoute from Seattle",
        about: format!(
            "A connection carries its window once a round trip, together no more than the circuit. The windows were \
             fitted to the rows of 51 and 106 ms: {:.0} kB for one connection, {:.0} kB each for sixteen.",
            kilobytes(0),
            kilobytes(1)
        ),
        rows: windows.iter().flat_map(|(window, column)| rows(column, *window)).collect(),
    }
}

fn fitted(column: &Column) -> f64 {
    let rows = || MEASURED.iter().filter(|row| CALIBRATING.contains(&row.1));
    let [window] = fit::least([500_000.0], |[window]| {
        fit::squared_errors(
            rows().map(|row| ((column.measured)(row), simulated(*window, column.streams, row.1))),
        )
    });
    window
}

/// Mbit/s of `streams` connections over a round trip of so many milliseconds.
fn simulated(window: f64, streams: u32, rtt_ms: u64) -> f64 {
    let rtt = Span::from_ns(rtt_ms * 1_000_000);
    let cap = window_limit(Bytes::new(1).scaled(window), rtt, streams);
    cap.min(LINK).as_bits() as f64 / 1e6
}

fn rows(column: &Column, window: f64) -> Vec<Row> {
    let row = |measured: &(&'static str, u64, f64, f64)| {
        let (region, rtt, ..) = *measured;
        let compared = Comparison {
            row: format!("{region}, {rtt} ms, {}", if column.streams == 1 { "1 flow" } else { "16 flows" }),
            published: (column.measured)(measured).into(),
            simulated: simulated(window, column.streams, rtt).into(),
            unit: "Mbit/s",
            source: SOURCE,
        };
        if CALIBRATING.contains(&rtt) {
            compared.calibration(FITTED)
        } else if rtt < FAR {
            compared.report(NEAR)
        } else {
            compared.validation(column.tolerance)
        }
    };
    MEASURED.iter().map(row).collect()
}
