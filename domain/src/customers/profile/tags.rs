//! The tags of a customer.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::Tag;
use crate::text::InvalidText;

/// 1 to 50 tags, each once, in order. No tags at all is an empty field, not an empty list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "BTreeSet<Tag>")]
pub struct Tags(BTreeSet<Tag>);

impl Tags {
    pub const MAX: usize = 50;

    pub fn iter(&self) -> impl Iterator<Item = &Tag> {
        self.0.iter()
    }

    pub fn has(&self, tag: &Tag) -> bool {
        self.0.contains(tag)
    }
}

impl TryFrom<BTreeSet<Tag>> for Tags {
    type Error = InvalidText;

    fn try_from(tags: BTreeSet<Tag>) -> Result<Self, InvalidText> {
        match tags.len() {
            0 => Err(InvalidText::Empty),
            1..=Self::MAX => Ok(Self(tags)),
            _ => Err(InvalidText::Malformed { expected: "a list of at most 50 tags" }),
        }
    }
}
