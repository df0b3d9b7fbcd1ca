//! Which host takes a workload: the pool with its books, and the policies.
//!
//! A policy is a stateless function over a [`Pool`]; the pool alone changes what
//! hosts hold. At any time the sum of what workloads hold on a host equals
//! what the pool believes ([`Pool::audit`]).
//!
//! The policies that order hosts by one resource search trees of the largest free
//! memory per number of free virtual processors ([`Pool::ordered`]); those that score
//! hosts score each distinct free state once ([`Pool::groups`]).
//!
//! [`choose()`] is the one entry for all policies: it asks the [`Filters`] about a workload
//! that has rules, and says why where no host is left ([`Refusal`]). [`rebalance()`] levels
//! hosts afterwards.

mod best_fit;
mod choose;
mod filters;
mod first_fit;
mod next_fit;
mod ordered;
mod policies;
mod pool;
mod random_fit;
mod rebalance;
mod refusal;
mod states;
mod turn;
mod worst_fit;

pub use best_fit::best_fit;
pub use choose::{Hosts, Request, among, choose, find};
pub use filters::{Bound, Exclusion, Filter, Filters, Pitch, RuleBook};
pub use first_fit::first_fit;
pub use next_fit::next_fit;
pub use ordered::Ordered;
pub use pool::{Demand, Host, HostState, Pool, Shortfall};
pub use random_fit::random_fit;
pub use rebalance::{Entitlement, Move, MoveReason, Resident, priority, rebalance, tolerance};
pub use refusal::{Excluded, Names, Refusal, Short};
pub use states::Group;
pub use turn::Turn;
pub use worst_fit::worst_fit;

#[cfg(test)]
mod tests;
