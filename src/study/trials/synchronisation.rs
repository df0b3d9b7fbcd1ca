//! That common random numbers are common: strategies compared in one replication meet
//! the same luck, whatever they do, are called, or stand beside.

use std::collections::BTreeMap;

use crate::base::random::{Draws, log};
use crate::base::units::SimTime;
use crate::input::scenario::preset;
use crate::scoring::Scorer;
use crate::simulation::{Plan, Simulation, exogenous};
use crate::validation::embedded;
use crate::world::{Figures, StrategyId, World};

const DRAWS: Draws = Draws { seed: 42, replication: 3 };

/// A scenario that comes with the program, its estate small.
fn text(name: &str) -> String {
    preset(name).expect("it comes with the program").1.replace("workloads: 300", "workloads: 60")
}

fn run(world: &World, strategy: StrategyId) {
    let figures = Figures::draw(world, &DRAWS);
    let scorer = Scorer::new(world, strategy, figures.value(world.discount_rate));
    let plan = Plan::of(world, &world.strategies[strategy]);
    let mut running = Simulation::start(world, plan, figures, DRAWS, scorer);
    running.run_to_horizon();
    running.close();
}

#[test]
fn an_address_that_two_strategies_ask_for_gives_both_the_same_number() {
    let world = embedded::world("vmware-exit", &text("vmware-exit"));
    let logs: Vec<log::Log> =
        world.strategies.ids().map(|strategy| log::of(|| run(&world, strategy))).collect();
    for (place, one) in logs.iter().enumerate() {
        for other in &logs[..place] {
            let mut common = 0;
            for (address, number) in one {
                if let Some(same) = other.get(address) {
                    assert_eq!(number, same);
                    common += 1;
                }
            }
            // All uncertain figures, and the hosts that both begin with.
            assert!(common > world.figures.len(), "only {common} addresses are common");
        }
    }
}

/// When what happens from outside happened, by what it happens to.
fn times(world: &World, strategy: StrategyId) -> BTreeMap<String, Vec<SimTime>> {
    let mut times: BTreeMap<String, Vec<SimTime>> = BTreeMap::new();
    for (event, at) in exogenous::of(|| run(world, strategy)) {
        times.entry(format!("{event:?}")).or_default().push(at);
    }
    times
}

#[test]
fn what_happens_from_outside_under_two_strategies_happens_at_the_same_time() {
    // Host failures are rare: with thirty times as many there is much to compare.
    let often = text("vmware-exit")
        + "\noperations: {host_failures: {value: 3 failures/year, assumption: \"often, for this test\"}}\n";
    let world = embedded::world("often", &often);
    let logs: Vec<_> = world.strategies.ids().map(|strategy| times(&world, strategy)).collect();
    let mut compared = 0;
    for (place, one) in logs.iter().enumerate() {
        for other in &logs[..place] {
            for (event, times) in one {
                let Some(same) = other.get(event) else { continue };
                // While it exists under both.
                let from = times[0].max(same[0]);
                let until = times[times.len() - 1].min(same[same.len() - 1]);
                let within = |times: &[SimTime]| -> Vec<SimTime> {
                    times.iter().copied().filter(|at| (from..=until).contains(at)).collect()
                };
                assert_eq!(within(times), within(same), "{event}");
                compared += within(times).len();
            }
        }
    }
    assert!(compared > 300, "only {compared} events were compared");
}
