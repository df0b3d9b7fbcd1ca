//! The whole kernel against queueing theory: M/M/1.

use super::{Admission, Demand, Engine, Model, QueuedResource, Sample, Scheduler, Tally, TimeWeighted};
use crate::base::random::{Draws, EntityKey, EntityKind, Purpose, Stream};
use crate::base::units::{SimTime, Span};

const DESK: EntityKey = EntityKey::new(EntityKind::new("desk"), "the only one", 0);
const ARRIVAL: Purpose = Purpose::new("interarrival time");
const SERVICE: Purpose = Purpose::new("service time");

enum Event {
    Arrive,
    Depart,
}

struct Desk {
    mean_interarrival: f64,
    mean_service: f64,
    arrivals: Stream,
    services: Stream,
    server: QueuedResource<SimTime>,
    /// When the one being served arrived.
    serving: SimTime,
    present: TimeWeighted,
    delays: Vec<f64>,
    sojourns: Vec<f64>,
}

impl Desk {
    fn engine(draws: Draws, mean_interarrival: f64, mean_service: f64) -> Engine<Self> {
        let mut engine = Engine::new(Self {
            mean_interarrival,
            mean_service,
            arrivals: draws.stream(ARRIVAL, DESK),
            services: draws.stream(SERVICE, DESK),
            server: QueuedResource::new(SimTime::START, 1),
            serving: SimTime::START,
            present: TimeWeighted::new(SimTime::START, 0.0),
            delays: Vec::new(),
            sojourns: Vec::new(),
        });
        let (desk, scheduler) = engine.parts_mut();
        desk.await_next(scheduler);
        engine
    }

    fn await_next(&mut self, scheduler: &mut Scheduler<Event>) {
        let gap = Span::from_seconds_f64(self.arrivals.exponential(self.mean_interarrival));
        scheduler.schedule_after(gap, Event::Arrive);
    }

    fn serve(&mut self, arrived: SimTime, waited: Span, scheduler: &mut Scheduler<Event>) {
        self.serving = arrived;
        self.delays.push(waited.as_seconds());
        let service = Span::from_seconds_f64(self.services.exponential(self.mean_service));
        scheduler.schedule_after(service, Event::Depart);
    }
}

impl Model for Desk {
    type Event = Event;

    fn handle(&mut self, event: Event, scheduler: &mut Scheduler<Event>) {
        let now = scheduler.now();
        match event {
            Event::Arrive => {
                self.present.add(now, 1.0);
                self.await_next(scheduler);
                if self.server.request(now, Demand::one(now)) == Admission::Started {
                    self.serve(now, Span::ZERO, scheduler);
                }
            }
            Event::Depart => {
                self.present.add(now, -1.0);
                self.sojourns.push(now.since(self.serving).as_seconds());
                self.server.release(now, 1);
                if let Some(next) = self.server.start_next(now) {
                    self.serve(next.job, next.waited, scheduler);
                }
            }
        }
    }
}

/// The batch means of a figure must be within four of their standard errors of theory
/// (one run in 16,000 would fail by chance, and the seed is fixed), and that error must
/// be small enough for the check to mean something.
fn assert_agrees(figure: &str, batches: &Tally, theory: f64) {
    let (mean, error) = (batches.mean().unwrap(), batches.standard_error().unwrap());
    assert!((mean - theory).abs() < 4.0 * error, "{figure}: {mean} ± {error}, in theory {theory}");
    assert!(error < 0.01 * theory, "{figure}: a standard error of {error} shows nothing");
}

#[test]
fn half_loaded_it_behaves_as_queueing_theory_says() {
    let mut engine = Desk::engine(Draws { seed: 1, replication: 0 }, 2.0, 1.0);
    let (mut wait, mut sojourn, mut present, mut p95) =
        (Tally::new(), Tally::new(), Tally::new(), Tally::new());
    let batch = Span::from_seconds(50_000); // 25,000 customers, 2,500 times the memory of the queue
    let mut end = SimTime::START + Span::from_seconds(1_000);
    engine.run_until(end); // the empty start is forgotten
    for _ in 0..40 {
        let desk = engine.model_mut();
        desk.delays.clear();
        desk.sojourns.clear();
        desk.present.restart(end);
        end += batch;
        engine.run_until(end);
        let desk = engine.model();
        wait.record(desk.delays.iter().copied().collect::<Tally>().mean().unwrap());
        sojourn.record(desk.sojourns.iter().copied().collect::<Tally>().mean().unwrap());
        present.record(desk.present.mean(end));
        p95.record(desk.sojourns.iter().copied().collect::<Sample>().quantile(0.95).unwrap());
    }
    assert_agrees("Wq", &wait, 1.0);
    assert_agrees("W", &sojourn, 2.0);
    assert_agrees("L", &present, 1.0);
    assert_agrees("95 % of sojourns", &p95, 5.9915);
}

#[test]
fn heavily_loaded_from_empty_the_first_delays_are_the_published_ones() {
    let mut delays = Tally::new();
    for replication in 0..100_000 {
        let mut engine = Desk::engine(Draws { seed: 1, replication }, 1.0, 0.9);
        engine.run_while(SimTime::NEVER, |desk| desk.delays.len() < 25);
        delays.record(engine.model().delays.iter().copied().collect::<Tally>().mean().unwrap());
    }
    let error = delays.standard_error().unwrap();
    // The reference, 2.1251, has a standard error of .0009 itself.
    let tolerance = 4.0 * (error * error + 0.0009 * 0.0009).sqrt();
    let mean = delays.mean().unwrap();
    assert!((mean - 2.1251).abs() < tolerance, "{mean} ± {error}");
    assert!(tolerance < 0.04, "a tolerance of {tolerance} shows nothing");
}
