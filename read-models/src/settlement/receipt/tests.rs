use tallybook_domain::BookEvent;
use tallybook_domain::deposits::DepositMethod;
use tallybook_domain::settlement::receipt::{Payer, ReceiptState};
use tallybook_domain::settlement::{ReceiptEvent, ReceiptId};

use super::{ReceiptRow, Receipts, RefundState};
use crate::fold::FoldFault;
use crate::testing::{customer, day, folded, receipt_id, try_folded, wallet, write_off_id, yuan};

fn recorded(amount: &str, known: bool) -> BookEvent {
    let payer = Payer {
        name: Some("上海某某有限公司".parse().unwrap()),
        account: Some("6222021234567890123".parse().unwrap()),
    };
    ReceiptEvent::ReceiptRecorded {
        receipt: receipt_id(),
        account: "ICBC-0123".parse().unwrap(),
        reference: "R-77".parse().unwrap(),
        amount: yuan(amount),
        method: DepositMethod::BankTransfer,
        received_date: day("2026-11-03"),
        customer: known.then(|| customer(1)),
        payer,
        text: None,
        effective_date: None,
        holds_reference: true,
    }
    .into()
}

fn of(event: impl FnOnce(ReceiptId) -> ReceiptEvent) -> BookEvent {
    event(receipt_id()).into()
}

fn applied(leg: u32, amount: &str) -> BookEvent {
    let (write_off, amount, effective_date) = (write_off_id(), yuan(amount), day("2026-11-05"));
    of(|receipt| ReceiptEvent::ReceiptApplied { receipt, write_off, leg, amount, effective_date })
}

fn freed(leg: u32, amount: &str) -> BookEvent {
    let (write_off, amount, effective_date) = (write_off_id(), yuan(amount), day("2026-11-06"));
    of(|receipt| ReceiptEvent::ReceiptFreed { receipt, write_off, leg, amount, effective_date })
}

fn reversed() -> BookEvent {
    of(|receipt| ReceiptEvent::ReceiptReversed {
        receipt,
        amount: yuan("55.00"),
        method: DepositMethod::BankTransfer,
        customer: Some(customer(1)),
        reason: "a slip".parse().unwrap(),
        effective_date: day("2026-11-07"),
    })
}

fn row(events: impl IntoIterator<Item = BookEvent>) -> ReceiptRow {
    folded::<Receipts>(events).get(&receipt_id()).unwrap().clone()
}

#[test]
fn a_receipt_says_what_became_of_it() {
    let moved = of(|receipt| ReceiptEvent::AdvanceMovedToWallet {
        receipt,
        wallet: wallet(1),
        amount: yuan("5.00"),
        effective_date: day("2026-11-06"),
    });
    let first = row([recorded("55.00", true), applied(1, "30.00"), applied(2, "10.00")]);
    assert_eq!(
        (first.state, first.applied, first.unapplied),
        (ReceiptState::Open, yuan("40.00"), yuan("15.00"))
    );
    let history =
        [recorded("55.00", true), applied(1, "30.00"), freed(1, "30.00"), moved, applied(2, "50.00")];
    let used = row(history);
    assert_eq!((used.state, used.applied, used.moved), (ReceiptState::Used, yuan("50.00"), yuan("5.00")));
    assert_eq!((used.unapplied, used.updated.position), (yuan("0.00"), 5));
}

#[test]
fn money_of_nobody_is_told() {
    let waiting = row([recorded("55.00", false)]);
    assert_eq!((waiting.state, waiting.customer), (ReceiptState::Unidentified, None));
    let identified = of(|receipt| ReceiptEvent::ReceiptIdentified {
        receipt,
        customer: customer(1),
        amount: yuan("55.00"),
        effective_date: day("2026-11-05"),
        matched: None,
    });
    let known = row([recorded("55.00", false), identified]);
    assert_eq!((known.state, known.customer), (ReceiptState::Open, Some(customer(1))));
    assert_eq!(known.identified_by, None, "by a person");
}

/// What a person has undone stays so, even where the receipt is reversed and entered anew.
#[test]
fn what_rules_have_said_and_a_person_undone_is_told() {
    let by_rules = of(|receipt| ReceiptEvent::ReceiptIdentified {
        receipt,
        customer: customer(1),
        amount: yuan("55.00"),
        effective_date: day("2026-11-05"),
        matched: Some(write_off_id()),
    });
    let mut history = vec![recorded("55.00", false), by_rules, applied(1, "30.00")];
    let known = row(history.clone());
    assert_eq!((known.identified_by, known.undone), (Some(write_off_id()), false));
    history.push(freed(1, "30.00"));
    assert!(row(history.clone()).undone);
    history.extend([reversed(), recorded("50.00", true)]);
    let anew = row(history);
    assert_eq!((anew.identified_by, anew.undone, anew.entry), (None, true, 2));
}

#[test]
fn what_is_asked_back_is_not_free() {
    let asked = of(|receipt| ReceiptEvent::AdvanceRefundRequested {
        receipt,
        amount: yuan("20.00"),
        reason: "paid too much".parse().unwrap(),
        requested_by: "user:li".parse().unwrap(),
    });
    let refunded = of(|receipt| ReceiptEvent::AdvanceRefunded {
        receipt,
        amount: yuan("20.00"),
        approved_by: "user:wang".parse().unwrap(),
        effective_date: day("2026-11-06"),
    });
    let rejected = of(|receipt| ReceiptEvent::AdvanceRefundRejected {
        receipt,
        amount: yuan("20.00"),
        rejected_by: "user:wang".parse().unwrap(),
        reason: "no".parse().unwrap(),
    });
    let history = [recorded("55.00", true), asked.clone()];
    let waiting = row(history.clone());
    assert_eq!((waiting.unapplied, waiting.refund_asked), (yuan("35.00"), yuan("20.00")));
    let done = row(history.iter().cloned().chain([refunded]));
    assert_eq!(
        (done.unapplied, done.refund_asked, done.refunded),
        (yuan("35.00"), yuan("0.00"), yuan("20.00"))
    );
    assert_eq!(done.refund.unwrap().state, RefundState::Refunded);
    let not = row(history.into_iter().chain([rejected]));
    assert_eq!((not.unapplied, not.refund.unwrap().state), (yuan("55.00"), RefundState::Rejected));
}

#[test]
fn one_that_is_reversed_may_begin_anew() {
    let gone = row([recorded("55.00", true), reversed()]);
    assert_eq!((gone.state, gone.unapplied), (ReceiptState::Reversed, yuan("0.00")));
    assert_eq!((gone.reversal.unwrap().reason.as_str(), gone.entry), ("a slip", 1));
    let anew = row([recorded("55.00", true), reversed(), recorded("550.00", true)]);
    assert_eq!((anew.state, anew.unapplied, anew.reversal), (ReceiptState::Open, yuan("550.00"), None));
    assert_eq!(anew.entry, 2);
}

#[test]
fn what_went_away_comes_back() {
    let amount = yuan("20.00");
    let moved = of(|receipt| {
        let effective_date = day("2026-11-06");
        ReceiptEvent::AdvanceMovedToWallet { receipt, wallet: wallet(1), amount, effective_date }
    });
    let moved_back = of(|receipt| {
        let effective_date = day("2026-11-07");
        ReceiptEvent::AdvanceMovedBack { receipt, wallet: wallet(1), amount, effective_date }
    });
    let back = row([recorded("55.00", true), moved, moved_back]);
    assert_eq!((back.moved, back.unapplied), (yuan("0.00"), yuan("55.00")));
    let asked = of(|receipt| ReceiptEvent::AdvanceRefundRequested {
        receipt,
        amount,
        reason: "paid too much".parse().unwrap(),
        requested_by: "user:li".parse().unwrap(),
    });
    let refunded = of(|receipt| ReceiptEvent::AdvanceRefunded {
        receipt,
        amount,
        approved_by: "user:wang".parse().unwrap(),
        effective_date: day("2026-11-06"),
    });
    let returned = of(|receipt| ReceiptEvent::AdvanceRefundReturned {
        receipt,
        amount,
        reason: "account closed".parse().unwrap(),
        effective_date: day("2026-11-08"),
    });
    let back = row([recorded("55.00", true), asked.clone(), refunded.clone(), returned.clone()]);
    assert_eq!((back.refunded, back.unapplied), (yuan("0.00"), yuan("55.00")));
    assert_eq!(back.refund.unwrap().state, RefundState::Returned);
    let another = row([recorded("55.00", true), asked.clone(), refunded, asked, returned]);
    assert_eq!((another.refunded, another.refund_asked), (yuan("0.00"), yuan("20.00")));
    assert_eq!(another.refund.unwrap().state, RefundState::Requested, "an earlier one came back");
}

#[test]
fn more_than_came_in_is_a_fault() {
    let error = try_folded::<Receipts>([recorded("55.00", true), applied(1, "55.01")]).unwrap_err();
    assert!(matches!(error.fault, FoldFault::Negative { .. }), "{error}");
}
