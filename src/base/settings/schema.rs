//! The JSON Schema as it is being written.

use serde_json::{Map, Value, json};

/// Named parts of a schema, each written once and referred to.
#[derive(Default, Debug)]
pub struct Schemas {
    definitions: Map<String, Value>,
}

impl Schemas {
    /// A reference to the part `name`, which `write` writes when it is met first.
    /// Parts may refer to themselves.
    pub fn define(&mut self, name: &str, write: impl FnOnce(&mut Self) -> Value) -> Value {
        if !self.definitions.contains_key(name) {
            self.definitions.insert(name.to_owned(), Value::Null);
            let part = write(self);
            self.definitions.insert(name.to_owned(), part);
        }
        json!({ "$ref": format!("#/definitions/{name}") })
    }

    /// The complete draft-07 schema whose root is `root`, under the title `title`.
    pub fn finish(self, root: &Value, title: &str) -> Value {
        let mut definitions = self.definitions;
        definitions.sort_keys();
        let mut schema = json!({
            "$schema": "http://json-schema.org/draft-07/schema#",
            "title": title,
        });
        // Editors show the description of the root only when it is not behind a
        // reference.
        let name = root["$ref"].as_str().and_then(|name| name.strip_prefix("#/definitions/"));
        let body = name.and_then(|name| definitions.remove(name)).unwrap_or_else(|| root.clone());
        if let (Some(schema), Value::Object(body)) = (schema.as_object_mut(), body) {
            schema.extend(body);
            schema.insert("definitions".to_owned(), Value::Object(definitions));
        }
        schema
    }
}

/// `schema` with a description of its use. Keywords beside a `$ref` are ignored in
/// draft-07, so a reference is wrapped.
pub(crate) fn described(schema: Value, description: &str, default: Option<Value>) -> Value {
    let mut schema = if schema.get("$ref").is_some() { json!({ "allOf": [schema] }) } else { schema };
    if !description.is_empty() {
        schema["description"] = json!(description);
    }
    if let Some(default) = default {
        schema["default"] = default;
    }
    schema
}
