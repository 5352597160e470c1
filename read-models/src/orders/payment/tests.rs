use tallybook_domain::channels::{Channel, ChannelNotificationId, ChannelNumber};
use tallybook_domain::orders::payment::{DoubtReason, ExcessReason, PaymentExceptionKind};
use tallybook_domain::orders::{OrderId, PaymentEvent, PaymentId, PaymentState, RefundId};
use tallybook_domain::{BookEvent, Money};

use super::Payments;
use crate::fold::FoldFault;
use crate::testing::{at, customer, day, folded, try_folded, yuan};

fn number(text: &str) -> ChannelNumber {
    text.parse().unwrap()
}

fn id() -> PaymentId {
    PaymentId::of(Channel::WechatPay, &number("SO-7-001"))
}

fn begun() -> BookEvent {
    PaymentEvent::PaymentBegun {
        payment: id(),
        order: OrderId::of(&"SO-7".parse().unwrap()),
        customer: customer(42),
        channel: Channel::WechatPay,
        merchant: number("1230000109"),
        reference: "SO-7-001".parse().unwrap(),
        amount: yuan("99.00"),
    }
    .into()
}

fn succeeded() -> BookEvent {
    PaymentEvent::PaymentSucceeded {
        payment: id(),
        order: OrderId::of(&"SO-7".parse().unwrap()),
        customer: customer(42),
        channel: Channel::WechatPay,
        transaction: number("42"),
        amount: yuan("99.00"),
        happened_at: at(100),
        effective_date: day("2026-03-02"),
        confirmed_by: None,
    }
    .into()
}

fn excess(transaction: &str, amount: Money) -> BookEvent {
    PaymentEvent::ExcessPaymentReceived {
        payment: id(),
        order: OrderId::of(&"SO-7".parse().unwrap()),
        customer: customer(42),
        channel: Channel::WechatPay,
        transaction: number(transaction),
        amount,
        why: ExcessReason::PaidTwice,
        refund: RefundId::of_excess(&id(), &number(transaction)),
        happened_at: at(100),
        effective_date: day("2026-03-02"),
    }
    .into()
}

fn doubted() -> BookEvent {
    let notification = ChannelNotificationId::of(Channel::WechatPay, &number("EV-1"));
    let (why, amount) = (DoubtReason::AmountContradicted, Some(yuan("98.00")));
    PaymentEvent::PaymentDoubted { payment: id(), notification, why, amount, refund: None }.into()
}

#[test]
fn a_payment_shows_what_came_and_what_went_back() {
    let refund = RefundId::of_excess(&id(), &number("43"));
    let fee = PaymentEvent::PaymentFeeCharged {
        payment: id(),
        channel: Channel::WechatPay,
        amount: yuan("0.59"),
        effective_date: day("2026-03-02"),
    };
    let refunded = PaymentEvent::PaymentRefunded { payment: id(), refund, amount: yuan("99.00") };
    let events = [begun(), succeeded(), excess("43", yuan("99.00")), fee.into(), refunded.into()];
    let rows = folded::<Payments>(events);
    let row = rows.get(&id()).unwrap();
    assert_eq!((row.state, row.transaction.clone()), (PaymentState::Succeeded, Some(number("42"))));
    assert_eq!((row.captured, row.excess, row.refunded), (yuan("99.00"), yuan("99.00"), yuan("99.00")));
    assert_eq!((row.fee, row.paid_date), (yuan("0.59"), Some(day("2026-03-02"))));
    assert_eq!((row.created.position, row.updated.position), (1, 5));
}

#[test]
fn what_stands_out_is_open_until_a_person_has_looked_at_it() {
    let resolved = || {
        BookEvent::from(PaymentEvent::PaymentExceptionsResolved {
            payment: id(),
            reason: "looked at".parse().unwrap(),
            resolved_by: "user:wang".parse().unwrap(),
        })
    };
    let rows = folded::<Payments>([begun(), succeeded(), excess("43", yuan("99.00")), resolved(), doubted()]);
    let row = rows.get(&id()).unwrap();
    let kinds: Vec<_> = row.exceptions.iter().map(|one| (one.kind, one.resolved.is_some())).collect();
    let expected = [
        (PaymentExceptionKind::Excess(ExcessReason::PaidTwice), true),
        (PaymentExceptionKind::Doubt(DoubtReason::AmountContradicted), false),
    ];
    assert_eq!((kinds.as_slice(), row.open_exceptions), (expected.as_slice(), 1));
    assert_eq!(row.exceptions[0].reason, Some("looked at".parse().unwrap()));
    let rows = folded::<Payments>([begun(), doubted(), resolved()]);
    assert_eq!(rows.get(&id()).unwrap().open_exceptions, 0);
}

#[test]
fn what_came_too_early_is_no_payment_yet() {
    let notification = ChannelNotificationId::of(Channel::WechatPay, &number("EV-1"));
    let early = PaymentEvent::PaymentToldEarly { payment: id(), notification };
    let rows = folded::<Payments>([early.into()]);
    assert!(rows.get(&id()).is_none());
    let error = try_folded::<Payments>([succeeded()]).unwrap_err();
    assert!(matches!(error.fault, FoldFault::Missing { table: "payments", .. }), "{error}");
}
