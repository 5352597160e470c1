use tallybook_domain::BookEvent;
use tallybook_domain::deposits::WithdrawalState;
use tallybook_domain::risk::RiskOutcome;

use super::{Step, Withdrawals};
use crate::fold::FoldFault;
use crate::testing::risk::assessed;
use crate::testing::withdrawals::{
    approved, cancelled, failed, rejected, requested, returned, submitted, succeeded,
};
use crate::testing::{at, day, folded, try_folded, withdrawal, yuan};

fn state_after(events: impl IntoIterator<Item = BookEvent>) -> WithdrawalState {
    folded::<Withdrawals>(events).withdrawals.get(&withdrawal(1)).unwrap().state
}

#[test]
fn a_withdrawal_is_in_the_state_its_last_event_says() {
    let date = "2026-03-03";
    assert_eq!(state_after([requested(1)]), WithdrawalState::Requested);
    assert_eq!(state_after([requested(1), approved(1)]), WithdrawalState::Approved);
    assert_eq!(state_after([requested(1), rejected(1)]), WithdrawalState::Rejected);
    assert_eq!(state_after([requested(1), cancelled(1)]), WithdrawalState::Cancelled);
    assert_eq!(state_after([requested(1), approved(1), submitted(1, date)]), WithdrawalState::Submitted);
    let submitted = [requested(1), approved(1), submitted(1, date)];
    let and = |event| submitted.iter().cloned().chain([event]);
    assert_eq!(state_after(and(succeeded(1, date))), WithdrawalState::Succeeded);
    assert_eq!(state_after(and(failed(1, date))), WithdrawalState::Failed);
    assert_eq!(state_after(and(succeeded(1, date)).chain([returned(1, date)])), WithdrawalState::Returned);
}

#[test]
fn a_withdrawal_says_what_was_asked_for() {
    let tables = folded::<Withdrawals>([requested(2), requested(1), approved(1), submitted(1, "2026-03-03")]);
    let row = tables.withdrawals.get(&withdrawal(1)).unwrap();
    assert_eq!((row.amount, row.reference.as_str()), (yuan("30.00"), "W-1"));
    assert_eq!((row.customer.as_str(), row.wallet.as_str()), ("C00001", "C00001.CNY"));
    assert_eq!(row.requested_by.as_str(), "user:li");
    assert_eq!(row.destination.account_number.as_str(), "6222021234567890123");
    assert_eq!(row.channel_reference.as_ref().unwrap().as_str(), "PAY-7");
    assert_eq!((row.created.position, row.updated.position), (2, 4));
    assert_eq!(tables.withdrawals.get(&withdrawal(2)).unwrap().state, WithdrawalState::Requested);
}

#[test]
fn each_step_is_kept_with_its_actor_time_date_and_reason() {
    let tables = folded::<Withdrawals>([
        requested(1),
        approved(1),
        submitted(1, "2026-03-03"),
        failed(1, "2026-03-04"),
        requested(2),
        rejected(2),
    ]);
    let steps: Vec<_> = tables.steps.rows().iter().map(|row| row.withdrawal.clone()).collect();
    assert_eq!(steps.iter().filter(|id| **id == withdrawal(1)).count(), 4);
    let failure = &tables.steps.rows()[3].step;
    let reason = Some("account closed".parse().unwrap());
    let (state, by) = (WithdrawalState::Failed, "user:tester".into());
    let effective_date = Some(day("2026-03-04"));
    assert_eq!(*failure, Step { state, position: 4, at: at(4), by, effective_date, reason });
    let rejection = &tables.steps.rows()[5].step;
    assert_eq!(rejection.reason.as_ref().unwrap().as_str(), "no contract");
    assert_eq!(rejection.effective_date, None);
}

#[test]
fn a_withdrawal_says_how_its_risk_was_judged() {
    let tables = folded::<Withdrawals>([requested(1), requested(2), assessed(1, "30.00", 80)]);
    let row = tables.withdrawals.get(&withdrawal(1)).unwrap();
    assert_eq!((row.risk_outcome, row.risk_score), (Some(RiskOutcome::Review), Some(80)));
    assert_eq!(row.updated.position, 1, "a judgement is no step");
    let other = tables.withdrawals.get(&withdrawal(2)).unwrap();
    assert_eq!((other.risk_outcome, other.risk_score), (None, None));
}

#[test]
fn a_step_of_a_withdrawal_nobody_asked_for_is_a_fault() {
    let Err(error) = try_folded::<Withdrawals>([approved(1)]) else { panic!("folded") };
    assert!(matches!(error.fault, FoldFault::Missing { table: "withdrawals", .. }));
}

#[test]
fn debug_output_hides_the_account_number() {
    let tables = folded::<Withdrawals>([requested(1)]);
    assert!(!format!("{:?}", tables.withdrawals.get(&withdrawal(1))).contains("622202"));
}
