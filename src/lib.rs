//! Portolan answers one question for people who own a VMware-style estate: what
//! happens, over the coming years, if we move these workloads there, then, like that?
//!
//! # What is modelled
//!
//! Workloads on hosts and on instances; waves of move groups prepared by a crew,
//! copied over shared circuits, cut over in windows, rolled back and tried again;
//! contracts that end, renew or are bridged; licences counted by their sellers'
//! rules; failures and restarts; the bill of every month, line by line; and, at the
//! end, the rehearsed exit from whoever the estate depends on. Everything uncertain
//! is drawn anew in each replication, and all strategies meet the same draw.
//!
//! # An example
//!
//! The scenario that comes with the program, one strategy, one replication:
//!
//! ```
//! use portolan::base::diagnostics::{Diagnostics, Sources};
//! use portolan::base::random::Draws;
//! use portolan::input::catalog::Catalog;
//! use portolan::input::resolve::{self, Inputs, Origin};
//! use portolan::input::scenario::{self, Scenario};
//! use portolan::scoring::Scorer;
//! use portolan::simulation::{Plan, Simulation};
//! use portolan::world::Figures;
//!
//! // What the user wrote becomes a World: checked, indexed, immutable.
//! let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
//! let scenario = Scenario::read(scenario::DEFAULT.as_ref(), &mut sources, &mut diagnostics).unwrap();
//! let catalog = Catalog::for_scenario(&scenario, &mut sources, &mut diagnostics).unwrap();
//! let estate = resolve::own_estate(&scenario, &mut diagnostics).unwrap();
//! let inputs =
//!     Inputs { scenario: &scenario, catalog: &catalog, estate: &estate, origin: Origin::Scenario, sources: &sources };
//! let world = resolve::resolve(inputs, &mut diagnostics).unwrap();
//! assert_eq!(world.workloads.len(), 300);
//!
//! // A run is a pure function of World, plan, figures and the address of its chance.
//! let strategy = world.strategies.find(|strategy| strategy.name == "hyper-v").unwrap();
//! let draws = Draws { seed: 42, replication: 0 };
//! let figures = Figures::draw(&world, &draws);
//! let scorer = Scorer::new(&world, strategy, figures.value(world.discount_rate));
//! let plan = Plan::of(&world, &world.strategies[strategy]);
//! let mut running = Simulation::start(&world, plan, figures, draws, scorer);
//! running.run_to_horizon();
//!
//! // The Journal was folded into a Scorecard on the way.
//! let scorecard = running.close().finish();
//! assert_eq!(scorecard.migration.completed, 300);
//! assert!(scorecard.cost.npv < scorecard.cost.total);
//! ```
#![doc = "\n"]
#![doc = include_str!("ARCHITECTURE.md")]
#![deny(missing_docs)]

pub mod base;
#[cfg(feature = "cli")]
pub mod cli;
pub mod input;
pub mod kernel;
pub mod planner;
pub mod report;
pub mod scoring;
pub mod simulation;
pub mod study;
pub mod validation;
pub mod world;
