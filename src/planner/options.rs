//! Every destination of one workload side by side: what it would cost there, or why it
//! cannot go.
//!
//! Prices and refusals are those of [`next_best`](super::next_best()): the same table
//! makes both, so that no destination is priced in two ways.

use super::next_best::Table;
use super::running_cost::{Destination, MONTHS};
use crate::base::ids::IdVec;
use crate::world::rules::effort::Moment;
use crate::world::rules::feasibility::{self, Passage, Refusal, Wish};
use crate::world::rules::gates::{self, GateViolation};
use crate::world::{Assignment, OfferId, WorkloadId};

/// An offer at which a workload could be, or could not.
#[derive(Clone, Debug, PartialEq)]
pub struct Alternative {
    /// Which offer.
    pub offer: OfferId,
    /// Whether it may and can be there, and at what cost.
    pub verdict: Verdict,
}

/// Whether a workload may and can be somewhere, and at what cost. Amounts are an
/// estimate in the reporting currency with the prices of one replication.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    /// It can.
    Feasible {
        /// A month of running there.
        month: f64,
        /// The work on the move; nothing where it is already.
        one_off: f64,
        /// [`MONTHS`] of running and the work: what destinations are compared by.
        cost: f64,
        /// How it gets there; none where it is already.
        assignment: Option<Assignment>,
    },
    /// It cannot, or may not.
    Refused {
        /// What the workload, the offer and the way stand against; one reason a tool
        /// where nothing carries it.
        refusals: Vec<Refusal>,
        /// Gates of its data that the offer does not pass.
        gates: Vec<GateViolation>,
    },
}

impl Alternative {
    /// What destinations are compared by; none where it cannot be.
    pub fn cost(&self) -> Option<f64> {
        match self.verdict {
            Verdict::Feasible { cost, .. } => Some(cost),
            Verdict::Refused { .. } => None,
        }
    }
}

/// What every offer of the world would be for a workload that leaves its home, its home
/// included: the feasible ones first, the cheapest first, among equals in the order of
/// the file; then the others.
///
/// The hours of its application are shared evenly among all workloads of the
/// application, which go together. A gate is a veto even at home: what is there today
/// may not pass either, and is then refused as everywhere else. The question is asked at
/// an instant: the alliances in force then count.
pub fn options(moment: Moment<'_>, workload: WorkloadId) -> Vec<Alternative> {
    let Moment { world, figures, at } = moment;
    let described = &world.workloads[workload];
    let home = described.home;
    let leaving: IdVec<OfferId, bool> = world.offers.ids().map(|offer| offer == home).collect();
    let table = Table::new(moment, &leaving);
    let group = world.workloads.iter().filter(|other| other.application == described.application).count();
    let class = world.applications[described.application].data_class;

    let verdict = |offer: OfferId| {
        let mut refusals: Vec<Refusal> =
            feasibility::can_run(world, workload, offer).err().into_iter().collect();
        let gates = gates::violations(world, offer, class);
        if offer == home {
            let month = Destination::new(world, figures, home).month(figures, described);
            // It runs there, whatever a rule says of its size.
            return match month.filter(|_| gates.is_empty()) {
                Some(month) => {
                    Verdict::Feasible { month, one_off: 0.0, cost: MONTHS * month, assignment: None }
                }
                None => Verdict::Refused { refusals, gates },
            };
        }
        refusals.extend(feasibility::is_obtainable(world, workload, offer, at).err());
        if let Err(ways) =
            feasibility::way(world, Passage::from_home(world, workload, offer, at), Wish::default())
        {
            refusals.extend(ways);
        }
        match table.option(workload, home, offer, group as f64) {
            Some(choice) if refusals.is_empty() => Verdict::Feasible {
                month: choice.month,
                one_off: choice.cost - MONTHS * choice.month,
                cost: choice.cost,
                assignment: Some(choice.assignment),
            },
            _ => Verdict::Refused { refusals, gates },
        }
    };
    let mut options: Vec<Alternative> =
        world.offers.ids().map(|offer| Alternative { offer, verdict: verdict(offer) }).collect();
    options.sort_by(|a, b| {
        let cost = |option: &Alternative| option.cost().unwrap_or(f64::INFINITY);
        cost(a).total_cmp(&cost(b))
    });
    options
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::units::SimTime;
    use crate::planner::next_best;
    use crate::world::{Figures, MethodSet, PlacementRule, RuleDemand, World, fixture};

    fn start<'w>(world: &'w World, figures: &'w Figures) -> Moment<'w> {
        Moment { world, figures, at: SimTime::START }
    }

    fn of<'a>(world: &World, options: &'a [Alternative], offer: &str) -> &'a Verdict {
        let found = options.iter().find(|option| world.offers[option.offer].name == offer);
        &found.expect("every offer is there").verdict
    }

    fn workload(world: &World, name: &str) -> WorkloadId {
        world.workloads.find(|workload| workload.name == name).expect("a fixture's workload")
    }

    #[test]
    fn the_cheapest_other_place_is_where_the_planner_sends_it() {
        let world = fixture::world();
        let figures = Figures::at_mode(&world);
        let home = world.workloads[workload(&world, "web")].home;
        let holding = world.workloads.iter().map(|workload| Some(workload.home)).collect();
        let plan = next_best(start(&world, &figures), |offer| offer == home, &holding);
        let mut sum = 0.0;
        for id in world.workloads.ids() {
            let options = options(start(&world, &figures), id);
            let best = options.iter().find(|option| option.offer != home).expect("there are others");
            let Verdict::Feasible { cost, assignment, .. } = best.verdict else { panic!("{best:?}") };
            assert_eq!(assignment, plan.assignments[id], "{}", world.workloads[id].name);
            sum += cost;
        }
        // The same terms in the same order.
        assert!((sum - plan.cost).abs() < 1e-9 * sum, "{sum} and not {}", plan.cost);
    }

    #[test]
    fn staying_costs_no_work_and_the_work_is_apart_from_the_months() {
        let world = fixture::world();
        let figures = Figures::at_mode(&world);
        let options = options(start(&world, &figures), workload(&world, "web"));
        let Verdict::Feasible { month, one_off, cost, assignment: None } =
            *of(&world, &options, "paris/vsphere")
        else {
            panic!("it is there")
        };
        assert_eq!((one_off, cost), (0.0, 36.0 * month));
        let Verdict::Feasible { month, one_off, cost, .. } = *of(&world, &options, "azure/instances") else {
            panic!("it may go")
        };
        // 0.10 €/h and 100 GiB at 0.10 €. All three facets differ: 7 h a VM and 70 h an
        // application; 3 h and 8 h besides; two workloads share; 75 €/h.
        assert!((month - 83.0).abs() < 1e-9 && (one_off - 75.0 * (7.0 + 3.0 + 78.0 / 2.0)).abs() < 1e-6);
        assert!((cost - 36.0 * month - one_off).abs() < 1e-6, "rounding only");
    }

    #[test]
    fn what_stands_against_a_place_is_told_whole() {
        let mut world = fixture::world();
        let database = workload(&world, "erp-db");
        let rule = PlacementRule {
            name: "ours".into(),
            workloads: vec![workload(&world, "web")],
            demand: RuleDemand::Residency(vec!["DE".into()]),
        };
        world.placement.rules.push(rule);
        world.workloads[database].excluded =
            MethodSet::NONE.with(crate::world::Method::Conversion).with(crate::world::Method::Cold);
        let figures = Figures::at_mode(&world);
        let found = options(start(&world, &figures), database);
        let Verdict::Refused { refusals, gates } = of(&world, &found, "azure/instances") else {
            panic!("confidential data may not")
        };
        assert_eq!(gates.len(), 2, "one objective at SEAL-1, one not proven");
        assert!(refusals.iter().any(|refusal| matches!(refusal, Refusal::Excluded { .. })), "{refusals:?}");
        let Verdict::Refused { refusals, .. } = of(&world, &found, "trusted/instances") else {
            panic!("it takes no Windows")
        };
        assert!(matches!(refusals[0], Refusal::Windows { .. }));
        let web = options(start(&world, &figures), workload(&world, "web"));
        let Verdict::Refused { refusals, gates } = of(&world, &web, "azure/instances") else {
            panic!("a rule keeps it in its country")
        };
        assert!(matches!(refusals[0], Refusal::Residency { .. }) && gates.is_empty());
    }

    #[test]
    fn the_feasible_come_first_and_the_cheapest_of_them() {
        let world = fixture::world();
        let figures = Figures::at_mode(&world);
        let options = options(start(&world, &figures), workload(&world, "erp-db"));
        let costs: Vec<Option<f64>> = options.iter().map(Alternative::cost).collect();
        assert_eq!(costs.len(), world.offers.len());
        let feasible: Vec<f64> = costs.iter().copied().flatten().collect();
        assert!(feasible.is_sorted() && costs[..feasible.len()].iter().all(Option::is_some));
        assert!(feasible.len() < costs.len(), "some are refused");
    }
}
