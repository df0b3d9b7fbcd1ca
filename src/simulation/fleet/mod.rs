//! The life of virtual machines on the hosts of one site.
//!
//! A [`Fleet`] is a [`Model`](crate::kernel::Model) of its own, beside the one that
//! moves estates between sites: machines arrive, run, are resized, move live from host
//! to host and end; their use is sampled against what the hosts physically have. Hosts
//! and machines lie in flat arrays. An event that touches a machine looks at no more
//! hosts than its policy says; only a sample is a sweep.
//!
//! The rules, all stated in [`Rules`]:
//!
//! - A machine that finds no host waits. It is tried again at a fixed interval and
//!   given up when it has waited so long. A resize or a move that finds no host is
//!   treated alike, while the machine goes on as it is.
//! - The life of a machine starts when it starts to run. Starting and stopping take no
//!   time.
//! - A live move takes memory / the slower of the two hosts' network cards. Moves do
//!   not slow each other down. Room is held on both hosts until the copy is complete;
//!   until then the machine runs where it was, and from then on where it goes to.
//! - Events of one instant happen in the order in which they were scheduled; samples
//!   are taken after all of them.

mod load;
mod machine;
mod model;
mod observer;
#[cfg(test)]
mod tests;

pub use load::{HostSample, Loaded, Usage};
pub use machine::{Change, HostGroup, Planned, Rules, Vm, VmId, Whereabouts};
pub use model::{Counts, Event, Fleet};
pub use observer::{Happening, Observer, Unobserved};
