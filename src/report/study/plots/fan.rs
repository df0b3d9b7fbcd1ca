//! Cumulative cost with its quantiles: a small fan for each alternative, all on one scale.

use super::axis::{Axis, Extent};
use super::rows::BOLDER;
use super::{date_after, stem, subtitle, title};
use crate::base::ids::Id as _;
use crate::report::data_table::DataTable;
use crate::report::money::MoneyScale;
use crate::report::plots::axes::dates;
use crate::report::plots::style::{Anchor, Canvas, Caption, Frame, GREY, GRID, INK, Ink, draw, line_colour};
use crate::report::plots::{Plot, PlotError};
use crate::report::study::names::shortened;
use crate::report::study::scale::Scale;
use crate::report::study::view::View;
use crate::study::analyses::compare::Comparison;

/// So many panels are drawn.
const MOST: usize = 12;
const PANEL_HEIGHT: f64 = 190.0;
const LEFT: f64 = 62.0;
const RIGHT: f64 = 880.0;
const TOP: f64 = 84.0;
const GAP: f64 = 22.0;

/// The fans; none without curves.
pub(super) fn plot(view: &View<'_>, anchor: &str, found: &Comparison) -> Result<Option<Plot>, PlotError> {
    if found.fans.iter().all(Vec::is_empty) {
        return Ok(None);
    }
    let shown = found.fans.len().min(MOST);
    let columns = shown.clamp(1, 3);
    let lines = shown.div_ceil(columns);
    let highest = found.fans.iter().flatten().map(|month| month[4]).fold(0.0, f64::max);
    let lowest = found.fans.iter().flatten().map(|month| month[0]).fold(0.0, f64::min);
    let currency = view.meta.currency(view.study);
    let scale = Scale::money([highest], currency, view.typography);
    let money = MoneyScale::fitting(highest, currency);
    let ends: Vec<[f64; 5]> = found.fans.iter().map(|fan| fan.last().copied().unwrap_or_default()).collect();
    let cheapest = (0..ends.len()).min_by(|a, b| ends[*a][2].total_cmp(&ends[*b][2])).unwrap_or(0);
    let title = title(format!(
        "{} has paid the least by the end in the median",
        view.label(found.alternatives[cheapest])
    ));
    let more = match found.fans.len() - shown {
        0 => String::new(),
        more => format!(" {more} more are in the table."),
    };
    let subtitle = subtitle(
        format!(
            "Cumulative cost before discounting, {}. Line: median; dark band: 25 to 75 %; light band: 5 to 95 %.",
            money.unit()
        ),
        &more,
    );
    let height = TOP + lines as f64 * (PANEL_HEIGHT + 44.0) - 4.0;
    let description = found
        .alternatives
        .iter()
        .zip(&ends)
        .map(|(id, end)| {
            format!("{} ends at {} ({}).", view.name(*id), scale.number(end[2]), scale.range(end[0], end[4]))
        })
        .collect::<Vec<_>>()
        .join(" ");
    let caption = Caption { title: &title, subtitle: &subtitle, description: &description };
    let width = (RIGHT - LEFT - GAP * (columns - 1) as f64) / columns as f64;
    let names: Vec<&str> = found.alternatives.iter().map(|id| view.name(*id)).collect();
    let svg = draw(height, &caption, |canvas| {
        let ink = Ink::new(12.5, INK).bold();
        let figures = |place: usize| scale.amount(ends[place][2]);
        let room = |place: usize| width - canvas.text_width(&figures(place), Ink::new(12.0, INK)) - 12.0;
        let least = (0..shown).map(room).fold(f64::INFINITY, f64::min);
        let cut = shortened(&names, |text| canvas.text_width(text, ink) * BOLDER <= least);
        for (place, name) in cut.iter().enumerate().take(shown) {
            let left = LEFT + (place % columns) as f64 * (width + GAP);
            let top = TOP + (place / columns) as f64 * (PANEL_HEIGHT + 44.0) + 22.0;
            let frame = Frame { left, top, right: left + width, bottom: top + PANEL_HEIGHT - 22.0 };
            let colour = line_colour(found.alternatives[place].index());
            canvas.text((left, top - 8.0), name, Ink { colour, ..ink })?;
            let at_end = Ink::new(12.0, INK).at(Anchor::End);
            canvas.text((frame.right, top - 8.0), &figures(place), at_end)?;
            let panel = Panel { frame, lowest, highest, is_first: place % columns == 0 };
            panel.draw(canvas, view, &scale, &found.fans[place], colour)?;
        }
        Ok(())
    })?;
    Ok(Some(Plot {
        stem: stem(anchor, &["cumulative-cost"]),
        title,
        guide: "Each point of a band is a quantile of that month over the replications, so an edge is no single \
                course of events. All panels have the same scale; the amount at the right is the median at the end."
            .to_owned(),
        svg,
        data: data(view, found, &scale),
    }))
}

struct Panel {
    frame: Frame,
    lowest: f64,
    highest: f64,
    is_first: bool,
}

impl Panel {
    fn draw(
        &self,
        canvas: &Canvas<'_>,
        view: &View<'_>,
        scale: &Scale<'_>,
        fan: &[[f64; 5]],
        colour: plotters::style::RGBColor,
    ) -> Result<(), PlotError> {
        let Frame { left, top, right, bottom } = self.frame;
        let extent = Extent { low: self.lowest, high: self.highest, pixels: (bottom, top), steps: 4 };
        let y = Axis::covering(scale, extent);
        if self.is_first {
            y.beside(canvas, self.frame)?;
        } else {
            y.lines(canvas, self.frame)?;
        }
        let calendar = &view.meta.calendar;
        let until = date_after(calendar, fan.len());
        let years = calendar.years(until);
        let x = |instant| left + (right - left) * calendar.years(instant) / years;
        let mut last = f64::NEG_INFINITY;
        for (instant, text) in dates(calendar, crate::base::units::SimTime::START, until, right - left) {
            let at = x(instant);
            canvas.line(&[(at, bottom), (at, bottom + 4.0)], 1.0, GRID)?;
            let ink = Ink::new(11.5, GREY).at(Anchor::Middle);
            let half = canvas.text_width(&text, ink) / 2.0;
            if at - half > last + 6.0 && at + half <= right + GAP / 2.0 {
                canvas.text((at, bottom + 17.0), &text, ink)?;
                last = at + half;
            }
        }
        let edge = |quantile: usize| -> Vec<(f64, f64)> {
            let rest = fan
                .iter()
                .enumerate()
                .map(|(month, point)| (x(date_after(calendar, month + 1)), y.at(point[quantile])));
            std::iter::once((left, y.at(0.0))).chain(rest).collect()
        };
        for (low, high, opacity) in [(0, 4, 0.14), (1, 3, 0.26)] {
            let mut band = edge(low);
            band.extend(edge(high).into_iter().rev());
            canvas.polygon(&band, colour, opacity)?;
        }
        canvas.line(&edge(2), 2.0, colour)
    }
}

/// Every half year.
fn data(view: &View<'_>, found: &Comparison, scale: &Scale<'_>) -> DataTable {
    let calendar = &view.meta.calendar;
    let months = found.fans.iter().map(Vec::len).max().unwrap_or(0);
    let mut header = vec![format!("By ({})", scale.unit())];
    header.extend(found.alternatives.iter().map(|id| view.name(*id).to_owned()));
    let rows = (0..months).filter(|month| (month + 1) % 6 == 0 || month + 1 == months).map(|month| {
        let mut row = vec![calendar.date(date_after(calendar, month + 1)).to_string()];
        row.extend(found.fans.iter().map(|fan| {
            fan.get(month).map_or_else(
                || "–".to_owned(),
                |point| format!("{} ({})", scale.number(point[2]), scale.range(point[0], point[4])),
            )
        }));
        row
    });
    DataTable {
        caption: "Cumulative cost before discounting: median (5 to 95 %)".to_owned(),
        header,
        rows: rows.collect(),
        ..DataTable::default()
    }
}
