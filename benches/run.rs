//! One run of the default scenario: what `portolan run` waits for.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use portolan::base::random::Draws;
use portolan::cli::inputs;
use portolan::scoring::{Reading, Scorer};
use portolan::simulation::{Plan, Simulation};
use portolan::study::{self, Inputs, Settings};
use portolan::world::{Figures, World};

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
    let thousand = thousand();
    let reading = Reading::of(&thousand, ["cost.npv", "migration.finished_at", "migration.downtime_hours"])
        .expect("figures that every world has");
    for (strategy, described) in thousand.strategies.enumerate() {
        criterion.bench_function(&format!("a thousand workloads: {}", described.name), |bench| {
            let mut replication = 0;
            bench.iter(|| {
                replication += 1;
                let draws = Draws { seed: 42, replication };
                let figures = Figures::draw(&thousand, &draws);
                let rate = figures.value(thousand.discount_rate);
                let scorer = Scorer::of(&thousand, strategy, rate, reading.sections());
                let mut running =
                    Simulation::start(&thousand, Plan::of(&thousand, described), figures, draws, scorer);
                running.run_to_horizon();
                black_box(running.close().read(&reading))
            });
        });
    }
    criterion.bench_function("the study: every strategy, 100 replications, 20 rehearsals", |bench| {
        let settings =
            Settings { seed: 42, replications: 100, threads: None, inputs: Inputs::Drawn, rehearsals: 20 };
        bench.iter(|| black_box(study::run(&world, &settings, &()).expect("threads start").path_replication));
    });
}

/// The default scenario with an estate of a thousand workloads, on as many more hosts.
fn thousand() -> World {
    const SCENARIO: &str = "\
version: 1
extends: vmware-exit
name: thousand
estate: {synthetic: {workloads: 1000, seed: 7}}
sites:
  paris: {offers: {vsphere: {hosts: {count: 34}}}}
  lyon: {offers: {vsphere: {hosts: {count: 13}}}}
migration: {engineers: 12}
catalog: {providers: {aws: {offers: {evs-i4i: {maximum: 32 hosts}}}}}
";
    let file = std::env::temp_dir().join("portolan-bench-thousand.yaml");
    std::fs::write(&file, SCENARIO).expect("the temporary folder takes a file");
    inputs::load(Some(&file), None).expect("the scenario loads").world
}

criterion_group!(name = run; config = Criterion::default().sample_size(20); targets = benches);
criterion_main!(run);
