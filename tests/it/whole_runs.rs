//! What must hold of whole runs, whatever the scenario: prices have no unit of their own,
//! names mean nothing, and what nobody can use changes nothing.

use std::path::{Path, PathBuf};

use indexmap::IndexMap;
use portolan::base::diagnostics::{Color, Diagnostics, Sources};
use portolan::base::random::Distribution;
use portolan::input::catalog::Catalog;
use portolan::input::resolve::{self, Inputs, Origin};
use portolan::input::scenario::{DEFAULT, Scenario, preset};
use portolan::scoring::Score;
use portolan::study::{self, Settings};
use portolan::world::World;

/// The three machines of the sheet.
fn three_machines() -> String {
    std::fs::read_to_string(folder().join("three-vms.yaml")).expect("it is beside the tests")
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sheet")
}

fn default_text() -> &'static str {
    preset(DEFAULT).expect("the default scenario comes with the program").1
}

pub fn world(text: &str) -> World {
    let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
    let read = Scenario::read_text("test.yaml", text, &folder(), &mut sources, &mut diagnostics);
    let made = read.and_then(|scenario| {
        let catalog = Catalog::for_scenario(&scenario, &mut sources, &mut diagnostics)?;
        let estate = resolve::own_estate(&scenario, &mut diagnostics)?;
        let (catalog, estate, origin) = (&catalog, &estate, Origin::Scenario);
        let inputs = Inputs { scenario: &scenario, catalog, estate, origin, sources: &sources };
        resolve::resolve(inputs, &mut diagnostics).ok()
    });
    made.unwrap_or_else(|| panic!("{}", diagnostics.render(&sources, Color::Never)))
}

/// Every figure of the scorecard of each strategy on its path, by strategy and name.
pub fn figures(world: &World, inputs: study::Inputs) -> IndexMap<String, Score> {
    let replications = match inputs {
        study::Inputs::AtMode => 1,
        study::Inputs::Drawn => 3,
    };
    let settings = Settings { seed: 42, replications, threads: Some(2), inputs, rehearsals: 1 };
    let results = study::run(world, &settings, &()).expect("threads can be started");
    let mut all = IndexMap::new();
    for (id, strategy) in results.strategies.enumerate() {
        let name = &world.strategies[id].name;
        for (figure, score) in strategy.path.scorecard.figures(world) {
            all.insert(format!("{name} {figure}"), score);
        }
    }
    all
}

/// With every price, and every price alone, times two.
fn doubled(mut world: World) -> World {
    let rates: Vec<_> = world.exchange.iter().map(|(_, rate)| *rate).collect();
    for id in world.figures.ids() {
        let figure = &mut world.figures[id];
        if figure.currency.is_some() && !rates.contains(&id) {
            let mode = figure.quantile.distribution().mode();
            figure.quantile = Distribution::Fixed(2.0 * mode).tabulate().expect("a number is a distribution");
        }
    }
    world
}

#[test]
fn doubling_every_price_doubles_every_cost_and_nothing_else() {
    for text in [three_machines(), default_text().replace("workloads: 300", "workloads: 60")] {
        let plain = world(&text);
        let once = figures(&plain, study::Inputs::AtMode);
        let twice = figures(&doubled(plain), study::Inputs::AtMode);
        assert_eq!(once.keys().collect::<Vec<_>>(), twice.keys().collect::<Vec<_>>());
        for (name, score) in &once {
            match (score, twice[name]) {
                (Score::Money(one), Score::Money(two)) => {
                    // Each line of the ledger is rounded once, to a millionth: a few
                    // thousand lines may be off by one each.
                    let off = (2 * one.micros() - two.micros()).abs();
                    assert!(off <= 20_000, "{name}: {one} became {two}");
                }
                (Score::Number(one), Score::Number(two)) => {
                    // Shares and ratios of money carry its rounding.
                    assert!((one - two).abs() <= 1e-6 * one.abs().max(1.0), "{name}: {one} became {two}");
                }
                (one, two) => assert_eq!(*one, two, "{name}"),
            }
        }
        assert!(
            once.values().any(|score| matches!(score, Score::Money(money) if money.micros() > 1_000_000))
        );
    }
}

/// A provider at whose site nothing of the estate fits.
const TOO_SMALL: &str = "
    dwarf:
      label: Dwarf
      operator: acme
      owner: acme
      profile: eu-own-stack
      listed_provider: false
      regions: {hill: {label: Hill, country: FR}}
      exit: {free_egress: true, source: data-act, confidence: C}
      offers:
        crumbs:
          label: Crumbs
          kind: instances
          platform: acme-stack
          families:
            crumb: {label: crumbs, reference: {name: crumb-1, vcpus: 1, memory: 1 GiB}, sizes: {}, price: 0.001 EUR/h}
          windows: {carry: never, source: data-act, confidence: C}
";

#[test]
fn a_provider_that_fits_no_workload_changes_no_score() {
    let text = three_machines();
    let (before, after) = text.split_once("sites:\n").expect("it has sites");
    let (sites, rest) = after.split_once("links:\n").expect("it has links");
    let more = format!(
        "{before}{}sites:\n{sites}  hill: {{provider: dwarf, region: hill, offers: [crumbs]}}\nlinks:\n{rest}",
        TOO_SMALL.trim_start_matches('\n'),
    );
    for inputs in [study::Inputs::AtMode, study::Inputs::Drawn] {
        let alone = figures(&world(&text), inputs);
        let beside = figures(&world(&more), inputs);
        assert_eq!(beside["stay cost.by_provider.dwarf"], Score::Money(portolan::base::units::Money::ZERO));
        for (name, score) in &alone {
            assert_eq!(beside.get(name), Some(score), "{name}");
        }
    }
}

#[test]
fn a_provider_by_another_name_costs_the_same() {
    let text = three_machines();
    let other = text.replace("acme", "zenith").replace("Acme", "Zenith");
    let named = figures(&world(&text), study::Inputs::AtMode);
    let renamed = figures(&world(&other), study::Inputs::AtMode);
    assert_eq!(named.len(), renamed.len());
    for (name, score) in &named {
        let name = name.replace("acme", "zenith").replace("Acme", "Zenith");
        assert_eq!(renamed.get(&name), Some(score), "{name}");
    }
}
