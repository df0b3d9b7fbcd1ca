//! From the last copy to the end of a move: the board's approval, the owner's test, the
//! window, hypercare, and the source that is kept as long as any of them needs it.

use super::super::event::Event;
use super::super::journal::{Binding, Meter, Receiver};
use super::super::{Scheduler, Simulation};
use super::Group;
use super::teams::{Hours, Part, Task};
use crate::base::units::{SimTime, Span};
use crate::world::{Acceptance, ApplicationId, Role, TeamId, TestedAt};

const DAY: Span = Span::from_days(1);

impl<R: Receiver> Simulation<'_, R> {
    /// Asks the board to approve a group's cutover.
    pub(super) fn ask_approval(&mut self, group: ApplicationId, now: SimTime) {
        let approved = self.world.programme.board.map_or(now, |board| board.meeting(now));
        self.programme.groups[group].approved = approved;
    }

    /// A group is copied: its owner tests it, where that is done on the copy, and then
    /// its cutover waits for its approval and a window.
    pub(in super::super) fn group_copied(
        &mut self,
        application: ApplicationId,
        scheduler: &mut Scheduler<Event>,
    ) {
        let group = self.world.programme.leader(application);
        match self.acceptance(TestedAt::Copy) {
            Some(acceptance) if self.arrives(group) => self.start_test(group, acceptance, scheduler),
            _ => self.seek_window(group, scheduler),
        }
    }

    fn seek_window(&mut self, group: ApplicationId, scheduler: &mut Scheduler<Event>) {
        let now = scheduler.now();
        let Group { approved, .. } = self.programme.groups[group];
        self.waited(group, Binding::Board, approved.since(now));
        let from = approved.max(now);
        let opens = self.next_window(group, from);
        self.waited(group, Binding::Window, opens.since(from));
        scheduler.schedule_at(opens, Event::CutoverStarts(group));
    }

    /// When a group that was rolled back at `now` goes again: it needs a new approval,
    /// and a window after some pause.
    pub(in super::super) fn next_attempt(
        &mut self,
        group: ApplicationId,
        now: SimTime,
        pause: Span,
    ) -> SimTime {
        let opens = self.next_try(group, now, pause);
        self.ask_approval(group, now);
        let approved = self.programme.groups[group].approved;
        if opens >= approved { opens } else { self.next_window(group, approved) }
    }

    /// The test that an owner makes at this point of a move, if any.
    fn acceptance(&self, at: TestedAt) -> Option<Acceptance> {
        self.world.programme.acceptance.filter(|acceptance| acceptance.at == at)
    }

    /// Whether any workload of a group goes somewhere, and is not just retired.
    fn arrives(&self, group: ApplicationId) -> bool {
        self.programme.members(group).into_iter().any(|workload| self.assignment(workload).to.is_some())
    }

    /// The applications of a group of which a workload goes somewhere.
    fn arriving(&self, group: ApplicationId) -> Vec<ApplicationId> {
        let members = self.programme.members(group).into_iter();
        let mut applications: Vec<ApplicationId> = members
            .filter(|workload| self.assignment(*workload).to.is_some())
            .map(|workload| self.world.workloads[workload].application)
            .collect();
        applications.sort_unstable();
        applications.dedup();
        applications
    }

    /// Asks the owners of a group's applications to test them. Without a team of owners
    /// each has time at once, stretched over the week; with one they wait for it.
    fn start_test(&mut self, group: ApplicationId, acceptance: Acceptance, scheduler: &mut Scheduler<Event>) {
        let now = scheduler.now();
        let hours = self.figures.value(acceptance.hours);
        let applications = self.arriving(group);
        let tested = &mut self.programme.groups[group];
        tested.tested_from = now;
        tested.tests_left = applications.len() as u32;
        match self.owners(group) {
            Some(team) => {
                for _ in applications {
                    self.request(team, Part { group, task: Task::AcceptanceTest, hours }, scheduler);
                }
            }
            None => {
                for _ in applications {
                    let done = Span::from_hours_f64(hours * self.stretch());
                    scheduler.schedule_after(done, Event::TestDone(group));
                }
            }
        }
    }

    fn owners(&self, group: ApplicationId) -> Option<TeamId> {
        let team = self.programme.team(self.world, group, Role::Owner);
        let stated = self.world.programme.teams.get(team);
        stated.is_some_and(|stated| stated.role == Role::Owner).then_some(team)
    }

    /// An owner has tested an application of a group; with the last the group goes on.
    pub(in super::super) fn part_tested(&mut self, group: ApplicationId, scheduler: &mut Scheduler<Event>) {
        let tested = &mut self.programme.groups[group];
        tested.tests_left -= 1;
        if tested.tests_left > 0 {
            return;
        }
        let (now, from) = (scheduler.now(), tested.tested_from);
        let Some(acceptance) = self.world.programme.acceptance else { return };
        let hours = self.figures.value(acceptance.hours);
        for application in self.arriving(group) {
            let team = self.owners(group);
            self.charge_owner(team, application, hours, now);
        }
        match acceptance.at {
            TestedAt::Copy => {
                self.waited(group, Binding::Owner, now.since(from));
                self.seek_window(group, scheduler);
            }
            TestedAt::Cutover if self.programme.groups[group].awaits_test => self.release_group(group, now),
            TestedAt::Cutover => {}
        }
    }

    fn charge_owner(&mut self, team: Option<TeamId>, application: ApplicationId, hours: f64, now: SimTime) {
        let meter = Meter::AcceptanceTest;
        match team {
            Some(team) => self.charge_team(Hours { team, meter, hours, application, crossing: None }, now),
            None => self.charge_hours(meter, hours, application, now),
        }
    }

    /// A group runs at its destination: it is watched and tested, and its sources are
    /// kept for a while.
    pub(in super::super) fn after_cutover(&mut self, group: ApplicationId, scheduler: &mut Scheduler<Event>) {
        self.group_settled(group, scheduler.now());
        let mut kept = self.world.factory.retention;
        if self.arrives(group) {
            if let Some(hypercare) = self.world.programme.hypercare {
                self.programme.groups[group].hypercare_left = hypercare.days;
                kept = kept.max(Span::from_days(u64::from(hypercare.days)));
                self.hypercare_day(group, scheduler);
            }
            if let Some(acceptance) = self.acceptance(TestedAt::Cutover) {
                self.start_test(group, acceptance, scheduler);
            }
        }
        scheduler.schedule_after(kept, Event::RetentionEnds(group));
    }

    /// A day of attention: its hours come before other work, and are booked with it.
    pub(in super::super) fn hypercare_day(&mut self, group: ApplicationId, scheduler: &mut Scheduler<Event>) {
        let Some(hypercare) = self.world.programme.hypercare else { return };
        let watched = &mut self.programme.groups[group];
        if watched.hypercare_left == 0 {
            return;
        }
        watched.hypercare_left -= 1;
        if watched.hypercare_left > 0 {
            scheduler.schedule_after(DAY, Event::HypercareDay(group));
        }
        let now = scheduler.now();
        let team = self.programme.team(self.world, group, Role::Engineer);
        let hours = self.figures.value(hypercare.hours_per_day);
        for application in self.arriving(group) {
            self.charge_team(
                Hours { team, meter: Meter::Hypercare, hours, application, crossing: None },
                now,
            );
            self.request(team, Part { group: application, task: Task::Hypercare, hours }, scheduler);
        }
    }

    /// A group's sources need not be kept any longer, unless its owner still tests it.
    pub(in super::super) fn retention_ends(
        &mut self,
        group: ApplicationId,
        scheduler: &mut Scheduler<Event>,
    ) {
        let kept = &mut self.programme.groups[group];
        if kept.tests_left > 0 {
            kept.awaits_test = true;
        } else {
            self.release_group(group, scheduler.now());
        }
    }

    fn release_group(&mut self, group: ApplicationId, now: SimTime) {
        for workload in self.programme.members(group) {
            if let Some(source) = self.retained[workload].take() {
                self.release_source(workload, source, now);
            }
        }
        self.programme.finish(now);
    }
}
