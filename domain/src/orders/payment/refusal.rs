//! Why something may not happen to a payment.

use super::{PaymentReference, PaymentState};
use crate::channels::ChannelNumber;
use crate::dates::EffectiveDateOutOfRange;
use crate::money::{Currency, Money, MoneyError};
use crate::orders::{OrderId, PaymentId, RefundId};

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PaymentRefusal {
    #[error("there is no payment {payment}")]
    NotFound { payment: PaymentId },
    #[error("the number {reference} is that of another payment, of order {order}: take another number")]
    ReferenceTaken { reference: PaymentReference, order: OrderId },
    #[error("the channels take {}, the order is in {given}", Currency::CNY)]
    NotTheChannelsCurrency { given: Currency },
    #[error("the amount must be more than zero, it is {amount}")]
    AmountNotPositive { amount: Money },
    #[error("payment {payment} is {state}: it can no longer be closed")]
    NotPending { payment: PaymentId, state: PaymentState },
    #[error("nothing has come of payment {payment} yet, so there is no fee of it")]
    NothingCame { payment: PaymentId },
    #[error("the channel's payment {transaction} is known with {known}, not {given}")]
    TransactionDiffers { transaction: ChannelNumber, known: Money, given: Money },
    #[error(
        "a person confirms only the {awaited} that the order of payment {payment} waits for, not {given} that would go \
         back: that takes the channel's own notification"
    )]
    NotAwaited { payment: PaymentId, awaited: Money, given: Money },
    #[error("the fee of payment {payment} is recorded with {fee}")]
    FeeCharged { payment: PaymentId, fee: Money },
    #[error("a fee of {fee} is more than the {received} that came")]
    FeeAbovePayment { fee: Money, received: Money },
    #[error(
        "what the channel says of refund {refund} is in doubt: look at the exceptions of payment {payment}, and resolve them, \
         before it is given to the channel"
    )]
    RefundDoubted { payment: PaymentId, refund: RefundId },
    #[error("of payment {payment} nothing stands out that could be resolved")]
    NothingToResolve { payment: PaymentId },
    #[error(
        "{requested} is more than the {left} of payment {payment} that is neither refunded nor about to be"
    )]
    RefundAbovePayment { payment: PaymentId, left: Money, requested: Money },
    #[error(transparent)]
    EffectiveDate(#[from] EffectiveDateOutOfRange),
    /// The currency is another than the payment's, or the sum is more than money can be.
    #[error(transparent)]
    Money(#[from] MoneyError),
}
