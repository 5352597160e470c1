//! What is wrong with the settings, without what they say: a header may be a secret.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// Reads a table. What is wrong is told by the key and what is expected there.
pub(super) fn read<T: DeserializeOwned>(table: Map<String, Value>) -> Result<T, String> {
    let reading = |table: &Map<String, Value>| {
        serde_json::from_value::<T>(Value::Object(table.clone())).map_err(|error| error.to_string())
    };
    let message = match reading(&table) {
        Ok(read) => return Ok(read),
        Err(message) => message,
    };
    if ["missing field ", "unknown field "].iter().any(|about| message.starts_with(about)) {
        return Err(message);
    }
    // Only without the key that is to blame there is nothing wrong, or something else.
    let blamed = table.keys().find(|key| {
        let mut others = table.clone();
        others.remove(*key);
        reading(&others).err().as_ref() != Some(&message)
    });
    let expected = match without_value(&message) {
        told if told.starts_with("expected ") => told,
        _ => "is not what it has to be",
    };
    Err(format!("{}: {expected}", blamed.map_or("one of its keys", String::as_str)))
}

/// A reader's message about a wrong value says what it is, and then what is expected; this is only the latter.
pub fn without_value(message: &str) -> &str {
    let quotes = ["invalid type: ", "invalid value: ", "invalid length ", "unknown variant "];
    if !quotes.iter().any(|quotes| message.starts_with(quotes)) {
        return message;
    }
    match message.rfind(", expected ") {
        Some(place) => &message[place + ", ".len()..],
        None => "is not what it has to be",
    }
}
