//! Estates drawn from published distributions, for examples, tests and benches.
//!
//! | what | from |
//! |---|---|
//! | virtual CPUs | 50 VMs of GWA-T-12 Bitbrains (2013): 1: 36 %, 2: 16 %, 4: 28 %, 8: 18 %, 32: 2 % |
//! | mean CPU use | the same sample: a mixture of 85 % near-idle and 15 % heavy machines with P25 0.15 %, median 1.4 %, P75 2.1 %, P90 46 % |
//! | memory per CPU | **assumption**: 2 GiB (35 %), 4 GiB (45 %), 8 GiB (20 %) |
//! | memory use | **assumption**: uniform 10–70 % (SAP's cloud: 80 % of VMs use less than 70 %) |
//! | disks | **assumption**: a system disk of 100 GiB (Windows) or 40 GiB (Linux); data disks log-normal about a median of the role, sigma 0.8, in steps of 10 GiB |
//! | storage in use | **assumption**: uniform 35–85 % of capacity, of which the guest sees 90 % |
//! | sizes of applications, systems, share switched off, blockers | **assumption**; no source counts them |
//!
//! Virtual CPUs are drawn for a whole application and the largest are given to its
//! weightiest roles, so a database is bigger than its web server while the distribution
//! over the estate stays the published one. Where the machines of a site would not fit
//! its hosts without the spare ones, the largest are halved until they do.
//!
//! The same parameters give the same estate, on any platform.

use rand::rngs::ChaCha8Rng;
use rand::{RngExt as _, SeedableRng as _};

use super::InventoryFormat;
use super::findings::Findings;
use super::machine::{Estate, HostRecord};
use super::quality;
use crate::base::units::Bytes;

mod draw;
mod pack;
mod patterns;

pub use patterns::{ApplicationPattern, Tier, TierSystem, usual_patterns};

/// What a synthetic estate looks like.
#[derive(Clone, Debug, PartialEq)]
pub struct SyntheticEstate {
    /// The number of machines, at least one.
    pub machines: u32,
    /// The seed of all draws.
    pub seed: u64,
    /// The sites, at least one.
    pub sites: Vec<SyntheticSite>,
    /// The share, 0–1, of Windows among machines whose role runs on either system.
    pub windows_share: f64,
    /// The share, 0–1, of machines that are switched off.
    pub powered_off_share: f64,
    /// The applications to draw from, at least one.
    pub applications: Vec<ApplicationPattern>,
}

/// A site of a synthetic estate: one datacenter with one cluster of equal hosts.
#[derive(Clone, Debug, PartialEq)]
pub struct SyntheticSite {
    /// The name of the datacenter.
    pub datacenter: String,
    /// Its weight when machines are dealt out, above zero.
    pub share: f64,
    /// Hosts, spare ones included.
    pub hosts: u32,
    /// Hosts that the machines must fit without.
    pub spare_hosts: u32,
    /// Sockets of a host.
    pub sockets: u32,
    /// Physical cores of a host.
    pub cores: u32,
    /// Memory of a host; memory is never over-committed.
    pub memory: Bytes,
    /// Virtual CPUs for each physical core.
    pub cpu_overcommit: f64,
}

impl SyntheticSite {
    /// `hosts` hosts of 2 × 16 cores and 512 GiB, one of them spare, 4 virtual CPUs a core.
    pub fn usual(datacenter: &str, share: f64, hosts: u32) -> Self {
        Self {
            datacenter: datacenter.to_owned(),
            share,
            hosts,
            spare_hosts: 1,
            sockets: 2,
            cores: 32,
            memory: Bytes::from_gib(512),
            cpu_overcommit: 4.0,
        }
    }
}

impl Default for SyntheticEstate {
    /// 300 machines at a main site of 10 hosts and one for disaster recovery of 4.
    fn default() -> Self {
        Self {
            machines: 300,
            seed: 42,
            // Ten and four hosts less a spare each are 9 : 3, near 0.75 : 0.25; a little
            // more at the main site, as a recovery site keeps room for fail-over.
            sites: vec![SyntheticSite::usual("paris", 0.78, 10), SyntheticSite::usual("lyon", 0.22, 4)],
            windows_share: 0.5,
            powered_off_share: 0.05,
            applications: usual_patterns(),
        }
    }
}

/// Why no estate can be made of the parameters.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum SyntheticError {
    /// A number that must be positive or a share is not, or a list is empty.
    #[error("a synthetic estate needs {0}")]
    Parameter(&'static str),
    /// Even the smallest machines do not fit.
    #[error("{machines} machines do not fit the hosts of {datacenter} without the spare ones")]
    TooSmall {
        /// The datacenter.
        datacenter: String,
        /// The machines dealt to it.
        machines: u32,
    },
}

impl SyntheticEstate {
    /// Draws the estate.
    ///
    /// # Errors
    /// When a parameter is out of range, or when a site is too small for its machines.
    pub fn generate(&self) -> Result<Estate, SyntheticError> {
        self.check()?;
        let mut rng = ChaCha8Rng::seed_from_u64(self.seed);
        let mut numbers = draw::InstanceNumbers::default();
        let mut estate = Estate {
            traces: None,
            machines: Vec::new(),
            hosts: Vec::new(),
            as_of: None,
            format: InventoryFormat::Synthetic,
            producer: format!("Portolan synthetic estate, seed {}", self.seed),
            findings: Findings::default(),
            quality: quality::grade(&[], &[], &Findings::default()),
        };
        for (site, count) in self.sites.iter().zip(self.counts()) {
            let mut blueprints = draw::site(self, site, count, &mut numbers, &mut rng);
            pack::fit(site, &mut blueprints)?;
            let hosts = pack::spread(site, &blueprints);
            for (blueprint, host) in blueprints.into_iter().zip(hosts) {
                // A machine has its own stream, so shrinking one changes no other.
                let stream = ChaCha8Rng::seed_from_u64(rng.random());
                estate.machines.push(draw::machine(self, site, blueprint, &host_name(site, host), stream));
            }
            estate.hosts.extend((0..site.hosts).map(|host| HostRecord {
                name: host_name(site, host as usize),
                cluster: cluster_name(site),
                datacenter: site.datacenter.clone(),
                sockets: Some(site.sockets),
                cores: site.cores,
                memory: Some(site.memory),
            }));
        }
        estate.findings.read = estate.machines.len();
        estate.findings.kept = estate.machines.len();
        estate.quality = quality::grade(&estate.machines, &estate.hosts, &estate.findings);
        Ok(estate)
    }

    fn check(&self) -> Result<(), SyntheticError> {
        let share = |value: f64| (0.0..=1.0).contains(&value);
        let positive = |value: f64| value > 0.0 && value.is_finite();
        let tiers_hold = |pattern: &ApplicationPattern| {
            positive(pattern.weight)
                && pattern.tiers.iter().any(|tier| tier.most > 0)
                && pattern.tiers.iter().all(|tier| tier.least <= tier.most)
        };
        let site_holds = |site: &SyntheticSite| {
            positive(site.share)
                && site.spare_hosts < site.hosts
                && positive(site.cpu_overcommit)
                && site.cores > 0
                && site.memory > Bytes::ZERO
        };
        for (holds, needs) in [
            (self.machines > 0, "at least one machine"),
            (!self.sites.is_empty(), "at least one site"),
            (self.sites.iter().all(site_holds), "sites with a positive share and more hosts than spare ones"),
            (share(self.windows_share), "a share of Windows from 0 to 1"),
            (share(self.powered_off_share), "a share of switched-off machines from 0 to 1"),
            (!self.applications.is_empty(), "at least one application"),
            (self.applications.iter().all(tiers_hold), "applications with a positive weight and machines"),
        ] {
            if !holds {
                return Err(SyntheticError::Parameter(needs));
            }
        }
        Ok(())
    }

    /// Machines of each site: its share, rounded so that the sum is exact.
    fn counts(&self) -> Vec<u32> {
        let total: f64 = self.sites.iter().map(|site| site.share).sum();
        let mut dealt = 0;
        let mut reached = 0.0;
        let bounds = self.sites.iter().map(|site| {
            reached += site.share;
            let bound = (f64::from(self.machines) * reached / total + 0.5) as u32;
            let count = bound.min(self.machines) - dealt;
            dealt += count;
            count
        });
        bounds.collect()
    }
}

fn cluster_name(site: &SyntheticSite) -> String {
    format!("{}-cl01", site.datacenter)
}

fn host_name(site: &SyntheticSite, index: usize) -> String {
    format!("esx{:02}.{}.example", index + 1, site.datacenter)
}

#[cfg(test)]
mod tests {
    use super::super::{OsFamily, PowerState, read, to_csv};
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_estate_and_another_seed_another() {
        let estate = |seed| SyntheticEstate { seed, ..SyntheticEstate::default() }.generate().unwrap();
        assert_eq!(estate(7), estate(7));
        assert_ne!(estate(7).machines, estate(8).machines);
    }

    #[test]
    fn the_usual_estate_fits_its_hosts_with_one_spare_a_site() {
        for seed in 0..20 {
            let plan = SyntheticEstate { seed, ..SyntheticEstate::default() };
            let estate = plan.generate().unwrap();
            assert_eq!((estate.machines.len(), estate.hosts.len()), (300, 14));
            for site in &plan.sites {
                let here = || estate.machines.iter().filter(|vm| vm.datacenter == site.datacenter);
                let usable = u64::from(site.hosts - site.spare_hosts);
                let cpus: u64 = here().map(|vm| u64::from(vm.cpus)).sum();
                let memory: Bytes = here().map(|vm| vm.memory).sum();
                assert!(cpus <= usable * 32 * 4, "seed {seed}, {}: {cpus} vCPU", site.datacenter);
                assert!(
                    memory <= Bytes::from_gib(512 * usable),
                    "seed {seed}, {}: {memory:?}",
                    site.datacenter
                );
                for host in estate.hosts.iter().filter(|host| host.datacenter == site.datacenter) {
                    let held: Bytes = here().filter(|vm| vm.host == host.name).map(|vm| vm.memory).sum();
                    assert!(held <= Bytes::from_gib(512), "seed {seed}, {}: {held:?}", host.name);
                }
            }
        }
    }

    #[test]
    fn cpus_and_their_use_follow_the_published_sample() {
        let mut site = SyntheticSite::usual("x", 1.0, 3_000);
        site.spare_hosts = 0;
        let plan = SyntheticEstate { machines: 20_000, sites: vec![site], ..SyntheticEstate::default() };
        let estate = plan.generate().unwrap();
        let share = |cpus| estate.machines.iter().filter(|vm| vm.cpus == cpus).count() as f64 / 20_000.0;
        // Four standard errors of a share near 0.3 with n = 20,000 are 0.013.
        for (cpus, published) in [(1, 0.36), (2, 0.16), (4, 0.28), (8, 0.18), (32, 0.02)] {
            assert!((share(cpus) - published).abs() < 0.013, "{cpus}: {}", share(cpus));
        }
        let mut used: Vec<f64> =
            estate.machines.iter().filter_map(|vm| vm.cpu_utilisation).map(|used| used.share).collect();
        used.sort_by(f64::total_cmp);
        let at = |p: f64| used[(p * used.len() as f64) as usize];
        // A quantile of 19,000 draws lies within four standard errors of its probability,
        // which are 0.0125 at the median and less elsewhere.
        for (p, published) in [(0.25, 0.0015), (0.5, 0.014), (0.75, 0.021), (0.9, 0.46)] {
            assert!((at(p - 0.0125)..=at(p + 0.0125)).contains(&published), "P{}: {}", p * 100.0, at(p));
        }
    }

    #[test]
    fn names_are_unique_and_survive_our_own_csv() {
        let estate = SyntheticEstate::default().generate().unwrap();
        let mut names: Vec<&str> = estate.machines.iter().map(|vm| vm.name.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), 300);
        let again = read("own.csv", to_csv(&estate).into_bytes()).unwrap();
        assert_eq!((&again.machines, &again.hosts), (&estate.machines, &estate.hosts));
    }

    #[test]
    fn shares_of_systems_and_of_switched_off_machines_are_kept() {
        let plan =
            SyntheticEstate { windows_share: 0.0, powered_off_share: 1.0, ..SyntheticEstate::default() };
        let estate = plan.generate().unwrap();
        assert!(estate.machines.iter().all(|vm| vm.power == PowerState::Off));
        let windows = estate.machines.iter().filter(|vm| vm.os_family == OsFamily::Windows);
        assert!(windows.clone().count() > 0, "mail runs on Windows only");
        assert!(windows.into_iter().all(|vm| {
            ["mail", "vdi", "files", "dir", "mes", "print"].iter().any(|app| vm.name.starts_with(app))
        }));
    }

    #[test]
    fn a_site_that_cannot_hold_its_machines_is_refused_by_name() {
        let plan = SyntheticEstate { machines: 3_000, ..SyntheticEstate::default() };
        let message = plan.generate().unwrap_err().to_string();
        assert_eq!(message, "2340 machines do not fit the hosts of paris without the spare ones");
    }
}
