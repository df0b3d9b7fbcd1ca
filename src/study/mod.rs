//! Many runs: what a scenario is worth under ignorance and chance.

pub mod analyses;
pub mod designs;
mod exit;
mod findings;
#[cfg(test)]
pub(crate) mod fixture;
mod follow;
mod question;
mod rehearsal;
mod relief;
mod results;
mod runner;
pub mod statistics;
mod summary;
pub mod trials;

pub use exit::{
    ExitMonth, ExitQuestion, ExitStudy, ExplainedExit, Passengers, StrategyExit, leave, parties_to_leave,
    party_named,
};
pub use findings::{Findings, Record, StandIn};
pub use follow::{figures_of, follow};
pub use question::{Alternative, Better, Input, LEAST, Measure, Outcome, Study, Unit};
pub use relief::Relief;
pub use results::{BrokenLimit, Curves, ExitRehearsals, Forecast, Path, Results, StrategyResults};
pub use runner::{Inputs, Progress, Settings, run};
pub use summary::Summary;
