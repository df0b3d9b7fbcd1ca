//! Worlds from scenarios that come with the comparisons.

use std::path::Path;

use crate::base::diagnostics::{Color, Diagnostics, Sources};
use crate::input::catalog::Catalog;
use crate::input::resolve::{self, Inputs, Origin};
use crate::input::scenario::Scenario;
use crate::world::World;

/// The world of an embedded scenario.
///
/// # Panics
/// If it is refused: it comes with the program.
pub(crate) fn world(name: &str, text: &str) -> World {
    let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
    match resolved(name, text, &mut sources, &mut diagnostics) {
        Some(world) => world,
        None => panic!("{name} is refused:\n{}", diagnostics.render(&sources, Color::Never)),
    }
}

fn resolved(name: &str, text: &str, sources: &mut Sources, diagnostics: &mut Diagnostics) -> Option<World> {
    let scenario = Scenario::read_text(name, text, Path::new("."), sources, diagnostics)?;
    let catalog = Catalog::for_scenario(&scenario, sources, diagnostics)?;
    if diagnostics.has_errors() {
        return None;
    }
    let estate = resolve::own_estate(&scenario, diagnostics)?;
    let (scenario, catalog, estate) = (&scenario, &catalog, &estate);
    resolve::resolve(Inputs { scenario, catalog, estate, origin: Origin::Scenario, sources }, diagnostics)
        .ok()
}
