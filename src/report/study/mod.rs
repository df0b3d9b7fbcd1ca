//! What a person sees of a what-if study: the answer in words, a page, pictures, and
//! files for machines.
//!
//! Reads results only: the [`Study`] that was asked, its [`Findings`], and a
//! [`StudyMeta`] that says what it rests on. Every finding becomes one section, with its
//! answer in a sentence first; the terminal and the page show the same sections.

#[cfg(feature = "cli")]
mod html;
mod json;
mod meta;
#[cfg_attr(not(all(feature = "cli", feature = "plots")), allow(dead_code))]
mod names;
#[cfg(feature = "parquet")]
mod parquet;
#[cfg(feature = "plots")]
#[cfg_attr(not(feature = "cli"), allow(dead_code))]
mod plots;
#[cfg_attr(not(all(feature = "cli", feature = "plots")), allow(dead_code))]
mod scale;
#[cfg_attr(not(feature = "cli"), allow(dead_code))]
mod sections;
#[cfg(feature = "cli")]
mod text;
mod trials;
#[cfg_attr(not(all(feature = "cli", feature = "plots")), allow(dead_code))]
mod view;
#[cfg(feature = "cli")]
mod words;

#[cfg(test)]
mod fixture;

use std::path::Path;

#[cfg(feature = "plots")]
use rayon::prelude::*;

use super::money::Typography;
use super::{ReportError, save};
use crate::study::{Findings, Study};
use view::View;

pub use json::STUDY_SCHEMA_VERSION;
pub use meta::{PriceDate, ScenarioHash, StudyMeta, prices_as_of};
#[cfg(feature = "cli")]
pub use text::text;

/// The findings as JSON: the bytes of `study.json`.
///
/// # Errors
/// If they cannot be turned into JSON, which is a defect.
pub fn json(study: &Study, findings: &Findings, meta: &StudyMeta) -> Result<Vec<u8>, ReportError> {
    json::study_json(&View { study, findings, meta, typography: Typography::Plain })
}

/// Writes everything that a study leaves into `folder`, which must exist: `study.json`,
/// `trials.csv`, with the feature `parquet` `trials.parquet`, with the feature `plots`
/// the pictures under `plots/`, with the feature `cli` `study.html`.
///
/// # Errors
/// If a file cannot be written; what was written before it stays, so `folder` should be
/// one that [`output::replace`](super::output::replace) made.
pub fn write(study: &Study, findings: &Findings, meta: &StudyMeta, folder: &Path) -> Result<(), ReportError> {
    let view = View { study, findings, meta, typography: Typography::Fine };
    let (files, pages) = rayon::join(|| write_files(&view, folder), || write_pages(&view, folder));
    files.and(pages)
}

/// The files for machines.
fn write_files(view: &View<'_>, folder: &Path) -> Result<(), ReportError> {
    save(folder, "study.json", &json(view.study, view.findings, view.meta)?)?;
    save(folder, "trials.csv", &trials::trials_csv(view))?;
    #[cfg(feature = "parquet")]
    save(folder, "trials.parquet", &parquet::trials_parquet(view)?)?;
    Ok(())
}

/// Nothing: this build has neither pictures nor pages.
#[cfg(not(any(feature = "plots", feature = "cli")))]
fn write_pages(_: &View<'_>, _: &Path) -> Result<(), ReportError> {
    Ok(())
}

/// The pictures, and the page that shows them.
#[cfg(any(feature = "plots", feature = "cli"))]
fn write_pages(view: &View<'_>, folder: &Path) -> Result<(), ReportError> {
    #[cfg(feature = "plots")]
    let drawn = plots::plots(view)?;
    #[cfg(feature = "plots")]
    {
        let pictures = folder.join("plots");
        std::fs::create_dir(&pictures)
            .map_err(|source| ReportError::Write { path: pictures.clone(), source })?;
        drawn.par_iter().flatten().try_for_each(|plot| {
            save(&pictures, &format!("{}.svg", plot.stem), plot.svg.as_bytes())?;
            save(&pictures, &format!("{}.png", plot.stem), &super::plots::rasterise(&plot.svg)?)
        })?;
    }
    #[cfg(feature = "cli")]
    {
        #[cfg(feature = "plots")]
        let pictures = html::pictures(&drawn);
        #[cfg(not(feature = "plots"))]
        let pictures = Vec::new();
        save(folder, "study.html", &html::study_html(view, &pictures)?)?;
    }
    Ok(())
}

#[cfg(all(test, feature = "cli", feature = "plots"))]
mod tests {
    use std::collections::BTreeMap;
    use std::fs;

    use super::*;
    use crate::report::study::fixture::fixture;

    /// Every file of a study with its bytes.
    fn written(threads: usize) -> BTreeMap<String, Vec<u8>> {
        let (study, findings, meta) = fixture();
        let folder = tempfile::tempdir().expect("a temporary folder");
        let pool =
            rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads can be started");
        pool.install(|| write(&study, &findings, &meta, folder.path())).expect("it is written");
        let mut files = BTreeMap::new();
        for place in [folder.path().to_owned(), folder.path().join("plots")] {
            for entry in fs::read_dir(place).expect("it is there").flatten() {
                if entry.path().is_file() {
                    let name = entry.file_name().to_string_lossy().into_owned();
                    files.insert(name, fs::read(entry.path()).expect("it can be read"));
                }
            }
        }
        files
    }

    #[test]
    fn a_study_has_all_its_files_and_is_the_same_at_any_number_of_threads() {
        let one = written(1);
        for name in ["study.json", "study.html", "trials.csv", "robust-regret.svg", "robust-regret.png"] {
            assert!(one.get(name).is_some_and(|bytes| !bytes.is_empty()), "{name}");
        }
        let others = written(8);
        assert_eq!(one.keys().collect::<Vec<_>>(), others.keys().collect::<Vec<_>>());
        for (name, bytes) in &one {
            assert!(others[name] == *bytes, "{name} differs at 8 threads");
        }
    }

    #[test]
    #[ignore = "writes a page to look at: target/study-to-look-at/study.html"]
    fn the_page_of_the_fixture_can_be_looked_at() {
        let (study, findings, meta) = fixture();
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/study-to-look-at");
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).expect("it can be made");
        write(&study, &findings, &meta, &folder).expect("it is written");
        for width in [100, 120] {
            let terminal =
                crate::report::table::Terminal { width, colour: crate::report::table::Colour::Off };
            let text = text(&study, &findings, &meta, terminal);
            fs::write(folder.join(format!("{width}.txt")), text).expect("it can be written");
        }
        assert!(folder.join("study.html").is_file());
    }
}
