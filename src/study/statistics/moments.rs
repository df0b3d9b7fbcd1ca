//! Mean, variance and skewness, one value at a time.

/// The first three moments of the values seen so far, updated in one pass (Welford 1962
/// for the variance, Pébay 2008 for the third). Equal values have a variance of exactly
/// zero.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Moments {
    n: u64,
    mean: f64,
    /// Sum of squared deviations from the mean.
    squares: f64,
    /// Sum of cubed deviations from the mean.
    cubes: f64,
}

impl Moments {
    /// The moments of these values.
    pub fn of(values: &[f64]) -> Self {
        values.iter().copied().collect()
    }

    /// Takes one more value in.
    pub fn push(&mut self, value: f64) {
        let before = self.n as f64;
        self.n += 1;
        let n = self.n as f64;
        let step = value - self.mean;
        let shift = step / n;
        let spread = step * shift * before;
        self.mean += shift;
        self.cubes += spread * shift * (n - 2.0) - 3.0 * shift * self.squares;
        self.squares += spread;
    }

    /// How many values.
    pub fn n(&self) -> u64 {
        self.n
    }

    /// Their mean; 0 of no value.
    pub fn mean(&self) -> f64 {
        self.mean
    }

    /// Their variance, with divisor n - 1; 0 of fewer than two values.
    pub fn variance(&self) -> f64 {
        if self.n < 2 { 0.0 } else { self.squares / (self.n - 1) as f64 }
    }

    /// Their standard deviation, with divisor n - 1.
    pub fn deviation(&self) -> f64 {
        libm::sqrt(self.variance())
    }

    /// The standard error of their mean.
    pub fn standard_error(&self) -> f64 {
        libm::sqrt(self.variance() / self.n.max(1) as f64)
    }

    /// Fisher's G1, the adjusted skewness of spreadsheets: √(n(n-1))/(n-2) times the third
    /// standardised moment. 0 of fewer than three values, or of equal ones.
    pub fn skewness(&self) -> f64 {
        if self.n < 3 || self.squares <= 0.0 {
            return 0.0;
        }
        let n = self.n as f64;
        let second = self.squares / n;
        let third = self.cubes / n;
        libm::sqrt(n * (n - 1.0)) / (n - 2.0) * third / (second * libm::sqrt(second))
    }
}

impl FromIterator<f64> for Moments {
    fn from_iter<I: IntoIterator<Item = f64>>(values: I) -> Self {
        let mut moments = Self::default();
        values.into_iter().for_each(|value| moments.push(value));
        moments
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_agree_with_a_sheet() {
        // The skewness is SciPy 1.17's, bias corrected.
        let moments = Moments::of(&[3.0, 4.0, 5.0, 2.0, 3.0, 4.0, 15.0]);
        assert!((moments.mean() - 36.0 / 7.0).abs() < 1e-14);
        // Deviations squared sum to 304 - 36²/7.
        assert!((moments.variance() - (304.0 - 1_296.0 / 7.0) / 6.0).abs() < 1e-12);
        assert!((moments.skewness() - 2.392_510_047_128_707).abs() < 1e-12, "{}", moments.skewness());
    }

    #[test]
    fn equal_values_do_not_vary_at_all() {
        let moments = Moments::of(&[0.1; 1_000]);
        assert_eq!((moments.mean(), moments.variance(), moments.skewness()), (0.1, 0.0, 0.0));
    }

    #[test]
    fn a_large_offset_costs_no_digits_of_the_variance() {
        let moments: Moments = (0..1_000).map(|value| 1e9 + f64::from(value % 10)).collect();
        // Uniform on ten numbers: 8.25 · 1000/999. Each step rounds at 1e9 · 2^-53.
        assert!((moments.variance() - 8.25 * 1_000.0 / 999.0).abs() < 1e-5);
    }
}
