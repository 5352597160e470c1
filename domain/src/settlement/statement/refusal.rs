//! Why something may not happen to a statement.

use chrono::NaiveDate;

use super::{StatementId, StatementState};
use crate::money::MoneyError;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StatementRefusal {
    #[error("there is no statement {statement}")]
    NotFound { statement: StatementId },
    #[error("statement {statement} exists already")]
    AlreadyIssued { statement: StatementId },
    #[error("the customer has answered statement {statement} already: it is {state}")]
    AlreadyAnswered { statement: StatementId, state: StatementState },
    #[error("statement {statement} was withdrawn")]
    Withdrawn { statement: StatementId },
    #[error("who disagrees has to say what is wrong")]
    RemarkMissing,
    #[error("the period ends on {to}, before it begins on {from}")]
    PeriodReversed { from: NaiveDate, to: NaiveDate },
    #[error("the period ends on {to}, which is after today, {today}")]
    PeriodNotOver { to: NaiveDate, today: NaiveDate },
    #[error("a statement has {most} lines at most, this one would have {lines}: choose a shorter period")]
    TooLong { lines: u64, most: u64 },
    /// The figures are of different currencies, or the balance is out of range.
    #[error(transparent)]
    Money(#[from] MoneyError),
}
