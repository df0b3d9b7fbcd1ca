//! The programme of moves: groups, from the wave that they start in until their sources
//! are given up.
//!
//! A group is an application, or several that depend on each other; it is known by the
//! application that leads it. Whoever names another of its applications means the group.

mod after;
mod leads;
mod teams;
mod waves;
mod work;

use std::collections::BTreeSet;

use super::estate::{Place, Step};
use super::event::Event;
use super::journal::{Binding, Category, Decision, Entry, Move, MoveOutcome, Receiver};
use super::placement::Refusal;
use super::plan::Plan;
use super::{Scheduler, Simulation};
use crate::base::ids::IdVec;
use crate::base::units::{SimTime, Span};
use crate::world::rules::effort::Crossing;
use crate::world::{ApplicationId, Assignment, Figures, Method, OfferId, TeamId, WorkloadId, World};

use leads::{Leads, Ready};
use teams::Teams;
use waves::{Wave, Waves};
use work::Work;

/// The state of the programme.
#[derive(Clone, Debug)]
pub(super) struct Programme {
    /// Workloads of all groups, group by group.
    members: Vec<WorkloadId>,
    groups: IdVec<ApplicationId, Group>,
    waves: Vec<Wave>,
    /// Groups of each wave that have not been cut over or given up.
    open: Vec<u32>,
    leads: Leads,
    teams: Teams,
    /// The teams of each migration factory, and those that serve what no factory takes.
    stream_teams: Vec<Vec<TeamId>>,
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

/// What a programme begins with.
pub(super) struct Beginning<'a> {
    pub world: &'a World,
    pub plan: &'a Plan,
    pub figures: &'a Figures,
    /// Where each workload that moves is.
    pub from: &'a dyn Fn(WorkloadId) -> OfferId,
    /// The programme that ran until now, in an exit rehearsal.
    pub before: Option<&'a Programme>,
}

/// One move group.
#[derive(Clone, Copy, Debug, Default)]
struct Group {
    first: u32,
    count: u32,
    wave: u32,
    /// The migration factory that serves it.
    stream: u32,
    /// When what it waits for is there.
    ready: Ready,
    /// Parts of the stage of its preparation that is under way.
    parts_left: u32,
    copies_left: u32,
    prepared_from: SimTime,
    /// When the board approves its cutover.
    approved: SimTime,
    /// Parts of its acceptance test that are not done.
    tests_left: u32,
    /// When its acceptance test was asked for.
    tested_from: SimTime,
    hypercare_left: u32,
    /// It runs at its destination, and its source is kept only for a test.
    awaits_test: bool,
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

impl Programme {
    /// The programme of a plan. What moves wait for and who works on them carry over
    /// from the programme before.
    pub fn of(beginning: &Beginning<'_>) -> Self {
        let world = beginning.world;
        let leads = Leads::of(beginning);
        let Waves { members, groups, waves, count } = Waves::of(beginning, &leads);
        let open = waves.iter().map(|wave| wave.groups.len() as u32).collect();
        Self {
            members,
            groups,
            waves,
            open,
            leads,
            teams: beginning.before.map_or_else(|| Teams::of(world), |before| before.teams.relieved()),
            stream_teams: waves::stream_teams(world),
            learnt: BTreeSet::new(),
            work: IdVec::filled(Vec::new(), world.applications.len()),
            copies: IdVec::filled(CopyTimes::default(), world.workloads.len()),
            unfinished: count,
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
    fn count_copy_of(&mut self, group: ApplicationId) -> bool {
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
    /// The group of a workload: the application that leads it.
    pub(super) fn group_of(&self, workload: WorkloadId) -> ApplicationId {
        self.world.programme.leader(self.world.workloads[workload].application)
    }

    /// Notes that one more workload of an application's group is copied; whether it was
    /// the last.
    pub(super) fn count_copy(&mut self, application: ApplicationId) -> bool {
        self.programme.count_copy_of(self.world.programme.leader(application))
    }

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

    /// Puts the programme into the future: what is waited for, who comes and goes, and
    /// the waves.
    pub(super) fn schedule_plan(&mut self, scheduler: &mut Scheduler<Event>) {
        self.schedule_leads(scheduler);
        self.schedule_staff(scheduler);
        for (index, wave) in self.programme.waves.iter().enumerate() {
            scheduler.schedule_at(wave.at, Event::WaveStarts(index as u32));
        }
    }

    pub(super) fn wave_starts(&mut self, wave: u32, scheduler: &mut Scheduler<Event>) {
        let now = scheduler.now();
        let groups = self.programme.waves[wave as usize].groups.clone();
        let workloads = groups.iter().map(|group| self.programme.groups[*group].count).sum();
        self.decide(now, Decision::WaveStarted { wave: wave + 1, workloads });
        for group in groups {
            let Ready { at, last } = self.programme.groups[group].ready;
            match last.filter(|_| at > now) {
                Some(lead) => {
                    self.waited(group, Binding::Lead(lead), at.since(now));
                    scheduler.schedule_at(at, Event::GroupMayStart(group));
                }
                None => self.admit(group, scheduler),
            }
        }
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
            self.group_copied(group, scheduler);
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
        let group = self.programme.groups[self.group_of(workload)];
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
