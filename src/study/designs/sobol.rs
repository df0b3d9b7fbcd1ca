//! The Sobol' sequence: points that fill the unit cube evenly, more so the more there are.

use super::DesignError;

/// Dimensions for which there are direction numbers.
pub const DIMENSIONS: usize = 1_024;

/// Digits of a coordinate.
pub(super) const BITS: usize = 32;

/// The directions set D(6) of Joe and Kuo (2008), `s a m_1 … m_s` for each dimension from
/// the second, with its source and licence.
const TABLE: &str = include_str!("data/joe-kuo-d6.txt");

/// The first `rows` points of the Sobol' sequence, row by row, in the order of Antonov and
/// Saleev (1979), the origin included: dropping it spoils the balance (Owen 2020).
///
/// # Errors
/// If `rows` is no power of two, or is over 2^32, or there are over [`DIMENSIONS`] columns.
pub fn sobol(rows: usize, columns: usize) -> Result<Vec<f64>, DesignError> {
    let mut table = Vec::with_capacity(rows * columns);
    each_row(rows, columns, |digits| table.extend(digits.iter().map(|digits| f64::from(*digits) / SCALE)))?;
    Ok(table)
}

/// 2^32.
pub(super) const SCALE: f64 = (1_u64 << BITS) as f64;

/// The digits of each point, the first after the binary point the highest bit.
pub(super) fn each_row(rows: usize, columns: usize, mut take: impl FnMut(&[u32])) -> Result<(), DesignError> {
    if !rows.is_power_of_two() {
        return Err(DesignError::Unbalanced { rows });
    }
    if rows as u64 > 1 << BITS {
        return Err(DesignError::TooManyRows { rows });
    }
    if columns > DIMENSIONS {
        return Err(DesignError::TooManyColumns { columns });
    }
    let directions: Vec<[u32; BITS]> = directions().take(columns).collect();
    let mut digits = vec![0; columns];
    take(&digits);
    for row in 1..rows {
        // One bit of the Gray code changes from a row to the next.
        let changed = row.trailing_zeros() as usize;
        for (digits, directions) in digits.iter_mut().zip(&directions) {
            *digits ^= directions[changed];
        }
        take(&digits);
    }
    Ok(())
}

/// The directions of each dimension: V_k = m_k 2^(32-k).
fn directions() -> impl Iterator<Item = [u32; BITS]> {
    let first = std::array::from_fn(|k| 1 << (BITS - 1 - k));
    let lines = TABLE.lines().filter(|line| !line.starts_with('#'));
    std::iter::once(first).chain(lines.map(|line| {
        let numbers: Vec<u32> = line
            .split_ascii_whitespace()
            .map(|number| number.parse().expect("the embedded table is of whole numbers"))
            .collect();
        let [_dimension, degree, coefficients, initial @ ..] = &numbers[..] else {
            unreachable!("a line of the embedded table has four numbers or more");
        };
        recur(*degree as usize, *coefficients, initial)
    }))
}

/// m_k = 2 a_1 m_(k-1) ⊕ 2² a_2 m_(k-2) ⊕ … ⊕ 2^(s-1) a_(s-1) m_(k-s+1) ⊕ 2^s m_(k-s) ⊕ m_(k-s)
/// (Bratley and Fox 1988), in terms of V.
fn recur(degree: usize, coefficients: u32, initial: &[u32]) -> [u32; BITS] {
    let mut directions = [0; BITS];
    for (k, number) in initial.iter().enumerate() {
        directions[k] = number << (BITS - 1 - k);
    }
    for k in degree..BITS {
        let oldest = directions[k - degree];
        let mut direction = oldest ^ (oldest >> degree);
        for back in 1..degree {
            if coefficients >> (degree - 1 - back) & 1 == 1 {
                direction ^= directions[k - back];
            }
        }
        directions[k] = direction;
    }
    directions
}

#[cfg(test)]
mod tests {
    use super::super::fixture::column;
    use super::*;

    #[test]
    fn the_first_points_are_the_published_ones() {
        let expected = [
            [0.0, 0.0, 0.0],
            [0.5, 0.5, 0.5],
            [0.75, 0.25, 0.25],
            [0.25, 0.75, 0.75],
            [0.375, 0.375, 0.625],
            [0.875, 0.875, 0.125],
            [0.625, 0.125, 0.875],
            [0.125, 0.625, 0.375],
        ];
        assert_eq!(sobol(8, 3).unwrap(), expected.concat());
    }

    #[test]
    fn every_dimension_is_the_one_of_another_implementation() {
        // Point 5,461 (Gray code 0b1111111111111) of SciPy 1.17's Sobol', in 2^30ths, in some
        // dimensions, and the sum over all 1,024, which any wrong direction would change.
        let table = sobol(8_192, DIMENSIONS).unwrap();
        let row = &table[5_461 * DIMENSIONS..5_462 * DIMENSIONS];
        let scaled: Vec<u64> = row.iter().map(|u| (u * (1_u64 << 30) as f64) as u64).collect();
        assert_eq!(
            [0, 1, 2, 20, 500, 1_023].map(|place: usize| scaled[place]),
            [1_073_610_752, 644_218_880, 540_409_856, 523_370_496, 520_749_056, 928_120_832]
        );
        assert_eq!(scaled.iter().sum::<u64>(), 540_600_958_976);
    }

    #[test]
    fn every_direction_is_that_of_another_implementation() {
        // The sum of the first 30 directions of all dimensions in SciPy 1.17, in 2^30ths.
        let sum: u64 =
            directions().flat_map(|each| each.into_iter().take(30)).map(|v| u64::from(v >> 2)).sum();
        assert_eq!(sum, 16_547_992_450_294);
        assert_eq!(directions().count(), DIMENSIONS);
    }

    #[test]
    fn every_dimension_has_one_point_in_every_slice_and_none_twice() {
        let table = sobol(256, DIMENSIONS).unwrap();
        for place in 0..DIMENSIONS {
            let mut slices: Vec<usize> =
                column(&table, DIMENSIONS, place).iter().map(|u| (u * 256.0) as usize).collect();
            slices.sort_unstable();
            assert_eq!(slices, (0..256).collect::<Vec<_>>(), "dimension {place}");
        }
    }

    #[test]
    fn what_cannot_be_balanced_is_refused_in_words() {
        let refused = sobol(1_000, 2).unwrap_err().to_string();
        assert!(refused.contains("take 512 or 1024"), "{refused}");
        assert_eq!(sobol(0, 2), Err(DesignError::Unbalanced { rows: 0 }));
        let refused = sobol(2, DIMENSIONS + 1).unwrap_err().to_string();
        assert!(refused.contains("Latin hypercube"), "{refused}");
        assert_eq!(sobol(1, 2), Ok(vec![0.0, 0.0]));
    }
}
