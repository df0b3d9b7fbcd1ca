//! What machines use of what hosts physically have.

use super::machine::HostGroup;
use crate::base::units::{SimTime, Span};
use crate::world::{Loads, Utilisation};

/// What machines use of what they are allocated.
#[derive(Clone, Debug)]
pub enum Usage {
    /// Everything, always.
    Allocated,
    /// The same for all, over time.
    Alike(Utilisation, Loads),
    /// For each machine its own, in the order of arrival.
    Each(Vec<Utilisation>, Loads),
}

/// One host at one instant.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HostSample {
    /// Which.
    pub host: u32,
    /// Processors asked for, over those that are there; above 1 when machines contend.
    pub cpu: f64,
    /// Memory asked for, over what is there; above 1 when it is overloaded.
    pub memory: f64,
}

/// The load of a fleet, over all samples so far. A sample stands for the span until
/// the next.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Loaded {
    /// Samples of one host.
    pub samples: u64,
    /// The sum of the samples' shares of processors, and of memory.
    sums: (f64, f64),
    /// The largest share of processors asked for on one host.
    pub peak_cpu: f64,
    /// The largest share of memory asked for on one host.
    pub peak_memory: f64,
    /// Samples in which processors were contended.
    contended: u64,
    /// Samples in which more memory was asked for than there is.
    overloaded: u64,
    /// Processors asked for, and those of them that were not there, over all samples.
    asked: f64,
    lost: f64,
    span: Span,
}

impl Loaded {
    pub(super) fn every(span: Span) -> Self {
        Self { span, ..Self::default() }
    }

    /// The mean share of processors asked for; nothing before the first sample.
    pub fn mean_cpu(&self) -> Option<f64> {
        (self.samples > 0).then(|| self.sums.0 / self.samples as f64)
    }

    /// The mean share of memory asked for; nothing before the first sample.
    pub fn mean_memory(&self) -> Option<f64> {
        (self.samples > 0).then(|| self.sums.1 / self.samples as f64)
    }

    /// How long hosts were asked for more processors than they have: host-time.
    pub fn contended(&self) -> Span {
        Span::from_ns(self.span.as_ns() * self.contended)
    }

    /// How long hosts were asked for more memory than they have: host-time.
    pub fn overloaded(&self) -> Span {
        Span::from_ns(self.span.as_ns() * self.overloaded)
    }

    /// The share of the processor time asked for that machines did not get, 0 to 1.
    pub fn lost_share(&self) -> f64 {
        if self.asked > 0.0 { self.lost / self.asked } else { 0.0 }
    }

    #[inline]
    pub(super) fn add(&mut self, asked: f64, sample: &HostSample) {
        self.samples += 1;
        self.sums.0 += sample.cpu;
        self.sums.1 += sample.memory;
        self.peak_cpu = self.peak_cpu.max(sample.cpu);
        self.peak_memory = self.peak_memory.max(sample.memory);
        self.asked += asked;
        if sample.cpu > 1.0 {
            self.contended += 1;
            // Of what is asked for, the share 1/cpu is served.
            self.lost += asked * (1.0 - 1.0 / sample.cpu);
        }
        self.overloaded += u64::from(sample.memory > 1.0);
    }
}

/// What runs on one host, and what it physically has.
#[derive(Clone, Copy, Debug)]
pub(super) struct HostLoad {
    /// Virtual processors and MiB of the machines that run here. Room that is held for
    /// a machine still running elsewhere is not in it.
    pub vcpus: u32,
    pub mib: u32,
    /// Processors and MiB that are there.
    pub cores: f32,
    pub physical_mib: f32,
}

impl HostLoad {
    pub(super) fn empty(group: &HostGroup) -> Self {
        Self {
            vcpus: 0,
            mib: 0,
            cores: group.shape.cores as f32,
            physical_mib: group.physical_memory.as_mib() as f32,
        }
    }

    #[inline]
    pub(super) fn sample(&self, host: usize, (vcpus, mib): (f64, f64)) -> HostSample {
        HostSample {
            host: host as u32,
            cpu: vcpus / f64::from(self.cores),
            memory: mib / f64::from(self.physical_mib),
        }
    }
}

impl Usage {
    /// What the machines of each host ask for at `at`: processors and MiB.
    /// `running` names every running machine by its place in the order of arrival, with
    /// its host and what it is allocated.
    pub(super) fn asked(
        &self,
        at: SimTime,
        hosts: &[HostLoad],
        running: impl Iterator<Item = (usize, u32, (u32, u32))>,
    ) -> Vec<(f64, f64)> {
        let allocated = || hosts.iter().map(|host| (f64::from(host.vcpus), f64::from(host.mib)));
        match self {
            Self::Allocated => allocated().collect(),
            Self::Alike(utilisation, loads) => {
                let used = loads.used(*utilisation, loads.moment(at));
                allocated().map(|(vcpus, mib)| (vcpus * used.cpu, mib * used.memory)).collect()
            }
            Self::Each(utilisations, loads) => {
                let moment = loads.moment(at);
                let mut asked = vec![(0.0, 0.0); hosts.len()];
                for (vm, host, (vcpus, mib)) in running {
                    let used = loads.used(utilisations[vm], moment);
                    let sum = &mut asked[host as usize];
                    sum.0 += f64::from(vcpus) * used.cpu;
                    sum.1 += f64::from(mib) * used.memory;
                }
                asked
            }
        }
    }
}
