//! Reading inventories: 10,000 machines from CSV, and the workbook that claims a million rows.

use std::hint::black_box;
use std::path::Path;

use criterion::{Criterion, criterion_group, criterion_main};
use portolan::input::estate::synthetic::{SyntheticEstate, SyntheticSite};
use portolan::input::estate::{load, read, to_csv, to_vinfo_csv};

fn import(c: &mut Criterion) {
    let plan = SyntheticEstate {
        machines: 10_000,
        sites: vec![SyntheticSite::usual("paris", 1.0, 450)],
        ..SyntheticEstate::default()
    };
    let estate = plan.generate().expect("450 hosts hold 10,000 machines of 4 virtual CPUs and 16 GiB");
    let vinfo = to_vinfo_csv(&estate).into_bytes();
    let own = to_csv(&estate).into_bytes();
    let count = |bytes: &[u8]| {
        let machines = read("bench.csv", bytes.to_vec()).expect("what was just written is readable").machines;
        assert_eq!(machines.len(), 10_000);
        machines
    };
    c.bench_function("import/vinfo csv, 10,000 machines", |b| b.iter(|| black_box(count(&vinfo))));
    c.bench_function("import/own csv, 10,000 machines", |b| b.iter(|| black_box(count(&own))));
    c.bench_function("import/generate 300 machines", |b| {
        b.iter(|| black_box(SyntheticEstate::default().generate()));
    });
    let workbook = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../shared/data/inventories/rvtools/kubev2v_example1.xlsx");
    if workbook.exists() {
        c.bench_function("import/workbook with a false million rows", |b| {
            b.iter(|| black_box(load(&workbook).expect("the sample is readable")));
        });
    } else {
        eprintln!("skipped: {} is not here", workbook.display());
    }
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(20);
    targets = import
}
criterion_main!(benches);
