mod refunds;
mod sequences;

use chrono::NaiveDate;
use cqrs_es::test::{AggregateTestExecutor, TestFramework};

use super::*;
use crate::channels::{Channel, ChannelNotificationId, ChannelNumber};
use crate::event_sourced::EventSourced;
use crate::ids::{CustomerId, PaymentId, RefundId};
use crate::ledger::{AccountCode, Side, check_balanced, postings};
use crate::money::{Currency, Money, MoneyError};
use crate::orders::OrderId;
use crate::requester::Requester;

use PaymentCommand as Command;
use PaymentEvent as Event;

const TODAY: &str = "2026-11-22";

fn yuan(amount: &str) -> Money {
    Money::parse(amount, Currency::CNY).unwrap()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn number(text: &str) -> ChannelNumber {
    text.parse().unwrap()
}

fn order() -> OrderId {
    OrderId::of(&"SO-7".parse().unwrap())
}

fn id() -> PaymentId {
    PaymentId::of(Channel::WechatPay, &number("SO-7-001"))
}

fn refund(number: u128) -> RefundId {
    RefundId::from_uuid(uuid::Uuid::from_u128(number))
}

fn notification(event_id: &str) -> ChannelNotificationId {
    ChannelNotificationId::of(Channel::WechatPay, &number(event_id))
}

/// Over 99.
fn attempt() -> PaymentAttempt {
    PaymentAttempt {
        payment: id(),
        order: order(),
        customer: CustomerId::from_number(42),
        channel: Channel::WechatPay,
        merchant: number("1230000109"),
        reference: "SO-7-001".parse().unwrap(),
        amount: yuan("99.00"),
    }
}

fn begun() -> Event {
    let PaymentAttempt { payment, order, customer, channel, merchant, reference, amount } = attempt();
    Event::PaymentBegun { payment, order, customer, channel, merchant, reference, amount }
}

fn paid(transaction: &str, amount: &str) -> ReceivedPayment {
    ReceivedPayment {
        transaction: number(transaction),
        amount: yuan(amount),
        merchant: Some(number("1230000109")),
        happened_at: "2026-11-22T02:34:56Z".parse().unwrap(),
        effective_date: day(TODAY),
        word: PaymentWord::Channel(notification("EV-1")),
    }
}

fn receive(received: ReceivedPayment, order: OrderStanding) -> Command {
    Command::Receive { payment: id(), received, order, today: day(TODAY) }
}

fn succeeded(transaction: &str) -> Event {
    confirmed(transaction, None)
}

fn confirmed(transaction: &str, confirmed_by: Option<Requester>) -> Event {
    Event::PaymentSucceeded {
        payment: id(),
        order: order(),
        customer: CustomerId::from_number(42),
        channel: Channel::WechatPay,
        transaction: number(transaction),
        amount: yuan("99.00"),
        happened_at: "2026-11-22T02:34:56Z".parse().unwrap(),
        effective_date: day(TODAY),
        confirmed_by,
    }
}

/// As `paid`, by the word of somebody with an API key.
fn by_hand(transaction: &str, amount: &str) -> ReceivedPayment {
    let word = PaymentWord::Person(person());
    ReceivedPayment { word, merchant: None, ..paid(transaction, amount) }
}

fn person() -> Requester {
    Requester::of_key("key:shop".parse().unwrap(), "user:li".parse().unwrap(), None)
}

fn excess(transaction: &str, amount: &str, why: ExcessReason) -> Event {
    Event::ExcessPaymentReceived {
        payment: id(),
        order: order(),
        customer: CustomerId::from_number(42),
        channel: Channel::WechatPay,
        transaction: number(transaction),
        amount: yuan(amount),
        why,
        refund: RefundId::of_excess(&id(), &number(transaction)),
        happened_at: "2026-11-22T02:34:56Z".parse().unwrap(),
        effective_date: day(TODAY),
    }
}

fn given(events: Vec<Event>) -> AggregateTestExecutor<Payment> {
    TestFramework::with(()).given(events)
}

#[test]
fn an_attempt_is_begun_once() {
    given(vec![]).when(Command::Begin(attempt())).then_expect_events(vec![begun()]);
    given(vec![begun()]).when(Command::Begin(attempt())).then_expect_events(vec![]);
    let other = PaymentAttempt { order: OrderId::of(&"SO-8".parse().unwrap()), ..attempt() };
    let taken = PaymentRefusal::ReferenceTaken { reference: attempt().reference, order: order() };
    given(vec![begun()]).when(Command::Begin(other)).then_expect_error(taken);
}

#[test]
fn a_channel_takes_yuan_and_more_than_nothing() {
    let dollars = Money::parse("99.00", Currency::parse("USD").unwrap()).unwrap();
    let given_currency = dollars.currency();
    given(vec![])
        .when(Command::Begin(PaymentAttempt { amount: dollars, ..attempt() }))
        .then_expect_error(PaymentRefusal::NotTheChannelsCurrency { given: given_currency });
    let amount = yuan("0.00");
    given(vec![])
        .when(Command::Begin(PaymentAttempt { amount, ..attempt() }))
        .then_expect_error(PaymentRefusal::AmountNotPositive { amount });
    let received = ReceivedPayment { amount, ..paid("42", "1.00") };
    given(vec![begun()])
        .when(receive(received, OrderStanding::AwaitsPayment))
        .then_expect_error(PaymentRefusal::AmountNotPositive { amount });
    let received = ReceivedPayment { amount: dollars, ..paid("42", "1.00") };
    let mismatch = MoneyError::CurrencyMismatch { expected: Currency::CNY, given: given_currency };
    given(vec![begun()])
        .when(receive(received, OrderStanding::AwaitsPayment))
        .then_expect_error(mismatch.into());
}

#[test]
fn money_pays_the_order_once_however_often_it_is_told() {
    let told = || receive(paid("42", "99.00"), OrderStanding::AwaitsPayment);
    given(vec![begun()]).when(told()).then_expect_events(vec![succeeded("42")]);
    given(vec![begun(), succeeded("42")])
        .when(receive(paid("42", "99.00"), OrderStanding::Paid))
        .then_expect_events(vec![]);
    given(vec![]).when(told()).then_expect_error(PaymentRefusal::NotFound { payment: id() });
}

#[test]
fn money_that_is_not_the_orders_is_booked_as_excess() {
    use ExcessReason as Why;
    use OrderStanding as Order;

    let elsewhere = ReceivedPayment { merchant: Some(number("1")), ..paid("42", "99.00") };
    for (received, order, amount, why) in [
        (paid("42", "99.00"), Order::Cancelled, "99.00", Why::OrderCancelled),
        (paid("42", "99.00"), Order::Paid, "99.00", Why::OrderPaid),
        (paid("42", "98.99"), Order::AwaitsPayment, "98.99", Why::Underpaid),
        (paid("42", "120.00"), Order::Cancelled, "120.00", Why::OrderCancelled),
        (elsewhere, Order::AwaitsPayment, "99.00", Why::OtherMerchant),
    ] {
        given(vec![begun()])
            .when(receive(received.clone(), order))
            .then_expect_events(vec![excess("42", amount, why)]);
        given(vec![begun(), excess("42", amount, why)])
            .when(receive(received, order))
            .then_expect_events(vec![]);
    }
    given(vec![begun()])
        .when(receive(paid("42", "99.01"), Order::AwaitsPayment))
        .then_expect_events(vec![succeeded("42"), excess("42", "0.01", Why::Overpaid)]);
    given(vec![begun(), succeeded("42")])
        .when(receive(paid("43", "99.00"), Order::Paid))
        .then_expect_events(vec![excess("43", "99.00", Why::PaidTwice)]);
}

#[test]
fn what_came_with_too_much_is_known_whole() {
    let history = vec![begun(), succeeded("42"), excess("42", "0.01", ExcessReason::Overpaid)];
    given(history).when(receive(paid("42", "99.01"), OrderStanding::Paid)).then_expect_events(vec![]);
}

#[test]
fn an_attempt_that_was_closed_pays_its_order_all_the_same() {
    let closed = Event::PaymentClosed { payment: id(), reason: None };
    given(vec![begun(), closed])
        .when(receive(paid("42", "99.00"), OrderStanding::AwaitsPayment))
        .then_expect_events(vec![succeeded("42")]);
}

#[test]
fn a_channel_that_contradicts_itself_is_not_believed() {
    let doubted = Event::PaymentDoubted {
        payment: id(),
        notification: notification("EV-1"),
        why: DoubtReason::AmountContradicted,
        amount: Some(yuan("1.00")),
        refund: None,
    };
    given(vec![begun(), succeeded("42")])
        .when(receive(paid("42", "1.00"), OrderStanding::Paid))
        .then_expect_events(vec![doubted]);
    let (known, given_amount) = (yuan("99.00"), yuan("1.00"));
    let differs =
        PaymentRefusal::TransactionDiffers { transaction: number("42"), known, given: given_amount };
    given(vec![begun(), succeeded("42")])
        .when(receive(by_hand("42", "1.00"), OrderStanding::Paid))
        .then_expect_error(differs);
}

#[test]
fn a_notification_that_comes_first_waits() {
    let told =
        |event_id: &str| Event::PaymentToldEarly { payment: id(), notification: notification(event_id) };
    let keep = |event_id: &str| Command::KeepEarly { payment: id(), notification: notification(event_id) };
    given(vec![]).when(keep("EV-1")).then_expect_events(vec![told("EV-1")]);
    given(vec![told("EV-1")]).when(keep("EV-1")).then_expect_events(vec![]);
    given(vec![told("EV-1")]).when(keep("EV-2")).then_expect_events(vec![told("EV-2")]);
    given(vec![told("EV-1")]).when(Command::Begin(attempt())).then_expect_events(vec![begun()]);
    let mut payment = Payment::default();
    payment.evolve(&told("EV-1")).unwrap();
    payment.evolve(&begun()).unwrap();
    assert_eq!(payment.told_early(), [notification("EV-1")]);
    assert!(payment.evolve(&told("EV-2")).is_err(), "it is begun");
}

#[test]
fn only_what_is_pending_can_be_closed() {
    let closed = |reason| Event::PaymentClosed { payment: id(), reason };
    let reason = Some("paid another way".parse().unwrap());
    let close = || Command::Close { payment: id(), reason: Some("paid another way".parse().unwrap()) };
    given(vec![begun()]).when(close()).then_expect_events(vec![closed(reason)]);
    given(vec![begun(), closed(None)]).when(close()).then_expect_events(vec![]);
    let state = PaymentState::Succeeded;
    given(vec![begun(), succeeded("42")])
        .when(close())
        .then_expect_error(PaymentRefusal::NotPending { payment: id(), state });
    let by_channel = || Command::ChannelClosed { payment: id() };
    given(vec![begun()]).when(by_channel()).then_expect_events(vec![closed(None)]);
    given(vec![begun(), succeeded("42")]).when(by_channel()).then_expect_events(vec![]);
}

#[test]
fn a_fee_is_recorded_once_and_of_money_that_came() {
    let charge = |amount: &str| Command::ChargeFee {
        payment: id(),
        amount: yuan(amount),
        effective_date: day(TODAY),
        today: day(TODAY),
    };
    let charged = || Event::PaymentFeeCharged {
        payment: id(),
        channel: Channel::WechatPay,
        amount: yuan("0.59"),
        effective_date: day(TODAY),
    };
    let paid = || vec![begun(), succeeded("42")];
    given(paid()).when(charge("0.59")).then_expect_events(vec![charged()]);
    let history = || [paid(), vec![charged()]].concat();
    given(history()).when(charge("0.59")).then_expect_events(vec![]);
    let recorded = PaymentRefusal::FeeCharged { payment: id(), fee: yuan("0.59") };
    given(history()).when(charge("0.60")).then_expect_error(recorded);
    given(vec![begun()])
        .when(charge("0.59"))
        .then_expect_error(PaymentRefusal::NothingCame { payment: id() });
    let (fee, received) = (yuan("99.01"), yuan("99.00"));
    given(paid()).when(charge("99.01")).then_expect_error(PaymentRefusal::FeeAbovePayment { fee, received });
    let nothing = PaymentRefusal::AmountNotPositive { amount: yuan("0.00") };
    given(paid()).when(charge("0.00")).then_expect_error(nothing);
    let before = Command::ChargeFee {
        payment: id(),
        amount: yuan("0.59"),
        effective_date: day("2026-11-21"),
        today: day(TODAY),
    };
    let refusal = crate::dates::check_follows(day("2026-11-21"), day(TODAY), day(TODAY)).unwrap_err();
    given(paid()).when(before).then_expect_error(refusal.into());
}

#[test]
fn what_stands_out_is_resolved_by_a_person() {
    let (reason, by): (crate::text::Reason, crate::Actor) =
        ("looked at".parse().unwrap(), "user:wang".parse().unwrap());
    let resolve = || Command::Resolve { payment: id(), reason: reason.clone(), by: by.clone() };
    let resolved = || Event::PaymentExceptionsResolved {
        payment: id(),
        reason: reason.clone(),
        resolved_by: by.clone(),
    };
    let nothing = || PaymentRefusal::NothingToResolve { payment: id() };
    given(vec![begun(), succeeded("42")]).when(resolve()).then_expect_error(nothing());
    let late = || vec![begun(), excess("42", "99.00", ExcessReason::OrderCancelled)];
    given(late()).when(resolve()).then_expect_events(vec![resolved()]);
    given([late(), vec![resolved()]].concat()).when(resolve()).then_expect_error(nothing());
}

#[test]
fn money_at_a_channel_is_owed_for_the_order_or_to_be_refunded() {
    let accounts = |event: Event| {
        let postings = postings(&event.into());
        check_balanced(&postings).unwrap();
        let of = |side| postings.iter().find(|posting| posting.side == side).map(|posting| posting.account);
        (of(Side::Debit).unwrap(), of(Side::Credit).unwrap())
    };
    use AccountCode::{ContractLiabilities, FinancialExpenses, RefundsDue, WechatPay};
    assert_eq!(accounts(succeeded("42")), (WechatPay, ContractLiabilities));
    assert_eq!(accounts(excess("42", "1.00", ExcessReason::Overpaid)), (WechatPay, RefundsDue));
    let fee = Event::PaymentFeeCharged {
        payment: id(),
        channel: Channel::WechatPay,
        amount: yuan("0.59"),
        effective_date: day(TODAY),
    };
    assert_eq!(accounts(fee), (FinancialExpenses, WechatPay));
    assert!(postings(&begun().into()).is_empty());
}

#[test]
fn a_stream_that_breaks_a_rule_is_corrupt() {
    let corrupt = |events: &[Event]| {
        let mut payment = Payment::default();
        let (last, before) = events.split_last().unwrap();
        before.iter().for_each(|event| payment.evolve(event).unwrap());
        payment.evolve(last).unwrap_err()
    };
    corrupt(&[succeeded("42")]);
    corrupt(&[begun(), begun()]);
    corrupt(&[begun(), succeeded("42"), succeeded("43")]);
    corrupt(&[begun(), Event::PaymentRefunded { payment: id(), refund: refund(1), amount: yuan("0.01") }]);
    let other = PaymentId::of(Channel::Alipay, &number("SO-7-001"));
    corrupt(&[begun(), Event::PaymentClosed { payment: other, reason: None }]);
}

#[test]
fn words_and_numbers_have_one_spelling() {
    for state in PaymentState::ALL {
        assert_eq!(serde_json::to_value(state).unwrap(), state.as_str());
        assert_eq!(state.as_str().parse(), Ok(state));
    }
    for why in ExcessReason::ALL {
        assert_eq!(serde_json::to_value(why).unwrap(), why.as_str());
        let kind = PaymentExceptionKind::Excess(why);
        assert_eq!(
            serde_json::from_value::<PaymentExceptionKind>(serde_json::to_value(kind).unwrap()).unwrap(),
            kind
        );
    }
    for why in DoubtReason::ALL {
        assert_eq!(serde_json::to_value(why).unwrap(), why.as_str());
    }
    let made = PaymentReference::from_uuid(uuid::Uuid::max());
    assert_eq!(made.as_str().parse(), Ok(made.clone()));
    assert_eq!(made.number().as_str(), made.as_str());
    for bad in ["", "short", "with space", "好好好好好好", &"x".repeat(33)] {
        assert!(bad.parse::<PaymentReference>().is_err(), "{bad}");
    }
    assert!("x".repeat(32).parse::<PaymentReference>().is_ok());
}

/// Finance alone could otherwise have money paid back that never came.
#[test]
fn a_person_brings_in_nothing_that_would_go_back() {
    let refused = |amount: &str| PaymentRefusal::NotAwaited {
        payment: id(),
        awaited: yuan("99.00"),
        given: yuan(amount),
    };
    for (before, amount, order) in [
        (vec![begun()], "99.01", OrderStanding::AwaitsPayment),
        (vec![begun()], "98.99", OrderStanding::AwaitsPayment),
        (vec![begun()], "99.00", OrderStanding::Cancelled),
        (vec![begun()], "99.00", OrderStanding::Paid),
        (vec![begun(), succeeded("42")], "99.00", OrderStanding::Paid),
    ] {
        given(before).when(receive(by_hand("43", amount), order)).then_expect_error(refused(amount));
    }
}

/// So that whoever looks at more money that comes for it can tell.
#[test]
fn a_payment_keeps_whose_word_it_is() {
    let confirmed = confirmed("43", Some(person()));
    given(vec![begun()])
        .when(receive(by_hand("43", "99.00"), OrderStanding::AwaitsPayment))
        .then_expect_events(vec![confirmed.clone()]);
    let whose = |event: Event| {
        let mut payment = Payment::default();
        [begun(), event].iter().for_each(|event| payment.evolve(event).unwrap());
        payment.confirmed_by().cloned()
    };
    assert_eq!(whose(confirmed), Some(person()));
    assert_eq!(whose(succeeded("43")), None);
}
