//! Differences with their intervals: a dot and a line each, and the line of zero.

use super::rows::{Rows, ends, whisker};
use super::{short, stem, subtitle, title};
use crate::base::ids::Id as _;
use crate::report::data_table::DataTable;
use crate::report::plots::style::{Caption, GREY, line_colour};
use crate::report::plots::{Plot, PlotError};
use crate::report::study::view::{View, lowered};
use crate::study::analyses::compare::{Compared, Comparison, Pair};

/// So many pairs are drawn; more are in the table.
const MOST: usize = 24;

/// The differences of one outcome; none where there is no pair.
pub(super) fn plot(
    view: &View<'_>,
    anchor: &str,
    found: &Comparison,
    compared: &Compared,
) -> Result<Option<Plot>, PlotError> {
    if compared.pairs.is_empty() {
        return Ok(None);
    }
    let first = found.alternatives[0];
    let is_with_first = compared.pairs.iter().all(|pair| pair.minus == first);
    let mut pairs: Vec<&Pair> = compared.pairs.iter().collect();
    if pairs.len() > MOST {
        // Those with the first alternative tell the most; then the narrowest misses.
        pairs.sort_by_key(|pair| (pair.minus != first && pair.of != first, pair.separated));
        pairs.truncate(MOST);
    }
    let better = view.outcome(compared.outcome).better;
    pairs.sort_by(|a, b| better.loss(a.difference.value).total_cmp(&better.loss(b.difference.value)));
    let values =
        || pairs.iter().flat_map(|pair| [pair.difference.value, pair.difference.low, pair.difference.high]);
    let scale = view.difference_scale(compared.outcome, values());
    let (low, high) = ends(values().chain([0.0]));
    let outcome = view.outcome(compared.outcome);
    let separated = compared.pairs.iter().filter(|pair| pair.separated).count();
    let title = title(match (separated, compared.pairs.len()) {
        (all, of) if all == of && is_with_first => {
            format!("{}: all differ from {}", outcome.label, view.label(first))
        }
        (all, of) if all == of => format!("{}: all pairs differ", outcome.label),
        (0, _) => format!("{}: no difference is sure", outcome.label),
        (some, of) => format!("{}: {some} of {of} differences are sure", outcome.label),
    });
    let what = if is_with_first {
        format!("Difference from {}", short(view.name(first)))
    } else {
        "Difference of two".to_owned()
    };
    let more = match compared.pairs.len() - pairs.len() {
        0 => String::new(),
        more => format!(" {more} more pairs are in the table."),
    };
    let subtitle = subtitle(
        format!(
            "{what}{}. Dot: mean; line: interval, all together at {:.0} %; grey: not separated.",
            scale.in_unit(),
            found.level * 100.0
        ),
        &more,
    );
    let names: Vec<String> = pairs
        .iter()
        .map(|pair| {
            if is_with_first {
                view.name(pair.of).to_owned()
            } else {
                format!("{} − {}", view.name(pair.of), view.name(pair.minus))
            }
        })
        .collect();
    let colour = |pair: &Pair| if pair.separated { line_colour(pair.of.index()) } else { GREY };
    let description: Vec<String> = pairs
        .iter()
        .zip(&names)
        .map(|(pair, name)| format!("{name}: {}.", scale.estimate(&pair.difference)))
        .collect();
    let description = description.join(" ");
    let rows = Rows {
        caption: Caption { title: &title, subtitle: &subtitle, description: &description },
        names: names.iter().zip(&pairs).map(|(name, pair)| (name.as_str(), colour(pair))).collect(),
        height: if pairs.len() > 12 { 24.0 } else { 36.0 },
        values: (low, high),
        scale: scale.clone(),
        header: "Mean (interval)".to_owned(),
        notes: pairs.iter().map(|pair| scale.estimate(&pair.difference)).collect(),
        margin: 10.0,
    };
    let svg = rows.draw(|canvas, row, place| {
        let pair = pairs[row];
        let at = |value: f64| place.x.at(value);
        whisker(canvas, (at(pair.difference.low), at(pair.difference.high)), place.middle, colour(pair))?;
        canvas.disc((at(pair.difference.value), place.middle), 5.0, colour(pair))
    })?;
    Ok(Some(Plot {
        stem: stem(anchor, &["differences", &outcome.figure]),
        title,
        guide: format!(
            "Each line is the interval of the mean difference in {}, replication by replication under the same \
             inputs and luck. A line that crosses zero is a difference that these replications cannot tell from none.",
            lowered(&outcome.label)
        ),
        svg,
        data: DataTable::default(),
    }))
}
