use cqrs_es::test::{AggregateTestExecutor, TestFramework};

use super::*;
use crate::event_sourced::EventSourced;
use crate::ids::WithdrawalId;
use crate::payouts::{Debtor, PayoutId};

fn made(payouts: usize) -> PayoutBatchEvent {
    let withdrawal = |number: usize| format!("0199f0a4-7d5e-7c3b-9a63-{number:012x}");
    PayoutBatchEvent::PayoutBatchMade {
        batch: "B01K7RA8ZAYFGXSMRSF9FMC3M05".parse().unwrap(),
        debtor: Debtor {
            name: "示例公司".parse().unwrap(),
            account: "1100100200300400".parse().unwrap(),
            bank_code: "ICBKCNBJ".parse().unwrap(),
        },
        execution_date: "2026-03-10".parse().unwrap(),
        payouts: (0..payouts)
            .map(|number| PayoutId::of(&withdrawal(number).parse::<WithdrawalId>().unwrap()))
            .collect(),
    }
}

fn given(events: Vec<PayoutBatchEvent>) -> AggregateTestExecutor<PayoutBatch> {
    TestFramework::with(()).given(events)
}

#[test]
fn a_batch_is_made_once() {
    let make = PayoutBatchCommand::Make(made(2));
    given(vec![]).when(make.clone()).then_expect_events(vec![made(2)]);
    let batch = made(2).batch().clone();
    given(vec![made(2)]).when(make).then_expect_error(PayoutBatchRefusal::AlreadyMade { batch });
    let mut state = PayoutBatch::default();
    state.evolve(&made(1)).unwrap();
    assert!(state.evolve(&made(1)).is_err());
}

#[test]
fn a_batch_is_neither_empty_nor_too_large() {
    let most = PayoutBatch::MOST;
    given(vec![]).when(PayoutBatchCommand::Make(made(0))).then_expect_error(PayoutBatchRefusal::Empty);
    given(vec![])
        .when(PayoutBatchCommand::Make(made(most + 1)))
        .then_expect_error(PayoutBatchRefusal::TooMany { given: most + 1, most });
    assert!(given(vec![]).when(PayoutBatchCommand::Make(made(most))).inspect_result().is_ok());
}
