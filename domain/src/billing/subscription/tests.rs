use chrono::NaiveDate;
use cqrs_es::test::TestFramework;

use super::*;
use crate::event_sourced::EventSourced;
use crate::ids::CustomerId;
use crate::requester::Requester;

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

/// Asked for through a key that Li made and Anna holds.
fn asking(plan: Option<&str>, from: &str) -> PlanChangeRequest {
    let [made_by, held_by] = ["user:li", "user:anna"].map(|name| name.parse().unwrap());
    PlanChangeRequest {
        plan: plan.map(|plan| plan.parse().unwrap()),
        from: day(from),
        reason: Some("a larger contract".parse().unwrap()),
        requested_by: Requester::of_key("key:erp".parse().unwrap(), made_by, Some(held_by)),
    }
}

fn request(plan: Option<&str>, from: &str) -> SubscriptionCommand {
    SubscriptionCommand::RequestChange { customer: customer(), request: asking(plan, from) }
}

fn requested(plan: Option<&str>, from: &str) -> SubscriptionEvent {
    let PlanChangeRequest { plan, from, reason, requested_by } = asking(plan, from);
    SubscriptionEvent::PricePlanChangeRequested { customer: customer(), plan, from, reason, requested_by }
}

fn approve(by: &str) -> SubscriptionCommand {
    SubscriptionCommand::ApproveChange { customer: customer(), approved_by: by.parse().unwrap() }
}

fn approved(by: &str) -> SubscriptionEvent {
    SubscriptionEvent::PricePlanChangeApproved { customer: customer(), approved_by: by.parse().unwrap() }
}

fn rejected() -> SubscriptionEvent {
    let (rejected_by, reason) = ("user:wang".parse().unwrap(), "not signed".parse().unwrap());
    SubscriptionEvent::PricePlanChangeRejected { customer: customer(), rejected_by, reason }
}

#[test]
fn a_change_that_waits_is_made_once_another_has_approved() {
    let begun = vec![assigned("a", "2026-10-01")];
    for (plan, made) in [(Some("b"), assigned("b", "2026-10-11")), (None, ended("2026-10-11"))] {
        let asked = requested(plan, "2026-10-11");
        given(begun.clone()).when(request(plan, "2026-10-11")).then_expect_events(vec![asked.clone()]);
        let waiting = [begun.clone(), vec![asked]].concat();
        assert_eq!(in_october(&waiting), in_october(&begun), "nothing has changed yet");
        let both = vec![approved("user:wang"), made];
        given(waiting.clone()).when(approve("user:wang")).then_expect_events(both.clone());
        let after = [waiting, both].concat();
        assert_eq!(in_october(&after)[0], period("a", "2026-10-01", "2026-10-10"));
        let over = SubscriptionRefusal::ChangeNotRequested { customer: customer() };
        given(after).when(approve("user:wang")).then_expect_error(over);
    }
}

#[test]
fn nobody_approves_the_change_he_asked_for() {
    let requested_by = "key:erp".parse().unwrap();
    let own = SubscriptionRefusal::SelfApproval { customer: customer(), requested_by };
    for behind in ["key:erp", "user:li", "user:anna"] {
        let waiting = vec![requested(Some("a"), "2026-10-01")];
        given(waiting).when(approve(behind)).then_expect_error(own.clone());
    }
}

#[test]
fn while_a_change_waits_there_is_no_other() {
    let requested_by = "key:erp".parse().unwrap();
    let waits = SubscriptionRefusal::ChangeUnderWay { customer: customer(), requested_by };
    let waiting = vec![assigned("a", "2026-10-01"), requested(Some("b"), "2026-10-11")];
    for other in [
        request(Some("b"), "2026-10-11"),
        request(None, "2026-10-20"),
        assign("b", "2026-10-11"),
        end("2026-10-20"),
    ] {
        given(waiting.clone()).when(other).then_expect_error(waits.clone());
    }
    given(waiting.clone()).when(assign("a", "2026-10-05")).then_expect_events(vec![]);
    let (rejected_by, reason) = ("user:wang".parse().unwrap(), "not signed".parse().unwrap());
    let reject = SubscriptionCommand::RejectChange { customer: customer(), rejected_by, reason };
    given(waiting.clone()).when(reject.clone()).then_expect_events(vec![rejected()]);
    let after = [waiting, vec![rejected()]].concat();
    let over = SubscriptionRefusal::ChangeNotRequested { customer: customer() };
    given(after.clone()).when(reject).then_expect_error(over);
    given(after).when(end("2026-10-20")).then_expect_events(vec![ended("2026-10-20")]);
}

#[test]
fn what_is_so_already_or_cannot_be_is_not_asked_for() {
    let begun = vec![assigned("a", "2026-10-01")];
    given(begun).when(request(Some("a"), "2026-10-05")).then_expect_events(vec![]);
    let from = day("2026-10-05");
    let nothing = SubscriptionRefusal::NothingToEnd { customer: customer(), from };
    given(vec![]).when(request(None, "2026-10-05")).then_expect_error(nothing);
}

#[test]
fn a_decision_of_what_nobody_asked_for_is_corruption() {
    let mut state = Subscription::default();
    assert!(state.evolve(&approved("user:wang")).is_err());
    assert!(state.evolve(&rejected()).is_err());
    state.evolve(&requested(Some("a"), "2026-10-01")).unwrap();
    assert!(state.evolve(&requested(None, "2026-10-02")).is_err());
}
