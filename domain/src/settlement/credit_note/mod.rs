//! The credit note bound to no bill: what the customer is owed, and what of it has settled bills.
//!
//! A note on one bill is that bill's own. This one pays whatever bills a write-off says, as a receipt does.

mod aggregate;
mod command;
mod event;
mod refusal;
mod rules;
mod state;
#[cfg(test)]
mod tests;

pub use crate::ids::CreditNoteId;
pub use aggregate::CreditNote;
pub use command::CreditNoteCommand;
pub use event::CreditNoteEvent;
pub use refusal::CreditNoteRefusal;
pub use state::CreditNoteState;
