//! The distributions a scenario can name for an uncertain figure.

use serde::Serialize;

use super::Quantile;
use super::address::exponential;
use super::special::{Beta, normal_cdf, normal_density, normal_quantile};

/// The distribution of an uncertain figure, in the figure's own unit.
///
/// Written by users, so it may be nonsense until [`Distribution::check`] has passed;
/// the other methods assume that it has.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Distribution {
    /// Certain.
    Fixed(f64),
    /// Every value between the ends alike.
    Uniform {
        /// The least value.
        low: f64,
        /// The greatest value.
        high: f64,
    },
    /// Density rising straight to the mode and falling straight from it.
    Triangular {
        /// The least value.
        low: f64,
        /// The most likely value.
        mode: f64,
        /// The greatest value.
        high: f64,
    },
    /// Beta-PERT with weight 4 on the mode (Malcolm et al. 1959; Vose): a beta
    /// distribution on [low, high] with α = 1 + 4(mode - low)/(high - low) and
    /// β = 6 - α. What `{low, mode, high}` means.
    Pert {
        /// The least value.
        low: f64,
        /// The most likely value.
        mode: f64,
        /// The greatest value.
        high: f64,
    },
    /// The bell curve, cut off at the bounds.
    Normal {
        /// The mean before the cut.
        mean: f64,
        /// The standard deviation before the cut.
        deviation: f64,
        /// Where it is cut off.
        bounds: Bounds,
    },
    /// A factor whose logarithm is normal, cut off at the bounds.
    LogNormal {
        /// The median before the cut.
        median: f64,
        /// The standard deviation of the natural logarithm before the cut.
        sigma: f64,
        /// Where it is cut off.
        bounds: Bounds,
    },
    /// Time between events that happen at a constant rate.
    Exponential {
        /// The mean.
        mean: f64,
    },
    /// Time to failure with a hazard that falls (shape below 1) or rises.
    Weibull {
        /// The 63.2 % point.
        scale: f64,
        /// The shape; 1 is exponential.
        shape: f64,
    },
    /// One of several values; quantiles follow the order in which they are listed.
    Discrete(Vec<Outcome>),
}

/// The ends at which a distribution is cut off; what lies beyond is not drawn and the
/// rest is scaled up in proportion.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Bounds {
    /// The least value, if any.
    pub low: Option<f64>,
    /// The greatest value, if any.
    pub high: Option<f64>,
}

/// One value of a discrete distribution.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Outcome {
    /// The value.
    pub value: f64,
    /// Its probability up to the common factor that makes them sum to one.
    pub weight: f64,
}

/// What makes a distribution impossible.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum DistributionError {
    /// A parameter is infinite or not a number.
    #[error("{parameter} is {value}, but must be a finite number")]
    NotFinite {
        /// Its name.
        parameter: &'static str,
        /// Its value.
        value: f64,
    },
    /// A parameter that must be above zero is not.
    #[error("{parameter} is {value}, but must be above zero")]
    NotPositive {
        /// Its name.
        parameter: &'static str,
        /// Its value.
        value: f64,
    },
    /// Two parameters are the wrong way round.
    #[error("{first} ({first_value}) is above {second} ({second_value})")]
    Unordered {
        /// The one that should be the lesser.
        first: &'static str,
        /// Its value.
        first_value: f64,
        /// The one that should be the greater.
        second: &'static str,
        /// Its value.
        second_value: f64,
    },
    /// The bounds cut off all but less than 1e-9 of the distribution.
    #[error("the bounds leave {mass:e} of the distribution, but at least 1e-9 is needed")]
    NothingLeft {
        /// The probability between the bounds.
        mass: f64,
    },
    /// A discrete distribution has no outcome of positive weight.
    #[error("no outcome has a weight above zero")]
    NoOutcome,
}

/// A bound on the probability left after a cut: below it the quantiles lose digits.
const LEAST_MASS: f64 = 1e-9;

impl Distribution {
    /// Whether the parameters make a distribution.
    ///
    /// # Errors
    /// Says which parameter is impossible and why.
    pub fn check(&self) -> Result<(), DistributionError> {
        match self {
            Self::Fixed(value) => finite("the value", *value),
            Self::Uniform { low, high } => ordered(("low", *low), ("high", *high)),
            Self::Triangular { low, mode, high } | Self::Pert { low, mode, high } => {
                ordered(("low", *low), ("mode", *mode))?;
                ordered(("mode", *mode), ("high", *high))
            }
            Self::Normal { mean, deviation, bounds } => {
                finite("mean", *mean)?;
                positive("deviation", *deviation)?;
                bounds.check()?;
                enough_left(Cut::normal(*mean, *deviation, *bounds))
            }
            Self::LogNormal { median, sigma, bounds } => {
                positive("median", *median)?;
                positive("sigma", *sigma)?;
                bounds.check()?;
                enough_left(Cut::log_normal(*median, *sigma, *bounds))
            }
            Self::Exponential { mean } => positive("mean", *mean),
            Self::Weibull { scale, shape } => {
                positive("scale", *scale)?;
                positive("shape", *shape)
            }
            Self::Discrete(outcomes) => check_outcomes(outcomes),
        }
    }

    /// Checks the parameters and prepares the quantile for repeated use.
    ///
    /// # Errors
    /// As [`Distribution::check`].
    pub fn tabulate(&self) -> Result<Quantile, DistributionError> {
        self.check()?;
        Ok(Quantile::of(self))
    }

    /// The value below which lies the share `u` of the distribution.
    ///
    /// `u` is taken into [2^-53, 1 - 2^-53], so the quantile of a design of
    /// experiments that contains 0 or 1 is finite. PERT is solved by iteration here,
    /// at some microseconds a call; [`Distribution::tabulate`] is for hot loops.
    pub fn quantile(&self, u: f64) -> f64 {
        let u = within_open_unit(u);
        match self {
            Self::Fixed(value) => *value,
            Self::Uniform { low, high } => low + (high - low) * u,
            Self::Triangular { low, mode, high } => triangular(*low, *mode, *high, u),
            Self::Pert { low, mode, high } => match pert_shapes(*low, *mode, *high) {
                Some(beta) => low + (high - low) * beta.quantile(u),
                None => *low,
            },
            Self::Normal { mean, deviation, bounds } => {
                bounds.clamp(mean + deviation * Cut::normal(*mean, *deviation, *bounds).quantile(u))
            }
            Self::LogNormal { median, sigma, bounds } => {
                let z = Cut::log_normal(*median, *sigma, *bounds).quantile(u);
                bounds.clamp(median * libm::exp(sigma * z))
            }
            Self::Exponential { mean } => exponential(u, *mean),
            Self::Weibull { scale, shape } => scale * libm::pow(exponential(u, 1.0), 1.0 / shape),
            Self::Discrete(outcomes) => {
                let total: f64 = outcomes.iter().map(|outcome| outcome.weight).sum();
                let mut below = 0.0;
                let reached = outcomes.iter().find(|outcome| {
                    below += outcome.weight;
                    u * total <= below && outcome.weight > 0.0
                });
                reached.or(outcomes.last()).map_or(f64::NAN, |outcome| outcome.value)
            }
        }
    }

    /// The mean, of what is left after a cut.
    pub fn mean(&self) -> f64 {
        match self {
            Self::Fixed(value) => *value,
            Self::Uniform { low, high } => 0.5 * (low + high),
            Self::Triangular { low, mode, high } => (low + mode + high) / 3.0,
            Self::Pert { low, mode, high } => (low + 4.0 * mode + high) / 6.0,
            Self::Normal { mean, deviation, bounds } => {
                let cut = Cut::normal(*mean, *deviation, *bounds);
                mean + deviation * (normal_density(cut.low) - normal_density(cut.high)) / cut.mass()
            }
            Self::LogNormal { median, sigma, bounds } => {
                let cut = Cut::log_normal(*median, *sigma, *bounds);
                let shifted = Cut { low: cut.low - sigma, high: cut.high - sigma };
                median * libm::exp(0.5 * sigma * sigma) * shifted.mass() / cut.mass()
            }
            Self::Exponential { mean } => *mean,
            Self::Weibull { scale, shape } => scale * libm::tgamma(1.0 + 1.0 / shape),
            Self::Discrete(outcomes) => {
                let total: f64 = outcomes.iter().map(|outcome| outcome.weight).sum();
                outcomes.iter().map(|outcome| outcome.value * outcome.weight).sum::<f64>() / total
            }
        }
    }

    /// The most likely value; the middle where all are alike, the first of several
    /// outcomes of the same weight.
    pub fn mode(&self) -> f64 {
        match self {
            Self::Fixed(value) => *value,
            Self::Uniform { low, high } => 0.5 * (low + high),
            Self::Triangular { mode, .. } | Self::Pert { mode, .. } => *mode,
            Self::Normal { mean, bounds, .. } => bounds.clamp(*mean),
            Self::LogNormal { median, sigma, bounds } => bounds.clamp(median * libm::exp(-sigma * sigma)),
            Self::Exponential { .. } => 0.0,
            Self::Weibull { scale, shape } if *shape > 1.0 => {
                scale * libm::pow((shape - 1.0) / shape, 1.0 / shape)
            }
            Self::Weibull { .. } => 0.0,
            Self::Discrete(outcomes) => {
                let heavier =
                    |best: Outcome, next: &Outcome| if next.weight > best.weight { *next } else { best };
                outcomes
                    .iter()
                    .copied()
                    .next()
                    .map_or(f64::NAN, |first| outcomes.iter().fold(first, heavier).value)
            }
        }
    }
}

impl Bounds {
    fn check(self) -> Result<(), DistributionError> {
        let low = self.low.unwrap_or(f64::MIN);
        let high = self.high.unwrap_or(f64::MAX);
        ordered(("the lower bound", low), ("the upper bound", high))
    }

    pub(super) fn clamp(self, value: f64) -> f64 {
        value.max(self.low.unwrap_or(f64::NEG_INFINITY)).min(self.high.unwrap_or(f64::INFINITY))
    }
}

/// The part of the standard normal between two standardised bounds.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cut {
    low: f64,
    high: f64,
}

impl Cut {
    pub(super) fn normal(mean: f64, deviation: f64, bounds: Bounds) -> Self {
        let standard = |value: f64| (value - mean) / deviation;
        Self {
            low: bounds.low.map_or(f64::NEG_INFINITY, standard),
            high: bounds.high.map_or(f64::INFINITY, standard),
        }
    }

    pub(super) fn log_normal(median: f64, sigma: f64, bounds: Bounds) -> Self {
        // No lognormal value is at or below zero.
        let standard = |value: f64| {
            if value > 0.0 { libm::log(value / median) / sigma } else { f64::NEG_INFINITY }
        };
        Self {
            low: bounds.low.map_or(f64::NEG_INFINITY, standard),
            high: bounds.high.map_or(f64::INFINITY, standard),
        }
    }

    /// The probability between the bounds.
    fn mass(self) -> f64 {
        // In the upper tail the complements keep the digits.
        if self.low > 0.0 {
            normal_cdf(-self.low) - normal_cdf(-self.high)
        } else {
            normal_cdf(self.high) - normal_cdf(self.low)
        }
    }

    /// The standardised quantile at `u` of what lies between the bounds.
    fn quantile(self, u: f64) -> f64 {
        self.levels().quantile(u)
    }

    /// The same, prepared for repeated use.
    pub(super) fn levels(self) -> Levels {
        if self.low > 0.0 {
            Levels { from: normal_cdf(-self.low), to: normal_cdf(-self.high), sign: -1.0 }
        } else {
            Levels { from: normal_cdf(self.low), to: normal_cdf(self.high), sign: 1.0 }
        }
    }
}

/// The probabilities between which a cut normal distribution is inverted; mirrored
/// when the cut lies in the upper tail, where the complements keep the digits.
#[derive(Clone, Copy, Debug)]
pub(super) struct Levels {
    from: f64,
    to: f64,
    sign: f64,
}

impl Levels {
    #[inline]
    pub(super) fn quantile(self, u: f64) -> f64 {
        self.sign * normal_quantile(within_open_unit(self.from + (self.to - self.from) * u))
    }
}

/// Takes `u` to the nearest number that a quantile is finite at.
#[inline]
pub(super) fn within_open_unit(u: f64) -> f64 {
    const LEAST: f64 = 1.0 / (1_u64 << 53) as f64;
    u.clamp(LEAST, 1.0 - LEAST)
}

/// The beta distribution behind a PERT, or nothing when its ends coincide.
pub(super) fn pert_shapes(low: f64, mode: f64, high: f64) -> Option<Beta> {
    let alpha = 1.0 + 4.0 * ((mode - low) / (high - low));
    (high > low).then_some(Beta { alpha, beta: 6.0 - alpha })
}

fn triangular(low: f64, mode: f64, high: f64, u: f64) -> f64 {
    let range = high - low;
    if range <= 0.0 {
        return low;
    }
    if u * range <= mode - low {
        low + libm::sqrt(u * range * (mode - low))
    } else {
        high - libm::sqrt((1.0 - u) * range * (high - mode))
    }
}

fn finite(parameter: &'static str, value: f64) -> Result<(), DistributionError> {
    if value.is_finite() { Ok(()) } else { Err(DistributionError::NotFinite { parameter, value }) }
}

fn positive(parameter: &'static str, value: f64) -> Result<(), DistributionError> {
    finite(parameter, value)?;
    if value > 0.0 { Ok(()) } else { Err(DistributionError::NotPositive { parameter, value }) }
}

fn ordered(lesser: (&'static str, f64), greater: (&'static str, f64)) -> Result<(), DistributionError> {
    finite(lesser.0, lesser.1)?;
    finite(greater.0, greater.1)?;
    if lesser.1 <= greater.1 {
        return Ok(());
    }
    Err(DistributionError::Unordered {
        first: lesser.0,
        first_value: lesser.1,
        second: greater.0,
        second_value: greater.1,
    })
}

fn enough_left(cut: Cut) -> Result<(), DistributionError> {
    let mass = cut.mass();
    if mass >= LEAST_MASS { Ok(()) } else { Err(DistributionError::NothingLeft { mass }) }
}

fn check_outcomes(outcomes: &[Outcome]) -> Result<(), DistributionError> {
    for outcome in outcomes {
        finite("an outcome", outcome.value)?;
        finite("a weight", outcome.weight)?;
        if outcome.weight < 0.0 {
            return Err(DistributionError::NotPositive { parameter: "a weight", value: outcome.weight });
        }
    }
    if outcomes.iter().any(|outcome| outcome.weight > 0.0) {
        Ok(())
    } else {
        Err(DistributionError::NoOutcome)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// One distribution of every kind, cut and uncut.
    pub(crate) fn one_of_each() -> Vec<Distribution> {
        let cut = |low, high| Bounds { low: Some(low), high: Some(high) };
        let discrete = [(1.0, 2.0), (5.0, 1.0), (3.0, 0.0), (9.0, 1.0)];
        vec![
            Distribution::Fixed(3.0),
            Distribution::Uniform { low: -1.0, high: 3.0 },
            Distribution::Triangular { low: 0.0, mode: 0.3, high: 0.47 },
            Distribution::Pert { low: 0.0, mode: 0.3, high: 0.47 },
            Distribution::Pert { low: 10.0, mode: 10.0, high: 20.0 },
            Distribution::Normal { mean: 5.0, deviation: 2.0, bounds: Bounds::default() },
            Distribution::Normal { mean: 0.0, deviation: 1.0, bounds: cut(1.0, 2.5) },
            Distribution::LogNormal { median: 4.0, sigma: 0.5, bounds: Bounds::default() },
            Distribution::LogNormal { median: 4.0, sigma: 0.5, bounds: cut(2.0, 6.0) },
            Distribution::Exponential { mean: 7.0 },
            Distribution::Weibull { scale: 3.0, shape: 1.8 },
            Distribution::Discrete(discrete.map(|(value, weight)| Outcome { value, weight }).to_vec()),
        ]
    }

    #[test]
    fn the_stated_mean_is_the_mean_of_the_quantiles() {
        let n = 200_000;
        for distribution in one_of_each() {
            let quantile = distribution.tabulate().unwrap();
            let middle = |step: u32| quantile.at((f64::from(step) + 0.5) / f64::from(n));
            let mean = (0..n).map(middle).sum::<f64>() / f64::from(n);
            let stated = distribution.mean();
            // The midpoint rule is off by the mass of the outermost cell: 1/n of the
            // range that the tails reach, below 1e-4 of the mean for all of these.
            assert!(
                (mean - stated).abs() < 1e-4 * stated.abs().max(1.0),
                "{distribution:?}: {mean} {stated}"
            );
        }
    }

    #[test]
    fn the_stated_mode_is_where_quantiles_lie_closest() {
        for distribution in one_of_each() {
            use Distribution::{Discrete, Exponential, Fixed, Uniform};
            if matches!(distribution, Fixed(_) | Uniform { .. } | Exponential { .. } | Discrete(_)) {
                continue;
            }
            let step = 1e-4;
            let slope = |u: f64| distribution.quantile(u + step) - distribution.quantile(u);
            let at = |cell: &u32| f64::from(*cell) * step;
            let closest = (1..9_998_u32).min_by(|a, b| slope(at(a)).total_cmp(&slope(at(b)))).unwrap();
            let mode = distribution.mode();
            let spread = distribution.quantile(0.9) - distribution.quantile(0.1);
            // The density is flat about its peak, which blurs the place by a few per cent.
            let error = (distribution.quantile(at(&closest)) - mode).abs() / spread;
            assert!(error < 0.03, "{distribution:?}: off by {error} of the spread");
        }
    }

    #[test]
    fn cuts_are_kept_even_deep_in_a_tail() {
        let bounds = Bounds { low: Some(5.0), high: Some(5.5) };
        let tail = Distribution::Normal { mean: 0.0, deviation: 1.0, bounds };
        tail.check().unwrap();
        let (low, high) = (tail.quantile(0.0), tail.quantile(1.0));
        assert!(low >= 5.0 && high <= 5.5 && low < 5.001 && high > 5.49, "{low} to {high}");
    }

    #[test]
    fn ends_that_coincide_are_certain() {
        for u in [0.0, 0.3, 1.0] {
            assert_eq!(Distribution::Pert { low: 2.0, mode: 2.0, high: 2.0 }.tabulate().unwrap().at(u), 2.0);
            assert_eq!(Distribution::Triangular { low: 2.0, mode: 2.0, high: 2.0 }.quantile(u), 2.0);
        }
    }

    #[test]
    fn an_impossible_distribution_says_what_is_wrong() {
        let message = |distribution: Distribution| distribution.tabulate().unwrap_err().to_string();
        assert_eq!(
            message(Distribution::Pert { low: 2.0, mode: 1.0, high: 3.0 }),
            "low (2) is above mode (1)"
        );
        assert_eq!(
            message(Distribution::Uniform { low: f64::NAN, high: 1.0 }),
            "low is NaN, but must be a finite number"
        );
        assert_eq!(
            message(Distribution::LogNormal { median: 0.0, sigma: 1.0, bounds: Bounds::default() }),
            "median is 0, but must be above zero"
        );
        let beyond = Bounds { low: Some(10.0), high: None };
        let far = Distribution::Normal { mean: 0.0, deviation: 1.0, bounds: beyond };
        assert!(message(far).starts_with("the bounds leave 7.6"));
        assert_eq!(message(Distribution::Discrete(Vec::new())), "no outcome has a weight above zero");
    }

    #[test]
    fn a_discrete_outcome_without_weight_is_never_drawn() {
        let outcomes = [(1.0, 1.0), (2.0, 0.0), (3.0, 1.0)];
        let coin = Distribution::Discrete(outcomes.map(|(value, weight)| Outcome { value, weight }).to_vec());
        let table = coin.tabulate().unwrap();
        for step in 0..=1_000 {
            let u = f64::from(step) / 1_000.0;
            let expected = if u <= 0.5 { 1.0 } else { 3.0 };
            assert_eq!((coin.quantile(u), table.at(u)), (expected, expected), "at {u}");
        }
    }
}
