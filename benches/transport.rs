//! The transport alone: 20,000 workloads over 40 waves with 300 flows in flight.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use portolan::simulation::transport::load::{Load, carry};

fn benches(criterion: &mut Criterion) {
    criterion.bench_function("20,000 workloads in 40 waves, 300 flows in flight", |bench| {
        bench.iter(|| black_box(carry(Load { workloads: 20_000, waves: 40, in_flight: 300, hosts: 100 })));
    });
}

criterion_group!(name = transport; config = Criterion::default().sample_size(10); targets = benches);
criterion_main!(transport);
