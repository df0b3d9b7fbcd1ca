//! Latin hypercube: each column has one point in each of `n` slices of equal width.

use crate::base::random::{Draws, EntityKey, Purpose, Stream};

const SLICES: Purpose = Purpose::new("latin hypercube");

/// A Latin hypercube of so many rows (McKay, Beckman and Conover 1979), row by row: each
/// number is (π(i) - U)/n, with π a permutation of 1 to n and U uniform on (0, 1), hence
/// inside (0, 1).
///
/// A column's numbers come from its key and the number of rows alone: one column more
/// changes no other.
pub fn latin_hypercube(draws: &Draws, rows: usize, columns: &[EntityKey]) -> Vec<f64> {
    let mut table = vec![0.0; rows * columns.len()];
    for (place, key) in columns.iter().enumerate() {
        let mut stream = draws.stream(SLICES, *key);
        let slices = permutation(rows, &mut stream);
        for (row, slice) in slices.into_iter().enumerate() {
            table[row * columns.len() + place] = (f64::from(slice) - stream.uniform()) / rows as f64;
        }
    }
    table
}

/// The numbers 1 to `count` in an order of which each is as likely as the next (Fisher and
/// Yates, as Durstenfeld 1964 has it).
fn permutation(count: usize, stream: &mut Stream) -> Vec<u32> {
    let last = u32::try_from(count).expect("a design has fewer than 2^32 rows");
    let mut order: Vec<u32> = (1..=last).collect();
    for place in (1..count).rev() {
        order.swap(place, stream.below(place as u64 + 1) as usize);
    }
    order
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{column, columns};
    use super::*;

    const DRAWS: Draws = Draws { seed: 42, replication: u64::MAX };

    #[test]
    fn every_column_has_one_point_in_every_slice() {
        for rows in [1, 2, 7, 100] {
            let table = latin_hypercube(&DRAWS, rows, &columns(5));
            for place in 0..5 {
                let mut slices: Vec<usize> =
                    column(&table, 5, place).iter().map(|u| (u * rows as f64) as usize).collect();
                slices.sort_unstable();
                assert_eq!(slices, (0..rows).collect::<Vec<_>>(), "{rows} rows, column {place}");
            }
        }
    }

    #[test]
    fn a_column_more_or_another_order_changes_no_column() {
        let keys = columns(4);
        let all = latin_hypercube(&DRAWS, 50, &keys);
        let two = latin_hypercube(&DRAWS, 50, &[keys[3], keys[1]]);
        assert_eq!(column(&two, 2, 0), column(&all, 4, 3));
        assert_eq!(column(&two, 2, 1), column(&all, 4, 1));
    }

    #[test]
    fn the_order_of_one_column_says_nothing_of_another_s() {
        let rows = 4_096;
        let table = latin_hypercube(&DRAWS, rows, &columns(2));
        let product: f64 = table.chunks_exact(2).map(|row| (row[0] - 0.5) * (row[1] - 0.5)).sum();
        // A correlation of independent columns has the standard error 1/√n: four of them.
        assert!((12.0 * product / rows as f64).abs() < 4.0 / libm::sqrt(rows as f64));
        // Nor do the places within the slices.
        let within: f64 = table.chunks_exact(2).map(|row| (row[0] * rows as f64).fract() - 0.5).sum();
        assert!((within / rows as f64).abs() < 4.0 * libm::sqrt(1.0 / 12.0 / rows as f64));
    }

    #[test]
    fn a_sum_is_known_far_better_than_from_independent_points() {
        // The mean of x0 + x1 + x2 over a Latin hypercube errs by √(3/12)/n^1.5, over
        // independent points by √(3/12)/n^0.5: 100 rows make it a hundred times better.
        let table = latin_hypercube(&DRAWS, 100, &columns(3));
        let mean = table.iter().sum::<f64>() / 100.0;
        assert!((mean - 1.5).abs() < 5.0 * 0.5 / 1_000.0, "five standard errors, mean {mean}");
    }
}
