//! The states of an order and the steps between them.
//!
//! ```text
//! pending_payment ─pay→ paid ─ship→ partly_shipped ─ship→ shipped ─receive→ received ─complete→ completed
//!        │               └────────────ship────────────────→
//!        └─cancel→ cancelled            and from paid to received: refunded in full → closed
//! ```

use serde::{Deserialize, Serialize};

use crate::text::{self, InvalidText};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrderState {
    PendingPayment,
    Paid,
    PartlyShipped,
    Shipped,
    Received,
    /// The end: what was paid and not refunded is revenue.
    Completed,
    /// The end: nothing was paid.
    Cancelled,
    /// The end: all that was paid went back.
    Closed,
}

impl OrderState {
    pub const ALL: [Self; 8] = [
        Self::PendingPayment,
        Self::Paid,
        Self::PartlyShipped,
        Self::Shipped,
        Self::Received,
        Self::Completed,
        Self::Cancelled,
        Self::Closed,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::PendingPayment => "pending_payment",
            Self::Paid => "paid",
            Self::PartlyShipped => "partly_shipped",
            Self::Shipped => "shipped",
            Self::Received => "received",
            Self::Completed => "completed",
            Self::Cancelled => "cancelled",
            Self::Closed => "closed",
        }
    }

    /// Whether something can still become of it.
    pub fn is_open(self) -> bool {
        match self {
            Self::PendingPayment | Self::Paid | Self::PartlyShipped | Self::Shipped | Self::Received => true,
            Self::Completed | Self::Cancelled | Self::Closed => false,
        }
    }

    /// Whether it was paid and can be refunded.
    pub fn holds_money(self) -> bool {
        self.is_open() && self != Self::PendingPayment
    }
}

impl std::fmt::Display for OrderState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::str::FromStr for OrderState {
    type Err = InvalidText;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        const EXPECTED: &str =
            "pending_payment, paid, partly_shipped, shipped, received, completed, cancelled or closed";
        text::word(word, Self::ALL, Self::as_str, EXPECTED)
    }
}

/// A step someone wants an order to take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OrderAction {
    Pay,
    Cancel,
    Ship,
    Receive,
    Refund,
}

impl OrderAction {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pay => "pay",
            Self::Cancel => "cancel",
            Self::Ship => "ship",
            Self::Receive => "receive",
            Self::Refund => "refund",
        }
    }

    /// Whether this step may be taken from that state.
    pub fn is_open_from(self, state: OrderState) -> bool {
        match self {
            Self::Pay | Self::Cancel => state == OrderState::PendingPayment,
            Self::Ship => matches!(state, OrderState::Paid | OrderState::PartlyShipped),
            Self::Receive => state == OrderState::Shipped,
            Self::Refund => state.holds_money(),
        }
    }
}

impl std::fmt::Display for OrderAction {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_has_one_spelling_everywhere() {
        for state in OrderState::ALL {
            assert_eq!(serde_json::to_string(&state).unwrap(), format!("\"{state}\""));
            assert_eq!(state.as_str().parse(), Ok(state));
        }
        assert!("Paid".parse::<OrderState>().is_err());
    }
}
