//! Limits of VMware HCX and of Azure Migrate, as published, against what the simulator
//! has in flight at every instant.

use super::row::{Comparison, Row, Table, Tolerance, Value};
use super::wire::{UNLIMITED, circuit};
use crate::base::ids::{Id, IdVec};
use crate::base::units::{Bandwidth, Bytes, SimTime, Span};
use crate::simulation::transport::{Churn, Equipment, Job, Last, Reader, Signal, Transport, Way};
use crate::world::rules::precopy::{Memory, Rounds, VMOTION};
use crate::world::{
    DeltaCycles, Installation, InstallationId, Link, LinkId, OfferId, Tool, ToolId, WorkloadId, World,
};

const HCX: &str =
    "VMware KB 321604 (HCX scale guidance), and for the switchover chrisdooks.com/2023/11/21 on HCX 4.8";
const AZURE: &str = "Microsoft, azure-docs, articles/migrate/concepts-vmware-agentless-migration.md, 2025-05";
const RULE: Tolerance = Tolerance::exact("a published limit or rule");
const DAY: Tolerance = Tolerance::share(0.02, "the published figure is rounded to whole terabytes");

/// The tables.
pub(super) fn tables(world: &World) -> [Table; 2] {
    [hcx(world), azure(world)]
}

fn hcx(world: &World) -> Table {
    Table {
        name: "hcx",
        title: "Limits of VMware HCX",
        about: "With the limits of the catalogue, over a circuit that limits nothing, from one host a machine: what a \
                day carries, the most machines in flight at any instant of 400 that are asked for at once, and the \
                most in switchover."
            .to_owned(),
        rows: vec![
            row("bulk, one appliance, carried in a day", 17.0.into(), terabytes_a_day(world), "TB", HCX)
                .verification(DAY),
            row("bulk, one appliance, most in flight", 200.0.into(), most_in_flight(world, 1), "VMs", HCX)
                .verification(RULE),
            row("bulk, two appliances, most in flight", 300.0.into(), most_in_flight(world, 2), "VMs", HCX)
                .verification(RULE),
            row("replication assisted, most in switchover", 1.0.into(), most_in_switchover(world), "VMs", HCX)
                .verification(RULE),
        ],
    }
}

fn azure(world: &World) -> Table {
    let mut rows: Vec<Row> =
        [(1.0, 1.0), (3.0, 1.5), (10.0, 5.0), (30.0, 12.0)].map(|hours| wait(world, hours)).into();
    rows.extend([
        waits_of_a_fortnight(world),
        row("most disks in flight", 52.0.into(), most_disks(world, 200), "disks", AZURE).verification(RULE),
        row("most disks in flight of one host", 8.0.into(), most_disks(world, 1), "disks", AZURE)
            .verification(RULE),
        row(
            "place of a last delta behind 60 first copies",
            1.0.into(),
            place(world, Asked::LastDelta),
            "",
            AZURE,
        )
        .verification(RULE),
        row("place of one more first copy", 61.0.into(), place(world, Asked::FirstCopy), "", AZURE)
            .verification(RULE),
    ]);
    Table {
        name: "azure-migrate",
        title: "Rules of Azure Migrate, agentless",
        about: "The wait until the next delta, min(max(1 h, half the previous), 12 h), as a rule and as three \
                machines wait that are rewritten at 20 to 100 MB/s over 1 Gbit/s; the most disks in flight at any \
                instant; and who goes first when all places are taken."
            .to_owned(),
        rows,
    }
}

fn row(row: &str, published: Value, simulated: f64, unit: &'static str, source: &'static str) -> Comparison {
    Comparison { row: row.to_owned(), published, simulated: simulated.into(), unit, source }
}

/// A tool of the catalogue with circuits and hosts that limit nothing.
struct Rig {
    tools: IdVec<ToolId, Tool>,
    installations: IdVec<InstallationId, Installation>,
    links: IdVec<LinkId, Link>,
    tool: ToolId,
}

impl Rig {
    fn new(world: &World, tool: &str, units: u32) -> Self {
        let found = world.tools.find(|described| described.name == tool);
        let tool = found.unwrap_or_else(|| panic!("the catalogue has no tool `{tool}`"));
        let mut installations = world.installations.clone();
        installations[world.tools[tool].installation].units = units;
        let link = circuit(UNLIMITED);
        Self { tools: world.tools.clone(), installations, links: std::iter::once(link).collect(), tool }
    }

    fn installation(&self) -> InstallationId {
        self.tools[self.tool].installation
    }

    fn with_link(mut self, bandwidth: Bandwidth) -> Self {
        self.links[LinkId::from_index(0)].bandwidth = bandwidth;
        self
    }

    fn transport(&self) -> Transport {
        self.transport_following(DeltaCycles::Mean)
    }

    fn transport_following(&self, cycles: DeltaCycles) -> Transport {
        let equipment = Equipment {
            tools: &self.tools,
            installations: &self.installations,
            links: &self.links,
            host_read: UNLIMITED,
            cycles,
        };
        Transport::new(SimTime::START, equipment)
    }

    /// A machine that nobody writes to, kept in sync.
    fn job<'a>(&self, machine: usize, host: u32, disks: &'a [Bytes]) -> Job<'a> {
        Job {
            workload: WorkloadId::from_index(machine),
            tool: self.tool,
            reader: Some(Reader { offer: OfferId::from_index(0), host }),
            link: Some(LinkId::from_index(0)),
            distance: None,
            datastore: None,
            disks,
            churn: Churn { per_second: 0.0, most: Bytes::ZERO },
            way: Way::InSync,
        }
    }
}

/// From the time that 170 machines of 100 GB take.
fn terabytes_a_day(world: &World) -> f64 {
    let rig = Rig::new(world, "hcx-bulk", 1);
    let mut transport = rig.transport();
    let volume = Bytes::new(100_000_000_000);
    for machine in 0..170 {
        transport.start(SimTime::START, rig.job(machine, machine as u32, &[volume]));
    }
    let mut last = SimTime::START;
    run(&mut transport, |_, now, _| last = now);
    17.0 / last.since(SimTime::START).as_days()
}

fn most_in_flight(world: &World, units: u32) -> f64 {
    let rig = Rig::new(world, "hcx-bulk", units);
    let mut transport = rig.transport();
    for machine in 0..400 {
        let volume = Bytes::from_gib(10 + machine as u64 % 7);
        transport.start(SimTime::START, rig.job(machine, machine as u32, &[volume]));
    }
    let mut most = 0;
    run(&mut transport, |transport, _, _| {
        let (_, machines) = transport.in_flight(rig.installation());
        most = most.max(machines);
    });
    f64::from(most)
}

fn most_in_switchover(world: &World) -> f64 {
    let rig = Rig::new(world, "hcx-rav", 1);
    let mut transport = rig.transport();
    for machine in 0..12 {
        transport.start(SimTime::START, rig.job(machine, machine as u32, &[Bytes::from_gib(10)]));
    }
    let memory = Memory::dirtied_evenly(Bytes::from_gib(16), 1e6);
    let (mut begun, mut most) = (0_u32, 0);
    run(&mut transport, |transport, now, signal| match signal {
        Signal::Seeded { workload } => {
            transport.finish(now, workload, Last::Live(Rounds::start(memory, VMOTION)));
        }
        Signal::Begun { .. } => {
            begun += 1;
            most = most.max(begun);
        }
        Signal::Delivered { workload } => {
            begun -= 1;
            transport.end(now, workload);
        }
        _ => {}
    });
    f64::from(most)
}

fn most_disks(world: &World, hosts: u32) -> f64 {
    let rig = Rig::new(world, "azure-migrate-agentless", 1);
    let mut transport = rig.transport();
    for machine in 0..100 {
        let volume = Bytes::from_gib(10 + machine as u64 % 7);
        transport.start(SimTime::START, rig.job(machine, machine as u32 % hosts, &[volume, volume]));
    }
    let mut most = 0;
    run(&mut transport, |transport, _, _| most = most.max(transport.in_flight(rig.installation()).0));
    f64::from(most)
}

/// Disks in flight by one appliance.
const PLACES: usize = 52;
/// First copies that wait for one of them.
const WAITING: usize = 60;

/// Who asks last.
#[derive(Clone, Copy, Debug)]
enum Asked {
    LastDelta,
    FirstCopy,
}

/// Lets everything happen, and tells of it.
fn run(transport: &mut Transport, mut tell: impl FnMut(&mut Transport, SimTime, Signal)) {
    while let Some(now) = transport.next_at() {
        let mut signals = Vec::new();
        transport.advance(now, &mut |signal| signals.push(signal));
        for signal in signals {
            tell(transport, now, signal);
        }
    }
}

/// A machine is in sync; then first copies take every place and 60 more wait. Which place
/// among those that waited has the machine's last delta, or a first copy that is asked
/// for after them?
fn place(world: &World, asked: Asked) -> f64 {
    let rig = Rig::new(world, "azure-migrate-agentless", 1);
    let mut transport = rig.transport();
    let mib = |mib| [Bytes::from_mib(mib)];
    let churn = Churn { per_second: 1e6, most: Bytes::from_gib(1) };
    transport.start(SimTime::START, Job { churn, ..rig.job(0, 0, &mib(1_024)) });
    let later = SimTime::START + Span::from_hours(2);
    transport.advance(later, &mut |_| {});
    // Of the copies that take every place one is short: that place is given on and on.
    for machine in 1..=PLACES {
        let volume = if machine == 1 { mib(1 << 14) } else { mib(1 << 24) };
        transport.start(later, rig.job(machine, machine as u32, &volume));
    }
    let waiting = PLACES + 1..=PLACES + WAITING;
    for machine in waiting.clone() {
        transport.start(later, rig.job(machine, machine as u32, &mib(1)));
    }
    let last = match asked {
        Asked::LastDelta => {
            transport.finish(later, WorkloadId::from_index(0), Last::Delta);
            0
        }
        Asked::FirstCopy => {
            let last = PLACES + WAITING + 1;
            transport.start(later, rig.job(last, last as u32, &mib(1)));
            last
        }
    };
    let (mut before, mut place) = (0, None);
    run(&mut transport, |_, _, signal| match signal {
        Signal::Seeded { workload } | Signal::Delivered { workload } if workload.index() == last => {
            place = place.or(Some(before + 1));
        }
        Signal::Seeded { workload } if waiting.contains(&workload.index()) => before += 1,
        _ => {}
    });
    place.map_or(f64::NAN, f64::from)
}

/// A machine as large as this, in TB, rewritten at so many MB/s over 1 Gbit/s.
const REWRITTEN: [(u64, f64); 3] = [(1, 20.0), (4, 80.0), (12, 100.0)];

/// Every wait between two cycles of three machines over a fortnight each: how many there
/// are, and how many are those of the rule.
fn waits_of_a_fortnight(world: &World) -> Row {
    let (mut waits, mut by_the_rule) = (0, 0);
    for (terabytes, megabytes_per_second) in REWRITTEN {
        let rig = Rig::new(world, "azure-migrate-agentless", 1).with_link(Bandwidth::from_mbit(1_000));
        let rule = rig.tools[rig.tool].delta.expect("the catalogue has its rule");
        let mut transport = rig.transport_following(DeltaCycles::Each);
        let disk = Bytes::new(terabytes * 1_000_000_000_000);
        let churn = Churn { per_second: megabytes_per_second * 1e6, most: disk };
        transport.start(SimTime::START, Job { churn, ..rig.job(0, 0, &[disk]) });
        let end = SimTime::START + Span::from_days(14);
        let mut previous: Option<(SimTime, Span)> = None;
        while let Some(now) = transport.next_at().filter(|now| *now <= end) {
            let mut cycle = None;
            transport.advance(now, &mut |signal| {
                if let Signal::Synced { took, .. } = signal {
                    cycle = Some(took);
                }
            });
            let Some(took) = cycle else { continue };
            if let Some((ended, before)) = previous {
                waits += 1;
                by_the_rule += u32::from(now.since(ended) - took == rule.next_wait(before));
            }
            previous = Some((now, took));
        }
    }
    row("waits of three machines over a fortnight", f64::from(waits).into(), by_the_rule.into(), "", AZURE)
        .verification(RULE)
}

/// Hours until the next delta after one that took so long.
fn wait(world: &World, (previous, published): (f64, f64)) -> Row {
    let tool = world.tools.iter().find(|tool| tool.name == "azure-migrate-agentless");
    let rule = tool.and_then(|tool| tool.delta).expect("the catalogue has its rule");
    let simulated = rule.next_wait(Span::from_hours_f64(previous)).as_hours();
    let name = format!("wait after a cycle of {previous} h");
    row(&name, published.into(), simulated, "h", AZURE).verification(RULE)
}
