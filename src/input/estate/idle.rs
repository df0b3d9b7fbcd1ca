//! Machines that hardly do anything: candidates for being retired.
//!
//! AWS Prescriptive Guidance calls a server a zombie whose mean use of processors and
//! memory stays below 5 %, and idle where both stay below 20 %, over 90 days. One
//! instant, as RVTools shows it, says nothing of 90 days, so it makes nobody a candidate.

use super::machine::{Estate, Machine, Utilisation, UtilisationConfidence};

/// Below this share of processors and of memory a machine is a zombie.
pub const ZOMBIE_BELOW: f64 = 0.05;
/// Below this share of both it is idle.
pub const IDLE_BELOW: f64 = 0.20;

/// How little a machine does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Idleness {
    /// Nobody seems to use it.
    Zombie,
    /// It is used a little.
    Idle,
}

/// The machines of an estate that could be retired, in its order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Candidates<'e> {
    /// Those that nobody seems to use.
    pub zombies: Vec<&'e Machine>,
    /// Those that are used a little.
    pub idle: Vec<&'e Machine>,
    /// Running machines of which it cannot be said: their use is not known over a time.
    pub unknown: usize,
}

/// The mean share of its processors that a machine uses over a time; none where only
/// one instant is known, or nothing.
pub fn mean_cpu(machine: &Machine) -> Option<f64> {
    over_time(machine.cpu_utilisation)
}

/// The mean share of its memory that a machine uses over a time.
pub fn mean_memory(machine: &Machine) -> Option<f64> {
    over_time(machine.memory_utilisation)
}

fn over_time(used: Option<Utilisation>) -> Option<f64> {
    used.filter(|used| used.confidence != UtilisationConfidence::Instant).map(|used| used.share)
}

/// How little a machine does; none for one that works, for one that is switched off,
/// and for one of which it is not known.
pub fn idleness(machine: &Machine) -> Option<Idleness> {
    let most = mean_cpu(machine)?.max(mean_memory(machine)?);
    if !machine.runs() || most >= IDLE_BELOW {
        return None;
    }
    Some(if most < ZOMBIE_BELOW { Idleness::Zombie } else { Idleness::Idle })
}

/// The candidates of an estate.
pub fn candidates(estate: &Estate) -> Candidates<'_> {
    let mut found = Candidates::default();
    for machine in estate.machines.iter().filter(|machine| machine.runs()) {
        match idleness(machine) {
            Some(Idleness::Zombie) => found.zombies.push(machine),
            Some(Idleness::Idle) => found.idle.push(machine),
            None if mean_cpu(machine).is_none() || mean_memory(machine).is_none() => found.unknown += 1,
            None => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::estate::PowerState;

    fn machine(cpu: f64, memory: f64, confidence: UtilisationConfidence) -> Machine {
        Machine {
            cpu_utilisation: Some(Utilisation::new(cpu, confidence)),
            memory_utilisation: Some(Utilisation::new(memory, confidence)),
            ..Machine::default()
        }
    }

    #[test]
    fn both_processors_and_memory_must_be_little_used_over_a_time() {
        let measured = UtilisationConfidence::Synthetic;
        let of = |cpu, memory| idleness(&machine(cpu, memory, measured));
        assert_eq!(of(0.01, 0.049), Some(Idleness::Zombie));
        assert_eq!(of(0.01, 0.05), Some(Idleness::Idle));
        assert_eq!(of(0.19, 0.02), Some(Idleness::Idle));
        assert_eq!(of(0.01, 0.20), None);
        assert_eq!(idleness(&machine(0.01, 0.01, UtilisationConfidence::Instant)), None);
        let off = Machine { power: PowerState::Off, ..machine(0.01, 0.01, measured) };
        assert_eq!(idleness(&off), None);
    }
}
