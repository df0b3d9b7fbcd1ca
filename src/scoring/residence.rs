//! Residence: where the estate lived, month by month.

use crate::base::ids::IdVec;
use crate::base::units::SimTime;
use crate::world::{OfferId, SiteId, WorkloadId, World};

/// Where the estate lived at the end of each month of the horizon.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Residence {
    /// Workloads at each site.
    pub workloads: Vec<IdVec<SiteId, u32>>,
    /// Hosts of each offer.
    pub hosts: Vec<IdVec<OfferId, u32>>,
}

/// The fold that makes a [`Residence`], and that knows where each workload is now.
#[derive(Clone, Debug)]
pub(super) struct ResidenceFold {
    /// Where each workload is counted; nowhere when it is retired.
    pub(super) place: IdVec<WorkloadId, Option<OfferId>>,
    site_of: IdVec<OfferId, SiteId>,
    workloads: IdVec<SiteId, u32>,
    hosts: IdVec<OfferId, u32>,
    month_end: SimTime,
    months: Residence,
}

impl ResidenceFold {
    /// Starts with every workload at home and every offer with its initial hosts.
    pub(super) fn new(world: &World) -> Self {
        let mut fold = Self {
            place: world.workloads.iter().map(|workload| Some(workload.home)).collect(),
            site_of: world.offers.iter().map(|offer| offer.site).collect(),
            workloads: IdVec::filled(0, world.sites.len()),
            hosts: world.offers.iter().map(|offer| offer.hosts().map_or(0, |hosts| hosts.initial)).collect(),
            month_end: SimTime::START,
            months: Residence { workloads: Vec::new(), hosts: Vec::new() },
        };
        for workload in &fold.place.as_slice().to_vec() {
            fold.workloads[fold.site_of[workload.expect("a workload has a home")]] += 1;
        }
        fold.month_end = world.calendar.month_start(1);
        fold
    }

    /// Closes the months that have ended by `at`. What happens at the instant at
    /// which a month ends belongs to the next.
    #[inline]
    pub(super) fn advance(&mut self, world: &World, at: SimTime) {
        while self.month_end <= at && self.months.workloads.len() < world.calendar.months() {
            self.close_month(world);
        }
    }

    pub(super) fn placed(&mut self, workload: WorkloadId, offer: Option<OfferId>) {
        let before = std::mem::replace(&mut self.place[workload], offer);
        if let Some(offer) = before {
            self.workloads[self.site_of[offer]] -= 1;
        }
        if let Some(offer) = offer {
            self.workloads[self.site_of[offer]] += 1;
        }
    }

    pub(super) fn hosts(&mut self, offer: OfferId, count: u32) {
        self.hosts[offer] = count;
    }

    pub(super) fn finish(mut self, world: &World) -> Residence {
        while self.months.workloads.len() < world.calendar.months() {
            self.close_month(world);
        }
        self.months
    }

    fn close_month(&mut self, world: &World) {
        self.months.workloads.push(self.workloads.clone());
        self.months.hosts.push(self.hosts.clone());
        self.month_end = world.calendar.month_start(self.months.workloads.len() + 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::ids::Id;
    use crate::base::units::Span;
    use crate::world::fixture;

    #[test]
    fn a_month_shows_the_state_at_its_end() {
        let world = fixture::world();
        let mut fold = ResidenceFold::new(&world);
        let offer = |name: &str| world.offers.find(|offer| offer.name == name).expect("a fixture's offer");
        let workload = WorkloadId::from_index;
        let second_month = world.calendar.month_start(1);

        // On the last nanosecond of January, at the start of February, and in April.
        let last_instant = SimTime::from_ns(second_month.as_ns() - 1);
        fold.advance(&world, last_instant);
        fold.placed(workload(0), Some(offer("azure/instances")));
        fold.advance(&world, second_month);
        fold.placed(workload(1), Some(offer("azure/host")));
        fold.hosts(offer("azure/host"), 2);
        fold.advance(&world, world.calendar.month_start(3) + Span::from_hours(1));
        fold.placed(workload(1), None);
        let residence = fold.finish(&world);

        // Sites in order: paris, lyon, azure, trusted; the fixture has four workloads.
        let months: Vec<_> = residence.workloads.iter().map(|sites| sites.as_slice().to_vec()).collect();
        assert_eq!(months.len(), 12);
        assert_eq!(months[0], [3, 0, 1, 0]);
        assert_eq!(months[1], [2, 0, 2, 0]);
        assert_eq!(months[2], [2, 0, 2, 0]);
        assert_eq!(months[3..], vec![vec![2, 0, 1, 0]; 9]);
        let hosts: Vec<_> = residence.hosts.iter().map(|hosts| hosts[offer("azure/host")]).collect();
        assert_eq!(hosts[..3], [0, 2, 2]);
        assert_eq!(residence.hosts[0][offer("paris/vsphere")], 10);
    }

    #[test]
    fn placing_a_workload_where_it_is_changes_nothing() {
        let world = fixture::world();
        let mut fold = ResidenceFold::new(&world);
        for (workload, described) in world.workloads.enumerate() {
            fold.placed(workload, Some(described.home));
        }
        assert_eq!(fold.finish(&world), ResidenceFold::new(&world).finish(&world));
    }
}
