//! What is owed, and how much of it is tax.

use serde::{Deserialize, Serialize};

use crate::money::{Currency, Money, MoneyError};

/// An amount without tax, the tax, and both together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Amounts {
    pub subtotal: Money,
    pub tax: Money,
    pub total: Money,
}

impl Amounts {
    pub fn new(subtotal: Money, tax: Money) -> Result<Self, MoneyError> {
        Ok(Self { subtotal, tax, total: subtotal.checked_add(tax)? })
    }

    pub fn zero(currency: Currency) -> Self {
        let zero = Money::zero(currency);
        Self { subtotal: zero, tax: zero, total: zero }
    }

    pub fn checked_add(self, other: Self) -> Result<Self, MoneyError> {
        Self::new(self.subtotal.checked_add(other.subtotal)?, self.tax.checked_add(other.tax)?)
    }

    pub fn checked_sub(self, other: Self) -> Result<Self, MoneyError> {
        Self::new(self.subtotal.checked_sub(other.subtotal)?, self.tax.checked_sub(other.tax)?)
    }
}
