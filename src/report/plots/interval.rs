//! Ranges of a figure, one line a strategy: mean, 5 to 95 %, and the 80 % point.

use super::axes::{Scale, Ticks};
use super::labels::fit;
use super::style::{ALARM, Anchor, Canvas, Caption, Frame, GREY, GRID, INK, Ink, draw, line_colour};
use super::{DataTable, Plot, PlotError};
use crate::base::ids::Id;
use crate::report::answer;
use crate::report::money::{MoneyScale, Typography, number, percent};
use crate::report::reading::{Reading, StrategyReading};
use crate::study::Summary;

const LEFT: f64 = 250.0;
const RIGHT: f64 = 636.0;
const TOP: f64 = 96.0;
const ROW: f64 = 44.0;

/// What is shown of each strategy.
struct Spec<'t> {
    stem: &'t str,
    figure: &'t str,
    caption: &'t str,
    title: String,
    subtitle: String,
    guide: &'t str,
    /// A line that should not be crossed, and its name.
    limit: Option<(f64, String)>,
    /// What is written at the right of each line, and over that column.
    note: &'t dyn Fn(&StrategyReading<'_>) -> String,
    note_header: String,
    money: MoneyScale,
}

/// The present value of the cost of each strategy.
pub(crate) fn npv(reading: &Reading<'_>) -> Result<Plot, PlotError> {
    let money = MoneyScale::fitting(reading.largest("cost.npv"), reading.world.currency);
    let highest = reading.largest("cost.npv");
    let budget = reading.world.limits.budget.map(|budget| budget.as_f64());
    let budget_text = budget.map(|amount| format!("budget {}", money.number(amount, Typography::Fine)));
    // A budget far beyond every range would squeeze them into a corner.
    let is_near = budget.is_some_and(|amount| amount < 1.25 * highest);
    let beyond = match &budget_text {
        Some(text) if !is_near => format!(" The {text} lies beyond."),
        _ => String::new(),
    };
    let limit = budget.zip(budget_text).filter(|_| is_near);
    let note = |strategy: &StrategyReading<'_>| {
        strategy.results.beats_first.map_or_else(|| "–".to_owned(), |share| percent(share, Typography::Fine))
    };
    plot(
        reading,
        Spec {
            stem: "npv-range",
            figure: "cost.npv",
            caption: "Present value of all cost",
            title: answer::title(reading),
            subtitle: format!(
                "Present value of all cost, {}. Dot: mean; line: 5 to 95 % of {} replications; tick: 80 % lie below.{beyond}",
                money.unit(),
                reading.results.replications
            ),
            guide: "The dot is the mean, the line holds nine replications in ten, the tick is the amount that is \
                    enough in four out of five. The line is a range of outcomes, not the precision of the mean, \
                    which is in the table.",
            limit,
            note: &note,
            note_header: format!("Beats {}", reading.first().strategy.name),
            money,
        },
    )
}

/// What leaving again would cost.
pub(crate) fn exit_cost(reading: &Reading<'_>) -> Result<Plot, PlotError> {
    let money = MoneyScale::fitting(reading.largest("lock_in.exit_cost"), reading.world.currency);
    let rehearsals =
        reading.strategies.iter().map(|strategy| strategy.results.rehearsals.replications).max().unwrap_or(0);
    let note = |strategy: &StrategyReading<'_>| {
        let months = strategy.forecast("lock_in.exit_months");
        months.map_or_else(
            || "–".to_owned(),
            |months| format!("{} months", number(months.mean, 1, Typography::Fine)),
        )
    };
    plot(
        reading,
        Spec {
            stem: "exit-cost",
            figure: "lock_in.exit_cost",
            caption: "Exit cost at the horizon",
            title: "What would it cost to leave again?".to_owned(),
            subtitle: format!(
                "Exit cost at the horizon, {}. Dot: mean; line: 5 to 95 % of {rehearsals} rehearsed exits; tick: 80 % lie below.",
                money.unit(),
            ),
            guide: "Each exit is simulated: everything must leave, for whichever party is the hardest to leave, with the same \
                    links, engineers and windows as any other move. Its one-off cost is the measure of lock-in; \
                    how long it takes stands at the right.",
            limit: None,
            note: &note,
            note_header: "Takes".to_owned(),
            money,
        },
    )
}

fn plot(reading: &Reading<'_>, spec: Spec<'_>) -> Result<Plot, PlotError> {
    let Spec { money, .. } = spec;
    let mut rows: Vec<(&StrategyReading<'_>, Option<&Summary>)> =
        reading.strategies.iter().map(|strategy| (strategy, strategy.forecast(spec.figure))).collect();
    rows.sort_by(|(_, a), (_, b)| {
        let mean = |summary: &Option<&Summary>| summary.map_or(f64::INFINITY, |summary| summary.mean);
        mean(a).total_cmp(&mean(b))
    });
    let known = || rows.iter().filter_map(|(_, summary)| *summary);
    let limit = spec.limit.as_ref().map(|(amount, _)| *amount);
    let high = known().map(|summary| summary.p95.max(summary.mean)).chain(limit).fold(f64::MIN, f64::max);
    let low = known().map(|summary| summary.p5.min(summary.mean)).chain(limit).fold(f64::MAX, f64::min);
    // Zero belongs on the axis unless it would squeeze the ranges into a corner.
    let low = if low > 0.0 && low < 0.6 * high { 0.0 } else { low };
    let ticks = Ticks::covering(low / money.divisor(), high / money.divisor(), 5);
    let x = Scale { values: ticks.ends(), pixels: (LEFT, RIGHT) };
    let bottom = TOP + 18.0 + rows.len() as f64 * ROW;
    let description = rows
        .iter()
        .filter_map(|(strategy, summary)| {
            let summary = (*summary)?;
            Some(format!("{}: {}.", strategy.strategy.label, range(summary, money)))
        })
        .collect::<Vec<_>>()
        .join(" ");
    let caption = Caption { title: &spec.title, subtitle: &spec.subtitle, description: &description };
    let svg = draw(bottom + 40.0, &caption, |canvas| {
        for tick in &ticks.values {
            let at = x.at(*tick);
            canvas.line(&[(at, TOP + 8.0), (at, bottom)], 1.0, if *tick == 0.0 { INK } else { GRID })?;
            canvas.text((at, bottom + 18.0), &ticks.text(*tick), Ink::new(12.0, GREY).at(Anchor::Middle))?;
        }
        let header = Ink::new(12.0, GREY);
        canvas.text((RIGHT + 24.0, TOP), "Mean (5 to 95 %)", header)?;
        let room = 876.0 - RIGHT - 150.0;
        canvas.text(
            (876.0, TOP),
            &fit(canvas, &[&spec.note_header, "Beats the first"], room, header),
            header.at(Anchor::End),
        )?;
        if let Some((amount, text)) = &spec.limit {
            let at = x.at(amount / money.divisor());
            canvas.dashed((at, TOP + 4.0), (at, bottom), ALARM)?;
            canvas.text((at, TOP), text, Ink::new(12.0, ALARM).at(Anchor::Middle))?;
        }
        for (place, (strategy, summary)) in rows.iter().enumerate() {
            let middle = TOP + 18.0 + (place as f64 + 0.5) * ROW;
            row(canvas, strategy, *summary, &Row { x, middle, money, note: (spec.note)(strategy) })?;
        }
        Ok(())
    })?;
    Ok(Plot {
        stem: spec.stem.to_owned(),
        title: spec.title,
        guide: spec.guide.to_owned(),
        svg,
        data: data(spec.caption, &rows, money),
    })
}

struct Row {
    x: Scale,
    middle: f64,
    money: MoneyScale,
    note: String,
}

fn row(
    canvas: &Canvas<'_>,
    strategy: &StrategyReading<'_>,
    summary: Option<&Summary>,
    row: &Row,
) -> Result<(), PlotError> {
    let Row { x, middle, money, note } = row;
    let (middle, colour) = (*middle, line_colour(strategy.id.index()));
    let name = Ink::new(13.0, colour).bold().at(Anchor::End);
    let label = fit(canvas, &[&strategy.strategy.label, &strategy.strategy.name], LEFT - 36.0, name);
    canvas.text((LEFT - 14.0, middle + 4.5), &label, name)?;
    let Some(summary) = summary else {
        return canvas.text((LEFT + 8.0, middle + 4.0), "not rehearsed", Ink::new(12.0, GREY));
    };
    let at = |amount: f64| x.at(amount / money.divisor());
    let bar = |from: f64, until: f64, half: f64| Frame {
        left: from,
        top: middle - half,
        right: until,
        bottom: middle + half,
    };
    canvas.rectangle(bar(at(summary.p5), at(summary.p95), 3.0), colour, 0.45)?;
    canvas.rectangle(bar(at(summary.p80) - 1.0, at(summary.p80) + 1.0, 9.0), colour, 1.0)?;
    canvas.disc((at(summary.mean), middle), 6.0, colour)?;
    canvas.text((RIGHT + 24.0, middle + 4.5), &range(summary, *money), Ink::new(13.0, INK))?;
    canvas.text((876.0, middle + 4.5), note, Ink::new(13.0, INK).at(Anchor::End))
}

fn range(summary: &Summary, money: MoneyScale) -> String {
    let number = |amount| money.number(amount, Typography::Fine);
    format!("{} ({} to {})", number(summary.mean), number(summary.p5), number(summary.p95))
}

fn data(caption: &str, rows: &[(&StrategyReading<'_>, Option<&Summary>)], money: MoneyScale) -> DataTable {
    let header = ["", "Mean", "± 95 % of the mean", "5 %", "Median", "80 %", "95 %", "Replications"];
    let mut header: Vec<String> = header.map(str::to_owned).into();
    header[0] = format!("Strategy ({})", money.unit());
    let rows = rows
        .iter()
        .map(|(strategy, summary)| {
            let mut row = vec![strategy.strategy.label.clone()];
            match summary {
                Some(s) => {
                    let points = [s.mean, s.half_width_95, s.p5, s.p50, s.p80, s.p95];
                    row.extend(points.map(|amount| money.number(amount, Typography::Fine)));
                    row.push(s.n.to_string());
                }
                None => row.extend(std::iter::repeat_n("–".to_owned(), 7)),
            }
            row
        })
        .collect();
    DataTable { caption: caption.to_owned(), header, rows, ..DataTable::default() }
}
