//! Rinott 1978: two-stage selection of the best by independent sampling.

use super::Moments;
use super::quantiles::normal_probability;

/// What Rinott's constant is for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Setting {
    /// The probability of correct selection, as 0.95.
    pub level: f64,
    /// Alternatives, at least 2.
    pub alternatives: usize,
    /// Replications of each in the first stage, at least 2.
    pub first: usize,
}

impl Setting {
    /// Rinott's constant h: the root of
    /// ∫ [∫ Φ(h/√(ν(1/x + 1/y))) f(x) dx]^(k-1) f(y) dy = level, with f the density of
    /// chi-squared with ν = n0 - 1 degrees of freedom.
    ///
    /// By the trapezoidal rule over the logarithms of x and y, whose densities are smooth
    /// and vanish at both ends, so that it converges faster than any power of the step;
    /// the root by bisection to 1e-10.
    ///
    /// # Panics
    /// With fewer than two alternatives or two replications, or a level outside
    /// (1/k, 1), which chance alone reaches or nothing does.
    pub fn constant(&self) -> f64 {
        assert!(self.alternatives > 1 && self.first > 1, "selection is among two, with a variance each");
        assert!(
            self.level * self.alternatives as f64 > 1.0 && self.level < 1.0,
            "a level that means something"
        );
        let nodes = nodes(self.first - 1);
        let mut high = 1.0;
        while self.probability(high, &nodes) < self.level {
            high *= 2.0;
        }
        let mut low = 0.0;
        while high - low > 1e-10 {
            let middle = f64::midpoint(low, high);
            if self.probability(middle, &nodes) < self.level { low = middle } else { high = middle }
        }
        f64::midpoint(low, high)
    }

    /// Replications in all of an alternative with this first stage: max(n0, ⌈(h·S/δ)²⌉).
    pub fn replications(constant: f64, first: &Moments, delta: f64) -> u64 {
        let ratio = constant * first.deviation() / delta;
        // A float becomes the nearest whole number; infinity the greatest.
        first.n().max(libm::ceil(ratio * ratio) as u64)
    }

    fn probability(&self, h: f64, nodes: &[Node]) -> f64 {
        let others = (self.alternatives - 1) as f64;
        nodes
            .iter()
            .map(|y| {
                let one: f64 = nodes
                    .iter()
                    .map(|x| x.weight * normal_probability(h / libm::sqrt(x.inverse + y.inverse)))
                    .sum();
                y.weight * libm::pow(one, others)
            })
            .sum()
    }
}

/// A point of the quadrature over chi-squared.
struct Node {
    /// ν over its value.
    inverse: f64,
    /// Its probability.
    weight: f64,
}

/// Points in the logarithm of chi-squared, down to a density of 1e-14 of its peak.
fn nodes(degrees: usize) -> Vec<Node> {
    let degrees = degrees as f64;
    // Density of t = ln(x/ν): x^(ν/2) e^(-x/2), of which the peak is at t = 0.
    let log_density = |t: f64| degrees / 2.0 * (t - libm::exp(t) + 1.0);
    // A sixth of the peak's deviation √(2/ν): the rule is exact to rounding from a third.
    let step = libm::sqrt(2.0 / degrees) / 6.0;
    let reach = |direction: f64| {
        (0..)
            .take_while(move |place| log_density(direction * step * f64::from(*place)) > -32.0)
            .map(move |place| direction * f64::from(place) * step)
    };
    let mut nodes: Vec<Node> = reach(-1.0)
        .chain(reach(1.0).skip(1))
        .map(|t| Node { inverse: libm::exp(-t), weight: libm::exp(log_density(t)) })
        .collect();
    let whole: f64 = nodes.iter().map(|node| node.weight).sum();
    nodes.iter_mut().for_each(|node| node.weight /= whole);
    nodes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn constants_are_those_of_the_table() {
        let table = [(10, [2.614, 3.166, 3.693, 4.289]), (20, [2.452, 2.937, 3.385, 3.875])];
        for (first, row) in table {
            for (alternatives, expected) in [2, 3, 5, 10].into_iter().zip(row) {
                let found = Setting { level: 0.95, alternatives, first }.constant();
                // One in the last digit printed: the last of the first row is 4.28955 and
                // was cut, not rounded.
                assert!((found - expected).abs() < 0.001, "{first}, {alternatives}: {found}");
            }
        }
    }

    #[test]
    fn two_with_many_replications_need_what_the_normal_says() {
        // With known variances Φ(h/√2) = .95: 1.6449·√2.
        let found = Setting { level: 0.95, alternatives: 2, first: 2_001 }.constant();
        // 2,000 degrees of freedom add about one in 2,000.
        assert!((found - 2.326_2).abs() < 2e-3, "{found}");
    }

    #[test]
    fn even_two_replications_have_a_constant() {
        // The double integral is P(T + T' ≤ h) for two of Student's t; with one degree of
        // freedom the sum is twice a Cauchy variate: P = ½ + atan(h/2)/π.
        let found = Setting { level: 0.95, alternatives: 2, first: 2 }.constant();
        assert!((found - 2.0 * (0.45 * std::f64::consts::PI).tan()).abs() < 1e-5, "{found}");
    }

    #[test]
    fn the_second_stage_makes_up_for_the_variance() {
        let first: Moments = [1.0, 3.0, 1.0, 3.0].into_iter().collect();
        // S² = 4/3: (3·1.1547/.5)² = 48.
        assert_eq!(Setting::replications(3.0, &first, 0.5), 48);
        assert_eq!(Setting::replications(3.0, &first, 50.0), 4);
    }
}
