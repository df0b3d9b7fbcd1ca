//! Hard filters: hosts on which a workload may not be, whatever the policy.
//!
//! [`Capacity`](super::Demand::fits) aside, which the pool knows, there are six:
//! anti-affinity, affinity, host groups, licences, data residency and quotas. Each is a
//! function of [`verdict`] for one workload and one host. The rules of an offer are
//! compiled once ([`RuleBook`]); who is on which host is kept in flat arrays
//! ([`Filters`]) and follows every take and give-back.
//!
//! A workload without rules costs one look into an array; no host is asked about it.

mod book;
mod seats;
mod verdict;

use std::sync::Arc;

use super::Demand;
use crate::world::{RuleId, WorkloadId};
pub use book::{Pitch, RuleBook};
use seats::Seats;

/// Which filter excludes a host, in the order in which they are asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Filter {
    /// Data may not be in the country of the offer.
    Residency,
    /// Together the workloads of the rule would hold too much at the offer.
    Quota,
    /// What the workload runs is not licensed on the host.
    Licence,
    /// The host is outside the group the workload must be on, or in one that it must
    /// not be on.
    HostGroup,
    /// The workload must be with others, and they are elsewhere.
    Affinity,
    /// The workload must not be with one that is there.
    AntiAffinity,
}

/// Why a workload may not be on a host: the first filter that says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exclusion {
    /// The filter.
    pub filter: Filter,
    /// The rule it applies.
    pub rule: RuleId,
    /// The workload that this one must be with, or must not be with: of several, the
    /// one of the lowest id.
    pub with: Option<WorkloadId>,
}

/// The filters of one offer: its rules, and who is on which of its hosts.
#[derive(Clone, Debug, Default)]
pub struct Filters {
    book: Arc<RuleBook>,
    seats: Seats,
}

impl Filters {
    /// The filters of an offer on whose hosts nobody is.
    pub fn new(book: RuleBook) -> Self {
        Self { seats: Seats::new(&book), book: Arc::new(book) }
    }

    /// A workload, or room promised to it or kept for it, is on a host: to be called
    /// with every [`Pool::take`](super::Pool::take). A workload may hold room on several
    /// hosts at a time, as it does while it moves.
    ///
    /// # Panics
    /// If it holds room [`Filters::MOST_HELD`] times already.
    pub fn enter(&mut self, workload: WorkloadId, host: u32, demand: Demand) {
        if self.book.binds(workload) {
            self.seats.enter(&self.book, workload, host, demand);
        }
    }

    /// It is no longer: to be called with every
    /// [`Pool::give_back`](super::Pool::give_back), with the same demand.
    ///
    /// # Panics
    /// If it was not there.
    pub fn leave(&mut self, workload: WorkloadId, host: u32, demand: Demand) {
        if self.book.binds(workload) {
            self.seats.leave(&self.book, workload, host, demand);
        }
    }

    /// How often a workload may hold room at an offer at a time: where it is, where it
    /// goes, where it was, and one to spare.
    pub const MOST_HELD: usize = seats::MOST_HELD;

    /// The rules of a workload that wants to be placed; nothing when it has none, and
    /// no host need be asked about.
    #[inline]
    pub fn bind(&self, workload: WorkloadId) -> Option<Bound<'_>> {
        self.book.binds(workload).then_some(Bound { filters: self, workload })
    }

    /// Checks the books against where workloads say they are.
    ///
    /// # Panics
    /// If they differ.
    pub fn audit(&self, held: impl Iterator<Item = (WorkloadId, u32, Demand)>) {
        let mut anew = Self { book: Arc::clone(&self.book), seats: Seats::new(&self.book) };
        for (workload, host, demand) in held {
            anew.enter(workload, host, demand);
        }
        assert_eq!(anew.seats, self.seats, "the filters believe that workloads are where they are not");
    }
}

/// The rules that bind one workload. It may be on a host already, which is no
/// obstacle to its being there or going elsewhere.
#[derive(Clone, Copy, Debug)]
pub struct Bound<'f> {
    filters: &'f Filters,
    workload: WorkloadId,
}

impl Bound<'_> {
    /// Why it may be on no host of the offer at all; nothing where that depends on the
    /// host. Residency and quotas say so.
    pub fn barred(self, demand: Demand) -> Option<Exclusion> {
        let Filters { book, seats } = self.filters;
        book.rules(self.workload).find_map(|rule| match rule.binding {
            book::Binding::Residency(presence) => verdict::residency(*presence, rule.id),
            book::Binding::Quota(quota) => {
                verdict::quota(*quota, seats.hold(rule.id, self.workload), demand, rule.id)
            }
            _ => None,
        })
    }

    /// Why it may not be on this host, if [`Bound::barred`] does not say so already; the
    /// first of its rules, by filter. Costs, for each rule, O(1) for a group of hosts and
    /// O(log members) for who is there.
    pub fn verdict(self, host: u32) -> Option<Exclusion> {
        let Filters { book, seats } = self.filters;
        book.rules(self.workload).find_map(|rule| match rule.binding {
            book::Binding::Residency(_) | book::Binding::Quota(_) => None,
            book::Binding::Licence(group) => verdict::licence(group, host, rule.id),
            book::Binding::OnlyOn(group) => verdict::only_on(group, host, rule.id),
            book::Binding::NotOn(group) => verdict::not_on(group, host, rule.id),
            book::Binding::Together => {
                verdict::together(seats.of(book, rule.id), self.workload, host, rule.id)
            }
            book::Binding::Apart => verdict::apart(seats.of(book, rule.id), self.workload, host, rule.id),
        })
    }

    /// Whether it may be on this host, if [`Bound::barred`] does not forbid it.
    pub fn admits(self, host: u32) -> bool {
        self.verdict(host).is_none()
    }
}

#[cfg(test)]
mod tests;
