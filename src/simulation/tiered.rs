//! Storage that is charged by a tariff with tiers or an allowance: measured through the
//! month, split when it ends.

use std::collections::BTreeMap;

use super::Simulation;
use super::billing::{Level, Line, Month, line};
use super::estate::{GIB, Step};
use super::journal::{Category, Meter, Nature, Receiver};
use crate::base::units::{Quantity, SimTime};
use crate::world::rules::tariffs;
use crate::world::{ApplicationId, SiteId};

/// What is stored: where, under which heading, for whom.
type Held = (SiteId, Category, Option<ApplicationId>);

/// Bytes stored at sites whose tariff has tiers.
#[derive(Clone, Debug, Default)]
pub(super) struct Stored(BTreeMap<Held, Level>);

impl Stored {
    /// Stores `bytes` more, or less.
    pub(super) fn step(&mut self, held: Held, bytes: u64, step: Step, now: SimTime) {
        step.apply(self.0.entry(held).or_default(), bytes, now);
    }

    /// Stores `bytes`.
    pub(super) fn set(&mut self, held: Held, bytes: u64, now: SimTime) {
        self.0.entry(held).or_default().set(bytes, now);
    }
}

impl<R: Receiver> Simulation<'_, R> {
    /// Charges what was stored in the month, site by site: the tiers count all that is
    /// stored there, and each who stores bears its share of every tier.
    pub(super) fn settle_tiered_storage(&mut self, month: Month, now: SimTime) {
        let mut by_site: BTreeMap<SiteId, Vec<(Held, f64)>> = BTreeMap::new();
        for (held, level) in &mut self.stored.0 {
            let gib_months = level.take(now) as f64 / GIB as f64 / month.span.as_ns() as f64;
            if gib_months > 0.0 {
                by_site.entry(held.0).or_default().push((*held, gib_months));
            }
        }
        for (site, held) in by_site {
            let Some(tariff) = &self.world.sites[site].storage else { continue };
            let total: f64 = held.iter().map(|(_, gib_months)| gib_months).sum();
            for (figure, quantity) in tariffs::charged(tariff, total).collect::<Vec<_>>() {
                let (mut so_far, mut charged) = (0.0, Quantity::ZERO);
                for ((site, category, application), gib_months) in &held {
                    // Rounded so that the parts add up to the tier.
                    so_far += gib_months;
                    let until = Quantity::from_f64(quantity.as_f64() * (so_far / total));
                    let part = Quantity::from_micros(until.micros() - charged.micros());
                    charged = until;
                    if part == Quantity::ZERO {
                        continue;
                    }
                    let words = Line {
                        meter: Meter::Storage(*site),
                        category: *category,
                        site: Some(*site),
                        application: *application,
                        month: month.index,
                        paid_at: now,
                        nature: Nature::Opex,
                    };
                    let charge = line(&self.figures, figure, part, words);
                    self.post(now, charge);
                }
            }
        }
    }
}
