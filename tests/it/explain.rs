//! `portolan explain`: every number of a run, defended.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use serde_json::Value;

use crate::program::{self, portolan};

fn scratch(name: &str) -> PathBuf {
    program::scratch("explain", name)
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A small estate that leaves for a cloud in one strategy.
const SMALL: &str = "version: 1\nname: small\nextends: vmware-exit\nreplications: 2\nestate:\n  synthetic: {workloads: 40, seed: 3}\n";

/// A run of it in a folder of its own.
fn run(name: &str, arguments: &[&str]) -> PathBuf {
    let folder = scratch(name);
    fs::write(folder.join("small.yaml"), SMALL).expect("written");
    let mut all = vec!["run", "small.yaml"];
    all.extend(arguments);
    let output = portolan(&folder, &all);
    assert!(output.status.success(), "{}", text(&output.stderr));
    folder
}

fn explain(folder: &Path, arguments: &[&str]) -> Output {
    let mut all = vec!["explain"];
    all.extend(arguments);
    portolan(folder, &all)
}

fn json(folder: &Path, arguments: &[&str]) -> Value {
    let mut all = arguments.to_vec();
    all.extend(["--format", "json"]);
    let output = explain(folder, &all);
    assert!(output.status.success(), "{}", text(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("JSON on stdout")
}

fn summary(folder: &Path) -> Value {
    let path = folder.join("output/small/summary.json");
    serde_json::from_slice(&fs::read(path).expect("a summary")).expect("JSON")
}

fn workloads(folder: &Path) -> Vec<String> {
    let path = folder.join("output/small/inputs/inventory.csv");
    let mut reader = csv::Reader::from_path(path).expect("the saved inventory");
    let rows = reader.records().map(|row| row.expect("a row"));
    rows.filter(|row| &row[0] == "machine").map(|row| row[2].to_owned()).collect()
}

#[test]
fn a_workload_is_explained_with_lines_that_add_up_and_every_other_place() {
    let folder = run("workload", &[]);
    let name = &workloads(&folder)[0];
    let explained = json(&folder, &["--workload", name]);
    let workload = &explained["workload"];
    assert_eq!(workload["workload"], name.as_str());
    let strategies = workload["strategies"].as_array().expect("strategies");
    assert_eq!(strategies.len(), 6);
    for strategy in strategies {
        let lines = strategy["cost"]["lines"].as_array().expect("lines");
        let sum: f64 = lines.iter().map(|line| line["amount"].as_f64().expect("an amount")).sum();
        let total = strategy["cost"]["amount"].as_f64().expect("a total");
        // Amounts are sums of micro-units; a sum of so many floats is off by less.
        assert!(!lines.is_empty() && (sum - total).abs() < 1e-5, "{sum} and not {total}");
        for line in lines {
            for key in ["what", "unit", "source", "shared_by"] {
                assert!(line[key].as_str().is_some_and(|text| !text.is_empty()), "{key} of {line}");
            }
        }
    }
    let options = workload["options"].as_array().expect("options");
    assert_eq!(options.len(), 8, "every offer of the scenario");
    for option in options {
        let refused = option["refused"].as_array().expect("reasons");
        assert_ne!(option["cost"].is_number(), !refused.is_empty(), "{option}");
    }
    assert!(strategies.iter().all(|strategy| strategy["next_best"]["cost"].is_number()));
}

#[test]
fn a_workload_in_one_strategy_is_told_in_full_within_a_hundred_columns() {
    let folder = run("full", &[]);
    let name = &workloads(&folder)[1];
    let output = explain(&folder, &["small", "--workload", name, "--strategy", "hyper-v"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let page = text(&output.stdout);
    for expected in ["By move rule", "inputs/scenario.yaml:", "What gates it met", "conversion by", "TOTAL"] {
        assert!(page.contains(expected), "{expected} is missing in\n{page}");
    }
    for line in page.lines() {
        assert!(line.chars().count() <= 100, "{line}");
    }
    let short = text(&explain(&folder, &["--workload", name]).stdout);
    assert!(short.contains("In each strategy") && short.len() < page.len(), "{short}");
}

#[test]
fn the_lines_behind_a_money_figure_add_up_to_it() {
    let folder = run("figure", &[]);
    let written = summary(&folder);
    for figure in
        ["cost.npv", "cost.total", "cost.by_category.licences", "cost.capex", "lock_in.yearly_run_cost"]
    {
        let explained = json(&folder, &["--figure", figure]);
        let strategies = explained["figure"]["strategies"].as_array().expect("strategies");
        for (strategy, of_run) in strategies.iter().zip(written["strategies"].as_array().expect("a list")) {
            let value = figure.splitn(3, '.').fold(&of_run["path"], |inner, part| &inner[part]);
            assert_eq!(&strategy["path"], value, "{figure}");
            let lines = strategy["lines"].as_array().expect("lines");
            let sum: f64 = lines.iter().map(|line| line["contributes"].as_f64().expect("an amount")).sum();
            // Each line is rounded to the micro-unit by itself.
            assert!((sum - value.as_f64().expect("money")).abs() < 1e-3, "{figure}: {sum} and not {value}");
        }
    }
}

#[test]
fn every_figure_of_the_summary_can_be_explained() {
    let folder = run("all-figures", &[]);
    let written = summary(&folder);
    let forecast = written["strategies"][0]["forecast"].as_object().expect("figures");
    // One of each group is enough: the others differ in a name.
    let mut groups = std::collections::BTreeMap::new();
    for figure in forecast.keys() {
        let group: Vec<&str> = figure.splitn(3, '.').take(2).collect();
        groups.entry(group.join(".")).or_insert(figure);
    }
    assert!(groups.len() > 30, "{groups:?}");
    for figure in ["migration.finished_at", "sovereignty.seal", "lock_in.exit_cost", "lock_in.hhi"] {
        assert!(groups.contains_key(figure), "{figure}");
        let output = explain(&folder, &["--figure", figure]);
        assert!(output.status.success(), "{figure}: {}", text(&output.stderr));
    }
}

#[test]
fn a_strategy_is_explained_by_its_largest_lines_its_decisions_and_its_spread() {
    let folder = run("strategy", &[]);
    let explained = json(&folder, &["--strategy", "azure-dedicated"]);
    let strategy = &explained["strategy"];
    let largest = strategy["largest"].as_array().expect("lines");
    assert_eq!(largest.len(), 10);
    let line = largest.iter().find(|line| line["unit_price"][0] == line["unit_price"][1]).expect("one price");
    let [quantity, rate, amount] =
        ["quantity", "exchange_rate", "amount"].map(|key| line[key].as_f64().expect("a number"));
    let product = quantity * line["unit_price"][0].as_f64().expect("a price") * rate;
    // Each ledger line is rounded to the micro-unit.
    assert!((product - amount).abs() < 1e-3 * line["ledger_lines"].as_f64().expect("a count"), "{line}");
    assert!(!strategy["decisions"].as_array().expect("a list").is_empty());
    let shares: f64 = strategy["spread"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|line| line["share"].as_f64().expect("a share"))
        .sum();
    assert!((shares - 1.0).abs() < 1e-9, "rounding only: {shares}");
}

#[test]
fn what_nothing_has_is_a_usage_error_with_a_suggestion() {
    let folder = run("unknown", &[]);
    let said = |arguments: &[&str]| {
        let output = explain(&folder, arguments);
        assert_eq!(output.status.code(), Some(2), "{}", text(&output.stderr));
        text(&output.stderr)
    };
    assert!(said(&["--figure", "cost.nvp"]).contains("did you mean `cost.npv`?"));
    assert!(said(&["--strategy", "hyperv"]).contains("did you mean `hyper-v`?"));
    assert!(said(&["--workload", "*"]).contains("the pattern fits 40"));
    said(&[]);
    let output = explain(&folder, &["smal", "--strategy", "renew"]);
    assert_eq!(output.status.code(), Some(3));
    assert!(text(&output.stderr).contains("did you mean `small`?"), "{}", text(&output.stderr));
}

#[test]
fn inputs_that_were_changed_are_not_explained() {
    let folder = run("changed", &[]);
    let scenario = folder.join("output/small/inputs/scenario.yaml");
    let written = fs::read_to_string(&scenario).expect("the saved scenario");
    fs::write(&scenario, written.replace("budget: 9 MEUR", "budget: 8 MEUR")).expect("written");
    let output = explain(&folder, &["--figure", "cost.npv"]);
    assert_eq!(output.status.code(), Some(3));
    let message = text(&output.stderr);
    assert!(
        message.contains("scenario.yaml was changed") && message.contains("run the scenario again"),
        "{message}"
    );

    let path = folder.join("output/small/summary.json");
    let summary = fs::read_to_string(&path).expect("the summary");
    fs::write(&scenario, written).expect("written");
    let version = format!("\"version\": \"{}\"", env!("CARGO_PKG_VERSION"));
    assert!(summary.contains(&version));
    fs::write(&path, summary.replace(&version, "\"version\": \"0.0.1\"")).expect("written");
    let output = explain(&folder, &["--figure", "cost.npv"]);
    assert!(output.status.success() && text(&output.stdout).contains("Run by portolan 0.0.1"));
}

#[test]
fn a_run_at_the_modes_and_a_run_of_an_inventory_come_out_again() {
    let folder = run("modes", &["--draw", "mode"]);
    let explained = json(&folder, &["--strategy", "renew"]);
    assert_eq!(explained["strategy"]["run"]["replications"], 1);

    let Some(inventory) = program::shared("inventories/rvtools/rvtools_4.7_csv") else { return };
    let folder = run("inventory", &["--inventory", &inventory.display().to_string()]);
    let name = &workloads(&folder)[0];
    let explained = json(&folder, &["--workload", name, "--strategy", "hyper-v"]);
    assert_eq!(explained["workload"]["workload"], name.as_str());
}
