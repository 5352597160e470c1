use chrono::{DateTime, TimeDelta, Utc};
use cqrs_es::test::{AggregateTestExecutor, TestFramework};

use super::*;
use crate::actor::Actor;
use crate::approvals::{ApprovalId, ApprovalKind, ApprovalRuleSet, ApprovalSubject};
use crate::event_sourced::EventSourced;
use crate::money::{Currency, Money};
use crate::requester::Requester;

fn subject() -> ApprovalSubject {
    "period_reopening.2026-10".parse().unwrap()
}

fn id(round: u32) -> ApprovalId {
    ApprovalId::new(&subject(), round)
}

fn actor(name: &str) -> Actor {
    format!("user:{name}").parse().unwrap()
}

fn noon() -> DateTime<Utc> {
    "2026-11-02T04:00:00Z".parse().unwrap()
}

fn week() -> TimeDelta {
    TimeDelta::days(7)
}

fn asked(amount: &str) -> Asked {
    let amounts = vec![Money::parse(amount, Currency::CNY).unwrap()];
    let requested_by = Requester::of_key("key:erp".parse().unwrap(), actor("li"), None);
    Asked { subject: subject(), customer: None, amounts, why: None, requested_by }
}

fn request(amount: &str) -> ApprovalCommand {
    let terms = ApprovalRuleSet::beginning().terms(ApprovalKind::PeriodReopening).clone();
    ApprovalCommand::Request { asked: asked(amount), terms, rules_version: 0, now: noon() }
}

fn requested(round: u32, approvers: u32) -> ApprovalEvent {
    let Asked { customer, amounts, why, requested_by, .. } = asked("10000.00");
    let expires_at = noon() + week();
    ApprovalEvent::ApprovalRequested {
        approval: id(round),
        customer,
        amounts,
        why,
        requested_by,
        approvers,
        rules_version: 0,
        expires_at,
    }
}

fn deciding(by: &str, on_behalf_of: Option<&str>) -> Deciding {
    let given = Given { by: actor(by), on_behalf_of: on_behalf_of.map(actor) };
    Deciding { subject: subject(), round: None, given }
}

fn give(by: &str) -> ApprovalCommand {
    ApprovalCommand::Give { deciding: deciding(by, None), reason: None, gone: Vec::new(), now: noon() }
}

fn give_for(by: &str, on_behalf_of: &str) -> ApprovalCommand {
    let deciding = deciding(by, Some(on_behalf_of));
    ApprovalCommand::Give { deciding, reason: None, gone: Vec::new(), now: noon() }
}

fn given_by(by: &str, on_behalf_of: Option<&str>) -> ApprovalEvent {
    let (given_by, on_behalf_of) = (actor(by), on_behalf_of.map(actor));
    ApprovalEvent::ApprovalGiven { approval: id(1), given_by, on_behalf_of, reason: None }
}

fn reject(deciding: Deciding) -> ApprovalCommand {
    ApprovalCommand::Reject { deciding, reason: "no".parse().unwrap() }
}

fn rejected() -> ApprovalEvent {
    let (rejected_by, reason) = (actor("wang"), "no".parse().unwrap());
    ApprovalEvent::ApprovalRejected { approval: id(1), rejected_by, on_behalf_of: None, reason }
}

fn given(events: Vec<ApprovalEvent>) -> AggregateTestExecutor<Approval> {
    TestFramework::<Approval>::with(()).given(events)
}

fn state(events: &[ApprovalEvent]) -> Approval {
    let mut state = Approval::default();
    for event in events {
        state.evolve(event).unwrap();
    }
    state
}

fn own() -> ApprovalRefusal {
    ApprovalRefusal::SelfApproval { approval: id(1), requested_by: "key:erp".parse().unwrap() }
}

fn twice(by: &str) -> ApprovalRefusal {
    ApprovalRefusal::AlreadyGiven { approval: id(1), given_by: actor(by) }
}

#[test]
fn what_is_asked_for_takes_as_many_as_the_rules_say_within_their_time() {
    given(vec![]).when(request("10000.00")).then_expect_events(vec![requested(1, 2)]);
    let under_way = ApprovalRefusal::UnderWay { approval: id(1) };
    given(vec![requested(1, 2)]).when(request("1.00")).then_expect_error(under_way);
    given(vec![requested(1, 2), rejected()])
        .when(request("10000.00"))
        .then_expect_events(vec![requested(2, 2)]);
}

#[test]
fn it_takes_two_different_people() {
    let first = vec![requested(1, 2), given_by("wang", None)];
    given(vec![requested(1, 2)]).when(give("wang")).then_expect_events(vec![given_by("wang", None)]);
    assert_eq!((state(&first).state(), state(&first).missing()), (Some(ApprovalState::Open), 1));
    given(first.clone()).when(give("wang")).then_expect_error(twice("wang"));
    given(first.clone()).when(give("zhao")).then_expect_events(vec![given_by("zhao", None)]);
    let both = [first, vec![given_by("zhao", None)]].concat();
    assert_eq!((state(&both).state(), state(&both).missing()), (Some(ApprovalState::Approved), 0));
    given(both.clone()).when(give("zhao")).then_expect_events(vec![]);
    let over = ApprovalRefusal::NotOpen { approval: id(1), state: ApprovalState::Approved };
    given(both).when(give("qian")).then_expect_error(over);
}

#[test]
fn nobody_approves_what_he_asked_for() {
    given(vec![requested(1, 1)]).when(give("li")).then_expect_error(own());
    let key = Deciding {
        given: Given { by: "key:erp".parse().unwrap(), on_behalf_of: None },
        ..deciding("wang", None)
    };
    let by_key = ApprovalCommand::Give { deciding: key, reason: None, gone: Vec::new(), now: noon() };
    given(vec![requested(1, 1)]).when(by_key).then_expect_error(own());
}

#[test]
fn whoever_decides_in_anothers_place_is_both() {
    let first = requested(1, 2);
    given(vec![first.clone()]).when(give_for("wang", "li")).then_expect_error(own());
    given(vec![first.clone()]).when(give_for("li", "wang")).then_expect_error(own());
    let delegated = given_by("wang", Some("zhao"));
    given(vec![first.clone()]).when(give_for("wang", "zhao")).then_expect_events(vec![delegated.clone()]);
    given(vec![first.clone(), delegated.clone()]).when(give("zhao")).then_expect_error(twice("zhao"));
    given(vec![first.clone(), delegated.clone()]).when(give("wang")).then_expect_error(twice("wang"));
    given(vec![first.clone(), delegated]).when(give_for("qian", "zhao")).then_expect_error(twice("zhao"));
    given(vec![first, given_by("zhao", None)])
        .when(give_for("wang", "zhao"))
        .then_expect_error(twice("zhao"));
}

#[test]
fn what_was_given_by_who_cannot_sign_in_any_more_does_not_count() {
    let lapsed = |by: &str, on_behalf_of: Option<&str>| ApprovalEvent::ApprovalLapsed {
        approval: id(1),
        given_by: actor(by),
        on_behalf_of: on_behalf_of.map(actor),
    };
    let give_without = |by: &str, gone: &[&str]| ApprovalCommand::Give {
        deciding: deciding(by, None),
        reason: None,
        gone: gone.iter().map(|name| actor(name)).collect(),
        now: noon(),
    };
    let first = vec![requested(1, 2), given_by("wang", None)];
    let second = vec![lapsed("wang", None), given_by("zhao", None)];
    given(first.clone()).when(give_without("zhao", &["wang", "sun"])).then_expect_events(second.clone());
    let after = [first.clone(), second.clone()].concat();
    let stands = state(&after);
    assert_eq!((stands.state(), stands.missing()), (Some(ApprovalState::Open), 1));
    assert_eq!(stands.given(), [Given { by: actor("zhao"), on_behalf_of: None }]);
    // Who is let in again may give it again.
    given(after).when(give_without("wang", &[])).then_expect_events(vec![given_by("wang", None)]);
    given(first.clone())
        .when(give_without("zhao", &["sun"]))
        .then_expect_events(vec![given_by("zhao", None)]);
    // Neither does what was given in his place.
    let instead = vec![requested(1, 2), given_by("wang", Some("qian"))];
    let events = vec![lapsed("wang", Some("qian")), given_by("zhao", None)];
    given(instead).when(give_without("zhao", &["qian"])).then_expect_events(events);
    // What was enough stays enough.
    let approved = [first, vec![given_by("zhao", None)]].concat();
    given(approved).when(give_without("zhao", &["wang"])).then_expect_events(vec![]);
    assert!(state(&[requested(1, 2)]).clone().evolve(&lapsed("wang", None)).is_err(), "never given");
}

#[test]
fn what_has_expired_is_not_given_and_may_be_rejected() {
    let late =
        |now| ApprovalCommand::Give { deciding: deciding("wang", None), reason: None, gone: Vec::new(), now };
    let end = noon() + week();
    let moment = TimeDelta::microseconds(1);
    given(vec![requested(1, 1)]).when(late(end - moment)).then_expect_events(vec![given_by("wang", None)]);
    let expired = ApprovalRefusal::Expired { approval: id(1), expires_at: end };
    given(vec![requested(1, 1)]).when(late(end)).then_expect_error(expired);
    given(vec![requested(1, 1)]).when(reject(deciding("wang", None))).then_expect_events(vec![rejected()]);

    let expire = |now| ApprovalCommand::Expire { approval: id(1), now };
    let gone = ApprovalEvent::ApprovalExpired { approval: id(1) };
    let early = ApprovalRefusal::NotDue { approval: id(1), expires_at: end };
    given(vec![requested(1, 1)]).when(expire(end - moment)).then_expect_error(early);
    given(vec![requested(1, 1)]).when(expire(end)).then_expect_events(vec![gone.clone()]);
    given(vec![requested(1, 1), gone.clone()]).when(expire(end)).then_expect_events(vec![]);
    given(vec![requested(1, 1), rejected()]).when(expire(end)).then_expect_events(vec![]);
    given(vec![requested(1, 1), gone.clone(), requested(2, 1)]).when(expire(end)).then_expect_events(vec![]);
    let over = ApprovalRefusal::NotOpen { approval: id(1), state: ApprovalState::Expired };
    given(vec![requested(1, 1), gone]).when(reject(deciding("wang", None))).then_expect_error(over);
    given(vec![]).when(expire(end)).then_expect_error(ApprovalRefusal::NotFound { subject: subject() });
}

#[test]
fn whoever_asked_takes_it_back_and_cannot_reject_it_through_another() {
    let (closed_by, reason) = (actor("li"), Some("no".parse().unwrap()));
    let closed = ApprovalEvent::ApprovalClosed { approval: id(1), closed_by, reason };
    given(vec![requested(1, 1)]).when(reject(deciding("li", None))).then_expect_events(vec![closed.clone()]);
    given(vec![requested(1, 1)]).when(reject(deciding("wang", Some("li")))).then_expect_error(own());
    let close = ApprovalCommand::Close { closed_by: actor("li"), reason: Some("no".parse().unwrap()) };
    given(vec![requested(1, 1)]).when(close.clone()).then_expect_events(vec![closed.clone()]);
    given(vec![requested(1, 1), closed]).when(close.clone()).then_expect_events(vec![]);
    given(vec![]).when(close).then_expect_events(vec![]);
}

#[test]
fn whoever_means_a_round_before_does_not_decide_this_one() {
    let rounds = vec![requested(1, 1), rejected(), requested(2, 1)];
    let meant = |round| ApprovalCommand::Give {
        deciding: Deciding { round: Some(round), ..deciding("wang", None) },
        reason: None,
        gone: Vec::new(),
        now: noon(),
    };
    let again = ApprovalRefusal::AskedAgain { approval: id(1), latest: id(2) };
    given(rounds.clone()).when(meant(1)).then_expect_error(again);
    given(rounds.clone()).when(meant(3)).then_expect_error(ApprovalRefusal::NotFound { subject: subject() });
    let (approval, given_by) = (id(2), actor("wang"));
    let second = ApprovalEvent::ApprovalGiven { approval, given_by, on_behalf_of: None, reason: None };
    given(rounds).when(meant(2)).then_expect_events(vec![second]);
}

#[test]
fn an_approval_that_was_looked_at_is_the_latest_of_the_same_thing_or_refused() {
    let rounds = state(&[requested(1, 1), rejected(), requested(2, 1)]);
    let check = |approval: &ApprovalId| rounds.check_is_latest(&subject(), approval);
    assert_eq!(check(&id(2)), Ok(()));
    assert_eq!(check(&id(1)), Err(ApprovalRefusal::AskedAgain { approval: id(1), latest: id(2) }));
    assert_eq!(check(&id(3)), Err(ApprovalRefusal::NotFound { subject: subject() }));
    let approval: ApprovalId = "period_reopening.2026-09.2".parse().unwrap();
    let of_another = ApprovalRefusal::OfAnother { approval: approval.clone(), subject: subject() };
    assert_eq!(check(&approval), Err(of_another));
    let nobody_asked = Approval::default().check_is_latest(&subject(), &id(1));
    assert_eq!(nobody_asked, Err(ApprovalRefusal::NotFound { subject: subject() }));
}

#[test]
fn a_stream_that_makes_no_sense_is_corruption() {
    let breaks = |events: &[ApprovalEvent], next: &ApprovalEvent| state(events).evolve(next).is_err();
    assert!(breaks(&[], &given_by("wang", None)));
    assert!(breaks(&[], &requested(2, 1)));
    assert!(breaks(&[requested(1, 1)], &requested(2, 1)));
    assert!(breaks(&[requested(1, 1), rejected()], &given_by("wang", None)));
    assert!(breaks(&[requested(1, 1), rejected(), requested(2, 1)], &given_by("wang", None)));
}
