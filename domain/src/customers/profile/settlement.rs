//! How and when a customer pays.

use serde::{Deserialize, Serialize};

use crate::text::{self, InvalidText};

/// What a customer's bills are paid from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SettlementMode {
    /// 预付: from the customer's wallet, when the bill is issued.
    Prepaid,
    /// 后付: the customer owes until it pays.
    Postpaid,
    /// 套餐: a package paid for beforehand.
    Package,
}

impl SettlementMode {
    pub const ALL: [Self; 3] = [Self::Prepaid, Self::Postpaid, Self::Package];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Prepaid => "prepaid",
            Self::Postpaid => "postpaid",
            Self::Package => "package",
        }
    }
}

/// How often a customer is billed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BillingCycle {
    /// By calendar month of the book.
    Monthly,
}

impl BillingCycle {
    pub const ALL: [Self; 1] = [Self::Monthly];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Monthly => "monthly",
        }
    }
}

/// Days from the issue of a bill to its due date: 0 to 365.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "u16")]
pub struct PaymentTermDays(u16);

impl PaymentTermDays {
    pub const MAX: u16 = 365;

    pub fn get(self) -> u16 {
        self.0
    }
}

impl TryFrom<u16> for PaymentTermDays {
    type Error = InvalidText;

    fn try_from(days: u16) -> Result<Self, InvalidText> {
        if days <= Self::MAX { Ok(Self(days)) } else { Err(InvalidText::Malformed { expected: TERM }) }
    }
}

const TERM: &str = "a whole number of days from 0 to 365";

impl std::str::FromStr for PaymentTermDays {
    type Err = InvalidText;

    fn from_str(digits: &str) -> Result<Self, InvalidText> {
        let malformed = InvalidText::Malformed { expected: TERM };
        let plain = digits.bytes().all(|byte| byte.is_ascii_digit());
        let days: u16 = digits.parse().map_err(|_| malformed)?;
        if plain { Self::try_from(days) } else { Err(malformed) }
    }
}

impl std::fmt::Display for PaymentTermDays {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl std::fmt::Display for SettlementMode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::str::FromStr for SettlementMode {
    type Err = InvalidText;

    fn from_str(word: &str) -> Result<Self, InvalidText> {
        text::word(word, Self::ALL, Self::as_str, "prepaid, postpaid or package")
    }
}

impl std::fmt::Display for BillingCycle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::str::FromStr for BillingCycle {
    type Err = InvalidText;

    fn from_str(word: &str) -> Result<Self, InvalidText> {
        text::word(word, Self::ALL, Self::as_str, "monthly")
    }
}
