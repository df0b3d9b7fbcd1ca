//! What one more of a bottleneck would save: the path run again with it.
//!
//! A share of waiting says where time goes, not what would come of a change: behind one
//! bottleneck stands the next. So the illustrative path is simulated once more for each
//! candidate, with the same luck and the same figures, and compared.

use std::collections::BTreeMap;

use crate::base::random::Draws;
use crate::base::units::{Bandwidth, Money, Span};
use crate::scoring::{Scorecard, Scorer};
use crate::simulation::journal::{Binding, Entry, Journal};
use crate::simulation::{Plan, Simulation};
use crate::world::{Figures, StrategyId, Window, World};

/// Candidates that are tried for each strategy, those with the longest waits first.
const TRIED: usize = 4;
/// What less than this share of all waiting is for is not worth a try.
const WORTH_TRYING: f64 = 0.02;

/// What one more of a bottleneck would save on the path.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Relief {
    /// The bottleneck.
    pub by: Binding,
    /// Days by which the last move is done sooner; negative when it is later. None
    /// where the moves are not all done in both cases.
    pub days: Option<f64>,
    /// Workloads that are moved in addition.
    pub more_moved: i64,
    /// By how much the present value of the cost is lower. Whatever the addition
    /// costs by itself is in it only where the scenario prices it: a circuit.
    pub saving: Money,
}

/// The run with which others are compared.
pub(super) struct Base<'a> {
    pub world: &'a World,
    pub strategy: StrategyId,
    pub figures: &'a Figures,
    pub draws: Draws,
    pub scorecard: &'a Scorecard,
}

/// What one more of each of the path's bottlenecks would save, the longest wait first.
pub(super) fn reliefs(base: &Base<'_>, journal: &Journal) -> Vec<Relief> {
    let mut waits: BTreeMap<Binding, Span> = BTreeMap::new();
    for (_, entry) in &journal.entries {
        if let Entry::Bound { by, waited, .. } = entry {
            *waits.entry(*by).or_default() += *waited;
        }
    }
    let all: f64 = waits.values().map(|waited| waited.as_hours()).sum();
    let mut candidates: Vec<(Binding, Span)> = waits.into_iter().collect();
    candidates.sort_by_key(|(by, waited)| (std::cmp::Reverse(*waited), *by));
    candidates
        .into_iter()
        .filter(|(_, waited)| waited.as_hours() > WORTH_TRYING * all)
        .filter_map(|(by, _)| base.with_one_more(by))
        .take(TRIED)
        .collect()
}

impl Base<'_> {
    /// The path with one more of `by`; none where there is no such thing as one more.
    fn with_one_more(&self, by: Binding) -> Option<Relief> {
        let mut figures = self.figures.clone();
        let world = one_more(self.world, &mut figures, by)?;
        let scorer = Scorer::new(&world, self.strategy, figures.value(world.discount_rate));
        let plan = Plan::of(&world, &world.strategies[self.strategy]);
        let mut running = Simulation::start(&world, plan, figures, self.draws, scorer);
        running.run_to_horizon();
        let relieved = running.close().finish();
        let (before, after) = (&self.scorecard.migration, &relieved.migration);
        let days = before.finished_at.zip(after.finished_at).map(|(before, after)| {
            if after <= before { before.since(after).as_days() } else { -after.since(before).as_days() }
        });
        Some(Relief {
            by,
            days,
            more_moved: i64::from(after.completed) - i64::from(before.completed),
            saving: self.scorecard.cost.npv - relieved.cost.npv,
        })
    }
}

/// The world with one more of a bottleneck.
fn one_more(world: &World, figures: &mut Figures, by: Binding) -> Option<World> {
    let mut more = world.clone();
    match by {
        Binding::People => {
            more.factory.engineers += 1;
            more.programme.teams.iter_mut().for_each(|team| team.heads += 1);
        }
        Binding::Places(installation) | Binding::Throughput(installation) => {
            more.installations[installation].units += 1;
        }
        Binding::Circuit(link) => {
            let circuit = &mut more.links[link];
            circuit.bandwidth = Bandwidth::from_bits(2 * circuit.bandwidth.as_bits());
            for price in circuit.per_month.into_iter().chain(circuit.per_hour) {
                figures.scale(price, 2.0);
            }
        }
        Binding::Window => {
            // Half a week after the first, and as long.
            let first = *more.factory.calendar.windows.first()?;
            let half = Span::from_hours(84);
            let week = Span::from_days(7);
            let opens = Span::from_ns((first.opens + half).as_ns() % week.as_ns());
            more.factory.calendar.windows.push(Window { opens, ..first });
        }
        // A room, a date, a limit of a tool or of physics: nothing comes in units.
        Binding::Calendar
        | Binding::Lead(_)
        | Binding::Owner
        | Binding::Board
        | Binding::Room
        | Binding::Copy(_)
        | Binding::Reading(_)
        | Binding::Distance(_)
        | Binding::Cutover => return None,
    }
    Some(more)
}
