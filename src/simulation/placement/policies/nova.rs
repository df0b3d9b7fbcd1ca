//! Nova: filters first, then the largest sum of normalised weighers.

use super::HostView;
use crate::simulation::placement::Demand;
use crate::world::{NovaRange, NovaWeighers};

/// What each weigher is normalised by, over the hosts that passed the filters.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ranges {
    vcpus: Range,
    mib: Range,
    disk_gib: Range,
}

/// The least and the most free of a resource.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Range {
    least: f64,
    most: f64,
}

impl Range {
    const NONE: Self = Self { least: f64::INFINITY, most: f64::NEG_INFINITY };

    fn with(self, free: Option<f64>) -> Self {
        free.map_or(self, |free| Self { least: self.least.min(free), most: self.most.max(free) })
    }

    /// From 0 to 1; 0 where all are alike.
    fn normalised(self, free: f64) -> f64 {
        if self.most > self.least { (free - self.least) / (self.most - self.least) } else { 0.0 }
    }
}

impl Ranges {
    /// Over the states of the feasible hosts, two passes over which Nova takes.
    pub fn over(hosts: impl Iterator<Item = HostView>, range: NovaRange) -> Self {
        let least = match range {
            NovaRange::LeastToMost => f64::INFINITY,
            NovaRange::NothingToMost => 0.0,
        };
        let none = Range { least, ..Range::NONE };
        hosts.fold(Self { vcpus: none, mib: none, disk_gib: none }, |ranges, host| Self {
            vcpus: ranges.vcpus.with(Some(f64::from(host.free.vcpus))),
            mib: ranges.mib.with(Some(f64::from(host.free.mib))),
            disk_gib: ranges.disk_gib.with(disk(host)),
        })
    }
}

/// The free disk of a host that has some.
fn disk(host: HostView) -> Option<f64> {
    let has = host.capacity.disk_gib != 0 && host.capacity.disk_gib != Demand::UNCOUNTED;
    has.then(|| f64::from(host.free.disk_gib))
}

/// Σ m (F − least) / (most − least) over memory, processors and disk, where F is what
/// is free before the workload is placed and m the multiplier; 0 for a resource of which
/// all hosts have the same free, and for the disk of a host without.
///
/// Source: OpenStack Nova, `nova/weights.py` (`normalize`, and the weights summed by
/// multiplier) with its weighers of memory, processors and disk. They set the least to
/// zero, while the documentation (Red Hat OpenStack Platform, "Compute scheduler
/// weights") describes it as the least among the hosts: [`NovaRange`] has both. Nova's
/// other weighers (I/O, metrics, failures) see nothing that is simulated here.
///
/// Cost: two passes over the distinct free states.
pub fn score(host: HostView, ranges: &Ranges, weighers: NovaWeighers) -> f64 {
    weighers.ram * ranges.mib.normalised(f64::from(host.free.mib))
        + weighers.cpu * ranges.vcpus.normalised(f64::from(host.free.vcpus))
        + disk(host).map_or(0.0, |free| weighers.disk * ranges.disk_gib.normalised(free))
}

#[cfg(test)]
mod tests {
    use super::super::{view, with_disk};
    use super::*;

    const HOSTS: [([u32; 2], [u32; 2]); 3] =
        [([8, 64], [32, 128]), ([16, 96], [32, 128]), ([24, 64], [64, 128])];

    fn scores(weighers: NovaWeighers) -> [f64; 3] {
        let hosts = HOSTS.map(|(free, capacity)| view(free, capacity));
        let ranges = Ranges::over(hosts.into_iter(), weighers.range);
        hosts.map(|host| score(host, &ranges, weighers))
    }

    #[test]
    fn weighers_are_normalised_over_the_hosts_and_summed() {
        // vCPUs 8, 16, 24: 0, 1/2, 1. Memory 64, 96, 64: 0, 1, 0.
        assert_eq!(scores(NovaWeighers::default()), [0.0, 1.5, 1.0]);
        let stacked = NovaWeighers { cpu: -2.0, ..NovaWeighers::default() };
        assert_eq!(scores(stacked), [0.0, 0.0, -2.0]);
    }

    #[test]
    fn from_nothing_a_weigher_is_the_share_of_the_most() {
        // vCPUs 1/3, 2/3, 1. Memory 2/3, 1, 2/3.
        let source = NovaWeighers { range: NovaRange::NothingToMost, ..NovaWeighers::default() };
        let expected = [1.0, 5.0 / 3.0, 5.0 / 3.0];
        for (score, expected) in scores(source).into_iter().zip(expected) {
            // Thirds round.
            assert!((score - expected).abs() < 1e-15);
        }
    }

    #[test]
    fn where_all_are_alike_a_weigher_says_nothing_and_without_disk_it_scores_none() {
        let alike = view([8, 64], [32, 128]);
        let larger = with_disk(alike, 500, 1000);
        let largest = with_disk(alike, 900, 1000);
        let weighers = NovaWeighers::default();
        let ranges = Ranges::over([alike, larger, largest].into_iter(), weighers.range);
        assert_eq!([alike, larger, largest].map(|host| score(host, &ranges, weighers)), [0.0, 0.0, 1.0]);
    }
}
