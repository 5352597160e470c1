//! One JSON value of a body, on its way to becoming a typed one.

use std::borrow::Cow;

use serde_json::value::RawValue;

use crate::problem::FieldError;

/// A value of the body, where it stands, and the list its faults go to.
#[derive(Debug)]
pub(crate) struct JsonValue<'a, 'r> {
    pub(super) raw: &'a RawValue,
    pub(super) pointer: String,
    pub(super) errors: &'r mut Vec<FieldError>,
}

impl<'a> JsonValue<'a, '_> {
    /// Notes what is wrong with the value. `None`, so that a reader can return it as its answer.
    pub(crate) fn refuse<T>(self, code: &'static str, detail: impl Into<String>) -> Option<T> {
        self.errors.push(FieldError { pointer: self.pointer, code, detail: detail.into() });
        None
    }

    /// What kind of JSON value it is.
    pub(crate) fn kind(&self) -> JsonKind {
        match self.raw.get().as_bytes().first() {
            Some(b'"') => JsonKind::String,
            Some(b'{') => JsonKind::Object,
            Some(b'[') => JsonKind::Array,
            Some(b't' | b'f') => JsonKind::Boolean,
            Some(b'n') => JsonKind::Null,
            Some(_) | None => JsonKind::Number,
        }
    }

    pub(crate) fn is_null(&self) -> bool {
        self.kind() == JsonKind::Null
    }

    /// The string, without copying it where it has no escapes.
    pub(crate) fn string(self) -> Option<(Cow<'a, str>, Self)> {
        if self.kind() != JsonKind::String {
            return self.wrong_type("a string");
        }
        let quoted = self.raw.get();
        let inner = &quoted[1..quoted.len() - 1];
        if !inner.contains('\\') {
            return Some((Cow::Borrowed(inner), self));
        }
        match serde_json::from_str::<String>(quoted) {
            Ok(text) => Some((Cow::Owned(text), self)),
            // Lone surrogates pass as raw JSON, but are no text.
            Err(_) => self.refuse("malformed", "must be Unicode text"),
        }
    }

    pub(crate) fn boolean(self) -> Option<bool> {
        match self.raw.get() {
            "true" => Some(true),
            "false" => Some(false),
            _ => self.wrong_type("true or false"),
        }
    }

    pub(crate) fn wrong_type<T>(self, expected: &str) -> Option<T> {
        let found = self.kind().name();
        self.refuse("wrong_type", format!("must be {expected}, not {found}"))
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum JsonKind {
    String,
    Number,
    Boolean,
    Null,
    Array,
    Object,
}

impl JsonKind {
    fn name(self) -> &'static str {
        match self {
            Self::String => "a string",
            Self::Number => "a number",
            Self::Boolean => "a boolean",
            Self::Null => "null",
            Self::Array => "an array",
            Self::Object => "an object",
        }
    }
}
