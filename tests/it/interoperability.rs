//! The matrix of platforms, and what alliances change, from outside.

use std::fs;
use std::path::Path;

use portolan::base::units::Money;
use portolan::input::scenario::{DEFAULT, preset};
use portolan::scoring::Score;
use portolan::study::Inputs;
use portolan::world::rules::effort::{self, Crossing, Moment, Scope};
use portolan::world::{Figures, World};
use serde_json::Value;

use crate::program::{portolan, scratch};
use crate::whole_runs::{figures, world};

const ALLIED: &str = "extends: vmware-exit
name: allied
alliances:
  bundle:
    label: The bundle
    from: 2028-01-01
    until: 2030-01-01
    effort: [{between: [hyper-v, vsphere], facet: [disk-format, hypervisor-drivers], remains: 25 %}]
";

fn told(folder: &Path, more: &[&str]) -> Value {
    let arguments = [&["catalog", "interoperability", "--format", "json"], more].concat();
    let output = portolan(folder, &arguments);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("a JSON document")
}

fn cells(matrix: &Value) -> Vec<(String, String, f64)> {
    let word = |cell: &Value, key: &str| cell[key].as_str().expect("a name").to_owned();
    let cells = matrix["cells"].as_array().expect("cells");
    let hours = |cell: &Value| cell["hours"]["mode"].as_f64().expect("a number");
    cells.iter().map(|cell| (word(cell, "from"), word(cell, "to"), hours(cell))).collect()
}

/// What the simulation would charge for, at the modes of all figures.
fn charged(world: &World, scope: Scope, date: &str) -> Vec<(String, String, f64)> {
    let (figures, at) = (Figures::at_mode(world), world.calendar.at(date.parse().expect("a date")));
    let moment = Moment { world, figures: &figures, at };
    let platforms = || world.platforms.enumerate();
    let pairs = platforms().flat_map(|from| platforms().map(move |to| (from, to)));
    pairs
        .map(|((from, left), (to, reached))| {
            let work = effort::facet_work(moment, Crossing { from, to }, scope);
            (left.name.clone(), reached.name.clone(), work.map(|work| work.hours).sum())
        })
        .collect()
}

#[test]
fn the_matrix_tells_the_hours_that_moves_are_charged_for() {
    let folder = scratch("interoperability", "hours");
    fs::write(folder.join("allied.yaml"), ALLIED).expect("written");
    let world = world(ALLIED);
    for (word, scope) in [("vm", Scope::Vm), ("application", Scope::Application), ("estate", Scope::Estate)] {
        for date in ["2027-06-01", "2029-06-01", "2030-06-01"] {
            let matrix = told(&folder, &["--scope", word, "--scenario", "allied.yaml", "--at", date]);
            let shown = cells(&matrix);
            for (from, to, hours) in charged(&world, scope, date) {
                let found = shown.iter().find(|(left, reached, _)| (left, reached) == (&from, &to));
                let (.., seen) = found.expect("the catalogue has every platform of the scenario");
                // Sums of the same few terms, and of seconds turned into hours.
                assert!((seen - hours).abs() < 1e-9, "{from} to {to} {word} on {date}: {seen} and {hours}");
            }
        }
    }
}

#[test]
fn a_value_of_ones_own_changes_the_row_and_the_column_of_its_platform_alone() {
    let folder = scratch("interoperability", "row");
    let mine = "platforms: {hyper-v: {facets: {identity-licensing: of-our-own}}}\n";
    fs::write(folder.join("mine.yaml"), mine).expect("written");
    let (usual, changed) = (cells(&told(&folder, &[])), cells(&told(&folder, &["--with", "mine.yaml"])));
    let differ: Vec<(&str, &str)> = usual
        .iter()
        .zip(&changed)
        .filter(|(one, other)| one != other)
        .map(|((from, to, _), _)| (from.as_str(), to.as_str()))
        .collect();
    // Of all platforms vSphere alone has the same value: the rest differed before.
    assert_eq!(differ, [("vsphere", "hyper-v"), ("hyper-v", "vsphere")]);
}

#[test]
fn an_alliance_is_starred_at_its_dates_and_named() {
    let folder = scratch("interoperability", "dates");
    fs::write(folder.join("allied.yaml"), ALLIED).expect("written");
    let text = |more: &[&str]| {
        let output = portolan(&folder, &[&["catalog", "interoperability"], more].concat());
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("UTF-8")
    };
    let at = |date| text(&["--scenario", "allied.yaml", "--at", date]);
    assert!(!text(&["--scenario", "allied.yaml"]).contains('*'), "it has not begun on the first day");
    assert!(
        at("2028-01-01").contains("* changed by The bundle: vsphere and hyper-v"),
        "{}",
        at("2028-01-01")
    );
    assert!(!at("2030-01-01").contains('*'), "it has ended");
    let pair =
        text(&["--scenario", "allied.yaml", "--at", "2029-01-01", "--from", "hyper-v", "--to", "vsphere"]);
    assert!(
        pair.contains("25 % of the work remains by The bundle in: disk-format, hypervisor-drivers."),
        "{pair}"
    );
}

#[test]
fn what_is_not_known_is_refused_with_a_suggestion() {
    let folder = scratch("interoperability", "refused");
    let refused = |more: &[&str]| {
        let output = portolan(&folder, &[&["catalog", "interoperability"], more].concat());
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let (code, said) = refused(&["--from", "vsphere", "--to", "azur"]);
    assert!(code == Some(2) && said.contains("Did you mean `azure`?"), "{code:?} {said}");
    let (code, said) = refused(&["--at", "2028-01-01"]);
    assert!(code == Some(2) && said.contains("--scenario"), "{code:?} {said}");
    fs::write(folder.join("bad.yaml"), ALLIED.replace("disk-format", "disc-format")).expect("written");
    let (code, said) = refused(&["--scenario", "bad.yaml"]);
    assert!(code == Some(3) && said.contains("`disk-format`"), "{code:?} {said}");
}

#[test]
fn one_off_work_is_the_sum_of_its_facets_and_of_its_pairs_in_whole_runs() {
    let text = preset(DEFAULT).expect("the default scenario comes with the program").1;
    let world = world(text);
    let figures = figures(&world, Inputs::AtMode);
    let mut crossed = 0;
    for strategy in world.strategies.iter() {
        let money = |name: &str| match figures.get(&format!("{} interoperability.{name}", strategy.name)) {
            Some(Score::Money(amount)) => *amount,
            other => panic!("{name} is {other:?}"),
        };
        let under = |group: &str| -> Money {
            let prefix = format!("{} interoperability.{group}.", strategy.name);
            let amounts = figures.iter().filter(|(name, _)| name.starts_with(&prefix));
            amounts
                .map(|(_, score)| if let Score::Money(amount) = score { *amount } else { Money::ZERO })
                .sum()
        };
        assert_eq!(under("by_facet") + money("replacement"), money("one_off"), "{}", strategy.name);
        assert_eq!(under("by_group") + money("replacement"), money("one_off"), "{}", strategy.name);
        assert_eq!(under("by_pair"), money("one_off"), "{}", strategy.name);
        assert_eq!(under("recurring_by"), money("recurring"), "{}", strategy.name);
        crossed += usize::from(money("one_off") > Money::ZERO);
    }
    assert!(crossed >= 3, "{crossed} strategies of the default cross platforms");
}

#[test]
fn an_alliance_that_leaves_everything_changes_no_figure() {
    let plain = "extends: vmware-exit\nname: allied\n";
    let idle = ALLIED.replace("25 %", "100 %");
    assert_eq!(figures(&world(plain), Inputs::Drawn), figures(&world(&idle), Inputs::Drawn));
    assert_ne!(
        figures(&world(plain), Inputs::Drawn),
        figures(&world(&ALLIED.replace("2028-01-01", "2027-01-01")), Inputs::Drawn)
    );
}
