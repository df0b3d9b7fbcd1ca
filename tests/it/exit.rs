//! `portolan exit`: one party left at one date, and what is said of it.

use serde_json::Value;

use crate::program::{portolan, scratch};

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

#[test]
fn leaving_a_supplier_is_explained_and_says_that_the_operator_alone_changed() {
    let folder = scratch("exit", "supplier");
    let arguments = [
        "exit",
        "--party",
        "BROADCOM",
        "--at",
        "2029-06-30",
        "--strategy",
        "vmware-on-aws",
        "--replications",
        "2",
    ];
    let output = portolan(&folder, &arguments);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let said = text(&output.stdout);
    let unwrapped = said.split_whitespace().collect::<Vec<_>>().join(" ");
    for part in [
        "Leaving Broadcom (VMware) on 30 June 2029, rehearsed 2 times",
        "The operator changed, the supplier did not: 300 workloads went from Your organisation to Amazon Web \
         Services EMEA",
        "the notice of the contract vmware is 90 days: not",
        "the Data Act's transition is 30 days: not; the Data Act's longest alternative is 7 months: feasible",
        "by the Data Act",
        "Conversion",
        "Stranded terms",
    ] {
        assert!(unwrapped.contains(part), "{part:?} is missing in:\n{said}");
    }
    assert!(said.lines().all(|line| line.chars().count() <= 100), "no line is wider than a page:\n{said}");
}

#[test]
fn as_json_the_parts_add_up_and_the_same_command_gives_the_same_bytes() {
    let folder = scratch("exit", "json");
    let with = |threads: &str| {
        let arguments = [
            "exit",
            "--party",
            "broadcom",
            "--strategy",
            "renew",
            "--replications",
            "3",
            "--format",
            "json",
            "--threads",
            threads,
        ];
        let output = portolan(&folder, &arguments);
        assert!(output.status.success(), "{}", text(&output.stderr));
        output.stdout
    };
    let printed = with("1");
    assert_eq!(text(&printed), text(&with("2")));
    let json: Value = serde_json::from_slice(&printed).expect("JSON");
    assert_eq!((&json["party"]["key"], &json["at"]), (&"broadcom".into(), &"2032-01-01".into()));
    let exit = &json["strategies"][0]["typical"]["exit"];
    let parts = exit["by_component"].as_object().expect("an object");
    let micros = |value: &Value| (value.as_f64().expect("a number") * 1e6).round() as i64;
    assert_eq!(parts.values().map(micros).sum::<i64>(), micros(&exit["cost"]));
    assert!(micros(&exit["cost"]) > 0);
    let moved: u64 = json["strategies"][0]["typical"]["timeline"]
        .as_array()
        .expect("months")
        .iter()
        .map(|month| month["moved"].as_u64().expect("a count"))
        .sum();
    assert_eq!(moved, json["strategies"][0]["typical"]["held"].as_u64().expect("a count"));
}

#[test]
fn who_or_what_is_not_there_is_said_with_what_is() {
    let folder = scratch("exit", "unknown");
    let refused = |arguments: &[&str], expected: &str| {
        let output = portolan(&folder, arguments);
        assert_eq!(output.status.code(), Some(2), "{}", text(&output.stderr));
        let said = text(&output.stderr);
        assert!(said.contains(expected), "{said}");
    };
    refused(&["exit", "--party", "brodcom"], "Did you mean `broadcom`?");
    refused(&["exit", "--party", "brodcom"], "makes VMware vSphere");
    refused(&["exit", "--party", "broadcom", "--at", "2044-01-01"], "not a day of the scenario");
    refused(&["exit", "--party", "broadcom", "--strategy", "renw"], "Did you mean `renew`?");
    let output = portolan(&folder, &["exit", "--party", "list"]);
    assert!(output.status.success() && text(&output.stdout).contains("aws-emea"));
}
