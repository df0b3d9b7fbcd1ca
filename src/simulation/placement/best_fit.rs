//! Best fit: the feasible host with the fewest free virtual processors.

use super::pool::{Demand, Pool};

/// The feasible host with the fewest free virtual processors, ties to the lowest
/// number. `admits` says which hosts count; where it refuses one, the next in that
/// order is asked.
///
/// Cost: one word for each number of virtual processors a host can have free, then
/// O(log hosts) of base 32, and as much again for each host that `admits` refuses. In a
/// pool too small for an index, one sweep.
pub fn best_fit(pool: &Pool, demand: Demand, admits: impl Fn(u32) -> bool) -> Option<u32> {
    match pool.ordered() {
        Some(ordered) => ordered
            .classes(demand)
            .find_map(|class| ordered.lowest(class, demand, 0..pool.numbers(), &admits)),
        None => pool
            .hosts()
            .filter(|(index, host)| host.takes(demand) && admits(*index))
            .min_by_key(|(index, host)| (host.free.vcpus, *index))
            .map(|(index, _)| index),
    }
}
