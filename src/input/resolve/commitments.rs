//! Commitments of the strategies: what they cover, at which discount.

use super::Resolver;
use super::figures::Unit;
use crate::base::diagnostics::{Diagnostic, one_of};
use crate::base::ids::IdVec;
use crate::base::random::Distribution;
use crate::base::settings::Name;
use crate::base::units::{Calendar, SimTime};
use crate::input::catalog;
use crate::input::scenario::{Commitment as Written, CommitmentPayment, whole_months};
use crate::world::{Capacity, Commitment, CommitmentId, Committed, FigureId, HostPrice, OfferId, Payment};

/// Everything that strategies buy for a term, and which strategy buys what.
#[derive(Default)]
pub(super) struct Bought {
    pub commitments: IdVec<CommitmentId, Commitment>,
    /// In the order of the strategies.
    pub by_strategy: Vec<Vec<CommitmentId>>,
}

/// A discount, when it is paid for, and sizes that it is not sold for.
struct Terms {
    discount: FigureId,
    payment: Payment,
    excluded: Vec<u32>,
}

impl<'a> Resolver<'a> {
    /// The commitments of every strategy, in the order of the file.
    pub(super) fn commitments(&mut self, calendar: &Calendar) -> Bought {
        let mut bought = Bought::default();
        for (strategy, written) in self.settings.strategies.iter() {
            let mut ids = Vec::new();
            for (place, written) in written.commit.iter().enumerate() {
                if let Some(commitment) = self.commitment(strategy, place, written, calendar) {
                    ids.push(bought.commitments.push(commitment));
                }
            }
            bought.by_strategy.push(ids);
        }
        bought
    }

    fn commitment(
        &mut self,
        strategy: &Name,
        place: usize,
        written: &Written,
        calendar: &Calendar,
    ) -> Option<Commitment> {
        let offer = self.committed_offer(written);
        let path = format!("strategies.{strategy}.commit.{place}");
        let early_exit = match &written.early_exit {
            Some(share) => {
                self.table.stated(&format!("{path}.early_exit"), share, Unit::OWN, self.diagnostics)
            }
            None => self.table.assumed(
                "assumptions.commitment-early-exit",
                "%",
                Distribution::Fixed(1.0),
                "no seller publishes what leaving a commitment early costs: it is taken to be owed to its end",
            ),
        };
        // Both are read whatever else is wrong: every mistake is told.
        let stated = written
            .discount
            .as_ref()
            .map(|share| self.table.stated(&format!("{path}.discount"), share, Unit::OWN, self.diagnostics));
        let (offer, months) = (offer?, written.months()?);
        let quantity = self.quantity(written, offer);
        let terms = match stated {
            Some(discount) => {
                let payment = written.payment.map_or(Payment::Monthly, CommitmentPayment::payment);
                Terms { discount, payment, excluded: Vec::new() }
            }
            None => self.listed_terms(written, offer, months)?,
        };
        let from = written.from.map_or(SimTime::START, |from| calendar.at(from.value));
        Some(Commitment {
            name: format!("{strategy}/{}/{}", self.offers[offer].name, place + 1),
            offer,
            quantity: quantity?,
            from,
            months,
            discount: terms.discount,
            excluded: terms.excluded,
            payment: terms.payment,
            early_exit,
            renews: written.renews,
        })
    }

    /// The offer that a commitment covers: one that is rented by the hour.
    fn committed_offer(&mut self, written: &Written) -> Option<OfferId> {
        let path = &written.offer;
        let wanted = path.to_string();
        let mut found = self.offers.enumerate().filter(|(_, offer)| match &path.offer {
            Some(_) => offer.name == wanted,
            None => self.sites[offer.site].name == path.site,
        });
        // The scenario's own checks name what is unknown.
        let (id, offer) = found.next()?;
        let others: Vec<&str> = found.map(|(_, offer)| offer.name.as_str()).collect();
        if !others.is_empty() {
            let all: Vec<&str> = std::iter::once(offer.name.as_str()).chain(others).collect();
            self.diagnostics.push(
                Diagnostic::error(path.spot, format!("`{path}` sells more than one thing"))
                    .note(format!("A commitment covers {}.", one_of(all))),
            );
            return None;
        }
        let owned = offer.hosts().is_some_and(|hosts| !matches!(hosts.price, HostPrice::PerHour(_)));
        if owned {
            self.diagnostics.push(
                Diagnostic::error(path.spot, format!("`{}` is not rented by the hour", offer.name))
                    .note("A commitment takes something off a price by the hour; what is owned has none."),
            );
            return None;
        }
        Some(id)
    }

    fn quantity(&mut self, written: &Written, offer: OfferId) -> Option<Committed> {
        match (&written.hosts, &written.coverage) {
            (Some(hosts), None) if self.offers[offer].skus().is_some() => {
                self.diagnostics.push(
                    Diagnostic::error(
                        hosts.spot,
                        format!("`{}` is a menu of sizes and has no hosts", self.offers[offer].name),
                    )
                    .help("Write `coverage: 80 %`: a share of what is spent there by the hour."),
                );
                None
            }
            (Some(hosts), None) => Some(Committed::Hosts(hosts.value)),
            (None, Some(coverage)) => Some(Committed::ShareOfUse(coverage.value.fraction())),
            // The scenario's own checks say what is wrong.
            _ => None,
        }
    }

    /// The discount that the catalogue knows for a term.
    fn listed_terms(&mut self, written: &Written, offer: OfferId, months: u32) -> Option<Terms> {
        let name = self.offers[offer].name.clone();
        let (provider, listed) = self.listed(offer)?;
        let sold: Vec<&catalog::Commitment> = listed.commitments.iter().map(|(_, sold)| sold).collect();
        let payment = written.payment.map(CommitmentPayment::payment);
        let fits = |sold: &&&catalog::Commitment| {
            whole_months(sold.term) == Some(months) && payment.is_none_or(|payment| paid(sold) == payment)
        };
        let Some(found) = sold.iter().find(fits) else {
            let asked = match written.payment {
                Some(payment) => format!("{}, paid {payment}", written.term.value),
                None => written.term.value.to_string(),
            };
            let message = Diagnostic::error(
                written.term.spot,
                format!("{provider} sells no commitment on `{name}` for {asked}, as far as is published"),
            );
            let message = match sold.as_slice() {
                [] => message.note("The catalogue knows of none on this offer."),
                sold => {
                    let sold: Vec<String> =
                        sold.iter().map(|sold| format!("{} ({})", sold.term, sold.payment)).collect();
                    message.note(format!("On sale are {}.", sold.join(", ")))
                }
            };
            self.diagnostics.push(message.help("Choose one of these, or state `discount`, what was agreed."));
            return None;
        };
        let excluded = self.excluded_sizes(written, offer, found)?;
        let discount = self.table.listed(&found.discount, Unit::OWN, self.diagnostics);
        Some(Terms { discount, payment: paid(found), excluded })
    }

    /// Sizes of a menu that a commitment is not sold for; an error where that is all.
    fn excluded_sizes(
        &mut self,
        written: &Written,
        offer: OfferId,
        sold: &catalog::Commitment,
    ) -> Option<Vec<u32>> {
        if sold.excluded.is_empty() {
            return Some(Vec::new());
        }
        let cited = sold.source.as_ref().and_then(|source| self.catalog.cited(source.as_str()));
        let because = match (&sold.note, cited) {
            (_, Some((source, date))) => format!("By {source}, {date}."),
            (Some(note), None) => format!("{note}."),
            (None, None) => "So the catalogue says.".to_owned(),
        };
        let (name, term) = (self.offers[offer].name.clone(), written.term.value);
        let families: Vec<&str> = sold.excluded.iter().map(Name::as_str).collect();
        let menu = self.menu_families(offer);
        let excluded: Vec<u32> = match &self.offers[offer].capacity {
            Capacity::Skus(_) if !families.contains(&"all") => (0_u32..)
                .zip(&menu)
                .filter(|(_, family)| family.as_deref().is_some_and(|family| families.contains(&family)))
                .map(|(size, _)| size)
                .collect(),
            _ => (0..menu.len() as u32).collect(),
        };
        if families.contains(&"all") || (!menu.is_empty() && excluded.len() == menu.len()) {
            self.diagnostics.push(
                Diagnostic::error(
                    written.offer.spot,
                    format!("A commitment on `{name}` for {term} is not sold any more"),
                )
                .note(because)
                .help("Choose another offer or term, or state `discount`, what was agreed."),
            );
            return None;
        }
        Some(excluded)
    }

    /// The family of each size on the menu of an offer; empty for hosts.
    fn menu_families(&self, offer: OfferId) -> Vec<Option<String>> {
        let Some(skus) = self.offers[offer].skus() else { return Vec::new() };
        let region = &self.sites[self.offers[offer].site].region;
        let sizes = self.listed(offer).map(|(_, listed)| listed.sizes(region)).unwrap_or_default();
        let family = |name: &str| sizes.iter().find(|size| size.name == name)?.family.map(str::to_owned);
        skus.iter().map(|sku| family(&sku.name)).collect()
    }

    /// The seller of an offer, for people, and what the catalogue says of it.
    fn listed(&self, offer: OfferId) -> Option<(&'a str, &'a catalog::Offer)> {
        let (settings, catalog) = (self.settings, self.catalog);
        let site = &self.sites[self.offers[offer].site].name;
        let written = settings.sites.get(site)?;
        let name = self.offers[offer].name.strip_prefix(site.as_str())?.strip_prefix('/')?;
        let (key, stated) = written.offers.iter().find(|(key, _)| key.text == name)?;
        let provider = catalog.providers.get(written.provider.as_str())?;
        let listed = provider.offers.get(stated.from.as_ref().unwrap_or(key).as_str())?;
        Some((&provider.label, listed))
    }
}

fn paid(sold: &catalog::Commitment) -> Payment {
    match sold.payment {
        catalog::Payment::Monthly => Payment::Monthly,
        catalog::Payment::Upfront => Payment::Upfront,
    }
}
