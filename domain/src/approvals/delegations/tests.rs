use chrono::NaiveDate;
use cqrs_es::test::{AggregateTestExecutor, TestFramework};

use super::*;
use crate::actor::Actor;
use crate::event_sourced::EventSourced;

fn actor(name: &str) -> Actor {
    name.parse().unwrap()
}

fn day(day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, day).unwrap()
}

fn delegate(to: &str, from: NaiveDate, until: NaiveDate) -> ApprovalDelegationsCommand {
    ApprovalDelegationsCommand::Delegate {
        delegator: actor("user:wang"),
        delegate: actor(to),
        from,
        until,
        reason: "leave".parse().unwrap(),
        today: day(2),
    }
}

fn delegated(number: u32, from: NaiveDate, until: NaiveDate) -> ApprovalDelegationsEvent {
    let delegation = DelegationId::new(&actor("user:wang"), number);
    let (delegate, reason) = (actor("user:li"), "leave".parse().unwrap());
    ApprovalDelegationsEvent::ApprovalsDelegated { delegation, delegate, from, until, reason }
}

fn ended() -> ApprovalDelegationsEvent {
    let delegation = DelegationId::new(&actor("user:wang"), 1);
    ApprovalDelegationsEvent::ApprovalDelegationEnded { delegation, delegate: actor("user:li") }
}

fn given(events: Vec<ApprovalDelegationsEvent>) -> AggregateTestExecutor<ApprovalDelegations> {
    TestFramework::<ApprovalDelegations>::with(()).given(events)
}

#[test]
fn a_delegate_may_approve_from_the_first_day_to_the_last() {
    given(vec![]).when(delegate("user:li", day(3), day(5))).then_expect_events(vec![delegated(
        1,
        day(3),
        day(5),
    )]);
    let mut state = ApprovalDelegations::default();
    state.evolve(&delegated(1, day(3), day(5))).unwrap();
    let (wang, li) = (actor("user:wang"), actor("user:li"));
    let may = |on| state.check(&wang, &li, on).is_ok();
    assert_eq!([2, 3, 5, 6].map(|on| may(day(on))), [false, true, true, false]);
    assert!(state.check(&wang, &actor("user:zhao"), day(4)).is_err());
    state.evolve(&ended()).unwrap();
    let (delegator, delegate, today) = (wang.clone(), li.clone(), day(4));
    let refused = ApprovalDelegationsRefusal::NotDelegated { delegator, delegate, today };
    assert_eq!(state.check(&wang, &li, day(4)), Err(refused));
}

#[test]
fn a_delegation_ends_once() {
    let id = |number| DelegationId::new(&actor("user:wang"), number);
    let end = |number, by| ApprovalDelegationsCommand::End { delegation: id(number), by: actor(by) };
    let known = vec![delegated(1, day(3), day(5))];
    for by in ["user:wang", "user:li"] {
        given(known.clone()).when(end(1, by)).then_expect_events(vec![ended()]);
    }
    let refused = ApprovalDelegationsRefusal::OfOthers { delegation: id(1) };
    given(known.clone()).when(end(1, "user:zhao")).then_expect_error(refused);
    given([known.clone(), vec![ended()]].concat()).when(end(1, "user:wang")).then_expect_events(vec![]);
    let refused = ApprovalDelegationsRefusal::NotFound { delegation: id(2) };
    given(known).when(end(2, "user:wang")).then_expect_error(refused);
}

#[test]
fn a_delegation_that_makes_no_sense_is_refused() {
    use ApprovalDelegationsRefusal as R;
    let refuses = |command, refusal| given(vec![]).when(command).then_expect_error(refusal);
    let delegator = actor("user:wang");
    refuses(delegate("user:wang", day(3), day(5)), R::ToOneself { delegator });
    refuses(delegate("key:erp", day(3), day(5)), R::NotAPerson { actor: actor("key:erp") });
    let (from, until, today) = (day(5), day(3), day(2));
    refuses(delegate("user:li", from, until), R::EndsBeforeItBegins { from, until });
    refuses(delegate("user:li", day(1), day(1)), R::Over { until: day(1), today });
    let long = NaiveDate::from_ymd_opt(2027, 11, 4).unwrap();
    refuses(delegate("user:li", day(3), long), R::TooLong { days: 367, most: 366 });
}

#[test]
fn two_delegations_to_one_person_do_not_overlap() {
    let known = vec![delegated(1, day(3), day(5))];
    let delegation = DelegationId::new(&actor("user:wang"), 1);
    let refused = ApprovalDelegationsRefusal::Overlaps { delegation, delegate: actor("user:li") };
    given(known.clone()).when(delegate("user:li", day(5), day(7))).then_expect_error(refused);
    given(known.clone()).when(delegate("user:li", day(6), day(7))).then_expect_events(vec![delegated(
        2,
        day(6),
        day(7),
    )]);
    given([known, vec![ended()]].concat())
        .when(delegate("user:li", day(4), day(5)))
        .then_expect_events(vec![delegated(2, day(4), day(5))]);
}

#[test]
fn a_delegation_has_one_spelling() {
    let id: DelegationId = "user:li.lei.3".parse().unwrap();
    assert_eq!((id.delegator(), id.number()), (actor("user:li.lei"), 3));
    for wrong in ["user:li", "user:li.0", "user:li.03", "li.1"] {
        assert!(wrong.parse::<DelegationId>().is_err(), "{wrong}");
    }
}
