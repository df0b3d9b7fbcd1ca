//! The memory of a running machine copied in passes, each of what the guest wrote to
//! during the one before, until what is left fits into a stop that nobody minds.
//!
//! The rule is stepped from outside: whoever carries the bytes says how long a pass
//! took, so the same code serves a closed loop at a constant rate and a network that
//! is shared with others.

use crate::base::units::{Bandwidth, Bytes, Span};
use crate::world::{PreCopy, Throttle, Unconverged};

/// The unit in which hypervisors copy memory (x86).
const PAGE: f64 = 4_096.0;
/// What precedes each page on the wire, and all that is sent of a page of zeros.
/// Source: QEMU, `predict_migration.py` posted to qemu-devel, 2023-04-27.
const HEADER: f64 = 8.0;
/// A pass is dirty when it leaves more than this share of what it sent, and the guest
/// is slowed at every second dirty pass. Source: QEMU, `migration_trigger_throttle`
/// (`throttle-trigger-threshold` is 50 %; the check looks for two such periods).
const DIRTY: f64 = 0.5;
const DIRTY_PASSES: u32 = 2;
/// A pass is idle when it leaves more than this share of what it sent though nothing
/// more can be done to slow the guest; after so many of them the copy is given up
/// where its hypervisor would go on for ever. Assumption: ours, so that a run ends.
const IDLE: f64 = 0.99;
const IDLE_PASSES: u32 = 3;

/// How the memory of a machine is used, as far as its copy is concerned.
///
/// Of a clean memory, min(`most`, `at_once` + `per_second` × t) is written to within t:
/// real guests write again and again to what is already dirty, so a constant rate
/// (`at_once` zero, `most` all of it) predicts too much. Source of the form: the
/// piecewise linear predictor of QEMU (`predict_migration.py`, qemu-devel 2023-04-27),
/// with one piece.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Memory {
    /// Pages that hold something.
    pub touched: Bytes,
    /// Pages of zeros, of which only the header is sent, once.
    pub zero: Bytes,
    /// Written to again within no time: the hot part.
    pub at_once: Bytes,
    /// Bytes of pages newly dirtied in a second after that.
    pub per_second: f64,
    /// All that is ever written to; not more than `touched`.
    pub most: Bytes,
}

impl Memory {
    /// A memory of which `per_second` new bytes are dirtied in every second, however long
    /// it takes, up to the whole of it: the guest of textbooks.
    pub const fn dirtied_evenly(touched: Bytes, per_second: f64) -> Self {
        Self { touched, zero: Bytes::ZERO, at_once: Bytes::ZERO, per_second, most: touched }
    }

    /// What is dirty `after` this time since the memory was clean.
    pub fn dirtied(&self, after: Span) -> Bytes {
        self.dirtied_slowed(after, 0.0)
    }

    /// The same while `slowed`, a share of the guest's processor time, is taken away: it
    /// writes so much less. Assumption: writes follow the processor time.
    fn dirtied_slowed(&self, after: Span, slowed: f64) -> Bytes {
        let written = self.at_once.get() as f64 + self.per_second * after.as_seconds();
        Bytes::new(1).scaled(written * (1.0 - slowed)).min(self.most)
    }

    /// What the first pass sends: every page with its header, of zeros the header only.
    pub fn first_pass(&self) -> Bytes {
        on_the_wire(self.touched) + self.zero.scaled(HEADER / PAGE)
    }

    fn whole(&self) -> Bytes {
        self.touched + self.zero
    }
}

/// Pages with their headers.
fn on_the_wire(pages: Bytes) -> Bytes {
    pages.scaled((PAGE + HEADER) / PAGE)
}

/// Xen: 29 passes and a last one, no further one once three times the memory was sent;
/// stops at 50 dirty pages, which take under 2 ms at 1 Gbit/s. Source: Xen tools,
/// `xc_domain_save.c` (`DEF_MAX_ITERS`, `DEF_MAX_FACTOR`).
pub const XEN: PreCopy = PreCopy {
    downtime: Span::from_ns(2_000_000),
    most_passes: Some(29),
    most_volume: Some(3.0),
    throttle: None,
    otherwise: Unconverged::Stop,
};

/// vSphere vMotion: stops when the rest takes less than half a second, no cap on passes
/// (itprotoday.com, "what are the network requirements"); slows the guest where it
/// outpaces the copy (vSphere 5, stun during page send). Assumption: the steps of its
/// slowing, which are not published, are those of [`KVM`].
pub const VMOTION: PreCopy =
    PreCopy { downtime: Span::from_ns(500_000_000), otherwise: Unconverged::Stop, ..KVM };

/// KVM with QEMU: 300 ms; auto-converge takes 20 % of the guest's processor time, 10 %
/// more at each step, up to 99 %. Source: QEMU, `migration/options.c`
/// (`DEFAULT_MIGRATE_SET_DOWNTIME`, `DEFAULT_MIGRATE_CPU_THROTTLE_INITIAL`,
/// `_INCREMENT`, `DEFAULT_MIGRATE_MAX_CPU_THROTTLE`). Auto-converge is off unless asked
/// for; management that moves many machines asks for it. Assumption: what still does not
/// converge is given up.
pub const KVM: PreCopy = PreCopy {
    downtime: Span::from_ns(300_000_000),
    most_passes: None,
    most_volume: None,
    throttle: Some(Throttle { first: 0.2, step: 0.1, most: 0.99 }),
    otherwise: Unconverged::Abort,
};

/// Hyper-V: ten passes, then the guest is stopped (directionsonmicrosoft.com, "Live
/// Migration Switch Over", 2020); a blackout of 1 to 2 s when it converges
/// (anystackarchitect.com, "Live Migration internals", 2025), taken as 1.5 s.
pub const HYPER_V: PreCopy = PreCopy {
    downtime: Span::from_ns(1_500_000_000),
    most_passes: Some(10),
    most_volume: None,
    throttle: None,
    otherwise: Unconverged::Stop,
};

/// A copy under way: which pass it is in and what that has to carry.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rounds {
    memory: Memory,
    rule: PreCopy,
    volume: Bytes,
    sent: Bytes,
    passes: u32,
    slowed: f64,
    dirty: u32,
    idle: u32,
}

/// What follows a pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// Another pass, of [`Rounds::volume`].
    Pass,
    /// The guest stops as planned, and what is left is sent.
    SwitchOver {
        /// What is left.
        left: Bytes,
    },
    /// It did not converge: the guest stops for longer than planned.
    ForcedStop {
        /// What is left.
        left: Bytes,
    },
    /// It did not converge and is given up; the guest runs on where it is.
    Aborted,
}

impl Rounds {
    /// The first pass, of the whole memory.
    pub fn start(memory: Memory, rule: PreCopy) -> Self {
        let volume = memory.first_pass();
        Self { memory, rule, volume, sent: Bytes::ZERO, passes: 0, slowed: 0.0, dirty: 0, idle: 0 }
    }

    /// What the current pass has to carry.
    pub fn volume(&self) -> Bytes {
        self.volume
    }

    /// What all passes so far have carried; the rest that is sent while the guest is
    /// stopped is not among it.
    pub fn sent(&self) -> Bytes {
        self.sent
    }

    /// Passes made so far.
    pub fn passes(&self) -> u32 {
        self.passes
    }

    /// The share of its processor time that is taken from the guest now, below one.
    pub fn slowed(&self) -> f64 {
        self.slowed
    }

    /// Whether the current pass is so short at `rate` that it could be made with the guest
    /// stopped: asked before the first pass, since afterwards [`Self::pass_done`] does.
    pub fn fits(&self, rate: Bandwidth) -> bool {
        rate.time_for(self.volume) <= self.rule.downtime
    }

    /// Ends a pass that `took` so long; the rest is expected to be sent at `rate`, usually
    /// that of the pass. Says what is next.
    ///
    /// Asked again after an answer other than [`Next::Pass`], it answers as if the rest
    /// had been one more pass.
    pub fn pass_done(&mut self, took: Span, rate: Bandwidth) -> Next {
        self.passes += 1;
        self.sent += self.volume;
        let left = on_the_wire(self.memory.dirtied_slowed(took, self.slowed));
        let before = std::mem::replace(&mut self.volume, left);
        if self.fits(rate) {
            return Next::SwitchOver { left };
        }
        self.note(left.get() as f64 / before.get().max(1) as f64);
        match (self.is_given_up(), self.rule.otherwise) {
            (false, _) => Next::Pass,
            (true, Unconverged::Stop) => Next::ForcedStop { left },
            (true, Unconverged::Abort) => Next::Aborted,
        }
    }

    /// Counts a pass that left too large a share of what it sent, and slows the guest.
    fn note(&mut self, share: f64) {
        let slowest = self.rule.throttle.map_or(0.0, |throttle| throttle.most);
        if share > IDLE && self.slowed >= slowest {
            self.idle += 1;
        }
        let Some(throttle) = self.rule.throttle else { return };
        if share <= DIRTY {
            return;
        }
        self.dirty += 1;
        if self.dirty == DIRTY_PASSES {
            self.dirty = 0;
            let next = if self.slowed == 0.0 { throttle.first } else { self.slowed + throttle.step };
            // Rounding must not leave a last step of nothing before the most.
            self.slowed = if next + 1e-9 > throttle.most { throttle.most } else { next };
        }
    }

    fn is_given_up(&self) -> bool {
        let rule = &self.rule;
        let most_volume = rule.most_volume.map(|times| self.memory.whole().scaled(times));
        let unlimited = rule.most_passes.is_none() && rule.most_volume.is_none();
        rule.most_passes.is_some_and(|most| self.passes >= most)
            || most_volume.is_some_and(|most| self.sent > most)
            || unlimited && self.idle >= IDLE_PASSES
    }
}

/// How a copy at a constant rate went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// From the first byte to the last, or until it was given up.
    pub total: Span,
    /// The guest was stopped for so long at its end.
    pub downtime: Span,
    /// Passes, that with the guest stopped among them.
    pub passes: u32,
    /// Everything that was sent.
    pub sent: Bytes,
    /// How it ended.
    pub end: End,
}

/// How a copy at a constant rate ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// With a stop no longer than planned.
    Converged,
    /// With a longer one.
    Forced,
    /// It was given up by the hypervisor's rule.
    Aborted,
    /// It was given up after the deadline.
    Late,
}

/// Copies a memory at a constant rate; what is not done by the `deadline` is given up at
/// the end of the pass.
pub fn at_constant_rate(memory: Memory, rule: PreCopy, rate: Bandwidth, deadline: Span) -> Outcome {
    let mut rounds = Rounds::start(memory, rule);
    let mut total = Span::ZERO;
    let stopped = |rounds: &Rounds, total, left: Bytes, end| {
        let downtime = rate.time_for(left);
        let (passes, sent) = (rounds.passes + 1, rounds.sent + left);
        Outcome { total: total + downtime, downtime, passes, sent, end }
    };
    if rounds.fits(rate) {
        return stopped(&rounds, total, rounds.volume, End::Converged);
    }
    loop {
        let took = rate.time_for(rounds.volume);
        total += took;
        let end = match rounds.pass_done(took, rate) {
            Next::SwitchOver { left } => return stopped(&rounds, total, left, End::Converged),
            Next::ForcedStop { left } => return stopped(&rounds, total, left, End::Forced),
            Next::Pass if total <= deadline => continue,
            Next::Pass => End::Late,
            Next::Aborted => End::Aborted,
        };
        return Outcome { total, downtime: Span::ZERO, passes: rounds.passes, sent: rounds.sent, end };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const HOUR: Span = Span::from_hours(1);
    const GIGABIT: Bandwidth = Bandwidth::from_mbit(1_000);
    /// Nothing but the stop that nobody minds ends it.
    const PATIENT: PreCopy = PreCopy { throttle: None, ..KVM };

    /// 8 GiB of which λ bytes are dirtied while one byte, with headers, is sent.
    fn guest(lambda: f64) -> Memory {
        let per_second = lambda * GIGABIT.as_bytes_per_second() * PAGE / (PAGE + HEADER);
        Memory::dirtied_evenly(Bytes::from_gib(8), per_second)
    }

    #[test]
    fn volume_time_and_downtime_are_those_of_the_geometric_series() {
        for lambda in [0.05, 0.3, 0.6, 0.9, 0.97] {
            let outcome = at_constant_rate(guest(lambda), PATIENT, GIGABIT, HOUR);
            let memory = guest(lambda).first_pass().get() as f64;
            // Rounds until what is left fits: V λ^n ≤ V_thd.
            let threshold = GIGABIT.as_bytes_per_second() * PATIENT.downtime.as_seconds();
            let rounds = ((threshold / memory).ln() / lambda.ln()).ceil();
            assert_eq!((f64::from(outcome.passes), outcome.end), (rounds + 1.0, End::Converged));
            let volume = memory * (1.0 - lambda.powf(rounds + 1.0)) / (1.0 - lambda);
            // Each pass is rounded to a byte, in what it sends and in its time.
            let rounding = 2.0 * (rounds + 1.0) / (1.0 - lambda);
            assert!((outcome.sent.get() as f64 - volume).abs() < rounding, "{lambda}: {outcome:?}, {volume}");
            let seconds = volume / GIGABIT.as_bytes_per_second();
            assert!((outcome.total.as_seconds() - seconds).abs() < rounding * 8e-9, "{lambda}");
            let downtime = memory * lambda.powf(rounds) / GIGABIT.as_bytes_per_second();
            assert!((outcome.downtime.as_seconds() - downtime).abs() < rounding * 8e-9, "{lambda}");
        }
    }

    #[test]
    fn a_guest_as_fast_as_the_link_never_converges_and_that_is_noticed() {
        for lambda in [1.0, 1.05, 4.0] {
            let outcome = at_constant_rate(guest(lambda), PATIENT, GIGABIT, Span::from_days(1));
            assert_eq!((outcome.end, outcome.passes), (End::Aborted, IDLE_PASSES), "{lambda}");
            let forced = PreCopy { otherwise: Unconverged::Stop, ..PATIENT };
            let outcome = at_constant_rate(guest(lambda), forced, GIGABIT, Span::from_days(1));
            // All of its memory is dirty again: the guest stops for the whole of a pass.
            assert_eq!((outcome.end, outcome.passes), (End::Forced, IDLE_PASSES + 1), "{lambda}");
            assert!(outcome.downtime.as_seconds() > 68.0, "{outcome:?}");
        }
    }

    #[test]
    fn slowed_guests_converge_where_others_do_not() {
        let outcome = at_constant_rate(guest(1.05), KVM, GIGABIT, HOUR);
        assert_eq!(outcome.end, End::Converged);
        // Twice λ = 1.05, then 0.84, 0.84, 0.735, 0.735, ... of the volume before, in
        // steps of a tenth of the processor, until a pass leaves less than half.
        let mut rounds = Rounds::start(guest(1.05), KVM);
        let mut slowed = Vec::new();
        loop {
            let took = GIGABIT.time_for(rounds.volume());
            if rounds.pass_done(took, GIGABIT) != Next::Pass {
                break;
            }
            slowed.push((rounds.slowed() * 100.0).round() as u32);
        }
        assert_eq!(slowed[..12], [0, 20, 20, 30, 30, 40, 40, 50, 50, 60, 60, 60]);
    }

    #[test]
    fn slowing_stops_at_its_most() {
        let mut rounds = Rounds::start(guest(200.0), KVM);
        for _ in 0..40 {
            rounds.pass_done(Span::from_seconds(60), GIGABIT);
        }
        assert_eq!(rounds.slowed(), 0.99);
    }

    #[test]
    fn xen_makes_29_passes_and_a_last_one_and_stops_after_three_times_the_memory() {
        // 2 % of 8 GiB is hot: every pass leaves 164 MiB, far more than fits into 2 ms.
        let hot = Memory { at_once: Bytes::from_mib(164), per_second: 0.0, ..guest(0.0) };
        let outcome = at_constant_rate(hot, XEN, GIGABIT, HOUR);
        assert_eq!((outcome.passes, outcome.end), (30, End::Forced));
        let busy = at_constant_rate(guest(0.9), XEN, GIGABIT, HOUR);
        let times = busy.sent.get() as f64 / guest(0.9).first_pass().get() as f64;
        // 1 + 0.9 + 0.81 + 0.729 is the first sum beyond three; the rest comes on top.
        assert_eq!((busy.passes, busy.end), (5, End::Forced));
        assert!((times - (3.439 + 0.6561)).abs() < 1e-6, "{times}: rounding only");
    }

    #[test]
    fn pages_of_zeros_cost_a_header_once() {
        let memory = Memory { zero: Bytes::from_gib(4), ..guest(0.0) };
        let pages = |gib: u64| (gib << 30) / 4_096;
        assert_eq!(memory.first_pass(), Bytes::new(pages(8) * 4_104 + pages(4) * 8));
    }

    #[test]
    fn what_fits_into_the_stop_is_sent_in_one() {
        let rule = PreCopy { downtime: Span::from_ns(u64::MAX), ..KVM };
        let outcome = at_constant_rate(guest(2.0), rule, GIGABIT, HOUR);
        assert_eq!((outcome.passes, outcome.total), (1, outcome.downtime));
        assert_eq!(outcome.sent, guest(2.0).first_pass());
    }

    #[test]
    fn a_dirty_set_jumps_grows_and_saturates() {
        let memory = Memory {
            at_once: Bytes::from_mib(10),
            per_second: 1e6,
            most: Bytes::new(12_000_000),
            ..guest(0.0)
        };
        assert_eq!(memory.dirtied(Span::ZERO), Bytes::from_mib(10));
        assert_eq!(memory.dirtied(Span::from_seconds(1)), Bytes::new(11_485_760));
        assert_eq!(memory.dirtied(HOUR), Bytes::new(12_000_000));
    }

    fn memories() -> impl Strategy<Value = Memory> {
        (1_u64..1 << 38, 0.0..1.0, 0.0..1.0, 0.0..1e10, 0_u64..1 << 36).prop_map(
            |(touched, most, hot, per_second, zero)| {
                let touched = Bytes::new(touched);
                let most = touched.scaled(most);
                Memory { touched, zero: Bytes::new(zero), at_once: most.scaled(hot), per_second, most }
            },
        )
    }

    fn rules() -> impl Strategy<Value = PreCopy> {
        let throttle =
            (0.05..0.5, 0.01..0.5, 0.5..0.99).prop_map(|(first, step, most)| Throttle { first, step, most });
        let caps = (proptest::option::of(1_u32..40), proptest::option::of(0.5..5.0));
        let otherwise = prop_oneof![Just(Unconverged::Stop), Just(Unconverged::Abort)];
        (0_u64..10_000, caps, proptest::option::of(throttle), otherwise).prop_map(
            |(ms, (most_passes, most_volume), throttle, otherwise)| PreCopy {
                downtime: Span::from_ns(ms * 1_000_000),
                most_passes,
                most_volume,
                throttle,
                otherwise,
            },
        )
    }

    proptest! {
        #[test]
        fn whatever_the_network_does_it_ends_and_every_byte_is_counted_once(
            memory in memories(),
            rule in rules(),
            mbit in proptest::collection::vec(0_u64..50_000, 1..20),
        ) {
            let mut rounds = Rounds::start(memory, rule);
            let mut carried = Bytes::ZERO;
            // A pass is idle, or leaves at least a hundredth less than one of at most 2^38
            // bytes: ln(2^38) / -ln(0.99) passes between idle ones; each step of slowing
            // may undo that twice.
            for pass in 0.. {
                prop_assert!(pass < 2_650 * (IDLE_PASSES + 2 * 51), "{rounds:?}");
                let rate = Bandwidth::from_mbit(mbit[pass as usize % mbit.len()].max(1));
                carried += rounds.volume();
                let took = rate.time_for(rounds.volume());
                let next = rounds.pass_done(took, rate);
                prop_assert_eq!(rounds.sent(), carried);
                prop_assert_eq!(rounds.passes(), pass + 1);
                prop_assert!(rounds.volume() <= on_the_wire(memory.most));
                match next {
                    Next::Pass => continue,
                    Next::SwitchOver { left } => prop_assert!(rate.time_for(left) <= rule.downtime),
                    Next::ForcedStop { .. } => prop_assert_eq!(rule.otherwise, Unconverged::Stop),
                    Next::Aborted => prop_assert_eq!(rule.otherwise, Unconverged::Abort),
                }
                break;
            }
        }

        #[test]
        fn slowing_is_gradual_and_never_beyond_its_most(
            memory in memories(), rule in rules(), mbit in 1_u64..50_000,
        ) {
            let rate = Bandwidth::from_mbit(mbit);
            let mut rounds = Rounds::start(memory, rule);
            let mut before = 0.0;
            while rounds.pass_done(rate.time_for(rounds.volume()), rate) == Next::Pass {
                let Throttle { first, step, most } =
                    rule.throttle.unwrap_or(Throttle { first: 0.0, step: 0.0, most: 0.0 });
                prop_assert!(rounds.slowed() >= before && rounds.slowed() <= most.max(0.0));
                prop_assert!(rounds.slowed() - before <= first.max(step) + 1e-6);
                before = rounds.slowed();
            }
        }
    }
}
