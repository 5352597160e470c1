//! What takes a second person.

use serde::{Deserialize, Serialize};

use crate::text::{self, InvalidText};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ApprovalKind {
    Withdrawal,
    /// What is left of a receipt is paid back.
    Refund,
    /// The differences of a write-off are above their maker's limit.
    WriteOff,
    CreditNote,
    BadDebt,
    PeriodReopening,
    /// Money of an order goes back where it came from.
    OrderRefund,
    /// A price plan says something else from a day on.
    PricePlanVersion,
    /// A customer is billed by another price plan from a day on, or by none.
    PricePlanChange,
}

impl ApprovalKind {
    pub const ALL: [Self; 9] = [
        Self::Withdrawal,
        Self::Refund,
        Self::WriteOff,
        Self::CreditNote,
        Self::BadDebt,
        Self::PeriodReopening,
        Self::OrderRefund,
        Self::PricePlanVersion,
        Self::PricePlanChange,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Withdrawal => "withdrawal",
            Self::Refund => "refund",
            Self::WriteOff => "write_off",
            Self::CreditNote => "credit_note",
            Self::BadDebt => "bad_debt",
            Self::PeriodReopening => "period_reopening",
            Self::OrderRefund => "order_refund",
            Self::PricePlanVersion => "price_plan_version",
            Self::PricePlanChange => "price_plan_change",
        }
    }
}

impl std::fmt::Display for ApprovalKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::str::FromStr for ApprovalKind {
    type Err = InvalidText;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        let expected = "withdrawal, refund, write_off, credit_note, bad_debt, period_reopening, order_refund, \
                        price_plan_version or price_plan_change";
        text::word(word, Self::ALL, Self::as_str, expected)
    }
}
