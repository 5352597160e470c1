//! A JSON object read member by member, without giving up at the first fault.
//!
//! Members that are missing, of the wrong type, given twice or unknown are all reported together. Must never
//! ignore a member: a misspelt one would silently not happen.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use tallybook_domain::customers::Edit;

use super::json::JsonValue;
use crate::problem::{FieldError, Problem, ProblemKind};

/// A request body.
pub(crate) trait ReadBody: Sized {
    /// Reads every member before it looks whether one is missing, so that all faults are found.
    fn read(body: &mut BodyReader<'_, '_>) -> Option<Self>;
}

/// The body of a command that needs none; `{}` is fine too.
#[derive(Debug)]
pub(crate) struct NoBody;

impl ReadBody for NoBody {
    fn read(_: &mut BodyReader<'_, '_>) -> Option<Self> {
        Some(Self)
    }
}

/// The members of an object that have not been asked for yet.
#[derive(Debug)]
pub(crate) struct BodyReader<'a, 'r> {
    pointer: String,
    members: Vec<(Cow<'a, str>, &'a RawValue)>,
    errors: &'r mut Vec<FieldError>,
}

/// Reads a whole body. What is wrong with its members goes to `errors`; only a body that is no JSON is an `Err`.
pub(super) fn read_body<T: ReadBody>(
    bytes: &[u8],
    errors: &mut Vec<FieldError>,
) -> Result<Option<T>, Problem> {
    let bytes = if bytes.trim_ascii().is_empty() { b"{}" } else { bytes };
    let raw: &RawValue = serde_json::from_slice(bytes).map_err(not_json)?;
    let value = JsonValue { raw, pointer: String::new(), errors };
    Ok(object(value, T::read))
}

/// Reads an object that stands inside a body.
pub(crate) fn object<T>(
    value: JsonValue<'_, '_>,
    read: impl FnOnce(&mut BodyReader<'_, '_>) -> Option<T>,
) -> Option<T> {
    let Ok(Members(members)) = serde_json::from_str(value.raw.get()) else {
        return value.wrong_type("an object");
    };
    let mut reader = BodyReader { pointer: value.pointer, members, errors: value.errors };
    let read = read(&mut reader);
    reader.refuse_leftovers();
    read
}

fn not_json(error: serde_json::Error) -> Problem {
    // The message says what was expected and where, and nothing of us.
    Problem::new(ProblemKind::MalformedJson, format!("The body is not JSON: {error}."))
        .with("line", error.line())
        .with("column", error.column())
}

impl<'a> BodyReader<'a, '_> {
    /// A member that must be there; `null` counts as missing.
    pub(crate) fn required<T>(
        &mut self,
        name: &'static str,
        read: impl FnOnce(JsonValue<'a, '_>) -> Option<T>,
    ) -> Option<T> {
        match self.take(name) {
            Some(value) if !value.is_null() => read(value),
            Some(_) | None => {
                let pointer = self.pointer_to(name);
                self.errors.push(FieldError { pointer, code: "missing", detail: "is needed".into() });
                None
            }
        }
    }

    /// A member that may be left out or `null`.
    pub(crate) fn optional<T>(
        &mut self,
        name: &'static str,
        read: impl FnOnce(JsonValue<'a, '_>) -> Option<T>,
    ) -> Option<T> {
        match self.take(name) {
            Some(value) if !value.is_null() => read(value),
            Some(_) | None => None,
        }
    }

    /// A member that must be there, though it may be `null`: the inner `None`.
    pub(crate) fn nullable<T>(
        &mut self,
        name: &'static str,
        read: impl FnOnce(JsonValue<'a, '_>) -> Option<T>,
    ) -> Option<Option<T>> {
        if self.members.iter().any(|(given, raw)| given == name && raw.get() == "null") {
            self.optional(name, read);
            return Some(None);
        }
        self.required(name, read).map(Some)
    }

    /// Whether a member is there and not taken yet.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.members.iter().any(|(given, _)| given == name)
    }

    /// Notes what members cannot be together. `below` leads from this object to the place: `/items/0/code`.
    pub(crate) fn refuse(&mut self, below: &str, code: &'static str, detail: impl Into<String>) {
        let pointer = format!("{}{below}", self.pointer);
        self.errors.push(FieldError { pointer, code, detail: detail.into() });
    }

    /// Passes over members of which nothing can be said, because another that would tell cannot be read.
    pub(crate) fn skip(&mut self, names: &[&str]) {
        self.members.retain(|(given, _)| !names.contains(&given.as_ref()));
    }

    /// A member that is set if it is there, cleared if it is `null`, and kept if it is left out.
    pub(crate) fn edit<T>(
        &mut self,
        name: &'static str,
        read: impl FnOnce(JsonValue<'a, '_>) -> Option<T>,
    ) -> Edit<T> {
        match self.take(name) {
            None => Edit::Keep,
            Some(value) if value.is_null() => Edit::Clear,
            // A value that does not read is refused with all that is wrong, so nothing is kept in its place.
            Some(value) => Edit::set_if(read(value)),
        }
    }

    fn take(&mut self, name: &str) -> Option<JsonValue<'a, '_>> {
        let at = self.members.iter().position(|(given, _)| given == name)?;
        let (_, raw) = self.members.swap_remove(at);
        let pointer = self.pointer_to(name);
        Some(JsonValue { raw, pointer, errors: self.errors })
    }

    fn pointer_to(&self, name: &str) -> String {
        let mut pointer = String::with_capacity(self.pointer.len() + name.len() + 1);
        pointer.push_str(&self.pointer);
        pointer.push('/');
        for letter in name.chars() {
            match letter {
                '~' => pointer.push_str("~0"),
                '/' => pointer.push_str("~1"),
                plain => pointer.push(plain),
            }
        }
        pointer
    }

    /// What is left was not asked for: it is unknown, or the second of its name.
    fn refuse_leftovers(&mut self) {
        for (name, _) in std::mem::take(&mut self.members) {
            let name: String = name.chars().take(100).collect();
            let pointer = self.pointer_to(&name);
            self.errors.push(FieldError {
                pointer,
                code: "unknown",
                detail: "is not known here, or given twice".into(),
            });
        }
    }
}

/// The members of an object in their order, values unread.
struct Members<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Collect;
        impl<'de> Visitor<'de> for Collect {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::with_capacity(8);
                while let Some(Name(name)) = map.next_key()? {
                    members.push((name, map.next_value()?));
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Collect)
    }
}

/// A member's name, borrowed where it has no escapes.
#[derive(Deserialize)]
#[serde(transparent)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);
