//! Statistics of replications that a resample weighs.

/// The losses of one alternative in one outcome, replication by replication.
#[derive(Clone, Debug)]
pub(super) struct Losses {
    values: Vec<f64>,
    /// Replications in the order of their losses, the greatest first.
    worst_first: Vec<u32>,
}

impl Losses {
    pub(super) fn new(values: Vec<f64>) -> Self {
        let last = u32::try_from(values.len()).expect("replications are counted in 32 bits");
        let mut worst_first: Vec<u32> = (0..last).collect();
        worst_first.sort_by(|a, b| values[*b as usize].total_cmp(&values[*a as usize]));
        Self { values, worst_first }
    }

    pub(super) fn values(&self) -> &[f64] {
        &self.values
    }

    /// The mean, each replication counted so often.
    pub(super) fn mean(&self, counts: &[u32]) -> f64 {
        let (sum, n) = self.values.iter().zip(counts).fold((0.0, 0.0), |(sum, n), (value, count)| {
            let times = f64::from(*count);
            (sum + times * value, n + times)
        });
        sum / n
    }

    /// The mean of the worst `share`, each replication counted so often; the last one in
    /// part where the share ends within it, as
    /// [`tail_mean`](crate::study::analyses::robust::tail_mean) has it.
    pub(super) fn tail(&self, counts: &[u32], share: f64) -> f64 {
        let all: f64 = counts.iter().map(|count| f64::from(*count)).sum();
        let wanted = share * all;
        let (mut sum, mut left) = (0.0, wanted);
        for replication in &self.worst_first {
            let times = f64::from(counts[*replication as usize]).min(left);
            sum += times * self.values[*replication as usize];
            left -= times;
            if left <= 0.0 {
                break;
            }
        }
        sum / wanted
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::study::analyses::robust::tail_mean;

    #[test]
    fn counts_are_as_good_as_copies() {
        let losses = Losses::new(vec![3.0, 9.0, 1.0, 5.0]);
        // 9, 9, 5, 3.
        assert_eq!(losses.mean(&[1, 2, 0, 1]), 6.5);
        for share in [0.25, 0.4, 0.5, 0.75, 1.0] {
            let copies = tail_mean(&[9.0, 9.0, 5.0, 3.0], share);
            // The same sums in another order.
            assert!((losses.tail(&[1, 2, 0, 1], share) - copies).abs() < 1e-12, "{share}");
        }
    }
}
