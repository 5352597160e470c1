use cqrs_es::test::{AggregateTestExecutor, TestFramework};

use super::*;
use crate::billing::BillId;
use crate::event_sourced::EventSourced;
use crate::money::{Currency, Money, MoneyError};
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
    CreditAlertCommand::Acknowledge { bill: bill(), remark: remark.parse().unwrap() }
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
    given(vec![]).when(acknowledge("x")).then_expect_error(CreditLimitRefusal::NoAlert { bill: bill() });
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
    let id = CreditAlertId::of(&"C00042.2026-10.r2".parse().unwrap());
    assert_eq!(id.as_str(), "C00042.2026-10.r2.credit-alert");
    assert_eq!(id.as_str().parse(), Ok(id));
    for wrong in ["C00042.2026-10", "C00042.credit-alert", ".credit-alert"] {
        assert!(wrong.parse::<CreditAlertId>().is_err(), "{wrong}");
    }
}
