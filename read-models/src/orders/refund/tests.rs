use tallybook_domain::channels::Channel;
use tallybook_domain::orders::payment::ExcessReason;
use tallybook_domain::orders::{
    OrderId, OrderRefundEvent, OrderRefundState, PaidWith, PaymentId, RefundGround, RefundId, RefundNumber,
};
use tallybook_domain::{Actor, BookEvent};

use super::OrderRefunds;
use crate::testing::{customer, day, folded, wallet, yuan};

fn id() -> RefundId {
    "F00000000000000000000000007".parse().unwrap()
}

fn order() -> OrderId {
    OrderId::of(&"SO-7".parse().unwrap())
}

fn to_channel() -> PaidWith {
    let payment = PaymentId::of(Channel::Alipay, &"SO-7-001".parse().unwrap());
    PaidWith::Channel { channel: Channel::Alipay, payment }
}

fn requested(back_to: PaidWith) -> BookEvent {
    OrderRefundEvent::RefundRequested {
        refund: id(),
        order: order(),
        customer: customer(42),
        back_to,
        amount: yuan("33.00"),
        lines: vec![1, 2],
        reason: "broken".parse().unwrap(),
        requested_by: "user:li".parse().unwrap(),
        since: day("2026-03-02"),
    }
    .into()
}

fn actor(text: &str) -> Actor {
    text.parse().unwrap()
}

#[test]
fn a_refund_through_a_channel_shows_where_it_stands() {
    let approved = OrderRefundEvent::RefundApproved { refund: id(), approved_by: actor("user:wang") };
    let submitted = OrderRefundEvent::RefundSubmitted { refund: id(), number: RefundNumber::new(&id(), 1) };
    let abnormal = OrderRefundEvent::RefundFoundAbnormal { refund: id() };
    let succeeded = OrderRefundEvent::RefundSucceeded {
        refund: id(),
        order: order(),
        customer: customer(42),
        ground: RefundGround::Order,
        back_to: to_channel(),
        amount: yuan("33.00"),
        effective_date: day("2026-03-05"),
    };
    let events =
        [requested(to_channel()), approved.into(), submitted.into(), abnormal.into(), succeeded.into()];
    let states = [
        OrderRefundState::Requested,
        OrderRefundState::Approved,
        OrderRefundState::Submitted,
        OrderRefundState::Abnormal,
        OrderRefundState::Succeeded,
    ];
    for (taken, state) in (1..).zip(states) {
        let rows = folded::<OrderRefunds>(events.iter().take(taken).cloned());
        assert_eq!(rows.get(&id()).unwrap().state, state);
    }
    let rows = folded::<OrderRefunds>(events);
    let row = rows.get(&id()).unwrap();
    assert_eq!(
        (row.requested_by.clone(), row.decided_by.clone()),
        (Some(actor("user:li")), Some(actor("user:wang")))
    );
    assert_eq!((row.refunded_date, row.lines.as_slice()), (Some(day("2026-03-05")), [1, 2].as_slice()));
    assert_eq!((row.channel, row.wallet.clone()), (Some(Channel::Alipay), None));
    assert_eq!(row.number, Some(RefundNumber::new(&id(), 1)));
}

#[test]
fn a_refund_to_the_wallet_has_no_number() {
    let rejected = OrderRefundEvent::RefundRejected {
        refund: id(),
        rejected_by: actor("user:wang"),
        reason: "used".parse().unwrap(),
    };
    let rows = folded::<OrderRefunds>([requested(PaidWith::Wallet { wallet: wallet(42) }), rejected.into()]);
    let row = rows.get(&id()).unwrap();
    assert_eq!((row.wallet.clone(), row.number.clone()), (Some(wallet(42)), None));
    assert_eq!((row.state, row.ending.clone()), (OrderRefundState::Rejected, Some("used".parse().unwrap())));
}

#[test]
fn excess_money_is_due_at_once_and_tried_again() {
    let due = OrderRefundEvent::ExcessRefundDue {
        refund: id(),
        order: order(),
        customer: customer(42),
        back_to: to_channel(),
        amount: yuan("1.00"),
        why: ExcessReason::Overpaid,
        confirmed_by: None,
        since: day("2026-03-02"),
    };
    let failed =
        OrderRefundEvent::RefundFailed { refund: id(), reason: Some("account closed".parse().unwrap()) };
    let again = OrderRefundEvent::RefundSubmitted { refund: id(), number: RefundNumber::new(&id(), 2) };
    let rows = folded::<OrderRefunds>([due.clone().into()]);
    let row = rows.get(&id()).unwrap();
    assert_eq!((row.state, row.ground), (OrderRefundState::Approved, RefundGround::Excess));
    assert_eq!((row.why, row.requested_by.clone()), (Some(ExcessReason::Overpaid), None));
    let rows = folded::<OrderRefunds>([due.into(), failed.into(), again.into()]);
    let row = rows.get(&id()).unwrap();
    assert_eq!((row.state, row.ending.clone()), (OrderRefundState::Submitted, None));
    assert_eq!(row.number.as_ref().unwrap().as_str(), format!("{}-2", id()));
}

#[test]
fn excess_by_a_persons_word_waits_for_somebody_else() {
    let due = OrderRefundEvent::ExcessRefundDue {
        refund: id(),
        order: order(),
        customer: customer(42),
        back_to: to_channel(),
        amount: yuan("1.00"),
        why: ExcessReason::PaidTwice,
        confirmed_by: Some("user:li".parse().unwrap()),
        since: day("2026-03-02"),
    };
    let rows = folded::<OrderRefunds>([due.into()]);
    let row = rows.get(&id()).unwrap();
    assert_eq!((row.state, row.ground), (OrderRefundState::Requested, RefundGround::Excess));
    assert_eq!(row.requested_by, Some("user:li".parse().unwrap()));
}
