//! What takes long and must be there before a group starts: when it is begun, when it
//! is there, and who waits for it.

use super::super::event::Event;
use super::super::journal::{Decision, Meter, Receiver};
use super::super::{Scheduler, Simulation};
use super::Beginning;
use crate::base::ids::IdVec;
use crate::base::units::{SimTime, Span};
use crate::world::rules::feasibility;
use crate::world::{Gates, LeadId, OfferId, Route, WorkloadId, World};

/// When what moves wait for is begun and there.
#[derive(Clone, Debug)]
pub(super) struct Leads {
    dates: IdVec<LeadId, Option<Dates>>,
    /// What each kind of move waits for, where anything is waited for at all.
    pub waits: bool,
}

#[derive(Clone, Copy, Debug)]
struct Dates {
    from: SimTime,
    until: SimTime,
}

/// What a group waits for.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Ready {
    pub at: SimTime,
    /// The last of what it waits for.
    pub last: Option<LeadId>,
}

impl Leads {
    /// What the moves of a plan wait for, and what that waits for in turn. What was
    /// begun before stays begun, and what was there stays there.
    pub fn of(beginning: &Beginning<'_>) -> Self {
        let Beginning { world, plan, figures, before, .. } = *beginning;
        let leads = &world.programme.leads;
        let mut dates = match before {
            Some(before) => before.leads.begun_by(plan.schedule.start),
            None => IdVec::filled(None, leads.len()),
        };
        if leads.is_empty() {
            return Self { dates, waits: false };
        }
        let mut needed = IdVec::filled(false, leads.len());
        for (workload, assignment) in plan.assignments.enumerate() {
            if let Some(to) = assignment.and_then(|assignment| assignment.to) {
                let trip = Trip { workload, from: (beginning.from)(workload), to };
                for (id, lead) in leads.enumerate() {
                    needed[id] = needed[id] || gates(world, &lead.gates, trip);
                }
            }
        }
        // Each stands after those that it waits for.
        for (id, lead) in leads.enumerate().rev() {
            if needed[id] {
                lead.after.iter().for_each(|earlier| needed[*earlier] = true);
            }
        }
        for (id, lead) in leads.enumerate() {
            if !needed[id] {
                dates[id] = None;
                continue;
            }
            if dates[id].is_some() {
                continue;
            }
            let begins = lead.starts.unwrap_or(plan.schedule.start);
            let from = lead
                .after
                .iter()
                .map(|earlier| dates[*earlier].map_or(SimTime::START, |dates| dates.until))
                .fold(if before.is_some() { begins.max(plan.schedule.start) } else { begins }, SimTime::max);
            let until = from + Span::from_hours_f64(figures.value(lead.takes));
            dates[id] = Some(Dates { from, until });
        }
        Self { dates, waits: true }
    }

    /// What had begun at `now`.
    fn begun_by(&self, now: SimTime) -> IdVec<LeadId, Option<Dates>> {
        self.dates.iter().map(|dates| dates.filter(|dates| dates.from < now)).collect()
    }

    /// When all that a workload on its way waits for is there.
    pub fn ready(&self, world: &World, trip: Trip) -> Ready {
        let mut ready = Ready::default();
        for (id, lead) in world.programme.leads.enumerate() {
            if let Some(dates) = self.dates[id]
                && dates.until > ready.at
                && gates(world, &lead.gates, trip)
            {
                ready = Ready { at: dates.until, last: Some(id) };
            }
        }
        ready
    }
}

/// A workload that goes somewhere.
#[derive(Clone, Copy, Debug)]
pub(super) struct Trip {
    pub workload: WorkloadId,
    pub from: OfferId,
    pub to: OfferId,
}

/// Whether a workload on its way waits for what opens these gates.
fn gates(world: &World, gates: &Gates, trip: Trip) -> bool {
    let Gates { links, sites, data_classes, platforms } = gates;
    let workload = &world.workloads[trip.workload];
    let (from, to) = (&world.offers[trip.from], &world.offers[trip.to]);
    let stated = !(links.is_empty() && sites.is_empty() && data_classes.is_empty() && platforms.is_empty());
    let over = || match feasibility::route(world, from.site, to.site) {
        Some(Route::Over(link)) => links.contains(&link),
        Some(Route::Local) | None => false,
    };
    stated
        && (sites.is_empty() || sites.contains(&to.site))
        && (data_classes.is_empty()
            || data_classes.contains(&world.applications[workload.application].data_class))
        && (platforms.is_empty() || to.platform != from.platform && platforms.contains(&to.platform))
        && (links.is_empty() || over())
}

impl<R: Receiver> Simulation<'_, R> {
    /// Puts what the plan waits for into the future.
    pub(super) fn schedule_leads(&mut self, scheduler: &mut Scheduler<Event>) {
        let now = scheduler.now();
        for (lead, dates) in self.programme.leads.dates.enumerate() {
            let Some(Dates { from, until }) = *dates else { continue };
            if from >= now {
                scheduler.schedule_at(from, Event::LeadStarts(lead));
            }
            if until >= now {
                scheduler.schedule_at(until, Event::LeadMet(lead));
            }
        }
    }

    pub(in super::super) fn lead_starts(&mut self, lead: LeadId, now: SimTime) {
        let Some(Dates { until, .. }) = self.programme.leads.dates[lead] else { return };
        self.decide(now, Decision::LeadStarted { lead, until });
    }

    /// What was waited for is there; the work on it is charged.
    pub(in super::super) fn lead_met(&mut self, lead: LeadId, now: SimTime) {
        self.decide(now, Decision::LeadMet { lead });
        if let Some(hours) = self.world.programme.leads[lead].hours {
            self.charge_lead(Meter::LeadWork(lead), self.figures.value(hours), now);
        }
    }
}
