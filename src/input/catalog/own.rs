//! A user's own figures: private files, and what a scenario lays over the catalogue.

use std::path::Path;

use super::Catalog;
use crate::base::diagnostics::{Diagnostic, Diagnostics, Sources, Spot};
use crate::base::yaml::{Node, parse};
use crate::input::scenario::{CatalogChanges, Scenario};

impl Catalog {
    /// The catalogue with the figures that `scenario` lays over it, from the files it
    /// names or from the mapping it holds.
    ///
    /// Nothing is returned when a file cannot be read; look at
    /// [`Diagnostics::has_errors`] before using the result for more than checks.
    pub fn for_scenario(
        scenario: &Scenario,
        sources: &mut Sources,
        diagnostics: &mut Diagnostics,
    ) -> Option<Self> {
        let overrides = Self::overrides(scenario, sources, diagnostics)?;
        Self::load(&overrides, sources, diagnostics)
    }

    /// What `scenario` lays over the catalogue, one tree after the other; nothing when a
    /// file cannot be read.
    pub fn overrides(
        scenario: &Scenario,
        sources: &mut Sources,
        diagnostics: &mut Diagnostics,
    ) -> Option<Vec<Node>> {
        match &scenario.settings.catalog {
            None => Some(Vec::new()),
            Some(CatalogChanges::Inline(node)) => Some(vec![node.clone()]),
            Some(CatalogChanges::Files(files)) => {
                let read = |file| own_figures(&scenario.path(file), Some(file.spot), sources, diagnostics);
                let trees: Vec<Option<Node>> = files.iter().map(read).collect();
                trees.into_iter().collect()
            }
        }
    }
}

/// The tree of figures in the private file at `path`, which may hold it under
/// `catalog:` as a scenario does. `named_at` is where the file was asked for.
pub fn own_figures(
    path: &Path,
    named_at: Option<Spot>,
    sources: &mut Sources,
    diagnostics: &mut Diagnostics,
) -> Option<Node> {
    let bytes = match std::fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) => {
            diagnostics.push(
                Diagnostic::error(named_at, format!("The figures in `{}` cannot be read", path.display()))
                    .note(format!("The system says: {error}.")),
            );
            return None;
        }
    };
    let source = sources.add_bytes(path.display().to_string(), &bytes, diagnostics)?;
    let mut tree = parse(source, sources, diagnostics)?;
    Some(match tree.take("catalog") {
        Some((_, catalog)) => catalog,
        None => tree,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCENARIO: &str = "version: 1\nname: t\nstart: 2027-01-01\nhorizon: 5 years\n\
        estate: {synthetic: {workloads: 10}}\n\
        sites: {paris: {provider: own, country: FR, offers: {vsphere: {platform: vsphere, hosts: {count: 2, shape: 2x16c-512g}}}}}\n\
        strategies: {renew: {}}\n";

    /// The catalogue of a scenario in `folder` that says `catalog`, and what is wrong.
    fn of(catalog: &str, folder: &Path) -> (Option<Catalog>, String) {
        let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
        let text = format!("{SCENARIO}catalog: {catalog}\n");
        let scenario = Scenario::read_text("t.yaml", &text, folder, &mut sources, &mut diagnostics);
        let catalog =
            scenario.and_then(|scenario| Catalog::for_scenario(&scenario, &mut sources, &mut diagnostics));
        (catalog, diagnostics.render(&sources, crate::base::diagnostics::Color::Never))
    }

    fn engineer(catalog: Option<Catalog>) -> String {
        let listed = catalog.expect("a catalogue").figures("assumptions.engineer_rate");
        listed.first().map(|listed| listed.figure.clone()).unwrap_or_default()
    }

    #[test]
    fn a_scenario_states_figures_itself_or_in_files_beside_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let (catalog, messages) = of("{assumptions: {engineer_rate: 91 EUR/h}}", folder.path());
        assert_eq!((engineer(catalog), messages.as_str()), ("91 EUR/h".to_owned(), ""));

        let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).expect("written");
        write("one.yaml", "assumptions: {engineer_rate: 92 EUR/h}\n");
        write("two.yaml", "catalog: {assumptions: {engineer_rate: 93 EUR/h}}\n");
        let (catalog, messages) = of("[one.yaml, two.yaml]", folder.path());
        assert_eq!((engineer(catalog), messages.as_str()), ("93 EUR/h".to_owned(), ""));
    }

    #[test]
    fn a_missing_or_broken_file_is_said_where_it_is_named_or_where_it_is_broken() {
        let folder = tempfile::tempdir().expect("a folder");
        let (catalog, messages) = of("nowhere.yaml", folder.path());
        assert!(catalog.is_none());
        assert!(
            messages.contains("nowhere.yaml` cannot be read") && messages.contains("t.yaml:8"),
            "{messages}"
        );

        std::fs::write(folder.path().join("mine.yaml"), "assumptions: {engineer_rate: 90}\n")
            .expect("written");
        let (_, messages) = of("mine.yaml", folder.path());
        assert!(messages.contains("mine.yaml:1"), "{messages}");
    }
}
