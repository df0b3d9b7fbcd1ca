//! Cutovers: windows and freezes, the last stage of each workload, success or rollback,
//! and the source that is kept for a while.
//!
//! A group goes whole or not at all. In its window every member goes through its last
//! stage: the rest of its disks while it stands still, passes over its memory while it
//! runs, or all of a cold copy; then the tool's and the facets' minutes. When the last
//! member is through, the group is at its destination; when one cannot go on, or the
//! cutover fails, all run at their source again.

use super::billing::{Line, line};
use super::estate::{Place, Spot, Step};
use super::event::Event;
use super::journal::{
    Binding, Broken, Category, Decision, Entry, GivenUp, Meter, MoveOutcome, Nature, Outage, OutageCause,
    Receiver,
};
use super::programme::Ending;
use super::transport::{Abort, Last, Way};
use super::{Scheduler, Simulation};
use crate::base::ids::IdVec;
use crate::base::random::{EntityKey, EntityKind, Purpose};
use crate::base::units::{Quantity, SimTime, Span};
use crate::kernel::EventId;
use crate::world::rules::effort::{self, Carriage};
use crate::world::{ApplicationId, LinkId, Method, Power, WorkloadId, World};

/// Whether a cutover fails.
const CUTOVER: Purpose = Purpose::new("cutover failure");
/// The same in an exit rehearsal, whose attempts are counted anew: it does not meet
/// the luck of the strategy's own moves again.
const EXIT_CUTOVER: Purpose = Purpose::new("cutover failure in an exit");
const APPLICATION: EntityKind = EntityKind::new("application");

/// A group goes again in a window of the next week, not in what is left of this one.
const NEXT_WEEK: Span = Span::from_hours(6 * 24 + 12);
/// A failed host is looked at again when most are repaired.
const AFTER_REPAIR: Span = Span::from_hours(12);
/// A group one of whose members did not converge goes again so often. What is dirtied
/// does not change from week to week, but what else is in flight does.
const MOST_ABORTS: u32 = 3;

/// The cutovers under way.
#[derive(Clone, Debug)]
pub(super) struct Cutovers {
    groups: IdVec<ApplicationId, Cut>,
    members: IdVec<WorkloadId, Member>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Cut {
    /// It is under way, and nothing has broken it.
    open: bool,
    fails: bool,
    /// Members that are not through.
    pending: u32,
    started: SimTime,
    /// How often a member's memory did not converge.
    aborts: u32,
}

#[derive(Clone, Copy, Debug, Default)]
struct Member {
    stage: Stage,
    /// When it runs, or would run, at its destination.
    back: Option<SimTime>,
    converted: Option<EventId>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Stage {
    #[default]
    Idle,
    /// Bytes of it are carried, or it waits for its turn.
    Moving,
    /// Every byte is there: it is converted, started and tested.
    Converting,
    /// It is through.
    Ready,
}

impl Cutovers {
    /// None.
    pub fn of(world: &World) -> Self {
        Self {
            groups: IdVec::filled(Cut::default(), world.applications.len()),
            members: IdVec::filled(Member::default(), world.workloads.len()),
        }
    }
}

impl<R: Receiver> Simulation<'_, R> {
    /// A group is copied: its cutover waits for the next window.
    pub(super) fn ready_for_cutover(&mut self, group: ApplicationId, scheduler: &mut Scheduler<Event>) {
        self.group_copied(group, scheduler);
    }

    pub(super) fn cutover_starts(&mut self, group: ApplicationId, scheduler: &mut Scheduler<Event>) {
        let now = scheduler.now();
        let members = self.movers(group);
        // A host that failed is repaired in hours: the group goes in the next window.
        if members.iter().any(|workload| !self.can_go(*workload)) {
            let opens = self.next_try(group, now, AFTER_REPAIR);
            scheduler.schedule_at(opens, Event::CutoverStarts(group));
            return;
        }
        if let Some(lagging) = members.iter().copied().find(|workload| self.lags_too_far(*workload, now)) {
            self.abandon(group, lagging, GivenUp::OutrunByChanges, scheduler);
            return;
        }
        let attempt = self.programme.start_attempt(group, now);
        let entity = EntityKey::new(APPLICATION, &self.world.applications[group].name, 0);
        let moves = members.iter().any(|workload| self.promised[*workload].is_some());
        let purpose = if self.is_rehearsal() { EXIT_CUTOVER } else { CUTOVER };
        let fails = moves
            && self.draws.uniform(purpose, entity, attempt)
                < self.figures.value(self.world.factory.cutover_failure);
        let aborts = self.cutovers.groups[group].aborts;
        // One more than there are, so that it is not over before all have begun.
        let pending = members.len() as u32 + 1;
        self.cutovers.groups[group] = Cut { open: true, fails, pending, started: now, aborts };
        for workload in members {
            self.member_goes(workload, scheduler);
        }
        self.await_copies(scheduler);
        self.count_through(group, scheduler);
    }

    /// Whether a workload's source, what is promised to it and its circuit are up.
    fn can_go(&self, workload: WorkloadId) -> bool {
        let cut_off = |link| !self.copying.transport.is_up(link);
        if self.link_of(workload).is_some_and(cut_off) {
            return false;
        }
        let up = |place: Option<Place>| {
            place.is_none_or(|place| {
                self.is_up(place) && !self.is_site_down(self.world.offers[place.offer].site)
            })
        };
        let waits = self.places[workload].is_some_and(|place| place.spot == Spot::Waiting);
        up(self.promised[workload]) && up(self.places[workload]) && !waits
    }

    /// Whether a copy that does not keep up has more left than fits into the longest
    /// stop.
    fn lags_too_far(&mut self, workload: WorkloadId, now: SimTime) -> bool {
        self.copying.diverging[workload]
            && self.copying.transport.rest(now, workload).1 > self.world.factory.longest_stop
    }

    /// Starts the last stage of a member.
    fn member_goes(&mut self, workload: WorkloadId, scheduler: &mut Scheduler<Event>) {
        let now = scheduler.now();
        let assignment = self.assignment(workload);
        self.cutovers.members[workload] = Member { stage: Stage::Moving, back: None, converted: None };
        let Some(tool) = assignment.tool.filter(|_| assignment.to.is_some()) else {
            // It is retired, or nothing carries it.
            self.guest_stops(workload, now);
            self.bytes_are_there(workload, scheduler);
            return;
        };
        let started = self.copying.transport.has(workload);
        match assignment.method {
            Method::Live => {
                let rounds = self.rounds(workload, tool);
                if started {
                    self.copying.transport.finish(now, workload, Last::Live(rounds));
                } else {
                    self.start_copy(workload, tool, Way::Session(rounds), scheduler);
                }
            }
            Method::Cold => self.start_copy(workload, tool, Way::Still, scheduler),
            Method::Replicated | Method::Conversion | Method::Offline | Method::Rebuild => {
                if let Some(link) = self.link_of(workload) {
                    self.open_circuit(link, now);
                }
                // Until now it waited for its window.
                self.copying.transport.take_waits(workload);
                self.copying.transport.finish(now, workload, Last::Delta);
            }
        }
    }

    fn is_moving(&self, workload: WorkloadId) -> bool {
        self.cutovers.members[workload].stage == Stage::Moving
    }

    /// Whether a workload's cutover is under way.
    pub(super) fn is_cut_over(&self, workload: WorkloadId) -> bool {
        self.cutovers.members[workload].stage != Stage::Idle
    }

    /// A member's turn has come.
    pub(super) fn cutover_begun(&mut self, workload: WorkloadId, scheduler: &Scheduler<Event>) {
        if self.is_moving(workload) && self.assignment(workload).method != Method::Live {
            self.guest_stops(workload, scheduler.now());
        }
    }

    /// A guest that was moved live stops for the rest of its memory.
    pub(super) fn switched_over(&mut self, workload: WorkloadId, scheduler: &Scheduler<Event>) {
        if self.is_moving(workload) {
            self.guest_stops(workload, scheduler.now());
        }
    }

    fn guest_stops(&mut self, workload: WorkloadId, now: SimTime) {
        if self.world.workloads[workload].power == Power::On {
            let fails = self.cutovers.groups[self.group_of(workload)].fails;
            let cause = if fails { OutageCause::Rollback } else { OutageCause::Cutover };
            self.goes_down(workload, cause, now);
        }
    }

    /// Every byte of a member is at its destination.
    pub(super) fn delivered(&mut self, workload: WorkloadId, scheduler: &mut Scheduler<Event>) {
        if self.is_moving(workload) {
            self.note_copied_out(workload, scheduler.now());
            self.bytes_are_there(workload, scheduler);
        }
    }

    fn bytes_are_there(&mut self, workload: WorkloadId, scheduler: &mut Scheduler<Event>) {
        let now = scheduler.now();
        let assignment = self.assignment(workload);
        let off = self.world.workloads[workload].power == Power::Off;
        let takes = match self.crossing(workload).filter(|_| !off) {
            None => Span::ZERO,
            Some(crossing) => {
                let carriage = Carriage { method: assignment.method, tool: assignment.tool };
                let minutes = effort::cutover_minutes(self.moment(now), crossing, carriage);
                Span::from_seconds_f64(minutes * 60.0)
            }
        };
        // A guest that was moved live runs on at once; what follows is the tool's.
        let down = if assignment.method == Method::Live { Span::ZERO } else { takes };
        let event = (takes > Span::ZERO).then(|| scheduler.schedule_after(takes, Event::Converted(workload)));
        self.cutovers.members[workload] =
            Member { stage: Stage::Converting, back: Some(now + down), converted: event };
        if event.is_none() {
            self.converted(workload, scheduler);
        }
    }

    /// A member is through: its tool may take the next.
    pub(super) fn converted(&mut self, workload: WorkloadId, scheduler: &mut Scheduler<Event>) {
        let member = &mut self.cutovers.members[workload];
        member.converted = None;
        member.stage = Stage::Ready;
        let group = self.group_of(workload);
        self.note_cutover_waits(workload, scheduler.now());
        // The copy stays until the group is through: it may have to go back.
        self.copying.transport.pass_turn(scheduler.now(), workload);
        self.await_copies(scheduler);
        self.count_through(group, scheduler);
    }

    /// What the time of a member's cutover went into. Of a cold copy the transport knows.
    fn note_cutover_waits(&mut self, workload: WorkloadId, now: SimTime) {
        let group = self.group_of(workload);
        let all = now.since(self.cutovers.groups[group].started);
        let known = if self.assignment(workload).method == Method::Cold {
            self.note_waits(workload)
        } else {
            Span::ZERO
        };
        self.waits.add(self.programme.wave_of(group), Binding::Cutover, all - known);
    }

    fn count_through(&mut self, group: ApplicationId, scheduler: &mut Scheduler<Event>) {
        let cut = &mut self.cutovers.groups[group];
        if !cut.open {
            return;
        }
        cut.pending -= 1;
        if cut.pending > 0 {
            return;
        }
        if cut.fails {
            scheduler.schedule_after(self.rollback_time(), Event::RolledBack(group));
        } else {
            self.cutover_ends(group, scheduler);
        }
    }

    /// Until a failed cutover is noticed and undone.
    fn rollback_time(&self) -> Span {
        Span::from_seconds_f64(60.0 * self.figures.value(self.world.factory.rollback_minutes))
    }

    fn is_up(&self, place: Place) -> bool {
        match place.spot {
            Spot::Host(host) => self.pool(place.offer).host(host).is_in_service(),
            Spot::Sku(_) | Spot::Stored | Spot::Waiting => true,
        }
    }

    /// Members of a group that go: those with room at their destination, and those
    /// that are retired.
    fn movers(&self, group: ApplicationId) -> Vec<WorkloadId> {
        let mut members = self.programme.members(group);
        members
            .retain(|workload| self.promised[*workload].is_some() || self.assignment(*workload).to.is_none());
        members
    }

    /// All members of a group are through.
    fn cutover_ends(&mut self, group: ApplicationId, scheduler: &mut Scheduler<Event>) {
        let now = scheduler.now();
        self.cutovers.groups[group].open = false;
        for workload in self.movers(group) {
            let member = std::mem::take(&mut self.cutovers.members[workload]);
            let since = self.comes_back(workload, member.back.unwrap_or(now), now);
            self.copying.transport.end(now, workload);
            let source = self.uninstall(workload, scheduler);
            self.keep_source(workload, source, now);
            let outcome = match self.take_promise(workload, now) {
                Some(destination) => {
                    self.arrive(workload, destination, scheduler);
                    MoveOutcome::Completed
                }
                None => {
                    self.journal.receive(now, &Entry::Placed { workload, offer: None });
                    MoveOutcome::Retired
                }
            };
            self.journal_move(workload, Ending { outcome, down: since }, now);
        }
        self.await_copies(scheduler);
        self.after_cutover(group, scheduler);
    }

    /// A workload is at its destination; it waits where the host promised to it has
    /// failed during the cutover and no other had room.
    fn arrive(&mut self, workload: WorkloadId, destination: Place, scheduler: &mut Scheduler<Event>) {
        if self.is_up(destination) {
            self.install(workload, destination, scheduler);
            return;
        }
        self.vacate(workload, destination);
        self.install(workload, Place { spot: Spot::Waiting, ..destination }, scheduler);
        self.goes_down(workload, OutageCause::HostFailureNoRoom, scheduler.now());
    }

    /// The outage of a cutover is over at `back`; how long it was. One whose host failed
    /// meanwhile is back when the cutover ends.
    fn comes_back(&mut self, workload: WorkloadId, back: SimTime, now: SimTime) -> Span {
        let Some((from, cause)) = self.down[workload].take() else { return Span::ZERO };
        let (offer, planned) = (self.source_offer(workload), cause == OutageCause::Cutover);
        let host_down = self.promised[workload].is_some_and(|place| !self.is_up(place));
        let until = if planned && !host_down { back } else { now };
        self.journal.receive(now, &Entry::Outage(Outage { workload, offer, from, until, cause }));
        let length = until.since(from);
        match self.places[workload] {
            Some(place) if !planned => self.failed_for(workload, place, length, now),
            _ => self.charge_downtime(workload, length, now),
        }
        length
    }

    /// Books the business cost of downtime, where the application states it.
    pub(super) fn charge_downtime(&mut self, workload: WorkloadId, down: Span, now: SimTime) {
        let application = self.world.workloads[workload].application;
        let Some(figure) = self.world.applications[application].downtime_per_hour else { return };
        let month = self.month(now).index;
        let charge = line(
            &self.figures,
            figure,
            Quantity::from_f64(down.as_hours()),
            Line {
                meter: Meter::Downtime(application),
                category: Category::Downtime,
                site: None,
                application: Some(application),
                month,
                paid_at: now,
                nature: Nature::Opex,
            },
        );
        self.post(now, charge);
    }

    /// Keeps the room and the disks of a moved workload at its source.
    fn keep_source(&mut self, workload: WorkloadId, source: Place, now: SimTime) {
        self.retained[workload] = Some(source);
        self.sources_kept += 1;
        self.changes += 1;
        self.kept_since[workload] = now;
        self.count_at(self.world.offers[source.offer].site, Step::Up, now);
        self.meter_storage(workload, source.offer, Category::DoubleRunning, Step::Up, now);
        if let Spot::Host(_) = source.spot {
            let vcpus = u64::from(self.demand(workload, source.offer).vcpus);
            self.hosts[source.offer].retained_vcpus.raise(vcpus, now);
        }
    }

    /// Gives up the room and the disks that were kept at a source.
    pub(super) fn release_source(&mut self, workload: WorkloadId, source: Place, now: SimTime) {
        self.sources_kept -= 1;
        self.vacate(workload, source);
        self.count_at(self.world.offers[source.offer].site, Step::Down, now);
        self.meter_storage(workload, source.offer, Category::DoubleRunning, Step::Down, now);
        if let Spot::Host(_) = source.spot {
            let vcpus = u64::from(self.demand(workload, source.offer).vcpus);
            self.hosts[source.offer].retained_vcpus.lower(vcpus, now);
        }
    }

    /// A failed cutover is undone: the group runs at its source, the hours are
    /// lost, and it goes again in the next window.
    pub(super) fn rolled_back(&mut self, group: ApplicationId, scheduler: &mut Scheduler<Event>) {
        let now = scheduler.now();
        let members = self.movers(group);
        self.cutovers.groups[group].open = false;
        // The crew's time by the rule of the factory, whatever was down meanwhile.
        let lost = members.len() as f64 * self.figures.value(self.world.factory.rollback_minutes) / 60.0;
        for workload in members {
            self.take_back(workload, scheduler);
            let down = self.runs_again(workload, now);
            self.journal_move(workload, Ending { outcome: MoveOutcome::RolledBack, down }, now);
        }
        self.await_copies(scheduler);
        self.charge_hours(Meter::RolledBackWork, lost, group, now);
        let opens = self.next_attempt(group, now, NEXT_WEEK);
        scheduler.schedule_at(opens, Event::CutoverStarts(group));
    }

    /// A workload runs at its source again, unless that is down; how long it was not.
    fn runs_again(&mut self, workload: WorkloadId, now: SimTime) -> Span {
        let place = self.places[workload];
        let stranded = place.is_some_and(|place| {
            place.spot == Spot::Waiting || self.is_site_down(self.world.offers[place.offer].site)
        });
        let Some((from, cause)) = self.down[workload].take_if(|_| !stranded) else { return Span::ZERO };
        let offer = self.source_offer(workload);
        self.journal.receive(now, &Entry::Outage(Outage { workload, offer, from, until: now, cause }));
        self.charge_downtime(workload, now.since(from), now);
        now.since(from)
    }

    /// Takes a member out of its cutover: what was kept in sync is again, what was made
    /// for this cutover alone is given up.
    fn take_back(&mut self, workload: WorkloadId, scheduler: &mut Scheduler<Event>) {
        let now = scheduler.now();
        if let Some(event) = std::mem::take(&mut self.cutovers.members[workload]).converted {
            scheduler.cancel(event);
        }
        if !self.copying.transport.has(workload) {
            return;
        }
        self.note_copied_out(workload, now);
        if self.copying.transport.is_seeded(workload) {
            self.copying.transport.back_to_sync(now, workload);
        } else {
            self.copying.transport.end(now, workload);
        }
    }

    /// Breaks off the cutover of a workload's group, if it is under way.
    pub(super) fn break_cutover_of(
        &mut self,
        workload: WorkloadId,
        why: Broken,
        scheduler: &mut Scheduler<Event>,
    ) {
        let group = self.group_of(workload);
        if !self.cutovers.groups[group].open || !self.is_cut_over(workload) {
            return;
        }
        let now = scheduler.now();
        self.decide(now, Decision::CutoverBroken { workload, why });
        let cut = &mut self.cutovers.groups[group];
        cut.open = false;
        cut.aborts += u32::from(why == Broken::NotConverged);
        let aborts = cut.aborts;
        let members = self.movers(group);
        let mut stopped = false;
        for member in members {
            self.take_back(member, scheduler);
            if let Some((_, cause)) = &mut self.down[member] {
                stopped = true;
                if *cause == OutageCause::Cutover {
                    *cause = OutageCause::Rollback;
                }
            }
        }
        self.await_copies(scheduler);
        if aborts >= MOST_ABORTS {
            self.abandon(group, workload, GivenUp::NeverConverged, scheduler);
        } else if stopped {
            scheduler.schedule_after(self.rollback_time(), Event::RolledBack(group));
        } else {
            self.rolled_back(group, scheduler);
        }
    }

    /// The passes over a member's memory were given up.
    pub(super) fn aborted(&mut self, workload: WorkloadId, why: Abort, scheduler: &mut Scheduler<Event>) {
        let why = match why {
            Abort::NotConverged => Broken::NotConverged,
            Abort::LinkDown => Broken::LinkDown,
            Abort::SourceDown => Broken::SourceDown,
        };
        self.break_cutover_of(workload, why, scheduler);
    }

    /// A workload that is being copied has no host to be read from.
    pub(super) fn source_is_gone(&mut self, workload: WorkloadId, scheduler: &mut Scheduler<Event>) {
        if self.is_moving(workload) {
            self.break_cutover_of(workload, Broken::SourceDown, scheduler);
        }
    }

    /// The host promised to a workload is down: passes over a memory that lies there are
    /// lost.
    pub(super) fn target_fails(&mut self, workload: WorkloadId, scheduler: &mut Scheduler<Event>) {
        let live = self.plan.assignments[workload].is_some_and(|to| to.method == Method::Live);
        if live && self.is_moving(workload) {
            self.break_cutover_of(workload, Broken::TargetDown, scheduler);
        }
    }

    /// Cutovers over a circuit that went down are broken off when they have lasted too
    /// long, unless it is back by then.
    pub(super) fn limit_cutovers_over(&mut self, link: LinkId, scheduler: &mut Scheduler<Event>) {
        let now = scheduler.now();
        let groups: Vec<ApplicationId> =
            self.cutovers.groups.enumerate().filter(|(_, cut)| cut.open).map(|(group, _)| group).collect();
        for group in groups {
            let waits = |workload: &WorkloadId| {
                self.is_moving(*workload)
                    && self.assignment(*workload).to.is_some()
                    && self.link_of(*workload) == Some(link)
            };
            if self.movers(group).iter().any(waits) {
                let latest = self.cutovers.groups[group].started + self.world.factory.longest_stop;
                scheduler.schedule_at(latest.max(now), Event::CutoverOverdue(group));
            }
        }
    }

    /// A cutover has lasted as long as it may while its circuit is down.
    pub(super) fn cutover_overdue(&mut self, group: ApplicationId, scheduler: &mut Scheduler<Event>) {
        let cut = self.cutovers.groups[group];
        if !cut.open || scheduler.now() < cut.started + self.world.factory.longest_stop {
            return;
        }
        let cut_off = |workload: &WorkloadId| {
            self.is_moving(*workload)
                && self.assignment(*workload).to.is_some()
                && self.link_of(*workload).is_some_and(|link| !self.copying.transport.is_up(link))
        };
        if let Some(workload) = self.movers(group).into_iter().find(cut_off) {
            self.break_cutover_of(workload, Broken::LinkDown, scheduler);
        }
    }

    /// A group's move is given up: it stays where it is.
    fn abandon(
        &mut self,
        group: ApplicationId,
        workload: WorkloadId,
        why: GivenUp,
        scheduler: &mut Scheduler<Event>,
    ) {
        let now = scheduler.now();
        self.decide(now, Decision::MoveGivenUp { workload, why });
        for member in self.movers(group) {
            self.note_copied_out_if_any(member, now);
            self.copying.transport.end(now, member);
            let down = self.runs_again(member, now);
            self.journal_move(member, Ending { outcome: MoveOutcome::GivenUp, down }, now);
            if let Some(place) = self.take_promise(member, now) {
                self.vacate(member, place);
            }
        }
        self.await_copies(scheduler);
        self.group_settled(group, now);
        self.programme.finish(now);
    }

    fn note_copied_out_if_any(&mut self, workload: WorkloadId, now: SimTime) {
        if self.copying.transport.has(workload) {
            self.note_copied_out(workload, now);
        }
    }
}
