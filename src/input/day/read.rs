//! Reading the CSV of a day.
//!
//! The format has no quotes and no escapes, so fields are split by hand: a reader of
//! general CSV takes longer than the simulation of what it read.

use std::io::Read as _;
use std::path::Path;

use super::{DayError, DayVm, HEADER, Mistake};
use crate::base::units::{SimTime, Span};

/// Reads a day, decompressed if it is gzip.
///
/// # Errors
/// If the file cannot be read or any line is not what it should be: all such lines.
pub fn read(path: &Path) -> Result<Vec<DayVm>, DayError> {
    let unreadable = |cause| DayError::Unreadable { path: path.to_owned(), cause };
    let mut bytes = std::fs::read(path).map_err(unreadable)?;
    if bytes.starts_with(&GZIP) {
        let mut text = Vec::with_capacity(4 * bytes.len());
        flate2::read::MultiGzDecoder::new(bytes.as_slice()).read_to_end(&mut text).map_err(unreadable)?;
        bytes = text;
    }
    parse(path, &bytes)
}

const GZIP: [u8; 2] = [0x1f, 0x8b];

/// Reads a day from the text of a file. `path` is for messages.
///
/// # Errors
/// If any line is not what it should be: all such lines.
pub fn parse(path: &Path, text: &[u8]) -> Result<Vec<DayVm>, DayError> {
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    let mut lines = text.split(|byte| *byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line));
    let header = lines.next().unwrap_or_default();
    if header != HEADER.as_bytes() {
        let found = String::from_utf8_lossy(header).chars().take(80).collect();
        return Err(DayError::Header { path: path.to_owned(), found });
    }
    let mut vms: Vec<DayVm> = Vec::with_capacity(text.len() / LEAST_LINE);
    // The line of each machine, kept only as long as lines and machines agree.
    let mut mistakes = Vec::new();
    let mut blanks = Vec::new();
    for (line, fields) in (2..).zip(lines) {
        if fields.is_empty() {
            blanks.push(line);
            continue;
        }
        match row(fields) {
            Ok(vm) => vms.push(vm),
            Err(what) => mistakes.push(Mistake { line, what }),
        }
    }
    // Only the end of the file is blank.
    if let Some(line) = blanks.first().filter(|line| **line < vms.len() + mistakes.len() + 2) {
        mistakes.push(Mistake { line: *line, what: "the line is blank".to_owned() });
    }
    if mistakes.is_empty() {
        // Without mistakes and blanks machine i stands in line i + 2.
        mistakes.extend(repeated(&vms));
    }
    mistakes.sort_by_key(|mistake| mistake.line);
    match (mistakes.is_empty(), vms.is_empty()) {
        (true, false) => Ok(vms),
        (true, true) => Err(DayError::Empty { path: path.to_owned() }),
        (false, _) => Err(DayError::Rows { path: path.to_owned(), mistakes }),
    }
}

/// The shortest row is `0,0,1,1,1`; those of real days are three times as long.
const LEAST_LINE: usize = 24;

/// Machines whose number another one has already.
fn repeated(vms: &[DayVm]) -> Vec<Mistake> {
    if vms.is_sorted_by(|a, b| a.number < b.number) {
        return Vec::new();
    }
    let mut lines: Vec<(u32, usize)> = vms.iter().map(|vm| vm.number).zip(2..).collect();
    lines.sort_unstable();
    let again = lines.windows(2).filter(|pair| pair[0].0 == pair[1].0);
    again
        .map(|pair| Mistake {
            line: pair[1].1,
            what: format!("vm_id {} is already that of line {}", pair[1].0, pair[0].1),
        })
        .collect()
}

fn row(line: &[u8]) -> Result<DayVm, String> {
    let mut fields = line.split(|byte| *byte == b',');
    let mut next = || fields.next();
    let (Some(number), Some(arrives), Some(lifetime), Some(vcpus), Some(mib), None) =
        (next(), next(), next(), next(), next(), next())
    else {
        let count = line.iter().filter(|byte| **byte == b',').count() + 1;
        return Err(format!("{count} fields, expected the 5 of {HEADER}"));
    };
    let number = whole("vm_id", number)?;
    let arrives = SimTime::from_ns(seconds("arrival_s", arrives)?);
    let lifetime = Span::from_ns(seconds("lifetime_s", lifetime)?);
    let (vcpus, mib) = (whole("cpus", vcpus)?, whole("mem_mib", mib)?);
    for (name, value) in [("cpus", vcpus), ("mem_mib", mib)] {
        if value == 0 {
            return Err(format!("{name} is 0, expected at least 1"));
        }
    }
    Ok(DayVm { number, arrives, lifetime, vcpus, mib })
}

/// A whole number below 2^32 - 1.
#[inline]
fn whole(name: &str, field: &[u8]) -> Result<u32, String> {
    let value = digits(field).and_then(|value| u32::try_from(value).ok()).filter(|value| *value < u32::MAX);
    value.ok_or_else(|| format!("{name} `{}` is not a whole number below 2^32", shown(field)))
}

/// Seconds with at most nine decimals, in nanoseconds.
#[inline]
fn seconds(name: &str, field: &[u8]) -> Result<u64, String> {
    let point = field.iter().position(|byte| *byte == b'.');
    let (seconds, decimals) = match point {
        Some(point) => (&field[..point], &field[point + 1..]),
        None => (field, [b'0'].as_slice()),
    };
    let value = || {
        // A third of the 584 years that fit.
        let seconds = digits(seconds).filter(|seconds| *seconds < 6_000_000_000)?;
        let fraction = digits(decimals).filter(|_| decimals.len() <= 9)?;
        Some(seconds * 1_000_000_000 + fraction * TENS[9 - decimals.len()])
    };
    value().ok_or_else(|| {
        format!("{name} `{}` is not a number of seconds from 0 with at most 9 decimals", shown(field))
    })
}

const TENS: [u64; 10] =
    [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000];

/// One to eighteen digits.
#[inline]
fn digits(field: &[u8]) -> Option<u64> {
    if field.is_empty() || field.len() > 18 {
        return None;
    }
    field
        .iter()
        .try_fold(0, |value: u64, byte| byte.is_ascii_digit().then(|| value * 10 + u64::from(byte - b'0')))
}

fn shown(field: &[u8]) -> String {
    String::from_utf8_lossy(field).chars().take(30).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(rows: &str) -> Result<Vec<DayVm>, String> {
        parse(Path::new("day.csv"), format!("{HEADER}\n{rows}").as_bytes()).map_err(|error| error.to_string())
    }

    #[test]
    fn a_row_is_read_to_the_nanosecond() {
        let vm = |number, arrives, lifetime| DayVm {
            number,
            arrives: SimTime::from_ns(arrives),
            lifetime: Span::from_ns(lifetime),
            vcpus: 2,
            mib: 4096,
        };
        let read = day("7,116.909,18225.5,2,4096\r\n3,0,0.000000001,2,4096\n").unwrap();
        assert_eq!(read, [vm(7, 116_909_000_000, 18_225_500_000_000), vm(3, 0, 1)]);
    }

    #[test]
    fn every_mistake_is_named_with_its_line() {
        let error = day("1,2,3,4\n2,-1,3,4,5\n3,1,2,0,5\n4,1,2,3,5\nx,1,2,3,4\n\n5,1,2,3,4\n").unwrap_err();
        let expected = [
            "day.csv:2: 4 fields, expected the 5 of vm_id,arrival_s,lifetime_s,cpus,mem_mib",
            "error: day.csv:3: arrival_s `-1` is not a number of seconds from 0 with at most 9 decimals",
            "error: day.csv:4: cpus is 0, expected at least 1",
            "error: day.csv:6: vm_id `x` is not a whole number below 2^32",
            "error: day.csv:7: the line is blank",
        ];
        assert_eq!(error.lines().collect::<Vec<_>>(), expected);
        assert_eq!(
            day("4,1,2,3,5\n4,1,2,3,5\n").unwrap_err(),
            "day.csv:3: vm_id 4 is already that of line 2"
        );
        assert_eq!(day("").unwrap_err(), "day.csv: no machine follows the header");
        let other = parse(Path::new("a.csv"), b"VM,CPUs\n").unwrap_err().to_string();
        assert_eq!(
            other,
            "a.csv:1: the header is `VM,CPUs`, expected `vm_id,arrival_s,lifetime_s,cpus,mem_mib`"
        );
    }

    #[test]
    fn a_compressed_day_is_the_same_day() {
        use std::io::Write as _;
        let folder = std::env::temp_dir().join(format!("portolan-day-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let path = folder.join("day.csv.gz");
        let text = format!("{HEADER}\n0,1.5,2.5,1,2048\n");
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(text.as_bytes()).unwrap();
        std::fs::write(&path, encoder.finish().unwrap()).unwrap();
        let found = read(&path);
        std::fs::remove_dir_all(&folder).unwrap();
        assert_eq!(found.unwrap(), parse(&path, text.as_bytes()).unwrap());
    }
}
