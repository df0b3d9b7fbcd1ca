//! The month's bill: what ran by the hour, data that left, staff, credits.

use std::collections::BTreeMap;

use super::billing::{GaugeKey, Line, Month, Per, line, line_at};
use super::estate::{Place, Spot};
use super::event::Event;
use super::journal::{Category, Decision, Entry, Meter, Nature, Receiver};
use super::{Scheduler, Simulation};
use crate::base::ids::{Id, IdVec};
use crate::base::units::{Price, Quantity, SimTime, Span};
use crate::world::rules::{alliances, feasibility, service_levels, tariffs};
use crate::world::{
    ApplicationId, Change, FigureId, HostPrice, LinkId, OfferId, PlatformId, Route, SiteId, WorkloadId,
};

const DAYS_PER_YEAR: f64 = 365.25;

/// A workload was down through its provider's fault.
#[derive(Clone, Copy, Debug)]
pub(super) struct Failure {
    pub workload: WorkloadId,
    /// Where it was: it may be elsewhere by the end of the month.
    pub offer: OfferId,
    pub down: Span,
    /// What was paid for it there by the hour: a price, and the part of it.
    pub fee: Option<(FigureId, f64)>,
}

/// What falls into a tier.
fn of_tier(tiers: &[(FigureId, Quantity)], wanted: FigureId) -> Quantity {
    tiers.iter().find(|(tier, _)| *tier == wanted).map_or(Quantity::ZERO, |(_, quantity)| *quantity)
}

/// Gigabytes a month that leave sites.
struct Exchanged {
    /// At the tariff of the site's provider.
    by_tariff: IdVec<SiteId, f64>,
    /// Over a circuit with a price of its own, from one of its ends.
    over: BTreeMap<(LinkId, SiteId), f64>,
    /// The part of both that flows only because, in an exit, an application has left and
    /// one that it works with has not.
    parallel: BTreeMap<(Option<LinkId>, SiteId), f64>,
}

/// Gigabytes that left a site in a month.
#[derive(Clone, Copy, Default)]
struct Sent {
    /// By running applications.
    running: f64,
    /// The part of that which an exit under way causes.
    parallel: f64,
    /// By copies.
    copied: f64,
}

impl<R: Receiver> Simulation<'_, R> {
    pub(super) fn month_ends(&mut self, scheduler: &mut Scheduler<Event>) {
        let now = scheduler.now();
        self.settle_month(now);
        self.close_use(now);
        self.end_unused_services(now);
        for offer in self.world.offers.ids() {
            let rented = self.world.offers[offer]
                .hosts()
                .is_some_and(|hosts| matches!(hosts.price, HostPrice::PerHour(_)));
            if self.pools[offer].is_some() && (rented || self.plan.shrinks(offer)) {
                self.consolidate(offer, scheduler);
            }
        }
        let next = self.world.calendar.month_of(now) + 1;
        scheduler.schedule_at(self.world.calendar.month_start(next), Event::MonthEnds);
    }

    /// A dated change: what ran until now is charged at the old prices. What is
    /// judged by the month (tiers and allowances of egress, credits) waits for its
    /// end, and is charged at the prices of that day.
    pub(super) fn timeline_reached(&mut self, index: u32, scheduler: &mut Scheduler<Event>) {
        let now = scheduler.now();
        self.close_books(now);
        match &self.world.timeline[index as usize].change {
            Change::Prices { figures, by } => {
                let factor = 1.0 + self.figures.value(*by);
                self.changes += 1;
                for figure in figures {
                    self.figures.scale(*figure, factor);
                }
                self.decide(now, Decision::PricesMoved { event: index });
            }
            Change::Fault { .. } => {
                self.decide(now, Decision::Faulted { event: index });
                self.fault_begins(index, scheduler);
            }
        }
    }

    /// Charges what ran until now, before something changes what it costs; closes the
    /// books of a month where one ends.
    pub(super) fn close_books(&mut self, now: SimTime) {
        let calendar = &self.world.calendar;
        if calendar.month_start(calendar.month_of(now)) == now {
            self.settle_month(now);
        } else {
            self.settle_running(now);
        }
    }

    /// Closes the books of a month: everything since they were last closed.
    pub(super) fn settle_month(&mut self, now: SimTime) {
        self.settle_running(now);
        let passed = now.since(self.month_settled_at);
        if passed == Span::ZERO {
            return;
        }
        self.month_settled_at = now;
        let month = self.month(now);
        self.settle_tiered_storage(month, now);
        self.settle_traffic(month, passed, now);
        let months = passed.as_ns() as f64 / month.span.as_ns() as f64;
        self.settle_facilities(month, months, now);
        self.settle_credits(month, passed, now);
        self.settle_support(month, months, now);
    }

    /// Charges everything that runs by time since it was last charged.
    fn settle_running(&mut self, now: SimTime) {
        let month = self.month(now);
        let passed = now.since(self.settled_at);
        if passed == Span::ZERO {
            return;
        }
        let since = std::mem::replace(&mut self.settled_at, now);
        let covered = self.close_covered(now);
        let (figures, journal, spent) = (&self.figures, &mut self.journal, &mut self.spent);
        self.gauges.settle(now, month, figures, |charge| {
            let charge = match &covered {
                None => Some(charge),
                Some(covered) => covered.on_demand(figures, charge),
            };
            if let Some(charge) = charge {
                spent.note(&charge);
                journal.receive(now, &super::journal::Entry::Charge(charge));
            }
        });
        for offer in self.world.offers.ids() {
            let covered_ns = covered.as_ref().map_or(0, |covered| covered.hosts_at(offer));
            self.settle_hosts(offer, covered_ns, month, now);
        }
        if let Some(covered) = covered {
            self.settle_commitments(covered, month, now);
        }
        let years = passed.as_days() / DAYS_PER_YEAR;
        self.settle_administration(month, since, now);
        self.settle_perpetual_licences(now, month.index, years);
    }

    fn settle_traffic(&mut self, month: Month, passed: Span, now: SimTime) {
        let months = passed.as_ns() as f64 / month.span.as_ns() as f64;
        let exchanged = self.dependency_egress();
        for site in self.world.sites.ids() {
            let parallel = exchanged.parallel.get(&(None, site)).copied().unwrap_or_default();
            let running = months * exchanged.by_tariff[site];
            let sent = Sent { running, parallel: months * parallel, copied: 0.0 };
            self.settle_egress(site, sent, month, now);
        }
        let copied = std::mem::take(&mut self.copied_over);
        let mut over: BTreeMap<(LinkId, SiteId), Sent> = BTreeMap::new();
        for ((link, site), gb) in exchanged.over {
            let parallel = exchanged.parallel.get(&(Some(link), site)).copied().unwrap_or_default();
            let sent = over.entry((link, site)).or_default();
            sent.running += months * gb;
            sent.parallel += months * parallel;
        }
        for (key, gb) in copied {
            over.entry(key).or_default().copied += gb;
        }
        for ((link, from), sent) in over {
            self.settle_circuit_data(link, from, sent, month, now);
        }
        self.settle_waived(now);
    }

    /// Data that left a provider's site over a circuit with a price of its own.
    fn settle_circuit_data(&mut self, link: LinkId, from: SiteId, sent: Sent, month: Month, now: SimTime) {
        let Some(figure) = self.world.links[link].per_gb else { return };
        let parts = [
            (Category::Network, sent.running - sent.parallel),
            (Category::DoubleRunning, sent.parallel),
            (Category::Migration, sent.copied),
        ];
        for (category, gb) in parts {
            let quantity = Quantity::from_f64(gb);
            if quantity == Quantity::ZERO {
                continue;
            }
            let line_of = Line {
                meter: Meter::CircuitData(link),
                category,
                site: Some(from),
                application: None,
                month: month.index,
                paid_at: now,
                nature: Nature::Opex,
            };
            let charge = line(&self.figures, figure, quantity, line_of);
            self.post(now, charge);
        }
    }

    /// Counts what left a site: over a circuit that has a price for it, or by the
    /// tariff of the site's provider.
    pub(super) fn note_sent(&mut self, from: SiteId, over: Option<LinkId>, gb: f64) {
        match over {
            Some(link) => *self.copied_over.entry((link, from)).or_default() += gb,
            None => self.copied_out[from] += gb,
        }
    }

    /// Whether a circuit has a price for data that leaves a site: what enters a provider
    /// and what leaves one's own rooms is free.
    pub(super) fn is_metered(&self, link: LinkId, from: SiteId) -> bool {
        let mut offers = self.world.offers.iter();
        self.world.links[link].per_gb.is_some() && !offers.any(|offer| offer.site == from && offer.is_owned())
    }

    /// Rented hosts by the hour, but for those that commitments covered, or the
    /// electricity of owned ones. What is kept for workloads that have left is double
    /// running.
    fn settle_hosts(&mut self, offer: OfferId, covered_ns: u128, month: Month, now: SimTime) {
        let Some(described) = self.world.offers[offer].hosts() else { return };
        let host_ns = self.hosts[offer].hosts.take(now);
        let retained_ns = self.hosts[offer].retained_vcpus.take(now);
        if host_ns == 0 {
            return;
        }
        let hours = (host_ns - covered_ns) as f64 / 3.6e12;
        let kept = (retained_ns as f64 / (host_ns as f64 * f64::from(described.shape.vcpus))).min(1.0);
        let (meter, figure, category, quantity) = match &described.price {
            HostPrice::PerHour(figure) => (Meter::HostHours(offer), *figure, Category::Compute, hours),
            HostPrice::Owned(hardware) => {
                let kilowatts = self.figures.value(hardware.watts) / 1_000.0;
                let pue = self.figures.value(self.world.operations.pue);
                (
                    Meter::Energy(offer),
                    self.world.operations.electricity,
                    Category::Energy,
                    hours * kilowatts * pue,
                )
            }
        };
        // The two parts are rounded so that they add up to the whole.
        let whole = Quantity::from_f64(quantity);
        let double = Quantity::from_f64(quantity * kept);
        let single = Quantity::from_micros(whole.micros() - double.micros());
        for (category, quantity) in [(category, single), (Category::DoubleRunning, double)] {
            if quantity != Quantity::ZERO {
                let charge = line(
                    &self.figures,
                    figure,
                    quantity,
                    Line {
                        meter,
                        category,
                        site: Some(self.world.offers[offer].site),
                        application: None,
                        month: month.index,
                        paid_at: now,
                        nature: Nature::Opex,
                    },
                );
                self.post(now, charge);
            }
        }
    }

    /// Data that left a site: to users and to applications elsewhere, and what copies took
    /// out, which goes on top and is booked as migration. Between the two lies what flows
    /// only because an exit is under way: it is double running.
    fn settle_egress(&mut self, site: SiteId, exchanged: Sent, month: Month, now: SimTime) {
        let running_ns = self.running[site].take(now);
        let copied = std::mem::take(&mut self.copied_out[site]);
        let world = self.world;
        let Some(tariff) = &world.sites[site].egress else { return };
        let months = running_ns as f64 / month.span.as_ns() as f64;
        let users = months * self.figures.value(world.operations.user_egress_gb);
        let used = users + exchanged.running;
        let tiers = |gb: f64| -> Vec<(FigureId, Quantity)> { tariffs::charged(tariff, gb).collect() };
        let running = tiers(used);
        let alone = if exchanged.parallel > 0.0 { tiers(used - exchanged.parallel) } else { running.clone() };
        let everything = tiers(used + copied);
        self.price_waived(site, tariff, used + copied, now);
        // What applications send to each other comes on top of what users take: a part of
        // the lines of what runs, which stay whole.
        let to_users = tiers(users);
        let about = |category| Line {
            meter: Meter::Egress(site),
            category,
            site: Some(site),
            application: None,
            month: month.index,
            paid_at: now,
            nature: Nature::Opex,
        };
        for (figure, quantity) in everything {
            let base = of_tier(&running, figure);
            let between = base.micros() - of_tier(&to_users, figure).micros();
            let alone = of_tier(&alone, figure);
            let parallel = Quantity::from_micros(base.micros() - alone.micros());
            let extra = Quantity::from_micros(quantity.micros() - base.micros());
            let parts = [
                (Category::Network, alone),
                (Category::DoubleRunning, parallel),
                (Category::Migration, extra),
            ];
            for (category, quantity) in parts {
                if quantity == Quantity::ZERO {
                    continue;
                }
                let charge = line(&self.figures, figure, quantity, about(category));
                self.post(now, charge);
            }
            if between > 0 {
                let between = Quantity::from_micros(between);
                let part = line(&self.figures, figure, between, about(Category::Network));
                self.journal.receive(now, &Entry::Exchanged(part));
            }
        }
    }

    /// Gigabytes a month that applications at each site send to applications that
    /// they depend on and that are elsewhere, as they are placed now: half of what
    /// is exchanged. Nothing goes to or from what is retired.
    fn dependency_egress(&self) -> Exchanged {
        let world = self.world;
        let mut gb = Exchanged {
            by_tariff: IdVec::filled(0.0, world.sites.len()),
            over: BTreeMap::new(),
            parallel: BTreeMap::new(),
        };
        if world.applications.iter().all(|application| application.dependencies.is_empty()) {
            return gb;
        }
        let sites = self.application_sites();
        for (id, application) in world.applications.enumerate() {
            for dependency in &application.dependencies {
                if let (Some(one), Some(other)) = (sites[id], sites[dependency.with])
                    && one != other
                {
                    let half = 0.5 * self.figures.value(dependency.gb_per_month);
                    let link = match feasibility::route(world, one, other) {
                        Some(Route::Over(link)) => Some(link),
                        Some(Route::Local) | None => None,
                    };
                    let parallel = self.is_parallel([id, dependency.with], [one, other]);
                    for from in [one, other] {
                        let over = link.filter(|link| self.is_metered(*link, from));
                        match over {
                            Some(link) => *gb.over.entry((link, from)).or_default() += half,
                            None => gb.by_tariff[from] += half,
                        }
                        if parallel {
                            *gb.parallel.entry((over, from)).or_default() += half;
                        }
                    }
                }
            }
        }
        gb
    }

    /// The site of each application: that of its first workload that is not retired.
    pub(super) fn application_sites(&self) -> IdVec<ApplicationId, Option<SiteId>> {
        let world = self.world;
        let mut sites: IdVec<ApplicationId, Option<SiteId>> = IdVec::filled(None, world.applications.len());
        for (workload, place) in self.places.enumerate() {
            let application = world.workloads[workload].application;
            if let (None, Some(place)) = (sites[application], place) {
                sites[application] = Some(world.offers[place.offer].site);
            }
        }
        sites
    }

    /// Administrators since `since` for workloads, owned hosts and management planes.
    fn settle_administration(&mut self, month: Month, since: SimTime, now: SimTime) {
        let operations = &self.world.operations;
        let passed = now.since(since);
        let (span, days) = (passed.as_ns() as f64, passed.as_days());
        let workloads = self.present.take(now) as f64 / span;
        let hosts = self.owned_hosts.take(now) as f64 / span;
        let people = workloads / self.figures.value(operations.workloads_per_administrator)
            + hosts / self.figures.value(operations.hosts_per_administrator);
        // The books are closed when an alliance that merges planes begins or ends, so what
        // was in force at the beginning of the time was so until its end.
        let is_used = |platform: PlatformId| self.on_platform[platform.index()] > 0;
        let planes = alliances::management_planes(self.world, since, is_used);
        let extra =
            planes.saturating_sub(1) as f64 * self.figures.value(operations.per_extra_management_plane);
        // By the day: a millionth of a year, to which quantities are rounded, is worth cents.
        let salary = operations.administrator_per_year;
        let per_day = Price::from_f64(self.figures.value(salary) / DAYS_PER_YEAR);
        for (meter, people) in [(Meter::Administration, people), (Meter::ExtraManagementPlanes, extra)] {
            let quantity = Quantity::from_f64(people * days);
            if quantity != Quantity::ZERO {
                let charge = line_at(
                    &self.figures,
                    salary,
                    per_day,
                    quantity,
                    Line {
                        meter,
                        category: Category::Labour,
                        site: None,
                        application: None,
                        month: month.index,
                        paid_at: now,
                        nature: Nature::Opex,
                    },
                );
                self.post(now, charge);
            }
        }
    }

    /// What sellers owe for the month's failures.
    fn settle_credits(&mut self, month: Month, passed: Span, now: SimTime) {
        let mut failed = std::mem::take(&mut self.failed_this_month);
        failed.sort_by_key(|failure| (failure.workload, failure.offer));
        for same in failed.chunk_by(|a, b| (a.workload, a.offer) == (b.workload, b.offer)) {
            let Failure { workload, offer, fee, .. } = same[0];
            let Some(level) = &self.world.offers[offer].service_level else { continue };
            let down: Span = same.iter().map(|failure| failure.down).sum();
            let uptime = 1.0 - (down.as_seconds() / passed.as_seconds()).min(1.0);
            let share = service_levels::credit_share(level, uptime);
            let Some((figure, part)) = fee else { continue };
            let quantity = Quantity::from_f64(-share * part * passed.as_hours());
            if quantity == Quantity::ZERO {
                continue;
            }
            let charge = line(
                &self.figures,
                figure,
                quantity,
                Line {
                    meter: Meter::ServiceCredit(offer),
                    category: Category::ServiceLevels,
                    site: Some(self.world.offers[offer].site),
                    application: Some(self.world.workloads[workload].application),
                    month: month.index,
                    paid_at: now,
                    nature: Nature::Credit,
                },
            );
            self.post(now, charge);
        }
    }

    /// What is paid by the hour for a workload at a place: the price of its
    /// instance, or its share of a rented host's.
    pub(super) fn fee(&self, workload: WorkloadId, place: Place) -> Option<(FigureId, f64)> {
        let offer = place.offer;
        let described = &self.world.offers[offer];
        if let Some(skus) = described.skus() {
            return match place.spot {
                Spot::Sku(index) => Some((skus[index as usize].per_hour, 1.0)),
                _ => None,
            };
        }
        let hosts = described.hosts()?;
        let HostPrice::PerHour(figure) = hosts.price else { return None };
        Some((figure, f64::from(self.demand(workload, offer).vcpus) / f64::from(hosts.shape.vcpus)))
    }

    /// From its first use on, a circuit is paid by the hour or the month.
    pub(super) fn open_circuit(&mut self, link: LinkId, now: SimTime) {
        if self.circuits_open[link] {
            return;
        }
        self.circuits_open[link] = true;
        let described = &self.world.links[link];
        let by_month = described.per_month.map(|figure| (figure, Per::Month));
        let by_hour = described.per_hour.map(|figure| (figure, Per::Hour));
        let Some((figure, per)) = by_month.or(by_hour) else { return };
        let key = GaugeKey {
            meter: Meter::Circuit(link),
            category: Category::Network,
            site: None,
            application: None,
        };
        let gauge = self.gauges.gauge(key, figure, per, 1);
        self.gauges.level(gauge).set(1, now);
    }
}
