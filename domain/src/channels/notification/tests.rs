use chrono::TimeDelta;
use cqrs_es::test::TestFramework;

use super::*;
use crate::channels::{Channel, RefundedAmount, Said};
use crate::event_sourced::EventSourced;
use crate::money::{Currency, Money};

use ChannelNotificationCommand::Receive;
use ChannelNotificationEvent::ChannelNotificationReceived as Received;

fn yuan(amount: &str) -> Money {
    Money::parse(amount, Currency::CNY).unwrap()
}

fn paid() -> Notification {
    Notification {
        channel: Channel::WechatPay,
        event_id: "EV-1".parse().unwrap(),
        merchant: "1230000109".parse().unwrap(),
        reference: "O-1".parse().unwrap(),
        transaction: "4200001".parse().unwrap(),
        said: Said::Paid { amount: yuan("1.00") },
        happened_at: "2026-11-22T10:00:00Z".parse().unwrap(),
    }
}

fn given(events: Vec<ChannelNotificationEvent>) -> cqrs_es::test::AggregateTestExecutor<ChannelNotification> {
    TestFramework::with(()).given(events)
}

#[test]
fn what_a_channel_says_is_kept_once() {
    given(vec![]).when(Receive(paid())).then_expect_events(vec![Received(paid())]);
    given(vec![Received(paid())]).when(Receive(paid())).then_expect_events(vec![]);
    let dated_later = Notification { happened_at: paid().happened_at + TimeDelta::minutes(4), ..paid() };
    given(vec![Received(paid())]).when(Receive(dated_later)).then_expect_events(vec![]);
}

#[test]
fn what_a_channel_says_otherwise_under_the_same_number_is_refused() {
    let other = || "other".parse().unwrap();
    let refunded = Said::Refunded { refund: other(), amount: RefundedAmount::Alone(yuan("1.00")) };
    for otherwise in [
        Notification { said: Said::Paid { amount: yuan("1.01") }, ..paid() },
        Notification { said: refunded, ..paid() },
        Notification { reference: other(), ..paid() },
        Notification { transaction: other(), ..paid() },
        Notification { merchant: other(), ..paid() },
    ] {
        let refusal = ChannelNotificationRefusal::SaidOtherwise {
            channel: Channel::WechatPay,
            event_id: "EV-1".parse().unwrap(),
        };
        given(vec![Received(paid())]).when(Receive(otherwise)).then_expect_error(refusal);
    }
}

#[test]
fn a_notification_that_came_twice_is_corrupt() {
    let mut notification = ChannelNotification::default();
    notification.evolve(&Received(paid())).unwrap();
    assert!(notification.evolve(&Received(paid())).is_err());
}

#[test]
fn an_id_follows_from_channel_and_number() {
    let id = paid().id();
    assert_eq!(id.as_str().parse::<ChannelNotificationId>().unwrap(), id);
    assert_eq!(id, Notification { reference: "O-2".parse().unwrap(), ..paid() }.id());
    assert_ne!(id, Notification { channel: Channel::Alipay, ..paid() }.id());
    assert_ne!(id, Notification { event_id: "EV-2".parse().unwrap(), ..paid() }.id());
    assert_eq!(id.as_str().len(), 27);
    for bad in ["", "M", "W3387SCTDHQHR41AZ8PN8A4DSCC", "m3387SCTDHQHR41AZ8PN8A4DSCC"] {
        assert!(bad.parse::<ChannelNotificationId>().is_err(), "{bad}");
    }
}

#[test]
fn words_are_those_of_the_journal() {
    for channel in Channel::ALL {
        assert_eq!(serde_json::to_value(channel).unwrap(), channel.as_str());
        assert_eq!(channel.as_str().parse::<Channel>().unwrap(), channel);
    }
    for state in ChannelNotificationState::ALL {
        assert_eq!(serde_json::to_value(state).unwrap(), state.as_str());
        assert_eq!(state.as_str().parse::<ChannelNotificationState>().unwrap(), state);
    }
}

#[test]
fn a_notification_is_taken_up_once() {
    let payment = crate::ids::PaymentId::of(Channel::WechatPay, &paid().reference);
    let apply = || ChannelNotificationCommand::Apply { notification: paid().id(), payment: payment.clone() };
    let applied = || ChannelNotificationEvent::ChannelNotificationApplied {
        notification: paid().id(),
        payment: payment.clone(),
    };
    given(vec![Received(paid())]).when(apply()).then_expect_events(vec![applied()]);
    given(vec![Received(paid()), applied()]).when(apply()).then_expect_events(vec![]);
    let refusal = ChannelNotificationRefusal::NotFound { notification: paid().id() };
    given(vec![]).when(apply()).then_expect_error(refusal);
    let mut notification = ChannelNotification::default();
    assert!(notification.evolve(&applied()).is_err(), "it was never received");
    notification.evolve(&Received(paid())).unwrap();
    notification.evolve(&applied()).unwrap();
    assert!(notification.evolve(&applied()).is_err(), "it was applied");
}
