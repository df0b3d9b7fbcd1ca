//! Which host takes a workload: the pool with its books, and the policies.
//!
//! A policy is a stateless function over a [`Pool`]; the pool alone changes what
//! hosts hold. At any time the sum of what workloads hold on a host equals
//! what the pool believes ([`Pool::audit`]).
//!
//! The policies that order hosts by one resource search trees of the largest free
//! memory per number of free virtual processors ([`Pool::ordered`]); those that score
//! hosts score each distinct free state once ([`Pool::groups`]).

mod best_fit;
mod first_fit;
mod next_fit;
mod ordered;
mod policy;
mod pool;
mod random_fit;
mod states;
mod worst_fit;

pub use best_fit::best_fit;
pub use first_fit::first_fit;
pub use next_fit::next_fit;
pub use ordered::Ordered;
pub use policy::{Policy, Turn};
pub use pool::{Demand, Host, HostState, Pool, Shortfall};
pub use random_fit::random_fit;
pub use states::Group;
pub use worst_fit::worst_fit;

#[cfg(test)]
mod tests;
