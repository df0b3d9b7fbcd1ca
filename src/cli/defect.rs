//! Defects of ours: a panic becomes one message that says how to report it.

use std::panic;
use std::process;
use std::sync::OnceLock;

use crate::base::contain;

/// A defect of ours.
const DEFECT: i32 = 70;

static SEED: OnceLock<u64> = OnceLock::new();

/// Notes the seed of the run, for the report of a defect.
pub fn note_seed(seed: u64) {
    // A process runs one scenario; a second note would be of the same seed.
    let _ = SEED.set(seed);
}

/// From now on a panic prints how to report it and ends the program, unless
/// [`contain`] holds it.
pub fn report_panics() {
    panic::set_hook(Box::new(|broken| {
        if contain::is_contained() {
            return;
        }
        let what = broken.payload_as_str().unwrap_or("an invariant was broken");
        let place = broken.location().map_or_else(String::new, |place| format!(" at {place}"));
        let seed = SEED.get().map_or_else(|| "not known yet".to_owned(), u64::to_string);
        eprintln!(
            "portolan has a defect: {what}{place}\n\
             Nothing was written. Please report it with the scenario, these lines and the command:\n\
             version {}, seed {seed}",
            env!("CARGO_PKG_VERSION"),
        );
        process::exit(DEFECT);
    }));
}
