//! How each line is shared: by which key, and what each workload weighs by it.

use super::history::{History, Window, vcpus};
use super::keys::Key;
use super::{Attribution, Pending};
use crate::base::ids::{Id, IdVec};
use crate::simulation::journal::{Category, Charge, CommitmentUse, Covered, Meter};
use crate::world::rules::effort;
use crate::world::{
    ApplicationId, Basis, CommitmentId, FacetId, GuestWindows, LicenceId, LinkId, OfferId, OsFamily, Payment,
    Power, ServiceKind, SiteId, SoftwareTerms, WorkloadId, World,
};

/// What each workload weighs in a line, and what is nobody's.
#[derive(Clone, Debug, Default)]
pub(super) struct Weights {
    pub of: Vec<(WorkloadId, f64)>,
    pub nobody: f64,
}

impl Weights {
    /// Of these workloads, those that weigh anything.
    fn weigh(
        workloads: impl IntoIterator<Item = WorkloadId>,
        mut weight: impl FnMut(WorkloadId) -> f64,
    ) -> Self {
        let weighed = workloads.into_iter().map(|workload| (workload, weight(workload)));
        Self { of: weighed.filter(|(_, weight)| *weight > 0.0).collect(), nobody: 0.0 }
    }

    pub fn total(&self) -> f64 {
        self.of.iter().map(|(_, weight)| weight).sum::<f64>() + self.nobody
    }

    /// These, scaled to weigh so much together.
    fn scaled(mut self, to: f64) -> Self {
        let total = self.total();
        if total > 0.0 {
            self.of.iter_mut().for_each(|(_, weight)| *weight *= to / total);
            self.nobody *= to / total;
        } else {
            self.nobody = to;
        }
        self
    }

    fn join(&mut self, other: Self) {
        self.of.extend(other.of);
        self.nobody += other.nobody;
    }

    /// These, or others where these weigh nothing.
    fn or(self, other: impl FnOnce() -> Self) -> Self {
        if self.total() > 0.0 { self } else { other() }
    }
}

/// What finding weights needs, with look-ups made once.
pub(super) struct Sharer<'a, 'w> {
    fold: &'a Attribution<'w>,
    world: &'w World,
    history: &'a History,
    members: IdVec<ApplicationId, Vec<WorkloadId>>,
}

impl<'a, 'w> Sharer<'a, 'w> {
    pub fn new(fold: &'a Attribution<'w>) -> Self {
        let world = fold.world;
        let mut members: IdVec<ApplicationId, Vec<WorkloadId>> =
            IdVec::filled(Vec::new(), world.applications.len());
        for (id, workload) in world.workloads.enumerate() {
            members[workload.application].push(id);
        }
        Self { fold, world, history: &fold.history, members }
    }

    /// By what a line is shared, and what each workload weighs.
    pub fn weights(&self, pending: &Pending) -> (Key, Weights) {
        if let Some(own) = pending.own {
            return (Key::Own, Weights { of: vec![(own, 1.0)], nobody: 0.0 });
        }
        let (charge, window) = (&pending.charge, pending.window);
        match charge.meter {
            Meter::Commitment(id) | Meter::EarlyExit(id) => (Key::CoveredUse, self.committed(id, charge)),
            Meter::RemainingTerm(id) => {
                let offer = self.world.commitments[id].offer;
                (Key::HostVcpuHours, self.on_hosts(window, |other| other == offer, |_| true))
            }
            meter => self.metered(meter, charge, window),
        }
    }

    fn metered(&self, meter: Meter, charge: &Charge, window: Window) -> (Key, Weights) {
        let doubled = charge.category == Category::DoubleRunning;
        let moving = charge.category == Category::Migration;
        let sent = |link| match (charge.site, moving) {
            (Some(site), true) => (Key::CopiedDisks, self.copied(site, link, window)),
            (Some(site), false) => (Key::Hours, self.present(Some(site), window, |_| 1.0)),
            (None, _) => (Key::Hours, self.present(None, window, |_| 1.0)),
        };
        match (meter, charge.application) {
            (Meter::InstanceHours(offer, size), application) => {
                (Key::SizeHours, self.on_size(application, window, offer, size))
            }
            (Meter::IncludedWindows(offer), application) => {
                let guests = |id| self.runs_windows(id);
                (Key::LicensedVcpuHours, self.guests(application, window, offer, guests))
            }
            (Meter::IncludedSoftware(offer, licence), application) => {
                let guests = |id| self.runs(id, licence);
                (Key::LicensedVcpuHours, self.guests(application, window, offer, guests))
            }
            (Meter::Storage(site), application) if doubled => {
                (Key::KeptDiskHours, self.kept_disks(application, site, window))
            }
            (Meter::Storage(site), Some(application)) => {
                let members = self.members[application].iter().copied();
                (Key::DiskHours, self.disks(members, window, |offer| self.world.offers[offer].site == site))
            }
            (Meter::Storage(site), None) => {
                let pools = |offer: OfferId| {
                    let described = &self.world.offers[offer];
                    described.site == site
                        && described.hosts().is_some_and(|hosts| hosts.storage_included.get() > 0)
                };
                (Key::DiskHours, self.disks(self.world.workloads.ids(), window, pools))
            }
            (Meter::HostHours(offer) | Meter::Energy(offer), _) if doubled => {
                (Key::KeptVcpuHours, self.kept_vcpus(offer, window))
            }
            (Meter::HostHours(offer) | Meter::Energy(offer), _) => {
                (Key::HostVcpuHours, self.on_hosts(window, |other| other == offer, |_| true))
            }
            (Meter::Hardware(offer) | Meter::HardwareSold(offer), _) => {
                let reuses = |other: OfferId| {
                    self.world.offers[other].hosts().is_some_and(|hosts| hosts.reuses == Some(offer))
                };
                (Key::HostVcpuHours, self.on_hosts(window, |other| other == offer || reuses(other), |_| true))
            }
            (Meter::Egress(_), _) => sent(None),
            (Meter::CircuitData(link), _) => sent(Some(link)),
            (Meter::Circuit(link), _) => (Key::DisksOverCircuit, self.over(link, window)),
            (Meter::Service(site, place) | Meter::RemainingService(site, place), _) => {
                self.service(site, place, window)
            }
            (
                Meter::Contract(contract)
                | Meter::Subscription(contract)
                | Meter::Bridge(contract)
                | Meter::RemainingCommitment(contract),
                _,
            ) => (Key::LicensedCoreHours, self.licensed(self.world.contracts[contract].licence, window)),
            (Meter::Packs(licence) | Meter::Assurance(licence), _) => {
                (Key::LicensedCoreHours, self.licensed(licence, window))
            }
            (Meter::Administration, _) => (Key::Administration, self.administration(window)),
            (Meter::Conversion(facet), Some(application)) => {
                (Key::MoversOfApplication, self.crossing(application, facet))
            }
            (Meter::MoveWork, Some(application)) => (Key::MoveHours, self.move_hours(application)),
            (Meter::ServiceCredit(offer), Some(application)) => {
                let members = || self.members[application].iter().copied();
                let down = Weights::weigh(members(), |id| self.history.down(id, offer, window));
                let there =
                    || Weights::weigh(members(), |id| self.history.time(id, window, |other| other == offer));
                (Key::HoursDown, down.or(there))
            }
            (Meter::Replaced(_) | Meter::ManagedInstead(_), Some(application)) => {
                let members = self.members[application].iter().copied();
                (Key::Hours, Weights::weigh(members, |id| self.history.time(id, window, |_| true)))
            }
            (_, Some(application)) => (Key::MoversOfApplication, self.movers_of(application)),
            (_, None) if moving => {
                let movers = self.fold.movers.iter().copied();
                (Key::Movers, Weights::weigh(movers, |_| 1.0))
            }
            (_, None) => (Key::Hours, self.present(charge.site, window, |_| 1.0)),
        }
    }

    /// Workloads at a site, or anywhere, by their hours and a weight of their own.
    fn present(&self, site: Option<SiteId>, window: Window, weight: impl Fn(WorkloadId) -> f64) -> Weights {
        let there = |offer: OfferId| site.is_none_or(|site| self.world.offers[offer].site == site);
        Weights::weigh(self.world.workloads.ids(), |id| weight(id) * self.history.time(id, window, there))
    }

    fn among(&self, application: Option<ApplicationId>) -> Vec<WorkloadId> {
        match application {
            Some(application) => self.members[application].clone(),
            None => self.world.workloads.ids().collect(),
        }
    }

    fn on_size(
        &self,
        application: Option<ApplicationId>,
        window: Window,
        offer: OfferId,
        size: u32,
    ) -> Weights {
        let members = self.among(application);
        let on_it =
            Weights::weigh(members.iter().copied(), |id| self.history.time_on_size(id, window, offer, size));
        on_it.or(|| {
            let runs = |id: WorkloadId| self.world.workloads[id].power == Power::On;
            let running = members.into_iter().filter(|id| runs(*id));
            Weights::weigh(running, |id| self.history.time(id, window, |other| other == offer))
        })
    }

    /// Guests under a licence in the price, by its virtual processors and hours.
    fn guests(
        &self,
        application: Option<ApplicationId>,
        window: Window,
        offer: OfferId,
        counts: impl Fn(WorkloadId) -> bool,
    ) -> Weights {
        let guests = self.among(application).into_iter().filter(|id| counts(*id));
        Weights::weigh(guests, |id| {
            let hours = self.history.time(id, window, |other| other == offer);
            if hours > 0.0 {
                hours * self.history.licensed_vcpus(self.world, &self.fold.at_start, id, offer)
            } else {
                0.0
            }
        })
    }

    fn runs_windows(&self, workload: WorkloadId) -> bool {
        let described = &self.world.workloads[workload];
        described.os == OsFamily::Windows && described.power == Power::On
    }

    /// Whether a guest runs software under this licence.
    fn runs(&self, workload: WorkloadId, licence: LicenceId) -> bool {
        let described = &self.world.workloads[workload];
        described.power == Power::On && described.software.contains(&licence)
    }

    fn disk(&self, workload: WorkloadId) -> f64 {
        self.world.workloads[workload].disk.get() as f64
    }

    fn disks(
        &self,
        workloads: impl IntoIterator<Item = WorkloadId>,
        window: Window,
        wanted: impl Fn(OfferId) -> bool,
    ) -> Weights {
        Weights::weigh(workloads, |id| self.disk(id) * self.history.time(id, window, &wanted))
    }

    fn kept_disks(&self, application: Option<ApplicationId>, site: SiteId, window: Window) -> Weights {
        let at_site = |offer: OfferId| self.world.offers[offer].site == site;
        let members = self.among(application);
        let kept = Weights::weigh(members.iter().copied(), |id| {
            self.disk(id) * self.history.kept(id, window, at_site)
        });
        // An owner's test may keep a source longer than was agreed.
        kept.or(|| Weights::weigh(members, |id| self.disk(id) * self.history.kept(id, EVER, at_site)))
    }

    fn kept_vcpus(&self, offer: OfferId, window: Window) -> Weights {
        let kept_in = |window| {
            Weights::weigh(self.world.workloads.ids(), |id| {
                let hours = self.history.kept(id, window, |other| other == offer);
                if hours > 0.0 { hours * self.vcpus(id, offer) } else { 0.0 }
            })
        };
        kept_in(window).or(|| kept_in(EVER))
    }

    fn vcpus(&self, workload: WorkloadId, offer: OfferId) -> f64 {
        vcpus(self.world, &self.fold.at_start, workload, offer)
    }

    /// Workloads on the hosts of some offers, by virtual processors and hours.
    fn on_hosts(
        &self,
        window: Window,
        wanted: impl Fn(OfferId) -> bool,
        counts: impl Fn(WorkloadId) -> bool,
    ) -> Weights {
        let offers: Vec<OfferId> = self.world.offers.ids().filter(|offer| wanted(*offer)).collect();
        Weights::weigh(self.world.workloads.ids().filter(|id| counts(*id)), |id| {
            let at = |offer: &OfferId| {
                let hours = self.history.time(id, window, |other| other == *offer);
                if hours > 0.0 { hours * self.vcpus(id, *offer) } else { 0.0 }
            };
            offers.iter().map(at).sum()
        })
    }

    fn copied(&self, site: SiteId, over: Option<LinkId>, window: Window) -> Weights {
        let assigned = |id: WorkloadId| self.fold.assignment(id).and_then(|assignment| assignment.link);
        let went = |id: WorkloadId| over.is_none() || assigned(id) == over;
        let mut copied: Vec<WorkloadId> = self
            .history
            .was_copied(self.world, window, site)
            .map(|(workload, _)| workload)
            .filter(|id| went(*id))
            .collect();
        copied.sort_unstable();
        copied.dedup();
        Weights::weigh(copied, |id| self.disk(id)).or(|| {
            // A copy that was never finished leaves no attempt behind.
            let leaves =
                |id: &WorkloadId| self.world.offers[self.world.workloads[*id].home].site == site && went(*id);
            Weights::weigh(self.fold.movers.iter().copied().filter(leaves), |id| self.disk(id))
        })
    }

    fn over(&self, link: LinkId, window: Window) -> Weights {
        let assigned = |id: &WorkloadId| {
            self.fold.assignment(*id).is_some_and(|assignment| assignment.link == Some(link))
        };
        let moved = Weights::weigh(self.fold.movers.iter().copied().filter(assigned), |id| self.disk(id));
        // A circuit that only running applications use is theirs at both ends.
        moved.or(|| {
            let ends = |site: SiteId| {
                let other = self.world.sites.ids().find(|other| self.world.links[link].joins(site, *other));
                other.is_some()
            };
            self.disks(self.world.workloads.ids(), window, |offer| ends(self.world.offers[offer].site))
        })
    }

    fn service(&self, site: SiteId, place: u32, window: Window) -> (Key, Weights) {
        let service = self.world.sites[site].services.get(place as usize);
        let by_disk = service.is_some_and(|service| match service.basis {
            Basis::GibMonth => true,
            Basis::WorkloadMonth | Basis::Spend => false,
            Basis::Month => matches!(service.kind, ServiceKind::Storage | ServiceKind::Backup),
        });
        if by_disk {
            (Key::DiskHours, self.present(Some(site), window, |id| self.disk(id)))
        } else {
            (Key::Hours, self.present(Some(site), window, |_| 1.0))
        }
    }

    /// By the cores of licensed hosts, offer by offer; where only some guests need the
    /// licence, Windows or a database, among them.
    fn licensed(&self, licence: LicenceId, window: Window) -> Weights {
        let mut weights = Weights::default();
        for (id, offer) in self.world.offers.enumerate() {
            let installed = offer.licences.iter().any(|used| used.licence == licence);
            let windows =
                matches!(offer.windows, GuestWindows::Carried(carried) if carried.licence == licence);
            let software = matches!(offer.software_terms(licence), Some(SoftwareTerms::Carried(_)));
            if !installed && !windows && !software {
                continue;
            }
            let guest = |workload| {
                installed
                    || (windows && self.runs_windows(workload))
                    || (software && self.runs(workload, licence))
            };
            let there = self.on_hosts(window, |other| other == id, guest);
            match offer.hosts() {
                Some(hosts) => {
                    let cores = f64::from(hosts.shape.cores) * self.history.host_hours(id, window);
                    if cores > 0.0 && (installed || there.total() > 0.0) {
                        weights.join(there.scaled(cores));
                    }
                }
                // Two virtual processors are the threads of one core.
                None => {
                    let total = there.total();
                    weights.join(there.scaled(total / 2.0));
                }
            }
        }
        weights
    }

    fn administration(&self, window: Window) -> Weights {
        let (world, figures) = (self.world, &self.fold.at_start);
        let ratio = |figure| figures.value(figure).max(f64::MIN_POSITIVE);
        let per_workload = ratio(world.operations.workloads_per_administrator);
        let per_host = ratio(world.operations.hosts_per_administrator);
        let mut weights = self.present(None, window, |_| 1.0 / per_workload);
        for (id, offer) in world.offers.enumerate().filter(|(_, offer)| offer.is_owned()) {
            let hours = self.history.host_hours(id, window);
            if hours > 0.0 && offer.hosts().is_some() {
                weights.join(self.on_hosts(window, |other| other == id, |_| true).scaled(hours / per_host));
            }
        }
        weights
    }

    fn movers_of(&self, application: ApplicationId) -> Weights {
        self.even(application, |id| self.fold.assignment(id).is_some())
    }

    /// Even parts among those that `counts`, of the application or of the group that it
    /// leads; among all of the application where none does.
    fn even(&self, application: ApplicationId, counts: impl Fn(WorkloadId) -> bool) -> Weights {
        let members = || self.members[application].iter().copied();
        let own = Weights::weigh(members().filter(|id| counts(*id)), |_| 1.0);
        own.or(|| {
            let led = |id: &WorkloadId| {
                let of = self.world.workloads[*id].application;
                self.world.programme.leader(of) == application && counts(*id)
            };
            Weights::weigh(self.fold.movers.iter().copied().filter(led), |_| 1.0)
        })
        .or(|| Weights::weigh(members(), |_| 1.0))
    }

    fn crossing(&self, application: ApplicationId, facet: FacetId) -> Weights {
        let differs = |id: WorkloadId| {
            let to = self.fold.assignment(id).and_then(|assignment| assignment.to);
            let platform = |offer: OfferId| &self.world.platforms[self.world.offers[offer].platform];
            let from = platform(self.world.workloads[id].home);
            to.is_some_and(|to| from.differs(platform(to)).any(|other| other == facet))
        };
        self.even(application, differs)
    }

    fn move_hours(&self, application: ApplicationId) -> Weights {
        let (world, figures) = (self.world, &self.fold.at_start);
        let mut weights = self.movers_of(application);
        let even = effort::application_hours(world, figures) / weights.of.len().max(1) as f64;
        for (id, weight) in &mut weights.of {
            let tool = self.fold.assignment(*id).and_then(|assignment| assignment.tool);
            let own = effort::workload_hours(world, figures, &world.workloads[*id])
                + effort::method_hours(world, figures, tool);
            *weight = (own + even).max(f64::MIN_POSITIVE);
        }
        weights
    }

    /// A month of a commitment by what it covered in it; what is paid at once by all
    /// that it covered.
    fn committed(&self, id: CommitmentId, charge: &Charge) -> Weights {
        let commitment = &self.world.commitments[id];
        let monthly = commitment.payment == Payment::Monthly && matches!(charge.meter, Meter::Commitment(_));
        let of_it = |covered: &&(Covered, Window)| {
            covered.0.commitment == id
                && !matches!(covered.0.meter, Meter::RemainingTerm(_))
                && (!monthly || covered.0.month == charge.month)
        };
        let mut weights = Weights::default();
        for (covered, window) in self.fold.covered.iter().filter(of_it) {
            let amount = covered.amount.as_f64().max(0.0);
            match covered.use_of {
                CommitmentUse::Unused => weights.nobody += amount,
                CommitmentUse::Used => {
                    let line = Charge {
                        meter: covered.meter,
                        site: Some(covered.site),
                        application: covered.application,
                        month: covered.month,
                        category: Category::Compute,
                        ..*charge
                    };
                    let (_, used) = self.metered(covered.meter, &line, *window);
                    weights.join(used.scaled(amount));
                }
            }
        }
        weights
    }
}

/// All time.
const EVER: Window =
    Window { from: crate::base::units::SimTime::START, until: crate::base::units::SimTime::NEVER };

/// Weights of one workload from several places become one.
pub(super) fn gathered(world: &World, mut weights: Weights) -> Weights {
    if weights.of.is_sorted_by(|a, b| a.0 < b.0) {
        return weights;
    }
    let mut sums: IdVec<WorkloadId, f64> = IdVec::filled(0.0, world.workloads.len());
    for (id, weight) in &weights.of {
        sums[*id] += weight;
    }
    weights.of = sums.enumerate().filter(|(_, w)| **w > 0.0).map(|(id, w)| (id, *w)).collect();
    debug_assert!(weights.of.iter().all(|(id, _)| id.index() < world.workloads.len()));
    weights
}
