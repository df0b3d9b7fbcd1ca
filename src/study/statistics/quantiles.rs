//! Quantiles of the distributions behind intervals.

use statrs::distribution::{Beta, ChiSquared, ContinuousCDF, FisherSnedecor, Normal, StudentsT};

/// Above so many degrees of freedom the normal stands for Student's t: statrs loses
/// digits there (6e-5 at a million), and the two agree to 2.4e-4 at 10,000.
const NORMAL_ABOVE: usize = 10_000;

/// The `p` quantile of the standard normal distribution, `p` in (0, 1).
pub fn normal(p: f64) -> f64 {
    Normal::standard().inverse_cdf(p)
}

/// The standard normal distribution function.
pub fn normal_probability(x: f64) -> f64 {
    0.5 * libm::erfc(-x * std::f64::consts::FRAC_1_SQRT_2)
}

/// The `p` quantile of Student's t, `p` in (0, 1).
///
/// # Panics
/// Without a degree of freedom.
pub fn student(p: f64, degrees: usize) -> f64 {
    assert!(degrees > 0, "Student's t needs a degree of freedom");
    if degrees > NORMAL_ABOVE {
        return normal(p);
    }
    StudentsT::new(0.0, 1.0, degrees as f64).expect("the degrees of freedom are positive").inverse_cdf(p)
}

/// By how many standard errors a two-sided interval of this level (0.95) reaches to
/// either side, by Student's t.
pub fn two_sided(level: f64, degrees: usize) -> f64 {
    student(0.5 + level / 2.0, degrees)
}

/// The `p` quantile of chi-squared, `p` in (0, 1).
///
/// # Panics
/// Without a degree of freedom.
pub fn chi_squared(p: f64, degrees: usize) -> f64 {
    ChiSquared::new(degrees as f64).expect("chi-squared has a degree of freedom").inverse_cdf(p)
}

/// The `p` quantile of Fisher's F with these degrees of freedom of the numerator and the
/// denominator, `p` in (0, 1).
///
/// # Panics
/// Without a degree of freedom.
pub fn fisher(p: f64, [numerator, denominator]: [usize; 2]) -> f64 {
    let distribution = FisherSnedecor::new(numerator as f64, denominator as f64);
    distribution.expect("F has degrees of freedom on both sides").inverse_cdf(p)
}

/// The `p` quantile of the beta distribution with these two shapes, `p` in (0, 1).
///
/// # Panics
/// If a shape is not positive.
pub fn beta(p: f64, [first, second]: [f64; 2]) -> f64 {
    Beta::new(first, second).expect("the shapes of a beta distribution are positive").inverse_cdf(p)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Relative to the size of the expected.
    fn close(found: f64, expected: f64, tolerance: f64) {
        assert!((found / expected - 1.0).abs() < tolerance, "{found} instead of {expected}");
    }

    // The expected values are SciPy 1.17's; statrs is exact to 1e-12 for few degrees of
    // freedom and loses digits with their number.
    #[test]
    fn the_normal_is_that_of_tables() {
        close(normal(0.975), 1.959_963_984_540_054, 1e-12);
        assert!((normal_probability(1.959_963_984_540_054) - 0.975).abs() < 1e-15);
    }

    #[test]
    fn students_t_is_that_of_tables_and_the_normal_above_ten_thousand() {
        close(student(0.975, 1), 12.706_204_736_174_694, 1e-12);
        close(student(0.9975, 9), 3.689_662_392_304_245, 1e-12);
        close(two_sided(0.95, 999), 1.962_341_461_133_449, 1e-11);
        close(student(0.975, 9_999), 1.960_201_263_621_357, 1e-8);
        assert_eq!(student(0.975, 10_001), normal(0.975));
        // The step at the border is as documented.
        close(student(0.9975, 10_001), 2.807_656_956_639_721, 2.4e-4);
    }

    #[test]
    fn chi_squared_is_that_of_tables() {
        close(chi_squared(0.025, 1), 0.000_982_069_117_175_255, 1e-9);
        close(chi_squared(0.975, 9), 19.022_767_798_641_63, 1e-9);
        close(chi_squared(0.025, 9_999), 9_723.732_237_014_99, 1e-9);
    }

    #[test]
    fn fishers_f_is_that_of_tables() {
        close(fisher(0.025, [4, 5]), 0.106_786_600_083_358_23, 1e-9);
        close(fisher(0.975, [4, 5]), 7.387_885_751_267_751, 1e-9);
        close(fisher(0.975, [199, 1_800]), 1.219_964_554_579_363_6, 1e-8);
        close(fisher(0.025, [9_999, 10_000]), 0.961_555_960_571_900_3, 1e-7);
        close(fisher(0.975, [4, 100_000]), 2.785_949_056_640_572, 1e-6);
    }

    #[test]
    fn the_beta_is_that_of_tables_even_with_shapes_below_one() {
        close(beta(0.975, [1.0, 100.0]), 0.036_216_692_645_176_41, 1e-9);
        close(beta(0.025, [0.5, 400.5]), 1.226_818_642_263_031_6e-6, 1e-6);
        close(beta(0.975, [500.5, 500.0]), 0.531_209_407_614_794_6, 1e-8);
        close(beta(0.025, [10_000.0, 90_000.0]), 0.098_148_216_901_160_39, 1e-7);
    }
}
