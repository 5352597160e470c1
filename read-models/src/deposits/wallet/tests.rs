use tallybook_domain::risk::WalletFreezeEvent;

use super::Wallets;
use crate::fold::FoldFault;
use crate::testing::{
    bill_paid, bill_payment_returned, credited, deposited, folded, held, paid_out, released, reversed,
    try_folded, wallet, yuan,
};

#[test]
fn every_event_of_a_wallet_moves_balance_held_and_available() {
    let id = wallet(1);
    let steps = [
        (deposited(&id, yuan("100.00"), "2026-03-01"), "100.00", "0.00", "100.00"),
        (deposited(&id, yuan("20.00"), "2026-03-01"), "120.00", "0.00", "120.00"),
        (reversed(&id, 2, yuan("20.00"), "2026-03-02"), "100.00", "0.00", "100.00"),
        (held(&id, 1, yuan("30.00")), "100.00", "30.00", "70.00"),
        (held(&id, 2, yuan("5.00")), "100.00", "35.00", "65.00"),
        (released(&id, 2, yuan("5.00")), "100.00", "30.00", "70.00"),
        (paid_out(&id, 1, yuan("30.00"), "2026-03-03"), "70.00", "0.00", "70.00"),
        (credited(&id, 1, yuan("30.00"), "2026-03-04"), "100.00", "0.00", "100.00"),
        (bill_paid(&id, "C00001.2026-02", yuan("60.00"), "2026-03-05"), "40.00", "0.00", "40.00"),
        (bill_payment_returned(&id, "C00001.2026-02", yuan("6.00"), "2026-03-06"), "46.00", "0.00", "46.00"),
    ];
    for count in 1..=steps.len() {
        let rows = folded::<Wallets>(steps[..count].iter().map(|(event, ..)| event.clone()));
        let row = rows.get(&id).unwrap();
        let (_, balance, holding, available) = &steps[count - 1];
        let expected = (yuan(balance), yuan(holding), yuan(available));
        assert_eq!((row.balance, row.held, row.available), expected, "after {count} events");
        assert_eq!(row.updated.position, count as u64);
        assert_eq!(row.created.position, 1);
    }
}

#[test]
fn a_wallet_is_its_customers_in_its_currency() {
    let rows = folded::<Wallets>([deposited(&wallet(7), yuan("1.00"), "2026-03-01")]);
    let row = rows.get(&wallet(7)).unwrap();
    assert_eq!((row.customer.as_str(), row.currency.code()), ("C00007", "CNY"));
}

#[test]
fn more_out_than_in_is_a_fault() {
    let id = wallet(1);
    let overdrawn =
        [deposited(&id, yuan("1.00"), "2026-03-01"), reversed(&id, 1, yuan("2.00"), "2026-03-01")];
    let error = try_folded::<Wallets>(overdrawn).unwrap_err();
    assert_eq!(error.fault, FoldFault::Negative { what: "available", amount: yuan("-1.00") });
    assert_eq!(error.position, 2);

    let released = [deposited(&id, yuan("9.00"), "2026-03-01"), released(&id, 1, yuan("2.00"))];
    let error = try_folded::<Wallets>(released).unwrap_err();
    assert_eq!(error.fault, FoldFault::Negative { what: "held", amount: yuan("-2.00") });
}

#[test]
fn a_balance_beyond_what_money_can_be_is_a_fault() {
    let id = wallet(1);
    let most = yuan("1000000000000000");
    let events = [deposited(&id, most, "2026-03-01"), deposited(&id, yuan("0.01"), "2026-03-01")];
    let error = try_folded::<Wallets>(events).unwrap_err();
    assert!(matches!(error.fault, FoldFault::Money(_)), "{error}");
}

#[test]
fn a_frozen_wallet_says_why() {
    let (mine, reason) = (wallet(1), || "court order".parse().unwrap());
    let deposit = deposited(&mine, yuan("100.00"), "2026-03-02");
    let frozen = WalletFreezeEvent::WalletFrozen { wallet: mine.clone(), reason: reason() };
    let unfrozen = WalletFreezeEvent::WalletUnfrozen { wallet: mine.clone(), reason: reason() };
    let wallets = folded::<Wallets>([deposit.clone(), frozen.clone().into()]);
    let row = wallets.get(&mine).unwrap();
    assert_eq!((&row.frozen, row.updated.position), (&Some(reason()), 1));
    let wallets = folded::<Wallets>([deposit, frozen.into(), unfrozen.into()]);
    assert_eq!(wallets.get(&mine).unwrap().frozen, None);
}
