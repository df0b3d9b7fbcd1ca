//! The default scenario, real inventories over it, and what is refused.

use std::path::Path;

use super::*;
use crate::base::diagnostics::Color;
use crate::input::estate::load;
use crate::input::scenario::{DEFAULT, preset};

struct Made {
    world: Result<World, Refusal>,
    messages: String,
}

fn made(text: &str, given: Option<&Path>) -> Made {
    let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let scenario = Scenario::read_text("scenario.yaml", text, &folder, &mut sources, &mut diagnostics);
    let scenario = scenario.unwrap_or_else(|| panic!("{}", diagnostics.render(&sources, Color::Never)));
    let catalog = Catalog::for_scenario(&scenario, &mut sources, &mut diagnostics).expect("a catalogue");
    let (estate, origin) = match given {
        Some(path) => (load(path).expect("a sample is read"), Origin::Given),
        None => (own_estate(&scenario, &mut diagnostics).expect("an estate"), Origin::Scenario),
    };
    let inputs =
        Inputs { scenario: &scenario, catalog: &catalog, estate: &estate, origin, sources: &sources };
    let world = resolve(inputs, &mut diagnostics);
    Made { world, messages: diagnostics.render(&sources, Color::Never) }
}

fn default_text() -> &'static str {
    preset(DEFAULT).expect("the default scenario comes with the program").1
}

#[test]
fn the_default_scenario_resolves_without_a_word() {
    let made = made(default_text(), None);
    assert_eq!(made.messages, "");
    assert!(made.world.is_ok());
}
