use cqrs_es::test::TestFramework;

use super::*;
use crate::event_sourced::EventSourced;
use crate::ids::CustomerId;

fn customer() -> CustomerId {
    CustomerId::from_number(42)
}

fn name(text: &str) -> CustomerName {
    text.parse().unwrap()
}

fn registered() -> CustomerEvent {
    CustomerEvent::CustomerRegistered { customer: customer(), name: name("Acme") }
}

fn suspended() -> CustomerEvent {
    CustomerEvent::CustomerSuspended { customer: customer(), reason: "chargebacks".parse().unwrap() }
}

fn reactivated() -> CustomerEvent {
    CustomerEvent::CustomerReactivated { customer: customer(), reason: None }
}

fn given(events: Vec<CustomerEvent>) -> cqrs_es::test::AggregateTestExecutor<Customer> {
    TestFramework::with(()).given(events)
}

fn register() -> CustomerCommand {
    CustomerCommand::Register { customer: customer(), name: name("Acme") }
}

fn rename(to: &str) -> CustomerCommand {
    CustomerCommand::Rename { customer: customer(), name: name(to) }
}

fn suspend() -> CustomerCommand {
    CustomerCommand::Suspend { customer: customer(), reason: "chargebacks".parse().unwrap() }
}

fn reactivate() -> CustomerCommand {
    CustomerCommand::Reactivate { customer: customer(), reason: None }
}

#[test]
fn a_customer_is_registered() {
    given(vec![]).when(register()).then_expect_events(vec![registered()]);
}

#[test]
fn a_second_registration_is_refused() {
    given(vec![registered()])
        .when(register())
        .then_expect_error(CustomerRefusal::AlreadyRegistered { customer: customer() });
}

#[test]
fn a_customer_is_renamed() {
    given(vec![registered()]).when(rename("Acme Ltd")).then_expect_events(vec![
        CustomerEvent::CustomerRenamed {
            customer: customer(),
            old_name: name("Acme"),
            new_name: name("Acme Ltd"),
        },
    ]);
}

#[test]
fn the_name_a_customer_has_already_is_no_change() {
    given(vec![registered()]).when(rename("Acme")).then_expect_events(vec![]);
}

#[test]
fn a_name_that_differs_only_in_case_is_a_change() {
    assert_eq!(given(vec![registered()]).when(rename("ACME")).inspect_result().unwrap().len(), 1);
}

#[test]
fn a_customer_is_suspended_and_reactivated() {
    given(vec![registered()]).when(suspend()).then_expect_events(vec![suspended()]);
    given(vec![registered(), suspended()]).when(reactivate()).then_expect_events(vec![reactivated()]);
    given(vec![registered(), suspended(), reactivated()])
        .when(suspend())
        .then_expect_events(vec![suspended()]);
}

#[test]
fn a_second_suspension_decides_nothing_whatever_its_reason() {
    let again = CustomerCommand::Suspend { customer: customer(), reason: "again".parse().unwrap() };
    given(vec![registered(), suspended()]).when(again).then_expect_events(vec![]);
}

#[test]
fn to_reactivate_who_is_not_suspended_decides_nothing() {
    given(vec![registered()]).when(reactivate()).then_expect_events(vec![]);
    given(vec![registered(), suspended(), reactivated()]).when(reactivate()).then_expect_events(vec![]);
}

#[test]
fn nothing_can_be_asked_of_a_customer_that_does_not_exist() {
    let not_found = CustomerRefusal::NotFound { customer: customer() };
    for command in [rename("Acme"), suspend(), reactivate()] {
        given(vec![]).when(command).then_expect_error(not_found.clone());
    }
    assert_eq!(Customer::default().check_registered(&customer()), Err(not_found));
}

#[test]
fn the_state_tells_whether_money_may_leave() {
    let state = |events: Vec<CustomerEvent>| {
        events.iter().fold(Customer::default(), |mut state, event| {
            state.evolve(event).unwrap();
            state
        })
    };
    assert!(!state(vec![]).may_withdraw());
    assert!(!state(vec![]).is_registered());
    let active = state(vec![registered()]);
    assert!(active.may_withdraw() && active.is_registered());
    assert_eq!(active.name(), Some(&name("Acme")));
    assert_eq!(active.status(), Some(CustomerStatus::Active));
    assert!(!state(vec![registered(), suspended()]).may_withdraw());
    assert!(state(vec![registered(), suspended(), reactivated()]).may_withdraw());
}

#[test]
fn a_stream_that_cannot_be_is_corrupt() {
    let other = CustomerEvent::CustomerSuspended {
        customer: CustomerId::from_number(43),
        reason: "x".parse().unwrap(),
    };
    for history in [
        vec![suspended()],
        vec![registered(), registered()],
        vec![registered(), other],
        vec![registered(), suspended(), suspended()],
        vec![registered(), reactivated()],
    ] {
        let mut state = Customer::default();
        assert!(history.iter().any(|event| state.evolve(event).is_err()), "{history:?}");
    }
}

#[test]
fn a_snapshot_is_the_state() {
    let mut state = Customer::default();
    state.evolve(&registered()).unwrap();
    let snapshot = serde_json::to_value(&state).unwrap();
    assert_eq!(serde_json::from_value::<Customer>(snapshot).unwrap(), state);
}
