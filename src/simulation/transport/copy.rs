//! One copy: what it is of, how far it has come, and its legs in flight.

use super::account::WaitBook;
use super::admission::{Age, Class, Waiting, Whereabouts};
use super::sync::Churn;
use super::ways::{Kind, Path};
use super::{Job, Limits, NO_COPY, Reader, Transport, Way};
use crate::base::ids::Id;
use crate::base::units::{Bandwidth, Bytes, SimTime};
use crate::kernel::{Flow, FlowId, ResourceId};
use crate::world::rules::precopy::Rounds;
use crate::world::{DatastoreId, LinkId, ToolId, WorkloadId};

/// A part of a copy: one disk, or the memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct LegId {
    pub copy: u32,
    pub leg: u32,
}

impl LegId {
    /// What a copy in sync sends without end.
    pub const SYNC: u32 = u32::MAX;
}

/// What a copy is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// It has not begun: it waits for its turn.
    Idle,
    /// Its disks are copied for the first time.
    Seed,
    /// It is in sync.
    Waiting,
    /// A cycle is under way.
    Cycle,
    /// The rest of its disks, or all of them while it stands still.
    Last,
    /// Passes over its memory.
    Passes,
    /// The rest of its memory, the guest stopped.
    Stopped,
    /// Its disks are copied to an appliance.
    Loading,
    /// They travel.
    Travelling,
    /// Every byte is there.
    Delivered,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Leg {
    pub volume: Bytes,
    pub state: LegState,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum LegState {
    /// Its host is down.
    Idle,
    Queued(Waiting),
    Flowing(FlowId),
    Done,
}

/// A copy in sync that is a flow of its own.
#[derive(Clone, Copy, Debug)]
pub(super) struct Heavy {
    pub flow: FlowId,
    /// What it could not send, in bytes.
    pub backlog: f64,
    /// It sends as much as it gets, to be rid of its backlog.
    pub catching_up: bool,
    /// Since when its share has been below its churn.
    pub starved: Option<SimTime>,
    /// The volume that its flow was given.
    pub added: Bytes,
}

#[derive(Clone, Debug)]
pub(super) struct Copy {
    pub live: bool,
    pub workload: WorkloadId,
    pub tool: ToolId,
    pub reader: Option<Reader>,
    /// What its reading goes through, of the host and of the tool there, once it is known.
    pub reading: Option<(ResourceId, Option<ResourceId>)>,
    /// Its host is down.
    pub halted: bool,
    pub link: Option<LinkId>,
    pub distance: Option<Bandwidth>,
    pub datastore: Option<DatastoreId>,
    pub way: Way,
    pub disks: Vec<Bytes>,
    pub churn: Churn,
    pub stage: Stage,
    /// When the stage, the cycle or the pass began.
    pub stage_from: SimTime,
    /// What it has to carry.
    pub volume: Bytes,
    pub legs: Vec<Leg>,
    /// Legs that are not done.
    pub open: u32,
    /// Legs that flow.
    pub flowing: u32,
    /// Where it stands in the list of those that flow.
    pub listed: usize,
    pub rounds: Option<Rounds>,
    /// All its legs together, where there are several and they have a common cap.
    pub joint: Option<ResourceId>,
    pub seeded: bool,

    // In sync.
    /// The target has what the source had then, but for the debt.
    pub snapshot: SimTime,
    pub debt: Bytes,
    pub synced_from: SimTime,
    pub cycles_done: u32,
    /// It has as many snapshots as the tool allows: they are merged, and what changes
    /// goes with the last delta.
    pub merged: bool,
    pub next_cycle: SimTime,
    pub timer: Option<SimTime>,
    /// Bits per second taken off the top of its way.
    pub reserved: Option<u64>,
    pub heavy: Option<Heavy>,
    /// Cycles in a row that carried no more than changed meanwhile.
    pub outrun: u32,
    /// Its divergence has been told.
    pub warned: bool,

    pub appliance: Option<u32>,
    pub waits: WaitBook,
    pub sent: Bytes,
}

impl Copy {
    fn new(job: Job<'_>, now: SimTime) -> Self {
        Self {
            live: true,
            workload: job.workload,
            tool: job.tool,
            reader: job.reader,
            reading: None,
            halted: false,
            link: job.link,
            distance: job.distance,
            datastore: job.datastore,
            way: job.way,
            disks: job.disks.to_vec(),
            churn: job.churn,
            stage: Stage::Idle,
            stage_from: now,
            volume: Bytes::ZERO,
            legs: Vec::new(),
            open: 0,
            flowing: 0,
            listed: 0,
            rounds: match job.way {
                Way::Session(rounds) => Some(rounds),
                _ => None,
            },
            joint: None,
            seeded: false,
            snapshot: now,
            debt: Bytes::ZERO,
            synced_from: now,
            cycles_done: 0,
            merged: false,
            next_cycle: now,
            timer: None,
            reserved: None,
            heavy: None,
            outrun: 0,
            warned: false,
            appliance: None,
            waits: WaitBook::default(),
            sent: Bytes::ZERO,
        }
    }

    /// Whether its mean load is on the network.
    pub(super) const fn loads(&self) -> bool {
        self.reserved.is_some() || self.heavy.is_some()
    }

    /// Whether it reads memory and not disks.
    const fn is_memory(&self) -> bool {
        matches!(self.stage, Stage::Passes | Stage::Stopped)
    }

    const fn class(&self) -> Class {
        match (self.stage, self.way) {
            (Stage::Cycle, _) => Class::Scheduled,
            (Stage::Seed | Stage::Loading, Way::InSync | Way::Appliance) => Class::Initial,
            _ => Class::OnDemand,
        }
    }
}

impl Transport {
    /// Enters a copy in the books.
    pub(super) fn enter(&mut self, job: Job<'_>) -> u32 {
        let place = job.workload.index();
        if self.by_workload.len() <= place {
            self.by_workload.resize(place + 1, NO_COPY);
        }
        assert!(self.by_workload[place] == NO_COPY, "{:?} is being copied already", job.workload);
        let fresh = Copy::new(job, self.now);
        let copy = match self.vacant.pop() {
            Some(copy) => {
                self.copies[copy as usize] = fresh;
                copy
            }
            None => {
                self.copies.push(fresh);
                (self.copies.len() - 1) as u32
            }
        };
        self.by_workload[place] = copy;
        copy
    }

    /// Strikes a copy from the books.
    pub(super) fn remove(&mut self, copy: u32) {
        self.leave_sync(copy);
        self.drop_legs(copy);
        self.leave_appliance(copy);
        self.give_up_turn(copy);
        let state = &mut self.copies[copy as usize];
        state.live = false;
        state.disks = Vec::new();
        let place = state.workload.index();
        self.by_workload[place] = NO_COPY;
        self.vacant.push(copy);
    }

    /// Carries so much, in as many legs as there are disks, or the memory in one.
    pub(super) fn carry(&mut self, copy: u32, volume: Bytes) {
        self.drop_legs(copy);
        self.arrivals += 1;
        let cap = self.copy_cap(copy).map(|(cap, _)| cap);
        let state = &mut self.copies[copy as usize];
        state.stage_from = self.now;
        state.volume = volume;
        if volume == Bytes::ZERO {
            self.all_carried(copy);
            return;
        }
        let whole: Bytes = state.disks.iter().copied().sum();
        let mut legs = std::mem::take(&mut state.legs);
        if state.is_memory() || state.disks.len() <= 1 || whole == Bytes::ZERO {
            legs.push(Leg { volume, state: LegState::Idle });
        } else {
            // Each disk its part, and the last what rounding leaves.
            let share = volume.get() as f64 / whole.get() as f64;
            let mut left = volume;
            for (index, disk) in state.disks.iter().enumerate() {
                let last = index + 1 == state.disks.len();
                let part = if last { left } else { disk.scaled(share).min(left) };
                left = left - part;
                legs.push(Leg { volume: part, state: LegState::Idle });
            }
        }
        state.open = legs.len() as u32;
        state.legs = legs;
        if let Some(cap) = cap.filter(|_| self.copies[copy as usize].legs.len() > 1) {
            let joint = self.ways.joint(&mut self.network, self.now, cap);
            self.copies[copy as usize].joint = Some(joint);
        }
        self.queue_legs(copy);
    }

    /// Lets the legs of a copy that are not done wait for places.
    pub(super) fn queue_legs(&mut self, copy: u32) {
        let arrival = self.arrivals;
        let state = &mut self.copies[copy as usize];
        if state.halted {
            return;
        }
        let (class, age) = (state.class(), if state.flowing > 0 { Age::Ongoing } else { Age::New });
        let installation = self.limits[state.tool].installation;
        state.waits.queued(self.now);
        for (index, leg) in state.legs.iter_mut().enumerate() {
            if let LegState::Idle = leg.state {
                let waiting = Waiting { class, age, arrival, copy, leg: index as u32 };
                leg.state = LegState::Queued(waiting);
                self.gates[installation].wait(waiting);
            }
        }
        self.freed.push(installation);
    }

    /// Gives places to those that wait at installations where some have become free.
    pub(super) fn settle(&mut self) {
        let mut admitted = std::mem::take(&mut self.admitted);
        while let Some(installation) = self.freed.pop() {
            self.freed.retain(|other| *other != installation);
            if self.gates[installation].nobody_waits() {
                continue;
            }
            let copies = &self.copies;
            let at = |waiting: &Waiting, before: &[Waiting]| {
                let copy = &copies[waiting.copy as usize];
                let first = copy.flowing == 0 && before.iter().all(|other| other.copy != waiting.copy);
                whereabouts(copy, u32::from(first))
            };
            self.gates[installation].admit(&mut admitted, at);
            for waiting in &admitted {
                self.start_leg(waiting.copy, waiting.leg);
            }
            for waiting in admitted.drain(..).filter(|waiting| waiting.age == Age::New) {
                self.age(waiting.copy);
            }
        }
        self.admitted = admitted;
    }

    /// The legs of a copy that still wait go before what is new.
    fn age(&mut self, copy: u32) {
        let state = &mut self.copies[copy as usize];
        let gate = &mut self.gates[self.limits[state.tool].installation];
        for leg in &mut state.legs {
            if let LegState::Queued(waiting) = &mut leg.state
                && waiting.age == Age::New
            {
                gate.forget(waiting);
                waiting.age = Age::Ongoing;
                gate.wait(*waiting);
            }
        }
    }

    fn start_leg(&mut self, copy: u32, leg: u32) {
        let now = self.now;
        let state = &mut self.copies[copy as usize];
        if state.flowing == 0 {
            state.waits.admitted(now);
            if state.stage == Stage::Passes {
                state.stage_from = now;
            }
            state.listed = self.flowing.len();
            self.flowing.push(copy);
        }
        state.flowing += 1;
        let mut route = self.route(copy);
        let state = &self.copies[copy as usize];
        let volume = state.legs[leg as usize].volume;
        if let Some(joint) = state.joint {
            route.push(joint);
        }
        let cap = self.leg_cap(copy).map(|(cap, _)| cap);
        let flow = self.network.add(now, Flow { route: &route, cap, volume, job: LegId { copy, leg } });
        self.copies[copy as usize].legs[leg as usize].state = LegState::Flowing(flow);
    }

    /// A leg has carried all of it.
    pub(super) fn leg_flowed(&mut self, leg: LegId, _: FlowId) {
        let copy = leg.copy;
        if leg.leg == LegId::SYNC {
            // Nine petabytes: it begins again.
            return;
        }
        let volume = self.copies[copy as usize].legs[leg.leg as usize].volume;
        self.copies[copy as usize].sent += volume;
        if self.copies[copy as usize].stage == Stage::Passes && self.next_pass(copy) {
            return;
        }
        self.stop_leg(copy, leg.leg, LegState::Done);
        let state = &mut self.copies[copy as usize];
        state.open -= 1;
        if state.open == 0 {
            self.part_joint(copy);
            self.all_carried(copy);
        }
    }

    /// A leg that flowed does so no more: its place is free.
    fn stop_leg(&mut self, copy: u32, leg: u32, to: LegState) {
        let state = &mut self.copies[copy as usize];
        state.legs[leg as usize].state = to;
        state.flowing -= 1;
        let last = state.flowing == 0;
        let installation = self.limits[state.tool].installation;
        let at = whereabouts(state, u32::from(last));
        self.gates[installation].leave(&at);
        self.freed.push(installation);
        if last {
            let place = self.copies[copy as usize].listed;
            self.flowing.swap_remove(place);
            if let Some(moved) = self.flowing.get(place) {
                self.copies[*moved as usize].listed = place;
            }
        }
    }

    /// Replaces what a leg that has a place carries, without giving the place up.
    pub(super) fn carry_on(&mut self, copy: u32, volume: Bytes) {
        let now = self.now;
        let route = self.route(copy);
        let cap = self.leg_cap(copy).map(|(cap, _)| cap);
        let flow = self.network.add(now, Flow { route: &route, cap, volume, job: LegId { copy, leg: 0 } });
        let state = &mut self.copies[copy as usize];
        state.stage_from = now;
        state.volume = volume;
        state.legs[0] = Leg { volume, state: LegState::Flowing(flow) };
    }

    /// Breaks off every leg of a copy.
    pub(super) fn drop_legs(&mut self, copy: u32) {
        for leg in 0..self.copies[copy as usize].legs.len() as u32 {
            self.drop_leg(copy, leg);
        }
        let state = &mut self.copies[copy as usize];
        state.legs.clear();
        state.open = 0;
        self.part_joint(copy);
    }

    /// Breaks off a leg that is not done: what it has carried is lost.
    pub(super) fn drop_leg(&mut self, copy: u32, leg: u32) {
        let state = &self.copies[copy as usize];
        let installation = self.limits[state.tool].installation;
        match state.legs[leg as usize].state {
            LegState::Queued(waiting) => {
                self.gates[installation].forget(&waiting);
                self.copies[copy as usize].legs[leg as usize].state = LegState::Idle;
            }
            LegState::Flowing(flow) => {
                let volume = state.legs[leg as usize].volume;
                if let Some((_, left)) = self.network.remove(self.now, flow) {
                    self.copies[copy as usize].sent += volume - left;
                }
                self.stop_leg(copy, leg, LegState::Idle);
            }
            LegState::Idle | LegState::Done => {}
        }
    }

    fn part_joint(&mut self, copy: u32) {
        if let Some(joint) = self.copies[copy as usize].joint.take() {
            self.ways.part(joint);
        }
    }

    /// What the legs of a copy have left.
    pub(super) fn left_of_legs(&mut self, copy: u32) -> Bytes {
        let mut left = Bytes::ZERO;
        for leg in 0..self.copies[copy as usize].legs.len() {
            let Leg { volume, state } = self.copies[copy as usize].legs[leg];
            left += match state {
                LegState::Idle | LegState::Queued(_) => volume,
                LegState::Flowing(flow) => self.network.left(self.now, flow).unwrap_or_default(),
                LegState::Done => Bytes::ZERO,
            };
        }
        left
    }

    /// What every leg of a copy goes through.
    pub(super) fn route(&mut self, copy: u32) -> Path {
        let state = &self.copies[copy as usize];
        let limits = &self.limits[state.tool];
        let (reader, link) = (state.reader, state.link);
        let loading = state.stage == Stage::Loading;
        // Memory does not go by the way disks are read, but where nothing else is known
        // to limit it.
        let memory = state.is_memory() && (link.is_some() || limits.per_copy.is_some());
        let mut path = Path::new();
        if let Some(reader) = reader.filter(|_| !memory) {
            let (host, tool_host) = match state.reading {
                Some(known) => known,
                None => {
                    let host = self.ways.host(&mut self.network, reader);
                    let tool = (state.tool, reader);
                    let of_tool = |most| self.ways.tool_host(&mut self.network, tool, most);
                    let known = (host, limits.per_host.map(of_tool));
                    self.copies[copy as usize].reading = Some(known);
                    known
                }
            };
            path.push(host);
            tool_host.into_iter().for_each(|way| path.push(way));
        }
        link.filter(|_| !loading).into_iter().for_each(|link| path.push(self.ways.link(link)));
        self.ways.throughput(limits.installation).into_iter().for_each(|way| path.push(way));
        path
    }

    /// What one copy carries at most, and whether the tool or the distance says so.
    pub(super) fn copy_cap(&self, copy: u32) -> Option<(Bandwidth, CapOf)> {
        let state = &self.copies[copy as usize];
        let tool = self.limits[state.tool].per_copy.map(|cap| (cap, CapOf::Tool));
        let distance = state.distance.filter(|_| state.stage != Stage::Loading);
        tool.into_iter().chain(distance.map(|cap| (cap, CapOf::Distance))).min()
    }

    /// What one leg carries at most by itself.
    pub(super) fn leg_cap(&self, copy: u32) -> Option<(Bandwidth, CapOf)> {
        let state = &self.copies[copy as usize];
        let limits: &Limits = &self.limits[state.tool];
        let disk = limits.per_disk.filter(|_| !state.is_memory()).map(|cap| (cap, CapOf::Tool));
        let alone = self.copy_cap(copy).filter(|_| state.joint.is_none());
        disk.into_iter().chain(alone).min()
    }

    /// What a copy carries where nothing else is under way.
    pub(super) fn alone(&mut self, copy: u32) -> Bandwidth {
        let state = &self.copies[copy as usize];
        let disks = state.disks.len().max(1) as u64;
        let limits = &self.limits[state.tool];
        let by_disk = limits.per_disk.map(|cap| Bandwidth::from_bits(cap.as_bits().saturating_mul(disks)));
        let own = self.copy_cap(copy).map(|(cap, _)| cap);
        let route = self.route(copy);
        let ways = route.iter().map(|resource| self.ways.whole(*resource));
        ways.chain(by_disk).chain(own).min().unwrap_or(self.ways.host_read())
    }

    /// What keeps the first leg that flows from being faster.
    pub(super) fn bound_by(&mut self, copy: u32) -> Option<super::account::Slow> {
        use super::account::Slow;
        let state = &self.copies[copy as usize];
        let flow = state.legs.iter().find_map(|leg| match leg.state {
            LegState::Flowing(flow) => Some(flow),
            _ => None,
        })?;
        let own = |cap: Option<(Bandwidth, CapOf)>| match cap {
            Some((_, CapOf::Distance)) => Slow::Distance,
            _ => Slow::Copy,
        };
        Some(match self.network.bottleneck(flow).map(|resource| self.ways.kind(resource)) {
            Some(Kind::Reading) => Slow::Reading,
            Some(Kind::Circuit) => Slow::Circuit,
            Some(Kind::Throughput) => Slow::Throughput,
            Some(Kind::Joint) => own(self.copy_cap(copy)),
            None => own(self.leg_cap(copy)),
        })
    }
}

/// Whose cap it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum CapOf {
    Tool,
    Distance,
}

fn whereabouts(copy: &Copy, workloads: u32) -> Whereabouts {
    Whereabouts {
        tool: copy.tool,
        reader: copy.reader,
        datastore: copy.datastore,
        workloads,
        disks: u32::from(!copy.is_memory()),
    }
}
