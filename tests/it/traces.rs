//! Traces are replayed: what a run says was used is what the files say.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::program::{self, portolan};

fn scratch(name: &str) -> PathBuf {
    program::scratch("traces", name)
}

fn shared(name: &str) -> Option<PathBuf> {
    program::shared(&format!("traces/{name}"))
}

/// The JSON of a run that succeeds.
fn summary(folder: &Path, arguments: &[&str]) -> Value {
    let output = portolan(folder, arguments);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("JSON on stdout")
}

/// One of one's own site and one that is as large as anybody could want, so that
/// nothing contends.
fn scenario(estate: &str) -> String {
    format!(
        "version: 1\nname: replay\nstart: 2027-01-01\nhorizon: 2 months\nestate: {estate}\nsites:\n  paris:\n    \
         provider: own\n    country: FR\n    offers:\n      vsphere: {{platform: kvm-openstack, hosts: {{count: 2, \
         shape: 2x16c-512g, overcommit: 4}}}}\nstrategies: {{stay: {{}}}}\n"
    )
}

/// Virtual processors and GiB in use at a second since 1970, by the files alone: the
/// first week of each, again and again. Shares no code with the program.
struct Reference {
    machines: Vec<Rows>,
}

struct Rows {
    first: i64,
    /// Processors and GiB, every five minutes; what was used last where nothing is.
    steps: Vec<(f64, f64)>,
}

impl Reference {
    fn of(folder: &Path) -> Self {
        let machines = ["1.csv", "2.csv", "3.csv"].map(|file| {
            let text = fs::read_to_string(folder.join(file)).expect("a sample trace");
            let rows: Vec<Vec<f64>> = text
                .lines()
                .skip(1)
                .map(|line| line.split(';').map(|value| value.trim().parse().expect("a number")).collect())
                .collect();
            let first = rows[0][0] as i64;
            let mut steps = Vec::new();
            for row in &rows {
                let place = ((row[0] as i64 - first) as f64 / 300.0).round() as usize;
                while steps.len() < place {
                    steps.push(*steps.last().expect("the first row stands at the first step"));
                }
                steps.push((row[4] / 100.0 * row[1], row[6] / 1_048_576.0));
            }
            Rows { first, steps }
        });
        Self { machines: machines.into() }
    }

    fn at(&self, second: i64) -> (f64, f64) {
        let used = |rows: &Rows| rows.steps[((second - rows.first).rem_euclid(7 * 86_400) / 300) as usize];
        self.machines.iter().map(used).fold((0.0, 0.0), |sum, used| (sum.0 + used.0, sum.1 + used.1))
    }
}

#[test]
fn what_is_used_is_what_the_files_say_and_less_than_what_is_allocated() {
    let Some(traces) = shared("gwa-t-12-synthetic") else { return };
    let folder = scratch("used");
    let estate = format!("{{traces: {}, utilisation: {{sample: 30 minutes}}}}", traces.display());
    fs::write(folder.join("s.yaml"), scenario(&estate)).expect("a scenario");
    let out = summary(&folder, &["run", "s.yaml", "--replications", "2", "--format", "json"]);
    let path = &out["strategies"][0]["path"]["utilisation"];
    let figure = |name: &str| path[name].as_f64().expect("a number");
    // 2027-01-01 in seconds since 1970, and 59 days of half hours.
    let start = 1_798_761_600;
    let samples: Vec<(f64, f64)> = {
        let reference = Reference::of(&traces);
        (0..59 * 48).map(|half| reference.at(start + half * 1_800)).collect()
    };
    let count = samples.len() as f64;
    let cpu = samples.iter().map(|used| used.0).sum::<f64>() / count;
    let memory = samples.iter().map(|used| used.1).sum::<f64>() / count;
    // Samples are kept as f32: seven digits each.
    assert!((figure("cpu_used") / cpu - 1.0).abs() < 1e-6, "{} and {cpu}", figure("cpu_used"));
    assert!((figure("memory_used") / memory - 1.0).abs() < 1e-6, "{} and {memory}", figure("memory_used"));
    // 4, 8 and 2 virtual processors; 16, 32 and 8 GiB.
    assert!((figure("cpu_allocated") - 14.0).abs() < 0.02, "{}", figure("cpu_allocated"));
    assert!((figure("memory_allocated") - 56.0).abs() < 0.1, "{}", figure("memory_allocated"));
    assert!(figure("cpu_used") < figure("cpu_allocated"));
    assert!(figure("memory_used") < figure("memory_allocated"));
    assert_eq!((figure("contention"), figure("overloaded_host_hours")), (0.0, 0.0));
    let forecast = &out["strategies"][0]["forecast"]["utilisation.cpu_used"];
    assert_eq!(forecast["n"], 2);
}

#[test]
fn a_folder_of_traces_is_an_inventory() {
    let Some(traces) = shared("gwa-t-12-synthetic") else { return };
    let folder = scratch("inventory");
    let traces = traces.display().to_string();
    fs::write(folder.join("s.yaml"), scenario("{synthetic: {workloads: 3}}")).expect("a scenario");
    let arguments = ["run", "s.yaml", "--inventory", &traces, "--replications", "2", "--format", "json"];
    let out = summary(&folder, &arguments);
    assert!(out["strategies"][0]["path"]["utilisation"]["cpu_used"].as_f64().expect("a number") > 1.0);
    assert!(folder.join("output/replay/plots/used-against-allocated.svg").exists());
    let page = fs::read_to_string(folder.join("output/replay/report.html")).expect("a report");
    assert!(page.contains("id=\"utilisation\"") && page.contains("id=\"used-against-allocated\""));
}

#[test]
fn a_scenario_without_use_says_nothing_of_it() {
    let folder = scratch("without");
    fs::write(folder.join("s.yaml"), scenario("{synthetic: {workloads: 3}}")).expect("a scenario");
    let out = summary(&folder, &["run", "s.yaml", "--replications", "2", "--format", "json"]);
    assert_eq!(out["strategies"][0]["path"].get("utilisation"), None);
    assert!(!folder.join("output/replay/plots/used-against-allocated.svg").exists());
}

#[test]
fn mistakes_in_traces_are_named_with_file_line_and_the_place_in_the_scenario() {
    let folder = scratch("mistakes");
    fs::create_dir(folder.join("day")).expect("a folder");
    fs::write(folder.join("day/host-1"), "10\n20\n300\n").expect("a trace");
    fs::write(folder.join("day/host-2"), "10\nmuch\n").expect("a trace");
    fs::write(folder.join("s.yaml"), scenario("{traces: day}")).expect("a scenario");
    let output = portolan(&folder, &["run", "s.yaml"]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(3), "{said}");
    assert!(said.contains("host-1:3: expected per cent as a whole number, 0 to 100, found `300`"), "{said}");
    assert!(said.contains("host-2:2:") && said.contains("s.yaml:5"), "{said}");
    assert!(!folder.join("output").exists());
    // Good ones lack memory, which only the user can say.
    fs::write(folder.join("day/host-1"), "10\n20\n30\n").expect("a trace");
    fs::write(folder.join("day/host-2"), "10\n20\n").expect("a trace");
    let output = portolan(&folder, &["run", "s.yaml"]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("memory: 4 GiB"), "{said}");
    fs::write(folder.join("s.yaml"), scenario("{traces: {path: day, memory: 4 GiB}}")).expect("a scenario");
    let output = portolan(&folder, &["run", "s.yaml", "--replications", "1"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn the_example_runs_and_contends_at_night() {
    let folder = scratch("example");
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/trace-replay/scenario.yaml");
    let example = example.display().to_string();
    let out = summary(&folder, &["run", &example, "--replications", "2", "--format", "json"]);
    let stay = &out["strategies"][0]["path"]["utilisation"];
    let figure = |name: &str| stay[name].as_f64().expect("a number");
    // The nightly batch and the database want more than sixteen cores together.
    assert!(figure("overloaded_host_hours") > 0.0 && figure("contention") > 0.0);
    assert!(figure("cpu_used") < figure("cpu_allocated"));
}

#[test]
fn a_profile_asks_for_the_mean_that_an_inventory_of_one_instant_lacks() {
    let folder = scratch("profile");
    let vms =
        "VM,Powerstate,CPUs,Memory,In Use MiB\nweb-1,poweredOn,4,8192,10240\nweb-2,poweredOn,4,8192,10240\n";
    fs::write(folder.join("vms.csv"), vms).expect("an inventory");
    let with = |usage: &str| {
        let estate = format!("{{inventory: vms.csv, utilisation: {usage}}}");
        fs::write(folder.join("s.yaml"), scenario(&estate)).expect("a scenario");
        folder.join("s.yaml").display().to_string()
    };
    let refused = portolan(&folder, &["run", &with("{profile: office}")]);
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert_eq!(refused.status.code(), Some(3), "{said}");
    assert!(said.contains("The mean use of 2 machines is unknown") && said.contains("mean: 15 %"), "{said}");
    let arguments = |path| ["run", path, "--replications", "1", "--format", "json"];
    let out = summary(&folder, &arguments(&with("{profile: office, mean: 20 %, memory: 50 %}")));
    let used = &out["strategies"][0]["path"]["utilisation"];
    // A fifth of eight vCPU over a week; two months are not whole weeks.
    let cpu = used["cpu_used"].as_f64().expect("a number");
    assert!((cpu / 1.6 - 1.0).abs() < 0.02, "{cpu}: days beyond whole weeks are at most 4 of 59");
    assert!((used["memory_used"].as_f64().expect("a number") - 8.0).abs() < 0.1);
    let unsaid = portolan(&folder, &["run", &with("{}"), "--replications", "1"]);
    let said = String::from_utf8_lossy(&unsaid.stderr).into_owned();
    assert!(unsaid.status.success() && said.contains("taken to use all that they hold"), "{said}");
}
