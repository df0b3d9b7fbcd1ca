//! Exchange rates: what one unit of every currency that something is priced in is
//! worth in the reporting currency.

use super::Resolver;
use super::figures::Known;
use super::sovereignty::no_rate;
use crate::base::diagnostics::Diagnostic;
use crate::base::random::{Bounds, Distribution};
use crate::base::settings::Spread;
use crate::base::units::{Currency, ExchangeRate, Written};
use crate::world::FigureId;

impl Resolver<'_> {
    /// A rate for every foreign currency of the table: the scenario's, else the
    /// catalogue's, turned round where it is stated the other way.
    pub(super) fn exchange(&mut self) -> Vec<(Currency, FigureId)> {
        let reporting = self.settings.currency;
        let foreign: Vec<(Currency, String)> = self
            .table
            .currencies()
            .into_iter()
            .filter(|(currency, _)| *currency != reporting)
            .map(|(currency, name)| (currency, name.to_owned()))
            .collect();
        let mut rates = Vec::new();
        for (currency, needed_by) in foreign {
            match self.rate_of(currency, reporting) {
                Some(rate) => rates.push((currency, rate)),
                None => self.diagnostics.push(no_rate(currency, reporting, &needed_by).anywhere()),
            }
        }
        rates
    }

    fn rate_of(&mut self, currency: Currency, reporting: Currency) -> Option<FigureId> {
        let settings = self.settings;
        if let Some(stated) = settings.exchange.get(currency.code()) {
            let entry = stated.spread.reference().and_then(|name| settings.uncertain.get(name.as_str()));
            let (spread, provenance) = match entry {
                Some(entry) => (entry.spread.typed::<ExchangeRate>().ok()?, self.table.provenance_of(entry)),
                None => (stated.spread.clone(), self.table.provenance_of(stated)),
            };
            let known = Known { path: format!("exchange.{currency}"), spot: stated.spot, provenance };
            let rate = self.rate(known, &spread, currency, reporting);
            if rate.is_none() {
                self.diagnostics.push(
                    Diagnostic::error(
                        stated.spot,
                        format!("This is not a rate between {currency} and {reporting}"),
                    )
                    .help(format!("Write it as `0.86 {reporting}/{currency}`, with the rate you expect.")),
                );
            }
            return rate;
        }
        let catalog = self.catalog;
        for (_, assumption) in catalog.assumptions.iter() {
            let Some(spread) = assumption.known() else { continue };
            let Ok(spread) = spread.try_map(|value| ExchangeRate::from_measure(&value.0)) else { continue };
            let known = self.table.listed_as(assumption);
            if let Some(rate) = self.rate(known, &spread, currency, reporting) {
                return Some(rate);
            }
        }
        None
    }

    fn rate(
        &mut self,
        known: Known,
        spread: &Spread<ExchangeRate>,
        currency: Currency,
        reporting: Currency,
    ) -> Option<FigureId> {
        let stated = spread.typical()?;
        let distribution = spread.distribution()?;
        let distribution = match (stated.of, stated.one) {
            (of, one) if of == reporting && one == currency => distribution,
            (of, one) if of == currency && one == reporting => inverse(distribution),
            _ => return None,
        };
        Some(self.table.distribution(known, format!("{reporting}/{currency}"), &distribution))
    }
}

/// The distribution of one over what `distribution` draws, as nearly as its own kind
/// says it: the ends change places and the mode is turned round; a bell curve around
/// a rate, which is narrow, keeps its relative width.
fn inverse(distribution: Distribution) -> Distribution {
    match distribution {
        Distribution::Fixed(value) => Distribution::Fixed(1.0 / value),
        Distribution::Uniform { low, high } => Distribution::Uniform { low: 1.0 / high, high: 1.0 / low },
        Distribution::Triangular { low, mode, high } => {
            Distribution::Triangular { low: 1.0 / high, mode: 1.0 / mode, high: 1.0 / low }
        }
        Distribution::Pert { low, mode, high } => {
            Distribution::Pert { low: 1.0 / high, mode: 1.0 / mode, high: 1.0 / low }
        }
        Distribution::Normal { mean, deviation, .. } => Distribution::Normal {
            mean: 1.0 / mean,
            deviation: deviation / (mean * mean),
            bounds: Bounds { low: Some(0.0), high: None },
        },
        Distribution::LogNormal { median, sigma, bounds } => {
            Distribution::LogNormal { median: 1.0 / median, sigma, bounds }
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_turned_round_keeps_its_order() {
        let turned = inverse(Distribution::Pert { low: 1.0, mode: 1.25, high: 2.0 });
        assert_eq!(turned, Distribution::Pert { low: 0.5, mode: 0.8, high: 1.0 });
        assert!(turned.check().is_ok());
    }
}
