//! Random fit: any feasible host, each as likely as the others.

use super::pool::{Demand, Pool};

/// Of the k feasible hosts in order of their numbers, the one at place ⌊`uniform` · k⌋,
/// for a `uniform` in [0, 1). `admits` says which hosts count, and is asked twice.
///
/// Cost: two sweeps over the hosts.
pub fn random_fit(pool: &Pool, demand: Demand, uniform: f64, admits: impl Fn(u32) -> bool) -> Option<u32> {
    let feasible = || {
        pool.hosts().filter(|(number, host)| host.takes(demand) && admits(*number)).map(|(number, _)| number)
    };
    let count = feasible().count();
    // A cast to an integer rounds down; rounding up in the product is kept off the end.
    let place = ((uniform * count as f64) as usize).min(count.saturating_sub(1));
    feasible().nth(place)
}
