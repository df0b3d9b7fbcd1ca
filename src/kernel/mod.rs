//! The discrete-event core.
mod engine;
mod equal;
mod heap;
mod queue;
mod resource;
mod share;
mod tally;

pub use engine::{Ended, Engine, Model, Scheduler};
pub use queue::{EventId, EventQueue, Priority};
pub use resource::{Admission, Demand, QueuedResource, Started, Ticket};
pub use share::{FairShare, TransferId};
pub use tally::{Sample, Tally, TimeWeighted};
