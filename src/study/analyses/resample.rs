//! Bootstrap resamples of replications: rows of a study drawn again with replacement, the
//! same rows for every alternative, so that what they share stays shared (Efron 1979).

use crate::base::random::{Draws, EntityKey, EntityKind, Purpose};
use crate::study::question::Study;
use crate::study::summary::quantile;

const RESAMPLE: Purpose = Purpose::new("resample of a study");
const FINDING: EntityKind = EntityKind::new("finding of a study");
const NUMBER: EntityKind = EntityKind::new("resample");

/// Resamples for the interval of one finding: enough that the 2.5 % ends vary little from
/// seed to seed (some 25 resamples lie beyond each).
const RESAMPLES: u32 = 1_000;

/// The resamples of one finding.
#[derive(Clone, Copy, Debug)]
pub(super) struct Resamples {
    draws: Draws,
    finding: EntityKey,
    /// How many there are.
    pub(super) number: u32,
}

impl Resamples {
    /// Those of the finding of this name: what it is of, never where it stands.
    pub(super) fn of(study: &Study, finding: &str) -> Self {
        Self { draws: study.draws(), finding: EntityKey::new(FINDING, finding, 0), number: RESAMPLES }
    }

    /// The first so many of them.
    pub(super) fn first(self, number: u32) -> Self {
        Self { number, ..self }
    }

    /// How often each of `rows` rows is in one resample: as many draws as rows.
    pub(super) fn counts(&self, resample: u32, rows: usize) -> Vec<u32> {
        let mut stream = self.draws.stream(RESAMPLE, self.finding.part(NUMBER, u64::from(resample)));
        let mut counts = vec![0; rows];
        for _ in 0..rows {
            counts[stream.below(rows as u64) as usize] += 1;
        }
        counts
    }
}

/// The 2.5 and 97.5 % quantiles of what resamples gave: a percentile interval. None without
/// a value.
pub(super) fn percentile_interval(values: &mut [f64]) -> Option<[f64; 2]> {
    if values.is_empty() {
        return None;
    }
    values.sort_by(f64::total_cmp);
    Some([quantile(values, 0.025), quantile(values, 0.975)])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::study::fixture;

    #[test]
    fn a_resample_has_as_many_rows_and_its_own_address() {
        let resamples = Resamples::of(&fixture::study(1, 1, 1), "knee");
        let counts = resamples.counts(0, 50);
        assert_eq!(counts.iter().sum::<u32>(), 50);
        assert_eq!(counts, resamples.counts(0, 50));
        assert_ne!(counts, resamples.counts(1, 50));
        assert_ne!(counts, Resamples::of(&fixture::study(1, 1, 1), "front").counts(0, 50));
    }

    #[test]
    fn an_interval_leaves_out_one_in_forty_at_each_end() {
        let mut values: Vec<f64> = (0..=40).rev().map(f64::from).collect();
        assert_eq!(percentile_interval(&mut values), Some([1.0, 39.0]));
        assert_eq!(percentile_interval(&mut []), None);
    }
}
