//! How much machines use over time: from what the scenario says to a use for each
//! workload.

use super::Resolver;
use super::workloads::{Placed, WORKLOAD};
use crate::base::diagnostics::{Diagnostic, Diagnostics};
use crate::base::ids::IdVec;
use crate::base::random::{Distribution, Draws, EntityKey, Purpose};
use crate::base::settings::Ratio;
use crate::base::units::Span;
use crate::input::estate::{
    Estate, InventoryFormat, Machine, Utilisation as Measured, UtilisationConfidence,
};
use crate::input::scenario::{Profile, Scenario, Usage as Written};
use crate::input::traces::{self, MachineTrace};
use crate::world::{Loads, Samples, Shape, ShapeId, TraceId, Usage, Use, Utilisation};

/// Which trace a machine takes when none has its name.
const WHICH_TRACE: Purpose = Purpose::new("which trace a machine takes");
/// How often use is sampled where the scenario does not say.
const USUAL_SAMPLE: Span = Span::from_hours(1);

/// The ends that are known of [`Profile::Office`]: the least and the greatest factor of
/// an hour, and when. 50 machines of GWA-T-12 Bitbrains (2013), all together.
const LEAST: (f64, usize) = (0.76, 5);
const GREATEST: (f64, usize) = (1.17, 19);

/// The shape of a week in an enterprise. **Assumption**: the ends are measured (see
/// [`LEAST`]; 0.80 to 1.24 over the days of the week), half a cosine joins those of the
/// day, and the greatest day stands in the middle of the week.
fn office() -> Shape {
    let (low, high) = (LEAST.0, GREATEST.0);
    let rise = GREATEST.1 - LEAST.1;
    let hours = std::array::from_fn(|hour| {
        let into = (hour + 24 - LEAST.1) % 24;
        let share = if into <= rise {
            into as f64 / rise as f64
        } else {
            1.0 - (into - rise) as f64 / (24 - rise) as f64
        };
        low + (high - low) * (1.0 - libm::cos(std::f64::consts::PI * share)) / 2.0
    });
    Shape { hours, weekdays: [1.0, 1.1, 1.24, 1.06, 0.98, 0.82, 0.8] }
}

fn shape(profile: &Profile) -> Shape {
    let Profile::Own(own) = profile else { return office() };
    // The scenario's own checks count them.
    let factor = |factors: &[Ratio], at: usize| factors.get(at).map_or(1.0, |factor| factor.get());
    Shape {
        hours: std::array::from_fn(|hour| factor(&own.hours, hour)),
        weekdays: std::array::from_fn(|day| own.weekdays.as_ref().map_or(1.0, |days| factor(days, day))),
    }
}

/// Writes what the scenario says of the use of machines over what the inventory says,
/// so that sizing rests on it: the mean use, and the trace of each machine. Returns
/// nothing after saying what is wrong.
pub fn tell_use(scenario: &Scenario, estate: &mut Estate, diagnostics: &mut Diagnostics) -> Option<()> {
    let Some(usage) = &scenario.settings.estate.utilisation else { return Some(()) };
    let stated = |share: f64| Measured::new(share, UtilisationConfidence::Period);
    if let Some(path) = &usage.traces {
        match traces::load(&scenario.path(path)) {
            Ok(set) => {
                assign(&mut estate.machines, &set.machines, scenario.settings.seed);
                estate.traces = Some(set);
            }
            Err(error) => {
                diagnostics.push(Diagnostic::error(path.spot, error.to_string()));
                return None;
            }
        }
    }
    for machine in &mut estate.machines {
        if let Some(share) = usage.constant {
            machine.cpu_utilisation = Some(stated(share.fraction()));
        }
        let known = over_time(machine.cpu_utilisation).is_some();
        if let Some(mean) = usage.mean.filter(|_| usage.profile.is_some() && !known) {
            machine.cpu_utilisation = Some(stated(mean.fraction()));
        }
        if let Some(share) = usage.memory.filter(|_| over_time(machine.memory_utilisation).is_none()) {
            machine.memory_utilisation = Some(stated(share.fraction()));
        }
    }
    unknown_means(usage, estate, diagnostics)
}

/// A profile needs a mean to swing around; without one, and with nothing else said, a
/// machine counts as used in full, which is worth a word.
fn unknown_means(usage: &Written, estate: &Estate, diagnostics: &mut Diagnostics) -> Option<()> {
    let unknown = |machine: &&Machine| machine.runs() && over_time(machine.cpu_utilisation).is_none();
    let Some(first) = estate.machines.iter().find(unknown).map(|machine| machine.name.as_str()) else {
        return Some(());
    };
    let count = estate.machines.iter().filter(unknown).count();
    let title = format!("The mean use of {count} machines is unknown, such as `{first}`");
    if usage.profile.is_some() {
        diagnostics.push(
            Diagnostic::error(usage.spot, title)
                .note("A profile swings around the mean; an inventory of one instant does not say it.")
                .help("Add `mean: 15 %`, with your own figure."),
        );
        return None;
    }
    diagnostics.push(
        Diagnostic::warning(usage.spot, title)
            .note("They are taken to use all that they hold.")
            .help("Add `constant: 15 %`, a `profile` with its `mean`, or `traces`."),
    );
    Some(())
}

/// Gives every machine that runs the trace of its name, else one drawn for it: by the
/// scenario's seed and the machine's own address, so that a machine more or less
/// changes no other's.
fn assign(machines: &mut [Machine], traces: &[MachineTrace], seed: u64) {
    let draws = Draws { seed, replication: 0 };
    for machine in machines.iter_mut().filter(|machine| machine.runs()) {
        let named = traces.iter().position(|trace| trace.name.eq_ignore_ascii_case(&machine.name));
        let drawn = || {
            let entity = EntityKey::new(WORKLOAD, &machine.key, 0);
            ((draws.uniform(WHICH_TRACE, entity, 0) * traces.len() as f64) as usize).min(traces.len() - 1)
        };
        let place = named.unwrap_or_else(drawn);
        let trace = &traces[place];
        let measured = |share| Measured::new(share, UtilisationConfidence::Period);
        machine.cpu_utilisation = Some(measured(trace.mean_cpu()));
        if let Some(share) = trace.mean_memory() {
            machine.memory_utilisation = Some(measured(share));
        }
        machine.trace = Some(place);
    }
}

/// Only what was measured over a time, or drawn, is a mean: see `Resolver::workload`.
fn over_time(used: Option<Measured>) -> Option<f64> {
    used.filter(|used| used.confidence != UtilisationConfidence::Instant).map(|used| used.share)
}

impl Resolver<'_> {
    /// What each workload uses over time; none where neither the scenario nor the
    /// estate asks for it, and then nothing is sampled.
    pub(super) fn usage(&mut self, placed: &[Placed]) -> Option<Usage> {
        let written = self.settings.estate.utilisation.as_ref();
        if written.is_none() && self.estate.traces.is_none() {
            return None;
        }
        let mut loads = Loads::starting(self.settings.start.value);
        let shape: Option<ShapeId> =
            written.and_then(|usage| usage.profile.as_ref()).map(|profile| loads.add_shape(&shape(profile)));
        let traces = self.add_traces(&mut loads);
        self.assume();
        let of: IdVec<_, Utilisation> = placed
            .iter()
            .map(|placed| {
                let machine = &self.estate.machines[placed.machine];
                // What is unknown is taken to be used in full, as for sizing.
                let mean = Use {
                    cpu: over_time(machine.cpu_utilisation).unwrap_or(1.0),
                    memory: over_time(machine.memory_utilisation).unwrap_or(1.0),
                };
                match (machine.trace, shape) {
                    (Some(trace), _) => Utilisation::Trace(traces[trace]),
                    (None, Some(shape)) => Utilisation::Weekly { mean, shape },
                    (None, None) => Utilisation::Constant(mean),
                }
            })
            .collect();
        let sample = written.map_or(USUAL_SAMPLE, |usage| usage.sample.value.span());
        Some(Usage { of, loads, sample })
    }

    /// Lists what is assumed where nobody says it.
    fn assume(&mut self) {
        let settings = &self.settings.estate;
        let mut assumed = |name: &str, unit: &str, value: f64, because: &str| {
            self.table.assumed(name, unit, Distribution::Fixed(value), because);
        };
        if let Some(Profile::Office) = settings.utilisation.as_ref().and_then(|usage| usage.profile.as_ref())
        {
            let because = "50 machines of GWA-T-12 Bitbrains (2013) together: 0.76 of their mean at 05:00, 1.17 at 19:00 UTC; a cosine between";
            assumed("utilisation.office.least_hour", "times the mean", LEAST.0, because);
            assumed("utilisation.office.greatest_hour", "times the mean", GREATEST.0, because);
        }
        if self.estate.format == InventoryFormat::Traces
            && let Some(disk) = self.estate.machines.first().and_then(|machine| machine.storage.in_use)
        {
            assumed(
                "estate.traces.disk",
                "GiB",
                disk.as_gib(),
                "no trace says what a machine stores: the same for all",
            );
        }
    }

    /// The traces of the estate. Where one has no memory, all machines that take it
    /// use the share that the scenario states, else all of theirs.
    fn add_traces(&self, loads: &mut Loads) -> Vec<TraceId> {
        let usage = self.settings.estate.utilisation.as_ref();
        let stated = usage.and_then(|usage| usage.memory).map_or(1.0, |share| share.fraction());
        let machines = self.estate.traces.iter().flat_map(|set| &set.machines);
        machines
            .map(|trace| {
                let unknown = vec![stated as f32; trace.cpu.len()];
                let memory = if trace.memory_use.is_empty() { &unknown } else { &trace.memory_use };
                let start = self.settings.start.value.to_datetime(jiff::civil::Time::midnight());
                let first = trace.first.unwrap_or(start);
                loads.add_trace(Samples { first, step: trace.step, cpu: &trace.cpu, memory })
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_week_of_an_office_has_the_ends_that_were_measured() {
        let shape = office();
        assert_eq!((shape.hours[5], shape.hours[19]), (0.76, 1.17));
        assert!(shape.hours.iter().all(|hour| (0.76..=1.17).contains(hour)));
        assert_eq!(shape.weekdays.iter().copied().fold(f64::MAX, f64::min), 0.8);
        assert_eq!(shape.weekdays.iter().copied().fold(0.0, f64::max), 1.24);
        // Only rounding: the days make a mean of 1, as measured ones do.
        assert!((shape.weekdays.iter().sum::<f64>() - 7.0).abs() < 1e-12);
    }

    #[test]
    fn a_machine_takes_the_trace_of_its_name_and_keeps_its_drawn_one_when_others_come() {
        let trace = |name: &str| MachineTrace {
            name: name.to_owned(),
            vcpus: None,
            memory: None,
            life: None,
            first: None,
            step: Span::from_minutes(5),
            cpu: vec![0.5],
            memory_use: Vec::new(),
            rows: 1,
            gaps: 0,
        };
        let machine =
            |name: &str| Machine { key: name.to_owned(), name: name.to_owned(), ..Machine::default() };
        let traces = ["a", "b", "c", "d", "e"].map(trace);
        let mut few: Vec<Machine> = (0..40).map(|index| machine(&format!("vm-{index}"))).collect();
        few.push(machine("D"));
        let mut more: Vec<Machine> = std::iter::once(machine("new")).chain(few.clone()).collect();
        assign(&mut few, &traces, 42);
        assign(&mut more, &traces, 42);
        assert_eq!(few[40].trace, Some(3));
        assert!(few.iter().zip(&more[1..]).all(|(a, b)| a.trace == b.trace));
        let taken: std::collections::BTreeSet<_> = few.iter().filter_map(|machine| machine.trace).collect();
        assert_eq!(taken.len(), 5, "forty draws reach every trace");
    }
}
