//! Teams: seats, the work that waits for them, working hours, and who comes and goes.

use std::collections::VecDeque;

use super::super::event::Event;
use super::super::journal::{Decision, Meter, Receiver};
use super::super::{Scheduler, Simulation};
use crate::base::ids::{Id, IdVec};
use crate::base::random::{EntityKey, EntityKind, Purpose};
use crate::base::units::{SimTime, Span};
use crate::world::rules::effort::Crossing;
use crate::world::{ApplicationId, TeamId, Turnover, World};

/// How long somebody stays.
const STAYS: Purpose = Purpose::new("staff stays");
const SEAT: EntityKind = EntityKind::new("seat of a team");

const WEEK_HOURS: f64 = 168.0;
const WEEK: Span = Span::from_days(7);
const YEAR_HOURS: f64 = 8_766.0;
/// Where somebody may be called away, or may leave, work is laid down once a shift.
const SHIFT_HOURS: f64 = 8.0;
/// The engineers of the factory, who have no name in the scenario.
const ENGINEERS: &str = "engineers";

/// All teams of the world, and after them the engineers of the factory.
#[derive(Clone, Debug)]
pub(super) struct Teams {
    crews: IdVec<TeamId, Crew>,
}

#[derive(Clone, Debug)]
struct Crew {
    seats: Vec<Seat>,
    /// What comes before the rest: applications that have moved.
    urgent: VecDeque<Part>,
    waiting: VecDeque<Part>,
}

/// A place in a team, taken by one person after another.
#[derive(Clone, Copy, Debug)]
struct Seat {
    state: SeatState,
    /// When the person came; none for those who were there at the start.
    joined: Option<SimTime>,
    /// How many have left it.
    departures: u32,
    /// The person leaves when the work in hand is done.
    leaving: bool,
    /// When a replacement comes, while it is vacant.
    joins: SimTime,
}

#[derive(Clone, Copy, Debug)]
enum SeatState {
    Vacant,
    Idle,
    Busy(Part, Shift),
}

/// What somebody does of a part before looking up.
#[derive(Clone, Copy, Debug)]
struct Shift {
    hours: f64,
    /// Hours that a newcomer takes beyond those.
    extra: f64,
}

/// A part of the work on a group, for one person.
#[derive(Clone, Copy, Debug)]
pub(super) struct Part {
    pub group: ApplicationId,
    pub task: Task,
    pub hours: f64,
}

/// What a part is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Task {
    Preparation,
    AcceptanceTest,
    Hypercare,
}

impl Teams {
    /// Everybody there and idle.
    pub fn of(world: &World) -> Self {
        let stated = world.programme.teams.iter().map(|team| team.heads);
        let crew = |heads: u32| Crew {
            seats: vec![Seat::taken(); heads.max(1) as usize],
            urgent: VecDeque::new(),
            waiting: VecDeque::new(),
        };
        Self { crews: stated.chain([world.factory.engineers]).map(crew).collect() }
    }

    /// The same people without their work, for another programme.
    pub fn relieved(&self) -> Self {
        let mut relieved = self.clone();
        for crew in relieved.crews.iter_mut() {
            crew.urgent.clear();
            crew.waiting.clear();
            for seat in &mut crew.seats {
                seat.leaving = false;
                if let SeatState::Busy(..) = seat.state {
                    seat.state = SeatState::Idle;
                }
            }
        }
        relieved
    }

    /// The engineers of the factory.
    pub fn engineers(world: &World) -> TeamId {
        TeamId::from_index(world.programme.teams.len())
    }

    /// Work in hand and waiting, in hours for each seat: how long a team's queue is.
    pub fn load(&self, team: TeamId) -> f64 {
        let crew = &self.crews[team];
        let hand = crew.seats.iter().map(|seat| match seat.state {
            SeatState::Busy(part, shift) => part.hours + shift.extra,
            SeatState::Idle | SeatState::Vacant => 0.0,
        });
        let queues = crew.urgent.iter().chain(&crew.waiting).map(|part| part.hours);
        hand.chain(queues).sum::<f64>() / crew.seats.len() as f64
    }

    /// Seats of a team, taken or vacant.
    pub fn seats(&self, team: TeamId) -> u32 {
        self.crews[team].seats.len() as u32
    }
}

impl Seat {
    const fn taken() -> Self {
        Self { state: SeatState::Idle, joined: None, departures: 0, leaving: false, joins: SimTime::NEVER }
    }
}

impl<R: Receiver> Simulation<'_, R> {
    /// Asks a team for a part of the work. Hypercare comes before the rest.
    pub(super) fn request(&mut self, team: TeamId, part: Part, scheduler: &mut Scheduler<Event>) {
        let crew = &mut self.programme.teams.crews[team];
        match part.task {
            Task::Hypercare => crew.urgent.push_back(part),
            Task::Preparation | Task::AcceptanceTest => crew.waiting.push_back(part),
        }
        self.hand_out(team, scheduler);
    }

    /// Idle people take what waits, in order of their seats.
    fn hand_out(&mut self, team: TeamId, scheduler: &mut Scheduler<Event>) {
        let now = scheduler.now();
        loop {
            let crew = &mut self.programme.teams.crews[team];
            let idle = crew.seats.iter().position(|seat| matches!(seat.state, SeatState::Idle));
            let Some(seat) = idle else { return };
            let Some(part) = crew.urgent.pop_front().or_else(|| crew.waiting.pop_front()) else { return };
            let joined = crew.seats[seat].joined;
            let hours = part.hours.min(self.longest_shift());
            let (done, extra) = self.done_at(team, joined, now, hours);
            let shift = Shift { hours, extra };
            self.programme.teams.crews[team].seats[seat].state = SeatState::Busy(part, shift);
            scheduler.schedule_at(done, Event::PartDone(team, seat as u32));
        }
    }

    /// Hours after which somebody looks up from a part.
    fn longest_shift(&self) -> f64 {
        let programme = &self.world.programme;
        let looks_up = programme.hypercare.is_some() || programme.turnover.is_some();
        if looks_up { SHIFT_HOURS } else { f64::INFINITY }
    }

    /// Somebody has done a part, or as much of it as a shift allows: the rest comes
    /// before what waits, and after what is urgent.
    pub(in super::super) fn part_done(&mut self, team: TeamId, seat: u32, scheduler: &mut Scheduler<Event>) {
        let now = scheduler.now();
        let taken = &mut self.programme.teams.crews[team].seats[seat as usize];
        let SeatState::Busy(part, shift) = std::mem::replace(&mut taken.state, SeatState::Idle) else {
            unreachable!("seat {seat} of team {team:?} has done a part that it did not have");
        };
        if std::mem::take(&mut taken.leaving) {
            self.vacate_seat(team, seat, scheduler);
        }
        let left = Part { hours: part.hours - shift.hours, ..part };
        if left.hours > 0.0 {
            let crew = &mut self.programme.teams.crews[team];
            match part.task {
                Task::Hypercare => crew.urgent.push_front(left),
                Task::Preparation | Task::AcceptanceTest => crew.waiting.push_front(left),
            }
        }
        self.hand_out(team, scheduler);
        if shift.extra > 0.0 {
            let (meter, hours) = (Meter::LearningWork, shift.extra);
            self.charge_team(Hours { team, meter, hours, application: part.group, crossing: None }, now);
        }
        if left.hours > 0.0 {
            return;
        }
        match part.task {
            Task::Preparation => self.part_prepared(part.group, scheduler),
            Task::AcceptanceTest => self.part_tested(part.group, scheduler),
            Task::Hypercare => {}
        }
    }

    /// When work that starts now is done by somebody who joined then, and the hours
    /// that it takes beyond its own. A newcomer does a share of what the others do,
    /// which rises week by week.
    fn done_at(&self, team: TeamId, joined: Option<SimTime>, now: SimTime, hours: f64) -> (SimTime, f64) {
        let ramp = self.world.programme.turnover.zip(joined);
        let Some((turnover, joined)) = ramp else { return (self.worked_off(team, now, hours), 0.0) };
        let (mut at, mut left, mut extra) = (now, hours, 0.0);
        loop {
            let week = at.since(joined).as_ns() / WEEK.as_ns();
            let share = self.share_in_week(turnover, week);
            if share >= 1.0 {
                return (self.worked_off(team, at, left), extra);
            }
            let ends = joined + Span::from_ns((week + 1) * WEEK.as_ns());
            let here = self.hours_between(team, at, ends);
            if left <= here * share {
                return (self.worked_off(team, at, left / share), extra + left / share - left);
            }
            left -= here * share;
            extra += here * (1.0 - share);
            at = ends;
        }
    }

    /// What somebody does in a week, counted from 0, as a share of what the others do.
    fn share_in_week(&self, turnover: Turnover, week: u64) -> f64 {
        let weeks = self.figures.value(turnover.ramp_hours) / WEEK_HOURS;
        if week as f64 >= weeks {
            return 1.0;
        }
        let first = self.figures.value(turnover.first_share);
        (first + (1.0 - first) * week as f64 / weeks).clamp(0.01, 1.0)
    }

    /// When one person has worked so many hours. Without a calendar working hours are
    /// stretched over the week: forty hours of work at thirty hours a week take 1.33
    /// weeks.
    fn worked_off(&self, team: TeamId, from: SimTime, hours: f64) -> SimTime {
        match self.world.programme.teams.get(team).and_then(|team| team.calendar.as_ref()) {
            Some(calendar) => calendar.after(from, Span::from_hours_f64(hours)),
            None => from + Span::from_hours_f64(hours * self.stretch()),
        }
    }

    /// Hours that one person works between two instants.
    fn hours_between(&self, team: TeamId, from: SimTime, until: SimTime) -> f64 {
        match self.world.programme.teams.get(team).and_then(|team| team.calendar.as_ref()) {
            Some(calendar) => calendar.worked(from, until).as_hours(),
            None => until.since(from).as_hours() / self.stretch(),
        }
    }

    /// Hours that pass for each hour of work of those who have no calendar.
    pub(super) fn stretch(&self) -> f64 {
        WEEK_HOURS / self.figures.value(self.world.factory.hours_per_week).max(1.0)
    }

    /// Puts the departures of those who are there into the future; in a rehearsal
    /// nobody leaves, and vacant seats are taken as was agreed.
    pub(super) fn schedule_staff(&mut self, scheduler: &mut Scheduler<Event>) {
        if self.world.programme.turnover.is_none() || self.programme.is_finished() {
            return;
        }
        for team in self.programme.teams.crews.ids() {
            if !self.programme.has_work(self.world, team) {
                continue;
            }
            for seat in 0..self.programme.teams.seats(team) {
                let taken = self.programme.teams.crews[team].seats[seat as usize];
                match taken.state {
                    SeatState::Vacant => {
                        let joins = taken.joins.max(scheduler.now());
                        scheduler.schedule_at(joins, Event::StaffJoins(team, seat));
                    }
                    SeatState::Idle | SeatState::Busy(..) if self.is_rehearsal() => {}
                    SeatState::Idle | SeatState::Busy(..) => self.schedule_departure(team, seat, scheduler),
                }
            }
        }
    }

    /// People leave at a constant rate, each drawn by seat and by how many left it
    /// before.
    fn schedule_departure(&mut self, team: TeamId, seat: u32, scheduler: &mut Scheduler<Event>) {
        let Some(turnover) = self.world.programme.turnover else { return };
        let per_year = self.figures.value(turnover.per_year);
        if per_year <= 0.0 {
            return;
        }
        let name = self.world.programme.teams.get(team).map_or(ENGINEERS, |team| team.name.as_str());
        let departures = self.programme.teams.crews[team].seats[seat as usize].departures;
        let entity = EntityKey::new(SEAT, name, u64::from(seat));
        let uniform = self.draws.uniform(STAYS, entity, departures);
        let years = -libm::log1p(-uniform) / per_year;
        scheduler.schedule_after(Span::from_hours_f64(years * YEAR_HOURS), Event::StaffLeaves(team, seat));
    }

    /// Somebody leaves: when the work in hand is done. After the programme nobody
    /// counts any more.
    pub(in super::super) fn staff_leaves(
        &mut self,
        team: TeamId,
        seat: u32,
        scheduler: &mut Scheduler<Event>,
    ) {
        if self.programme.is_finished() {
            return;
        }
        let taken = &mut self.programme.teams.crews[team].seats[seat as usize];
        match taken.state {
            SeatState::Busy(..) => taken.leaving = true,
            SeatState::Idle => self.vacate_seat(team, seat, scheduler),
            SeatState::Vacant => {}
        }
    }

    fn vacate_seat(&mut self, team: TeamId, seat: u32, scheduler: &mut Scheduler<Event>) {
        let now = scheduler.now();
        let Some(turnover) = self.world.programme.turnover else { return };
        let joins = now + Span::from_hours_f64(self.figures.value(turnover.hiring_hours));
        let left = &mut self.programme.teams.crews[team].seats[seat as usize];
        *left = Seat { state: SeatState::Vacant, departures: left.departures + 1, joins, ..*left };
        self.decide(now, Decision::StaffLeft { team });
        scheduler.schedule_at(joins, Event::StaffJoins(team, seat));
    }

    /// A replacement takes a seat.
    pub(in super::super) fn staff_joins(
        &mut self,
        team: TeamId,
        seat: u32,
        scheduler: &mut Scheduler<Event>,
    ) {
        let now = scheduler.now();
        let vacant = &mut self.programme.teams.crews[team].seats[seat as usize];
        *vacant = Seat { state: SeatState::Idle, joined: Some(now), joins: SimTime::NEVER, ..*vacant };
        if self.programme.is_finished() {
            return;
        }
        self.decide(now, Decision::StaffJoined { team });
        if !self.is_rehearsal() {
            self.schedule_departure(team, seat, scheduler);
        }
        self.hand_out(team, scheduler);
    }
}

/// Hours of a team, and what they are booked as.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hours {
    pub team: TeamId,
    pub meter: Meter,
    pub hours: f64,
    pub application: ApplicationId,
    /// The platforms that it is done to cross.
    pub crossing: Option<Crossing>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::random::{Distribution, Draws};
    use crate::simulation::{Plan, journal::Journal};
    use crate::world::{Figure, Figures, fixture};

    #[test]
    fn a_newcomer_does_more_week_by_week() {
        let mut world = fixture::world();
        let mut number = |value: f64| {
            let like = world.factory.hours_per_vm;
            let quantile = Distribution::Fixed(value).tabulate().expect("a fixed value");
            let name = format!("turnover.{value}");
            world.figures.push(Figure { name, quantile, ..world.figures[like].clone() })
        };
        world.programme.turnover = Some(Turnover {
            per_year: number(0.0),
            hiring_hours: number(24.0),
            ramp_hours: number(336.0),
            first_share: number(0.5),
        });
        let draws = Draws { seed: 1, replication: 0 };
        let plan = Plan::of(&world, &world.strategies[Id::from_index(0)]);
        let figures = Figures::draw(&world, &draws);
        let running = Simulation::start(&world, plan, figures, draws, Journal::default());
        let simulation = running.engine.model();
        let team = Teams::engineers(&world);
        let start = SimTime::START;
        // Of the thirty hours of the first week half count; in the second three quarters
        // do, so that the fifteen that are left take twenty.
        let (done, extra) = simulation.done_at(team, Some(start), start, 30.0);
        assert!((done.since(start).as_hours() - (168.0 + 20.0 * 5.6)).abs() < 1e-6, "rounding only");
        assert!((extra - 20.0).abs() < 1e-9, "rounding only");
        // After two weeks they do as much as those who were there at the start.
        let later = start + Span::from_days(14);
        let usual = later + Span::from_hours(56);
        assert_eq!(simulation.done_at(team, Some(start), later, 10.0), (usual, 0.0));
        assert_eq!(simulation.done_at(team, None, later, 10.0), (usual, 0.0));
    }
}
