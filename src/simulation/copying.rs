//! Copies of what the plan moves: what the transport is told to carry, and what its
//! signals mean to the programme.

use super::estate::Spot;
use super::event::Event;
use super::exit::Carried;
use super::journal::{Binding, Decision, Entry, Receiver};
use super::placement::HostState;
use super::transport::{Churn, Equipment, Job, Reader, Signal, Transport, Waited, Way};
use super::{Scheduler, Simulation};
use crate::base::ids::{Id, IdVec};
use crate::base::units::{Bytes, SimTime, Span};
use crate::kernel::EventId;
use crate::world::rules::distance;
use crate::world::rules::feasibility;
use crate::world::rules::precopy::{self, Memory, Rounds};
use crate::world::{Assignment, LinkId, Method, OfferId, Power, Route, SiteId, ToolId, WorkloadId, World};

/// The transport, and when it is looked at.
#[derive(Clone, Debug)]
pub(super) struct Copying {
    pub transport: Transport,
    /// The event at which the next thing happens in it.
    timer: Option<EventId>,
    /// What it has said; kept for its space.
    signals: Vec<Signal>,
    /// Copies that cannot be kept in sync.
    pub diverging: IdVec<WorkloadId, bool>,
    /// Since when circuits are metered; none while nothing is in flight.
    metered_from: Option<SimTime>,
}

/// How often the Journal is told what circuits carried.
const WEEK: Span = Span::from_days(7);

impl Copying {
    /// Everything idle at `now`.
    pub fn of(world: &World, now: SimTime) -> Self {
        Self {
            transport: Transport::new(now, Equipment::of(world)),
            timer: None,
            signals: Vec::new(),
            diverging: IdVec::filled(false, world.workloads.len()),
            metered_from: None,
        }
    }
}

impl<R: Receiver> Simulation<'_, R> {
    /// The room for a workload is there: its copy starts, unless all of it is made during
    /// its cutover.
    pub(super) fn copy_may_start(&mut self, workload: WorkloadId, scheduler: &mut Scheduler<Event>) {
        let now = scheduler.now();
        let assignment = self.assignment(workload);
        self.programme.copy_times(workload).from = now;
        let Some(tool) = assignment.tool else { return self.copied(workload, scheduler) };
        let way = match assignment.method {
            Method::Cold => None,
            // What replicates disks does so before; what does not sends them in the same
            // session. Inside a site they are on shared storage.
            Method::Live => {
                let replicates = self.world.tools[tool].delta.is_some();
                (replicates && self.link_of(workload).is_some()).then_some(Way::InSync)
            }
            Method::Offline => Some(Way::Appliance),
            Method::Replicated | Method::Conversion | Method::Rebuild => Some(Way::InSync),
        };
        match way {
            Some(way) => self.start_copy(workload, tool, way, scheduler),
            None => self.copied(workload, scheduler),
        }
    }

    /// Has a workload carried.
    pub(super) fn start_copy(
        &mut self,
        workload: WorkloadId,
        tool: ToolId,
        way: Way,
        scheduler: &mut Scheduler<Event>,
    ) {
        let now = scheduler.now();
        let link = self.link_of(workload);
        if let Some(link) = link.filter(|_| way != Way::Appliance) {
            self.open_circuit(link, now);
        }
        let described = &self.world.workloads[workload];
        let compression = self.figures.value(self.world.factory.compression);
        let on_the_wire = |disk: &Bytes| Bytes::new(disk.scaled(compression).get().max(1));
        let disks: Vec<Bytes> = match way {
            // Memory alone, where the disks stay.
            Way::Session(_) if link.is_none() => Vec::new(),
            Way::Appliance => described.disks.clone(),
            _ => described.disks.iter().map(on_the_wire).collect(),
        };
        let reader = self.reader_of(workload);
        let distance = link.and_then(|link| distance::copy_cap(self.world, &self.figures, link, tool));
        let job = Job {
            workload,
            tool,
            reader: reader.flatten(),
            link,
            distance,
            datastore: described.datastore,
            disks: &disks,
            churn: self.churn(workload),
            way,
        };
        self.copying.transport.start(now, job);
        if reader.is_none() {
            self.copying.transport.reader_lost(now, workload);
        }
        if self.copying.metered_from.is_none() && link.is_some() {
            self.copying.metered_from = Some(now);
            scheduler.schedule_after(WEEK, Event::LinksRead);
        }
        self.await_copies(scheduler);
    }

    /// Which host reads a workload; none inside where nobody says what reading is limited
    /// to, nothing where it cannot be read now.
    pub(super) fn reader_of(&self, workload: WorkloadId) -> Option<Option<Reader>> {
        let place = self.places[workload]?;
        let offer = place.offer;
        if self.is_site_down(self.world.offers[offer].site) {
            return None;
        }
        match place.spot {
            Spot::Sku(_) => Some(None),
            Spot::Waiting => None,
            Spot::Host(host) => Some(Some(Reader { offer, host })),
            Spot::Stored if self.pools[offer].is_none() => Some(None),
            // What is switched off needs no host, so the last may have been given back: its
            // disks are still in the array, and are taken to be read at the rate of one host.
            Spot::Stored if self.pool(offer).hosts().all(|(_, host)| host.state == HostState::Gone) => {
                Some(Some(Reader { offer, host: 0 }))
            }
            // Any host of the cluster reads what is switched off; all take their turns.
            Spot::Stored => {
                let up = || self.pool(offer).hosts().filter(|(_, host)| host.state == HostState::Up);
                let count = up().count();
                let (host, _) = up().nth(workload.index() % count.max(1))?;
                Some(Some(Reader { offer, host }))
            }
        }
    }

    /// How a workload changes while it runs, as it goes over the wire.
    fn churn(&self, workload: WorkloadId) -> Churn {
        let described = &self.world.workloads[workload];
        if described.power == Power::Off {
            return Churn::default();
        }
        let factory = &self.world.factory;
        let wire = described.disk.scaled(self.figures.value(factory.compression));
        let per_second = wire.get() as f64 * self.figures.value(factory.daily_change) / 86_400.0;
        Churn { per_second, most: wire.scaled(self.figures.value(factory.written_disk)) }
    }

    /// The passes over the memory of a workload that is moved live. Memory that is not in
    /// use is zeros; what is dirtied follows the processors that are busy.
    pub(super) fn rounds(&self, workload: WorkloadId, tool: ToolId) -> Rounds {
        /// A processor of which nobody knows the use is as busy as the mean of virtual
        /// machines in published traces (Azure 2017 and 2019: half of them below 10 %,
        /// nine of ten below 40 %).
        const USUAL_USE: f64 = 0.15;
        let described = &self.world.workloads[workload];
        let memory = &self.world.factory.memory;
        let on = if described.power == Power::On { described.memory } else { Bytes::ZERO };
        let touched = on.scaled(described.memory_use.unwrap_or(1.0).clamp(0.0, 1.0));
        let busy = f64::from(described.vcpus) * described.cpu_use.unwrap_or(USUAL_USE);
        // The figure is a data rate in bit/s.
        let dirtied = busy * self.figures.value(memory.dirtied_per_busy_vcpu) / 8.0;
        let memory = Memory {
            touched,
            zero: on - touched,
            at_once: touched.scaled(self.figures.value(memory.hot)),
            per_second: dirtied,
            most: touched.scaled(self.figures.value(memory.written)),
        };
        // Where the catalogue has no rule, that of the tool most in use.
        Rounds::start(memory, self.world.tools[tool].precopy.unwrap_or(precopy::VMOTION))
    }

    /// The circuit that a workload's move goes over; none inside a site.
    pub(super) fn link_of(&self, workload: WorkloadId) -> Option<LinkId> {
        let Assignment { to, link, .. } = self.assignment(workload);
        if link.is_some() {
            return link;
        }
        let to = to?;
        let [from, to] = [self.source_offer(workload), to].map(|offer| self.world.offers[offer].site);
        match feasibility::route(self.world, from, to) {
            Some(Route::Over(link)) => Some(link),
            // Checked when the strategy was resolved: there is a route.
            Some(Route::Local) | None => None,
        }
    }

    pub(super) fn copies_progress(&mut self, scheduler: &mut Scheduler<Event>) {
        self.copying.timer = None;
        let now = scheduler.now();
        loop {
            let mut signals = std::mem::take(&mut self.copying.signals);
            self.copying.transport.advance(now, &mut |signal| signals.push(signal));
            let silent = signals.is_empty();
            for signal in signals.drain(..) {
                self.heed(signal, scheduler);
            }
            self.copying.signals = signals;
            if silent {
                break;
            }
        }
        match (self.copying.transport.next_at(), self.copying.timer) {
            (Some(at), _) => self.look_at_copies(at, scheduler),
            (None, Some(timer)) => {
                scheduler.cancel(timer);
                self.copying.timer = None;
            }
            (None, None) => {}
        }
    }

    /// Has the transport looked at when all else of this instant has happened: the network
    /// is solved once for all of it.
    pub(super) fn await_copies(&mut self, scheduler: &mut Scheduler<Event>) {
        let now = scheduler.now();
        self.look_at_copies(now, scheduler);
    }

    /// Keeps the one event at which the transport is looked at.
    fn look_at_copies(&mut self, at: SimTime, scheduler: &mut Scheduler<Event>) {
        match self.copying.timer {
            Some(timer) => {
                scheduler.retime(timer, at);
            }
            None => self.copying.timer = Some(scheduler.schedule_at(at, Event::CopiesProgress)),
        }
    }

    fn heed(&mut self, signal: Signal, scheduler: &mut Scheduler<Event>) {
        match signal {
            Signal::Seeded { workload } => {
                if self.copying.transport.has(workload) {
                    self.note_copied_out(workload, scheduler.now());
                    self.note_waits(workload);
                    self.copied(workload, scheduler);
                }
            }
            Signal::Synced { .. } => {}
            Signal::Diverging { workload } => {
                self.copying.diverging[workload] = true;
                self.decide(scheduler.now(), Decision::CopyDiverges { workload });
            }
            Signal::Begun { workload } => self.cutover_begun(workload, scheduler),
            Signal::SwitchOver { workload, .. } => self.switched_over(workload, scheduler),
            Signal::Delivered { workload } => self.delivered(workload, scheduler),
            Signal::Aborted { workload, why } => self.aborted(workload, why, scheduler),
        }
    }

    /// Counts what a copy took out of its site by `now`, by whatever way.
    pub(super) fn note_copied_out(&mut self, workload: WorkloadId, now: SimTime) {
        let sent = self.copying.transport.take_sent(workload);
        let source: SiteId = self.world.offers[self.source_offer(workload)].site;
        let to = self.assignment(workload).to.map(|to| self.world.offers[to].site);
        if let Some(to) = to.filter(|to| *to != source) {
            // What travels on an appliance goes over no circuit.
            let travels = self.copying.transport.is_on_an_appliance(workload);
            let link = self.link_of(workload).filter(|_| !travels);
            let over = link.filter(|link| self.is_metered(*link, source));
            if !self.leaves_freely(Carried { from: source, to, over, gb: sent.as_gb() }, now) {
                self.note_sent(source, over, sent.as_gb());
            }
        }
    }

    /// Adds what the time of a copy went into to that of its wave; how much it was.
    pub(super) fn note_waits(&mut self, workload: WorkloadId) -> Span {
        let wave = self.programme.wave_of(self.group_of(workload));
        let mut all = Span::ZERO;
        for (waited, span) in self.copying.transport.take_waits(workload) {
            let by = match waited {
                Waited::Places(installation) => Binding::Places(installation),
                Waited::Throughput(installation) => Binding::Throughput(installation),
                Waited::Copy(tool) => Binding::Copy(tool),
                Waited::Reading(offer) => Binding::Reading(offer),
                Waited::Circuit(link) => Binding::Circuit(link),
                Waited::Distance(link) => Binding::Distance(link),
            };
            self.waits.add(wave, by, span);
            all += span;
        }
        all
    }

    /// The first copy of a workload is complete.
    pub(super) fn copied(&mut self, workload: WorkloadId, scheduler: &mut Scheduler<Event>) {
        self.programme.copy_times(workload).until = scheduler.now();
        let group = self.group_of(workload);
        if self.count_copy(group) {
            self.ready_for_cutover(group, scheduler);
        }
    }

    /// A week of circuits.
    pub(super) fn links_read(&mut self, scheduler: &mut Scheduler<Event>) {
        let now = scheduler.now();
        self.read_links(now);
        if !self.copying.transport.is_empty() {
            self.copying.metered_from = Some(now);
            scheduler.schedule_after(WEEK, Event::LinksRead);
        }
    }

    /// Enters what circuits carried since they were last read.
    pub(super) fn read_links(&mut self, until: SimTime) {
        let Some(from) = self.copying.metered_from.take() else { return };
        for link in self.world.links.ids() {
            let carried = self.copying.transport.take_carried(until, link);
            if carried > Bytes::ZERO {
                self.journal.receive(until, &Entry::LinkUsed { link, from, until, carried });
            }
        }
    }

    /// The copies that a host read are broken off; they go on where their workloads came
    /// up, if they did.
    pub(super) fn reader_fails(&mut self, offer: OfferId, host: u32, scheduler: &mut Scheduler<Event>) {
        let read = self.copying.transport.read_by(Reader { offer, host });
        for workload in read {
            self.source_fails(workload, scheduler);
        }
    }

    /// What runs a workload that is being copied is down.
    pub(super) fn source_fails(&mut self, workload: WorkloadId, scheduler: &mut Scheduler<Event>) {
        let now = scheduler.now();
        if !self.copying.transport.has(workload) {
            return;
        }
        self.copying.transport.reader_lost(now, workload);
        match self.reader_of(workload) {
            Some(reader) => self.copying.transport.reader_back(now, workload, reader),
            None => self.source_is_gone(workload, scheduler),
        }
        self.await_copies(scheduler);
    }

    /// Workloads that could not be read, and can be again, are.
    pub(super) fn sources_return(&mut self, scheduler: &mut Scheduler<Event>) {
        let now = scheduler.now();
        for workload in self.copying.transport.halted() {
            if let Some(reader) = self.reader_of(workload) {
                self.copying.transport.reader_back(now, workload, reader);
            }
        }
        self.await_copies(scheduler);
    }
}
