//! One exit, many times: what leaving a party at a date takes under each strategy, and the
//! typical case explained.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::rehearsal::{Rehearsed, Scene, depended_on};
use super::runner::{self, Settings, most_typical, rank};
use super::summary::Summary;
use crate::base::ids::IdVec;
use crate::base::units::{Money, SimTime};
use crate::planner::{self, Obstacle};
use crate::scoring::{Component, PartyExit, Scorer, months};
use crate::simulation::journal::{Entry, Journal, MoveOutcome};
use crate::simulation::{ExitEnd, Plan, Running, Simulation};
use crate::world::{Method, OfferId, PartyId, StrategyId, ToolId, WorkloadId, World};

/// Whom to leave, when, and under which strategies.
#[derive(Clone, Debug)]
pub struct ExitQuestion {
    /// Whom.
    pub party: PartyId,
    /// When: an instant of the horizon, its end included.
    pub at: SimTime,
    /// Under which strategies.
    pub strategies: Vec<StrategyId>,
}

/// What leaving a party at a date takes.
#[derive(Clone, Debug)]
pub struct ExitStudy {
    /// What was asked.
    pub question: ExitQuestion,
    /// Replications of each strategy.
    pub replications: u32,
    /// The replication that is explained, the same for all strategies: the one whose worst
    /// distance in rank of the exit's cost from the median, over the strategies, is least.
    pub typical: u32,
    /// Each strategy asked for, in the order of the question.
    pub strategies: Vec<StrategyExit>,
}

/// What leaving takes under one strategy.
#[derive(Clone, Debug)]
pub struct StrategyExit {
    /// Which.
    pub strategy: StrategyId,
    /// The cost.
    pub cost: Summary,
    /// Months until the last workload that can has left.
    pub needed_months: Summary,
    /// Months until the last obligation has ended too.
    pub months: Summary,
    /// Each part of the cost.
    pub by_component: Vec<(Component, Summary)>,
    /// Perpetual licences that are lost and book value that is written off: beside the cost.
    pub beside: Summary,
    /// The tolerated rise of the party's prices; none where no replication has it.
    pub tolerated_rise: Option<Summary>,
    /// Replications in which some workload had nowhere to go.
    pub stranded_in: u32,
    /// Replications in which nothing depends on the party at that date.
    pub untouched_in: u32,
    /// The typical replication, explained.
    pub typical: ExplainedExit,
}

/// One exit, explained.
#[derive(Clone, Debug)]
pub struct ExplainedExit {
    /// Its numbers.
    pub exit: PartyExit,
    /// When it began and ended.
    pub end: ExitEnd,
    /// Workloads that depended on the party.
    pub held: u32,
    /// Where they go and how, the most first.
    pub destinations: Vec<Passengers>,
    /// Month by month, from the first: what moved and what was charged to the exit.
    pub timeline: Vec<ExitMonth>,
    /// What is against the destinations of those that have nowhere to go: workloads for
    /// each offer and reason, the most first.
    pub obstacles: Vec<(OfferId, Obstacle, u32)>,
    /// How moves ended that did not come to their destination.
    pub failed: Vec<(MoveOutcome, u32)>,
}

/// Workloads that go from one offer to another in the same way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Passengers {
    /// Where they are.
    pub from: OfferId,
    /// Where they go.
    pub to: OfferId,
    /// How.
    pub method: Method,
    /// With which tool.
    pub tool: Option<ToolId>,
    /// How many.
    pub workloads: u32,
}

/// A month of an exit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExitMonth {
    /// Its first instant; for the first month the beginning of the exit.
    pub from: SimTime,
    /// Workloads that came to their destination.
    pub moved: u32,
    /// What was charged to the exit, nominal; stranded terms when they are known, at its
    /// end.
    pub charged: Money,
}

/// Leaves the party in every replication of every strategy asked for.
///
/// # Errors
/// If the threads cannot be started.
pub fn leave(
    world: &World,
    settings: &Settings,
    question: ExitQuestion,
) -> Result<ExitStudy, rayon::ThreadPoolBuildError> {
    let threads = rayon::ThreadPoolBuilder::new().num_threads(settings.threads.unwrap_or(0)).build()?;
    Ok(threads.install(|| leave_here(world, settings, question)))
}

fn leave_here(world: &World, settings: &Settings, question: ExitQuestion) -> ExitStudy {
    let replications = settings.replications.max(1);
    let places = question.strategies.len();
    let runs: Vec<Vec<PartyExit>> = (0..replications)
        .into_par_iter()
        .map(|replication| {
            let each = question.strategies.iter();
            each.map(|strategy| one(world, settings, &question, *strategy, replication).exit).collect()
        })
        .collect();
    let of = |place: usize| runs.iter().map(move |exits| &exits[place]);
    let ranks: Vec<Vec<usize>> =
        (0..places).map(|place| rank(&of(place).map(|exit| exit.cost).collect::<Vec<_>>())).collect();
    let typical = most_typical(&ranks);
    let strategies = question
        .strategies
        .iter()
        .enumerate()
        .map(|(place, strategy)| {
            let exits: Vec<&PartyExit> = of(place).collect();
            let explained = explain(world, settings, &question, *strategy, typical);
            summarise(*strategy, &exits, explained)
        })
        .collect();
    ExitStudy { question, replications, typical, strategies }
}

/// One strategy in one replication, left on the day that was asked for.
struct One {
    exit: PartyExit,
    end: ExitEnd,
    plan: planner::NextBest,
    journal: Journal,
    places: IdVec<WorkloadId, Option<OfferId>>,
}

fn one(
    world: &World,
    settings: &Settings,
    question: &ExitQuestion,
    strategy: StrategyId,
    replication: u32,
) -> One {
    let figures = runner::figures(world, settings, replication);
    let draws = runner::draws(settings, replication);
    let scorer = Scorer::new(world, strategy, figures.value(world.discount_rate));
    let plan = Plan::of(world, &world.strategies[strategy]);
    let mut running: Running<'_, Scorer<'_>> = Simulation::start(world, plan, figures, draws, scorer);
    running.run_to(question.at);
    let places = running.places();
    let scene = Scene { world, running: &running, places: &places, at: question.at };
    let Rehearsed { exit, end, plan, journal } = scene.leave_telling(question.party, Journal::default());
    One { exit, end, plan, journal, places }
}

fn explain(
    world: &World,
    settings: &Settings,
    question: &ExitQuestion,
    strategy: StrategyId,
    replication: u32,
) -> ExplainedExit {
    let One { exit, end, plan, journal, places } = one(world, settings, question, strategy, replication);
    let depends = |offer: OfferId| world.parties_of(offer).any(|behind| behind == question.party);
    let held = places.iter().flatten().filter(|offer| depends(**offer)).count() as u32;
    let mut ways: BTreeMap<(OfferId, OfferId, Method, Option<ToolId>), u32> = BTreeMap::new();
    for (workload, assignment) in plan.assignments.enumerate() {
        if let (Some(assignment), Some(from)) = (assignment, places[workload])
            && let Some(to) = assignment.to
        {
            *ways.entry((from, to, assignment.method, assignment.tool)).or_default() += 1;
        }
    }
    let mut destinations: Vec<Passengers> = ways
        .into_iter()
        .map(|((from, to, method, tool), workloads)| Passengers { from, to, method, tool, workloads })
        .collect();
    destinations.sort_by_key(|way| std::cmp::Reverse(way.workloads));
    let mut against: BTreeMap<(OfferId, Obstacle), u32> = BTreeMap::new();
    for workload in &plan.stranded {
        let Some(from) = places[*workload] else { continue };
        for found in planner::obstacles(world, question.at, depends, *workload, from) {
            *against.entry(found).or_default() += 1;
        }
    }
    let mut obstacles: Vec<(OfferId, Obstacle, u32)> =
        against.into_iter().map(|((offer, obstacle), count)| (offer, obstacle, count)).collect();
    obstacles.sort_by_key(|(_, _, count)| std::cmp::Reverse(*count));
    ExplainedExit {
        failed: failed(&journal),
        timeline: timeline(world, &journal, end),
        exit,
        end,
        held,
        destinations,
        obstacles,
    }
}

/// How moves ended that did not come to their destination; an attempt that was rolled back
/// and succeeded later counts too.
fn failed(journal: &Journal) -> Vec<(MoveOutcome, u32)> {
    let mut counts: BTreeMap<MoveOutcome, u32> = BTreeMap::new();
    for (_, entry) in &journal.entries {
        if let Entry::Move(moved) = entry
            && !matches!(moved.outcome, MoveOutcome::Completed | MoveOutcome::Retired)
        {
            *counts.entry(moved.outcome).or_default() += 1;
        }
    }
    counts.into_iter().collect()
}

/// The months of an exit, from its beginning to the day on which the last has left.
fn timeline(world: &World, journal: &Journal, end: ExitEnd) -> Vec<ExitMonth> {
    let calendar = &world.calendar;
    let first = calendar.month_of(end.began);
    let last = calendar.month_of(end.left);
    let mut months: Vec<ExitMonth> = (first..=last)
        .map(|month| ExitMonth {
            from: calendar.month_start(month).max(end.began),
            moved: 0,
            charged: Money::ZERO,
        })
        .collect();
    let mut counting = false;
    for (at, entry) in &journal.entries {
        let month = calendar.month_of(*at).min(last) - first;
        match entry {
            Entry::ExitBegins => counting = true,
            Entry::Move(moved) if moved.outcome == MoveOutcome::Completed => months[month].moved += 1,
            Entry::Charge(charge) if counting && Component::of(charge).is_some() => {
                // What is charged on the day on which a month ends is that month's.
                let place = calendar.month_of(*at).min(last);
                let ended = calendar.month_start(place) == *at && place > first && charge.paid_at == *at;
                months[place - usize::from(ended) - first].charged += charge.amount;
            }
            _ => {}
        }
    }
    months
}

fn summarise(strategy: StrategyId, exits: &[&PartyExit], typical: ExplainedExit) -> StrategyExit {
    let of = |value: &dyn Fn(&PartyExit) -> f64| {
        let values: Vec<f64> = exits.iter().map(|exit| value(exit)).collect();
        Summary::of(&values).expect("there is at least one replication")
    };
    let rises: Vec<f64> = exits.iter().filter_map(|exit| exit.tolerated_rise).collect();
    let part = |component: Component| (component, of(&|exit| exit.by_component.of(component).as_f64()));
    StrategyExit {
        strategy,
        cost: of(&|exit| exit.cost.as_f64()),
        needed_months: of(&|exit| months(exit.needed)),
        months: of(&|exit| exit.months),
        by_component: Component::ALL.into_iter().map(part).collect(),
        beside: of(&|exit| (exit.lost_licences + exit.written_off).as_f64()),
        tolerated_rise: Summary::of(&rises),
        stranded_in: exits.iter().filter(|exit| exit.stranded > 0).count() as u32,
        untouched_in: exits.iter().filter(|exit| exit.is_untouched()).count() as u32,
        typical,
    }
}

/// The parties that could be left at some time under some strategy: those behind an offer
/// that holds something at the start or is somebody's destination, but for one's own.
pub fn parties_to_leave(world: &World) -> Vec<PartyId> {
    let homes: IdVec<WorkloadId, Option<OfferId>> =
        world.workloads.iter().map(|workload| Some(workload.home)).collect();
    let mut parties = depended_on(world, &homes);
    for strategy in world.strategies.iter() {
        let to = strategy.assignments.iter().map(|assignment| assignment.and_then(|to| to.to)).collect();
        parties.extend(depended_on(world, &to));
    }
    parties.sort_unstable();
    parties.dedup();
    parties
}

/// The party of this key or name, whatever its capitals; or who operates the provider of
/// this name.
pub fn party_named(world: &World, name: &str) -> Option<PartyId> {
    let is = |known: &str| known.to_lowercase() == name.to_lowercase();
    let of_provider = || {
        let found = world.providers.iter().find(|provider| is(&provider.name) || is(&provider.label));
        found.map(|provider| provider.operator)
    };
    world.parties.find(|party| is(&party.key) || is(&party.name)).or_else(of_provider)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::ids::Id;
    use crate::study::Inputs;
    use crate::world::fixture;

    fn settings(replications: u32) -> Settings {
        Settings { seed: 7, replications, threads: Some(1), inputs: Inputs::Drawn, rehearsals: 0 }
    }

    #[test]
    fn a_party_is_known_by_its_key_its_name_and_its_provider() {
        let mut world = fixture::world();
        let outscale = world.parties.find(|party| party.name == "Outscale").expect("a fixture's party");
        world.parties[outscale].key = "3ds".into();
        for name in ["3ds", "OUTSCALE", "outscale"] {
            assert_eq!(party_named(&world, name), Some(outscale), "{name}");
        }
        let microsoft = world.parties.find(|party| party.name == "Microsoft").expect("a fixture's party");
        assert_eq!(party_named(&world, "azure"), Some(microsoft), "who operates it");
        assert_eq!(party_named(&world, "nobody"), None);
    }

    #[test]
    fn the_typical_exit_is_explained_and_its_parts_add_up() {
        let world = fixture::world();
        let party = party_named(&world, "broadcom").expect("a fixture's party");
        let at = world.calendar.at(jiff::civil::date(2027, 3, 1));
        let strategies = vec![StrategyId::from_index(0)];
        let study = leave(&world, &settings(5), ExitQuestion { party, at, strategies }).expect("it runs");
        let exit = &study.strategies[0];
        assert_eq!((study.replications, exit.cost.n, exit.untouched_in), (5, 5, 0));
        let parts: f64 = exit.by_component.iter().map(|(_, part)| part.mean).sum();
        // Eight means of millionths.
        assert!((parts - exit.cost.mean).abs() < 1e-5, "{parts} and {}", exit.cost.mean);
        let explained = &exit.typical;
        assert_eq!(explained.exit.by_component.total(), explained.exit.cost);
        assert_eq!(explained.held, 4);
        let going: u32 = explained.destinations.iter().map(|way| way.workloads).sum();
        let moved: u32 = explained.timeline.iter().map(|month| month.moved).sum();
        assert_eq!((going, moved), (4, 4));
        assert!(explained.timeline[0].from == at && explained.obstacles.is_empty());
    }

    #[test]
    fn who_has_nowhere_to_go_is_told_why_offer_by_offer() {
        let mut world = fixture::world();
        let party = party_named(&world, "broadcom").expect("a fixture's party");
        for id in world.workloads.ids() {
            world.workloads[id].excluded =
                crate::world::MethodSet::NONE.with(Method::Conversion).with(Method::Cold);
        }
        let strategies = vec![StrategyId::from_index(0)];
        let at = world.horizon();
        let study = leave(&world, &settings(1), ExitQuestion { party, at, strategies }).expect("it runs");
        let explained = &study.strategies[0].typical;
        assert_eq!((explained.exit.stranded, study.strategies[0].stranded_in), (4, 1));
        let against = |name: &str| -> Vec<(Obstacle, u32)> {
            let of = |offer: OfferId| world.offers[offer].name == name;
            let found = explained.obstacles.iter().filter(|(offer, _, _)| of(*offer));
            found.map(|(_, obstacle, count)| (obstacle.clone(), *count)).collect()
        };
        assert_eq!(against("lyon/vsphere"), [(Obstacle::Left, 4)]);
        assert_eq!(against("paris/hyper-v"), [(Obstacle::NoWay, 4)]);
        assert_eq!(against("azure/instances"), [(Obstacle::Gate, 2), (Obstacle::NoWay, 2)]);
        assert_eq!(against("trusted/instances"), [(Obstacle::NoWay, 3), (Obstacle::Windows, 1)]);
    }
}
