//! How long an order waits for its next step.

use chrono::{DateTime, TimeDelta, Utc};

/// A setting of the book's processes. An order keeps the times it was given: a new setting counts for the steps to come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OrderTimes {
    /// How long an order may stay unpaid.
    pub payment_timeout_minutes: u32,
    /// After so many days since the last part was shipped, the customer is taken to have it.
    pub receive_after_days: u32,
    /// How many days after that money can still be asked back.
    pub refund_window_days: u32,
}

impl Default for OrderTimes {
    fn default() -> Self {
        Self { payment_timeout_minutes: 30, receive_after_days: 7, refund_window_days: 7 }
    }
}

impl OrderTimes {
    pub fn pay_by(self, now: DateTime<Utc>) -> DateTime<Utc> {
        after(now, TimeDelta::minutes(i64::from(self.payment_timeout_minutes)))
    }

    pub fn receive_by(self, now: DateTime<Utc>) -> DateTime<Utc> {
        after(now, TimeDelta::days(i64::from(self.receive_after_days)))
    }

    pub fn complete_by(self, now: DateTime<Utc>) -> DateTime<Utc> {
        after(now, TimeDelta::days(i64::from(self.refund_window_days)))
    }
}

/// What lies beyond all dates never comes.
fn after(now: DateTime<Utc>, time: TimeDelta) -> DateTime<Utc> {
    now.checked_add_signed(time).unwrap_or(DateTime::<Utc>::MAX_UTC)
}
