//! What a channel says became of a payment or a refund.

use serde::{Deserialize, Serialize};

use super::ChannelNumber;
use crate::money::Money;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Said {
    /// The customer began to pay. No money moved.
    Pending,
    /// Paid in full: `amount` is what the payment was for, discounts that the channel gives included.
    Paid { amount: Money },
    /// Given up before it was paid. No money moved.
    Closed,
    /// `refund` is our number of the refund.
    Refunded {
        refund: ChannelNumber,
        #[serde(flatten)]
        amount: RefundedAmount,
    },
    /// The channel gave the refund up. The money stayed here.
    RefundClosed { refund: ChannelNumber },
    /// The money left and did not arrive, as when a card is cancelled: a person has to see to it at the channel.
    RefundAbnormal { refund: ChannelNumber },
}

/// How a channel counts refunds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefundedAmount {
    /// This refund alone: WeChat Pay.
    Alone(Money),
    /// All refunds of the payment so far, this one included: Alipay.
    SoFar(Money),
}

impl Said {
    /// In one word, as it is stored and listed.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Paid { .. } => "paid",
            Self::Closed => "closed",
            Self::Refunded { .. } => "refunded",
            Self::RefundClosed { .. } => "refund_closed",
            Self::RefundAbnormal { .. } => "refund_abnormal",
        }
    }

    /// The refund it is about.
    pub fn refund(&self) -> Option<&ChannelNumber> {
        match self {
            Self::Refunded { refund, .. }
            | Self::RefundClosed { refund }
            | Self::RefundAbnormal { refund } => Some(refund),
            Self::Pending | Self::Paid { .. } | Self::Closed => None,
        }
    }

    /// The amount it names.
    pub fn amount(&self) -> Option<Money> {
        match self {
            Self::Paid { amount }
            | Self::Refunded {
                amount: RefundedAmount::Alone(amount) | RefundedAmount::SoFar(amount), ..
            } => Some(*amount),
            Self::Pending | Self::Closed | Self::RefundClosed { .. } | Self::RefundAbnormal { .. } => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::Currency;

    #[test]
    fn words_are_those_of_the_journal() {
        let (refund, yuan) = (|| "r1".parse().unwrap(), Money::parse("1.00", Currency::CNY).unwrap());
        let every = [
            (Said::Pending, None, None),
            (Said::Paid { amount: yuan }, None, Some(yuan)),
            (Said::Closed, None, None),
            (
                Said::Refunded { refund: refund(), amount: RefundedAmount::Alone(yuan) },
                Some(refund()),
                Some(yuan),
            ),
            (
                Said::Refunded { refund: refund(), amount: RefundedAmount::SoFar(yuan) },
                Some(refund()),
                Some(yuan),
            ),
            (Said::RefundClosed { refund: refund() }, Some(refund()), None),
            (Said::RefundAbnormal { refund: refund() }, Some(refund()), None),
        ];
        for (said, refund, amount) in every {
            let json = serde_json::to_value(&said).unwrap();
            assert_eq!(json["kind"], said.kind());
            assert_eq!((said.refund(), said.amount()), (refund.as_ref(), amount));
            assert_eq!(serde_json::from_value::<Said>(json).unwrap(), said);
        }
    }
}
