//! Bootstrap intervals for a mean, where Student's is not to be trusted.

use rand::Rng as _;

use super::Moments;
use super::quantiles::{normal, normal_probability};
use crate::base::random::{Draws, EntityKey, EntityKind, Purpose};
use crate::study::analyses::Estimate;
use crate::study::summary::quantile;

const RESAMPLE: Purpose = Purpose::new("resample of a bootstrap");
const MEAN: EntityKey = EntityKey::new(EntityKind::new("bootstrap"), "mean", 0);

/// A bootstrap.
#[derive(Clone, Copy, Debug)]
pub struct Bootstrap {
    /// Where its draws come from. Samples of one size are resampled alike whatever they
    /// are called, so that a name changes no interval.
    pub draws: Draws,
    /// Resamples.
    pub resamples: usize,
    /// The level of its intervals, as 0.95.
    pub level: f64,
}

/// Resamples beyond either end of an interval: so many that their number scatters by a
/// seventh.
const BEYOND: f64 = 50.0;

impl Bootstrap {
    /// With so many resamples that 50 lie beyond either end: 2,000 at 95 %, at most
    /// 20,000.
    pub fn of_level(draws: Draws, level: f64) -> Self {
        let resamples = (2.0 * BEYOND / (1.0 - level)).clamp(2_000.0, 20_000.0);
        // Rounded, for 1 - 0.95 is a little more than 0.05.
        Self { draws, resamples: libm::round(resamples) as usize, level }
    }

    /// Resamples.
    ///
    /// # Panics
    /// Without a value.
    pub fn of(&self, values: &[f64]) -> Resampled {
        assert!(!values.is_empty(), "there is something to resample");
        let n = values.len();
        let mut stream = self.draws.stream(RESAMPLE, MEAN);
        // Four bytes a place, drawn a resample at a time, cost a third of a number each.
        let mut bytes = vec![0; 4 * n];
        let moments = Moments::of(values);
        let (mean, error) = (moments.mean(), moments.standard_error());
        let (mut means, mut ratios) = (Vec::new(), Vec::new());
        for _ in 0..self.resamples {
            stream.fill_bytes(&mut bytes);
            let (mut sum, mut squares) = (0.0, 0.0);
            for place in bytes.as_chunks::<4>().0 {
                // Each place as likely as the next to within n/2^32.
                let place = (u64::from(u32::from_le_bytes(*place)) * n as u64) >> 32;
                let deviation = values[place as usize] - mean;
                sum += deviation;
                squares += deviation * deviation;
            }
            let shift = sum / n as f64;
            means.push(mean + shift);
            // What is left of the squares of equal values is rounding, some 1e-16 of them.
            let left = squares - sum * shift;
            let variance = if left > 1e-12 * squares { left / (n as f64 - 1.0) } else { 0.0 };
            ratios.push(shift / libm::sqrt(variance / n as f64));
        }
        means.sort_by(f64::total_cmp);
        ratios.sort_by(f64::total_cmp);
        let (squares, cubes) = values.iter().fold((0.0, 0.0), |(squares, cubes), value| {
            let d = value - mean;
            (squares + d * d, cubes + d * d * d)
        });
        let acceleration = if squares > 0.0 { cubes / (6.0 * squares * libm::sqrt(squares)) } else { 0.0 };
        Resampled { mean, error, means, ratios, acceleration, level: self.level }
    }
}

/// The resampled means of a sample.
#[derive(Clone, Debug)]
pub struct Resampled {
    mean: f64,
    /// Its standard error.
    error: f64,
    /// Sorted.
    means: Vec<f64>,
    /// Each resampled mean less the mean, over the standard error of the resample; sorted.
    ratios: Vec<f64>,
    acceleration: f64,
    level: f64,
}

impl Resampled {
    /// The mean with the percentile interval (Efron 1979): quantiles of the resampled
    /// means as they are.
    pub fn percentile(&self) -> Estimate {
        let tail = (1.0 - self.level) / 2.0;
        self.between([tail, 1.0 - tail])
    }

    /// The mean with the BCa interval (Efron 1987): the percentiles are shifted by the
    /// bias z0 of the resampled means and the acceleration a = Σd³/(6(Σd²)^1.5), with d the
    /// deviations from the mean: α' = Φ(z0 + (z0 + z)/(1 - a(z0 + z))).
    pub fn bca(&self) -> Estimate {
        let below = self.means.partition_point(|resampled| *resampled < self.mean) as f64;
        let not_above = self.means.partition_point(|resampled| *resampled <= self.mean) as f64;
        // Ties count half; a share of 0 or 1 has no finite quantile.
        let least = 0.5 / self.means.len() as f64;
        let bias = normal(((below + not_above) * least).clamp(least, 1.0 - least));
        let shifted = |p: f64| {
            let z = bias + normal(p);
            normal_probability(bias + z / (1.0 - self.acceleration * z))
        };
        let tail = (1.0 - self.level) / 2.0;
        self.between([tail, 1.0 - tail].map(shifted))
    }

    /// The mean with the bootstrap-t interval (Efron 1982; Hall, The Bootstrap and Edgeworth
    /// Expansion, 1992, section 3.3): the resamples say how Student's ratio is distributed
    /// here, x̄ - t*(1-α/2)·S/√n to x̄ - t*(α/2)·S/√n. Of skewed values it holds more often
    /// than BCa. None where too many resamples do not vary, as of a single event among many
    /// zeros: then these do not say.
    pub fn studentised(&self) -> Option<Estimate> {
        let tail = (1.0 - self.level) / 2.0;
        let [low, high] = [1.0 - tail, tail].map(|p| self.mean - quantile(&self.ratios, p) * self.error);
        (low.is_finite() && high.is_finite()).then_some(Estimate { value: self.mean, low, high })
    }

    /// [`Resampled::studentised`], or [`Resampled::bca`] where there is none.
    pub fn best(&self) -> Estimate {
        self.studentised().unwrap_or_else(|| self.bca())
    }

    fn between(&self, ends: [f64; 2]) -> Estimate {
        let [low, high] = ends.map(|p| quantile(&self.means, p));
        Estimate { value: self.mean, low, high }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bootstrap(seed: u64) -> Bootstrap {
        Bootstrap::of_level(Draws { seed, replication: u64::MAX }, 0.95)
    }

    /// Twenty exponential quantiles: as skewed as an exponential sample of that size.
    fn skewed() -> Vec<f64> {
        (0..20).map(|place| -libm::log(1.0 - (f64::from(place) + 0.5) / 20.0)).collect()
    }

    #[test]
    fn intervals_are_those_of_another_implementation() {
        // SciPy 1.17's bootstrap of the mean with a million resamples, the last two by NumPy
        // in the same way, for SciPy has no bootstrap-t. Over 2,000 resamples
        // the ends scatter by .007 to .028 as given (300 bootstraps in NumPy), the mean
        // of 25 bootstraps by a fifth of that: three of these.
        let values = skewed();
        assert_eq!(bootstrap(1).resamples, 2_000);
        let ends = |seed| {
            let resampled = bootstrap(seed).of(&values);
            let (percentile, bca) = (resampled.percentile(), resampled.bca());
            let t = resampled.studentised().unwrap();
            [percentile.low, percentile.high, bca.low, bca.high, t.low, t.high]
        };
        let mean = |place: usize| (1..=25).map(|seed| ends(seed)[place]).sum::<f64>() / 25.0;
        let reference = [
            (0.6110, 0.007),
            (1.4175, 0.015),
            (0.6561, 0.011),
            (1.5011, 0.023),
            (0.6204, 0.011),
            (1.6214, 0.028),
        ];
        for (place, (expected, scatter)) in reference.into_iter().enumerate() {
            let found = mean(place);
            assert!((found - expected).abs() < 3.0 * scatter / 5.0, "{place}: {found} instead of {expected}");
        }
        let (percentile, bca) = (bootstrap(1).of(&values).percentile(), bootstrap(1).of(&values).bca());
        assert!(bca.low > percentile.low && bca.high > percentile.high, "BCa leans to the long tail");
    }

    #[test]
    fn resamples_that_do_not_vary_leave_the_choice_to_bca() {
        // One event among 29 zeros: every third resample holds none.
        let mut values = vec![0.0; 30];
        values[7] = 5.0;
        let resampled = bootstrap(1).of(&values);
        assert_eq!(resampled.studentised(), None);
        assert_eq!(resampled.best(), resampled.bca());
        let skewed = bootstrap(1).of(&skewed());
        assert_eq!(Some(skewed.best()), skewed.studentised());
    }

    #[test]
    fn resamples_depend_on_the_seed_alone() {
        let values = skewed();
        assert_eq!(bootstrap(1).of(&values).bca(), bootstrap(1).of(&values).bca());
        assert_ne!(bootstrap(1).of(&values).bca(), bootstrap(2).of(&values).bca());
    }

    #[test]
    fn equal_values_have_an_interval_of_no_width() {
        let found = bootstrap(1).of(&[0.5; 9]).bca();
        assert_eq!((found.low, found.value, found.high), (0.5, 0.5, 0.5));
    }

    #[test]
    fn a_higher_level_takes_more_resamples_up_to_a_limit() {
        let draws = Draws { seed: 1, replication: 0 };
        assert_eq!(Bootstrap::of_level(draws, 0.99).resamples, 10_000);
        assert_eq!(Bootstrap::of_level(draws, 0.9999).resamples, 20_000);
    }
}
