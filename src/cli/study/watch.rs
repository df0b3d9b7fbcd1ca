//! The progress of a study on a terminal, and its interruption.

use std::process;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use anyhow::Context as _;
use indicatif::{ProgressBar, ProgressStyle};

use crate::study::trials::Watch;

/// The exit code of a program that Ctrl-C ended: 128 and the number of the signal.
pub const INTERRUPTED: u8 = 130;

/// Set once Ctrl-C, or a request to terminate, has come.
static ASKED_TO_STOP: AtomicBool = AtomicBool::new(false);

/// A progress bar on stderr that stops the study when the user asks; on anything but a
/// terminal it is silent.
pub struct Bar {
    bar: ProgressBar,
    asked: AtomicUsize,
}

impl Bar {
    /// A bar that listens for Ctrl-C. The first one ends the study at the next run, the
    /// second one the program.
    ///
    /// # Errors
    /// If the system refuses to tell of signals.
    pub fn new() -> anyhow::Result<Self> {
        ctrlc::set_handler(|| {
            if ASKED_TO_STOP.swap(true, Ordering::Relaxed) {
                process::exit(i32::from(INTERRUPTED));
            }
        })
        .context("cannot listen for Ctrl-C")?;
        let bar = ProgressBar::new(0);
        let style = ProgressStyle::with_template("{bar:30} {human_pos}/{human_len} runs, {eta} left · {msg}")
            .expect("the template is well formed");
        bar.set_style(style);
        Ok(Self { bar, asked: AtomicUsize::new(0) })
    }

    /// Says what the runs are for.
    pub fn begin(&self, analysis: String) {
        self.bar.set_message(analysis);
    }

    /// Takes the bar away.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

impl Watch for Bar {
    fn asked(&self, trials: usize) {
        let asked = self.asked.fetch_add(trials, Ordering::Relaxed) + trials;
        self.bar.set_length(asked as u64);
    }

    fn done(&self, trials: usize) {
        self.bar.inc(trials as u64);
    }

    fn stops(&self) -> bool {
        ASKED_TO_STOP.load(Ordering::Relaxed)
    }
}
