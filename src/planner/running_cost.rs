//! What a workload would cost at a destination, for comparing destinations.
//!
//! An estimate with the prices of one replication. Bills are made by the simulation,
//! from whole hosts and dated contracts; here a host's cost is shared by what a
//! workload takes of it. Left out, because they hardly depend on where one workload
//! goes: services paid by the month whatever is there, spare hosts, traffic.

use crate::world::rules::commitments::{self, Ordered};
use crate::world::rules::demand::{self, Need};
use crate::world::rules::{licences, tariffs};
use crate::world::{
    Basis, Capacity, CountedBy, Counting, Figures, GuestWindows, HostOffer, HostPrice, LicenceId, Offer,
    OfferId, OsFamily, OwnedHardware, Power, Sku, SoftwareTerms, Workload, World,
};

/// Hours of a month, as providers count them.
pub const HOURS_PER_MONTH: f64 = 730.0;
/// Months over which destinations are compared: the usual term of a commitment.
pub const MONTHS: f64 = 36.0;
/// Months of a year.
const YEAR: f64 = 12.0;
/// Days of a month of a year of 365.25 days.
const DAYS_PER_MONTH: f64 = 30.4375;

/// One offer, with what it costs in one replication worked out once for all
/// workloads. Amounts are in the reporting currency.
#[derive(Clone, Debug)]
pub struct Destination<'w> {
    world: &'w World,
    offer: &'w Offer,
    /// One whole host a month; zero where sizes are sold.
    host_month: f64,
    /// What a Windows guest adds.
    windows: Windows,
    gib_month: f64,
    workload_month: f64,
}

/// What a Windows guest adds to the cost of a month.
#[derive(Clone, Copy, Debug)]
enum Windows {
    /// Nothing: the host is licensed, or the price of a size is compared with it.
    Nothing,
    /// So much for each virtual processor of a guest on a host.
    PerVcpu(f64),
    /// So much for each core of licences that the user carries to a size, so counted.
    PerCore(f64, CountedBy),
    /// So much for each guest of an edition that allows only so many on a host.
    PerGuest(f64),
}

impl<'w> Destination<'w> {
    /// The offer of `id` at the prices of `figures`.
    pub fn new(world: &'w World, figures: &Figures, id: OfferId) -> Self {
        let offer = &world.offers[id];
        let services = |basis| {
            let counted = world.site_of(id).services.iter().filter(move |service| service.basis == basis);
            counted.map(|service| figures.in_reporting_currency(service.price)).sum::<f64>()
        };
        // Of a tariff in tiers the first price: what one workload adds is small.
        let tariff = world.site_of(id).storage.as_ref().and_then(|tariff| tariff.prices().next());
        let storage = tariff.map_or(0.0, |price| figures.in_reporting_currency(price));
        let windows = match (offer.windows, &offer.capacity) {
            (GuestWindows::Included(price), Capacity::Hosts(_)) => {
                Windows::PerVcpu(figures.in_reporting_currency(price) * HOURS_PER_MONTH)
            }
            (GuestWindows::Carried(carried), Capacity::Skus(_)) => Windows::PerCore(
                assurance_per_core_year(world, figures, carried.licence) / YEAR,
                carried.counted,
            ),
            (GuestWindows::Carried(carried), Capacity::Hosts(hosts)) => {
                match stacking(world, carried.licence) {
                    Some(guests) => Windows::PerGuest(
                        licence_year(world, figures, carried.licence, hosts) / f64::from(guests) / YEAR,
                    ),
                    None => Windows::Nothing,
                }
            }
            _ => Windows::Nothing,
        };
        Self {
            world,
            offer,
            host_month: offer.hosts().map_or(0.0, |hosts| host_month(world, figures, offer, hosts)),
            windows,
            gib_month: storage + services(Basis::GibMonth),
            workload_month: services(Basis::WorkloadMonth),
        }
    }

    /// The cost of one month of `workload` there; none when nothing there is large
    /// enough for it. A workload that is powered off costs its storage.
    pub fn month(&self, figures: &Figures, workload: &Workload) -> Option<f64> {
        let disk = workload.disk.as_gib();
        if workload.power == Power::Off {
            return Some(self.gib_month * disk + self.workload_month);
        }
        let need = demand::need(self.world, figures, workload, self.offer);
        let is_windows = workload.os == OsFamily::Windows;
        let (computing, included_gib) = match &self.offer.capacity {
            Capacity::Hosts(hosts) => {
                if need.exceeds(&hosts.shape) {
                    return None;
                }
                let share = share_of_host(need, hosts);
                (self.host_month * share, hosts.storage_included.as_gib() * share)
            }
            Capacity::Skus(skus) => (self.size_month(figures, skus, need, workload)?, 0.0),
        };
        let windows = match self.windows {
            Windows::PerVcpu(price) if is_windows => price * f64::from(need.vcpus),
            Windows::PerGuest(price) if is_windows => price,
            _ => 0.0,
        };
        let windows = windows + self.software_month(figures, workload, need);
        Some(computing + windows + self.gib_month * (disk - included_gib).max(0.0) + self.workload_month)
    }

    /// The month of the cheapest size that covers `need`.
    fn size_month(&self, figures: &Figures, skus: &[Sku], need: Need, workload: &Workload) -> Option<f64> {
        let included = tariffs::included_licences(workload, self.offer);
        let sku = &skus[tariffs::cheapest_sku(skus, figures, need, &included)?];
        let carried = match self.windows {
            Windows::PerCore(price, counted) if workload.os == OsFamily::Windows => {
                price
                    * match counted {
                        CountedBy::VirtualCores { minimum } => {
                            f64::from(licences::virtual_cores([sku.vcpus], minimum))
                        }
                        // Halves are pooled over the estate, so a half is what one guest takes.
                        _ => f64::from(licences::half_licence_cores([sku.vcpus, sku.vcpus])) / 2.0,
                    }
            }
            _ => 0.0,
        };
        Some(tariffs::sku_per_hour(sku, figures, &included) * HOURS_PER_MONTH + carried)
    }

    /// A month of the licences of other software of a workload: maintenance where its
    /// owner carries them, and on hosts what is in the price. That of sizes is in theirs.
    fn software_month(&self, figures: &Figures, workload: &Workload, need: Need) -> f64 {
        let month = |licence: &LicenceId| {
            let least = match self.world.licences[*licence].counting {
                Counting::VirtualCore { minimum_per_guest, .. } => minimum_per_guest,
                _ => 0,
            };
            match (self.offer.software_terms(*licence), &self.offer.capacity) {
                (Some(SoftwareTerms::Carried(_)), _) => {
                    f64::from(licences::virtual_cores([need.vcpus], least))
                        * assurance_per_core_year(self.world, figures, *licence)
                        / YEAR
                }
                (Some(SoftwareTerms::Included(price)), Capacity::Hosts(_)) => {
                    figures.in_reporting_currency(*price) * f64::from(need.vcpus.max(least)) * HOURS_PER_MONTH
                }
                _ => 0.0,
            }
        };
        workload.software.iter().map(month).sum()
    }
}

/// The larger of the shares of a host's processors and memory that a need takes.
fn share_of_host(need: Need, hosts: &HostOffer) -> f64 {
    let shape = &hosts.shape;
    let vcpus = f64::from(need.vcpus) / f64::from(shape.vcpus.max(1));
    let memory = need.memory.get() as f64 / shape.memory.get().max(1) as f64;
    vcpus.max(memory)
}

/// One host for a month: rent or wear, and the licences of all its cores.
fn host_month(world: &World, figures: &Figures, offer: &Offer, hosts: &HostOffer) -> f64 {
    let host = match &hosts.price {
        HostPrice::PerHour(price) => figures.in_reporting_currency(*price) * HOURS_PER_MONTH,
        HostPrice::Owned(hardware) => owned_month(world, figures, hardware),
    };
    let guests = match offer.windows {
        GuestWindows::Carried(carried) => {
            Some(carried.licence).filter(|licence| stacking(world, *licence).is_none())
        }
        GuestWindows::Included(_) | GuestWindows::Refused => None,
    };
    let of_host = offer.licences.iter().map(|used| used.licence);
    let once = guests.filter(|licence| of_host.clone().all(|used| used != *licence));
    let licences: f64 = of_host.chain(once).map(|licence| licence_year(world, figures, licence, hosts)).sum();
    host + licences / YEAR
}

/// An owned host for a month: its price spread over its life, electricity, and its
/// part of an administrator.
fn owned_month(world: &World, figures: &Figures, hardware: &OwnedHardware) -> f64 {
    let life_months = (hardware.life.as_days() / DAYS_PER_MONTH).max(1.0);
    let operations = &world.operations;
    let kwh = figures.value(hardware.watts) / 1_000.0 * HOURS_PER_MONTH * figures.value(operations.pue);
    figures.in_reporting_currency(hardware.price) / life_months
        + kwh * figures.in_reporting_currency(operations.electricity)
        + figures.in_reporting_currency(operations.administrator_per_year)
            / YEAR
            / figures.value(operations.hosts_per_administrator).max(1.0)
}

/// A year of one licence for one host: the subscription of its cores, at the price of
/// the renewal where a contract has one; or the maintenance of perpetual packs, which
/// are taken to be owned.
fn licence_year(world: &World, figures: &Figures, licence: LicenceId, hosts: &HostOffer) -> f64 {
    let counting = world.licences[licence].counting;
    if world.licences[licence].perpetual.is_some() {
        let cores = licences::host_cores(counting, &hosts.shape, 1);
        return f64::from(cores) * assurance_per_core_year(world, figures, licence);
    }
    let cores = f64::from(licences::counted_cores(counting, &hosts.shape, 1));
    let contract = world.contracts.iter().find(|contract| contract.licence == licence);
    let price = match contract {
        Some(contract) => {
            let price = commitments::renewal_price(figures, &contract.renewal, Ordered::InTime);
            price.as_f64() * figures.rate(contract.renewal.price).as_f64()
        }
        None => figures.in_reporting_currency(world.licences[licence].price),
    };
    cores * price
}

/// The yearly maintenance of one core of a perpetual licence, nothing where it is held
/// without; the whole price of a subscription.
fn assurance_per_core_year(world: &World, figures: &Figures, licence: LicenceId) -> f64 {
    let licence = &world.licences[licence];
    let share = licence
        .perpetual
        .as_ref()
        .map_or(1.0, |held| held.assurance.map_or(0.0, |assurance| figures.value(assurance)));
    figures.in_reporting_currency(licence.price) * share / f64::from(licence.counting.cores_per_pack())
}

/// Guests that one licensing of a host allows, where it does not allow all.
fn stacking(world: &World, licence: LicenceId) -> Option<u32> {
    match world.licences[licence].counting {
        Counting::SixteenCorePack { stacking, .. } => stacking.map(|stacking| stacking.guests.max(1)),
        Counting::Core { .. } | Counting::VirtualCore { .. } => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::fixture;

    fn month(offer: &str, workload: &str) -> Option<f64> {
        let world = fixture::world();
        let figures = Figures::at_mode(&world);
        let offer = world.offers.find(|found| found.name == offer).expect("a fixture's offer");
        let workload =
            world.workloads.iter().find(|found| found.name == workload).expect("a fixture's workload");
        Destination::new(&world, &figures, offer).month(&figures, workload)
    }

    fn assert_close(found: Option<f64>, expected: f64) {
        let found = found.expect("the workload fits");
        // A handful of products of doubles.
        assert!((found - expected).abs() < 1e-9 * expected, "{found} and not {expected}");
    }

    #[test]
    fn a_size_costs_its_hours_its_windows_and_its_storage() {
        // web needs ⌈4 × 0.2 × 1.5⌉ = 2 vCPU and 6 GiB: the size of 2 and 8 at 0.10 €/h.
        assert_close(month("azure/instances", "web"), 0.10 * 730.0 + 100.0 * 0.10);
        // erp-db needs 3 vCPU and 24 GiB: 8 and 32 at 0.40 €/h and 8 × 0.04 for Windows.
        assert_close(month("azure/instances", "erp-db"), (0.40 + 0.32) * 730.0 + 100.0 * 0.10);
    }

    #[test]
    fn what_is_off_costs_its_storage() {
        assert_close(month("azure/instances", "archive"), 10.0);
        assert_eq!(month("paris/vsphere", "archive"), Some(0.0));
    }

    #[test]
    fn a_host_is_shared_by_the_scarcer_of_processors_and_memory() {
        // Windows Datacenter carried to the host: 64 cores are 4 packs of 6,000 USD at
        // 25 % a year, at 0.8 €: 4,800 € a year. web takes 2 of 100 vCPU, 6 of 768 GiB.
        let host = 6.0 * 730.0 + 4_800.0 / 12.0;
        assert_close(month("azure/host", "web"), host * 0.02 + 10.0);
    }

    #[test]
    fn an_owned_host_costs_its_wear_power_care_and_licences() {
        // 14,400 € over 1,800 days; 0.5 kW × 1.5; a 45th of an administrator; 2 packs
        // of Windows; 32 cores at 350 USD less 30 %, at 0.8 €.
        let host = 14_400.0 / (1_800.0 / 30.4375)
            + 0.5 * 730.0 * 1.5 * 0.20
            + 85_000.0 / 12.0 / 45.0
            + (2.0 * 6_000.0 * 0.8 * 0.25 + 32.0 * 350.0 * 0.7 * 0.8) / 12.0;
        // With over-commit the allocation is placed: 4 of 128 vCPU, 8 of 512 GiB.
        assert_close(month("paris/vsphere", "web"), host * 4.0 / 128.0);
    }
}
