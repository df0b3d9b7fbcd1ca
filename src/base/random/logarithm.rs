//! The natural logarithm behind the variates: the same bits on every machine, without a
//! division.
//!
//! Method. Write x = 2^k z with z in [0.6855, 1.371), round z to the nearest number c
//! whose mantissa has seven bits after the point, and let r = (z - c)/c. Then
//!
//! > ln x = k ln 2 + ln c + ln(1 + r),  |r| ≤ 2^-8.
//!
//! z - c is exact (Sterbenz), 1/c and ln c come from a table of 128 rows, and ln(1 + r)
//! from its Taylor series to r⁶: the rest, below r⁷/7, is at most 2^-58. The point 1 is a
//! row of its own with ln c = 0 and 1/c = 1, so nothing cancels just below 1, where
//! variates are small: r = z - 1 is exact there.
//!
//! Error, for x in (0, 1]. With k < 0 the result is at least 0.37 in size, half a unit in
//! the last place (ulp) each from the two sums, and all else below 0.1 ulp. With k = 0
//! and c < 1 the result is at least half of |ln c|, so the table's rounding counts as one
//! ulp, that of r (two roundings of a number no larger than the result) as one, the sums
//! as one: below 3 ulp, 6.7e-16 of the result, at worst. The test measures 2 ulp against
//! `libm`, itself good to 1 ulp.
//!
//! Only IEEE addition, subtraction, multiplication and operations on bits, none of which
//! Rust contracts or reorders. The table is computed by the compiler, in integers.

/// Rows of the table: one for each value of the seven leading bits of a mantissa.
const ROWS: usize = 1 << ROW_BITS;
const ROW_BITS: u32 = 7;
const MANTISSA_BITS: u32 = 52;
/// The bits of a float below those that choose its row.
const BELOW_ROW: u32 = MANTISSA_BITS - ROW_BITS;
const HALF_ROW: u64 = 1 << (BELOW_ROW - 1);
/// The bits of 0.6875: the least c.
const LEAST: u64 = 0x3fe6_0000_0000_0000;
/// Fractional bits of the numbers in which the table is computed.
const FIXED: u32 = 108;

#[derive(Clone, Copy)]
struct Row {
    /// 1/c.
    inverse: f64,
    /// ln c.
    logarithm: f64,
}

static TABLE: [Row; ROWS] = table();
const LN_2: i128 = logarithm_of_ratio(2, 1);
/// ln 2 in 42 bits, so that its product with any exponent is exact, and what is missing.
const LN_2_HIGH: f64 = to_float(LN_2 >> (FIXED - 42) << (FIXED - 42));
const LN_2_LOW: f64 = to_float(LN_2 - (LN_2 >> (FIXED - 42) << (FIXED - 42)));

/// The natural logarithm of a positive, normal number; see the error above.
#[inline]
pub(super) fn ln(x: f64) -> f64 {
    debug_assert!(x.is_normal() && x > 0.0, "{x} is not a positive, normal number");
    let bits = x.to_bits();
    // Above the rounding to c: the exponent, counted from the least c, and the row.
    let above = bits.wrapping_sub(LEAST - HALF_ROW);
    let exponent = (above as i64) >> MANTISSA_BITS;
    let row = TABLE[(above >> BELOW_ROW) as usize % ROWS];
    let z_bits = bits.wrapping_sub((exponent as u64) << MANTISSA_BITS);
    let c_bits = (z_bits + HALF_ROW) >> BELOW_ROW << BELOW_ROW;
    let r = (f64::from_bits(z_bits) - f64::from_bits(c_bits)) * row.inverse;

    let exponent = exponent as f64;
    let r2 = r * r;
    let cubic = r * (1.0 / 3.0) - 0.5;
    let sextic = r2 * (-1.0 / 6.0) + (r * (1.0 / 5.0) - 0.25);
    let curved = r2 * (cubic + r2 * sextic);
    (exponent * LN_2_HIGH + row.logarithm) + (r + (curved + exponent * LN_2_LOW))
}

const fn table() -> [Row; ROWS] {
    let mut rows = [Row { inverse: 0.0, logarithm: 0.0 }; ROWS];
    let mut row = 0;
    while row < ROWS {
        let c = f64::from_bits(LEAST + ((row as u64) << BELOW_ROW));
        // Below 1 the least step of c is 2^-8, above it 2^-7: an integer in either case.
        let c_256 = (c * 256.0) as i128;
        rows[row] = Row { inverse: 1.0 / c, logarithm: to_float(logarithm_of_ratio(c_256, 256)) };
        row += 1;
    }
    rows
}

/// ln(n/d) in fixed point, from 2 artanh(s) = 2(s + s³/3 + s⁵/5 + …), s = (n - d)/(n + d),
/// for n and d so small that their squares times 2^109 fit. Forty truncations at
/// 2^-108 leave it good to 100 bits.
const fn logarithm_of_ratio(n: i128, d: i128) -> i128 {
    let (above, below) = (n - d, n + d);
    let mut power = (above << (FIXED + 1)) / below;
    let (mut sum, mut odd) = (0, 1);
    while power != 0 {
        sum += power / odd;
        odd += 2;
        power = power * (above * above) / (below * below);
    }
    sum
}

/// The float nearest to a number in fixed point.
const fn to_float(fixed: i128) -> f64 {
    const UNIT: f64 = 1.0 / (1_u128 << FIXED) as f64;
    fixed as f64 * UNIT
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The distance from the library's logarithm, in units in the last place.
    fn ulps_off(x: f64) -> u64 {
        let (ours, theirs) = (ln(x), libm::log(x));
        ours.to_bits().abs_diff(theirs.to_bits())
    }

    #[test]
    fn the_table_is_as_good_as_the_library() {
        assert!((LN_2_HIGH + LN_2_LOW - std::f64::consts::LN_2).abs() == 0.0);
        for (index, row) in TABLE.iter().enumerate() {
            let c = f64::from_bits(LEAST + ((index as u64) << BELOW_ROW));
            let theirs = libm::log(c);
            // The library is within an ulp, the table within half of one.
            assert!(row.logarithm.to_bits().abs_diff(theirs.to_bits()) <= 1, "{c}");
        }
    }

    #[test]
    fn it_is_within_the_stated_error_of_the_library_over_the_unit_interval() {
        // Multiples of the golden ratio spread evenly: three million over (0, 1), three
        // million each of numbers just below 1 and of every exponent down to 2^-53.
        let mut spread = 0_u64;
        let mut worst = 0;
        for step in 0..3_000_000_u32 {
            spread = spread.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let u = ((spread >> 12) as f64 + 0.5) / (1_u64 << 52) as f64;
            let scale = f64::from_bits(u64::from(1023 - step % 54) << MANTISSA_BITS);
            worst = worst.max(ulps_off(u)).max(ulps_off(1.0 - u * scale)).max(ulps_off(u * scale));
        }
        // Three ulp of ours and one of the library's.
        assert!(worst <= 4, "{worst} ulp");
    }

    #[test]
    fn the_edges_of_every_row_are_as_good_as_its_middle() {
        for row in 0..ROWS as u64 {
            let c = LEAST + (row << BELOW_ROW);
            for bits in [c - HALF_ROW, c - 1, c, c + 1, c + HALF_ROW - 1] {
                for exponent in 1..50_u64 {
                    let x = f64::from_bits(bits - (exponent << MANTISSA_BITS));
                    assert!(ulps_off(x) <= 4, "{x:e}");
                }
            }
        }
        assert_eq!(ln(1.0), 0.0);
        assert_eq!(ln(1.0 - f64::EPSILON / 2.0), libm::log(1.0 - f64::EPSILON / 2.0));
    }
}
