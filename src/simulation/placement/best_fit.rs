//! Best fit: the feasible host with the fewest free virtual processors.

use super::pool::{Demand, Pool};

/// The feasible host with the fewest free virtual processors, ties to the least
/// free memory and then to the lowest number. `admits` says which hosts count.
///
/// Cost: one sweep over the hosts.
pub fn best_fit(pool: &Pool, demand: Demand, admits: impl Fn(u32) -> bool) -> Option<u32> {
    pool.hosts()
        .filter(|(index, host)| host.takes(demand) && admits(*index))
        .min_by_key(|(index, host)| (host.free_vcpus, host.free_mib, *index))
        .map(|(index, _)| index)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::units::{Bytes, SimTime};
    use crate::world::HostShape;

    #[test]
    fn the_tightest_host_that_fits_is_taken_and_memory_breaks_ties() {
        let shape = HostShape { sockets: 1, cores: 8, vcpus: 8, memory: Bytes::from_gib(64) };
        let mut pool = Pool::new(shape);
        for _ in 0..3 {
            pool.add(SimTime::NEVER);
        }
        let demand = |vcpus, gib: u64| Demand { vcpus, mib: gib << 10 };
        pool.take(0, demand(2, 8));
        pool.take(1, demand(4, 8));
        pool.take(2, demand(4, 16));
        assert_eq!(best_fit(&pool, demand(4, 8), |_| true), Some(2));
        assert_eq!(best_fit(&pool, demand(4, 50), |_| true), Some(1));
        assert_eq!(best_fit(&pool, demand(5, 8), |_| true), Some(0));
        assert_eq!(best_fit(&pool, demand(4, 8), |host| host != 2), Some(1));
        assert_eq!(best_fit(&pool, demand(9, 8), |_| true), None);
    }
}
