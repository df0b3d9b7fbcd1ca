//! Cumulative cost by strategy: the median with the band of 5 to 95 %.

use super::axes::{Scale, Ticks, dates, horizontal_grid};
use super::labels::{fit, quoted, spread};
use super::style::{ALARM, Anchor, Caption, Frame, GREY, INK, Ink, Weight, draw, line_colour};
use super::{DataTable, Plot, PlotError};
use crate::base::ids::Id;
use crate::base::units::SimTime;
use crate::report::dates::{last_day, month};
use crate::report::money::{MoneyScale, Typography};
use crate::report::reading::{Reading, StrategyReading};

const HEIGHT: f64 = 520.0;
const FRAME: Frame = Frame { left: 72.0, top: 92.0, right: 652.0, bottom: 480.0 };
/// Height of a label: its name and its figures.
const LABEL: f64 = 34.0;

/// Draws it.
pub(crate) fn plot(reading: &Reading<'_>) -> Result<Plot, PlotError> {
    let world = reading.world;
    let calendar = &world.calendar;
    let months = calendar.months();
    let highest = ends(reading).map(|(_, end)| end[2]).fold(0.0, f64::max);
    let money = MoneyScale::fitting(highest, world.currency);
    let title = title(reading, money);
    let subtitle = format!(
        "Cumulative cost before discounting, {}. Line: median of {} replications; band: 5 to 95 % of them.",
        money.unit(),
        reading.results.replications
    );
    let description = ends(reading)
        .map(|(strategy, end)| {
            let figures = figures(end, money);
            format!("{} ends at {figures}.", strategy.strategy.label)
        })
        .collect::<Vec<_>>()
        .join(" ");
    let ticks = Ticks::covering(0.0, highest / money.divisor(), 5);
    let x = Scale { values: (0.0, calendar.years(calendar.horizon())), pixels: (FRAME.left, FRAME.right) };
    let y = Scale { values: ticks.ends(), pixels: (FRAME.bottom, FRAME.top) };
    let at = |month: usize| x.at(calendar.years(calendar.month_start(month)));
    let svg =
        draw(HEIGHT, &Caption { title: &title, subtitle: &subtitle, description: &description }, |canvas| {
            horizontal_grid(canvas, FRAME, y, &ticks)?;
            for (instant, text) in
                dates(calendar, SimTime::START, calendar.horizon(), FRAME.right - FRAME.left)
            {
                let x = x.at(calendar.years(instant));
                canvas.line(&[(x, FRAME.bottom), (x, FRAME.bottom + 5.0)], 1.0, GREY)?;
                canvas.text((x, FRAME.bottom + 20.0), &text, Ink::new(12.0, GREY).at(Anchor::Middle))?;
            }
            for contract in world.contracts.iter().filter(|contract| contract.ends < calendar.horizon()) {
                let x = x.at(calendar.years(contract.ends));
                canvas.dashed((x, FRAME.top), (x, FRAME.bottom), ALARM)?;
                let text = format!("{} contract ends, {}", contract.name, last_day(calendar, contract.ends));
                canvas.text((x + 6.0, FRAME.top + 10.0), &text, Ink::new(12.0, ALARM))?;
            }
            let points = |strategy: &StrategyReading<'_>, quantile: usize| -> Vec<(f64, f64)> {
                let curve = &strategy.results.curves.cumulative;
                let steps = curve.iter().take(months).enumerate();
                let rest =
                    steps.map(|(month, point)| (at(month + 1), y.at(point[quantile] / money.divisor())));
                std::iter::once((FRAME.left, y.at(0.0))).chain(rest).collect()
            };
            for strategy in &reading.strategies {
                let mut band = points(strategy, 0);
                band.extend(points(strategy, 2).into_iter().rev());
                canvas.polygon(&band, line_colour(strategy.id.index()), 0.11)?;
            }
            for strategy in &reading.strategies {
                canvas.line(&points(strategy, 1), 2.5, line_colour(strategy.id.index()))?;
            }
            let wanted: Vec<f64> = ends(reading).map(|(_, end)| y.at(end[1] / money.divisor())).collect();
            let room = (FRAME.top, FRAME.bottom - LABEL / 2.0);
            for (((strategy, end), wanted), placed) in
                ends(reading).zip(&wanted).zip(spread(&wanted, LABEL, room))
            {
                let colour = line_colour(strategy.id.index());
                canvas.disc((FRAME.right, *wanted), 3.0, colour)?;
                canvas.line(&[(FRAME.right + 3.0, *wanted), (FRAME.right + 16.0, placed)], 1.0, colour)?;
                let name = Ink { size: 13.0, weight: Weight::Bold, colour, anchor: Anchor::Start };
                let text = fit(canvas, &[&strategy.strategy.label, &strategy.strategy.name], 206.0, name);
                canvas.text((FRAME.right + 20.0, placed - 1.0), &text, name)?;
                canvas.text(
                    (FRAME.right + 20.0, placed + 14.0),
                    &figures(end, money),
                    Ink::new(12.0, INK),
                )?;
            }
            Ok(())
        })?;
    Ok(Plot {
        stem: "cumulative-cost".to_owned(),
        title,
        guide: "Each line is what has been paid by then, in the median replication of that month; its band holds \
                nine replications in ten, uncertain inputs and chance together. Where two bands overlap, the order \
                of the two strategies may still turn: the same replications are used for all, so the chance to \
                cost less in the first table says more than the bands do."
            .to_owned(),
        svg,
        data: data(reading, money),
    })
}

/// Each strategy's 5, 50 and 95 % points at the horizon.
fn ends<'r>(reading: &'r Reading<'_>) -> impl Iterator<Item = (&'r StrategyReading<'r>, [f64; 3])> {
    reading
        .strategies
        .iter()
        .map(|strategy| (strategy, strategy.results.curves.cumulative.last().copied().unwrap_or_default()))
}

fn figures([low, median, high]: [f64; 3], money: MoneyScale) -> String {
    let number = |amount| money.number(amount, Typography::Fine);
    format!("{} ({} to {})", number(median), number(low), number(high))
}

fn title(reading: &Reading<'_>, money: MoneyScale) -> String {
    let cheapest = ends(reading).min_by(|(_, a), (_, b)| a[1].total_cmp(&b[1]));
    let Some((strategy, end)) = cheapest else { return "What does each strategy cost?".to_owned() };
    let label = quoted(&strategy.strategy.label);
    let amount = money.amount(end[1], Typography::Fine);
    match overtaken(reading, strategy) {
        Some(date) => format!("{label} costs least, {amount}: ahead from {date} on"),
        None => format!("{label} costs least: {amount} by the end"),
    }
}

/// The month from which the median of `strategy` stays below that of every other;
/// none when it always was.
fn overtaken(reading: &Reading<'_>, strategy: &StrategyReading<'_>) -> Option<String> {
    let calendar = &reading.world.calendar;
    let own = &strategy.results.curves.cumulative;
    let others = reading.strategies.iter().filter(|other| other.id != strategy.id);
    let last = others
        .filter_map(|other| {
            let curve = &other.results.curves.cumulative;
            (0..own.len().min(curve.len())).rev().find(|month| curve[*month][1] < own[*month][1])
        })
        .max()?;
    (last + 1 < calendar.months()).then(|| month(calendar.date(calendar.month_start(last + 1))))
}

fn data(reading: &Reading<'_>, money: MoneyScale) -> DataTable {
    let calendar = &reading.world.calendar;
    let mut header = vec![format!("By the end of ({})", money.unit())];
    header.extend(reading.strategies.iter().map(|strategy| strategy.strategy.name.clone()));
    let months =
        (0..calendar.months()).filter(|month| (month + 1) % 6 == 0 || month + 1 == calendar.months());
    let rows = months
        .map(|month| {
            let date = calendar.date(calendar.month_start(month));
            let mut row = vec![format!("{}-{:02}", date.year(), date.month())];
            row.extend(reading.strategies.iter().map(|strategy| {
                strategy
                    .results
                    .curves
                    .cumulative
                    .get(month)
                    .map_or_else(|| "–".to_owned(), |end| figures(*end, money))
            }));
            row
        })
        .collect();
    DataTable {
        caption: "Cumulative cost before discounting: median (5 to 95 %)".to_owned(),
        header,
        rows,
        ..DataTable::default()
    }
}
