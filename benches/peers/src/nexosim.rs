//! nexosim 1.0: models are actors with ports and inputs that schedule themselves, as in its
//! guide; one executor thread, which suits work without parallelism best. Draws come from
//! a `SmallRng` of each model with `rand_distr`, since nexosim brings no random numbers.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use nexosim::model::{Context, Model, schedulable};
use nexosim::ports::Output;
use nexosim::simulation::{Mailbox, SimInit, Simulation};
use nexosim::time::MonotonicTime;
use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};
use rand_distr::{Distribution, Exp1};
use serde::{Deserialize, Serialize};

use crate::{Outcome, Work};

/// A generator that can stand in a model, whose state must be serialisable.
#[derive(Serialize, Deserialize)]
struct Numbers {
    #[serde(skip, default = "numbers")]
    generator: SmallRng,
}

fn numbers() -> SmallRng {
    SmallRng::seed_from_u64(42)
}

impl Numbers {
    fn exponential(&mut self, mean: f64) -> Duration {
        let variate: f64 = Exp1.sample(&mut self.generator);
        Duration::from_secs_f64(mean * variate)
    }
}

/// What a model counts where the bench can read it.
#[derive(Clone, Default, Serialize, Deserialize)]
struct Counter {
    #[serde(skip)]
    count: Arc<AtomicU64>,
}

impl Counter {
    fn add(&self, amount: u64) {
        self.count.store(self.count.load(Relaxed) + amount, Relaxed);
    }

    fn get(&self) -> u64 {
        self.count.load(Relaxed)
    }
}

/// M/M/1 at half load.
pub struct Desk {
    simulation: Simulation,
    served: Counter,
    waited_ns: Counter,
}

#[derive(Serialize, Deserialize)]
struct DeskModel {
    numbers: Numbers,
    busy: bool,
    #[serde(skip)]
    waiting: VecDeque<MonotonicTime>,
    served: Counter,
    waited_ns: Counter,
}

#[Model]
impl DeskModel {
    #[nexosim(init)]
    async fn init(&mut self, cx: &Context<Self>) {
        self.await_next(cx);
    }

    #[nexosim(schedulable)]
    fn arrive(&mut self, _: (), cx: &Context<Self>) {
        self.await_next(cx);
        if self.busy {
            self.waiting.push_back(cx.time());
        } else {
            self.busy = true;
            self.serve(Duration::ZERO, cx);
        }
    }

    #[nexosim(schedulable)]
    fn depart(&mut self, _: (), cx: &Context<Self>) {
        match self.waiting.pop_front() {
            Some(since) => self.serve(cx.time().duration_since(since), cx),
            None => self.busy = false,
        }
    }

    fn await_next(&mut self, cx: &Context<Self>) {
        let gap = self.numbers.exponential(2.0);
        cx.schedule_event(gap, schedulable!(Self::arrive), ()).expect("in the future");
    }

    fn serve(&mut self, waited: Duration, cx: &Context<Self>) {
        self.served.add(1);
        self.waited_ns.add(waited.as_nanos() as u64);
        let service = self.numbers.exponential(1.0);
        cx.schedule_event(service, schedulable!(Self::depart), ()).expect("in the future");
    }
}

impl Desk {
    /// An empty desk.
    pub fn new() -> Self {
        let (served, waited_ns) = (Counter::default(), Counter::default());
        let model = DeskModel {
            numbers: Numbers { generator: numbers() },
            busy: false,
            waiting: VecDeque::new(),
            served: served.clone(),
            waited_ns: waited_ns.clone(),
        };
        let simulation = SimInit::with_num_threads(1)
            .add_model(model, Mailbox::new(), "desk")
            .init(MonotonicTime::EPOCH)
            .expect("a sound bench");
        Self { simulation, served, waited_ns }
    }
}

impl Work for Desk {
    fn advance(&mut self, amount: u64) -> u64 {
        let before = self.served.get();
        while self.served.get() < before + amount {
            self.simulation.step().expect("a sound bench");
        }
        self.served.get() - before
    }

    fn outcome(&self) -> Outcome {
        let served = self.served.get();
        Outcome { events: served, mean: self.waited_ns.get() as f64 / 1e9 / served as f64 }
    }
}

/// PHOLD. Only its own inputs can a model schedule for later, so a job waits out its delay
/// where it is and is then sent on, at once, through an output to one of sixteen
/// neighbours: connecting every place to every other would take a million ports.
pub struct Phold {
    simulation: Simulation,
    visits: Counter,
}

const NEIGHBOURS: usize = 16;

#[derive(Serialize, Deserialize)]
struct Place {
    numbers: Numbers,
    outputs: Vec<Output<()>>,
    jobs: u32,
    visits: Counter,
}

#[Model]
impl Place {
    #[nexosim(init)]
    async fn init(&mut self, cx: &Context<Self>) {
        for _ in 0..self.jobs {
            self.hold(cx);
        }
    }

    /// A job comes in.
    pub fn arrive(&mut self, _: (), cx: &Context<Self>) {
        self.visits.add(1);
        self.hold(cx);
    }

    fn hold(&mut self, cx: &Context<Self>) {
        let delay = self.numbers.exponential(1.0);
        cx.schedule_event(delay, schedulable!(Self::leave), ()).expect("in the future");
    }

    #[nexosim(schedulable)]
    async fn leave(&mut self, _: ()) {
        let neighbour = self.numbers.generator.gen_range(0..NEIGHBOURS);
        self.outputs[neighbour].send(()).await;
    }
}

impl Phold {
    /// So many places, with so many jobs each to begin with.
    pub fn new(places: u32, jobs: u32) -> Self {
        let visits = Counter::default();
        let mut generator = numbers();
        let mailboxes: Vec<Mailbox<Place>> = (0..places).map(|_| Mailbox::new()).collect();
        let models: Vec<Place> = (0..places)
            .map(|place| {
                let outputs = (0..NEIGHBOURS)
                    .map(|_| {
                        let mut output = Output::default();
                        let target = generator.gen_range(0..mailboxes.len());
                        output.connect(Place::arrive, &mailboxes[target]);
                        output
                    })
                    .collect();
                let numbers = Numbers { generator: SmallRng::seed_from_u64(u64::from(place)) };
                Place { numbers, outputs, jobs, visits: visits.clone() }
            })
            .collect();
        let mut init = SimInit::with_num_threads(1);
        for (place, (model, mailbox)) in models.into_iter().zip(mailboxes).enumerate() {
            init = init.add_model(model, mailbox, &format!("place {place}"));
        }
        let simulation = init.init(MonotonicTime::EPOCH).expect("a sound bench");
        Self { simulation, visits }
    }
}

impl Work for Phold {
    fn advance(&mut self, amount: u64) -> u64 {
        let before = self.visits.get();
        while self.visits.get() < before + amount {
            self.simulation.step().expect("a sound bench");
        }
        self.visits.get() - before
    }

    fn outcome(&self) -> Outcome {
        let events = self.visits.get();
        let seconds = self.simulation.time().duration_since(MonotonicTime::EPOCH).as_secs_f64();
        Outcome { events, mean: seconds / events as f64 }
    }
}
