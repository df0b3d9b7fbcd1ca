//! Where the estate lives over time: workloads by offer, one small plot a strategy.
//!
//! By offer and not by site, so that a change of hypervisor on the same hosts is
//! seen as the move that it is.

use super::axes::{Scale, Ticks, dates, horizontal_grid};
use super::labels::fit;
use super::style::{ALARM, Anchor, Canvas, Caption, Frame, GREY, INK, Ink, PAPER, WIDTH, area_colour, draw};
use super::{DataTable, Plot, PlotError};
use crate::base::ids::{Id, IdVec};
use crate::base::units::SimTime;
use crate::report::dates::month;
use crate::report::money::{Typography, number};
use crate::report::reading::{Reading, StrategyReading};
use crate::simulation::journal::Entry;
use crate::world::{OfferId, World};

const COLUMNS: usize = 3;
const PANEL_HEIGHT: f64 = 150.0;
const ROW: f64 = 216.0;
const KEY: f64 = 22.0;
/// Entries of the key in a line.
const KEY_COLUMNS: usize = 4;

/// Workloads at each offer at the end of each month.
type Months = Vec<IdVec<OfferId, u32>>;

/// Draws it.
pub(crate) fn plot(reading: &Reading<'_>) -> Result<Plot, PlotError> {
    let world = reading.world;
    let lives: Vec<(&StrategyReading<'_>, Months)> =
        reading.strategies.iter().map(|strategy| (strategy, months(world, strategy))).collect();
    let is_lived_in =
        |offer: &OfferId| lives.iter().any(|(_, months)| months.iter().any(|month| month[*offer] > 0));
    let offers: Vec<OfferId> = world.offers.ids().filter(is_lived_in).collect();
    let total = |month: &IdVec<OfferId, u32>| month.iter().sum::<u32>();
    let most = lives.iter().flat_map(|(_, months)| months).map(total).max().unwrap_or(0);
    let columns = lives.len().clamp(1, COLUMNS);
    let rows = lives.len().div_ceil(columns);
    let top = 72.0 + offers.len().div_ceil(KEY_COLUMNS) as f64 * KEY + 28.0;
    let height = top + rows as f64 * ROW - 22.0;
    let width = (WIDTH - 24.0 - 60.0 - (columns - 1) as f64 * 48.0) / columns as f64;
    let title = "Where does the estate live?".to_owned();
    let subtitle = format!(
        "Workloads by offer at the end of each month. One course of events: replication {} of {}.",
        reading.results.path_replication, reading.results.replications
    );
    let description = lives
        .iter()
        .map(|(strategy, months)| format!("{}: {}.", strategy.strategy.label, at_the_end(world, months)))
        .collect::<Vec<_>>()
        .join(" ");
    let svg =
        draw(height, &Caption { title: &title, subtitle: &subtitle, description: &description }, |canvas| {
            key(canvas, world, &offers)?;
            for (place, (strategy, months)) in lives.iter().enumerate() {
                let left = 60.0 + (place % columns) as f64 * (width + 48.0);
                let top = top + (place / columns) as f64 * ROW;
                let frame = Frame { left, top, right: left + width, bottom: top + PANEL_HEIGHT };
                let name = Ink::new(13.0, INK).bold();
                let label = fit(canvas, &[&strategy.strategy.label, &strategy.strategy.name], width, name);
                canvas.text((left, top - 10.0), &label, name)?;
                panel(canvas, world, &Panel { frame, offers: &offers, months, most: f64::from(most) })?;
            }
            Ok(())
        })?;
    Ok(Plot {
        stem: "residence".to_owned(),
        title,
        guide: "The height of a colour is the number of workloads at that offer. A slope is a migration under way. \
                The dashed line is the end of a contract: whatever is still in the old colour to the right of it \
                had to be licensed again."
            .to_owned(),
        svg,
        data: data(world, &lives, &offers),
    })
}

/// Every workload starts at its home and is counted wherever the journal last
/// placed it.
fn months(world: &World, strategy: &StrategyReading<'_>) -> Months {
    let mut now: IdVec<OfferId, u32> = IdVec::filled(0, world.offers.len());
    let mut place: Vec<Option<OfferId>> =
        world.workloads.iter().map(|workload| Some(workload.home)).collect();
    for workload in world.workloads.iter() {
        now[workload.home] += 1;
    }
    let mut months = Vec::with_capacity(world.calendar.months());
    for (at, entry) in &strategy.results.path.journal.entries {
        while months.len() < world.calendar.months() && world.calendar.month_start(months.len() + 1) <= *at {
            months.push(now.clone());
        }
        if let Entry::Placed { workload, offer } = entry {
            let from = std::mem::replace(&mut place[workload.index()], *offer);
            if let Some(from) = from {
                now[from] -= 1;
            }
            if let Some(to) = offer {
                now[*to] += 1;
            }
        }
    }
    months.resize(world.calendar.months(), now);
    months
}

fn key(canvas: &Canvas<'_>, world: &World, offers: &[OfferId]) -> Result<(), PlotError> {
    let column = (WIDTH - 48.0) / KEY_COLUMNS as f64;
    let ink = Ink::new(13.0, INK);
    for (place, offer) in offers.iter().enumerate() {
        let left = 24.0 + (place % KEY_COLUMNS) as f64 * column;
        let top = 73.0 + (place / KEY_COLUMNS) as f64 * KEY;
        canvas.rectangle(
            Frame { left, top, right: left + 12.0, bottom: top + 12.0 },
            area_colour(place),
            1.0,
        )?;
        let text = fit(canvas, &[&world.offers[*offer].name], column - 30.0, ink);
        canvas.text((left + 18.0, top + 11.0), &text, ink)?;
    }
    Ok(())
}

struct Panel<'a> {
    frame: Frame,
    offers: &'a [OfferId],
    months: &'a Months,
    most: f64,
}

fn panel(canvas: &Canvas<'_>, world: &World, panel: &Panel<'_>) -> Result<(), PlotError> {
    let Frame { left, top, right, bottom } = panel.frame;
    let calendar = &world.calendar;
    let highest = panel.most.max(1.0) * 1.02;
    let ticks = Ticks::covering(0.0, panel.most, 3).up_to(highest);
    let y = Scale { values: (0.0, highest), pixels: (bottom, top) };
    let x = Scale { values: (0.0, calendar.years(calendar.horizon())), pixels: (left, right) };
    horizontal_grid(canvas, panel.frame, y, &ticks)?;
    let mut below: Vec<f64> = vec![0.0; panel.months.len()];
    for (place, offer) in panel.offers.iter().enumerate() {
        let counts = panel.months.iter().map(|month| f64::from(month[*offer]));
        let above: Vec<f64> = counts.zip(&below).map(|(count, below)| below + count).collect();
        if above != below {
            let mut outline = edge(world, &above, x, y);
            outline.extend(edge(world, &below, x, y).into_iter().rev());
            canvas.polygon(&outline, area_colour(place), 1.0)?;
        }
        below = above;
    }
    canvas.line(&[(left, bottom), (right, bottom)], 1.0, INK)?;
    for contract in world.contracts.iter().filter(|contract| contract.ends < calendar.horizon()) {
        let x = x.at(calendar.years(contract.ends));
        let behind = Frame { left: x - 1.75, top, right: x + 1.75, bottom };
        canvas.rectangle(behind, PAPER, 0.8)?;
        canvas.dashed((x, top), (x, bottom), ALARM)?;
    }
    for (instant, text) in dates(calendar, SimTime::START, calendar.horizon(), right - left) {
        let x = x.at(calendar.years(instant));
        canvas.line(&[(x, bottom), (x, bottom + 4.0)], 1.0, GREY)?;
        canvas.text((x, bottom + 17.0), &text, Ink::new(11.0, GREY).at(Anchor::Middle))?;
    }
    Ok(())
}

/// The upper edge of an area, straight from the end of one month to that of the
/// next. Points within a level stretch are left out.
fn edge(world: &World, levels: &[f64], x: Scale, y: Scale) -> Vec<(f64, f64)> {
    let calendar = &world.calendar;
    let end = |month: usize| x.at(calendar.years(calendar.month_start(month)));
    let mut points = vec![(end(0), y.at(levels.first().copied().unwrap_or_default()))];
    for (month, level) in levels.iter().enumerate() {
        let changes = |other: Option<&f64>| other.is_none_or(|other| other != level);
        if changes(levels.get(month + 1)) || month == 0 || changes(levels.get(month - 1)) {
            points.push((end(month + 1), y.at(*level)));
        }
    }
    points
}

fn at_the_end(world: &World, months: &Months) -> String {
    let Some(last) = months.last() else { return String::new() };
    let there = last.enumerate().filter(|(_, count)| **count > 0);
    there
        .map(|(offer, count)| format!("{count} at {}", world.offers[offer].name))
        .collect::<Vec<_>>()
        .join(", ")
}

fn data(world: &World, lives: &[(&StrategyReading<'_>, Months)], offers: &[OfferId]) -> DataTable {
    let mut header = vec!["Strategy".to_owned(), "End of".to_owned()];
    header.extend(offers.iter().map(|offer| world.offers[*offer].name.clone()));
    let mut rows = Vec::new();
    for (strategy, months) in lives {
        for (place, counts) in months.iter().enumerate() {
            if (place + 1) % 6 != 0 && place + 1 != months.len() {
                continue;
            }
            let date = world.calendar.date(world.calendar.month_start(place));
            let mut row = vec![strategy.strategy.name.clone(), month(date)];
            row.extend(offers.iter().map(|offer| number(f64::from(counts[*offer]), 0, Typography::Fine)));
            rows.push(row);
        }
    }
    DataTable { caption: "Workloads by offer on the path".to_owned(), header, rows, ..DataTable::default() }
}
