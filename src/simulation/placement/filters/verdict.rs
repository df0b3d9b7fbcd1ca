//! One function a filter: why a workload may not be on a host, if it may not.

use super::book::{HostSet, Presence};
use super::seats::{Hold, Seat, seats_on};
use super::{Exclusion, Filter};
use crate::simulation::placement::Demand;
use crate::world::{Quota, RuleId, WorkloadId};

/// Data residency: the offer is in one of the countries, or it is not.
pub(super) fn residency(presence: Presence, rule: RuleId) -> Option<Exclusion> {
    (presence == Presence::Forbidden).then_some(Exclusion { filter: Filter::Residency, rule, with: None })
}

/// A quota: what the workloads of the rule hold at the offer, and the demand, stay within
/// it. Whoever holds room there already is counted already.
pub(super) fn quota(quota: Quota, hold: Hold, demand: Demand, rule: RuleId) -> Option<Exclusion> {
    let used = hold.all;
    let within =
        |limit: Option<u64>, used: u64, more: u32| limit.is_none_or(|limit| used + u64::from(more) <= limit);
    let fits = within(quota.workloads.map(u64::from), u64::from(used.workloads), 1)
        && within(quota.vcpus.map(u64::from), used.vcpus, demand.vcpus)
        && within(quota.memory.map(|memory| memory.as_mib()), used.mib, demand.mib);
    (!fits && !hold.has_room).then_some(Exclusion { filter: Filter::Quota, rule, with: None })
}

/// A licence: only hosts of the group are licensed.
pub(super) fn licence(group: &HostSet, host: u32, rule: RuleId) -> Option<Exclusion> {
    (!group.contains(host)).then_some(Exclusion { filter: Filter::Licence, rule, with: None })
}

/// A host group that the workload must be on.
pub(super) fn only_on(group: &HostSet, host: u32, rule: RuleId) -> Option<Exclusion> {
    (!group.contains(host)).then_some(Exclusion { filter: Filter::HostGroup, rule, with: None })
}

/// A host group that the workload must not be on.
pub(super) fn not_on(group: &HostSet, host: u32, rule: RuleId) -> Option<Exclusion> {
    group.contains(host).then_some(Exclusion { filter: Filter::HostGroup, rule, with: None })
}

/// Affinity: if others of the rule are at the offer, one of them is on the host.
pub(super) fn together(seats: &[Seat], workload: WorkloadId, host: u32, rule: RuleId) -> Option<Exclusion> {
    let is_other = |seat: &&Seat| seat.workload != workload;
    if seats_on(seats, host).iter().any(|seat| seat.workload != workload) {
        return None;
    }
    let with = seats.iter().filter(is_other).map(|seat| seat.workload).min()?;
    Some(Exclusion { filter: Filter::Affinity, rule, with: Some(with) })
}

/// Anti-affinity: none of the others of the rule is on the host.
pub(super) fn apart(seats: &[Seat], workload: WorkloadId, host: u32, rule: RuleId) -> Option<Exclusion> {
    let other = seats_on(seats, host).iter().find(|seat| seat.workload != workload)?;
    Some(Exclusion { filter: Filter::AntiAffinity, rule, with: Some(other.workload) })
}
