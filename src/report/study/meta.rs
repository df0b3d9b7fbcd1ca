//! What a study rests on: versions, hashes, dates of prices.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::base::units::{Calendar, Currency};
use crate::study::Study;
use crate::world::{Provenance, World};

/// What a study was, for whoever wants to run it again. No time of day, no duration and
/// no absolute path, so that the same study gives the same bytes.
#[derive(Clone, Debug)]
pub struct StudyMeta {
    /// The version of the program.
    pub version: String,
    /// The command as a user would type it again.
    pub command: String,
    /// SHA-256 of the study file, in hexadecimal.
    pub study_sha256: String,
    /// Each variant of the scenario with its hash, in the order of the study.
    pub scenarios: Vec<ScenarioHash>,
    /// SHA-256 of the estate, in hexadecimal.
    pub estate_sha256: String,
    /// The seed of all draws.
    pub seed: u64,
    /// The dates of the published prices: see [`prices_as_of`].
    pub prices_as_of: Vec<PriceDate>,
    /// The calendar of the scenario: outcomes that are dates count years from its start.
    pub calendar: Calendar,
}

/// A variant of the scenario.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ScenarioHash {
    /// The variant's name.
    pub variant: String,
    /// SHA-256 of its resolved scenario, in hexadecimal.
    pub sha256: String,
}

/// A source of published prices as of a date.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PriceDate {
    /// The citation, for people.
    pub source: String,
    /// The date, as the source writes it.
    pub date: String,
    /// How many figures of the scenario are from there.
    pub figures: usize,
}

impl StudyMeta {
    /// The reporting currency of a study.
    ///
    /// # Panics
    /// If it is no currency code, which the check of the study excludes.
    pub(crate) fn currency(&self, study: &Study) -> Currency {
        Currency::from_code(&study.currency).expect("a checked study has a currency of three capital letters")
    }
}

/// The sources of the published figures of some Worlds with their dates, sorted by source.
/// A figure that several variants share counts once.
pub fn prices_as_of<'w>(worlds: impl IntoIterator<Item = &'w World>) -> Vec<PriceDate> {
    let mut figures: BTreeMap<(&str, &str), Vec<&str>> = BTreeMap::new();
    for figure in worlds.into_iter().flat_map(|world| world.figures.iter()) {
        if let Provenance::Published { source, date, .. } = &figure.provenance {
            figures.entry((source, date)).or_default().push(&figure.name);
        }
    }
    figures
        .into_iter()
        .map(|((source, date), mut names)| {
            names.sort_unstable();
            names.dedup();
            PriceDate { source: source.to_owned(), date: date.to_owned(), figures: names.len() }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixture::fixture;

    #[test]
    fn a_figure_that_two_variants_share_counts_once() {
        let (world, _) = fixture();
        let once = prices_as_of([&world]);
        assert_eq!(once, prices_as_of([&world, &world]));
        let published = world
            .figures
            .iter()
            .filter(|figure| matches!(figure.provenance, Provenance::Published { .. }))
            .count();
        assert!(published > 0);
        assert_eq!(once.iter().map(|source| source.figures).sum::<usize>(), published);
    }
}
