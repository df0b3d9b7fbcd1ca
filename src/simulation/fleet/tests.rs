//! Lives worked out by hand, and whole days audited after every event.

use super::*;
use crate::base::ids::Id as _;
use crate::base::units::{Bandwidth, Bytes, SimTime, Span};
use crate::kernel::Engine;
use crate::simulation::placement::{Demand, HostState, Shortfall};
use crate::world::{HostShape, Loads, Use, Utilisation};

type Log = Vec<(SimTime, Happening)>;

/// Hosts with 8 processors, 64 GiB and 8 Gbit/s: a GiB is copied in 1.073741824 s.
fn hosts(count: u32) -> [HostGroup; 1] {
    let memory = Bytes::from_gib(64);
    let shape = HostShape { sockets: 1, cores: 8, vcpus: 8, memory };
    let nic = Bandwidth::from_mbit(8_000);
    [HostGroup { count, shape, physical_memory: memory, disk_gib: Demand::UNCOUNTED, nic }]
}

fn size(vcpus: u32, gib: u32) -> Demand {
    Demand { vcpus, mib: gib << 10, disk_gib: 0 }
}

fn at(seconds: u64) -> SimTime {
    SimTime::START + Span::from_seconds(seconds)
}

fn vm(number: u32, arrives: u64, lifetime: u64, demand: Demand) -> Vm {
    Vm { number, arrives: at(arrives), lifetime: Span::from_seconds(lifetime), demand }
}

fn id(index: usize) -> VmId {
    VmId::from_index(index)
}

fn change(number: u32, after: u64, change: Change) -> Planned {
    Planned { number, after: Span::from_seconds(after), change }
}

/// Runs to the end of `seconds` and audits after every event.
fn audited<O: Observer>(engine: &mut Engine<Fleet<O>>, seconds: u64) {
    engine.run_while(at(seconds), |fleet| {
        fleet.audit();
        true
    });
}

#[test]
fn a_machine_waits_for_the_room_that_another_leaves() {
    let vms = vec![vm(7, 10, 100, size(8, 8)), vm(3, 20, 50, size(1, 1))];
    let mut engine = Fleet::new(Rules::DAY, &hosts(1), vms, Log::new()).start();
    audited(&mut engine, 1_000);
    let short = Shortfall { of_vcpus: 1, of_memory: 0 };
    let expected = [
        (at(10), Happening::Placed { vm: id(0), host: 0 }),
        (at(20), Happening::Queued { vm: id(1), needs: size(1, 1), short }),
        (at(80), Happening::Retried { vm: id(1) }),
        (at(110), Happening::Ended { vm: id(0), host: 0 }),
        (at(140), Happening::Placed { vm: id(1), host: 0 }),
        // Its life begins when it starts.
        (at(190), Happening::Ended { vm: id(1), host: 0 }),
    ];
    assert_eq!(engine.model().observer().as_slice(), expected);
}

#[test]
fn a_machine_that_finds_no_host_for_an_hour_is_given_up() {
    let vms = vec![vm(0, 0, 10_000, size(8, 8)), vm(1, 30, 10, size(1, 1))];
    let mut engine = Fleet::new(Rules::DAY, &hosts(1), vms, Log::new()).start();
    audited(&mut engine, 10_000);
    let log = engine.model().observer();
    assert_eq!(log[log.len() - 2], (at(3_630), Happening::GivenUp { vm: id(1) }));
    assert_eq!(log.iter().filter(|entry| matches!(entry.1, Happening::Retried { .. })).count(), 60);
    let counts = *engine.model().counts();
    assert_eq!((counts.queued, counts.given_up, counts.waiting(), counts.alive()), (1, 1, 0, 0));
}

#[test]
fn a_live_move_holds_room_on_both_hosts_and_the_machine_is_at_one() {
    let vms = vec![vm(0, 0, 1_000, size(2, 10)), vm(1, 0, 2_000, size(2, 10))];
    let plan = vec![change(0, 500, Change::Migrate)];
    let mut engine = Fleet::new(Rules::DAY, &hosts(3), vms, Log::new()).planning(plan).start();
    audited(&mut engine, 505);
    let fleet = engine.model();
    assert!(matches!(fleet.whereabouts(id(0)), Whereabouts::Moving { from: 0, to: 1, .. }));
    let free = [0, 1, 2].map(|host| fleet.pool().host(host).free.vcpus);
    assert_eq!(free, [4, 6, 8]);
    audited(&mut engine, 600);
    // 10 GiB at 1 GB/s.
    let copied = at(500) + Span::from_ns(10_737_418_240);
    let moved = engine.model().observer().last().copied();
    assert_eq!(moved, Some((copied, Happening::Migrated { vm: id(0), from: 0, to: 1 })));
    audited(&mut engine, 1_000);
    assert_eq!(engine.model().observer().last(), Some(&(at(1_000), Happening::Ended { vm: id(0), host: 1 })));
}

#[test]
fn a_machine_that_ends_while_it_moves_leaves_both_hosts() {
    let vms = vec![vm(0, 0, 505, size(2, 10))];
    let plan = vec![change(0, 500, Change::Migrate)];
    let mut engine = Fleet::new(Rules::DAY, &hosts(2), vms, Log::new()).planning(plan).start();
    audited(&mut engine, 1_000);
    let log = engine.model().observer();
    assert_eq!(log[2], (at(505), Happening::MoveCancelled { vm: id(0), to: 1 }));
    assert_eq!(engine.model().pool().occupied(), 0);
    let counts = engine.model().counts();
    assert_eq!((counts.moves_started, counts.migrated, counts.ended), (1, 0, 1));
}

#[test]
fn a_resize_stays_where_there_is_room_and_else_moves_or_waits() {
    let vms = vec![vm(0, 0, 9_000, size(2, 10)), vm(1, 0, 9_000, size(4, 10))];
    let plan = vec![
        change(0, 100, Change::Resize(size(4, 20))),
        // Host 0 is now full: the next goes to host 1.
        change(0, 200, Change::Resize(size(6, 20))),
        // Nothing has 10 processors, ever.
        change(1, 300, Change::Resize(size(10, 10))),
        change(1, 5_000, Change::Retire),
    ];
    let mut engine = Fleet::new(Rules::DAY, &hosts(2), vms, Log::new()).planning(plan).start();
    audited(&mut engine, 10_000);
    let log = engine.model().observer();
    let copied = at(200) + Span::from_ns(21_474_836_480);
    assert_eq!(log[2], (at(100), Happening::Resized { vm: id(0), needs: size(4, 20) }));
    assert_eq!(log[3], (at(200), Happening::MoveStarted { vm: id(0), from: 0, to: 1 }));
    assert_eq!(log[5], (copied, Happening::Resized { vm: id(0), needs: size(6, 20) }));
    let short = Shortfall { of_vcpus: 2, of_memory: 0 };
    assert_eq!(log[6], (at(300), Happening::Queued { vm: id(1), needs: size(10, 10), short }));
    assert!(log.contains(&(at(3_900), Happening::GivenUp { vm: id(1) })));
    assert!(log.contains(&(at(5_000), Happening::Ended { vm: id(1), host: 0 })));
    let counts = engine.model().counts();
    assert_eq!((counts.resized, counts.changes_given_up, counts.ended), (2, 1, 2));
}

#[test]
fn others_may_choose_where_a_machine_moves() {
    let vms = vec![vm(0, 0, 9_000, size(2, 10))];
    let mut engine = Fleet::new(Rules::DAY, &hosts(3), vms, Unobserved).start();
    audited(&mut engine, 100);
    let (fleet, scheduler) = engine.parts_mut();
    assert!(!fleet.migrate_to(id(0), 0, scheduler), "it is there");
    assert!(fleet.migrate_to(id(0), 2, scheduler));
    assert!(!fleet.migrate_to(id(0), 1, scheduler), "it is moving");
    audited(&mut engine, 200);
    assert_eq!(engine.model().whereabouts(id(0)), Whereabouts::On(2));
}

/// A host with 8 cores on which 16 processors may be placed, as two machines.
fn over_committed(usage: Usage) -> Loaded {
    let [group] = hosts(1);
    let shape = HostShape { vcpus: 16, ..group.shape };
    let vms = vec![vm(0, 0, 900, size(8, 32)), vm(1, 0, 900, size(8, 32))];
    let fleet = Fleet::new(Rules::DAY, &[HostGroup { shape, ..group }], vms, Unobserved);
    let mut engine = fleet.using(usage).start();
    audited(&mut engine, 1_200);
    *engine.model().loaded()
}

#[test]
fn contention_is_what_is_asked_beyond_the_cores() {
    // Samples at 300 s and 600 s see both machines, those at 900 s and 1,200 s none: at
    // 900 s they end first.
    let all = over_committed(Usage::Allocated);
    assert_eq!((all.samples, all.mean_cpu(), all.peak_cpu), (4, Some(1.0), 2.0));
    assert_eq!((all.contended(), all.lost_share()), (Span::from_seconds(600), 0.5));
    assert_eq!((all.overloaded(), all.mean_memory(), all.peak_memory), (Span::ZERO, Some(0.5), 1.0));
    // A quarter and a half of 8 processors: six of eight cores.
    let loads = Loads::starting(jiff::civil::date(2027, 1, 1));
    let constant = |cpu| Utilisation::Constant(Use { cpu, memory: 0.5 });
    let each = over_committed(Usage::Each(vec![constant(0.25), constant(0.5)], loads.clone()));
    assert_eq!((each.peak_cpu, each.peak_memory, each.contended()), (0.75, 0.5, Span::ZERO));
    assert_eq!(each.lost_share(), 0.0);
    let alike = over_committed(Usage::Alike(constant(0.75), loads));
    assert_eq!((alike.peak_cpu, alike.contended()), (1.5, Span::from_seconds(600)));
    // A third of what is asked is not there.
    assert!((alike.lost_share() - 1.0 / 3.0).abs() < 1e-12, "two roundings: {}", alike.lost_share());
}

#[test]
fn a_host_out_of_service_takes_nothing() {
    let vms = vec![vm(0, 10, 100, size(1, 1))];
    let mut engine = Fleet::new(Rules::DAY, &hosts(2), vms, Unobserved).start();
    engine.model_mut().set_host_state(0, HostState::Failed);
    audited(&mut engine, 50);
    assert_eq!(engine.model().whereabouts(id(0)), Whereabouts::On(1));
}

mod days {
    use super::*;
    use crate::input::day::{DayVm, generate};
    use crate::world::PlacementPolicy as Policy;

    fn day(vms: u32, policy: Policy) -> Engine<Fleet<Unobserved>> {
        let memory = Bytes::from_gib(128);
        let shape = HostShape { sockets: 1, cores: 32, vcpus: 32, memory };
        let nic = Bandwidth::from_mbit(10_000);
        let disk_gib = Demand::UNCOUNTED;
        let hosts = HostGroup { count: vms / 10, shape, physical_memory: memory, disk_gib, nic };
        let day = generate(vms, 42);
        let moved = day.iter().filter(|vm| vm.number % 50 == 0);
        let half = |vm: &DayVm| Span::from_ns(vm.lifetime.as_ns() / 2);
        let plan = moved.map(|vm| Planned { number: vm.number, after: half(vm), change: Change::Migrate });
        let plan = plan.collect();
        let machine = |vm: DayVm| Vm {
            number: vm.number,
            arrives: vm.arrives,
            lifetime: vm.lifetime,
            demand: Demand { vcpus: vm.vcpus, mib: vm.mib, disk_gib: 0 },
        };
        let vms = day.into_iter().map(machine).collect();
        Fleet::new(Rules { policy, ..Rules::DAY }, &[hosts], vms, Unobserved).planning(plan).start()
    }

    fn answer(engine: &Engine<Fleet<Unobserved>>) -> [u32; 4] {
        let counts = engine.model().counts();
        [counts.arrived, counts.ended, counts.alive(), counts.moves_started]
    }

    #[test]
    fn over_a_day_with_moves_the_hosts_hold_what_the_machines_say_after_every_event() {
        let mut engine = day(1_000, Policy::BestFit);
        audited(&mut engine, 86_400);
        assert_eq!(answer(&engine), [985, 571, 414, 15]);
    }

    #[test]
    fn a_day_of_ten_thousand_comes_out_as_published() {
        let mut engine = day(10_000, Policy::BestFit);
        let mut events = 0_u32;
        engine.run_while(at(86_400), |fleet| {
            events += 1;
            // Every event would take a minute; a prime does not beat with the day.
            if events.is_multiple_of(211) {
                fleet.audit();
            }
            true
        });
        assert_eq!(answer(&engine), [10_000, 5_725, 4_275, 149]);
    }

    #[test]
    fn a_day_holds_under_every_policy() {
        for policy in Policy::ALL {
            let mut engine = day(300, policy);
            audited(&mut engine, 86_400);
            let [arrived, ended, alive, _] = answer(&engine);
            let lost = engine.model().counts().given_up + engine.model().counts().waiting();
            assert_eq!(arrived, ended + alive + lost, "{policy:?}");
            assert!(ended > 100, "{policy:?}");
        }
    }
}
