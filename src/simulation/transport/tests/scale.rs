//! Many copies, and what is left when they have gone.

use super::*;
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Whatever happens in whatever order, every copy that is not ended goes on when what
    /// failed is back, and nothing is left over when all have ended.
    #[test]
    fn nothing_is_left_over(
        steps in prop::collection::vec((0_usize..8, 0_u8..9, 1_u64..4_000), 1..80),
        each in any::<bool>(),
        serial in any::<bool>(),
    ) {
        let mut bench = Bench::new();
        bench.cycles = if each { DeltaCycles::Each } else { DeltaCycles::Mean };
        bench.tool().delta = Some(azure_rule());
        bench.tool().per_copy = Some(Bandwidth::from_mbit(300));
        bench.tool().trip = Some(Span::from_hours(5));
        bench.tool().cutover = if serial { Cutover::Serial } else { Cutover::Parallel };
        bench.installation().caps =
            vec![cap(Counted::Disks, Within::Unit, 3), cap(Counted::Disks, Within::Host, 2)];
        let mut transport = bench.start();
        let mut now = SimTime::START;
        let mut down = false;
        let memory = crate::world::rules::precopy::Memory::dirtied_evenly(Bytes::from_gib(1), 1e6);
        let rounds = Rounds::start(memory, crate::world::rules::precopy::KVM);
        for (index, what, wait) in steps {
            let has = transport.has(vm(index));
            let churn = Churn { per_second: 1e5 * index as f64, most: GB };
            let way = [Way::InSync, Way::Still, Way::Appliance, Way::Session(rounds)][index % 4];
            match what {
                0 | 1 if !has => {
                    let reader = Some(reader(index as u32 / 3));
                    transport.start(now, Job { churn, way, reader, ..job(index, &[GB, GB]) });
                }
                2 | 3 if transport.is_seeded(vm(index)) => {
                    transport.back_to_sync(now, vm(index));
                    let last = if what == 2 { Last::Delta } else { Last::Live(rounds) };
                    transport.finish(now, vm(index), last);
                }
                4 if transport.is_seeded(vm(index)) => transport.back_to_sync(now, vm(index)),
                5 => transport.end(now, vm(index)),
                6 => transport.reader_lost(now, vm(index)),
                7 => transport.reader_back(now, vm(index), Some(reader(index as u32))),
                8 => {
                    if down { transport.link_back(now, link()) } else { transport.link_lost(now, link()) }
                    down = !down;
                }
                _ => {}
            }
            let (disks, workloads) = transport.in_flight(InstallationId::from_index(0));
            prop_assert!(disks <= 3 && workloads <= 8);
            now += Span::from_seconds(wait);
            run(&mut transport, now);
        }
        if down {
            transport.link_back(now, link());
        }
        for workload in transport.halted() {
            transport.reader_back(now, workload, Some(reader(9)));
        }
        run(&mut transport, now + Span::from_days(30));
        for index in 0..8 {
            transport.end(now + Span::from_days(30), vm(index));
        }
        // Turns that came when others ended are told of.
        run(&mut transport, now + Span::from_days(30));
        prop_assert!(transport.is_empty());
        prop_assert_eq!(transport.next_at(), None);
        prop_assert_eq!(transport.in_flight(InstallationId::from_index(0)), (0, 0));
        prop_assert_eq!(transport.load_of(link()), Bandwidth::default());
    }
}
