//! Chance that does not depend on who asks first.
//!
//! A random number has an **address**: (seed, replication, [`Purpose`],
//! [`EntityKey`], k). The same address gives the same number whatever else the
//! program draws, on every machine and at any number of threads, so strategies
//! compared in one replication meet the same failures and the same prices, and
//! adding a host changes nobody else's luck.
//!
//! ```
//! use portolan::base::random::{Draws, EntityKey, EntityKind, Purpose};
//!
//! const HOST: EntityKind = EntityKind::new("host");
//! const FAILURE: Purpose = Purpose::new("time to failure");
//!
//! let draws = Draws { seed: 42, replication: 7 };
//! let third_host = EntityKey::new(HOST, "paris", 3);
//! let u = draws.uniform(FAILURE, third_host, 0);
//! assert_eq!(u, draws.uniform(FAILURE, third_host, 0));
//!
//! // In a hot loop, a sequential stream of the same address costs far less.
//! let mut failures = draws.stream(FAILURE, third_host);
//! let hours = failures.exponential(8_760.0);
//! assert!(hours > 0.0);
//! ```
//!
//! Every variate is the [`Distribution::quantile`] of one uniform number: a design
//! of experiments can put its own numbers in the place of the generator's, and a
//! parameter that moves a little moves the variate a little. Expensive quantiles
//! are tabulated once ([`Distribution::tabulate`]).

mod address;
mod distribution;
mod logarithm;
mod quantile;
mod special;

#[cfg(test)]
pub(crate) use address::log;
pub use address::{Draws, EntityKey, EntityKind, Purpose, Stream};
pub use distribution::{Bounds, Distribution, DistributionError, Outcome};
pub use quantile::Quantile;
