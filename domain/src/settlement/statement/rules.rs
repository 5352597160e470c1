//! What may become of a statement: issued over days that are past, answered once, withdrawn at any time.
//!
//! What was done already decides nothing: who sends a form twice has answered once.

use chrono::NaiveDate;

use super::aggregate::Issued;
use super::{
    Signatory, Statement, StatementAnswer, StatementCommand, StatementEvent, StatementFigures, StatementId,
    StatementRefusal,
};
use crate::ids::CustomerId;
use crate::text::{Reason, Remark};

/// More nobody checks by hand, and a page of them is too much for a telephone.
pub const MOST_LINES: u64 = 20_000;

type Decided = Result<Option<StatementEvent>, StatementRefusal>;

pub(super) fn decide(state: &Statement, command: StatementCommand) -> Decided {
    match command {
        StatementCommand::Issue { statement, customer, figures, today } => {
            if state.issued.is_some() {
                return Err(StatementRefusal::AlreadyIssued { statement });
            }
            issue((statement, customer), figures, today)
        }
        StatementCommand::Answer { statement, answer, remark, answered_by } => {
            self::answer(issued(state, &statement)?, answer, remark, answered_by)
        }
        StatementCommand::Withdraw { statement, reason } => Ok(withdraw(issued(state, &statement)?, reason)),
    }
}

fn issue(
    (statement, customer): (StatementId, CustomerId),
    figures: StatementFigures,
    today: NaiveDate,
) -> Decided {
    let StatementFigures { from, to, line_count: lines, .. } = figures;
    if to < from {
        return Err(StatementRefusal::PeriodReversed { from, to });
    }
    if to > today {
        return Err(StatementRefusal::PeriodNotOver { to, today });
    }
    if lines > MOST_LINES {
        return Err(StatementRefusal::TooLong { lines, most: MOST_LINES });
    }
    // Nothing may be of another currency than the rest.
    figures.opening.balance()?.checked_sub(figures.closing.balance()?)?;
    Ok(Some(StatementEvent::StatementIssued { statement, customer, figures }))
}

/// The first answer stands. The same once more is a form that was sent twice, whoever signed it then.
fn answer(
    issued: &Issued,
    answer: StatementAnswer,
    remark: Option<Remark>,
    answered_by: Signatory,
) -> Decided {
    let statement = issued.statement.clone();
    if issued.is_withdrawn {
        return Err(StatementRefusal::Withdrawn { statement });
    }
    match &issued.answered {
        Some(first) if first.answer == answer && first.remark == remark => return Ok(None),
        Some(_) => return Err(StatementRefusal::AlreadyAnswered { statement, state: issued.state() }),
        None => {}
    }
    match (answer, &remark) {
        (StatementAnswer::Disagrees, None) => Err(StatementRefusal::RemarkMissing),
        (StatementAnswer::Agrees, _) | (StatementAnswer::Disagrees, Some(_)) => {
            Ok(Some(StatementEvent::StatementAnswered { statement, answer, remark, answered_by }))
        }
    }
}

fn withdraw(issued: &Issued, reason: Reason) -> Option<StatementEvent> {
    let statement = issued.statement.clone();
    (!issued.is_withdrawn).then_some(StatementEvent::StatementWithdrawn { statement, reason })
}

fn issued<'a>(state: &'a Statement, statement: &StatementId) -> Result<&'a Issued, StatementRefusal> {
    let not_found = || StatementRefusal::NotFound { statement: statement.clone() };
    state.issued.as_ref().ok_or_else(not_found)
}
