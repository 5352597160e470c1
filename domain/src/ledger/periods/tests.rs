use cqrs_es::test::TestFramework;

use super::*;
use crate::event_sourced::EventSourced;
use crate::month::Month;

fn month() -> Month {
    "2026-10".parse().unwrap()
}

fn day(text: &str) -> chrono::NaiveDate {
    text.parse().unwrap()
}

fn given(events: Vec<PeriodEvent>) -> cqrs_es::test::AggregateTestExecutor<AccountingPeriods> {
    TestFramework::with(()).given(events)
}

fn closed() -> PeriodEvent {
    PeriodEvent::PeriodClosed { period: month() }
}

fn requested() -> PeriodEvent {
    PeriodEvent::PeriodReopeningRequested {
        period: month(),
        requested_by: "user:li".parse().unwrap(),
        reason: "a bill was missing".parse().unwrap(),
    }
}

fn close(today: &str) -> PeriodCommand {
    PeriodCommand::Close { period: month(), today: day(today) }
}

fn approve(by: &str) -> PeriodCommand {
    PeriodCommand::ApproveReopening { period: month(), approved_by: by.parse().unwrap() }
}

#[test]
fn a_month_is_closed_once_it_is_over() {
    let today = day("2026-10-31");
    given(vec![])
        .when(close("2026-10-31"))
        .then_expect_error(PeriodRefusal::NotOver { period: month(), today });
    given(vec![]).when(close("2026-11-01")).then_expect_events(vec![closed()]);
    given(vec![closed()]).when(close("2026-11-02")).then_expect_events(vec![]);
}

#[test]
fn nothing_is_effective_in_a_closed_month() {
    let mut periods = AccountingPeriods::default();
    assert_eq!(periods.check_open(day("2026-10-15")), Ok(()));
    periods.evolve(&closed()).unwrap();
    let effective_date = day("2026-10-31");
    let refused = PeriodRefusal::Closed { period: month(), effective_date };
    assert_eq!(periods.check_open(effective_date), Err(refused));
    assert_eq!(periods.check_open(day("2026-11-01")), Ok(()));
    assert_eq!(periods.check_open(day("2026-09-30")), Ok(()));
}

#[test]
fn somebody_else_reopens_a_month() {
    let requested_by = "user:li".parse().unwrap();
    given(vec![closed(), requested()])
        .when(approve("user:li"))
        .then_expect_error(PeriodRefusal::SelfApproval { period: month(), requested_by });
    let reopened = PeriodEvent::PeriodReopened { period: month(), approved_by: "user:wang".parse().unwrap() };
    given(vec![closed(), requested()]).when(approve("user:wang")).then_expect_events(vec![reopened.clone()]);
    given(vec![closed(), requested(), reopened]).when(close("2026-11-05")).then_expect_events(vec![closed()]);
}

#[test]
fn a_rejected_month_stays_closed_and_can_be_asked_for_again() {
    let (rejected_by, reason) = ("user:wang".parse().unwrap(), "not needed".parse().unwrap());
    let rejected = PeriodEvent::PeriodReopeningRejected { period: month(), rejected_by, reason };
    let PeriodEvent::PeriodReopeningRequested { period, requested_by, reason } = requested() else {
        unreachable!()
    };
    given(vec![closed(), requested(), rejected])
        .when(PeriodCommand::RequestReopening { period, requested_by, reason })
        .then_expect_events(vec![requested()]);
    given(vec![closed()])
        .when(approve("user:wang"))
        .then_expect_error(PeriodRefusal::ReopeningNotRequested { period: month() });
    given(vec![]).when(approve("user:wang")).then_expect_error(PeriodRefusal::NotClosed { period: month() });
}

#[test]
fn an_event_that_does_not_fit_is_corruption() {
    let mut periods = AccountingPeriods::default();
    assert!(periods.evolve(&requested()).is_err());
    periods.evolve(&closed()).unwrap();
    assert!(periods.evolve(&closed()).is_err());
    periods.evolve(&requested()).unwrap();
    assert!(periods.evolve(&requested()).is_err());
}
