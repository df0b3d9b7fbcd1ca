//! The draws: sizes first, so that a site can be made to fit, then the rest.

use std::collections::BTreeMap;

use rand::RngExt as _;
use rand::rngs::ChaCha8Rng;
use rand_distr::{Distribution as _, StandardNormal};

use super::super::blockers::{self, Evidence};
use super::super::machine::{
    Disk, Firmware, Machine, PowerState, Provisioning, Sharing, Storage, Utilisation, UtilisationConfidence,
};
use super::super::os::{OsFamily, classify};
use super::{ApplicationPattern, SyntheticEstate, SyntheticSite, Tier, TierSystem, cluster_name};
use crate::base::units::Bytes;

/// Virtual CPUs with their published shares (module documentation of `synthetic`).
const CPUS: [(u32, f64); 5] = [(1, 0.36), (2, 0.16), (4, 0.28), (8, 0.18), (32, 0.02)];

/// GiB of memory for each virtual CPU; an assumption.
const GIB_PER_CPU: [(u64, f64); 3] = [(2, 0.35), (4, 0.45), (8, 0.20)];

/// The share of heavy machines in the published mixture.
const HEAVY: f64 = 0.15;

/// Mean CPU use, in percent, of near-idle machines by probability, interpolated on a
/// logarithmic scale. The published quantiles P25, P50 and P75 of all machines are the
/// quantiles 0.25/0.85, 0.50/0.85 and 0.75/0.85 here; the ends are assumptions.
const IDLE: [(f64, f64); 5] =
    [(0.0, 0.05), (0.25 / 0.85, 0.15), (0.50 / 0.85, 1.4), (0.75 / 0.85, 2.1), (1.0, 8.0)];

/// Heavy machines are uniform between these percentages: the published P90 of all
/// machines, 46 %, is the quantile (0.90 − 0.85)/0.15 = 1/3 here. The width is an
/// assumption.
const HEAVY_RANGE: (f64, f64) = (22.0, 94.0);

const WINDOWS: [(&str, f64); 4] = [
    ("Microsoft Windows Server 2019 (64-bit)", 0.4),
    ("Microsoft Windows Server 2022 (64-bit)", 0.3),
    ("Microsoft Windows Server 2016 (64-bit)", 0.2),
    ("Microsoft Windows Server 2012 (64-bit)", 0.1),
];
const LINUX: [(&str, f64); 4] = [
    ("Red Hat Enterprise Linux 8 (64-bit)", 0.3),
    ("Red Hat Enterprise Linux 9 (64-bit)", 0.2),
    ("Ubuntu Linux (64-bit)", 0.3),
    ("SUSE Linux Enterprise 15 (64-bit)", 0.2),
];
const DESKTOP: [(&str, f64); 1] = [("Microsoft Windows 11 (64-bit)", 1.0)];

/// Shares of machines with a blocker, all assumptions.
const WITH_SNAPSHOT: f64 = 0.04;
const WITHOUT_TOOLS: f64 = 0.02;
const WITH_SHARED_DISK: f64 = 0.15;

/// A machine of which only what decides its place is drawn.
pub(super) struct Blueprint {
    pub name: String,
    pub application: String,
    pub environment: &'static str,
    pub tier: Tier,
    /// How many machines its role has in its application.
    pub peers: u32,
    pub cpus: u32,
    pub memory: Bytes,
}

/// How many applications of each kind there are so far.
#[derive(Default)]
pub(super) struct InstanceNumbers(BTreeMap<String, u32>);

impl InstanceNumbers {
    fn next(&mut self, pattern: &ApplicationPattern) -> String {
        let count = self.0.entry(pattern.name.clone()).or_insert(0);
        *count += 1;
        if *count == 1 { pattern.name.clone() } else { format!("{}{count}", pattern.name) }
    }
}

fn pick<T: Copy>(weighted: &[(T, f64)], rng: &mut ChaCha8Rng) -> T {
    let total: f64 = weighted.iter().map(|(_, weight)| weight).sum();
    let mut left = rng.random::<f64>() * total;
    for (value, weight) in weighted {
        left -= weight;
        if left < 0.0 {
            return *value;
        }
    }
    // Rounding can leave a crumb after the last weight.
    weighted[weighted.len() - 1].0
}

/// The machines of a site, application by application.
pub(super) fn site(
    plan: &SyntheticEstate,
    site: &SyntheticSite,
    count: u32,
    numbers: &mut InstanceNumbers,
    rng: &mut ChaCha8Rng,
) -> Vec<Blueprint> {
    let weights: Vec<(usize, f64)> =
        plan.applications.iter().enumerate().map(|(index, pattern)| (index, pattern.weight)).collect();
    let most = (f64::from(site.cores) * site.cpu_overcommit) as u32;
    let mut all = Vec::new();
    while all.len() < count as usize {
        let pattern = &plan.applications[pick(&weights, rng)];
        let mut application = application(pattern, numbers, most, rng);
        application.truncate(count as usize - all.len());
        all.append(&mut application);
    }
    all
}

fn application(
    pattern: &ApplicationPattern,
    numbers: &mut InstanceNumbers,
    most_cpus: u32,
    rng: &mut ChaCha8Rng,
) -> Vec<Blueprint> {
    let name = numbers.next(pattern);
    let environment = if rng.random::<f64>() < 0.7 { "production" } else { "test" };
    let mut machines = Vec::new();
    for tier in &pattern.tiers {
        let peers = rng.random_range(tier.least..=tier.most);
        for ordinal in 1..=peers {
            machines.push(Blueprint {
                name: format!("{name}-{}-{ordinal:02}", tier.role),
                application: name.clone(),
                environment,
                tier: tier.clone(),
                peers,
                cpus: pick(&CPUS, rng).min(most_cpus.max(1)),
                memory: Bytes::ZERO,
            });
        }
    }
    // The weightiest roles get the largest of the sizes drawn.
    let mut sizes: Vec<u32> = machines.iter().map(|machine| machine.cpus).collect();
    sizes.sort_unstable_by(|a, b| b.cmp(a));
    let mut order: Vec<usize> = (0..machines.len()).collect();
    order.sort_by_key(|index| std::cmp::Reverse(machines[*index].tier.rank));
    for (index, cpus) in order.into_iter().zip(sizes) {
        machines[index].cpus = cpus;
        machines[index].memory = Bytes::from_gib(u64::from(cpus) * pick(&GIB_PER_CPU, rng));
    }
    machines
}

/// The machine of a blueprint on `host`.
pub(super) fn machine(
    plan: &SyntheticEstate,
    site: &SyntheticSite,
    blueprint: Blueprint,
    host: &str,
    mut rng: ChaCha8Rng,
) -> Machine {
    let os = match blueprint.tier.system {
        TierSystem::Windows => pick(&WINDOWS, &mut rng),
        TierSystem::WindowsDesktop => pick(&DESKTOP, &mut rng),
        TierSystem::Linux => pick(&LINUX, &mut rng),
        TierSystem::Either if rng.random::<f64>() < plan.windows_share => pick(&WINDOWS, &mut rng),
        TierSystem::Either => pick(&LINUX, &mut rng),
    };
    let (os_family, os_edition) = classify(os);
    let power = if rng.random::<f64>() < plan.powered_off_share { PowerState::Off } else { PowerState::On };
    let used = |share: f64| Some(Utilisation::new(share, UtilisationConfidence::Synthetic));
    let cpu = cpu_use(&mut rng);
    let memory_use = 0.1 + 0.6 * rng.random::<f64>();
    let disks = disks(&blueprint, os_family, &mut rng);
    let mut machine = Machine {
        trace: None,
        key: format!("synthetic:{}", blueprint.name),
        power,
        cpus: blueprint.cpus,
        memory: blueprint.memory,
        storage: storage(&disks, blueprint.memory, &mut rng),
        disks,
        nics: 1,
        os: os.to_owned(),
        os_family,
        os_edition,
        datacenter: site.datacenter.clone(),
        cluster: cluster_name(site),
        host: host.to_owned(),
        folder: format!("/{}/{}/{}", site.datacenter, blueprint.environment, blueprint.application),
        datastore: String::new(),
        networks: vec![format!("{}-{}", site.datacenter, blueprint.tier.role)],
        tags: BTreeMap::from([
            ("application".to_owned(), blueprint.application),
            ("environment".to_owned(), blueprint.environment.to_owned()),
        ]),
        cpu_utilisation: if power == PowerState::On { used(cpu) } else { None },
        memory_utilisation: if power == PowerState::On { used(memory_use) } else { None },
        firmware: if rng.random::<f64>() < 0.5 { Firmware::Efi } else { Firmware::Bios },
        hardware_version: Some(pick(&[(13, 0.2), (15, 0.2), (19, 0.4), (21, 0.2)], &mut rng)),
        name: blueprint.name,
        blockers: Vec::new(),
    };
    let evidence = Evidence {
        snapshots: u32::from(rng.random::<f64>() < WITH_SNAPSHOT),
        tools: if rng.random::<f64>() < WITHOUT_TOOLS {
            blockers::Tools::Absent
        } else {
            blockers::Tools::Unknown
        },
        ..Evidence::default()
    };
    machine.blockers = blockers::find(&machine, &evidence);
    machine
}

/// A mean CPU use, 0–1, from the mixture.
fn cpu_use(rng: &mut ChaCha8Rng) -> f64 {
    let heavy = rng.random::<f64>() < HEAVY;
    let u = rng.random::<f64>();
    let percent = if heavy { HEAVY_RANGE.0 + u * (HEAVY_RANGE.1 - HEAVY_RANGE.0) } else { idle_quantile(u) };
    percent / 100.0
}

fn idle_quantile(u: f64) -> f64 {
    let above = IDLE.iter().position(|(p, _)| *p > u).unwrap_or(IDLE.len() - 1);
    let ((p0, q0), (p1, q1)) = (IDLE[above - 1], IDLE[above]);
    let along = (u - p0) / (p1 - p0);
    libm::exp(libm::log(q0) + along * (libm::log(q1) - libm::log(q0)))
}

fn disks(blueprint: &Blueprint, family: OsFamily, rng: &mut ChaCha8Rng) -> Vec<Disk> {
    let system_gib = if family == OsFamily::Windows { 100 } else { 40 };
    let mut sizes = vec![system_gib];
    for _ in 0..blueprint.tier.data_disks {
        let normal: f64 = StandardNormal.sample(rng);
        let gib = f64::from(blueprint.tier.data_disk_gib) * libm::exp(0.8 * normal);
        // Whole tens, from 10 GiB to 16 TiB.
        sizes.push(((gib / 10.0 + 0.5) as u64 * 10).clamp(10, 16 * 1_024));
    }
    // Two databases of one application are a cluster now and then.
    let clustered =
        blueprint.peers == 2 && blueprint.tier.role == "db" && rng.random::<f64>() < WITH_SHARED_DISK;
    let last = sizes.len() - 1;
    let sized = sizes.into_iter().enumerate();
    sized
        .map(|(index, gib)| Disk {
            label: format!("Hard disk {}", index + 1),
            capacity: Bytes::from_gib(gib),
            provisioning: if rng.random::<f64>() < 0.6 { Provisioning::Thin } else { Provisioning::Thick },
            sharing: if clustered && index == last { Sharing::SharedBus } else { Sharing::Private },
            ..Disk::default()
        })
        .collect()
}

fn storage(disks: &[Disk], memory: Bytes, rng: &mut ChaCha8Rng) -> Storage {
    let total: Bytes = disks.iter().map(|disk| disk.capacity).sum();
    let in_use = total.scaled(0.35 + 0.5 * rng.random::<f64>());
    Storage {
        // A swap file as large as the memory lies beside the disks.
        provisioned: Some(total + memory),
        in_use: Some(in_use),
        guest_used: Some(in_use.scaled(0.9)),
        total_disk: Some(total),
    }
}
