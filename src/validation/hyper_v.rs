//! Batches of live migrations against measurements of Hyper-V 2012.

use super::fit;
use super::row::{Comparison, Row, Table, Tolerance};
use super::wire::{Limits, Move, Wire, Work};
use crate::base::units::{Bandwidth, Bytes, SimTime};
use crate::world::PreCopy;
use crate::world::rules::precopy::Memory;

const SOURCE: &str =
    "A. Finn, Windows Server 2012 Hyper-V live migration of machines with 512 MB, aidanfinn.com/?p=12228";
const PREDICTED: Tolerance = Tolerance::share(
    0.1,
    "times are whole seconds: half of one is 4 % of 13, and as much is in the rows that were fitted",
);
const FITTED: Tolerance = Tolerance::share(0.01, "two parameters for two rows");
const MEMORY: Bytes = Bytes::from_mib(512);

/// Seconds for 1, 10 and 20 machines.
struct Network {
    name: &'static str,
    seconds: [(usize, f64); 3],
}

const NETWORKS: [Network; 2] = [
    Network { name: "1 GbE", seconds: [(1, 7.0), (10, 40.0), (20, 80.0)] },
    Network { name: "10 GbE", seconds: [(1, 5.0), (10, 13.0), (20, 21.0)] },
];
/// The row that is predicted.
const TEN: usize = 10;

/// The table; `rule` is that of the catalogue's Hyper-V.
pub(super) fn table(rule: PreCopy) -> Table {
    let fits: Vec<(&Network, [f64; 2])> =
        NETWORKS.iter().map(|network| (network, fitted(network, rule))).collect();
    let parameters: Vec<String> = fits
        .iter()
        .map(|(network, [overhead, rate])| format!("{overhead:.1} s and {rate:.0} MB/s on {}", network.name))
        .collect();
    Table {
        name: "hyper-v",
        title: "Live migrations in batches against Hyper-V 2012",
        about: format!(
            "Machines of 512 MB, all at once between two hosts. A fixed overhead of the batch and a rate of memory \
             were fitted to the batches of 1 and 20: {}. (On 1 GbE that is more than the wire carries: pages of \
             zeros are not sent.)",
            parameters.join(", ")
        ),
        rows: fits.iter().flat_map(|(network, parameters)| rows(network, *parameters, rule)).collect(),
    }
}

fn fitted(network: &Network, rule: PreCopy) -> [f64; 2] {
    let calibrating = || network.seconds.iter().filter(|(machines, _)| *machines != TEN);
    fit::least([2.0, 200.0], |parameters| {
        fit::squared_errors(
            calibrating().map(|(machines, published)| (*published, seconds(*machines, *parameters, rule))),
        )
    })
}

fn seconds(machines: usize, [overhead, mb_per_second]: [f64; 2], rule: PreCopy) -> f64 {
    let mut wire = Wire::new(Limits::default());
    let link = Some(wire.link(Bandwidth::from_bits((mb_per_second * 8e6) as u64)));
    let work = Work::Memory(Memory::dirtied_evenly(MEMORY, 0.0), rule);
    let one = Move { at: SimTime::START, host: None, link, cap: None, work };
    let went = wire.carry(&vec![one; machines]);
    overhead + went.into_iter().map(|went| went.total).max().unwrap_or_default().as_seconds()
}

fn rows(network: &Network, parameters: [f64; 2], rule: PreCopy) -> Vec<Row> {
    let row = |(machines, published): &(usize, f64)| {
        let compared = Comparison {
            row: format!("{}, {machines} at once", network.name),
            published: (*published).into(),
            simulated: seconds(*machines, parameters, rule).into(),
            unit: "s",
            source: SOURCE,
        };
        if *machines == TEN { compared.validation(PREDICTED) } else { compared.calibration(FITTED) }
    };
    network.seconds.iter().map(row).collect()
}
