//! A large programme for the transport alone: what a benchmark and a test of scale drive.

use super::{Churn, Equipment, Job, Last, Reader, Signal, Transport, Way};
use crate::base::ids::{Id, IdVec};
use crate::base::units::{Bandwidth, Bytes, SimTime, Span};
use crate::world::{
    Cap, Counted, Cutover, DeltaCycles, DeltaRule, Installation, InstallationId, Link, LinkId, MethodSet,
    OfferId, Tool, ToolId, Within, WorkloadId,
};

/// How large the programme is.
#[derive(Clone, Copy, Debug)]
pub struct Load {
    /// Workloads, of one disk each.
    pub workloads: u32,
    /// Waves of the same size, a week apart.
    pub waves: u32,
    /// Disks in flight at once.
    pub in_flight: u32,
    /// Source hosts, over which the workloads are spread.
    pub hosts: u32,
}

/// What came of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Carried {
    /// First copies that were completed.
    pub seeded: u32,
    /// Workloads that were switched over.
    pub delivered: u32,
    /// The most disks that were in flight at once.
    pub most_in_flight: u32,
    /// When the last was switched over.
    pub ended: SimTime,
}

const WEEK: Span = Span::from_days(7);
/// A wave is switched over so long after it has started: its first copies take two days.
const CUTOVER: Span = Span::from_days(5);

/// Copies each wave when its week begins, keeps it in sync, and switches it over on the
/// sixth day. Disks have 20 to 180 GB.
pub fn carry(load: Load) -> Carried {
    let (tools, installations, links) = equipment(load);
    let mut transport = Transport::new(
        SimTime::START,
        Equipment {
            tools: &tools,
            installations: &installations,
            links: &links,
            host_read: Bandwidth::from_mbit(2_400),
            cycles: DeltaCycles::Mean,
        },
    );
    let mut carried = Carried::default();
    let in_wave = load.workloads / load.waves.max(1);
    for wave in 0..load.waves {
        let members = wave * in_wave..(wave + 1) * in_wave;
        let begins = SimTime::START + Span::from_ns(WEEK.as_ns() * u64::from(wave));
        follow(&mut transport, begins, &mut carried);
        for index in members.clone() {
            let disk = Bytes::new(20_000_000_000 + u64::from(index * 7_919 % 161) * 1_000_000_000);
            let churn = Churn { per_second: disk.get() as f64 * 0.03 / 86_400.0, most: disk.scaled(0.3) };
            transport.start(
                begins,
                Job {
                    workload: WorkloadId::from_index(index as usize),
                    tool: ToolId::from_index(0),
                    reader: Some(Reader { offer: OfferId::from_index(0), host: index % load.hosts.max(1) }),
                    link: Some(LinkId::from_index(0)),
                    distance: None,
                    datastore: None,
                    disks: &[disk],
                    churn,
                    way: Way::InSync,
                },
            );
        }
        let window = begins + CUTOVER;
        follow(&mut transport, window, &mut carried);
        for index in members {
            let workload = WorkloadId::from_index(index as usize);
            if transport.is_seeded(workload) {
                transport.finish(window, workload, Last::Delta);
            }
        }
    }
    follow(
        &mut transport,
        SimTime::START + Span::from_ns(WEEK.as_ns() * u64::from(load.waves)),
        &mut carried,
    );
    carried
}

/// Follows the transport until `until`.
fn follow(transport: &mut Transport, until: SimTime, carried: &mut Carried) {
    let mut gone: Vec<WorkloadId> = Vec::new();
    while let Some(at) = transport.next_at().filter(|at| *at <= until) {
        transport.advance(at, &mut |signal| match signal {
            Signal::Seeded { .. } => carried.seeded += 1,
            Signal::Delivered { workload } => gone.push(workload),
            _ => {}
        });
        let (disks, _) = transport.in_flight(InstallationId::from_index(0));
        carried.most_in_flight = carried.most_in_flight.max(disks);
        for workload in gone.drain(..) {
            carried.delivered += 1;
            carried.ended = at;
            transport.end(at, workload);
        }
    }
    transport.advance(until, &mut |_| {});
}

fn equipment(load: Load) -> (IdVec<ToolId, Tool>, IdVec<InstallationId, Installation>, IdVec<LinkId, Link>) {
    let no_figure = Id::from_index(0);
    let tool = Tool {
        name: "replication".into(),
        label: "Replication".into(),
        methods: MethodSet::NONE,
        from: Vec::new(),
        to: Vec::new(),
        delivers_to: None,
        installation: InstallationId::from_index(0),
        per_copy: None,
        per_disk: Some(Bandwidth::from_mbit(800)),
        per_host: None,
        caps: vec![Cap { counted: Counted::Disks, within: Within::Host, most: 8 }],
        streams: 1,
        window: no_figure,
        minimum_bandwidth: None,
        longest_rtt: None,
        most_snapshots: None,
        delta: Some(DeltaRule {
            shortest: Span::from_hours(1),
            longest: Span::from_hours(12),
            share_of_previous: 0.5,
        }),
        precopy: None,
        cutover_minutes: no_figure,
        cutover: Cutover::Parallel,
        hours_per_vm: None,
        trip: None,
        capacity: None,
        source: String::new(),
    };
    let installation = Installation {
        name: "replication".into(),
        units: 1,
        throughput: None,
        caps: vec![Cap { counted: Counted::Disks, within: Within::Manager, most: load.in_flight }],
    };
    let link = Link {
        name: "circuit".into(),
        between: [Id::from_index(0), Id::from_index(1)],
        bandwidth: Bandwidth::from_mbit(10_000),
        rtt: Span::ZERO,
        loss: None,
        per_month: None,
        per_hour: None,
        per_gb: None,
    };
    (vec![tool].into(), vec![installation].into(), vec![link].into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_large_programme_keeps_its_places_busy_and_leaves_nobody_behind() {
        // A tenth of twenty thousand: this is a debug build.
        let carried = carry(Load { workloads: 2_000, waves: 4, in_flight: 300, hosts: 100 });
        assert_eq!((carried.seeded, carried.delivered), (2_000, 2_000));
        assert_eq!(carried.most_in_flight, 300);
        assert!(carried.ended < SimTime::START + Span::from_days(28));
    }
}
