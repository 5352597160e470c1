//! What is known of a withdrawal when it is asked for: all a rule may look at.
//!
//! Frozen in the event, so that other rules can be tried on it later. Must never hold what is not known for certain:
//! what the read tables could not say in time is left out, not guessed.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Recent, Window};
use crate::money::{Currency, Money};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RiskInputs {
    pub amount: Money,
    pub requested_at: DateTime<Utc>,
    /// As the book has them.
    pub before: RequestsSoFar,
    pub destination: DestinationUse,
    /// As the read tables had it; nothing, if they were too far behind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub known: Option<Known>,
}

/// What the customer asked for before, whatever became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestsSoFar {
    /// Ever.
    pub ever: u64,
    pub day: Requests,
    pub week: Requests,
    pub month: Requests,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Requests {
    /// From all wallets of the customer.
    pub count: u32,
    /// From the wallet of this currency.
    pub in_currency: u32,
    /// From the wallet of this currency.
    pub amount: Money,
}

/// Who has had money sent to this account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct DestinationUse {
    /// The customer, among the last accounts used.
    pub used_before: bool,
    /// The customer has used another.
    pub others_used: bool,
    pub other_customers: u32,
}

/// What the read tables know of the customer and the wallet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Known {
    /// How far they had come.
    pub position: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub registered_at: Option<DateTime<Utc>>,
    /// When the first money came into the wallet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_deposit_at: Option<DateTime<Utc>>,
    /// Money of the wallet was asked for before, judged or not.
    pub withdrew_before: bool,
    pub came_in: CameIn,
    pub given_back: GivenBack,
}

/// What came into the wallet from outside in the hours before, less what was taken back as a mistake.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct CameIn {
    pub hour: Money,
    pub six_hours: Money,
    pub day: Money,
    pub three_days: Money,
    pub week: Money,
    pub month: Money,
}

/// What was asked for and did not leave after all, or came back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct GivenBack {
    pub day: Money,
    pub week: Money,
    pub month: Money,
}

impl Known {
    /// Of a wallet into which nothing has come, and from which nothing was asked for.
    pub fn nothing(position: u64, currency: Currency) -> Self {
        let zero = Money::zero(currency);
        let came_in =
            CameIn { hour: zero, six_hours: zero, day: zero, three_days: zero, week: zero, month: zero };
        Self {
            position,
            registered_at: None,
            first_deposit_at: None,
            withdrew_before: false,
            came_in,
            given_back: GivenBack { day: zero, week: zero, month: zero },
        }
    }
}

impl RequestsSoFar {
    pub(super) fn within(&self, window: Window) -> Requests {
        match window {
            Window::Day => self.day,
            Window::Week => self.week,
            Window::Month => self.month,
        }
    }
}

impl CameIn {
    pub(super) fn within(&self, window: Window) -> Money {
        match window {
            Window::Day => self.day,
            Window::Week => self.week,
            Window::Month => self.month,
        }
    }

    pub(super) fn lately(&self, recent: Recent) -> Money {
        match recent {
            Recent::Hour => self.hour,
            Recent::SixHours => self.six_hours,
            Recent::Day => self.day,
            Recent::ThreeDays => self.three_days,
        }
    }
}

impl GivenBack {
    pub(super) fn within(&self, window: Window) -> Money {
        match window {
            Window::Day => self.day,
            Window::Week => self.week,
            Window::Month => self.month,
        }
    }
}
