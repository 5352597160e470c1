use std::sync::Arc;

use chrono::NaiveDate;
use cqrs_es::test::TestFramework;

use super::*;
use crate::billing::pricing::PlanTerms;
use crate::event_sourced::EventSourced;
use crate::money::Currency;
use crate::requester::Requester;

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

/// Asked for through a key that Li made and Anna holds.
fn asking(from: &str, currency: &str) -> PlanVersionRequest {
    let [made_by, held_by] = ["user:li", "user:anna"].map(|name| name.parse().unwrap());
    PlanVersionRequest {
        effective_from: day(from),
        terms: Arc::new(terms(currency, "0.20")),
        reason: Some("new prices".parse().unwrap()),
        requested_by: Requester::of_key("key:erp".parse().unwrap(), made_by, Some(held_by)),
    }
}

fn request(from: &str, currency: &str) -> PricePlanCommand {
    PricePlanCommand::RequestVersion { plan: plan(), request: asking(from, currency) }
}

fn requested(from: &str) -> PricePlanEvent {
    let PlanVersionRequest { effective_from, terms, reason, requested_by } = asking(from, "CNY");
    let terms = Arc::unwrap_or_clone(terms);
    PricePlanEvent::PricePlanVersionRequested { plan: plan(), effective_from, terms, reason, requested_by }
}

fn approve(by: &str) -> PricePlanCommand {
    PricePlanCommand::ApproveVersion { plan: plan(), approved_by: by.parse().unwrap() }
}

fn approved(by: &str) -> PricePlanEvent {
    PricePlanEvent::PricePlanVersionApproved { plan: plan(), approved_by: by.parse().unwrap() }
}

fn rejected() -> PricePlanEvent {
    let (rejected_by, reason) = ("user:wang".parse().unwrap(), "too dear".parse().unwrap());
    PricePlanEvent::PricePlanVersionRejected { plan: plan(), rejected_by, reason }
}

fn waiting() -> Vec<PricePlanEvent> {
    [created(), vec![requested("2026-02-01")]].concat()
}

#[test]
fn a_version_that_waits_is_not_in_force_before_another_has_approved() {
    given(created()).when(request("2026-02-01", "CNY")).then_expect_events(vec![requested("2026-02-01")]);
    let mut state = PricePlan::default();
    waiting().iter().for_each(|event| state.evolve(event).unwrap());
    assert_eq!(state.in_force_on(day("2026-02-01")).map(|version| version.version), Some(1));
    assert_eq!(state.requested(), Some(&asking("2026-02-01", "CNY")));
    let both = vec![approved("user:wang"), version(2, "2026-02-01", "0.20")];
    given(waiting()).when(approve("user:wang")).then_expect_events(both.clone());
    both.iter().for_each(|event| state.evolve(event).unwrap());
    assert_eq!(state.in_force_on(day("2026-02-01")).map(|version| version.version), Some(2));
    assert_eq!(state.requested(), None);
    let over = PricePlanRefusal::VersionNotRequested { plan: plan() };
    given([waiting(), both].concat()).when(approve("user:wang")).then_expect_error(over);
}

#[test]
fn nobody_approves_the_version_he_asked_for() {
    let requested_by = "key:erp".parse().unwrap();
    let own = PricePlanRefusal::SelfApproval { plan: plan(), requested_by };
    for behind in ["key:erp", "user:li", "user:anna"] {
        given(waiting()).when(approve(behind)).then_expect_error(own.clone());
    }
}

#[test]
fn while_a_version_waits_there_is_no_other() {
    let requested_by = "key:erp".parse().unwrap();
    let waits = PricePlanRefusal::VersionUnderWay { plan: plan(), requested_by };
    given(waiting()).when(request("2026-03-01", "CNY")).then_expect_error(waits.clone());
    given(waiting()).when(add("2026-03-01", "CNY")).then_expect_error(waits);
    let (rejected_by, reason) = ("user:wang".parse().unwrap(), "too dear".parse().unwrap());
    let reject = PricePlanCommand::RejectVersion { plan: plan(), rejected_by, reason };
    given(waiting()).when(reject.clone()).then_expect_events(vec![rejected()]);
    let after = [waiting(), vec![rejected()]].concat();
    let over = PricePlanRefusal::VersionNotRequested { plan: plan() };
    given(after.clone()).when(reject).then_expect_error(over);
    given(after).when(add("2026-03-01", "CNY")).then_expect_events(vec![version(2, "2026-03-01", "0.20")]);
}

#[test]
fn what_could_not_be_added_is_not_asked_for() {
    let refused = |command| given(created()).when(command).inspect_result().unwrap_err();
    assert!(matches!(refused(request("2026-01-01", "CNY")), PricePlanRefusal::NotLater { .. }));
    assert!(matches!(refused(request("2026-02-01", "JPY")), PricePlanRefusal::CurrencyDiffers { .. }));
    assert!(matches!(refused(request("1899-12-31", "CNY")), PricePlanRefusal::EffectiveDate(_)));
    let not_found = PricePlanRefusal::NotFound { plan: plan() };
    given(vec![]).when(request("2026-02-01", "CNY")).then_expect_error(not_found);
}

#[test]
fn a_decision_of_what_nobody_asked_for_is_corruption() {
    let breaks = |events: Vec<PricePlanEvent>, next: PricePlanEvent| {
        let mut state = PricePlan::default();
        events.iter().for_each(|event| state.evolve(event).unwrap());
        state.evolve(&next).is_err()
    };
    assert!(breaks(vec![], requested("2026-02-01")));
    assert!(breaks(created(), approved("user:wang")));
    assert!(breaks(created(), rejected()));
    assert!(breaks(waiting(), requested("2026-03-01")));
}
