//! How many licences hosts and guests need.
//!
//! VMware subscriptions count physical cores with a floor of 16 per processor and,
//! since 2025-04-10, a floor of 72 per order; the floor is per order and not per
//! host (redresscompliance 2026-06; whether it still applies is disputed, hence
//! data). Windows Server and System Center count the cores of hosts that are licensed
//! whole, at least 8 per processor and 16 per host, sold in packs of 16 cores and of
//! two at the same price a core: 847 USD is an eighth of 6,771 (Microsoft product terms
//! 2025; thisismydemo.cloud 2026-02). Standard editions allow two guests for each full
//! licensing of a host. SQL Server counts virtual cores, at least 4 a guest, in packs of
//! two (redresscompliance, SQL guide 2023-01).

use crate::base::units::Quantity;
use crate::world::{Counting, HostShape, Stacking};

/// Cores of the smallest pack: what is licensed is rounded up to it.
const SMALLEST_PACK: u32 = 2;
/// A 16-core licence covers two guests up to so many virtual processors, and every
/// guest counts as at least so many.
const VCPUS_PER_HALF_LICENCE: u32 = 8;

/// Cores that `hosts` hosts of `shape` count for when each is licensed whole, before any
/// minimum per order.
///
/// By core: Σ over processors of max(minimum, cores of the processor). By packs: the
/// same, and at least the minimum per host. By virtual core: what it takes to cover all
/// guests of a host, where that is sold, else 0.
pub fn counted_cores(counting: Counting, shape: &HostShape, hosts: u32) -> u32 {
    let per_host = match counting {
        Counting::Core { minimum_per_processor, .. } => cores_with_floor(shape, minimum_per_processor),
        Counting::SixteenCorePack { minimum_per_processor, minimum_per_host, .. } => {
            cores_with_floor(shape, minimum_per_processor).max(minimum_per_host)
        }
        Counting::VirtualCore { whole_host, .. } => {
            whole_host.map_or(0, |whole| cores_with_floor(shape, whole.minimum_per_processor))
        }
    };
    per_host * hosts
}

/// Cores that must be bought to have `cores`: at least the minimum of an order.
/// Who needs none buys none.
pub fn ordered_cores(counting: Counting, cores: u32) -> u32 {
    match counting {
        Counting::Core { minimum_per_order, .. } if cores > 0 => cores.max(minimum_per_order),
        Counting::Core { .. } | Counting::SixteenCorePack { .. } | Counting::VirtualCore { .. } => cores,
    }
}

/// Cores to license for one host of `shape` that has so many of the guests that the
/// licence counts: the host whole, in packs of two cores, and again for every further
/// guests that one licensing allows. Without such a limit the guests do not matter.
pub fn host_cores(counting: Counting, shape: &HostShape, guests: u32) -> u32 {
    let once = counted_cores(counting, shape, 1).next_multiple_of(SMALLEST_PACK);
    match counting {
        Counting::SixteenCorePack { stacking: Some(stacking), .. } => once * licensings(stacking, guests),
        _ => once,
    }
}

/// Full licensings of a host with so many guests: ⌈guests / guests per licensing⌉.
fn licensings(stacking: Stacking, guests: u32) -> u32 {
    guests.div_ceil(stacking.guests.max(1))
}

/// Packs that `cores` are, in the packs in which the licence is priced: 24 cores are
/// one and a half packs of sixteen, bought as one and four of two.
pub fn packs(counting: Counting, cores: u32) -> Quantity {
    Quantity::from_micros(i64::from(cores) * 1_000_000 / i64::from(counting.cores_per_pack()))
}

/// Cores of 16-core licences that Windows guests of these sizes use at Azure.
///
/// Azure Hybrid Benefit: each 16-core licence covers two VMs up to 8 cores or one
/// up to 16, at least 8 cores a VM (azure.microsoft.com, hybrid-benefit FAQ). So a
/// guest takes ⌈vCPUs / 8⌉ half licences, at least one, and halves are pooled.
pub fn half_licence_cores(vcpus: impl IntoIterator<Item = u32>) -> u32 {
    let halves: u32 = vcpus.into_iter().map(|vcpus| vcpus.div_ceil(VCPUS_PER_HALF_LICENCE).max(1)).sum();
    halves.div_ceil(2) * 2 * VCPUS_PER_HALF_LICENCE
}

/// Cores of two-core packs that guests of these sizes use where they are licensed by
/// virtual core: Σ over guests of max(`minimum`, vCPUs), each rounded up to a pack.
pub fn virtual_cores(vcpus: impl IntoIterator<Item = u32>, minimum: u32) -> u32 {
    vcpus.into_iter().map(|vcpus| vcpus.max(minimum).next_multiple_of(SMALLEST_PACK)).sum()
}

/// Cores for the guests on one host that run software licensed by virtual core: their
/// own, or all of the host where that is sold and takes fewer.
///
/// SQL Server Enterprise with Software Assurance on all cores of a host covers any
/// number of guests on it (unlimited virtualisation).
pub fn host_or_guests(counting: Counting, shape: &HostShape, vcpus: impl IntoIterator<Item = u32>) -> u32 {
    let Counting::VirtualCore { minimum_per_guest, whole_host } = counting else { return 0 };
    let guests = virtual_cores(vcpus, minimum_per_guest);
    match whole_host {
        Some(_) => guests.min(host_cores(counting, shape, 0)),
        None => guests,
    }
}

/// Cores that cover virtual processors of a database service, so many for each core:
/// one core of SQL Server Enterprise is four vCPU of general-purpose SQL Managed
/// Instance (Microsoft, azure-docs, SQL Server hybrid benefit).
pub fn service_cores(vcpus: impl IntoIterator<Item = u32>, per_core: u32) -> u32 {
    vcpus
        .into_iter()
        .map(|vcpus| vcpus.div_ceil(per_core.max(1)))
        .sum::<u32>()
        .next_multiple_of(SMALLEST_PACK)
}

/// An edition that is licensed by host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edition {
    /// So many guests for each full licensing.
    Standard,
    /// Any number of guests.
    Datacenter,
}

/// Prices of one full licensing of a host under two editions, in one currency.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EditionPrices {
    /// Of the edition that is stacked.
    pub standard: f64,
    /// Of the one that is not.
    pub datacenter: f64,
}

/// The cheaper edition for a host with so many guests; the one without a limit where
/// both cost the same.
pub fn cheaper_edition(prices: EditionPrices, stacking: Stacking, guests: u32) -> Edition {
    if prices.standard * f64::from(licensings(stacking, guests)) < prices.datacenter {
        Edition::Standard
    } else {
        Edition::Datacenter
    }
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
    use crate::world::{GuestsCounted, WholeHost};

    const VMWARE: Counting = Counting::Core { minimum_per_processor: 16, minimum_per_order: 72 };
    const TWO_GUESTS: Stacking = Stacking { guests: 2, of: GuestsCounted::Windows };
    const DATACENTER: Counting =
        Counting::SixteenCorePack { minimum_per_processor: 8, minimum_per_host: 16, stacking: None };
    const STANDARD: Counting = Counting::SixteenCorePack {
        minimum_per_processor: 8,
        minimum_per_host: 16,
        stacking: Some(TWO_GUESTS),
    };
    const SQL_STANDARD: Counting = Counting::VirtualCore { minimum_per_guest: 4, whole_host: None };
    const SQL_ENTERPRISE: Counting = Counting::VirtualCore {
        minimum_per_guest: 4,
        whole_host: Some(WholeHost { minimum_per_processor: 4 }),
    };

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
        // redresscompliance 2026-06: cores of an order = max(72, Σ over all its CPUs of
        // max(16, cores)). Two single-processor hosts of 16 cores: 32 counted, 72 bought.
        let counted = counted_cores(VMWARE, &shape(1, 16), 2);
        assert_eq!((counted, ordered_cores(VMWARE, counted)), (32, 72));
        assert_eq!(ordered_cores(VMWARE, 448), 448);
        assert_eq!(ordered_cores(VMWARE, 0), 0);
        // Whoever says that it was reversed sets it to zero.
        let reversed = Counting::Core { minimum_per_processor: 16, minimum_per_order: 0 };
        assert_eq!(ordered_cores(reversed, counted), 32);
        // A year of that order at 350 USD/core-year list: 72 × 350 = 25,200 against 11,200.
        assert_eq!((72 * 350, ordered_cores(reversed, counted) * 350), (25_200, 11_200));
    }

    #[test]
    fn windows_counts_cores_and_fills_up_with_packs_of_two() {
        // thisismydemo.cloud licensing guide 2025: at least 8 cores a processor and 16 a
        // host. 2 × 4 cores count as 16: one pack.
        assert_eq!(host_cores(DATACENTER, &shape(2, 8), 0), 16);
        // One processor of 4 cores: 8 for the processor, 16 for the host.
        assert_eq!(host_cores(DATACENTER, &shape(1, 4), 0), 16);
        // 2 × 12 = 24 cores: a pack of sixteen and four of two, 1.5 packs; the same
        // price a core: 6,771 + 4 × 847 = 10,159 against 1.5 × 6,771 = 10,156.50, of
        // which the rounding of 846.375 to 847 is the difference.
        assert_eq!(host_cores(DATACENTER, &shape(2, 24), 0), 24);
        assert_eq!(packs(DATACENTER, 24).as_f64(), 1.5);
        assert_eq!(packs(DATACENTER, 24).as_f64() * 6_771.0, 10_156.5);
        // Dsv3-Type3 has 52 cores: 3.25 packs. 25 cores are sold as 26.
        assert_eq!(packs(DATACENTER, host_cores(DATACENTER, &shape(2, 52), 0)).as_f64(), 3.25);
        assert_eq!(host_cores(DATACENTER, &shape(1, 25), 0), 26);
    }

    #[test]
    fn the_standard_edition_is_licensed_again_for_every_two_guests() {
        // thisismydemo.cloud licensing guide 2025: two VMs for each full licensing. A
        // host of 2 × 16 cores takes 32 cores once: for 1 and 2 guests, 64 for 3 and 4.
        let host = shape(2, 32);
        let cores = |guests| host_cores(STANDARD, &host, guests);
        assert_eq!([0, 1, 2, 3, 4, 5, 12].map(cores), [0, 32, 32, 64, 64, 96, 192]);
        // System Center Standard is stacked alike: 1,323 USD per 16 cores, 5 guests on
        // 32 cores are 6 packs, 7,938 USD.
        assert_eq!(packs(STANDARD, cores(5)).as_f64() * 1_323.0, 7_938.0);
        assert_eq!(host_cores(DATACENTER, &host, 12), 32);
    }

    #[test]
    fn datacenter_is_cheaper_from_the_eleventh_guest_on() {
        // 1,176 and 6,771 USD for 16 cores (prices.csv: ws25-std, ws25-dc): five
        // licensings cost 5,880, six cost 7,056.
        let prices = EditionPrices { standard: 1_176.0, datacenter: 6_771.0 };
        let cheaper = |guests| cheaper_edition(prices, TWO_GUESTS, guests);
        assert_eq!((cheaper(10), cheaper(11)), (Edition::Standard, Edition::Datacenter));
        assert_eq!((cheaper(1), cheaper(100)), (Edition::Standard, Edition::Datacenter));
        // System Center, 1,323 and 3,607: two licensings cost 2,646, three 3,969.
        let prices = EditionPrices { standard: 1_323.0, datacenter: 3_607.0 };
        let cheaper = |guests| cheaper_edition(prices, TWO_GUESTS, guests);
        assert_eq!((cheaper(4), cheaper(5)), (Edition::Standard, Edition::Datacenter));
    }

    #[test]
    fn a_16_core_licence_covers_two_small_guests_or_one_of_sixteen_virtual_processors() {
        // azure.microsoft.com, hybrid-benefit FAQ: two VMs up to 8 cores or one up to
        // 16, at least 8 cores a VM.
        assert_eq!(half_licence_cores([2, 8]), 16);
        assert_eq!(half_licence_cores([16]), 16);
        assert_eq!(half_licence_cores([2, 4, 8]), 32);
        // 24 take three halves and 4 one: two licences.
        assert_eq!(half_licence_cores([24, 4]), 32);
        assert_eq!(half_licence_cores([]), 0);
    }

    #[test]
    fn by_virtual_core_every_guest_counts_its_own_and_at_least_the_minimum() {
        // Windows Server at an Authorized Outsourcer, 8 a guest: 2 and 12 are 8 + 12.
        assert_eq!(virtual_cores([2, 12], 8), 20);
        assert_eq!(virtual_cores([9], 8), 10);
        assert_eq!(virtual_cores([], 8), 0);
    }

    #[test]
    fn sql_server_counts_four_cores_a_guest_at_least_or_all_cores_of_a_host() {
        // redresscompliance, SQL guide 2023-01: at least 4 cores a VM, packs of two at
        // 15,123 (Enterprise) and 3,945 USD (Standard).
        let host = shape(2, 32);
        let standard = |guests: &[u32]| host_or_guests(SQL_STANDARD, &host, guests.iter().copied());
        assert_eq!(standard(&[2, 4, 6]), 4 + 4 + 6);
        assert_eq!(packs(SQL_STANDARD, standard(&[2, 4, 6])).as_f64() * 3_945.0, 27_615.0);
        // Five guests of 8 are 40 virtual cores: Enterprise takes the host's 32 instead.
        let enterprise = |guests: &[u32]| host_or_guests(SQL_ENTERPRISE, &host, guests.iter().copied());
        assert_eq!((enterprise(&[8, 8, 8]), enterprise(&[8; 5])), (24, 32));
        assert_eq!(packs(SQL_ENTERPRISE, enterprise(&[8; 5])).as_f64() * 15_123.0, 241_968.0);
        assert_eq!(standard(&[8; 5]), 40);
    }

    #[test]
    fn an_enterprise_core_covers_four_virtual_processors_of_a_managed_instance() {
        assert_eq!(service_cores([4], 4), 2, "one core, sold in packs of two");
        assert_eq!(service_cores([16, 8], 4), 6);
    }
}
