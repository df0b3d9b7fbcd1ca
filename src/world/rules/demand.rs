//! What a workload needs at a destination.

use crate::base::units::Bytes;
use crate::world::{Capacity, Figures, HostShape, Offer, Power, Workload, World};

/// Hardware threads of one core: what a host offers without over-commit.
const THREADS_PER_CORE: u32 = 2;
/// No system boots in less memory; a workload with less allocated keeps what it has.
const LEAST_MEMORY: Bytes = Bytes::from_gib(1);

/// Processors and memory that a workload needs where it runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Need {
    /// Virtual processors.
    pub vcpus: u32,
    /// Memory.
    pub memory: Bytes,
}

impl Need {
    /// That of a workload that only occupies storage.
    pub const NOTHING: Self = Self { vcpus: 0, memory: Bytes::ZERO };

    /// Whether it is larger than one host, in either respect.
    pub fn exceeds(self, shape: &HostShape) -> bool {
        self.vcpus > shape.vcpus || self.memory > shape.memory
    }
}

/// What `workload` needs at `offer` in the replication of `figures`.
///
/// Nothing but storage when it is powered off. On hosts with over-commit it needs
/// what it is allocated: over-commit already counts on allocations not being used,
/// and right-sizing there would count the same slack twice. Elsewhere a size or a
/// thread is paid for alone, so it is right-sized.
pub fn need(world: &World, figures: &Figures, workload: &Workload, offer: &Offer) -> Need {
    need_at(workload, offer, figures.value(world.operations.sizing_headroom))
}

/// As [`need`], with the headroom on mean use given.
pub fn need_at(workload: &Workload, offer: &Offer, headroom: f64) -> Need {
    match (workload.power, &offer.capacity) {
        (Power::Off, _) => Need::NOTHING,
        (Power::On, Capacity::Hosts(hosts)) if is_overcommitted(&hosts.shape) => allocated(workload),
        (Power::On, _) => right_sized(workload, headroom),
    }
}

/// What a workload is allocated.
pub fn allocated(workload: &Workload) -> Need {
    Need { vcpus: workload.vcpus, memory: workload.memory }
}

/// Mean use times `headroom`, rounded up, at most what is allocated, and at least
/// one virtual processor and 1 GiB; what is allocated where use is unknown.
pub fn right_sized(workload: &Workload, headroom: f64) -> Need {
    let vcpus = workload.cpu_use.map_or(workload.vcpus, |share| {
        let used = ceil(f64::from(workload.vcpus) * share * headroom) as u32;
        used.max(1).min(workload.vcpus)
    });
    let memory = workload.memory_use.map_or(workload.memory, |share| {
        let used = Bytes::new(ceil(workload.memory.get() as f64 * share * headroom) as u64);
        used.max(LEAST_MEMORY).min(workload.memory)
    });
    Need { vcpus, memory }
}

/// Whether more virtual processors may be placed on a host than it has threads.
pub fn is_overcommitted(shape: &HostShape) -> bool {
    shape.vcpus > shape.cores * THREADS_PER_CORE
}

/// Rounds up, except for what only the rounding of the product has added: 10 × 0.25
/// × 1.6 is 4 and must not buy a fifth processor.
fn ceil(value: f64) -> f64 {
    libm::ceil(value * (1.0 - 1e-12))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::{Figures, fixture};

    fn workload(cpu_use: Option<f64>, memory_use: Option<f64>) -> Workload {
        let mut workload =
            fixture::world().workloads.iter().next().expect("the fixture has workloads").clone();
        workload.power = Power::On;
        (workload.vcpus, workload.memory) = (10, Bytes::from_gib(32));
        (workload.cpu_use, workload.memory_use) = (cpu_use, memory_use);
        workload
    }

    #[test]
    fn a_known_use_is_sized_with_headroom_and_rounded_up() {
        let need = right_sized(&workload(Some(0.25), Some(0.5)), 1.6);
        assert_eq!(need, Need { vcpus: 4, memory: Bytes::new(27_487_790_695) }); // 25.6 GiB
        assert_eq!(right_sized(&workload(Some(0.26), None), 1.6).vcpus, 5);
    }

    #[test]
    fn a_size_stays_between_the_least_that_boots_and_what_is_allocated() {
        let idle = right_sized(&workload(Some(0.0), Some(0.001)), 1.3);
        assert_eq!(idle, Need { vcpus: 1, memory: Bytes::from_gib(1) });
        let busy = workload(Some(0.95), Some(0.99));
        assert_eq!(right_sized(&busy, 1.3), allocated(&busy));
        let mut tiny = workload(Some(0.1), Some(0.1));
        tiny.memory = Bytes::from_mib(256);
        assert_eq!(right_sized(&tiny, 1.3).memory, Bytes::from_mib(256));
    }

    #[test]
    fn an_unknown_use_needs_what_is_allocated() {
        let unknown = workload(None, None);
        assert_eq!(right_sized(&unknown, 1.3), allocated(&unknown));
    }

    #[test]
    fn allocation_is_placed_on_overcommitted_hosts_and_right_size_elsewhere() {
        let world = fixture::world();
        let figures = Figures::at_mode(&world);
        let offer =
            |name: &str| world.offers.iter().find(|offer| offer.name == name).expect("a fixture's offer");
        let quiet = workload(Some(0.1), Some(0.1));
        assert_eq!(need(&world, &figures, &quiet, offer("paris/vsphere")), allocated(&quiet));
        for right_sizing in ["azure/instances", "azure/host"] {
            assert_eq!(need(&world, &figures, &quiet, offer(right_sizing)).vcpus, 2, "ceil(10 × 0.1 × 1.5)");
        }
        let off = Workload { power: Power::Off, ..quiet };
        assert_eq!(need(&world, &figures, &off, offer("azure/instances")), Need::NOTHING);
    }
}
