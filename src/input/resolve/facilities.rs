//! What applications lean on beside machines, and which offers provide it.

use super::figures::Unit;
use super::{Resolver, unknown};
use crate::base::settings::Name;
use crate::base::units::{Monthly, Period, PricePer};
use crate::input::scenario::{ApplicationRule, Offer};
use crate::world::{Facility, FacilityId, PlatformId};

impl Resolver<'_> {
    /// What an offer provides: what the scenario says, else what its platform does.
    pub(super) fn provided(&mut self, offer: &Offer, platform: PlatformId) -> Vec<FacilityId> {
        let catalog = self.catalog;
        let names = match &offer.provides {
            Some(names) => names.as_slice(),
            None => {
                let listed = catalog.platforms.get(&self.platforms[platform].name);
                listed.map_or(&[][..], |listed| listed.provides.as_slice())
            }
        };
        names.iter().filter_map(|name| self.facility(name)).collect()
    }

    /// What the applications of a rule use, each once.
    pub(super) fn used_by(&mut self, rule: Option<&ApplicationRule>) -> Vec<FacilityId> {
        let names = rule.and_then(|rule| rule.uses.as_ref());
        let mut used: Vec<FacilityId> =
            names.into_iter().flat_map(|names| names.iter()).filter_map(|name| self.facility(name)).collect();
        used.sort_unstable();
        used.dedup();
        used
    }

    /// The facility of a name, which the scenario or the catalogue declares.
    fn facility(&mut self, name: &Name) -> Option<FacilityId> {
        if let Some(known) = self.facilities.find(|facility| facility.name == name.text) {
            return Some(known);
        }
        let (listed, written) =
            (self.catalog.facilities.get(name.as_str()), self.settings.facilities.get(name.as_str()));
        if listed.is_none() && written.is_none() {
            let mut known: Vec<&str> = self.catalog.facilities.names().collect();
            known.extend(self.settings.facilities.names());
            let message = unknown(name, "a facility", &known);
            self.diagnostics.push(message.note(
                "Others are declared under `facilities`, such as `facilities: {queue: {replacement: 16 h}}`.",
            ));
            return None;
        }
        let path = format!("facilities.{name}");
        let stated = written.and_then(|written| written.replacement.as_ref());
        let replacement_hours = match (stated, listed) {
            (Some(hours), _) => {
                self.table.stated(&format!("{path}.replacement"), hours, Unit::OWN, self.diagnostics)
            }
            (None, Some(listed)) => {
                self.table.listed::<Period>(&listed.replacement, Unit::HOURS, self.diagnostics)
            }
            (None, None) => self.table.assumed(
                &format!("{path}.replacement"),
                "h",
                crate::base::random::Distribution::Pert { low: 4.0, mode: 16.0, high: 60.0 },
                "nobody says: something that an application leans on, set up and tested on another product",
            ),
        };
        let mut price = |key: &str, written: Option<&crate::base::settings::Figure<PricePer<Monthly>>>| {
            let path = format!("{path}.{key}");
            let figure = self.table.stated(&path, written?, Unit::OWN, self.diagnostics);
            Some(self.table.charged(&path, figure))
        };
        let replacement = price("price", written.and_then(|written| written.price.as_ref()));
        let saving = price("saving", written.and_then(|written| written.saving.as_ref()));
        let label = written.and_then(|written| written.label.clone());
        let label = label.or_else(|| listed.map(|listed| listed.label.clone()));
        Some(self.facilities.push(Facility {
            name: name.text.clone(),
            label: label.unwrap_or_else(|| name.text.clone()),
            replacement_hours,
            replacement,
            saving,
        }))
    }
}
