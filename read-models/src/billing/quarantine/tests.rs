use tallybook_domain::BookEvent;
use tallybook_domain::billing::UsageQuarantineEvent;
use tallybook_domain::billing::quarantine::{
    HeldUsage, QuarantineReason, QuarantineState, UsageQuarantineId,
};

use super::UsageQuarantines;
use crate::testing::{day, folded, recorded, try_folded};

fn quarantine() -> UsageQuarantineId {
    "C00042.2026-10.quarantine".parse().unwrap()
}

fn held(given: &str) -> HeldUsage {
    HeldUsage {
        meter: "calls".parse().unwrap(),
        date: day("2026-10-05"),
        reference: "gw-1".parse().unwrap(),
        given: given.parse().unwrap(),
        reason: QuarantineReason::Negative,
        recorded: None,
        average: None,
    }
}

fn quarantined(first: u32, given: &[&str]) -> BookEvent {
    let held = given.iter().map(|given| held(given)).collect();
    let run = "meters.1".parse().unwrap();
    UsageQuarantineEvent::UsageQuarantined { quarantine: quarantine(), run, first, held }.into()
}

fn accepted(number: u32) -> BookEvent {
    let quantity = "5".parse().unwrap();
    UsageQuarantineEvent::QuarantinedUsageAccepted { quarantine: quarantine(), number, quantity }.into()
}

fn dismissed(number: u32) -> BookEvent {
    UsageQuarantineEvent::QuarantinedUsageDismissed { quarantine: quarantine(), number }.into()
}

#[test]
fn each_value_has_its_row_and_its_end() {
    let events = [quarantined(1, &["-5", "-6"]), quarantined(3, &["-7"]), accepted(1), dismissed(3)];
    let rows = folded::<UsageQuarantines>(events);
    let states = [1, 2, 3].map(|number| rows.get(&quarantine().entry(number)).unwrap().state);
    assert_eq!(states, [QuarantineState::Accepted, QuarantineState::Waiting, QuarantineState::Dismissed]);
    let first = rows.get(&quarantine().entry(1)).unwrap();
    assert_eq!((first.held.given.as_str(), first.quantity), ("-5", Some("5".parse().unwrap())));
    assert_eq!((first.quarantined.position, first.updated.position), (1, 3));
}

#[test]
fn the_reason_is_that_of_the_command() {
    use crate::fold::{Share, Tables, fold};
    let mut events = recorded([quarantined(1, &["-5"]), dismissed(1)]);
    events[1].metadata.reason = Some("meter was replaced".into());
    let mut rows = <UsageQuarantines as crate::fold::Projection>::Tables::whole(Share::ALL);
    fold::<UsageQuarantines>(&events, &mut rows).unwrap();
    let row = rows.get(&quarantine().entry(1)).unwrap();
    assert_eq!(row.reason.as_deref(), Some("meter was replaced"));
}

#[test]
fn what_was_never_put_aside_cannot_be_folded() {
    for events in [vec![accepted(1)], vec![quarantined(1, &["-5"]), dismissed(2)]] {
        assert!(try_folded::<UsageQuarantines>(events).is_err());
    }
}
