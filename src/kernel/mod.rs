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
//! # Time
//!
//! Time is a whole number of nanoseconds ([`SimTime`](crate::base::units::SimTime)), so
//! it is equal or it is not, and does not lose digits in the fifth year. Events of one
//! instant are in total order: by [`Priority`], then in the order of scheduling. A run
//! ends at a time, on a condition, or when the model says so ([`Ended`]), and goes on
//! from there.
//!
//! [`Scheduler::cancel`] and [`Scheduler::retime`] are real: a cancelled event is gone
//! before the clock moves and holds no memory.
//!
//! # What events compete for
//!
//! | type | is | a change costs |
//! |---|---|---|
//! | [`QueuedResource`] | units held one job each, with a queue: staff, slots, servers | O(1) |
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
