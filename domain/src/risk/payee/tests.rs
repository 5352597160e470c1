use cqrs_es::test::{AggregateTestExecutor, TestFramework};

use super::*;
use crate::event_sourced::EventSourced;
use crate::ids::CustomerId;
use crate::risk::PayeeId;

fn account() -> PayeeId {
    PayeeId::of(&"6222021234567890123".parse().unwrap())
}

fn used(by: u64) -> PayeeEvent {
    PayeeEvent::PayeeUsed { payee: account(), customer: CustomerId::from_number(by) }
}

fn given(events: impl IntoIterator<Item = PayeeEvent>) -> AggregateTestExecutor<Payee> {
    TestFramework::<Payee>::with(()).given(events.into_iter().collect())
}

fn use_it(by: u64) -> PayeeCommand {
    PayeeCommand::Use { payee: account(), customer: CustomerId::from_number(by) }
}

#[test]
fn a_customer_leaves_a_trace_the_first_time_only() {
    given([]).when(use_it(1)).then_expect_events(vec![used(1)]);
    given([used(1)]).when(use_it(1)).then_expect_events(vec![]);
    given([used(1)]).when(use_it(2)).then_expect_events(vec![used(2)]);
}

#[test]
fn it_knows_so_many_customers_and_no_more() {
    given((1..=16).map(used)).when(use_it(17)).then_expect_events(vec![]);
    let mut state = Payee::default();
    for customer in 1..=16 {
        state.evolve(&used(customer)).unwrap();
    }
    assert_eq!(state.other_customers(&CustomerId::from_number(1)), 15);
    assert_eq!(state.other_customers(&CustomerId::from_number(17)), 16);
    assert_eq!(Payee::default().other_customers(&CustomerId::from_number(1)), 0);
}

#[test]
fn another_account_has_another_stream() {
    let other = PayeeId::of(&"9999000011112222".parse().unwrap());
    let command = PayeeCommand::Use { payee: other.clone(), customer: CustomerId::from_number(1) };
    given([used(1)]).when(command).then_expect_error(PayeeRefusal::Another { payee: other.clone() });
    let mut state = Payee::default();
    state.evolve(&used(1)).unwrap();
    assert!(state.evolve(&used(1)).is_err());
    let foreign = PayeeEvent::PayeeUsed { payee: other, customer: CustomerId::from_number(2) };
    assert!(state.evolve(&foreign).is_err());
}
