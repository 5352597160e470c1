//! One rule of matching, with its parameters.

use serde::{Deserialize, Serialize};

use crate::billing::pricing::Rate;
use crate::ids::CustomerId;
use crate::money::Money;
use crate::settlement::write_off::DifferenceReason;
use crate::text::{self, InvalidText};

/// A rule that is off is kept with its parameters, and matches nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "rule", rename_all = "snake_case", deny_unknown_fields)]
pub enum MatchingRule {
    /// The payer has named bills in the text of the payment, by their ids or numbers.
    Reference { on: bool },
    /// One bill is owed exactly what was paid.
    ExactBill { on: bool },
    /// Several bills together, at most so many, are owed exactly what was paid.
    ExactBills { on: bool, most: u8 },
    /// What was paid is nearly what one bill, or all of them, are owed. A shortfall within every limit that is given
    /// is written off for the reason; what is too much stays free.
    WithinTolerance {
        on: bool,
        /// One in each currency; if there are any, other currencies have none.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        absolute: Vec<Money>,
        /// Of what is owed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        rate: Option<Rate>,
        reason: DifferenceReason,
    },
    /// What is left pays the oldest bills of the customers who have it so.
    OldestFirst {
        on: bool,
        /// Besides those in whose files it is said. Nobody, if the list is empty; everybody without a list.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        customers: Option<Vec<CustomerId>>,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RuleName {
    Reference,
    ExactBill,
    ExactBills,
    WithinTolerance,
    OldestFirst,
}

impl RuleName {
    pub const ALL: [Self; 5] =
        [Self::Reference, Self::ExactBill, Self::ExactBills, Self::WithinTolerance, Self::OldestFirst];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Reference => "reference",
            Self::ExactBill => "exact_bill",
            Self::ExactBills => "exact_bills",
            Self::WithinTolerance => "within_tolerance",
            Self::OldestFirst => "oldest_first",
        }
    }
}

impl std::str::FromStr for RuleName {
    type Err = InvalidText;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        const EXPECTED: &str = "reference, exact_bill, exact_bills, within_tolerance or oldest_first";
        text::word(word, Self::ALL, Self::as_str, EXPECTED)
    }
}

impl std::fmt::Display for RuleName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl MatchingRule {
    pub fn name(&self) -> RuleName {
        match self {
            Self::Reference { .. } => RuleName::Reference,
            Self::ExactBill { .. } => RuleName::ExactBill,
            Self::ExactBills { .. } => RuleName::ExactBills,
            Self::WithinTolerance { .. } => RuleName::WithinTolerance,
            Self::OldestFirst { .. } => RuleName::OldestFirst,
        }
    }

    /// Whether it goes by how much is owed, so that what is paid meanwhile changes what fits.
    pub(super) fn is_by_amount(&self) -> bool {
        match self {
            Self::ExactBill { .. } | Self::ExactBills { .. } | Self::WithinTolerance { .. } => true,
            Self::Reference { .. } | Self::OldestFirst { .. } => false,
        }
    }

    pub fn is_on(&self) -> bool {
        match self {
            Self::Reference { on }
            | Self::ExactBill { on }
            | Self::ExactBills { on, .. }
            | Self::WithinTolerance { on, .. }
            | Self::OldestFirst { on, .. } => *on,
        }
    }
}
