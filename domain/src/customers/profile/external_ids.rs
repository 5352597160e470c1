//! What other systems call a customer.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{ExternalId, SystemName};
use crate::text::InvalidText;

/// The customer's id in each of 1 to 20 other systems. None at all is an empty field, not an empty map.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "BTreeMap<SystemName, ExternalId>")]
pub struct ExternalIds(BTreeMap<SystemName, ExternalId>);

impl ExternalIds {
    pub const MAX: usize = 20;

    pub fn iter(&self) -> impl Iterator<Item = (&SystemName, &ExternalId)> {
        self.0.iter()
    }
}

impl TryFrom<BTreeMap<SystemName, ExternalId>> for ExternalIds {
    type Error = InvalidText;

    fn try_from(ids: BTreeMap<SystemName, ExternalId>) -> Result<Self, InvalidText> {
        match ids.len() {
            0 => Err(InvalidText::Empty),
            1..=Self::MAX => Ok(Self(ids)),
            _ => Err(InvalidText::Malformed { expected: "an object of at most 20 systems and ids" }),
        }
    }
}
