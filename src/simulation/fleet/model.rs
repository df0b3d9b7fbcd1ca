//! The events of a fleet.

use super::load::{HostLoad, Loaded, Usage};
use super::machine::{Change, HostGroup, Planned, Rules, Vm, VmId, Whereabouts};
use super::observer::{Happening, Observer};
use crate::base::ids::{Id as _, IdVec};
use crate::base::random::{Draws, EntityKey, EntityKind, Purpose, Stream};
use crate::base::units::{Bandwidth, Bytes, SimTime, Span};
use crate::kernel::{Engine, Model, Priority, Scheduler};
use crate::simulation::placement::{Demand, HostState, Pool, Shortfall, Turn, among};
use crate::world::Placement;

/// What happens in a fleet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// The next machine arrives.
    Arrives,
    /// A waiting machine is tried again; how often it was tried.
    TriedAgain(VmId, u32),
    /// A machine's life ends.
    Ends(VmId),
    /// A planned change is due; its place in the plan.
    ChangeDue(u32),
    /// A live move is complete.
    Copied(VmId),
    /// Every host is sampled.
    Sampled,
}

/// What has happened so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Machines that arrived.
    pub arrived: u32,
    /// Machines that started to run.
    pub started: u32,
    /// Machines that ended.
    pub ended: u32,
    /// Machines that found no host at first.
    pub queued: u32,
    /// Machines that were given up.
    pub given_up: u32,
    /// Live moves that started.
    pub moves_started: u32,
    /// Live moves that were completed.
    pub migrated: u32,
    /// Machines that were resized.
    pub resized: u32,
    /// Changes that were given up.
    pub changes_given_up: u32,
}

impl Counts {
    /// Machines that run.
    pub const fn alive(&self) -> u32 {
        self.started - self.ended
    }

    /// Machines that wait for a host.
    pub const fn waiting(&self) -> u32 {
        self.arrived - self.started - self.given_up
    }
}

/// A planned change with when it was first tried.
#[derive(Clone, Copy, Debug)]
struct Due {
    planned: Planned,
    vm: VmId,
    since: Option<SimTime>,
}

/// Machines on the hosts of one site.
#[derive(Clone, Debug)]
pub struct Fleet<O> {
    rules: Rules,
    placement: Placement,
    pool: Pool,
    hosts: Vec<HostLoad>,
    nics: Vec<Bandwidth>,
    vms: IdVec<VmId, Vm>,
    places: IdVec<VmId, Whereabouts>,
    /// By the number of the machine.
    changes: Vec<Due>,
    usage: Usage,
    turn: Turn,
    luck: Stream,
    counts: Counts,
    loaded: Loaded,
    observer: O,
}

impl<O: Observer> Fleet<O> {
    /// Hosts, empty, and the machines that will come. Machines that arrive together
    /// come in the order given.
    pub fn new(rules: Rules, hosts: &[HostGroup], mut vms: Vec<Vm>, observer: O) -> Self {
        if !vms.is_sorted_by_key(|vm| vm.arrives) {
            vms.sort_by_key(|vm| vm.arrives);
        }
        let shape = hosts.first().expect("a site has hosts").shape;
        let mut pool = Pool::new(shape);
        let mut loads = Vec::new();
        let mut nics = Vec::new();
        for group in hosts {
            let capacity = Demand { disk_gib: group.disk_gib, ..Demand::of_host(group.shape) };
            for _ in 0..group.count {
                pool.add_sized(capacity, SimTime::NEVER);
                loads.push(HostLoad::empty(group));
                nics.push(group.nic);
            }
        }
        if rules.policy.scores() {
            pool.index_states();
        }
        const FLEET: EntityKey = EntityKey::new(EntityKind::new("fleet"), "site", 0);
        let draws = Draws { seed: 0, replication: 0 };
        Self {
            rules,
            placement: Placement::by(rules.policy),
            pool,
            hosts: loads,
            nics,
            places: IdVec::filled(Whereabouts::Expected, vms.len()),
            vms: vms.into(),
            changes: Vec::new(),
            usage: Usage::Allocated,
            turn: Turn::default(),
            luck: draws.stream(Purpose::new("random fit"), FLEET),
            counts: Counts::default(),
            loaded: Loaded::every(rules.sample_every),
            observer,
        }
    }

    /// As before, with the random choices of the policy from this address.
    pub fn with_luck(self, luck: Stream) -> Self {
        Self { luck, ..self }
    }

    /// As before, with what machines use of what they are allocated.
    ///
    /// # Panics
    /// If each machine has its own use and they are not as many as the machines.
    pub fn using(self, usage: Usage) -> Self {
        if let Usage::Each(of, _) = &usage {
            assert_eq!(of.len(), self.vms.len(), "every machine has one use");
        }
        Self { usage, ..self }
    }

    /// As before, with changes during the machines' lives. Those of one machine that
    /// are due at one age happen in the order given.
    pub fn planning(mut self, mut plan: Vec<Planned>) -> Self {
        plan.sort_by_key(|planned| planned.number);
        // The machine is set when it starts.
        let vm = VmId::from_index(0);
        self.changes = plan.into_iter().map(|planned| Due { planned, vm, since: None }).collect();
        self
    }

    /// The fleet at the start of time, with its first events to come.
    pub fn start(self) -> Engine<Self> {
        let first_sample = SimTime::START + self.rules.sample_every;
        let first_arrival = self.vms.iter().next().map(|vm| vm.arrives);
        let mut engine = Engine::new(self);
        let scheduler = engine.scheduler_mut();
        if let Some(at) = first_arrival {
            scheduler.schedule_at(at, Event::Arrives);
        }
        scheduler.schedule_ranked(first_sample, Priority::LAST, Event::Sampled);
        engine
    }

    /// What has happened so far.
    pub const fn counts(&self) -> &Counts {
        &self.counts
    }

    /// The load so far.
    pub const fn loaded(&self) -> &Loaded {
        &self.loaded
    }

    /// The hosts and what they hold.
    pub const fn pool(&self) -> &Pool {
        &self.pool
    }

    /// The machines, in the order of arrival.
    pub const fn vms(&self) -> &IdVec<VmId, Vm> {
        &self.vms
    }

    /// Where a machine is.
    pub fn whereabouts(&self, vm: VmId) -> Whereabouts {
        self.places[vm]
    }

    /// Whoever receives what happens.
    pub const fn observer(&self) -> &O {
        &self.observer
    }

    /// Starts a live move of a machine to a host that is chosen by others; whether it
    /// started. It does not when the machine is not running, is moving already, is
    /// there, or has no room there.
    pub fn migrate_to(&mut self, vm: VmId, host: u32, scheduler: &mut Scheduler<Event>) -> bool {
        let needs = self.vms[vm].demand;
        match self.places[vm] {
            Whereabouts::On(from) if from != host && self.pool.host(host).takes(needs) => {
                self.start_move(vm, host, needs, scheduler);
                true
            }
            _ => false,
        }
    }

    /// Takes a host out of service or brings it back. What runs on it stays: who fails
    /// a host says what becomes of its machines.
    pub fn set_host_state(&mut self, host: u32, state: HostState) {
        self.pool.set_state(host, state);
    }

    fn choose(&mut self, demand: Demand, admits: impl Fn(u32) -> bool) -> Option<u32> {
        if self.rules.policy.draws() {
            self.turn.uniform = self.luck.uniform();
        }
        let host = among(&self.placement, &self.pool, demand, self.turn, admits)?;
        self.turn.last = host;
        Some(host)
    }

    fn arrives(&mut self, scheduler: &mut Scheduler<Event>) {
        let vm = VmId::from_index(self.counts.arrived as usize);
        self.counts.arrived += 1;
        if let Some(next) = self.vms.get(VmId::from_index(self.counts.arrived as usize)) {
            scheduler.schedule_at(next.arrives, Event::Arrives);
        }
        if !self.try_to_start(vm, scheduler) {
            self.places[vm] = Whereabouts::Waiting;
            self.counts.queued += 1;
            self.report_queued(vm, self.vms[vm].demand, scheduler.now());
            scheduler.schedule_after(self.rules.retry_every, Event::TriedAgain(vm, 1));
        }
    }

    fn tried_again(&mut self, vm: VmId, times: u32, scheduler: &mut Scheduler<Event>) {
        if self.try_to_start(vm, scheduler) {
            return;
        }
        let now = scheduler.now();
        self.observer.observe(now, &Happening::Retried { vm });
        if now.since(self.vms[vm].arrives) >= self.rules.patience {
            self.places[vm] = Whereabouts::GivenUp;
            self.counts.given_up += 1;
            self.observer.observe(now, &Happening::GivenUp { vm });
        } else {
            scheduler.schedule_after(self.rules.retry_every, Event::TriedAgain(vm, times + 1));
        }
    }

    fn try_to_start(&mut self, vm: VmId, scheduler: &mut Scheduler<Event>) -> bool {
        let Vm { demand, lifetime, number, .. } = self.vms[vm];
        let Some(host) = self.choose(demand, |_| true) else { return false };
        self.pool.take(host, demand);
        self.runs_on(host, demand);
        self.places[vm] = Whereabouts::On(host);
        self.counts.started += 1;
        scheduler.schedule_after(lifetime, Event::Ends(vm));
        if !self.changes.is_empty() {
            self.schedule_changes(vm, number, scheduler);
        }
        self.observer.observe(scheduler.now(), &Happening::Placed { vm, host });
        true
    }

    fn schedule_changes(&mut self, vm: VmId, number: u32, scheduler: &mut Scheduler<Event>) {
        let first = self.changes.partition_point(|due| due.planned.number < number);
        let own = self.changes[first..].iter_mut().take_while(|due| due.planned.number == number);
        for (place, due) in own.enumerate() {
            due.vm = vm;
            scheduler.schedule_after(due.planned.after, Event::ChangeDue((first + place) as u32));
        }
    }

    fn ends(&mut self, vm: VmId, scheduler: &mut Scheduler<Event>) {
        let now = scheduler.now();
        let demand = self.vms[vm].demand;
        let host = match self.places[vm] {
            Whereabouts::On(host) => host,
            Whereabouts::Moving { from, to, needs, ends } => {
                scheduler.cancel(ends);
                self.pool.give_back(to, needs);
                self.observer.observe(now, &Happening::MoveCancelled { vm, to });
                from
            }
            // It was retired.
            _ => return,
        };
        self.pool.give_back(host, demand);
        self.runs_no_more(host, demand);
        self.places[vm] = Whereabouts::Ended;
        self.counts.ended += 1;
        self.observer.observe(now, &Happening::Ended { vm, host });
    }

    fn change_due(&mut self, place: u32, scheduler: &mut Scheduler<Event>) {
        let Due { planned, vm, since } = self.changes[place as usize];
        let needs = match planned.change {
            Change::Retire => return self.ends(vm, scheduler),
            Change::Migrate => self.vms[vm].demand,
            Change::Resize(needs) => needs,
        };
        let done = match self.places[vm] {
            Whereabouts::On(host) => match planned.change {
                Change::Resize(_) if self.resize_in_place(vm, host, needs, scheduler.now()) => true,
                _ => self.move_elsewhere(vm, host, needs, scheduler),
            },
            Whereabouts::Moving { .. } => false,
            _ => return,
        };
        if done {
            return;
        }
        let now = scheduler.now();
        match since {
            None => {
                self.changes[place as usize].since = Some(now);
                self.report_queued(vm, needs, now);
            }
            Some(since) => {
                self.observer.observe(now, &Happening::Retried { vm });
                if now.since(since) >= self.rules.patience {
                    self.counts.changes_given_up += 1;
                    self.observer.observe(now, &Happening::GivenUp { vm });
                    return;
                }
            }
        }
        scheduler.schedule_after(self.rules.retry_every, Event::ChangeDue(place));
    }

    fn resize_in_place(&mut self, vm: VmId, host: u32, needs: Demand, now: SimTime) -> bool {
        let demand = self.vms[vm].demand;
        self.pool.give_back(host, demand);
        let fits = self.pool.host(host).takes(needs);
        self.pool.take(host, if fits { needs } else { demand });
        if fits {
            self.runs_no_more(host, demand);
            self.runs_on(host, needs);
            self.resized(vm, needs, now);
        }
        fits
    }

    fn resized(&mut self, vm: VmId, needs: Demand, now: SimTime) {
        self.vms[vm].demand = needs;
        self.counts.resized += 1;
        self.observer.observe(now, &Happening::Resized { vm, needs });
    }

    fn move_elsewhere(
        &mut self,
        vm: VmId,
        from: u32,
        needs: Demand,
        scheduler: &mut Scheduler<Event>,
    ) -> bool {
        let Some(to) = self.choose(needs, |host| host != from) else { return false };
        self.start_move(vm, to, needs, scheduler);
        true
    }

    /// # Panics
    /// If the machine does not run on one host alone.
    fn start_move(&mut self, vm: VmId, to: u32, needs: Demand, scheduler: &mut Scheduler<Event>) {
        let Whereabouts::On(from) = self.places[vm] else {
            panic!("{vm:?} cannot move: it is {:?}", self.places[vm]);
        };
        self.pool.take(to, needs);
        let ends = scheduler.schedule_after(self.copy_time(vm, from, to), Event::Copied(vm));
        self.places[vm] = Whereabouts::Moving { from, to, needs, ends };
        self.counts.moves_started += 1;
        self.observer.observe(scheduler.now(), &Happening::MoveStarted { vm, from, to });
    }

    /// The memory that the machine has, over the slower network card.
    fn copy_time(&self, vm: VmId, from: u32, to: u32) -> Span {
        let memory = Bytes::from_mib(self.vms[vm].demand.mib.into());
        let [from, to] = [from, to].map(|host| self.nics[host as usize].time_for(memory));
        from.max(to)
    }

    fn copied(&mut self, vm: VmId, now: SimTime) {
        let Whereabouts::Moving { from, to, needs, .. } = self.places[vm] else {
            panic!("{vm:?} was copied, but it is {:?}", self.places[vm]);
        };
        let demand = self.vms[vm].demand;
        self.pool.give_back(from, demand);
        self.runs_no_more(from, demand);
        self.runs_on(to, needs);
        self.places[vm] = Whereabouts::On(to);
        self.counts.migrated += 1;
        self.observer.observe(now, &Happening::Migrated { vm, from, to });
        if needs != demand {
            self.resized(vm, needs, now);
        }
    }

    fn sampled(&mut self, scheduler: &mut Scheduler<Event>) {
        let now = scheduler.now();
        let arrived = self.counts.arrived as usize;
        let vms = self.vms.as_slice();
        let running = self.places.as_slice()[..arrived].iter().enumerate().filter_map(|(vm, place)| {
            let (Whereabouts::On(host) | Whereabouts::Moving { from: host, .. }) = *place else {
                return None;
            };
            Some((vm, host, (vms[vm].demand.vcpus, vms[vm].demand.mib)))
        });
        let asked = self.usage.asked(now, &self.hosts, running);
        for (index, (host, asked)) in self.hosts.iter().zip(asked).enumerate() {
            let sample = host.sample(index, asked);
            self.loaded.add(asked.0, &sample);
            self.observer.sample(now, &sample);
        }
        scheduler.schedule_ranked(now + self.rules.sample_every, Priority::LAST, Event::Sampled);
    }

    #[inline]
    fn runs_on(&mut self, host: u32, demand: Demand) {
        let load = &mut self.hosts[host as usize];
        load.vcpus += demand.vcpus;
        load.mib += demand.mib;
    }

    #[inline]
    fn runs_no_more(&mut self, host: u32, demand: Demand) {
        let load = &mut self.hosts[host as usize];
        load.vcpus -= demand.vcpus;
        load.mib -= demand.mib;
    }

    #[cold]
    fn report_queued(&mut self, vm: VmId, needs: Demand, now: SimTime) {
        let short =
            if self.observer.wants_reasons() { self.pool.shortfall(needs) } else { Shortfall::default() };
        self.observer.observe(now, &Happening::Queued { vm, needs, short });
    }

    /// Checks that the hosts hold exactly what the machines say, that the indices are
    /// as the hosts are, and that every machine is counted once.
    ///
    /// # Panics
    /// If anything differs.
    pub fn audit(&self) {
        let mut held = Vec::new();
        let mut running = vec![(0, 0); self.hosts.len()];
        for (vm, place) in self.places.enumerate() {
            let demand = self.vms[vm].demand;
            let (Whereabouts::On(at) | Whereabouts::Moving { from: at, .. }) = *place else { continue };
            held.push((at, demand));
            let sum = &mut running[at as usize];
            *sum = (sum.0 + demand.vcpus, sum.1 + demand.mib);
            if let Whereabouts::Moving { to, needs, .. } = *place {
                held.push((to, needs));
            }
        }
        let believed: Vec<(u32, u32)> = self.hosts.iter().map(|host| (host.vcpus, host.mib)).collect();
        assert_eq!(running, believed, "what runs on each host");
        self.pool.audit(held.into_iter());
        let counted = |wanted: fn(&Whereabouts) -> bool| {
            self.places.iter().filter(|place| wanted(place)).count() as u32
        };
        let alive = counted(|place| matches!(place, Whereabouts::On(_) | Whereabouts::Moving { .. }));
        let waiting = counted(|place| *place == Whereabouts::Waiting);
        assert_eq!((alive, waiting), (self.counts.alive(), self.counts.waiting()), "{:?}", self.counts);
    }
}

impl<O: Observer> Model for Fleet<O> {
    type Event = Event;

    #[inline]
    fn handle(&mut self, event: Event, scheduler: &mut Scheduler<Event>) {
        match event {
            Event::Arrives => self.arrives(scheduler),
            Event::TriedAgain(vm, times) => self.tried_again(vm, times, scheduler),
            Event::Ends(vm) => self.ends(vm, scheduler),
            Event::ChangeDue(place) => self.change_due(place, scheduler),
            Event::Copied(vm) => self.copied(vm, scheduler.now()),
            Event::Sampled => self.sampled(scheduler),
        }
    }
}
