//! What the metadata of an event says, for people.

use serde_json::Value;
use tallybook_event_store::journal::StoredEvent;

/// So far as it can be read: an event someone has damaged is listed like any.
pub(super) struct Facts(Value);

impl Facts {
    pub(super) fn of(event: &StoredEvent) -> Self {
        Self(serde_json::from_str(&event.metadata).unwrap_or(Value::Null))
    }

    pub(super) fn actor(&self) -> String {
        self.get("actor")
    }

    /// Nothing, if it is not said.
    pub(super) fn get(&self, name: &str) -> String {
        self.0.get(name).and_then(Value::as_str).map_or_else(String::new, str::to_owned)
    }
}
