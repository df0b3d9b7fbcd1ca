//! What many replications say of one figure.

use serde::Serialize;

use super::statistics::quantiles::student;

/// The forecast of a figure: its mean with a 95 % confidence half-width, and its
/// predictive range over inputs and chance together.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Summary {
    /// Mean over the replications.
    pub mean: f64,
    /// Half-width of the 95 % confidence interval of the mean, by Student's t;
    /// zero for a single replication, which says nothing of its own precision.
    pub half_width_95: f64,
    /// 5 % of the replications lie below.
    pub p5: f64,
    /// Median.
    pub p50: f64,
    /// 80 % lie below.
    pub p80: f64,
    /// 95 % lie below.
    pub p95: f64,
    /// Replications that have the figure.
    pub n: u32,
}

impl Summary {
    /// The summary of `values`, in the order of the replications; none when there
    /// is no value.
    pub fn of(values: &[f64]) -> Option<Self> {
        if values.is_empty() {
            return None;
        }
        let n = values.len() as f64;
        let mean = values.iter().sum::<f64>() / n;
        let squares: f64 = values.iter().map(|value| (value - mean) * (value - mean)).sum();
        let half_width_95 = if values.len() > 1 {
            student(0.975, values.len() - 1) * libm::sqrt(squares / (n - 1.0) / n)
        } else {
            0.0
        };
        let mut sorted = values.to_vec();
        sorted.sort_by(f64::total_cmp);
        Some(Self {
            mean,
            half_width_95,
            p5: quantile(&sorted, 0.05),
            p50: quantile(&sorted, 0.50),
            p80: quantile(&sorted, 0.80),
            p95: quantile(&sorted, 0.95),
            n: u32::try_from(values.len()).expect("a study has fewer than 2^32 replications"),
        })
    }
}

/// The quantile of sorted values by linear interpolation between order statistics
/// (type 7 of Hyndman and Fan, the default of NumPy, R and spreadsheets).
///
/// # Panics
/// If there is no value.
pub fn quantile(sorted: &[f64], p: f64) -> f64 {
    let place = p * (sorted.len() - 1) as f64;
    let below = place as usize;
    let above = (below + 1).min(sorted.len() - 1);
    sorted[below] + (place - below as f64) * (sorted[above] - sorted[below])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_summary_agrees_with_a_sheet() {
        // Mean 3, sample variance 2.5, t(4) = 2.776445; quantiles as a spreadsheet's.
        let summary = Summary::of(&[5.0, 1.0, 4.0, 2.0, 3.0]).expect("there are values");
        assert_eq!((summary.mean, summary.p50, summary.n), (3.0, 3.0, 5));
        // statrs gives the quantile to 1e-9 at least.
        assert!((summary.half_width_95 - 2.776_445_105 * libm::sqrt(0.5)).abs() < 1e-8);
        assert!((summary.p5 - 1.2).abs() < 1e-12 && (summary.p80 - 4.2).abs() < 1e-12);
    }

    #[test]
    fn no_replication_gives_no_summary_and_one_gives_no_interval() {
        assert_eq!(Summary::of(&[]), None);
        let one = Summary::of(&[7.0]).expect("there is a value");
        assert_eq!((one.mean, one.half_width_95, one.p95), (7.0, 0.0, 7.0));
    }
}
