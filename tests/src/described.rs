//! Whether JSON is what a schema of `/openapi.json` describes: no member it does not name, none missing that it
//! promises, and every one of the type it says.

use serde_json::Value;

/// The API's description of itself.
#[derive(Debug)]
pub struct Description(Value);

impl Description {
    pub fn new(openapi: Value) -> Self {
        Self(openapi)
    }

    /// Every operation: method, path, and what is said about it.
    pub fn operations(&self) -> impl Iterator<Item = (String, &str, &Value)> {
        let paths = self.0["paths"].as_object().unwrap().iter();
        paths.flat_map(|(path, operations)| {
            let operations = operations.as_object().unwrap().iter();
            operations.map(move |(method, operation)| (method.to_uppercase(), path.as_str(), operation))
        })
    }

    /// The schema of an operation's JSON answer with this status.
    #[track_caller]
    pub fn answer(&self, method: &str, path: &str, status: u16) -> &Value {
        let answers = &self.0["paths"][path][method.to_lowercase()]["responses"];
        let content = &answers[status.to_string()]["content"]["application/json"];
        assert!(content.is_object(), "{method} {path} does not describe a {status}");
        &content["schema"]
    }

    /// The schema itself, where it is only named.
    pub fn resolve<'a>(&'a self, schema: &'a Value) -> &'a Value {
        match schema["$ref"].as_str() {
            Some(name) => self.0.pointer(name.trim_start_matches('#')).unwrap(),
            None => schema,
        }
    }

    /// What is wrong with a value, by the place where it is.
    pub fn differences(&self, schema: &Value, value: &Value) -> Vec<String> {
        let mut found = Vec::new();
        self.compare(schema, value, "", &mut found);
        found
    }

    fn compare(&self, schema: &Value, value: &Value, place: &str, found: &mut Vec<String>) {
        let schema = self.resolve(schema);
        if let Some(choices) = schema["oneOf"].as_array().or_else(|| schema["anyOf"].as_array()) {
            if !choices.iter().any(|choice| self.differences(choice, value).is_empty()) {
                found.push(format!("{place}: {value} is none of {}", schema["oneOf"]));
            }
            return;
        }
        if schema["type"].is_null() && schema["allOf"].is_null() && schema["properties"].is_null() {
            return;
        }
        if !schema["type"].is_null() && !types(schema).contains(&kind(value)) {
            found.push(format!("{place}: {value} is no {}", schema["type"]));
            return;
        }
        if let Some(words) = schema["enum"].as_array()
            && !words.contains(value)
        {
            found.push(format!("{place}: {value} is not one of {words:?}"));
        }
        match value {
            Value::Array(items) => {
                for (at, item) in items.iter().enumerate() {
                    self.compare(&schema["items"], item, &format!("{place}/{at}"), found);
                }
            }
            Value::Object(_) => self.compare_members(schema, value, place, found),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }

    /// `allOf` is how a flattened part is described: its members are members of the whole.
    fn compare_members(&self, schema: &Value, value: &Value, place: &str, found: &mut Vec<String>) {
        let parts: Vec<&Value> = self.parts(schema);
        if parts.iter().all(|part| part["properties"].is_null()) {
            return;
        }
        for (name, member) in value.as_object().unwrap() {
            match parts.iter().find_map(|part| part["properties"].get(name)) {
                Some(described) => self.compare(described, member, &format!("{place}/{name}"), found),
                None => found.push(format!("{place}/{name} is not described")),
            }
        }
        for required in parts.iter().filter_map(|part| part["required"].as_array()).flatten() {
            if value.get(required.as_str().unwrap()).is_none() {
                found.push(format!("{place}/{} is missing", required.as_str().unwrap()));
            }
        }
    }

    fn parts<'a>(&'a self, schema: &'a Value) -> Vec<&'a Value> {
        let schema = self.resolve(schema);
        let all = schema["allOf"].as_array().into_iter().flatten();
        all.flat_map(|part| self.parts(part)).chain([schema]).collect()
    }
}

fn types(schema: &Value) -> Vec<&str> {
    let several = schema["type"].as_array().into_iter().flatten().filter_map(Value::as_str);
    schema["type"].as_str().into_iter().chain(several).collect()
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}
