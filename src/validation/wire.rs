//! Copies and pre-copies on a shared network, carried by the simulator's own transport
//! without a World around it.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::base::ids::{Id, IdVec};
use crate::base::units::{Bandwidth, Bytes, SimTime, Span};
use crate::simulation::transport::{Churn, Equipment, Job, Reader, Signal, Transport, Way};
use crate::world::rules::precopy::{Memory, Rounds};
use crate::world::{
    Cap, Counted, Cutover, DeltaCycles, FigureId, Installation, InstallationId, Link, LinkId, MethodSet,
    OfferId, PreCopy, SiteId, Tool, ToolId, Within, WorkloadId,
};

/// More than anything that is compared here.
pub(super) const UNLIMITED: Bandwidth = Bandwidth::from_bits(1 << 50);

/// A tool, and circuits.
#[derive(Clone, Debug)]
pub(super) struct Wire {
    tools: IdVec<ToolId, Tool>,
    installations: IdVec<InstallationId, Installation>,
    links: IdVec<LinkId, Link>,
}

/// What the tool is limited to.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Limits {
    /// One disk.
    pub per_disk: Option<Bandwidth>,
    /// All that is read from one host.
    pub per_host: Option<Bandwidth>,
    /// Machines in flight from one host.
    pub machines_per_host: Option<u32>,
}

/// What moves.
#[derive(Clone, Copy, Debug)]
pub(super) struct Move {
    /// When it may start.
    pub at: SimTime,
    /// The host it is read from; none where that limits nothing.
    pub host: Option<u32>,
    /// The circuit it goes over; none for what stays at the site.
    pub link: Option<LinkId>,
    /// The most it can use by itself.
    pub cap: Option<Bandwidth>,
    /// What is carried.
    pub work: Work,
}

/// What a move carries.
#[derive(Clone, Copy, Debug)]
pub(super) enum Work {
    /// A disk, once.
    Disk(Bytes),
    /// The memory of a running machine.
    Memory(Memory, PreCopy),
}

/// How a move went.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Went {
    /// Since it was asked for.
    pub total: Span,
    /// The machine was stopped for so long at its end.
    pub downtime: Span,
}

impl Wire {
    /// A tool with these limits, and no circuit yet.
    pub fn new(limits: Limits) -> Self {
        let at_host = |most| Cap { counted: Counted::Workloads, within: Within::Host, most };
        let installation = Installation { name: String::new(), units: 1, throughput: None, caps: Vec::new() };
        let unused = FigureId::from_index(0);
        let tool = Tool {
            name: String::new(),
            label: String::new(),
            methods: MethodSet::NONE,
            from: Vec::new(),
            to: Vec::new(),
            delivers_to: None,
            installation: InstallationId::from_index(0),
            per_copy: None,
            per_disk: limits.per_disk,
            per_host: limits.per_host,
            caps: limits.machines_per_host.map(at_host).into_iter().collect(),
            streams: 1,
            window: unused,
            minimum_bandwidth: None,
            longest_rtt: None,
            most_snapshots: None,
            delta: None,
            precopy: None,
            cutover_minutes: unused,
            cutover: Cutover::Parallel,
            hours_per_vm: None,
            trip: None,
            capacity: None,
            source: String::new(),
        };
        Self {
            tools: std::iter::once(tool).collect(),
            installations: std::iter::once(installation).collect(),
            links: IdVec::new(),
        }
    }

    /// One more circuit.
    pub fn link(&mut self, bandwidth: Bandwidth) -> LinkId {
        self.links.push(circuit(bandwidth))
    }

    /// Carries all of these to their end, in this order where they wait for a place, and
    /// says how each went.
    pub fn carry(&self, moves: &[Move]) -> Vec<Went> {
        let mut transport = Transport::new(
            SimTime::START,
            Equipment {
                tools: &self.tools,
                installations: &self.installations,
                links: &self.links,
                host_read: UNLIMITED,
                cycles: DeltaCycles::default(),
            },
        );
        let mut starts: BinaryHeap<Reverse<(SimTime, usize)>> =
            moves.iter().enumerate().map(|(place, asked)| Reverse((asked.at, place))).collect();
        let mut stopped = vec![None; moves.len()];
        let mut went = vec![Went::default(); moves.len()];
        loop {
            let due = transport.next_at();
            let starting =
                starts.peek().map(|Reverse((at, _))| *at).filter(|at| due.is_none_or(|due| *at < due));
            if let Some(at) = starting {
                let Reverse((_, place)) = starts.pop().expect("it was seen");
                start(&mut transport, at, WorkloadId::from_index(place), &moves[place]);
                continue;
            }
            let Some(now) = due else { return went };
            let mut arrived = Vec::new();
            transport.advance(now, &mut |signal| match signal {
                Signal::SwitchOver { workload, .. } => stopped[workload.index()] = Some(now),
                Signal::Delivered { workload } | Signal::Aborted { workload, .. } => arrived.push(workload),
                _ => {}
            });
            for workload in arrived {
                transport.end(now, workload);
                let place = workload.index();
                let downtime = stopped[place].map_or(Span::ZERO, |stopped| now.since(stopped));
                went[place] = Went { total: now.since(moves[place].at), downtime };
            }
        }
    }
}

/// A circuit without distance, loss or price.
pub(super) fn circuit(bandwidth: Bandwidth) -> Link {
    let here = SiteId::from_index(0);
    Link {
        name: String::new(),
        between: [here, here],
        bandwidth,
        rtt: Span::ZERO,
        loss: None,
        per_month: None,
        per_hour: None,
        per_gb: None,
    }
}

fn start(transport: &mut Transport, now: SimTime, workload: WorkloadId, asked: &Move) {
    let (disk, way) = match asked.work {
        Work::Disk(volume) => (Some(volume), Way::Still),
        Work::Memory(memory, rule) => (None, Way::Session(Rounds::start(memory, rule))),
    };
    let disks: Vec<Bytes> = disk.into_iter().collect();
    let job = Job {
        workload,
        tool: ToolId::from_index(0),
        reader: asked.host.map(|host| Reader { offer: OfferId::from_index(0), host }),
        link: asked.link,
        distance: asked.cap,
        datastore: None,
        disks: &disks,
        churn: Churn { per_second: 0.0, most: Bytes::ZERO },
        way,
    };
    transport.start(now, job);
}
