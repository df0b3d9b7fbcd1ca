//! The JSON Schema of a study, from the same declarations that read it.

use serde_json::Value;

use super::StudySettings;
use crate::base::settings::{Schemas, Setting};
use crate::input::scenario;

/// The JSON Schema, draft-07, of a study file: types, units, defaults and a description
/// of every setting, those of the scenario under `change` and `variants` included.
pub fn schema() -> Value {
    let mut schemas = Schemas::default();
    let root = StudySettings::schema(&mut schemas);
    let mut schema = schemas.finish(&root, "Portolan study");
    relax_changes(&mut schema);
    schema
}

/// A change of a scenario holds only what differs, so nothing of a scenario is required.
fn relax_changes(schema: &mut Value) {
    let of_scenarios = scenario::schema();
    let Some(definitions) = schema.get_mut("definitions").and_then(Value::as_object_mut) else { return };
    for (name, definition) in definitions {
        if let Some(relaxed) = of_scenarios["definitions"].get(name) {
            *definition = relaxed.clone();
        } else if name == SCENARIO
            && let Some(object) = definition.as_object_mut()
        {
            object.remove("required");
        }
    }
}

/// The definition of a scenario as a whole.
const SCENARIO: &str = "Settings";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::diagnostics::{Color, Diagnostics, Sources};
    use crate::base::yaml::parse;
    use crate::input::study::STUDIES;

    fn tree(text: &str) -> Value {
        let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
        let source = sources.add("t", text);
        let tree = parse(source, &sources, &mut diagnostics);
        assert!(diagnostics.is_empty(), "{}", diagnostics.render(&sources, Color::Never));
        tree.expect("a tree").to_json()
    }

    #[test]
    fn every_shipped_study_validates_against_the_schema() {
        let schema = schema();
        let validator = jsonschema::draft7::new(&schema).expect("a valid schema");
        for (name, text) in STUDIES {
            let errors: Vec<String> = validator
                .iter_errors(&tree(text))
                .map(|error| format!("{}: {error}", error.instance_path()))
                .collect();
            assert_eq!(errors, [] as [String; 0], "{name}");
        }
    }

    #[test]
    fn the_schema_refuses_what_the_reader_refuses() {
        let schema = schema();
        let validator = jsonschema::draft7::new(&schema).expect("a valid schema");
        let judged = |rest: &str| {
            validator.is_valid(&tree(&format!("version: 1\nname: x\nanalyses: [compare]\n{rest}")))
        };
        for good in [
            "",
            "change: {links: [{rtt: 8 ms}]}\n",
            "variants: {a: {}, b: {contracts: {vmware: {renewal: {late_surcharge: 5 %}}}}}\n",
            "levers: {engineers: {setting: migration.engineers, values: [2, 4]}}\n",
            "outcomes: [cost.npv, {figure: migration.finished_at, target: 2028-03-31}]\n",
            "inputs: [vcf_discount, {name: Azure prices, figures: \"providers.azure.*\"}]\n",
        ] {
            assert!(judged(good), "{good}");
        }
        for bad in [
            "scenari: x\n",
            "change: {horzion: 5 years}\n",
            "change: {horizon: 5}\n",
            "variants: {a: {migration: {engineers: many}}}\n",
            "levers: {engineers: {setting: migration.engineers}}\n",
            "levers: {engineers: {setting: migration.engineers, values: []}}\n",
            "outcomes: [{target: 9 MEUR}]\n",
            "inputs: [{figures: x}]\n",
            "replications: many\n",
        ] {
            assert!(!judged(bad), "{bad}");
        }
        let of = |analysis: &str| {
            validator.is_valid(&tree(&format!("version: 1\nname: x\nanalyses: [{analysis}]\n")))
        };
        assert!(of("split: {nested: {draws: 50}}") && of("sensitivity: {of: {strategy: renew}, by: morris}"));
        assert!(!of("splitt") && !of("sensitivity: {by: morris}") && !of("select: {by: kim}"));
        assert!(!of("compare: {level: 95}") && !of("{compare: {}, split: {}}"));
    }

    #[test]
    fn no_name_means_one_thing_in_a_study_and_another_in_a_scenario() {
        let mut schemas = Schemas::default();
        let root = scenario::Settings::schema(&mut schemas);
        let scenario = schemas.finish(&serde_json::json!({ "anyOf": [root] }), "t");
        let mut schemas = Schemas::default();
        let root = StudySettings::schema(&mut schemas);
        let study = schemas.finish(&root, "t");
        for (name, definition) in scenario["definitions"].as_object().expect("definitions") {
            assert_eq!(&study["definitions"][name], definition, "{name}");
        }
    }

    #[test]
    fn every_key_is_described() {
        let schema = schema();
        let mut bare = Vec::new();
        let mut objects = vec![&schema];
        objects.extend(schema["definitions"].as_object().into_iter().flat_map(|all| all.values()));
        for object in objects {
            for (key, property) in object["properties"].as_object().into_iter().flatten() {
                if property["description"].as_str().is_none_or(|text| text.len() < 8) {
                    bare.push(key.clone());
                }
            }
        }
        assert_eq!(bare, [] as [String; 0]);
    }
}
