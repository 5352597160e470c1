use tallybook_domain::ledger::periods::{PeriodEvent, PeriodState};
use tallybook_domain::{BookEvent, Month};

use super::Periods;
use crate::fold::FoldFault;
use crate::testing::{folded, try_folded};

fn period() -> Month {
    "2026-10".parse().unwrap()
}

fn closed() -> BookEvent {
    PeriodEvent::PeriodClosed { period: period() }.into()
}

fn requested() -> BookEvent {
    let (requested_by, reason) = ("user:li".parse().unwrap(), "a late invoice".parse().unwrap());
    PeriodEvent::PeriodReopeningRequested { period: period(), requested_by, reason }.into()
}

fn approved() -> BookEvent {
    PeriodEvent::PeriodReopened { period: period(), approved_by: "user:wang".parse().unwrap() }.into()
}

fn rejected() -> BookEvent {
    let (rejected_by, reason) = ("user:wang".parse().unwrap(), "it can wait".parse().unwrap());
    PeriodEvent::PeriodReopeningRejected { period: period(), rejected_by, reason }.into()
}

#[test]
fn a_month_stands_as_its_last_change_left_it() {
    for (events, state, asked_by) in [
        (vec![closed()], PeriodState::Closed, None),
        (vec![closed(), requested()], PeriodState::ReopeningRequested, Some("user:li")),
        (vec![closed(), requested(), rejected()], PeriodState::Closed, None),
        (vec![closed(), requested(), approved()], PeriodState::Open, None),
        (vec![closed(), requested(), approved(), closed()], PeriodState::Closed, None),
    ] {
        let last = events.len() as u64;
        let rows = folded::<Periods>(events);
        let row = rows.get(&period()).unwrap();
        assert_eq!((row.state, row.requested_by.as_ref().map(|actor| actor.as_str())), (state, asked_by));
        assert_eq!(row.updated.position, last);
    }
}

#[test]
fn a_month_that_was_never_closed_cannot_be_opened() {
    let error = try_folded::<Periods>([approved()]).unwrap_err();
    assert!(matches!(error.fault, FoldFault::Missing { table: "accounting_periods", .. }), "{error}");
}
