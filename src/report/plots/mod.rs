//! Plots: SVG by plotters, PNG by rasterising the same SVG.
//!
//! One file a plot. Each says its finding or its question in its title, its unit
//! and what a band is in its subtitle, and carries the table of what it shows.

pub(super) mod axes;
mod circuits;
mod cost_by_category;
mod cumulative_cost;
mod downtime;
mod gantt;
mod interval;
pub(super) mod labels;
mod png;
mod residence;
pub(super) mod style;
mod utilisation;

use rayon::prelude::*;

use super::data_table::DataTable;
use super::reading::Reading;
pub(crate) use png::rasterise;
#[cfg(feature = "cli")]
pub(crate) use style::{BOLD, REGULAR};

/// A plot, and what a page says around it.
pub(crate) struct Plot {
    /// Its file's name without the extension.
    pub stem: String,
    /// Its title.
    pub title: String,
    /// How to read it.
    pub guide: String,
    /// The picture.
    pub svg: String,
    /// What it shows, as a table.
    pub data: DataTable,
}

/// Why a plot could not be drawn. Each is a defect: a plot depends on no input
/// that is not checked, and on no file.
#[derive(Debug, thiserror::Error)]
pub enum PlotError {
    /// Plotters could not draw.
    #[error("cannot draw a plot: {0}")]
    Drawing(String),
    /// A font that is part of the program could not be read.
    #[error("a font of the program cannot be read")]
    Font,
    /// The SVG does not begin as it should.
    #[error("plotters wrote an SVG without a root element")]
    Malformed,
    /// The SVG could not be read back.
    #[error("cannot read a plot's SVG: {0}")]
    Svg(#[from] resvg::usvg::Error),
    /// The picture could not be encoded.
    #[error("cannot encode a plot as PNG: {0}")]
    Png(String),
}

impl PlotError {
    pub(super) fn drawing(error: impl std::fmt::Display) -> Self {
        Self::Drawing(error.to_string())
    }
}

/// All plots, in the order of the page.
pub(crate) fn plots(reading: &Reading<'_>) -> Result<Vec<Plot>, PlotError> {
    type Draw<'r> = Box<dyn Fn() -> Result<Plot, PlotError> + Send + Sync + 'r>;
    let mut draws: Vec<Draw<'_>> = vec![
        Box::new(|| interval::npv(reading)),
        Box::new(|| cumulative_cost::plot(reading)),
        Box::new(|| cost_by_category::plot(reading)),
        Box::new(|| residence::plot(reading)),
    ];
    if reading.world.usage.is_some() {
        draws.push(Box::new(|| utilisation::plot(reading)));
    }
    for strategy in reading.strategies.iter().filter(|strategy| gantt::has_moves(strategy)) {
        draws.push(Box::new(|| gantt::plot(reading, strategy)));
    }
    if circuits::has_traffic(reading) {
        draws.push(Box::new(|| circuits::plot(reading)));
    }
    if downtime::has_downtime(reading) {
        draws.push(Box::new(|| downtime::plot(reading)));
    }
    if reading.strategies.iter().any(|strategy| strategy.forecast("lock_in.exit_cost").is_some()) {
        draws.push(Box::new(|| interval::exit_cost(reading)));
    }
    draws.par_iter().map(|draw| draw()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixture::fixture;

    #[test]
    fn every_plot_is_a_picture_with_a_table_of_what_it_shows() {
        let (world, results) = fixture();
        let plots = plots(&Reading::new(&world, &results)).expect("they are drawn");
        let stems: Vec<_> = plots.iter().map(|plot| plot.stem.as_str()).collect();
        let expected = [
            "npv-range",
            "cumulative-cost",
            "cost-by-category",
            "residence",
            "waves-hyper-v",
            "waves-sovereign-first",
            "circuits",
            "downtime",
            "exit-cost",
        ];
        assert_eq!(stems, expected);
        for plot in &plots {
            assert!(plot.data.rows.iter().all(|row| row.len() == plot.data.header.len()), "{}", plot.stem);
            assert!(!plot.data.rows.is_empty() && !plot.svg.contains("NaN"), "{}", plot.stem);
            let png = rasterise(&plot.svg).expect("it is rasterised");
            assert_eq!(&png[..8], b"\x89PNG\r\n\x1a\n", "{}", plot.stem);
        }
    }
}
