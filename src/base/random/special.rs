//! The special functions behind the quantiles, on `libm` and our own logarithm only: the
//! same bits on every machine, which the standard library's does not promise.

use super::logarithm::ln;

/// The standard normal distribution function.
pub(super) fn normal_cdf(x: f64) -> f64 {
    0.5 * libm::erfc(-x * std::f64::consts::FRAC_1_SQRT_2)
}

/// The standard normal density.
pub(super) fn normal_density(x: f64) -> f64 {
    const INV_SQRT_TAU: f64 = 0.398_942_280_401_432_7;
    INV_SQRT_TAU * libm::exp(-0.5 * x * x)
}

/// The standard normal quantile at `u` in (0, 1), to about 1e-16: algorithm AS 241
/// (PPND16) of Wichura, Applied Statistics 37 (1988).
#[allow(clippy::excessive_precision)] // as published
pub(super) fn normal_quantile(u: f64) -> f64 {
    const A: [f64; 8] = [
        3.3871328727963666080e0,
        1.3314166789178437745e2,
        1.9715909503065514427e3,
        1.3731693765509461125e4,
        4.5921953931549871457e4,
        6.7265770927008700853e4,
        3.3430575583588128105e4,
        2.5090809287301226727e3,
    ];
    const B: [f64; 8] = [
        1.0,
        4.2313330701600911252e1,
        6.8718700749205790830e2,
        5.3941960214247511077e3,
        2.1213794301586595867e4,
        3.9307895800092710610e4,
        2.8729085735721942674e4,
        5.2264952788528545610e3,
    ];
    const C: [f64; 8] = [
        1.42343711074968357734e0,
        4.63033784615654529590e0,
        5.76949722146069140550e0,
        3.64784832476320460504e0,
        1.27045825245236838258e0,
        2.41780725177450611770e-1,
        2.27238449892691845833e-2,
        7.74545014278341407640e-4,
    ];
    const D: [f64; 8] = [
        1.0,
        2.05319162663775882187e0,
        1.67638483018380384940e0,
        6.89767334985100004550e-1,
        1.48103976427480074590e-1,
        1.51986665636164571966e-2,
        5.47593808499534494600e-4,
        1.05075007164441684324e-9,
    ];
    const E: [f64; 8] = [
        6.65790464350110377720e0,
        5.46378491116411436990e0,
        1.78482653991729133580e0,
        2.96560571828504891230e-1,
        2.65321895265761230930e-2,
        1.24266094738807843860e-3,
        2.71155556874348757815e-5,
        2.01033439929228813265e-7,
    ];
    const F: [f64; 8] = [
        1.0,
        5.99832206555887937690e-1,
        1.36929880922735805310e-1,
        1.48753612908506148525e-2,
        7.86869131145613259100e-4,
        1.84631831751005468180e-5,
        1.42151175831644588870e-7,
        2.04426310338993978564e-15,
    ];
    let from_middle = u - 0.5;
    if from_middle.abs() <= 0.425 {
        let r = 0.180625 - from_middle * from_middle;
        return from_middle * polynomial(&A, r) / polynomial(&B, r);
    }
    let tail = if from_middle < 0.0 { u } else { 1.0 - u };
    let r = libm::sqrt(-ln(tail));
    let x = if r <= 5.0 {
        polynomial(&C, r - 1.6) / polynomial(&D, r - 1.6)
    } else {
        polynomial(&E, r - 5.0) / polynomial(&F, r - 5.0)
    };
    if from_middle < 0.0 { -x } else { x }
}

fn polynomial(coefficients: &[f64; 8], x: f64) -> f64 {
    coefficients.iter().rev().fold(0.0, |sum, coefficient| sum * x + coefficient)
}

/// The beta distribution of two shapes, each from 1 to about 100.
#[derive(Clone, Copy, Debug)]
pub(super) struct Beta {
    pub(super) alpha: f64,
    pub(super) beta: f64,
}

impl Beta {
    fn ln_normaliser(self) -> f64 {
        libm::lgamma(self.alpha + self.beta) - libm::lgamma(self.alpha) - libm::lgamma(self.beta)
    }

    /// The density at `x` in [0, 1].
    pub(super) fn density(self, x: f64) -> f64 {
        libm::exp(self.ln_normaliser()) * libm::pow(x, self.alpha - 1.0) * libm::pow(1.0 - x, self.beta - 1.0)
    }

    /// The distribution function at `x` in [0, 1]: the regularised incomplete beta
    /// function by its continued fraction, DLMF 8.17.22, on the side where it
    /// converges fast.
    pub(super) fn cdf(self, x: f64) -> f64 {
        if x <= 0.0 {
            return 0.0;
        }
        if x >= 1.0 {
            return 1.0;
        }
        let front = libm::exp(self.ln_normaliser() + self.alpha * libm::log(x) + self.beta * libm::log1p(-x));
        if x < (self.alpha + 1.0) / (self.alpha + self.beta + 2.0) {
            front * self.fraction(x) / self.alpha
        } else {
            let mirrored = Self { alpha: self.beta, beta: self.alpha };
            1.0 - front * mirrored.fraction(1.0 - x) / self.beta
        }
    }

    /// The quantile at `u`, by Newton's steps kept inside a shrinking bracket.
    pub(super) fn quantile(self, u: f64) -> f64 {
        let (mut low, mut high) = (0.0, 1.0);
        let mut x = self.alpha / (self.alpha + self.beta);
        // Halving alone needs 53 steps to exhaust the bracket; Newton's need about 6.
        for _ in 0..64 {
            let excess = self.cdf(x) - u;
            if excess < 0.0 {
                low = x;
            } else {
                high = x;
            }
            let newton = x - excess / self.density(x);
            let next = if newton > low && newton < high { newton } else { 0.5 * (low + high) };
            if (next - x).abs() <= 1e-15 {
                return next;
            }
            x = next;
        }
        x
    }

    /// The continued fraction, evaluated by Lentz's method.
    fn fraction(self, x: f64) -> f64 {
        const TINY: f64 = 1e-300;
        let away_from_zero = |value: f64| if value.abs() < TINY { TINY } else { value };
        let Self { alpha, beta } = self;
        let mut c = 1.0;
        let mut d = 1.0 / away_from_zero(1.0 - (alpha + beta) * x / (alpha + 1.0));
        let mut value = d;
        for step in 1..200 {
            let m = f64::from(step);
            let even = m * (beta - m) * x / ((alpha + 2.0 * m - 1.0) * (alpha + 2.0 * m));
            d = 1.0 / away_from_zero(1.0 + even * d);
            c = away_from_zero(1.0 + even / c);
            value *= c * d;
            let odd = -(alpha + m) * (alpha + beta + m) * x / ((alpha + 2.0 * m) * (alpha + 2.0 * m + 1.0));
            d = 1.0 / away_from_zero(1.0 + odd * d);
            c = away_from_zero(1.0 + odd / c);
            value *= c * d;
            if (c * d - 1.0).abs() < 1e-15 {
                break;
            }
        }
        value
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use statrs::distribution::{ContinuousCDF, Normal};

    #[test]
    fn the_normal_quantile_agrees_with_another_implementation() {
        let reference = Normal::new(0.0, 1.0).unwrap();
        for step in 1..2_000 {
            let u = f64::from(step) / 2_000.0;
            let (ours, theirs) = (normal_quantile(u), reference.inverse_cdf(u));
            // statrs states 1e-10 for its inverse error function near the middle.
            assert!((ours - theirs).abs() < 1e-9, "{u}: {ours} against {theirs}");
        }
    }

    #[test]
    fn the_normal_quantile_is_the_inverse_of_the_distribution_far_into_both_tails() {
        for exponent in 1..16 {
            let u = libm::pow(10.0, -f64::from(exponent));
            let back = normal_cdf(normal_quantile(u));
            // erfc is good to 1 ulp and the tail multiplies an error in x by |x| < 9.
            assert!((back / u - 1.0).abs() < 1e-13, "{u} came back as {back}");
        }
        // Published: the 97.5 % point.
        assert!((normal_quantile(0.975) - 1.959_963_984_540_054).abs() < 1e-15);
    }

    #[test]
    fn the_beta_distribution_agrees_with_another_implementation_and_inverts() {
        for (alpha, beta) in [(1.0, 5.0), (1.4, 4.6), (3.0, 3.0), (4.2, 1.8), (5.0, 1.0)] {
            let ours = Beta { alpha, beta };
            let theirs = statrs::distribution::Beta::new(alpha, beta).unwrap();
            for step in 1..200 {
                let x = f64::from(step) / 200.0;
                assert!((ours.cdf(x) - theirs.cdf(x)).abs() < 1e-13, "{alpha} {beta} at {x}");
                let back = ours.cdf(ours.quantile(x));
                // The last bracket is 1e-15 wide and the density below 6.
                assert!((back - x).abs() < 1e-14, "{alpha} {beta}: {x} came back as {back}");
            }
        }
        // Closed form: with beta = 1 the distribution function is x^alpha.
        assert!((Beta { alpha: 5.0, beta: 1.0 }.cdf(0.5) - 0.031_25).abs() < 1e-16);
    }
}
