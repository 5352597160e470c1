//! Payments through channels: one that pays its order, one that comes too late; and refunds of both.

use chrono::NaiveDate;
use tallybook_domain::channels::{Channel, ChannelNotificationId, ChannelNumber};
use tallybook_domain::orders::payment::{DoubtReason, ExcessReason};
use tallybook_domain::orders::{
    OrderId, OrderRefundEvent, PaidWith, PaymentEvent, PaymentId, RefundGround, RefundId, RefundNumber,
};
use tallybook_domain::{BookEvent, Currency, CustomerId, WalletId};

use super::history::money;

pub fn paid() -> Vec<(String, BookEvent)> {
    let payments = payments().into_iter().map(|event| (event.payment().to_string(), BookEvent::from(event)));
    let refunds = refunds().into_iter().map(|event| (event.refund().to_string(), BookEvent::from(event)));
    payments.chain(refunds).collect()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn number(text: &str) -> ChannelNumber {
    text.parse().unwrap()
}

fn id(reference: &str) -> PaymentId {
    PaymentId::of(Channel::WechatPay, &number(reference))
}

fn order() -> OrderId {
    OrderId::of(&"SO-3".parse().unwrap())
}

fn begun(reference: &str) -> PaymentEvent {
    PaymentEvent::PaymentBegun {
        payment: id(reference),
        order: order(),
        customer: CustomerId::from_number(1),
        channel: Channel::WechatPay,
        merchant: number("1230000109"),
        reference: reference.parse().unwrap(),
        amount: money("20.00"),
    }
}

fn payments() -> Vec<PaymentEvent> {
    let (first, second) = (id("SO-3-001"), id("SO-3-002"));
    let notification = || ChannelNotificationId::of(Channel::WechatPay, &number("EV-9"));
    let happened_at = "2026-02-10T01:00:00.123Z".parse().unwrap();
    vec![
        PaymentEvent::PaymentToldEarly { payment: first.clone(), notification: notification() },
        begun("SO-3-001"),
        PaymentEvent::PaymentSucceeded {
            payment: first.clone(),
            order: order(),
            customer: CustomerId::from_number(1),
            channel: Channel::WechatPay,
            transaction: number("42"),
            amount: money("20.00"),
            happened_at,
            effective_date: day("2026-02-10"),
            confirmed_by: Some("user:li".parse().unwrap()),
        },
        PaymentEvent::PaymentFeeCharged {
            payment: first.clone(),
            channel: Channel::WechatPay,
            amount: money("0.12"),
            effective_date: day("2026-02-10"),
        },
        begun("SO-3-002"),
        PaymentEvent::PaymentClosed { payment: second.clone(), reason: None },
        PaymentEvent::ExcessPaymentReceived {
            payment: second.clone(),
            order: order(),
            customer: CustomerId::from_number(1),
            channel: Channel::WechatPay,
            transaction: number("43"),
            amount: money("20.00"),
            why: ExcessReason::OrderPaid,
            refund: RefundId::of_excess(&second, &number("43")),
            happened_at,
            effective_date: day("2026-02-11"),
        },
        PaymentEvent::PaymentExceptionsResolved {
            payment: second.clone(),
            reason: "paid twice, 两次支付".parse().unwrap(),
            resolved_by: "user:wang".parse().unwrap(),
        },
        PaymentEvent::PaymentDoubted {
            payment: second,
            notification: notification(),
            why: DoubtReason::RefundUnknown,
            amount: Some(money("1.00")),
            refund: Some("F01K7RA8ZAYFGXSMRSF9FMC3M06".parse().unwrap()),
        },
        PaymentEvent::PaymentRefunded {
            payment: first,
            refund: "F01K7RA8ZAYFGXSMRSF9FMC3M06".parse().unwrap(),
            amount: money("8.00"),
        },
    ]
}

fn refunds() -> Vec<OrderRefundEvent> {
    let customer = CustomerId::from_number(1);
    let refund: RefundId = "F01K7RA8ZAYFGXSMRSF9FMC3M06".parse().unwrap();
    let rejected: RefundId = "F01K7RA8ZAYFGXSMRSF9FMC3M07".parse().unwrap();
    let second = id("SO-3-002");
    let to = |payment| PaidWith::Channel { channel: Channel::WechatPay, payment };
    let requested = |refund: &RefundId, back_to, lines| OrderRefundEvent::RefundRequested {
        refund: refund.clone(),
        order: order(),
        customer: customer.clone(),
        back_to,
        amount: money("8.00"),
        lines,
        reason: "破损".parse().unwrap(),
        requested_by: "user:li".parse().unwrap(),
        since: day("2026-02-10"),
    };
    vec![
        requested(&refund, to(id("SO-3-001")), vec![1]),
        OrderRefundEvent::RefundApproved {
            refund: refund.clone(),
            approved_by: "user:wang".parse().unwrap(),
        },
        OrderRefundEvent::RefundSubmitted { refund: refund.clone(), number: RefundNumber::new(&refund, 1) },
        OrderRefundEvent::RefundSucceeded {
            refund,
            order: order(),
            customer: customer.clone(),
            ground: RefundGround::Order,
            back_to: to(id("SO-3-001")),
            amount: money("8.00"),
            effective_date: day("2026-02-12"),
        },
        requested(&rejected, PaidWith::Wallet { wallet: WalletId::new(&customer, Currency::CNY) }, vec![]),
        OrderRefundEvent::RefundRejected {
            refund: rejected,
            rejected_by: "user:wang".parse().unwrap(),
            reason: "used for a year".parse().unwrap(),
        },
        OrderRefundEvent::ExcessRefundDue {
            refund: RefundId::of_excess(&second, &number("43")),
            order: order(),
            customer,
            back_to: to(second),
            amount: money("20.00"),
            why: ExcessReason::OrderPaid,
            confirmed_by: Some("user:li".parse().unwrap()),
            since: day("2026-02-11"),
        },
    ]
}
