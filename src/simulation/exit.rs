//! Exit rehearsals: a fork of the simulation evacuates a party with the same
//! engine, bandwidth, labour and windows as any other move.
//!
//! A fork can be made at any date. What the strategy had under way is ended there, and its
//! later intentions with it: waves, consolidations, levelling. What the world has in store
//! goes on (`resume`): dated price moves and faults, the ageing of hardware, hosts that are
//! being installed, contract payments and terms.
//!
//! Left out, because it is the running estate's and not the exit's: random failures of
//! hosts (what is broken on the day is taken to be repaired), the sampling of use, and
//! what is bought to stay, such as the hosts of a destination. What a copy of the strategy
//! that was cut short had sent since its first copy is not charged.

mod leaving;
mod resume;
mod stranded;

pub(super) use leaving::{Carried, Leaving};

use super::bottleneck::Waits;
use super::copying::Copying;
use super::cutover::Cutovers;
use super::event::Event;
use super::journal::{Entry, Receiver};

use super::programme::{Beginning, Programme};
use super::{Running, Scheduler, Simulation};
use crate::base::ids::IdVec;
use crate::base::units::{Money, SimTime, Span};
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
    /// When the last term ends that was owed to the party before it was left.
    pub owed_until: Option<SimTime>,
    /// Perpetual licences that were in use and are in use nowhere any more, at the price
    /// of the day: paid long ago, so it stands beside the cost.
    pub lost_licences: Money,
}

impl<'w, R: Receiver> Running<'w, R> {
    /// Evacuates a party from `now` on, which must be no earlier than where this run
    /// stands, and hands what it is charged to `journal`: only what the evacuation itself
    /// causes is worth folding, since the estate's running costs go on in it. This run is
    /// not touched.
    pub fn rehearse_exit<S: Receiver>(&self, rehearsal: Rehearsal, now: SimTime, journal: S) -> (ExitEnd, S) {
        let model = self.engine.model();
        let owed = model.obliged_until(rehearsal.party).max(model.committed_until(rehearsal.party));
        let owed_until = owed.filter(|until| *until > now);
        let mut fork = model.clone_with(journal);
        fork.prepare_exit(rehearsal, now);
        let mut scheduler = Scheduler::new();
        scheduler.schedule_at(now, Event::ExitBegins);
        let mut engine = Engine::resume(fork, scheduler);
        // It begins even where nobody can leave: what is stranded is still lost.
        engine.step();
        engine.run_while(now + PATIENCE, |simulation| !simulation.exit_is_over());
        let (mut fork, mut scheduler) = engine.into_parts();
        let end = fork.close_exit(now, &mut scheduler);
        (ExitEnd { owed_until, ..end }, fork.journal)
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
            sources_kept: self.sources_kept,
            changes: self.changes,
            consolidated: self.consolidated.clone(),
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
            cores_known: self.cores_known.clone(),
            commitments: self.commitments.clone(),
            programme: self.programme.clone(),
            waits: Waits::default(),
            copying: self.copying.clone(),
            cutovers: self.cutovers.clone(),
            sites_down: self.sites_down.clone(),
            down: self.down.clone(),
            instance_failures: IdVec::filled(None, self.world.workloads.len()),
            exit: self.exit.clone(),
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
        self.exit = Some(Leaving::of(self, &rehearsal, now));
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
        // What ran until now belongs to the strategy, not to the exit.
        self.settle_month(now);
        self.journal.receive(now, &Entry::ExitBegins);
        self.resume_world(scheduler);
        self.resume_contracts(scheduler);
        self.resume_commitments(scheduler);
        self.schedule_plan(scheduler);
        let next = self.world.calendar.month_of(now) + 1;
        scheduler.schedule_at(self.world.calendar.month_start(next), Event::MonthEnds);
    }

    fn exit_is_over(&self) -> bool {
        self.exit.is_some() && self.programme.is_finished()
    }

    fn close_exit(&mut self, began: SimTime, scheduler: &mut Scheduler<Event>) -> ExitEnd {
        let now = scheduler.now();
        self.settle_month(now);
        let leaving = self.exit.clone().expect("an exit rehearsal leaves a party");
        let left = if self.programme.is_finished() { self.programme.finished_at.max(began) } else { now };
        // Hosts are given back at the end of the month; what nobody needs is known now.
        for offer in self.world.offers.ids() {
            if self.plan.shrinks(offer) {
                self.consolidate(offer, scheduler);
            }
        }
        let party = leaving.party;
        let obliged = self
            .obliged_until(party)
            .max(self.committed_until(party))
            .max(self.services_owed_until(party, &leaving));
        self.strand_licences(&leaving, left);
        self.strand_terms(party, left);
        self.strand_services(&leaving, left);
        let lost_licences = self.lost_licences(&leaving, now);
        self.journal.receive(now, &Entry::End);
        let free = obliged.map_or(left, |until| until.max(left));
        ExitEnd { began, left, free, owed_until: None, lost_licences }
    }

    /// Failures are not rehearsed.
    pub(super) fn is_rehearsal(&self) -> bool {
        self.exit.is_some()
    }
}
