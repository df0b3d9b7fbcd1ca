//! The scenario language from outside: presets, overrides, and texts of any kind.

use std::path::Path;

use portolan::base::diagnostics::{Color, Diagnostics, Sources};
use portolan::input::scenario::{PRESETS, Scenario, schema};
use proptest::prelude::*;

fn read(text: &str) -> (Option<Scenario>, String, Diagnostics) {
    let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
    let scenario = Scenario::read_text("test.yaml", text, Path::new(""), &mut sources, &mut diagnostics);
    let said = diagnostics.render(&sources, Color::Never);
    (scenario, said, diagnostics)
}

#[test]
fn every_preset_is_read_without_a_word() {
    for (name, text) in PRESETS {
        let (scenario, said, _) = read(text);
        assert_eq!(said, "", "{name}");
        assert_eq!(scenario.expect("a scenario").settings.name.as_str(), *name);
    }
}

#[test]
fn a_what_if_states_only_what_it_changes() {
    let text =
        "extends: vmware-exit\nname: fewer-machines\nestate: {synthetic: {workloads: 50}}\nlimits: null\n";
    let (scenario, said, _) = read(text);
    assert_eq!(said, "");
    let settings = scenario.expect("a scenario").settings;
    assert_eq!(settings.name.as_str(), "fewer-machines");
    assert_eq!(settings.estate.synthetic.expect("a made-up estate").workloads.value, 50);
    assert!(settings.limits.budget.is_none() && settings.sites.get("paris").is_some());
}

#[test]
fn the_merged_tree_is_a_complete_scenario_of_its_own() {
    let (scenario, ..) = read("extends: vmware-exit\nname: copy\nseed: 43\n");
    let whole = scenario.expect("a scenario").tree.to_yaml();
    let (scenario, said, _) = read(&whole);
    assert_eq!(said, "");
    assert_eq!(scenario.expect("a scenario").settings.seed, 43);
    assert!(!whole.contains("extends"));
}

#[test]
fn a_figure_is_overridden_in_part_or_in_whole() {
    let read = |figure: &str| {
        let text = format!("extends: vmware-exit\nuncertain: {{vcf_discount: {figure}}}\n");
        let (scenario, said, _) = read(&text);
        assert_eq!(said, "", "{figure}");
        let settings = scenario.expect("a scenario").settings;
        settings.uncertain.get("vcf_discount").expect("an entry").spread.clone()
    };
    use portolan::base::settings::Spread;
    assert!(matches!(read("{high: 60 %}"), Spread::Pert { high, .. } if high.value == 60.0));
    assert!(matches!(read("{uniform: [10 %, 20 %]}"), Spread::Uniform { .. }));
    assert!(matches!(read("25 %"), Spread::Fixed(value) if value.value == 25.0));
}

#[test]
fn the_schema_agrees_with_the_reader_on_the_bad_scenarios_it_can_judge() {
    let validator = jsonschema::draft7::new(&schema()).expect("a valid schema");
    for name in [
        "bare-number-for-a-horizon",
        "misspelt-key",
        "rate-without-year",
        "version-of-the-future",
        "version-missing",
        "name-with-spaces",
        "unknown-method",
        "host-shape-misread",
    ] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/bad_scenarios/{name}.yaml"));
        let text = std::fs::read_to_string(path).expect("a bad scenario");
        let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
        let source = sources.add(name, text);
        let tree = portolan::base::yaml::parse(source, &sources, &mut diagnostics).expect("a tree");
        // Units are a matter of the reader: for the schema a rate is any number with a unit.
        let refused = !validator.is_valid(&tree.to_json());
        assert_eq!(refused, name != "rate-without-year", "{name}");
    }
}

/// Where one line of a good scenario may be cut, doubled or filled with something.
fn mangled() -> impl Strategy<Value = String> {
    let lines: Vec<String> = PRESETS[0].1.lines().map(str::to_owned).collect();
    let count = lines.len();
    (0..count, 0..80_usize, "\\PC{0,8}|[:{}\\[\\],&*!|>'\"%@`#$-]{1,4}|null|~|1e999|<<: 1").prop_map(
        move |(line, at, text)| {
            let mut lines = lines.clone();
            let at = lines[line].char_indices().nth(at).map_or(lines[line].len(), |(at, _)| at);
            lines[line].insert_str(at, &text);
            lines.join("\n")
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_damage_to_a_scenario_makes_the_reader_panic(text in mangled()) {
        let (scenario, said, diagnostics) = read(&text);
        prop_assert!(scenario.is_some() || diagnostics.has_errors());
        prop_assert!(said.is_empty() == diagnostics.is_empty());
    }

    #[test]
    fn no_text_makes_the_reader_panic(text in "\\PC{0,60}|(version|name|start|sites|strategies|estate): (1|x|\\{\\}|\\[\\]|~)\\n{0,3}") {
        let (scenario, _, diagnostics) = read(&text);
        prop_assert!(diagnostics.has_errors() || scenario.is_some());
    }
}
