use chrono::NaiveDate;
use cqrs_es::test::{AggregateTestExecutor, TestFramework};

use super::*;
use crate::actor::Actor;
use crate::channels::{Channel, ChannelNumber};
use crate::event_sourced::EventSourced;
use crate::ids::{CustomerId, PaymentId, RefundId, WalletId};
use crate::ledger::{AccountCode, Side, postings};
use crate::money::{Currency, Money};
use crate::orders::payment::ExcessReason;
use crate::orders::{OrderId, PaidWith};
use crate::requester::Requester;
use crate::text::Reason;

use OrderRefundAction as Action;
use OrderRefundCommand as Command;
use OrderRefundEvent as Event;
use OrderRefundState as State;

const TODAY: &str = "2026-11-22";

fn yuan(amount: &str) -> Money {
    Money::parse(amount, Currency::CNY).unwrap()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn actor(text: &str) -> Actor {
    text.parse().unwrap()
}

fn reason() -> Reason {
    "broken".parse().unwrap()
}

fn id() -> RefundId {
    RefundId::from_uuid(uuid::Uuid::from_u128(7))
}

fn order() -> OrderId {
    OrderId::of(&"SO-7".parse().unwrap())
}

fn to_channel() -> PaidWith {
    let reference: ChannelNumber = "SO-7-001".parse().unwrap();
    let payment = PaymentId::of(Channel::Alipay, &reference);
    PaidWith::Channel { channel: Channel::Alipay, payment }
}

fn to_wallet() -> PaidWith {
    PaidWith::Wallet { wallet: WalletId::new(&CustomerId::from_number(42), Currency::CNY) }
}

fn request(back_to: PaidWith, amount: Money) -> Command {
    Command::Request {
        refund: id(),
        order: order(),
        customer: CustomerId::from_number(42),
        back_to,
        amount,
        lines: vec![1],
        reason: reason(),
        requested_by: Requester::of_key(actor("key:shop"), actor("user:li"), None),
        since: day("2026-11-20"),
    }
}

fn requested(back_to: PaidWith) -> Event {
    Event::RefundRequested {
        refund: id(),
        order: order(),
        customer: CustomerId::from_number(42),
        back_to,
        amount: yuan("33.00"),
        lines: vec![1],
        reason: reason(),
        requested_by: Requester::of_key(actor("key:shop"), actor("user:li"), None),
        since: day("2026-11-20"),
    }
}

fn excess_due() -> Event {
    Event::ExcessRefundDue {
        refund: id(),
        order: order(),
        customer: CustomerId::from_number(42),
        back_to: to_channel(),
        amount: yuan("1.00"),
        why: ExcessReason::Overpaid,
        confirmed_by: None,
        since: day("2026-11-20"),
    }
}

fn approved() -> Event {
    Event::RefundApproved { refund: id(), approved_by: actor("user:wang") }
}

fn submitted(attempt: u32) -> Event {
    Event::RefundSubmitted { refund: id(), number: RefundNumber::new(&id(), attempt) }
}

/// By the channel's own word.
fn failed() -> Event {
    Event::RefundFailed { refund: id(), reason: None }
}

/// By a person's.
fn given_up() -> Event {
    Event::RefundFailed { refund: id(), reason: Some(reason()) }
}

fn succeeded(back_to: PaidWith) -> Event {
    Event::RefundSucceeded {
        refund: id(),
        order: order(),
        customer: CustomerId::from_number(42),
        ground: RefundGround::Order,
        back_to,
        amount: yuan("33.00"),
        effective_date: day(TODAY),
    }
}

fn succeed() -> Command {
    Command::Succeed { refund: id(), effective_date: day(TODAY), today: day(TODAY) }
}

fn approve(by: &str) -> Command {
    Command::Approve { refund: id(), by: actor(by) }
}

fn given(events: Vec<Event>) -> AggregateTestExecutor<OrderRefund> {
    TestFramework::with(()).given(events)
}

fn not_in_state(state: State, action: Action) -> OrderRefundRefusal {
    OrderRefundRefusal::NotInState { refund: id(), state, action }
}

#[test]
fn a_refund_goes_from_desk_to_desk() {
    given(vec![])
        .when(request(to_channel(), yuan("33.00")))
        .then_expect_events(vec![requested(to_channel())]);
    let mut history = vec![requested(to_channel())];
    for (command, event) in [
        (approve("user:wang"), approved()),
        (Command::Submit { refund: id() }, submitted(1)),
        (Command::FindAbnormal { refund: id() }, Event::RefundFoundAbnormal { refund: id() }),
        (succeed(), succeeded(to_channel())),
    ] {
        given(history.clone()).when(command.clone()).then_expect_events(vec![event.clone()]);
        history.push(event);
        given(history.clone()).when(command).then_expect_events(vec![]);
    }
    given(history)
        .when(Command::Fail { refund: id(), reason: None })
        .then_expect_error(not_in_state(State::Succeeded, Action::Fail));
}

#[test]
fn nothing_happens_to_what_nobody_asked_for() {
    given(vec![]).when(succeed()).then_expect_error(OrderRefundRefusal::NotFound { refund: id() });
    let again = OrderRefundRefusal::AlreadyRequested { refund: id() };
    given(vec![requested(to_channel())]).when(request(to_channel(), yuan("1.00"))).then_expect_error(again);
    let amount = yuan("0.00");
    given(vec![])
        .when(request(to_channel(), amount))
        .then_expect_error(OrderRefundRefusal::AmountNotPositive { amount });
}

#[test]
fn nobody_approves_what_he_asked_for() {
    let refusal = || OrderRefundRefusal::SelfApproval { refund: id(), requested_by: actor("key:shop") };
    for by in ["key:shop", "user:li"] {
        given(vec![requested(to_channel())]).when(approve(by)).then_expect_error(refusal());
    }
    given(vec![requested(to_channel()), approved()])
        .when(approve("user:han"))
        .then_expect_error(not_in_state(State::Approved, Action::Approve));
}

#[test]
fn it_waits_for_somebody_until_it_is_decided_and_excess_money_for_nobody() {
    let waits = |events: &[Event]| {
        let mut refund = OrderRefund::default();
        events.iter().for_each(|event| refund.evolve(event).unwrap());
        refund.waits_for_approval().map(|asked| asked.actor().clone())
    };
    let rejected = Event::RefundRejected { refund: id(), rejected_by: actor("user:wang"), reason: reason() };
    assert_eq!(waits(&[]), None);
    assert_eq!(waits(&[requested(to_channel())]), Some(actor("key:shop")));
    assert_eq!(waits(&[requested(to_channel()), approved()]), None);
    assert_eq!(waits(&[requested(to_channel()), rejected]), None);
    assert_eq!(waits(&[excess_due()]), None);
}

#[test]
fn a_refund_can_be_rejected_by_anyone_who_decides() {
    let reject = |by: &str| Command::Reject { refund: id(), by: actor(by), reason: reason() };
    let rejected = Event::RefundRejected { refund: id(), rejected_by: actor("user:wang"), reason: reason() };
    given(vec![requested(to_channel())]).when(reject("user:wang")).then_expect_events(vec![rejected.clone()]);
    let history = vec![requested(to_channel()), rejected];
    given(history.clone()).when(reject("user:wang")).then_expect_events(vec![]);
    given(history.clone())
        .when(reject("user:han"))
        .then_expect_error(not_in_state(State::Rejected, Action::Reject));
    given(history).when(succeed()).then_expect_error(not_in_state(State::Rejected, Action::Succeed));
}

#[test]
fn only_what_is_approved_goes_out() {
    for (command, action) in [
        (Command::Submit { refund: id() }, Action::Submit),
        (succeed(), Action::Succeed),
        (Command::Fail { refund: id(), reason: None }, Action::Fail),
    ] {
        given(vec![requested(to_channel())])
            .when(command)
            .then_expect_error(not_in_state(State::Requested, action));
    }
}

#[test]
fn money_for_the_wallet_never_goes_to_a_channel() {
    let refusal = OrderRefundRefusal::ToTheWallet { refund: id() };
    given(vec![requested(to_wallet()), approved()])
        .when(Command::Submit { refund: id() })
        .then_expect_error(refusal);
    let history = vec![requested(to_wallet()), approved(), succeeded(to_wallet())];
    given(history.clone()).when(approve("user:wang")).then_expect_events(vec![]);
    given(history)
        .when(approve("user:han"))
        .then_expect_error(not_in_state(State::Succeeded, Action::Approve));
}

#[test]
fn a_channel_may_confirm_what_nobody_has_submitted() {
    given(vec![requested(to_channel()), approved()])
        .when(succeed())
        .then_expect_events(vec![succeeded(to_channel())]);
}

#[test]
fn money_does_not_go_back_before_it_came() {
    let before = Command::Succeed { refund: id(), effective_date: day("2026-11-19"), today: day(TODAY) };
    let refusal = crate::dates::check_follows(day("2026-11-19"), day("2026-11-20"), day(TODAY)).unwrap_err();
    given(vec![requested(to_channel()), approved()]).when(before).then_expect_error(refusal.into());
}

#[test]
fn excess_money_needs_no_approval_and_is_tried_again() {
    let due = Command::RefundExcess {
        refund: id(),
        order: order(),
        customer: CustomerId::from_number(42),
        back_to: to_channel(),
        amount: yuan("1.00"),
        why: ExcessReason::Overpaid,
        confirmed_by: None,
        since: day("2026-11-20"),
    };
    let submit = || Command::Submit { refund: id() };
    given(vec![]).when(due).then_expect_events(vec![excess_due()]);
    given(vec![excess_due()]).when(submit()).then_expect_events(vec![submitted(1)]);
    given(vec![excess_due(), submitted(1), failed()]).when(submit()).then_expect_events(vec![submitted(2)]);
    given(vec![requested(to_channel()), approved(), submitted(1), failed()])
        .when(submit())
        .then_expect_error(not_in_state(State::Failed, Action::Submit));
}

#[test]
fn what_is_excess_by_a_persons_word_waits_for_another_person() {
    let li = || Requester::of_key(actor("key:shop"), actor("user:li"), None);
    let due = Command::RefundExcess {
        refund: id(),
        order: order(),
        customer: CustomerId::from_number(42),
        back_to: to_channel(),
        amount: yuan("1.00"),
        why: ExcessReason::PaidTwice,
        confirmed_by: Some(li()),
        since: day("2026-11-20"),
    };
    let due_by_word = Event::ExcessRefundDue {
        refund: id(),
        order: order(),
        customer: CustomerId::from_number(42),
        back_to: to_channel(),
        amount: yuan("1.00"),
        why: ExcessReason::PaidTwice,
        confirmed_by: Some(li()),
        since: day("2026-11-20"),
    };
    given(vec![]).when(due).then_expect_events(vec![due_by_word.clone()]);
    for command in [Command::Submit { refund: id() }, succeed()] {
        let action = if command == succeed() { Action::Succeed } else { Action::Submit };
        given(vec![due_by_word.clone()])
            .when(command)
            .then_expect_error(not_in_state(State::Requested, action));
    }
    for by in ["key:shop", "user:li"] {
        let refusal = OrderRefundRefusal::SelfApproval { refund: id(), requested_by: actor("key:shop") };
        given(vec![due_by_word.clone()]).when(approve(by)).then_expect_error(refusal);
    }
    let reject = |by: &str| {
        let reason = "there is one payment".parse().unwrap();
        Command::Reject { refund: id(), by: actor(by), reason }
    };
    let refusal = OrderRefundRefusal::SelfApproval { refund: id(), requested_by: actor("key:shop") };
    given(vec![due_by_word.clone()]).when(reject("user:li")).then_expect_error(refusal);
    let (rejected_by, reason) = (actor("user:wang"), "there is one payment".parse().unwrap());
    given(vec![due_by_word.clone()])
        .when(reject("user:wang"))
        .then_expect_events(vec![Event::RefundRejected { refund: id(), rejected_by, reason }]);
    given(vec![due_by_word.clone()]).when(approve("user:wang")).then_expect_events(vec![approved()]);
    given(vec![due_by_word, approved()])
        .when(Command::Submit { refund: id() })
        .then_expect_events(vec![submitted(1)]);
}

/// The channel pays a number once: a person's word that it failed is no reason for another.
#[test]
fn another_number_takes_the_channels_own_word() {
    let submit = || Command::Submit { refund: id() };
    let submitted_once = vec![excess_due(), submitted(1), given_up()];
    given(submitted_once.clone()).when(submit()).then_expect_events(vec![submitted(1)]);
    given(vec![excess_due(), given_up()]).when(submit()).then_expect_events(vec![submitted(1)]);
    given(vec![excess_due(), failed()]).when(submit()).then_expect_events(vec![submitted(2)]);
    let closed = Command::Fail { refund: id(), reason: None };
    given(submitted_once.clone()).when(closed.clone()).then_expect_events(vec![failed()]);
    let history = [submitted_once, vec![failed()]].concat();
    given(history.clone()).when(closed).then_expect_events(vec![]);
    given(history).when(submit()).then_expect_events(vec![submitted(2)]);
}

#[test]
fn what_failed_by_a_persons_word_succeeds_by_the_channels_alone() {
    let after_all =
        || Command::SucceedAfterAll { refund: id(), effective_date: day(TODAY), today: day(TODAY) };
    let history = vec![requested(to_channel()), approved(), submitted(1), given_up()];
    given(history.clone()).when(after_all()).then_expect_events(vec![succeeded(to_channel())]);
    given(history.clone()).when(succeed()).then_expect_error(not_in_state(State::Failed, Action::Succeed));
    let again = Command::Fail { refund: id(), reason: Some(reason()) };
    given(history.clone()).when(again).then_expect_events(vec![]);
    given([history, vec![succeeded(to_channel())]].concat()).when(after_all()).then_expect_events(vec![]);
    given(vec![requested(to_channel()), approved(), submitted(1), failed()])
        .when(after_all())
        .then_expect_error(not_in_state(State::Failed, Action::Succeed));
}

#[test]
fn a_refund_takes_from_where_the_money_is_owed() {
    let accounts = |event: Event| {
        let postings = postings(&event.into());
        let of = |side| postings.iter().find(|posting| posting.side == side).map(|posting| posting.account);
        (of(Side::Debit).unwrap(), of(Side::Credit).unwrap())
    };
    use AccountCode::{Alipay, ContractLiabilities, CustomerWallets, RefundsDue};
    assert_eq!(accounts(succeeded(to_channel())), (ContractLiabilities, Alipay));
    assert_eq!(accounts(succeeded(to_wallet())), (ContractLiabilities, CustomerWallets));
    let Event::RefundSucceeded { refund, order, customer, back_to, amount, effective_date, .. } =
        succeeded(to_channel())
    else {
        panic!("it succeeded");
    };
    let ground = RefundGround::Excess;
    let excess = Event::RefundSucceeded { refund, order, customer, ground, back_to, amount, effective_date };
    assert_eq!(accounts(excess), (RefundsDue, Alipay));
    assert!(postings(&submitted(1).into()).is_empty(), "nothing has moved yet");
}

#[test]
fn a_number_says_which_refund_and_which_attempt() {
    let number = |text: &str| text.parse::<ChannelNumber>().unwrap();
    assert_eq!(RefundNumber::new(&id(), 1).as_str(), id().as_str());
    assert_eq!(RefundNumber::of(&number(id().as_str())), Some((id(), 1)));
    let second = RefundNumber::new(&id(), 2);
    assert_eq!(RefundNumber::of(&number(second.as_str())), Some((id(), 2)));
    assert_eq!(second.as_str().parse(), Ok(second));
    for foreign in ["R-1", "SO-7", &format!("{}-1", id()), &format!("{}-02", id()), &format!("{}-x", id())] {
        assert_eq!(RefundNumber::of(&number(foreign)), None, "{foreign}");
    }
}

#[test]
fn a_stream_that_breaks_a_rule_is_corrupt() {
    let corrupt = |events: &[Event]| {
        let mut refund = OrderRefund::default();
        let (last, before) = events.split_last().unwrap();
        before.iter().for_each(|event| refund.evolve(event).unwrap());
        refund.evolve(last).unwrap_err()
    };
    corrupt(&[approved()]);
    corrupt(&[requested(to_channel()), excess_due()]);
    corrupt(&[requested(to_channel()), submitted(1)]);
    corrupt(&[excess_due(), submitted(2), failed(), submitted(1)]);
    corrupt(&[excess_due(), submitted(1), failed(), succeeded(to_channel())]);
    let other = RefundId::from_uuid(uuid::Uuid::from_u128(8));
    corrupt(&[requested(to_channel()), Event::RefundFailed { refund: other, reason: None }]);
}

#[test]
fn words_are_those_of_the_journal() {
    for state in State::ALL {
        assert_eq!(serde_json::to_value(state).unwrap(), state.as_str());
        assert_eq!(state.as_str().parse(), Ok(state));
    }
    for ground in RefundGround::ALL {
        assert_eq!(serde_json::to_value(ground).unwrap(), ground.as_str());
        assert_eq!(ground.as_str().parse(), Ok(ground));
    }
}
