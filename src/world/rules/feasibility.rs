//! Whether a workload can run at an offer, and how it can get there.

mod refusal;
mod ways;

pub use refusal::Refusal;
pub use ways::{Carriers, Chosen, Gentler, Way, Wish, chosen, method, route, way};

use super::alliances;
use super::demand::{self, Need};
use super::effort::Crossing;
use super::tariffs;
use crate::base::units::SimTime;
use crate::world::{
    Capacity, Disposition, FacetId, GuestWindows, Offer, OfferId, OfferKind, OsFamily, PlatformId,
    RuleDemand, SoftwareTerms, Workload, WorkloadId, World,
};

/// The facets across which a disk image or a guest must be changed. Platforms that
/// agree in both run each other's machines as they are.
const CONVERTED_FACETS: [&str; 2] = ["disk-format", "hypervisor-drivers"];

/// One workload on its way from one offer to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Passage {
    /// Which.
    pub workload: WorkloadId,
    /// Where it runs.
    pub from: OfferId,
    /// Where it goes.
    pub to: OfferId,
    /// When it is judged: the alliances in force then count.
    pub at: SimTime,
}

impl Passage {
    /// From where `workload` runs at the start, judged at `at`.
    pub fn from_home(world: &World, workload: WorkloadId, to: OfferId, at: SimTime) -> Self {
        Self { workload, from: world.workloads[workload].home, to, at }
    }
}

/// Whether `workload` can run at `offer` at all, however full it is.
///
/// Judged with the mode of the headroom on mean use: a replication that draws more
/// and then finds no size leaves the workload unplaced, with the reason.
///
/// # Errors
/// Windows where it is refused; other software whose licence cannot be had there; a country that its data may not go to; hosts not
/// licensed for it; a need larger than a host or than every size.
pub fn can_run(world: &World, workload: WorkloadId, offer: OfferId) -> Result<(), Refusal> {
    let (machine, destination) = (&world.workloads[workload], &world.offers[offer]);
    let names = || (machine.name.clone(), destination.name.clone());
    is_licensed(world, machine, destination)?;
    is_allowed(world, workload, offer)?;
    let headroom = world.figures[world.operations.sizing_headroom].quantile.distribution().mode();
    let need = demand::need_at(machine, destination, headroom);
    let fits = match &destination.capacity {
        Capacity::Hosts(hosts) => !need.exceeds(&hosts.shape),
        Capacity::Skus(skus) => skus.iter().any(|sku| tariffs::covers(sku, need)),
    };
    if fits {
        return Ok(());
    }
    let (workload, offer) = names();
    Err(Refusal::TooLarge { workload, offer, need, largest: largest(&destination.capacity) })
}

/// Whether every licence of a workload's guest can be had at an offer: carried there or
/// in its price.
///
/// # Errors
/// The first that cannot.
pub fn is_licensed(world: &World, machine: &Workload, destination: &Offer) -> Result<(), Refusal> {
    let names = || (machine.name.clone(), destination.name.clone());
    if machine.os == OsFamily::Windows && destination.windows == GuestWindows::Refused {
        let (workload, offer) = names();
        return Err(Refusal::Windows { workload, offer });
    }
    for licence in &machine.software {
        if let Some(SoftwareTerms::Refused(reason)) = destination.software_terms(*licence) {
            let ((workload, offer), reason) = (names(), reason.clone());
            let software = world.licences[*licence].label.clone();
            return Err(Refusal::Software { workload, offer, software, reason });
        }
    }
    Ok(())
}

/// Whether the rules of placement let a workload be at an offer, on whichever host.
fn is_allowed(world: &World, workload: WorkloadId, offer: OfferId) -> Result<(), Refusal> {
    let names = || (world.workloads[workload].name.clone(), world.offers[offer].name.clone());
    for rule in world.placement.rules.iter() {
        if rule.workloads.binary_search(&workload).is_err() {
            continue;
        }
        match &rule.demand {
            RuleDemand::Residency(countries) => {
                let country = &world.site_of(offer).country;
                if !countries.contains(country) {
                    let (workload, offer) = names();
                    return Err(Refusal::Residency {
                        workload,
                        offer,
                        country: country.clone(),
                        countries: countries.join(", "),
                        rule: rule.name.clone(),
                    });
                }
            }
            RuleDemand::LicensedOn(group) => {
                let group = &world.placement.groups[*group];
                if group.offer != offer {
                    let (workload, offer) = names();
                    return Err(Refusal::NotLicensed {
                        workload,
                        offer,
                        group: group.name.clone(),
                        licensed: world.offers[group.offer].name.clone(),
                        rule: rule.name.clone(),
                    });
                }
            }
            // Which host, and how much: for placement to say.
            RuleDemand::KeepApart
            | RuleDemand::KeepTogether
            | RuleDemand::OnlyOn(_)
            | RuleDemand::NotOn(_)
            | RuleDemand::Quota(_) => {}
        }
    }
    Ok(())
}

/// Whether `offer` holds every certification demanded, such as `SecNumCloud`.
///
/// # Errors
/// The first that it does not hold.
pub fn is_certified(world: &World, offer: OfferId, demanded: &[String]) -> Result<(), Refusal> {
    let held = &world.offers[offer].certifications;
    match demanded.iter().find(|certification| !held.contains(certification)) {
        None => Ok(()),
        Some(certification) => Err(Refusal::NotCertified {
            offer: world.offers[offer].name.clone(),
            certification: certification.clone(),
        }),
    }
}

/// Whether an offer and the licences that a workload needs there can be had at an
/// instant, where alliances have a say in it.
///
/// # Errors
/// The alliances without which it cannot, with their dates.
pub fn is_obtainable(
    world: &World,
    workload: WorkloadId,
    offer: OfferId,
    at: SimTime,
) -> Result<(), Refusal> {
    alliances::is_on_sale(world, offer, at)?;
    alliances::may_carry(world, workload, offer, at)
}

/// The first facet across which images or guests must be changed at an instant, if any:
/// platforms that an alliance has made agree run each other's machines as they are.
pub fn needs_conversion(world: &World, from: PlatformId, to: PlatformId, at: SimTime) -> Option<FacetId> {
    let agree = |facet: FacetId| alliances::agree(world, Crossing { from, to }, facet, at);
    world.platforms[from]
        .differs(&world.platforms[to])
        .find(|facet| is_converted(world, *facet) && !agree(*facet))
}

/// Whether what differs in a facet is converted: a disk image, or a guest.
fn is_converted(world: &World, facet: FacetId) -> bool {
    CONVERTED_FACETS.contains(&world.facets[facet].name.as_str())
}

/// What becomes of a workload that goes from a platform to an offer: another
/// product in place of the VM, the same hypervisor elsewhere, or another platform.
pub fn disposition(world: &World, from: PlatformId, to: OfferId, at: SimTime) -> Disposition {
    let destination = &world.offers[to];
    if destination.kind == OfferKind::ManagedService {
        Disposition::Replatform
    } else if needs_conversion(world, from, destination.platform, at).is_none() {
        Disposition::Relocate
    } else {
        Disposition::Rehost
    }
}

fn largest(capacity: &Capacity) -> Need {
    match capacity {
        Capacity::Hosts(hosts) => Need { vcpus: hosts.shape.vcpus, memory: hosts.shape.memory },
        Capacity::Skus(skus) => skus
            .iter()
            .map(|sku| Need { vcpus: sku.vcpus, memory: sku.memory })
            .max_by_key(|size| (size.vcpus, size.memory))
            .unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::ids::Id;
    use crate::base::units::Bytes;
    use crate::world::{HostGroup, PlacementRule, fixture};

    fn offer(world: &World, name: &str) -> OfferId {
        world.offers.find(|offer| offer.name == name).expect("a fixture's offer")
    }

    #[test]
    fn data_stays_in_its_countries_and_a_licence_on_its_hosts() {
        let mut world = fixture::world();
        let (db, azure) = (WorkloadId::from_index(0), offer(&world, "azure/instances"));
        let paris = offer(&world, "paris/vsphere");
        let rule = |demand| PlacementRule { name: "ours".into(), workloads: vec![db], demand };
        world.sites[world.offers[azure].site].country = "IE".into();
        world.placement.rules.push(rule(RuleDemand::Residency(vec!["FR".into(), "DE".into()])));
        assert_eq!(can_run(&world, db, paris), Ok(()));
        assert_eq!(
            can_run(&world, db, azure).expect_err("it lies in another country").to_string(),
            "erp-db may not leave FR, DE, by the rule ours; azure/instances is in IE"
        );
        assert_eq!(can_run(&world, WorkloadId::from_index(2), azure), Ok(()), "whom no rule binds");
        let group = HostGroup { name: "oracle".into(), offer: paris, hosts: vec![0] };
        let group = world.placement.groups.push(group);
        world.placement.rules = [rule(RuleDemand::LicensedOn(group))].into_iter().collect();
        assert_eq!(can_run(&world, db, paris), Ok(()));
        assert_eq!(
            can_run(&world, db, azure).expect_err("it is not licensed there").to_string(),
            "erp-db runs only on the hosts oracle of paris/vsphere, by the rule ours, and not at azure/instances"
        );
    }

    #[test]
    fn what_is_too_large_or_windows_is_refused_with_the_figures() {
        let mut world = fixture::world();
        let (db, trusted) = (
            world.workloads.find(|workload| workload.name == "erp-db").expect("a fixture's workload"),
            offer(&world, "trusted/instances"),
        );
        let refusal = can_run(&world, db, trusted).expect_err("the offer takes no Windows");
        assert_eq!(refusal.to_string(), "trusted/instances does not take Windows, which erp-db runs");
        let web = world.workloads.find(|workload| workload.name == "web").expect("a fixture's workload");
        assert_eq!(can_run(&world, web, trusted), Ok(()));
        (world.workloads[web].memory, world.workloads[web].memory_use) = (Bytes::from_gib(2_000), None);
        let refusal = can_run(&world, web, trusted).expect_err("nothing is so large");
        assert_eq!(
            refusal.to_string(),
            "web needs 2 vCPU and 2000 GiB; the largest of trusted/instances is 8 vCPU and 32 GiB"
        );
    }

    #[test]
    fn a_demanded_certification_must_be_held() {
        let world = fixture::world();
        let demanded = ["SecNumCloud".to_owned()];
        assert_eq!(is_certified(&world, offer(&world, "trusted/instances"), &demanded), Ok(()));
        let refusal =
            is_certified(&world, offer(&world, "azure/instances"), &demanded).expect_err("it is not");
        assert_eq!(refusal.to_string(), "azure/instances does not hold SecNumCloud");
    }

    #[test]
    fn the_same_hypervisor_elsewhere_is_relocation() {
        let world = fixture::world();
        let vsphere = world.offers[offer(&world, "paris/vsphere")].platform;
        let found = |name| disposition(&world, vsphere, offer(&world, name), SimTime::START);
        assert_eq!(found("lyon/vsphere"), Disposition::Relocate);
        assert_eq!(found("paris/hyper-v"), Disposition::Rehost);
    }
}
