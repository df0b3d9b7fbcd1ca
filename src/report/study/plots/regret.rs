//! Regret of every alternative in every future: a heat map.

use super::rows::{BOLDER, bar};
use super::{stem, subtitle, title};
use crate::base::ids::Id as _;
use crate::report::data_table::DataTable;
use crate::report::plots::style::{Anchor, Caption, Frame, GREY, INK, Ink, draw, line_colour};
use crate::report::plots::{Plot, PlotError};
use crate::report::study::names::shortened;
use crate::report::study::view::View;
use crate::study::analyses::robust::Robustness;
use plotters::style::RGBColor;

/// Futures are put together until there are at most so many columns.
const COLUMNS: usize = 120;
const TOP: f64 = 100.0;
const END: f64 = 880.0;
/// No regret, and the greatest.
const NONE: RGBColor = RGBColor(0xF3, 0xF1, 0xEA);
const MIDDLE: RGBColor = RGBColor(0xF2, 0xA3, 0x5E);
const GREATEST: RGBColor = RGBColor(0x7A, 0x1E, 0x1A);

/// The map.
pub(super) fn plot(view: &View<'_>, anchor: &str, found: &Robustness) -> Result<Plot, PlotError> {
    let futures = found.regret.iter().map(Vec::len).max().unwrap_or(0);
    let each = futures.div_ceil(COLUMNS).max(1);
    let greatest = found.regret.iter().flatten().copied().fold(0.0, f64::max);
    let scale = view.difference_scale(found.outcome, [greatest]);
    let mut order: Vec<usize> = (0..found.alternatives.len()).collect();
    order.sort_by(|a, b| {
        found.alternatives[*a].greatest_regret.total_cmp(&found.alternatives[*b].greatest_regret)
    });
    let title = title(format!("{} is least regretted", view.label(found.winners.greatest_regret)));
    let together = match each {
        1 => String::new(),
        each => format!(" A column is the mean of {each} futures."),
    };
    let subtitle = subtitle(
        format!(
            "Regret in {}{}: how far off the best choice of the same future.",
            view.outcome_words(found.outcome),
            scale.in_unit()
        ),
        &together,
    );
    let description: Vec<String> = order
        .iter()
        .map(|place| {
            let one = &found.alternatives[*place];
            format!("{}: at worst {}.", view.name(one.alternative), scale.amount(one.greatest_regret))
        })
        .collect();
    let description = description.join(" ");
    let height = if order.len() > 8 { 24.0 } else { 34.0 };
    let bottom = TOP + order.len() as f64 * height;
    let caption = Caption { title: &title, subtitle: &subtitle, description: &description };
    let svg = draw(bottom + 66.0, &caption, |canvas| {
        let name = Ink::new(12.5, INK).bold();
        let names: Vec<&str> =
            order.iter().map(|place| view.name(found.alternatives[*place].alternative)).collect();
        let cut = shortened(&names, |text| canvas.text_width(text, name) * BOLDER <= 250.0);
        let widest = cut.iter().map(|text| canvas.text_width(text, name)).fold(0.0, f64::max);
        let (left, right) = (24.0 + BOLDER * widest + 14.0, END - 84.0);
        let header = Ink::new(12.0, GREY).at(Anchor::End);
        canvas.text((END, TOP - 10.0), "At worst", header)?;
        for (row, (place, text)) in order.iter().zip(&cut).enumerate() {
            let top = TOP + row as f64 * height;
            let middle = top + height / 2.0;
            let one = &found.alternatives[*place];
            let ink = Ink { colour: line_colour(one.alternative.index()), ..name };
            canvas.text((left - 14.0, middle + 4.5), text, ink.at(Anchor::End))?;
            let cells: Vec<f64> = found.regret[*place]
                .chunks(each)
                .map(|futures| futures.iter().sum::<f64>() / futures.len() as f64)
                .collect();
            let width = (right - left) / cells.len().max(1) as f64;
            for (column, regret) in cells.iter().enumerate() {
                let from = left + column as f64 * width;
                // A hair wider than its place, so that no light shows between two.
                let until = (from + width + 0.25).min(right);
                let frame = Frame { left: from, top: top + 1.5, right: until, bottom: top + height - 1.5 };
                canvas.rectangle(frame, shade(regret / greatest.max(f64::MIN_POSITIVE)), 1.0)?;
            }
            let worst = scale.number(one.greatest_regret);
            canvas.text((END, middle + 4.5), &worst, Ink::new(12.5, INK).at(Anchor::End))?;
        }
        let ink = Ink::new(12.0, GREY);
        canvas.text((left, bottom + 18.0), "futures whose best outcome is low", ink)?;
        canvas.text((right, bottom + 18.0), "those where it is high", ink.at(Anchor::End))?;
        // The scale of colours.
        let (from, until, middle) = (left, left + 180.0, bottom + 42.0);
        for step in 0..60 {
            let share = f64::from(step) / 60.0;
            let start = from + share * (until - from);
            canvas.rectangle(bar(start, start + 3.25, middle, 5.0), shade(share), 1.0)?;
        }
        canvas.text((until + 8.0, middle + 4.0), &format!("0 to {}", scale.amount(greatest)), ink)
    })?;
    Ok(Plot {
        stem: stem(anchor, &["regret"]),
        title,
        guide: "A row is an alternative, a column a future or a few alike. Light is no regret: it was the right \
                choice there. A dark spot is a future in which one would wish to have chosen otherwise; a row without \
                dark spots is a robust choice."
            .to_owned(),
        svg,
        data: DataTable::default(),
    })
}

/// The colour of a share of the greatest regret, in 24 steps: a picture with few colours
/// is smaller and no harder to read.
fn shade(share: f64) -> RGBColor {
    let share = libm::round(share.clamp(0.0, 1.0) * 24.0) / 24.0;
    let (from, to, share) =
        if share < 0.5 { (NONE, MIDDLE, share * 2.0) } else { (MIDDLE, GREATEST, share * 2.0 - 1.0) };
    let mix =
        |from: u8, to: u8| libm::round(f64::from(from) + share * (f64::from(to) - f64::from(from))) as u8;
    RGBColor(mix(from.0, to.0), mix(from.1, to.1), mix(from.2, to.2))
}
