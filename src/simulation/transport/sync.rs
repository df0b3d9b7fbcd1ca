//! How a copy is kept in sync with a workload that runs.
//!
//! What a guest writes is mostly what it has written before, so that the blocks changed
//! since a snapshot saturate: D(t) = min(written at all, rate × t). A tool copies them
//! again in cycles by its own rule, or as they come.
//!
//! **Two fidelities.** Where each cycle is followed, it is a job with its places and its
//! priority. By the mean, a copy in sync is its mean load on the network, taken off the
//! top of what it crosses: max-min fairness gives a flow that asks for little all it asks
//! for. One that asks for more than a sixty-fourth of its way is a flow of its own, with
//! its churn as its cap; what it cannot send is backlog. Which cycle a copy is in, when
//! it is looked at, follows from the rule: its cycles are worked out from the first on,
//! each at the rate of its way without others.
//!
//! **A copy diverges** when two cycles in a row carried no more than changed while they
//! ran; by the mean, when for two hours, or two of the rule's shortest waits, its share
//! is less than its churn.

use super::copy::{Heavy, LegId, Stage};
use super::ways::Change;
use super::{Signal, Timer, Transport};
use crate::base::units::{Bandwidth, Bytes, SimTime, Span};
use crate::kernel::Flow;
use crate::world::{DeltaCycles, DeltaRule};

/// Where changes are sent as they come, so much of the last of them is still on its way.
/// Source: recovery points of "seconds to tens of seconds" (Zerto, architecture page of
/// climb.co.jp); the middle is ours.
const LAG: Span = Span::from_seconds(10);
/// A copy in sync whose churn is no more than this part of its way never lacks its share
/// as long as no more flows than this share any part of it; above, it is a flow.
const LIGHT: u64 = 64;
/// The least time for which a share below the churn is a divergence.
const PATIENCE: Span = Span::from_hours(2);
/// The volume of a flow that goes on until it is broken off: 9 PB.
const ENDLESS: Bytes = Bytes::new(1 << 53);

/// How a workload changes, as it goes over the wire.
#[derive(Clone, Copy, Debug, PartialEq, Default)]
pub struct Churn {
    /// Bytes changed in a second.
    pub per_second: f64,
    /// The most that is ever changed.
    pub most: Bytes,
}

impl Churn {
    /// What has changed in so long.
    pub fn after(&self, time: Span) -> Bytes {
        Bytes::new(1).scaled(self.per_second * time.as_seconds()).min(self.most)
    }

    /// In bits per second, rounded up.
    pub(super) fn bits(&self) -> u64 {
        (self.per_second * 8.0).ceil() as u64
    }
}

/// Where the cycles of a copy stand, by the rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Standing {
    /// The target has what the source had then, but for `left`.
    pub snapshot: SimTime,
    /// What the cycle in progress has still to carry.
    pub left: Bytes,
    /// Cycles begun.
    pub cycles: u32,
}

/// Cycles that began at `from`, when the target had what the source had at `snapshot`
/// but for `debt`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Chain {
    pub from: SimTime,
    pub snapshot: SimTime,
    pub debt: Bytes,
    pub churn: Churn,
    pub rate: Bandwidth,
    pub rule: DeltaRule,
    pub most: u32,
}

impl Chain {
    /// Where they stand at `now`.
    pub(super) fn at(&self, now: SimTime) -> Standing {
        let (mut start, mut cycles) = (self.from, 1);
        let mut volume = (self.churn.after(start.since(self.snapshot)) + self.debt).min(self.churn.most);
        loop {
            let took = self.rate.time_for(volume);
            let ends = start + took;
            if ends > now {
                let sent = self.rate.as_bytes_per_second() * now.since(start).as_seconds();
                return Standing { snapshot: start, left: volume - Bytes::new(1).scaled(sent), cycles };
            }
            let next = ends + self.rule.next_wait(took);
            if next > now || cycles >= self.most {
                return Standing { snapshot: start, left: Bytes::ZERO, cycles };
            }
            let period = next.since(start);
            let following = self.churn.after(period);
            // Cycles of one volume are of one length: all whole ones are passed at once.
            let alike = if following == volume {
                let whole = now.since(start).as_ns() / period.as_ns().max(1);
                whole.min(u64::from(self.most - cycles)).max(1)
            } else {
                1
            };
            start += Span::from_ns(period.as_ns() * alike);
            cycles += alike as u32;
            volume = following;
        }
    }

    /// When the last cycle that the tool allows is over.
    pub(super) fn ends(&self) -> SimTime {
        if self.most == u32::MAX {
            return SimTime::NEVER;
        }
        let (mut start, mut volume) =
            (self.from, (self.churn.after(self.from.since(self.snapshot)) + self.debt).min(self.churn.most));
        for cycle in 1.. {
            let took = self.rate.time_for(volume);
            if cycle >= self.most {
                return start + took;
            }
            let period = took + self.rule.next_wait(took);
            start += period;
            volume = self.churn.after(period);
        }
        SimTime::NEVER
    }
}

impl Transport {
    /// A copy is complete but for what changed since `snapshot`, and `debt`: it is kept in
    /// sync from now on.
    pub(super) fn keep_in_sync(&mut self, copy: u32) {
        let state = &mut self.copies[copy as usize];
        state.stage = Stage::Waiting;
        state.synced_from = self.now;
        let still = state.churn.per_second <= 0.0 || state.way == super::Way::Appliance;
        if still || state.halted || state.merged {
            return;
        }
        if state.link.is_some_and(|link| !self.ways.is_up(link)) {
            return;
        }
        match (self.cycles, self.limits[self.copies[copy as usize].tool].delta) {
            (DeltaCycles::Each, Some(_)) => {
                let at = self.copies[copy as usize].next_cycle.max(self.now);
                self.set_timer(copy, at);
            }
            (DeltaCycles::Mean, Some(_)) => {
                if let Some(ends) =
                    self.chain(copy).map(|chain| chain.ends()).filter(|at| *at < SimTime::NEVER)
                {
                    self.set_timer(copy, ends.max(self.now));
                }
                self.load_by_the_mean(copy);
            }
            (_, None) => self.load_by_the_mean(copy),
        }
    }

    /// The cycles of a copy that is in sync by the mean; none where changes are sent as
    /// they come.
    fn chain(&mut self, copy: u32) -> Option<Chain> {
        let rate = self.alone(copy);
        let state = &self.copies[copy as usize];
        let limits = &self.limits[state.tool];
        let rule = limits.delta?;
        Some(Chain {
            from: state.synced_from,
            snapshot: state.snapshot,
            debt: state.debt,
            churn: state.churn,
            rate,
            rule,
            most: limits
                .most_snapshots
                .map_or(u32::MAX, |most| most.saturating_sub(state.cycles_done).max(1)),
        })
    }

    /// Where a copy that waits stands, and what it could not send beside.
    fn standing(&mut self, copy: u32) -> Standing {
        let now = self.now;
        let state = &self.copies[copy as usize];
        let as_it_was = Standing { snapshot: state.snapshot, left: state.debt, cycles: 0 };
        let idle = !state.loads();
        if idle {
            return as_it_was;
        }
        let backlog = state.heavy.map_or(Bytes::ZERO, |heavy| Bytes::new(1).scaled(heavy.backlog));
        let (since, snapshot, debt) = (state.synced_from, state.snapshot, state.debt);
        let mut standing = match self.chain(copy) {
            Some(chain) => chain.at(now),
            // What changed during the first copy was sent along with it.
            None => {
                let lag = SimTime::from_ns(now.as_ns().saturating_sub(LAG.as_ns()));
                let sent = self.alone(copy).as_bytes_per_second() * now.since(since).as_seconds();
                let left = debt - Bytes::new(1).scaled(sent);
                Standing { snapshot: lag.max(snapshot.min(now)), left, cycles: 0 }
            }
        };
        standing.left += backlog;
        standing
    }

    /// What a copy that is in sync would have to carry if its guest stopped now.
    pub(super) fn left_to_send(&mut self, copy: u32) -> Bytes {
        let now = self.now;
        let standing = match self.copies[copy as usize].stage {
            Stage::Waiting => self.standing(copy),
            Stage::Cycle => {
                let left = self.left_of_legs(copy);
                let state = &self.copies[copy as usize];
                Standing { snapshot: state.stage_from, left, cycles: 0 }
            }
            Stage::Travelling | Stage::Loading | Stage::Idle | Stage::Seed => {
                let state = &self.copies[copy as usize];
                Standing { snapshot: state.snapshot, left: state.debt, cycles: 0 }
            }
            Stage::Last | Stage::Passes | Stage::Stopped => return self.left_of_legs(copy),
            Stage::Delivered => return Bytes::ZERO,
        };
        let churn = self.copies[copy as usize].churn;
        (churn.after(now.since(standing.snapshot)) + standing.left).min(churn.most)
    }

    /// Stops keeping a copy in sync and notes how far it has come.
    pub(super) fn leave_sync(&mut self, copy: u32) {
        let now = self.now;
        self.clear_timer(copy);
        match self.copies[copy as usize].stage {
            Stage::Waiting => {
                let standing = self.standing(copy);
                let state = &mut self.copies[copy as usize];
                state.snapshot = standing.snapshot;
                state.debt = standing.left;
                state.cycles_done += standing.cycles;
                self.unload(copy);
            }
            Stage::Cycle => {
                let left = self.left_of_legs(copy);
                self.drop_legs(copy);
                let state = &mut self.copies[copy as usize];
                (state.snapshot, state.debt) = (state.stage_from, left);
            }
            _ => {}
        }
        self.copies[copy as usize].synced_from = now;
    }

    /// Puts the mean load of a copy on the network.
    fn load_by_the_mean(&mut self, copy: u32) {
        let bits = self.copies[copy as usize].churn.bits();
        let light = bits.saturating_mul(LIGHT) <= self.alone(copy).as_bits();
        if !light {
            let flow = self.start_heavy(copy, Some(Bandwidth::from_bits(bits)));
            self.copies[copy as usize].heavy =
                Some(Heavy { flow, backlog: 0.0, catching_up: false, starved: None, added: ENDLESS });
            self.heavy.push(copy);
            return;
        }
        for resource in self.route(copy).iter() {
            self.ways.reserve(&mut self.network, self.now, *resource, Change::More(bits));
        }
        self.copies[copy as usize].reserved = Some(bits);
    }

    /// Takes the mean load of a copy off the network.
    fn unload(&mut self, copy: u32) {
        let now = self.now;
        if let Some(bits) = self.copies[copy as usize].reserved.take() {
            for resource in self.route(copy).iter() {
                self.ways.reserve(&mut self.network, now, *resource, Change::Less(bits));
            }
            let state = &mut self.copies[copy as usize];
            let carried = bits as f64 / 8.0 * now.since(state.synced_from).as_seconds();
            state.sent += Bytes::new(1).scaled(carried);
        }
        if self.copies[copy as usize].heavy.is_some() {
            self.break_heavy(copy);
            self.copies[copy as usize].heavy = None;
            self.heavy.retain(|other| *other != copy);
        }
    }

    fn start_heavy(&mut self, copy: u32, cap: Option<Bandwidth>) -> crate::kernel::FlowId {
        let route = self.route(copy);
        let own = self.copy_cap(copy).map(|(cap, _)| cap);
        let cap = cap.into_iter().chain(own).min();
        let job = LegId { copy, leg: LegId::SYNC };
        self.network.add(self.now, Flow { route: &route, cap, volume: ENDLESS, job })
    }

    /// Ends the flow of a heavy copy, and counts what it carried.
    fn break_heavy(&mut self, copy: u32) {
        let Some(heavy) = self.copies[copy as usize].heavy else { return };
        if let Some((_, left)) = self.network.remove(self.now, heavy.flow) {
            self.copies[copy as usize].sent += heavy.added - left;
        }
    }

    /// The backlog of heavy copies after `passed` at the present rates.
    pub(super) fn grow_backlogs(&mut self, passed: Span) {
        for index in 0..self.heavy.len() {
            let copy = self.heavy[index];
            let rate = self.rate_of_heavy(copy);
            let state = &mut self.copies[copy as usize];
            let (churn, most) = (state.churn.per_second, state.churn.most.get() as f64);
            let Some(heavy) = &mut state.heavy else { continue };
            heavy.backlog = (heavy.backlog + (churn - rate) * passed.as_seconds()).clamp(0.0, most);
        }
    }

    /// Bytes in a second.
    fn rate_of_heavy(&mut self, copy: u32) -> f64 {
        let flow = self.copies[copy as usize].heavy.map(|heavy| heavy.flow);
        flow.and_then(|flow| self.network.rate(flow)).map_or(0.0, Bandwidth::as_bytes_per_second)
    }

    fn patience(&self, copy: u32) -> Span {
        let rule = self.limits[self.copies[copy as usize].tool].delta;
        let two = rule.map_or(Span::ZERO, |rule| rule.shortest + rule.shortest);
        two.max(PATIENCE)
    }

    /// When something happens to a heavy copy next: it has caught up, or has diverged.
    pub(super) fn next_of_heavy(&mut self) -> Option<SimTime> {
        let mut next: Option<SimTime> = None;
        for index in 0..self.heavy.len() {
            let copy = self.heavy[index];
            let rate = self.rate_of_heavy(copy);
            let patience = self.patience(copy);
            let state = &self.copies[copy as usize];
            let Some(heavy) = state.heavy else { continue };
            let surplus = rate - state.churn.per_second;
            // Rounded up by a second, so that it has surely caught up then.
            let caught_up = (heavy.catching_up && surplus > 0.0)
                .then(|| self.now + Span::from_seconds_f64(heavy.backlog / surplus + 1.0));
            let diverges =
                heavy.starved.filter(|_| !state.warned).map(|since| (since + patience).max(self.now));
            next = [next, caught_up, diverges].into_iter().flatten().min();
        }
        next
    }

    /// Looks at the heavy copies after the rates have changed.
    pub(super) fn heavy_due(&mut self) {
        for index in 0..self.heavy.len() {
            let copy = self.heavy[index];
            let rate = self.rate_of_heavy(copy);
            let patience = self.patience(copy);
            let now = self.now;
            let state = &mut self.copies[copy as usize];
            let churn = state.churn;
            let Some(heavy) = &mut state.heavy else { continue };
            // A bit per second is lost to rounding.
            let starves = rate + 1.0 < churn.per_second;
            heavy.starved = if starves { heavy.starved.or(Some(now)) } else { None };
            if heavy.starved.is_some_and(|since| since + patience <= now) && !state.warned {
                state.warned = true;
                self.signals.push_back(Signal::Diverging { workload: state.workload });
            }
            let cap = match (heavy.catching_up, starves, heavy.backlog > 0.0) {
                (false, true, _) => None,
                (true, false, false) => Some(Bandwidth::from_bits(churn.bits())),
                _ => continue,
            };
            heavy.catching_up = cap.is_none();
            self.break_heavy(copy);
            let flow = self.start_heavy(copy, cap);
            if let Some(heavy) = &mut self.copies[copy as usize].heavy {
                heavy.flow = flow;
            }
        }
    }

    /// The timer of a copy in sync: its next cycle starts, or it may have no more of them.
    pub(super) fn cycle_due(&mut self, copy: u32) {
        self.copies[copy as usize].timer = None;
        if self.copies[copy as usize].stage != Stage::Waiting {
            return;
        }
        if self.cycles == DeltaCycles::Mean {
            self.leave_sync(copy);
            self.copies[copy as usize].merged = true;
            return;
        }
        let now = self.now;
        let state = &mut self.copies[copy as usize];
        let volume = (state.churn.after(now.since(state.snapshot)) + state.debt).min(state.churn.most);
        state.stage = Stage::Cycle;
        self.carry(copy, volume);
    }

    /// A cycle has carried all of it.
    pub(super) fn cycle_done(&mut self, copy: u32) {
        let now = self.now;
        let state = &mut self.copies[copy as usize];
        let limits = self.limits[state.tool];
        let (took, carried) = (now.since(state.stage_from), state.volume);
        (state.snapshot, state.debt) = (state.stage_from, Bytes::ZERO);
        state.cycles_done += 1;
        let outrun = state.churn.after(took) >= carried && carried > Bytes::ZERO;
        state.outrun = if outrun { state.outrun + 1 } else { 0 };
        let workload = state.workload;
        self.signals.push_back(Signal::Synced { workload, took, carried });
        if state.outrun >= 2 && !state.warned {
            state.warned = true;
            self.signals.push_back(Signal::Diverging { workload });
        }
        state.next_cycle = now + limits.delta.map_or(Span::ZERO, |rule| rule.next_wait(took));
        state.merged = limits.most_snapshots.is_some_and(|most| state.cycles_done >= most);
        self.keep_in_sync(copy);
    }

    fn set_timer(&mut self, copy: u32, at: SimTime) {
        self.clear_timer(copy);
        self.timers.insert((at, Timer::Copy(copy)));
        self.copies[copy as usize].timer = Some(at);
    }

    pub(super) fn clear_timer(&mut self, copy: u32) {
        if let Some(at) = self.copies[copy as usize].timer.take() {
            self.timers.remove(&(at, Timer::Copy(copy)));
        }
    }
}
