//! Cutovers: windows and freezes, success or rollback, and the source that is
//! kept for a while.

use super::billing::{Line, line};
use super::estate::{Place, Spot, Step};
use super::event::Event;
use super::journal::{Category, Entry, Meter, MoveOutcome, Nature, Outage, OutageCause, Receiver};
use super::programme::Ending;
use super::{Scheduler, Simulation};
use crate::base::ids::Id;
use crate::base::random::{EntityKey, EntityKind, Purpose};
use crate::base::units::{Quantity, SimTime, Span};
use crate::world::rules::effort::{self, Carriage};
use crate::world::{ApplicationId, Cutover, Method, Power, WorkloadId};

/// Whether a cutover fails.
const CUTOVER: Purpose = Purpose::new("cutover failure");
/// The same in an exit rehearsal, whose attempts are counted anew: it does not meet
/// the luck of the strategy's own moves again.
const EXIT_CUTOVER: Purpose = Purpose::new("cutover failure in an exit");
const APPLICATION: EntityKind = EntityKind::new("application");

/// vMotion switches over when what remains can be sent in half a second
/// (itprotoday.com on vMotion's stop rule).
const LIVE_SWITCHOVER: Span = Span::from_ns(500_000_000);

/// A group goes again in a window of the next week, not in what is left of this one.
const NEXT_WEEK: Span = Span::from_hours(6 * 24 + 12);
/// A failed host is looked at again when most are repaired.
const AFTER_REPAIR: Span = Span::from_hours(12);

impl<R: Receiver> Simulation<'_, R> {
    /// A group is copied: its cutover waits for the next window.
    pub(super) fn ready_for_cutover(&mut self, group: ApplicationId, scheduler: &mut Scheduler<Event>) {
        self.group_copied(group, scheduler);
    }

    pub(super) fn cutover_starts(&mut self, group: ApplicationId, scheduler: &mut Scheduler<Event>) {
        let now = scheduler.now();
        let members = self.movers(group);
        // A host that failed after it was promised is repaired in hours: the group
        // goes in the next window.
        let awaited =
            members.iter().any(|workload| self.promised[*workload].is_some_and(|place| !self.is_up(place)));
        if awaited {
            let opens = self.next_try(group, now, AFTER_REPAIR);
            scheduler.schedule_at(opens, Event::CutoverStarts(group));
            return;
        }
        let attempt = self.programme.start_attempt(group, now);
        let longest = self.downtimes(&members).into_iter().map(|(_, down)| down).max().unwrap_or(Span::ZERO);
        let entity = EntityKey::new(APPLICATION, &self.world.applications[group].name, 0);
        let moves = members.iter().any(|workload| self.promised[*workload].is_some());
        let purpose = if self.is_rehearsal() { EXIT_CUTOVER } else { CUTOVER };
        let fails = moves
            && self.draws.uniform(purpose, entity, attempt)
                < self.figures.value(self.world.factory.cutover_failure);
        for workload in &members {
            self.copy_cold(*workload, now);
            if self.world.workloads[*workload].power == Power::On {
                let cause = if fails { OutageCause::Rollback } else { OutageCause::Cutover };
                self.goes_down(*workload, cause, now);
            }
        }
        if fails {
            let lost = Span::from_seconds_f64(60.0 * self.figures.value(self.world.factory.rollback_minutes));
            scheduler.schedule_after(longest + lost, Event::RolledBack(group));
        } else {
            scheduler.schedule_after(longest, Event::CutoverEnds(group));
        }
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

    /// How long each workload is down for its cutover. A serial tool takes one
    /// after another.
    fn downtimes(&self, members: &[WorkloadId]) -> Vec<(WorkloadId, Span)> {
        let mut queues = vec![Span::ZERO; self.world.tools.len()];
        members
            .iter()
            .map(|workload| {
                let assignment = self.assignment(*workload);
                let down = match (assignment.method, self.crossing(*workload)) {
                    (_, None) => Span::ZERO,
                    _ if self.world.workloads[*workload].power == Power::Off => Span::ZERO,
                    (Method::Live, _) => LIVE_SWITCHOVER,
                    (method, Some(crossing)) => {
                        let carriage = Carriage { method, tool: assignment.tool };
                        let minutes = effort::cutover_minutes(self.world, &self.figures, crossing, carriage);
                        Span::from_seconds_f64(minutes * 60.0) + self.last_bytes(*workload)
                    }
                };
                let Some(tool) = assignment.tool else { return (*workload, down) };
                if self.world.tools[tool].cutover == Cutover::Parallel {
                    return (*workload, down);
                }
                let queue = &mut queues[tool.index()];
                *queue += down;
                (*workload, *queue)
            })
            .collect()
    }

    pub(super) fn cutover_ends(&mut self, group: ApplicationId, scheduler: &mut Scheduler<Event>) {
        let now = scheduler.now();
        let downtimes = self.downtimes(&self.movers(group));
        for (workload, down) in downtimes {
            let since = self.comes_back(workload, down, now);
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

    /// The outage of a cutover is over; how long it was. A live or a powered-off
    /// workload was not down for long.
    fn comes_back(&mut self, workload: WorkloadId, down: Span, now: SimTime) -> Span {
        let Some((from, cause)) = self.down[workload].take() else { return Span::ZERO };
        let (offer, planned) = (self.source_offer(workload), cause == OutageCause::Cutover);
        // One that was down for another reason is back when the cutover ends.
        let until = if planned { from + down } else { now };
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
        self.count_at(self.world.offers[source.offer].site, Step::Up, now);
        self.meter_storage(workload, source.offer, Category::DoubleRunning, Step::Up, now);
        if let Spot::Host(_) = source.spot {
            let vcpus = u64::from(self.demand(workload, source.offer).vcpus);
            self.hosts[source.offer].retained_vcpus.raise(vcpus, now);
        }
    }

    /// Gives up the room and the disks that were kept at a source.
    pub(super) fn release_source(&mut self, workload: WorkloadId, source: Place, now: SimTime) {
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
        // The crew's time by the rule of the factory, whatever was down meanwhile.
        let lost = members.len() as f64 * self.figures.value(self.world.factory.rollback_minutes) / 60.0;
        for workload in members {
            let waiting = self.places[workload].is_some_and(|place| place.spot == Spot::Waiting);
            let since = match self.down[workload].take_if(|_| !waiting) {
                Some((from, cause)) => {
                    let offer = self.source_offer(workload);
                    self.journal
                        .receive(now, &Entry::Outage(Outage { workload, offer, from, until: now, cause }));
                    self.charge_downtime(workload, now.since(from), now);
                    now.since(from)
                }
                None => Span::ZERO,
            };
            self.journal_move(workload, Ending { outcome: MoveOutcome::RolledBack, down: since }, now);
        }
        self.charge_hours(Meter::RolledBackWork, lost, group, now);
        let opens = self.next_attempt(group, now, NEXT_WEEK);
        scheduler.schedule_at(opens, Event::CutoverStarts(group));
    }
}
