//! Sites: where they are, what storage, outgoing data and services cost there.

use super::{Resolver, unknown};
use crate::base::diagnostics::Diagnostic;
use crate::base::settings::{Entries, Figure, Name};
use crate::base::units::{Atom, Bytes, Calendar, GibMonth, Gigabyte, Measure, PriceBasis};
use crate::input::catalog;
use crate::input::resolve::figures::Unit;
use crate::input::scenario::{Service as WrittenService, ServicePrice, Site as WrittenSite};
use crate::world::{Basis, FigureId, Service, Site, SiteId, SpendTier, Tariff, Tier};

/// The provider of the user's own rooms.
pub(super) const OWN: &str = "own";

impl Resolver<'_> {
    /// Every site of the scenario, in its order. A site that cannot be resolved is
    /// left out, after saying why.
    pub(super) fn resolve_sites(&mut self, calendar: &Calendar) {
        for (name, written) in self.settings.sites.iter() {
            if let Some(site) = self.site(name, written, calendar) {
                self.sites.push(site);
            }
        }
    }

    /// The site of this name, if it could be resolved.
    pub(super) fn site_named(&self, name: &str) -> Option<SiteId> {
        self.sites.find(|site| site.name == name)
    }

    fn site(&mut self, name: &Name, written: &WrittenSite, calendar: &Calendar) -> Option<Site> {
        let path = format!("sites.{name}");
        self.table.needed_by = (format!("The site `{name}`"), Some(name.spot));
        let Some(provider) = self.provider(written.provider.as_str()) else {
            let known: Vec<&str> = self.catalog.providers.names().collect();
            self.diagnostics.push(unknown(&written.provider, "a provider of the catalogue", &known));
            return None;
        };
        let listed = self.catalog.providers.get(written.provider.as_str())?;
        let region = self.region(name, written, listed)?;
        let country = written
            .country
            .as_ref()
            .map(|country| country.as_str().to_owned())
            .or_else(|| listed.regions.get(&region).map(|region| region.country.clone()));
        let Some(country) = country else {
            self.diagnostics.push(
                Diagnostic::error(
                    name.spot,
                    format!("The site `{name}` does not say in which country it is"),
                )
                .note("Where the data lies decides which law reaches it.")
                .help("Add `country: FR`, with your own country's code."),
            );
            return None;
        };
        let storage = self.storage(&path, written, listed, &region);
        let egress = listed.egress.as_ref().map(|egress| self.egress(&path, egress, &region));
        let services = self.services(&path, &written.services, calendar);
        Some(Site {
            name: name.text.clone(),
            provider,
            region,
            country,
            role: written.role.role(),
            storage,
            egress,
            services,
        })
    }

    fn region(&mut self, name: &Name, written: &WrittenSite, listed: &catalog::Provider) -> Option<String> {
        let known: Vec<&str> = listed.regions.names().collect();
        match &written.region {
            None if known.is_empty() => Some(name.text.clone()),
            None if known.len() == 1 => Some(known[0].to_owned()),
            None => {
                self.diagnostics.push(
                    Diagnostic::error(
                        name.spot,
                        format!("The site `{name}` does not say in which region it is"),
                    )
                    .note(format!(
                        "{} has {}.",
                        listed.label,
                        crate::base::diagnostics::one_of(known.iter().copied())
                    )),
                );
                None
            }
            Some(region) if known.is_empty() || listed.regions.declares(region.as_str()) => {
                Some(region.text.clone())
            }
            Some(region) => {
                let what = format!("a region of {}", listed.label);
                self.diagnostics.push(unknown(region, &what, &known));
                None
            }
        }
    }

    /// What storage costs there: by the scenario's price, else by the class that it
    /// names, else by the provider's usual one.
    fn storage(
        &mut self,
        path: &str,
        written: &WrittenSite,
        listed: &catalog::Provider,
        region: &str,
    ) -> Option<Tariff> {
        let path = format!("{path}.storage");
        if let Some(price) = &written.storage {
            let figure = self.table.stated(&path, price, Unit::OWN, self.diagnostics);
            return Some(Tariff::flat(self.table.charged(&path, figure)));
        }
        let class = listed.storage_class(written.storage_class.as_ref().map(Name::as_str));
        let price = class.and_then(|class| class.price.at(region));
        if let (Some(name), None) = (&written.storage_class, price) {
            let classes = listed.storage.iter().flat_map(|storage| storage.classes.names());
            let known: Vec<&str> = classes.collect();
            let what = format!("a class of storage of {} with a price in `{region}`", listed.label);
            self.diagnostics.push(unknown(name, &what, &known));
        }
        let (class, price) = (class?, price?);
        let first = self.table.price::<GibMonth>(price, self.diagnostics);
        let mut tiers = vec![Tier { from: 0, price: self.table.charged(&path, first) }];
        tiers.extend(self.tiers::<GibMonth>(&path, &class.tiers, region, |bytes| bytes.as_gib() as u64));
        Some(Tariff { free: class.free.as_ref().map_or(0, |free| volume(free, Bytes::as_gib)), tiers })
    }

    /// The tiers of a tariff, with the price of each in a region.
    fn tiers<B: PriceBasis>(
        &mut self,
        path: &str,
        written: &Entries<catalog::Tier>,
        region: &str,
        units: impl Fn(Bytes) -> u64,
    ) -> Vec<Tier> {
        let mut tiers = Vec::new();
        for (name, tier) in written.iter() {
            let Some(price) = tier.price.at(region) else { continue };
            let price = self.table.price::<B>(price, self.diagnostics);
            let price = self.table.charged(&format!("{path}.{name}"), price);
            tiers.push(Tier { from: units(tier.from), price });
        }
        tiers
    }

    fn egress(&mut self, path: &str, egress: &catalog::Egress, region: &str) -> Tariff {
        let path = format!("{path}.egress");
        let tiers = self.tiers::<Gigabyte>(&path, &egress.tiers, region, gigabytes);
        Tariff { free: volume(&egress.free, Bytes::as_gb), tiers }
    }

    fn services(
        &mut self,
        path: &str,
        written: &Entries<WrittenService>,
        calendar: &Calendar,
    ) -> Vec<Service> {
        let mut services = Vec::new();
        for (name, service) in written.iter() {
            let path = format!("{path}.services.{name}");
            let Some(charged) = self.service_price(&path, service) else { continue };
            let book_value = service.book_value.as_ref().map(|value| {
                self.table.stated(&format!("{path}.book_value"), value, Unit::OWN, self.diagnostics)
            });
            services.push(Service {
                name: name.text.clone(),
                kind: service.kind.kind(),
                basis: charged.basis,
                price: charged.price,
                spend: charged.spend,
                // Paid to the end of its last day.
                committed_until: service
                    .committed_until
                    .and_then(|day| day.value.tomorrow().ok())
                    .map(|day| calendar.at(day)),
                book_value,
            });
        }
        services
    }

    /// What a service is charged by, and at which price.
    fn service_price(&mut self, path: &str, service: &WrittenService) -> Option<ServiceCharge> {
        if let Some(plan) = &service.support {
            let minimum_path = format!("{path}.support.minimum");
            let minimum = self.table.stated(&minimum_path, &plan.minimum, Unit::OWN, self.diagnostics);
            let price = self.table.charged(&minimum_path, minimum);
            let spend = plan.tiers.iter().enumerate().map(|(index, tier)| SpendTier {
                from: tier.from.value.value.as_f64(),
                share: self.table.stated(
                    &format!("{path}.support.tiers.{index}.share"),
                    &tier.share,
                    Unit::OWN,
                    self.diagnostics,
                ),
            });
            return Some(ServiceCharge { basis: Basis::Spend, price, spend: spend.collect() });
        }
        let price = service.price.as_ref()?;
        let basis = self.service_basis(price)?;
        let path = format!("{path}.price");
        let figure = self.table.stated(&path, price, Unit::OWN, self.diagnostics);
        Some(ServiceCharge { basis, price: self.table.charged(&path, figure), spend: Vec::new() })
    }

    /// What a price of a service counts; that of an entry of `uncertain:` when it is one.
    fn service_basis(&self, price: &Figure<ServicePrice>) -> Option<Basis> {
        if let Some(price) = price.spread.typical() {
            return Some(price.basis);
        }
        let entry = self.settings.uncertain.get(price.spread.reference()?.as_str())?;
        entry.spread.typed::<ServicePrice>().ok()?.typical().map(|price| price.basis)
    }
}

/// How a service is charged.
struct ServiceCharge {
    basis: Basis,
    price: FigureId,
    spend: Vec<SpendTier>,
}

/// A volume of the catalogue in whole units; none where it is no volume of data.
fn volume(figure: &catalog::Figure<Measure>, units: impl Fn(Bytes) -> f64) -> u64 {
    let volume = figure.typical().and_then(|volume| match volume.unit.over {
        Atom::Data(unit) => Some(libm::round(volume.value * units(unit)) as u64),
        _ => None,
    });
    volume.unwrap_or(0)
}

fn gigabytes(bytes: Bytes) -> u64 {
    libm::round(bytes.as_gb()) as u64
}
