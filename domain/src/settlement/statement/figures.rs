//! What a statement says, fixed when it is issued.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::money::{Currency, Money, MoneyError};

/// How a customer and we stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// What the customer owes of bills.
    pub receivable: Money,
    /// What is left of the customer's receipts and credit notes.
    pub advance: Money,
}

impl Standing {
    /// What is owed less what is left; negative where we owe the customer.
    pub fn balance(&self) -> Result<Money, MoneyError> {
        self.receivable.checked_sub(self.advance)
    }
}

/// The sums of a period, as the book knew them at a position: anybody can add them up again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatementFigures {
    /// The first and the last day of the period.
    pub from: NaiveDate,
    pub to: NaiveDate,
    /// The last event of the book that counts.
    pub known_at: u64,
    /// Before the first day.
    pub opening: Standing,
    /// After the last day.
    pub closing: Standing,
    pub line_count: u64,
}

impl StatementFigures {
    pub fn currency(&self) -> Currency {
        self.closing.receivable.currency()
    }
}
