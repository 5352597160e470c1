//! Why something may not happen to a credit note.

use super::{CreditNoteId, CreditNoteState};
use crate::actor::Actor;
use crate::dates::EffectiveDateOutOfRange;
use crate::ids::{CustomerId, WriteOffId};
use crate::money::{Money, MoneyError};

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CreditNoteRefusal {
    #[error("there is no credit note {credit_note}")]
    NotFound { credit_note: CreditNoteId },
    #[error("credit note {credit_note} exists already")]
    AlreadyMade { credit_note: CreditNoteId },
    #[error("credit note {credit_note} is {state}")]
    NotInState { credit_note: CreditNoteId, state: CreditNoteState },
    #[error("{requested_by} asked for credit note {credit_note}, so someone else has to approve it")]
    SelfApproval { credit_note: CreditNoteId, requested_by: Actor },
    #[error(
        "credit note {credit_note} cannot be reversed: {applied} of it is written off against bills, which has to be undone first"
    )]
    InUse { credit_note: CreditNoteId, applied: Money },
    #[error("credit note {credit_note} is one of customer {customer}")]
    OfAnother { credit_note: CreditNoteId, customer: CustomerId },
    #[error("{unapplied} is left of credit note {credit_note}, {requested} is asked for")]
    AboveUnapplied { credit_note: CreditNoteId, unapplied: Money, requested: Money },
    #[error("leg {leg} of write-off {write_off} takes nothing of credit note {credit_note}")]
    NotApplied { credit_note: CreditNoteId, write_off: WriteOffId, leg: u32 },
    #[error("the amount must be more than zero, it is {amount}")]
    AmountNotPositive { amount: Money },
    #[error("the tax cannot be less than nothing, nor more than the {subtotal} it is on; it is {tax}")]
    TaxOutOfRange { subtotal: Money, tax: Money },
    #[error(transparent)]
    EffectiveDate(#[from] EffectiveDateOutOfRange),
    /// The currency is another than the note's, or a sum is out of range.
    #[error(transparent)]
    Money(#[from] MoneyError),
}
