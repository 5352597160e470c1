//! What can be asked of a withdrawal.

use chrono::NaiveDate;

use crate::actor::Actor;
use crate::deposits::{ChannelReference, Destination, WithdrawalReference};
use crate::ids::{WalletId, WithdrawalId};
use crate::money::Money;
use crate::requester::Requester;
use crate::text::Reason;

/// `today` is the book's day, by which an effective date is judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WithdrawalCommand {
    Request {
        withdrawal: WithdrawalId,
        wallet: WalletId,
        amount: Money,
        reference: WithdrawalReference,
        destination: Destination,
        requested_by: Requester,
    },
    Approve {
        withdrawal: WithdrawalId,
        by: Actor,
    },
    Reject {
        withdrawal: WithdrawalId,
        by: Actor,
        reason: Reason,
    },
    Cancel {
        withdrawal: WithdrawalId,
        reason: Option<Reason>,
    },
    /// The payment order has been given to the bank or channel.
    Submit {
        withdrawal: WithdrawalId,
        channel_reference: Option<ChannelReference>,
        effective_date: NaiveDate,
        today: NaiveDate,
    },
    /// The bank has paid what had been called unpaid: the money is in transit again, to be paid at once.
    SubmitAfterAll {
        withdrawal: WithdrawalId,
        effective_date: NaiveDate,
        today: NaiveDate,
    },
    /// The bank has paid.
    Succeed {
        withdrawal: WithdrawalId,
        effective_date: NaiveDate,
        today: NaiveDate,
    },
    /// The bank has not paid.
    Fail {
        withdrawal: WithdrawalId,
        reason: Reason,
        effective_date: NaiveDate,
        today: NaiveDate,
    },
    /// The bank had paid, and the money came back.
    Return {
        withdrawal: WithdrawalId,
        reason: Reason,
        effective_date: NaiveDate,
        today: NaiveDate,
    },
}
