//! OpenDC's traces in Parquet: machines in one file, samples of all in the other.
//!
//! | layout | machines | samples |
//! |---|---|---|
//! | older | `meta.parquet`: id, start_time, stop_time, cpu_count, cpu_capacity in MHz, mem_capacity in KB | `trace.parquet`: id, timestamp, cpu_usage in MHz |
//! | newer | `tasks.parquet`: id, submission_time, duration, cpu_count, cpu_capacity, mem_capacity in MB | `fragments.parquet`: id, duration, cpu_usage |
//!
//! Files are told apart by their columns. Fragments follow each other from the
//! submission on. Memory in use is in neither.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use super::error::{Mistake, Mistakes};
use super::even::{Measured, even};
use super::folder::natural;
use super::gwa::at_second;
use super::parquet::{self, Column, Table};
use super::{MachineTrace, TraceError, TraceFormat, TraceSet};
use crate::base::units::{Bytes, Span};

/// A memory of tasks above it is in KB, as in copies made from the older layout: as MB
/// it would be more than 10 TB.
const LARGEST_MB: i64 = 10_000_000;

/// One machine, as its row has it.
struct Machine {
    start_ms: i64,
    stop_ms: i64,
    vcpus: f64,
    mhz: f64,
    memory: Bytes,
}

/// A file with its table.
struct File {
    name: String,
    table: Table,
}

/// Reads the two files of a trace among `files`.
///
/// # Errors
/// Every mistake of both.
pub(super) fn read(files: &[std::path::PathBuf]) -> Result<TraceSet, TraceError> {
    let mut mistakes = Vec::new();
    let (mut machines, mut samples) = (None, None);
    for path in files {
        match open(path) {
            Ok(Some(file)) if file.has("cpu_capacity") || file.has("mem_capacity") => machines = Some(file),
            Ok(Some(file)) if file.has("cpu_usage") => samples = Some(file),
            Ok(Some(file)) => mistakes.push(file.mistake(
                "these are neither machines (`cpu_capacity`) nor samples (`cpu_usage`) of an OpenDC trace",
            )),
            Ok(None) => {}
            Err(mistake) => mistakes.push(mistake),
        }
    }
    let folder = files.first().and_then(|file| file.parent()).unwrap_or(Path::new("")).display().to_string();
    if mistakes.is_empty() {
        let mut missing = |there: bool, what: &str| {
            if !there {
                let what = format!("there is no {what} beside the other file of this OpenDC trace");
                mistakes.push(Mistake { file: folder.clone(), line: None, what });
            }
        };
        missing(machines.is_some(), "meta.parquet or tasks.parquet");
        missing(samples.is_some(), "trace.parquet or fragments.parquet");
    }
    let (Some(machines), Some(samples)) = (machines, samples) else {
        return Err(TraceError::Mistakes(mistakes));
    };
    match join(&machines, &samples) {
        Ok(set) if mistakes.is_empty() => Ok(set),
        Ok(_) => Err(TraceError::Mistakes(mistakes)),
        Err(found) => {
            mistakes.extend(found);
            Err(TraceError::Mistakes(mistakes))
        }
    }
}

/// The table in a file; none in a file of another format.
fn open(path: &Path) -> Result<Option<File>, Mistake> {
    let name = path.display().to_string();
    let mistake = |what: String| Mistake { file: name.clone(), line: None, what };
    let bytes = std::fs::read(path).map_err(|error| mistake(format!("cannot be read: {error}")))?;
    if !parquet::is_parquet(&bytes) {
        return Err(mistake("this is no Parquet file, as the others of this trace are".to_owned()));
    }
    let table = parquet::read(&bytes).map_err(|error| mistake(error.to_string()))?;
    Ok(Some(File { name, table }))
}

impl File {
    fn has(&self, column: &str) -> bool {
        self.table.columns.iter().any(|(name, _)| name == column)
    }

    fn mistake(&self, what: &str) -> Mistake {
        Mistake { file: self.name.clone(), line: None, what: what.to_owned() }
    }

    fn column(&self, name: &str) -> Result<&Column, Mistake> {
        let found = self.table.columns.iter().find(|(known, _)| known == name);
        found.map(|(_, column)| column).ok_or_else(|| self.mistake(&format!("there is no column `{name}`")))
    }

    fn whole(&self, name: &str) -> Result<&[i64], Mistake> {
        match self.column(name)? {
            Column::Whole(values) => Ok(values),
            _ => Err(self.mistake(&format!("the column `{name}` has no whole numbers"))),
        }
    }

    fn real(&self, name: &str) -> Result<Vec<f64>, Mistake> {
        match self.column(name)? {
            Column::Real(values) => Ok(values.clone()),
            Column::Whole(values) => Ok(values.iter().map(|value| *value as f64).collect()),
            Column::Text(_) => Err(self.mistake(&format!("the column `{name}` has no numbers"))),
        }
    }

    /// Ids are texts in the older layout and numbers in the newer.
    fn ids(&self) -> Result<Vec<Arc<str>>, Mistake> {
        match self.column("id")? {
            Column::Text(ids) => Ok(ids.clone()),
            Column::Whole(ids) => Ok(ids.iter().map(|id| id.to_string().into()).collect()),
            Column::Real(_) => Err(self.mistake("the column `id` has neither texts nor whole numbers")),
        }
    }
}

/// The machines with their samples.
fn join(machines: &File, samples: &File) -> Result<TraceSet, Vec<Mistake>> {
    let one = |mistake: Mistake| vec![mistake];
    let described = describe(machines).map_err(one)?;
    let mut measured: BTreeMap<Arc<str>, Vec<Measured>> = BTreeMap::new();
    let (ids, usage) = (samples.ids().map_err(one)?, samples.real("cpu_usage").map_err(one)?);
    let is_older = samples.has("timestamp");
    let times = samples.whole(if is_older { "timestamp" } else { "duration" }).map_err(one)?;
    let mut elapsed: BTreeMap<Arc<str>, i64> = BTreeMap::new();
    let mut found = Vec::new();
    for (row, ((id, mhz), time)) in ids.iter().zip(&usage).zip(times).enumerate() {
        if !described.contains_key(id) {
            found.push(samples.mistake(&format!(
                "row {}: there is no machine `{id}` in {}",
                row + 1,
                machines.name
            )));
            continue;
        }
        if !mhz.is_finite() || *mhz < 0.0 || (!is_older && *time <= 0) {
            found.push(samples.mistake(&format!("row {}: {mhz} MHz for {time} ms cannot be", row + 1)));
            continue;
        }
        let second = if is_older {
            time.div_euclid(1_000)
        } else {
            let start = described[id].start_ms;
            let elapsed = elapsed.entry(id.clone()).or_default();
            let at = start.saturating_add(*elapsed);
            *elapsed = elapsed.saturating_add(*time);
            at.div_euclid(1_000)
        };
        let sample = Measured { line: row + 1, second, cpu: *mhz, memory: 0.0 };
        measured.entry(id.clone()).or_default().push(sample);
    }
    if !found.is_empty() {
        return Err(found);
    }
    let mut set = Vec::new();
    for (id, machine) in &described {
        let mut mistakes = Mistakes::of(&samples.name);
        let Some(rows) = measured.get_mut(id) else {
            mistakes.of_file(format!("there is no sample of the machine `{id}`"));
            found.extend(mistakes.found);
            continue;
        };
        rows.sort_by_key(|row| (row.second, row.line));
        match even(rows, &mut mistakes) {
            Some(even) => set.push(MachineTrace {
                name: id.to_string(),
                vcpus: Some(machine.vcpus as u32),
                memory: Some(machine.memory),
                life: at_second(machine.start_ms.div_euclid(1_000))
                    .zip(at_second(machine.stop_ms.div_euclid(1_000))),
                first: at_second(even.first),
                step: Span::from_seconds(even.step.unsigned_abs()),
                cpu: even.samples.iter().map(|[mhz, _]| (mhz / machine.mhz) as f32).collect(),
                memory_use: Vec::new(),
                rows: rows.len(),
                gaps: even.gaps,
            }),
            None => found.extend(mistakes.found),
        }
    }
    set.sort_by(|a, b| natural(&a.name, &b.name));
    if found.is_empty() { Ok(TraceSet { format: TraceFormat::OpenDc, machines: set }) } else { Err(found) }
}

fn describe(file: &File) -> Result<BTreeMap<Arc<str>, Machine>, Mistake> {
    let is_older = file.has("start_time");
    let ids = file.ids()?;
    let starts = file.whole(if is_older { "start_time" } else { "submission_time" })?;
    let stops = file.whole(if is_older { "stop_time" } else { "duration" })?;
    let (counts, capacities, memories) =
        (file.real("cpu_count")?, file.real("cpu_capacity")?, file.whole("mem_capacity")?);
    let in_kb = is_older || memories.iter().any(|memory| *memory > LARGEST_MB);
    let mut machines = BTreeMap::new();
    for row in 0..ids.len() {
        let (vcpus, mhz, memory) = (counts[row], capacities[row], memories[row]);
        // A machine of no memory cannot be; 2^42 KB is more than any has.
        let sound = (1.0..65_536.0).contains(&vcpus) && mhz > 0.0 && mhz.is_finite();
        if !sound || !(1..1 << 42).contains(&memory) {
            return Err(file.mistake(&format!(
                "row {}: {vcpus} processors of {mhz} MHz with a memory of {memory} cannot be",
                row + 1
            )));
        }
        let unit = if in_kb { 1 << 10 } else { 1 << 20 };
        let stop_ms = if is_older { stops[row] } else { starts[row].saturating_add(stops[row]) };
        let memory = Bytes::new(memory.unsigned_abs() * unit);
        machines.insert(ids[row].clone(), Machine { start_ms: starts[row], stop_ms, vcpus, mhz, memory });
    }
    Ok(machines)
}
