//! The fold over the Journal of one run.

use super::availability::AvailabilityFold;
use super::commitments::CommitmentsFold;
use super::cost::CostFold;
use super::downtime::DowntimeFold;
use super::interoperability::InteroperabilityFold;
use super::lock_in::LockInFold;
use super::migration::MigrationFold;
use super::residence::ResidenceFold;
use super::sovereignty::SovereigntyFold;
use super::utilisation::UtilisationFold;
use super::{Read, Reading, Scorecard, Section, Sections};
use crate::base::units::SimTime;
use crate::simulation::journal::{Charge, Entry, Receiver};
use crate::world::{OfferId, StrategyId, WorkloadId, World};

/// Receives the Journal of one run and makes its [`Scorecard`].
///
/// Plain tables, filled as entries come; nothing is allocated for an entry. A clone
/// goes on from where the original is, so it follows a fork of the simulation.
#[derive(Clone, Debug)]
pub struct Scorer<'w> {
    world: &'w World,
    /// What is folded. Where each workload is counted is always known.
    sections: Sections,
    cost: CostFold,
    commitments: CommitmentsFold,
    migration: MigrationFold,
    interoperability: InteroperabilityFold,
    lock_in: LockInFold,
    downtime: DowntimeFold,
    availability: AvailabilityFold,
    utilisation: UtilisationFold,
    residence: ResidenceFold,
    sovereignty: SovereigntyFold,
}

impl<'w> Scorer<'w> {
    /// A scorer of one run of `strategy`. `discount_rate` is the replication's, a
    /// share per year.
    pub fn new(world: &'w World, strategy: StrategyId, discount_rate: f64) -> Self {
        Self::of(world, strategy, discount_rate, Sections::ALL)
    }

    /// A scorer that folds these parts of the scorecard alone.
    pub fn of(world: &'w World, strategy: StrategyId, discount_rate: f64, sections: Sections) -> Self {
        Self {
            world,
            sections,
            cost: CostFold::new(world, discount_rate),
            commitments: CommitmentsFold::new(world),
            migration: MigrationFold::new(world, strategy),
            interoperability: InteroperabilityFold::new(world),
            lock_in: LockInFold::new(world),
            downtime: DowntimeFold::new(),
            availability: AvailabilityFold::new(world),
            utilisation: UtilisationFold::default(),
            residence: ResidenceFold::new(world),
            sovereignty: SovereigntyFold::new(world),
        }
    }

    /// Where each workload is counted now; nowhere when it is retired.
    pub fn places(&self) -> &crate::base::ids::IdVec<WorkloadId, Option<OfferId>> {
        &self.residence.place
    }

    /// Some figures of the run, which must be of parts that were folded. What an exit
    /// rehearsal finds is missing.
    pub fn read(self, reading: &Reading) -> Read {
        let (world, of) = (self.world, reading.sections());
        let (mut read, mut listed) = (reading.unread(), Vec::new());
        let mut next = |section, listed: &mut Vec<_>| {
            reading.take(section, listed, &mut read);
            listed.clear();
        };
        if of.has(Section::Commitments) {
            let commitments = self.commitments.finish();
            commitments.iter().for_each(|commitments| commitments.figures(&mut listed));
            next(Section::Commitments, &mut listed);
        }
        if of.has(Section::Migration) {
            self.migration.finish().figures(&mut listed);
            next(Section::Migration, &mut listed);
        }
        if of.has(Section::Interoperability) {
            self.interoperability.finish(world).figures(world, &mut listed);
            next(Section::Interoperability, &mut listed);
        }
        if of.has(Section::LockIn) {
            self.lock_in.finish(world, &self.residence.place).figures(world, &mut listed);
            next(Section::LockIn, &mut listed);
        }
        if of.has(Section::Sovereignty) {
            self.sovereignty.finish(world, &self.residence.place).figures(world, &mut listed);
            next(Section::Sovereignty, &mut listed);
        }
        if of.has(Section::Availability) {
            self.availability.finish().figures(&mut listed);
            next(Section::Availability, &mut listed);
        }
        if of.has(Section::Utilisation) {
            let utilisation = self.utilisation.finish(world);
            utilisation.iter().for_each(|utilisation| utilisation.figures(&mut listed));
            next(Section::Utilisation, &mut listed);
        }
        if of.has(Section::Cost) {
            let cost = self.cost.finish(world);
            cost.figures(world, &mut listed);
            next(Section::Cost, &mut listed);
            read.cumulative = cost.cumulative;
        }
        read
    }

    /// The numbers of the run, all of which must have been folded. The exit is rehearsed
    /// elsewhere and missing here.
    pub fn finish(self) -> Scorecard {
        let world = self.world;
        Scorecard {
            cost: self.cost.finish(world),
            commitments: self.commitments.finish(),
            migration: self.migration.finish(),
            interoperability: self.interoperability.finish(world),
            lock_in: self.lock_in.finish(world, &self.residence.place),
            sovereignty: self.sovereignty.finish(world, &self.residence.place),
            downtime: self.downtime.finish(world),
            availability: self.availability.finish(),
            utilisation: self.utilisation.finish(world),
            residence: self.residence.finish(world),
        }
    }

    fn charge(&mut self, charge: &Charge) {
        let folded = self.sections;
        if folded.has(Section::Cost) {
            self.cost.charge(self.world, charge);
        }
        if folded.has(Section::Commitments) {
            self.commitments.charge(charge);
        }
        if folded.has(Section::Interoperability) {
            self.interoperability.charge(charge, || is_across(self.world, &self.residence.place));
        }
        if folded.has(Section::LockIn) {
            self.lock_in.charge(self.world, charge);
        }
        if folded.has(Section::Availability) {
            self.availability.charge(charge);
        }
    }

    fn placed(&mut self, at: SimTime, workload: WorkloadId, offer: Option<OfferId>) {
        if offer.is_none() && self.residence.place[workload].is_some() {
            self.availability.retired(self.world, at, workload);
        }
        let from = self.residence.place[workload];
        if self.sections.has(Section::Sovereignty) {
            self.sovereignty.placed(self.world, at, workload, from, offer);
        }
        self.residence.placed(workload, offer);
    }
}

/// Whether workloads run on more than one platform.
fn is_across(world: &World, places: &crate::base::ids::IdVec<WorkloadId, Option<OfferId>>) -> bool {
    let mut platforms = places.iter().flatten().map(|offer| world.offers[*offer].platform);
    let first = platforms.next();
    platforms.any(|platform| Some(platform) != first)
}

impl Receiver for Scorer<'_> {
    fn receive(&mut self, at: SimTime, entry: &Entry) {
        if self.sections == Sections::ALL {
            self.residence.advance(self.world, at);
        }
        match entry {
            Entry::Charge(charge) => self.charge(charge),
            Entry::Move(entry) => self.migration.moved(at, entry),
            Entry::Outage(outage) => {
                self.migration.outage(outage);
                self.downtime.outage(self.world, outage);
                self.availability.outage(self.world, outage);
            }
            Entry::Placed { workload, offer } => self.placed(at, *workload, *offer),
            Entry::Hosts { offer, count } => self.residence.hosts(*offer, *count),
            Entry::Used { used, .. } => self.utilisation.used(used),
            Entry::Exchanged(part) => self.interoperability.exchanged(part),
            Entry::WriteOff { amount, .. } => self.cost.write_off(*amount),
            Entry::BookValue { amount, .. } => self.cost.book_value(*amount),
            Entry::Covered(covered) => {
                self.commitments.covered(covered);
                self.lock_in.covered(covered);
            }
            Entry::LinkUsed { .. } | Entry::Bound { .. } | Entry::Waived(_) => {}
            Entry::Decision(_) | Entry::ExitBegins | Entry::End => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::units::Span;
    use crate::scoring::Score;
    use crate::scoring::fixture::{charge, euros, first};
    use crate::simulation::journal::{Outage, OutageCause};
    use crate::world::fixture;
    use std::collections::BTreeSet;

    fn scored(world: &World, entries: &[(u64, Entry)]) -> Scorecard {
        let mut scorer = Scorer::new(world, first(&world.strategies), 0.0);
        for (hour, entry) in entries {
            scorer.receive(SimTime::START + Span::from_hours(*hour), entry);
        }
        scorer.finish()
    }

    #[test]
    fn each_entry_reaches_the_scores_that_count_it() {
        let world = fixture::world();
        let (workload, offer, site) = (first(&world.workloads), first(&world.offers), first(&world.sites));
        let hour = |hours| SimTime::START + Span::from_hours(hours);
        let outage = Outage { workload, offer, from: hour(1), until: hour(3), cause: OutageCause::Cutover };
        let card = scored(
            &world,
            &[
                (0, Entry::Charge(charge(120.0))),
                (3, Entry::Outage(outage)),
                (4, Entry::WriteOff { site, amount: euros(5.0) }),
                (5, Entry::Hosts { offer, count: 3 }),
                (8_760 / 2, Entry::Placed { workload, offer: None }),
                (8_760, Entry::End),
            ],
        );
        assert_eq!(
            (card.cost.total, card.cost.npv, card.cost.write_off),
            (euros(120.0), euros(120.0), euros(5.0))
        );
        assert_eq!((card.migration.downtime_hours, card.availability.vm_hours_down), (2.0, 2.0));
        assert_eq!(card.lock_in.yearly_run_cost, euros(120.0));
        assert_eq!((card.residence.hosts[0][offer], card.residence.workloads[11][site]), (3, 3));
        // Three run; one of them only for half of the year.
        assert!((card.availability.mean - (1.0 - 2.0 / 21_900.0)).abs() < 1e-12, "rounding only");
    }

    #[test]
    fn figures_have_the_names_that_results_promise_each_once() {
        let world = fixture::world();
        let figures = scored(&world, &[]).figures(&world);
        let names: BTreeSet<&str> = figures.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names.len(), figures.len());
        for promised in [
            "cost.npv",
            "cost.total",
            "cost.by_category.double_running",
            "cost.by_provider.azure",
            "cost.by_year.2027",
            "migration.planned",
            "migration.finished_at",
            "migration.downtime_hours",
            "interoperability.one_off",
            "interoperability.recurring_per_year",
            "interoperability.by_facet.disk-format",
            "lock_in.exit_cost",
            "lock_in.exit_months",
            "lock_in.years_of_spend",
            "lock_in.hhi",
            "lock_in.by_party.Microsoft",
            "sovereignty.seal",
            "sovereignty.score_percent",
            "sovereignty.gate_violations",
            "availability.mean",
            "availability.vm_hours_down",
            "availability.sla_credits",
        ] {
            assert!(names.contains(promised), "{promised} is missing");
        }
        let finished =
            figures.iter().find(|(name, _)| name == "migration.finished_at").map(|(_, score)| *score);
        assert_eq!(finished, Some(Score::Missing));
    }
}
