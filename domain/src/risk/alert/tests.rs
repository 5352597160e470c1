use cqrs_es::test::{AggregateTestExecutor, TestFramework};

use super::*;
use crate::actor::Actor;
use crate::event_sourced::EventSourced;
use crate::ids::WithdrawalId;
use crate::money::{Currency, Money};
use crate::requester::Requester;
use crate::risk::RiskOutcome;

fn id() -> WithdrawalId {
    "0199f0a4-7d5e-7c3b-9a63-2f4be8c1d000".parse().unwrap()
}

fn actor(name: &str) -> Actor {
    name.parse().unwrap()
}

fn asked_by() -> Requester {
    Requester::of_key(actor("key:erp"), actor("user:han"), None)
}

fn raise(outcome: RiskOutcome) -> RiskAlertCommand {
    RiskAlertCommand::Raise {
        withdrawal: id(),
        wallet: "C00042.CNY".parse().unwrap(),
        amount: Money::parse("60000.00", Currency::CNY).unwrap(),
        outcome,
        score: 70,
        requested_by: asked_by(),
    }
}

fn raised(outcome: RiskOutcome) -> RiskAlertEvent {
    RiskAlertEvent::RiskAlertRaised {
        withdrawal: id(),
        wallet: "C00042.CNY".parse().unwrap(),
        amount: Money::parse("60000.00", Currency::CNY).unwrap(),
        outcome,
        score: 70,
        requested_by: asked_by(),
    }
}

fn claim(by: &str) -> RiskAlertCommand {
    RiskAlertCommand::Claim { withdrawal: id(), by: actor(by) }
}

fn claimed(by: &str) -> RiskAlertEvent {
    RiskAlertEvent::RiskAlertClaimed { withdrawal: id(), claimed_by: actor(by) }
}

fn resolve(by: &str, resolution: Resolution) -> RiskAlertCommand {
    RiskAlertCommand::Resolve {
        withdrawal: id(),
        by: actor(by),
        resolution,
        reason: "known".parse().unwrap(),
    }
}

fn resolved(by: &str, resolution: Resolution) -> RiskAlertEvent {
    let reason = "known".parse().unwrap();
    RiskAlertEvent::RiskAlertResolved { withdrawal: id(), resolved_by: actor(by), resolution, reason }
}

fn close() -> RiskAlertCommand {
    RiskAlertCommand::Close { ended: WithdrawalEnd::Cancelled }
}

fn closed() -> RiskAlertEvent {
    RiskAlertEvent::RiskAlertClosed { withdrawal: id(), ended: WithdrawalEnd::Cancelled }
}

fn given(events: &[RiskAlertEvent]) -> AggregateTestExecutor<RiskAlert> {
    TestFramework::<RiskAlert>::with(()).given(events.to_vec())
}

fn state(events: &[RiskAlertEvent]) -> RiskAlert {
    let mut alert = RiskAlert::default();
    events.iter().for_each(|event| alert.evolve(event).unwrap());
    alert
}

const REVIEW: RiskOutcome = RiskOutcome::Review;

#[test]
fn an_alert_is_raised_once_and_only_of_what_does_not_pass() {
    given(&[]).when(raise(REVIEW)).then_expect_events(vec![raised(REVIEW)]);
    let again = RiskAlertRefusal::AlreadyRaised { alert: id() };
    given(&[raised(REVIEW)]).when(raise(REVIEW)).then_expect_error(again);
    let passes = RiskAlertRefusal::NothingToSee { alert: id() };
    given(&[]).when(raise(RiskOutcome::Pass)).then_expect_error(passes);
}

#[test]
fn one_person_looks_at_it() {
    let raised = raised(REVIEW);
    given(std::slice::from_ref(&raised))
        .when(claim("user:mei"))
        .then_expect_events(vec![claimed("user:mei")]);
    let known = [raised, claimed("user:mei")];
    given(&known).when(claim("user:mei")).then_expect_events(vec![]);
    let another = RiskAlertRefusal::ClaimedByAnother { alert: id(), claimed_by: actor("user:mei") };
    given(&known).when(claim("user:wang")).then_expect_error(another.clone());
    given(&known).when(resolve("user:wang", Resolution::Released)).then_expect_error(another);
    let nothing = RiskAlertRefusal::NotFound { alert: id() };
    given(&[]).when(claim("user:mei")).then_expect_error(nothing);
}

#[test]
fn who_asked_and_who_is_behind_the_key_that_asked_do_not_judge() {
    let own = RiskAlertRefusal::OwnRequest { alert: id(), requested_by: actor("key:erp") };
    for by in ["key:erp", "user:han"] {
        given(&[raised(REVIEW)]).when(claim(by)).then_expect_error(own.clone());
        given(&[raised(REVIEW)]).when(resolve(by, Resolution::Released)).then_expect_error(own.clone());
    }
}

#[test]
fn it_is_resolved_once_claimed_or_not() {
    for before in [vec![raised(REVIEW)], vec![raised(REVIEW), claimed("user:mei")]] {
        for resolution in Resolution::ALL {
            given(&before)
                .when(resolve("user:mei", resolution))
                .then_expect_events(vec![resolved("user:mei", resolution)]);
        }
    }
    let done = [raised(REVIEW), resolved("user:mei", Resolution::Released)];
    given(&done).when(resolve("user:mei", Resolution::Released)).then_expect_events(vec![]);
    let over = RiskAlertRefusal::NotOpen { alert: id(), state: AlertState::Released };
    given(&done).when(resolve("user:mei", Resolution::Rejected)).then_expect_error(over.clone());
    given(&done).when(resolve("user:wang", Resolution::Released)).then_expect_error(over.clone());
    given(&done).when(claim("user:mei")).then_expect_error(over);
}

#[test]
fn a_withdrawal_that_ended_closes_what_is_open() {
    given(&[]).when(close()).then_expect_events(vec![]);
    given(&[raised(REVIEW)]).when(close()).then_expect_events(vec![closed()]);
    given(&[raised(REVIEW), claimed("user:mei")]).when(close()).then_expect_events(vec![closed()]);
    let done = [raised(REVIEW), resolved("user:mei", Resolution::Released)];
    given(&done).when(close()).then_expect_events(vec![]);
}

#[test]
fn nothing_is_approved_before_somebody_has_looked() {
    let mei = actor("user:mei");
    assert_eq!(RiskAlert::default().check_approval(&mei), Ok(()));
    let open = |outcome| Err(RiskAlertRefusal::ReviewOpen { alert: id(), outcome });
    assert_eq!(state(&[raised(REVIEW)]).check_approval(&mei), open(REVIEW));
    let looked = [raised(RiskOutcome::Block), claimed("user:wang")];
    assert_eq!(state(&looked).check_approval(&mei), open(RiskOutcome::Block));
}

#[test]
fn who_let_a_blocked_one_go_does_not_approve_it() {
    let (mei, wang) = (actor("user:mei"), actor("user:wang"));
    let released = |outcome| state(&[raised(outcome), resolved("user:mei", Resolution::Released)]);
    assert_eq!(released(REVIEW).check_approval(&mei), Ok(()));
    let same = RiskAlertRefusal::ReleasedBySame { alert: id(), released_by: mei.clone() };
    assert_eq!(released(RiskOutcome::Block).check_approval(&mei), Err(same));
    assert_eq!(released(RiskOutcome::Block).check_approval(&wang), Ok(()));
}

#[test]
fn what_cannot_have_happened_is_corruption() {
    let mut alert = RiskAlert::default();
    assert!(alert.evolve(&claimed("user:mei")).is_err());
    alert.evolve(&raised(REVIEW)).unwrap();
    assert!(alert.evolve(&raised(REVIEW)).is_err());
    alert.evolve(&closed()).unwrap();
    assert!(alert.evolve(&claimed("user:mei")).is_err());
}
