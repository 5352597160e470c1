//! What can be asked of a credit note.

use chrono::NaiveDate;

use super::CreditNoteId;
use crate::actor::Actor;
use crate::billing::bill::Amounts;
use crate::ids::{CustomerId, WriteOffId};
use crate::money::Money;
use crate::requester::Requester;
use crate::text::Reason;

/// `today` is the book's day, by which a date is judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CreditNoteCommand {
    /// Somebody asks for it: it is nothing before somebody else approves.
    Propose {
        credit_note: CreditNoteId,
        customer: CustomerId,
        amounts: Amounts,
        reason: Reason,
        requested_by: Requester,
        effective_date: NaiveDate,
        today: NaiveDate,
    },
    Approve {
        credit_note: CreditNoteId,
        approved_by: Actor,
        effective_date: NaiveDate,
        today: NaiveDate,
    },
    Reject {
        credit_note: CreditNoteId,
        rejected_by: Actor,
        reason: Reason,
    },
    /// It should not have been granted.
    Reverse {
        credit_note: CreditNoteId,
        reason: Reason,
        effective_date: NaiveDate,
        today: NaiveDate,
    },
    /// A leg of a write-off of the customer's bills takes a part.
    Apply {
        credit_note: CreditNoteId,
        customer: CustomerId,
        write_off: WriteOffId,
        leg: u32,
        amount: Money,
        effective_date: NaiveDate,
        today: NaiveDate,
    },
    /// The leg is undone, on a date its write-off has judged.
    Free {
        credit_note: CreditNoteId,
        write_off: WriteOffId,
        leg: u32,
        amount: Money,
        effective_date: NaiveDate,
    },
}
