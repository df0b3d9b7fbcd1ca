//! Attribution: what of the ledger is whose.
//!
//! Every line of the ledger is shared among workloads by a stated [`Key`], and what
//! belongs to none of them is said to be [`Nobody`]'s. The parts are differences of a
//! rounded running sum, so that those of all workloads and nobody's add up to the line,
//! and to the totals of the strategy, to the micro-unit.
//!
//! A line that the simulation meters by workload (a size, a disk, a licence) is shared
//! by that measure; what is bought whole (hosts, contracts, services) by who was there.
//! Whole hosts fall on those that ran on them, spare capacity included.

mod account;
mod history;
mod keys;
mod sharing;

use std::collections::BTreeMap;

pub use account::{Account, Amounts, Kind, Line};
pub use keys::{Key, Nobody};

use super::cost::Discount;
use crate::base::ids::IdVec;
use crate::base::units::{Money, SimTime, Span};
use crate::simulation::journal::{Charge, Covered, Decision, Entry, Meter, Receiver};
use crate::world::{Assignment, Change, Figures, OfferId, StrategyId, WorkloadId, World};
use history::{History, Window};
use sharing::{Sharer, Weights, gathered};

/// Receives the Journal of one run and shares out its ledger.
///
/// Unlike a [`Scorer`](super::Scorer) it keeps the lines until the end, since a year
/// that is paid in advance is shared by who was there in that year: for a path, not
/// for every replication.
#[derive(Clone, Debug)]
pub struct Attribution<'w> {
    world: &'w World,
    strategy: StrategyId,
    /// The figures at the start.
    at_start: Figures,
    /// The figures as dated price moves have left them.
    figures: Figures,
    discount: Discount,
    history: History,
    /// The workloads that do not stay.
    movers: Vec<WorkloadId>,
    pending: Vec<Pending>,
    covered: Vec<(Covered, Window)>,
    running: Window,
    monthly: Window,
    /// Whose outage ended last, and when it was entered.
    last_outage: Option<(SimTime, WorkloadId)>,
}

/// A line that waits for the end.
#[derive(Clone, Copy, Debug)]
struct Pending {
    charge: Charge,
    present: Money,
    /// The time that it pays for.
    window: Window,
    /// Whose it is, where the Journal says so.
    own: Option<WorkloadId>,
}

/// A ledger shared out.
#[derive(Clone, Debug)]
pub struct Shared {
    /// What each workload is charged.
    pub workloads: IdVec<WorkloadId, Amounts>,
    /// What is nobody's, by why.
    pub nobody: BTreeMap<Nobody, Amounts>,
    /// The sum of all lines.
    pub total: Amounts,
    /// The lines of the workload that was asked about.
    pub of_one: Account,
    /// Whole lines, of all workloads and nobody.
    pub ledger: Account,
}

impl<'w> Attribution<'w> {
    /// Of a run of `strategy` with `figures`, those at the start of its replication.
    pub fn new(world: &'w World, strategy: StrategyId, figures: &Figures) -> Self {
        let never = Window { from: SimTime::START, until: SimTime::START };
        Self {
            world,
            strategy,
            at_start: figures.clone(),
            figures: figures.clone(),
            discount: Discount::at_rate(figures.value(world.discount_rate)),
            history: History::new(world),
            movers: history::movers(world, strategy),
            pending: Vec::new(),
            covered: Vec::new(),
            running: never,
            monthly: never,
            last_outage: None,
        }
    }

    /// Where each workload was over the run: every place with the instant of its
    /// arrival, in order of time; no place once it is retired.
    pub fn places(&self, workload: WorkloadId) -> Vec<(SimTime, Option<OfferId>)> {
        self.history.places(workload)
    }

    /// The present value of a line of this run.
    pub fn present_value(&self, charge: &Charge) -> Money {
        let mut discount = self.discount;
        discount.apply(&self.world.calendar, charge.paid_at, charge.amount)
    }

    /// Shares out all lines; those of `detailed` are kept one by one.
    pub fn finish(&self, detailed: Option<WorkloadId>) -> Shared {
        let sharer = Sharer::new(self);
        let mut shared = Shared {
            workloads: IdVec::filled(Amounts::default(), self.world.workloads.len()),
            nobody: BTreeMap::new(),
            total: Amounts::default(),
            of_one: Account::default(),
            ledger: Account::default(),
        };
        for pending in &self.pending {
            let charge = &pending.charge;
            let whole = Amounts { nominal: charge.amount, present: pending.present };
            shared.total += whole;
            shared.ledger.add(charge, None, 1.0, whole);
            let (key, weights) = sharer.weights(pending);
            deal(whole, &gathered(self.world, weights), |whose, share, amounts| match whose {
                Some(workload) => {
                    shared.workloads[workload] += amounts;
                    if detailed == Some(workload) {
                        shared.of_one.add(charge, Some(key), share, amounts);
                    }
                }
                None => *shared.nobody.entry(Nobody::of(charge.meter)).or_default() += amounts,
            });
        }
        shared
    }

    /// The figures as dated price moves have left them.
    pub fn figures(&self) -> &Figures {
        &self.figures
    }

    fn assignment(&self, workload: WorkloadId) -> Option<&Assignment> {
        self.world.strategies[self.strategy].assignments[workload].as_ref()
    }

    fn charge(&mut self, at: SimTime, charge: Charge) {
        let present = self.discount.apply(&self.world.calendar, charge.paid_at, charge.amount);
        let window = self.window(at, &charge);
        let own = self.last_outage.filter(|(entered, workload)| {
            let application = Some(self.world.workloads[*workload].application);
            *entered == at && matches!(charge.meter, Meter::Downtime(_)) && application == charge.application
        });
        let own = own.map(|(_, workload)| workload);
        self.pending.push(Pending { charge, present, window, own });
    }

    /// The time that a line pays for.
    fn window(&mut self, at: SimTime, charge: &Charge) -> Window {
        let horizon = self.world.horizon();
        match charge.meter {
            Meter::Contract(_) | Meter::Subscription(_) | Meter::Bridge(_) => {
                let until = (charge.paid_at + YEAR).min(horizon);
                Window { from: charge.paid_at, until }
            }
            Meter::Packs(_) | Meter::Hardware(_) => Window { from: at, until: horizon },
            // Hosts that are sold were paid by those that ran on them until then.
            Meter::HardwareSold(_) => Window { from: SimTime::START, until: at },
            // By who is there when the horizon ends.
            Meter::RemainingCommitment(_) | Meter::RemainingService(..) | Meter::RemainingTerm(_) => {
                let last = SimTime::from_ns(horizon.as_ns().saturating_sub(1));
                Window { from: last, until: last }
            }
            Meter::Egress(_)
            | Meter::CircuitData(_)
            | Meter::Replaced(_)
            | Meter::ManagedInstead(_)
            | Meter::ServiceCredit(_) => advance(&mut self.monthly, at),
            // Charged on its day, whatever the books are: what runs by time goes on counting
            // from where it was last charged.
            Meter::Downtime(_)
            | Meter::Conversion(_)
            | Meter::Replacement(_)
            | Meter::MoveWork
            | Meter::FirewallWork
            | Meter::ReaddressingWork
            | Meter::AcceptanceTest
            | Meter::Hypercare
            | Meter::LearningWork
            | Meter::LeadWork(_)
            | Meter::RolledBackWork
            | Meter::Commitment(_)
            | Meter::EarlyExit(_) => Window { from: self.running.until.min(at), until: at },
            _ => advance(&mut self.running, at),
        }
    }
}

/// A year that is paid in advance, as payments are counted.
const YEAR: Span = Span::from_days(365);

/// The time since lines of this kind were last charged.
fn advance(window: &mut Window, at: SimTime) -> Window {
    if at > window.until {
        *window = Window { from: window.until, until: at };
    }
    *window
}

/// Deals out amounts by weights, with the share of each: the parts are differences of a
/// rounded running sum. What weighs nothing at all is nobody's.
fn deal(whole: Amounts, weights: &Weights, mut give: impl FnMut(Option<WorkloadId>, f64, Amounts)) {
    let total = weights.total();
    if total <= 0.0 {
        return give(None, 1.0, whole);
    }
    let (mut weighed, mut given) = (0.0, Amounts::default());
    let mut part = |weight: f64, last: Last| {
        weighed += weight;
        let upto = |amount: Money| match last {
            Last::Yes => amount,
            Last::No => Money::from_micros(libm::round(amount.micros() as f64 * (weighed / total)) as i64),
        };
        let now = Amounts { nominal: upto(whole.nominal), present: upto(whole.present) };
        let part = Amounts { nominal: now.nominal - given.nominal, present: now.present - given.present };
        given = now;
        (weight / total, part)
    };
    for (place, (workload, weight)) in weights.of.iter().enumerate() {
        let is_last = place + 1 == weights.of.len() && weights.nobody <= 0.0;
        let (share, amounts) = part(*weight, if is_last { Last::Yes } else { Last::No });
        give(Some(*workload), share, amounts);
    }
    if weights.nobody > 0.0 {
        let (share, amounts) = part(weights.nobody, Last::Yes);
        give(None, share, amounts);
    }
}

/// Whether a part is the last, which takes what is left.
#[derive(Clone, Copy)]
enum Last {
    Yes,
    No,
}

impl Receiver for Attribution<'_> {
    fn receive(&mut self, at: SimTime, entry: &Entry) {
        match entry {
            Entry::Charge(charge) => self.charge(at, *charge),
            Entry::Placed { workload, offer } => {
                self.history.placed(self.world, &self.figures, at, (*workload, *offer));
            }
            Entry::Hosts { offer, count } => self.history.hosts(at, *offer, *count),
            Entry::Move(entry) => self.history.moved(at, *entry),
            Entry::Outage(outage) => {
                self.last_outage = Some((at, outage.workload));
                self.history.outage(*outage);
            }
            Entry::Covered(covered) => {
                let calendar = &self.world.calendar;
                let month = covered.month as usize;
                let window =
                    Window { from: calendar.month_start(month), until: calendar.month_start(month + 1) };
                self.covered.push((*covered, window));
            }
            Entry::Decision(Decision::PricesMoved { event }) => {
                if let Change::Prices { figures, by } = &self.world.timeline[*event as usize].change {
                    let factor = 1.0 + self.figures.value(*by);
                    figures.iter().for_each(|figure| self.figures.scale(*figure, factor));
                }
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::random::Draws;
    use crate::base::units::{Price, Quantity};
    use crate::scoring::fixture::{charge, euros, first};
    use crate::scoring::{Scorecard, Scorer};
    use crate::simulation::journal::{Category, Move, MoveOutcome, Outage, OutageCause};
    use crate::simulation::{Plan, Simulation};
    use crate::world::{Disposition, Method, fixture};
    use proptest::prelude::*;

    fn offer(world: &World, name: &str) -> OfferId {
        world.offers.find(|offer| offer.name == name).expect("a fixture's offer")
    }

    fn workload(world: &World, name: &str) -> WorkloadId {
        world.workloads.find(|workload| workload.name == name).expect("a fixture's workload")
    }

    fn hour(hours: u64) -> SimTime {
        SimTime::START + Span::from_hours(hours)
    }

    /// A ledger shared out by hand-written entries, and each workload's part in order.
    fn shared(world: &World, entries: &[(u64, Entry)]) -> (Shared, Vec<Money>) {
        let figures = Figures::at_mode(world);
        let mut fold = Attribution::new(world, first(&world.strategies), &figures);
        for (id, described) in world.workloads.enumerate() {
            let placed = Entry::Placed { workload: id, offer: Some(described.home) };
            fold.receive(SimTime::START, &placed);
        }
        entries.iter().for_each(|(hours, entry)| fold.receive(hour(*hours), entry));
        let shared = fold.finish(None);
        let parts = shared.workloads.iter().map(|amounts| amounts.nominal).collect();
        (shared, parts)
    }

    fn at(site: Option<&str>, world: &World, charge: Charge) -> Charge {
        Charge { site: site.and_then(|name| world.sites.find(|site| site.name == name)), ..charge }
    }

    #[test]
    fn hosts_fall_on_who_ran_on_them_by_virtual_processors_and_hours() {
        let world = fixture::world();
        let home = offer(&world, "paris/vsphere");
        let web = workload(&world, "web");
        let energy = Charge { meter: Meter::Energy(home), category: Category::Energy, ..charge(120.0) };
        // What its cutover costs on that day closes no book of what runs.
        let stopped = Charge {
            meter: Meter::Downtime(world.workloads[web].application),
            category: Category::Downtime,
            application: Some(world.workloads[web].application),
            ..charge(0.0)
        };
        // 8, 4, 4 virtual processors and one that is off; web leaves half way.
        let (_, parts) = shared(
            &world,
            &[
                (50, Entry::Charge(stopped)),
                (50, Entry::Placed { workload: web, offer: Some(offer(&world, "azure/instances")) }),
                (100, Entry::Charge(at(Some("paris"), &world, energy))),
            ],
        );
        // 800, 400 and 200 vCPU-hours.
        assert_eq!(parts[0], Money::from_micros(68_571_429));
        assert_eq!(parts[1], Money::from_micros(34_285_714));
        assert_eq!(parts[2], Money::from_micros(17_142_857));
        assert_eq!((parts[3], parts.iter().copied().sum::<Money>()), (Money::ZERO, euros(120.0)));
    }

    #[test]
    fn the_time_that_a_line_pays_for_ends_when_the_next_begins() {
        let world = fixture::world();
        let home = offer(&world, "paris/vsphere");
        let (database, web) = (workload(&world, "erp-db"), workload(&world, "web"));
        let energy = Charge { meter: Meter::Energy(home), ..charge(90.0) };
        let leaves = |workload| Entry::Placed { workload, offer: None };
        let (shared, parts) = shared(
            &world,
            &[
                (100, leaves(database)),
                (100, Entry::Charge(energy)),
                (100, leaves(workload(&world, "erp-app"))),
                (200, Entry::Charge(energy)),
                (200, leaves(web)),
                (300, Entry::Charge(energy)),
            ],
        );
        assert_eq!(parts[..3], [euros(45.0), euros(22.5), euros(22.5 + 90.0)]);
        assert_eq!(shared.nobody[&Nobody::EmptyHosts].nominal, euros(90.0), "nothing runs in the third");
        assert_eq!(shared.total.nominal, euros(270.0));
    }

    #[test]
    fn a_year_paid_in_advance_falls_on_who_is_there_in_it() {
        let world = fixture::world();
        let contract = first(&world.contracts);
        let year = Charge { meter: Meter::Contract(contract), category: Category::Licences, ..charge(100.0) };
        let everybody_but_web =
            world.workloads.ids().filter(|id| world.workloads[*id].name != "web").map(|workload| {
                (8_760 / 2, Entry::Placed { workload, offer: Some(offer(&world, "azure/instances")) })
            });
        let mut entries = vec![(0, Entry::Charge(year))];
        entries.extend(everybody_but_web);
        let (_, parts) = shared(&world, &entries);
        // Half a year of 8 and of 4 virtual processors, a year of 4: 4, 2 and 4 of 10.
        assert_eq!(parts[..3], [euros(40.0), euros(20.0), euros(40.0)]);
    }

    #[test]
    fn work_on_a_move_and_downtime_are_theirs_who_caused_them() {
        let mut world = fixture::world();
        let (database, app) = (workload(&world, "erp-db"), workload(&world, "erp-app"));
        let strategy = first(&world.strategies);
        let to = Some(offer(&world, "paris/hyper-v"));
        let method = Method::Conversion;
        let assignment = Assignment { disposition: Disposition::Rehost, to, method, tool: None, link: None };
        for id in [database, app] {
            world.strategies[strategy].assignments[id] = Some(assignment);
        }
        let erp = world.workloads[database].application;
        let migration = Charge { category: Category::Migration, application: Some(erp), ..charge(240.0) };
        let down = Outage {
            workload: app,
            offer: offer(&world, "paris/vsphere"),
            from: hour(1),
            until: hour(2),
            cause: OutageCause::Cutover,
        };
        let downtime = Charge {
            meter: Meter::Downtime(erp),
            category: Category::Downtime,
            application: Some(erp),
            ..charge(50.0)
        };
        let (_, parts) = shared(
            &world,
            &[
                (1, Entry::Charge(Charge { meter: Meter::Conversion(first(&world.facets)), ..migration })),
                // 3 h each and 5 more of the database's own; 8 h of the application are
                // shared evenly: 12 and 7 of 19.
                (1, Entry::Charge(Charge { meter: Meter::MoveWork, amount: euros(190.0), ..migration })),
                (2, Entry::Outage(down)),
                (2, Entry::Charge(downtime)),
            ],
        );
        assert_eq!(parts[..3], [euros(120.0 + 120.0), euros(120.0 + 70.0 + 50.0), Money::ZERO]);
    }

    #[test]
    fn what_was_kept_at_a_source_is_theirs_who_left_it() {
        let world = fixture::world();
        let web = workload(&world, "web");
        let from = offer(&world, "paris/vsphere");
        let moved = Move {
            workload: web,
            wave: 1,
            from,
            to: Some(offer(&world, "azure/instances")),
            method: Method::Conversion,
            tool: None,
            prepared_from: SimTime::START,
            copied_from: SimTime::START,
            copied: SimTime::START,
            cutover: hour(10),
            outcome: MoveOutcome::Completed,
            down_seconds: 60.0,
            attempt: 1,
        };
        let kept = Charge { meter: Meter::Energy(from), category: Category::DoubleRunning, ..charge(12.0) };
        let (_, parts) = shared(&world, &[(10, Entry::Move(moved)), (744, Entry::Charge(kept))]);
        assert_eq!(parts, [Money::ZERO, Money::ZERO, euros(12.0), Money::ZERO]);
    }

    proptest! {
        #[test]
        fn parts_add_up_to_the_line_whatever_the_weights(
            nominal in -9_000_000_000_000_000_i64..9_000_000_000_000_000,
            of in proptest::collection::vec(0.000_001_f64..1e12, 0..40),
            nobody in 0.0_f64..1e9,
        ) {
            let whole = Amounts { nominal: Money::from_micros(nominal), present: Money::from_micros(nominal / 2) };
            let of: Vec<_> = of.into_iter().enumerate()
                .map(|(place, weight)| (crate::base::ids::Id::from_index(place), weight)).collect();
            let (mut sum, mut shares) = (Amounts::default(), 0.0);
            deal(whole, &Weights { of, nobody }, |_, share, part| {
                sum += part;
                shares += share;
            });
            prop_assert_eq!(sum, whole);
            prop_assert!((shares - 1.0_f64).abs() < 1e-9, "rounding only: {}", shares);
        }
    }

    /// Runs a strategy and shares out its ledger.
    fn run(world: &World, strategy: StrategyId) -> (Shared, Scorecard) {
        let figures = Figures::at_mode(world);
        let scorer = Scorer::new(world, strategy, figures.value(world.discount_rate));
        let receivers = (Attribution::new(world, strategy, &figures), scorer);
        let plan = Plan::of(world, &world.strategies[strategy]);
        let draws = Draws { seed: 1, replication: 0 };
        let mut running = Simulation::start(world, plan, figures, draws, receivers);
        running.run_to_horizon();
        let (attribution, scorer) = running.close();
        (attribution.finish(None), scorer.finish())
    }

    #[test]
    fn workloads_and_nobody_together_are_charged_what_the_strategy_costs() {
        let mut world = fixture::world();
        let everything_moves = first(&world.strategies);
        let to = Some(offer(&world, "azure/instances"));
        let tool = world.tools.find(|tool| tool.name == "azure-migrate");
        let link = world.links.find(|link| link.name == "paris-azure");
        for id in world.workloads.ids() {
            let (disposition, method) = (Disposition::Rehost, Method::Conversion);
            world.strategies[everything_moves].assignments[id] =
                Some(Assignment { disposition, to, method, tool, link });
        }
        for strategy in world.strategies.ids() {
            let (shared, card) = run(&world, strategy);
            let sum: Amounts =
                shared.workloads.iter().copied().sum::<Amounts>() + shared.nobody.values().copied().sum();
            assert_eq!(sum, shared.total);
            assert_eq!(
                (shared.total.nominal, shared.total.present),
                (card.cost.total, card.cost.npv),
                "to the micro-unit"
            );
            assert!(
                card.cost.total > Money::ZERO && shared.workloads.iter().any(|a| a.nominal > Money::ZERO)
            );
            assert_eq!(shared.ledger.total(), shared.total);
        }
    }

    #[test]
    fn the_quantities_of_the_parts_are_those_of_the_line() {
        let world = fixture::world();
        let home = offer(&world, "paris/vsphere");
        let line = Charge {
            meter: Meter::Energy(home),
            quantity: Quantity::from_units(28),
            unit_price: Price::from_f64(0.5),
            ..charge(14.0)
        };
        let figures = Figures::at_mode(&world);
        let mut fold = Attribution::new(&world, first(&world.strategies), &figures);
        for (id, described) in world.workloads.enumerate() {
            fold.receive(SimTime::START, &Entry::Placed { workload: id, offer: Some(described.home) });
        }
        fold.receive(hour(100), &Entry::Charge(line));
        let database = fold.finish(Some(workload(&world, "erp-db"))).of_one.lines();
        assert_eq!(database.len(), 1);
        assert_eq!(
            (database[0].amounts.nominal, database[0].kind.key),
            (euros(7.0), Some(Key::HostVcpuHours))
        );
        assert!((database[0].quantity - 14.0).abs() < 1e-9, "8 of 16 virtual processors, rounding only");
        assert_eq!(database[0].prices, [Price::from_f64(0.5); 2]);
    }
}
