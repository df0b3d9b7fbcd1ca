//! PlanetLab: a plain text file a machine and day, per cent of its processor every
//! five minutes, as CoMon measured them and CloudSim made them known.

use super::MachineTrace;
use super::error::{Mistakes, shown};
use crate::base::units::Span;

const STEP: Span = Span::from_minutes(5);

/// Whether a first line is one of this format: a whole number and nothing else.
pub(super) fn is_sample(line: &str) -> bool {
    let text = line.trim();
    !text.is_empty() && text.len() <= 3 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The machine of one file; nothing after saying what is wrong with it. A day has 288
/// samples; files with more or fewer are read as they are.
pub(super) fn read(name: &str, text: &str, mistakes: &mut Mistakes<'_>) -> Option<MachineTrace> {
    let mut cpu = Vec::new();
    for (index, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        match line.trim().parse::<u8>() {
            Ok(percent @ 0..=100) => cpu.push(f32::from(percent) / 100.0),
            _ => mistakes.at(
                index + 1,
                format!("expected per cent as a whole number, 0 to 100, found {}", shown(line)),
            ),
        }
    }
    if cpu.is_empty() {
        mistakes.of_file("there is no sample: expected one whole number a line, 288 a day");
    }
    mistakes.found.is_empty().then(|| MachineTrace {
        name: name.to_owned(),
        vcpus: None,
        memory: None,
        life: None,
        first: None,
        step: STEP,
        rows: cpu.len(),
        cpu,
        memory_use: Vec::new(),
        gaps: 0,
    })
}
