//! What a person gets: one folder with a page, plots, and files for machines.
//!
//! Reads results only: every figure shown is in the [`Results`] or in the
//! [`World`]. Nothing here prints, reads a clock or knows where it writes beyond
//! the folder it is given; the same inputs give the same bytes.

// What only pages and pictures use is not worth a feature of its own where they
// are left out.
#[cfg_attr(not(all(feature = "cli", feature = "plots")), allow(dead_code))]
mod answer;
mod charges;
mod csv_text;
#[cfg_attr(not(all(feature = "cli", feature = "plots")), allow(dead_code))]
mod data_table;
#[cfg_attr(not(all(feature = "cli", feature = "plots")), allow(dead_code))]
mod dates;
pub mod definitions;
#[cfg(feature = "cli")]
mod exit_json;
#[cfg(feature = "cli")]
pub mod exit_text;
#[cfg(feature = "cli")]
mod exit_words;
#[cfg(feature = "cli")]
pub mod explain;
#[cfg(test)]
mod fixture;
#[cfg(feature = "cli")]
mod html;
mod meter_text;
pub mod money;
mod moves;
mod outages;
pub mod output;
#[cfg(feature = "plots")]
#[cfg_attr(not(feature = "cli"), allow(dead_code))]
mod plots;
#[cfg_attr(not(all(feature = "cli", feature = "plots")), allow(dead_code))]
mod reading;
pub mod study;
mod summary;
#[cfg(feature = "cli")]
pub mod table;

use std::fs;
use std::path::{Path, PathBuf};

#[cfg(feature = "plots")]
use rayon::prelude::*;

use crate::study::Results;
use crate::world::World;
use reading::Reading;
use summary::summary_json;

#[cfg(feature = "cli")]
pub use exit_json::exit_json;
pub use summary::SCHEMA_VERSION;

/// What a run was, for the footer and for whoever wants to run it again. No time
/// of day and no absolute path, so that the same run gives the same bytes.
#[derive(Clone, Debug, Default)]
pub struct RunMeta {
    /// The version of the program.
    pub version: String,
    /// The command as a user would type it again.
    pub command: String,
    /// SHA-256 of the resolved scenario, in hexadecimal.
    pub scenario_sha256: String,
    /// File name of the inventory, without its folder; none for a synthetic one.
    pub inventory: Option<String>,
    /// SHA-256 of the inventory, in hexadecimal; none for a synthetic one.
    pub inventory_sha256: Option<String>,
}

/// Why a report could not be written.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// A file or folder could not be written. What was there before is untouched.
    #[error("cannot write {}: {source}", path.display())]
    Write {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A plot could not be drawn: a defect.
    #[cfg(feature = "plots")]
    #[error(transparent)]
    Plot(#[from] plots::PlotError),
    /// The page could not be put together: a defect.
    #[cfg(feature = "cli")]
    #[error("cannot put the page together: {0}")]
    Page(#[from] minijinja::Error),
    /// The evaluations of a study could not be turned into Parquet: a defect.
    #[cfg(feature = "parquet")]
    #[error("cannot encode the evaluations as Parquet: {0}")]
    Parquet(#[from] ::parquet::errors::ParquetError),
    /// The summary could not be turned into JSON: a defect.
    #[error("cannot encode the summary: {0}")]
    Json(#[from] serde_json::Error),
}

/// Writes everything that a run leaves into `folder`, which must exist:
/// `summary.json`, `charges.csv`, `moves.csv`, `outages.csv`, with the feature
/// `plots` the pictures under `plots/`, with the feature `cli` `report.html`.
///
/// # Errors
/// If a file cannot be written; what was written before it stays, so `folder`
/// should be one that [`output::replace`] made.
pub fn write(world: &World, results: &Results, meta: &RunMeta, folder: &Path) -> Result<(), ReportError> {
    let reading = Reading::new(world, results);
    let (files, pages) =
        rayon::join(|| write_files(&reading, meta, folder), || write_pages(&reading, meta, folder));
    files.and(pages)
}

/// Writes what the results were made from into `folder/inputs/`: the scenario in
/// one file and the estate in the program's own layout.
///
/// # Errors
/// If a file cannot be written.
pub fn write_inputs(folder: &Path, scenario_yaml: &str, estate_csv: &str) -> Result<(), ReportError> {
    let inputs = folder.join("inputs");
    fs::create_dir_all(&inputs).map_err(|source| ReportError::Write { path: inputs.clone(), source })?;
    save(&inputs, "scenario.yaml", scenario_yaml.as_bytes())?;
    save(&inputs, "inventory.csv", estate_csv.as_bytes())
}

/// The summary of a run as JSON: the bytes of `summary.json`.
///
/// # Errors
/// If the summary cannot be turned into JSON, which is a defect.
pub fn summary(world: &World, results: &Results, meta: &RunMeta) -> Result<Vec<u8>, ReportError> {
    summary_json(&Reading::new(world, results), meta)
}

/// The files for machines.
fn write_files(reading: &Reading<'_>, meta: &RunMeta, folder: &Path) -> Result<(), ReportError> {
    let (charges, others) = rayon::join(
        || save(folder, "charges.csv", &charges::charges_csv(reading)),
        || {
            save(folder, "moves.csv", &moves::moves_csv(reading))?;
            save(folder, "outages.csv", &outages::outages_csv(reading))?;
            save(folder, "summary.json", &summary_json(reading, meta)?)
        },
    );
    charges.and(others)
}

/// Nothing: this build has neither pictures nor pages.
#[cfg(not(any(feature = "plots", feature = "cli")))]
fn write_pages(_: &Reading<'_>, _: &RunMeta, _: &Path) -> Result<(), ReportError> {
    Ok(())
}

/// The pictures, and the page that shows them.
#[cfg(any(feature = "plots", feature = "cli"))]
fn write_pages(reading: &Reading<'_>, meta: &RunMeta, folder: &Path) -> Result<(), ReportError> {
    // Only the page says what the run was.
    #[cfg(not(feature = "cli"))]
    let _ = meta;
    #[cfg(feature = "plots")]
    let plots = plots::plots(reading)?;
    #[cfg(feature = "plots")]
    {
        let pictures = folder.join("plots");
        fs::create_dir(&pictures).map_err(|source| ReportError::Write { path: pictures.clone(), source })?;
        plots.par_iter().try_for_each(|plot| {
            save(&pictures, &format!("{}.svg", plot.stem), plot.svg.as_bytes())?;
            save(&pictures, &format!("{}.png", plot.stem), &plots::rasterise(&plot.svg)?)
        })?;
    }
    #[cfg(feature = "cli")]
    {
        #[cfg(feature = "plots")]
        let pictures: Vec<html::Picture<'_>> = plots
            .iter()
            .map(|plot| html::Picture {
                stem: &plot.stem,
                title: &plot.title,
                guide: &plot.guide,
                svg: &plot.svg,
                data: &plot.data,
            })
            .collect();
        #[cfg(not(feature = "plots"))]
        let pictures: Vec<html::Picture<'_>> = Vec::new();
        save(folder, "report.html", &html::report_html(reading, meta, &pictures)?)?;
    }
    Ok(())
}

fn save(folder: &Path, name: &str, bytes: &[u8]) -> Result<(), ReportError> {
    let path = folder.join(name);
    fs::write(&path, bytes).map_err(|source| ReportError::Write { path, source })
}

#[cfg(all(test, feature = "cli", feature = "plots"))]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::report::fixture::fixture;

    /// Every file of a report with its bytes.
    fn written(threads: usize) -> BTreeMap<String, Vec<u8>> {
        let (world, results) = fixture();
        let folder = tempfile::tempdir().expect("a temporary folder");
        let pool =
            rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads can be started");
        pool.install(|| write(&world, &results, &RunMeta::default(), folder.path())).expect("it is written");
        let mut files = BTreeMap::new();
        for place in [folder.path().to_owned(), folder.path().join("plots")] {
            for entry in
                fs::read_dir(place).expect("it is there").flatten().filter(|entry| entry.path().is_file())
            {
                let name = entry.file_name().to_string_lossy().into_owned();
                files.insert(name, fs::read(entry.path()).expect("it can be read"));
            }
        }
        files
    }

    #[test]
    fn a_report_has_all_its_files_and_is_the_same_at_any_number_of_threads() {
        let one = written(1);
        for name in [
            "report.html",
            "summary.json",
            "charges.csv",
            "moves.csv",
            "outages.csv",
            "cumulative-cost.svg",
            "cumulative-cost.png",
            "residence.png",
            "cost-by-category.svg",
            "waves-hyper-v.png",
        ] {
            assert!(one.get(name).is_some_and(|bytes| !bytes.is_empty()), "{name}");
        }
        for threads in [2, 8] {
            let others = written(threads);
            assert_eq!(one.keys().collect::<Vec<_>>(), others.keys().collect::<Vec<_>>());
            for (name, bytes) in &one {
                assert!(others[name] == *bytes, "{name} differs at {threads} threads");
            }
        }
    }

    #[test]
    fn a_folder_that_cannot_be_written_to_is_named() {
        let (world, results) = fixture();
        let nowhere = Path::new("/no/such/folder");
        let error = write(&world, &results, &RunMeta::default(), nowhere).expect_err("it is not there");
        assert!(error.to_string().contains("/no/such/folder"), "{error}");
    }
}
