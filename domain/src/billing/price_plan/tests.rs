use chrono::NaiveDate;
use cqrs_es::test::TestFramework;

use super::*;
use crate::billing::pricing::PlanTerms;
use crate::event_sourced::EventSourced;
use crate::money::Currency;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn plan() -> PlanCode {
    "standard".parse().unwrap()
}

fn terms(currency: &str, price: &str) -> PlanTerms {
    let text = format!(
        r#"{{"currency":"{currency}","items":[{{"code":"calls","name":"Calls","meter":"calls","model":"per_unit","unit_price":"{price}"}}]}}"#
    );
    serde_json::from_str(&text).unwrap()
}

fn created() -> Vec<PricePlanEvent> {
    vec![
        PricePlanEvent::PricePlanCreated { plan: plan(), name: "Standard".parse().unwrap() },
        version(1, "2026-01-01", "0.10"),
    ]
}

fn version(version: u32, from: &str, price: &str) -> PricePlanEvent {
    let (plan, terms) = (plan(), terms("CNY", price));
    PricePlanEvent::PricePlanVersionAdded { plan, version, effective_from: day(from), terms }
}

fn given(events: Vec<PricePlanEvent>) -> cqrs_es::test::AggregateTestExecutor<PricePlan> {
    TestFramework::with(()).given(events)
}

fn add(from: &str, currency: &str) -> PricePlanCommand {
    PricePlanCommand::AddVersion { plan: plan(), effective_from: day(from), terms: terms(currency, "0.20") }
}

#[test]
fn a_plan_begins_with_its_first_version() {
    let create = PricePlanCommand::Create {
        plan: plan(),
        name: "Standard".parse().unwrap(),
        effective_from: day("2026-01-01"),
        terms: terms("CNY", "0.10"),
    };
    given(vec![]).when(create.clone()).then_expect_events(created());
    given(created()).when(create).then_expect_error(PricePlanRefusal::AlreadyExists { plan: plan() });
}

#[test]
fn a_version_comes_into_force_after_the_one_before_it() {
    given(created()).when(add("2026-02-01", "CNY")).then_expect_events(vec![version(
        2,
        "2026-02-01",
        "0.20",
    )]);
    let latest = day("2026-01-01");
    given(created()).when(add("2026-01-01", "CNY")).then_expect_error(PricePlanRefusal::NotLater {
        plan: plan(),
        version: 1,
        latest,
    });
    given(vec![])
        .when(add("2026-01-01", "CNY"))
        .then_expect_error(PricePlanRefusal::NotFound { plan: plan() });
}

#[test]
fn a_plan_does_not_begin_before_dates_do() {
    for day_out_of_range in ["1899-12-31", "0026-01-01", "+10000-01-01"] {
        let create = PricePlanCommand::Create {
            plan: plan(),
            name: "Standard".parse().unwrap(),
            effective_from: day(day_out_of_range),
            terms: terms("CNY", "0.10"),
        };
        for (before, command) in [(vec![], create), (created(), add(day_out_of_range, "CNY"))] {
            let mut plan = PricePlan::default();
            before.iter().for_each(|event| plan.evolve(event).unwrap());
            assert!(matches!(plan.decide(command), Err(PricePlanRefusal::EffectiveDate(_))));
        }
    }
    assert_eq!(given(created()).when(add("9999-12-31", "CNY")).inspect_result().unwrap().len(), 1);
}

#[test]
fn a_plan_keeps_its_currency() {
    let (expected, given_in) = (Currency::CNY, Currency::parse("JPY").unwrap());
    given(created()).when(add("2026-02-01", "JPY")).then_expect_error(PricePlanRefusal::CurrencyDiffers {
        plan: plan(),
        expected,
        given: given_in,
    });
}

#[test]
fn each_day_has_its_version() {
    let mut plan = PricePlan::default();
    for event in created().into_iter().chain([version(2, "2026-02-15", "0.20")]) {
        plan.evolve(&event).unwrap();
    }
    let on = |text| plan.in_force_on(day(text)).map(|version| version.version);
    assert_eq!(on("2025-12-31"), None);
    assert_eq!(on("2026-01-01"), Some(1));
    assert_eq!(on("2026-02-14"), Some(1));
    assert_eq!(on("2026-02-15"), Some(2));
    assert!(plan.evolve(&version(2, "2026-03-01", "0.20")).is_err());
    assert!(plan.evolve(&version(3, "2026-02-15", "0.20")).is_err());
}
