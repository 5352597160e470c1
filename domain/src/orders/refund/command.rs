//! What can be asked of a refund.

use chrono::NaiveDate;

use crate::actor::Actor;
use crate::ids::CustomerId;
use crate::money::Money;
use crate::orders::payment::ExcessReason;
use crate::orders::{OrderId, PaidWith, RefundId};
use crate::requester::Requester;
use crate::text::Reason;

/// `today` is the book's day, by which an effective date is judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OrderRefundCommand {
    Request {
        refund: RefundId,
        order: OrderId,
        customer: CustomerId,
        back_to: PaidWith,
        amount: Money,
        lines: Vec<u32>,
        reason: Reason,
        requested_by: Requester,
        /// The day from which on there was money to refund.
        since: NaiveDate,
    },
    /// Money came that is not the order's: nobody has to ask for it.
    RefundExcess {
        refund: RefundId,
        order: OrderId,
        customer: CustomerId,
        back_to: PaidWith,
        amount: Money,
        why: ExcessReason,
        since: NaiveDate,
    },
    Approve {
        refund: RefundId,
        by: Actor,
    },
    Reject {
        refund: RefundId,
        by: Actor,
        reason: Reason,
    },
    /// It is given to the channel.
    Submit {
        refund: RefundId,
    },
    Succeed {
        refund: RefundId,
        effective_date: NaiveDate,
        today: NaiveDate,
    },
    Fail {
        refund: RefundId,
        reason: Option<Reason>,
    },
    FindAbnormal {
        refund: RefundId,
    },
}
