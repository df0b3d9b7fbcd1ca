//! Each file of `tests/bad_scenarios/` is a mistake that a newcomer makes; beside it
//! stands what the program says about it, word for word.
//!
//! After a deliberate change of a message, `PORTOLAN_BLESS=1 cargo test --test it`
//! writes the texts anew: read the difference before committing it.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use portolan::base::diagnostics::{Color, Diagnostics, Sources};
use portolan::input::catalog::Catalog;
use portolan::input::resolve::{self, Inputs, Origin};
use portolan::input::scenario::Scenario;
use portolan::world::World;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bad_scenarios")
}

/// The names, without their ending, of the files that end in `ending`.
fn names(ending: &str) -> BTreeSet<String> {
    fs::read_dir(folder())
        .expect("the folder of bad scenarios")
        .map(|entry| entry.expect("an entry").file_name().into_string().expect("a UTF-8 name"))
        .filter_map(|name| name.strip_suffix(ending).map(str::to_owned))
        .collect()
}

/// What is well written may still ask for what is not there.
fn resolved(scenario: &Scenario, sources: &mut Sources, diagnostics: &mut Diagnostics) -> Option<World> {
    let catalog = Catalog::for_scenario(scenario, sources, diagnostics)?;
    let estate = resolve::own_estate(scenario, diagnostics)?;
    let (catalog, estate, origin) = (&catalog, &estate, Origin::Scenario);
    resolve::resolve(Inputs { scenario, catalog, estate, origin, sources }, diagnostics).ok()
}

/// What the program says about a file, with paths relative to the folder.
fn messages(name: &str) -> (String, usize) {
    let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
    let read = Scenario::read(&folder().join(format!("{name}.yaml")), &mut sources, &mut diagnostics);
    if let Some(scenario) = read.filter(|_| !diagnostics.has_errors()) {
        resolved(&scenario, &mut sources, &mut diagnostics);
    }
    let prefix = format!("{}{}", folder().display(), std::path::MAIN_SEPARATOR);
    (diagnostics.render(&sources, Color::Never).replace(&prefix, ""), diagnostics.errors())
}

#[test]
fn every_bad_scenario_is_refused_with_the_expected_message() {
    let bless = std::env::var_os("PORTOLAN_BLESS").is_some();
    let mut wrong = Vec::new();
    for name in names(".yaml") {
        let (said, errors) = messages(&name);
        assert!(errors > 0, "{name}.yaml is accepted");
        let expected = folder().join(format!("{name}.expected.txt"));
        if bless {
            fs::write(&expected, &said).expect("a written message");
        } else if fs::read_to_string(&expected).unwrap_or_default() != said {
            wrong.push(format!("== {name}\n{said}"));
        }
    }
    assert!(wrong.is_empty(), "these messages are not the expected ones:\n{}", wrong.join("\n"));
}

#[test]
fn no_expected_message_is_left_over_and_there_are_enough_of_them() {
    let scenarios = names(".yaml");
    assert_eq!(scenarios, names(".expected.txt"));
    assert!(scenarios.len() >= 30, "{} bad scenarios", scenarios.len());
}

#[test]
fn every_error_names_a_line_and_says_what_to_do_or_what_was_expected() {
    for name in names(".yaml") {
        let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
        Scenario::read(&folder().join(format!("{name}.yaml")), &mut sources, &mut diagnostics);
        for message in diagnostics.sorted() {
            assert!(message.spot.is_some(), "{name}: {}", message.title);
            let advice = message.notes.len() + message.help.len() + message.related.len();
            assert!(advice > 0, "{name}: `{}` gives no advice", message.title);
            assert!(!message.title.ends_with('.'), "{name}: {}", message.title);
        }
    }
}
