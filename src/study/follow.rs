//! The same course of events again, for a fold of one's own.

use super::Settings;
use super::runner::{draws, figures};
use crate::simulation::journal::Receiver;
use crate::simulation::{Plan, Simulation};
use crate::world::{Figures, StrategyId, World};

/// Runs one strategy in one replication to the horizon for `receiver`: what happens is
/// what happened in the run of these settings, whose replications and rehearsals do not
/// matter to it.
pub fn follow<R: Receiver>(
    world: &World,
    settings: &Settings,
    strategy: StrategyId,
    replication: u32,
    receiver: R,
) -> R {
    let plan = Plan::of(world, &world.strategies[strategy]);
    let figures = figures(world, settings, replication);
    let mut running = Simulation::start(world, plan, figures, draws(settings, replication), receiver);
    running.run_to_horizon();
    running.close()
}

/// The figures of one replication, before dated price moves.
pub fn figures_of(world: &World, settings: &Settings, replication: u32) -> Figures {
    figures(world, settings, replication)
}
