//! What owned hosts bring when they are given up, and what they are worth at the end.

use super::Simulation;
use super::billing::{Line, line_at};
use super::journal::{Category, Entry, Meter, Nature, Receiver};
use crate::base::units::{Money, Price, Quantity, SimTime};
use crate::world::rules::hardware;
use crate::world::{HostPrice, OfferId, OwnedHardware};

impl<R: Receiver> Simulation<'_, R> {
    fn owned_hardware(&self, offer: OfferId) -> Option<&OwnedHardware> {
        match &self.world.offers[offer].hosts()?.price {
            HostPrice::Owned(hardware) => Some(hardware),
            HostPrice::PerHour(_) => None,
        }
    }

    /// What is got back for hosts of an offer that are given up: the residual share of
    /// the price of a new one, below zero beside what was bought (IAS 16 nets the two as
    /// capital, and so do we). Nothing for what ran beyond its life, nor where no
    /// residual is stated.
    pub(super) fn sell_hosts(&mut self, offer: OfferId, replace_at: SimTime, count: u32, now: SimTime) {
        let world = self.world;
        let Some(HostPrice::Owned(hardware)) = world.offers[offer].hosts().map(|hosts| &hosts.price) else {
            return;
        };
        let Some(residual) = hardware.residual.filter(|_| count > 0 && replace_at >= now) else { return };
        let price = self.figures.value(hardware.price) * self.figures.value(residual);
        let words = Line {
            meter: Meter::HardwareSold(offer),
            category: Category::Hardware,
            site: Some(world.offers[offer].site),
            application: None,
            month: self.month(now).index,
            paid_at: now,
            nature: Nature::Capex,
        };
        let quantity = Quantity::from_units(-i64::from(count));
        let charge = line_at(&self.figures, hardware.price, Price::from_f64(price), quantity, words);
        self.post(now, charge);
    }

    /// What one host of an offer that must be replaced at `replace_at` is worth in the
    /// books: that of a host bought since the start from what was paid for it, that of
    /// one of the start from the book value that is stated. None where it is not.
    pub(super) fn book_value(&self, offer: OfferId, replace_at: SimTime, now: SimTime) -> Option<f64> {
        // A re-installed host is in the books of the offer that bought it.
        let source = self.world.offers[offer].hosts().and_then(|hosts| hosts.reuses);
        [Some(offer), source].into_iter().flatten().find_map(|offer| {
            let hardware = self.owned_hardware(offer)?;
            let bought = self.hardware_paid.get(&(offer, replace_at));
            let (cost, life) = match bought {
                Some(paid) => (paid.as_f64(), hardware.life),
                None if replace_at == hardware.replace_at => {
                    let stated = self.figures.in_reporting_currency(hardware.book_value?);
                    (stated, replace_at.since(SimTime::START))
                }
                None => return None,
            };
            let residual = hardware.residual.map_or(0.0, |share| {
                self.figures.in_reporting_currency(hardware.price) * self.figures.value(share)
            });
            let left = if replace_at > now && life.as_days() > 0.0 {
                replace_at.since(now).as_days() / life.as_days()
            } else {
                0.0
            };
            Some(hardware::book_value(cost, residual, left))
        })
    }

    /// Reports what the hosts of every offer are still worth at the end.
    pub(super) fn report_book_values(&mut self, now: SimTime) {
        let world = self.world;
        for (id, offer) in world.offers.enumerate() {
            let Some(pool) = &self.pools[id] else { continue };
            let aging: Vec<SimTime> = pool.hosts().map(|(_, host)| host.replace_at).collect();
            let worth: f64 =
                aging.into_iter().filter_map(|replace_at| self.book_value(id, replace_at, now)).sum();
            let amount = Money::from_micros(libm::round(worth * 1e6) as i64);
            if amount != Money::ZERO {
                self.journal.receive(now, &Entry::BookValue { site: offer.site, amount });
            }
        }
    }
}
