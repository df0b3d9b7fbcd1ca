//! How many licences hosts and guests need.
//!
//! VMware subscriptions count physical cores with a floor of 16 per processor and,
//! since 2025-04-10, a floor of 72 per order; the floor is per order and not per
//! host (redresscompliance 2026-06; whether it still applies is disputed, hence
//! data). Windows Server and System Center count packs of 16 cores, at least 8
//! cores per processor and 16 per host (Microsoft product terms 2025).

use crate::world::{Counting, HostShape};

/// Cores of one pack.
const CORES_PER_PACK: u32 = 16;
/// A 16-core licence covers two guests up to so many virtual processors, and every
/// guest counts as at least so many.
const VCPUS_PER_HALF_PACK: u32 = 8;

/// Cores that `hosts` hosts of `shape` count for, before any minimum per order.
///
/// By core: Σ over processors of max(minimum, cores of the processor). By packs:
/// the same, and at least the minimum per host.
pub fn counted_cores(counting: Counting, shape: &HostShape, hosts: u32) -> u32 {
    let per_host = match counting {
        Counting::Core { minimum_per_processor, .. } => cores_with_floor(shape, minimum_per_processor),
        Counting::SixteenCorePack { minimum_per_processor, minimum_per_host } => {
            cores_with_floor(shape, minimum_per_processor).max(minimum_per_host)
        }
    };
    per_host * hosts
}

/// Cores that must be bought to have `cores`: at least the minimum of an order.
/// Who needs none buys none.
pub fn ordered_cores(counting: Counting, cores: u32) -> u32 {
    match counting {
        Counting::Core { minimum_per_order, .. } if cores > 0 => cores.max(minimum_per_order),
        Counting::Core { .. } | Counting::SixteenCorePack { .. } => cores,
    }
}

/// Packs of sixteen cores that `hosts` hosts of `shape` need; each host is licensed
/// whole, so packs are rounded up host by host.
pub fn packs(counting: Counting, shape: &HostShape, hosts: u32) -> u32 {
    counted_cores(counting, shape, 1).div_ceil(CORES_PER_PACK) * hosts
}

/// Packs of sixteen cores that Windows guests of these sizes use on shared
/// instances, where the user's own licences may be carried there.
///
/// Azure Hybrid Benefit: each 16-core licence covers two VMs up to 8 cores or one
/// up to 16, at least 8 cores a VM (azure.microsoft.com, hybrid-benefit FAQ). So a
/// guest takes ⌈vCPUs / 8⌉ half packs, at least one, and halves are pooled.
pub fn guest_packs(vcpus: impl IntoIterator<Item = u32>) -> u32 {
    let halves: u32 = vcpus.into_iter().map(|vcpus| vcpus.div_ceil(VCPUS_PER_HALF_PACK).max(1)).sum();
    halves.div_ceil(2)
}

/// Σ over the processors of one host of max(`minimum`, cores of the processor). A
/// remainder of cores is spread over the first processors.
fn cores_with_floor(shape: &HostShape, minimum: u32) -> u32 {
    let sockets = shape.sockets.max(1);
    let (cores, larger) = (shape.cores / sockets, shape.cores % sockets);
    larger * minimum.max(cores + 1) + (sockets - larger) * minimum.max(cores)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::units::Bytes;

    const VMWARE: Counting = Counting::Core { minimum_per_processor: 16, minimum_per_order: 72 };
    const WINDOWS: Counting = Counting::SixteenCorePack { minimum_per_processor: 8, minimum_per_host: 16 };

    fn shape(sockets: u32, cores: u32) -> HostShape {
        HostShape { sockets, cores, vcpus: cores * 4, memory: Bytes::from_gib(512) }
    }

    #[test]
    fn vmware_counts_sixteen_cores_for_every_processor_that_has_fewer() {
        // Two processors of 12 cores count as 2 × 16; of 20 cores as they are.
        assert_eq!(counted_cores(VMWARE, &shape(2, 24), 3), 96);
        assert_eq!(counted_cores(VMWARE, &shape(2, 40), 3), 120);
        assert_eq!(counted_cores(VMWARE, &shape(1, 64), 4), 256);
        assert_eq!(counted_cores(VMWARE, &shape(2, 32), 0), 0);
    }

    #[test]
    fn an_odd_core_belongs_to_one_processor() {
        // 33 cores on two processors are 17 and 16, and 31 are 16 and 15: 16 at least.
        assert_eq!(counted_cores(VMWARE, &shape(2, 33), 1), 33);
        assert_eq!(counted_cores(VMWARE, &shape(2, 31), 1), 32);
    }

    #[test]
    fn the_minimum_of_an_order_is_met_once_and_not_per_host() {
        // Two single-processor hosts of 16 cores: 32 counted, 72 bought.
        let counted = counted_cores(VMWARE, &shape(1, 16), 2);
        assert_eq!((counted, ordered_cores(VMWARE, counted)), (32, 72));
        assert_eq!(ordered_cores(VMWARE, 448), 448);
        assert_eq!(ordered_cores(VMWARE, 0), 0);
    }

    #[test]
    fn windows_packs_are_rounded_up_host_by_host() {
        // 2 × 4 cores count as 16: one pack. 2 × 12 = 24 cores: two packs, not 1.5.
        assert_eq!(packs(WINDOWS, &shape(2, 8), 3), 3);
        assert_eq!(packs(WINDOWS, &shape(2, 24), 3), 6);
        // One processor of 4 cores: 8 for the processor, 16 for the host.
        assert_eq!(counted_cores(WINDOWS, &shape(1, 4), 1), 16);
        assert_eq!(packs(WINDOWS, &shape(2, 32), 14), 28);
    }

    #[test]
    fn a_pack_covers_two_small_guests_or_one_of_sixteen_virtual_processors() {
        assert_eq!(guest_packs([2, 8]), 1);
        assert_eq!(guest_packs([16]), 1);
        assert_eq!(guest_packs([2, 4, 8]), 2);
        // 24 take three halves and 4 one: two packs.
        assert_eq!(guest_packs([24, 4]), 2);
        assert_eq!(guest_packs([]), 0);
    }
}
