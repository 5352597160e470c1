use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use cqrs_es::test::{AggregateTestExecutor, TestFramework};

use super::*;
use crate::billing::BillId;
use crate::event_sourced::EventSourced;
use crate::money::{Currency, Money};

use ReminderChannel::{Email, Webhook};
use ReminderStep::{BeforeDue, Due, Overdue7, Overdue15, Overdue30};

fn bill() -> BillId {
    "C00042.2026-10".parse().unwrap()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn at(minute: i64) -> DateTime<Utc> {
    "2026-12-01T01:00:00Z".parse::<DateTime<Utc>>().unwrap() + TimeDelta::minutes(minute)
}

fn owed() -> OwedBill {
    let open = Money::parse("106.00", Currency::CNY).unwrap();
    OwedBill { number: "2026-000042".parse().unwrap(), due_date: day("2026-12-01"), open }
}

fn raise(today: &str) -> ReminderCommand {
    ReminderCommand::Raise { bill: bill(), owed: owed(), channels: vec![Email, Webhook], today: day(today) }
}

fn raised(step: ReminderStep, date: &str) -> ReminderEvent {
    let OwedBill { number, due_date, open } = owed();
    let (bill, channels, date) = (bill(), vec![Email, Webhook], day(date));
    ReminderEvent::ReminderRaised { bill, step, channels, number, due_date, open, date }
}

fn attempt(step: ReminderStep, withdraw: Option<WithdrawalReason>, minute: i64) -> ReminderCommand {
    let (now, until) = (at(minute), at(minute + 5));
    ReminderCommand::Attempt { bill: bill(), step, channel: Email, withdraw, now, until }
}

fn attempted(step: ReminderStep, attempt: u32, minute: i64) -> ReminderEvent {
    ReminderEvent::ReminderAttempted { bill: bill(), step, channel: Email, attempt, until: at(minute + 5) }
}

fn succeed() -> ReminderCommand {
    ReminderCommand::Succeed { bill: bill(), step: Due, channel: Email }
}

fn sent(attempts: u32) -> ReminderEvent {
    ReminderEvent::ReminderSent { bill: bill(), step: Due, channel: Email, attempts }
}

fn fail(attempt: u32, retry_at: Option<i64>) -> ReminderCommand {
    let failure = AttemptFailure { reason: "refused".parse().unwrap(), retry_at: retry_at.map(at) };
    ReminderCommand::Fail { bill: bill(), step: Due, channel: Email, attempt, failure }
}

fn attempt_failed(attempt: u32, retry_at: i64) -> ReminderEvent {
    let (reason, retry_at) = ("refused".parse().unwrap(), at(retry_at));
    ReminderEvent::ReminderAttemptFailed {
        bill: bill(),
        step: Due,
        channel: Email,
        attempt,
        reason,
        retry_at,
    }
}

fn withdrawn(step: ReminderStep, reason: WithdrawalReason) -> ReminderEvent {
    ReminderEvent::ReminderWithdrawn { bill: bill(), step, channel: Email, reason }
}

fn given(events: Vec<ReminderEvent>) -> AggregateTestExecutor<Reminder> {
    TestFramework::with(()).given(events)
}

#[test]
fn a_bill_comes_to_one_step_after_the_other() {
    let reached = |today: &str| ReminderStep::reached(day("2026-12-01"), day(today));
    for (today, step) in [
        ("2026-11-27", None),
        ("2026-11-28", Some(BeforeDue)),
        ("2026-11-30", Some(BeforeDue)),
        ("2026-12-01", Some(Due)),
        ("2026-12-07", Some(Due)),
        ("2026-12-08", Some(Overdue7)),
        ("2026-12-16", Some(Overdue15)),
        ("2026-12-30", Some(Overdue15)),
        ("2026-12-31", Some(Overdue30)),
        ("2028-01-01", Some(Overdue30)),
    ] {
        assert_eq!(reached(today), step, "{today}");
    }
}

#[test]
fn each_step_is_raised_once() {
    given(vec![]).when(raise("2026-11-27")).then_expect_events(vec![]);
    given(vec![]).when(raise("2026-12-01")).then_expect_events(vec![raised(Due, "2026-12-01")]);
    given(vec![raised(Due, "2026-12-01")]).when(raise("2026-12-05")).then_expect_events(vec![]);
    given(vec![raised(Due, "2026-12-01")])
        .when(raise("2026-12-08"))
        .then_expect_events(vec![raised(Overdue7, "2026-12-08")]);
}

#[test]
fn steps_that_were_missed_are_passed_over() {
    given(vec![raised(BeforeDue, "2026-11-28")])
        .when(raise("2026-12-20"))
        .then_expect_events(vec![raised(Overdue15, "2026-12-20")]);
    // Nor do they come when the day goes back.
    given(vec![raised(Overdue15, "2026-12-20")]).when(raise("2026-12-08")).then_expect_events(vec![]);
}

#[test]
fn without_a_way_out_nothing_is_raised() {
    let raise =
        ReminderCommand::Raise { bill: bill(), owed: owed(), channels: vec![], today: day("2026-12-01") };
    given(vec![]).when(raise).then_expect_events(vec![]);
}

#[test]
fn one_at_a_time_tries_to_deliver() {
    let due = raised(Due, "2026-12-01");
    given(vec![]).when(attempt(Due, None, 0)).then_expect_events(vec![]);
    given(vec![due.clone()]).when(attempt(Due, None, 0)).then_expect_events(vec![attempted(Due, 1, 0)]);
    let under_way = vec![due, attempted(Due, 1, 0)];
    given(under_way.clone()).when(attempt(Due, None, 4)).then_expect_events(vec![]);
    // Whoever had the turn is not heard of any more.
    given(under_way).when(attempt(Due, None, 5)).then_expect_events(vec![attempted(Due, 2, 5)]);
}

#[test]
fn what_is_delivered_is_done() {
    let under_way = vec![raised(Due, "2026-12-01"), attempted(Due, 1, 0)];
    given(under_way.clone()).when(succeed()).then_expect_events(vec![sent(1)]);
    let done = [under_way, vec![sent(1)]].concat();
    given(done.clone()).when(succeed()).then_expect_events(vec![]);
    given(done.clone()).when(fail(1, None)).then_expect_events(vec![]);
    given(done).when(attempt(Due, None, 60)).then_expect_events(vec![]);
}

#[test]
fn a_failure_is_tried_again_later_or_given_up() {
    let under_way = vec![raised(Due, "2026-12-01"), attempted(Due, 1, 0)];
    given(under_way.clone()).when(fail(1, Some(30))).then_expect_events(vec![attempt_failed(1, 30)]);
    let failed = [under_way.clone(), vec![attempt_failed(1, 30)]].concat();
    given(failed.clone()).when(attempt(Due, None, 29)).then_expect_events(vec![]);
    given(failed).when(attempt(Due, None, 30)).then_expect_events(vec![attempted(Due, 2, 30)]);
    let reason = "refused".parse().unwrap();
    let given_up =
        ReminderEvent::ReminderFailed { bill: bill(), step: Due, channel: Email, attempts: 1, reason };
    given(under_way.clone()).when(fail(1, None)).then_expect_events(vec![given_up]);
    // Of an attempt that another has followed.
    let again = [under_way, vec![attempted(Due, 2, 5)]].concat();
    given(again).when(fail(1, None)).then_expect_events(vec![]);
}

#[test]
fn what_was_given_up_for_want_of_an_address_is_resumed_once() {
    let given_up = |reason: &str| {
        let failed = ReminderEvent::ReminderFailed {
            bill: bill(),
            step: Due,
            channel: Email,
            attempts: 1,
            reason: reason.parse().unwrap(),
        };
        vec![raised(Due, "2026-12-01"), attempted(Due, 1, 0), failed]
    };
    let resume = || ReminderCommand::Resume { bill: bill(), step: Due, channel: Email };
    let resumed = ReminderEvent::ReminderResumed { bill: bill(), step: Due, channel: Email };
    let without = given_up(NO_ADDRESS);
    given(without.clone()).when(attempt(Due, None, 60)).then_expect_events(vec![]);
    given(without.clone()).when(resume()).then_expect_events(vec![resumed.clone()]);
    let again = [without.clone(), vec![resumed.clone()]].concat();
    given(again.clone()).when(resume()).then_expect_events(vec![]);
    given(again).when(attempt(Due, None, 60)).then_expect_events(vec![attempted(Due, 2, 60)]);
    let later = [without, vec![raised(Overdue7, "2026-12-08")]].concat();
    given(later).when(resume()).then_expect_events(vec![]);
    given(given_up("refused")).when(resume()).then_expect_events(vec![]);
    let mut refused = Reminder::default();
    given_up("refused").iter().try_for_each(|event| refused.evolve(event)).unwrap();
    assert!(refused.evolve(&resumed).is_err(), "it wants no address");
}

#[test]
fn what_need_not_be_sent_is_withdrawn() {
    let disputed = Some(WithdrawalReason::Disputed);
    let due = raised(Due, "2026-12-01");
    given(vec![due.clone()])
        .when(attempt(Due, disputed, 0))
        .then_expect_events(vec![withdrawn(Due, WithdrawalReason::Disputed)]);
    let later = vec![due, raised(Overdue7, "2026-12-08")];
    given(later.clone())
        .when(attempt(Due, None, 0))
        .then_expect_events(vec![withdrawn(Due, WithdrawalReason::Superseded)]);
    given(later).when(attempt(Overdue7, None, 0)).then_expect_events(vec![attempted(Overdue7, 1, 0)]);
}

#[test]
fn a_stream_that_cannot_be_is_corrupt() {
    let due = raised(Due, "2026-12-01");
    let fold = |events: &[ReminderEvent]| {
        let mut reminder = Reminder::default();
        events.iter().try_for_each(|event| reminder.evolve(event))
    };
    assert!(fold(&[due.clone(), due.clone()]).is_err(), "raised twice");
    assert!(fold(&[due.clone(), sent(1), sent(1)]).is_err(), "sent twice");
    assert!(fold(&[sent(1)]).is_err(), "never raised");
    let other = ReminderEvent::ReminderSent {
        bill: "C00043.2026-10".parse().unwrap(),
        step: Due,
        channel: Email,
        attempts: 1,
    };
    assert!(fold(&[due, other]).is_err(), "of another bill");
    assert_eq!(ReminderStep::ALL.map(ReminderStep::as_str).last(), Some(&Overdue30.as_str()));
}

#[test]
fn words_are_those_of_the_journal() {
    fn check<T: serde::Serialize>(all: impl IntoIterator<Item = T>, word: fn(&T) -> &'static str) {
        for one in all {
            assert_eq!(serde_json::to_value(&one).unwrap(), word(&one));
        }
    }
    check(ReminderStep::ALL, |step| step.as_str());
    check(ReminderChannel::ALL, |channel| channel.as_str());
    check(ReminderStatus::ALL, |status| status.as_str());
    use WithdrawalReason::{Disputed, NotOwed, Superseded};
    check([Disputed, NotOwed, Superseded], |reason| reason.as_str());
}
