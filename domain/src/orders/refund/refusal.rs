//! Why something may not happen to a refund.

use super::{OrderRefundAction, OrderRefundState};
use crate::actor::Actor;
use crate::dates::EffectiveDateOutOfRange;
use crate::money::Money;
use crate::orders::RefundId;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OrderRefundRefusal {
    #[error("there is no refund {refund}")]
    NotFound { refund: RefundId },
    #[error("refund {refund} is requested already")]
    AlreadyRequested { refund: RefundId },
    #[error("{requested_by} asked for refund {refund}, so someone else has to approve it")]
    SelfApproval { refund: RefundId, requested_by: Actor },
    #[error("refund {refund} is {state}: it is too late, or too early, to {action} it")]
    NotInState { refund: RefundId, state: OrderRefundState, action: OrderRefundAction },
    #[error("refund {refund} goes back to the wallet with its approval: no channel is asked")]
    ToTheWallet { refund: RefundId },
    #[error("the amount must be more than zero, it is {amount}")]
    AmountNotPositive { amount: Money },
    #[error(transparent)]
    EffectiveDate(#[from] EffectiveDateOutOfRange),
}
