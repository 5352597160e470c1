use tallybook_domain::ledger::effective_date;

use super::{LineKind, WalletStatements};
use crate::testing::{
    advance_credited, advance_returned, bill_paid, bill_payment_returned, credited, day, deposited, folded,
    funds_applied, funds_freed, held, paid_out, recorded, released, reversed, wallet, withdrawal, yuan,
};

#[test]
fn only_what_moves_the_balance_makes_a_line() {
    let id = wallet(1);
    let tables = folded::<WalletStatements>([
        deposited(&id, yuan("100.00"), "2026-03-01"),
        held(&id, 1, yuan("30.00")),
        held(&id, 2, yuan("30.00")),
        released(&id, 2, yuan("30.00")),
        paid_out(&id, 1, yuan("30.00"), "2026-03-02"),
        credited(&id, 1, yuan("30.00"), "2026-03-03"),
        reversed(&id, 1, yuan("100.00"), "2026-03-03"),
        bill_paid(&id, "C00001.2026-02", yuan("6.00"), "2026-03-04"),
        bill_payment_returned(&id, "C00001.2026-02", yuan("2.00"), "2026-03-05"),
        funds_applied(&id, "C00001.2026-02", yuan("4.00"), "2026-03-06"),
        funds_freed(&id, "C00001.2026-02", yuan("4.00"), "2026-03-07"),
        advance_credited(&id, yuan("3.00"), "2026-03-08"),
        advance_returned(&id, yuan("1.00"), "2026-03-09"),
    ]);
    let lines: Vec<_> =
        tables.lines.rows().iter().map(|line| (line.kind, line.amount, line.recorded.position)).collect();
    assert_eq!(
        lines,
        [
            (LineKind::Deposit, yuan("100.00"), 1),
            (LineKind::Withdrawal, yuan("-30.00"), 5),
            (LineKind::WithdrawalReturn, yuan("30.00"), 6),
            (LineKind::DepositReversal, yuan("-100.00"), 7),
            (LineKind::BillPayment, yuan("-6.00"), 8),
            (LineKind::BillPaymentReturn, yuan("2.00"), 9),
            (LineKind::BillPayment, yuan("-4.00"), 10),
            (LineKind::BillPaymentReturn, yuan("4.00"), 11),
            (LineKind::Advance, yuan("3.00"), 12),
            (LineKind::AdvanceReturn, yuan("-1.00"), 13),
        ]
    );
}

#[test]
fn a_line_says_where_it_comes_from() {
    let id = wallet(1);
    let tables = folded::<WalletStatements>([
        deposited(&id, yuan("100.00"), "2026-03-01"),
        reversed(&id, 1, yuan("100.00"), "2026-03-03"),
        paid_out(&id, 1, yuan("30.00"), "2026-03-02"),
        bill_paid(&id, "C00001.2026-02", yuan("6.00"), "2026-03-04"),
    ]);
    let [deposit, reversal, withdrawn, paid] = tables.lines.rows() else { panic!("four lines") };
    assert_eq!((deposit.source.as_str(), deposit.reference.as_deref()), ("C00001.CNY.1", Some("R-1")));
    assert_eq!(deposit.remark.as_deref(), Some("货款"));
    assert_eq!(
        (reversal.source.as_str(), reversal.remark.as_deref()),
        ("C00001.CNY.1", Some("wrong customer"))
    );
    assert_eq!((withdrawn.source.clone(), withdrawn.reference.clone()), (withdrawal(1).to_string(), None));
    assert_eq!((paid.source.as_str(), paid.reference.as_deref()), ("C00001.2026-02", None));
}

#[test]
fn months_are_the_sums_of_their_lines() {
    let id = wallet(1);
    let tables = folded::<WalletStatements>([
        deposited(&id, yuan("100.00"), "2026-03-01"),
        deposited(&wallet(2), yuan("5.00"), "2026-03-02"),
        reversed(&id, 1, yuan("100.00"), "2026-03-31"),
        deposited(&id, yuan("0.01"), "2026-03-02"),
        deposited(&id, yuan("7.00"), "2026-02-28"),
        deposited(&id, yuan("8.00"), "2025-03-15"),
    ]);
    let march = tables.months.get(&(id.clone(), day("2026-03-01"))).unwrap();
    assert_eq!((march.credits, march.debits), (yuan("100.01").amount(), yuan("100.00").amount()));
    assert_eq!(march.line_count, 3);
    assert_eq!(tables.months.get(&(id.clone(), day("2026-02-01"))).unwrap().credits, yuan("7.00").amount());
    assert_eq!(tables.months.get(&(id, day("2025-03-01"))).unwrap().line_count, 1);
    assert_eq!(tables.months.rows().count(), 4);
}

#[test]
fn a_line_stands_on_the_effective_date_of_its_event() {
    let id = wallet(1);
    let events = [
        deposited(&id, yuan("9.00"), "2026-03-01"),
        reversed(&id, 1, yuan("9.00"), "2026-03-02"),
        paid_out(&id, 1, yuan("3.00"), "2026-03-03"),
        credited(&id, 1, yuan("3.00"), "2026-03-04"),
    ];
    let dates = recorded(events.clone())
        .iter()
        .map(|event| effective_date(&event.event).unwrap())
        .collect::<Vec<_>>();
    let tables = folded::<WalletStatements>(events);
    assert_eq!(tables.lines.rows().iter().map(|line| line.effective_date).collect::<Vec<_>>(), dates);
}
