//! How long applications are down for their moves: one row an application, one column
//! a strategy.

use super::axes::{Scale, Ticks};
use super::labels::fit;
use super::style::{Anchor, Canvas, Caption, Frame, GREY, GRID, INK, Ink, WIDTH, draw, line_colour};
use super::{DataTable, Plot, PlotError};
use crate::base::ids::Id;
use crate::report::money::{Typography, number};
use crate::report::reading::{Reading, StrategyReading};
use crate::study::Summary;
use crate::world::ApplicationId;

/// So many applications are drawn, those with the longest downtime; the table has more.
const SHOWN: usize = 16;
const LISTED: usize = 60;
const LEFT: f64 = 176.0;
const TOP: f64 = 118.0;
const ROW: f64 = 22.0;
const GAP: f64 = 26.0;

/// Whether an application is down for a move in some replication.
pub(crate) fn has_downtime(reading: &Reading<'_>) -> bool {
    reading.strategies.iter().any(is_down)
}

fn is_down(strategy: &StrategyReading<'_>) -> bool {
    strategy.results.downtime.iter().any(|summary| summary.mean > 0.0)
}

/// Draws it.
pub(crate) fn plot(reading: &Reading<'_>) -> Result<Plot, PlotError> {
    let world = reading.world;
    let columns: Vec<&StrategyReading<'_>> =
        reading.strategies.iter().filter(|strategy| is_down(strategy)).collect();
    let longest = |application: ApplicationId| {
        columns.iter().map(|strategy| strategy.results.downtime[application].p95).fold(0.0, f64::max)
    };
    let mut order: Vec<ApplicationId> = world.applications.ids().filter(|id| longest(*id) > 0.0).collect();
    order.sort_by(|a, b| longest(*b).total_cmp(&longest(*a)).then(a.cmp(b)));
    let rows = &order[..order.len().min(SHOWN)];
    let most = rows.first().map_or(1.0, |application| longest(*application));
    let highest = 1.04 * most;
    let ticks = Ticks::covering(0.0, most, 3).up_to(highest);
    let bottom = TOP + rows.len() as f64 * ROW;
    let title = title(reading, &columns);
    let left_out = order.len() - rows.len();
    let subtitle = format!(
        "Hours down for moves. Dot: median; line: 5 to 95 % of {} replications.{}",
        reading.results.replications,
        if left_out > 0 { format!(" The {SHOWN} longest of {}.", order.len()) } else { String::new() }
    );
    let description = columns
        .iter()
        .map(|strategy| format!("{}: {}.", strategy.strategy.label, over_all(strategy)))
        .collect::<Vec<_>>()
        .join(" ");
    let width = (WIDTH - 24.0 - LEFT + GAP) / columns.len().max(1) as f64 - GAP;
    let svg = draw(
        bottom + 34.0,
        &Caption { title: &title, subtitle: &subtitle, description: &description },
        |canvas| {
            for (place, application) in rows.iter().enumerate() {
                let baseline = TOP + (place as f64 + 0.5) * ROW + 4.0;
                let ink = Ink::new(12.0, INK).at(Anchor::End);
                let name = fit(canvas, &[&world.applications[*application].name], LEFT - 38.0, ink);
                canvas.text((LEFT - 14.0, baseline), &name, ink)?;
            }
            for (place, strategy) in columns.iter().enumerate() {
                let left = LEFT + place as f64 * (width + GAP);
                let frame = Frame { left, top: TOP, right: left + width, bottom };
                column(canvas, strategy, &Column { frame, ticks: &ticks, highest, rows })?;
            }
            Ok(())
        },
    )?;
    Ok(Plot {
        stem: "downtime".to_owned(),
        title,
        guide:
            "An application is down while at least one of its workloads is, for a cutover or for one that is \
                rolled back; two that are down together count once. The line holds nine replications in ten: \
                its right end is what a change board should be told. Failures of hosts are not counted here."
                .to_owned(),
        svg,
        data: data(reading, &columns, &order),
    })
}

fn hours(value: f64) -> String {
    number(value, usize::from(value < 10.0), Typography::Fine)
}

/// The mean over the applications that are down at all.
fn over_all(strategy: &StrategyReading<'_>) -> String {
    let down: Vec<&Summary> = strategy.results.downtime.iter().filter(|summary| summary.mean > 0.0).collect();
    let mean = down.iter().map(|summary| summary.mean).sum::<f64>() / down.len().max(1) as f64;
    format!("{} applications are down for {} hours on average", down.len(), hours(mean))
}

fn title(reading: &Reading<'_>, columns: &[&StrategyReading<'_>]) -> String {
    let worst = columns
        .iter()
        .flat_map(|strategy| strategy.results.downtime.enumerate().map(move |pair| (strategy, pair)))
        .max_by(|(_, (_, one)), (_, (_, other))| one.p95.total_cmp(&other.p95));
    match worst {
        Some((strategy, (application, summary))) => format!(
            "Longest down: {} with {}, {} hours at the median, {} in one case in twenty",
            reading.world.applications[application].name,
            strategy.strategy.name,
            hours(summary.p50),
            hours(summary.p95)
        ),
        None => "Nothing is down for a move".to_owned(),
    }
}

struct Column<'a> {
    frame: Frame,
    ticks: &'a Ticks,
    highest: f64,
    rows: &'a [ApplicationId],
}

fn column(canvas: &Canvas<'_>, strategy: &StrategyReading<'_>, column: &Column<'_>) -> Result<(), PlotError> {
    let Frame { left, top, right, bottom } = column.frame;
    let colour = line_colour(strategy.id.index());
    let name = Ink::new(13.0, colour).bold();
    let label = fit(canvas, &[&strategy.strategy.label, &strategy.strategy.name], right - left, name);
    canvas.text((left, top - 12.0), &label, name)?;
    let x = Scale { values: (0.0, column.highest), pixels: (left, right) };
    for tick in &column.ticks.values {
        let at = x.at(*tick);
        canvas.line(&[(at, top), (at, bottom)], 1.0, if *tick == 0.0 { INK } else { GRID })?;
        canvas.text(
            (at, bottom + 18.0),
            &column.ticks.text(*tick),
            Ink::new(11.0, GREY).at(Anchor::Middle),
        )?;
    }
    for (place, application) in column.rows.iter().enumerate() {
        let summary = &strategy.results.downtime[*application];
        if summary.p95 <= 0.0 && summary.mean <= 0.0 {
            continue;
        }
        let middle = top + (place as f64 + 0.5) * ROW;
        let bar = Frame {
            left: x.at(summary.p5),
            top: middle - 2.5,
            right: x.at(summary.p95),
            bottom: middle + 2.5,
        };
        canvas.rectangle(bar, colour, 0.45)?;
        canvas.disc((x.at(summary.p50), middle), 4.0, colour)?;
    }
    Ok(())
}

fn data(reading: &Reading<'_>, columns: &[&StrategyReading<'_>], order: &[ApplicationId]) -> DataTable {
    let header = ["Application"].into_iter().chain(columns.iter().map(|one| one.strategy.name.as_str()));
    let mut table = DataTable::new("Hours down for moves: median (5 to 95 %)", header);
    for application in order.iter().take(LISTED) {
        let mut row = vec![reading.world.applications[*application].name.clone()];
        row.extend(columns.iter().map(|strategy| {
            let summary = &strategy.results.downtime[*application];
            format!("{} ({} to {})", hours(summary.p50), hours(summary.p5), hours(summary.p95))
        }));
        table.rows.push(row);
    }
    if order.len() > LISTED {
        let more = format!("and {} more", order.len() - LISTED);
        table.rows.push(std::iter::once(more).chain(columns.iter().map(|_| String::new())).collect());
    }
    table
}
