//! How an order stands: how far it has come, what was paid of it and what is asked back.
//!
//! Invariant: refunded and asked back together are at most what was paid. An event that would break it is corruption.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::{OrderAction, OrderEvent, OrderState, OrderTerms, PaidWith, ShippedPart};
use crate::billing::bill::Amounts;
use crate::billing::pricing::Quantity;
use crate::money::{Money, MoneyError};
use crate::orders::{OrderId, RefundId};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Standing {
    pub(super) order: OrderId,
    pub(super) terms: Arc<OrderTerms>,
    pub(super) placed_date: NaiveDate,
    pub(super) state: OrderState,
    pub(super) paid_with: Option<PaidWith>,
    pub(super) captured: Money,
    pub(super) refunded: Money,
    /// Refunds somebody has asked for, and that have come to no end.
    pub(super) open_refunds: BTreeMap<RefundId, Money>,
    shipped: BTreeMap<u32, Quantity>,
    /// When the next step takes itself: cancelled, received or completed, by the state.
    pub(super) due_at: Option<DateTime<Utc>>,
    pub(super) last_effective: Option<NaiveDate>,
}

impl Standing {
    pub(super) fn placed(
        order: &OrderId,
        terms: &OrderTerms,
        (placed_date, pay_by): (NaiveDate, DateTime<Utc>),
    ) -> Self {
        let nothing = Money::zero(terms.currency());
        Self {
            order: order.clone(),
            terms: Arc::new(terms.clone()),
            placed_date,
            state: OrderState::PendingPayment,
            paid_with: None,
            captured: nothing,
            refunded: nothing,
            open_refunds: BTreeMap::new(),
            shipped: BTreeMap::new(),
            due_at: Some(pay_by),
            last_effective: None,
        }
    }

    /// What is asked back.
    pub(super) fn pending(&self) -> Result<Money, MoneyError> {
        let nothing = Money::zero(self.terms.currency());
        self.open_refunds.values().try_fold(nothing, |sum, amount| sum.checked_add(*amount))
    }

    /// What was paid, was not refunded and is not asked back.
    pub(super) fn refundable(&self) -> Result<Money, MoneyError> {
        self.captured.checked_sub(self.refunded)?.checked_sub(self.pending()?)
    }

    /// What of a line is not shipped; `None` if there is no such line.
    pub(super) fn unshipped(&self, line: u32) -> Option<Quantity> {
        let ordered = self.terms.lines.iter().find(|ordered| ordered.line == line)?.quantity;
        let shipped = self.shipped.get(&line).copied().unwrap_or(Quantity::ZERO);
        Some(ordered.less(shipped))
    }

    /// Whether these parts are all that is left.
    pub(super) fn is_rest(&self, parts: &[ShippedPart]) -> bool {
        self.terms.lines.iter().all(|ordered| {
            let now = parts.iter().find(|part| part.line == ordered.line);
            let left = self.unshipped(ordered.line).unwrap_or(Quantity::ZERO);
            left.less(now.map_or(Quantity::ZERO, |part| part.quantity)).is_zero()
        })
    }

    /// Takes in what happened after it was placed.
    pub(super) fn take_in(&mut self, event: &OrderEvent) -> Result<(), String> {
        match event {
            OrderEvent::OrderPlaced { .. } => return Err("placed twice".into()),
            OrderEvent::OrderPaid { paid_with, amount, .. } => {
                self.step(OrderAction::Pay, OrderState::Paid)?;
                if *amount != self.terms.amount {
                    return Err("not all of it is paid".into());
                }
                (self.paid_with, self.captured, self.due_at) = (Some(paid_with.clone()), *amount, None);
            }
            OrderEvent::OrderCancelled { .. } => {
                self.step(OrderAction::Cancel, OrderState::Cancelled)?;
                self.due_at = None;
            }
            OrderEvent::OrderShipped { parts, receive_by, .. } => self.ship(parts, *receive_by)?,
            OrderEvent::OrderReceived { complete_by, .. } => {
                self.step(OrderAction::Receive, OrderState::Received)?;
                self.due_at = Some(*complete_by);
            }
            OrderEvent::OrderCompleted { amounts, .. } => self.complete(*amounts)?,
            OrderEvent::OrderRefundRequested { refund, amount, .. } => self.set_aside(refund, *amount)?,
            OrderEvent::OrderRefunded { refund, amount, .. } => {
                self.release(refund, *amount)?;
                self.refunded = self.refunded.checked_add(*amount).map_err(|error| error.to_string())?;
            }
            OrderEvent::OrderRefundReleased { refund, amount, .. } => self.release(refund, *amount)?,
            OrderEvent::OrderClosed { .. } => {
                if !self.state.holds_money() || self.refunded != self.captured {
                    return Err("not all of it went back".into());
                }
                (self.state, self.due_at) = (OrderState::Closed, None);
            }
        }
        self.last_effective = event.effective_date().max(self.last_effective);
        Ok(())
    }

    fn step(&mut self, action: OrderAction, target: OrderState) -> Result<(), String> {
        if !action.is_open_from(self.state) {
            return Err(format!("met an order that is {}", self.state));
        }
        self.state = target;
        Ok(())
    }

    fn ship(&mut self, parts: &[ShippedPart], receive_by: Option<DateTime<Utc>>) -> Result<(), String> {
        let target = if receive_by.is_some() { OrderState::Shipped } else { OrderState::PartlyShipped };
        self.step(OrderAction::Ship, target)?;
        for ShippedPart { line, quantity } in parts {
            let unshipped = self.unshipped(*line).ok_or_else(|| format!("there is no line {line}"))?;
            if *quantity > unshipped {
                return Err(format!("more of line {line} than is left"));
            }
            let shipped = self.shipped.entry(*line).or_insert(Quantity::ZERO);
            *shipped = shipped.plus(*quantity).map_err(|error| error.to_string())?;
        }
        self.due_at = receive_by;
        Ok(())
    }

    fn complete(&mut self, amounts: Amounts) -> Result<(), String> {
        let kept = self.captured.checked_sub(self.refunded).map_err(|error| error.to_string())?;
        if self.state != OrderState::Received || !self.open_refunds.is_empty() {
            return Err(format!("met an order that is {}, or a refund that is open", self.state));
        }
        if amounts.total != kept || amounts.subtotal.checked_add(amounts.tax) != Ok(kept) {
            return Err("another amount than was kept".into());
        }
        (self.state, self.due_at) = (OrderState::Completed, None);
        Ok(())
    }

    fn set_aside(&mut self, refund: &RefundId, amount: Money) -> Result<(), String> {
        let refundable = self.refundable().map_err(|error| error.to_string())?;
        let paid = self.state.holds_money() || self.state == OrderState::Completed;
        if !paid || refundable.covers(amount) != Ok(true) {
            return Err("more is asked back than is left".into());
        }
        match self.open_refunds.insert(refund.clone(), amount) {
            None => Ok(()),
            Some(_) => Err("the refund is open already".into()),
        }
    }

    fn release(&mut self, refund: &RefundId, amount: Money) -> Result<(), String> {
        match self.open_refunds.remove(refund) {
            Some(open) if open == amount => Ok(()),
            Some(_) => Err("the refund is of another amount".into()),
            None => Err("the refund is not open".into()),
        }
    }
}
