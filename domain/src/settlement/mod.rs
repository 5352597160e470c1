//! Receipts and write-offs (收款核销): money in, which bills it settled, and how that is undone.
//!
//! A receipt or a credit note says what of it is free, a bill what of it is owed; a write-off is the paper that ties
//! them, and all of them are decided together. A statement (对账单) says how it all stands, and the customer answers.

mod applied;
pub mod credit_note;
mod event;
pub mod matching;
pub mod matching_rules;
pub mod receipt;
pub mod statement;
pub mod write_off;

pub use applied::{AppliedLegs, BrokenLeg};
pub use credit_note::{
    CreditNote, CreditNoteCommand, CreditNoteEvent, CreditNoteId, CreditNoteRefusal, CreditNoteState,
};
pub use event::SettlementEvent;
pub use matching_rules::{MatchingRules, MatchingRulesCommand, MatchingRulesEvent, MatchingRulesRefusal};
pub use receipt::{Receipt, ReceiptCommand, ReceiptEvent, ReceiptId, ReceiptRefusal};
pub use statement::{
    Statement, StatementCommand, StatementEvent, StatementId, StatementRefusal, StatementState,
};
pub use write_off::{WriteOff, WriteOffCommand, WriteOffEvent, WriteOffId, WriteOffRefusal, WriteOffState};
