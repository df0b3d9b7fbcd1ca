//! The placement day, as the program runs it.

use std::path::{Path, PathBuf};
use std::process::Output;

use crate::program::{self, portolan};

fn bench_day(arguments: &[&str]) -> Output {
    let all: Vec<&str> = ["bench-day"].into_iter().chain(arguments.iter().copied()).collect();
    portolan(Path::new("."), &all)
}

fn shared(name: &str) -> Option<PathBuf> {
    program::shared(&format!("workloads/day/{name}"))
}

fn json(output: &Output) -> serde_json::Value {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("one JSON object")
}

#[test]
fn the_published_days_come_out_exactly_with_moves_and_without() {
    let days = [
        ("day-1000.csv", "100", [985, 571, 414, 15]),
        ("day-10000.csv", "1000", [10_000, 5_725, 4_275, 149]),
        ("day-100000.csv.gz", "10000", [100_000, 57_225, 42_775, 1_512]),
    ];
    for (name, hosts, [arrived, ended, alive, migrations]) in days {
        let Some(path) = shared(name) else { continue };
        let path = path.to_str().expect("the path is text");
        for (flag, moved) in [(None, 0), (Some("--migrate"), migrations)] {
            let mut arguments = vec![path, "--hosts", hosts, "--format", "json"];
            arguments.extend(flag);
            let result = json(&bench_day(&arguments));
            let expected = [("arrived", arrived), ("ended", ended), ("alive", alive), ("migrations", moved)];
            for (key, value) in expected {
                assert_eq!(result[key], value, "{name} {flag:?} {key}: {result}");
            }
        }
    }
}

#[test]
fn a_day_that_is_made_is_the_published_one() {
    let result = json(&bench_day(&["--vms", "1000", "--hosts", "100", "--format", "json"]));
    assert_eq!(
        (&result["arrived"], &result["ended"], &result["alive"]),
        (&985.into(), &571.into(), &414.into())
    );
}

#[test]
fn what_is_wrong_with_a_day_is_said_by_file_and_line_and_the_exit_code_is_three() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("day.csv");
    std::fs::write(
        &path,
        "vm_id,arrival_s,lifetime_s,cpus,mem_mib\n0,1,2,1,1024\n1,x,2,1,1024\n2,1,2,0,1024\n",
    )
    .expect("a file");
    let output = bench_day(&[path.to_str().expect("text"), "--hosts", "5"]);
    let said = String::from_utf8_lossy(&output.stderr);
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!((output.status.code(), lines.len(), output.stdout.len()), (Some(3), 2, 0), "{said}");
    assert!(lines[0].starts_with("error: ") && lines[0].contains("day.csv:3: arrival_s `x`"), "{said}");
    assert!(lines[1].starts_with("error: ") && lines[1].contains("day.csv:4: cpus is 0"), "{said}");

    let output = bench_day(&["there-is-none.csv", "--hosts", "5"]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(3), "{said}");
    assert!(said.contains("there-is-none.csv: cannot be read"), "{said}");
}
