//! Migration: what was moved, and when it was done.

use super::Score;
use crate::base::ids::IdVec;
use crate::base::units::SimTime;
use crate::simulation::journal::{Move, MoveOutcome, Outage, OutageCause};
use crate::world::{StrategyId, WorkloadId, World};

/// What became of the moves that a strategy planned.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Migration {
    /// Workloads that the strategy does not leave where they are.
    pub planned: u32,
    /// Workloads that run at their destination.
    pub completed: u32,
    /// Rollbacks, counted by workload and attempt.
    pub rolled_back: u32,
    /// Workloads for which the destination had no room when they were last tried.
    pub unplaced: u32,
    /// Workloads whose move was given up at its cutover: they stay where they are.
    pub given_up: u32,
    /// Workloads switched off for good.
    pub retired: u32,
    /// When the last planned workload had arrived or was retired; none while one is
    /// missing or when nothing was planned.
    pub finished_at: Option<SimTime>,
    /// Hours that workloads were down for cutovers and their rollbacks, summed over
    /// workloads.
    pub downtime_hours: f64,
}

impl Migration {
    pub(super) fn figures(&self, figures: &mut Vec<(String, Score)>) {
        let counts = [
            ("planned", self.planned),
            ("completed", self.completed),
            ("rolled_back", self.rolled_back),
            ("unplaced", self.unplaced),
            ("given_up", self.given_up),
            ("retired", self.retired),
        ];
        for (name, count) in counts {
            figures.push((format!("migration.{name}"), Score::Count(count.into())));
        }
        let finished_at = self.finished_at.map_or(Score::Missing, Score::Instant);
        figures.push(("migration.finished_at".into(), finished_at));
        figures.push(("migration.downtime_hours".into(), Score::Number(self.downtime_hours)));
    }
}

/// The fold that makes a [`Migration`].
#[derive(Clone, Debug)]
pub(super) struct MigrationFold {
    planned: u32,
    /// How the last attempt of each workload ended.
    last: IdVec<WorkloadId, Option<MoveOutcome>>,
    rolled_back: u32,
    last_arrival: SimTime,
    downtime_ns: u64,
}

impl MigrationFold {
    pub(super) fn new(world: &World, strategy: StrategyId) -> Self {
        let planned = world.strategies[strategy].planned_moves();
        Self {
            planned: u32::try_from(planned).expect("an estate has fewer than 2^32 workloads"),
            last: IdVec::filled(None, world.workloads.len()),
            rolled_back: 0,
            last_arrival: SimTime::START,
            downtime_ns: 0,
        }
    }

    pub(super) fn moved(&mut self, at: SimTime, entry: &Move) {
        self.last[entry.workload] = Some(entry.outcome);
        match entry.outcome {
            MoveOutcome::Completed | MoveOutcome::Retired => self.last_arrival = self.last_arrival.max(at),
            MoveOutcome::RolledBack => self.rolled_back += 1,
            MoveOutcome::Unplaced | MoveOutcome::GivenUp => {}
        }
    }

    pub(super) fn outage(&mut self, outage: &Outage) {
        if matches!(outage.cause, OutageCause::Cutover | OutageCause::Rollback) {
            self.downtime_ns += outage.until.since(outage.from).as_ns();
        }
    }

    pub(super) fn finish(self) -> Migration {
        let count = |wanted| self.last.iter().filter(|outcome| **outcome == Some(wanted)).count() as u32;
        let (completed, retired) = (count(MoveOutcome::Completed), count(MoveOutcome::Retired));
        let is_done = self.planned > 0 && completed + retired >= self.planned;
        Migration {
            planned: self.planned,
            completed,
            rolled_back: self.rolled_back,
            unplaced: count(MoveOutcome::Unplaced),
            given_up: count(MoveOutcome::GivenUp),
            retired,
            finished_at: is_done.then_some(self.last_arrival),
            downtime_hours: crate::base::units::Span::from_ns(self.downtime_ns).as_hours(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::ids::Id;
    use crate::base::units::Span;
    use crate::scoring::fixture::first;
    use crate::world::{Assignment, Disposition, Method, fixture};

    fn world_that_moves(count: usize) -> World {
        let mut world = fixture::world();
        let (disposition, method) = (Disposition::Rehost, Method::Conversion);
        let assignment =
            Assignment { disposition, to: world.offers.ids().last(), method, tool: None, link: None };
        let strategy = first(&world.strategies);
        for workload in world.workloads.ids().take(count) {
            world.strategies[strategy].assignments[workload] = Some(assignment);
        }
        world
    }

    fn hour(hours: u64) -> SimTime {
        SimTime::START + Span::from_hours(hours)
    }

    /// Folds moves (hour, workload, outcome) of a strategy that plans three.
    fn migration(moves: &[(u64, usize, MoveOutcome)]) -> Migration {
        let world = world_that_moves(3);
        let mut fold = MigrationFold::new(&world, first(&world.strategies));
        for (at, workload, outcome) in moves {
            let at = hour(*at);
            let entry = Move {
                workload: WorkloadId::from_index(*workload),
                wave: 1,
                from: first(&world.offers),
                to: world.offers.ids().last(),
                method: Method::Conversion,
                tool: None,
                prepared_from: at,
                copied_from: at,
                copied: at,
                cutover: at,
                outcome: *outcome,
                down_seconds: 0.0,
                attempt: 1,
            };
            fold.moved(at, &entry);
        }
        fold.finish()
    }

    #[test]
    fn a_workload_counts_by_its_last_attempt_and_each_rollback_for_itself() {
        use MoveOutcome::{Completed, Retired, RolledBack, Unplaced};
        let done = migration(&[
            (1, 0, RolledBack),
            (2, 0, RolledBack),
            (9, 0, Completed),
            (5, 1, Retired),
            (7, 2, Completed),
        ]);
        assert_eq!((done.planned, done.completed, done.retired, done.rolled_back), (3, 2, 1, 2));
        assert_eq!(done.finished_at, Some(hour(9)));
        let late = migration(&[(1, 0, Unplaced), (2, 0, Completed), (3, 1, Completed), (4, 2, Unplaced)]);
        assert_eq!((late.completed, late.unplaced, late.finished_at), (2, 1, None));
        let lost = migration(&[(1, 0, MoveOutcome::GivenUp), (2, 1, Completed), (3, 2, Completed)]);
        assert_eq!((lost.completed, lost.given_up, lost.finished_at), (2, 1, None));
        assert_eq!(migration(&[]).finished_at, None);
    }

    #[test]
    fn nothing_planned_is_never_finished() {
        let world = world_that_moves(0);
        let migration = MigrationFold::new(&world, first(&world.strategies)).finish();
        assert_eq!((migration.planned, migration.finished_at), (0, None));
    }

    #[test]
    fn only_outages_of_moves_are_downtime_of_the_migration() {
        let world = world_that_moves(1);
        let mut fold = MigrationFold::new(&world, first(&world.strategies));
        for (cause, hours) in
            [(OutageCause::Cutover, 2), (OutageCause::Rollback, 1), (OutageCause::HostFailure, 40)]
        {
            let (workload, offer) = (first(&world.workloads), first(&world.offers));
            fold.outage(&Outage { workload, offer, from: hour(10), until: hour(10 + hours), cause });
        }
        assert_eq!(fold.finish().downtime_hours, 3.0);
    }
}
