//! Sites: where they are, what storage, outgoing data and services cost there.

use super::{Resolver, unknown};
use crate::base::diagnostics::Diagnostic;
use crate::base::settings::{Entries, Name};
use crate::base::units::{Bytes, Calendar, GibMonth, Gigabyte};
use crate::input::catalog;
use crate::input::resolve::figures::Unit;
use crate::input::scenario::{Service as WrittenService, Site as WrittenSite};
use crate::world::{EgressTariff, EgressTier, Service, Site, SiteId};

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
        let storage = match (&written.storage, listed.disk_price(&region)) {
            (Some(price), _) => {
                Some(self.table.stated(&format!("{path}.storage"), price, Unit::OWN, self.diagnostics))
            }
            (None, Some(price)) => Some(self.table.price::<GibMonth>(price, self.diagnostics)),
            (None, None) => None,
        };
        let storage = storage.map(|figure| self.table.charged(&format!("{path}.storage"), figure));
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

    fn egress(&mut self, path: &str, egress: &catalog::Egress, region: &str) -> EgressTariff {
        let mut tiers = Vec::new();
        for (tier, written) in egress.tiers.iter() {
            let Some(price) = written.price.at(region) else { continue };
            let per_gb = self.table.price::<Gigabyte>(price, self.diagnostics);
            let per_gb = self.table.charged(&format!("{path}.egress.{tier}"), per_gb);
            tiers.push(EgressTier { from_gb: gigabytes(written.from), per_gb });
        }
        let free_gb = egress.free.typical().and_then(|free| match free.unit.over {
            crate::base::units::Atom::Data(unit) => Some(libm::round(free.value * unit.as_gb()) as u64),
            _ => None,
        });
        EgressTariff { free_gb: free_gb.unwrap_or(0), tiers }
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
            let basis = match self.service_basis(service) {
                Some(basis) => basis,
                None => continue,
            };
            let price =
                self.table.stated(&format!("{path}.price"), &service.price, Unit::OWN, self.diagnostics);
            let price = self.table.charged(&format!("{path}.price"), price);
            let book_value = service.book_value.as_ref().map(|value| {
                self.table.stated(&format!("{path}.book_value"), value, Unit::OWN, self.diagnostics)
            });
            services.push(Service {
                name: name.text.clone(),
                kind: service.kind.kind(),
                basis,
                price,
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

    /// What a service is charged by; that of an entry of `uncertain:` when its price
    /// is one.
    fn service_basis(&self, service: &WrittenService) -> Option<crate::world::Basis> {
        if let Some(price) = service.price.spread.typical() {
            return Some(price.basis);
        }
        let entry = self.settings.uncertain.get(service.price.spread.reference()?.as_str())?;
        entry.spread.typed::<crate::input::scenario::ServicePrice>().ok()?.typical().map(|price| price.basis)
    }
}

fn gigabytes(bytes: Bytes) -> u64 {
    libm::round(bytes.as_gb()) as u64
}
