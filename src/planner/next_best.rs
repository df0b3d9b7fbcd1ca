//! Where each workload of an offer that must be left would go next.

use super::running_cost::{Destination, MONTHS};
use crate::base::ids::{Id, IdVec};
use crate::base::units::SimTime;
use crate::world::rules::effort::{self, Crossing, Moment, Scope};
use crate::world::rules::feasibility::{self, Carriers, Wish};
use crate::world::rules::gates;
use crate::world::{
    ApplicationId, Assignment, DataClassId, Disposition, OfferId, PlacementRule, RuleDemand, WorkloadId,
    World,
};

/// Where the workloads of the offers that are left would go.
#[derive(Clone, Debug, PartialEq)]
pub struct NextBest {
    /// The cheapest feasible destination of each workload that must go; none for one
    /// that stays and for one that is stranded.
    pub assignments: IdVec<WorkloadId, Option<Assignment>>,
    /// Workloads that must go and have nowhere to go, in the order of the file.
    pub stranded: Vec<WorkloadId>,
    /// Σ over the assigned workloads of 36 months of running and of the work on the
    /// move, in the reporting currency. Without capacity limits every workload gets
    /// its own minimum, so this is also the lower bound on the cost of any plan that
    /// strands no more: the plan is optimal for this estimate.
    pub cost: f64,
    /// Σ over the same workloads of a month of running at their destinations, in the
    /// reporting currency.
    pub month: f64,
}

/// The cheapest feasible destination of each workload that is held at an offer for
/// which `leaving` is true.
///
/// The question is asked at an instant: the alliances in force then count. Feasible is an
/// offer that is not left itself, that can be had and at which the workload can run, to
/// which some tool carries it, and whose provider passes every gate of its data
/// class: gates are a veto, not a price. Among equals the first of the file.
/// An application's hours are shared evenly among its workloads that must go. The
/// hours of an estate are paid once whoever goes, so they do not compare one
/// workload's destinations and are left out.
pub fn next_best(
    moment: Moment<'_>,
    leaving: impl Fn(OfferId) -> bool,
    holding: &IdVec<WorkloadId, Option<OfferId>>,
) -> NextBest {
    let world = moment.world;
    let leaving: IdVec<OfferId, bool> = world.offers.ids().map(leaving).collect();
    let must_go = |workload: WorkloadId| holding[workload].filter(|offer| leaving[*offer]);
    let mut group_sizes: IdVec<ApplicationId, u32> = IdVec::filled(0, world.applications.len());
    for (id, workload) in world.workloads.enumerate() {
        if must_go(id).is_some() {
            group_sizes[workload.application] += 1;
        }
    }

    let table = Table::new(moment, &leaving);
    let mut plan = NextBest {
        assignments: IdVec::filled(None, world.workloads.len()),
        stranded: Vec::new(),
        cost: 0.0,
        month: 0.0,
    };
    for (id, workload) in world.workloads.enumerate() {
        let Some(from) = must_go(id) else { continue };
        let group_size = f64::from(group_sizes[workload.application]);
        let mut best: Option<Choice> = None;
        for to in world.offers.ids() {
            if let Some(choice) = table.option(id, from, to, group_size)
                && best.is_none_or(|least| choice.cost < least.cost)
            {
                best = Some(choice);
            }
        }
        match best {
            Some(choice) => {
                plan.cost += choice.cost;
                plan.month += choice.month;
                plan.assignments[id] = Some(choice.assignment);
            }
            None => plan.stranded.push(id),
        }
    }
    plan
}

/// All that does not depend on the workload, worked out once.
pub(super) struct Table<'w> {
    moment: Moment<'w>,
    /// Cost of an engineer's hour.
    rate: f64,
    /// The offers that are not left.
    destinations: IdVec<OfferId, Option<Destination<'w>>>,
    /// The offers that are left, towards every offer.
    ways: IdVec<OfferId, Vec<Way>>,
    /// Whether data of each class may be held.
    allowed: IdVec<OfferId, IdVec<DataClassId, bool>>,
}

/// A destination of a workload.
#[derive(Clone, Copy)]
pub(super) struct Choice {
    /// Moving there, and 36 months of running there.
    pub cost: f64,
    /// A month of running there.
    pub month: f64,
    pub assignment: Assignment,
}

/// From one offer to another.
#[derive(Clone)]
struct Way {
    carriers: Carriers,
    disposition: Disposition,
    /// Hours of an engineer for the differing facets.
    hours_per_vm: f64,
    hours_per_application: f64,
}

impl<'w> Table<'w> {
    pub fn new(moment: Moment<'w>, leaving: &IdVec<OfferId, bool>) -> Self {
        let Moment { world, figures, .. } = moment;
        let destination = |offer| (!leaving[offer]).then(|| Destination::new(world, figures, offer));
        let classes =
            |offer| world.data_classes.ids().map(move |class| gates::passes(world, offer, class)).collect();
        let ways = |from: OfferId| {
            let to = world.offers.ids().filter(|_| leaving[from]);
            to.map(|to| Way::new(moment, from, to)).collect()
        };
        Self {
            moment,
            rate: figures.in_reporting_currency(world.factory.rate),
            destinations: world.offers.ids().map(destination).collect(),
            ways: world.offers.ids().map(ways).collect(),
            allowed: world.offers.ids().map(classes).collect(),
        }
    }

    /// What it costs to take `workload` to an offer and to run it there, and how it
    /// gets there; none where it is not feasible.
    pub fn option(&self, id: WorkloadId, from: OfferId, to: OfferId, group_size: f64) -> Option<Choice> {
        let Moment { world, figures, at } = self.moment;
        let workload = &world.workloads[id];
        let destination = self.destinations[to].as_ref()?;
        let class = world.applications[workload.application].data_class;
        let licensed = feasibility::is_licensed(world, workload, &world.offers[to]).is_ok();
        if !licensed || !self.allowed[to][class] || !is_admitted(world, id, to) {
            return None;
        }
        feasibility::is_obtainable(world, id, to, at).ok()?;
        let way = &self.ways[from][to.index()];
        let carried = way.carriers.gentlest(world, workload, Wish::default())?;
        let month = destination.month(figures, workload)?;
        let hours = way.hours_per_vm
            + effort::workload_hours(world, figures, workload)
            + (way.hours_per_application + effort::application_hours(world, figures)) / group_size;
        let assignment = Assignment {
            disposition: way.disposition,
            to: Some(to),
            method: carried.method,
            tool: carried.tool,
            link: carried.link,
        };
        Some(Choice { cost: MONTHS * month + self.rate * hours, month, assignment })
    }
}

impl Way {
    fn new(moment: Moment<'_>, from: OfferId, to: OfferId) -> Self {
        let Moment { world, at, .. } = moment;
        let crossing = Crossing { from: world.offers[from].platform, to: world.offers[to].platform };
        let hours = |scope| effort::facet_work(moment, crossing, scope).map(|work| work.hours).sum();
        Self {
            carriers: Carriers::between(world, from, to, at),
            disposition: feasibility::disposition(world, crossing.from, to, at),
            hours_per_vm: hours(Scope::Vm),
            hours_per_application: hours(Scope::Application),
        }
    }
}

/// Whether the rules of placement let a workload be at an offer at all: residency and
/// licences that are bound to hosts. Most worlds have no such rule.
fn is_admitted(world: &World, workload: WorkloadId, to: OfferId) -> bool {
    let binds = |rule: &PlacementRule| {
        let everywhere = matches!(rule.demand, RuleDemand::Residency(_) | RuleDemand::LicensedOn(_));
        everywhere && rule.workloads.binary_search(&workload).is_ok()
    };
    !world.placement.rules.iter().any(binds) || feasibility::can_run(world, workload, to).is_ok()
}

/// Why a workload cannot go to an offer.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Obstacle {
    /// It depends on the party that is left.
    Left,
    /// The offer takes no Windows.
    Windows,
    /// Nothing there is large enough.
    TooLarge,
    /// Software that it runs is not licensed there.
    Licence,
    /// A rule of placement: residency, or licences bound to hosts.
    Rule,
    /// It, or a licence that is needed there, cannot be had without an alliance.
    NotOnSale,
    /// A sovereignty gate of its data class.
    Gate,
    /// No tool carries it there.
    NoWay,
}

impl Obstacle {
    /// It, in words.
    pub const fn words(&self) -> &'static str {
        match self {
            Self::Left => "depends on the same party",
            Self::Windows => "takes no Windows",
            Self::TooLarge => "has nothing large enough",
            Self::Licence => "is not licensed for what it runs",
            Self::Rule => "is ruled out by a rule of placement",
            Self::NotOnSale => "cannot be had without an alliance",
            Self::Gate => "does not pass the gates of its data",
            Self::NoWay => "is reached by no tool",
        }
    }
}

/// What is against each offer at `at` as the destination of a workload that has nowhere to
/// go, in the order of the offers; the first that is, of several.
pub fn obstacles(
    world: &World,
    at: SimTime,
    leaving: impl Fn(OfferId) -> bool,
    workload: WorkloadId,
    from: OfferId,
) -> Vec<(OfferId, Obstacle)> {
    let class = world.applications[world.workloads[workload].application].data_class;
    let against = |to: OfferId| {
        if leaving(to) {
            return Some(Obstacle::Left);
        }
        match feasibility::can_run(world, workload, to) {
            Err(feasibility::Refusal::Windows { .. }) => return Some(Obstacle::Windows),
            Err(feasibility::Refusal::TooLarge { .. }) => return Some(Obstacle::TooLarge),
            Err(feasibility::Refusal::Software { .. }) => return Some(Obstacle::Licence),
            Err(_) => return Some(Obstacle::Rule),
            Ok(()) => {}
        }
        if feasibility::is_obtainable(world, workload, to, at).is_err() {
            return Some(Obstacle::NotOnSale);
        }
        if !gates::passes(world, to, class) {
            return Some(Obstacle::Gate);
        }
        let carriers = Carriers::between(world, from, to, at);
        let carried = carriers.gentlest(world, &world.workloads[workload], Wish::default());
        carried.is_none().then_some(Obstacle::NoWay)
    };
    let offers = world.offers.ids().filter(|to| *to != from);
    offers.filter_map(|to| Some((to, against(to)?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::{Figures, Method, MethodSet, fixture};

    fn start<'w>(world: &'w World, figures: &'w Figures) -> Moment<'w> {
        Moment { world, figures, at: SimTime::START }
    }

    fn homes(world: &World) -> IdVec<WorkloadId, Option<OfferId>> {
        world.workloads.iter().map(|workload| Some(workload.home)).collect()
    }

    fn leaves_vsphere(world: &World) -> impl Fn(OfferId) -> bool {
        |offer| world.platforms[world.offers[offer].platform].name == "vsphere"
    }

    fn destinations(world: &World, plan: &NextBest) -> Vec<Option<String>> {
        let name = |assignment: &Assignment| world.offers[assignment.to.expect("a destination")].name.clone();
        plan.assignments.iter().map(|assignment| assignment.as_ref().map(name)).collect()
    }

    #[test]
    fn each_workload_goes_to_its_own_cheapest_and_gates_are_a_veto() {
        let world = fixture::world();
        let figures = Figures::at_mode(&world);
        let plan = next_best(start(&world, &figures), leaves_vsphere(&world), &homes(&world));
        // The ERP is confidential, which Azure may not hold, and its database is
        // Windows, which the trusted site does not take. On Hyper-V a host-month of
        // 710 € is cheap; without storage to pay, even what is off goes there.
        let hyper_v = || Some("paris/hyper-v".to_owned());
        assert_eq!(destinations(&world, &plan), [hyper_v(), hyper_v(), hyper_v(), hyper_v()]);
        assert!(plan.stranded.is_empty());
        let first = plan.assignments.iter().next().copied().flatten().expect("an assignment");
        assert_eq!((first.method, first.disposition), (Method::Conversion, Disposition::Rehost));
    }

    #[test]
    fn a_dear_destination_is_avoided_by_those_who_may() {
        let mut world = fixture::world();
        let mut figures = Figures::at_mode(&world);
        let hosts =
            world.figures.find(|figure| figure.name == "hyper-v.host-price").expect("a fixture's figure");
        figures.scale(hosts, 1_000.0);
        let plan = next_best(start(&world, &figures), leaves_vsphere(&world), &homes(&world));
        let found = destinations(&world, &plan);
        assert_eq!(found[0].as_deref(), Some("paris/hyper-v"), "Windows and confidential: nowhere else");
        assert_eq!(found[1].as_deref(), Some("trusted/instances"), "confidential");
        assert_eq!(
            found[2].as_deref(),
            Some("azure/instances"),
            "0.10 €/h is less than a fiftieth of a host"
        );

        // Once its hardware cannot be converted, the database has nowhere to go.
        let database = world.workloads.ids().next().expect("a fixture's workload");
        world.workloads[database].excluded = MethodSet::NONE.with(Method::Conversion);
        let plan = next_best(start(&world, &figures), leaves_vsphere(&world), &homes(&world));
        assert_eq!((plan.stranded.clone(), plan.assignments[database]), (vec![database], None));
    }

    #[test]
    fn what_is_not_left_stays_and_what_is_retired_is_nowhere() {
        let world = fixture::world();
        let figures = Figures::at_mode(&world);
        let nothing = next_best(start(&world, &figures), |_| false, &homes(&world));
        assert_eq!(
            (nothing.assignments, nothing.stranded, nothing.cost),
            (IdVec::filled(None, 4), vec![], 0.0)
        );
        let retired = IdVec::filled(None, world.workloads.len());
        assert_eq!(next_best(start(&world, &figures), |_| true, &retired).stranded, []);
        let everything = next_best(start(&world, &figures), |_| true, &homes(&world));
        assert_eq!(everything.stranded.len(), 4, "no offer remains");
    }

    /// Every way to assign the first `n` workloads, by brute force: the least cost.
    fn cheapest(table: &Table, holding: &[(WorkloadId, OfferId)], group_sizes: &[f64]) -> f64 {
        let Some(((workload, from), rest)) = holding.split_first() else { return 0.0 };
        table
            .moment
            .world
            .offers
            .ids()
            .filter_map(|to| table.option(*workload, *from, to, group_sizes[0]))
            .map(|choice| choice.cost + cheapest(table, rest, &group_sizes[1..]))
            .fold(f64::INFINITY, f64::min)
    }

    #[test]
    fn no_plan_is_cheaper() {
        let world = fixture::world();
        let figures = Figures::at_mode(&world);
        let plan = next_best(start(&world, &figures), leaves_vsphere(&world), &homes(&world));
        let leaving = world.offers.ids().map(leaves_vsphere(&world)).collect();
        let table = Table::new(start(&world, &figures), &leaving);
        let holding: Vec<_> = world.workloads.enumerate().map(|(id, workload)| (id, workload.home)).collect();
        let least = cheapest(&table, &holding, &[2.0; 4]);
        // Sums of the same terms in another order.
        assert!((plan.cost - least).abs() < 1e-9 * least, "{} and not {least}", plan.cost);
    }
}
