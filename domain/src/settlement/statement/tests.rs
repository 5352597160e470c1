use chrono::NaiveDate;
use cqrs_es::test::{AggregateTestExecutor, TestFramework};

use super::*;
use crate::event_sourced::EventSourced;
use crate::ids::CustomerId;
use crate::ledger::postings;
use crate::money::{Currency, Money};

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn yuan(amount: &str) -> Money {
    Money::parse(amount, Currency::CNY).unwrap()
}

fn id() -> StatementId {
    "S01K7RA8ZAYFGXSMRSF9FMC3M04".parse().unwrap()
}

fn figures() -> StatementFigures {
    StatementFigures {
        from: day("2026-10-01"),
        to: day("2026-10-31"),
        known_at: 77,
        opening: Standing { receivable: yuan("0.00"), advance: yuan("0.00") },
        closing: Standing { receivable: yuan("150.00"), advance: yuan("5.00") },
        line_count: 4,
    }
}

fn issue(figures: StatementFigures) -> StatementCommand {
    let (customer, today) = (CustomerId::from_number(42), day("2026-11-02"));
    StatementCommand::Issue { statement: id(), customer, figures, today }
}

fn issued() -> StatementEvent {
    let customer = CustomerId::from_number(42);
    StatementEvent::StatementIssued { statement: id(), customer, figures: figures() }
}

fn answer(answer: StatementAnswer, remark: &str, by: &str) -> StatementCommand {
    let (remark, answered_by) = (remark.parse().ok(), by.parse().unwrap());
    StatementCommand::Answer { statement: id(), answer, remark, answered_by }
}

fn answered(answer: StatementAnswer, remark: &str, by: &str) -> StatementEvent {
    let (remark, answered_by) = (remark.parse().ok(), by.parse().unwrap());
    StatementEvent::StatementAnswered { statement: id(), answer, remark, answered_by }
}

fn withdraw() -> StatementCommand {
    StatementCommand::Withdraw { statement: id(), reason: "sent to the wrong one".parse().unwrap() }
}

fn withdrawn() -> StatementEvent {
    StatementEvent::StatementWithdrawn { statement: id(), reason: "sent to the wrong one".parse().unwrap() }
}

fn given(events: impl IntoIterator<Item = StatementEvent>) -> AggregateTestExecutor<Statement> {
    TestFramework::with(()).given(events.into_iter().collect())
}

fn after(events: &[StatementEvent]) -> Statement {
    let mut statement = Statement::default();
    events.iter().for_each(|event| statement.evolve(event).unwrap());
    statement
}

use StatementAnswer::{Agrees, Disagrees};

#[test]
fn a_statement_is_issued_over_days_that_are_past() {
    given([]).when(issue(figures())).then_expect_events(vec![issued()]);
    assert!(postings(&issued().into()).is_empty(), "it moves no money");
    let refused = StatementRefusal::AlreadyIssued { statement: id() };
    given([issued()]).when(issue(figures())).then_expect_error(refused);
    let (to, today) = (day("2026-11-03"), day("2026-11-02"));
    let open = StatementFigures { to, ..figures() };
    given([]).when(issue(open)).then_expect_error(StatementRefusal::PeriodNotOver { to, today });
    let upto_today = StatementFigures { to: today, ..figures() };
    assert_eq!(Statement::default().decide(issue(upto_today)).unwrap().len(), 1);
    let (from, to) = (day("2026-10-02"), day("2026-10-01"));
    let reversed = StatementFigures { from, to, ..figures() };
    given([]).when(issue(reversed)).then_expect_error(StatementRefusal::PeriodReversed { from, to });
    let long = StatementFigures { line_count: MOST_LINES + 1, ..figures() };
    let refused = StatementRefusal::TooLong { lines: MOST_LINES + 1, most: MOST_LINES };
    given([]).when(issue(long)).then_expect_error(refused);
    let dollars = Money::parse("5.00", Currency::parse("USD").unwrap()).unwrap();
    let opening = Standing { receivable: dollars, advance: dollars };
    let mixed = Statement::default().decide(issue(StatementFigures { opening, ..figures() })).unwrap_err();
    assert!(matches!(mixed, StatementRefusal::Money(_)), "{mixed}");
}

#[test]
fn the_first_answer_stands() {
    let agrees = answered(Agrees, "", "李雷");
    given([issued()]).when(answer(Agrees, "", "李雷")).then_expect_events(vec![agrees.clone()]);
    let agreed = [issued(), agrees];
    assert_eq!(after(&agreed).state(), Some(StatementState::Agreed));
    for by in ["李雷", "韩梅梅"] {
        given(agreed.clone()).when(answer(Agrees, "", by)).then_expect_events(vec![]);
    }
    let state = StatementState::Agreed;
    let refused = StatementRefusal::AlreadyAnswered { statement: id(), state };
    for (other, remark) in [(Disagrees, "差 5 元"), (Disagrees, ""), (Agrees, "but late")] {
        given(agreed.clone()).when(answer(other, remark, "李雷")).then_expect_error(refused.clone());
    }
}

#[test]
fn who_disagrees_says_what_is_wrong() {
    given([issued()]).when(answer(Disagrees, "", "李雷")).then_expect_error(StatementRefusal::RemarkMissing);
    let disagrees = answered(Disagrees, "差 5 元", "李雷");
    given([issued()]).when(answer(Disagrees, "差 5 元", "李雷")).then_expect_events(vec![disagrees.clone()]);
    let disagreed = [issued(), disagrees];
    assert_eq!(after(&disagreed).state(), Some(StatementState::Disagreed));
    given(disagreed.clone()).when(answer(Disagrees, "差 5 元", "李雷")).then_expect_events(vec![]);
    let state = StatementState::Disagreed;
    let refused = StatementRefusal::AlreadyAnswered { statement: id(), state };
    given(disagreed).when(answer(Disagrees, "差 6 元", "李雷")).then_expect_error(refused);
}

#[test]
fn one_that_was_withdrawn_is_answered_by_nobody() {
    given([issued()]).when(withdraw()).then_expect_events(vec![withdrawn()]);
    let gone = [issued(), withdrawn()];
    given(gone.clone()).when(withdraw()).then_expect_events(vec![]);
    let refused = StatementRefusal::Withdrawn { statement: id() };
    given(gone).when(answer(Agrees, "", "李雷")).then_expect_error(refused.clone());
    let late = [issued(), answered(Agrees, "", "李雷"), withdrawn()];
    assert_eq!(after(&late).state(), Some(StatementState::Withdrawn), "whatever was answered");
    given(late).when(answer(Agrees, "", "李雷")).then_expect_error(refused);
    let not_found = StatementRefusal::NotFound { statement: id() };
    given([]).when(withdraw()).then_expect_error(not_found.clone());
    given([]).when(answer(Agrees, "", "李雷")).then_expect_error(not_found);
}

#[test]
fn a_stream_that_breaks_the_order_is_corrupt() {
    let other = StatementEvent::StatementWithdrawn {
        statement: "S01K7RA8ZAYFGXSMRSF9FMC3M05".parse().unwrap(),
        reason: "why".parse().unwrap(),
    };
    let agrees = || answered(Agrees, "", "李雷");
    let broken = [
        vec![agrees()],
        vec![withdrawn()],
        vec![issued(), issued()],
        vec![issued(), agrees(), agrees()],
        vec![issued(), withdrawn(), agrees()],
        vec![issued(), withdrawn(), withdrawn()],
        vec![issued(), other],
    ];
    for mut events in broken {
        let last = events.pop().unwrap();
        assert!(after(&events).evolve(&last).is_err(), "{last:?}");
    }
}
