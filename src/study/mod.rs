//! Many runs: what a scenario is worth under ignorance and chance.

mod exit;
mod follow;
mod rehearsal;
mod relief;
mod results;
mod runner;
mod summary;

pub use exit::{
    ExitMonth, ExitQuestion, ExitStudy, ExplainedExit, Passengers, StrategyExit, leave, parties_to_leave,
    party_named,
};
pub use follow::{figures_of, follow};
pub use relief::Relief;
pub use results::{BrokenLimit, Curves, ExitRehearsals, Forecast, Path, Results, StrategyResults};
pub use runner::{Inputs, Progress, Settings, run};
pub use summary::Summary;
