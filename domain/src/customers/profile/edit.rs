//! What is asked of one field, and what it came to.

use serde::{Deserialize, Serialize};

/// What someone wants of a field.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Edit<T> {
    #[default]
    Keep,
    Clear,
    Set(T),
}

/// A field that changed. `None` is an empty field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change<T> {
    pub from: Option<T>,
    pub to: Option<T>,
}

impl<T> Edit<T> {
    pub fn is_keep(&self) -> bool {
        matches!(self, Self::Keep)
    }

    /// Sets the field if there is something to set, and leaves it else.
    pub fn set_if(value: Option<T>) -> Self {
        value.map_or(Self::Keep, Self::Set)
    }
}

impl<T: Clone + PartialEq> Edit<T> {
    /// The change, if it is one.
    pub(in crate::customers) fn of(&self, now: Option<&T>) -> Option<Change<T>> {
        let to = match self {
            Self::Keep => return None,
            Self::Clear => None,
            Self::Set(value) => Some(value),
        };
        (now != to).then(|| Change { from: now.cloned(), to: to.cloned() })
    }
}
