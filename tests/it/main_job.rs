//! `portolan run`: the main job, as a user meets it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use crate::program::{self, portolan};

fn scratch(name: &str) -> PathBuf {
    program::scratch("main_job", name)
}

fn shared(name: &str) -> Option<PathBuf> {
    program::shared(&format!("inventories/{name}"))
}

/// Few replications: what is tested here does not depend on their number.
fn run(folder: &Path, arguments: &[&str]) -> Output {
    let mut all = vec!["run", "--replications", "3"];
    all.extend(arguments);
    portolan(folder, &all)
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Every file below a folder, with its bytes.
fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut open = vec![folder.to_owned()];
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(&next).expect("a folder of results").flatten() {
            let path = entry.path();
            if path.is_dir() {
                open.push(path);
            } else {
                let name = path.strip_prefix(folder).expect("below the folder").to_owned();
                found.insert(name, fs::read(&path).expect("a file of results"));
            }
        }
    }
    found
}

fn summary(folder: &Path) -> serde_json::Value {
    serde_json::from_slice(&fs::read(folder.join("summary.json")).expect("a summary")).expect("JSON")
}

/// Machines that the results' own copy of the inventory lists.
fn machines(folder: &Path) -> usize {
    let mut reader =
        csv::Reader::from_path(folder.join("inputs/inventory.csv")).expect("the resolved inventory");
    reader.records().filter(|row| row.as_ref().is_ok_and(|row| &row[0] == "machine")).count()
}

#[test]
fn without_an_argument_it_simulates_the_default_scenario_and_tells_where_the_results_are() {
    let folder = scratch("default");
    let output = run(&folder, &[]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert!(text(&output.stderr).contains("output/vmware-exit/report.html"), "{}", text(&output.stderr));
    let table = text(&output.stdout);
    for strategy in ["renew", "shrink", "hyper-v", "azure-dedicated", "vmware-on-aws", "sovereign-first"] {
        assert!(table.contains(strategy), "{strategy} is missing in\n{table}");
    }
    let results = files(&folder.join("output/vmware-exit"));
    for name in ["report.html", "summary.json", "charges.csv", "moves.csv", "outages.csv"] {
        assert!(results.contains_key(Path::new(name)), "{name} is missing");
    }
    let pictures =
        |ending: &str| results.keys().filter(|name| name.extension().is_some_and(|e| e == ending)).count();
    assert!(pictures("svg") >= 4 && pictures("png") == pictures("svg"));
}

#[test]
fn the_same_seed_gives_the_same_bytes_at_one_thread_two_and_eight() {
    let folder = scratch("threads");
    let results: Vec<_> = ["1", "2", "8", "2"]
        .iter()
        .enumerate()
        .map(|(place, threads)| {
            let out = format!("run-{place}");
            let output = run(&folder, &["--threads", threads, "--out", &out]);
            assert!(output.status.success(), "{}", text(&output.stderr));
            files(&folder.join(out))
        })
        .collect();
    for (place, other) in results.iter().enumerate().skip(1) {
        let differing: Vec<_> = other
            .iter()
            .filter(|(name, bytes)| results[0].get(*name) != Some(bytes))
            .map(|(name, _)| name)
            .collect();
        assert!(
            differing.is_empty() && other.len() == results[0].len(),
            "run {place} differs in {differing:?}"
        );
    }
    let other_seed = run(&folder, &["--seed", "43", "--out", "other"]);
    assert!(other_seed.status.success());
    assert_ne!(
        files(&folder.join("other")).get(Path::new("charges.csv")),
        results[0].get(Path::new("charges.csv"))
    );
}

/// An amount with up to six decimals, in millionths.
fn micros(text: &str) -> i128 {
    let (sign, text) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
    let (units, decimals) = text.split_once('.').unwrap_or((text, ""));
    assert!(decimals.len() <= 6, "{text} has more than six decimals");
    let whole: i128 = units.parse().expect("a number");
    let part: i128 = format!("{decimals:0<6}").parse().expect("decimals");
    sign * (whole * 1_000_000 + part)
}

#[test]
fn the_ledger_adds_up_to_the_summary_to_the_last_micro_unit() {
    let folder = scratch("ledger");
    let output = run(&folder, &["--out", "results"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let mut sums: BTreeMap<(String, String), i128> = BTreeMap::new();
    let mut reader = csv::Reader::from_path(folder.join("results/charges.csv")).expect("the ledger");
    let column =
        |headers: &csv::StringRecord, name: &str| headers.iter().position(|h| h == name).expect("a column");
    let headers = reader.headers().expect("a header").clone();
    let [strategy, category, billed] =
        ["x_Strategy", "x_Category", "BilledCost"].map(|name| column(&headers, name));
    for row in reader.records() {
        let row = row.expect("a row");
        for heading in [&row[category], "total"] {
            *sums.entry((row[strategy].to_owned(), heading.to_owned())).or_default() += micros(&row[billed]);
        }
    }
    // serde_json keeps the digits of a number below 2^53 millionths.
    let summary = summary(&folder.join("results"));
    let strategies = summary["strategies"].as_array().expect("strategies");
    assert_eq!(strategies.len(), 6);
    for strategy in strategies {
        let name = strategy["name"].as_str().expect("a name").to_owned();
        let cost = &strategy["path"]["cost"];
        let sum = |heading: &str| sums.get(&(name.clone(), heading.to_owned())).copied().unwrap_or(0);
        assert_eq!(micros(&cost["total"].to_string()), sum("total"), "{name}");
        for (heading, amount) in cost["by_category"].as_object().expect("categories") {
            assert_eq!(micros(&amount.to_string()), sum(heading), "{name}, {heading}");
        }
    }
}

#[test]
fn every_figure_of_the_path_has_its_forecast_under_the_same_name() {
    let folder = scratch("forecast");
    let output = run(&folder, &["--format", "json"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let printed: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON on stdout");
    assert_eq!(printed, summary(&folder.join("output/vmware-exit")));
    assert_eq!(printed["schema_version"], 1);
    fn leaves(prefix: &str, value: &serde_json::Value, found: &mut Vec<String>) {
        match value {
            serde_json::Value::Object(entries) => {
                for (key, value) in entries {
                    let name = if prefix.is_empty() { key.clone() } else { format!("{prefix}.{key}") };
                    leaves(&name, value, found);
                }
            }
            serde_json::Value::Null => {}
            _ => found.push(prefix.to_owned()),
        }
    }
    for strategy in printed["strategies"].as_array().expect("strategies") {
        let mut names = Vec::new();
        leaves("", &strategy["path"], &mut names);
        for name in names.iter().filter(|name| name.contains('.')) {
            assert!(strategy["forecast"].get(name).is_some(), "{}: {name} has no forecast", strategy["name"]);
        }
    }
}

#[test]
fn real_inventories_run_and_their_machines_are_counted() {
    // Counted by an independent script: rows of vInfo less templates (two in the CSV
    // folder), and rows of the Azure Migrate CSV.
    let inventories = [
        ("rvtools/kubev2v_example1.xlsx", 9),
        ("rvtools/rvtools_4.7_full.xlsx", 180),
        ("rvtools/rvtools_4.7_csv", 93),
        ("rvtools/rvtools_internal_headers_vInfo.csv", 25),
        ("azure-migrate/azure_migrate_from_ame_core_report.csv", 294),
    ];
    for (name, count) in inventories {
        let Some(path) = shared(name) else { continue };
        let folder = scratch(&format!("inventory-{}", name.replace(['/', '.'], "-")));
        let output = run(&folder, &["--inventory", &path.display().to_string(), "--out", "results"]);
        assert!(output.status.success(), "{name}: {}", text(&output.stderr));
        assert_eq!(machines(&folder.join("results")), count, "{name}");
        assert_eq!(summary(&folder.join("results"))["scenario"]["workloads"], count, "{name}");
    }
}

#[test]
fn a_broken_inventory_is_one_clear_message_and_writes_nothing() {
    let folder = scratch("broken");
    fs::write(folder.join("empty.xlsx"), "").expect("written");
    fs::write(folder.join("no-cpus.csv"), "VM,Powerstate,Memory,Provisioned MiB\nweb,poweredOn,4096,10240\n")
        .expect("written");
    fs::create_dir(folder.join("folder")).expect("made");
    let noise: Vec<u8> = (0..5_000_u32).map(|k| (k.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    fs::write(folder.join("noise.bin"), noise).expect("written");
    let mut names = vec!["empty.xlsx", "no-cpus.csv", "folder", "noise.bin", "not-there.xlsx"];
    if let Some(path) = shared("rvtools/rvtools_4.7_full.xlsx") {
        let whole = fs::read(path).expect("the workbook");
        fs::write(folder.join("truncated.xlsx"), &whole[..whole.len() / 2]).expect("written");
        names.push("truncated.xlsx");
    }
    for name in names {
        let output = run(&folder, &["--inventory", name]);
        let message = text(&output.stderr);
        assert_eq!(output.status.code(), Some(3), "{name}: {message}");
        let said = message.lines().filter(|line| line.starts_with("error:")).count();
        assert_eq!(said, 1, "{name}: one message, not\n{message}");
        assert!(message.contains(name), "{name} is not named in\n{message}");
        assert!(!folder.join("output").exists(), "{name} left an output folder");
    }
    let column = text(&run(&folder, &["--inventory", "no-cpus.csv"]).stderr);
    assert!(column.contains("CPUs"), "the missing column is not named in\n{column}");
}

#[test]
fn a_bad_scenario_is_refused_with_its_line_and_writes_nothing() {
    let folder = scratch("bad-scenario");
    fs::write(folder.join("bad.yaml"), "version: 1\nname: bad\nextends: vmware-exit\nhorizont: 3 years\n")
        .expect("written");
    let output = run(&folder, &["bad.yaml"]);
    let message = text(&output.stderr);
    assert_eq!(output.status.code(), Some(3), "{message}");
    assert!(message.contains("bad.yaml:4") && message.contains("horizon"), "{message}");
    assert!(!folder.join("output").exists());
}

#[test]
fn a_folder_that_is_not_ours_is_left_alone() {
    let folder = scratch("not-ours");
    fs::create_dir(folder.join("precious")).expect("made");
    fs::write(folder.join("precious/letter.txt"), "dear").expect("written");
    let output = run(&folder, &["--out", "precious"]);
    assert!(!output.status.success());
    assert_eq!(fs::read_to_string(folder.join("precious/letter.txt")).expect("still there"), "dear");
    assert_eq!(files(&folder.join("precious")).len(), 1);
}

#[test]
#[cfg(unix)]
fn a_disk_that_fills_up_leaves_the_former_results_and_nothing_half_written() {
    let folder = scratch("full-disk");
    let output = run(&folder, &["--out", "results"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let before = files(&folder.join("results"));
    // A limit on the size of a file stands in for a full disk: a write beyond 64 KiB
    // fails in the same place and the same way.
    let program = assert_cmd::cargo::cargo_bin!("portolan");
    let script = format!(
        "ulimit -f 64; trap '' XFSZ; exec {} run --replications 3 --seed 5 --out results",
        program.display()
    );
    let output =
        std::process::Command::new("bash").args(["-c", &script]).current_dir(&folder).output().expect("bash");
    assert!(!output.status.success(), "the limit was not felt");
    assert!(text(&output.stderr).contains("cannot write"), "{}", text(&output.stderr));
    assert!(files(&folder.join("results")) == before, "the former results were touched");
    let left: Vec<_> =
        fs::read_dir(&folder).expect("the folder").flatten().map(|entry| entry.file_name()).collect();
    assert_eq!(left, ["results"], "something half-written was left");
}

#[test]
#[cfg(unix)]
fn a_kill_at_any_moment_leaves_no_half_written_results_under_their_name() {
    let folder = scratch("kill");
    for wait_ms in [20, 60, 120, 200, 300, 450, 650] {
        let mut child = std::process::Command::new(assert_cmd::cargo::cargo_bin!("portolan"))
            .args(["run", "--replications", "3", "--out", "results"])
            .current_dir(&folder)
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .spawn()
            .expect("the program starts");
        std::thread::sleep(std::time::Duration::from_millis(wait_ms));
        let _ = child.kill();
        let _ = child.wait();
        if folder.join("results").exists() {
            let found = files(&folder.join("results"));
            for name in ["report.html", "summary.json", "charges.csv"] {
                assert!(found.contains_key(Path::new(name)), "after {wait_ms} ms {name} is missing");
            }
        }
    }
    // What killed runs left aside is swept by the next one.
    let output = run(&folder, &["--out", "results"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let left: Vec<_> =
        fs::read_dir(&folder).expect("the folder").flatten().map(|entry| entry.file_name()).collect();
    assert_eq!(left, ["results"]);
}
