//! Resamples of the rows, many at a time.

use rayon::prelude::*;

use super::super::Estimate;
use crate::base::random::{Draws, EntityKey, EntityKind, Purpose};
use crate::study::summary::quantile;

const RESAMPLE: Purpose = Purpose::new("resample of a sensitivity analysis");
const BOOTSTRAP: EntityKind = EntityKind::new("bootstrap");

/// Resamples that are summed together: a term is read once for all of them.
const LANES: usize = 8;

/// Rows that are summed at once: what eight resamples take of them fits the nearest cache.
const BLOCK: usize = 256;

/// Sums over rows, of which every statistic here is made: one term after the other, each
/// with a number for every row.
pub(super) struct Terms {
    rows: usize,
    numbers: Vec<f64>,
}

impl Terms {
    /// No terms yet, of so many rows.
    pub(super) fn new(rows: usize) -> Self {
        Self { rows, numbers: Vec::new() }
    }

    /// Adds a term: a number for every row.
    pub(super) fn push(&mut self, term: impl Iterator<Item = f64>) {
        self.numbers.extend(term);
        assert_eq!(self.numbers.len() % self.rows, 0, "a term has a number for every row");
    }

    /// The mean of each term over the rows.
    pub(super) fn means(&self) -> Vec<f64> {
        self.numbers.chunks_exact(self.rows).map(super::measured::mean).collect()
    }

    /// The mean of each term in each resample of the rows with replacement.
    pub(super) fn resampled(&self, draws: &Draws, resamples: u32) -> Vec<Vec<f64>> {
        let groups = (resamples as usize).div_ceil(LANES);
        let mut means: Vec<Vec<f64>> = (0..groups)
            .into_par_iter()
            .flat_map_iter(|group| {
                let mut times = vec![[0_u16; LANES]; self.rows];
                for (lane, resample) in (group * LANES..).take(LANES).enumerate() {
                    self.draw(draws, resample as u64, |row| times[row][lane] += 1);
                }
                let sums = self.sums(&times);
                (0..LANES).map(move |lane| sums.iter().map(|sums| sums[lane] / self.rows as f64).collect())
            })
            .collect();
        means.truncate(resamples as usize);
        means
    }

    /// The rows that a resample takes; each resample has an address of its own. Two rows
    /// come of one word, by 32 bits each: every row is as likely as any other to within
    /// rows/2^32.
    fn draw(&self, draws: &Draws, resample: u64, mut take: impl FnMut(usize)) {
        let mut stream = draws.stream(RESAMPLE, EntityKey::new(BOOTSTRAP, "", resample));
        let row = |half: u64| ((half * self.rows as u64) >> 32) as usize;
        for taken in (0..self.rows).step_by(2) {
            let word = stream.below(u64::MAX);
            take(row(word >> 32));
            if taken + 1 < self.rows {
                take(row(word & 0xffff_ffff));
            }
        }
    }

    /// Of each term the sum over the rows, each taken so many times.
    fn sums(&self, times: &[[u16; LANES]]) -> Vec<[f64; LANES]> {
        let mut sums = vec![[0.0; LANES]; self.numbers.len() / self.rows];
        for from in (0..self.rows).step_by(BLOCK) {
            let block = from..(from + BLOCK).min(self.rows);
            let times: Vec<[f64; LANES]> =
                times[block.clone()].iter().map(|times| times.map(f64::from)).collect();
            for (sums, term) in sums.iter_mut().zip(self.numbers.chunks_exact(self.rows)) {
                let mut part = [0.0; LANES];
                for (number, times) in term[block.clone()].iter().zip(&times) {
                    for (part, times) in part.iter_mut().zip(times) {
                        *part += number * times;
                    }
                }
                for (sum, part) in sums.iter_mut().zip(part) {
                    *sum += part;
                }
            }
        }
        sums
    }
}

/// An estimate with the 2.5 % and 97.5 % percentiles of what resamples gave.
pub(super) fn percentile_interval(value: f64, mut resampled: Vec<f64>) -> Estimate {
    if resampled.is_empty() {
        return Estimate { value, low: value, high: value };
    }
    resampled.sort_unstable_by(f64::total_cmp);
    Estimate { value, low: quantile(&resampled, 0.025), high: quantile(&resampled, 0.975) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DRAWS: Draws = Draws { seed: 1, replication: 0 };

    fn terms(rows: usize) -> Terms {
        let mut terms = Terms::new(rows);
        terms.push((0..rows).map(|row| row as f64));
        terms.push((0..rows).map(|row| libm::sin(row as f64)));
        terms.push((0..rows).map(|_| 1.0));
        terms
    }

    #[test]
    fn the_means_of_a_resample_are_those_of_the_rows_it_took() {
        for rows in [2, 300, 1_000] {
            let terms = terms(rows);
            let found = terms.resampled(&DRAWS, 11);
            assert_eq!(found.len(), 11);
            for (number, means) in found.iter().enumerate() {
                let (mut sum, mut sine) = (0.0, 0.0);
                terms.draw(&DRAWS, number as u64, |row| {
                    sum += row as f64;
                    sine += libm::sin(row as f64);
                });
                assert_eq!(means[0], sum / rows as f64, "whole numbers add up exactly");
                // A thousand numbers below one in another order: rounding.
                assert!((means[1] - sine / rows as f64).abs() < 1e-12);
                assert_eq!(means[2], 1.0, "as many rows as there were");
            }
        }
    }

    #[test]
    fn more_resamples_change_none_of_the_first() {
        let terms = terms(50);
        assert_eq!(terms.resampled(&DRAWS, 20)[..5], terms.resampled(&DRAWS, 5)[..]);
        assert_ne!(terms.resampled(&DRAWS, 2)[0], terms.resampled(&DRAWS, 2)[1]);
    }

    #[test]
    fn the_number_of_threads_changes_no_bit() {
        let terms = terms(100);
        let on = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| terms.resampled(&DRAWS, 100))
        };
        assert_eq!(on(1), on(3));
    }

    #[test]
    fn a_mean_spreads_over_resamples_by_its_standard_error() {
        let found = terms(1_000).resampled(&DRAWS, 1_000);
        let means: Vec<f64> = found.into_iter().map(|means| means[0]).collect();
        let interval = percentile_interval(499.5, means);
        // ±1.96 × √((1000² - 1)/12/1000) = ±17.9; percentiles of a thousand err by 5 %.
        assert!((interval.high - interval.low - 35.8).abs() < 35.8 * 0.15, "{interval:?}");
        assert!((interval.high + interval.low - 999.0).abs() < 4.0, "{interval:?}");
    }
}
