//! How much of what it is allocated a workload uses, over time.
//!
//! A use is constant, follows the hours of the week around a mean, or is replayed
//! from a trace. All are plain data that every replication shares: a [`Utilisation`]
//! is a small value, and what it points to stands once in the flat arrays of a
//! [`Loads`]. Asking costs the same whatever the kind and the length of a trace.

use jiff::civil::{Date, DateTime};

use super::WorkloadId;
use crate::base::ids::{Id as _, IdVec};
use crate::base::units::{SimTime, Span};
use crate::typed_id;

typed_id! {
    /// The shape of a week: a factor for each of its hours.
    ShapeId,
    /// Samples of one machine's use.
    TraceId,
}

const HOURS_PER_WEEK: usize = 168;
const DAY: Span = Span::from_days(1);
const WEEK: Span = Span::from_days(7);

/// What a workload uses at an instant, as shares of what it is allocated.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Use {
    /// Share of its virtual processors, from 0; above 1 where a trace says so, as
    /// clocks above the nominal one do.
    pub cpu: f64,
    /// Share of its memory, from 0.
    pub memory: f64,
}

impl Use {
    /// Everything that is allocated: what is counted where nothing is known.
    pub const ALL: Self = Self { cpu: 1.0, memory: 1.0 };
    /// Nothing.
    pub const NONE: Self = Self { cpu: 0.0, memory: 0.0 };
}

/// What a workload uses over time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Utilisation {
    /// Always the same.
    Constant(Use),
    /// Processors follow the hours of the week around a mean, never above 1; memory
    /// stays.
    Weekly {
        /// The mean over a week.
        mean: Use,
        /// The shape of the week.
        shape: ShapeId,
    },
    /// As a trace has it.
    Trace(TraceId),
}

/// The shape of a week, in the scenario's calendar (UTC).
#[derive(Clone, Debug, PartialEq)]
pub struct Shape {
    /// A factor for each hour of the day, from midnight.
    pub hours: [f64; 24],
    /// A factor for each day of the week, from Monday.
    pub weekdays: [f64; 7],
}

impl Shape {
    /// The same at all hours.
    pub const FLAT: Self = Self { hours: [1.0; 24], weekdays: [1.0; 7] };

    /// The factor of each hour from Monday midnight. Their mean is 1, whatever the
    /// scale of the factors; [`Shape::FLAT`] when these are all zero.
    fn factors(&self) -> [f32; HOURS_PER_WEEK] {
        let mean = self.hours.iter().sum::<f64>() / 24.0 * self.weekdays.iter().sum::<f64>() / 7.0;
        std::array::from_fn(|hour| {
            if mean > 0.0 { (self.hours[hour % 24] * self.weekdays[hour / 24] / mean) as f32 } else { 1.0 }
        })
    }
}

/// Samples at even steps, each holding until the next.
#[derive(Clone, Copy, Debug)]
pub struct Samples<'a> {
    /// When the first was taken (UTC).
    pub first: DateTime,
    /// The time from one to the next.
    pub step: Span,
    /// Shares of the processors.
    pub cpu: &'a [f32],
    /// Shares of the memory, as many.
    pub memory: &'a [f32],
}

/// Where a trace stands in the arrays, and how it is laid over the scenario.
#[derive(Clone, Copy, Debug)]
struct Trace {
    first: u32,
    /// How many samples are replayed: those that lie in `period`.
    len: u32,
    step: Span,
    /// After which it begins again.
    period: Span,
    /// Where in it the scenario starts.
    start: Span,
}

/// An instant, with the hour of the week it lies in.
#[derive(Clone, Copy, Debug)]
pub struct Moment {
    at: SimTime,
    hour_of_week: usize,
}

/// What the workloads of a World use over time, and how often that is sampled.
#[derive(Clone, Debug)]
pub struct Usage {
    /// What each uses.
    pub of: IdVec<WorkloadId, Utilisation>,
    /// The shapes and traces that they point to.
    pub loads: Loads,
    /// The time from one sample to the next.
    pub sample: Span,
}

/// Shapes and traces, shared by everything that runs on a World.
///
/// ```
/// use portolan::base::units::{SimTime, Span};
/// use portolan::world::{Loads, Shape, Use, Utilisation};
///
/// let mut loads = Loads::starting(jiff::civil::date(2027, 1, 1)); // a Friday
/// let mut office = Shape::FLAT;
/// office.weekdays = [7.0 / 5.0, 7.0 / 5.0, 7.0 / 5.0, 7.0 / 5.0, 7.0 / 5.0, 0.0, 0.0];
/// let mean = Use { cpu: 0.25, memory: 0.5 };
/// let desk = Utilisation::Weekly { mean, shape: loads.add_shape(&office) };
///
/// let friday = loads.moment(SimTime::START);
/// let saturday = loads.moment(SimTime::START + Span::from_days(1));
/// assert!((loads.used(desk, friday).cpu - 0.35).abs() < 1e-6);
/// assert_eq!(loads.used(desk, saturday), Use { cpu: 0.0, memory: 0.5 });
/// ```
#[derive(Clone, Debug)]
pub struct Loads {
    /// From Monday midnight to the start of the scenario.
    start_of_scenario: Span,
    shapes: IdVec<ShapeId, [f32; HOURS_PER_WEEK]>,
    traces: IdVec<TraceId, Trace>,
    /// Processors and memory side by side: one read of memory for both.
    samples: Vec<[f32; 2]>,
}

impl Loads {
    /// No shapes and no traces yet, for a scenario that starts at midnight of `start`.
    pub fn starting(start: Date) -> Self {
        Self {
            start_of_scenario: of_week(start.to_datetime(jiff::civil::Time::midnight())),
            shapes: IdVec::new(),
            traces: IdVec::new(),
            samples: Vec::new(),
        }
    }

    /// Adds a shape.
    pub fn add_shape(&mut self, shape: &Shape) -> ShapeId {
        self.shapes.push(shape.factors())
    }

    /// Adds a trace, which is replayed for ever: as many whole weeks as it has, so
    /// that weekdays and hours stay those at which it was taken; whole days when it is
    /// shorter than a week, and all of it when it is shorter than a day.
    ///
    /// # Panics
    /// If there is no sample, if `cpu` and `memory` differ in length, or if `step` is
    /// zero: no reader lets such a trace pass.
    pub fn add_trace(&mut self, trace: Samples<'_>) -> TraceId {
        let Samples { first, step, cpu, memory } = trace;
        assert!(!cpu.is_empty() && cpu.len() == memory.len(), "{} and {} samples", cpu.len(), memory.len());
        assert!(step > Span::ZERO, "samples of a trace follow each other in time");
        let covered = Span::from_ns(step.as_ns().saturating_mul(cpu.len() as u64));
        let (unit, period) = match covered {
            long if long >= WEEK => (WEEK, whole(long, WEEK)),
            days if days >= DAY => (DAY, whole(days, DAY)),
            short => (short, short),
        };
        // From the first sample's place in its week (or day) to that of the start.
        let behind = self.start_of_scenario.as_ns() + unit.as_ns() - of_week(first).as_ns() % unit.as_ns();
        let start = if unit == covered { Span::ZERO } else { Span::from_ns(behind % unit.as_ns()) };
        let len = period.as_ns().div_ceil(step.as_ns()) as usize;
        let place = u32::try_from(self.samples.len()).expect("fewer than 2^32 samples fit in memory");
        self.samples.extend(cpu.iter().zip(memory).take(len).map(|(cpu, memory)| [*cpu, *memory]));
        self.traces.push(Trace { first: place, len: len as u32, step, period, start })
    }

    /// The instant `at`, made once for all workloads that are asked for.
    pub fn moment(&self, at: SimTime) -> Moment {
        let hours = (at.as_ns() + self.start_of_scenario.as_ns()) / Span::from_hours(1).as_ns();
        Moment { at, hour_of_week: (hours % HOURS_PER_WEEK as u64) as usize }
    }

    /// What is used at `moment`.
    #[inline]
    pub fn used(&self, utilisation: Utilisation, moment: Moment) -> Use {
        match utilisation {
            Utilisation::Constant(used) => used,
            Utilisation::Weekly { mean, shape } => weekly(mean, self.shapes[shape][moment.hour_of_week]),
            Utilisation::Trace(trace) => {
                let trace = self.traces[trace];
                let into = (moment.at.as_ns() + trace.start.as_ns()) % trace.period.as_ns();
                used(self.samples[trace.first as usize + (into / trace.step.as_ns()) as usize])
            }
        }
    }

    /// The mean over a week of a shape, or over what is replayed of a trace.
    pub fn mean(&self, utilisation: Utilisation) -> Use {
        let uses = |all: &mut dyn Iterator<Item = Use>| {
            let mut sum = Use::NONE;
            let mut count = 0.0;
            for used in all {
                sum = Use { cpu: sum.cpu + used.cpu, memory: sum.memory + used.memory };
                count += 1.0;
            }
            Use { cpu: sum.cpu / count, memory: sum.memory / count }
        };
        match utilisation {
            Utilisation::Constant(used) => used,
            Utilisation::Weekly { mean, shape } => {
                uses(&mut self.shapes[shape].iter().map(|factor| weekly(mean, *factor)))
            }
            Utilisation::Trace(trace) => uses(&mut self.replayed(trace).iter().copied().map(used)),
        }
    }

    /// After how long everything that is used begins again; none when that is more
    /// than a year, as with traces of odd lengths. At least a week.
    pub fn period(&self) -> Option<Span> {
        const LONGEST: u64 = Span::from_days(53 * 7).as_ns();
        self.traces.iter().try_fold(WEEK, |period, trace| {
            let (a, b) = (period.as_ns(), trace.period.as_ns());
            let common = (a / greatest_common_divisor(a, b)).checked_mul(b)?;
            (common <= LONGEST).then_some(Span::from_ns(common))
        })
    }

    /// The number of traces.
    pub fn traces(&self) -> usize {
        self.traces.len()
    }

    fn replayed(&self, trace: TraceId) -> &[[f32; 2]] {
        let Trace { first, len, .. } = self.traces[trace];
        &self.samples[first as usize..(first + len) as usize]
    }

    /// Every trace, in the order in which they were added.
    pub fn trace_ids(&self) -> impl ExactSizeIterator<Item = TraceId> + use<> {
        (0..self.traces.len()).map(TraceId::from_index)
    }
}

fn weekly(mean: Use, factor: f32) -> Use {
    Use { cpu: (mean.cpu * f64::from(factor)).min(mean.cpu.max(1.0)), memory: mean.memory }
}

fn used([cpu, memory]: [f32; 2]) -> Use {
    Use { cpu: cpu.into(), memory: memory.into() }
}

fn greatest_common_divisor(mut a: u64, mut b: u64) -> u64 {
    while b > 0 {
        (a, b) = (b, a % b);
    }
    a
}

/// The largest whole number of `unit` in `span`.
fn whole(span: Span, unit: Span) -> Span {
    Span::from_ns(span.as_ns() / unit.as_ns() * unit.as_ns())
}

/// From the Monday midnight before an instant to the instant.
fn of_week(at: DateTime) -> Span {
    let days = at.date().weekday().to_monday_zero_offset().unsigned_abs();
    let (hour, minute, second) =
        (at.hour().unsigned_abs(), at.minute().unsigned_abs(), at.second().unsigned_abs());
    Span::from_days(days.into())
        + Span::from_hours(hour.into())
        + Span::from_minutes(minute.into())
        + Span::from_seconds(second.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn after(days: u64, hours: u64) -> SimTime {
        SimTime::START + Span::from_days(days) + Span::from_hours(hours)
    }

    /// Hourly samples, the share of each the number of its place in a thousand.
    fn numbered(count: usize) -> Vec<f32> {
        (0..count).map(|index| index as f32 / 1_000.0).collect()
    }

    fn hourly(loads: &mut Loads, first: DateTime, count: usize) -> Utilisation {
        let samples = numbered(count);
        let step = Span::from_hours(1);
        Utilisation::Trace(loads.add_trace(Samples { first, step, cpu: &samples, memory: &samples }))
    }

    fn place(loads: &Loads, trace: Utilisation, at: SimTime) -> usize {
        (loads.used(trace, loads.moment(at)).cpu * 1_000.0 + 0.5) as usize
    }

    #[test]
    fn a_trace_of_weeks_is_replayed_on_its_weekdays_and_at_its_hours() {
        // The scenario starts on Friday, the trace on a Monday at 09:00.
        let mut loads = Loads::starting(date(2027, 1, 1));
        let trace = hourly(&mut loads, date(2013, 8, 12).at(9, 0, 0, 0), 30 * 24);
        // Friday midnight is 3 days and 15 hours after Monday at 09:00.
        assert_eq!(place(&loads, trace, SimTime::START), 87);
        assert_eq!(place(&loads, trace, after(3, 9)), 168, "Monday at nine, a week later");
        // Four whole weeks are replayed, the odd two days are not.
        assert_eq!(place(&loads, trace, after(28, 0)), 87);
        assert_eq!(place(&loads, trace, after(24, 9)), 0);
        assert_eq!(place(&loads, trace, after(24, 8)), 671);
    }

    #[test]
    fn a_trace_of_days_keeps_the_hours_and_a_shorter_one_nothing() {
        let mut loads = Loads::starting(date(2027, 1, 1));
        let days = hourly(&mut loads, date(2013, 8, 12).at(6, 0, 0, 0), 50);
        assert_eq!(place(&loads, days, after(0, 6)), 24);
        assert_eq!(place(&loads, days, after(1, 6)), 0, "two whole days, then again");
        let hours = hourly(&mut loads, date(2013, 8, 12).at(6, 0, 0, 0), 5);
        assert_eq!(place(&loads, hours, after(0, 7)), 2);
    }

    #[test]
    fn everything_begins_again_after_the_least_common_period() {
        let mut loads = Loads::starting(date(2027, 1, 1));
        let first = date(2013, 8, 12).at(0, 0, 0, 0);
        assert_eq!(loads.period(), Some(WEEK));
        hourly(&mut loads, first, 2 * 168);
        assert_eq!(loads.period(), Some(Span::from_days(14)));
        hourly(&mut loads, first, 3 * 24);
        assert_eq!(loads.period(), Some(Span::from_days(42)));
        hourly(&mut loads, first, 5 * 24);
        assert_eq!(loads.period(), Some(Span::from_days(210)));
        hourly(&mut loads, first, 23);
        assert_eq!(loads.period(), None);
    }

    #[test]
    fn the_mean_is_that_of_what_is_replayed() {
        let mut loads = Loads::starting(date(2027, 1, 1));
        let trace = hourly(&mut loads, date(2013, 8, 12).at(0, 0, 0, 0), 200);
        // (0 + 1 + … + 167) / 168 = 83.5 thousandths; f32 holds seven digits.
        assert!((loads.mean(trace).cpu - 0.0835).abs() < 1e-7);
        let constant = Utilisation::Constant(Use { cpu: 0.2, memory: 0.4 });
        assert_eq!(loads.mean(constant), Use { cpu: 0.2, memory: 0.4 });
    }

    #[test]
    fn a_shape_swings_around_its_mean_and_never_above_all_processors() {
        let mut loads = Loads::starting(date(2027, 1, 4));
        let mut shape = Shape::FLAT;
        shape.hours[14] = 3.0;
        shape.weekdays = [2.0, 1.0, 1.0, 1.0, 1.0, 0.5, 0.5];
        let shape = loads.add_shape(&shape);
        let mean = Use { cpu: 0.1, memory: 0.6 };
        let weekly = Utilisation::Weekly { mean, shape };
        let cpu = |at| loads.used(weekly, loads.moment(at)).cpu;
        // Monday at 14:00 against Saturday at 13:00: three times the hour, four the day.
        assert!((cpu(after(0, 14)) / cpu(after(5, 13)) - 12.0).abs() < 1e-5, "f32 holds seven digits");
        assert!((loads.mean(weekly).cpu - 0.1).abs() < 1e-6, "f32 holds seven digits");
        let busy = Utilisation::Weekly { mean: Use { cpu: 0.9, ..mean }, shape };
        assert_eq!(loads.used(busy, loads.moment(after(0, 14))).cpu, 1.0);
    }

    #[test]
    #[should_panic(expected = "0 and 0 samples")]
    fn a_trace_without_samples_is_a_defect_of_its_reader() {
        hourly(&mut Loads::starting(date(2027, 1, 1)), date(2013, 8, 12).at(0, 0, 0, 0), 0);
    }
}
