use cqrs_es::test::{AggregateTestExecutor, TestFramework};

use super::*;
use crate::billing::BillId;
use crate::event_sourced::EventSourced;
use crate::ids::CustomerId;
use crate::money::{Currency, Money, MoneyError};
use crate::orders::OrderId;
use CreditPolicy::{Block, Warn};

fn yuan(amount: &str) -> Money {
    Money::parse(amount, Currency::CNY).unwrap()
}

fn bill() -> BillId {
    "C00042.2026-10".parse().unwrap()
}

fn passed(exposure: &str) -> PassedLimit {
    PassedLimit { limit: yuan("100.00"), exposure: yuan(exposure) }
}

fn raise(policy: CreditPolicy, note: Option<u32>, exposure: &str) -> CreditAlertCommand {
    let date = "2026-11-01".parse().unwrap();
    CreditAlertCommand::Raise { bill: bill(), policy, passed: passed(exposure), note, date }
}

fn raised(policy: CreditPolicy, note: Option<u32>, exposure: &str) -> CreditAlertEvent {
    let PassedLimit { limit, exposure } = passed(exposure);
    let date = "2026-11-01".parse().unwrap();
    CreditAlertEvent::CreditLimitPassed { bill: bill(), policy, limit, exposure, note, date }
}

fn acknowledge(remark: &str) -> CreditAlertCommand {
    CreditAlertCommand::Acknowledge { subject: bill().into(), remark: remark.parse().unwrap() }
}

fn acknowledged() -> CreditAlertEvent {
    CreditAlertEvent::CreditAlertAcknowledged { bill: bill(), remark: "called them".parse().unwrap() }
}

fn given(events: Vec<CreditAlertEvent>) -> AggregateTestExecutor<CreditAlert> {
    TestFramework::with(()).given(events)
}

#[test]
fn more_than_the_limit_passes_it_and_exactly_the_limit_does_not() {
    let of = |owed, new| PassedLimit::of(yuan("100.00"), yuan(owed), yuan(new));
    assert_eq!(of("40.00", "60.00"), Ok(None));
    assert_eq!(of("40.00", "60.01"), Ok(Some(passed("100.01"))));
    assert_eq!(of("0.00", "100.01"), Ok(Some(passed("100.01"))));
    assert_eq!(of("140.00", "0.00"), Ok(None), "what owes nothing passes nothing");
    assert_eq!(of("140.00", "-1.00"), Ok(None));
    let yen = Money::parse("1", Currency::parse("JPY").unwrap()).unwrap();
    let mismatch = PassedLimit::of(yuan("100.00"), yen, yen);
    assert!(matches!(mismatch, Err(MoneyError::CurrencyMismatch { .. })), "{mismatch:?}");
}

#[test]
fn the_same_waits_once() {
    given(vec![]).when(raise(Block, None, "106.00")).then_expect_events(vec![raised(Block, None, "106.00")]);
    let waiting = vec![raised(Block, None, "106.00")];
    given(waiting.clone()).when(raise(Block, None, "212.00")).then_expect_events(vec![]);
    let issued = raised(Warn, None, "212.00");
    given(waiting).when(raise(Warn, None, "212.00")).then_expect_events(vec![issued.clone()]);
    let debited = raised(Warn, Some(1), "213.00");
    given(vec![issued]).when(raise(Warn, Some(1), "213.00")).then_expect_events(vec![debited.clone()]);
    given(vec![debited]).when(raise(Warn, Some(2), "214.00")).then_expect_events(vec![raised(
        Warn,
        Some(2),
        "214.00",
    )]);
}

#[test]
fn what_was_acknowledged_can_be_raised_again() {
    let seen_to = vec![raised(Block, None, "106.00"), acknowledged()];
    given(seen_to).when(raise(Block, None, "212.00")).then_expect_events(vec![raised(Block, None, "212.00")]);
}

#[test]
fn an_alert_is_acknowledged_once() {
    let waiting = vec![raised(Warn, None, "106.00")];
    given(waiting.clone()).when(acknowledge("called them")).then_expect_events(vec![acknowledged()]);
    given([waiting, vec![acknowledged()]].concat()).when(acknowledge("again")).then_expect_events(vec![]);
    given(vec![])
        .when(acknowledge("x"))
        .then_expect_error(CreditLimitRefusal::NoAlert { subject: bill().into() });
}

#[test]
fn what_was_never_raised_or_is_anothers_is_corruption() {
    assert!(CreditAlert::default().evolve(&acknowledged()).is_err());
    let mut alert = CreditAlert::default();
    alert.evolve(&raised(Warn, None, "106.00")).unwrap();
    alert.evolve(&acknowledged()).unwrap();
    assert_eq!(alert.is_acknowledged(), Some(true));
    assert!(alert.evolve(&acknowledged()).is_err(), "it was acknowledged before");
    let bill = "C00043.2026-10".parse().unwrap();
    let foreign = CreditAlertEvent::CreditAlertAcknowledged { bill, remark: "x".parse().unwrap() };
    assert!(alert.evolve(&foreign).is_err());
}

#[test]
fn an_alert_is_called_after_its_bill() {
    for subject in ["C00042.2026-10.r2", "O2GT6WQ5NVB8KZ0M4YXR7C1JHPD"] {
        let id = CreditAlertId::of(&subject.parse().unwrap());
        assert_eq!(id.as_str(), format!("{subject}.credit-alert"));
        assert_eq!(id.as_str().parse(), Ok(id));
    }
    for wrong in ["C00042.2026-10", "C00042.credit-alert", ".credit-alert", "O2GT.credit-alert"] {
        assert!(wrong.parse::<CreditAlertId>().is_err(), "{wrong}");
    }
}

fn order(number: &str) -> OrderId {
    OrderId::of(&number.parse().unwrap())
}

fn customer() -> CustomerId {
    CustomerId::from_number(42)
}

#[test]
fn an_order_has_an_alert_of_its_own() {
    let date = "2026-11-01".parse().unwrap();
    let raise = || CreditAlertCommand::RaiseForOrder {
        order: order("SO-1"),
        customer: customer(),
        policy: Warn,
        passed: passed("106.00"),
        date,
    };
    let PassedLimit { limit, exposure } = passed("106.00");
    let raised = CreditAlertEvent::CreditLimitPassedByOrder {
        order: order("SO-1"),
        customer: customer(),
        policy: Warn,
        limit,
        exposure,
        date,
    };
    given(vec![]).when(raise()).then_expect_events(vec![raised.clone()]);
    given(vec![raised.clone()]).when(raise()).then_expect_events(vec![]);
    let remark = || "called them".parse().unwrap();
    let acknowledge = || CreditAlertCommand::Acknowledge { subject: order("SO-1").into(), remark: remark() };
    let seen_to = CreditAlertEvent::OrderCreditAlertAcknowledged { order: order("SO-1"), remark: remark() };
    given(vec![raised.clone()]).when(acknowledge()).then_expect_events(vec![seen_to.clone()]);
    given(vec![raised.clone(), seen_to.clone()]).when(acknowledge()).then_expect_events(vec![]);
    let none = CreditLimitRefusal::NoAlert { subject: order("SO-1").into() };
    given(vec![]).when(acknowledge()).then_expect_error(none);
    let mut alert = CreditAlert::default();
    assert!(alert.evolve(&seen_to).is_err(), "nothing was raised");
    alert.evolve(&raised).unwrap();
    assert!(alert.evolve(&acknowledged()).is_err(), "that is a bill's");
}

fn counted(number: &str, earlier: &[&str], ended: &[&str]) -> CountedOrder {
    let orders = |numbers: &[&str]| numbers.iter().map(|number| order(number)).collect();
    CountedOrder {
        customer: customer(),
        order: order(number),
        earlier: orders(earlier),
        ended: orders(ended),
    }
}

fn event(order: CountedOrder) -> PendingOrdersEvent {
    PendingOrdersEvent::PendingOrderCounted(order)
}

#[test]
fn an_order_is_counted_once() {
    let given = |events| TestFramework::<PendingOrders>::with(()).given(events);
    let count = |order: &CountedOrder| PendingOrdersCommand::Count(order.clone());
    let first = counted("SO-2", &["SO-1"], &[]);
    given(vec![]).when(count(&first)).then_expect_events(vec![event(first.clone())]);
    given(vec![event(first.clone())]).when(count(&first)).then_expect_events(vec![]);
    let third = counted("SO-3", &[], &["SO-1"]);
    given(vec![event(first)]).when(count(&third)).then_expect_events(vec![event(third)]);
}

#[test]
fn those_that_ended_are_not_looked_at_again() {
    let mut pending = PendingOrders::default();
    assert!(!pending.is_counted());
    pending.evolve(&event(counted("SO-3", &["SO-1", "SO-2"], &[]))).unwrap();
    pending.evolve(&event(counted("SO-4", &[], &["SO-1", "SO-3"]))).unwrap();
    let mut left: Vec<_> = pending.orders().cloned().collect();
    left.sort_unstable();
    let mut expected = [order("SO-2"), order("SO-4")];
    expected.sort_unstable();
    assert_eq!((left, pending.is_counted()), (expected.to_vec(), true));
    let foreign = CountedOrder { customer: CustomerId::from_number(43), ..counted("SO-5", &[], &[]) };
    for corrupt in
        [foreign, counted("SO-5", &["SO-6"], &[]), counted("SO-5", &[], &["SO-1"]), counted("SO-4", &[], &[])]
    {
        assert!(pending.clone().evolve(&event(corrupt.clone())).is_err(), "{corrupt:?}");
    }
}

#[test]
fn the_pending_orders_are_called_after_their_customer() {
    assert_eq!(PendingOrders::stream_of(&customer()), "C00042.pending-orders");
    assert!(PendingOrders::is_stream("C00042.pending-orders"));
    assert!(!PendingOrders::is_stream("C00042.CNY.pending-orders") && !PendingOrders::is_stream("C00042"));
}
