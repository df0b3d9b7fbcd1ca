//! What circuits carried for moves, week by week, one panel a strategy.

use std::collections::BTreeMap;

use super::axes::{Scale, Ticks, dates, horizontal_grid};
use super::labels::{fit, spread};
use super::style::{Anchor, Canvas, Caption, Frame, GREY, INK, Ink, WIDTH, draw, line_colour};
use super::{DataTable, Plot, PlotError};
use crate::base::ids::Id;
use crate::base::units::SimTime;
use crate::report::dates::day;
use crate::report::money::{Typography, number};
use crate::report::reading::{Reading, StrategyReading};
use crate::simulation::journal::Entry;
use crate::world::{LinkId, World};

const TOP: f64 = 108.0;
const ROW: f64 = 196.0;
const PANEL_HEIGHT: f64 = 126.0;
const LEFT: f64 = 64.0;
const RIGHT: f64 = 664.0;

/// A time, and the share of its bandwidth that a circuit carried in it.
struct Use {
    from: SimTime,
    until: SimTime,
    share: f64,
    terabytes: f64,
}

/// The circuits that one strategy uses.
type Circuits = BTreeMap<LinkId, Vec<Use>>;

fn circuits(world: &World, strategy: &StrategyReading<'_>) -> Circuits {
    let mut circuits = Circuits::new();
    for (_, entry) in &strategy.results.path.journal.entries {
        let Entry::LinkUsed { link, from, until, carried } = *entry else { continue };
        let seconds = until.since(from).as_seconds();
        if seconds <= 0.0 {
            continue;
        }
        let could = world.links[link].bandwidth.as_bytes_per_second() * seconds;
        let share = carried.get() as f64 / could;
        let terabytes = carried.get() as f64 / 1e12;
        circuits.entry(link).or_default().push(Use { from, until, share, terabytes });
    }
    circuits
}

/// Whether some strategy sends a move over a circuit on its path.
pub(crate) fn has_traffic(reading: &Reading<'_>) -> bool {
    reading.strategies.iter().any(|strategy| {
        let entries = &strategy.results.path.journal.entries;
        entries.iter().any(|(_, entry)| matches!(entry, Entry::LinkUsed { .. }))
    })
}

/// Draws it.
pub(crate) fn plot(reading: &Reading<'_>) -> Result<Plot, PlotError> {
    let world = reading.world;
    let used: Vec<(&StrategyReading<'_>, Circuits)> = reading
        .strategies
        .iter()
        .map(|strategy| (strategy, circuits(world, strategy)))
        .filter(|(_, circuits)| !circuits.is_empty())
        .collect();
    let uses = || used.iter().flat_map(|(_, circuits)| circuits.values()).flatten();
    let from = uses().map(|used| used.from).min().unwrap_or_default();
    let until = uses().map(|used| used.until).max().unwrap_or_default();
    let most = uses().map(|used| used.share).fold(0.0, f64::max);
    let title = title(world, &used);
    let subtitle = format!(
        "Share of the bandwidth of each circuit that moves filled, mean of the week, %. Replication {} of {}.",
        reading.results.path_replication, reading.results.replications
    );
    let description = used.iter().map(|(strategy, circuits)| describe(world, strategy, circuits));
    let description = description.collect::<Vec<_>>().join(" ");
    let axes = Axes { from, until, most };
    let height = TOP + used.len() as f64 * ROW - 30.0;
    let svg =
        draw(height, &Caption { title: &title, subtitle: &subtitle, description: &description }, |canvas| {
            for (place, (strategy, circuits)) in used.iter().enumerate() {
                let top = TOP + place as f64 * ROW;
                let name = Ink::new(13.0, INK).bold();
                let label =
                    fit(canvas, &[&strategy.strategy.label, &strategy.strategy.name], WIDTH - 48.0, name);
                canvas.text((24.0, top - 14.0), &label, name)?;
                let frame = Frame { left: LEFT, top, right: RIGHT, bottom: top + PANEL_HEIGHT };
                panel(canvas, world, &Panel { frame, axes: &axes, circuits })?;
            }
            Ok(())
        })?;
    Ok(Plot {
        stem: "circuits".to_owned(),
        title,
        guide: "Each line is a circuit; a week at 100 % is one in which moves filled it all day and night. First \
                copies and the changes that follow them are counted, compressed as they are sent; what \
                applications send each other and their users is not. A line far below the top says that \
                something else was the bottleneck: see the table of bottlenecks."
            .to_owned(),
        svg,
        data: data(world, &used),
    })
}

fn busiest(circuits: &Circuits) -> Option<(LinkId, f64)> {
    let peaks = circuits.iter().map(|(link, uses)| (*link, peak(uses)));
    peaks.max_by(|(a, one), (b, other)| one.total_cmp(other).then(b.cmp(a)))
}

fn peak(uses: &[Use]) -> f64 {
    uses.iter().map(|used| used.share).fold(0.0, f64::max)
}

fn title(world: &World, used: &[(&StrategyReading<'_>, Circuits)]) -> String {
    let fullest = used
        .iter()
        .filter_map(|(strategy, circuits)| Some((strategy, busiest(circuits)?)))
        .max_by(|(_, (_, one)), (_, (_, other))| one.total_cmp(other));
    match fullest {
        Some((strategy, (link, share))) => format!(
            "The fullest circuit, {} with {}, is used to {} % in its busiest week",
            world.links[link].name,
            strategy.strategy.name,
            percent(share)
        ),
        None => "No circuit is used".to_owned(),
    }
}

fn percent(share: f64) -> String {
    let percent = 100.0 * share;
    number(percent, usize::from(percent < 10.0), Typography::Fine)
}

fn describe(world: &World, strategy: &StrategyReading<'_>, circuits: &Circuits) -> String {
    let each = circuits
        .iter()
        .map(|(link, uses)| format!("{} at most {} %", world.links[*link].name, percent(peak(uses))));
    format!("{}: {}.", strategy.strategy.label, each.collect::<Vec<_>>().join(", "))
}

struct Axes {
    from: SimTime,
    until: SimTime,
    most: f64,
}

struct Panel<'a> {
    frame: Frame,
    axes: &'a Axes,
    circuits: &'a Circuits,
}

fn panel(canvas: &Canvas<'_>, world: &World, panel: &Panel<'_>) -> Result<(), PlotError> {
    let Frame { left, top, right, bottom } = panel.frame;
    let Axes { from, until, most } = *panel.axes;
    let calendar = &world.calendar;
    let highest = (104.0 * most).max(1.0);
    let ticks = Ticks::covering(0.0, 100.0 * most, 3).up_to(highest);
    let y = Scale { values: (0.0, highest), pixels: (bottom, top) };
    let x = Scale { values: (calendar.years(from), calendar.years(until)), pixels: (left, right) };
    let at = |instant: SimTime| x.at(calendar.years(instant));
    horizontal_grid(canvas, panel.frame, y, &ticks)?;
    for (instant, text) in dates(calendar, from, until, right - left) {
        canvas.line(&[(at(instant), bottom), (at(instant), bottom + 4.0)], 1.0, GREY)?;
        canvas.text((at(instant), bottom + 18.0), &text, Ink::new(11.0, GREY).at(Anchor::Middle))?;
    }
    for (link, uses) in panel.circuits {
        let mut steps: Vec<(f64, f64)> = vec![(left, bottom)];
        for used in uses {
            let (start, height) = (at(used.from), y.at(100.0 * used.share));
            // A week without traffic has no entry: the line falls to zero between.
            if let Some((end, _)) = steps.last().copied()
                && start > end
            {
                steps.extend([(end, bottom), (start, bottom)]);
            }
            steps.extend([(start, height), (at(used.until), height)]);
        }
        let end = steps.last().map_or(left, |(x, _)| *x);
        steps.extend([(end, bottom), (right, bottom)]);
        canvas.line(&steps, 1.75, line_colour(link.index() + 1))?;
    }
    canvas.line(&[(left, bottom), (right, bottom)], 1.0, INK)?;
    let wanted: Vec<f64> = panel.circuits.values().map(|uses| y.at(100.0 * peak(uses))).collect();
    let places = spread(&wanted, 15.0, (top + 4.0, bottom));
    for ((link, uses), place) in panel.circuits.iter().zip(places) {
        let ink = Ink::new(12.0, line_colour(link.index() + 1));
        let name = &world.links[*link].name;
        let text = format!("{name}, peak {} %", percent(peak(uses)));
        let text = fit(canvas, &[&text, name], WIDTH - 24.0 - right - 14.0, ink);
        canvas.text((right + 14.0, place + 4.0), &text, ink)?;
    }
    Ok(())
}

fn data(world: &World, used: &[(&StrategyReading<'_>, Circuits)]) -> DataTable {
    let header = [
        "Strategy",
        "Circuit",
        "Gbit/s",
        "First used",
        "Last used",
        "TB carried",
        "Mean while used, %",
        "Busiest week, %",
    ];
    let mut table = DataTable::new("What circuits carried for moves on the path", header);
    for (strategy, circuits) in used {
        for (link, uses) in circuits {
            let hours: f64 = uses.iter().map(|used| used.until.since(used.from).as_hours()).sum();
            let filled: f64 =
                uses.iter().map(|used| used.share * used.until.since(used.from).as_hours()).sum();
            let terabytes: f64 = uses.iter().map(|used| used.terabytes).sum();
            let date =
                |at: Option<SimTime>| at.map_or_else(|| "–".to_owned(), |at| day(world.calendar.date(at)));
            table.rows.push(vec![
                strategy.strategy.name.clone(),
                world.links[*link].name.clone(),
                number(world.links[*link].bandwidth.as_bits() as f64 / 1e9, 2, Typography::Fine),
                date(uses.first().map(|used| used.from)),
                date(uses.last().map(|used| used.until)),
                number(terabytes, 1, Typography::Fine),
                percent(filled / hours),
                percent(peak(uses)),
            ]);
        }
    }
    table
}
