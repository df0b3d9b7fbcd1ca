//! Owen's scrambling: chance put into a Sobol' sequence without spoiling its evenness.

use super::DesignError;
use super::sobol::{BITS, SCALE, each_row};
use crate::base::random::{Draws, EntityKey, Purpose};

const SCRAMBLING: Purpose = Purpose::new("scrambling");

/// The first `rows` points of the Sobol' sequence under nested uniform scrambling (Owen
/// 1995), row by row, inside (0, 1).
///
/// Each digit of a coordinate is flipped, or not, by a coin of its own for every beginning
/// that the digits before it can make: each point is uniform over the cube, so means over
/// the points are unbiased, and what is even stays even. The coins of a column come from its
/// key, all 2^32 of them from one hash (the generator SplitMix64 of Steele, Lea and Flood
/// 2014, read at the place of the beginning in the tree of all beginnings).
///
/// # Errors
/// If `rows` is no power of two, or is over 2^32, or there are more columns than
/// [`DIMENSIONS`](super::DIMENSIONS).
pub fn scrambled_sobol(draws: &Draws, rows: usize, columns: &[EntityKey]) -> Result<Vec<f64>, DesignError> {
    let coins: Vec<Coins> = columns.iter().map(|key| Coins::of(draws, *key)).collect();
    let mut table = Vec::with_capacity(rows * columns.len());
    each_row(rows, columns.len(), |digits| {
        // Half a step in: the middle of the interval that 32 digits tell.
        let number = |(digits, coins): (&u32, &Coins)| (f64::from(coins.scramble(*digits)) + 0.5) / SCALE;
        table.extend(digits.iter().zip(&coins).map(number));
    })?;
    Ok(table)
}

/// The coins of one column.
struct Coins {
    seed: u64,
}

impl Coins {
    fn of(draws: &Draws, column: EntityKey) -> Self {
        // 64 bits: two numbers of 52, of each the upper 32.
        let [high, low] = draws.uniforms::<2>(SCRAMBLING, column).map(|u| (u * SCALE) as u64);
        Self { seed: high << 32 | low }
    }

    fn scramble(&self, digits: u32) -> u32 {
        let whole = 1 << BITS | u64::from(digits);
        let flip = |place: usize| {
            // The digits before this one, with a 1 in front: the place in the tree.
            let node = whole >> (BITS - place);
            (split_mix(self.seed, node) >> 63) as u32
        };
        (0..BITS).fold(digits, |scrambled, place| scrambled ^ flip(place) << (BITS - 1 - place))
    }
}

/// Number `index` of the generator SplitMix64 of this seed.
fn split_mix(seed: u64, index: u64) -> u64 {
    let mut z = seed.wrapping_add(index.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{column, columns};
    use super::*;

    fn draws(seed: u64) -> Draws {
        Draws { seed, replication: u64::MAX }
    }

    /// How many points are in each box, for a grid of this many slices a column.
    fn boxes(table: &[f64], width: usize, [a, b]: [(usize, usize); 2]) -> Vec<u32> {
        let mut counts = vec![0; a.1 * b.1];
        for row in table.chunks_exact(width) {
            let slice = |(place, slices): (usize, usize)| (row[place] * slices as f64) as usize;
            counts[slice(a) * b.1 + slice(b)] += 1;
        }
        counts
    }

    #[test]
    fn a_scrambled_sequence_stays_a_net_in_one_and_two_dimensions() {
        for seed in 0..20 {
            let table = scrambled_sobol(&draws(seed), 256, &columns(6)).unwrap();
            for place in 0..6 {
                let one = boxes(&table, 6, [(place, 256), (place, 1)]);
                assert!(one.iter().all(|count| *count == 1), "seed {seed}, column {place}");
            }
            // The first two dimensions are a (0, 8, 2)-net: one point in every box of every
            // grid of 256 boxes. (Any two others are a net of a quality of their own.)
            for bits in 0..=8 {
                let two = boxes(&table, 6, [(0, 1 << bits), (1, 256 >> bits)]);
                assert!(two.iter().all(|count| *count == 1), "seed {seed}, 2^{bits} slices");
            }
        }
    }

    #[test]
    fn every_pair_of_dimensions_is_as_even_scrambled_as_it_was() {
        let plain = super::super::sobol(256, 12).unwrap();
        let scrambled = scrambled_sobol(&draws(3), 256, &columns(12)).unwrap();
        for (one, other) in (0..12).flat_map(|one| (0..one).map(move |other| (one, other))) {
            for bits in 0..=8 {
                let grid = [(one, 1 << bits), (other, 256 >> bits)];
                let sorted = |table: &[f64]| {
                    let mut counts = boxes(table, 12, grid);
                    counts.sort_unstable();
                    counts
                };
                assert_eq!(sorted(&plain), sorted(&scrambled), "{one} and {other}, 2^{bits} slices");
            }
        }
    }

    #[test]
    fn a_mean_over_the_points_is_unbiased_and_errs_less_than_over_independent_points() {
        // ∫ x y² exp(z) = (e - 1)/6, by 64 points, over 400 scramblings.
        let exact = (libm::exp(1.0) - 1.0) / 6.0;
        let model = |x: &[f64]| x[0] * x[1] * x[1] * libm::exp(x[2]);
        let means: Vec<f64> = (0..400)
            .map(|seed| {
                let table = scrambled_sobol(&draws(seed), 64, &columns(3)).unwrap();
                table.chunks_exact(3).map(model).sum::<f64>() / 64.0
            })
            .collect();
        let mean = means.iter().sum::<f64>() / 400.0;
        let variance = means.iter().map(|each| (each - mean) * (each - mean)).sum::<f64>() / 399.0;
        // Four standard errors: a bias of the size of one mean's error would show.
        assert!((mean - exact).abs() < 4.0 * libm::sqrt(variance / 400.0), "{mean} {exact} {variance}");
        // Var x y² e^z = E x² E y⁴ E e^2z - (E)² = (1/15)(e² - 1)/2 - (E)², over 64.
        let independent = ((libm::exp(2.0) - 1.0) / 30.0 - exact * exact) / 64.0;
        assert!(variance < independent / 10.0, "{variance} of {independent}");
        // The plain sequence, which has no chance in it, is off by more than that.
        let plain = super::super::sobol(64, 3).unwrap();
        let off = plain.chunks_exact(3).map(model).sum::<f64>() / 64.0 - exact;
        assert!(off.abs() > 4.0 * libm::sqrt(variance / 400.0), "{off}");
    }

    #[test]
    fn digits_are_flipped_by_coins_that_depend_on_the_digits_before_alone() {
        let coins = Coins { seed: 7 };
        let (left, right) = (coins.scramble(0x1234_5678), coins.scramble(0x1234_5679));
        assert_eq!(left ^ right, 1, "they differ in the last digit, as before");
        let heads: u32 = (0..4_096_u32).map(|digits| coins.scramble(digits << 20).count_ones()).sum();
        // 131,072 digits; each point's 20 last digits share no beginning with another's.
        // Of the 12 first each value comes once: 24,576 ones. Of the others 81,920 coins.
        let expected = 24_576.0 + 40_960.0;
        assert!((f64::from(heads) - expected).abs() < 4.0 * libm::sqrt(81_920.0 / 4.0), "{heads}");
    }

    #[test]
    fn a_column_is_scrambled_by_its_key() {
        let keys = columns(3);
        let all = scrambled_sobol(&draws(1), 32, &keys).unwrap();
        let swapped = scrambled_sobol(&draws(1), 32, &[keys[0], keys[2]]).unwrap();
        assert_eq!(column(&swapped, 2, 0), column(&all, 3, 0));
        assert_ne!(column(&swapped, 2, 1), column(&all, 3, 1));
        assert_ne!(scrambled_sobol(&draws(2), 32, &keys).unwrap(), all);
    }
}
