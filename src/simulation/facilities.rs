//! What applications lean on beside machines: replaced where a destination does not have
//! it, saved where it is a managed service there.

use super::Simulation;
use super::billing::{Line, Month, line};
use super::journal::{Category, Meter, Nature, Receiver};
use crate::base::ids::IdVec;
use crate::base::units::{Quantity, SimTime};
use crate::world::rules::effort::{self, Crossing};
use crate::world::{ApplicationId, OfferId};

impl<R: Receiver> Simulation<'_, R> {
    /// Charges a month of what runs in place of what applications leaned on, and what
    /// managed services save, as they are placed now: an application is where its first
    /// workload that is not retired is.
    pub(super) fn settle_facilities(&mut self, month: Month, months: f64, now: SimTime) {
        let world = self.world;
        if world.applications.iter().all(|application| application.uses.is_empty()) {
            return;
        }
        let mut places: IdVec<ApplicationId, Option<(OfferId, OfferId)>> =
            IdVec::filled(None, world.applications.len());
        for (workload, place) in self.places.enumerate() {
            let described = &world.workloads[workload];
            if let (None, Some(place)) = (places[described.application], place) {
                places[described.application] = Some((described.home, place.offer));
            }
        }
        for (application, place) in places.enumerate() {
            let Some((home, at)) = *place else { continue };
            if world.provider_of(home) == world.provider_of(at) {
                continue;
            }
            for id in &world.applications[application].uses {
                let facility = &world.facilities[*id];
                let has = effort::has_facility(world, *id, home, at);
                let (figure, meter, category, times) = if has {
                    (facility.saving, Meter::ManagedInstead(*id), Category::Labour, -1.0)
                } else {
                    (facility.replacement, Meter::Replaced(*id), Category::Facilities, 1.0)
                };
                let quantity = Quantity::from_f64(times * months);
                let Some(figure) = figure.filter(|_| quantity != Quantity::ZERO) else { continue };
                let about = Line {
                    meter,
                    category,
                    site: Some(world.offers[at].site),
                    application: Some(application),
                    month: month.index,
                    paid_at: now,
                    nature: Nature::Opex,
                };
                let [from, to] = [home, at].map(|offer| world.offers[offer].platform);
                let charge = line(&self.figures, figure, quantity, about).across(Crossing { from, to });
                self.post(now, charge);
            }
        }
    }
}
