//! What alliances change at an instant: the work between two platforms, the management
//! planes that an estate has, where a licence may go and what is on sale.
//!
//! An alliance is in force from its first instant until the one at which it ends. What
//! several of them leave of one piece of work is the product of their shares.

use super::effort::{Crossing, Moment};
use super::feasibility::Refusal;
use crate::base::random::Distribution;
use crate::base::units::SimTime;
use crate::world::{
    Alliance, AllianceChange, FacetId, FigureId, GuestWindows, LicenceId, OfferId, OsFamily, PlatformId,
    WorkloadId, World,
};

/// The share of the work on a difference between two platforms that the alliances in
/// force leave: 1 without any, 0 where the platforms have come to agree in it.
pub fn remains(moment: Moment<'_>, crossing: Crossing, facet: FacetId) -> f64 {
    if moment.world.alliances.is_empty() {
        return 1.0;
    }
    eased(moment.world, crossing, facet, moment.at).map(|figure| moment.figures.value(figure)).product()
}

/// Whether two platforms agree in a facet for certain: their values are the same, or an
/// alliance in force leaves nothing of the work, whatever is drawn.
pub fn agree(world: &World, crossing: Crossing, facet: FacetId, at: SimTime) -> bool {
    let nothing = |figure: FigureId| matches!(world.figures[figure].quantile.distribution(), Distribution::Fixed(share) if *share <= 0.0);
    let [from, to] = [crossing.from, crossing.to].map(|platform| &world.platforms[platform]);
    from.values[facet] == to.values[facet] || eased(world, crossing, facet, at).any(nothing)
}

/// What the alliances in force leave of a piece of work, each its share.
fn eased(
    world: &World,
    crossing: Crossing,
    facet: FacetId,
    at: SimTime,
) -> impl Iterator<Item = FigureId> + '_ {
    in_force(world, at).flat_map(|alliance| &alliance.changes).filter_map(move |change| match change {
        AllianceChange::Effort { between, facet: of, remains } => {
            let pair = [crossing.from, crossing.to];
            let meant = *between == pair || *between == [crossing.to, crossing.from];
            (meant && of.is_none_or(|of| of == facet)).then_some(*remains)
        }
        _ => None,
    })
}

fn in_force(world: &World, at: SimTime) -> impl Iterator<Item = &Alliance> {
    world.alliances.iter().filter(move |alliance| alliance.holds(at))
}

/// How many management planes run the platforms for which `is_used` is true: platforms
/// of one plane count once, and so do those that an alliance in force runs from one.
pub fn management_planes(world: &World, at: SimTime, is_used: impl Fn(PlatformId) -> bool) -> usize {
    let mut planes: Vec<&str> =
        world.platforms.iter().map(|platform| platform.management_plane.as_str()).collect();
    for change in in_force(world, at).flat_map(|alliance| &alliance.changes) {
        let AllianceChange::OnePlane { platforms } = change else { continue };
        let place = |platform: &PlatformId| crate::base::ids::Id::index(*platform);
        let merged: Vec<&str> = platforms.iter().map(|platform| planes[place(platform)]).collect();
        let Some(one) = merged.first().copied() else { continue };
        for plane in planes.iter_mut().filter(|plane| merged.contains(plane)) {
            *plane = one;
        }
    }
    let used = world.platforms.ids().zip(planes).filter(|(platform, _)| is_used(*platform));
    let mut used: Vec<&str> = used.map(|(_, plane)| plane).collect();
    used.sort_unstable();
    used.dedup();
    used.len()
}

/// Whether an offer can be bought at an instant. One that no alliance sells always is;
/// another only while an alliance that sells it is in force.
///
/// # Errors
/// The alliances that sell it, and when.
pub fn is_on_sale(world: &World, offer: OfferId, at: SimTime) -> Result<(), Refusal> {
    let sells =
        |change: &AllianceChange| matches!(change, AllianceChange::Sale { offer: sold } if *sold == offer);
    match allowed(world, at, sells) {
        Ok(()) => Ok(()),
        Err(alliances) => Err(Refusal::NotOnSale {
            offer: world.offers[offer].name.clone(),
            alliances,
            date: world.calendar.date(at),
        }),
    }
}

/// Whether the licences that a workload needs at an offer may be carried there at an
/// instant. A licence that no alliance carries there is not asked about: whether it may
/// go is settled by the offer itself.
///
/// # Errors
/// The first licence that only alliances carry there, of which none is in force.
pub fn may_carry(world: &World, workload: WorkloadId, offer: OfferId, at: SimTime) -> Result<(), Refusal> {
    let described = &world.offers[offer];
    let hosts = described.licences.iter().map(|used| used.licence);
    let guest = match described.windows {
        GuestWindows::Carried(carried) if world.workloads[workload].os == OsFamily::Windows => {
            Some(carried.licence)
        }
        _ => None,
    };
    for licence in hosts.chain(guest) {
        if let Err(alliances) = allowed(world, at, |change| carries(change, licence, offer)) {
            return Err(Refusal::NotPortable {
                licence: world.licences[licence].label.clone(),
                offer: described.name.clone(),
                alliances,
                date: world.calendar.date(at),
            });
        }
    }
    Ok(())
}

fn carries(change: &AllianceChange, licence: LicenceId, offer: OfferId) -> bool {
    matches!(change, AllianceChange::Portability { licence: carried, offer: to } if *carried == licence && *to == offer)
}

/// Whether no alliance speaks of something, or one that does is in force; else which
/// do, with their dates.
fn allowed(world: &World, at: SimTime, speaks: impl Fn(&AllianceChange) -> bool) -> Result<(), String> {
    let speaking: Vec<&Alliance> =
        world.alliances.iter().filter(|alliance| alliance.changes.iter().any(&speaks)).collect();
    if speaking.is_empty() || speaking.iter().any(|alliance| alliance.holds(at)) {
        return Ok(());
    }
    let words: Vec<String> = speaking.into_iter().map(|alliance| dated(world, alliance)).collect();
    Err(words.join(", or "))
}

/// The label of an alliance with its dates, such as `Azure VMware (from 2027-06-01
/// until 2029-01-01)`.
pub fn dated(world: &World, alliance: &Alliance) -> String {
    let from = world.calendar.date(alliance.from);
    match alliance.until {
        Some(until) => format!("{} (from {from} until {})", alliance.label, world.calendar.date(until)),
        None => format!("{} (from {from} on)", alliance.label),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::units::Span;
    use crate::world::{Figure, Figures, Provenance, fixture};

    fn platform(world: &World, name: &str) -> PlatformId {
        world.platforms.find(|platform| platform.name == name).expect("a fixture's platform")
    }

    fn facet(world: &World, name: &str) -> FacetId {
        world.facets.find(|facet| facet.name == name).expect("a fixture's facet")
    }

    fn offer(world: &World, name: &str) -> OfferId {
        world.offers.find(|offer| offer.name == name).expect("a fixture's offer")
    }

    fn share(world: &mut World, name: &str, value: f64) -> FigureId {
        world.figures.push(Figure {
            name: name.into(),
            unit: "%".into(),
            currency: None,
            quantile: Distribution::Fixed(value).tabulate().expect("a fixed value"),
            provenance: Provenance::Assumption { reason: "a test".into() },
        })
    }

    fn allied(world: &mut World, days: [u64; 2], changes: Vec<AllianceChange>) {
        let [from, until] = days.map(|days| SimTime::START + Span::from_days(days));
        let name = format!("alliance {}", world.alliances.len() + 1);
        world.alliances.push(Alliance { label: name.clone(), name, from, until: Some(until), changes });
    }

    fn day(days: u64) -> SimTime {
        SimTime::START + Span::from_days(days)
    }

    #[test]
    fn what_remains_is_the_product_of_the_alliances_in_force_both_ways() {
        let mut world = fixture::world();
        let (vsphere, azure) = (platform(&world, "vsphere"), platform(&world, "azure"));
        let (disks, network) = (facet(&world, "disk-format"), facet(&world, "network-overlay"));
        let (fifth, half) = (share(&mut world, "fifth", 0.2), share(&mut world, "half", 0.5));
        let effort = |facet, remains| AllianceChange::Effort { between: [vsphere, azure], facet, remains };
        allied(&mut world, [10, 30], vec![effort(Some(disks), fifth)]);
        allied(&mut world, [20, 40], vec![effort(None, half)]);
        let figures = Figures::at_mode(&world);
        let left = |days, from, to, facet| {
            remains(Moment { world: &world, figures: &figures, at: day(days) }, Crossing { from, to }, facet)
        };
        let of_disks = [0, 10, 20, 29, 30, 39, 40].map(|days| left(days, vsphere, azure, disks));
        assert_eq!(of_disks, [1.0, 0.2, 0.1, 0.1, 0.5, 0.5, 1.0]);
        assert_eq!(left(20, azure, vsphere, disks), 0.1, "in both directions");
        assert_eq!((left(15, vsphere, azure, network), left(20, vsphere, azure, network)), (1.0, 0.5));
        assert_eq!(left(20, platform(&world, "hyper-v"), azure, disks), 1.0, "another pair");
    }

    #[test]
    fn platforms_agree_where_nothing_can_remain() {
        let mut world = fixture::world();
        let (hyper_v, azure) = (platform(&world, "hyper-v"), platform(&world, "azure"));
        let (disks, drivers) = (facet(&world, "disk-format"), facet(&world, "hypervisor-drivers"));
        let none = share(&mut world, "none", 0.0);
        let effort = AllianceChange::Effort { between: [azure, hyper_v], facet: Some(disks), remains: none };
        allied(&mut world, [10, 20], vec![effort]);
        let crossing = Crossing { from: hyper_v, to: azure };
        let agrees = |facet, days| agree(&world, crossing, facet, day(days));
        assert_eq!([0, 10, 19, 20].map(|days| agrees(disks, days)), [false, true, true, false]);
        assert!(agrees(drivers, 0), "their values are the same");
    }

    #[test]
    fn planes_merge_while_an_alliance_holds_and_through_a_third() {
        let mut world = fixture::world();
        let [vsphere, hyper_v, azure] = ["vsphere", "hyper-v", "azure"].map(|name| platform(&world, name));
        allied(&mut world, [10, 20], vec![AllianceChange::OnePlane { platforms: vec![hyper_v, azure] }]);
        allied(&mut world, [15, 20], vec![AllianceChange::OnePlane { platforms: vec![azure, vsphere] }]);
        let planes = |days| management_planes(&world, day(days), |_| true);
        // The four platforms of the fixture have four planes.
        assert_eq!([0, 10, 15, 20].map(planes), [4, 3, 2, 4]);
        let two = |days| management_planes(&world, day(days), |id| id == vsphere || id == hyper_v);
        assert_eq!([10, 15].map(two), [2, 1], "through Azure, which nothing uses");
        assert_eq!(management_planes(&world, day(0), |_| false), 0);
    }

    #[test]
    fn an_offer_of_an_alliance_is_sold_while_it_holds_and_its_licence_goes_there_then() {
        let mut world = fixture::world();
        let (home, azure) = (offer(&world, "paris/vsphere"), offer(&world, "azure/host"));
        let (vcf, windows) = (
            world.licences.find(|licence| licence.name == "vcf"),
            world.licences.find(|licence| licence.name == "windows"),
        );
        let (vcf, windows) = (vcf.expect("a licence"), windows.expect("a licence"));
        let carried = |licence, offer| AllianceChange::Portability { licence, offer };
        let changes =
            vec![AllianceChange::Sale { offer: azure }, carried(windows, azure), carried(vcf, azure)];
        allied(&mut world, [31, 59], changes);
        let [db, app] = ["erp-db", "erp-app"].map(|name| {
            world.workloads.find(|workload| workload.name == name).expect("a fixture's workload")
        });
        assert_eq!([0, 31, 58].map(|days| is_on_sale(&world, azure, day(days)).is_ok()), [false, true, true]);
        assert_eq!(is_on_sale(&world, home, day(0)), Ok(()), "what no alliance sells is always on sale");
        assert_eq!(
            is_on_sale(&world, azure, day(59)).expect_err("it has ended").to_string(),
            "on 2027-03-01 azure/host is not on sale: only with alliance 1 (from 2027-02-01 until 2027-03-01)"
        );
        assert_eq!(
            may_carry(&world, db, azure, day(0)).expect_err("it has not begun").to_string(),
            "on 2027-01-01 Windows Server Datacenter may not be carried to azure/host: only with alliance 1 (from 2027-02-01 until 2027-03-01)"
        );
        assert_eq!(may_carry(&world, db, azure, day(31)), Ok(()));
        assert_eq!(may_carry(&world, app, azure, day(0)), Ok(()), "Linux needs no Windows licence");
        assert_eq!(may_carry(&world, db, home, day(0)), Ok(()), "of which no alliance speaks");
    }
}
