//! Lock-in: how hard it would be to leave.

use super::exit::{Component, Components};
use super::{Score, payees};
use crate::base::ids::IdVec;
use crate::base::units::{Money, SimTime, Span};
use crate::simulation::journal::{Category, Charge, Covered, Meter, Nature, Waived};
use crate::world::rules::exit::Verdict;
use crate::world::{LicenceId, OfferId, OfferKind, PartyId, SiteId, WorkloadId, World};

/// Months of a year, for the running cost of the last one.
const YEAR_MONTHS: usize = 12;

/// How hard it would be to leave.
///
/// Shares of spend count what is paid to others: the operator of the site that
/// issues an invoice, or the supplier of a licence. What is spent on one's own staff
/// and sites goes to many sellers that a scenario does not name, and is left out.
#[derive(Clone, Debug, PartialEq)]
pub struct LockIn {
    /// What an exit rehearsal at the end of the horizon cost, where one was made.
    pub exit: Option<ExitOutcome>,
    /// The same at each of [`World::exits`], in their order; empty where none was made.
    pub exits: Vec<Option<ExitOutcome>>,
    /// Herfindahl-Hirschman index of the spend over the horizon: Σ of squared shares
    /// in percent, from 0 (nothing is paid to others) to 10,000 (one party is paid).
    pub hhi: f64,
    /// Share of that spend that goes to the largest party, from 0 to 1.
    pub largest_party_share: f64,
    /// Share of the workloads that are on a proprietary service at the end of the horizon,
    /// from 0 to 1: at a managed service, or at an offer of somebody else's that provides
    /// what their application leans on. Zero where all are retired.
    pub proprietary_share: f64,
    /// What is still owed after the horizon, nominal.
    pub remaining_commitment: Money,
    /// Running cost of the last twelve months, nominal: without work on moves,
    /// double running, purchases, and what is owed after the horizon.
    pub yearly_run_cost: Money,
    /// By how much that is less than under the first strategy, in the same replication;
    /// none for the first strategy itself, and where nobody compared.
    pub saving_per_year: Option<Money>,
}

/// What the exit rehearsals of one date found: for each party the one-off cost of leaving,
/// double running and stranded commitments, discounted to the date of the exit, without
/// the difference in running cost afterwards.
#[derive(Clone, Debug, PartialEq)]
pub struct ExitOutcome {
    /// The date.
    pub at: SimTime,
    /// Leaving each party on which workloads depend; never empty.
    pub parties: Vec<PartyExit>,
    /// The place in `parties` of whichever is the hardest to leave: one that cannot be
    /// left whole before one that can, then the dearest.
    pub hardest: usize,
}

/// What leaving one party takes.
#[derive(Clone, Debug, PartialEq)]
pub struct PartyExit {
    /// The party.
    pub party: PartyId,
    /// Cost of leaving it. A lower bound where `stranded` is not zero: nobody knows what it
    /// takes to move those.
    pub cost: Money,
    /// The same, part by part; the parts add up to `cost`.
    pub by_component: Components,
    /// Perpetual licences that were in use and are in use nowhere any more, at the price of
    /// the day: paid long ago, so it stands beside the cost.
    pub lost_licences: Money,
    /// Book value of hosts that were given up: beside the cost too.
    pub written_off: Money,
    /// Months until the last workload that can has left and the last obligation has
    /// ended.
    pub months: f64,
    /// Time until the last workload that can has left and its source is given up.
    pub needed: Span,
    /// Workloads that had nowhere to go.
    pub stranded: u32,
    /// The periods within which it must, or may, be left, against the time needed.
    pub verdicts: Vec<Verdict>,
    /// Data that left freely: by which rule, from where, and what it would have cost.
    pub waived: Vec<Waived>,
    /// By which share its prices may rise before leaving pays; zero where leaving pays
    /// now. None where nobody can leave, and where nothing is paid to it.
    pub tolerated_rise: Option<f64>,
}

impl PartyExit {
    /// Whether nothing depended on the party and nothing was owed to it.
    pub fn is_untouched(&self) -> bool {
        self.cost == Money::ZERO && self.needed == Span::ZERO && self.stranded == 0
    }

    /// A party that cannot be left whole is harder to leave than any that can, whatever its
    /// price.
    fn is_harder_than(&self, other: &Self) -> bool {
        (self.stranded > 0, self.cost) > (other.stranded > 0, other.cost)
    }
}

impl ExitOutcome {
    /// What leaving each of `parties` at `at` took; none where there is none to leave.
    pub fn of(at: SimTime, parties: Vec<PartyExit>) -> Option<Self> {
        let mut hardest = 0;
        for place in 1..parties.len() {
            if parties[place].is_harder_than(&parties[hardest]) {
                hardest = place;
            }
        }
        (!parties.is_empty()).then_some(Self { at, parties, hardest })
    }

    /// Leaving whichever party is the hardest to leave.
    pub fn hardest(&self) -> &PartyExit {
        &self.parties[self.hardest]
    }

    /// Leaving one party.
    pub fn party(&self, party: PartyId) -> Option<&PartyExit> {
        self.parties.iter().find(|exit| exit.party == party)
    }
}

impl LockIn {
    /// The exit cost in years of running cost; none without a rehearsal or a running
    /// cost. It halves when the run price doubles, so it never stands alone.
    pub fn years_of_spend(&self) -> Option<f64> {
        let exit = self.exit.as_ref()?.hardest();
        (self.yearly_run_cost > Money::ZERO).then(|| exit.cost.as_f64() / self.yearly_run_cost.as_f64())
    }

    /// What is saved a year for each unit of exit cost taken on, against the first strategy:
    /// saving per year / exit cost. None without either, and where leaving costs nothing.
    pub fn return_on_lock_in(&self) -> Option<f64> {
        let cost = self.exit.as_ref()?.hardest().cost;
        let saving = self.saving_per_year?;
        (cost > Money::ZERO).then(|| saving.as_f64() / cost.as_f64())
    }

    pub(super) fn figures(&self, world: &World, figures: &mut Vec<(String, Score)>) {
        let mut add = |name: String, score: Score| figures.push((format!("lock_in.{name}"), score));
        let exit = self.exit.as_ref().map(ExitOutcome::hardest);
        let number = |number: Option<f64>| number.map_or(Score::Missing, Score::Number);
        let money = |amount: Option<Money>| amount.map_or(Score::Missing, Score::Money);
        add("exit_cost".into(), money(exit.map(|exit| exit.cost)));
        add("exit_months".into(), number(exit.map(|exit| exit.months)));
        add("exit_stranded".into(), exit.map_or(Score::Missing, |exit| Score::Count(exit.stranded.into())));
        add("exit_needed_months".into(), number(exit.map(|exit| months(exit.needed))));
        for component in Component::ALL {
            let amount = exit.map(|exit| exit.by_component.of(component));
            add(format!("exit_by_component.{}", component.key()), money(amount));
        }
        add("exit_beside.lost_licences".into(), money(exit.map(|exit| exit.lost_licences)));
        add("exit_beside.written_off".into(), money(exit.map(|exit| exit.written_off)));
        add("tolerated_price_rise".into(), number(exit.and_then(|exit| exit.tolerated_rise)));
        add("years_of_spend".into(), number(self.years_of_spend()));
        add("return_on_lock_in".into(), number(self.return_on_lock_in()));
        add("hhi".into(), Score::Number(self.hhi));
        add("largest_party_share".into(), Score::Number(self.largest_party_share));
        add("proprietary_share".into(), Score::Number(self.proprietary_share));
        add("remaining_commitment".into(), Score::Money(self.remaining_commitment));
        add("yearly_run_cost".into(), Score::Money(self.yearly_run_cost));
        let behind = parties_behind_offers(world);
        for (party, described) in world.parties.enumerate().filter(|(party, _)| behind[*party]) {
            let left = self.exit.as_ref().and_then(|exit| exit.party(party));
            let name = &described.name;
            add(format!("by_party.{name}"), money(left.map(|left| left.cost)));
            add(format!("months_by_party.{name}"), number(left.map(|left| left.months)));
            let rise = left.and_then(|left| left.tolerated_rise);
            add(format!("tolerated_rise_by_party.{name}"), number(rise));
            for component in Component::ALL {
                let amount = left.map(|left| left.by_component.of(component));
                add(format!("by_party_and_component.{name}/{}", component.key()), money(amount));
            }
        }
        for (place, at) in world.exits.iter().enumerate() {
            let outcome = self.exits.get(place).and_then(Option::as_ref);
            let date = world.calendar.date(*at);
            let hardest = outcome.map(ExitOutcome::hardest);
            add(format!("exit_cost_at.{date}"), money(hardest.map(|exit| exit.cost)));
            add(format!("exit_months_at.{date}"), number(hardest.map(|exit| exit.months)));
            for (party, described) in world.parties.enumerate().filter(|(party, _)| behind[*party]) {
                let left = outcome.and_then(|outcome| outcome.party(party));
                add(
                    format!("by_date_and_party.{date}/{}", described.name),
                    money(left.map(|left| left.cost)),
                );
            }
        }
    }
}

/// A time in months, of which a year has twelve of equal length.
pub fn months(span: Span) -> f64 {
    const DAYS_PER_MONTH: f64 = 365.25 / 12.0;
    span.as_days() / DAYS_PER_MONTH
}

/// Whether a workload is on a proprietary service where it is: a managed service in its
/// place, or what its application leans on as a managed service of somebody else.
fn is_proprietary(world: &World, workload: WorkloadId, at: OfferId) -> bool {
    let offer = &world.offers[at];
    let uses = &world.applications[world.workloads[workload].application].uses;
    offer.kind == OfferKind::ManagedService
        || !offer.is_owned() && uses.iter().any(|facility| offer.provides.contains(facility))
}

/// Share of the workloads that are somewhere and on a proprietary service there.
fn proprietary_share(world: &World, places: &IdVec<WorkloadId, Option<OfferId>>) -> f64 {
    let held = places.enumerate().filter_map(|(workload, offer)| Some((workload, (*offer)?)));
    let (mut all, mut proprietary) = (0_u32, 0_u32);
    for (workload, offer) in held {
        all += 1;
        proprietary += u32::from(is_proprietary(world, workload, offer));
    }
    f64::from(proprietary) / f64::from(all.max(1))
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
            self.runs(charge.month, charge.amount);
        }
    }

    /// The price of a commitment runs with its term, whenever it is paid.
    pub(super) fn covered(&mut self, covered: &Covered) {
        if !matches!(covered.meter, Meter::RemainingTerm(_)) {
            self.runs(covered.month, covered.amount);
        }
    }

    fn runs(&mut self, month: u32, amount: Money) {
        let month = (month as usize).min(self.run_by_month.len() - 1);
        self.run_by_month[month] += amount;
    }

    /// The score, with the workloads where they are at the end.
    pub(super) fn finish(self, world: &World, places: &IdVec<WorkloadId, Option<OfferId>>) -> LockIn {
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
            exits: Vec::new(),
            saving_per_year: None,
            proprietary_share: proprietary_share(world, places),
            hhi: shares.clone().map(|share| 10_000.0 * share * share).sum(),
            largest_party_share: shares.fold(0.0, f64::max),
            remaining_commitment: self.remaining_commitment,
            yearly_run_cost: Money::from_micros(
                i64::try_from(yearly).expect("a year's cost stays below 9.2e12 units"),
            ),
        }
    }
}

/// Whether a line recurs as long as the estate runs as it does. What a commitment costs
/// is counted by what it covers and leaves unused.
fn is_running(charge: &Charge) -> bool {
    charge.nature != Nature::Capex
        && !matches!(charge.meter, Meter::Commitment(_))
        && !matches!(charge.category, Category::Migration | Category::DoubleRunning | Category::Hardware)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::ids::Id;
    use crate::scoring::fixture::{charge, euros, first};
    use crate::world::fixture;

    fn site(world: &World, name: &str) -> Option<SiteId> {
        world.sites.find(|site| site.name == name)
    }

    fn fold(world: &World, charges: &[Charge]) -> LockIn {
        let mut fold = LockInFold::new(world);
        charges.iter().for_each(|charge| fold.charge(world, charge));
        let homes = world.workloads.iter().map(|workload| Some(workload.home)).collect();
        fold.finish(world, &homes)
    }

    /// An exit of which only the party and the cost matter.
    fn left(party: PartyId, cost: f64) -> PartyExit {
        let mut by_component = Components::default();
        by_component.add(Component::Conversion, euros(cost));
        PartyExit {
            party,
            cost: euros(cost),
            by_component,
            lost_licences: Money::ZERO,
            written_off: Money::ZERO,
            months: 4.0,
            needed: Span::from_days(30),
            stranded: 0,
            verdicts: Vec::new(),
            waived: Vec::new(),
            tolerated_rise: Some(0.5),
        }
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
    fn one_party_has_everything_that_is_paid_to_others() {
        let world = fixture::world();
        let score = fold(
            &world,
            &[
                Charge { site: site(&world, "azure"), ..charge(600.0) },
                Charge { site: site(&world, "azure"), ..charge(11.0) },
                Charge { site: site(&world, "paris"), ..charge(9_000.0) },
            ],
        );
        assert_eq!((score.hhi, score.largest_party_share), (10_000.0, 1.0));
    }

    #[test]
    fn a_managed_service_and_what_another_provides_are_proprietary() {
        let mut world = fixture::world();
        let places = |world: &World, name: &str| {
            let offer = world.offers.find(|offer| offer.name == name).expect("a fixture's offer");
            IdVec::filled(Some(offer), world.workloads.len())
        };
        assert_eq!(proprietary_share(&world, &places(&world, "azure/host")), 0.0);
        let database = crate::world::FacilityId::from_index(0);
        let (erp, azure, own) = (
            first(&world.applications),
            world.offers.find(|offer| offer.name == "azure/host").expect("a fixture's offer"),
            world.offers.find(|offer| offer.name == "paris/vsphere").expect("a fixture's offer"),
        );
        world.applications[erp].uses = vec![database];
        world.offers[azure].provides = vec![database];
        world.offers[own].provides = vec![database];
        assert_eq!(proprietary_share(&world, &places(&world, "azure/host")), 0.5, "the ERP's two of four");
        assert_eq!(proprietary_share(&world, &places(&world, "paris/vsphere")), 0.0, "one's own");
        world.offers[azure].kind = OfferKind::ManagedService;
        assert_eq!(proprietary_share(&world, &places(&world, "azure/host")), 1.0);
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
        score.exit = ExitOutcome::of(SimTime::START, vec![left(first(&world.parties), 60.0)]);
        assert_eq!(score.years_of_spend(), Some(0.5));
        assert_eq!(score.return_on_lock_in(), None, "compared with nothing");
        score.saving_per_year = Some(euros(15.0));
        assert_eq!(score.return_on_lock_in(), Some(0.25));
    }

    #[test]
    fn what_is_paid_at_once_for_a_term_runs_with_the_term() {
        let world = fixture::world();
        let commitment = crate::world::CommitmentId::from_index(0);
        let mut fold = LockInFold::new(&world);
        // Three years for 360, paid before the last year began.
        fold.charge(&world, &Charge { meter: Meter::Commitment(commitment), ..charge(360.0) });
        let line = charge(0.0);
        for (month, meter) in [(10, Meter::Administration), (11, Meter::RemainingTerm(commitment))] {
            fold.covered(&Covered {
                commitment,
                meter,
                site: first(&world.sites),
                application: None,
                month,
                quantity: line.quantity,
                use_of: crate::simulation::journal::CommitmentUse::Used,
                list_price: line.unit_price,
                rate: line.rate,
                figure: line.figure,
                amount: euros(10.0),
            });
        }
        let places = IdVec::filled(None, world.workloads.len());
        assert_eq!(fold.finish(&world, &places).yearly_run_cost, euros(10.0));
    }

    #[test]
    fn every_party_behind_an_offer_has_a_figure_whether_it_was_left_or_not() {
        let world = fixture::world();
        let microsoft = world.parties.find(|party| party.name == "Microsoft").expect("a fixture's party");
        let mut score = fold(&world, &[]);
        score.exit = ExitOutcome::of(SimTime::START, vec![left(microsoft, 60.0)]);
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
