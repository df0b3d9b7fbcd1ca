//! Copies in flight: tools, circuits and source hosts shared max-min fair.

use std::collections::VecDeque;

use super::event::Event;
use super::journal::Receiver;
use super::{Scheduler, Simulation};
use crate::base::ids::IdVec;
use crate::base::units::{Bandwidth, Bytes, SimTime, Span};
use crate::kernel::{EventId, Flow, MaxMin, ResourceId};
use crate::world::rules::feasibility;
use crate::world::{
    Assignment, Counted, LinkId, Method, OfferId, Route, SiteId, Tool, ToolId, Within, WorkloadId, World,
};

/// What carries copies, and who waits for it.
#[derive(Clone, Debug)]
pub(super) struct Copying {
    network: MaxMin<WorkloadId>,
    /// What the hosts of each offer can be read at; menus are not limited.
    reading: IdVec<OfferId, Option<ResourceId>>,
    links: IdVec<LinkId, ResourceId>,
    tools: IdVec<ToolId, ToolState>,
    /// The event at which the next copy is complete.
    timer: Option<EventId>,
}

#[derive(Clone, Debug)]
struct ToolState {
    throughput: Option<ResourceId>,
    /// Copies in flight at once.
    concurrency: u32,
    in_flight: u32,
    waiting: VecDeque<WorkloadId>,
}

impl Copying {
    /// Everything idle.
    pub fn of(world: &World) -> Self {
        let mut network = MaxMin::new(SimTime::START);
        let reading = world
            .offers
            .iter()
            .map(|offer| offer.hosts().map(|_| network.add_resource(world.factory.host_read)))
            .collect();
        let links = world.links.iter().map(|link| network.add_resource(link.bandwidth)).collect();
        let tools = world
            .tools
            .iter()
            .map(|tool| ToolState {
                throughput: throughput(world, tool).map(|most| network.add_resource(most)),
                concurrency: concurrency(world, tool),
                in_flight: 0,
                waiting: VecDeque::new(),
            })
            .collect();
        Self { network, reading, links, tools, timer: None }
    }
}

/// What all appliances of a tool carry.
fn throughput(world: &World, tool: &Tool) -> Option<Bandwidth> {
    let installation = &world.installations[tool.installation];
    let all = |one: Bandwidth| Bandwidth::from_bits(one.as_bits() * u64::from(installation.units));
    installation.throughput.map(all)
}

/// Copies that all appliances of a tool have in flight at once.
fn concurrency(world: &World, tool: &Tool) -> u32 {
    let installation = &world.installations[tool.installation];
    let caps = installation.caps.iter().filter(|cap| cap.counted == Counted::Workloads);
    caps.filter_map(|cap| match cap.within {
        Within::Manager => Some(cap.most),
        Within::Unit => Some(cap.most * installation.units),
        Within::Host | Within::Datastore => None,
    })
    .min()
    .unwrap_or(u32::MAX)
}

/// What a tool carries of one workload: its disks one after another.
fn per_copy(tool: &Tool) -> Option<Bandwidth> {
    tool.per_copy.into_iter().chain(tool.per_disk).min()
}

impl<R: Receiver> Simulation<'_, R> {
    /// The room for a workload is there: its copy starts, or waits for its tool.
    pub(super) fn copy_may_start(&mut self, workload: WorkloadId, scheduler: &mut Scheduler<Event>) {
        let now = scheduler.now();
        let assignment = self.assignment(workload);
        self.programme.copy_times(workload).from = now;
        match (assignment.method, assignment.tool) {
            // Its disks are copied during its cutover.
            (Method::Cold, _) | (_, None) => self.copied(workload, scheduler),
            (_, Some(tool)) => {
                if let Some(trip) = self.world.tools[tool].trip {
                    scheduler.schedule_after(trip, Event::ApplianceReturned(workload));
                } else if self.copying.tools[tool].in_flight < self.copying.tools[tool].concurrency {
                    self.start_flow(workload, tool, scheduler);
                } else {
                    self.copying.tools[tool].waiting.push_back(workload);
                }
            }
        }
    }

    fn start_flow(&mut self, workload: WorkloadId, tool: ToolId, scheduler: &mut Scheduler<Event>) {
        let now = scheduler.now();
        self.copying.tools[tool].in_flight += 1;
        self.programme.copy_times(workload).from = now;
        let source = self.source_offer(workload);
        let mut route: Vec<ResourceId> = Vec::with_capacity(3);
        if let Some(reading) = self.copying.reading[source] {
            let hosts = u64::from(self.pool(source).occupied().max(1));
            let capacity = Bandwidth::from_bits(self.world.factory.host_read.as_bits() * hosts);
            self.copying.network.set_capacity(now, reading, capacity);
            route.push(reading);
        }
        if let Some(link) = self.link_of(workload) {
            self.open_circuit(link, now);
            route.push(self.copying.links[link]);
        }
        route.extend(self.copying.tools[tool].throughput);
        self.copying.network.add(
            now,
            Flow {
                route: &route,
                cap: per_copy(&self.world.tools[tool]),
                volume: self.volume(workload),
                job: workload,
            },
        );
        self.await_copies(scheduler);
    }

    /// What a copy of a workload's disks puts on the wire.
    fn volume(&self, workload: WorkloadId) -> Bytes {
        let disk = self.world.workloads[workload].disk;
        Bytes::new(disk.scaled(self.figures.value(self.world.factory.compression)).get().max(1))
    }

    /// The circuit that a workload's move goes over; none inside a site.
    fn link_of(&self, workload: WorkloadId) -> Option<LinkId> {
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

    /// The disks of a workload that moves cold go over the circuit during its
    /// cutover, at every attempt.
    pub(super) fn copy_cold(&mut self, workload: WorkloadId, now: SimTime) {
        if self.assignment(workload).method != Method::Cold {
            return;
        }
        if let Some(link) = self.link_of(workload) {
            self.open_circuit(link, now);
        }
        self.note_copied_out(workload);
    }

    /// An appliance is back: what it carried left its site as well.
    pub(super) fn appliance_returned(&mut self, workload: WorkloadId, scheduler: &mut Scheduler<Event>) {
        self.note_copied_out(workload);
        self.copied(workload, scheduler);
    }

    pub(super) fn copies_progress(&mut self, scheduler: &mut Scheduler<Event>) {
        let now = scheduler.now();
        self.copying.timer = None;
        while let Some((_, workload)) = self.copying.network.complete(now) {
            self.note_copied_out(workload);
            let tool = self.assignment(workload).tool.expect("what flows is carried by a tool");
            self.copying.tools[tool].in_flight -= 1;
            if let Some(next) = self.copying.tools[tool].waiting.pop_front() {
                self.start_flow(next, tool, scheduler);
            }
            self.copied(workload, scheduler);
        }
        self.await_copies(scheduler);
    }

    fn await_copies(&mut self, scheduler: &mut Scheduler<Event>) {
        match (self.copying.network.next_completion(), self.copying.timer) {
            (Some((at, _)), Some(timer)) => {
                scheduler.retime(timer, at);
            }
            (Some((at, _)), None) => {
                self.copying.timer = Some(scheduler.schedule_at(at, Event::CopiesProgress))
            }
            (None, Some(timer)) => {
                scheduler.cancel(timer);
                self.copying.timer = None;
            }
            (None, None) => {}
        }
    }

    /// Counts what a copy took out of its site, by whatever way.
    fn note_copied_out(&mut self, workload: WorkloadId) {
        let source: SiteId = self.world.offers[self.source_offer(workload)].site;
        let to = self.assignment(workload).to.map(|to| self.world.offers[to].site);
        if to.is_some_and(|to| to != source) {
            let gb = self.volume(workload).as_gb();
            self.note_sent(source, self.link_of(workload), gb);
        }
    }

    /// The first copy of a workload is complete.
    pub(super) fn copied(&mut self, workload: WorkloadId, scheduler: &mut Scheduler<Event>) {
        self.programme.copy_times(workload).until = scheduler.now();
        let group = self.world.workloads[workload].application;
        if self.count_copy(group) {
            self.ready_for_cutover(group, scheduler);
        }
    }

    /// How long a workload must stand still for its last bytes: all of its disk
    /// when it moves cold, else what changed since the last hourly cycle, at the
    /// rate of the narrowest part of its way.
    pub(super) fn last_bytes(&self, workload: WorkloadId) -> Span {
        let assignment = self.assignment(workload);
        let hourly = self.figures.value(self.world.factory.daily_change) / 24.0;
        let bytes = match assignment.method {
            Method::Live | Method::Offline => return Span::ZERO,
            Method::Cold => self.volume(workload),
            Method::Replicated | Method::Conversion | Method::Rebuild => self.volume(workload).scaled(hourly),
        };
        let tool = assignment.tool.map(|tool| &self.world.tools[tool]);
        let rates = [
            Some(self.world.factory.host_read),
            self.link_of(workload).map(|link| self.world.links[link].bandwidth),
            tool.and_then(|tool| throughput(self.world, tool)),
            tool.and_then(per_copy),
        ];
        let narrowest = rates.into_iter().flatten().min().unwrap_or(self.world.factory.host_read);
        narrowest.time_for(bytes)
    }
}
