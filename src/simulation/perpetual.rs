//! Licences that are bought once: what hosts and guests need, what is owned, what is
//! bought besides, and the maintenance of what is in use.

use std::collections::BTreeMap;

use super::Simulation;
use super::billing::{Line, line_at};
use super::estate::{Place, Spot};
use super::journal::{Category, Meter, Nature, Receiver};
use crate::base::ids::Id;
use crate::base::units::{Price, Quantity, SimTime};
use crate::world::rules::licences;
use crate::world::{
    Carried, CountedBy, Counting, DualUse, GuestWindows, GuestsCounted, LicenceId, Offer, OfferId, OsFamily,
    Owned, Power, SoftwareTerms, Stacking, Workload, WorkloadId,
};

/// Cores of a licence in use, by whether one licence serves for two of them.
#[derive(Clone, Copy, Debug, Default)]
struct InUse {
    /// On the user's own hosts.
    at_home: u32,
    /// Where the licences of the user's own hosts serve at the same time, without limit.
    beside: u32,
    /// Elsewhere.
    elsewhere: u32,
}

impl InUse {
    /// Cores that must be owned: what may be used twice counts once.
    fn cores(self) -> u32 {
        self.at_home.max(self.beside) + self.elsewhere
    }
}

impl<R: Receiver> Simulation<'_, R> {
    /// Notes what is owned of each perpetual licence at the start.
    pub(super) fn take_over_licences(&mut self, now: SimTime) {
        let world = self.world;
        for (id, licence) in world.licences.enumerate() {
            if let Some(perpetual) = licence.perpetual {
                self.cores_owned[id.index()] = match perpetual.owned {
                    Owned::Cores(cores) => cores,
                    Owned::AsNeeded => self.cores_needed(id, now),
                };
            }
        }
    }

    /// Meters the perpetual licences in use for a month, and buys what is missing.
    pub(super) fn settle_perpetual_licences(&mut self, now: SimTime, month: u32, years: f64) {
        let world = self.world;
        for (id, licence) in world.licences.enumerate() {
            let Some(perpetual) = licence.perpetual else { continue };
            let needed = self.cores_needed_now(id, now);
            let owned = self.cores_owned[id.index()];
            let line = |meter, nature| Line {
                meter,
                category: Category::Licences,
                site: None,
                application: None,
                month,
                paid_at: now,
                nature,
            };
            if needed > owned {
                let missing = licences::packs(licence.counting, needed - owned);
                let price = self.figures.price(licence.price);
                let charge = line_at(
                    &self.figures,
                    licence.price,
                    price,
                    missing,
                    line(Meter::Packs(id), Nature::Capex),
                );
                self.post(now, charge);
            }
            self.cores_owned[id.index()] = needed.max(owned);
            if let (Some(assurance), true) = (perpetual.assurance, needed > 0) {
                let share = self.figures.value(assurance);
                let price = Price::from_f64(self.figures.value(licence.price) * share);
                let packs = licences::packs(licence.counting, needed).as_f64();
                let quantity = Quantity::from_f64(packs * years);
                let charge = line_at(
                    &self.figures,
                    licence.price,
                    price,
                    quantity,
                    line(Meter::Assurance(id), Nature::Opex),
                );
                self.post(now, charge);
            }
        }
    }

    /// As [`Self::cores_needed`], which is not worked out again where nothing has changed.
    fn cores_needed_now(&mut self, licence: LicenceId, now: SimTime) -> u32 {
        let (known_at, known) = self.cores_known[licence.index()];
        if known_at == self.changes {
            return known;
        }
        let needed = self.cores_needed(licence, now);
        // A source that is kept may come to need a licence as time passes.
        if self.sources_kept == 0 {
            self.cores_known[licence.index()] = (self.changes, needed);
        }
        needed
    }

    /// Cores of a perpetual licence that are needed as things stand; none of a subscription.
    pub(super) fn cores_needed(&self, licence: LicenceId, now: SimTime) -> u32 {
        let mut used = InUse::default();
        if self.world.licences[licence].perpetual.is_none() {
            return 0;
        }
        for (id, offer) in self.world.offers.enumerate() {
            let installed = offer.licences.iter().any(|used| used.licence == licence);
            if installed {
                used.at_home += self.installed_cores(id, licence, now);
                continue;
            }
            let Some(carried) = carried_at(offer, licence) else { continue };
            let cores = self.carried_cores(id, carried, now);
            match carried.dual_use {
                DualUse::AtHome => used.at_home += cores,
                DualUse::Unlimited => used.beside += cores,
                DualUse::For(_) | DualUse::Never => used.elsewhere += cores,
            }
        }
        used.cores()
    }

    /// Cores of a licence that every host of an offer has, whatever runs on it.
    fn installed_cores(&self, offer: OfferId, licence: LicenceId, now: SimTime) -> u32 {
        let Some(pool) = &self.pools[offer] else { return 0 };
        let counting = self.world.licences[licence].counting;
        let once = licences::host_cores(counting, &pool.shape(), 1);
        let Some(stacking) = stacking(counting) else { return once * pool.count() };
        let guests = self.guests_by_host(offer, licence, stacking.of, now);
        let with_guests =
            guests.values().map(|guests| licences::host_cores(counting, &pool.shape(), *guests));
        with_guests.sum::<u32>() + once * pool.count().saturating_sub(guests.len() as u32)
    }

    /// Cores of a licence that is carried to an offer for the guests there.
    fn carried_cores(&self, offer: OfferId, carried: Carried, now: SimTime) -> u32 {
        let licence = carried.licence;
        let counting = self.world.licences[licence].counting;
        let sizes = || {
            let guests = self.guests(offer, licence, now);
            guests.into_iter().map(|(workload, place)| self.licensed_vcpus(workload, place))
        };
        match carried.counted {
            CountedBy::HostCores => {
                let Some(pool) = &self.pools[offer] else { return 0 };
                let cores = |guests| licences::host_cores(counting, &pool.shape(), guests);
                match stacking(counting) {
                    Some(stacking) => {
                        self.guests_by_host(offer, licence, stacking.of, now).into_values().map(cores).sum()
                    }
                    None if self.windows_on[offer] > 0 => cores(0) * pool.count(),
                    None => 0,
                }
            }
            CountedBy::HalfLicences => licences::half_licence_cores(sizes()),
            CountedBy::ServiceVcpus { per_core } => licences::service_cores(sizes(), per_core),
            CountedBy::VirtualCores { minimum } => match (counting, &self.pools[offer]) {
                (Counting::VirtualCore { .. }, Some(_)) => self.guest_or_host_cores(offer, licence, now),
                (Counting::VirtualCore { minimum_per_guest, .. }, None) => {
                    licences::virtual_cores(sizes(), minimum_per_guest.max(minimum))
                }
                _ => licences::virtual_cores(sizes(), minimum),
            },
        }
    }

    /// Cores of software that is licensed by virtual core, on the hosts of an offer: host
    /// by host its guests', or all of the host where that takes fewer.
    fn guest_or_host_cores(&self, offer: OfferId, licence: LicenceId, now: SimTime) -> u32 {
        let Some(pool) = &self.pools[offer] else { return 0 };
        let counting = self.world.licences[licence].counting;
        let mut by_host: BTreeMap<Option<u32>, Vec<u32>> = BTreeMap::new();
        for (workload, place) in self.guests(offer, licence, now) {
            let host = match place.spot {
                Spot::Host(host) => Some(host),
                _ => None,
            };
            by_host.entry(host).or_default().push(self.licensed_vcpus(workload, place));
        }
        by_host.into_values().map(|vcpus| licences::host_or_guests(counting, &pool.shape(), vcpus)).sum()
    }

    /// How many guests that a licence counts are on each host of an offer.
    fn guests_by_host(
        &self,
        offer: OfferId,
        licence: LicenceId,
        of: GuestsCounted,
        now: SimTime,
    ) -> BTreeMap<u32, u32> {
        let mut by_host = BTreeMap::new();
        let counts = |workload: &Workload| match of {
            GuestsCounted::Windows => workload.os == OsFamily::Windows,
            GuestsCounted::All => true,
        };
        for (_, place) in self.guests_that(offer, licence, now, counts) {
            if let Spot::Host(host) = place.spot {
                *by_host.entry(host).or_default() += 1;
            }
        }
        by_host
    }

    /// The guests at an offer that run what a licence is for.
    fn guests(&self, offer: OfferId, licence: LicenceId, now: SimTime) -> Vec<(WorkloadId, Place)> {
        let by_core = matches!(self.world.licences[licence].counting, Counting::VirtualCore { .. });
        self.guests_that(offer, licence, now, |workload| {
            if by_core { workload.software.contains(&licence) } else { workload.os == OsFamily::Windows }
        })
    }

    /// Running workloads at an offer that are so, and the sources kept there that need a
    /// licence beside that of the workload that has left.
    fn guests_that(
        &self,
        offer: OfferId,
        licence: LicenceId,
        now: SimTime,
        is_so: impl Fn(&Workload) -> bool,
    ) -> Vec<(WorkloadId, Place)> {
        let mut guests = Vec::new();
        if self.sites[self.world.offers[offer].site].is_empty() {
            return guests;
        }
        for (id, workload) in self.world.workloads.enumerate() {
            if workload.power == Power::Off || !is_so(workload) {
                continue;
            }
            guests.extend(self.places[id].filter(|place| place.offer == offer).map(|place| (id, place)));
            let kept = self.retained[id].filter(|place| place.offer == offer);
            guests.extend(kept.filter(|_| self.needs_a_second(id, licence, now)).map(|place| (id, place)));
        }
        guests
    }

    /// Whether the source that is kept of a moved workload needs a licence of its own:
    /// not while the one that went along may be used in both places. Where it may not, the
    /// source is kept switched off: nobody buys a licence for two weeks of a fallback. Where
    /// it may for a time, whoever keeps it longer is taken to go on running it.
    fn needs_a_second(&self, workload: WorkloadId, licence: LicenceId, now: SimTime) -> bool {
        let Some(place) = self.places[workload] else { return true };
        match carried_at(&self.world.offers[place.offer], licence).map(|carried| carried.dual_use) {
            Some(DualUse::AtHome | DualUse::Unlimited | DualUse::Never) => false,
            Some(DualUse::For(span)) => now >= self.kept_since[workload] + span,
            None => true,
        }
    }
}

/// How a licence is carried to an offer, if it is.
fn carried_at(offer: &Offer, licence: LicenceId) -> Option<Carried> {
    let software = offer.software_terms(licence).and_then(|terms| match terms {
        SoftwareTerms::Carried(carried) => Some(*carried),
        SoftwareTerms::Included(_) | SoftwareTerms::Refused(_) => None,
    });
    match offer.windows {
        GuestWindows::Carried(carried) if carried.licence == licence => Some(carried),
        _ => software,
    }
}

fn stacking(counting: Counting) -> Option<Stacking> {
    match counting {
        Counting::SixteenCorePack { stacking, .. } => stacking,
        Counting::Core { .. } | Counting::VirtualCore { .. } => None,
    }
}
