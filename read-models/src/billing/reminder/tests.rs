use tallybook_domain::billing::reminder::WithdrawalReason;
use tallybook_domain::billing::{BillId, ReminderChannel, ReminderEvent, ReminderStatus, ReminderStep};

use super::{ReminderRow, Reminders};
use crate::fold::FoldFault;
use crate::testing::{at, customer, day, folded, try_folded, yuan};

use ReminderChannel::{Email, Webhook};
use ReminderStep::Due;

fn bill() -> BillId {
    BillId::new(&customer(1), "2026-10".parse().unwrap())
}

fn raised() -> ReminderEvent {
    ReminderEvent::ReminderRaised {
        bill: bill(),
        step: Due,
        channels: vec![Email, Webhook],
        number: "2026-000001".parse().unwrap(),
        due_date: day("2026-12-01"),
        open: yuan("106.00"),
        date: day("2026-12-01"),
    }
}

fn attempted(channel: ReminderChannel, attempt: u32) -> ReminderEvent {
    ReminderEvent::ReminderAttempted { bill: bill(), step: Due, channel, attempt, until: at(1000) }
}

fn row(events: Vec<ReminderEvent>, channel: ReminderChannel) -> ReminderRow {
    let events = [vec![raised()], events].concat();
    folded::<Reminders>(events.into_iter().map(Into::into)).get(&(bill(), Due, channel)).unwrap().clone()
}

#[test]
fn a_reminder_waits_on_every_channel() {
    for channel in [Email, Webhook] {
        let row = row(vec![], channel);
        assert_eq!((row.status, row.attempts, row.next_attempt_at), (ReminderStatus::Pending, 0, None));
        assert_eq!((row.customer, row.open, row.raised.position), (customer(1), yuan("106.00"), 1));
    }
}

#[test]
fn attempts_and_their_outcome_are_told() {
    let failed = ReminderEvent::ReminderAttemptFailed {
        bill: bill(),
        step: Due,
        channel: Email,
        attempt: 1,
        reason: "refused".parse().unwrap(),
        retry_at: at(2000),
    };
    let events = vec![attempted(Email, 1), failed];
    let waiting = row(events.clone(), Email);
    assert_eq!((waiting.status, waiting.attempts), (ReminderStatus::Pending, 1));
    assert_eq!((waiting.next_attempt_at, waiting.reason.as_deref()), (Some(at(2000)), Some("refused")));
    let sent = ReminderEvent::ReminderSent { bill: bill(), step: Due, channel: Email, attempts: 2 };
    let events = [events, vec![attempted(Email, 2), sent]].concat();
    let done = row(events.clone(), Email);
    assert_eq!((done.status, done.attempts, done.reason), (ReminderStatus::Sent, 2, None));
    assert_eq!((done.next_attempt_at, done.updated.position), (None, 5));
    assert_eq!(row(events, Webhook).status, ReminderStatus::Pending, "the other channel is on its own");
}

#[test]
fn what_is_given_up_or_withdrawn_says_why() {
    let reason = "no address".parse().unwrap();
    let failed =
        ReminderEvent::ReminderFailed { bill: bill(), step: Due, channel: Email, attempts: 1, reason };
    let given_up = row(vec![attempted(Email, 1), failed], Email);
    assert_eq!((given_up.status, given_up.reason.as_deref()), (ReminderStatus::Failed, Some("no address")));
    let failed = ReminderEvent::ReminderFailed {
        bill: bill(),
        step: Due,
        channel: Email,
        attempts: 1,
        reason: "no address".parse().unwrap(),
    };
    let resumed = ReminderEvent::ReminderResumed { bill: bill(), step: Due, channel: Email };
    let waits = row(vec![attempted(Email, 1), failed, resumed], Email);
    assert_eq!((waits.status, waits.attempts), (ReminderStatus::Pending, 1));
    assert_eq!((waits.next_attempt_at, waits.reason), (None, None));
    let reason = WithdrawalReason::Disputed;
    let withdrawn = ReminderEvent::ReminderWithdrawn { bill: bill(), step: Due, channel: Webhook, reason };
    let withdrawn = row(vec![withdrawn], Webhook);
    assert_eq!(
        (withdrawn.status, withdrawn.reason.as_deref()),
        (ReminderStatus::Withdrawn, Some("disputed"))
    );
}

#[test]
fn a_reminder_nobody_raised_is_a_fault() {
    let error = try_folded::<Reminders>([attempted(Email, 1).into()]).unwrap_err();
    assert!(matches!(error.fault, FoldFault::Missing { table: "reminders", .. }), "{error}");
}
