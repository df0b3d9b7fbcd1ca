//! The discrete-event core.
mod engine;
mod heap;
mod queue;

pub use engine::{Ended, Engine, Model, Scheduler};
pub use queue::{EventId, EventQueue, Priority};
