//! An estate of one machine a trace.

use super::InventoryFormat;
use super::error::EstateError;
use super::findings::Findings;
use super::machine::{Estate, Machine, PowerState, Storage, Utilisation, UtilisationConfidence};
use super::quality;
use crate::base::units::Bytes;
use crate::input::traces::TraceSet;

/// What traces do not say of the machines that they were taken of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TraceDefaults {
    /// Virtual processors of machines whose trace does not say.
    pub vcpus: u32,
    /// Memory of machines whose trace does not say; none refuses them.
    pub memory: Option<Bytes>,
    /// Storage in use by each machine: no trace says it.
    pub disk: Bytes,
}

impl Default for TraceDefaults {
    /// One processor, 40 GiB of storage (a system disk of Linux, as the synthetic
    /// estate has it: an assumption), and no guess at memory.
    fn default() -> Self {
        Self { vcpus: 1, memory: None, disk: Bytes::from_gib(40) }
    }
}

/// The estate of the machines of `traces`, which it keeps.
///
/// # Errors
/// [`EstateError::TracesWithoutMemory`] when neither the traces nor the defaults say
/// how much memory machines have.
pub fn from_traces(origin: &str, traces: TraceSet, defaults: TraceDefaults) -> Result<Estate, EstateError> {
    let mut machines = Vec::with_capacity(traces.machines.len());
    for (index, trace) in traces.machines.iter().enumerate() {
        let Some(memory) = trace.memory.or(defaults.memory) else {
            return Err(EstateError::TracesWithoutMemory {
                origin: origin.to_owned(),
                machine: trace.name.clone(),
            });
        };
        let measured = |share| Utilisation::new(share, UtilisationConfidence::Period);
        machines.push(Machine {
            key: format!("trace:{}", trace.name),
            name: trace.name.clone(),
            power: PowerState::On,
            cpus: trace.vcpus.unwrap_or(defaults.vcpus).max(1),
            memory,
            storage: Storage { in_use: Some(defaults.disk), ..Storage::default() },
            cpu_utilisation: Some(measured(trace.mean_cpu())),
            memory_utilisation: trace.mean_memory().map(measured),
            trace: Some(index),
            ..Machine::default()
        });
    }
    let findings = Findings { read: machines.len(), kept: machines.len(), entries: Vec::new() };
    let quality = quality::grade(&machines, &[], &findings);
    Ok(Estate {
        machines,
        hosts: Vec::new(),
        as_of: None,
        format: InventoryFormat::Traces,
        producer: traces.format.to_string(),
        findings,
        quality,
        traces: Some(traces),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::units::Span;
    use crate::input::traces::{MachineTrace, TraceFormat};

    fn traces(memory: Option<Bytes>) -> TraceSet {
        let machine = MachineTrace {
            name: "web".to_owned(),
            vcpus: Some(4),
            memory,
            life: None,
            first: None,
            step: Span::from_minutes(5),
            cpu: vec![0.1, 0.3],
            memory_use: memory.map_or_else(Vec::new, |_| vec![0.5, 0.7]),
            rows: 2,
            gaps: 0,
        };
        TraceSet { format: TraceFormat::Gwa, machines: vec![machine] }
    }

    #[test]
    fn a_machine_has_what_its_trace_says_and_the_mean_of_its_use() {
        let defaults = TraceDefaults::default();
        let estate = from_traces("traces", traces(Some(Bytes::from_gib(8))), defaults).unwrap();
        let web = &estate.machines[0];
        assert_eq!((web.cpus, web.memory, web.trace), (4, Bytes::from_gib(8), Some(0)));
        let cpu = web.cpu_utilisation.unwrap();
        // f32 holds seven digits.
        assert!((cpu.share - 0.2).abs() < 1e-7 && cpu.confidence == UtilisationConfidence::Period);
        assert_eq!(web.storage.in_use, Some(defaults.disk));
    }

    #[test]
    fn memory_that_nobody_states_is_asked_for() {
        let error = from_traces("day", traces(None), TraceDefaults::default()).unwrap_err().to_string();
        assert!(error.contains("`web`") && error.contains("memory: 4 GiB"), "{error}");
        let stated = TraceDefaults { memory: Some(Bytes::from_gib(4)), ..TraceDefaults::default() };
        assert_eq!(from_traces("day", traces(None), stated).unwrap().machines[0].memory, Bytes::from_gib(4));
    }
}
