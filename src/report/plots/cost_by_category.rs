//! Cost by category: one stacked bar a strategy, with its total.

use super::axes::{Scale, Ticks};
use super::labels::fit;
use super::style::{
    Anchor, Canvas, Caption, Frame, GREY, GRID, INK, Ink, ON_DARK, ON_LIGHT, WIDTH, area_colour, draw,
    is_dark,
};
use super::{DataTable, Plot, PlotError};
use crate::report::money::{MoneyScale, Typography};
use crate::report::reading::{Reading, StrategyReading};
use crate::simulation::journal::Category;

const LEFT: f64 = 240.0;
const RIGHT: f64 = 800.0;
const BAR: f64 = 28.0;
const ROW: f64 = 46.0;
/// Room for a line of the key.
const KEY: f64 = 22.0;

/// Draws it.
pub(crate) fn plot(reading: &Reading<'_>) -> Result<Plot, PlotError> {
    let most = reading.largest("cost.total");
    let shown: Vec<Category> = Category::ALL
        .into_iter()
        .filter(|category| {
            reading.strategies.iter().any(|strategy| is_visible(amount(strategy, *category), most))
        })
        .collect();
    let total = |strategy: &StrategyReading<'_>| strategy.mean("cost.total");
    let side = |strategy: &StrategyReading<'_>, sign: f64| {
        shown.iter().map(|category| (amount(strategy, *category) * sign).max(0.0)).sum::<f64>()
    };
    let highest = reading.strategies.iter().map(|strategy| side(strategy, 1.0)).fold(0.0, f64::max);
    let lowest = reading.strategies.iter().map(|strategy| -side(strategy, -1.0)).fold(0.0, f64::min);
    // Credits of less than a pixel or two need no room of their own.
    let lowest = if -lowest < highest / 200.0 { 0.0 } else { lowest };
    let money = MoneyScale::fitting(highest, reading.world.currency);
    let mut sorted: Vec<_> = reading.strategies.iter().collect();
    sorted.sort_by(|a, b| total(a).total_cmp(&total(b)));
    let title = title(reading, &shown);
    let subtitle = format!(
        "Cost over the horizon before discounting, {}, mean of {} replications. Cheapest first.",
        money.unit(),
        reading.results.replications
    );
    let description = sorted
        .iter()
        .map(|strategy| {
            format!("{}: {}.", strategy.strategy.label, money.amount(total(strategy), Typography::Fine))
        })
        .collect::<Vec<_>>()
        .join(" ");
    let ticks = Ticks::covering(lowest / money.divisor(), highest / money.divisor(), 6);
    let x = Scale { values: ticks.ends(), pixels: (LEFT, RIGHT) };
    // The key is laid out before the height is known; widths need a canvas, so a
    // line holds four names, which are all short.
    let key_lines = shown.len().div_ceil(5).max(1);
    let top = 72.0 + key_lines as f64 * KEY + 14.0;
    let bottom = top + sorted.len() as f64 * ROW;
    let height = bottom + 40.0;
    let svg =
        draw(height, &Caption { title: &title, subtitle: &subtitle, description: &description }, |canvas| {
            key(canvas, &shown)?;
            for tick in &ticks.values {
                let at = x.at(*tick);
                canvas.line(&[(at, top), (at, bottom)], 1.0, if *tick == 0.0 { INK } else { GRID })?;
                canvas.text(
                    (at, bottom + 18.0),
                    &ticks.text(*tick),
                    Ink::new(12.0, GREY).at(Anchor::Middle),
                )?;
            }
            for (place, strategy) in sorted.iter().enumerate() {
                let middle = top + (place as f64 + 0.5) * ROW;
                let name = Ink::new(13.0, INK).at(Anchor::End);
                let label =
                    fit(canvas, &[&strategy.strategy.label, &strategy.strategy.name], LEFT - 36.0, name);
                canvas.text((LEFT - 12.0, middle + 4.5), &label, name)?;
                let end = bar(canvas, strategy, &Bar { shown: &shown, x, middle, money })?;
                let text = money.number(total(strategy), Typography::Fine);
                canvas.text((end + 8.0, middle + 4.5), &text, Ink::new(13.0, INK).bold())?;
            }
            Ok(())
        })?;
    Ok(Plot {
        stem: "cost-by-category".to_owned(),
        title,
        guide: "Each bar is one strategy's mean cost, cut by what it was paid for; the bold number is its total. \
                Credits lie left of zero and are taken off the total. Parts too narrow for a number are in the \
                table."
            .to_owned(),
        svg,
        data: data(&sorted, money),
    })
}

fn amount(strategy: &StrategyReading<'_>, category: Category) -> f64 {
    strategy.mean(&format!("cost.by_category.{}", category.key()))
}

/// Whether a part of `most` can be seen at all: a pixel and a half.
fn is_visible(amount: f64, most: f64) -> bool {
    libm::fabs(amount) > 0.003 * most
}

/// The category in which the strategies differ most.
fn title(reading: &Reading<'_>, shown: &[Category]) -> String {
    let range = |category: &Category| {
        let amounts = reading.strategies.iter().map(|strategy| amount(strategy, *category));
        let (low, high) =
            amounts.fold((f64::MAX, f64::MIN), |(low, high), amount| (low.min(amount), high.max(amount)));
        high - low
    };
    match shown.iter().max_by(|a, b| range(a).total_cmp(&range(b))) {
        Some(category) if reading.strategies.len() > 1 => {
            format!("The strategies differ most in {}", category.label().to_lowercase())
        }
        _ => "What is the money spent on?".to_owned(),
    }
}

fn key(canvas: &Canvas<'_>, shown: &[Category]) -> Result<(), PlotError> {
    let ink = Ink::new(13.0, INK);
    let column = (WIDTH - 48.0) / 5.0;
    for (place, category) in shown.iter().enumerate() {
        let left = 24.0 + (place % 5) as f64 * column;
        let top = 73.0 + (place / 5) as f64 * KEY;
        canvas.rectangle(
            Frame { left, top, right: left + 12.0, bottom: top + 12.0 },
            colour(*category),
            1.0,
        )?;
        canvas.text((left + 18.0, top + 11.0), category.label(), ink)?;
    }
    Ok(())
}

fn colour(category: Category) -> plotters::style::RGBColor {
    area_colour(category as usize)
}

struct Bar<'a> {
    shown: &'a [Category],
    x: Scale,
    middle: f64,
    money: MoneyScale,
}

/// Draws one bar and returns where it ends.
fn bar(canvas: &Canvas<'_>, strategy: &StrategyReading<'_>, bar: &Bar<'_>) -> Result<f64, PlotError> {
    let (mut above, mut below) = (0.0, 0.0);
    for category in bar.shown {
        let amount = amount(strategy, *category) / bar.money.divisor();
        let from = if amount < 0.0 { &mut below } else { &mut above };
        let (start, end) = (*from, *from + amount);
        *from = end;
        let (left, right) = (bar.x.at(start.min(end)), bar.x.at(start.max(end)));
        let frame = Frame { left, top: bar.middle - BAR / 2.0, right, bottom: bar.middle + BAR / 2.0 };
        canvas.rectangle(frame, colour(*category), 1.0)?;
        let text = bar.money.number(amount * bar.money.divisor(), Typography::Fine);
        let ink =
            Ink::new(12.0, if is_dark(colour(*category)) { ON_DARK } else { ON_LIGHT }).at(Anchor::Middle);
        if canvas.text_width(&text, ink) + 8.0 <= right - left {
            canvas.text(((left + right) / 2.0, bar.middle + 4.0), &text, ink)?;
        }
    }
    Ok(bar.x.at(above))
}

fn data(sorted: &[&StrategyReading<'_>], money: MoneyScale) -> DataTable {
    let caption = format!("Cost over the horizon before discounting, by category: mean, {}", money.unit());
    let header = std::iter::once("").chain(sorted.iter().map(|strategy| strategy.strategy.name.as_str()));
    let mut table = DataTable::new(caption, header);
    for category in Category::ALL {
        let amounts = sorted.iter().map(|strategy| amount(strategy, category));
        if amounts.clone().any(|amount| amount != 0.0) {
            let cells = amounts.map(|amount| money.number(amount, Typography::Fine));
            table.rows.push(std::iter::once(category.label().to_owned()).chain(cells).collect());
        }
    }
    let totals = sorted.iter().map(|strategy| money.number(strategy.mean("cost.total"), Typography::Fine));
    table.rows.push(std::iter::once("Total".to_owned()).chain(totals).collect());
    table
}
