use chrono::NaiveDate;
use cqrs_es::test::TestFramework;

use super::*;
use crate::event_sourced::EventSourced;
use crate::ids::CustomerId;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn customer() -> CustomerId {
    CustomerId::from_number(42)
}

fn assigned(plan: &str, from: &str) -> SubscriptionEvent {
    let plan = plan.parse().unwrap();
    SubscriptionEvent::PricePlanAssigned { customer: customer(), plan, from: day(from) }
}

fn ended(from: &str) -> SubscriptionEvent {
    SubscriptionEvent::PricePlanEnded { customer: customer(), from: day(from) }
}

fn assign(plan: &str, from: &str) -> SubscriptionCommand {
    let plan = plan.parse().unwrap();
    SubscriptionCommand::Assign { customer: customer(), plan, from: day(from) }
}

fn end(from: &str) -> SubscriptionCommand {
    SubscriptionCommand::End { customer: customer(), from: day(from) }
}

fn given(events: Vec<SubscriptionEvent>) -> cqrs_es::test::AggregateTestExecutor<Subscription> {
    TestFramework::with(()).given(events)
}

fn in_october(events: &[SubscriptionEvent]) -> Vec<(String, String, String)> {
    let mut subscription = Subscription::default();
    events.iter().for_each(|event| subscription.evolve(event).unwrap());
    let periods = subscription.between(day("2026-10-01"), day("2026-10-31"));
    let told = |period: PlanPeriod| (period.plan.to_string(), period.from.to_string(), period.to.to_string());
    periods.into_iter().map(told).collect()
}

fn period(plan: &str, from: &str, to: &str) -> (String, String, String) {
    (plan.into(), from.into(), to.into())
}

#[test]
fn a_plan_is_in_force_from_its_day_until_the_next() {
    assert_eq!(in_october(&[]), []);
    assert_eq!(in_october(&[assigned("a", "2026-09-15")]), [period("a", "2026-10-01", "2026-10-31")]);
    assert_eq!(in_october(&[assigned("a", "2026-10-08")]), [period("a", "2026-10-08", "2026-10-31")]);
    assert_eq!(in_october(&[assigned("a", "2026-11-01")]), []);
    assert_eq!(
        in_october(&[assigned("a", "2026-10-01"), assigned("b", "2026-10-11"), ended("2026-10-31")]),
        [period("a", "2026-10-01", "2026-10-10"), period("b", "2026-10-11", "2026-10-30")]
    );
    assert_eq!(in_october(&[assigned("a", "2026-10-31")]), [period("a", "2026-10-31", "2026-10-31")]);
}

#[test]
fn a_change_voids_what_was_planned_for_later() {
    assert_eq!(
        in_october(&[assigned("a", "2026-10-01"), assigned("b", "2026-10-20"), assigned("c", "2026-10-10")]),
        [period("a", "2026-10-01", "2026-10-09"), period("c", "2026-10-10", "2026-10-31")]
    );
}

#[test]
fn what_is_so_already_is_no_change() {
    given(vec![]).when(assign("a", "2026-10-01")).then_expect_events(vec![assigned("a", "2026-10-01")]);
    given(vec![assigned("a", "2026-10-01")]).when(assign("a", "2026-10-01")).then_expect_events(vec![]);
    given(vec![assigned("a", "2026-10-01")]).when(assign("a", "2026-10-05")).then_expect_events(vec![]);
    given(vec![assigned("a", "2026-10-01"), assigned("b", "2026-10-09")])
        .when(assign("a", "2026-10-05"))
        .then_expect_events(vec![assigned("a", "2026-10-05")]);
    given(vec![assigned("a", "2026-10-01"), ended("2026-10-09")])
        .when(end("2026-10-09"))
        .then_expect_events(vec![]);
}

#[test]
fn nothing_ends_that_has_not_begun() {
    let from = day("2026-10-09");
    given(vec![])
        .when(end("2026-10-09"))
        .then_expect_error(SubscriptionRefusal::NothingToEnd { customer: customer(), from });
}

#[test]
fn only_months_under_a_plan_can_have_bills() {
    let months = |events: &[SubscriptionEvent], last: &str| {
        let mut subscription = Subscription::default();
        events.iter().for_each(|event| subscription.evolve(event).unwrap());
        let months = subscription.months_until(last.parse().unwrap());
        months.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    let events = [assigned("a", "2026-06-30"), ended("2026-08-01"), assigned("b", "2026-10-31")];
    assert_eq!(months(&events, "2026-11"), ["2026-06", "2026-07", "2026-10", "2026-11"]);
    assert_eq!(months(&events, "2026-07"), ["2026-06", "2026-07"]);
    assert_eq!(months(&events, "2026-05"), [""; 0]);
    assert_eq!(months(&[], "2026-11"), [""; 0]);
    assert_eq!(months(&[assigned("a", "1899-12-15")], "1900-01"), ["1900-01"]);
}
