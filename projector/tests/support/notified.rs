//! What payment channels have told.

use tallybook_domain::BookEvent;
use tallybook_domain::channels::{
    Channel, ChannelNotificationEvent, ChannelNotificationId, Notification, RefundedAmount, Said,
};
use tallybook_domain::orders::PaymentId;

use super::history::money;

/// One notification of each kind, of which a payment has taken up one.
pub fn notified() -> Vec<(String, BookEvent)> {
    let refund = || "R-1".parse().unwrap();
    let every = [
        Said::Pending,
        Said::Paid { amount: money("20.00") },
        Said::Closed,
        Said::Refunded { refund: refund(), amount: RefundedAmount::Alone(money("8.88")) },
        Said::Refunded { refund: refund(), amount: RefundedAmount::SoFar(money("20.00")) },
        Said::RefundClosed { refund: refund() },
        Said::RefundAbnormal { refund: refund() },
    ];
    let mut events: Vec<_> = (1..).zip(every).map(|(number, said)| received(number, said)).collect();
    let notification = ChannelNotificationId::of(Channel::WechatPay, &"EV-2".parse().unwrap());
    let payment = PaymentId::of(Channel::WechatPay, &"O-1".parse().unwrap());
    let id = notification.to_string();
    events.push((id, ChannelNotificationEvent::ChannelNotificationApplied { notification, payment }.into()));
    events
}

fn received(number: u32, said: Said) -> (String, BookEvent) {
    let told = Notification {
        channel: if number.is_multiple_of(2) { Channel::WechatPay } else { Channel::Alipay },
        event_id: format!("EV-{number}").parse().unwrap(),
        merchant: "1230000109".parse().unwrap(),
        reference: "O-1".parse().unwrap(),
        transaction: "4200001".parse().unwrap(),
        said,
        happened_at: "2026-02-10T01:00:00.123Z".parse().unwrap(),
    };
    (told.id().to_string(), ChannelNotificationEvent::ChannelNotificationReceived(told).into())
}
