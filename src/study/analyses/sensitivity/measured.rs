//! The number that an analysis is of, asked at points and read from tables.

use std::ops::Range;

use crate::study::question::{Measure, Study};
use crate::study::trials::{At, Design, Sampler, Stopped, Table};

/// Asks for a measure and counts what it asks.
pub(super) struct Gauge<'a> {
    pub(super) study: &'a Study,
    measure: Measure,
    /// Courses of chance at a point: 0 to this.
    pub(super) replications: u64,
    /// Evaluations asked for.
    pub(super) evaluations: u32,
}

impl<'a> Gauge<'a> {
    pub(super) fn new(study: &'a Study, measure: Measure, replications: u32) -> Self {
        Self { study, measure, replications: u64::from(replications), evaluations: 0 }
    }

    /// Asks for the measure there, under each of these courses of chance.
    pub(super) fn ask(&self, design: &mut Design, at: At, chances: Range<u64>) {
        for chance in chances {
            design.add(self.measure.of, at, chance);
            if let Some(minus) = self.measure.minus {
                design.add(minus, at, chance);
            }
        }
    }

    /// The measure for each course of chance that was asked for, in that order.
    pub(super) fn answer(&mut self, design: &Design, sampler: &mut dyn Sampler) -> Result<Vec<f64>, Stopped> {
        self.evaluations = u32::try_from(design.trials.len())
            .ok()
            .and_then(|trials| self.evaluations.checked_add(trials))
            .ok_or_else(|| {
                Stopped::Impossible("that is more than 4 billion evaluations: ask for fewer".into())
            })?;
        let table: Table = sampler.sample(design)?;
        let values: Vec<f64> = table.column(self.measure.outcome).collect();
        Ok(match self.measure.minus {
            Some(_) => values.chunks_exact(2).map(|pair| pair[0] - pair[1]).collect(),
            None => values,
        })
    }

    /// The places of the inputs by their names: an order that does not depend on the file's.
    pub(super) fn by_name(&self) -> Vec<usize> {
        let mut places: Vec<usize> = (0..self.study.inputs.len()).collect();
        places.sort_by(|one, other| self.name(*one).cmp(self.name(*other)));
        places
    }

    pub(super) fn name(&self, input: usize) -> &'a str {
        &self.study.inputs[input].name
    }
}

/// The mean of each point over its courses of chance.
pub(super) fn means(values: &[f64], replications: u64) -> Vec<f64> {
    let replications = replications as usize;
    values.chunks_exact(replications).map(mean).collect()
}

/// The share of the variance over points of the mean over chance that is chance: s²/m over
/// the variance of the means, at most 1.
///
/// s² is the mean square of what neither the point nor the course of chance explains alone
/// (two-way analysis of variance with one observation a cell): every point meets the same
/// courses, so what a course does to all of them alike moves no difference between points.
/// Where nothing but chance varies it is 1. None for one course.
pub(super) fn residual_noise(values: &[f64], replications: u64) -> Option<f64> {
    let courses = replications as usize;
    let points = values.len() / courses;
    if courses < 2 || points < 2 {
        return None;
    }
    // A difference from one of them: what is equal stays exactly equal in sums.
    let values: Vec<f64> = values.iter().map(|value| value - values[0]).collect();
    let of_points = means(&values, replications);
    let of_courses: Vec<f64> = (0..courses)
        .map(|course| values.iter().skip(course).step_by(courses).sum::<f64>() / points as f64)
        .collect();
    let grand = mean(&of_points);
    let between = squares(&of_points, grand) / (points - 1) as f64;
    let rest: f64 = values
        .chunks_exact(courses)
        .zip(&of_points)
        .flat_map(|(row, point)| row.iter().zip(&of_courses).map(move |cell| cell.0 - point - cell.1 + grand))
        .map(|rest| rest * rest)
        .sum();
    let chance = rest / ((points - 1) * (courses - 1)) as f64 / courses as f64;
    Some(if between > 0.0 {
        (chance / between).min(1.0)
    } else if squares(&of_courses, grand) > 0.0 {
        1.0
    } else {
        0.0
    })
}

pub(super) fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// The sum of squared distances from `centre`.
pub(super) fn squares(values: &[f64], centre: f64) -> f64 {
    values.iter().map(|value| (value - centre) * (value - centre)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_chance_does_to_all_points_alike_is_no_noise() {
        // Points 0, 1, 2 and courses -1, 1, added: the differences are exact.
        let additive = [-1.0, 1.0, 0.0, 2.0, 1.0, 3.0];
        assert_eq!(residual_noise(&additive, 2), Some(0.0));
    }

    #[test]
    fn noise_is_what_the_two_way_analysis_of_variance_says() {
        // Two points, two courses: 1 3 / 2 0. Means of points 2 and 1, of courses 1.5 and
        // 1.5, of all 1.5: the rest is -1, 1, 1, -1, its mean square 4/1; over two courses 2.
        // The means of the points vary by 1/2: capped at 1.
        assert_eq!(residual_noise(&[1.0, 3.0, 2.0, 0.0], 2), Some(1.0));
        // 0 2 / 10 10: points 1 and 10, courses 5 and 6, all 5.5; rest ∓½, its square sum 1;
        // over two courses ½; the points vary by 40.5.
        assert_eq!(residual_noise(&[0.0, 2.0, 10.0, 10.0], 2), Some(0.5 / 40.5));
        assert_eq!(residual_noise(&[0.0, 2.0, 10.0, 10.0], 1), None);
    }

    #[test]
    fn where_only_chance_varies_noise_is_all_and_where_nothing_does_none() {
        assert_eq!(residual_noise(&[0.1, 0.7, 0.1, 0.7, 0.1, 0.7], 2), Some(1.0));
        assert_eq!(residual_noise(&[0.1; 6], 2), Some(0.0));
    }
}
