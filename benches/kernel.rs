//! Speed of the event kernel. Each group's throughput is per event, customer,
//! completion or change, so criterion's `time/elem` line is the figure to compare.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use portolan::base::random::{Draws, EntityKey, EntityKind, Purpose, Stream};
use portolan::base::units::{Bandwidth, Bytes, SimTime, Span};
use portolan::kernel::{
    Admission, Demand, Engine, EventId, EventQueue, FairShare, Flow, MaxMin, Model, Priority, QueuedResource,
    ResourceId, Scheduler,
};

const BENCH: EntityKey = EntityKey::new(EntityKind::new("bench"), "kernel", 0);

fn stream(purpose: Purpose) -> Stream {
    Draws { seed: 42, replication: 0 }.stream(purpose, BENCH)
}

/// Gaps drawn beforehand, so that what is measured is the queue.
fn gaps() -> Vec<Span> {
    let mut numbers = stream(Purpose::new("gap"));
    (0..1 << 14).map(|_| Span::from_seconds_f64(numbers.exponential(1.0))).collect()
}

/// The hold model: take the next event, schedule another an exponential time later.
fn hold(criterion: &mut Criterion) {
    let gaps = gaps();
    let mut group = criterion.benchmark_group("hold");
    for pending in [100, 10_000, 1_000_000] {
        let mut queue = EventQueue::new();
        for event in 0..pending {
            queue.push(SimTime::START + gaps[event % gaps.len()], Priority::NORMAL, event);
        }
        let mut next = 0;
        group.throughput(Throughput::Elements(1_000));
        group.bench_function(BenchmarkId::from_parameter(pending), |bencher| {
            bencher.iter(|| {
                for _ in 0..1_000 {
                    let (now, event) = queue.pop().expect("as many are pushed as taken");
                    next = (next + 1) % gaps.len();
                    queue.push(now + gaps[next], Priority::NORMAL, event);
                }
            });
        });
    }
    group.finish();
}

/// Timer churn: re-time a random pending event to a random later time.
fn retime(criterion: &mut Criterion) {
    let gaps = gaps();
    let mut group = criterion.benchmark_group("retime");
    for pending in [1_000_usize, 100_000] {
        let mut queue = EventQueue::new();
        let ids: Vec<EventId> = (0..pending)
            .map(|event| queue.push(SimTime::START + gaps[event % gaps.len()], Priority::NORMAL, event))
            .collect();
        let mut numbers = stream(Purpose::new("which"));
        let which: Vec<usize> = (0..1 << 14).map(|_| numbers.below(pending as u64) as usize).collect();
        let (mut next, mut base) = (0, SimTime::START);
        group.throughput(Throughput::Elements(1_000));
        group.bench_function(BenchmarkId::from_parameter(pending), |bencher| {
            bencher.iter(|| {
                for _ in 0..1_000 {
                    next = (next + 1) % gaps.len();
                    base += Span::from_ns(10);
                    black_box(queue.retime(ids[which[next]], base + gaps[next]));
                }
            });
        });
    }
    group.finish();
}

enum DeskEvent {
    Arrive,
    Depart,
}

/// M/M/1 through the public interface, random numbers included.
struct Desk {
    arrivals: Stream,
    services: Stream,
    clerk: QueuedResource<()>,
    served: u64,
    waited: Span,
}

impl Desk {
    fn serve(&mut self, waited: Span, scheduler: &mut Scheduler<DeskEvent>) {
        self.served += 1;
        self.waited += waited;
        let service = Span::from_seconds_f64(self.services.exponential(1.0));
        scheduler.schedule_after(service, DeskEvent::Depart);
    }
}

impl Model for Desk {
    type Event = DeskEvent;

    fn handle(&mut self, event: DeskEvent, scheduler: &mut Scheduler<DeskEvent>) {
        let now = scheduler.now();
        match event {
            DeskEvent::Arrive => {
                let gap = Span::from_seconds_f64(self.arrivals.exponential(2.0));
                scheduler.schedule_after(gap, DeskEvent::Arrive);
                if self.clerk.request(now, Demand::one(())) == Admission::Started {
                    self.serve(Span::ZERO, scheduler);
                }
            }
            DeskEvent::Depart => {
                self.clerk.release(now, 1);
                if let Some(next) = self.clerk.start_next(now) {
                    self.serve(next.waited, scheduler);
                }
            }
        }
    }
}

fn mm1(criterion: &mut Criterion) {
    let mut engine = Engine::new(Desk {
        arrivals: stream(Purpose::new("arrival")),
        services: stream(Purpose::new("service")),
        clerk: QueuedResource::new(SimTime::START, 1),
        served: 0,
        waited: Span::ZERO,
    });
    engine.scheduler_mut().schedule_at(SimTime::START, DeskEvent::Arrive);
    let mut group = criterion.benchmark_group("mm1");
    group.throughput(Throughput::Elements(10_000));
    group.bench_function("customer", |bencher| {
        bencher.iter(|| {
            let enough = engine.model().served + 10_000;
            engine.run_while(SimTime::NEVER, |desk| desk.served < enough)
        });
    });
    group.finish();
}

/// One link, 10,000 transfers: complete the next, start another.
fn fair_share(criterion: &mut Criterion) {
    let gaps = gaps();
    let volume = |index: usize| Bytes::new(gaps[index % gaps.len()].as_ns() / 1_000);
    let mut link = FairShare::new(SimTime::START, Bandwidth::from_mbit(10_000));
    for flow in 0..10_000 {
        link.add(SimTime::START, volume(flow), flow);
    }
    let mut next = 0;
    let mut group = criterion.benchmark_group("fair share");
    group.throughput(Throughput::Elements(1_000));
    group.bench_function("10000 transfers", |bencher| {
        bencher.iter(|| {
            for _ in 0..1_000 {
                let now = link.next_completion().expect("10,000 are in progress");
                let flow = link.complete(now).expect("due now");
                next += 1;
                link.add(now, volume(next), flow);
            }
        });
    });
    group.finish();
}

/// 1,000 flows over 50 links: complete the next, start another on the same route.
fn max_min(criterion: &mut Criterion) {
    let gaps = gaps();
    let volume = |index: usize| Bytes::new(gaps[index % gaps.len()].as_ns() / 1_000);
    let mut group = criterion.benchmark_group("max-min, 1000 flows, 50 links");
    group.throughput(Throughput::Elements(100));
    for (name, components) in [("25 components", 25), ("1 component", 1)] {
        let mut network = MaxMin::new(SimTime::START);
        let links: Vec<ResourceId> =
            (0..50).map(|_| network.add_resource(Bandwidth::from_mbit(10_000))).collect();
        let part = links.len() / components;
        let mut numbers = stream(Purpose::new("route"));
        let routes: Vec<[ResourceId; 2]> = (0..1_000)
            .map(|flow| {
                let first = flow % components * part;
                [(); 2].map(|()| links[first + numbers.below(part as u64) as usize])
            })
            .collect();
        let start = |network: &mut MaxMin<usize>, now, flow: usize, index| {
            network.add(now, Flow { route: &routes[flow], cap: None, volume: volume(index), job: flow });
        };
        for flow in 0..1_000 {
            start(&mut network, SimTime::START, flow, flow);
        }
        let mut next = 0;
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                for _ in 0..100 {
                    let (now, _) = network.next_completion().expect("1,000 are in progress");
                    let (_, flow) = network.complete(now).expect("due now");
                    next += 1;
                    start(&mut network, now, flow, next);
                }
            });
        });
    }
    group.finish();
}

/// One number by its address against the next of a stream.
fn random(criterion: &mut Criterion) {
    let draws = Draws { seed: 42, replication: 0 };
    let purpose = Purpose::new("bench");
    let mut group = criterion.benchmark_group("random");
    let mut k = 0;
    group.bench_function("addressed uniform", |bencher| {
        bencher.iter(|| {
            k = (k + 1) % 16;
            draws.uniform(purpose, BENCH, k)
        });
    });
    let mut numbers = draws.stream(purpose, BENCH);
    group.bench_function("stream uniform", |bencher| bencher.iter(|| numbers.uniform()));
    group.bench_function("stream exponential", |bencher| bencher.iter(|| numbers.exponential(1.0)));
    group.finish();
}

criterion_group!(benches, hold, retime, mm1, fair_share, max_min, random);
criterion_main!(benches);
