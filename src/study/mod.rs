//! Many runs: what a scenario is worth under ignorance and chance.

mod rehearsal;
mod results;
mod runner;
mod summary;

pub use results::{BrokenLimit, Curves, ExitRehearsals, Forecast, Path, Results, StrategyResults};
pub use runner::{Inputs, Progress, Settings, run};
pub use summary::Summary;
