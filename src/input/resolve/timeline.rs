//! The timeline: dated changes, and the prices that each of them moves.

use jiff::civil::Date;

use super::figures::Unit;
use super::{Resolver, unknown};
use crate::base::diagnostics::Diagnostic;
use crate::base::ids::IdVec;
use crate::base::units::Calendar;
use crate::input::scenario::{self, Event, FaultTarget, OfferPath, PriceKind, PriceTarget};
use crate::world::{
    Capacity, Change, Contract, ContractId, Factory, Fault, FigureId, GuestWindows, HostPrice, Link, LinkId,
    Offer, Operations, Site, Tariff, TimelineEvent,
};

/// What the timeline can move besides offers and sites.
#[derive(Clone, Copy)]
pub(super) struct Priced<'a> {
    pub contracts: &'a IdVec<ContractId, Contract>,
    pub operations: &'a Operations,
    pub factory: &'a Factory,
    pub links: &'a IdVec<LinkId, Link>,
}

/// The most often that one event happens again.
const MOST_REPEATS: usize = 1_000;

impl Resolver<'_> {
    /// The dated changes, in order of their dates; those of one day in the order of
    /// the file.
    pub(super) fn timeline(&mut self, calendar: &Calendar, priced: Priced<'_>) -> Vec<TimelineEvent> {
        let settings = self.settings;
        let mut events = Vec::new();
        for (index, written) in settings.timeline.iter().enumerate() {
            if let Some(fault) = &written.fault {
                events.extend(self.faults(written, fault, priced, calendar));
            }
            let Some((price, target)) =
                written.price.as_ref().and_then(|price| Some((price, price.target()?)))
            else {
                continue;
            };
            let Some(mut figures) = self.moved(target, priced) else { continue };
            figures.sort_unstable();
            figures.dedup();
            let path = format!("timeline.{index}.change");
            let by = self.table.stated(&path, &price.change, Unit::OWN, self.diagnostics);
            let label = written.label.clone().unwrap_or_else(|| default_label(target));
            for date in self.dates(written, calendar) {
                let change = Change::Prices { figures: figures.clone(), by };
                events.push(TimelineEvent { at: calendar.at(date), label: label.clone(), change });
            }
        }
        events.sort_by_key(|event| event.at);
        events
    }

    /// The times at which a fault happens.
    fn faults(
        &mut self,
        written: &Event,
        fault: &scenario::Fault,
        priced: Priced<'_>,
        calendar: &Calendar,
    ) -> Vec<TimelineEvent> {
        let Some((what, words)) = fault.target().and_then(|target| self.fault(target, priced)) else {
            return Vec::new();
        };
        let lasts = fault.r#for.value.span();
        let label = written.label.clone().unwrap_or(words);
        let change = Change::Fault { fault: what, lasts };
        let event =
            |date| TimelineEvent { at: calendar.at(date), label: label.clone(), change: change.clone() };
        self.dates(written, calendar).into_iter().map(event).collect()
    }

    /// What is down, and its words for the report.
    fn fault(&mut self, target: FaultTarget<'_>, priced: Priced<'_>) -> Option<(Fault, String)> {
        match target {
            FaultTarget::Link(name) => {
                let sites = |link: &Link| link.between.map(|site| self.sites[site].name.as_str());
                let is_meant = |link: &Link| {
                    let [one, other] = sites(link);
                    link.name == name.text
                        || [format!("{one}-{other}"), format!("{other}-{one}")].contains(&name.text)
                };
                let Some(link) = priced.links.find(is_meant) else {
                    let known: Vec<&str> = priced.links.iter().map(|link| link.name.as_str()).collect();
                    self.diagnostics.push(unknown(name, "a circuit", &known));
                    return None;
                };
                Some((Fault::Link(link), format!("circuit {name} down")))
            }
            FaultTarget::Host(path, number) => {
                let wanted = path.to_string();
                let of_path = |offer: &Offer| match &path.offer {
                    Some(_) => offer.name == wanted,
                    None => self.sites[offer.site].name == path.site,
                };
                let Some(offer) = self.offers.find(|offer| of_path(offer) && offer.hosts().is_some()) else {
                    self.diagnostics.push(
                        Diagnostic::error(path.spot, format!("`{path}` has no hosts that could be down"))
                            .help("Name an offer of hosts, or write `site:` for a whole site."),
                    );
                    return None;
                };
                Some((Fault::Host(offer, number.saturating_sub(1)), format!("host {number} of {path} down")))
            }
            FaultTarget::Site(name) => {
                let Some(site) = self.site_named(name.as_str()) else {
                    let known: Vec<&str> = self.sites.iter().map(|site| site.name.as_str()).collect();
                    self.diagnostics.push(unknown(name, "a site", &known));
                    return None;
                };
                Some((Fault::Site(site), format!("site {name} down")))
            }
        }
    }

    fn dates(&mut self, written: &Event, calendar: &Calendar) -> Vec<Date> {
        let first = written.at.value;
        if first < calendar.start() || first >= calendar.end() {
            self.diagnostics.push(
                Diagnostic::warning(
                    written.at.spot,
                    "This event lies outside the horizon, and never happens",
                )
                .note(format!(
                    "The horizon goes from {} to {}.",
                    calendar.start(),
                    calendar.end()
                )),
            );
        }
        let mut dates = Vec::new();
        let mut date = first;
        while date < calendar.end() && dates.len() < MOST_REPEATS {
            if date >= calendar.start() {
                dates.push(date);
            }
            // Counted from the first, so that the 31st does not creep.
            let Some(every) = &written.every else { break };
            let mut period = every.value;
            period.count *= (dates.len() + usize::from(first < calendar.start())).max(1) as f64;
            match period.after(first) {
                Some(next) if next > date => date = next,
                _ => break,
            }
        }
        dates
    }

    fn moved(&mut self, target: PriceTarget<'_>, priced: Priced<'_>) -> Option<Vec<FigureId>> {
        Some(match target {
            PriceTarget::Offer(path) => self.prices_of_path(path)?,
            PriceTarget::Provider(name) => {
                let known = self.providers.find(|provider| provider.name == name.text);
                let Some(provider) = known else {
                    let names: Vec<&str> =
                        self.providers.iter().map(|provider| provider.name.as_str()).collect();
                    self.diagnostics.push(unknown(name, "a provider of any site", &names));
                    return None;
                };
                let sites = || self.sites.enumerate().filter(|(_, site)| site.provider == provider);
                let offers = self.offers.iter().filter(|offer| sites().any(|(id, _)| id == offer.site));
                let mut figures: Vec<FigureId> = offers.flat_map(prices_of_offer).collect();
                figures.extend(sites().flat_map(|(_, site)| prices_of_site(site)));
                figures
            }
            PriceTarget::Licence(name) => {
                let Some(licence) = self.licences.find(|licence| licence.name == name.text) else {
                    let names: Vec<&str> =
                        self.licences.iter().map(|licence| licence.name.as_str()).collect();
                    self.diagnostics.push(unknown(name, "a licence that anything needs", &names));
                    return None;
                };
                let renewals = priced.contracts.iter().filter(|contract| contract.licence == licence);
                let mut figures: Vec<FigureId> = renewals.map(|contract| contract.renewal.price).collect();
                figures.push(self.licences[licence].price);
                figures
            }
            PriceTarget::All(kind) => self.prices_of_kind(kind, priced),
        })
    }

    fn prices_of_path(&mut self, path: &OfferPath) -> Option<Vec<FigureId>> {
        let wanted = path.to_string();
        let of_site = |offer: &Offer| match &path.offer {
            Some(_) => offer.name == wanted,
            None => self.sites[offer.site].name == path.site,
        };
        let figures: Vec<FigureId> =
            self.offers.iter().filter(|offer| of_site(offer)).flat_map(prices_of_offer).collect();
        (!figures.is_empty()).then_some(figures)
    }

    fn prices_of_kind(&self, kind: PriceKind, priced: Priced<'_>) -> Vec<FigureId> {
        match kind {
            PriceKind::Energy => vec![priced.operations.electricity],
            PriceKind::Labour => vec![priced.operations.administrator_per_year, priced.factory.rate],
            PriceKind::Hardware => self
                .offers
                .iter()
                .filter_map(|offer| offer.hosts())
                .filter_map(|hosts| match &hosts.price {
                    HostPrice::Owned(hardware) => Some(hardware.price),
                    HostPrice::PerHour(_) => None,
                })
                .collect(),
            PriceKind::Licences => {
                let renewals = priced.contracts.iter().map(|contract| contract.renewal.price);
                let software = self.offers.iter().flat_map(Offer::software_prices);
                let guests = self.offers.iter().filter_map(|offer| match offer.windows {
                    GuestWindows::Included(figure) => Some(figure),
                    _ => None,
                });
                self.licences
                    .iter()
                    .map(|licence| licence.price)
                    .chain(renewals)
                    .chain(guests)
                    .chain(software)
                    .collect()
            }
            PriceKind::Egress => {
                let tariffs = self.sites.iter().filter_map(|site| site.egress.as_ref());
                tariffs.flat_map(|tariff| tariff.prices()).collect()
            }
            PriceKind::Storage => {
                self.sites.iter().filter_map(|site| site.storage.as_ref()).flat_map(Tariff::prices).collect()
            }
            PriceKind::Compute => {
                let rented = |offer: &&Offer| {
                    !offer.hosts().is_some_and(|hosts| matches!(hosts.price, HostPrice::Owned(_)))
                };
                self.offers.iter().filter(rented).flat_map(prices_of_offer).collect()
            }
        }
    }
}

/// What an offer's workloads are charged by: hosts or sizes, and Windows guests.
fn prices_of_offer(offer: &Offer) -> Vec<FigureId> {
    let mut figures: Vec<FigureId> = match &offer.capacity {
        Capacity::Skus(skus) => skus.iter().map(|sku| sku.per_hour).collect(),
        Capacity::Hosts(hosts) => match &hosts.price {
            HostPrice::PerHour(figure) => vec![*figure],
            HostPrice::Owned(hardware) => vec![hardware.price],
        },
    };
    if let GuestWindows::Included(figure) = offer.windows {
        figures.push(figure);
    }
    figures.extend(offer.software_prices());
    figures
}

fn prices_of_site(site: &Site) -> Vec<FigureId> {
    let egress = site.egress.iter().flat_map(|tariff| tariff.prices());
    let storage = site.storage.iter().flat_map(Tariff::prices);
    let services = site.services.iter().map(|service| service.price);
    storage.chain(egress).chain(services).collect()
}

fn default_label(target: PriceTarget<'_>) -> String {
    match target {
        PriceTarget::Offer(path) => format!("prices of {path}"),
        PriceTarget::Provider(name) => format!("prices of {name}"),
        PriceTarget::Licence(name) => format!("price of {name}"),
        PriceTarget::All(kind) => format!("prices of {kind}"),
    }
}
