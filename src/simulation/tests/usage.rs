//! What is used of what is allocated, on a small World.

use super::*;
use crate::simulation::journal::Used;
use crate::world::{Loads, Samples, Shape, Usage, Use, Utilisation};

/// The calm fixture, whose workloads all use the same, sampled by the hour.
fn using(cpu: f64, memory: f64) -> World {
    let mut world = calm();
    let of = IdVec::filled(Utilisation::Constant(Use { cpu, memory }), world.workloads.len());
    let loads = Loads::starting(world.calendar.start());
    world.usage = Some(Usage { of, loads, sample: Span::from_hours(1) });
    world
}

/// What was used of an offer in a month.
fn used(journal: &Journal, at: OfferId, of_month: u32) -> Option<Used> {
    journal.entries.iter().find_map(|(_, entry)| match entry {
        Entry::Used { offer, month, used } if (*offer, *month) == (at, of_month) => Some(*used),
        _ => None,
    })
}

fn stay(world: &World) -> Journal {
    run(world, &world.strategies[Id::from_index(0)], 0)
}

#[test]
fn a_constant_use_is_metered_by_the_hour_and_closed_monthly() {
    let world = using(0.25, 0.5);
    let paris = offer(&world, "paris/vsphere");
    let journal = stay(&world);
    let january = used(&journal, paris, 0).expect("workloads run in January");
    // Three of the four workloads run: 8, 4 and 4 vCPU; 32, 16 and 8 GiB.
    assert_eq!((january.allocated_vcpus, january.wanted_vcpus), (16.0 * 744.0, 4.0 * 744.0));
    assert_eq!((january.used_vcpus, january.overloaded_hosts), (4.0 * 744.0, 0.0));
    assert_eq!((january.allocated_gib, january.used_gib), (56.0 * 744.0, 28.0 * 744.0));
    let february = used(&journal, paris, 1).expect("workloads run in February");
    assert_eq!(february.used_vcpus, 4.0 * 672.0);
    let december = used(&journal, paris, 11).expect("the last month is closed at the horizon");
    assert_eq!(december.used_vcpus, 4.0 * 744.0);
    assert_eq!(used(&journal, paris, 12), None);
}

#[test]
fn a_host_that_is_wanted_beyond_its_cores_is_overloaded_and_its_workloads_contend() {
    let mut world = using(0.75, 0.5);
    hosts(&mut world, "paris/vsphere").shape.cores = 8;
    let paris = offer(&world, "paris/vsphere");
    let january = used(&stay(&world), paris, 0).expect("workloads run in January");
    // Best fit puts all three on one host: 12 of its 8 cores are wanted.
    assert_eq!((january.wanted_vcpus, january.used_vcpus), (12.0 * 744.0, 8.0 * 744.0));
    assert_eq!(january.overloaded_hosts, 744.0);
    assert!((january.contention() - 1.0 / 3.0).abs() < 1e-12, "rounding only");
    assert_eq!(january.cores, 8.0 * january.hosts);
}

#[test]
fn what_moves_is_metered_where_it_is_and_wants_the_same_there() {
    let mut world = using(0.25, 0.5);
    // Sized for a tenth, it wants more than it was given.
    for workload in world.workloads.iter_mut() {
        workload.cpu_use = Some(0.1);
    }
    let strategy = everything(&world, "azure/instances");
    let journal = run(&world, &strategy, 0);
    let (paris, azure) = (offer(&world, "paris/vsphere"), offer(&world, "azure/instances"));
    let in_january = |offer| used(&journal, offer, 0).map_or(0.0, |used| used.wanted_vcpus);
    let (here, there) = (in_january(paris), in_january(azure));
    // They move in January, and want nothing while they are down for it.
    assert!(here > 0.0 && there > 0.0 && here + there <= 4.0 * 744.0, "{here} and {there}");
    assert!(here + there > 0.98 * 4.0 * 744.0, "{here} and {there}: a cutover takes hours");
    let after = used(&journal, azure, 11);
    let after = after.expect("all run at Azure at last");
    assert_eq!(after.wanted_vcpus, 4.0 * 744.0);
    assert!(after.allocated_vcpus < 16.0 * 744.0 && after.used_vcpus <= after.allocated_vcpus);
    assert_eq!(after.cores, after.allocated_vcpus, "an instance has its processors to itself");
    let left = used(&journal, paris, 11).map_or(0.0, |used| used.allocated_vcpus);
    assert_eq!(left, 0.0);
}

#[test]
fn a_trace_is_metered_as_its_samples_have_it() {
    let mut world = using(0.0, 0.5);
    let web = workload(&world, "web");
    let usage = world.usage.as_mut().expect("use is sampled");
    // A day in two halves, on the World's own calendar.
    let first = world.calendar.start().to_datetime(jiff::civil::Time::midnight());
    let samples = Samples { first, step: Span::from_hours(12), cpu: &[0.5, 1.0], memory: &[1.0, 0.25] };
    usage.of[web] = Utilisation::Trace(usage.loads.add_trace(samples));
    let paris = offer(&world, "paris/vsphere");
    let january = used(&stay(&world), paris, 0).expect("workloads run in January");
    assert_eq!(january.used_vcpus, 4.0 * 0.75 * 744.0);
    // 32 and 16 GiB half used, and 8 by the trace.
    assert_eq!(january.used_gib, (24.0 + 8.0 * 0.625) * 744.0);
}

#[test]
fn a_world_that_does_not_ask_for_it_has_no_word_of_use_and_the_same_bill() {
    let (asking, silent) = (using(0.25, 0.5), calm());
    let (with, without) = (stay(&asking), stay(&silent));
    assert!(without.entries.iter().all(|(_, entry)| !matches!(entry, Entry::Used { .. })));
    let amounts = |journal: &Journal| charges(journal).iter().map(|charge| charge.amount).collect::<Vec<_>>();
    assert_eq!(amounts(&with), amounts(&without));
}

/// Two Worlds that differ only in whether what was found is remembered: a trace of 23
/// hours and a second that nothing takes keeps everything from ever beginning again.
#[test]
fn what_is_remembered_is_what_would_be_found() {
    let world_with = |odd| {
        let mut world = using(0.0, 0.5);
        let mean = Use { cpu: 0.6, memory: 0.5 };
        let usage = world.usage.as_mut().expect("use is sampled");
        let mut shape = Shape::FLAT;
        shape.hours[9..17].fill(3.0);
        shape.weekdays[6] = 0.1;
        let shape = usage.loads.add_shape(&shape);
        usage.of = IdVec::filled(Utilisation::Weekly { mean, shape }, world.workloads.len());
        if odd {
            let first = world.calendar.start().to_datetime(jiff::civil::Time::midnight());
            let step = Span::from_seconds(82_801);
            usage.loads.add_trace(Samples { first, step, cpu: &[0.5], memory: &[1.0] });
        }
        assert_eq!(usage.loads.period().is_none(), odd);
        hosts(&mut world, "paris/vsphere").shape.cores = 8;
        let failures = world.operations.host_failures_per_year;
        certain(&mut world, failures, 6.0);
        world
    };
    let (remembering, looking) = (world_with(false), world_with(true));
    let entries = |world: &World| -> Vec<(OfferId, u32, Used)> {
        let journal = run(world, &everything(world, "azure/instances"), 3);
        assert!(outages(&journal).len() > 10, "moves and failures change what is found");
        let of_use = journal.entries.iter().filter_map(|(_, entry)| match entry {
            Entry::Used { offer, month, used } => Some((*offer, *month, *used)),
            _ => None,
        });
        of_use.collect()
    };
    let found = entries(&remembering);
    assert!(found.iter().any(|(.., used)| used.overloaded_hosts > 0.0));
    assert_eq!(found, entries(&looking));
}
