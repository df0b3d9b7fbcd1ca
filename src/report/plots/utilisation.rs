//! Used against allocated: processors and memory, one row a strategy.

use super::axes::{Scale, Ticks, dates, horizontal_grid};
use super::labels::{fit, spread};
use super::style::{
    Anchor, Canvas, Caption, Frame, GREY, INK, Ink, PAPER, WIDTH, area_colour, draw, line_colour,
};
use super::{DataTable, Plot, PlotError};
use crate::base::units::SimTime;
use crate::report::dates::month;
use crate::report::money::{Typography, number};
use crate::report::reading::{Reading, StrategyReading};
use crate::simulation::journal::{Entry, Used};
use crate::world::World;

const PANEL_HEIGHT: f64 = 150.0;
const ROW: f64 = 222.0;
const TOP: f64 = 104.0;
/// The two columns: where their panels begin, and how wide they are. The room to the
/// right of each holds its labels.
const LEFT: [f64; 2] = [64.0, 506.0];
const PANEL: f64 = 268.0;
const LABELS: f64 = 122.0;

/// Where use is at its palest: the first of the areas, and the lines about it.
fn used_colour() -> plotters::style::RGBColor {
    area_colour(0)
}

fn allocated_colour() -> plotters::style::RGBColor {
    area_colour(1)
}

/// Draws it.
pub(crate) fn plot(reading: &Reading<'_>) -> Result<Plot, PlotError> {
    let world = reading.world;
    let lives: Vec<(&StrategyReading<'_>, Vec<Used>)> =
        reading.strategies.iter().map(|strategy| (strategy, months(world, strategy))).collect();
    let highest =
        |of: &dyn Fn(&Used) -> f64| lives.iter().flat_map(|(_, months)| months).map(of).fold(0.0, f64::max);
    let most = [highest(&|used| used.allocated_vcpus.max(used.cores)), highest(&|used| used.allocated_gib)];
    let height = TOP + lives.len() as f64 * ROW - 34.0;
    let title = title(reading);
    let subtitle = format!(
        "Means of each month, sampled every {}. One course of events: replication {} of {}.",
        every(world),
        reading.results.path_replication,
        reading.results.replications
    );
    let description = lives
        .iter()
        .map(|(strategy, months)| format!("{}: {}.", strategy.strategy.label, over_all(months)))
        .collect::<Vec<_>>()
        .join(" ");
    let svg =
        draw(height, &Caption { title: &title, subtitle: &subtitle, description: &description }, |canvas| {
            for (place, (strategy, months)) in lives.iter().enumerate() {
                let top = TOP + place as f64 * ROW;
                let name = Ink::new(13.0, INK).bold();
                let label =
                    fit(canvas, &[&strategy.strategy.label, &strategy.strategy.name], WIDTH - 48.0, name);
                canvas.text((24.0, top - 12.0), &label, name)?;
                for column in 0..2 {
                    let frame = Frame {
                        left: LEFT[column],
                        top: top + 20.0,
                        right: LEFT[column] + PANEL,
                        bottom: top + 20.0 + PANEL_HEIGHT - 14.0,
                    };
                    let what = ["Processors: vCPU and cores", "Memory: GiB"][column];
                    canvas.text((frame.left, top + 8.0), what, Ink::new(12.0, GREY))?;
                    let series = if column == 0 { processors(months) } else { memory(months) };
                    panel(canvas, world, &Panel { frame, series, most: most[column] })?;
                }
            }
            Ok(())
        })?;
    Ok(Plot {
        stem: "used-against-allocated".to_owned(),
        title,
        guide: "The pale area is what running workloads hold; the dark one within it is what they use at the mean of \
                the month. The line is the physical cores of hosts and the vCPU of instances: where the pale area is \
                above it, processors are over-committed. The distance from dark to pale is what right-sizing, or \
                more over-commit, could save; peaks within a month are seen in the contention and in the hours of \
                overloaded hosts, not here. The title speaks of the first strategy."
            .to_owned(),
        svg,
        data: data(world, &lives),
    })
}

/// What was used in each month at its mean, over all offers.
fn months(world: &World, strategy: &StrategyReading<'_>) -> Vec<Used> {
    let calendar = &world.calendar;
    let mut months = vec![Used::default(); calendar.months()];
    for (_, entry) in &strategy.results.path.journal.entries {
        if let Entry::Used { month, used, .. } = entry {
            let hours = calendar.month_span(*month as usize).as_hours();
            months[*month as usize].add(used, 1.0 / hours);
        }
    }
    months
}

/// One line of a panel.
struct Series {
    label: &'static str,
    values: Vec<f64>,
    look: Look,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Look {
    Pale,
    Dark,
    Line,
}

fn series(label: &'static str, look: Look, months: &[Used], of: impl Fn(&Used) -> f64) -> Series {
    Series { label, values: months.iter().map(of).collect(), look }
}

fn processors(months: &[Used]) -> Vec<Series> {
    vec![
        series("allocated", Look::Pale, months, |used| used.allocated_vcpus),
        series("used", Look::Dark, months, |used| used.used_vcpus),
        series("capacity", Look::Line, months, |used| used.cores),
    ]
}

fn memory(months: &[Used]) -> Vec<Series> {
    vec![
        series("allocated", Look::Pale, months, |used| used.allocated_gib),
        series("used", Look::Dark, months, |used| used.used_gib),
    ]
}

struct Panel {
    frame: Frame,
    series: Vec<Series>,
    most: f64,
}

fn panel(canvas: &Canvas<'_>, world: &World, panel: &Panel) -> Result<(), PlotError> {
    let Frame { left, top, right, bottom } = panel.frame;
    let calendar = &world.calendar;
    let highest = if panel.most > 0.0 { panel.most * 1.04 } else { 1.0 };
    let ticks = Ticks::covering(0.0, panel.most, 3).up_to(highest);
    let y = Scale { values: (0.0, highest), pixels: (bottom, top) };
    let x = Scale { values: (0.0, calendar.years(calendar.horizon())), pixels: (left, right) };
    let at = |month: usize| x.at(calendar.years(calendar.month_start(month)));
    horizontal_grid(canvas, panel.frame, y, &ticks)?;
    for series in &panel.series {
        // A month's mean holds for the whole month: steps, not slopes.
        let steps: Vec<(f64, f64)> = series
            .values
            .iter()
            .enumerate()
            .flat_map(|(month, value)| [(at(month), y.at(*value)), (at(month + 1), y.at(*value))])
            .collect();
        match series.look {
            Look::Line => {
                canvas.line(&steps, 3.5, PAPER)?;
                canvas.line(&steps, 1.75, INK)?;
            }
            look => {
                let mut outline = vec![(left, bottom)];
                outline.extend(steps);
                outline.push((right, bottom));
                let colour = if look == Look::Dark { used_colour() } else { allocated_colour() };
                canvas.polygon(&outline, colour, 1.0)?;
            }
        }
    }
    canvas.line(&[(left, bottom), (right, bottom)], 1.0, INK)?;
    for (instant, text) in dates(calendar, SimTime::START, calendar.horizon(), right - left) {
        let x = x.at(calendar.years(instant));
        canvas.line(&[(x, bottom), (x, bottom + 4.0)], 1.0, GREY)?;
        canvas.text((x, bottom + 17.0), &text, Ink::new(11.0, GREY).at(Anchor::Middle))?;
    }
    let ends: Vec<f64> =
        panel.series.iter().map(|series| y.at(series.values.last().copied().unwrap_or_default())).collect();
    for ((series, end), label) in panel.series.iter().zip(&ends).zip(spread(&ends, 15.0, (top, bottom))) {
        let colour = match series.look {
            Look::Line => INK,
            // Text needs more contrast than an area.
            Look::Dark | Look::Pale => line_colour(1),
        };
        canvas.line(&[(right + 2.0, *end), (right + 9.0, label)], 1.0, colour)?;
        let value = series.values.last().copied().unwrap_or_default();
        let ink = Ink::new(12.0, colour);
        let ink = if series.look == Look::Dark { ink.bold() } else { ink };
        let text = fit(canvas, &[&format!("{} {}", series.label, short(value)), series.label], LABELS, ink);
        canvas.text((right + 13.0, label + 4.0), &text, ink)?;
    }
    Ok(())
}

/// A figure short enough for a label: three digits are enough beside an axis.
fn short(value: f64) -> String {
    let decimals = if value < 10.0 { 1 } else { 0 };
    number(value, decimals, Typography::Fine)
}

fn percent(part: f64, whole: f64) -> String {
    let share = if whole > 0.0 { 100.0 * part / whole } else { 0.0 };
    format!("{} %", number(share, usize::from(share < 10.0), Typography::Fine))
}

fn title(reading: &Reading<'_>) -> String {
    let first = reading.first();
    let mean = |name: &str| first.mean(&format!("utilisation.{name}"));
    format!(
        "Of what workloads hold, {} of the processors and {} of the memory are used",
        percent(mean("cpu_used"), mean("cpu_allocated")),
        percent(mean("memory_used"), mean("memory_allocated"))
    )
}

fn every(world: &World) -> String {
    let seconds = world.usage.as_ref().map_or(0.0, |usage| usage.sample.as_seconds());
    let (count, unit) = match seconds {
        day if day >= 86_400.0 => (day / 86_400.0, "day"),
        hours if hours >= 3_600.0 => (hours / 3_600.0, "hour"),
        minutes => (minutes / 60.0, "minute"),
    };
    let decimals = usize::from(libm::fabs(count - libm::round(count)) > 0.04);
    match number(count, decimals, Typography::Fine) {
        one if one == "1" => unit.to_owned(),
        many => format!("{many} {unit}s"),
    }
}

fn over_all(months: &[Used]) -> String {
    let mut total = Used::default();
    for month in months {
        total.add(month, 1.0);
    }
    format!(
        "{} of the processors and {} of the memory allocated were used",
        percent(total.used_vcpus, total.allocated_vcpus),
        percent(total.used_gib, total.allocated_gib)
    )
}

fn data(world: &World, lives: &[(&StrategyReading<'_>, Vec<Used>)]) -> DataTable {
    let header = [
        "Strategy",
        "Month",
        "vCPU allocated",
        "vCPU used",
        "Cores",
        "GiB allocated",
        "GiB used",
        "Contention, %",
        "Hosts overloaded",
    ];
    let mut table = DataTable::new("Used against allocated on the path, means of the month", header);
    for (strategy, months) in lives {
        for (place, used) in months.iter().enumerate() {
            if (place + 1) % 6 != 0 && place + 1 != months.len() {
                continue;
            }
            let mut row = vec![
                strategy.strategy.name.clone(),
                month(world.calendar.date(world.calendar.month_start(place))),
            ];
            let values =
                [used.allocated_vcpus, used.used_vcpus, used.cores, used.allocated_gib, used.used_gib];
            row.extend(values.map(|value| number(value, 1, Typography::Fine)));
            row.push(number(100.0 * used.contention(), 2, Typography::Fine));
            row.push(number(used.overloaded_hosts, 2, Typography::Fine));
            table.rows.push(row);
        }
    }
    table
}
