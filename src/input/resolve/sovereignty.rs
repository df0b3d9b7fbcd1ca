//! The sovereignty framework with the weights of one edition, and what must not be
//! broken.

use std::collections::BTreeSet;

use super::Resolver;
use crate::base::diagnostics::{Diagnostic, did_you_mean};
use crate::base::ids::IdVec;
use crate::base::settings::{Name, OneOrMany};
use crate::base::units::Calendar;
use crate::base::units::{Currency, Money};
use crate::input::catalog::Criterion as Row;
use crate::input::scenario::{Area, Edition, Filter, Holding};
use crate::world::rules::regions;
use crate::world::{
    Criterion, DataClass, DataClassId, Demand, Edition as Weights, Framework, Gate, Limits, Objective,
};

/// The framework of the catalogue's criteria.
pub(super) fn framework(rows: &[Row], edition: Edition) -> Framework {
    let mut objectives: Vec<Objective> = Vec::new();
    let mut criteria = Vec::new();
    for row in rows {
        let objective =
            objectives.iter().position(|known| known.code == row.objective).unwrap_or_else(|| {
                let weight = match edition {
                    Edition::Of2026 => row.weight_2026,
                    Edition::V1_2_1 => row.weight_v1_2_1,
                };
                objectives.push(Objective {
                    code: row.objective.clone(),
                    name: row.objective_name.clone(),
                    weight,
                });
                objectives.len() - 1
            });
        criteria.push(Criterion {
            objective,
            name: row.name.clone(),
            values: row.values.clone(),
            seals: row.seals.clone(),
        });
    }
    let weights = |weight: fn(&Row) -> u32| {
        let of =
            |objective: &Objective| rows.iter().find(|row| row.objective == objective.code).map_or(0, weight);
        objectives.iter().map(of).collect()
    };
    let editions = [
        Weights { name: Edition::Of2026.word().to_owned(), weights: weights(|row| row.weight_2026) },
        Weights { name: Edition::V1_2_1.word().to_owned(), weights: weights(|row| row.weight_v1_2_1) },
    ];
    Framework { edition: edition.word().to_owned(), editions: editions.to_vec(), objectives, criteria }
}

impl Resolver<'_> {
    /// Every class of data that the scenario mentions.
    pub(super) fn data_classes(&self) -> IdVec<DataClassId, DataClass> {
        let names = self.settings.estate.data_class_names();
        names.into_iter().map(|name| DataClass { name: name.text.clone() }).collect()
    }

    /// What must not be broken. `rate` says what one unit of another currency is
    /// worth in the reporting currency, most likely.
    pub(super) fn limits(
        &mut self,
        calendar: &Calendar,
        framework: &Framework,
        classes: &IdVec<DataClassId, DataClass>,
        rate: impl Fn(Currency) -> Option<f64>,
    ) -> Limits {
        let limits = &self.settings.limits;
        let budget = limits.budget.and_then(|budget| match rate(budget.value.currency) {
            Some(rate) => {
                let micros = budget.value.value.as_f64() * rate * 1e6;
                Some(Money::from_micros(libm::round(micros) as i64))
            }
            None => {
                let currency = budget.value.currency;
                self.diagnostics
                    .push(no_rate(currency, self.settings.currency, "limits.budget").at(budget.spot));
                None
            }
        });
        // A day is over when the next one begins.
        let finish_by =
            limits.finish_by.and_then(|day| day.value.tomorrow().ok()).map(|day| calendar.at(day));
        let downtime_hours = limits.downtime.map(|down| down.span().as_hours());
        // The scenario's own checks have named unknown classes, objectives and levels.
        let class_named = |class: &Name| classes.find(|known| known.name == class.text);
        let objective_named =
            |code: &Name| framework.objectives.iter().position(|known| known.code == code.text);
        let mut gates = Vec::new();
        for (class, demands) in limits.gates.iter() {
            let Some(data_class) = class_named(class) else { continue };
            for (code, seal) in demands.iter() {
                let Some(objective) = objective_named(code) else { continue };
                gates.push(Gate { data_class, demand: Demand::Seal { objective, seal: seal.value as u8 } });
            }
        }
        for (class, filter) in limits.filters.iter() {
            let Some(data_class) = class_named(class) else { continue };
            self.warn_of_unknown(filter);
            gates.extend(demands(filter).into_iter().map(|demand| Gate { data_class, demand }));
        }
        Limits { budget, finish_by, downtime_hours, gates }
    }
}

impl Resolver<'_> {
    /// A certificate that nothing in the catalogue holds, or a code that it nowhere knows,
    /// is probably misspelt: the one would be a veto everywhere, the other none at all.
    fn warn_of_unknown(&mut self, filter: &Filter) {
        let offers = || self.catalog.providers.iter().flat_map(|(_, provider)| provider.offers.iter());
        let held: BTreeSet<&str> =
            offers().flat_map(|(_, offer)| offer.certifications.iter().map(String::as_str)).collect();
        for certificate in filter.certified.iter().flat_map(|names| names.iter()) {
            if !held.contains(certificate.as_str()) {
                let message = Diagnostic::warning(
                    filter.spot,
                    format!("No offer of the catalogue is certified `{certificate}`"),
                );
                self.diagnostics.push(match did_you_mean(certificate, held.iter().copied()) {
                    Some(near) => message.help(format!("Did you mean `{near}`?")),
                    None => message,
                });
            }
        }
        let parties = self.catalog.parties.iter().map(|(_, party)| party.jurisdiction.as_str());
        let regions = self.catalog.providers.iter().flat_map(|(_, provider)| provider.regions.iter());
        let sites = self.sites.iter().map(|site| site.country.as_str());
        let countries = regions.map(|(_, region)| region.country.as_str());
        let known: BTreeSet<&str> = parties.chain(countries).chain(sites).collect();
        let areas = filter.residency.iter().chain(&filter.not_under).flat_map(|areas| areas.iter());
        for Area(code) in areas {
            if !regions::in_eea(code) && code != "EEA" && !known.contains(code.as_str()) {
                self.diagnostics.push(
                    Diagnostic::warning(
                        filter.spot,
                        format!("`{code}` is the country of nobody and nothing here"),
                    )
                    .note("Codes are those of ISO 3166, such as `GB` or `US`; `EU` and `EEA` are areas."),
                );
            }
        }
    }
}

/// What a filter demands, in the order in which it is declared.
fn demands(filter: &Filter) -> Vec<Demand> {
    let areas = |areas: &OneOrMany<Area>| areas.iter().map(|area| area.0.clone()).collect();
    let certified = filter.certified.iter().flat_map(|names| names.iter()).cloned();
    let mut demands: Vec<Demand> = certified.map(Demand::Certified).collect();
    demands.extend(filter.gaia_x.map(|level| Demand::GaiaX(level.value as u8)));
    demands.extend(filter.residency.as_ref().map(|inside| Demand::Residency(areas(inside))));
    demands.extend(filter.not_under.as_ref().map(|laws| Demand::NotUnder(areas(laws))));
    demands.extend((filter.held_in_eu == Holding::Proven).then_some(Demand::HeldInEu));
    demands
}

/// The message for a currency that cannot be converted.
pub(super) struct NoRate(Diagnostic);

/// That nothing says what `currency` is worth in `reporting`, which `needed_by` asks.
pub(super) fn no_rate(currency: Currency, reporting: Currency, needed_by: &str) -> NoRate {
    NoRate(
        Diagnostic::error(None, format!("No exchange rate from {currency} to {reporting}"))
            .note(format!("`{needed_by}` is in {currency}, and everything is reported in {reporting}."))
            .help(format!(
                "Add `exchange: {{{currency}: 1.00 {reporting}/{currency}}}` with the rate you expect."
            )),
    )
}

impl NoRate {
    /// The message at a place.
    pub fn at(mut self, spot: crate::base::diagnostics::Spot) -> Diagnostic {
        self.0.spot = Some(spot);
        self.0
    }

    /// The message without a place.
    pub fn anywhere(self) -> Diagnostic {
        self.0
    }
}
