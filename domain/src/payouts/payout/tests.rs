use chrono::NaiveDate;
use cqrs_es::test::{AggregateTestExecutor, TestFramework};

use super::*;
use crate::event_sourced::EventSourced;
use crate::money::{Currency, Money};
use crate::payouts::{PayoutAdapterKind, PayoutId};
use crate::text::Reason;

use AnsweredStatus as Said;
use PayoutCommand as Command;
use PayoutEvent as Event;
use PayoutState as State;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn today() -> NaiveDate {
    day("2026-03-10")
}

fn payout() -> PayoutId {
    order(PayoutAdapterKind::Http).payout
}

fn yuan(amount: &str) -> Money {
    Money::parse(amount, Currency::CNY).unwrap()
}

fn reason(text: &str) -> Reason {
    text.parse().unwrap()
}

fn order(adapter: PayoutAdapterKind) -> Prepared {
    let withdrawal = "0199f0a4-7d5e-7c3b-9a63-2f4be8c1d000".parse().unwrap();
    Prepared {
        payout: PayoutId::of(&withdrawal),
        withdrawal,
        wallet: "C00042.CNY".parse().unwrap(),
        amount: yuan("30.00"),
        reference: "W-1".parse().unwrap(),
        destination: serde_json::from_str(
            r#"{"account_name":"李雷","account_number":"6222021234567890123"}"#,
        )
        .unwrap(),
        adapter,
        batch: None,
        submitted_date: today(),
    }
}

fn prepared() -> Event {
    Event::PayoutPrepared(order(PayoutAdapterKind::Http))
}

fn began() -> Event {
    Event::PayoutSendingBegan { payout: payout() }
}

fn accepted() -> Event {
    Event::PayoutAccepted { payout: payout(), bank_reference: Some("B-1".parse().unwrap()) }
}

fn unknown(cause: UnknownCause) -> Event {
    Event::PayoutOutcomeUnknown { payout: payout(), cause }
}

fn succeeded() -> Event {
    let bank_reference = Some("B-1".parse().unwrap());
    Event::PayoutSucceeded { payout: payout(), bank_reference, paid_date: today() }
}

/// As the bank says.
fn failed() -> Event {
    Event::PayoutFailed { payout: payout(), reason: reason("no such account"), by_hand: false }
}

/// As a person says.
fn given_up() -> Event {
    Event::PayoutFailed { payout: payout(), reason: reason("no such account"), by_hand: true }
}

fn returned() -> Event {
    Event::PayoutReturned { payout: payout(), reason: reason("no such account"), returned_date: today() }
}

fn doubted(doubt: PayoutDoubt) -> Event {
    Event::PayoutDoubted { payout: payout(), doubt }
}

/// A history that ends in the state.
fn history(state: State) -> Vec<Event> {
    let steps = match state {
        State::Prepared => vec![],
        State::Sending => vec![began()],
        State::Unknown => vec![began(), unknown(UnknownCause::TimedOut)],
        State::Accepted => vec![began(), accepted()],
        State::Doubted => vec![began(), doubted(PayoutDoubt::AnotherPayout)],
        State::Succeeded => vec![began(), succeeded()],
        State::Failed => vec![began(), failed()],
        State::Returned => vec![began(), succeeded(), returned()],
    };
    std::iter::once(prepared()).chain(steps).collect()
}

fn given(events: Vec<Event>) -> AggregateTestExecutor<Payout> {
    TestFramework::with(()).given(events)
}

fn answer(status: Said) -> PayoutAnswer {
    PayoutAnswer {
        payout: Some(payout()),
        amount: Some(yuan("30.00")),
        status,
        bank_reference: Some("B-1".parse().unwrap()),
        reason: Some(reason("no such account")),
        paid_date: None,
    }
}

fn hear(heard: Heard) -> Command {
    Command::Hear { heard, today: today() }
}

fn hear_answer(answer: PayoutAnswer) -> Command {
    hear(Heard::Answer(answer))
}

#[test]
fn a_payout_is_prepared_once() {
    let order = order(PayoutAdapterKind::Http);
    given(vec![]).when(Command::Prepare(order.clone())).then_expect_events(vec![prepared()]);
    given(vec![prepared()])
        .when(Command::Prepare(order.clone()))
        .then_expect_error(PayoutRefusal::AlreadyPrepared { payout: payout() });
    let amount = yuan("0.00");
    given(vec![])
        .when(Command::Prepare(Prepared { amount, ..order }))
        .then_expect_error(PayoutRefusal::AmountNotPositive { amount });
}

#[test]
fn sending_begins_once_and_from_prepared_alone() {
    for state in State::ALL {
        let result = given(history(state)).when(Command::BeginSending).inspect_result();
        let expected = if state == State::Prepared {
            Ok(vec![began()])
        } else {
            Err(PayoutRefusal::NotToBeSent { payout: payout(), state })
        };
        assert_eq!(result, expected, "{state}");
    }
    given(vec![Event::PayoutPrepared(order(PayoutAdapterKind::Manual))])
        .when(Command::BeginSending)
        .then_expect_error(PayoutRefusal::ByHand { payout: payout() });
}

/// Written out: what follows in each state from each answer that fits the payout.
fn follows(state: State, said: Said) -> Vec<Event> {
    let contradiction = || vec![doubted(PayoutDoubt::Contradiction { status: said })];
    match (state, said) {
        (State::Prepared | State::Sending | State::Unknown, Said::Accepted) => vec![accepted()],
        (State::Prepared | State::Sending | State::Unknown | State::Accepted, Said::Succeeded) => {
            vec![succeeded()]
        }
        (State::Prepared | State::Sending | State::Unknown | State::Accepted, Said::Failed) => vec![failed()],
        (State::Prepared | State::Sending | State::Unknown | State::Accepted, Said::Returned) => {
            vec![succeeded(), returned()]
        }
        (State::Succeeded, Said::Returned) => vec![returned()],
        (State::Succeeded | State::Returned, Said::Failed) => contradiction(),
        (State::Failed, Said::Succeeded | Said::Returned) => contradiction(),
        _ => vec![],
    }
}

#[test]
fn an_answer_that_fits_is_taken_once_and_one_that_contradicts_is_doubted() {
    for state in State::ALL {
        for said in Said::ALL {
            let mut after = history(state);
            let expected = follows(state, said);
            given(after.clone()).when(hear_answer(answer(said))).then_expect_events(expected.clone());
            after.extend(expected);
            given(after).when(hear_answer(answer(said))).then_expect_events(vec![]);
        }
    }
}

#[test]
fn what_does_not_fit_is_doubted_whatever_it_says() {
    let other: PayoutId = "Y01K7RA8ZAYFGXSMRSF9FMC3M01".parse().unwrap();
    assert_ne!(other, payout());
    let yen = Money::parse("30", Currency::parse("JPY").unwrap()).unwrap();
    for status in Said::ALL {
        let answers = [
            (PayoutAnswer { payout: Some(other.clone()), ..answer(status) }, PayoutDoubt::AnotherPayout),
            (PayoutAnswer { payout: None, ..answer(status) }, PayoutDoubt::AnotherPayout),
            (
                PayoutAnswer { amount: Some(yuan("30.01")), ..answer(status) },
                PayoutDoubt::AnotherAmount { amount: yuan("30.01") },
            ),
            (
                PayoutAnswer { amount: Some(yen), ..answer(status) },
                PayoutDoubt::AnotherAmount { amount: yen },
            ),
        ];
        for (answer, doubt) in answers {
            for state in [State::Sending, State::Unknown, State::Accepted, State::Succeeded, State::Failed] {
                let mut after = history(state);
                given(after.clone())
                    .when(hear_answer(answer.clone()))
                    .then_expect_events(vec![doubted(doubt)]);
                after.push(doubted(doubt));
                given(after).when(hear_answer(answer.clone())).then_expect_events(vec![]);
            }
        }
    }
}

#[test]
fn a_bank_pays_on_a_day_between_the_order_and_tomorrow() {
    let paid = |date: &str| PayoutAnswer { paid_date: Some(day(date)), ..answer(Said::Succeeded) };
    for date in ["2026-03-08", "2026-03-12"] {
        let doubt = PayoutDoubt::PaidDate { paid_date: day(date) };
        given(history(State::Sending)).when(hear_answer(paid(date))).then_expect_events(vec![doubted(doubt)]);
    }
    for date in ["2026-03-09", "2026-03-11"] {
        let bank_reference = Some("B-1".parse().unwrap());
        let event = Event::PayoutSucceeded { payout: payout(), bank_reference, paid_date: day(date) };
        given(history(State::Sending)).when(hear_answer(paid(date))).then_expect_events(vec![event]);
    }
}

#[test]
fn once_doubted_no_answer_is_believed_and_a_person_decides() {
    for status in Said::ALL {
        given(history(State::Doubted)).when(hear_answer(answer(status))).then_expect_events(vec![]);
    }
    let fail = Command::Fail { reason: reason("no such account") };
    given(history(State::Doubted)).when(fail).then_expect_events(vec![given_up()]);
    let mut state = Payout::default();
    for event in history(State::Doubted).into_iter().chain([given_up()]) {
        state.evolve(&event).unwrap();
    }
    assert_eq!((state.state(), state.doubt()), (Some(State::Failed), None));
}

#[test]
fn silence_makes_only_what_is_being_sent_unknown() {
    for state in State::ALL {
        for cause in UnknownCause::ALL.into_iter().filter(|cause| *cause != UnknownCause::NotFound) {
            let expected = if state == State::Sending { vec![unknown(cause)] } else { vec![] };
            given(history(state)).when(hear(Heard::Nothing(cause))).then_expect_events(expected);
        }
    }
}

#[test]
fn what_nobody_knows_is_not_taken_for_unpaid() {
    for state in State::ALL {
        let expected = match state {
            State::Unknown => vec![unknown(UnknownCause::NotFound)],
            State::Accepted => vec![doubted(PayoutDoubt::Forgotten)],
            State::Prepared
            | State::Sending
            | State::Doubted
            | State::Succeeded
            | State::Failed
            | State::Returned => vec![],
        };
        let mut after = history(state);
        given(after.clone()).when(hear(Heard::NotFound)).then_expect_events(expected.clone());
        after.extend(expected);
        given(after).when(hear(Heard::NotFound)).then_expect_events(vec![]);
    }
}

#[test]
fn a_person_has_the_last_word_but_not_while_it_is_being_sent() {
    let by_hand = Event::PayoutSucceeded { payout: payout(), bank_reference: None, paid_date: today() };
    for state in State::ALL {
        let succeed = Command::Succeed { paid_date: today() };
        let fail = Command::Fail { reason: reason("no such account") };
        let refused = || Err(PayoutRefusal::Ended { payout: payout(), state });
        let (on_success, on_failure) = match state {
            State::Sending => {
                let refusal = PayoutRefusal::BeingSent { payout: payout() };
                (Err(refusal.clone()), Err(refusal))
            }
            State::Succeeded => (Ok(vec![]), refused()),
            State::Failed => (refused(), Ok(vec![])),
            State::Returned => (refused(), refused()),
            State::Prepared | State::Unknown | State::Accepted | State::Doubted => {
                (Ok(vec![by_hand.clone()]), Ok(vec![given_up()]))
            }
        };
        assert_eq!(given(history(state)).when(succeed).inspect_result(), on_success, "{state}");
        assert_eq!(given(history(state)).when(fail).inspect_result(), on_failure, "{state}");
    }
}

#[test]
fn what_a_person_has_called_failed_was_paid_if_the_bank_says_so() {
    let after_all = |answer: PayoutAnswer| Command::HearAfterAll { answer, today: today() };
    let history = vec![prepared(), began(), unknown(UnknownCause::TimedOut), given_up()];
    let given_up = || given(history.clone());
    given_up().when(after_all(answer(Said::Succeeded))).then_expect_events(vec![succeeded()]);
    let contradiction = |status| vec![doubted(PayoutDoubt::Contradiction { status })];
    // Where the wallet does not have it, it is only doubted.
    given_up().when(hear_answer(answer(Said::Succeeded))).then_expect_events(contradiction(Said::Succeeded));
    let again = [history.clone(), contradiction(Said::Succeeded)].concat();
    given(again).when(after_all(answer(Said::Succeeded))).then_expect_events(vec![succeeded()]);
    given_up().when(after_all(answer(Said::Returned))).then_expect_events(contradiction(Said::Returned));
    given_up().when(after_all(answer(Said::Failed))).then_expect_events(vec![]);
    let amount = yuan("30.01");
    let another = PayoutAnswer { amount: Some(amount), ..answer(Said::Succeeded) };
    let doubt = PayoutDoubt::AnotherAmount { amount };
    given_up().when(after_all(another)).then_expect_events(vec![doubted(doubt)]);
    // What the bank itself has called failed stays so.
    given(self::history(State::Failed))
        .when(after_all(answer(Said::Succeeded)))
        .then_expect_events(contradiction(Said::Succeeded));
    let paid = [history, vec![succeeded()]].concat();
    given(paid).when(after_all(answer(Said::Succeeded))).then_expect_events(vec![]);
}

#[test]
fn only_what_was_paid_comes_back() {
    for state in State::ALL {
        let come_back = Command::Return { reason: reason("no such account"), returned_date: today() };
        let expected = match state {
            State::Succeeded => Ok(vec![returned()]),
            State::Returned => Ok(vec![]),
            State::Prepared
            | State::Sending
            | State::Unknown
            | State::Accepted
            | State::Doubted
            | State::Failed => Err(PayoutRefusal::NotPaid { payout: payout(), state }),
        };
        assert_eq!(given(history(state)).when(come_back).inspect_result(), expected, "{state}");
    }
}

#[test]
fn a_doubt_after_the_end_stays_until_somebody_has_looked() {
    let resolve = || Command::ResolveDoubt { reason: reason("the bank was wrong") };
    let resolved = Event::PayoutDoubtResolved { payout: payout(), reason: reason("the bank was wrong") };
    let mut after = history(State::Failed);
    given(after.clone()).when(resolve()).then_expect_events(vec![]);
    after.push(doubted(PayoutDoubt::Contradiction { status: Said::Succeeded }));
    given(after.clone()).when(resolve()).then_expect_events(vec![resolved.clone()]);
    after.push(resolved);
    given(after).when(resolve()).then_expect_events(vec![]);
    given(history(State::Doubted))
        .when(resolve())
        .then_expect_error(PayoutRefusal::OutcomeOpen { payout: payout() });
}

#[test]
fn nothing_happens_to_what_nobody_prepared() {
    for command in [
        Command::BeginSending,
        hear(Heard::NotFound),
        Command::Succeed { paid_date: today() },
        Command::ResolveDoubt { reason: reason("no") },
    ] {
        given(vec![]).when(command).then_expect_error(PayoutRefusal::NotPrepared);
    }
}

#[test]
fn a_stream_that_cannot_be_is_corrupt() {
    let other = "Y01K7RA8ZAYFGXSMRSF9FMC3M01".parse().unwrap();
    for history in [
        vec![began()],
        vec![prepared(), prepared()],
        vec![prepared(), began(), began()],
        vec![prepared(), began(), unknown(UnknownCause::TimedOut), began()],
        vec![prepared(), unknown(UnknownCause::TimedOut)],
        vec![prepared(), began(), failed(), succeeded()],
        vec![prepared(), began(), returned()],
        vec![prepared(), Event::PayoutSendingBegan { payout: other }],
    ] {
        let mut state = Payout::default();
        assert!(history.iter().any(|event| state.evolve(event).is_err()), "{history:?}");
    }
}

#[test]
fn a_snapshot_is_the_state_and_words_are_those_of_the_journal() {
    for expected in State::ALL {
        let mut state = Payout::default();
        for event in history(expected) {
            state.evolve(&event).unwrap();
        }
        assert_eq!(state.state(), Some(expected));
        let snapshot = serde_json::to_value(&state).unwrap();
        assert_eq!(serde_json::from_value::<Payout>(snapshot).unwrap(), state);
        assert_eq!(serde_json::to_value(expected).unwrap(), expected.as_str());
        assert_eq!(expected.as_str().parse(), Ok(expected));
    }
    for cause in UnknownCause::ALL {
        assert_eq!(serde_json::to_value(cause).unwrap(), cause.as_str());
    }
    for adapter in PayoutAdapterKind::ALL {
        assert_eq!(serde_json::to_value(adapter).unwrap(), adapter.as_str());
        assert_eq!(adapter.as_str().parse(), Ok(adapter));
    }
    for said in Said::ALL {
        assert_eq!(serde_json::to_value(said).unwrap(), said.as_str());
        assert_eq!(said.as_str().parse(), Ok(said));
    }
}
