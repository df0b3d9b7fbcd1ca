//! What a figure means, and what makes it up.
//!
//! What a kind of ledger line contributes to a figure is that figure of a ledger that has
//! no other line: the scorer itself says so, and no second definition can drift from it.

use std::collections::BTreeMap;

use super::{Context, UnknownName, Walked};
use crate::base::units::Money;
use crate::report::definitions::{Definition, definition};
use crate::report::explain::{Contribution, CostLine, FigureExplanation, FigureInStrategy, Member};
use crate::scoring::attribution::{Account, Amounts, Kind, Line};
use crate::scoring::{Score, Scorecard};
use crate::simulation::journal::{Charge, Entry, Receiver as _};
use crate::world::World;

use crate::cli::recorded::Recorded;

/// A figure, or a group of them.
pub(super) struct Found {
    name: String,
    definition: &'static Definition,
    /// Empty for a figure.
    members: Vec<String>,
}

/// The figure or group of that name.
pub(super) fn find(run: &Recorded, wanted: &str) -> Result<Found, UnknownName> {
    let names: Vec<&str> = run
        .summary
        .strategies
        .first()
        .map(|strategy| strategy.forecast.keys().map(String::as_str).collect())
        .unwrap_or_default();
    let name = wanted.trim_end_matches(['.', '*']);
    let group = format!("{name}.");
    let members: Vec<String> =
        names.iter().filter(|known| known.starts_with(&group)).map(|known| (*known).to_owned()).collect();
    let is_known = names.contains(&name) || !members.is_empty();
    let definition = definition(name).or_else(|| definition(members.first()?)).filter(|_| is_known);
    match definition {
        Some(definition) => Ok(Found { name: name.to_owned(), definition, members }),
        None => Err(UnknownName::among("figure", wanted, names.iter().copied())),
    }
}

pub(super) fn explain(context: &Context<'_>, paths: &[Walked<'_>], found: Found) -> FigureExplanation {
    let Found { name, definition, members } = found;
    let is_group = !members.is_empty();
    let means = |figure: &String| Member {
        means: paths
            .iter()
            .map(|path| {
                let note = context.note(path.strategy);
                (note.name.clone(), note.forecast(figure).map(|forecast| forecast.mean))
            })
            .collect(),
        figure: figure.clone(),
    };
    FigureExplanation {
        run: context.run_note(),
        definition: *definition,
        members: members.iter().map(means).collect(),
        strategies: if is_group {
            Vec::new()
        } else {
            paths.iter().map(|path| in_strategy(context, path, &name)).collect()
        },
        figure: name,
    }
}

fn in_strategy(context: &Context<'_>, path: &Walked<'_>, figure: &str) -> FigureInStrategy {
    let world = &context.run.world;
    let note = context.note(path.strategy);
    let value = note.on_path(figure);
    let mut explained = FigureInStrategy {
        strategy: note.name.clone(),
        forecast: note.forecast(figure),
        path: value.clone(),
        lines: Vec::new(),
        beside: 0.0,
        unexplained: None,
    };
    let is_money = definition(figure).is_some_and(|definition| definition.unit == "reporting currency");
    let Some(value) = value.as_f64().filter(|_| is_money) else { return explained };

    let (lines, beside) = contributions(context, path, figure);
    let sum: Money = lines.iter().map(|(_, contributes)| *contributes).sum::<Money>() + beside;
    let line = |(line, contributes): &(Line, Money)| Contribution {
        line: CostLine::of(world, line),
        contributes: contributes.as_f64(),
    };
    explained.lines = lines.iter().map(line).collect();
    explained.beside = beside.as_f64();
    explained.unexplained = Some(value - sum.as_f64());
    explained
}

/// What each kind of line contributes, the largest first, and what all other entries do.
fn contributions(context: &Context<'_>, path: &Walked<'_>, figure: &str) -> (Vec<(Line, Money)>, Money) {
    let world = &context.run.world;
    let amount = |card: &Scorecard| amount(world, card, figure);
    let mut kinds: BTreeMap<Kind, Vec<usize>> = BTreeMap::new();
    // Where workloads are decides whether the estate runs across platforms.
    let mut placed: Vec<usize> = Vec::new();
    let mut others = context.scorer(path.strategy);
    for (index, (at, entry)) in path.journal.entries.iter().enumerate() {
        match entry {
            // What is a stated part of a line is that line's.
            Entry::Charge(charge) | Entry::Exchanged(charge) => {
                let Charge { category, meter, site, figure, .. } = *charge;
                let kind = Kind { category, meter, site, figure, key: None };
                kinds.entry(kind).or_default().push(index);
            }
            other => {
                if matches!(other, Entry::Placed { .. }) {
                    placed.push(index);
                }
                others.receive(*at, other);
            }
        }
    }
    let scored = |entries: &[usize]| {
        let mut scorer = context.scorer(path.strategy);
        for index in entries {
            let (at, entry) = &path.journal.entries[*index];
            scorer.receive(*at, entry);
        }
        amount(&scorer.finish())
    };
    let nothing = scored(&placed);
    let mut lines = Vec::new();
    for entries in kinds.values() {
        let mut account = Account::default();
        for index in entries {
            let (_, Entry::Charge(charge)) = &path.journal.entries[*index] else { continue };
            let amounts = Amounts { nominal: charge.amount, present: path.attribution.present_value(charge) };
            account.add(charge, None, 1.0, amounts);
        }
        let mut with_places: Vec<usize> = entries.iter().chain(&placed).copied().collect();
        with_places.sort_unstable();
        let contributed = scored(&with_places) - nothing;
        if contributed != Money::ZERO {
            lines.extend(account.lines().into_iter().map(|line| (line, contributed)));
        }
    }
    lines.sort_by_key(|(line, contributed)| {
        (std::cmp::Reverse(contributed.micros().unsigned_abs()), line.kind)
    });
    (lines, amount(&others.finish()))
}

/// A figure of a scorecard, if it is money; nothing otherwise.
fn amount(world: &World, card: &Scorecard, figure: &str) -> Money {
    let found = card.figures(world).into_iter().find(|(name, _)| name == figure);
    match found {
        Some((_, Score::Money(amount))) => amount,
        _ => Money::ZERO,
    }
}
