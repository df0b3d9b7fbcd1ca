//! First fit: the feasible host with the lowest number.

use std::ops::Range;

use super::pool::{Demand, Pool};

/// The feasible host with the lowest number. `admits` says which hosts count; where it
/// refuses one, the next in that order is asked.
///
/// Cost: O(log hosts) of base 32 for each number of virtual processors a feasible host
/// has free (at most as many as a host has), and as much again for each host that
/// `admits` refuses. In a pool too small for an index, one sweep to the host found.
pub fn first_fit(pool: &Pool, demand: Demand, admits: impl Fn(u32) -> bool) -> Option<u32> {
    first_among(pool, demand, 0..pool.numbers(), &admits)
}

/// As [`first_fit`], of these hosts only.
pub(super) fn first_among(
    pool: &Pool,
    demand: Demand,
    hosts: Range<u32>,
    admits: &impl Fn(u32) -> bool,
) -> Option<u32> {
    match pool.ordered() {
        // Each class is searched only below the best of the others so far.
        Some(ordered) => ordered.classes(demand).fold(None, |found, class| {
            let end = found.unwrap_or(hosts.end);
            ordered.lowest(class, demand, hosts.start..end, admits).or(found)
        }),
        None => hosts.into_iter().find(|number| pool.host(*number).takes(demand) && admits(*number)),
    }
}
