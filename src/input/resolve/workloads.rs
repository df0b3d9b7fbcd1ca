//! Machines of the inventory become workloads: where each runs, what it needs, what
//! stands in the way of moving it.

use super::{Origin, Resolver, unknown};
use crate::base::diagnostics::Diagnostic;
use crate::base::ids::{Id, IdVec};
use crate::base::random::{Distribution, EntityKey, EntityKind};
use crate::base::units::Bytes;
use crate::input::estate::blockers::{BlockerKind, Exclusion};
use crate::input::estate::{self, Estate, Machine, PowerState, UtilisationConfidence};
use crate::input::scenario::{self, Candidate, PoweredOff};
use crate::world::rules::demand::{Need, need_at};
use crate::world::rules::packing;
use crate::world::{
    ApplicationId, Capacity, DatastoreId, FigureId, HostShape, Method, MethodSet, OfferId, OsFamily, Power,
    SiteId, Workload, WorkloadId, World,
};

pub(super) const WORKLOAD: EntityKind = EntityKind::new("workload");

/// The machine of an inventory that became a workload.
pub fn machine_of<'e>(estate: &'e Estate, workload: &Workload) -> Option<&'e Machine> {
    estate.machines.iter().find(|machine| EntityKey::new(WORKLOAD, &machine.key, 0) == workload.entity)
}

/// A machine that becomes a workload.
#[derive(Clone, Copy, Debug)]
pub(super) struct Placed {
    /// Its place in the inventory.
    pub machine: usize,
    /// The site at which it runs.
    pub site: SiteId,
}

/// The machines that became workloads, which keep their order.
#[derive(Clone, Copy)]
pub(super) struct Machines<'a> {
    /// The inventory.
    pub estate: &'a Estate,
    /// Which of it became workloads.
    pub placed: &'a [Placed],
}

impl<'a> Machines<'a> {
    /// The machine that became a workload.
    pub fn of(self, workload: WorkloadId) -> &'a Machine {
        &self.estate.machines[self.placed[workload.index()].machine]
    }

    /// What conditions are held against.
    pub fn candidate(self, world: &'a World, workload: WorkloadId) -> Candidate<'a> {
        let described = &world.workloads[workload];
        let application = &world.applications[described.application];
        Candidate {
            machine: self.of(workload),
            site: &world.site_of(described.home).name,
            application: &application.name,
            data_class: &world.data_classes[application.data_class].name,
        }
    }
}

impl Resolver<'_> {
    /// Decides at which site every machine runs: by the first rule of `placement`
    /// that matches, else at the first site of one's own. Hosts stand where most of
    /// their machines run; an empty one where a machine of its data centre and
    /// cluster would.
    pub(super) fn place_machines(&mut self) -> Vec<Placed> {
        let settings = self.settings;
        let mut rules = Vec::new();
        for rule in &settings.estate.placement {
            match self.site_named(rule.site.as_str()) {
                Some(site) => rules.push((site, rule.r#match.as_ref())),
                None if settings.sites.declares(rule.site.as_str()) => {}
                None => {
                    let known: Vec<&str> = settings.sites.names().collect();
                    self.diagnostics.push(unknown(&rule.site, "a site", &known));
                }
            }
        }
        let own = self.sites.find(|site| self.providers[site.provider].name == super::sites::OWN);
        let Some(usual) = own.or_else(|| self.sites.ids().next()) else { return Vec::new() };
        let place = |machine: &Machine| {
            rules
                .iter()
                .find(|(_, pattern)| pattern.is_none_or(|pattern| pattern.matches(machine)))
                .map(|(site, _)| *site)
        };
        let skips = settings.estate.powered_off == PoweredOff::Skip;
        let mut placed = Vec::new();
        let mut unplaced = 0;
        for (index, machine) in self.estate.machines.iter().enumerate() {
            if skips && machine.power == PowerState::Off {
                continue;
            }
            let site = place(machine).unwrap_or_else(|| {
                unplaced += usize::from(!rules.is_empty());
                usual
            });
            placed.push(Placed { machine: index, site });
        }
        if unplaced > 0 {
            self.diagnostics.push(
                Diagnostic::warning(
                    self.site_spot(usual),
                    format!("{unplaced} machines match no rule of `placement`"),
                )
                .note(format!("They run at `{}`.", self.sites[usual].name))
                .help(format!(
                    "Add a last rule without `match`, such as `- {{site: {}}}`.",
                    self.sites[usual].name
                )),
            );
        }
        self.host_sites = self
            .estate
            .hosts
            .iter()
            .map(|host| {
                let mut counts: Vec<(usize, SiteId)> = Vec::new();
                for machine in
                    placed.iter().filter(|placed| self.estate.machines[placed.machine].host == host.name)
                {
                    match counts.iter_mut().find(|(_, site)| *site == machine.site) {
                        Some((count, _)) => *count += 1,
                        None => counts.push((1, machine.site)),
                    }
                }
                let most = counts
                    .iter()
                    .max_by_key(|(count, site)| (*count, std::cmp::Reverse(*site)))
                    .map(|(_, site)| *site);
                let empty = Machine {
                    datacenter: host.datacenter.clone(),
                    cluster: host.cluster.clone(),
                    ..Machine::default()
                };
                Some(most.or_else(|| place(&empty)).unwrap_or(usual))
            })
            .collect();
        placed
    }

    /// The workloads, each at the first offer of hosts of its site that has hosts, or
    /// else at the site's first offer.
    pub(super) fn workloads(
        &mut self,
        placed: &[Placed],
        applications: &[ApplicationId],
    ) -> IdVec<WorkloadId, Workload> {
        let homes: Vec<Option<OfferId>> = self.sites.ids().map(|site| self.home_of(site)).collect();
        let mut workloads = IdVec::new();
        let mut homeless: Vec<SiteId> = Vec::new();
        for (placed, application) in placed.iter().zip(applications) {
            let machine = &self.estate.machines[placed.machine];
            let Some(home) = homes[crate::base::ids::Id::index(placed.site)] else {
                if !homeless.contains(&placed.site) {
                    homeless.push(placed.site);
                }
                continue;
            };
            let (excluded, extra_hours) = self.obstacles(machine);
            workloads.push(self.workload(machine, *application, home, excluded, extra_hours));
        }
        for site in homeless {
            let name = &self.sites[site].name;
            self.diagnostics.push(Diagnostic::error(
                self.site_spot(site),
                format!("Machines run at `{name}`, which has no offer to run on"),
            ));
        }
        workloads
    }

    fn workload(
        &self,
        machine: &Machine,
        application: ApplicationId,
        home: OfferId,
        excluded: MethodSet,
        extra_hours: Vec<FigureId>,
    ) -> Workload {
        // One instant says nothing of the rest of the day: only what was measured
        // over a time, or drawn, sizes a workload.
        let over_time = |used: Option<estate::Utilisation>| {
            used.filter(|used| used.confidence != UtilisationConfidence::Instant).map(|used| used.share)
        };
        let disk = machine.storage.used(self.storage_basis());
        Workload {
            name: machine.name.clone(),
            entity: EntityKey::new(WORKLOAD, &machine.key, 0),
            application,
            home,
            power: if machine.power == PowerState::On { Power::On } else { Power::Off },
            vcpus: machine.cpus,
            memory: machine.memory,
            disk,
            disks: disk_by_disk(machine, disk),
            datastore: self.datastore(machine),
            cpu_use: over_time(machine.cpu_utilisation),
            memory_use: over_time(machine.memory_utilisation),
            os: match machine.os_family {
                estate::OsFamily::Windows => OsFamily::Windows,
                estate::OsFamily::Linux => OsFamily::Linux,
                _ => OsFamily::Other,
            },
            software: self.software_in(machine),
            excluded,
            extra_hours,
        }
    }

    /// Where its disks lie: of this name in its data centre, as two may have one `datastore1`.
    fn datastore(&self, machine: &Machine) -> Option<DatastoreId> {
        let at = datastore_name(machine)?;
        self.datastores.get_index_of(&at).map(Id::from_index)
    }

    /// Collects the datastores of the machines that became workloads.
    pub(super) fn list_datastores(&mut self, placed: &[Placed]) {
        let machines = placed.iter().map(|placed| &self.estate.machines[placed.machine]);
        self.datastores = machines.filter_map(datastore_name).collect();
    }

    fn storage_basis(&self) -> estate::StorageBasis {
        match self.settings.estate.storage_basis {
            scenario::StorageBasis::Provisioned => estate::StorageBasis::Provisioned,
            scenario::StorageBasis::InUse => estate::StorageBasis::InUse,
            scenario::StorageBasis::Guest => estate::StorageBasis::Guest,
            scenario::StorageBasis::TotalDisk => estate::StorageBasis::TotalDisk,
        }
    }

    fn home_of(&self, site: SiteId) -> Option<OfferId> {
        let of_site = || self.offers.enumerate().filter(move |(_, offer)| offer.site == site);
        let has_hosts = of_site().find(|(_, offer)| offer.hosts().is_some_and(|hosts| hosts.initial > 0));
        let owned = || of_site().find(|(_, offer)| offer.is_owned());
        has_hosts.or_else(owned).or_else(|| of_site().next()).map(|(id, _)| id)
    }

    /// The methods that a machine's blockers exclude, and the hours they add.
    fn obstacles(&mut self, machine: &Machine) -> (MethodSet, Vec<FigureId>) {
        let mut excluded = MethodSet::NONE;
        let mut hours = Vec::new();
        for blocker in &machine.blockers {
            let rule = blocker.kind.rule();
            for exclusion in rule.excludes {
                excluded = excluded.union(excluded_methods(*exclusion));
            }
            let range =
                Distribution::Pert { low: rule.hours.low, mode: rule.hours.mode, high: rule.hours.high };
            hours.push(self.table.assumed(
                &format!("blockers.{}.hours", rule.name),
                "h",
                range,
                rule.because,
            ));
        }
        (excluded, hours)
    }

    /// Takes an inventory's hosts in place of the scenario's, and sees that the
    /// workloads fit: hosts are added where they do not, with a warning. A machine
    /// larger than a host is an error in the scenario's own estate; in an inventory,
    /// which shows that it runs, a host is taken to hold as much as it.
    pub(super) fn fit_hosts(&mut self, placed: &[Placed]) {
        for site in self.sites.ids() {
            let Some(home) = self.home_of(site) else { continue };
            let listed = self.listed_hosts(site);
            let machines: Vec<&Machine> = placed
                .iter()
                .filter(|placed| placed.site == site)
                .map(|placed| &self.estate.machines[placed.machine])
                .collect();
            let offer = self.offers[home].clone();
            let Capacity::Hosts(mut hosts) = offer.capacity.clone() else { continue };
            if let Some(listed) = listed.filter(|_| offer.is_owned()) {
                hosts.initial = listed.count;
            }
            self.raise_shape(&mut hosts.shape, &machines, home);
            let probe = crate::world::Offer { capacity: Capacity::Hosts(hosts.clone()), ..offer };
            let needs: Vec<Need> = machines
                .iter()
                .map(|machine| {
                    let workload = self.workload(
                        machine,
                        crate::base::ids::Id::from_index(0),
                        home,
                        MethodSet::NONE,
                        Vec::new(),
                    );
                    need_at(&workload, &probe, self.headroom())
                })
                .collect();
            let needed = packing::hosts_needed(&hosts.shape, needs, hosts.spare);
            if needed > hosts.initial && probe.is_owned() {
                let (count, spare) = (hosts.initial, hosts.spare);
                let spares = if spare == 1 { "one spare".to_owned() } else { format!("{spare} spare") };
                self.diagnostics.push(
                    Diagnostic::warning(self.offer_spot(home), format!("The machines of `{}` do not fit its {count} hosts", probe.name))
                        .note(format!("{needed} hosts are taken to be there, {spares} among them."))
                        .help("Correct the number or the shape of the hosts, their `overcommit`, or the rules of `placement`."),
                );
            }
            hosts.initial = hosts.initial.max(needed);
            if needed > 0 && !probe.is_owned() {
                // What is rented is sold from so many on.
                hosts.initial = hosts.initial.max(hosts.minimum);
            }
            self.offers[home].capacity = Capacity::Hosts(hosts);
        }
        self.spread_shapes();
    }

    fn raise_shape(&mut self, shape: &mut HostShape, machines: &[&Machine], home: OfferId) {
        let running = || machines.iter().filter(|machine| machine.runs());
        let vcpus = running().map(|machine| machine.cpus).max().unwrap_or(0);
        let memory = running().map(|machine| machine.memory).max().unwrap_or(Bytes::ZERO);
        let largest = Need { vcpus, memory };
        if !largest.exceeds(shape) {
            return;
        }
        let large: Vec<&str> = running()
            .filter(|machine| Need { vcpus: machine.cpus, memory: machine.memory }.exceeds(shape))
            .map(|machine| machine.name.as_str())
            .collect();
        let (offer, spot) = (&self.offers[home].name, self.offer_spot(home));
        let title = format!(
            "{} machine{} of `{offer}` {} larger than a host, such as `{}`",
            large.len(),
            if large.len() == 1 { "" } else { "s" },
            if large.len() == 1 { "is" } else { "are" },
            large[0]
        );
        let room =
            format!("A host of `{offer}` holds {} vCPU and {} GiB.", shape.vcpus, shape.memory.as_gib());
        if self.origin == Origin::Scenario {
            self.diagnostics.push(
                Diagnostic::error(spot, title)
                    .note(room)
                    .help("Give the hosts a larger `shape`, or more `overcommit`."),
            );
        } else {
            self.diagnostics.push(Diagnostic::warning(spot, title).note(room).note(
                "The inventory shows that they run: a host is taken to hold as much as the largest; its cores, which licences count, stay as listed.",
            ));
        }
        shape.vcpus = shape.vcpus.max(vcpus);
        shape.memory = shape.memory.max(memory);
    }

    /// Hosts that are re-installed keep their size.
    fn spread_shapes(&mut self) {
        for id in self.offers.ids() {
            let source = self.offers[id].hosts().and_then(|hosts| hosts.reuses);
            let Some(shape) = source.and_then(|source| self.offers[source].hosts()).map(|hosts| hosts.shape)
            else {
                continue;
            };
            if let Capacity::Hosts(hosts) = &mut self.offers[id].capacity {
                hosts.shape.vcpus = hosts.shape.vcpus.max(shape.vcpus);
                hosts.shape.memory = hosts.shape.memory.max(shape.memory);
            }
        }
    }

    fn headroom(&self) -> f64 {
        self.table.mode(self.headroom)
    }
}

/// The name of a machine's datastore, with its data centre.
fn datastore_name(machine: &Machine) -> Option<String> {
    let name = machine.datastore.as_str();
    let datacenter = machine.datacenter.as_str();
    match (name.is_empty(), datacenter.is_empty()) {
        (true, _) => None,
        (false, true) => Some(name.to_owned()),
        (false, false) => Some(format!("{datacenter}/{name}")),
    }
}

/// What a blocker of the inventory excludes here. Replication rests on snapshots, so
/// what takes none is not converted on the way either, as that replicates too.
fn excluded_methods(exclusion: Exclusion) -> MethodSet {
    match exclusion {
        Exclusion::Live => MethodSet::NONE.with(Method::Live),
        Exclusion::Replicated | Exclusion::Bulk => {
            MethodSet::NONE.with(Method::Replicated).with(Method::Conversion)
        }
        Exclusion::Conversion => MethodSet::NONE.with(Method::Conversion),
        Exclusion::DedicatedHost | Exclusion::Instances | Exclusion::ManagedNodes => MethodSet::NONE,
    }
}

/// Whether a blocker keeps a machine from another hypervisor, however it is copied.
pub(super) fn is_unconvertible(machine: &Machine) -> bool {
    excludes(machine, Exclusion::Conversion)
}

/// Whether a blocker of a machine excludes a method or a kind of destination.
pub(super) fn excludes(machine: &Machine, exclusion: Exclusion) -> bool {
    machine.blockers.iter().any(|blocker| blocker.kind.rule().excludes.contains(&exclusion))
}

/// The first blocker of a machine that excludes something.
pub(super) fn excluding(machine: &Machine, exclusion: Exclusion) -> Option<BlockerKind> {
    machine.blockers.iter().map(|blocker| blocker.kind).find(|kind| kind.rule().excludes.contains(&exclusion))
}
/// What is moved of each disk: its share, by capacity, of what is moved of the machine.
/// An inventory says of the machine alone how much of its disks is in use.
fn disk_by_disk(machine: &Machine, moved: Bytes) -> Vec<Bytes> {
    let capacity: u64 = machine.disks.iter().map(|disk| disk.capacity.get()).sum();
    if capacity == 0 {
        return vec![moved];
    }
    let (mut left, mut of) = (moved.get(), capacity);
    let share = |disk: &estate::Disk| {
        let part = u128::from(left) * u128::from(disk.capacity.get()) / u128::from(of.max(1));
        // A part of `left`, which is a u64.
        let part = part as u64;
        (left, of) = (left - part, of - disk.capacity.get());
        Bytes::new(part)
    };
    machine.disks.iter().filter(|disk| disk.capacity.get() > 0).map(share).collect()
}
