//! What WeChat Pay has sealed inside: a payment that succeeded, or what became of a refund.
//!
//! Only what is needed is read. Who paid (`payer`, `user_received_account`) is nobody's business here.

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use tallybook_domain::channels::{RefundedAmount, Said};
use tallybook_domain::{Currency, Money};

use crate::number::{number, positive};
use crate::refusal::{NotificationRefusal, excerpt};

/// What a notification is about: its `event_type`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Event {
    Payment,
    Refund(RefundStatus),
}

impl Event {
    pub(super) fn of(event_type: &str) -> Result<Self, NotificationRefusal> {
        match event_type {
            "TRANSACTION.SUCCESS" => Ok(Self::Payment),
            "REFUND.SUCCESS" => Ok(Self::Refund(RefundStatus::Success)),
            "REFUND.ABNORMAL" => Ok(Self::Refund(RefundStatus::Abnormal)),
            "REFUND.CLOSED" => Ok(Self::Refund(RefundStatus::Closed)),
            other => Err(NotificationRefusal::Unsupported { event: excerpt(other) }),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(super) enum RefundStatus {
    Success,
    Abnormal,
    Closed,
}

#[derive(Deserialize)]
pub(super) struct Transaction {
    pub(super) mchid: String,
    pub(super) appid: String,
    pub(super) out_trade_no: String,
    pub(super) transaction_id: String,
    pub(super) success_time: DateTime<Utc>,
    trade_state: String,
    amount: PaidAmount,
}

/// In fen. `total` is what the order asked for; discounts that WeChat Pay gives are within it.
#[derive(Deserialize)]
struct PaidAmount {
    total: i64,
    currency: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct RefundResult {
    pub(super) mchid: String,
    pub(super) out_trade_no: String,
    pub(super) transaction_id: String,
    /// Only of a refund that succeeded.
    pub(super) success_time: Option<DateTime<Utc>>,
    out_refund_no: String,
    refund_status: RefundStatus,
    amount: RefundAmount,
}

/// In fen.
#[derive(Deserialize)]
struct RefundAmount {
    refund: i64,
}

/// Reads the opened text.
pub(super) fn read<T: DeserializeOwned>(text: &[u8]) -> Result<T, NotificationRefusal> {
    serde_json::from_slice(text).map_err(|_| NotificationRefusal::Malformed { what: "the resource" })
}

impl Transaction {
    pub(super) fn said(&self) -> Result<Said, NotificationRefusal> {
        if self.trade_state != "SUCCESS" {
            return Err(NotificationRefusal::Malformed { what: "trade_state" });
        }
        match self.amount.currency.as_deref() {
            None | Some("CNY") => Ok(Said::Paid { amount: fen(self.amount.total)? }),
            Some(other) => Err(NotificationRefusal::WrongCurrency { given: excerpt(other) }),
        }
    }
}

impl RefundResult {
    /// `announced` is what the outside of the notification says; the inside has to agree.
    pub(super) fn said(&self, announced: RefundStatus) -> Result<Said, NotificationRefusal> {
        if self.refund_status != announced {
            return Err(NotificationRefusal::Malformed { what: "refund_status" });
        }
        let refund = number(&self.out_refund_no, "out_refund_no")?;
        match self.refund_status {
            RefundStatus::Success => {
                Ok(Said::Refunded { refund, amount: RefundedAmount::Alone(fen(self.amount.refund)?) })
            }
            RefundStatus::Abnormal => Ok(Said::RefundAbnormal { refund }),
            RefundStatus::Closed => Ok(Said::RefundClosed { refund }),
        }
    }
}

fn fen(amount: i64) -> Result<Money, NotificationRefusal> {
    let money = Money::new(Decimal::new(amount, 2), Currency::CNY);
    positive(money.map_err(|_| NotificationRefusal::Malformed { what: "amount" })?, "amount")
}
