//! Availability: how much was down, and what the sellers paid for it.

use super::Score;
use crate::base::units::{Money, SimTime, Span};
use crate::simulation::journal::{Charge, Meter, Outage};
use crate::world::{Power, WorkloadId, World};

/// How much was down.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Availability {
    /// Share of the time of all running workloads in which they were up, from 0 to
    /// 1. A workload counts until it is retired; one that is powered off never does.
    pub mean: f64,
    /// Hours that workloads were down, for whatever cause, summed over workloads.
    pub vm_hours_down: f64,
    /// Service credits received, a positive amount.
    pub sla_credits: Money,
}

impl Availability {
    pub(super) fn figures(&self, figures: &mut Vec<(String, Score)>) {
        figures.push(("availability.mean".into(), Score::Number(self.mean)));
        figures.push(("availability.vm_hours_down".into(), Score::Number(self.vm_hours_down)));
        figures.push(("availability.sla_credits".into(), Score::Money(self.sla_credits)));
    }
}

/// The fold that makes an [`Availability`].
#[derive(Clone, Debug)]
pub(super) struct AvailabilityFold {
    /// Time of all running workloads, of which 584 years times 10,000 do not fit in
    /// 64 bits of nanoseconds.
    running_ns: u128,
    down_ns: u128,
    credits: Money,
}

impl AvailabilityFold {
    pub(super) fn new(world: &World) -> Self {
        let running = world.workloads.iter().filter(|workload| workload.power == Power::On).count();
        let horizon = u128::from(world.horizon().as_ns());
        Self { running_ns: running as u128 * horizon, down_ns: 0, credits: Money::ZERO }
    }

    /// A workload that was counted somewhere is counted nowhere from `at` on.
    pub(super) fn retired(&mut self, world: &World, at: SimTime, workload: WorkloadId) {
        if world.workloads[workload].power == Power::On {
            self.running_ns -= u128::from(world.horizon().since(at).as_ns());
        }
    }

    pub(super) fn outage(&mut self, world: &World, outage: &Outage) {
        let until = outage.until.min(world.horizon());
        self.down_ns += u128::from(until.since(outage.from).as_ns());
    }

    pub(super) fn charge(&mut self, charge: &Charge) {
        if matches!(charge.meter, Meter::ServiceCredit(_)) {
            self.credits += -charge.amount;
        }
    }

    pub(super) fn finish(self) -> Availability {
        let share = if self.running_ns > 0 { self.down_ns as f64 / self.running_ns as f64 } else { 0.0 };
        let ns_per_hour = Span::from_hours(1).as_ns() as f64;
        Availability {
            mean: 1.0 - share,
            vm_hours_down: self.down_ns as f64 / ns_per_hour,
            sla_credits: self.credits,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::ids::Id;
    use crate::scoring::fixture::{charge, euros, first};
    use crate::simulation::journal::OutageCause;
    use crate::world::fixture;

    fn outage(world: &World, from: u64, until: u64) -> Outage {
        let hour = |hours| SimTime::START + Span::from_hours(hours);
        let (workload, offer) = (first(&world.workloads), first(&world.offers));
        Outage { workload, offer, from: hour(from), until: hour(until), cause: OutageCause::HostFailure }
    }

    #[test]
    fn downtime_is_a_share_of_the_time_of_running_workloads() {
        let world = fixture::world();
        let mut fold = AvailabilityFold::new(&world);
        fold.outage(&world, &outage(&world, 100, 126));
        // Three of the fixture's four workloads run, for 8,760 hours each.
        let score = fold.clone().finish();
        assert_eq!(score.vm_hours_down, 26.0);
        assert!((score.mean - (1.0 - 26.0 / 26_280.0)).abs() < 1e-12, "rounding only");

        // One retires half way, and the one that is off changes nothing.
        let half = SimTime::START + Span::from_hours(4_380);
        fold.retired(&world, half, WorkloadId::from_index(1));
        fold.retired(&world, half, WorkloadId::from_index(3));
        assert!((fold.finish().mean - (1.0 - 26.0 / 21_900.0)).abs() < 1e-12, "rounding only");
    }

    #[test]
    fn an_outage_counts_up_to_the_horizon() {
        let world = fixture::world();
        let mut fold = AvailabilityFold::new(&world);
        fold.outage(&world, &outage(&world, 8_750, 9_000));
        assert_eq!(fold.finish().vm_hours_down, 10.0);
    }

    #[test]
    fn credits_are_shown_as_money_received() {
        let world = fixture::world();
        let mut fold = AvailabilityFold::new(&world);
        fold.charge(&Charge { meter: Meter::ServiceCredit(first(&world.offers)), ..charge(-12.5) });
        fold.charge(&charge(-99.0));
        assert_eq!(fold.finish().sla_credits, euros(12.5));
    }
}
