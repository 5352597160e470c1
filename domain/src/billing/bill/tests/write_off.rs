//! Legs of write-offs: what they settle of a bill, and what of it they open again.

use super::*;
use crate::ids::WriteOffId;
use crate::settlement::ReceiptId;
use crate::settlement::write_off::{DifferenceReason, Leg, LegSource};

fn write_off() -> WriteOffId {
    "W01K7RA8ZAYFGXSMRSF9FMC3M01".parse().unwrap()
}

fn receipt() -> LegSource {
    LegSource::Receipt(ReceiptId::of(&"ICBC-0123".parse().unwrap(), &"20261103-77".parse().unwrap()))
}

fn leg_of(number: u32, source: LegSource, amount: &str) -> Leg {
    Leg { leg: number, source, bill: bill(), amount: yuan(amount) }
}

fn leg(number: u32, amount: &str) -> Leg {
    leg_of(number, receipt(), amount)
}

fn apply(leg: Leg) -> BillCommand {
    BillCommand::Apply { write_off: write_off(), leg, date: on("2026-11-02") }
}

fn applied(leg: Leg) -> BillEvent {
    BillEvent::BillApplied { write_off: write_off(), leg, effective_date: day("2026-11-02") }
}

fn reopen(leg: Leg) -> BillCommand {
    BillCommand::Reopen { write_off: write_off(), leg, effective_date: day("2026-11-02") }
}

fn reopened(leg: Leg) -> BillEvent {
    BillEvent::BillReopened { write_off: write_off(), leg, effective_date: day("2026-11-02") }
}

/// A bill over 200.
fn bill_of_200() -> Vec<BillEvent> {
    let (bill, amounts, zero) = (bill(), amounts("200.00", "0.00"), None);
    let drafted = BillEvent::BillDrafted { bill, parts: vec![], amounts, replaces: zero, amends: None };
    let (bill, number) = (super::bill(), "2026-000001".parse().unwrap());
    let (issue_date, due_date) = (day("2026-11-01"), day("2026-12-01"));
    vec![drafted, BillEvent::BillIssued { bill, number, amounts, issue_date, due_date }]
}

fn open(events: &[BillEvent]) -> Money {
    Bill::after(events).open().unwrap().unwrap()
}

#[test]
fn legs_of_55_and_35_leave_110_of_200_and_undoing_the_55_leaves_165() {
    let both = [bill_of_200(), vec![applied(leg(1, "55.00")), applied(leg(2, "35.00"))]].concat();
    assert_eq!(open(&both), yuan("110.00"));
    given(both.clone()).when(reopen(leg(1, "55.00"))).then_expect_events(vec![reopened(leg(1, "55.00"))]);
    assert_eq!(open(&[both, vec![reopened(leg(1, "55.00"))]].concat()), yuan("165.00"));
}

#[test]
fn a_leg_settles_at_most_what_is_open() {
    let part = [bill_of_200(), vec![applied(leg(1, "55.00"))]].concat();
    given(part.clone()).when(apply(leg(2, "145.00"))).then_expect_events(vec![applied(leg(2, "145.00"))]);
    let (open, requested) = (yuan("145.00"), yuan("145.01"));
    let above = BillRefusal::AboveOpen { bill: bill(), open, requested };
    given(part.clone()).when(apply(leg(2, "145.01"))).then_expect_error(above);
    let nothing = BillRefusal::AmountNotPositive { amount: yuan("0.00") };
    given(part).when(apply(leg(2, "0.00"))).then_expect_error(nothing);
    let not_found = BillRefusal::NotFound { bill: bill() };
    given(vec![]).when(apply(leg(1, "1.00"))).then_expect_error(not_found);
    let draft = Bill::after(&bill_of_200()[..1]).decide(apply(leg(1, "1.00"))).unwrap_err();
    assert!(matches!(draft, BillRefusal::NotInState { action: BillAction::Settle, .. }), "{draft}");
    let date = StepDate { given: Some(day("2026-10-31")), today: day("2026-11-02") };
    let early = BillCommand::Apply { write_off: write_off(), leg: leg(1, "1.00"), date };
    let early = Bill::after(&bill_of_200()).decide(early).unwrap_err();
    assert!(matches!(early, BillRefusal::EffectiveDate(_)), "{early}");
}

#[test]
fn only_a_leg_that_stands_is_undone() {
    let part = [bill_of_200(), vec![applied(leg(1, "55.00"))]].concat();
    for other in [leg(2, "55.00"), leg(1, "54.99")] {
        let refused = BillRefusal::NotApplied { bill: bill(), write_off: write_off(), leg: other.leg };
        given(part.clone()).when(reopen(other)).then_expect_error(refused);
    }
    let undone = [part, vec![reopened(leg(1, "55.00"))]].concat();
    let refused = BillRefusal::NotApplied { bill: bill(), write_off: write_off(), leg: 1 };
    given(undone).when(reopen(leg(1, "55.00"))).then_expect_error(refused);
}

#[test]
fn nothing_settles_it_before_the_day_on_which_more_became_owed() {
    let later =
        |leg| BillEvent::BillReopened { write_off: write_off(), leg, effective_date: day("2026-11-10") };
    let undone = [bill_of_200(), vec![applied(leg(1, "55.00")), later(leg(1, "55.00"))]].concat();
    let date = |given| StepDate { given: Some(day(given)), today: day("2026-11-15") };
    let (write_off, reason) = (write_off(), "wrong plan".parse().unwrap());
    let early = [
        BillCommand::Apply { write_off, leg: leg(2, "200.00"), date: date("2026-11-05") },
        BillCommand::Void { bill: bill(), reason, date: date("2026-11-05") },
    ];
    for command in early {
        let refused = Bill::after(&undone).decide(command).unwrap_err();
        assert!(matches!(refused, BillRefusal::EffectiveDate(_)), "{refused}");
    }
    let again = BillCommand::Apply {
        write_off: super::write_off::write_off(),
        leg: leg(2, "200.00"),
        date: date("2026-11-10"),
    };
    assert!(Bill::after(&undone).decide(again).is_ok());
    assert_eq!(Bill::after(&undone).owed_from(), Some(day("2026-11-10")));
}

#[test]
fn it_knows_what_of_it_nobody_paid() {
    let fee = |number, amount| leg_of(number, LegSource::Difference(DifferenceReason::BankFee), amount);
    let differences = |events: &[BillEvent]| {
        let bill = Bill::after(events);
        bill.amounts().unwrap().differences.get(&DifferenceReason::BankFee).copied()
    };
    let two =
        [bill_of_200(), vec![applied(fee(1, "5.00")), applied(leg(2, "50.00")), applied(fee(3, "7.00"))]];
    assert_eq!(differences(&two.concat()), Some(yuan("12.00")));
    assert_eq!(differences(&[two.concat(), vec![reopened(fee(1, "5.00"))]].concat()), Some(yuan("7.00")));
}

#[test]
fn what_a_write_off_settled_is_not_voided_and_not_given_to_the_wallet() {
    let settled = [bill_of_200(), vec![paid("50.00"), applied(leg(1, "55.00"))]].concat();
    let refused = Bill::after(&settled).returned_by_voiding(&bill(), on("2026-11-02")).unwrap_err();
    assert!(matches!(refused, BillRefusal::PartlySettled { .. }), "{refused}");
    let refused = Bill::after(&settled).decide(void()).unwrap_err();
    assert!(matches!(refused, BillRefusal::PartlySettled { .. }), "{refused}");
    let undone = [bill_of_200(), vec![applied(leg(1, "55.00")), reopened(leg(1, "55.00"))]].concat();
    assert!(Bill::after(&undone).decide(void()).is_ok());
}

#[test]
fn each_leg_posts_what_paid_it_against_what_is_owed() {
    use AccountCode::{BadDebtLosses, CustomerAdvances, CustomerWallets, FinancialExpenses, Receivables};

    let note = "N01K7RA8ZAYFGXSMRSF9FMC3M02".parse().unwrap();
    let difference = LegSource::Difference;
    let cases = [
        (receipt(), CustomerAdvances),
        (LegSource::CreditNote(note), CustomerAdvances),
        (LegSource::Wallet("C00042.CNY".parse().unwrap()), CustomerWallets),
        (difference(DifferenceReason::BankFee), FinancialExpenses),
        (difference(DifferenceReason::Rounding), FinancialExpenses),
        (difference(DifferenceReason::Discount), FinancialExpenses),
        (difference(DifferenceReason::Fx), FinancialExpenses),
        (difference(DifferenceReason::BadDebt), BadDebtLosses),
    ];
    for (source, account) in cases {
        let posted = postings(&applied(leg_of(1, source.clone(), "5.00")).into());
        check_balanced(&posted).unwrap();
        let lines: Vec<_> = posted.iter().map(|line| (line.account, line.side, line.amount)).collect();
        let five = yuan("5.00");
        assert_eq!(lines, [(account, Side::Debit, five), (Receivables, Side::Credit, five)]);
        let mirrored = postings(&reopened(leg_of(1, source, "5.00")).into());
        let lines: Vec<_> = mirrored.iter().map(|line| (line.account, line.side, line.amount)).collect();
        assert_eq!(lines, [(Receivables, Side::Debit, five), (account, Side::Credit, five)]);
    }
}

#[test]
fn a_journal_that_settles_too_much_or_twice_is_corrupt() {
    let mut bill = Bill::after(&bill_of_200());
    assert!(bill.clone().evolve(&applied(leg(1, "200.01"))).is_err());
    assert!(bill.clone().evolve(&reopened(leg(1, "1.00"))).is_err());
    bill.evolve(&applied(leg(1, "1.00"))).unwrap();
    assert!(bill.evolve(&applied(leg(1, "1.00"))).is_err());
}
