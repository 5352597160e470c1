use chrono::NaiveDate;
use cqrs_es::test::{AggregateTestExecutor, TestFramework};

use super::*;
use crate::actor::Actor;
use crate::dates::{EARLIEST_EFFECTIVE_DATE, EffectiveDateOutOfRange};
use crate::deposits::Destination;
use crate::event_sourced::EventSourced;
use crate::ids::{CustomerId, WalletId, WithdrawalId};
use crate::money::{Currency, Money, MoneyError};
use crate::text::Reason;

use WithdrawalAction as Action;
use WithdrawalCommand as Command;
use WithdrawalEvent as Event;
use WithdrawalState as State;

fn today() -> NaiveDate {
    "2026-03-10".parse().unwrap()
}

fn id() -> WithdrawalId {
    "0199f0a4-7d5e-7c3b-9a63-2f4be8c1d000".parse().unwrap()
}

fn wallet() -> WalletId {
    WalletId::new(&CustomerId::from_number(42), Currency::CNY)
}

fn thirty() -> Money {
    Money::parse("30.00", Currency::CNY).unwrap()
}

fn actor(name: &str) -> Actor {
    format!("user:{name}").parse().unwrap()
}

fn reason() -> Reason {
    "account closed".parse().unwrap()
}

fn destination() -> Destination {
    Destination {
        account_name: "李雷".parse().unwrap(),
        account_number: "6222021234567890123".parse().unwrap(),
        bank_name: None,
    }
}

fn given(events: Vec<Event>) -> AggregateTestExecutor<Withdrawal> {
    TestFramework::with(()).given(events)
}

fn request(amount: Money) -> Command {
    Command::Request {
        withdrawal: id(),
        wallet: wallet(),
        amount,
        reference: "W-1".parse().unwrap(),
        destination: destination(),
        requested_by: actor("han").into(),
    }
}

fn requested() -> Event {
    Event::WithdrawalRequested {
        withdrawal: id(),
        wallet: wallet(),
        amount: thirty(),
        reference: "W-1".parse().unwrap(),
        destination: destination(),
        requested_by: actor("han").into(),
    }
}

fn command_on(action: Action, by: &str, effective_date: NaiveDate) -> Command {
    let (withdrawal, reason, today) = (id(), reason(), today());
    match action {
        Action::Approve => Command::Approve { withdrawal, by: actor(by) },
        Action::Reject => Command::Reject { withdrawal, by: actor(by), reason },
        Action::Cancel => Command::Cancel { withdrawal, reason: Some(reason) },
        Action::Submit => Command::Submit { withdrawal, channel_reference: None, effective_date, today },
        Action::Succeed => Command::Succeed { withdrawal, effective_date, today },
        Action::Fail => Command::Fail { withdrawal, reason, effective_date, today },
        Action::Return => Command::Return { withdrawal, reason, effective_date, today },
    }
}

fn command(action: Action) -> Command {
    command_on(action, "mei", today())
}

fn event(action: Action) -> Event {
    let (withdrawal, wallet, amount) = (id(), wallet(), thirty());
    let (reason, effective_date) = (reason(), today());
    match action {
        Action::Approve => Event::WithdrawalApproved { withdrawal, approved_by: actor("mei") },
        Action::Reject => Event::WithdrawalRejected { withdrawal, rejected_by: actor("mei"), reason },
        Action::Cancel => Event::WithdrawalCancelled { withdrawal, reason: Some(reason) },
        Action::Submit => {
            Event::WithdrawalSubmitted { withdrawal, wallet, amount, effective_date, channel_reference: None }
        }
        Action::Succeed => Event::WithdrawalSucceeded { withdrawal, wallet, amount, effective_date },
        Action::Fail => Event::WithdrawalFailed { withdrawal, wallet, amount, reason, effective_date },
        Action::Return => Event::WithdrawalReturned { withdrawal, wallet, amount, reason, effective_date },
    }
}

/// A history that ends in the state.
fn history(state: State) -> Vec<Event> {
    let steps: &[Action] = match state {
        State::Requested => &[],
        State::Approved => &[Action::Approve],
        State::Rejected => &[Action::Reject],
        State::Cancelled => &[Action::Cancel],
        State::Submitted => &[Action::Approve, Action::Submit],
        State::Succeeded => &[Action::Approve, Action::Submit, Action::Succeed],
        State::Failed => &[Action::Approve, Action::Submit, Action::Fail],
        State::Returned => &[Action::Approve, Action::Submit, Action::Succeed, Action::Return],
    };
    std::iter::once(requested()).chain(steps.iter().map(|action| event(*action))).collect()
}

/// Written out, so that the table in the code is checked against another one.
fn allowed(state: State) -> &'static [Action] {
    match state {
        State::Requested => &[Action::Approve, Action::Reject, Action::Cancel],
        State::Approved => &[Action::Cancel, Action::Submit],
        State::Submitted => &[Action::Succeed, Action::Fail],
        State::Succeeded => &[Action::Return],
        State::Rejected | State::Cancelled | State::Failed | State::Returned => &[],
    }
}

#[test]
fn a_withdrawal_is_requested() {
    given(vec![]).when(request(thirty())).then_expect_events(vec![requested()]);
}

#[test]
fn a_second_request_is_refused() {
    given(vec![requested()])
        .when(request(thirty()))
        .then_expect_error(WithdrawalRefusal::AlreadyRequested { withdrawal: id() });
}

#[test]
fn a_request_for_nothing_or_less_is_refused() {
    for text in ["0.00", "-1.00"] {
        let amount = Money::parse(text, Currency::CNY).unwrap();
        given(vec![])
            .when(request(amount))
            .then_expect_error(WithdrawalRefusal::AmountNotPositive { amount });
    }
}

#[test]
fn a_request_in_another_currency_is_refused() {
    let yen = Currency::parse("JPY").unwrap();
    let mismatch = MoneyError::CurrencyMismatch { expected: Currency::CNY, given: yen };
    given(vec![]).when(request(Money::parse("1", yen).unwrap())).then_expect_error(mismatch.into());
}

#[test]
fn every_step_from_every_state_is_taken_repeated_or_refused() {
    for state in State::ALL {
        for action in Action::ALL {
            let result = given(history(state)).when(command(action)).inspect_result();
            let expected = if allowed(state).contains(&action) {
                Ok(vec![event(action)])
            } else if action.target() == state {
                Ok(vec![])
            } else {
                Err(WithdrawalRefusal::NotInState { withdrawal: id(), state, action })
            };
            assert_eq!(result, expected, "{action} from {state}");
        }
    }
}

#[test]
fn nothing_can_be_asked_of_a_withdrawal_nobody_requested() {
    for action in Action::ALL {
        given(vec![])
            .when(command(action))
            .then_expect_error(WithdrawalRefusal::NotFound { withdrawal: id() });
    }
}

#[test]
fn who_asked_for_a_withdrawal_cannot_approve_it() {
    given(vec![requested()])
        .when(command_on(Action::Approve, "han", today()))
        .then_expect_error(WithdrawalRefusal::SelfApproval { requested_by: actor("han") });
}

#[test]
fn who_asked_for_a_withdrawal_may_reject_it() {
    assert!(
        given(vec![requested()]).when(command_on(Action::Reject, "han", today())).inspect_result().is_ok()
    );
}

#[test]
fn only_who_decided_can_repeat_the_decision() {
    for (action, state) in [(Action::Approve, State::Approved), (Action::Reject, State::Rejected)] {
        given(history(state))
            .when(command_on(action, "another", today()))
            .then_expect_error(WithdrawalRefusal::NotInState { withdrawal: id(), state, action });
    }
}

#[test]
fn a_business_date_after_tomorrow_is_refused() {
    let effective_date = "2026-03-12".parse().unwrap();
    let latest = "2026-03-11".parse().unwrap();
    for (state, action, earliest) in [
        (State::Approved, Action::Submit, EARLIEST_EFFECTIVE_DATE),
        (State::Submitted, Action::Succeed, today()),
        (State::Submitted, Action::Fail, today()),
        (State::Succeeded, Action::Return, today()),
    ] {
        let out_of_range = EffectiveDateOutOfRange { effective_date, earliest, latest };
        given(history(state))
            .when(command_on(action, "mei", effective_date))
            .then_expect_error(out_of_range.into());
    }
}

#[test]
fn a_step_before_the_one_it_follows_is_refused() {
    let yesterday = today().pred_opt().unwrap();
    let latest = "2026-03-11".parse().unwrap();
    let refused = EffectiveDateOutOfRange { effective_date: yesterday, earliest: today(), latest };
    for (state, action) in [
        (State::Submitted, Action::Succeed),
        (State::Submitted, Action::Fail),
        (State::Succeeded, Action::Return),
    ] {
        given(history(state)).when(command_on(action, "mei", yesterday)).then_expect_error(refused.into());
    }
    // The order follows nothing that has a business date, and a repeated notice changes nothing.
    assert!(
        given(history(State::Approved))
            .when(command_on(Action::Submit, "mei", yesterday))
            .inspect_result()
            .is_ok()
    );
    for date in [yesterday, "0026-03-10".parse().unwrap(), "2026-03-12".parse().unwrap()] {
        given(history(State::Succeeded))
            .when(command_on(Action::Succeed, "mei", date))
            .then_expect_events(vec![]);
    }
}

#[test]
fn a_step_without_a_date_is_of_today_or_of_the_step_it_follows() {
    let state = |history: Vec<Event>| {
        history.iter().fold(Withdrawal::default(), |mut state, event| {
            state.evolve(event).unwrap();
            state
        })
    };
    let (yesterday, tomorrow) = (today().pred_opt().unwrap(), today().succ_opt().unwrap());
    assert_eq!(state(history(State::Approved)).effective_date_by_default(yesterday), yesterday);
    assert_eq!(state(history(State::Submitted)).effective_date_by_default(yesterday), today());
    assert_eq!(state(history(State::Submitted)).effective_date_by_default(tomorrow), tomorrow);
}

#[test]
fn a_stream_that_cannot_be_is_corrupt() {
    let other = Event::WithdrawalApproved {
        withdrawal: "0199f0a4-7d5e-7c3b-9a63-2f4be8c1d999".parse().unwrap(),
        approved_by: actor("mei"),
    };
    for history in [
        vec![event(Action::Approve)],
        vec![requested(), requested()],
        vec![requested(), other],
        vec![requested(), event(Action::Succeed)],
        vec![requested(), event(Action::Approve), event(Action::Approve)],
    ] {
        let mut state = Withdrawal::default();
        assert!(history.iter().any(|event| state.evolve(event).is_err()), "{history:?}");
    }
}

#[test]
fn a_snapshot_is_the_state() {
    for expected in State::ALL {
        let mut state = Withdrawal::default();
        for event in history(expected) {
            state.evolve(&event).unwrap();
        }
        assert_eq!(state.state(), Some(expected));
        assert_eq!(state.wallet(), Some(&wallet()));
        assert_eq!(state.amount(), Some(thirty()));
        let snapshot = serde_json::to_value(&state).unwrap();
        assert_eq!(serde_json::from_value::<Withdrawal>(snapshot).unwrap(), state);
    }
}

#[test]
fn a_state_has_one_spelling_everywhere() {
    for state in State::ALL {
        assert_eq!(serde_json::to_string(&state).unwrap(), format!("\"{state}\""));
        assert_eq!(state.as_str().parse(), Ok(state));
    }
}

#[test]
fn a_withdrawal_is_submitted_under_one_reference() {
    let reference = |text: &str| Some(text.parse().unwrap());
    let submit = |channel_reference| Command::Submit {
        withdrawal: id(),
        channel_reference,
        effective_date: today(),
        today: today(),
    };
    let submitted = |channel_reference| Event::WithdrawalSubmitted {
        withdrawal: id(),
        wallet: wallet(),
        amount: thirty(),
        effective_date: today(),
        channel_reference,
    };
    for (known, given_reference) in
        [(None, reference("B-2")), (reference("B-1"), None), (reference("B-1"), reference("B-2"))]
    {
        let before = [history(State::Approved), vec![submitted(known.clone())]].concat();
        given(before.clone()).when(submit(known.clone())).then_expect_events(vec![]);
        given(before).when(submit(given_reference.clone())).then_expect_error(
            WithdrawalRefusal::SubmittedOtherwise { withdrawal: id(), known, given: given_reference },
        );
    }
}

#[test]
fn only_what_failed_is_submitted_after_all() {
    let after_all = || Command::SubmitAfterAll { withdrawal: id(), effective_date: today(), today: today() };
    let submitted = event(Action::Submit);
    given(history(State::Failed)).when(after_all()).then_expect_events(vec![submitted.clone()]);
    for state in State::ALL.into_iter().filter(|state| *state != State::Failed) {
        let refused = WithdrawalRefusal::NotInState { withdrawal: id(), state, action: Action::Submit };
        given(history(state)).when(after_all()).then_expect_error(refused);
    }
    let again = [history(State::Failed), vec![submitted]].concat();
    given(again).when(command(Action::Succeed)).then_expect_events(vec![event(Action::Succeed)]);
}
