use proptest::prelude::*;

use super::*;
use crate::base::diagnostics::Color;

fn read(text: &str) -> (Option<StudyFile>, String, Sources) {
    let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
    let file = StudyFile::read_text("study.yaml", text, Path::new(""), &mut sources, &mut diagnostics);
    let said = diagnostics.render(&sources, Color::Never);
    (file, said, sources)
}

fn good(rest: &str) -> (StudyFile, Sources) {
    let (file, said, sources) = read(&format!("version: 1\nname: test\n{rest}"));
    assert_eq!(said, "", "{rest}");
    (file.expect("a study"), sources)
}

#[test]
fn every_shipped_study_is_read_without_a_word() {
    for (name, text) in STUDIES {
        let (file, said, _) = read(text);
        assert_eq!(said, "", "{name}");
        assert_eq!(file.expect("a study").settings.name.as_str(), *name);
    }
}

#[test]
fn a_word_is_its_kind_with_nothing_said() {
    let (file, _) = good("analyses: [compare, {compare: {}}, {compare: {fixed: 9}}]\n");
    let fixed = |analysis: &Located<OrWord<AnalysisChoice>>| match &analysis.value.0 {
        AnalysisChoice::Compare(compare) => compare.fixed.value,
        other => panic!("{other:?}"),
    };
    assert_eq!(file.settings.analyses.iter().map(fixed).collect::<Vec<_>>(), [50, 50, 9]);
}

#[test]
fn what_is_not_written_has_its_usual_value() {
    let (file, _) = good("analyses: [compare]\n");
    let settings = file.settings;
    assert_eq!((settings.scenario.value.as_str(), settings.seed), ("vmware-exit", None));
    assert!(settings.replications.is_none() && settings.inputs.is_none() && settings.strategies.is_none());
    let figures: Vec<&str> =
        settings.outcomes.iter().map(|outcome| outcome.0.figure.value.as_str()).collect();
    assert_eq!(figures, ["cost.npv"]);
}

#[test]
fn every_combination_of_levers_is_a_variant_and_the_first_lever_varies_slowest() {
    let (file, _) = good(
        "change: {seed: 1}\nlevers:\n  a: {setting: migration.engineers, values: [2, 4]}\n  \
         b: {values: {x: {}, y: {seed: 2}}}\nanalyses: [compare]\n",
    );
    let variants = Variants::of(&file.settings, &mut Diagnostics::new()).expect("variants");
    assert_eq!(variants.levers, ["a", "b"]);
    let names: Vec<&str> = variants.variants.iter().map(|variant| variant.name.as_str()).collect();
    assert_eq!(names, ["a=2,b=x", "a=2,b=y", "a=4,b=x", "a=4,b=y"]);
    let last = &variants.variants[3];
    assert_eq!(last.settings, ["4", "y"]);
    // The change that is common to all comes first, so that a lever has the last word.
    let changes: Vec<String> = last.changes.iter().map(|change| change.to_json().to_string()).collect();
    assert_eq!(changes, [r#"{"seed":1}"#, r#"{"migration":{"engineers":4}}"#, r#"{"seed":2}"#]);
}

#[test]
fn every_key_of_a_dotted_setting_knows_its_place() {
    let (file, sources) =
        good("levers: {a: {setting: migration.engineers, values: [2]}}\nanalyses: [compare]\n");
    let variants = Variants::of(&file.settings, &mut Diagnostics::new()).expect("variants");
    let (outer, inner) = match variants.variants[0].changes[0].as_mapping() {
        Some([(key, value)]) => (key, &value.as_mapping().expect("a mapping")[0].0),
        other => panic!("{other:?}"),
    };
    assert_eq!((sources.text(outer.spot), sources.text(inner.spot)), ("migration", "engineers"));
}

#[test]
fn more_variants_than_fit_into_memory_are_refused() {
    let values = (0..20).map(|value| value.to_string()).collect::<Vec<_>>().join(", ");
    let (file, _) = good(&format!(
        "levers:\n  a: {{setting: x, values: [{values}]}}\n  b: {{setting: y, values: [{values}]}}\nanalyses: [compare]\n"
    ));
    let mut diagnostics = Diagnostics::new();
    assert!(Variants::of(&file.settings, &mut diagnostics).is_none());
    assert!(diagnostics.sorted()[0].title.contains("400 variants"));
}

/// Where one line of a good study may be cut, doubled or filled with something.
fn mangled() -> impl Strategy<Value = String> {
    let (_, text) = shipped("all").expect("it comes with the program");
    let lines: Vec<String> = text.lines().map(str::to_owned).collect();
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
    fn no_damage_to_a_study_makes_the_reader_panic(text in mangled()) {
        let (file, said, _) = read(&text);
        prop_assert!(file.is_some() || !said.is_empty());
        if let Some(file) = file {
            let mut diagnostics = Diagnostics::new();
            let variants = Variants::of(&file.settings, &mut diagnostics);
            prop_assert!(variants.is_some() || diagnostics.has_errors());
        }
    }
}
