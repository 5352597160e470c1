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
        /// The person by whose word alone this is more than was owed.
        confirmed_by: Option<Requester>,
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
    /// The channel has paid it back, although a person had said that it failed.
    SucceedAfterAll {
        refund: RefundId,
        effective_date: NaiveDate,
        today: NaiveDate,
    },
    /// Without a reason, the channel says so; with one, a person.
    Fail {
        refund: RefundId,
        reason: Option<Reason>,
    },
    FindAbnormal {
        refund: RefundId,
    },
}
