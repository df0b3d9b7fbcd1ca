//! `portolan study`, as a user meets it: the same bytes however it is run, luck that is
//! common to all strategies, and an interruption that loses nothing.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::program::{self, portolan};

/// Strategies over the default sites: two that are the same, one that moves one machine
/// more, one that moves all, and one that moves one of all elsewhere.
const STRATEGIES: &str = "
  strategies:
    stay: {contracts: {vmware: {renew: 3 years}}}
    stay-too: {contracts: {vmware: {renew: 3 years}}}
    one-moves:
      contracts: {vmware: {renew: 3 years}}
      move: [{select: {name: ci-runner-02}, to: azure/instances}]
      schedule: {start: 2027-02-01, every: 2 weeks}
    one-elsewhere:
      move: [{select: {name: ci-runner-02}, to: trusted}, {select: all, to: azure/instances}]
      schedule: {start: 2027-02-01, every: 2 weeks, waves: [5, 10]}
    all-move:
      move: [{select: all, to: azure/instances}]
      schedule: {start: 2027-02-01, every: 2 weeks, waves: [5, 10]}
";

fn scratch(name: &str) -> PathBuf {
    program::scratch("study", name)
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A study of a few machines of these strategies with these analyses.
fn study(folder: &Path, strategies: &str, analyses: &str) {
    let text = format!(
        "version: 1\nname: test\nquestion: What is tested?\nscenario: vmware-exit\nchange:\n  \
         estate: {{synthetic: {{workloads: 20, seed: 7}}}}{STRATEGIES}strategies: [{strategies}]\n\
         outcomes: [cost.npv, {{figure: migration.finished_at, missing: start}}, migration.downtime_hours, \
         availability.vm_hours_down]\nreplications: 20\nanalyses:\n{analyses}"
    );
    fs::write(folder.join("test.yaml"), text).expect("the folder is writable");
}

fn run(folder: &Path, arguments: &[&str]) -> Output {
    let mut all = vec!["study", "test.yaml"];
    all.extend(arguments);
    let output = portolan(folder, &all);
    assert!(output.status.success(), "{}", text(&output.stderr));
    output
}

/// Every file of a folder of results, with its bytes.
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

fn findings(folder: &Path) -> Value {
    let path = folder.join("output/studies/test/study.json");
    serde_json::from_slice(&fs::read(path).expect("a study")).expect("JSON")
}

/// The rows of `trials.csv` without what asked for them, by alternative, in their order.
fn rows(folder: &Path) -> BTreeMap<String, Vec<Vec<String>>> {
    let path = folder.join("output/studies/test/trials.csv");
    let mut reader = csv::Reader::from_path(path).expect("the evaluations");
    let headers = reader.headers().expect("a header").clone();
    let column = headers.iter().position(|name| name == "alternative").expect("a column of names");
    let mut rows: BTreeMap<String, Vec<Vec<String>>> = BTreeMap::new();
    for row in reader.records() {
        let row = row.expect("a row");
        let rest = row.iter().enumerate().filter(|(place, _)| *place != column);
        rows.entry(row[column].to_owned()).or_default().push(rest.map(|(_, text)| text.to_owned()).collect());
    }
    rows
}

const SOME: &str = "  - compare: {}\n  - split: {nested: {draws: 6, replications: 2}}\n  \
                    - sensitivity: {by: tornado, of: {strategy: all-move}}\n  \
                    - robust: {of: cost.npv, futures: 10}\n";

#[test]
fn results_are_the_same_bytes_on_any_number_of_threads() {
    let folder = scratch("threads");
    study(&folder, "stay, all-move", SOME);
    let output = run(&folder, &["--threads", "1", "--out", "one"]);
    let one = files(&folder.join("one"));
    for name in ["study.html", "study.json", "trials.csv", "inputs/study.yaml", "inputs/scenario.yaml"] {
        assert!(one.contains_key(Path::new(name)), "{name} is missing");
    }
    for threads in ["2", "8"] {
        let again = run(&folder, &["--threads", threads, "--out", "more"]);
        assert_eq!(output.stdout, again.stdout);
        assert!(one == files(&folder.join("more")), "the bytes differ on {threads} threads");
    }
    assert!(!folder.join("one.progress").exists(), "what is done needs no resumption");
}

/// The program started and left alone.
fn start(folder: &Path) -> std::process::Child {
    Command::new(assert_cmd::cargo::cargo_bin!("portolan"))
        .current_dir(folder)
        .args(["study", "test.yaml", "--threads", "2"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts")
}

/// Waits until something is finished of a study that runs.
fn wait_for_batches(folder: &Path) {
    let progress = folder.join("output/studies/test.progress");
    let begin = Instant::now();
    while fs::metadata(&progress).map_or(0, |file| file.len()) < 2_000 {
        assert!(begin.elapsed() < Duration::from_secs(60), "nothing is finished after a minute");
        std::thread::sleep(Duration::from_millis(5));
    }
}

const MANY: &str = "  - compare: {replications: 150}\n  - robust: {of: cost.npv, futures: 30}\n";

#[test]
fn a_killed_study_goes_on_to_the_same_bytes() {
    let folder = scratch("killed");
    study(&folder, "stay, all-move", MANY);
    let whole = scratch("not-killed");
    study(&whole, "stay, all-move", MANY);
    run(&whole, &[]);

    let mut child = start(&folder);
    wait_for_batches(&folder);
    child.kill().expect("it can be killed");
    child.wait().expect("it ends");
    assert!(!folder.join("output/studies/test").exists(), "nothing half-done");

    let refused = portolan(&folder, &["study", "test.yaml"]);
    assert!(!refused.status.success());
    assert!(text(&refused.stderr).contains("add --resume to go on"), "{}", text(&refused.stderr));
    run(&folder, &["--resume", "--threads", "8"]);
    let (resumed, whole) = (folder.join("output/studies/test"), whole.join("output/studies/test"));
    assert!(files(&resumed) == files(&whole), "the bytes differ after a resumption");
}

#[cfg(unix)]
#[test]
fn ctrl_c_writes_nothing_half_done_and_says_how_to_go_on() {
    let folder = scratch("interrupted");
    study(&folder, "stay, all-move", MANY);
    let child = start(&folder);
    wait_for_batches(&folder);
    let killed = Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    assert!(killed.expect("there is a kill").success());
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(130), "{}", text(&output.stderr));
    assert!(output.stdout.is_empty());
    let said = text(&output.stderr);
    assert!(said.contains("Go on with: portolan study test.yaml --resume"), "{said}");
    let left: Vec<String> =
        files(&folder.join("output")).into_keys().map(|path| path.to_string_lossy().into_owned()).collect();
    assert_eq!(left, ["studies/test.progress"]);
}

#[test]
fn strategies_that_are_the_same_differ_by_exactly_zero() {
    let folder = scratch("twins");
    study(&folder, "stay, stay-too", "  - compare: {pairs: all}\n");
    run(&folder, &[]);
    let rows = rows(&folder);
    assert_eq!(rows["stay"], rows["stay-too"]);
    let findings = findings(&folder);
    for outcome in findings["findings"][0]["outcomes"].as_array().expect("outcomes") {
        let difference = &outcome["pairs"][0]["difference"];
        for end in ["value", "low", "high"] {
            assert_eq!(difference[end], 0.0, "{outcome:#}");
        }
    }
}

#[test]
fn who_stands_beside_a_strategy_and_what_it_is_called_changes_none_of_its_bytes() {
    let of = |name: &str, strategies: &str, rename: bool| {
        let folder = scratch(name);
        study(&folder, strategies, "  - compare: {}\n  - split: {nested: {draws: 3, replications: 2}}\n");
        if rename {
            let path = folder.join("test.yaml");
            let text = fs::read_to_string(&path).expect("it was written");
            fs::write(path, text.replace("all-move", "leave")).expect("the folder is writable");
        }
        run(&folder, &[]);
        rows(&folder)
    };
    let plain = of("plain", "stay, all-move", false);
    let reordered = of("reordered", "all-move, stay", false);
    assert_eq!(plain, reordered);
    let added = of("added", "one-moves, stay, stay-too, all-move", false);
    assert_eq!((&plain["stay"], &plain["all-move"]), (&added["stay"], &added["all-move"]));
    let renamed = of("renamed", "stay, leave", true);
    assert_eq!((&plain["stay"], &plain["all-move"]), (&renamed["stay"], &renamed["leave"]));
}

#[test]
fn common_random_numbers_reduce_the_variance_of_a_pair_that_differs_in_one_machine() {
    let folder = scratch("reduction");
    study(&folder, "all-move, one-elsewhere", "  - compare: {replications: 60, fixed: 60}\n");
    let output = run(&folder, &[]);
    let findings = findings(&folder);
    let outcomes = findings["findings"][0]["outcomes"].as_array().expect("outcomes");
    for outcome in outcomes {
        for factor in ["reduction", "reduction_fixed"] {
            let value = outcome["pairs"][0][factor].as_f64().expect("the difference varies");
            assert!(value >= 4.0, "{} {factor} is {value}", outcome["outcome"]);
        }
    }
    assert_eq!(outcomes.len(), 4);
    let said = text(&output.stdout);
    assert!(
        said.contains("with the inputs\nfixed") || said.contains("with the inputs fixed"),
        "both factors are printed:\n{said}"
    );
}

#[test]
fn a_budget_too_small_to_separate_says_how_many_replications_would() {
    let folder = scratch("budget");
    study(&folder, "stay, one-moves", "  - compare: {replications: 3}\n");
    let output = run(&folder, &[]);
    let findings = findings(&folder);
    let needed: Vec<u64> = findings["findings"][0]["outcomes"]
        .as_array()
        .expect("outcomes")
        .iter()
        .filter_map(|outcome| outcome["pairs"][0]["needed"].as_u64())
        .collect();
    assert!(!needed.is_empty() && needed.iter().all(|needed| *needed > 3), "{findings:#}");
    let said = text(&output.stdout);
    assert!(said.contains("replications"), "{said}");
}
