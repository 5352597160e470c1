//! What of a payment a person has to look at.

use serde::{Deserialize, Serialize};

/// Why money that came is not the order's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExcessReason {
    /// The order was cancelled before the money came.
    OrderCancelled,
    /// The order had been paid another way.
    OrderPaid,
    /// More came than was asked for: the part above it.
    Overpaid,
    /// Less came than was asked for: all of it, as an order is paid whole.
    Underpaid,
    /// The same attempt was paid again, under another number of the channel.
    PaidTwice,
    /// It came to another merchant than the attempt names.
    OtherMerchant,
}

impl ExcessReason {
    pub const ALL: [Self; 6] = [
        Self::OrderCancelled,
        Self::OrderPaid,
        Self::Overpaid,
        Self::Underpaid,
        Self::PaidTwice,
        Self::OtherMerchant,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::OrderCancelled => "order_cancelled",
            Self::OrderPaid => "order_paid",
            Self::Overpaid => "overpaid",
            Self::Underpaid => "underpaid",
            Self::PaidTwice => "paid_twice",
            Self::OtherMerchant => "other_merchant",
        }
    }
}

impl std::fmt::Display for ExcessReason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Why what a channel says is not believed, or has to be looked at. No money is moved by that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DoubtReason {
    /// It named another amount for the same payment before.
    AmountContradicted,
    /// It speaks of a refund that is not known here.
    RefundUnknown,
    /// It names another amount than was to be refunded.
    RefundAmountDiffers,
    /// The refund has come to another end here.
    RefundContradicted,
    /// The money is booked, but came on a day before the order was placed: it may be another order's.
    BeforeOrder,
}

impl DoubtReason {
    pub const ALL: [Self; 5] = [
        Self::AmountContradicted,
        Self::RefundUnknown,
        Self::RefundAmountDiffers,
        Self::RefundContradicted,
        Self::BeforeOrder,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::AmountContradicted => "amount_contradicted",
            Self::RefundUnknown => "refund_unknown",
            Self::RefundAmountDiffers => "refund_amount_differs",
            Self::RefundContradicted => "refund_contradicted",
            Self::BeforeOrder => "before_order",
        }
    }
}

impl std::fmt::Display for DoubtReason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Either, as it is listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(untagged)]
pub enum PaymentExceptionKind {
    Excess(ExcessReason),
    Doubt(DoubtReason),
}
