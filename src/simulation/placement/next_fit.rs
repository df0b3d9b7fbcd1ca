//! Next fit: the first feasible host from where the last workload went.

use super::first_fit::first_among;
use super::pool::{Demand, Pool};

/// The feasible host with the lowest number that is not below `from`, and if there is
/// none, the lowest of all. `from` is the host that took the last workload (0 at the
/// start). `admits` says which hosts count; where it refuses one, the next in that
/// order is asked.
///
/// Cost: twice that of [`first_fit`](super::first_fit).
pub fn next_fit(pool: &Pool, demand: Demand, from: u32, admits: impl Fn(u32) -> bool) -> Option<u32> {
    let turn = from.min(pool.numbers());
    first_among(pool, demand, turn..pool.numbers(), &admits)
        .or_else(|| first_among(pool, demand, 0..turn, &admits))
}
