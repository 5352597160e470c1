//! Money that is entered again: as it was, as it should have been, or after it was reversed.

use super::*;

fn again(received: ReceivedMoney) -> ReceiptCommand {
    record(ReceivedMoney { again: true, ..received })
}

/// Recorded once more, after it was reversed today.
fn anew(amount: &str) -> ReceiptEvent {
    let slip = Receipt::default().decide(record(money("1.00", None))).unwrap();
    let reversed = ReceiptEvent::ReceiptReversed {
        receipt: id(),
        amount: yuan("1.00"),
        method: DepositMethod::BankTransfer,
        customer: None,
        reason: "a slip".parse().unwrap(),
        effective_date: today(),
    };
    let gone = after(&[slip, vec![reversed]].concat());
    gone.decide(again(money(amount, Some(customer())))).unwrap().remove(0)
}

#[test]
fn the_same_money_entered_again_decides_nothing() {
    let first = [recorded("55.00")];
    let again = ReceivedMoney { payer: Payer::default(), text: None, ..money("55.00", Some(customer())) };
    given(first.clone()).when(record(again)).then_expect_events(vec![]);
    given(first.clone()).when(record(money("55.00", None))).then_expect_events(vec![]);
    let differs = ReceiptRefusal::Differs {
        receipt: id(),
        amount: yuan("55.00"),
        method: DepositMethod::BankTransfer,
        received_date: day("2026-11-03"),
    };
    let of_no_day = ReceivedMoney { received_date: None, ..money("55.00", None) };
    given(first.clone()).when(record(of_no_day)).then_expect_events(vec![]);
    let other_day = ReceivedMoney { received_date: Some(day("2026-11-02")), ..money("55.00", None) };
    let other_way = ReceivedMoney { method: DepositMethod::Cash, ..money("55.00", None) };
    for other in [money("55.01", None), other_day, other_way] {
        given(first.clone()).when(record(other)).then_expect_error(differs.clone());
    }
    let of_another = ReceiptRefusal::OfAnother { receipt: id(), customer: customer() };
    let another = money("55.00", Some(CustomerId::from_number(43)));
    given(first).when(record(another)).then_expect_error(of_another);
}

#[test]
fn who_enters_it_again_and_knows_whose_it_is_identifies_it() {
    let waiting = event_of(money("55.00", None));
    let (receipt, customer, amount) = (id(), customer(), yuan("55.00"));
    let (effective_date, matched) = (today(), None);
    let identified = ReceiptEvent::ReceiptIdentified { receipt, customer, amount, effective_date, matched };
    let known = record(money("55.00", Some(super::customer())));
    given([waiting.clone()]).when(known.clone()).then_expect_events(vec![identified.clone()]);
    given([waiting, identified]).when(known).then_expect_events(vec![]);
}

#[test]
fn what_was_received_in_a_closed_month_is_effective_later() {
    let late = ReceivedMoney {
        received_date: Some(day("2026-10-31")),
        effective_date: Some(day("2026-11-03")),
        ..money("55.00", Some(customer()))
    };
    let event = event_of(late.clone());
    assert_eq!(event.effective_date(), Some(day("2026-11-03")));
    given([event.clone()]).when(record(late.clone())).then_expect_events(vec![]);
    let other_month = ReceivedMoney { effective_date: None, ..late.clone() };
    given([event.clone()]).when(record(other_month)).then_expect_events(vec![]);
    let early = after(&[event]).decide(apply_on(1, yuan("1.00"), "2026-11-02")).unwrap_err();
    assert!(matches!(early, ReceiptRefusal::EffectiveDate(_)), "{early}");
    let before = ReceivedMoney { effective_date: Some(day("2026-10-30")), ..late };
    let early = Receipt::default().decide(record(before)).unwrap_err();
    assert!(matches!(early, ReceiptRefusal::EffectiveDate(_)), "{early}");
}

#[test]
fn one_that_is_reversed_is_nothing_any_more() {
    use AccountCode::{BankDeposits, CustomerAdvances};

    let gone = [recorded("55.00"), reversed("55.00")];
    assert_eq!(lines(reversed("55.00")), [(CustomerAdvances, Side::Debit), (BankDeposits, Side::Credit)]);
    assert_eq!(left(&gone), yuan("0.00"));
    given(gone.clone()).when(reverse_on(TODAY)).then_expect_events(vec![]);
    let (effective_date, reason) = (today(), "a slip".parse().unwrap());
    let refused = ReceiptRefusal::Reversed { receipt: id(), effective_date, reason };
    for command in [
        apply(1, "1.00"),
        identify(),
        move_to_wallet("1.00"),
        request_refund("1.00", "user:li"),
        reject_refund(),
    ] {
        given(gone.clone()).when(command).then_expect_error(refused.clone());
    }
}

#[test]
fn a_slip_is_reversed_and_entered_as_it_should_be() {
    let slip = [recorded("55.00"), reversed("55.00")];
    given(slip.clone())
        .when(again(money("550.00", Some(customer()))))
        .then_expect_events(vec![anew("550.00")]);
    assert_eq!(anew("550.00").effective_date(), Some(today()), "no earlier than it was reversed");
    let stands = [&slip[..], &[anew("550.00")]].concat();
    assert_eq!(left(&stands), yuan("550.00"));
    assert_eq!((after(&stands).state(), after(&stands).entry()), (Some(ReceiptState::Open), 2));
    given(stands).when(again(money("550.00", Some(customer())))).then_expect_events(vec![]);
    let before = ReceivedMoney { effective_date: Some(day("2026-11-09")), ..money("550.00", None) };
    let early = after(&slip).decide(again(before)).unwrap_err();
    assert!(matches!(early, ReceiptRefusal::EffectiveDate(_)), "twice there on the ninth: {early}");
}

#[test]
fn what_is_reversed_is_not_there_again_because_a_list_is_read_again() {
    let gone = [recorded("55.00"), reversed("55.00")];
    let (effective_date, reason) = (today(), "a slip".parse().unwrap());
    let refused = ReceiptRefusal::ReversedBefore { receipt: id(), effective_date, reason };
    let whose = [Some(customer()), Some(CustomerId::from_number(43)), None];
    for entered in whose.map(|customer| money("55.00", customer)).into_iter().chain([money("56.00", None)]) {
        given(gone.clone()).when(record(entered)).then_expect_error(refused.clone());
    }
}

#[test]
fn a_second_reversal_is_not_one_of_what_was_recorded_anew() {
    let history = [recorded("55.00"), reversed("55.00"), anew("550.00")];
    let (receipt, reason): (ReceiptId, crate::text::Reason) = (id(), "a slip".parse().unwrap());
    let of = |entry| ReceiptCommand::Reverse {
        receipt: receipt.clone(),
        entry: Some(entry),
        reason: reason.clone(),
        effective_date: today(),
        today: today(),
    };
    let refused = ReceiptRefusal::RecordedAnew { receipt: id(), entry: 2 };
    given(history.clone()).when(of(1)).then_expect_error(refused);
    assert_eq!(after(&history).decide(of(2)).unwrap().len(), 1);
    given([recorded("55.00"), reversed("55.00")]).when(of(1)).then_expect_events(vec![]);
}
