//! Worst fit: the feasible host with the most free virtual processors.

use super::pool::{Demand, Pool};

/// The feasible host with the most free virtual processors, ties to the lowest number.
/// `admits` says which hosts count; where it refuses one, the next in that order is
/// asked.
///
/// Cost: as [`best_fit`](super::best_fit).
pub fn worst_fit(pool: &Pool, demand: Demand, admits: impl Fn(u32) -> bool) -> Option<u32> {
    match pool.ordered() {
        Some(ordered) => ordered
            .classes(demand)
            .rev()
            .find_map(|class| ordered.lowest(class, demand, 0..pool.numbers(), &admits)),
        None => pool
            .hosts()
            .filter(|(index, host)| host.takes(demand) && admits(*index))
            .min_by_key(|(index, host)| (std::cmp::Reverse(host.free.vcpus), *index))
            .map(|(index, _)| index),
    }
}
