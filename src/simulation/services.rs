//! Services of sites: paid by the month while anything is there, by the workload, by
//! the gibibyte, or as a share of what the provider is paid; committed ones at least
//! until a date.

use super::billing::{GaugeId, GaugeKey, Line, Month, Per, line, line_at};
use super::estate::{GIB, Step};
use super::journal::{Category, Charge, Entry, Meter, Nature, Receiver};
use super::{Scheduler, Simulation};
use crate::base::ids::IdVec;
use crate::base::units::{Money, Price, Quantity, SimTime};
use crate::simulation::event::Event;
use crate::world::rules::tariffs;
use crate::world::{Basis, ProviderId, Service, ServiceKind, SiteId, World};

/// What a site holds.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct SiteUse {
    /// Workloads, and sources that are kept after a move.
    held: u32,
    /// Since when it has held nothing; none while it holds something or if it never
    /// did.
    empty_since: Option<SimTime>,
}

impl SiteUse {
    /// Whether it holds nothing.
    pub fn is_empty(&self) -> bool {
        self.held == 0
    }
}

/// What providers were paid since books were last closed for a month.
#[derive(Clone, Debug)]
pub(super) struct Spent {
    by_site: IdVec<SiteId, Money>,
}

impl Spent {
    /// Nothing yet.
    pub(super) fn of(world: &World) -> Self {
        Self { by_site: IdVec::filled(Money::ZERO, world.sites.len()) }
    }

    /// Counts a charge that the provider of its site is paid for running.
    #[inline]
    pub(super) fn note(&mut self, charge: &Charge) {
        if let (Some(site), Nature::Opex) = (charge.site, charge.nature) {
            self.by_site[site] += charge.amount;
        }
    }

    /// What a provider was paid, over all its sites.
    fn by(&self, world: &World, provider: ProviderId) -> Money {
        let sites = self.by_site.enumerate().filter(|(site, _)| world.sites[*site].provider == provider);
        sites.map(|(_, amount)| *amount).sum()
    }
}

/// Months that are listed one by one beyond the horizon: what the calendar knows.
const MONTHS_BEYOND: usize = 120;

impl<R: Receiver> Simulation<'_, R> {
    /// Services that are paid whatever runs: those that are committed.
    pub(super) fn open_services(&mut self, scheduler: &mut Scheduler<Event>) {
        for site in self.world.sites.ids() {
            self.update_services(site, scheduler.now());
        }
    }

    /// Notes that a site holds one thing more, or less.
    pub(super) fn count_at(&mut self, site: SiteId, step: Step, now: SimTime) {
        let used = &mut self.sites[site];
        let before = used.held;
        used.held = step.count(before);
        if before == 0 || used.held == 0 {
            used.empty_since = (used.held == 0).then_some(now);
            self.update_services(site, now);
        }
    }

    /// A monthly service runs while its site holds anything, and at least until it
    /// is no longer committed.
    fn update_services(&mut self, site: SiteId, now: SimTime) {
        let world = self.world;
        let occupied = self.sites[site].held > 0;
        for (index, service) in world.sites[site].services.iter().enumerate() {
            if service.basis != Basis::Month {
                continue;
            }
            let committed = service.committed_until.is_some_and(|until| until > now);
            let gauge = self.service_gauge(site, index);
            let level = self.gauges.level(gauge);
            let wanted = u64::from(occupied || committed);
            if level.value() != wanted {
                level.set(wanted, now);
            }
        }
    }

    /// Ends services of empty sites that are no longer committed, month by month.
    pub(super) fn end_unused_services(&mut self, now: SimTime) {
        for site in self.world.sites.ids() {
            if self.sites[site].held == 0 {
                self.update_services(site, now);
            }
        }
    }

    fn service_gauge(&mut self, site: SiteId, index: usize) -> GaugeId {
        let service = &self.world.sites[site].services[index];
        let unit = if service.basis == Basis::GibMonth { GIB } else { 1 };
        let key = GaugeKey {
            meter: Meter::Service(site, index as u32),
            category: heading(service.kind),
            site: Some(site),
            application: None,
        };
        self.gauges.gauge(key, service.price, Per::Month, unit)
    }

    /// Meters what a workload adds to the services that are not paid by the month.
    pub(super) fn meter_services(&mut self, site: SiteId, basis: Basis, by: u64, step: Step, now: SimTime) {
        for index in 0..self.world.sites[site].services.len() {
            if self.world.sites[site].services[index].basis == basis {
                let gauge = self.service_gauge(site, index);
                self.step_gauge(gauge, by, step, now);
            }
        }
    }

    /// Charges support plans: shares of what the site's provider was paid in the month,
    /// at least the plan's minimum for the part of a month that has passed. Nothing while
    /// nothing is there, is paid, or is committed. Money back is not taken off the spend.
    pub(super) fn settle_support(&mut self, month: Month, months: f64, now: SimTime) {
        let world = self.world;
        let spent = std::mem::replace(&mut self.spent, Spent::of(world));
        for (site, described) in world.sites.enumerate() {
            for (index, service) in described.services.iter().enumerate() {
                if service.basis != Basis::Spend {
                    continue;
                }
                let spend = spent.by(world, described.provider);
                let committed = service.committed_until.is_some_and(|until| until >= now);
                if self.sites[site].held == 0 && spend <= Money::ZERO && !committed {
                    continue;
                }
                let minimum = self.figures.value(service.price) * months;
                let spend = spend.as_f64() / self.figures.rate(service.price).as_f64();
                // Amounts of the plan's currency, each at its share; the minimum whole.
                let asked = tariffs::support_shares(&service.spend, &self.figures, spend, minimum)
                    .map_or_else(
                        || vec![(1.0, minimum)],
                        |parts| {
                            let share = |(share, part)| (self.figures.value(share), part);
                            parts.into_iter().map(share).collect()
                        },
                    );
                for (share, amount) in asked {
                    let quantity = Quantity::from_f64(amount);
                    if quantity == Quantity::ZERO {
                        continue;
                    }
                    let words = Line {
                        meter: Meter::Service(site, index as u32),
                        category: heading(service.kind),
                        site: Some(site),
                        application: None,
                        month: month.index,
                        paid_at: now,
                        nature: Nature::Opex,
                    };
                    let price = Price::from_f64(share);
                    let charge = line_at(&self.figures, service.price, price, quantity, words);
                    // The plan is not part of what it is a share of.
                    self.journal.receive(now, &Entry::Charge(charge));
                }
            }
        }
    }

    /// What committed services still ask after the horizon, month by month.
    pub(super) fn owe_remaining_services(&mut self, horizon: SimTime) {
        let world = self.world;
        for (site, described) in world.sites.enumerate() {
            for (index, service) in described.services.iter().enumerate() {
                let Some(until) = service.committed_until.filter(|until| *until > horizon) else { continue };
                if service.basis == Basis::Month {
                    self.owe_service(Meter::RemainingService(site, index as u32), site, service, until);
                }
            }
        }
    }

    fn owe_service(&mut self, meter: Meter, site: SiteId, service: &Service, until: SimTime) {
        let calendar = &self.world.calendar;
        let beyond = calendar.months()..calendar.months() + MONTHS_BEYOND;
        for month in beyond {
            let from = calendar.month_start(month);
            if from >= until {
                return;
            }
            let ends = calendar.month_start(month + 1).min(until);
            let share = ends.since(from).as_days() / calendar.civil_month_span(month).as_days();
            let charge = line(
                &self.figures,
                service.price,
                Quantity::from_f64(share),
                Line {
                    meter,
                    category: heading(service.kind),
                    site: Some(site),
                    application: None,
                    month: self.last_month as u32,
                    paid_at: ends,
                    nature: Nature::Opex,
                },
            );
            self.post(calendar.horizon(), charge);
        }
    }

    /// Reports the book value of services at sites that closed before it was written
    /// off: evenly until the commitment's end.
    pub(super) fn write_off_services(&mut self, horizon: SimTime) {
        let world = self.world;
        for (site, described) in world.sites.enumerate() {
            let Some(closed) = self.sites[site].empty_since else { continue };
            for service in &described.services {
                let (Some(value), Some(until)) = (service.book_value, service.committed_until) else {
                    continue;
                };
                if until > closed {
                    let left = until.since(closed).as_days() / until.since(SimTime::START).as_days();
                    let amount = self.figures.charge(value, Quantity::from_f64(left));
                    self.journal.receive(horizon, &Entry::WriteOff { site, amount });
                }
            }
        }
    }
}

/// Under which heading a service is reported.
pub(super) fn heading(kind: ServiceKind) -> Category {
    match kind {
        ServiceKind::Storage | ServiceKind::Backup | ServiceKind::DisasterRecovery => Category::Storage,
        ServiceKind::Network => Category::Network,
        ServiceKind::Rooms | ServiceKind::Support => Category::Facilities,
    }
}
