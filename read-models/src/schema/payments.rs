//! How payments and refunds look in OpenAPI. Described here only; never made or read.

use utoipa::ToSchema;

#[derive(Debug, ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum PaymentState {
    Pending,
    Succeeded,
    Closed,
}

/// Why money that came is not the order's.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum ExcessReason {
    OrderCancelled,
    OrderPaid,
    Overpaid,
    Underpaid,
    PaidTwice,
    OtherMerchant,
}

/// What a person has to look at: money that is not the order's or may not be, or what a channel said that is not believed.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum PaymentExceptionKind {
    OrderCancelled,
    OrderPaid,
    Overpaid,
    Underpaid,
    PaidTwice,
    OtherMerchant,
    AmountContradicted,
    RefundUnknown,
    RefundAmountDiffers,
    RefundContradicted,
    BeforeOrder,
}

/// Whether somebody has looked at what stands out.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum PaymentExceptionState {
    Open,
    Resolved,
}

#[derive(Debug, ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum OrderRefundState {
    Requested,
    Approved,
    Rejected,
    Submitted,
    Succeeded,
    Failed,
    Abnormal,
}

/// Which money is refunded.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum RefundGround {
    Order,
    Excess,
}

#[cfg(test)]
mod tests {
    use tallybook_domain::orders;
    use tallybook_domain::orders::payment::{self, DoubtReason};

    use super::super::tests::assert_words;
    use super::*;
    use crate::orders::ExceptionFilter;

    #[test]
    fn the_words_are_those_of_the_domain() {
        assert_words::<PaymentState>(&orders::PaymentState::ALL);
        assert_words::<ExcessReason>(&payment::ExcessReason::ALL);
        let excess = payment::ExcessReason::ALL.map(payment::PaymentExceptionKind::Excess);
        let doubts = DoubtReason::ALL.map(payment::PaymentExceptionKind::Doubt);
        assert_words::<PaymentExceptionKind>(&[excess.as_slice(), doubts.as_slice()].concat());
        assert_words::<PaymentExceptionState>(&ExceptionFilter::ALL.map(ExceptionFilter::as_str));
        assert_words::<OrderRefundState>(&orders::OrderRefundState::ALL);
        assert_words::<RefundGround>(&orders::RefundGround::ALL);
    }
}
