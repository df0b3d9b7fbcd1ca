//! The JSON Schema of a scenario, from the same declarations that read it.

use serde_json::Value;

use super::Settings;
use crate::base::settings::{Schemas, Setting};

/// The JSON Schema, draft-07, of a scenario file: types, units, defaults and a
/// description of every setting, so that editors complete and check it.
///
/// A file that extends another may leave out what the other states, so nothing is
/// required of a file that has `extends`.
pub fn schema() -> Value {
    let mut schemas = Schemas::default();
    let root = Settings::schema(&mut schemas);
    let mut schema = schemas.finish(&root, "Portolan scenario");
    if let Some(object) = schema.as_object_mut()
        && let Some(required) = object.remove("required")
    {
        object.insert("if".to_owned(), serde_json::json!({ "not": { "required": ["extends"] } }));
        object.insert("then".to_owned(), serde_json::json!({ "required": required }));
    }
    relax_overrides(&mut schema);
    schema
}

/// In a file that extends another, a mapping may hold only what changes, and `null`
/// removes a key. Requiring keys deep inside would refuse such files, so only the
/// reader, which sees the merged whole, insists on them.
fn relax_overrides(schema: &mut Value) {
    if let Some(definitions) = schema.get_mut("definitions").and_then(Value::as_object_mut) {
        for definition in definitions.values_mut() {
            if let Some(required) = definition.as_object_mut().and_then(|object| object.remove("required")) {
                definition["x-required"] = required;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::diagnostics::{Color, Diagnostics, Sources};
    use crate::base::yaml::parse;
    use crate::input::scenario::PRESETS;

    #[test]
    fn every_preset_validates_against_the_schema() {
        let schema = schema();
        let validator = jsonschema::draft7::new(&schema).expect("a valid schema");
        for (name, text) in PRESETS {
            let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
            let source = sources.add(*name, *text);
            let tree = parse(source, &sources, &mut diagnostics);
            assert!(diagnostics.is_empty(), "{}", diagnostics.render(&sources, Color::Never));
            let errors: Vec<String> = validator
                .iter_errors(&tree.expect("a tree").to_json())
                .map(|error| format!("{}: {error}", error.instance_path()))
                .collect();
            assert_eq!(errors, [] as [String; 0], "{name}");
        }
    }

    #[test]
    fn the_schema_refuses_what_the_reader_refuses() {
        let schema = schema();
        let validator = jsonschema::draft7::new(&schema).expect("a valid schema");
        let refuses = |text: &str| {
            let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
            let source = sources.add("t", text);
            !validator.is_valid(&parse(source, &sources, &mut diagnostics).expect("a tree").to_json())
        };
        assert!(refuses("version: 2\n") && refuses("extends: a\nhorzion: 5 years\n"));
        assert!(refuses("extends: a\nhorizon: 5\n") && refuses("extends: a\nlinks: [{rtt: 8}]\n"));
        assert!(refuses("name: x\n"), "a scenario that extends nothing needs more");
        assert!(!refuses("extends: a\nlinks: [{rtt: 8 ms}]\n"));
    }

    #[test]
    fn every_key_is_described() {
        fn walk(value: &Value, path: &str, bare: &mut Vec<String>) {
            if let Some(properties) = value.get("properties").and_then(Value::as_object) {
                for (key, property) in properties {
                    if property["description"].as_str().is_none_or(|text| text.len() < 8) {
                        bare.push(format!("{path}.{key}"));
                    }
                }
            }
            match value {
                Value::Object(object) => {
                    object.iter().for_each(|(key, value)| walk(value, &format!("{path}.{key}"), bare));
                }
                Value::Array(items) => items.iter().for_each(|value| walk(value, path, bare)),
                _ => {}
            }
        }
        let mut bare = Vec::new();
        walk(&schema(), "", &mut bare);
        assert_eq!(bare, [] as [String; 0]);
    }
}
