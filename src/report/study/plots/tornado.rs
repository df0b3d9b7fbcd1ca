//! One input at a time: bars whose both ends are labelled with the input's values.

use super::rows::{Rows, bar, ends};
use super::{brief_measure, short, stem, subtitle, title};
use crate::report::data_table::DataTable;
use crate::report::plots::style::{Anchor, Caption, INK, Ink, area_colour};
use crate::report::plots::{Plot, PlotError};
use crate::report::study::view::View;
use crate::study::analyses::sensitivity::{Bar, Sensitivity};

/// So many inputs are drawn.
const MOST: usize = 15;
/// Room for the value at each end of a bar.
const LABEL: f64 = 88.0;

/// The bars around `centre`.
pub(super) fn plot(
    view: &View<'_>,
    anchor: &str,
    found: &Sensitivity,
    (centre, bars): (f64, &[Bar]),
) -> Result<Plot, PlotError> {
    let shown = &bars[..bars.len().min(MOST)];
    let values = || shown.iter().flat_map(|bar| bar.measures).chain([centre]);
    let scale = view.measure_scale(&found.measure, values());
    let title = match shown.first() {
        Some(bar) => title(format!(
            "{} moves {} most",
            short(&view.input(bar.input).name),
            view.outcome_words(found.measure.outcome)
        )),
        None => "No input was moved".to_owned(),
    };
    let more = match bars.len() - shown.len() {
        0 => String::new(),
        more => format!(" {more} narrower bars are in the table."),
    };
    let measure = brief_measure(view, &found.measure);
    let subtitle = subtitle(
        format!("{measure}{}. Dark: the input low; light: high; its values at the ends.", scale.in_unit()),
        &more,
    );
    let description: Vec<String> = shown
        .iter()
        .map(|bar| {
            let end = |end: usize| {
                format!(
                    "{} at {}",
                    scale.number(bar.measures[end]),
                    view.input_value(bar.input, bar.values[end])
                )
            };
            format!("{}: {} and {}.", view.input(bar.input).name, end(0), end(1))
        })
        .collect();
    let description = description.join(" ");
    let (low_colour, high_colour) = (area_colour(0), area_colour(1));
    let rows = Rows {
        caption: Caption { title: &title, subtitle: &subtitle, description: &description },
        names: shown.iter().map(|bar| (view.input(bar.input).name.as_str(), INK)).collect(),
        height: 27.0,
        values: ends(values()),
        scale: scale.clone(),
        header: "Range".to_owned(),
        notes: shown.iter().map(|bar| scale.range(least(bar), most(bar))).collect(),
        margin: LABEL,
    };
    let svg = rows.draw(|canvas, row, place| {
        let one = &shown[row];
        let at = |value: f64| place.x.at(value);
        // From the centre to each end; where both ends lie on one side, the nearer one is
        // drawn over the farther one.
        let mut halves = [(one.measures[0], low_colour), (one.measures[1], high_colour)];
        halves.sort_by(|a, b| (b.0 - centre).abs().total_cmp(&(a.0 - centre).abs()));
        for (end, colour) in halves {
            canvas.rectangle(bar(at(centre), at(end), place.middle, 8.5), colour, 1.0)?;
        }
        let middle = at(centre);
        canvas.line(
            &[(middle, place.middle - place.half), (middle, place.middle + place.half)],
            1.25,
            INK,
        )?;
        let (left, right) = if one.measures[0] <= one.measures[1] { (0, 1) } else { (1, 0) };
        let text = |end: usize| view.input_value(one.input, one.values[end]);
        let ink = Ink::new(11.5, INK);
        let edge = |value: f64| at(value);
        canvas.text(
            (edge(least(one)).min(middle) - 5.0, place.middle + 4.0),
            &fitted(canvas, &text(left), ink),
            ink.at(Anchor::End),
        )?;
        canvas.text(
            (edge(most(one)).max(middle) + 5.0, place.middle + 4.0),
            &fitted(canvas, &text(right), ink),
            ink,
        )
    })?;
    Ok(Plot {
        stem: stem(anchor, &["tornado"]),
        title,
        guide: "Each input goes from its low to its high value while the others stay at their modes, and the bar is \
                what that does; the line is all inputs at their modes. What inputs do together is not in it."
            .to_owned(),
        svg,
        data: DataTable::default(),
    })
}

fn fitted(canvas: &crate::report::plots::style::Canvas<'_>, text: &str, ink: Ink) -> String {
    let number = text.split(['\u{202f}', ' ']).next().unwrap_or(text).to_owned();
    crate::report::plots::labels::fit(canvas, &[text, &number], LABEL - 8.0, ink)
}

fn least(bar: &Bar) -> f64 {
    bar.measures[0].min(bar.measures[1])
}

fn most(bar: &Bar) -> f64 {
    bar.measures[0].max(bar.measures[1])
}
