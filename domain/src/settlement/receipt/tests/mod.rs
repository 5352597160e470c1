mod entry;

use chrono::NaiveDate;
use cqrs_es::test::{AggregateTestExecutor, TestFramework};
use proptest::prelude::*;

use super::*;
use crate::dates::{EARLIEST_EFFECTIVE_DATE, EffectiveDateOutOfRange};
use crate::deposits::DepositMethod;
use crate::event_sourced::EventSourced;
use crate::ids::{CustomerId, WalletId, WriteOffId};
use crate::ledger::{AccountCode, Side, check_balanced, postings};
use crate::money::{Currency, Money, MoneyError};
use crate::requester::Requester;

const TODAY: &str = "2026-11-10";

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn today() -> NaiveDate {
    day(TODAY)
}

fn yuan(amount: &str) -> Money {
    Money::parse(amount, Currency::CNY).unwrap()
}

fn customer() -> CustomerId {
    CustomerId::from_number(42)
}

fn write_off(number: u8) -> WriteOffId {
    format!("W{number:026}").parse().unwrap()
}

fn money(amount: &str, customer: Option<CustomerId>) -> ReceivedMoney {
    ReceivedMoney {
        account: "ICBC-0123".parse().unwrap(),
        reference: "20261103-77".parse().unwrap(),
        amount: yuan(amount),
        method: DepositMethod::BankTransfer,
        received_date: Some(day("2026-11-03")),
        effective_date: None,
        customer,
        payer: Payer { name: Some("上海某某有限公司".parse().unwrap()), account: None },
        text: Some("October".parse().unwrap()),
        again: false,
    }
}

fn id() -> ReceiptId {
    money("1.00", None).receipt()
}

fn record(received: ReceivedMoney) -> ReceiptCommand {
    ReceiptCommand::Record { received, holds_reference: true, today: today() }
}

fn event_of(received: ReceivedMoney) -> ReceiptEvent {
    let mut events = Receipt::default().decide(record(received)).unwrap();
    events.pop().unwrap()
}

fn recorded(amount: &str) -> ReceiptEvent {
    event_of(money(amount, Some(customer())))
}

fn identify() -> ReceiptCommand {
    let (receipt, customer) = (id(), customer());
    let (effective_date, today) = (day("2026-11-05"), today());
    ReceiptCommand::Identify { receipt, customer, matched: None, effective_date, today }
}

fn identified(amount: &str) -> ReceiptEvent {
    let (receipt, customer, amount) = (id(), customer(), yuan(amount));
    let effective_date = day("2026-11-05");
    ReceiptEvent::ReceiptIdentified { receipt, customer, amount, effective_date, matched: None }
}

fn apply_on(leg: u32, amount: Money, date: &str) -> ReceiptCommand {
    ReceiptCommand::Apply {
        receipt: id(),
        customer: customer(),
        write_off: write_off(1),
        leg,
        amount,
        effective_date: day(date),
        today: today(),
    }
}

fn apply(leg: u32, amount: &str) -> ReceiptCommand {
    apply_on(leg, yuan(amount), TODAY)
}

fn applied(leg: u32, amount: &str) -> ReceiptEvent {
    let (receipt, write_off, amount, effective_date) = (id(), write_off(1), yuan(amount), today());
    ReceiptEvent::ReceiptApplied { receipt, write_off, leg, amount, effective_date }
}

fn free(leg: u32, amount: &str) -> ReceiptCommand {
    let (receipt, write_off, amount, effective_date) = (id(), write_off(1), yuan(amount), today());
    ReceiptCommand::Free { receipt, write_off, leg, amount, effective_date }
}

fn freed(leg: u32, amount: &str) -> ReceiptEvent {
    let (receipt, write_off, amount, effective_date) = (id(), write_off(1), yuan(amount), today());
    ReceiptEvent::ReceiptFreed { receipt, write_off, leg, amount, effective_date }
}

fn reverse_on(date: &str) -> ReceiptCommand {
    let (receipt, reason) = (id(), "a slip".parse().unwrap());
    ReceiptCommand::Reverse { receipt, entry: None, reason, effective_date: day(date), today: today() }
}

fn reversed(amount: &str) -> ReceiptEvent {
    ReceiptEvent::ReceiptReversed {
        receipt: id(),
        amount: yuan(amount),
        method: DepositMethod::BankTransfer,
        customer: Some(customer()),
        reason: "a slip".parse().unwrap(),
        effective_date: today(),
    }
}

fn request_refund(amount: &str, by: &str) -> ReceiptCommand {
    let requested_by = by.parse().unwrap();
    let (receipt, amount, reason) = (id(), yuan(amount), "paid too much".parse().unwrap());
    ReceiptCommand::RequestRefund { receipt, amount, reason, requested_by }
}

fn refund_requested(amount: &str) -> ReceiptEvent {
    let requested_by = Requester::of_key("key:erp".parse().unwrap(), "user:li".parse().unwrap(), None);
    let (receipt, amount, reason) = (id(), yuan(amount), "paid too much".parse().unwrap());
    ReceiptEvent::AdvanceRefundRequested { receipt, amount, reason, requested_by }
}

fn approve_refund(by: &str) -> ReceiptCommand {
    let approved_by = by.parse().unwrap();
    ReceiptCommand::ApproveRefund {
        receipt: id(),
        amount: Some(yuan("20.00")),
        approved_by,
        effective_date: today(),
        today: today(),
    }
}

fn refunded(amount: &str) -> ReceiptEvent {
    let (receipt, amount, approved_by) = (id(), yuan(amount), "user:wang".parse().unwrap());
    ReceiptEvent::AdvanceRefunded { receipt, amount, approved_by, effective_date: today() }
}

fn reject_refund() -> ReceiptCommand {
    let (rejected_by, reason) = ("user:wang".parse().unwrap(), "no".parse().unwrap());
    ReceiptCommand::RejectRefund { receipt: id(), rejected_by, reason }
}

fn move_on(amount: &str, date: &str) -> ReceiptCommand {
    let (receipt, amount) = (id(), yuan(amount));
    ReceiptCommand::MoveToWallet { receipt, amount, effective_date: day(date), today: today() }
}

fn move_to_wallet(amount: &str) -> ReceiptCommand {
    move_on(amount, TODAY)
}

fn moved(amount: &str) -> ReceiptEvent {
    let (receipt, amount, effective_date) = (id(), yuan(amount), today());
    let wallet = WalletId::new(&customer(), Currency::CNY);
    ReceiptEvent::AdvanceMovedToWallet { receipt, wallet, amount, effective_date }
}

fn given(events: impl IntoIterator<Item = ReceiptEvent>) -> AggregateTestExecutor<Receipt> {
    TestFramework::with(()).given(events.into_iter().collect())
}

fn after(events: &[ReceiptEvent]) -> Receipt {
    let mut receipt = Receipt::default();
    events.iter().for_each(|event| receipt.evolve(event).unwrap());
    receipt
}

fn left(events: &[ReceiptEvent]) -> Money {
    after(events).unapplied().unwrap().unwrap()
}

fn lines(event: ReceiptEvent) -> Vec<(AccountCode, Side)> {
    let postings = postings(&event.into());
    check_balanced(&postings).unwrap();
    postings.into_iter().map(|posting| (posting.account, posting.side)).collect()
}

#[test]
fn money_that_comes_in_is_the_customers_advance() {
    use AccountCode::{Alipay, BankDeposits, CustomerAdvances};

    given([]).when(record(money("55.00", Some(customer())))).then_expect_events(vec![recorded("55.00")]);
    assert_eq!(left(&[recorded("55.00")]), yuan("55.00"));
    assert_eq!(lines(recorded("55.00")), [(BankDeposits, Side::Debit), (CustomerAdvances, Side::Credit)]);
    let by_alipay = ReceivedMoney { method: DepositMethod::Alipay, ..money("55.00", Some(customer())) };
    assert_eq!(lines(event_of(by_alipay)), [(Alipay, Side::Debit), (CustomerAdvances, Side::Credit)]);
}

#[test]
fn money_of_nobody_waits_until_somebody_says_whose_it_is() {
    use AccountCode::{BankDeposits, CustomerAdvances, UnidentifiedReceipts};

    let waiting = event_of(money("55.00", None));
    assert_eq!(lines(waiting.clone()), [(BankDeposits, Side::Debit), (UnidentifiedReceipts, Side::Credit)]);
    let unidentified = ReceiptRefusal::Unidentified { receipt: id() };
    for command in [apply(1, "1.00"), move_to_wallet("1.00"), request_refund("1.00", "user:li")] {
        given([waiting.clone()]).when(command).then_expect_error(unidentified.clone());
    }
    given([waiting.clone()]).when(identify()).then_expect_events(vec![identified("55.00")]);
    assert_eq!(
        lines(identified("55.00")),
        [(UnidentifiedReceipts, Side::Debit), (CustomerAdvances, Side::Credit)]
    );
    let known = [waiting.clone(), identified("55.00")];
    given(known.clone()).when(identify()).then_expect_events(vec![]);
    given(known.clone()).when(apply(1, "55.00")).then_expect_events(vec![applied(1, "55.00")]);
    // Before it was known, it was nobody's advance.
    let early = EffectiveDateOutOfRange {
        effective_date: day("2026-11-04"),
        earliest: day("2026-11-05"),
        latest: day("2026-11-11"),
    };
    given(known).when(apply_on(1, yuan("1.00"), "2026-11-04")).then_expect_error(early.into());
    let another = ReceiptCommand::Identify {
        receipt: id(),
        customer: CustomerId::from_number(43),
        matched: None,
        effective_date: today(),
        today: today(),
    };
    let refused = ReceiptRefusal::OfAnother { receipt: id(), customer: customer() };
    given([recorded("55.00")]).when(another).then_expect_error(refused);
}

#[test]
fn what_write_offs_take_is_never_more_than_is_left() {
    let history = [recorded("55.00"), applied(1, "30.00")];
    assert_eq!(left(&history), yuan("25.00"));
    let short = |requested| ReceiptRefusal::AboveUnapplied {
        receipt: id(),
        unapplied: yuan("25.00"),
        requested: yuan(requested),
    };
    given(history.clone()).when(apply(2, "25.01")).then_expect_error(short("25.01"));
    given(history.clone()).when(apply(2, "25.00")).then_expect_events(vec![applied(2, "25.00")]);
    given(history.clone()).when(move_to_wallet("25.01")).then_expect_error(short("25.01"));
    given(history.clone()).when(request_refund("25.01", "user:li")).then_expect_error(short("25.01"));
    let nothing = ReceiptRefusal::AmountNotPositive { amount: yuan("0.00") };
    given(history.clone()).when(apply(2, "0.00")).then_expect_error(nothing);
    let dollar = Money::parse("1.00", Currency::parse("USD").unwrap()).unwrap();
    let refused = after(&history).decide(apply_on(2, dollar, TODAY)).unwrap_err();
    assert!(matches!(refused, ReceiptRefusal::Money(MoneyError::CurrencyMismatch { .. })), "{refused}");
    let stranger = ReceiptCommand::Apply {
        receipt: id(),
        customer: CustomerId::from_number(43),
        write_off: write_off(1),
        leg: 2,
        amount: yuan("1.00"),
        effective_date: today(),
        today: today(),
    };
    let of_another = ReceiptRefusal::OfAnother { receipt: id(), customer: customer() };
    given(history).when(stranger).then_expect_error(of_another);
}

#[test]
fn a_leg_that_is_undone_frees_what_it_took_once() {
    let history = [recorded("55.00"), applied(1, "30.00"), applied(2, "5.00")];
    given(history.clone()).when(free(1, "30.00")).then_expect_events(vec![freed(1, "30.00")]);
    let undone = [&history[..], &[freed(1, "30.00")]].concat();
    assert_eq!(left(&undone), yuan("50.00"));
    let not_applied = |leg| ReceiptRefusal::NotApplied { receipt: id(), write_off: write_off(1), leg };
    given(undone.clone()).when(free(1, "30.00")).then_expect_error(not_applied(1));
    given(undone.clone()).when(free(2, "5.01")).then_expect_error(not_applied(2));
    assert_eq!(after(&undone).live_legs().collect::<Vec<_>>(), [(&write_off(1), 2, yuan("5.00"))]);
}

#[test]
fn what_came_free_is_not_taken_again_before_that() {
    let undone = [recorded("55.00"), applied(1, "30.00"), freed(1, "30.00")];
    for command in [apply_on(2, yuan("1.00"), "2026-11-09"), move_on("1.00", "2026-11-09")] {
        let early = after(&undone).decide(command).unwrap_err();
        let earliest = today();
        assert!(
            matches!(early, ReceiptRefusal::EffectiveDate(EffectiveDateOutOfRange { earliest: from, .. }) if from == earliest),
            "{early}"
        );
    }
    given(undone.clone()).when(apply(2, "55.00")).then_expect_events(vec![applied(2, "55.00")]);
    assert_eq!(after(&undone).since(), Some(today()));
}

#[test]
fn one_that_is_used_is_not_reversed() {
    let applied_to = [recorded("55.00"), applied(1, "30.00")];
    let in_use = ReceiptRefusal::InUse { receipt: id(), applied: yuan("30.00") };
    given(applied_to.clone()).when(reverse_on(TODAY)).then_expect_error(in_use);
    let freed_again = [&applied_to[..], &[freed(1, "30.00")]].concat();
    given(freed_again.clone()).when(reverse_on(TODAY)).then_expect_events(vec![reversed("55.00")]);
    let gone = ReceiptRefusal::Gone { receipt: id(), gone: yuan("5.00") };
    given([recorded("55.00"), moved("5.00")]).when(reverse_on(TODAY)).then_expect_error(gone);
    let under_way = ReceiptRefusal::RefundUnderWay {
        receipt: id(),
        amount: yuan("5.00"),
        requested_by: "key:erp".parse().unwrap(),
    };
    let asked = [recorded("55.00"), refund_requested("5.00")];
    given(asked).when(reverse_on(TODAY)).then_expect_error(under_way);
    let early = after(&freed_again).decide(reverse_on("2026-11-09")).unwrap_err();
    assert!(matches!(early, ReceiptRefusal::EffectiveDate(_)), "{early}");
}

#[test]
fn what_is_left_can_go_to_the_wallet() {
    use AccountCode::{CustomerAdvances, CustomerWallets};

    let history = [recorded("55.00"), applied(1, "30.00")];
    given(history.clone()).when(move_to_wallet("25.00")).then_expect_events(vec![moved("25.00")]);
    assert_eq!(lines(moved("25.00")), [(CustomerAdvances, Side::Debit), (CustomerWallets, Side::Credit)]);
    assert_eq!(left(&[&history[..], &[moved("25.00")]].concat()), yuan("0.00"));
}

#[test]
fn what_went_to_the_wallet_or_was_paid_back_comes_back() {
    use AccountCode::{BankDeposits, CustomerAdvances, CustomerWallets};

    let (receipt, wallet, effective_date) = (id(), WalletId::new(&customer(), Currency::CNY), today());
    let from_wallet = |amount| ReceiptCommand::ReturnFromWallet {
        receipt: id(),
        amount: yuan(amount),
        effective_date,
        today: today(),
    };
    let moved_back =
        ReceiptEvent::AdvanceMovedBack { receipt, wallet, amount: yuan("25.00"), effective_date };
    let history = [recorded("55.00"), moved("25.00")];
    let above = |gone, requested| {
        let (receipt, gone, requested) = (id(), yuan(gone), yuan(requested));
        ReceiptRefusal::AboveGone { receipt, gone, requested }
    };
    given(history.clone()).when(from_wallet("25.01")).then_expect_error(above("25.00", "25.01"));
    given(history.clone()).when(from_wallet("25.00")).then_expect_events(vec![moved_back.clone()]);
    assert_eq!(lines(moved_back.clone()), [(CustomerWallets, Side::Debit), (CustomerAdvances, Side::Credit)]);
    let back = [&history[..], &[moved_back]].concat();
    assert_eq!(left(&back), yuan("55.00"));
    given(back.clone()).when(reverse_on(TODAY)).then_expect_events(vec![reversed("55.00")]);
    assert!(
        after(&back).decide(apply_on(1, yuan("55.00"), "2026-11-09")).is_err(),
        "not before it came back"
    );

    let (receipt, reason): (_, crate::text::Reason) = (id(), "account closed".parse().unwrap());
    let return_refund = |amount| ReceiptCommand::ReturnRefund {
        receipt: id(),
        amount: yuan(amount),
        reason: reason.clone(),
        effective_date,
        today: today(),
    };
    let (amount, reason) = (yuan("20.00"), reason.clone());
    let returned = ReceiptEvent::AdvanceRefundReturned { receipt, amount, reason, effective_date };
    let paid = [recorded("55.00"), refund_requested("20.00"), refunded("20.00")];
    given(paid.clone()).when(return_refund("20.01")).then_expect_error(above("20.00", "20.01"));
    given(paid.clone()).when(return_refund("20.00")).then_expect_events(vec![returned.clone()]);
    assert_eq!(lines(returned.clone()), [(BankDeposits, Side::Debit), (CustomerAdvances, Side::Credit)]);
    let back = [&paid[..], &[returned]].concat();
    assert_eq!(left(&back), yuan("55.00"));
    given(back).when(return_refund("20.00")).then_expect_error(above("0.00", "20.00"));
}

/// Who approves has looked at one request, and another stands by now.
#[test]
fn an_approval_is_of_the_refund_that_was_looked_at() {
    let requested_by = "key:erp".parse().unwrap();
    let other = ReceiptRefusal::RefundUnderWay { receipt: id(), amount: yuan("50.00"), requested_by };
    let asked = [recorded("55.00"), refund_requested("50.00")];
    given(asked).when(approve_refund("user:wang")).then_expect_error(other);
}

#[test]
fn a_refund_takes_two_people() {
    use AccountCode::{BankDeposits, CustomerAdvances};

    let asked = [recorded("55.00"), refund_requested("20.00")];
    assert_eq!(left(&asked), yuan("35.00"));
    assert!(postings(&refund_requested("20.00").into()).is_empty());
    for own in ["key:erp", "user:li"] {
        let refused =
            ReceiptRefusal::SelfApproval { receipt: id(), requested_by: "key:erp".parse().unwrap() };
        given(asked.clone()).when(approve_refund(own)).then_expect_error(refused);
    }
    given(asked.clone()).when(approve_refund("user:wang")).then_expect_events(vec![refunded("20.00")]);
    assert_eq!(lines(refunded("20.00")), [(CustomerAdvances, Side::Debit), (BankDeposits, Side::Credit)]);
    let done = [&asked[..], &[refunded("20.00")]].concat();
    assert_eq!(left(&done), yuan("35.00"));
    let not_requested = ReceiptRefusal::RefundNotRequested { receipt: id() };
    given(done.clone()).when(approve_refund("user:wang")).then_expect_error(not_requested.clone());
    given(done).when(reject_refund()).then_expect_error(not_requested);
    let mut rejected = after(&asked).decide(reject_refund()).unwrap();
    assert_eq!(left(&[&asked[..], &[rejected.remove(0)]].concat()), yuan("55.00"));
    let under_way = ReceiptRefusal::RefundUnderWay {
        receipt: id(),
        amount: yuan("20.00"),
        requested_by: "key:erp".parse().unwrap(),
    };
    given(asked).when(request_refund("1.00", "user:chen")).then_expect_error(under_way);
}

#[test]
fn a_receipt_has_to_be_there_and_of_this_century() {
    let not_found = ReceiptRefusal::NotFound { receipt: id() };
    for command in [identify(), apply(1, "1.00"), reverse_on(TODAY), reject_refund()] {
        given([]).when(command).then_expect_error(not_found.clone());
    }
    let nothing = ReceiptRefusal::AmountNotPositive { amount: yuan("0.00") };
    given([]).when(record(money("0.00", None))).then_expect_error(nothing);
    let later = ReceivedMoney { received_date: Some(day("2026-11-12")), ..money("1.00", None) };
    let out_of_range = EffectiveDateOutOfRange {
        effective_date: day("2026-11-12"),
        earliest: EARLIEST_EFFECTIVE_DATE,
        latest: day("2026-11-11"),
    };
    given([]).when(record(later)).then_expect_error(out_of_range.into());
}

#[test]
fn a_stream_that_breaks_the_arithmetic_is_corrupt() {
    let broken = [
        vec![applied(1, "1.00")],
        vec![recorded("55.00"), recorded("55.00")],
        vec![recorded("55.00"), applied(1, "55.01")],
        vec![recorded("55.00"), applied(1, "5.00"), applied(1, "5.00")],
        vec![recorded("55.00"), freed(1, "5.00")],
        vec![recorded("55.00"), refunded("5.00")],
        vec![recorded("55.00"), reversed("55.00"), applied(1, "1.00")],
    ];
    for mut events in broken {
        let last = events.pop().unwrap();
        assert!(after(&events).evolve(&last).is_err(), "{last:?}");
    }
}

#[test]
fn a_receipt_reads_back_from_its_snapshot() {
    let receipt = after(&[recorded("55.00"), applied(1, "30.00"), refund_requested("5.00")]);
    let written = serde_json::to_string(&receipt).unwrap();
    assert_eq!(serde_json::from_str::<Receipt>(&written).unwrap(), receipt);
}

proptest! {
    /// Whatever is asked for in whatever order: all that came in is what is used and what is left, and neither is
    /// ever below nothing.
    #[test]
    fn money_is_used_once(steps in proptest::collection::vec((0..7_u8, 1..4_u32, 1..4_000_i64), 1..40)) {
        let mut events = vec![recorded("55.00")];
        for (kind, leg, cents) in steps {
            let amount = Money::new(rust_decimal::Decimal::new(cents, 2), Currency::CNY).unwrap();
            let text = amount.amount().to_string();
            let standing = after(&events).live_legs().find(|(_, number, _)| *number == leg).map(|(_, _, took)| took);
            let command = match kind {
                0 | 1 if standing.is_none() => apply(leg, &text),
                0 | 1 => free(leg, &standing.unwrap().amount().to_string()),
                2 => move_to_wallet(&text),
                3 => request_refund(&text, "user:li"),
                4 => approve_refund("user:wang"),
                5 => ReceiptCommand::ReturnFromWallet { receipt: id(), amount, effective_date: today(), today: today() },
                _ => reject_refund(),
            };
            let receipt = after(&events);
            if let Ok(more) = receipt.decide(command) {
                events.extend(more);
            }
            let receipt = after(&events);
            let unapplied = receipt.unapplied().unwrap().unwrap();
            prop_assert!(!unapplied.is_negative());
            let mut gone = yuan("0.00");
            for event in &events {
                if let ReceiptEvent::AdvanceMovedBack { amount, .. } = event {
                    gone = gone.checked_sub(*amount).unwrap();
                }
                if let ReceiptEvent::AdvanceMovedToWallet { amount, .. }
                | ReceiptEvent::AdvanceRefunded { amount, .. } = event
                {
                    gone = gone.checked_add(*amount).unwrap();
                }
            }
            let held = receipt.refund().map_or(yuan("0.00"), |refund| refund.amount);
            let legs = receipt.live_legs().fold(yuan("0.00"), |sum, (_, _, took)| sum.checked_add(took).unwrap());
            let all = [gone, held, legs].iter().fold(unapplied, |sum, part| sum.checked_add(*part).unwrap());
            prop_assert_eq!(all, yuan("55.00"));
        }
    }
}
