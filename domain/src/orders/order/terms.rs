//! What was bought at which prices: a snapshot, whatever becomes of the prices.

use serde::{Deserialize, Serialize};

use super::OrderRefusal;
use crate::billing::bill::Amounts;
use crate::billing::pricing::{ExactAmount, Quantity, Rate, UnitPrice};
use crate::ids::CustomerId;
use crate::money::{Currency, Money, MoneyError};
use crate::orders::{DiscountName, OrderNo, ProductName, Sku};
use crate::text::Remark;

/// The most lines of an order.
pub const MOST_LINES: usize = 500;

/// What somebody wants to buy, before it is added up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderDraft {
    pub customer: CustomerId,
    pub order_no: OrderNo,
    pub currency: Currency,
    pub lines: Vec<OrderDraftLine>,
    pub discounts: Vec<Discount>,
    /// Nothing, if not given.
    pub freight: Option<Money>,
    pub tax_rate: Option<Rate>,
    pub remark: Option<Remark>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderDraftLine {
    pub sku: Sku,
    pub name: ProductName,
    pub quantity: Quantity,
    pub unit_price: UnitPrice,
}

/// The snapshot of an order: what it is over, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderTerms {
    pub customer: CustomerId,
    pub order_no: OrderNo,
    pub lines: Vec<OrderLine>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub discounts: Vec<Discount>,
    pub freight: Money,
    /// Lines less discounts, and freight: what is to be paid, tax included.
    pub amount: Money,
    /// Of the tax that is in the amount: 13 % of the price without tax is `0.13`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tax_rate: Option<Rate>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remark: Option<Remark>,
}

/// A line, from 1 on. Its amount is quantity times price, rounded half up once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderLine {
    pub line: u32,
    pub sku: Sku,
    pub name: ProductName,
    pub quantity: Quantity,
    pub unit_price: UnitPrice,
    pub amount: Money,
}

/// By how much less is paid, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Discount {
    pub name: DiscountName,
    pub amount: Money,
}

/// How much of a line is in a shipment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShippedPart {
    pub line: u32,
    pub quantity: Quantity,
}

impl OrderDraft {
    /// Rounds each line once and adds them up.
    pub fn add_up(self) -> Result<OrderTerms, OrderRefusal> {
        let Self { customer, order_no, currency, lines, discounts, freight, tax_rate, remark } = self;
        if lines.is_empty() || lines.len() > MOST_LINES {
            return Err(OrderRefusal::LineCount { most: MOST_LINES });
        }
        let lines = (1..)
            .zip(lines)
            .map(|(line, draft)| priced(line, draft, currency))
            .collect::<Result<Vec<_>, _>>()?;
        let freight = freight.unwrap_or_else(|| Money::zero(currency));
        if freight.is_negative() {
            return Err(OrderRefusal::FreightNegative { amount: freight });
        }
        let mut amount = Money::zero(currency);
        for line in &lines {
            amount = amount.checked_add(line.amount)?;
        }
        for Discount { name, amount: less } in &discounts {
            if !less.is_positive() {
                return Err(OrderRefusal::DiscountNotPositive { name: name.to_string(), amount: *less });
            }
            amount = amount.checked_sub(*less)?;
        }
        let amount = amount.checked_add(freight)?;
        if !amount.is_positive() {
            return Err(OrderRefusal::AmountNotPositive { amount });
        }
        Ok(OrderTerms { customer, order_no, lines, discounts, freight, amount, tax_rate, remark })
    }
}

fn priced(line: u32, draft: OrderDraftLine, currency: Currency) -> Result<OrderLine, OrderRefusal> {
    let OrderDraftLine { sku, name, quantity, unit_price } = draft;
    if quantity.is_zero() {
        return Err(OrderRefusal::QuantityNotPositive { line });
    }
    let amount = ExactAmount::product(quantity.value(), unit_price.value())
        .and_then(|exact| exact.round(currency))
        .ok_or(MoneyError::OutOfRange)?;
    Ok(OrderLine { line, sku, name, quantity, unit_price, amount })
}

impl OrderTerms {
    pub fn currency(&self) -> Currency {
        self.amount.currency()
    }

    /// What of an amount that was kept is revenue, and what is tax.
    pub(super) fn amounts_of(&self, kept: Money) -> Result<Amounts, MoneyError> {
        let revenue = match self.tax_rate {
            Some(rate) => rate.taken_out_of(kept).ok_or(MoneyError::OutOfRange)?,
            None => kept,
        };
        Amounts::new(revenue, kept.checked_sub(revenue)?)
    }
}
