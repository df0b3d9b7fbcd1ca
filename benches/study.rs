//! What a study costs beside its simulations: evaluations of a model that costs nothing.
//!
//! The peers on such a model, on one core: 177 to 233 µs an evaluation (EMA Workbench),
//! 26 µs (SALib's own loop).

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use portolan::base::ids::{Id as _, IdVec};
use portolan::base::random::Distribution;
use portolan::study::trials::{AlternativeId, At, Design, Model, Runner, Sampler as _, Store, Trial};
use portolan::study::{Alternative, Better, Input, Outcome, Study, Unit};

const TRIALS: u64 = 100_000;

/// Adds up the point.
struct Sum;

impl Model for Sum {
    fn outcomes(&self) -> usize {
        1
    }
    fn evaluate(&self, trial: &Trial, point: Option<&[f64]>, out: &mut [f64]) {
        out[0] = point.map_or(trial.chance as f64, |point| point.iter().sum());
    }
    fn identity(&self, _: AlternativeId) -> &str {
        "sum"
    }
}

fn study() -> Study {
    let uniform = Distribution::Uniform { low: 0.0, high: 1.0 }.tabulate().expect("it is a distribution");
    let input = |place: usize| Input {
        name: format!("x{place}"),
        unit: String::new(),
        columns: place..place + 1,
        quantile: Some(uniform.clone()),
    };
    let alternative =
        Alternative { name: "a".into(), label: "A".into(), strategy: "a".into(), settings: Vec::new() };
    let outcome = Outcome {
        figure: "y".into(),
        label: "y".into(),
        unit: Unit::Plain,
        better: Better::Lower,
        target: None,
        missing: None,
    };
    Study {
        name: "overhead".into(),
        question: "What does an evaluation cost?".into(),
        seed: 1,
        alternatives: IdVec::from_iter([alternative]),
        levers: Vec::new(),
        inputs: (0..8).map(input).collect(),
        held: 0,
        outcomes: vec![outcome],
        curve: 0,
        currency: "EUR".into(),
        analyses: Vec::new(),
    }
}

fn designs() -> [(&'static str, Design); 2] {
    let first = AlternativeId::from_index(0);
    let (mut drawn, mut points) = (Design::new(8), Design::new(8));
    for trial in 0..TRIALS {
        drawn.add(first, At::Drawn(trial), trial);
        let point = points.add_point(&[trial as f64 / TRIALS as f64; 8]);
        points.add(first, point, 0);
    }
    [("drawn", drawn), ("points of 8 inputs", points)]
}

fn evaluations(criterion: &mut Criterion) {
    let study = study();
    let mut group = criterion.benchmark_group("evaluations of a model that costs nothing");
    group.throughput(Throughput::Elements(TRIALS));
    for (name, design) in designs() {
        for threads in [1, 2] {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads start");
            group.bench_function(format!("{name}, threads: {threads}"), |bencher| {
                bencher.iter(|| pool.install(|| Runner::new(&study, &Sum, &(), None).sample(&design)));
            });
        }
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("bench.progress");
        group.bench_function(format!("{name}, kept on disk"), |bencher| {
            bencher.iter_batched(
                || {
                    let _ = std::fs::remove_file(&path);
                    Store::open(&path).expect("it opens")
                },
                |store| Runner::new(&study, &Sum, &(), Some(store)).sample(&design),
                BatchSize::PerIteration,
            );
        });
    }
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(20);
    targets = evaluations
}
criterion_main!(benches);
