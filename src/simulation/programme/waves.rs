//! Groups and waves: who goes together, served by whom, in which order.

use super::leads::{Leads, Ready, Trip};
use super::teams::Teams;
use super::{Beginning, Group, Programme};
use crate::base::ids::IdVec;
use crate::base::units::SimTime;
use crate::simulation::plan::Plan;
use crate::world::{ApplicationId, Role, TeamId, WorkloadId, World};

/// Groups that start together, served by one factory.
#[derive(Clone, Debug)]
pub(super) struct Wave {
    pub at: SimTime,
    pub groups: Vec<ApplicationId>,
}

/// The groups of a plan and the waves in which they go.
pub(super) struct Waves {
    pub members: Vec<WorkloadId>,
    pub groups: IdVec<ApplicationId, Group>,
    pub waves: Vec<Wave>,
    /// How many groups there are.
    pub count: u32,
}

impl Waves {
    /// The waves of a plan, factory by factory: groups in the order in which what they
    /// wait for is there and then of what they move, the lightest first (published
    /// practice starts with what is least complex), cut into waves of the sizes that
    /// the schedule states. A wave starts when the first of its groups may, and the
    /// next one keeps its distance from it.
    pub fn of(beginning: &Beginning<'_>, leads: &Leads) -> Self {
        let Beginning { world, plan, .. } = *beginning;
        let mut by_group: IdVec<ApplicationId, Vec<WorkloadId>> =
            IdVec::filled(Vec::new(), world.applications.len());
        for (workload, assignment) in plan.assignments.enumerate() {
            if assignment.is_some() {
                let application = world.workloads[workload].application;
                by_group[world.programme.leader(application)].push(workload);
            }
        }
        let mut groups = IdVec::filled(Group::default(), world.applications.len());
        let mut queues: Vec<Vec<ApplicationId>> = vec![Vec::new(); world.programme.streams.len() + 1];
        for (group, members) in by_group.enumerate().filter(|(_, members)| !members.is_empty()) {
            let ready = ready(beginning, leads, members);
            let stream = stream(world, plan, members);
            groups[group] = Group { stream, ready, ..Group::default() };
            queues[stream as usize].push(group);
        }
        let mut all = Self { members: Vec::new(), groups, waves: Vec::new(), count: 0 };
        for mut queue in queues {
            queue.sort_by_key(|group| {
                let members = &by_group[*group];
                let bytes: u64 = members.iter().map(|id| world.workloads[*id].disk.get()).sum();
                (all.groups[*group].ready.at.max(plan.schedule.start), members.len(), bytes, *group)
            });
            all.count += queue.len() as u32;
            let waves = all.cut(world, plan, &queue, &mut by_group);
            all.waves.extend(waves);
        }
        // Numbered by when they start; those of an earlier factory first.
        all.waves.sort_by_key(|wave| wave.at);
        for (number, wave) in all.waves.iter().enumerate() {
            for group in &wave.groups {
                all.groups[*group].wave = number as u32 + 1;
            }
        }
        all
    }

    fn cut(
        &mut self,
        world: &World,
        plan: &Plan,
        queue: &[ApplicationId],
        by_group: &mut IdVec<ApplicationId, Vec<WorkloadId>>,
    ) -> Vec<Wave> {
        let schedule = &plan.schedule;
        let mut waves: Vec<Wave> = Vec::new();
        let mut room = 0;
        for group in queue {
            // The largest are given room first, so that they fit.
            by_group[*group].sort_by_key(|id| (std::cmp::Reverse(world.workloads[*id].memory), *id));
            let count = by_group[*group].len() as u32;
            if waves.is_empty() || room < count {
                let earliest = waves.last().map_or(schedule.start, |wave| wave.at + schedule.interval);
                let at = self.groups[*group].ready.at.max(earliest);
                room = schedule.wave_size(waves.len(), at.since(schedule.start)).max(count);
                waves.push(Wave { at, groups: Vec::new() });
            }
            room -= count;
            let described = &mut self.groups[*group];
            described.first = self.members.len() as u32;
            described.count = count;
            self.members.extend(&by_group[*group]);
            waves.last_mut().expect("a wave was opened").groups.push(*group);
        }
        waves
    }
}

/// When a group may start: when all is there that any of its workloads waits for.
fn ready(beginning: &Beginning<'_>, leads: &Leads, members: &[WorkloadId]) -> Ready {
    if !leads.waits {
        return Ready::default();
    }
    let trips = members.iter().filter_map(|workload| {
        let to = beginning.plan.assignments[*workload]?.to?;
        let from = (beginning.from)(*workload);
        Some(leads.ready(beginning.world, Trip { workload: *workload, from, to }))
    });
    trips.fold(Ready::default(), |latest, ready| if ready.at > latest.at { ready } else { latest })
}

/// The factory that serves a group: the first that takes one of its workloads, or the
/// one after the last for the rest.
fn stream(world: &World, plan: &Plan, members: &[WorkloadId]) -> u32 {
    let streams = &world.programme.streams;
    let serves = streams.iter().position(|stream| {
        members.iter().any(|workload| {
            let to = plan.assignments[*workload].and_then(|assignment| assignment.to);
            let there = || to.is_some_and(|to| stream.to.contains(&world.offers[to].site));
            stream.takes[*workload] && (stream.to.is_empty() || there())
        })
    });
    serves.unwrap_or(streams.len()) as u32
}

impl Programme {
    /// The team that does what a role does for a group: of the teams of its factory
    /// the one with the shortest queue, else its engineers, else the factory's.
    pub(super) fn team(&self, world: &World, group: ApplicationId, role: Role) -> TeamId {
        let stream = self.groups[group].stream as usize;
        let of_role = |role: Role| {
            let teams = self.stream_teams[stream].iter().copied();
            teams
                .filter(|team| world.programme.teams[*team].role == role)
                .min_by(|a, b| self.teams.load(*a).total_cmp(&self.teams.load(*b)).then(a.cmp(b)))
        };
        of_role(role).or_else(|| of_role(Role::Engineer)).unwrap_or_else(|| Teams::engineers(world))
    }
}

impl Programme {
    /// Whether a team ever does anything: the engineers of the factory only where some
    /// migration factory has none of its own.
    pub(super) fn has_work(&self, world: &World, team: TeamId) -> bool {
        let has_engineers = |teams: &Vec<TeamId>| {
            teams.iter().any(|team| world.programme.teams[*team].role == Role::Engineer)
        };
        team != Teams::engineers(world) || !self.stream_teams.iter().all(has_engineers)
    }
}

/// The teams of each factory; those of none serve what no factory takes.
pub(super) fn stream_teams(world: &World) -> Vec<Vec<TeamId>> {
    let streams = &world.programme.streams;
    let named: Vec<Vec<TeamId>> = streams.iter().map(|stream| stream.teams.clone()).collect();
    let free: Vec<TeamId> =
        world.programme.teams.ids().filter(|team| named.iter().all(|teams| !teams.contains(team))).collect();
    // Where every team has its factory, the rest is served by all of them.
    let rest = if free.is_empty() { world.programme.teams.ids().collect() } else { free };
    named.into_iter().chain([rest]).collect()
}
