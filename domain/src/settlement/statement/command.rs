//! What can be asked of a statement.

use chrono::NaiveDate;

use super::{Signatory, StatementAnswer, StatementFigures, StatementId};
use crate::ids::CustomerId;
use crate::text::{Reason, Remark};

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StatementCommand {
    Issue {
        statement: StatementId,
        customer: CustomerId,
        figures: StatementFigures,
        /// The book's day, by which the period is judged.
        today: NaiveDate,
    },
    Answer {
        statement: StatementId,
        answer: StatementAnswer,
        remark: Option<Remark>,
        answered_by: Signatory,
    },
    /// It should not have been sent, or not to this customer.
    Withdraw {
        statement: StatementId,
        reason: Reason,
    },
}
