//! What each wave waited for.
//!
//! At every instant a move waits for one thing: people, a place among the copies in
//! flight, the narrowest part of its way, a window. The times are summed over the
//! workloads of a wave and entered in the Journal when the wave is over, so that a
//! report can say what was the bottleneck, and of how much of the time.

use std::collections::BTreeMap;

use super::Simulation;
use super::journal::{Binding, Entry, Receiver};
use crate::base::units::{SimTime, Span};

/// What the waves under way have waited for.
#[derive(Clone, Debug, Default)]
pub(super) struct Waits {
    by_wave: BTreeMap<u32, BTreeMap<Binding, Span>>,
}

impl Waits {
    /// Adds a wait of one workload of a wave.
    pub fn add(&mut self, wave: u32, by: Binding, waited: Span) {
        if waited > Span::ZERO {
            *self.by_wave.entry(wave).or_default().entry(by).or_default() += waited;
        }
    }
}

impl<R: Receiver> Simulation<'_, R> {
    /// Enters what a wave that is over waited for.
    pub(super) fn close_wave(&mut self, wave: u32, now: SimTime) {
        for (by, waited) in self.waits.by_wave.remove(&wave).unwrap_or_default() {
            self.journal.receive(now, &Entry::Bound { wave, by, waited });
        }
    }
}
