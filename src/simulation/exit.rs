//! Exit rehearsals: a fork of the simulation evacuates a party with the same
//! engine, bandwidth, labour and windows as any other move.
//!
//! Two things differ from an ordinary programme, and both are stated. Random host
//! failures are left out: they are the running estate's, not the exit's. And what
//! a provider must let go freely costs no egress.

use super::bottleneck::Waits;
use super::copying::Copying;
use super::cutover::Cutovers;
use super::event::Event;
use super::journal::{Entry, Receiver};

use super::programme::{Beginning, Programme};
use super::{Running, Scheduler, Simulation};
use crate::base::ids::IdVec;
use crate::base::units::{SimTime, Span};
use crate::kernel::Engine;
use crate::world::{Assignment, PartyId, WorkloadId};

/// An evacuation is given up when it takes longer than this: nine years.
const PATIENCE: Span = Span::from_days(9 * 365);

/// What is left, and where everything goes.
#[derive(Clone, Debug)]
pub struct Rehearsal {
    /// The party whose sites and technology are left.
    pub party: PartyId,
    /// Where each workload goes; what stays, and what has nowhere to go, has none.
    pub assignments: IdVec<WorkloadId, Option<Assignment>>,
}

/// When a rehearsed exit was over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExitEnd {
    /// When the evacuation began.
    pub began: SimTime,
    /// When the last workload had left and its source was given up.
    pub left: SimTime,
    /// When the last obligation to the party ended.
    pub free: SimTime,
}

impl<'w, R: Receiver> Running<'w, R> {
    /// Evacuates a party from where the fork stands, and hands what it is charged
    /// to `journal`: only what the evacuation itself causes is worth folding, since
    /// the estate's running costs go on in it.
    pub fn rehearse_exit<S: Receiver>(&self, rehearsal: Rehearsal, journal: S) -> (ExitEnd, S) {
        let now = self.engine.model().world.horizon();
        let mut fork = self.engine.model().clone_with(journal);
        fork.prepare_exit(rehearsal, now);
        let mut scheduler = Scheduler::new();
        scheduler.schedule_at(now, Event::ExitBegins);
        let mut engine = Engine::resume(fork, scheduler);
        // It begins even where nobody can leave: what is stranded is still lost.
        engine.step();
        engine.run_while(now + PATIENCE, |simulation| !simulation.exit_is_over());
        let (mut fork, scheduler) = engine.into_parts();
        let end = fork.close_exit(now, scheduler.now());
        (end, fork.journal)
    }
}

impl<'w, R: Receiver> Simulation<'w, R> {
    /// The same state, writing to another journal.
    fn clone_with<S: Receiver>(&self, journal: S) -> Simulation<'w, S> {
        Simulation {
            world: self.world,
            plan: self.plan.clone(),
            draws: self.draws,
            figures: self.figures.clone(),
            journal,
            last_month: self.last_month,
            places: self.places.clone(),
            promised: self.promised.clone(),
            retained: self.retained.clone(),
            kept_since: self.kept_since.clone(),
            pools: self.pools.clone(),
            filters: self.filters.clone(),
            last_taken: self.last_taken.clone(),
            turns: self.turns.clone(),
            switched_off: self.switched_off.clone(),
            gauges: self.gauges.clone(),
            hosts: self.hosts.clone(),
            running: self.running.clone(),
            sites: self.sites.clone(),
            present: self.present,
            owned_hosts: self.owned_hosts,
            windows_on: self.windows_on.clone(),
            on_platform: self.on_platform.clone(),
            pooled_storage: self.pooled_storage.clone(),
            stored: self.stored.clone(),
            spent: self.spent.clone(),
            hardware_paid: self.hardware_paid.clone(),
            copied_out: self.copied_out.clone(),
            copied_over: self.copied_over.clone(),
            circuits_open: self.circuits_open.clone(),
            failed_this_month: Vec::new(),
            settled_at: self.settled_at,
            month_settled_at: self.month_settled_at,
            holdings: self.holdings.clone(),
            cores_owned: self.cores_owned.clone(),
            commitments: self.commitments.clone(),
            programme: self.programme.clone(),
            waits: Waits::default(),
            copying: self.copying.clone(),
            cutovers: self.cutovers.clone(),
            sites_down: IdVec::filled(0, self.world.sites.len()),
            down: self.down.clone(),
            instance_failures: IdVec::filled(None, self.world.workloads.len()),
            exit: self.exit,
            // What is used is not rehearsed.
            use_book: None,
        }
    }

    /// Ends what the strategy had under way and takes over the evacuation's plan.
    fn prepare_exit(&mut self, rehearsal: Rehearsal, now: SimTime) {
        for workload in self.world.workloads.ids() {
            if let Some(place) = self.take_promise(workload, now) {
                self.vacate(workload, place);
            }
            if let Some(place) = self.retained[workload].take() {
                self.release_source(workload, place, now);
            }
            self.down[workload] = None;
        }
        self.exit = Some(rehearsal.party);
        self.plan = self.plan.evacuation(self.world, rehearsal, now, |workload| {
            self.places[workload].map(|place| place.offer)
        });
        self.programme = Programme::of(&Beginning {
            world: self.world,
            plan: &self.plan,
            figures: &self.figures,
            from: &|workload| {
                self.places[workload].map_or(self.world.workloads[workload].home, |place| place.offer)
            },
            before: Some(&self.programme),
        });
        self.copying = Copying::of(self.world, now);
        self.cutovers = Cutovers::of(self.world);
    }

    /// The first event of an evacuation.
    pub(super) fn exit_begins(&mut self, scheduler: &mut Scheduler<Event>) {
        let now = scheduler.now();
        // What ran until now belongs to the horizon, not to the exit.
        self.settle_month(now);
        self.journal.receive(now, &Entry::ExitBegins);
        self.resume_contracts(scheduler);
        self.resume_commitments(scheduler);
        self.schedule_plan(scheduler);
        let next = self.world.calendar.month_of(now) + 1;
        scheduler.schedule_at(self.world.calendar.month_start(next), Event::MonthEnds);
    }

    fn exit_is_over(&self) -> bool {
        self.exit.is_some() && self.programme.is_finished()
    }

    fn close_exit(&mut self, began: SimTime, now: SimTime) -> ExitEnd {
        self.settle_month(now);
        let party = self.exit.expect("an exit rehearsal leaves a party");
        let left = if self.programme.is_finished() { self.programme.finished_at.max(began) } else { now };
        let free =
            self.obliged_until(party).max(self.committed_until(party)).map_or(left, |until| until.max(left));
        self.strand(party, left);
        self.strand_terms(party, left);
        self.journal.receive(now, &Entry::End);
        ExitEnd { began, left, free }
    }

    /// Failures are not rehearsed.
    pub(super) fn is_rehearsal(&self) -> bool {
        self.exit.is_some()
    }
}
