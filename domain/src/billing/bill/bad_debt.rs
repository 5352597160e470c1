//! What somebody asked to write off, and what became of it.

use serde::{Deserialize, Serialize};

use crate::money::Money;
use crate::requester::Requester;

/// What waits for the approval of somebody else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BadDebtRequest {
    pub amount: Money,
    #[serde(flatten)]
    pub requested_by: Requester,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BadDebtState {
    Requested,
    WrittenOff,
    Rejected,
}

impl BadDebtState {
    pub const ALL: [Self; 3] = [Self::Requested, Self::WrittenOff, Self::Rejected];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Requested => "requested",
            Self::WrittenOff => "written_off",
            Self::Rejected => "rejected",
        }
    }
}
