//! Quantiles prepared once and read many times.

use super::Distribution;
use super::distribution::{Bounds, Cut, Levels, pert_shapes, within_open_unit};

/// A quantile function ready for hot loops, made by [`Distribution::tabulate`] when
/// the World is built. Monotone in its argument, as inversion needs.
///
/// PERT is tabulated: the distribution function at 1,025 evenly spaced values and,
/// between two of them, a density taken as linear. The largest error against the
/// exact quantile is 2e-4 of the range, in the last thousandth of a thin tail; within
/// the central 99.8 % it is 2e-6 of the range. Everything else is computed.
#[derive(Clone, Debug)]
pub struct Quantile {
    distribution: Distribution,
    means: Means,
}

#[derive(Clone, Debug)]
enum Means {
    /// The closed form is cheap.
    Direct,
    Normal {
        mean: f64,
        deviation: f64,
        levels: Levels,
        bounds: Bounds,
    },
    LogNormal {
        median: f64,
        sigma: f64,
        levels: Levels,
        bounds: Bounds,
    },
    Pert(BetaTable),
    /// The cumulative shares of the outcomes.
    Discrete(Vec<f64>),
}

impl Quantile {
    /// Prepares a distribution that has been checked.
    pub(super) fn of(distribution: &Distribution) -> Self {
        let means = match distribution {
            Distribution::Normal { mean, deviation, bounds } => Means::Normal {
                mean: *mean,
                deviation: *deviation,
                levels: Cut::normal(*mean, *deviation, *bounds).levels(),
                bounds: *bounds,
            },
            Distribution::LogNormal { median, sigma, bounds } => Means::LogNormal {
                median: *median,
                sigma: *sigma,
                levels: Cut::log_normal(*median, *sigma, *bounds).levels(),
                bounds: *bounds,
            },
            Distribution::Pert { low, mode, high } => {
                BetaTable::new(*low, *mode, *high).map_or(Means::Direct, Means::Pert)
            }
            Distribution::Discrete(outcomes) => {
                let total: f64 = outcomes.iter().map(|outcome| outcome.weight).sum();
                let running = outcomes.iter().scan(0.0, |below, outcome| {
                    *below += outcome.weight;
                    Some(*below / total)
                });
                Means::Discrete(running.collect())
            }
            _ => Means::Direct,
        };
        Self { distribution: distribution.clone(), means }
    }

    /// The value below which lies the share `u` of the distribution; `u` is taken into
    /// [2^-53, 1 - 2^-53].
    pub fn at(&self, u: f64) -> f64 {
        match &self.means {
            Means::Direct => self.distribution.quantile(u),
            Means::Normal { mean, deviation, levels, bounds } => {
                bounds.clamp(mean + deviation * levels.quantile(within_open_unit(u)))
            }
            Means::LogNormal { median, sigma, levels, bounds } => {
                bounds.clamp(median * libm::exp(sigma * levels.quantile(within_open_unit(u))))
            }
            Means::Pert(table) => table.quantile(within_open_unit(u)),
            Means::Discrete(shares) => {
                let Distribution::Discrete(outcomes) = &self.distribution else {
                    unreachable!("shares are made of outcomes only");
                };
                let u = within_open_unit(u);
                let index = shares.partition_point(|share| *share < u).min(outcomes.len() - 1);
                outcomes[index].value
            }
        }
    }

    /// The distribution this is the quantile of.
    pub fn distribution(&self) -> &Distribution {
        &self.distribution
    }
}

/// The distribution function and the density of a PERT on an even grid.
#[derive(Clone, Debug)]
struct BetaTable {
    low: f64,
    range: f64,
    alpha: f64,
    beta: f64,
    /// One more than [`CELLS`]; from 0 to 1.
    cumulative: Box<[f64]>,
    density: Box<[f64]>,
}

const CELLS: usize = 1_024;

impl BetaTable {
    fn new(low: f64, mode: f64, high: f64) -> Option<Self> {
        let shapes = pert_shapes(low, mode, high)?;
        let grid = || (0..=CELLS).map(|index| index as f64 / CELLS as f64);
        Some(Self {
            low,
            range: high - low,
            alpha: shapes.alpha,
            beta: shapes.beta,
            cumulative: grid().map(|x| shapes.cdf(x)).collect(),
            density: grid().map(|x| shapes.density(x)).collect(),
        })
    }

    fn quantile(&self, u: f64) -> f64 {
        let cell = self.cumulative.partition_point(|share| *share < u).clamp(1, CELLS) - 1;
        let (below, above) = (self.cumulative[cell], self.cumulative[cell + 1]);
        let share = ((u - below) / (above - below)).clamp(0.0, 1.0);
        let within = if cell == 0 {
            // At its ends a beta density is a power, not a line.
            libm::pow(share, 1.0 / self.alpha)
        } else if cell == CELLS - 1 {
            1.0 - libm::pow(1.0 - share, 1.0 / self.beta)
        } else {
            linear_density(self.density[cell], self.density[cell + 1], share)
        };
        self.low + self.range * ((cell as f64 + within) / CELLS as f64)
    }
}

/// Where in a cell, from 0 to 1, the share of its mass is reached when the density
/// goes straight from `left` to `right`.
fn linear_density(left: f64, right: f64, share: f64) -> f64 {
    let root = libm::sqrt(left * left + (right * right - left * left) * share);
    share * (left + right) / (left + root)
}

#[cfg(test)]
mod tests {
    use super::super::distribution::tests::one_of_each;
    use super::*;
    use statrs::distribution::{Beta, ContinuousCDF};

    /// Even steps, and as many more squeezed into each tail down to 1e-12.
    fn probabilities() -> Vec<f64> {
        let even = (1..2_000).map(|step| f64::from(step) / 2_000.0);
        let tail = (10..120).map(|step| libm::pow(10.0, -f64::from(step) / 10.0));
        let mut all: Vec<f64> = even.chain(tail.clone()).chain(tail.map(|u| 1.0 - u)).collect();
        all.sort_by(f64::total_cmp);
        all
    }

    #[test]
    fn the_pert_table_keeps_its_stated_error_against_another_implementation() {
        let (mut worst, mut worst_central) = (0.0_f64, 0.0_f64);
        for mode in [0.0, 0.02, 0.1, 0.35, 0.5, 0.64, 0.9, 0.98, 1.0] {
            let table = Distribution::Pert { low: 0.0, mode, high: 1.0 }.tabulate().unwrap();
            let reference = Beta::new(1.0 + 4.0 * mode, 5.0 - 4.0 * mode).unwrap();
            for u in probabilities() {
                // statrs bisects to about 1e-15 in x.
                let error = (table.at(u) - reference.inverse_cdf(u)).abs();
                worst = worst.max(error);
                if (0.001..=0.999).contains(&u) {
                    worst_central = worst_central.max(error);
                }
            }
        }
        assert!(worst < 2e-4, "worst {worst:e}");
        assert!(worst_central < 2e-6, "worst in the middle {worst_central:e}");
    }

    #[test]
    fn a_prepared_quantile_is_the_distribution_s_own() {
        for distribution in one_of_each() {
            let table = distribution.tabulate().unwrap();
            for step in 1..1_000 {
                let u = f64::from(step) / 1_000.0;
                let (fast, exact) = (table.at(u), distribution.quantile(u));
                // Only PERT differs, by what its table's error is: 2e-6 of a range of 10.
                assert!((fast - exact).abs() <= 2e-5, "{distribution:?} at {u}: {fast} {exact}");
            }
        }
    }

    #[test]
    fn quantiles_never_fall() {
        for distribution in one_of_each() {
            if matches!(distribution, Distribution::Discrete(_)) {
                continue; // follows the order of the list
            }
            let table = distribution.tabulate().unwrap();
            let values: Vec<f64> = probabilities().into_iter().map(|u| table.at(u)).collect();
            assert!(values.windows(2).all(|pair| pair[0] <= pair[1]), "{distribution:?}");
            assert!(table.at(0.0).is_finite() && table.at(1.0).is_finite());
        }
    }

    #[test]
    fn quantiles_are_the_same_bits_on_every_machine() {
        let bits: Vec<u64> =
            one_of_each().iter().map(|each| each.tabulate().unwrap().at(0.7).to_bits()).collect();
        assert_eq!(
            bits,
            [
                4613937818241073152,
                4610785298501913804,
                4599349353382646120,
                4599660599515358643,
                4623023813119647865,
                4618496362938413438,
                4610003005623672799,
                4617539737806764438,
                4616660065024163919,
                4620934053093569084,
                4614671664459671078,
                4617315517961601024,
            ]
        );
    }
}
