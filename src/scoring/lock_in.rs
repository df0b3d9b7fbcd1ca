//! Lock-in: how hard it would be to leave.

use super::{Score, payees};
use crate::base::ids::IdVec;
use crate::base::units::Money;
use crate::simulation::journal::{Category, Charge, Meter, Nature};
use crate::world::{LicenceId, PartyId, SiteId, World};

/// Months of a year, for the running cost of the last one.
const YEAR_MONTHS: usize = 12;

/// How hard it would be to leave.
///
/// Shares of spend count what is paid to others: the operator of the site that
/// issues an invoice, or the supplier of a licence. What is spent on one's own staff
/// and sites goes to many sellers that a scenario does not name, and is left out.
#[derive(Clone, Debug, PartialEq)]
pub struct LockIn {
    /// What an exit rehearsal cost, where one was made.
    pub exit: Option<ExitOutcome>,
    /// Herfindahl-Hirschman index of the spend over the horizon: Σ of squared shares
    /// in percent, from 0 (nothing is paid to others) to 10,000 (one party is paid).
    pub hhi: f64,
    /// Share of that spend that goes to the largest party, from 0 to 1.
    pub largest_party_share: f64,
    /// What is still owed after the horizon, nominal.
    pub remaining_commitment: Money,
    /// Running cost of the last twelve months, nominal: without work on moves,
    /// double running, purchases, and what is owed after the horizon.
    pub yearly_run_cost: Money,
}

/// What an exit rehearsal found: the one-off cost of leaving, double running and
/// stranded commitments, discounted to the date of the exit, without the difference
/// in running cost afterwards.
#[derive(Clone, Debug, PartialEq)]
pub struct ExitOutcome {
    /// Cost of leaving whichever party is the hardest to leave: one that cannot be
    /// left whole before one that can, then the dearest. A lower bound where
    /// `stranded` is not zero: nobody knows what it takes to move those.
    pub cost: Money,
    /// Months until the last workload that can has left and the last obligation has
    /// ended.
    pub months: f64,
    /// Cost of leaving each party for which it was rehearsed; a lower bound where
    /// some workload has nowhere to go.
    pub by_party: Vec<(PartyId, Money)>,
    /// Workloads of the hardest party that had nowhere to go.
    pub stranded: u32,
}

impl LockIn {
    /// The exit cost in years of running cost; none without a rehearsal or a running
    /// cost. It halves when the run price doubles, so it never stands alone.
    pub fn years_of_spend(&self) -> Option<f64> {
        let exit = self.exit.as_ref()?;
        (self.yearly_run_cost > Money::ZERO).then(|| exit.cost.as_f64() / self.yearly_run_cost.as_f64())
    }

    pub(super) fn figures(&self, world: &World, figures: &mut Vec<(String, Score)>) {
        let mut add = |name: String, score: Score| figures.push((format!("lock_in.{name}"), score));
        let exit = self.exit.as_ref();
        add("exit_cost".into(), exit.map_or(Score::Missing, |exit| Score::Money(exit.cost)));
        add("exit_months".into(), exit.map_or(Score::Missing, |exit| Score::Number(exit.months)));
        add("exit_stranded".into(), exit.map_or(Score::Missing, |exit| Score::Count(exit.stranded.into())));
        add("years_of_spend".into(), self.years_of_spend().map_or(Score::Missing, Score::Number));
        add("hhi".into(), Score::Number(self.hhi));
        add("largest_party_share".into(), Score::Number(self.largest_party_share));
        add("remaining_commitment".into(), Score::Money(self.remaining_commitment));
        add("yearly_run_cost".into(), Score::Money(self.yearly_run_cost));
        let behind_an_offer: IdVec<PartyId, bool> = parties_behind_offers(world);
        for (party, described) in world.parties.enumerate().filter(|(party, _)| behind_an_offer[*party]) {
            let cost = exit.and_then(|exit| exit.by_party.iter().find(|(left, _)| *left == party));
            let score = cost.map_or(Score::Missing, |(_, cost)| Score::Money(*cost));
            add(format!("by_party.{}", described.name), score);
        }
    }
}

fn parties_behind_offers(world: &World) -> IdVec<PartyId, bool> {
    let mut behind = IdVec::filled(false, world.parties.len());
    for offer in world.offers.ids() {
        world.parties_of(offer).for_each(|party| behind[party] = true);
    }
    behind
}

/// The fold that makes a [`LockIn`].
#[derive(Clone, Debug)]
pub(super) struct LockInFold {
    /// Who is paid for a site; nobody for one's own.
    operators: IdVec<SiteId, Option<PartyId>>,
    suppliers: IdVec<LicenceId, PartyId>,
    spend: IdVec<PartyId, Money>,
    run_by_month: Vec<Money>,
    remaining_commitment: Money,
}

impl LockInFold {
    pub(super) fn new(world: &World) -> Self {
        let is_own = |site: SiteId| {
            let provider = world.sites[site].provider;
            world.offers.enumerate().any(|(id, offer)| offer.is_owned() && world.provider_of(id) == provider)
        };
        let operator = |site: SiteId| world.providers[world.sites[site].provider].operator;
        Self {
            operators: world.sites.ids().map(|site| (!is_own(site)).then(|| operator(site))).collect(),
            suppliers: world.licences.iter().map(|licence| licence.supplier).collect(),
            spend: IdVec::filled(Money::ZERO, world.parties.len()),
            run_by_month: vec![Money::ZERO; world.calendar.months().max(1)],
            remaining_commitment: Money::ZERO,
        }
    }

    pub(super) fn charge(&mut self, world: &World, charge: &Charge) {
        let licence = payees::licence_of(world, charge.meter).map(|licence| self.suppliers[licence]);
        // A licence is its supplier's wherever it is used; an invoice its operator's.
        if let Some(party) = licence.or_else(|| self.operators[charge.site?]) {
            self.spend[party] += charge.amount;
        }
        if matches!(
            charge.meter,
            Meter::RemainingCommitment(_) | Meter::RemainingService(..) | Meter::RemainingTerm(_)
        ) {
            self.remaining_commitment += charge.amount;
        } else if is_running(charge) {
            let month = (charge.month as usize).min(self.run_by_month.len() - 1);
            self.run_by_month[month] += charge.amount;
        }
    }

    pub(super) fn finish(self) -> LockIn {
        // Credits can leave a party with less than nothing; it then has no share.
        let spend: Vec<f64> = self.spend.iter().map(|amount| amount.as_f64().max(0.0)).collect();
        let total: f64 = spend.iter().sum();
        let shares = spend.iter().map(|amount| if total > 0.0 { amount / total } else { 0.0 });
        let last_year = &self.run_by_month[self.run_by_month.len().saturating_sub(YEAR_MONTHS)..];
        let run: Money = last_year.iter().copied().sum();
        // A shorter horizon is taken to go on as it went.
        let yearly = i128::from(run.micros()) * YEAR_MONTHS as i128 / last_year.len() as i128;
        LockIn {
            exit: None,
            hhi: shares.clone().map(|share| 10_000.0 * share * share).sum(),
            largest_party_share: shares.fold(0.0, f64::max),
            remaining_commitment: self.remaining_commitment,
            yearly_run_cost: Money::from_micros(
                i64::try_from(yearly).expect("a year's cost stays below 9.2e12 units"),
            ),
        }
    }
}

/// Whether a line recurs as long as the estate runs as it does.
fn is_running(charge: &Charge) -> bool {
    charge.nature != Nature::Capex
        && !matches!(charge.category, Category::Migration | Category::DoubleRunning | Category::Hardware)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scoring::fixture::{charge, euros, first};
    use crate::world::fixture;

    fn site(world: &World, name: &str) -> Option<SiteId> {
        world.sites.find(|site| site.name == name)
    }

    fn fold(world: &World, charges: &[Charge]) -> LockIn {
        let mut fold = LockInFold::new(world);
        charges.iter().for_each(|charge| fold.charge(world, charge));
        fold.finish()
    }

    #[test]
    fn shares_of_spend_count_operators_and_suppliers_and_not_ones_own() {
        let world = fixture::world();
        let contract = first(&world.contracts);
        let score = fold(
            &world,
            &[
                Charge { site: site(&world, "azure"), ..charge(600.0) },
                Charge { site: site(&world, "trusted"), ..charge(100.0) },
                Charge { meter: Meter::Contract(contract), ..charge(300.0) },
                Charge { site: site(&world, "paris"), ..charge(9_000.0) },
                charge(5_000.0),
            ],
        );
        // Microsoft 60 %, Outscale 10 %, Broadcom 30 %: 3,600 + 100 + 900.
        assert!((score.hhi - 4_600.0).abs() < 1e-9, "rounding only: {}", score.hhi);
        assert!((score.largest_party_share - 0.6).abs() < 1e-12, "rounding only");
    }

    #[test]
    fn nothing_paid_to_others_is_no_concentration() {
        let world = fixture::world();
        let score = fold(&world, &[charge(10.0)]);
        assert_eq!((score.hhi, score.largest_party_share), (0.0, 0.0));
    }

    #[test]
    fn the_running_cost_leaves_out_what_is_bought_or_done_once() {
        let world = fixture::world();
        let owed = Meter::RemainingCommitment(first(&world.contracts));
        let mut score = fold(
            &world,
            &[
                charge(100.0),
                Charge { month: 11, ..charge(20.0) },
                Charge { category: Category::Migration, ..charge(1_000.0) },
                Charge { category: Category::DoubleRunning, ..charge(1_000.0) },
                Charge { nature: Nature::Capex, category: Category::Hardware, ..charge(1_000.0) },
                Charge { meter: owed, category: Category::Licences, ..charge(77.0) },
            ],
        );
        assert_eq!((score.yearly_run_cost, score.remaining_commitment), (euros(120.0), euros(77.0)));
        assert_eq!(score.years_of_spend(), None);
        score.exit = Some(ExitOutcome { cost: euros(60.0), months: 4.0, by_party: vec![], stranded: 0 });
        assert_eq!(score.years_of_spend(), Some(0.5));
    }

    #[test]
    fn every_party_behind_an_offer_has_a_figure_whether_it_was_left_or_not() {
        let world = fixture::world();
        let microsoft = world.parties.find(|party| party.name == "Microsoft").expect("a fixture's party");
        let mut score = fold(&world, &[]);
        let by_party = vec![(microsoft, euros(60.0))];
        score.exit = Some(ExitOutcome { cost: euros(60.0), months: 4.0, by_party, stranded: 0 });
        let mut figures = Vec::new();
        score.figures(&world, &mut figures);
        let parties: Vec<_> = figures
            .iter()
            .filter_map(|(name, score)| Some((name.strip_prefix("lock_in.by_party.")?, *score)))
            .collect();
        assert_eq!(
            parties,
            [
                ("our company", Score::Missing),
                ("Broadcom", Score::Missing),
                ("Microsoft", Score::Money(euros(60.0))),
                ("Outscale", Score::Missing),
                ("Dassault Systèmes", Score::Missing),
            ]
        );
    }
}
