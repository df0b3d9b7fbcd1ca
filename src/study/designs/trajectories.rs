//! Morris' trajectories: walks on a grid that move one input at a time.

use std::ops::Range;

use super::DesignError;
use crate::base::random::{Draws, EntityKey, Purpose};

const WALK: Purpose = Purpose::new("trajectory");

/// How many walks on how fine a grid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grid {
    /// Walks.
    pub trajectories: u32,
    /// Levels of each column, an even number.
    pub levels: u32,
}

/// What one step of a walk moves.
#[derive(Clone, Debug, PartialEq)]
pub struct Walker {
    /// By which its chances are addressed.
    pub key: EntityKey,
    /// Its columns: they step together, each from a level of its own.
    pub columns: Range<usize>,
    /// The quantiles at its lowest and its highest level.
    pub reach: [f64; 2],
}

/// One walk: as many steps as walkers, each of another walker.
#[derive(Clone, Debug, PartialEq)]
pub struct Trajectory {
    /// Its points, one more than steps, row by row.
    pub points: Vec<f64>,
    /// Its steps, from point to point.
    pub steps: Vec<Step>,
}

/// One step of a walk.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    /// The place of the walker that steps.
    pub walker: usize,
    /// By how much its quantile rises; it falls where this is negative.
    pub rise: f64,
}

/// Walks over the grid (Morris 1991). A step is p/2 of the p levels, that is p/(2(p - 1)) of
/// the reach, so that every level is met as often as any other. Each walker starts at a
/// random level, goes up or down at random, and takes its turn at random.
///
/// A walker's chances come from its key: another walker more changes none of its levels and
/// directions, and more walks change none of the first.
///
/// # Errors
/// If the number of levels is odd or less than 2.
pub fn trajectories(draws: &Draws, grid: Grid, walkers: &[Walker]) -> Result<Vec<Trajectory>, DesignError> {
    if grid.levels < 2 || !grid.levels.is_multiple_of(2) {
        return Err(DesignError::OddLevels { levels: grid.levels });
    }
    let width = walkers.iter().map(|walker| walker.columns.end).max().unwrap_or(0);
    let mut streams: Vec<_> = walkers.iter().map(|walker| draws.stream(WALK, walker.key)).collect();
    let half = grid.levels / 2;
    let stride = f64::from(half) / f64::from(grid.levels - 1);
    let at = |walker: &Walker, level: u32| {
        let [low, high] = walker.reach;
        low + (high - low) * (f64::from(level) / f64::from(grid.levels - 1))
    };
    let walk = |_| {
        let (mut point, mut beyond) = (vec![0.0; width], vec![0.0; width]);
        let mut turns: Vec<(f64, Step)> = Vec::with_capacity(walkers.len());
        for (place, (walker, stream)) in walkers.iter().zip(&mut streams).enumerate() {
            let turn = stream.uniform();
            let up = stream.below(2) == 1;
            for column in walker.columns.clone() {
                let level = stream.below(u64::from(half)) as u32;
                let (lower, upper) = (at(walker, level), at(walker, level + half));
                (point[column], beyond[column]) = if up { (lower, upper) } else { (upper, lower) };
            }
            let rise = (walker.reach[1] - walker.reach[0]) * if up { stride } else { -stride };
            turns.push((turn, Step { walker: place, rise }));
        }
        turns.sort_by(|(one, _), (other, _)| one.total_cmp(other));
        let mut points = point.clone();
        for (_, step) in &turns {
            let columns = walkers[step.walker].columns.clone();
            point[columns.clone()].copy_from_slice(&beyond[columns]);
            points.extend_from_slice(&point);
        }
        Trajectory { points, steps: turns.into_iter().map(|(_, step)| step).collect() }
    };
    Ok((0..grid.trajectories).map(walk).collect())
}

#[cfg(test)]
mod tests {
    use super::super::fixture::columns;
    use super::*;

    const DRAWS: Draws = Draws { seed: 42, replication: u64::MAX };

    fn walkers(count: usize) -> Vec<Walker> {
        let keys = columns(count).into_iter().enumerate();
        keys.map(|(place, key)| Walker { key, columns: place..place + 1, reach: [0.0, 1.0] }).collect()
    }

    #[test]
    fn a_walk_moves_every_input_once_by_the_same_stride_within_the_grid() {
        let grid = Grid { trajectories: 50, levels: 4 };
        for walk in trajectories(&DRAWS, grid, &walkers(3)).unwrap() {
            let points: Vec<&[f64]> = walk.points.chunks_exact(3).collect();
            assert_eq!(points.len(), 4);
            let mut moved: Vec<usize> = walk.steps.iter().map(|step| step.walker).collect();
            for (step, pair) in walk.steps.iter().zip(points.windows(2)) {
                for (column, (from, to)) in pair[0].iter().zip(pair[1]).enumerate() {
                    let expected = if column == step.walker { step.rise } else { 0.0 };
                    // Differences of thirds, to their last digit.
                    assert!((to - from - expected).abs() < 1e-15);
                }
                assert_eq!(step.rise.abs(), 2.0 / 3.0);
            }
            moved.sort_unstable();
            assert_eq!(moved, [0, 1, 2]);
            for u in &walk.points {
                let level = u * 3.0;
                assert!(
                    (level - libm::round(level)).abs() < 1e-14 && (0.0..=3.0).contains(&libm::round(level))
                );
            }
        }
    }

    #[test]
    fn every_level_direction_and_order_is_as_likely_as_any_other() {
        let walks = trajectories(&DRAWS, Grid { trajectories: 4_000, levels: 4 }, &walkers(2)).unwrap();
        let mut starts = [0; 4];
        let (mut up, mut first) = (0, 0);
        for walk in &walks {
            starts[libm::round(walk.points[0] * 3.0) as usize] += 1;
            up += i32::from(walk.steps.iter().any(|step| step.walker == 0 && step.rise > 0.0));
            first += i32::from(walk.steps[0].walker == 0);
        }
        // Four standard errors of a binomial count: 4 √(4000 × ¼ × ¾) = 110, 4 √(4000/4) = 126.
        assert!(starts.iter().all(|count: &i32| (count - 1_000).abs() < 110), "{starts:?}");
        assert!((up - 2_000_i32).abs() < 126 && (first - 2_000_i32).abs() < 126, "{up} {first}");
    }

    #[test]
    fn another_input_or_more_walks_change_no_level_of_the_first() {
        let some = trajectories(&DRAWS, Grid { trajectories: 5, levels: 6 }, &walkers(2)).unwrap();
        let more = trajectories(&DRAWS, Grid { trajectories: 9, levels: 6 }, &walkers(3)).unwrap();
        for (some, more) in some.iter().zip(&more) {
            assert_eq!(some.points[..2], more.points[..2]);
            let kept: Vec<Step> = more.steps.iter().copied().filter(|step| step.walker < 2).collect();
            assert_eq!(some.steps, kept);
        }
    }

    #[test]
    fn columns_of_one_walker_step_together_from_levels_of_their_own() {
        let key = columns(1)[0];
        let group = [Walker { key, columns: 0..2, reach: [0.01, 0.99] }];
        let walks = trajectories(&DRAWS, Grid { trajectories: 40, levels: 4 }, &group).unwrap();
        for walk in &walks {
            let points = &walk.points;
            assert!(((points[2] - points[0]) - (points[3] - points[1])).abs() < 1e-15);
            assert!(points.iter().all(|u| (0.01..=0.99 + 1e-15).contains(u)));
        }
        assert!(walks.iter().any(|walk| walk.points[0] != walk.points[1]));
    }

    #[test]
    fn an_odd_grid_is_refused() {
        let refused = trajectories(&DRAWS, Grid { trajectories: 5, levels: 5 }, &walkers(2)).unwrap_err();
        assert!(refused.to_string().contains("even number"), "{refused}");
    }
}
