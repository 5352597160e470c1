use super::*;
use crate::ids::WriteOffId;
use crate::ledger::postings;
use crate::settlement::ReceiptId;

fn write_off() -> WriteOffId {
    "W01K7RA8ZAYFGXSMRSF9FMC3M01".parse().unwrap()
}

fn receipt() -> ReceiptId {
    ReceiptId::of(&"ICBC-0123".parse().unwrap(), &"20260310-77".parse().unwrap())
}

fn apply(amount: &str) -> WalletCommand {
    let (wallet, bill) = (wallet(), "C00042.2026-02".parse().unwrap());
    let (write_off, effective_date) = (write_off(), day(TODAY));
    WalletCommand::Apply { wallet, write_off, leg: 1, bill, amount: cny(amount), effective_date }
}

fn applied(amount: &str) -> WalletEvent {
    let (wallet, bill) = (wallet(), "C00042.2026-02".parse().unwrap());
    let (write_off, effective_date) = (write_off(), day(TODAY));
    WalletEvent::FundsApplied { wallet, write_off, leg: 1, bill, amount: cny(amount), effective_date }
}

fn free(amount: &str) -> WalletCommand {
    let (wallet, bill) = (wallet(), "C00042.2026-02".parse().unwrap());
    let (write_off, effective_date) = (write_off(), day(TODAY));
    WalletCommand::Free { wallet, write_off, leg: 1, bill, amount: cny(amount), effective_date }
}

fn freed(amount: &str) -> WalletEvent {
    let (wallet, bill) = (wallet(), "C00042.2026-02".parse().unwrap());
    let (write_off, effective_date) = (write_off(), day(TODAY));
    WalletEvent::FundsFreed { wallet, write_off, leg: 1, bill, amount: cny(amount), effective_date }
}

fn credited(amount: &str) -> WalletEvent {
    let (wallet, receipt, effective_date) = (wallet(), receipt(), day(TODAY));
    WalletEvent::AdvanceCredited { wallet, receipt, amount: cny(amount), effective_date }
}

#[test]
fn a_write_off_takes_what_is_available_and_gives_it_back() {
    let history = [deposited("100.00"), held(1, "30.00")];
    given(history.to_vec()).when(apply("70.00")).then_expect_events(vec![applied("70.00")]);
    given(history.to_vec()).when(apply("70.01")).then_expect_error(WalletRefusal::InsufficientFunds {
        available: cny("70.00"),
        requested: cny("70.01"),
    });
    let zero = WalletRefusal::AmountNotPositive { amount: cny("0.00") };
    given(history.to_vec()).when(apply("0.00")).then_expect_error(zero.clone());
    given(history.to_vec()).when(free("0.00")).then_expect_error(zero);
    let taken = [history.to_vec(), vec![applied("70.00")]].concat();
    assert_eq!(figures(&taken), figures(&[deposited("30.00"), held(1, "30.00")]));
    given(taken.clone()).when(free("70.00")).then_expect_events(vec![freed("70.00")]);
    assert_eq!(figures(&[taken, vec![freed("70.00")]].concat()), figures(&history));
    let mut broken = state(&history);
    assert!(broken.evolve(&applied("70.01")).is_err(), "nor does the journal say it");
}

#[test]
fn what_was_left_of_a_receipt_comes_in() {
    let (id, effective_date) = (wallet(), day(TODAY));
    let credit = |amount: Money| {
        let (wallet, receipt) = (id.clone(), receipt());
        WalletCommand::CreditAdvance { wallet, receipt, amount, effective_date }
    };
    given(vec![]).when(credit(cny("20.00"))).then_expect_events(vec![credited("20.00")]);
    assert_eq!(figures(&[credited("20.00")]), figures(&[deposited("20.00")]));
    let zero = WalletRefusal::AmountNotPositive { amount: cny("0.00") };
    given(vec![]).when(credit(cny("0.00"))).then_expect_error(zero);
    let yen = Money::parse("1", Currency::parse("JPY").unwrap()).unwrap();
    let refused = Wallet::default().decide(credit(yen)).unwrap_err();
    assert!(matches!(refused, WalletRefusal::Money(MoneyError::CurrencyMismatch { .. })), "{refused}");
}

#[test]
fn what_came_from_a_receipt_goes_back_as_far_as_it_is_available() {
    let effective_date = day(TODAY);
    let (wallet, receipt) = (wallet(), receipt());
    let (of, from) = (wallet.clone(), receipt.clone());
    let back = move |amount| {
        let (wallet, receipt) = (of.clone(), from.clone());
        WalletCommand::ReturnAdvance { wallet, receipt, amount: cny(amount), effective_date }
    };
    let returned = WalletEvent::AdvanceReturned { wallet, receipt, amount: cny("20.00"), effective_date };
    let history = vec![credited("50.00"), held(1, "30.00")];
    given(history.clone()).when(back("20.00")).then_expect_events(vec![returned.clone()]);
    let short = WalletRefusal::InsufficientFunds { available: cny("20.00"), requested: cny("20.01") };
    given(history.clone()).when(back("20.01")).then_expect_error(short);
    assert_eq!(
        figures(&[history, vec![returned.clone()]].concat()),
        figures(&[credited("30.00"), held(1, "30.00")])
    );
    assert!(postings(&returned.into()).is_empty(), "the receipt's event posts");
}

#[test]
fn what_goes_with_a_receipt_or_a_bill_is_posted_there() {
    for event in [applied("1.00"), freed("1.00"), credited("1.00")] {
        assert!(postings(&event.into()).is_empty());
    }
}
