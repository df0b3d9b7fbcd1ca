//! Why no host took a workload: per short resource and per filter.

use std::collections::BTreeMap;
use std::fmt;

use super::choose::{Hosts, Request, excluded};
use super::filters::Filter;
use super::{Demand, Host};
use crate::world::{RuleId, WorkloadId, World};

/// Why no host took a workload. Every host that is there counts once, by the first of
/// these that is true of it:
///
/// 1. it is out of service;
/// 2. it has too little free of one or more resources;
/// 3. a filter excludes it: residency, quota, licence, host group, affinity,
///    anti-affinity, in this order;
/// 4. it is kept free for another purpose.
///
/// So an excluded host is one that would have room, and lifting the rule would help.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Refusal {
    /// Hosts that are there.
    pub hosts: u32,
    /// Of these, failed ones.
    pub out_of_service: u32,
    /// Hosts with too little free, by what they are short of.
    pub short: Vec<Short>,
    /// Hosts with room that a filter excludes, by filter and rule.
    pub excluded: Vec<Excluded>,
    /// Hosts with room that are kept free.
    pub kept_free: u32,
}

/// Hosts that are short of the same resources.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Short {
    /// How many they are.
    pub hosts: u32,
    /// The least that any of them lacks of each resource; 0 of those that none lacks.
    pub least: Demand,
}

/// Hosts that one rule excludes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Excluded {
    /// The filter.
    pub filter: Filter,
    /// The rule that it applies.
    pub rule: RuleId,
    /// How many they are.
    pub hosts: u32,
    /// The workloads on account of which, for affinity and anti-affinity: rising.
    pub with: Vec<WorkloadId>,
}

impl Refusal {
    /// Why there is no host for a workload. One sweep over the hosts, for failures only.
    pub fn explain<A: Fn(u32) -> bool>(hosts: &Hosts<'_, A>, request: Request) -> Self {
        let bound = hosts.filters.bind(request.workload);
        let mut refusal = Self::default();
        let mut short: BTreeMap<[bool; 3], Short> = BTreeMap::new();
        let mut filtered: BTreeMap<(Filter, RuleId), Excluded> = BTreeMap::new();
        for (number, host) in hosts.pool.hosts() {
            refusal.hosts += 1;
            if !host.is_in_service() {
                refusal.out_of_service += 1;
            } else if let Some(lack) = lack(request.demand, host) {
                let kind = [lack.vcpus > 0, lack.mib > 0, lack.disk_gib > 0];
                let entry = short.entry(kind).or_insert(Short { hosts: 0, least: lack });
                entry.hosts += 1;
                entry.least = least(entry.least, lack);
            } else if let Some(exclusion) = excluded(bound, request.demand, number) {
                let key = (exclusion.filter, exclusion.rule);
                let entry = filtered.entry(key).or_insert_with(|| Excluded {
                    filter: exclusion.filter,
                    rule: exclusion.rule,
                    hosts: 0,
                    with: Vec::new(),
                });
                entry.hosts += 1;
                entry.with.extend(exclusion.with);
            } else if !(hosts.admits)(number) {
                refusal.kept_free += 1;
            }
        }
        refusal.short = short.into_values().collect();
        // Of one resource before of several, and the larger count first.
        refusal.short.sort_by_key(|short| (short.resources(), std::cmp::Reverse(short.hosts)));
        refusal.excluded = filtered.into_values().collect();
        for excluded in &mut refusal.excluded {
            excluded.with.sort_unstable();
            excluded.with.dedup();
        }
        refusal
    }

    /// Hosts accounted for; always all that are there.
    pub fn counted(&self) -> u32 {
        let short: u32 = self.short.iter().map(|short| short.hosts).sum();
        let excluded: u32 = self.excluded.iter().map(|excluded| excluded.hosts).sum();
        self.out_of_service + short + excluded + self.kept_free
    }

    /// The refusal in words, such as "no host: 14 short of memory by at least 6 GiB, 10
    /// excluded by anti-affinity with db-02".
    pub fn words<'a, N: Names>(&'a self, names: &'a N) -> impl fmt::Display + 'a {
        fmt::from_fn(move |f| self.write(f, names))
    }

    fn write(&self, f: &mut fmt::Formatter<'_>, names: &impl Names) -> fmt::Result {
        f.write_str("no host: ")?;
        if self.counted() == 0 {
            return f.write_str("there is none");
        }
        let mut separator = "";
        let mut next = |f: &mut fmt::Formatter<'_>, hosts: u32| {
            write!(f, "{separator}{hosts} ")?;
            separator = ", ";
            Ok(())
        };
        for short in &self.short {
            next(f, short.hosts)?;
            write!(f, "{short}")?;
        }
        for excluded in &self.excluded {
            next(f, excluded.hosts)?;
            excluded.write(f, names)?;
        }
        if self.out_of_service > 0 {
            next(f, self.out_of_service)?;
            f.write_str("out of service")?;
        }
        if self.kept_free > 0 {
            next(f, self.kept_free)?;
            f.write_str("kept free")?;
        }
        Ok(())
    }
}

impl Short {
    /// How many resources they are short of.
    fn resources(&self) -> usize {
        [self.least.vcpus, self.least.mib, self.least.disk_gib].iter().filter(|lack| **lack > 0).count()
    }
}

impl fmt::Display for Short {
    /// "short of vCPUs by at least 2 and of memory by at least 6 GiB".
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Demand { vcpus, mib, disk_gib } = self.least;
        let lacks = [
            (vcpus > 0).then(|| format!("of vCPUs by at least {vcpus}")),
            (mib > 0).then(|| format!("of memory by at least {}", Memory(mib))),
            (disk_gib > 0).then(|| format!("of disk by at least {disk_gib} GiB")),
        ];
        write!(f, "short {}", lacks.into_iter().flatten().collect::<Vec<_>>().join(" and "))
    }
}

impl Excluded {
    fn write(&self, f: &mut fmt::Formatter<'_>, names: &impl Names) -> fmt::Result {
        let rule = names.rule(self.rule);
        match self.filter {
            Filter::Residency => write!(f, "excluded by data residency ({rule})"),
            Filter::Quota => write!(f, "excluded by quota ({rule})"),
            Filter::Licence => write!(f, "excluded by licence ({rule})"),
            Filter::HostGroup => write!(f, "excluded by host group ({rule})"),
            Filter::Affinity => write!(f, "excluded by affinity with {}", Crowd { who: &self.with, names }),
            Filter::AntiAffinity => {
                write!(f, "excluded by anti-affinity with {}", Crowd { who: &self.with, names })
            }
        }
    }
}

/// The names behind the ids of a refusal.
pub trait Names {
    /// The name of a workload.
    fn workload(&self, workload: WorkloadId) -> &str;
    /// The name of a rule.
    fn rule(&self, rule: RuleId) -> &str;
}

impl Names for World {
    fn workload(&self, workload: WorkloadId) -> &str {
        &self.workloads[workload].name
    }

    fn rule(&self, rule: RuleId) -> &str {
        &self.placement.rules[rule].name
    }
}

/// Up to three workloads by name, and how many more.
struct Crowd<'a, N> {
    who: &'a [WorkloadId],
    names: &'a N,
}

impl<N: Names> fmt::Display for Crowd<'_, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const NAMED: usize = 3;
        let others = self.who.len().saturating_sub(NAMED);
        let named = &self.who[..self.who.len() - others];
        for (place, workload) in named.iter().enumerate() {
            let separator = match place {
                0 => "",
                _ if others == 0 && place + 1 == named.len() => " and ",
                _ => ", ",
            };
            write!(f, "{separator}{}", self.names.workload(*workload))?;
        }
        match others {
            0 => Ok(()),
            1 => f.write_str(" and 1 other"),
            _ => write!(f, " and {others} others"),
        }
    }
}

/// An amount of memory for people: whole GiB as such, below one GiB in MiB, else with
/// one decimal rounded down, so that "at least" stays true.
struct Memory(u32);

impl fmt::Display for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (gib, rest) = (self.0 >> 10, self.0 & 1023);
        match (gib, rest) {
            (0, mib) => write!(f, "{mib} MiB"),
            (gib, 0) => write!(f, "{gib} GiB"),
            (gib, rest) => write!(f, "{gib}.{} GiB", rest * 10 / 1024),
        }
    }
}

/// What a host lacks for a demand; nothing when it has room.
fn lack(demand: Demand, host: &Host) -> Option<Demand> {
    let free = host.free;
    let lack = Demand {
        vcpus: demand.vcpus.saturating_sub(free.vcpus),
        mib: demand.mib.saturating_sub(free.mib),
        disk_gib: demand.disk_gib.saturating_sub(free.disk_gib),
    };
    (lack != Demand::default()).then_some(lack)
}

fn least(one: Demand, other: Demand) -> Demand {
    Demand {
        vcpus: one.vcpus.min(other.vcpus),
        mib: one.mib.min(other.mib),
        disk_gib: one.disk_gib.min(other.disk_gib),
    }
}

#[cfg(test)]
mod tests;
