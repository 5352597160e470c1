use tallybook_domain::billing::{BillId, CreditAlertEvent, CreditPolicy};

use super::{CreditAlertRow, CreditAlerts};
use crate::fold::FoldFault;
use crate::testing::{customer, day, folded, try_folded, yuan};

fn bill() -> BillId {
    BillId::new(&customer(1), "2026-10".parse().unwrap())
}

fn passed(policy: CreditPolicy, note: Option<u32>, exposure: &str) -> CreditAlertEvent {
    let (limit, exposure, date) = (yuan("100.00"), yuan(exposure), day("2026-11-01"));
    CreditAlertEvent::CreditLimitPassed { bill: bill(), policy, limit, exposure, note, date }
}

fn acknowledged() -> CreditAlertEvent {
    CreditAlertEvent::CreditAlertAcknowledged { bill: bill(), remark: "called them".parse().unwrap() }
}

fn row(events: Vec<CreditAlertEvent>) -> CreditAlertRow {
    folded::<CreditAlerts>(events.into_iter().map(Into::into)).get(&bill()).unwrap().clone()
}

#[test]
fn an_alert_waits_until_somebody_has_seen_to_it() {
    let raised = row(vec![passed(CreditPolicy::Block, None, "106.00")]);
    assert_eq!((raised.customer, raised.policy), (customer(1), CreditPolicy::Block));
    assert_eq!((raised.limit, raised.exposure), (yuan("100.00"), yuan("106.00")));
    assert_eq!((raised.acknowledged, raised.remark), (false, None));
    let seen_to = row(vec![passed(CreditPolicy::Block, None, "106.00"), acknowledged()]);
    assert_eq!((seen_to.acknowledged, seen_to.remark.as_deref()), (true, Some("called them")));
    assert_eq!((seen_to.raised.position, seen_to.updated.position), (1, 2));
}

#[test]
fn one_that_is_raised_again_waits_again() {
    let first = passed(CreditPolicy::Block, None, "106.00");
    let again = row(vec![first, acknowledged(), passed(CreditPolicy::Warn, Some(2), "150.00")]);
    assert_eq!((again.policy, again.note, again.exposure), (CreditPolicy::Warn, Some(2), yuan("150.00")));
    assert_eq!((again.acknowledged, again.remark, again.raised.position), (false, None, 3));
}

#[test]
fn what_nobody_raised_cannot_be_acknowledged() {
    let error = try_folded::<CreditAlerts>([acknowledged().into()]).unwrap_err();
    assert!(matches!(error.fault, FoldFault::Missing { table: "credit_alerts", .. }), "{error}");
}
