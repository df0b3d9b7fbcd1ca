//! One-way analysis of variance with random effects: what differs between groups, and
//! what within.

use super::quantiles::fisher;
use crate::study::analyses::Estimate;

/// The components of variance of groups of the same size.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Components {
    /// The mean of all.
    pub mean: f64,
    /// Variance between groups, what is within taken off: (MSB - MSW)/m. Unbiased, so
    /// below zero by chance where groups do not differ.
    pub between: f64,
    /// Variance within groups: MSW.
    pub within: f64,
    /// between/(between + within), the intraclass correlation, with its exact interval for
    /// normal groups and errors: with F = MSB/MSW, the ends are (F/f - 1)/(F/f + m - 1) at
    /// the upper and the lower quantile f of F (Searle, Casella and McCulloch, Variance
    /// Components, 1992, section 3.6d). Estimate and ends reach down to -1/(m-1) and are
    /// not clipped. None where nothing varies.
    pub share: Option<Estimate>,
}

/// The components of `values`, groups of `size` one after the other.
///
/// # Panics
/// Without two whole groups of two.
pub fn components(values: &[f64], size: usize, level: f64) -> Components {
    let groups = values.len() / size.max(1);
    assert!(size > 1 && groups > 1 && values.len() == groups * size, "two whole groups of two at least");
    // About the first value, equal values have sums of squares of exactly zero: of all, and
    // of each group.
    let origin = values[0];
    let (mut means, mut within_squares) = (Vec::with_capacity(groups), 0.0);
    for group in values.chunks_exact(size) {
        let first = group[0];
        let offset = mean(group.iter().map(|value| value - first));
        within_squares += group.iter().map(|value| square(value - first - offset)).sum::<f64>();
        means.push(first - origin + offset);
    }
    let middle = mean(means.iter().copied());
    let between_squares = size as f64 * means.iter().map(|mean| square(mean - middle)).sum::<f64>();
    let degrees = [groups - 1, groups * (size - 1)];
    let [msb, msw] = [between_squares / degrees[0] as f64, within_squares / degrees[1] as f64];
    Components {
        mean: origin + middle,
        between: (msb - msw) / size as f64,
        within: msw,
        share: share([msb, msw], degrees, size, level),
    }
}

/// The intraclass correlation and its interval from both mean squares.
fn share([msb, msw]: [f64; 2], degrees: [usize; 2], size: usize, level: f64) -> Option<Estimate> {
    let others = (size - 1) as f64;
    // (F - 1)/(F + m - 1), with F = MSB/(f·MSW), written so that MSW may be zero.
    let at = |f: f64| (msb - f * msw) / (msb + others * f * msw);
    let tail = (1.0 - level) / 2.0;
    (msb + others * msw > 0.0).then(|| Estimate {
        value: at(1.0),
        low: at(fisher(1.0 - tail, degrees)),
        high: at(fisher(tail, degrees)),
    })
}

fn mean(values: impl ExactSizeIterator<Item = f64>) -> f64 {
    let n = values.len() as f64;
    values.sum::<f64>() / n
}

fn square(value: f64) -> f64 {
    value * value
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::random::{Draws, EntityKey, EntityKind, Purpose};

    #[test]
    fn components_agree_with_a_sheet() {
        // Means 2, 6, 4; MSB = 2·8/2 = 8, MSW = (2 + 2 + 8)/3 = 4.
        let found = components(&[1.0, 3.0, 5.0, 7.0, 2.0, 6.0], 2, 0.95);
        assert!((found.mean - 4.0).abs() < 1e-14);
        assert!((found.within - 4.0).abs() < 1e-14 && (found.between - 2.0).abs() < 1e-14);
        let share = found.share.unwrap();
        assert!((share.value - 1.0 / 3.0).abs() < 1e-14);
        // F = 2; f(2, 3) at .975 is 16.0441, at .025 it is .0255327: (F/f - 1)/(F/f + 1).
        let end = |f: f64| (2.0 / f - 1.0) / (2.0 / f + 1.0);
        // As many digits as the table has.
        assert!((share.low - end(16.044_1)).abs() < 1e-5, "{share:?}");
        assert!((share.high - end(0.025_532_7)).abs() < 1e-5, "{share:?}");
    }

    #[test]
    fn what_never_varies_has_no_share_and_what_varies_only_between_has_all_of_it() {
        let still = components(&[0.1; 6], 2, 0.95);
        assert_eq!((still.between, still.within, still.share), (0.0, 0.0, None));
        let certain = components(&[0.1, 0.1, 0.3, 0.3, 0.7, 0.7], 2, 0.95);
        assert_eq!(certain.share, Some(Estimate { value: 1.0, low: 1.0, high: 1.0 }));
    }

    #[test]
    fn pure_chance_goes_below_zero_and_is_not_clipped() {
        let found = components(&[1.0, -1.0, 1.0, -1.0], 2, 0.95);
        assert_eq!((found.between, found.within), (-1.0, 2.0));
        assert_eq!(found.share.unwrap().value, -1.0);
    }

    #[test]
    fn the_interval_covers_the_share_as_often_as_it_says() {
        const PURPOSE: Purpose = Purpose::new("test of variance components");
        const KEY: EntityKey = EntityKey::new(EntityKind::new("test"), "anova", 0);
        let studies = 2_000;
        let mut covered = 0;
        for replication in 0..studies {
            let mut stream = Draws { seed: 5, replication }.stream(PURPOSE, KEY);
            let mut values = Vec::with_capacity(40);
            for _ in 0..20 {
                let group = stream.normal(0.0, 1.0);
                values.extend([stream.normal(group, 2.0), stream.normal(group, 2.0)]);
            }
            let share = components(&values, 2, 0.95).share.unwrap();
            covered += u32::from(share.low <= 0.2 && 0.2 <= share.high);
        }
        let coverage = f64::from(covered) / studies as f64;
        // Exact for normal values: three standard errors of √(.95·.05/2000) = .0049.
        assert!((coverage - 0.95).abs() < 3.0 * 0.0049, "{coverage}");
    }
}
