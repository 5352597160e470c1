//! With what a credit limit is passed.

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use crate::billing::BillId;
use crate::orders::OrderId;
use crate::text::InvalidText;

/// What makes more be owed than the limit: a bill or an order. Spelled as the id of that one.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "SmolStr", into = "SmolStr")]
pub enum CreditSubject {
    Bill(BillId),
    Order(OrderId),
}

impl CreditSubject {
    pub fn as_str(&self) -> &str {
        match self {
            Self::Bill(bill) => bill.as_str(),
            Self::Order(order) => order.as_str(),
        }
    }

    /// What it is called.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Bill(_) => "bill",
            Self::Order(_) => "order",
        }
    }
}

impl std::fmt::Display for CreditSubject {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::str::FromStr for CreditSubject {
    type Err = InvalidText;

    fn from_str(text: &str) -> Result<Self, InvalidText> {
        const EXPECTED: InvalidText =
            InvalidText::Malformed { expected: "C00042.2026-10 or O2GT6WQ5NVB8KZ0M4YXR7C1JHPD" };
        text.parse().map(Self::Order).or_else(|_| text.parse().map(Self::Bill)).map_err(|_| EXPECTED)
    }
}

impl TryFrom<SmolStr> for CreditSubject {
    type Error = InvalidText;

    fn try_from(text: SmolStr) -> Result<Self, InvalidText> {
        text.parse()
    }
}

impl From<CreditSubject> for SmolStr {
    fn from(subject: CreditSubject) -> Self {
        Self::new(subject.as_str())
    }
}

impl From<BillId> for CreditSubject {
    fn from(bill: BillId) -> Self {
        Self::Bill(bill)
    }
}

impl From<OrderId> for CreditSubject {
    fn from(order: OrderId) -> Self {
        Self::Order(order)
    }
}
