//! What follows what: first copy, sync, last stage; and what a fault makes of each.

use super::copy::Stage;
use super::{Abort, Passes, Reader, Signal, Transport, Way};
use crate::base::units::{Bandwidth, Bytes, Span};
use crate::world::rules::precopy::Next;

impl Transport {
    /// Starts the first copy of all disks.
    pub(super) fn seed(&mut self, copy: u32) {
        let state = &mut self.copies[copy as usize];
        state.stage = Stage::Seed;
        state.snapshot = self.now;
        let volume = state.disks.iter().copied().sum();
        self.carry(copy, volume);
    }

    /// Begins the last stage of a copy, or lets it wait for its turn: serial tools take
    /// one after another, whosever they are.
    pub(super) fn ask_for_turn(&mut self, copy: u32) {
        let limits = &self.limits[self.copies[copy as usize].tool];
        if limits.serial {
            let gate = &mut self.gates[limits.installation];
            if gate.turn.is_some() {
                gate.turns.push_back(copy);
                return;
            }
            gate.turn = Some(copy);
        }
        self.begin(copy);
    }

    /// Gives back the turn of a copy, or its place among those that wait for one.
    pub(super) fn give_up_turn(&mut self, copy: u32) {
        let gate = &mut self.gates[self.limits[self.copies[copy as usize].tool].installation];
        if gate.turn != Some(copy) {
            gate.turns.retain(|other| *other != copy);
            return;
        }
        gate.turn = gate.turns.pop_front();
        if let Some(next) = gate.turn {
            self.begin(next);
        }
    }

    fn begin(&mut self, copy: u32) {
        let workload = self.copies[copy as usize].workload;
        self.signals.push_back(Signal::Begun { workload });
        match self.copies[copy as usize].way {
            Way::InSync | Way::Appliance => {
                assert!(self.copies[copy as usize].seeded, "{workload:?} is finished before its first copy");
                let volume = self.left_to_send(copy);
                self.leave_sync(copy);
                let state = &mut self.copies[copy as usize];
                (state.snapshot, state.debt) = (self.now, Bytes::ZERO);
                state.stage = Stage::Last;
                self.carry(copy, volume);
            }
            Way::Still => {
                let state = &mut self.copies[copy as usize];
                state.stage = Stage::Last;
                let volume = state.disks.iter().copied().sum();
                self.carry(copy, volume);
            }
            Way::Session(_) => self.seed(copy),
        }
    }

    /// Every leg of a stage has carried all of it.
    pub(super) fn all_carried(&mut self, copy: u32) {
        let state = &mut self.copies[copy as usize];
        let workload = state.workload;
        match (state.stage, state.rounds) {
            (Stage::Seed | Stage::Last, Some(rounds)) => {
                state.stage = Stage::Passes;
                self.carry(copy, rounds.volume());
            }
            (Stage::Seed, None) => {
                state.seeded = true;
                state.next_cycle = self.now;
                self.signals.push_back(Signal::Seeded { workload });
                self.keep_in_sync(copy);
            }
            (Stage::Cycle, _) => self.cycle_done(copy),
            (Stage::Loading, _) => self.loaded(copy),
            // A guest without memory.
            (Stage::Passes, _) => {
                state.stage = Stage::Delivered;
                self.signals.push_back(Signal::SwitchOver { workload, ended: Passes::Converged });
                self.signals.push_back(Signal::Delivered { workload });
            }
            (Stage::Last | Stage::Stopped, _) => {
                state.stage = Stage::Delivered;
                self.signals.push_back(Signal::Delivered { workload });
            }
            (Stage::Idle | Stage::Waiting | Stage::Travelling | Stage::Delivered, _) => {}
        }
    }

    /// A pass over a memory is over. Whether its leg goes on with what is next.
    pub(super) fn next_pass(&mut self, copy: u32) -> bool {
        let state = &mut self.copies[copy as usize];
        let workload = state.workload;
        let took = self.now.since(state.stage_from);
        let rate = mean_rate(state.volume, took);
        let Some(rounds) = &mut state.rounds else { return false };
        let (left, ended) = match rounds.pass_done(took, rate) {
            Next::Pass => {
                let volume = rounds.volume();
                self.carry_on(copy, volume);
                return true;
            }
            Next::SwitchOver { left } => (left, Passes::Converged),
            Next::ForcedStop { left } => (left, Passes::Forced),
            Next::Aborted => {
                self.abort(copy, Abort::NotConverged);
                return true;
            }
        };
        state.stage = Stage::Stopped;
        self.signals.push_back(Signal::SwitchOver { workload, ended });
        if left > Bytes::ZERO {
            self.carry_on(copy, left);
        }
        left > Bytes::ZERO
    }

    /// Gives up a live copy.
    fn abort(&mut self, copy: u32, why: Abort) {
        self.drop_legs(copy);
        let state = &mut self.copies[copy as usize];
        state.stage = Stage::Idle;
        self.signals.push_back(Signal::Aborted { workload: state.workload, why });
    }

    /// Whether the guest of a copy runs while its last stage, or its session, is under
    /// way.
    fn is_live(&self, copy: u32) -> bool {
        let state = &self.copies[copy as usize];
        let moving = matches!(state.stage, Stage::Seed | Stage::Last | Stage::Passes | Stage::Stopped);
        moving && state.rounds.is_some()
    }

    /// The host that reads a copy is down.
    pub(super) fn halt(&mut self, copy: u32) {
        if std::mem::replace(&mut self.copies[copy as usize].halted, true) {
            return;
        }
        if self.is_live(copy) {
            self.abort(copy, Abort::SourceDown);
            return;
        }
        match self.copies[copy as usize].stage {
            Stage::Waiting => self.leave_sync(copy),
            Stage::Seed | Stage::Cycle | Stage::Last | Stage::Loading => {
                for leg in 0..self.copies[copy as usize].legs.len() as u32 {
                    self.drop_leg(copy, leg);
                }
            }
            _ => {}
        }
    }

    /// A copy can be read again.
    pub(super) fn go_on(&mut self, copy: u32, reader: Option<Reader>) {
        let state = &mut self.copies[copy as usize];
        if !std::mem::replace(&mut state.halted, false) {
            return;
        }
        (state.reader, state.reading) = (reader, None);
        match state.stage {
            Stage::Waiting => self.keep_in_sync(copy),
            Stage::Seed | Stage::Cycle | Stage::Last | Stage::Loading => self.queue_legs(copy),
            _ => {}
        }
    }

    /// The circuit of a copy is down: what flows stands still.
    pub(super) fn cut_off(&mut self, copy: u32) {
        match self.copies[copy as usize].stage {
            Stage::Waiting => self.leave_sync(copy),
            Stage::Passes | Stage::Stopped => self.abort(copy, Abort::LinkDown),
            _ => {}
        }
    }

    /// The circuit of a copy is back.
    pub(super) fn reconnect(&mut self, copy: u32) {
        if self.copies[copy as usize].stage == Stage::Waiting {
            self.keep_in_sync(copy);
        }
    }

    /// Takes a copy back into sync.
    pub(super) fn resume(&mut self, copy: u32) {
        self.give_up_turn(copy);
        if matches!(self.copies[copy as usize].stage, Stage::Waiting | Stage::Cycle) {
            self.copies[copy as usize].rounds = None;
            return;
        }
        let now = self.now;
        let left = if self.copies[copy as usize].stage == Stage::Last {
            self.left_of_legs(copy)
        } else {
            Bytes::ZERO
        };
        self.drop_legs(copy);
        let state = &mut self.copies[copy as usize];
        // A guest that stood still has written nothing since its last stage began.
        if state.rounds.take().is_none() {
            state.snapshot = now;
        }
        state.debt = left;
        state.next_cycle = now;
        self.keep_in_sync(copy);
    }
}

/// What a volume was carried at, rounded down to a bit per second.
fn mean_rate(volume: Bytes, took: Span) -> Bandwidth {
    let bits = u128::from(volume.get()) * 8 * 1_000_000_000;
    let rate = bits.checked_div(u128::from(took.as_ns())).unwrap_or(u128::MAX);
    Bandwidth::from_bits(u64::try_from(rate).unwrap_or(u64::MAX))
}
