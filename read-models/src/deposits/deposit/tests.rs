use tallybook_domain::deposits::DepositState;

use super::{DepositReversal, Deposits};
use crate::fold::FoldFault;
use crate::testing::{day, deposited, folded, held, reversed, try_folded, wallet, yuan};

#[test]
fn a_deposit_is_named_by_its_entry_in_the_wallet() {
    let id = wallet(1);
    let rows = folded::<Deposits>([
        deposited(&wallet(2), yuan("1.00"), "2026-03-01"),
        deposited(&id, yuan("2.00"), "2026-03-01"),
        held(&id, 1, yuan("1.00")),
        deposited(&id, yuan("3.00"), "2026-03-02"),
    ]);
    let row = rows.get(&"C00001.CNY.3".parse().unwrap()).unwrap();
    assert_eq!(
        (row.amount, row.effective_date, row.state),
        (yuan("3.00"), day("2026-03-02"), DepositState::Recorded)
    );
    assert_eq!((row.customer.as_str(), row.wallet.as_str()), ("C00001", "C00001.CNY"));
    assert_eq!((row.reference.as_str(), row.remark.as_ref().unwrap().as_str()), ("R-1", "货款"));
    assert_eq!(row.created.position, 4);
    assert_eq!(rows.rows().count(), 3);
}

#[test]
fn a_reversal_is_told_on_the_deposit() {
    let id = wallet(1);
    let rows = folded::<Deposits>([
        deposited(&id, yuan("2.00"), "2026-03-01"),
        deposited(&id, yuan("3.00"), "2026-03-01"),
        reversed(&id, 1, yuan("2.00"), "2026-03-05"),
    ]);
    let row = rows.get(&"C00001.CNY.1".parse().unwrap()).unwrap();
    assert_eq!(row.state, DepositState::Reversed);
    let reason = "wrong customer".parse().unwrap();
    assert_eq!(row.reversal, Some(DepositReversal { reason, effective_date: day("2026-03-05") }));
    assert_eq!((row.created.position, row.updated.position), (1, 3));
    assert_eq!(row.effective_date, day("2026-03-01"));
    assert_eq!(rows.get(&"C00001.CNY.2".parse().unwrap()).unwrap().reversal, None);
}

#[test]
fn a_reversal_of_nothing_is_a_fault() {
    let error = try_folded::<Deposits>([reversed(&wallet(1), 9, yuan("2.00"), "2026-03-05")]).unwrap_err();
    assert!(matches!(error.fault, FoldFault::Missing { table: "deposits", .. }));
}
