//! What preparing a group takes: hours by role, planning before the rest, and what
//! they are booked as.

use super::super::billing::{Line, line};
use super::super::event::Event;
use super::super::journal::{Binding, Category, Charge, Meter, Nature, Receiver};
use super::super::{Scheduler, Simulation};
use super::teams::{Hours, Part, Task};
use crate::base::ids::Id;
use crate::base::units::{Quantity, SimTime};
use crate::world::rules::effort::{self, Crossing, Moment, Scope};
use crate::world::{ApplicationId, FacetGroup, FigureId, Method, OfferId, Role, TeamId, WorkloadId};

/// Work on a group, and when it is done.
#[derive(Clone, Copy, Debug)]
pub(super) struct Work {
    stage: Stage,
    hours: Hours,
}

/// The order of work on a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    /// Planners alone.
    Planning,
    /// All others, side by side.
    Preparation,
}

impl<R: Receiver> Simulation<'_, R> {
    /// Finds out what preparing a group takes and asks its teams for it.
    pub(in super::super) fn admit(&mut self, group: ApplicationId, scheduler: &mut Scheduler<Event>) {
        self.programme.groups[group].prepared_from = scheduler.now();
        let work = self.work_of(group, scheduler.now());
        let first = work.iter().map(|work| work.stage).min().unwrap_or(Stage::Preparation);
        self.programme.work[group] = work;
        self.start_stage(group, first, scheduler);
    }

    /// Asks each team for its work of a stage, in as many parts as there are workloads
    /// and people to share them.
    fn start_stage(&mut self, group: ApplicationId, stage: Stage, scheduler: &mut Scheduler<Event>) {
        let mut by_team: Vec<(TeamId, f64)> = Vec::new();
        for work in self.programme.work[group].iter().filter(|work| work.stage == stage) {
            match by_team.iter_mut().find(|(team, _)| *team == work.hours.team) {
                Some((_, hours)) => *hours += work.hours.hours,
                None => by_team.push((work.hours.team, work.hours.hours)),
            }
        }
        let count = self.programme.groups[group].count;
        let parts: Vec<(TeamId, u32, f64)> = by_team
            .into_iter()
            .map(|(team, hours)| {
                let parts = count.min(self.programme.teams.seats(team)).max(1);
                (team, parts, hours / f64::from(parts))
            })
            .collect();
        self.programme.groups[group].parts_left = parts.iter().map(|(_, parts, _)| parts).sum();
        for (team, parts, hours) in parts {
            for _ in 0..parts {
                self.request(team, Part { group, task: Task::Preparation, hours }, scheduler);
            }
        }
    }

    /// A part of a group's preparation is done.
    pub(super) fn part_prepared(&mut self, group: ApplicationId, scheduler: &mut Scheduler<Event>) {
        let left = &mut self.programme.groups[group].parts_left;
        *left -= 1;
        if *left > 0 {
            return;
        }
        let now = scheduler.now();
        let done = self.charge_stage(group, now);
        if done == Some(Stage::Planning) && !self.programme.work[group].is_empty() {
            self.start_stage(group, Stage::Preparation, scheduler);
            return;
        }
        let prepared_from = self.programme.groups[group].prepared_from;
        self.waited(group, Binding::People, now.since(prepared_from));
        self.ask_approval(group, now);
        self.start_copies(group, scheduler);
    }

    /// The work that a group's preparation takes, as it is when it begins: with the
    /// alliances then in force. What is done once for the estate
    /// and a pair of platforms falls to the first group that crosses it, and is
    /// learnt with that: no other group waits for it or pays it again. What is done
    /// once for the application is done once for each difference, however many
    /// platforms its workloads go to: for the pair where it takes most, the first of
    /// several.
    fn work_of(&mut self, group: ApplicationId, at: SimTime) -> Vec<Work> {
        let members = self.programme.members(group);
        let mut applications: Vec<ApplicationId> =
            members.iter().map(|workload| self.world.workloads[*workload].application).collect();
        applications.sort_unstable();
        applications.dedup();
        let mut work = Vec::new();
        for application in applications {
            let of_it = |id: &WorkloadId| self.world.workloads[*id].application == application;
            let members: Vec<WorkloadId> = members.iter().copied().filter(of_it).collect();
            self.work_of_application(Shared { group, application, at }, &members, &mut work);
        }
        work
    }

    fn work_of_application(&mut self, shared: Shared, members: &[WorkloadId], work: &mut Vec<Work>) {
        let world = self.world;
        let planner = self.programme.team(world, shared.group, Role::Planner);
        let engineer = self.programme.team(world, shared.group, Role::Engineer);
        let network = self.programme.team(world, shared.group, Role::Network);
        let planning = if planner == engineer { Stage::Preparation } else { Stage::Planning };
        let application = shared.application;
        let mut add = |stage, team, meter, hours, crossing| {
            work.push(Work { stage, hours: Hours { team, meter, hours, application, crossing } });
        };
        let moment = Moment { world, figures: &self.figures, at: shared.at };
        let mut other = 0.0;
        let planned = effort::application_hours(world, &self.figures);
        // By difference, for each pair of platforms that is crossed.
        let mut crossed: Vec<(Crossing, Vec<f64>)> = Vec::new();
        let mut of_each: Vec<Vec<effort::FacetWork>> = Vec::new();
        for workload in members {
            other += effort::workload_hours(world, &self.figures, &world.workloads[*workload]);
            other += effort::method_hours(world, &self.figures, self.assignment(*workload).tool);
            let Some(crossing) = self.crossing(*workload) else { continue };
            let place = crossed.iter().position(|(known, _)| *known == crossing).unwrap_or_else(|| {
                crossed.push((crossing, vec![0.0; world.facets.len()]));
                of_each.push(effort::facet_work(moment, crossing, Scope::Vm).collect());
                crossed.len() - 1
            });
            for work in &of_each[place] {
                crossed[place].1[work.facet.index()] += work.hours;
            }
        }
        let mut adapted: Vec<Option<(usize, f64)>> = vec![None; world.facets.len()];
        for (place, (crossing, _)) in crossed.iter().enumerate() {
            for work in effort::facet_work(moment, *crossing, Scope::Application) {
                let most = &mut adapted[work.facet.index()];
                if most.is_none_or(|(_, hours)| work.hours > hours) {
                    *most = Some((place, work.hours));
                }
            }
        }
        for (facet, adapted) in adapted.into_iter().enumerate() {
            if let Some((place, hours)) = adapted {
                crossed[place].1[facet] += hours;
            }
        }
        for (crossing, hours) in &mut crossed {
            if self.programme.learnt.insert(*crossing) {
                for work in effort::facet_work(moment, *crossing, Scope::Estate) {
                    hours[work.facet.index()] += work.hours;
                }
            }
        }
        for facet in world.facets.ids() {
            let team = if world.facets[facet].group == FacetGroup::Transport { network } else { engineer };
            for (crossing, hours) in &crossed {
                let hours = hours[facet.index()];
                if hours > 0.0 {
                    add(Stage::Preparation, team, Meter::Conversion(facet), hours, Some(*crossing));
                }
            }
        }
        for work in self.replaced(application, members) {
            let meter = Meter::Replacement(work.facility);
            add(Stage::Preparation, engineer, meter, work.hours, Some(work.crossing));
        }
        if planning == Stage::Planning {
            add(Stage::Planning, planner, Meter::MoveWork, planned, None);
            add(Stage::Preparation, engineer, Meter::MoveWork, other, None);
        } else {
            add(Stage::Preparation, engineer, Meter::MoveWork, planned + other, None);
        }
        let (firewall, addresses) = self.network_hours(members);
        if firewall > 0.0 {
            add(Stage::Preparation, network, Meter::FirewallWork, firewall, None);
        }
        if addresses > 0.0 {
            add(Stage::Preparation, network, Meter::ReaddressingWork, addresses, None);
        }
    }

    /// What an application leans on and does not find where its workloads go.
    fn replaced(&self, application: ApplicationId, members: &[WorkloadId]) -> Vec<effort::Replacement> {
        let passage = |workload: &WorkloadId| {
            let to = self.assignment(*workload).to?;
            Some((self.source_offer(*workload), to))
        };
        let passages: Vec<(OfferId, OfferId)> = members.iter().filter_map(passage).collect();
        effort::replacements(self.world, &self.figures, application, &passages)
    }

    /// Hours of firewall rules and of new addresses for the workloads of an
    /// application. Rules change with the site or the platform, addresses with the
    /// site: a workload that is moved live keeps its own on an extended network.
    fn network_hours(&self, members: &[WorkloadId]) -> (f64, f64) {
        let programme = &self.world.programme;
        let hours = |figure: Option<FigureId>| figure.map_or(0.0, |figure| self.figures.value(figure));
        let (mut changes, mut addressed) = (false, 0.0);
        for workload in members {
            let assignment = self.assignment(*workload);
            let Some(to) = assignment.to.map(|to| &self.world.offers[to]) else { continue };
            let from = &self.world.offers[self.source_offer(*workload)];
            changes |= from.site != to.site || from.platform != to.platform;
            if from.site != to.site && assignment.method != Method::Live {
                addressed += 1.0;
            }
        }
        let firewall = if changes { hours(programme.firewall_hours) } else { 0.0 };
        (firewall, addressed * hours(programme.readdressing_hours))
    }

    /// Books the first stage of a group's work that is not booked yet; which it was.
    fn charge_stage(&mut self, group: ApplicationId, now: SimTime) -> Option<Stage> {
        let work = std::mem::take(&mut self.programme.work[group]);
        let done = work.iter().map(|work| work.stage).min()?;
        let (done_work, rest): (Vec<Work>, Vec<Work>) = work.into_iter().partition(|work| work.stage == done);
        self.programme.work[group] = rest;
        for work in done_work {
            self.charge_team(work.hours, now);
        }
        Some(done)
    }

    /// Books hours of a team at its own rate.
    pub(super) fn charge_team(&mut self, work: Hours, now: SimTime) {
        let stated = self.world.programme.teams.get(work.team).and_then(|team| team.rate);
        let rate = stated.unwrap_or(self.world.factory.rate);
        self.charge_work(
            Booked { meter: work.meter, rate, application: Some(work.application), crossing: work.crossing },
            work.hours,
            now,
        );
    }

    /// Books hours of the crew.
    pub(in super::super) fn charge_hours(
        &mut self,
        meter: Meter,
        hours: f64,
        group: ApplicationId,
        now: SimTime,
    ) {
        let team = self.programme.team(self.world, group, Role::Engineer);
        self.charge_team(Hours { team, meter, hours, application: group, crossing: None }, now);
    }

    /// Books hours of work that is nobody's application's.
    pub(super) fn charge_lead(&mut self, meter: Meter, hours: f64, now: SimTime) {
        let rate = self.world.factory.rate;
        self.charge_work(Booked { meter, rate, application: None, crossing: None }, hours, now);
    }

    fn charge_work(&mut self, booked: Booked, hours: f64, now: SimTime) {
        let charge = line(
            &self.figures,
            booked.rate,
            Quantity::from_f64(hours),
            Line {
                meter: booked.meter,
                category: Category::Migration,
                site: None,
                application: booked.application,
                month: self.month(now).index,
                paid_at: now,
                nature: Nature::Opex,
            },
        );
        self.post(now, Charge { crossing: booked.crossing, ..charge });
    }
}

/// An application and the group that it is in.
#[derive(Clone, Copy)]
struct Shared {
    group: ApplicationId,
    application: ApplicationId,
    /// When its work begins.
    at: SimTime,
}

/// What hours are booked as.
#[derive(Clone, Copy)]
struct Booked {
    meter: Meter,
    rate: FigureId,
    application: Option<ApplicationId>,
    crossing: Option<Crossing>,
}
