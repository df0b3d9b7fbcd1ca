//! simcore 0.1: components hold a context, receive boxed events through `EventHandler` and
//! match them by `cast!`, as in its example `intro-callbacks`. Draws come from the
//! simulation's own generator (PCG-64) through the context, with `rand_distr`.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

use rand_distr::Exp;
use serde::Serialize;
use simcore::{Event, EventHandler, EventId, Id, Simulation, SimulationContext, cast};

use crate::{Outcome, Work, timeout};

const SEED: u64 = 42;

fn mean(mean: f64) -> Exp<f64> {
    Exp::new(1.0 / mean).expect("a positive rate")
}

/// M/M/1 at half load.
pub struct Desk {
    simulation: Simulation,
    desk: Rc<RefCell<DeskModel>>,
}

#[derive(Clone, Serialize)]
struct Arrive {}

#[derive(Clone, Serialize)]
struct Depart {}

struct DeskModel {
    ctx: SimulationContext,
    interarrival: Exp<f64>,
    service: Exp<f64>,
    busy: bool,
    waiting: VecDeque<f64>,
    served: u64,
    waited: f64,
}

impl DeskModel {
    fn arrive(&mut self) {
        self.ctx.emit_self(Arrive {}, self.ctx.sample_from_distribution(&self.interarrival));
        if self.busy {
            self.waiting.push_back(self.ctx.time());
        } else {
            self.busy = true;
            self.serve(0.0);
        }
    }

    fn depart(&mut self) {
        match self.waiting.pop_front() {
            Some(since) => self.serve(self.ctx.time() - since),
            None => self.busy = false,
        }
    }

    fn serve(&mut self, waited: f64) {
        self.served += 1;
        self.waited += waited;
        self.ctx.emit_self(Depart {}, self.ctx.sample_from_distribution(&self.service));
    }
}

impl EventHandler for DeskModel {
    fn on(&mut self, event: Event) {
        cast!(match event.data {
            Arrive {} => {
                self.arrive()
            }
            Depart {} => {
                self.depart()
            }
        })
    }
}

impl Desk {
    /// An empty desk.
    pub fn new() -> Self {
        let mut simulation = Simulation::new(SEED);
        let ctx = simulation.create_context("desk");
        ctx.emit_self_now(Arrive {});
        let desk = Rc::new(RefCell::new(DeskModel {
            ctx,
            interarrival: mean(2.0),
            service: mean(1.0),
            busy: false,
            waiting: VecDeque::new(),
            served: 0,
            waited: 0.0,
        }));
        simulation.add_handler("desk", desk.clone());
        Self { simulation, desk }
    }
}

impl Work for Desk {
    fn advance(&mut self, amount: u64) -> u64 {
        let before = self.desk.borrow().served;
        // Two events a customer.
        self.simulation.steps(2 * amount);
        self.desk.borrow().served - before
    }

    fn outcome(&self) -> Outcome {
        let desk = self.desk.borrow();
        Outcome { events: desk.served, mean: desk.waited / desk.served as f64 }
    }
}

/// PHOLD, a component a place.
pub struct Phold {
    simulation: Simulation,
    places: Vec<Rc<RefCell<Place>>>,
}

#[derive(Clone, Serialize)]
struct Job {}

struct Place {
    ctx: SimulationContext,
    delay: Exp<f64>,
    /// Ids are given in the order of creation, so these are all places.
    places: Id,
    visits: u64,
}

impl Place {
    fn send_on(&self) {
        let target = self.ctx.gen_range(0..self.places);
        self.ctx.emit(Job {}, target, self.ctx.sample_from_distribution(&self.delay));
    }
}

impl EventHandler for Place {
    fn on(&mut self, event: Event) {
        cast!(match event.data {
            Job {} => {
                self.visits += 1;
                self.send_on();
            }
        })
    }
}

impl Phold {
    /// So many places, with so many jobs each to begin with.
    pub fn new(places: u32, jobs: u32) -> Self {
        let mut simulation = Simulation::new(SEED);
        let places: Vec<_> = (0..places)
            .map(|place| {
                let name = format!("place {place}");
                let ctx = simulation.create_context(&name);
                let place = Rc::new(RefCell::new(Place { ctx, delay: mean(1.0), places, visits: 0 }));
                simulation.add_handler(&name, place.clone());
                place
            })
            .collect();
        for place in &places {
            (0..jobs).for_each(|_| place.borrow().send_on());
        }
        Self { simulation, places }
    }
}

impl Work for Phold {
    fn advance(&mut self, amount: u64) -> u64 {
        self.simulation.steps(amount);
        amount
    }

    fn outcome(&self) -> Outcome {
        let events: u64 = self.places.iter().map(|place| place.borrow().visits).sum();
        Outcome { events, mean: self.simulation.time() / events as f64 }
    }
}

/// Timers that are set again before they run out: cancelled and emitted anew, since simcore
/// cannot move an event.
pub struct Timers {
    simulation: Simulation,
    timers: Rc<RefCell<TimerModel>>,
    retimed: u64,
}

#[derive(Clone, Serialize)]
struct Expire {
    timer: u32,
}

struct TimerModel {
    ctx: SimulationContext,
    timers: Vec<EventId>,
    fired: u64,
}

impl TimerModel {
    fn set(&self, timer: u32, timers: usize) -> EventId {
        let delay = timeout(timers, self.ctx.rand());
        self.ctx.emit_self(Expire { timer }, delay)
    }

    fn retime_one(&mut self) {
        let which = self.ctx.gen_range(0..self.timers.len());
        self.ctx.cancel_event(self.timers[which]);
        self.timers[which] = self.set(which as u32, self.timers.len());
    }
}

impl EventHandler for TimerModel {
    fn on(&mut self, event: Event) {
        cast!(match event.data {
            Expire { timer } => {
                self.fired += 1;
                self.timers[timer as usize] = self.set(timer, self.timers.len());
            }
        })
    }
}

impl Timers {
    /// So many timers.
    pub fn new(timers: u32) -> Self {
        let mut simulation = Simulation::new(SEED);
        let ctx = simulation.create_context("timers");
        let mut model = TimerModel { ctx, timers: Vec::new(), fired: 0 };
        for timer in 0..timers {
            let event = model.set(timer, timers as usize);
            model.timers.push(event);
        }
        let timers = Rc::new(RefCell::new(model));
        simulation.add_handler("timers", timers.clone());
        Self { simulation, timers, retimed: 0 }
    }
}

impl Work for Timers {
    fn advance(&mut self, amount: u64) -> u64 {
        const BATCH: u64 = 100;
        for _ in 0..amount / BATCH {
            let mut timers = self.timers.borrow_mut();
            (0..BATCH).for_each(|_| timers.retime_one());
            drop(timers);
            self.simulation.step_for_duration(BATCH as f64);
        }
        self.retimed += amount / BATCH * BATCH;
        amount / BATCH * BATCH
    }

    fn outcome(&self) -> Outcome {
        Outcome { events: self.retimed, mean: self.timers.borrow().fired as f64 / self.retimed as f64 }
    }
}
