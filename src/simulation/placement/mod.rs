//! Which host takes a workload: the pool with its books, and the policies.
//!
//! A policy is a stateless function over a [`Pool`]; the pool alone changes what
//! hosts hold. At any time the sum of what workloads hold on a host equals
//! what the pool believes ([`Pool::audit`]).

mod best_fit;
mod pool;

pub use best_fit::best_fit;
pub use pool::{Demand, Host, HostState, Pool, Shortfall};
