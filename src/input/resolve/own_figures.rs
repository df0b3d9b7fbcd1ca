//! The catalogue with the figures that a scenario lays over it.

use crate::base::diagnostics::{Diagnostic, Diagnostics, Sources};
use crate::base::yaml::{Node, parse};
use crate::input::catalog::Catalog;
use crate::input::scenario::{CatalogChanges, Scenario};

impl Catalog {
    /// The catalogue of the program with the scenario's own figures laid over it:
    /// those in its `catalog:` mapping, or in the files that it names.
    ///
    /// Nothing is returned when there is no catalogue to go on with; with broken
    /// figures something is, for further checks: look at
    /// [`Diagnostics::has_errors`].
    pub fn for_scenario(
        scenario: &Scenario,
        sources: &mut Sources,
        diagnostics: &mut Diagnostics,
    ) -> Option<Self> {
        let overrides: Vec<Node> = match &scenario.settings.catalog {
            None => Vec::new(),
            Some(CatalogChanges::Inline(node)) => vec![node.clone()],
            Some(CatalogChanges::Files(files)) => {
                let mut trees = Vec::new();
                for file in files {
                    let path = scenario.path(file);
                    let name = path.display().to_string();
                    match std::fs::read(&path) {
                        Ok(bytes) => {
                            let source = sources.add_bytes(name, &bytes, diagnostics);
                            trees.extend(source.and_then(|source| parse(source, sources, diagnostics)));
                        }
                        Err(error) => diagnostics.push(
                            Diagnostic::error(file.spot, format!("{name} cannot be read"))
                                .note(format!("{error}."))
                                .note("It is looked for relative to the file that names it."),
                        ),
                    }
                }
                trees
            }
        };
        Self::load(&overrides, sources, diagnostics)
    }
}
