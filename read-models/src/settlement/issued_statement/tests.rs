use tallybook_domain::BookEvent;
use tallybook_domain::settlement::StatementId;
use tallybook_domain::settlement::statement::{
    Standing, StatementAnswer, StatementEvent, StatementFigures, StatementState,
};

use super::Statements;
use crate::testing::{at, customer, day, folded, try_folded, yuan};

fn id() -> StatementId {
    "S01K7RA8ZAYFGXSMRSF9FMC3M04".parse().unwrap()
}

fn issued() -> BookEvent {
    let figures = StatementFigures {
        from: day("2026-10-01"),
        to: day("2026-10-31"),
        known_at: 77,
        opening: Standing { receivable: yuan("100.00"), advance: yuan("120.00") },
        closing: Standing { receivable: yuan("150.00"), advance: yuan("5.00") },
        line_count: 4,
    };
    StatementEvent::StatementIssued { statement: id(), customer: customer(1), figures }.into()
}

fn answered(answer: StatementAnswer, remark: &str) -> BookEvent {
    let (remark, answered_by) = (remark.parse().ok(), "李雷".parse().unwrap());
    StatementEvent::StatementAnswered { statement: id(), answer, remark, answered_by }.into()
}

fn withdrawn() -> BookEvent {
    StatementEvent::StatementWithdrawn { statement: id(), reason: "of another".parse().unwrap() }.into()
}

#[test]
fn a_statement_keeps_what_it_said_when_it_was_issued() {
    let rows = folded::<Statements>([issued()]);
    let row = rows.get(&id()).unwrap();
    assert_eq!((row.state, row.known_at, row.line_count), (StatementState::Issued, 77, 4));
    assert_eq!(row.opening.balance.amount(), yuan("-20.00").amount(), "we owe the customer");
    assert_eq!(row.closing.balance.amount(), yuan("145.00").amount());
    assert!(try_folded::<Statements>([issued(), issued()]).is_err());
    assert!(try_folded::<Statements>([withdrawn()]).is_err());
}

#[test]
fn an_answer_says_who_when_and_what_is_wrong() {
    let rows = folded::<Statements>([issued(), answered(StatementAnswer::Disagrees, "差 5 元")]);
    let row = rows.get(&id()).unwrap();
    assert_eq!((row.state, row.answer), (StatementState::Disagreed, Some(StatementAnswer::Disagrees)));
    let said = (row.remark.as_ref(), row.answered_by.as_ref());
    assert_eq!(said, ("差 5 元".parse().ok().as_ref(), "李雷".parse().ok().as_ref()));
    assert_eq!((row.answered_at, row.updated.position), (Some(at(2)), 2));
}

#[test]
fn what_was_answered_stays_on_one_that_is_withdrawn() {
    let rows = folded::<Statements>([issued(), answered(StatementAnswer::Agrees, ""), withdrawn()]);
    let row = rows.get(&id()).unwrap();
    assert_eq!((row.state, row.answer), (StatementState::Withdrawn, Some(StatementAnswer::Agrees)));
    assert_eq!(row.end_reason, "of another".parse().ok());
    assert_eq!((row.answered_at, row.updated.at), (Some(at(2)), at(3)));
}
