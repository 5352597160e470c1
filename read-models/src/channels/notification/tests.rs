use tallybook_domain::channels::{
    Channel, ChannelNotificationEvent, ChannelNotificationState, Notification, RefundedAmount, Said,
};

use super::ChannelNotifications;
use crate::fold::FoldFault;
use crate::testing::{at, folded, try_folded, yuan};

fn told(event_id: &str, said: Said) -> Notification {
    Notification {
        channel: Channel::Alipay,
        event_id: event_id.parse().unwrap(),
        merchant: "2088101106499364".parse().unwrap(),
        reference: "O-1".parse().unwrap(),
        transaction: "2013112011001004330000121536".parse().unwrap(),
        said,
        happened_at: at(100),
    }
}

fn received(told: &Notification) -> ChannelNotificationEvent {
    ChannelNotificationEvent::ChannelNotificationReceived(told.clone())
}

#[test]
fn what_a_channel_says_waits_for_the_payment_it_is_about() {
    let paid = told("n1", Said::Paid { amount: yuan("20.00") });
    let amount = RefundedAmount::SoFar(yuan("8.88"));
    let refunded = told("n2", Said::Refunded { refund: "R-1".parse().unwrap(), amount });
    let rows = folded::<ChannelNotifications>([&paid, &refunded].map(|told| received(told).into()));
    for (told, position) in [(&paid, 1), (&refunded, 2)] {
        let row = rows.get(&told.id()).unwrap();
        assert_eq!((row.channel, &row.event_id, &row.said), (told.channel, &told.event_id, &told.said));
        assert_eq!((&row.merchant, &row.reference), (&told.merchant, &told.reference));
        assert_eq!((&row.transaction, row.happened_at), (&told.transaction, at(100)));
        assert_eq!((row.state, row.received.position), (ChannelNotificationState::Waiting, position));
    }
}

#[test]
fn what_a_payment_has_taken_up_no_longer_waits() {
    let told = told("n1", Said::Paid { amount: yuan("20.00") });
    let payment = tallybook_domain::orders::PaymentId::of(told.channel, &told.reference);
    let applied = ChannelNotificationEvent::ChannelNotificationApplied { notification: told.id(), payment };
    let rows = folded::<ChannelNotifications>([received(&told).into(), applied.into()]);
    assert_eq!(rows.get(&told.id()).unwrap().state, ChannelNotificationState::Applied);
}

#[test]
fn a_notification_that_came_twice_is_a_fault() {
    let event = received(&told("n1", Said::Pending));
    let error = try_folded::<ChannelNotifications>([event.clone().into(), event.into()]).unwrap_err();
    assert!(matches!(error.fault, FoldFault::AlreadyThere { table: "channel_notifications", .. }), "{error}");
}
