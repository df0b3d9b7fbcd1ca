//! The discrete-event core: a clock, the events to come, and what they compete for.
//!
//! It knows nothing of clouds and could be a library of its own. This page is its tour.
//!
//! # A model
//!
//! A model is a type with its state, an enum of what can happen, and one function that
//! says what each event does. Here a desk with one clerk, customers who arrive and are
//! served after exponential times (the queue M/M/1):
//!
//! ```
//! use portolan::base::random::{Draws, EntityKey, EntityKind, Purpose, Stream};
//! use portolan::base::units::{SimTime, Span};
//! use portolan::kernel::{Admission, Demand, Engine, Model, QueuedResource, Scheduler, Tally};
//!
//! enum Event {
//!     Arrive,
//!     Depart,
//! }
//!
//! struct Desk {
//!     arrivals: Stream,
//!     services: Stream,
//!     clerk: QueuedResource<()>,
//!     waits: Tally,
//! }
//!
//! impl Desk {
//!     fn serve(&mut self, waited: Span, scheduler: &mut Scheduler<Event>) {
//!         self.waits.record(waited.as_seconds());
//!         let service = Span::from_seconds_f64(self.services.exponential(1.0));
//!         scheduler.schedule_after(service, Event::Depart);
//!     }
//! }
//!
//! impl Model for Desk {
//!     type Event = Event;
//!
//!     fn handle(&mut self, event: Event, scheduler: &mut Scheduler<Event>) {
//!         let now = scheduler.now();
//!         match event {
//!             Event::Arrive => {
//!                 let gap = Span::from_seconds_f64(self.arrivals.exponential(2.0));
//!                 scheduler.schedule_after(gap, Event::Arrive);
//!                 if self.clerk.request(now, Demand::one(())) == Admission::Started {
//!                     self.serve(Span::ZERO, scheduler);
//!                 }
//!             }
//!             Event::Depart => {
//!                 self.clerk.release(now, 1);
//!                 if let Some(next) = self.clerk.start_next(now) {
//!                     self.serve(next.waited, scheduler);
//!                 }
//!             }
//!         }
//!     }
//! }
//!
//! const DESK: EntityKey = EntityKey::new(EntityKind::new("desk"), "front", 0);
//! let draws = Draws { seed: 42, replication: 0 };
//! let mut engine = Engine::new(Desk {
//!     arrivals: draws.stream(Purpose::new("interarrival time"), DESK),
//!     services: draws.stream(Purpose::new("service time"), DESK),
//!     clerk: QueuedResource::new(SimTime::START, 1),
//!     waits: Tally::new(),
//! });
//! engine.scheduler_mut().schedule_at(SimTime::START, Event::Arrive);
//! engine.run_until(SimTime::START + Span::from_days(2));
//!
//! // In theory the clerk is busy half of the time and customers wait one second.
//! let busy = engine.model().clerk.usage().mean(engine.now());
//! let wait = engine.model().waits.mean().unwrap();
//! assert!((busy - 0.5).abs() < 0.01 && (wait - 1.0).abs() < 0.1, "{busy} {wait}");
//! ```
//!
//! # A run until a condition, and what theory says
//!
//! A repair shop: six machines that fail, two mechanics, the other broken machines wait in
//! line (the queue M/M/2//6). Each machine has random streams of its own, so a seventh
//! would change nobody's luck. The run ends on a condition, and is checked against the
//! closed form of the birth and death process.
//!
//! ```
//! use portolan::base::random::{Draws, EntityKey, EntityKind, Purpose, Stream};
//! use portolan::base::units::{SimTime, Span};
//! use portolan::kernel::{
//!     Admission, Demand, Ended, Engine, Model, QueuedResource, Sample, Scheduler, TimeWeighted,
//! };
//!
//! const MACHINE: EntityKind = EntityKind::new("machine");
//! const UPTIME: Purpose = Purpose::new("time to failure");
//! const REPAIR: Purpose = Purpose::new("time to repair");
//! const MACHINES: u64 = 6;
//! const MECHANICS: u64 = 2;
//! const HOURS_UP: f64 = 8.0;
//! const HOURS_OF_REPAIR: f64 = 2.0;
//!
//! #[derive(Clone, Copy)]
//! enum Event {
//!     Fail(usize),
//!     Repaired(usize),
//! }
//!
//! struct Shop {
//!     uptimes: Vec<Stream>,
//!     repairs: Vec<Stream>,
//!     mechanics: QueuedResource<usize>,
//!     broken: TimeWeighted,
//!     hours_waited: Sample,
//! }
//!
//! impl Shop {
//!     fn repair(&mut self, machine: usize, waited: Span, scheduler: &mut Scheduler<Event>) {
//!         self.hours_waited.record(waited.as_hours());
//!         let hours = self.repairs[machine].exponential(HOURS_OF_REPAIR);
//!         scheduler.schedule_after(Span::from_hours_f64(hours), Event::Repaired(machine));
//!     }
//!
//!     fn run(&mut self, machine: usize, scheduler: &mut Scheduler<Event>) {
//!         let hours = self.uptimes[machine].exponential(HOURS_UP);
//!         scheduler.schedule_after(Span::from_hours_f64(hours), Event::Fail(machine));
//!     }
//! }
//!
//! impl Model for Shop {
//!     type Event = Event;
//!
//!     fn handle(&mut self, event: Event, scheduler: &mut Scheduler<Event>) {
//!         let now = scheduler.now();
//!         match event {
//!             Event::Fail(machine) => {
//!                 self.broken.add(now, 1.0);
//!                 if self.mechanics.request(now, Demand::one(machine)) == Admission::Started {
//!                     self.repair(machine, Span::ZERO, scheduler);
//!                 }
//!             }
//!             Event::Repaired(machine) => {
//!                 self.broken.add(now, -1.0);
//!                 self.run(machine, scheduler);
//!                 self.mechanics.release(now, 1);
//!                 if let Some(next) = self.mechanics.start_next(now) {
//!                     self.repair(next.job, next.waited, scheduler);
//!                 }
//!             }
//!         }
//!     }
//! }
//!
//! let draws = Draws { seed: 42, replication: 0 };
//! let streams = |purpose| {
//!     let machine = |ordinal| EntityKey::new(MACHINE, "lathe", ordinal);
//!     (0..MACHINES).map(|ordinal| draws.stream(purpose, machine(ordinal))).collect()
//! };
//! let mut engine = Engine::new(Shop {
//!     uptimes: streams(UPTIME),
//!     repairs: streams(REPAIR),
//!     mechanics: QueuedResource::new(SimTime::START, MECHANICS),
//!     broken: TimeWeighted::new(SimTime::START, 0.0),
//!     hours_waited: Sample::new(),
//! });
//! let (shop, scheduler) = engine.parts_mut();
//! (0..MACHINES as usize).for_each(|machine| shop.run(machine, scheduler));
//! let ended = engine.run_while(SimTime::NEVER, |shop| shop.hours_waited.len() < 50_000);
//! assert_eq!(ended, Ended::Stopped);
//!
//! // How likely n broken machines are, but for a common factor: each of the others fails
//! // once in 8 hours, each mechanic ends a repair once in 2.
//! let mut weights = vec![1.0];
//! for n in 1..=MACHINES {
//!     let failing = (MACHINES - n + 1) as f64 / HOURS_UP;
//!     let ending = n.min(MECHANICS) as f64 / HOURS_OF_REPAIR;
//!     weights.push(weights[n as usize - 1] * failing / ending);
//! }
//! let expected = weights.iter().zip(0..).map(|(weight, n)| weight * f64::from(n)).sum::<f64>()
//!     / weights.iter().sum::<f64>();
//!
//! let now = engine.now();
//! let broken = engine.model().broken.mean(now);
//! // Some four standard errors after 50,000 repairs.
//! assert!((broken / expected - 1.0).abs() < 0.03, "{broken} of {expected} in theory");
//! // More than half of the broken machines are seen to at once, one in twenty waits long.
//! let waits = &mut engine.model_mut().hours_waited;
//! let (median, p95) = (waits.quantile(0.5).unwrap(), waits.quantile(0.95).unwrap());
//! assert!(median == 0.0 && (2.0..5.0).contains(&p95), "{median} {p95}");
//! ```
//!
//! # Time
//!
//! Time is a whole number of nanoseconds ([`SimTime`](crate::base::units::SimTime)), so
//! it is equal or it is not, and does not lose digits in the fifth year. Events of one
//! instant are in total order: by [`Priority`], then in the order of scheduling. A run
//! ends at a time ([`Engine::run_until`]), on a condition ([`Engine::run_while`]), or when
//! the model says so ([`Scheduler::stop`]); [`Ended`] tells which, and it goes on from there.
//!
//! [`Scheduler::cancel`] and [`Scheduler::retime`] are real: a cancelled event is gone
//! before the clock moves and holds no memory.
//!
//! # What events compete for
//!
//! | type | is | a change costs |
//! |---|---|---|
//! | [`QueuedResource`] | units and a queue with priorities: staff, slots, servers; a calendar opens and closes units | O(1) |
//! | [`FairShare`] | one capacity shared equally by all who use it | O(log n) |
//! | [`MaxMin`] | flows that cross several capacities | the part connected to it |
//!
//! They are plain data and call nobody. They answer when the next of their jobs ends;
//! the model keeps one event for that and re-times it after each change:
//!
//! ```
//! use portolan::base::units::{Bandwidth, Bytes, SimTime, Span};
//! use portolan::kernel::{Engine, EventId, FairShare, Model, Scheduler};
//!
//! #[derive(Clone, Copy)]
//! enum Event {
//!     Copy { name: &'static str, volume: Bytes },
//!     Finished,
//! }
//!
//! #[derive(Clone)]
//! struct Link {
//!     share: FairShare<&'static str>,
//!     finished: EventId,
//!     log: Vec<(SimTime, &'static str)>,
//! }
//!
//! impl Model for Link {
//!     type Event = Event;
//!
//!     fn handle(&mut self, event: Event, scheduler: &mut Scheduler<Event>) {
//!         let now = scheduler.now();
//!         match event {
//!             Event::Copy { name, volume } => {
//!                 self.share.add(now, volume, name);
//!             }
//!             Event::Finished => {
//!                 while let Some(name) = self.share.complete(now) {
//!                     self.log.push((now, name));
//!                 }
//!                 self.finished = scheduler.schedule_at(SimTime::NEVER, Event::Finished);
//!             }
//!         }
//!         let next = self.share.next_completion().unwrap_or(SimTime::NEVER);
//!         scheduler.retime(self.finished, next);
//!     }
//! }
//!
//! let second = |n| SimTime::START + Span::from_seconds(n);
//! let mut scheduler = Scheduler::new();
//! let finished = scheduler.schedule_at(SimTime::NEVER, Event::Finished);
//! scheduler.schedule_at(second(0), Event::Copy { name: "erp", volume: Bytes::new(3_000_000) });
//! scheduler.schedule_at(second(1), Event::Copy { name: "web", volume: Bytes::new(1_000_000) });
//! let share = FairShare::new(SimTime::START, Bandwidth::from_mbit(8));
//! let mut engine = Engine::resume(Link { share, finished, log: Vec::new() }, scheduler);
//!
//! // All is plain data: a copy is a fork that goes its own way.
//! engine.run_until(second(2));
//! let mut fork = engine.clone();
//! fork.scheduler_mut().schedule_at(second(2), Event::Copy { name: "new", volume: Bytes::new(1) });
//! engine.run();
//! fork.run();
//! assert_eq!(engine.model().log, [(second(3), "web"), (second(4), "erp")]);
//! assert_eq!(fork.model().log.len(), 3);
//! ```
//!
//! # What is measured
//!
//! [`Tally`] for observations, [`TimeWeighted`] for levels that hold over time,
//! [`Sample`] for quantiles. Randomness is in [`base::random`](crate::base::random).
//!
//! # Invariants
//!
//! No boxes, callbacks, threads or shared pointers: events are values, and whatever a
//! model and its engine hold is `Clone`. No wall clock and no hash map, so a run
//! is a function of the model and its seed. Broken invariants (an event in the past, a
//! resource given back twice, an end that was passed over) panic in release builds too.

mod engine;
mod equal;
mod far;
mod heap;
mod maxmin;
mod queue;
mod resource;
mod share;
mod soonest;
mod tally;

pub use engine::{Ended, Engine, Model, Scheduler};
pub use maxmin::{Flow, FlowId, MaxMin, ResourceId};
pub use queue::{EventId, EventQueue, Priority};
pub use resource::{Admission, Demand, QueuedResource, Started, Ticket};
pub use share::{FairShare, TransferId};
pub use tally::{Sample, Tally, TimeWeighted};

#[cfg(test)]
mod validation;
