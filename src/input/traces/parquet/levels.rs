//! Small whole numbers in runs: places in a dictionary, and whether values are there.

use super::Unreadable::{self, Damaged, NotRead};

const SHORT: Unreadable = Damaged("a run that is cut short");

/// `count` numbers of `width` bits, in runs of equal ones and in packs of eight.
pub(super) fn hybrid(bytes: &[u8], width: u32, count: usize) -> Result<Vec<u32>, Unreadable> {
    if width > 32 {
        return Err(Damaged("numbers of more than 32 bits"));
    }
    let mut values = Vec::with_capacity(count.min(1 << 20));
    let mut rest = bytes;
    while values.len() < count {
        let (head, after) = varint(rest)?;
        rest = after;
        let wanted = count - values.len();
        if head & 1 == 1 {
            let packs = usize::try_from(head >> 1).map_err(|_| SHORT)?;
            let bytes = packs.checked_mul(width as usize).ok_or(SHORT)?;
            // The last pack may end with the values that are needed.
            let (packed, after) = rest.split_at(bytes.min(rest.len()));
            let held = (packed.len() * 8).checked_div(width as usize).unwrap_or(usize::MAX);
            let held = held.min(packs.saturating_mul(8)).min(wanted);
            if held == 0 {
                return Err(SHORT);
            }
            values.extend((0..held).map(|place| unpacked(packed, place * width as usize, width)));
            rest = after;
        } else {
            let run = usize::try_from(head >> 1).map_err(|_| SHORT)?.min(wanted);
            let (value, after) = rest.split_at_checked(width.div_ceil(8) as usize).ok_or(SHORT)?;
            if run == 0 {
                return Err(SHORT);
            }
            let value = value.iter().rev().fold(0_u32, |value, byte| value << 8 | u32::from(*byte));
            values.resize(values.len() + run, value);
            rest = after;
        }
    }
    Ok(values)
}

/// `width` bits from bit `at` on, the least first.
fn unpacked(bytes: &[u8], at: usize, width: u32) -> u32 {
    let first = at / 8;
    let word = (0..5).fold(0_u64, |word, place| {
        word | u64::from(bytes.get(first + place).copied().unwrap_or(0)) << (8 * place)
    });
    (word >> (at % 8) & ((1_u64 << width) - 1)) as u32
}

fn varint(bytes: &[u8]) -> Result<(u64, &[u8]), Unreadable> {
    let mut value = 0_u64;
    for (place, byte) in bytes.iter().take(9).enumerate() {
        value |= u64::from(byte & 0x7f) << (7 * place);
        if *byte < 0x80 {
            return Ok((value, &bytes[place + 1..]));
        }
    }
    Err(SHORT)
}

/// What follows the levels of an optional column in a page of version 1, all of whose
/// values must be there.
pub(super) fn without_nulls_v1(bytes: &[u8], count: usize) -> Result<&[u8], Unreadable> {
    let (length, rest) = bytes.split_first_chunk::<4>().ok_or(SHORT)?;
    let (levels, rest) = rest.split_at_checked(u32::from_le_bytes(*length) as usize).ok_or(SHORT)?;
    if hybrid(levels, 1, count)?.iter().all(|level| *level == 1) {
        Ok(rest)
    } else {
        Err(NotRead("an empty value".to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_and_packs_are_read_as_the_format_describes_them() {
        // The format's own example: 0 to 7 in three bits each; then 4 five times.
        let bytes = [0b11, 0b1000_1000, 0b1100_0110, 0b1111_1010, 5 << 1, 4];
        assert_eq!(hybrid(&bytes, 3, 13).unwrap(), [0, 1, 2, 3, 4, 5, 6, 7, 4, 4, 4, 4, 4]);
        assert_eq!(hybrid(&bytes[..2], 3, 13), Err(SHORT));
        assert_eq!(hybrid(&[0b10], 0, 1), Ok(vec![0]), "one entry needs no bits");
    }
}
