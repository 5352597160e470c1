use cqrs_es::test::{AggregateTestExecutor, TestFramework};

use super::*;
use crate::event_sourced::EventSourced;
use crate::ids::WalletId;

fn wallet() -> WalletId {
    "C00042.CNY".parse().unwrap()
}

fn frozen() -> WalletFreezeEvent {
    WalletFreezeEvent::WalletFrozen { wallet: wallet(), reason: "court order".parse().unwrap() }
}

fn unfrozen() -> WalletFreezeEvent {
    WalletFreezeEvent::WalletUnfrozen { wallet: wallet(), reason: "lifted".parse().unwrap() }
}

fn freeze(reason: &str) -> WalletFreezeCommand {
    WalletFreezeCommand::Freeze { wallet: wallet(), reason: reason.parse().unwrap() }
}

fn unfreeze(reason: &str) -> WalletFreezeCommand {
    WalletFreezeCommand::Unfreeze { wallet: wallet(), reason: reason.parse().unwrap() }
}

fn given(events: Vec<WalletFreezeEvent>) -> AggregateTestExecutor<WalletFreeze> {
    TestFramework::<WalletFreeze>::with(()).given(events)
}

#[test]
fn a_wallet_is_frozen_and_unfrozen_once() {
    given(vec![]).when(freeze("court order")).then_expect_events(vec![frozen()]);
    given(vec![frozen()]).when(freeze("another")).then_expect_events(vec![]);
    given(vec![frozen()]).when(unfreeze("lifted")).then_expect_events(vec![unfrozen()]);
    given(vec![]).when(unfreeze("lifted")).then_expect_events(vec![]);
    given(vec![frozen(), unfrozen()]).when(freeze("court order")).then_expect_events(vec![frozen()]);
}

#[test]
fn nothing_leaves_a_frozen_wallet() {
    let mut state = WalletFreeze::default();
    assert_eq!(state.check_not_frozen(&wallet()), Ok(()));
    state.evolve(&frozen()).unwrap();
    let refused = WalletFreezeRefusal::Frozen { wallet: wallet(), reason: "court order".parse().unwrap() };
    assert_eq!(state.check_not_frozen(&wallet()), Err(refused));
    assert!(state.evolve(&frozen()).is_err());
    state.evolve(&unfrozen()).unwrap();
    assert_eq!(state.check_not_frozen(&wallet()), Ok(()));
    assert!(state.evolve(&unfrozen()).is_err());
}
