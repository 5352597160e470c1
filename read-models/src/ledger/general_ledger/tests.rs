use rust_decimal::Decimal;
use tallybook_domain::Currency;
use tallybook_domain::ledger::{AccountCode, Side};

use super::GeneralLedger;
use crate::testing::withdrawals::{approved, failed, requested, returned, submitted, succeeded};
use crate::testing::{day, deposited, folded, held, paid_out, reversed, wallet, yuan};

#[test]
fn an_event_is_entered_on_both_sides() {
    let tables = folded::<GeneralLedger>([deposited(&wallet(1), yuan("100.00"), "2026-03-01")]);
    let lines: Vec<_> = tables
        .lines
        .rows()
        .iter()
        .map(|line| (line.account, line.side, line.amount, line.posting, line.recorded.position))
        .collect();
    assert_eq!(
        lines,
        [
            (AccountCode::BankDeposits, Side::Debit, yuan("100.00"), 0, 1),
            (AccountCode::CustomerWallets, Side::Credit, yuan("100.00"), 1, 1),
        ]
    );
    let line = &tables.lines.rows()[0];
    assert_eq!(line.effective_date, day("2026-03-01"));
    assert_eq!((line.event_type.as_str(), line.source_type.as_str()), ("DepositRecorded", "wallet"));
    assert_eq!(line.source, "C00001.CNY");
}

#[test]
fn the_days_of_an_account_add_up() {
    let id = wallet(1);
    let tables = folded::<GeneralLedger>([
        deposited(&id, yuan("100.00"), "2026-03-01"),
        deposited(&id, yuan("10.00"), "2026-03-01"),
        reversed(&id, 2, yuan("10.00"), "2026-03-01"),
        deposited(&id, yuan("1.00"), "2026-03-02"),
    ]);
    let first = tables.days.get(&(AccountCode::BankDeposits, Currency::CNY, day("2026-03-01"))).unwrap();
    assert_eq!((first.debit, first.credit), (yuan("110.00").amount(), yuan("10.00").amount()));
    assert_eq!(first.line_count, 3);
    let wallets = tables.days.get(&(AccountCode::CustomerWallets, Currency::CNY, day("2026-03-02"))).unwrap();
    assert_eq!((wallets.debit, wallets.credit), (Decimal::ZERO, yuan("1.00").amount()));
}

#[test]
fn the_whole_ledger_sums_to_zero_and_owes_what_the_wallets_hold() {
    let id = wallet(1);
    let date = "2026-03-02";
    let tables = folded::<GeneralLedger>([
        deposited(&id, yuan("100.00"), date),
        requested(1),
        held(&id, 1, yuan("30.00")),
        approved(1),
        submitted(1, date),
        succeeded(1, date),
        paid_out(&id, 1, yuan("30.00"), date),
        returned(1, date),
        requested(2),
        approved(2),
        submitted(2, date),
        failed(2, date),
    ]);
    let balance = |account| {
        let day = tables.days.get(&(account, Currency::CNY, day(date))).unwrap();
        day.debit - day.credit
    };
    assert_eq!(balance(AccountCode::WithdrawalsInTransit), Decimal::ZERO);
    assert_eq!(balance(AccountCode::BankDeposits), yuan("100.00").amount());
    let sum: Decimal = tables.days.rows().map(|day| day.debit - day.credit).sum();
    assert_eq!(sum, Decimal::ZERO);
}
