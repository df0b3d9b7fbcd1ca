//! GWA-T-12: one CSV file a machine, as the Grid Workloads Archive publishes the
//! traces of Bitbrains (Shen, van Beek and Iosup 2015).

use jiff::civil::DateTime;

use super::MachineTrace;
use super::error::{Mistakes, shown};
use super::even::{Measured, even};
use crate::base::units::{Bytes, Span};

/// Below it, a time is in seconds: as milliseconds it would lie before March 1973.
const SECONDS_BELOW: f64 = 1e11;

/// The columns that are read, as they are called without case, unit brackets' case
/// and spaces.
const TIME: &str = "timestamp[ms]";
const CORES: &str = "cpucores";
const CPU_PERCENT: &str = "cpuusage[%]";
const MEMORY: &str = "memorycapacityprovisioned[kb]";
const MEMORY_USED: &str = "memoryusage[kb]";

fn normal(name: &str) -> String {
    name.chars().filter(|c| !c.is_whitespace() && *c != '\u{feff}').flat_map(char::to_lowercase).collect()
}

/// Whether a first line is the header of this format: its columns stand between
/// semicolons, and two tell it from any other.
pub(super) fn is_header(line: &str) -> bool {
    let names: Vec<String> = line.split(';').map(normal).collect();
    names.iter().any(|name| name.starts_with("timestamp")) && names.iter().any(|name| name == CORES)
}

/// Where the columns stand.
struct Columns {
    time: usize,
    cores: usize,
    cpu: usize,
    memory: usize,
    memory_used: usize,
}

fn columns(header: &str, mistakes: &mut Mistakes<'_>) -> Option<Columns> {
    let names: Vec<String> = header.split(';').map(normal).collect();
    let mut place = |wanted: &str, shown: &str| {
        let found = names.iter().position(|name| {
            name == wanted || (wanted == TIME && matches!(name.as_str(), "timestamp" | "timestamp[s]"))
        });
        if found.is_none() {
            mistakes.at(1, format!("there is no column `{shown}`"));
        }
        found
    };
    let (time, cores) = (place(TIME, "Timestamp [ms]"), place(CORES, "CPU cores"));
    let cpu = place(CPU_PERCENT, "CPU usage [%]");
    let memory = place(MEMORY, "Memory capacity provisioned [KB]");
    let memory_used = place(MEMORY_USED, "Memory usage [KB]");
    Some(Columns { time: time?, cores: cores?, cpu: cpu?, memory: memory?, memory_used: memory_used? })
}

/// The machine of one file; nothing after saying what is wrong with it.
pub(super) fn read(name: &str, text: &str, mistakes: &mut Mistakes<'_>) -> Option<MachineTrace> {
    let mut lines = text.lines().enumerate();
    let columns = columns(lines.next().map_or("", |(_, header)| header), mistakes)?;
    let mut measured = Vec::new();
    let (mut cores, mut kib) = (0.0_f64, 0.0_f64);
    for (index, line) in lines.filter(|(_, line)| !line.trim().is_empty()) {
        if let Some(row) = row(line, index + 1, &columns, mistakes) {
            cores = cores.max(row.cores);
            kib = kib.max(row.kib);
            measured.push(row.measured);
        }
    }
    if !mistakes.found.is_empty() {
        return None;
    }
    let even = even(&measured, mistakes)?;
    if cores < 1.0 {
        mistakes.of_file("no line has a number of CPU cores; expected at least 1");
        return None;
    }
    let share = |of: f64, whole: f64| if whole > 0.0 { (of / whole) as f32 } else { 0.0 };
    Some(MachineTrace {
        name: name.to_owned(),
        vcpus: Some(cores as u32),
        memory: (kib > 0.0).then(|| Bytes::new((kib * 1_024.0) as u64)),
        life: None,
        first: at_second(even.first),
        step: Span::from_seconds(even.step.unsigned_abs()),
        cpu: even.samples.iter().map(|[cpu, _]| share(*cpu, cores)).collect(),
        memory_use: if kib > 0.0 {
            even.samples.iter().map(|[_, memory]| share(*memory, kib)).collect()
        } else {
            Vec::new()
        },
        rows: measured.len(),
        gaps: even.gaps,
    })
}

struct Row {
    measured: Measured,
    cores: f64,
    kib: f64,
}

/// One line; nothing after saying what is wrong with it.
fn row(line: &str, number: usize, columns: &Columns, mistakes: &mut Mistakes<'_>) -> Option<Row> {
    let values: Vec<&str> = line.split(';').map(str::trim).collect();
    let mut value = |place: usize, what: &str, most: f64| -> Option<f64> {
        let Some(text) = values.get(place) else {
            let there = values.len();
            mistakes.at(
                number,
                format!("the line ends after {there} values; expected {what} as number {}", place + 1),
            );
            return None;
        };
        match text.parse::<f64>() {
            Ok(value) if value.is_finite() && (0.0..=most).contains(&value) => Some(value),
            Ok(_) => {
                mistakes.at(number, format!("{} cannot be {what}; expected 0 to {most}", shown(text)));
                None
            }
            Err(_) => {
                mistakes.at(number, format!("expected {what}, found {}", shown(text)));
                None
            }
        }
    };
    // The latest times that dates reach, in milliseconds; more processors and memory
    // than any machine has; ten times all processors.
    let time = value(columns.time, "a time", 253_402_300_799_000.0);
    let cores = value(columns.cores, "a number of cores", 65_536.0);
    let percent = value(columns.cpu, "per cent of the CPU", 1_000.0);
    let kib = value(columns.memory, "a memory in KB", 1e12);
    let used = value(columns.memory_used, "a memory in KB", 1e12);
    let (time, cores, percent, kib, used) = (time?, cores?, percent?, kib?, used?);
    let second = if time < SECONDS_BELOW { time } else { time / 1_000.0 };
    Some(Row {
        measured: Measured {
            line: number,
            second: second as i64,
            // Of the cores it has then: those of the trace are the most it ever had.
            cpu: percent / 100.0 * cores,
            memory: used,
        },
        cores,
        kib,
    })
}

/// The civil time, in UTC, of a second since 1970.
pub(super) fn at_second(second: i64) -> Option<DateTime> {
    let epoch = jiff::civil::date(1970, 1, 1).at(0, 0, 0, 0);
    epoch.checked_add(jiff::SignedDuration::from_secs(second)).ok()
}
