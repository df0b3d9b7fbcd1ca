//! Alliances that begin and end. What they change is read from the World by the instant;
//! here the books are closed in time and the dates are noted.

use super::event::Event;
use super::journal::{Decision, Receiver};
use super::{Scheduler, Simulation};
use crate::base::units::SimTime;
use crate::world::{AllianceChange, AllianceId};

impl<R: Receiver> Simulation<'_, R> {
    /// Puts the dates of all alliances into the future.
    pub(super) fn schedule_alliances(&self, scheduler: &mut Scheduler<Event>) {
        for (id, alliance) in self.world.alliances.enumerate() {
            scheduler.schedule_at(alliance.from, Event::AllianceBegins(id));
            if let Some(until) = alliance.until {
                scheduler.schedule_at(until, Event::AllianceEnds(id));
            }
        }
    }

    pub(super) fn alliance_begins(&mut self, alliance: AllianceId, now: SimTime) {
        self.close_before(alliance, now);
        self.decide(now, Decision::AllianceBegins { alliance });
    }

    pub(super) fn alliance_ends(&mut self, alliance: AllianceId, now: SimTime) {
        self.close_before(alliance, now);
        self.decide(now, Decision::AllianceEnds { alliance });
    }

    /// Charges what ran until now as it was until now, where the alliance changes what
    /// runs: who runs the management planes. Work is judged when it is done, so that an
    /// alliance about effort leaves every line of what runs as it is.
    fn close_before(&mut self, alliance: AllianceId, now: SimTime) {
        let changes = &self.world.alliances[alliance].changes;
        if changes.iter().any(|change| matches!(change, AllianceChange::OnePlane { .. })) {
            self.close_books(now);
        }
    }
}
