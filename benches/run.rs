//! One run of the default scenario: what `portolan run` waits for.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use portolan::base::random::Draws;
use portolan::cli::inputs;
use portolan::scoring::Scorer;
use portolan::simulation::{Plan, Simulation};
use portolan::study::{self, Inputs, Settings};
use portolan::world::Figures;

fn benches(criterion: &mut Criterion) {
    criterion.bench_function("load the default scenario", |bench| {
        bench.iter(|| black_box(inputs::load(None, None).expect("the default scenario loads").world));
    });
    let world = inputs::load(None, None).expect("the default scenario loads").world;
    for (strategy, described) in world.strategies.enumerate() {
        criterion.bench_function(&format!("one replication of {}", described.name), |bench| {
            let mut replication = 0;
            bench.iter(|| {
                replication += 1;
                let draws = Draws { seed: 42, replication };
                let figures = Figures::draw(&world, &draws);
                let scorer = Scorer::new(&world, strategy, figures.value(world.discount_rate));
                let plan = Plan::of(&world, &world.strategies[strategy]);
                let mut running = Simulation::start(&world, plan, figures, draws, scorer);
                running.run_to_horizon();
                black_box(running.close().finish().cost.npv)
            });
        });
    }
    criterion.bench_function("the study: every strategy, 100 replications, 20 rehearsals", |bench| {
        let settings =
            Settings { seed: 42, replications: 100, threads: None, inputs: Inputs::Drawn, rehearsals: 20 };
        bench.iter(|| black_box(study::run(&world, &settings, &()).expect("threads start").path_replication));
    });
}

criterion_group!(name = run; config = Criterion::default().sample_size(20); targets = benches);
criterion_main!(run);
