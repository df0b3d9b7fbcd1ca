//! Downtime of applications for their moves.

use crate::base::ids::IdVec;
use crate::base::units::SimTime;
use crate::simulation::journal::{Outage, OutageCause};
use crate::world::{ApplicationId, World};

/// The fold that makes the hours for which each application was down for moves: the
/// time in which at least one of its workloads was, for a cutover or its rollback. Two
/// workloads that are down together count once, since users see the application.
#[derive(Clone, Debug)]
pub(super) struct DowntimeFold {
    /// Outages as they end.
    outages: Vec<(ApplicationId, SimTime, SimTime)>,
}

impl DowntimeFold {
    pub(super) const fn new() -> Self {
        Self { outages: Vec::new() }
    }

    pub(super) fn outage(&mut self, world: &World, outage: &Outage) {
        if matches!(outage.cause, OutageCause::Cutover | OutageCause::Rollback) {
            let application = world.workloads[outage.workload].application;
            self.outages.push((application, outage.from, outage.until));
        }
    }

    /// Hours of each application.
    pub(super) fn finish(mut self, world: &World) -> IdVec<ApplicationId, f64> {
        let mut hours = IdVec::filled(0.0, world.applications.len());
        self.outages.sort_unstable();
        let mut counted: Option<(ApplicationId, SimTime)> = None;
        for (application, from, until) in self.outages {
            let from = match counted {
                Some((same, end)) if same == application => from.max(end),
                _ => from,
            };
            if until > from {
                hours[application] += until.since(from).as_hours();
                counted = Some((application, until));
            }
        }
        hours
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::ids::Id;
    use crate::base::units::Span;
    use crate::world::{OfferId, WorkloadId, fixture};

    #[test]
    fn what_is_down_together_counts_once_and_failures_do_not() {
        let world = fixture::world();
        let mut fold = DowntimeFold::new();
        let hour = |hours| SimTime::START + Span::from_hours(hours);
        let (db, app, web) =
            (WorkloadId::from_index(0), WorkloadId::from_index(1), WorkloadId::from_index(2));
        // Entered as they end: the database is down from 1 to 3, its server from 2 to 5
        // and again from 0 to 6 by mistake of nobody, and from 9 to 10.
        for (workload, from, until, cause) in [
            (db, 1, 3, OutageCause::Cutover),
            (app, 2, 5, OutageCause::Cutover),
            (app, 0, 6, OutageCause::Rollback),
            (web, 4, 8, OutageCause::HostFailure),
            (db, 9, 10, OutageCause::Cutover),
        ] {
            let outage = Outage {
                workload,
                offer: OfferId::from_index(0),
                from: hour(from),
                until: hour(until),
                cause,
            };
            fold.outage(&world, &outage);
        }
        let hours = fold.finish(&world);
        assert_eq!(hours.as_slice(), [7.0, 0.0], "0 to 6 and 9 to 10; a failure is no move");
    }
}
