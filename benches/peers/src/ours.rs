//! Portolan: a model is an enum of events and one function; draws come from addressed
//! ChaCha8 streams, one for each purpose, as everywhere in the product.

use std::collections::VecDeque;

use portolan::base::random::{Draws, EntityKey, EntityKind, Purpose, Stream};
use portolan::base::units::{Bandwidth, Bytes, SimTime, Span};
use portolan::kernel::{
    Admission, Demand as Request, Engine, EventId, FairShare, Flow, MaxMin, Model, QueuedResource,
    ResourceId, Scheduler,
};

use crate::{Demand, Network, Outcome, Work, timeout};

const BENCH: EntityKey = EntityKey::new(EntityKind::new("bench"), "peers", 0);

fn stream(purpose: Purpose) -> Stream {
    Draws { seed: 42, replication: 0 }.stream(purpose, BENCH)
}

/// M/M/1 at half load, with a queue of its own as the peers' desks have.
pub struct Desk {
    engine: Engine<DeskModel>,
}

struct DeskModel {
    arrivals: Stream,
    services: Stream,
    busy: bool,
    waiting: VecDeque<SimTime>,
    served: u64,
    waited: Span,
}

enum DeskEvent {
    Arrive,
    Depart,
}

impl DeskModel {
    fn serve(&mut self, waited: Span, scheduler: &mut Scheduler<DeskEvent>) {
        self.served += 1;
        self.waited += waited;
        let service = Span::from_seconds_f64(self.services.exponential(1.0));
        scheduler.schedule_after(service, DeskEvent::Depart);
    }
}

impl Model for DeskModel {
    type Event = DeskEvent;

    fn handle(&mut self, event: DeskEvent, scheduler: &mut Scheduler<DeskEvent>) {
        let now = scheduler.now();
        match event {
            DeskEvent::Arrive => {
                let gap = Span::from_seconds_f64(self.arrivals.exponential(2.0));
                scheduler.schedule_after(gap, DeskEvent::Arrive);
                if self.busy {
                    self.waiting.push_back(now);
                } else {
                    self.busy = true;
                    self.serve(Span::ZERO, scheduler);
                }
            }
            DeskEvent::Depart => match self.waiting.pop_front() {
                Some(since) => self.serve(now.since(since), scheduler),
                None => self.busy = false,
            },
        }
    }
}

impl Desk {
    /// An empty desk.
    pub fn new() -> Self {
        let mut engine = Engine::new(DeskModel {
            arrivals: stream(Purpose::new("arrival")),
            services: stream(Purpose::new("service")),
            busy: false,
            waiting: VecDeque::new(),
            served: 0,
            waited: Span::ZERO,
        });
        engine.scheduler_mut().schedule_at(SimTime::START, DeskEvent::Arrive);
        Self { engine }
    }
}

impl Work for Desk {
    fn advance(&mut self, amount: u64) -> u64 {
        let before = self.engine.model().served;
        self.engine.run_while(SimTime::NEVER, |desk| desk.served < before + amount);
        self.engine.model().served - before
    }

    fn outcome(&self) -> Outcome {
        let desk = self.engine.model();
        Outcome { events: desk.served, mean: desk.waited.as_seconds() / desk.served as f64 }
    }
}

/// The same desk by [`QueuedResource`], which also measures use and queue over time.
pub struct StaffedDesk {
    engine: Engine<StaffedModel>,
}

struct StaffedModel {
    arrivals: Stream,
    services: Stream,
    clerk: QueuedResource<()>,
    served: u64,
    waited: Span,
}

impl StaffedModel {
    fn serve(&mut self, waited: Span, scheduler: &mut Scheduler<DeskEvent>) {
        self.served += 1;
        self.waited += waited;
        let service = Span::from_seconds_f64(self.services.exponential(1.0));
        scheduler.schedule_after(service, DeskEvent::Depart);
    }
}

impl Model for StaffedModel {
    type Event = DeskEvent;

    fn handle(&mut self, event: DeskEvent, scheduler: &mut Scheduler<DeskEvent>) {
        let now = scheduler.now();
        match event {
            DeskEvent::Arrive => {
                let gap = Span::from_seconds_f64(self.arrivals.exponential(2.0));
                scheduler.schedule_after(gap, DeskEvent::Arrive);
                if self.clerk.request(now, Request::one(())) == Admission::Started {
                    self.serve(Span::ZERO, scheduler);
                }
            }
            DeskEvent::Depart => {
                self.clerk.release(now, 1);
                if let Some(next) = self.clerk.start_next(now) {
                    self.serve(next.waited, scheduler);
                }
            }
        }
    }
}

impl StaffedDesk {
    /// An empty desk.
    pub fn new() -> Self {
        let mut engine = Engine::new(StaffedModel {
            arrivals: stream(Purpose::new("arrival")),
            services: stream(Purpose::new("service")),
            clerk: QueuedResource::new(SimTime::START, 1),
            served: 0,
            waited: Span::ZERO,
        });
        engine.scheduler_mut().schedule_at(SimTime::START, DeskEvent::Arrive);
        Self { engine }
    }
}

impl Work for StaffedDesk {
    fn advance(&mut self, amount: u64) -> u64 {
        let before = self.engine.model().served;
        self.engine.run_while(SimTime::NEVER, |desk| desk.served < before + amount);
        self.engine.model().served - before
    }

    fn outcome(&self) -> Outcome {
        let desk = self.engine.model();
        Outcome { events: desk.served, mean: desk.waited.as_seconds() / desk.served as f64 }
    }
}

/// PHOLD.
pub struct Phold {
    engine: Engine<PholdModel>,
}

struct PholdModel {
    delays: Stream,
    targets: Stream,
    visits: Vec<u64>,
    clock: SimTime,
}

impl Model for PholdModel {
    type Event = u32;

    fn handle(&mut self, place: u32, scheduler: &mut Scheduler<u32>) {
        self.visits[place as usize] += 1;
        self.clock = scheduler.now();
        let target = self.targets.below(self.visits.len() as u64) as u32;
        scheduler.schedule_after(Span::from_seconds_f64(self.delays.exponential(1.0)), target);
    }
}

impl Phold {
    /// So many places, with so many jobs each to begin with.
    pub fn new(places: u32, jobs: u32) -> Self {
        let mut engine = Engine::new(PholdModel {
            delays: stream(Purpose::new("delay")),
            targets: stream(Purpose::new("target")),
            visits: vec![0; places as usize],
            clock: SimTime::START,
        });
        for place in (0..places).flat_map(|place| (0..jobs).map(move |_| place)) {
            let (model, scheduler) = engine.parts_mut();
            scheduler.schedule_after(Span::from_seconds_f64(model.delays.exponential(1.0)), place);
        }
        Self { engine }
    }
}

impl Work for Phold {
    fn advance(&mut self, amount: u64) -> u64 {
        (0..amount).filter(|_| self.engine.step()).count() as u64
    }

    fn outcome(&self) -> Outcome {
        let model = self.engine.model();
        let events: u64 = model.visits.iter().sum();
        Outcome { events, mean: model.clock.since(SimTime::START).as_seconds() / events as f64 }
    }
}

/// Timers that are set again before they run out.
pub struct Timers {
    engine: Engine<TimerModel>,
    numbers: Stream,
    retimed: u64,
}

struct TimerModel {
    delays: Stream,
    timers: Vec<EventId>,
    fired: u64,
}

impl Model for TimerModel {
    type Event = u32;

    fn handle(&mut self, timer: u32, scheduler: &mut Scheduler<u32>) {
        self.fired += 1;
        let delay = timeout(self.timers.len(), self.delays.uniform());
        self.timers[timer as usize] = scheduler.schedule_after(Span::from_seconds_f64(delay), timer);
    }
}

impl Timers {
    /// So many timers.
    pub fn new(timers: u32) -> Self {
        let model = TimerModel { delays: stream(Purpose::new("timeout")), timers: Vec::new(), fired: 0 };
        let mut engine = Engine::new(model);
        for timer in 0..timers {
            let (model, scheduler) = engine.parts_mut();
            let delay = Span::from_seconds_f64(timeout(timers as usize, model.delays.uniform()));
            model.timers.push(scheduler.schedule_after(delay, timer));
        }
        Self { engine, numbers: stream(Purpose::new("which")), retimed: 0 }
    }
}

impl Work for Timers {
    fn advance(&mut self, amount: u64) -> u64 {
        const BATCH: u64 = 100;
        for _ in 0..amount / BATCH {
            let (model, scheduler) = self.engine.parts_mut();
            for _ in 0..BATCH {
                let which = self.numbers.below(model.timers.len() as u64) as usize;
                let delay = Span::from_seconds_f64(timeout(model.timers.len(), self.numbers.uniform()));
                scheduler.retime(model.timers[which], scheduler.now() + delay);
            }
            self.engine.run_until(self.engine.now() + Span::from_seconds(BATCH));
        }
        self.retimed += amount / BATCH * BATCH;
        amount / BATCH * BATCH
    }

    fn outcome(&self) -> Outcome {
        Outcome { events: self.retimed, mean: self.engine.model().fired as f64 / self.retimed as f64 }
    }
}

/// One link shared by many transfers.
pub struct OneLink {
    link: FairShare<u32>,
    volumes: Stream,
    completed: u64,
    now: SimTime,
}

impl OneLink {
    /// So many transfers.
    pub fn new(transfers: u32) -> Self {
        let mut volumes = stream(Purpose::new("volume"));
        let mut link = FairShare::new(SimTime::START, Bandwidth::from_mbit(10_000));
        for transfer in 0..transfers {
            link.add(SimTime::START, volume(&mut volumes), transfer);
        }
        Self { link, volumes, completed: 0, now: SimTime::START }
    }
}

fn volume(numbers: &mut Stream) -> Bytes {
    Bytes::new(numbers.exponential(1e6) as u64 + 1)
}

impl Work for OneLink {
    fn advance(&mut self, amount: u64) -> u64 {
        for _ in 0..amount {
            self.now = self.link.next_completion().expect("as many are started as end");
            let transfer = self.link.complete(self.now).expect("due now");
            self.link.add(self.now, volume(&mut self.volumes), transfer);
        }
        self.completed += amount;
        amount
    }

    fn outcome(&self) -> Outcome {
        let seconds = self.now.since(SimTime::START).as_seconds();
        Outcome { events: self.completed, mean: seconds / self.completed as f64 }
    }
}

/// Flows over several links, solved by the component.
pub struct Flows {
    network: MaxMin<u32>,
    links: Vec<ResourceId>,
    shape: Network,
    completed: u64,
    now: SimTime,
}

impl Flows {
    /// The flows of a network.
    pub fn new(shape: Network) -> Self {
        let mut network = MaxMin::new(SimTime::START);
        let links = shape
            .capacities_mbit
            .iter()
            .map(|mbit| network.add_resource(Bandwidth::from_mbit(*mbit)))
            .collect();
        let mut flows = Self { network, links, shape, completed: 0, now: SimTime::START };
        for demand in flows.shape.first() {
            flows.start(demand);
        }
        flows
    }

    fn start(&mut self, demand: Demand) {
        let route = demand.route.map(|link| self.links[link as usize]);
        let flow = Flow { route: &route, cap: None, volume: Bytes::new(demand.volume), job: demand.part };
        self.network.add(self.now, flow);
    }
}

impl Work for Flows {
    fn advance(&mut self, amount: u64) -> u64 {
        for _ in 0..amount {
            self.now = self.network.next_completion().expect("as many are started as end").0;
            let (_, part) = self.network.complete(self.now).expect("due now");
            let demand = self.shape.next_in(part);
            self.start(demand);
        }
        self.completed += amount;
        amount
    }

    fn outcome(&self) -> Outcome {
        let seconds = self.now.since(SimTime::START).as_seconds();
        Outcome { events: self.completed, mean: seconds / self.completed as f64 }
    }
}
