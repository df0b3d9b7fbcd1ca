//! What is paid, or owed, for time after everything has left, and what is lost beside.

use super::super::Simulation;
use super::super::billing::{Line, line};
use super::super::journal::{Meter, Nature, Receiver};
use super::super::services;
use super::Leaving;
use crate::base::ids::Id;
use crate::base::units::{Money, Quantity, SimTime};
use crate::world::rules::licences;
use crate::world::{Basis, LicenceId, PartyId, SiteId};

impl<R: Receiver> Simulation<'_, R> {
    /// Terms of licences that nobody needs any more: all that the party sells, and what of
    /// others' was needed before and is not now.
    pub(super) fn strand_licences(&mut self, leaving: &Leaving, left: SimTime) {
        let share = |licence: LicenceId| -> f64 {
            if self.world.licences[licence].supplier == leaving.party {
                return 1.0;
            }
            let held = self.held_after(licence, left);
            let lost = leaving.cores[licence.index()].min(held).saturating_sub(self.needed_cores(licence));
            f64::from(lost) / f64::from(held.max(1))
        };
        let shares: Vec<f64> = self.world.licences.ids().map(share).collect();
        self.strand(|licence| shares[licence.index()], left);
    }

    /// Services that are committed at sites which nothing uses any more, month by month.
    pub(super) fn strand_services(&mut self, leaving: &Leaving, left: SimTime) {
        let world = self.world;
        for site in self.emptied(leaving) {
            for (index, service) in world.sites[site].services.iter().enumerate() {
                let Some(until) = service.committed_until.filter(|until| *until > left) else { continue };
                if service.basis != Basis::Month {
                    continue;
                }
                let calendar = &world.calendar;
                let (mut from, mut month) = (left, calendar.month_of(left));
                while from < until {
                    let ends = calendar.month_start(month + 1).min(until);
                    let whole = calendar.civil_month_span(month).as_days();
                    let about = Line {
                        meter: Meter::RemainingService(site, index as u32),
                        category: services::heading(service.kind),
                        site: Some(site),
                        application: None,
                        month: month.min(self.last_month) as u32,
                        paid_at: ends,
                        nature: Nature::Opex,
                    };
                    let share = Quantity::from_f64(ends.since(from).as_days() / whole);
                    let charge = line(&self.figures, service.price, share, about);
                    self.post(left, charge);
                    (from, month) = (ends, month + 1);
                    if calendar.month_of(from) < month {
                        // Ten years beyond the horizon the calendar ends.
                        break;
                    }
                }
            }
        }
    }

    /// Until when services at emptied sites of a party are owed to it.
    pub(super) fn services_owed_until(&self, party: PartyId, leaving: &Leaving) -> Option<SimTime> {
        let is_its = |site: &SiteId| {
            let provider = &self.world.providers[self.world.sites[*site].provider];
            provider.operator == party || provider.owner == party
        };
        let owed = self.emptied(leaving).into_iter().filter(is_its);
        owed.flat_map(|site| self.world.sites[site].services.iter())
            .filter(|service| service.basis == Basis::Month)
            .filter_map(|service| service.committed_until)
            .max()
    }

    /// Perpetual licences that were in use and are in use nowhere any more.
    pub(super) fn lost_licences(&self, leaving: &Leaving, now: SimTime) -> Money {
        let licences = self.world.licences.enumerate().filter(|(_, licence)| licence.perpetual.is_some());
        licences
            .map(|(id, licence)| {
                let lost = leaving.perpetual[id.index()].saturating_sub(self.cores_needed(id, now));
                self.figures.charge(licence.price, licences::packs(licence.counting, lost))
            })
            .sum()
    }

    /// Sites at which something depended on the party and where nothing is any more.
    fn emptied(&self, leaving: &Leaving) -> Vec<SiteId> {
        let sites = leaving.sites.enumerate().filter(|(site, held)| **held && self.sites[*site].is_empty());
        sites.map(|(site, _)| site).collect()
    }
}
