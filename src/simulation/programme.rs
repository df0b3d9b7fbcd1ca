//! The programme of moves: waves of move groups, and the crew that prepares them.

use std::collections::BTreeSet;

use super::billing::{Line, line};
use super::estate::{Place, Step};
use super::event::Event;
use super::journal::{Binding, Category, Decision, Entry, Meter, Move, MoveOutcome, Nature, Receiver};
use super::placement::Refusal;
use super::plan::Plan;
use super::{Scheduler, Simulation};
use crate::base::ids::{Id, IdVec};
use crate::base::units::{Quantity, SimTime, Span};
use crate::kernel::{Admission, Demand, Priority, QueuedResource};
use crate::world::rules::effort::{self, Crossing, Scope};
use crate::world::{ApplicationId, Assignment, FacetId, Method, OfferId, WorkloadId, World};

/// The state of the programme.
#[derive(Clone, Debug)]
pub(super) struct Programme {
    /// Workloads of all groups, group by group.
    members: Vec<WorkloadId>,
    groups: IdVec<ApplicationId, Group>,
    waves: Vec<Vec<ApplicationId>>,
    /// Groups of each wave that have not been cut over or given up.
    open: Vec<u32>,
    crew: QueuedResource<ApplicationId>,
    /// Pairs of platforms whose once-for-the-estate work is a group's already.
    learnt: BTreeSet<Crossing>,
    /// The work on each group that has been admitted and is not yet prepared.
    work: IdVec<ApplicationId, Vec<Work>>,
    copies: IdVec<WorkloadId, CopyTimes>,
    /// Groups that have not ended.
    unfinished: u32,
    /// When the last group ended.
    pub finished_at: SimTime,
}

/// One move group.
#[derive(Clone, Copy, Debug, Default)]
struct Group {
    first: u32,
    count: u32,
    wave: u32,
    parts_left: u32,
    /// What each part of its preparation takes.
    hours_per_part: f64,
    copies_left: u32,
    prepared_from: SimTime,
    cutover: SimTime,
    attempt: u32,
    /// Since when it has been looking for room in vain.
    waits_from: Option<SimTime>,
}

/// When a workload's disks were copied.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct CopyTimes {
    pub from: SimTime,
    pub until: SimTime,
}

/// Hours of work, and what they are booked as.
#[derive(Clone, Copy, Debug)]
struct Work {
    meter: Meter,
    hours: f64,
}

impl Programme {
    /// The waves of a plan: groups in order of what they move, the lightest first
    /// (published practice starts with what is least complex), cut into waves of
    /// the sizes that the schedule states.
    pub fn of(world: &World, plan: &Plan) -> Self {
        let mut by_group: IdVec<ApplicationId, Vec<WorkloadId>> =
            IdVec::filled(Vec::new(), world.applications.len());
        for (workload, assignment) in plan.assignments.enumerate() {
            if assignment.is_some() {
                by_group[world.workloads[workload].application].push(workload);
            }
        }
        let mut order: Vec<ApplicationId> =
            by_group.ids().filter(|group| !by_group[*group].is_empty()).collect();
        order.sort_by_key(|group| {
            let bytes: u64 = by_group[*group].iter().map(|id| world.workloads[*id].disk.get()).sum();
            (by_group[*group].len(), bytes, *group)
        });

        let mut groups = IdVec::filled(Group::default(), world.applications.len());
        let mut members = Vec::new();
        let mut waves: Vec<Vec<ApplicationId>> = Vec::new();
        let mut room = 0;
        for group in &order {
            // The largest are given room first, so that they fit.
            by_group[*group].sort_by_key(|id| (std::cmp::Reverse(world.workloads[*id].memory), *id));
            let count = by_group[*group].len() as u32;
            if waves.is_empty() || room < count {
                let sizes = &plan.schedule.wave_sizes;
                room = sizes[waves.len().min(sizes.len() - 1)].max(count);
                waves.push(Vec::new());
            }
            room -= count;
            groups[*group] =
                Group { first: members.len() as u32, count, wave: waves.len() as u32, ..Group::default() };
            members.extend(&by_group[*group]);
            waves.last_mut().expect("a wave was opened").push(*group);
        }
        let open = waves.iter().map(|groups| groups.len() as u32).collect();
        Self {
            members,
            groups,
            waves,
            open,
            crew: QueuedResource::new(SimTime::START, u64::from(world.factory.engineers.max(1))),
            learnt: BTreeSet::new(),
            work: IdVec::filled(Vec::new(), world.applications.len()),
            copies: IdVec::filled(CopyTimes::default(), world.workloads.len()),
            unfinished: order.len() as u32,
            finished_at: SimTime::START,
        }
    }

    /// Whether every group has ended.
    pub fn is_finished(&self) -> bool {
        self.unfinished == 0
    }

    pub fn copy_times(&mut self, workload: WorkloadId) -> &mut CopyTimes {
        &mut self.copies[workload]
    }

    /// Notes that one more workload of a group is copied; whether it was the last.
    pub fn count_copy(&mut self, group: ApplicationId) -> bool {
        let group = &mut self.groups[group];
        group.copies_left -= 1;
        group.copies_left == 0
    }

    /// Notes a group's cutover at `now`; its attempt, from 1.
    pub fn start_attempt(&mut self, group: ApplicationId, now: SimTime) -> u32 {
        let group = &mut self.groups[group];
        group.cutover = now;
        group.attempt += 1;
        group.attempt
    }

    /// The wave of a group, from 1.
    pub fn wave_of(&self, group: ApplicationId) -> u32 {
        self.groups[group].wave
    }

    /// Notes that a group has been cut over or given up; its wave, when it was the
    /// last of it.
    pub fn settle(&mut self, group: ApplicationId) -> Option<u32> {
        let wave = self.groups[group].wave;
        let open = &mut self.open[wave as usize - 1];
        *open -= 1;
        (*open == 0).then_some(wave)
    }

    /// Notes that a group has ended.
    pub fn finish(&mut self, now: SimTime) {
        self.unfinished -= 1;
        self.finished_at = now;
    }

    /// The workloads of a group that move.
    pub fn members(&self, group: ApplicationId) -> Vec<WorkloadId> {
        let group = &self.groups[group];
        self.members[group.first as usize..(group.first + group.count) as usize].to_vec()
    }
}

impl<R: Receiver> Simulation<'_, R> {
    /// All workloads of a group have waited so long for the same thing.
    pub(super) fn waited(&mut self, group: ApplicationId, by: Binding, waited: Span) {
        let Group { wave, count, .. } = self.programme.groups[group];
        self.waits.add(wave, by, Span::from_ns(waited.as_ns() * u64::from(count)));
    }

    /// A group has been cut over or given up.
    pub(super) fn group_settled(&mut self, group: ApplicationId, now: SimTime) {
        if let Some(wave) = self.programme.settle(group) {
            self.close_wave(wave, now);
        }
    }

    /// Puts the waves of the plan into the future.
    pub(super) fn schedule_plan(&mut self, scheduler: &mut Scheduler<Event>) {
        let mut at = self.plan.schedule.start;
        for wave in 0..self.programme.waves.len() {
            scheduler.schedule_at(at, Event::WaveStarts(wave as u32));
            at += self.plan.schedule.interval;
        }
    }

    pub(super) fn wave_starts(&mut self, wave: u32, scheduler: &mut Scheduler<Event>) {
        let now = scheduler.now();
        let groups = self.programme.waves[wave as usize].clone();
        let workloads = groups.iter().map(|group| self.programme.groups[*group].count).sum();
        self.decide(now, Decision::WaveStarted { wave: wave + 1, workloads });
        for group in groups {
            self.admit(group, scheduler);
        }
    }

    /// Finds out what preparing a group takes and asks the crew for it, in as many
    /// parts as there are workloads and engineers to share them.
    fn admit(&mut self, group: ApplicationId, scheduler: &mut Scheduler<Event>) {
        let now = scheduler.now();
        let work = self.work_of(group);
        let parts = self.programme.groups[group].count.min(self.world.factory.engineers).max(1);
        let admitted = &mut self.programme.groups[group];
        admitted.prepared_from = now;
        admitted.parts_left = parts;
        admitted.hours_per_part = work.iter().map(|work| work.hours).sum::<f64>() / f64::from(parts);
        self.programme.work[group] = work;
        for _ in 0..parts {
            let part = Demand { units: 1, priority: Priority::NORMAL, job: group };
            if self.programme.crew.request(now, part) == Admission::Started {
                self.start_part(group, scheduler);
            }
        }
    }

    /// An engineer starts on a part of a group's preparation. Working hours are
    /// stretched over the week: forty hours of work at thirty hours a week take
    /// 1.33 weeks.
    fn start_part(&mut self, group: ApplicationId, scheduler: &mut Scheduler<Event>) {
        let hours = self.programme.groups[group].hours_per_part;
        let stretch = 168.0 / self.figures.value(self.world.factory.hours_per_week).max(1.0);
        scheduler.schedule_after(Span::from_hours_f64(hours * stretch), Event::PartPrepared(group));
    }

    pub(super) fn part_prepared(&mut self, group: ApplicationId, scheduler: &mut Scheduler<Event>) {
        let now = scheduler.now();
        self.programme.crew.release(now, 1);
        while let Some(started) = self.programme.crew.start_next(now) {
            self.start_part(started.job, scheduler);
        }
        let left = &mut self.programme.groups[group].parts_left;
        *left -= 1;
        if *left == 0 {
            let prepared_from = self.programme.groups[group].prepared_from;
            self.waited(group, Binding::People, now.since(prepared_from));
            self.charge_work(group, now);
            self.start_copies(group, scheduler);
        }
    }

    /// The work that a group's preparation takes. What is done once for the estate
    /// and a pair of platforms falls to the first group that crosses it, and is
    /// learnt with that: no other group waits for it or pays it again. What is done
    /// once for the application is done once for each difference, however many
    /// platforms its workloads go to.
    fn work_of(&mut self, group: ApplicationId) -> Vec<Work> {
        let world = self.world;
        let mut facet_hours = vec![0.0; world.facets.len()];
        let mut other = effort::application_hours(world, &self.figures);
        let mut crossings: Vec<Crossing> = Vec::new();
        for workload in self.programme.members(group) {
            other += effort::workload_hours(world, &self.figures, &world.workloads[workload]);
            other += effort::method_hours(world, &self.figures, self.assignment(workload).tool);
            let Some(crossing) = self.crossing(workload) else { continue };
            for work in effort::facet_work(world, &self.figures, crossing, Scope::Vm) {
                facet_hours[work.facet.index()] += work.hours;
            }
            if !crossings.contains(&crossing) {
                crossings.push(crossing);
            }
        }
        let mut adapted = vec![false; world.facets.len()];
        for crossing in crossings {
            for work in effort::facet_work(world, &self.figures, crossing, Scope::Application) {
                if !std::mem::replace(&mut adapted[work.facet.index()], true) {
                    facet_hours[work.facet.index()] += work.hours;
                }
            }
            if self.programme.learnt.insert(crossing) {
                for work in effort::facet_work(world, &self.figures, crossing, Scope::Estate) {
                    facet_hours[work.facet.index()] += work.hours;
                }
            }
        }
        let facets = facet_hours.into_iter().enumerate().filter(|(_, hours)| *hours > 0.0);
        let mut work: Vec<Work> = facets
            .map(|(index, hours)| Work { meter: Meter::Conversion(FacetId::from_index(index)), hours })
            .collect();
        work.extend(self.replacement_work(group));
        work.push(Work { meter: Meter::MoveWork, hours: other });
        work
    }

    /// Work on what the applications of a group lean on and do not find there.
    fn replacement_work(&self, group: ApplicationId) -> Vec<Work> {
        let passage = |workload: WorkloadId| {
            Some((self.world.workloads[workload].home, self.plan.assignments[workload]?.to?))
        };
        let passages: Vec<(OfferId, OfferId)> =
            self.programme.members(group).into_iter().filter_map(passage).collect();
        let replaced = effort::replacements(self.world, &self.figures, group, &passages);
        replaced
            .into_iter()
            .map(|work| Work { meter: Meter::Replacement(work.facility), hours: work.hours })
            .collect()
    }

    fn charge_work(&mut self, group: ApplicationId, now: SimTime) {
        for work in std::mem::take(&mut self.programme.work[group]) {
            self.charge_hours(work.meter, work.hours, group, now);
        }
    }

    /// Books hours of the crew.
    pub(super) fn charge_hours(&mut self, meter: Meter, hours: f64, group: ApplicationId, now: SimTime) {
        let charge = line(
            &self.figures,
            self.world.factory.rate,
            Quantity::from_f64(hours),
            Line {
                meter,
                category: Category::Migration,
                site: None,
                application: Some(group),
                month: self.month(now).index,
                paid_at: now,
                nature: Nature::Opex,
            },
        );
        self.post(now, charge);
    }

    /// The platforms between which a workload moves; none when it is retired.
    pub(super) fn crossing(&self, workload: WorkloadId) -> Option<Crossing> {
        let to = self.plan.assignments[workload]?.to?;
        let from = self.places[workload]?.offer;
        Some(Crossing { from: self.world.offers[from].platform, to: self.world.offers[to].platform })
    }

    /// What the plan says of a workload of a group.
    ///
    /// # Panics
    /// If the plan does not move it.
    pub(super) fn assignment(&self, workload: WorkloadId) -> Assignment {
        self.plan.assignments[workload].expect("a member of a group has an assignment")
    }

    /// Makes room for a prepared group and starts its copies. It goes whole or not
    /// at all: where one has no room, all wait and are tried again, until the
    /// programme gives them up.
    pub(super) fn start_copies(&mut self, group: ApplicationId, scheduler: &mut Scheduler<Event>) {
        let now = scheduler.now();
        let members = self.programme.members(group);
        let mut ready: Vec<(WorkloadId, SimTime)> = Vec::with_capacity(members.len());
        for workload in &members {
            *self.programme.copy_times(*workload) = CopyTimes { from: now, until: now };
            let Some(to) = self.assignment(*workload).to else { continue };
            let room = match self.make_room(*workload, to, scheduler) {
                Ok(room) => room,
                Err(refusal) => {
                    let refused = Refused { workload: *workload, offer: to, refusal };
                    self.wait_for_room(group, refused, scheduler);
                    return;
                }
            };
            self.promise(*workload, room.place, now);
            ready.push((*workload, room.ready));
        }
        self.programme.groups[group].copies_left = ready.len() as u32;
        if ready.is_empty() {
            self.ready_for_cutover(group, scheduler);
        }
        for (workload, at) in ready {
            scheduler.schedule_at(at, Event::CopyMayStart(workload));
        }
    }

    /// A group for which there is no room gives back what it was promised. It looks
    /// again after a time, and gives its move up when that has lasted too long. The
    /// Journal has the first refusal and the last.
    fn wait_for_room(&mut self, group: ApplicationId, refused: Refused, scheduler: &mut Scheduler<Event>) {
        let now = scheduler.now();
        let members = self.programme.members(group);
        for workload in &members {
            if let Some(place) = self.take_promise(*workload, now) {
                self.vacate(*workload, place);
            }
        }
        let factory = &self.world.factory;
        let waiting = &mut self.programme.groups[group];
        let first = waiting.waits_from.is_none();
        let since = *waiting.waits_from.get_or_insert(now);
        let next = now + factory.room_retry;
        let again = if next <= since + factory.room_patience { next } else { SimTime::NEVER };
        if first || again == SimTime::NEVER {
            let Refused { workload, offer, refusal } = refused;
            self.decide(now, Decision::NotPlaced { workload, offer, refusal: Box::new(refusal), again });
        }
        if again == SimTime::NEVER {
            self.stay(&members, now);
            self.group_settled(group, now);
        } else {
            self.waited(group, Binding::Room, again.since(now));
            scheduler.schedule_at(again, Event::RoomSought(group));
        }
    }

    /// A group runs at its destination: its sources are kept for a while.
    pub(super) fn after_cutover(&mut self, group: ApplicationId, scheduler: &mut Scheduler<Event>) {
        self.group_settled(group, scheduler.now());
        scheduler.schedule_after(self.world.factory.retention, Event::RetentionEnds(group));
    }

    pub(super) fn retention_ends(&mut self, group: ApplicationId, scheduler: &mut Scheduler<Event>) {
        let now = scheduler.now();
        for workload in self.programme.members(group) {
            if let Some(source) = self.retained[workload].take() {
                self.release_source(workload, source, now);
            }
        }
        self.programme.finish(now);
    }

    /// A group gives its move up.
    fn stay(&mut self, members: &[WorkloadId], now: SimTime) {
        for workload in members {
            let ending = Ending { outcome: MoveOutcome::Unplaced, down: Span::ZERO };
            self.journal_move(*workload, ending, now);
        }
        self.programme.finish(now);
    }

    /// Keeps room for a workload at its destination. The disks that a copy fills are
    /// there, and paid, from now on; those of a cold move from its cutover.
    fn promise(&mut self, workload: WorkloadId, place: Place, now: SimTime) {
        self.occupy(workload, place);
        self.promised[workload] = Some(place);
        self.meter_promise(workload, place, Step::Up, now);
    }

    /// Takes a promise back, or has it kept; the host has it in its books until it
    /// is vacated, or for good.
    pub(super) fn take_promise(&mut self, workload: WorkloadId, now: SimTime) -> Option<Place> {
        let place = self.promised[workload].take()?;
        self.meter_promise(workload, place, Step::Down, now);
        Some(place)
    }

    fn meter_promise(&mut self, workload: WorkloadId, place: Place, step: Step, now: SimTime) {
        if self.assignment(workload).method != Method::Cold {
            self.meter_storage(workload, place.offer, Category::DoubleRunning, step, now);
        }
    }

    /// Enters how a workload's move ended.
    pub(super) fn journal_move(&mut self, workload: WorkloadId, ending: Ending, now: SimTime) {
        let group = self.programme.groups[self.world.workloads[workload].application];
        let assignment = self.assignment(workload);
        let copies = self.programme.copies[workload];
        let from = self.source_of(workload).offer;
        self.journal.receive(
            now,
            &Entry::Move(Move {
                workload,
                wave: group.wave,
                from,
                to: assignment.to,
                method: if assignment.to.is_some() { assignment.method } else { Method::Cold },
                tool: assignment.tool,
                prepared_from: group.prepared_from,
                copied_from: copies.from,
                copied: copies.until,
                cutover: group.cutover,
                outcome: ending.outcome,
                down_seconds: ending.down.as_seconds(),
                attempt: group.attempt,
            }),
        );
    }

    /// Where a workload is, or was before its move.
    fn source_of(&self, workload: WorkloadId) -> Place {
        self.retained[workload]
            .or(self.places[workload])
            .expect("a workload that moves is, or was, somewhere")
    }

    /// The offer that a workload leaves.
    pub(super) fn source_offer(&self, workload: WorkloadId) -> OfferId {
        self.source_of(workload).offer
    }
}

/// Who found no room, where, and why.
#[derive(Clone, Debug)]
struct Refused {
    workload: WorkloadId,
    offer: OfferId,
    refusal: Refusal,
}

/// How a move ended.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ending {
    pub outcome: MoveOutcome,
    pub down: Span,
}
