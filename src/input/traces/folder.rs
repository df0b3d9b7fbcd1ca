//! Which files of a folder are traces, in which format, and in which order.

use std::cmp::Ordering;
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::error::Mistakes;
use super::{MachineTrace, Mistake, TraceError, TraceFormat, TraceSet, gwa, planetlab};

/// What tells a format: the first line is shorter.
const HEAD: u64 = 4_096;

/// Reads the traces in a file, or in the files of a folder.
///
/// # Errors
/// Every mistake of every file at once; nothing is kept of refused traces.
pub fn load(path: &Path) -> Result<TraceSet, TraceError> {
    let files = files(path)?;
    let Some(first) = files.first() else {
        return Err(TraceError::EmptyFolder { path: path.to_owned() });
    };
    let Some(format) = format_of(first) else {
        return Err(TraceError::Mistakes(vec![Mistake { file: name(first), line: None, what: unknown() }]));
    };
    if format == TraceFormat::OpenDc {
        return open_dc(path, &files);
    }
    let read: Vec<Result<MachineTrace, Vec<Mistake>>> =
        files.par_iter().map(|file| read(file, format)).collect();
    let mut machines = Vec::with_capacity(read.len());
    let mut mistakes = Vec::new();
    for machine in read {
        match machine {
            Ok(machine) => machines.push(machine),
            Err(found) => mistakes.extend(found),
        }
    }
    if mistakes.is_empty() { Ok(TraceSet { format, machines }) } else { Err(TraceError::Mistakes(mistakes)) }
}

/// Whether a file or folder holds traces, told by the beginning of its first file.
/// What cannot be read holds none.
pub fn looks_like_traces(path: &Path) -> bool {
    files(path).is_ok_and(|files| files.first().is_some_and(|first| format_of(first).is_some()))
}

/// A trace in Parquet; of a single file, those beside it are read too.
#[cfg(feature = "parquet")]
fn open_dc(path: &Path, given: &[PathBuf]) -> Result<TraceSet, TraceError> {
    if path.is_dir() {
        return super::opendc::read(given);
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    super::opendc::read(&files(folder)?)
}

#[cfg(not(feature = "parquet"))]
fn open_dc(path: &Path, _: &[PathBuf]) -> Result<TraceSet, TraceError> {
    let what = "this build reads no Parquet; build it with `--features parquet`".to_owned();
    Err(TraceError::Mistakes(vec![Mistake { file: name(path), line: None, what }]))
}

fn read(file: &Path, format: TraceFormat) -> Result<MachineTrace, Vec<Mistake>> {
    let path = name(file);
    let mut mistakes = Mistakes::of(&path);
    let machine = match fs::read(file) {
        // A damaged byte is found where its number cannot be read.
        Ok(bytes) => read_text(&stem(file), &String::from_utf8_lossy(&bytes), format, &mut mistakes),
        Err(error) => {
            mistakes.of_file(format!("cannot be read: {error}"));
            None
        }
    };
    machine.ok_or(mistakes.found)
}

/// The machine in the content of a file; nothing after saying what is wrong with it.
pub(super) fn read_text(
    name: &str,
    text: &str,
    format: TraceFormat,
    mistakes: &mut Mistakes<'_>,
) -> Option<MachineTrace> {
    if told_by(text) != Some(format) {
        mistakes.of_file(format!("{}; the first file of the folder holds {format}", unknown()));
        return None;
    }
    match format {
        TraceFormat::Gwa => gwa::read(name, text, mistakes),
        TraceFormat::PlanetLab => planetlab::read(name, text, mistakes),
        // Not a text: see `open_dc`.
        TraceFormat::OpenDc => None,
    }
}

fn unknown() -> String {
    "this is no trace: expected the header of GWA-T-12 (`Timestamp [ms];` `CPU cores;` …), \
     whole numbers, one a line (PlanetLab), or Parquet (OpenDC)"
        .to_owned()
}

fn format_of(file: &Path) -> Option<TraceFormat> {
    let mut head = Vec::new();
    fs::File::open(file).ok()?.take(HEAD).read_to_end(&mut head).ok()?;
    told_by(&String::from_utf8_lossy(&head))
}

fn told_by(text: &str) -> Option<TraceFormat> {
    if text.starts_with("PAR1") {
        return Some(TraceFormat::OpenDc);
    }
    let first = text.lines().next()?;
    if gwa::is_header(first) {
        return Some(TraceFormat::Gwa);
    }
    let first = text.lines().find(|line| !line.trim().is_empty())?;
    planetlab::is_sample(first).then_some(TraceFormat::PlanetLab)
}

/// The file itself, or the files of a folder in natural order. Hidden files are left
/// out, and what says of itself that it is to be read by people.
fn files(path: &Path) -> Result<Vec<PathBuf>, TraceError> {
    let unreadable = |source| TraceError::Unreadable { path: path.to_owned(), source };
    if !fs::metadata(path).map_err(unreadable)?.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut files = Vec::new();
    for entry in fs::read_dir(path).map_err(unreadable)? {
        let file = entry.map_err(unreadable)?.path();
        if file.is_file() && !is_for_people(&file) {
            files.push(file);
        }
    }
    files.sort_by(|a, b| natural(&stem(a), &stem(b)).then_with(|| a.cmp(b)));
    Ok(files)
}

fn is_for_people(file: &Path) -> bool {
    let name = file.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
    name.starts_with('.') || ["readme", "licen", "source"].iter().any(|word| name.starts_with(word))
}

fn name(file: &Path) -> String {
    file.display().to_string()
}

/// The file's name without `.csv` or `.txt`; PlanetLab's are host names with points.
fn stem(file: &Path) -> String {
    let is_table = file
        .extension()
        .is_some_and(|end| end.eq_ignore_ascii_case("csv") || end.eq_ignore_ascii_case("txt"));
    let name = if is_table { file.file_stem() } else { file.file_name() };
    name.unwrap_or_default().to_string_lossy().into_owned()
}

/// Numbers within names by their value: 2 before 10.
pub(super) fn natural(a: &str, b: &str) -> Ordering {
    let (mut a, mut b) = (a, b);
    loop {
        let (left, right) = (digits(a), digits(b));
        if left > 0 && right > 0 {
            let (x, y) = (a[..left].trim_start_matches('0'), b[..right].trim_start_matches('0'));
            let order = x.len().cmp(&y.len()).then_with(|| x.cmp(y)).then_with(|| left.cmp(&right));
            if order != Ordering::Equal {
                return order;
            }
            (a, b) = (&a[left..], &b[right..]);
            continue;
        }
        let (mut left, mut right) = (a.chars(), b.chars());
        match (left.next(), right.next()) {
            (Some(x), Some(y)) if x == y => (a, b) = (left.as_str(), right.as_str()),
            (x, y) => return x.cmp(&y),
        }
    }
}

/// How many digits a text begins with.
fn digits(text: &str) -> usize {
    text.bytes().take_while(u8::is_ascii_digit).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_in_natural_order() {
        let mut names = ["10", "2", "vm-10", "1", "vm-9", "vm", "02"];
        names.sort_by(|a, b| natural(a, b));
        assert_eq!(names, ["1", "2", "02", "10", "vm", "vm-9", "vm-10"]);
    }
}
