mod settlement;

use chrono::NaiveDate;
use cqrs_es::Aggregate;
use cqrs_es::test::{AggregateTestExecutor, TestFramework};

use super::*;
use crate::dates::{EARLIEST_EFFECTIVE_DATE, EffectiveDateOutOfRange};
use crate::deposits::{BankReference, DepositMethod};
use crate::event_sourced::EventSourced;
use crate::ids::{CustomerId, DepositId, WalletId, WithdrawalId};
use crate::money::{Currency, Money, MoneyError};

const TODAY: &str = "2026-03-10";

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn cny(text: &str) -> Money {
    Money::parse(text, Currency::CNY).unwrap()
}

fn wallet() -> WalletId {
    WalletId::new(&CustomerId::from_number(42), Currency::CNY)
}

fn withdrawal(number: u8) -> WithdrawalId {
    format!("0199f0a4-7d5e-7c3b-9a63-2f4be8c1d0{number:02}").parse().unwrap()
}

fn reference() -> BankReference {
    "20260310000017".parse().unwrap()
}

fn given(events: Vec<WalletEvent>) -> AggregateTestExecutor<Wallet> {
    TestFramework::with(()).given(events)
}

fn deposited(amount: &str) -> WalletEvent {
    WalletEvent::DepositRecorded {
        wallet: wallet(),
        amount: cny(amount),
        reference: reference(),
        method: DepositMethod::BankTransfer,
        effective_date: day("2026-03-09"),
        remark: None,
    }
}

fn deposit_on(amount: Money, effective_date: &str) -> WalletCommand {
    WalletCommand::RecordDeposit {
        wallet: wallet(),
        amount,
        reference: reference(),
        method: DepositMethod::BankTransfer,
        effective_date: day(effective_date),
        remark: None,
        today: day(TODAY),
    }
}

fn deposit(amount: Money) -> WalletCommand {
    deposit_on(amount, "2026-03-09")
}

fn facts(entry: u64, amount: &str) -> DepositFacts {
    DepositFacts::from_event(&DepositId::new(&wallet(), entry), &deposited(amount)).unwrap()
}

fn reverse(deposit: DepositFacts) -> WalletCommand {
    WalletCommand::ReverseDeposit {
        deposit,
        reason: "wrong customer".parse().unwrap(),
        effective_date: day(TODAY),
        today: day(TODAY),
    }
}

fn reversed(entry: u64, amount: &str) -> WalletEvent {
    WalletEvent::DepositReversed {
        wallet: wallet(),
        deposit: DepositId::new(&wallet(), entry),
        amount: cny(amount),
        reference: reference(),
        method: DepositMethod::BankTransfer,
        deposited_date: day("2026-03-09"),
        effective_date: day(TODAY),
        reason: "wrong customer".parse().unwrap(),
    }
}

fn hold(number: u8, amount: &str) -> WalletCommand {
    WalletCommand::Hold { wallet: wallet(), withdrawal: withdrawal(number), amount: cny(amount) }
}

fn held(number: u8, amount: &str) -> WalletEvent {
    WalletEvent::FundsHeld { wallet: wallet(), withdrawal: withdrawal(number), amount: cny(amount) }
}

fn released(number: u8, amount: &str) -> WalletEvent {
    WalletEvent::HoldReleased { wallet: wallet(), withdrawal: withdrawal(number), amount: cny(amount) }
}

fn paid_out(number: u8, amount: &str) -> WalletEvent {
    WalletEvent::HoldPaidOut {
        wallet: wallet(),
        withdrawal: withdrawal(number),
        amount: cny(amount),
        effective_date: day(TODAY),
    }
}

fn pay_out(number: u8) -> WalletCommand {
    WalletCommand::PayOut { withdrawal: withdrawal(number), effective_date: day(TODAY) }
}

fn credit_return(amount: Money) -> WalletCommand {
    WalletCommand::CreditReturn {
        wallet: wallet(),
        withdrawal: withdrawal(1),
        amount,
        effective_date: day(TODAY),
    }
}

fn state(events: &[WalletEvent]) -> Wallet {
    events.iter().fold(Wallet::default(), |mut state, event| {
        state.evolve(event).unwrap();
        state
    })
}

/// Balance, held and available after a history.
fn figures(events: &[WalletEvent]) -> [String; 3] {
    let state = state(events);
    [state.balance(Currency::CNY), state.held(Currency::CNY), state.available(Currency::CNY)]
        .map(|money| money.amount().to_string())
}

#[test]
fn the_first_deposit_opens_the_wallet() {
    given(vec![]).when(deposit(cny("100.00"))).then_expect_events(vec![deposited("100.00")]);
    assert_eq!(figures(&[]), ["0.00", "0.00", "0.00"]);
    assert_eq!(figures(&[deposited("100.00")]), ["100.00", "0.00", "100.00"]);
    assert_eq!(figures(&[deposited("100.00"), deposited("0.01")]), ["100.01", "0.00", "100.01"]);
}

#[test]
fn a_deposit_of_nothing_or_less_is_refused() {
    for amount in [cny("0.00"), cny("-1.00")] {
        given(vec![]).when(deposit(amount)).then_expect_error(WalletRefusal::AmountNotPositive { amount });
    }
}

#[test]
fn a_deposit_in_another_currency_is_refused() {
    let yen = Currency::parse("JPY").unwrap();
    let mismatch = MoneyError::CurrencyMismatch { expected: Currency::CNY, given: yen };
    given(vec![]).when(deposit(Money::parse("1", yen).unwrap())).then_expect_error(mismatch.into());
}

#[test]
fn a_balance_that_money_cannot_hold_is_refused() {
    let most = "1000000000000000";
    given(vec![deposited(most)])
        .when(deposit(cny("0.01")))
        .then_expect_error(WalletRefusal::Money(MoneyError::OutOfRange));
    given(vec![deposited(most)])
        .when(credit_return(cny("0.01")))
        .then_expect_error(WalletRefusal::Money(MoneyError::OutOfRange));
}

#[test]
fn a_business_date_after_tomorrow_is_refused() {
    let out_of_range = EffectiveDateOutOfRange {
        effective_date: day("2026-03-12"),
        earliest: EARLIEST_EFFECTIVE_DATE,
        latest: day("2026-03-11"),
    };
    given(vec![])
        .when(deposit_on(cny("1.00"), "2026-03-12"))
        .then_expect_error(WalletRefusal::EffectiveDate(out_of_range));
    assert!(given(vec![]).when(deposit_on(cny("1.00"), "2026-03-11")).inspect_result().is_ok());

    let reversal = WalletCommand::ReverseDeposit {
        deposit: facts(1, "100.00"),
        reason: "wrong customer".parse().unwrap(),
        effective_date: day("2026-03-12"),
        today: day(TODAY),
    };
    let out_of_range = EffectiveDateOutOfRange { earliest: day("2026-03-09"), ..out_of_range };
    given(vec![deposited("100.00")])
        .when(reversal)
        .then_expect_error(WalletRefusal::EffectiveDate(out_of_range));
}

#[test]
fn a_reversal_before_its_deposit_is_refused() {
    let reversal = |date: &str| WalletCommand::ReverseDeposit {
        deposit: facts(1, "100.00"),
        reason: "wrong customer".parse().unwrap(),
        effective_date: day(date),
        today: day(TODAY),
    };
    let refused = EffectiveDateOutOfRange {
        effective_date: day("2026-03-08"),
        earliest: day("2026-03-09"),
        latest: day("2026-03-11"),
    };
    given(vec![deposited("100.00")]).when(reversal("2026-03-08")).then_expect_error(refused.into());
    let same_day = given(vec![deposited("100.00")]).when(reversal("2026-03-09"));
    assert!(same_day.inspect_result().is_ok());
}

#[test]
fn a_deposit_is_reversed() {
    given(vec![deposited("100.00")])
        .when(reverse(facts(1, "100.00")))
        .then_expect_events(vec![reversed(1, "100.00")]);
    assert_eq!(
        figures(&[deposited("5.00"), deposited("100.00"), reversed(2, "100.00")]),
        ["5.00", "0.00", "5.00"]
    );
}

#[test]
fn a_second_reversal_decides_nothing_whatever_its_reason_and_date() {
    let history = || given(vec![deposited("100.00"), deposited("100.00"), reversed(1, "100.00")]);
    history().when(reverse(facts(1, "100.00"))).then_expect_events(vec![]);
    let other = WalletCommand::ReverseDeposit {
        deposit: facts(1, "100.00"),
        reason: "again".parse().unwrap(),
        effective_date: day("2026-03-08"),
        today: day(TODAY),
    };
    history().when(other).then_expect_events(vec![]);
}

#[test]
fn a_second_reversal_needs_no_money() {
    given(vec![deposited("100.00"), reversed(1, "100.00")])
        .when(reverse(facts(1, "100.00")))
        .then_expect_events(vec![]);
}

#[test]
fn each_deposit_is_reversed_by_itself() {
    given(vec![deposited("100.00"), deposited("100.00"), reversed(1, "100.00")])
        .when(reverse(facts(2, "100.00")))
        .then_expect_events(vec![reversed(2, "100.00")]);
}

#[test]
fn a_reversal_of_money_that_is_set_aside_is_refused() {
    given(vec![deposited("100.00"), held(1, "0.01")]).when(reverse(facts(1, "100.00"))).then_expect_error(
        WalletRefusal::ReversalWouldOverdraw { available: cny("99.99"), requested: cny("100.00") },
    );
}

#[test]
fn a_reversal_of_money_that_has_left_is_refused() {
    given(vec![deposited("100.00"), held(1, "100.00"), paid_out(1, "100.00"), deposited("99.99")])
        .when(reverse(facts(1, "100.00")))
        .then_expect_error(WalletRefusal::ReversalWouldOverdraw {
            available: cny("99.99"),
            requested: cny("100.00"),
        });
}

#[test]
fn a_deposit_of_another_wallet_is_not_found() {
    let elsewhere = DepositId::new(&WalletId::new(&CustomerId::from_number(43), Currency::CNY), 1);
    let facts = DepositFacts { deposit: elsewhere.clone(), ..facts(1, "100.00") };
    let not_found = WalletRefusal::DepositNotFound { deposit: elsewhere };
    given(vec![]).when(reverse(facts.clone())).then_expect_error(not_found.clone());
    given(vec![deposited("100.00")]).when(reverse(facts)).then_expect_error(not_found);
}

#[test]
fn only_the_event_that_recorded_a_deposit_tells_its_facts() {
    let id = DepositId::new(&wallet(), 1);
    assert_eq!(DepositFacts::from_event(&id, &held(1, "1.00")), None);
    assert_eq!(DepositFacts::from_event(&id, &reversed(1, "1.00")), None);
    let elsewhere = DepositId::new(&WalletId::new(&CustomerId::from_number(43), Currency::CNY), 1);
    assert_eq!(DepositFacts::from_event(&elsewhere, &deposited("1.00")), None);
}

#[test]
fn held_money_stays_in_the_balance_and_is_not_available() {
    given(vec![deposited("100.00")]).when(hold(1, "30.00")).then_expect_events(vec![held(1, "30.00")]);
    assert_eq!(figures(&[deposited("100.00"), held(1, "30.00")]), ["100.00", "30.00", "70.00"]);
}

#[test]
fn more_than_is_available_cannot_be_held() {
    given(vec![deposited("100.00"), held(1, "30.00")]).when(hold(2, "70.01")).then_expect_error(
        WalletRefusal::InsufficientFunds { available: cny("70.00"), requested: cny("70.01") },
    );
    given(vec![deposited("100.00"), held(1, "30.00")])
        .when(hold(2, "70.00"))
        .then_expect_events(vec![held(2, "70.00")]);
    given(vec![]).when(hold(1, "0.01")).then_expect_error(WalletRefusal::InsufficientFunds {
        available: cny("0.00"),
        requested: cny("0.01"),
    });
}

#[test]
fn nothing_cannot_be_held() {
    given(vec![deposited("100.00")])
        .when(hold(1, "0.00"))
        .then_expect_error(WalletRefusal::AmountNotPositive { amount: cny("0.00") });
}

#[test]
fn one_withdrawal_holds_once() {
    given(vec![deposited("100.00"), held(1, "30.00")])
        .when(hold(1, "30.00"))
        .then_expect_error(WalletRefusal::AlreadyHeld { withdrawal: withdrawal(1) });
}

#[test]
fn a_released_hold_is_available_again() {
    let history = vec![deposited("100.00"), held(1, "30.00"), held(2, "20.00")];
    given(history.clone())
        .when(WalletCommand::ReleaseHold { withdrawal: withdrawal(1) })
        .then_expect_events(vec![released(1, "30.00")]);
    assert_eq!(figures(&[history, vec![released(1, "30.00")]].concat()), ["100.00", "20.00", "80.00"]);
}

#[test]
fn a_hold_that_is_paid_out_leaves_the_balance() {
    let history = vec![deposited("100.00"), held(1, "30.00")];
    given(history.clone()).when(pay_out(1)).then_expect_events(vec![paid_out(1, "30.00")]);
    assert_eq!(figures(&[history, vec![paid_out(1, "30.00")]].concat()), ["70.00", "0.00", "70.00"]);
}

#[test]
fn a_hold_ends_once() {
    let not_found = WalletRefusal::HoldNotFound { withdrawal: withdrawal(1) };
    for history in [
        vec![],
        vec![deposited("100.00"), held(2, "30.00")],
        vec![deposited("100.00"), held(1, "30.00"), released(1, "30.00")],
        vec![deposited("100.00"), held(1, "30.00"), paid_out(1, "30.00")],
    ] {
        given(history.clone()).when(pay_out(1)).then_expect_error(not_found.clone());
        given(history)
            .when(WalletCommand::ReleaseHold { withdrawal: withdrawal(1) })
            .then_expect_error(not_found.clone());
    }
}

#[test]
fn money_that_came_back_is_a_new_credit() {
    let history = vec![deposited("100.00"), held(1, "30.00"), paid_out(1, "30.00")];
    let credited = WalletEvent::ReturnCredited {
        wallet: wallet(),
        withdrawal: withdrawal(1),
        amount: cny("30.00"),
        effective_date: day(TODAY),
    };
    given(history.clone()).when(credit_return(cny("30.00"))).then_expect_events(vec![credited.clone()]);
    assert_eq!(figures(&[history, vec![credited]].concat()), ["100.00", "0.00", "100.00"]);
    given(vec![])
        .when(credit_return(cny("0.00")))
        .then_expect_error(WalletRefusal::AmountNotPositive { amount: cny("0.00") });
}

fn pay_bill(amount: &str) -> WalletCommand {
    let bill = "C00042.2026-02".parse().unwrap();
    WalletCommand::PayBill { wallet: wallet(), bill, amount: cny(amount), effective_date: day(TODAY) }
}

fn bill_paid(amount: &str) -> WalletEvent {
    let bill = "C00042.2026-02".parse().unwrap();
    WalletEvent::BillPaid { wallet: wallet(), bill, amount: cny(amount), effective_date: day(TODAY) }
}

#[test]
fn a_bill_is_paid_from_what_is_available() {
    given(vec![deposited("100.00"), held(1, "30.00")])
        .when(pay_bill("70.00"))
        .then_expect_events(vec![bill_paid("70.00")]);
    given(vec![deposited("100.00"), held(1, "30.00")]).when(pay_bill("70.01")).then_expect_error(
        WalletRefusal::InsufficientFunds { available: cny("70.00"), requested: cny("70.01") },
    );
    given(vec![]).when(pay_bill("0.01")).then_expect_error(WalletRefusal::InsufficientFunds {
        available: cny("0.00"),
        requested: cny("0.01"),
    });
    assert_eq!(
        figures(&[deposited("100.00"), held(1, "30.00"), bill_paid("70.00")]),
        ["30.00", "30.00", "0.00"]
    );
}

#[test]
fn a_bill_is_not_paid_with_nothing_or_with_held_money_of_the_journal() {
    given(vec![deposited("100.00")])
        .when(pay_bill("0.00"))
        .then_expect_error(WalletRefusal::AmountNotPositive { amount: cny("0.00") });
    let mut broken = state(&[deposited("100.00"), held(1, "30.00")]);
    assert!(broken.evolve(&bill_paid("70.01")).is_err());
}

fn payment_returned(amount: &str) -> WalletEvent {
    let (wallet, bill) = (wallet(), "C00042.2026-02".parse().unwrap());
    WalletEvent::BillPaymentReturned { wallet, bill, amount: cny(amount), effective_date: day(TODAY) }
}

#[test]
fn what_had_paid_a_bill_comes_back() {
    let back = |amount: &str| {
        let (wallet, bill) = (wallet(), "C00042.2026-02".parse().unwrap());
        WalletCommand::ReturnBillPayment { wallet, bill, amount: cny(amount), effective_date: day(TODAY) }
    };
    let paid = [deposited("100.00"), held(1, "30.00"), bill_paid("70.00")];
    given(paid.to_vec()).when(back("20.00")).then_expect_events(vec![payment_returned("20.00")]);
    given(paid.to_vec())
        .when(back("0.00"))
        .then_expect_error(WalletRefusal::AmountNotPositive { amount: cny("0.00") });
    let after = [paid.to_vec(), vec![payment_returned("20.00")]].concat();
    assert_eq!(figures(&after), figures(&[deposited("50.00"), held(1, "30.00")]));
}

#[test]
fn a_refused_command_changes_nothing() {
    let before = state(&[deposited("100.00")]);
    let after = before.clone();
    assert!(after.decide(hold(1, "100.01")).is_err());
    assert!(after.decide(hold(1, "100.00")).is_ok());
    assert_eq!(after, before);
}

#[test]
fn a_stream_that_cannot_be_is_corrupt() {
    let elsewhere = WalletEvent::FundsHeld {
        wallet: WalletId::new(&CustomerId::from_number(43), Currency::CNY),
        withdrawal: withdrawal(1),
        amount: cny("1.00"),
    };
    let yen = Money::parse("1", Currency::parse("JPY").unwrap()).unwrap();
    let in_yen = WalletEvent::FundsHeld { wallet: wallet(), withdrawal: withdrawal(1), amount: yen };
    for history in [
        vec![deposited("0.00")],
        vec![deposited("1000000000000000"), deposited("0.01")],
        vec![deposited("1.00"), elsewhere],
        vec![deposited("1.00"), in_yen],
        vec![deposited("1.00"), held(1, "1.01")],
        vec![deposited("2.00"), held(1, "1.00"), held(1, "1.00")],
        vec![deposited("1.00"), released(1, "1.00")],
        vec![deposited("1.00"), held(1, "1.00"), released(1, "0.50")],
        vec![deposited("1.00"), paid_out(1, "1.00")],
        vec![deposited("1.00"), held(1, "1.00"), reversed(1, "1.00")],
        vec![deposited("2.00"), reversed(1, "1.00"), reversed(1, "1.00")],
    ] {
        let mut state = Wallet::default();
        assert!(history.iter().any(|event| state.evolve(event).is_err()), "{history:?}");
    }
}

#[test]
#[should_panic(expected = "the wallet stream is corrupt: HoldReleased of C00042.CNY: there is no such hold")]
fn applying_a_corrupt_event_stops() {
    Wallet::default().apply(released(1, "1.00"));
}

#[test]
fn a_snapshot_is_the_state() {
    let state = state(&[
        deposited("100.00"),
        deposited("5.00"),
        reversed(2, "5.00"),
        held(1, "30.00"),
        held(2, "1.00"),
    ]);
    let snapshot = serde_json::to_value(&state).unwrap();
    assert_eq!(serde_json::from_value::<Wallet>(snapshot).unwrap(), state);
    assert_eq!(state.open_holds().count(), 2);
}
