use tallybook_domain::billing::{BillId, CreditAlertEvent, CreditPolicy, CreditSubject};
use tallybook_domain::orders::OrderId;

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

fn row_of(subject: &CreditSubject, events: Vec<CreditAlertEvent>) -> CreditAlertRow {
    folded::<CreditAlerts>(events.into_iter().map(Into::into)).get(subject).unwrap().clone()
}

fn row(events: Vec<CreditAlertEvent>) -> CreditAlertRow {
    row_of(&bill().into(), events)
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

#[test]
fn an_order_has_an_alert_of_its_own() {
    let order = OrderId::of(&"SO-1".parse().unwrap());
    let passed_by_order = CreditAlertEvent::CreditLimitPassedByOrder {
        order: order.clone(),
        customer: customer(2),
        policy: CreditPolicy::Warn,
        limit: yuan("100.00"),
        exposure: yuan("100.01"),
        date: day("2026-11-02"),
    };
    let remark = "called them".parse().unwrap();
    let seen_to = CreditAlertEvent::OrderCreditAlertAcknowledged { order: order.clone(), remark };
    let events = vec![passed(CreditPolicy::Block, None, "106.00"), passed_by_order, seen_to];
    let of_order = row_of(&order.into(), events.clone());
    assert_eq!((of_order.customer, of_order.exposure), (customer(2), yuan("100.01")));
    assert_eq!((of_order.policy, of_order.note, of_order.acknowledged), (CreditPolicy::Warn, None, true));
    assert_eq!((of_order.raised.position, of_order.updated.position), (2, 3));
    assert!(!row(events).acknowledged, "that of the bill waits on");
}
