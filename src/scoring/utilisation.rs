//! Utilisation: what was used of what was allocated.

use super::Score;
use crate::simulation::journal::Used;
use crate::world::World;

/// What was used of what was allocated, over the horizon and all places.
///
/// Means are over time: hours of virtual processors, cores or GiB over the hours of the
/// horizon.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Utilisation {
    /// Virtual processors that running workloads hold, at the mean.
    pub cpu_allocated: f64,
    /// Virtual processors that worked, at the mean.
    pub cpu_used: f64,
    /// Physical cores of hosts and virtual processors of instances, at the mean.
    pub cpu_capacity: f64,
    /// GiB of memory that running workloads hold, at the mean.
    pub memory_allocated: f64,
    /// GiB of memory in use, at the mean.
    pub memory_used: f64,
    /// Share of the work that workloads had for their processors and that these did not
    /// do at once, from 0 to 1: more was wanted of a host than it has cores, or of a
    /// size than it has virtual processors.
    pub contention: f64,
    /// Hours of hosts of which more was wanted than they have cores.
    pub overloaded_host_hours: f64,
}

impl Utilisation {
    pub(super) fn figures(&self, figures: &mut Vec<(String, Score)>) {
        for (name, value) in [
            ("cpu_allocated", self.cpu_allocated),
            ("cpu_used", self.cpu_used),
            ("cpu_capacity", self.cpu_capacity),
            ("memory_allocated", self.memory_allocated),
            ("memory_used", self.memory_used),
            ("contention", self.contention),
            ("overloaded_host_hours", self.overloaded_host_hours),
        ] {
            figures.push((format!("utilisation.{name}"), Score::Number(value)));
        }
    }
}

/// The fold that makes a [`Utilisation`].
#[derive(Clone, Debug, Default)]
pub(super) struct UtilisationFold {
    total: Used,
}

impl UtilisationFold {
    pub(super) fn used(&mut self, used: &Used) {
        self.total.add(used, 1.0);
    }

    /// None in a World that samples nothing.
    pub(super) fn finish(self, world: &World) -> Option<Utilisation> {
        world.usage.as_ref()?;
        let hours = world.horizon().since(crate::base::units::SimTime::START).as_hours();
        let mean = |sum: f64| if hours > 0.0 { sum / hours } else { 0.0 };
        let total = self.total;
        Some(Utilisation {
            cpu_allocated: mean(total.allocated_vcpus),
            cpu_used: mean(total.used_vcpus),
            cpu_capacity: mean(total.cores),
            memory_allocated: mean(total.allocated_gib),
            memory_used: mean(total.used_gib),
            contention: total.contention(),
            overloaded_host_hours: total.overloaded_hosts,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::ids::IdVec;
    use crate::base::units::Span;
    use crate::world::{Loads, Usage, fixture};

    #[test]
    fn means_are_over_the_horizon_and_contention_is_a_share_of_what_was_wanted() {
        let mut world = fixture::world();
        assert_eq!(UtilisationFold::default().finish(&world), None);
        world.usage = Some(Usage {
            of: IdVec::new(),
            loads: Loads::starting(world.calendar.start()),
            sample: Span::from_hours(1),
        });
        let mut fold = UtilisationFold::default();
        // The fixture's horizon is a year of 8,760 hours.
        let half = Used {
            allocated_vcpus: 87_600.0,
            wanted_vcpus: 10_000.0,
            used_vcpus: 8_760.0,
            cores: 43_800.0,
            overloaded_hosts: 3.0,
            ..Used::default()
        };
        fold.used(&half);
        fold.used(&half);
        let score = fold.finish(&world).expect("use is sampled");
        assert_eq!((score.cpu_allocated, score.cpu_used, score.cpu_capacity), (20.0, 2.0, 10.0));
        assert_eq!(score.overloaded_host_hours, 6.0);
        assert!((score.contention - 0.124).abs() < 1e-12, "rounding only");
    }
}
