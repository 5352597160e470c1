//! The statement (对账单) as it was sent to a customer: figures that do not change any more, and what the customer says.
//!
//! It moves no money. Who disagrees has to be talked with; what comes of that is bills, notes and write-offs.

mod aggregate;
mod answer;
mod command;
mod event;
mod figures;
mod refusal;
mod rules;
mod state;
#[cfg(test)]
mod tests;

pub use crate::ids::StatementId;
pub use aggregate::Statement;
pub use answer::{Signatory, StatementAnswer};
pub use command::StatementCommand;
pub use event::StatementEvent;
pub use figures::{Standing, StatementFigures};
pub use refusal::StatementRefusal;
pub use rules::MOST_LINES;
pub use state::StatementState;
