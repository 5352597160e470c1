use chrono::{DateTime, NaiveDate, Utc};
use cqrs_es::test::{AggregateTestExecutor, TestFramework};

use super::*;
use crate::event_sourced::EventSourced;
use crate::ids::WithdrawalId;
use crate::money::{Currency, Money, MoneyError};
use crate::risk::{PayeeId, RiskOutcome, RiskRule, RiskRuleSet, Window};

fn id(number: u64) -> WithdrawalId {
    format!("0199f0a4-7d5e-7c3b-9a63-{number:012x}").parse().unwrap()
}

fn day(date: &str) -> NaiveDate {
    date.parse().unwrap()
}

fn noon(date: NaiveDate) -> DateTime<Utc> {
    date.and_hms_opt(12, 0, 0).unwrap().and_utc()
}

fn account(number: u64) -> PayeeId {
    PayeeId::of(&format!("62220212{number:08}").parse().unwrap())
}

/// At most two withdrawals a day.
fn rules() -> RiskRuleSet {
    let most = RiskRule::CountVelocity { on: true, points: 60, window: Window::Day, most: 2 };
    RiskRuleSet { review_from: 60, block_from: 100, rules: vec![most] }
}

fn ask(number: u64, amount: &str, wallet: &str, today: &str) -> RiskHistoryCommand {
    let (wallet, today): (crate::ids::WalletId, _) = (wallet.parse().unwrap(), day(today));
    RiskHistoryCommand::Assess {
        withdrawal: id(number),
        amount: Money::parse(amount, wallet.currency()).unwrap(),
        wallet,
        payee: account(number),
        other_customers: 0,
        known: None,
        rules: rules(),
        rules_version: 7,
        now: noon(today),
        today,
    }
}

/// What happens if these are asked for, one after the other.
fn after(commands: &[RiskHistoryCommand]) -> (RiskHistory, Vec<RiskHistoryEvent>) {
    let (mut state, mut events) = (RiskHistory::default(), Vec::new());
    for command in commands {
        for event in state.decide(command.clone()).unwrap() {
            state.evolve(&event).unwrap();
            events.push(event);
        }
    }
    (state, events)
}

fn given(events: Vec<RiskHistoryEvent>) -> AggregateTestExecutor<RiskHistory> {
    TestFramework::<RiskHistory>::with(()).given(events)
}

fn assessment(event: &RiskHistoryEvent) -> &crate::risk::Assessment {
    let RiskHistoryEvent::WithdrawalAssessed { assessment, .. } = event;
    assessment
}

#[test]
fn each_request_is_judged_by_those_before() {
    let asked = [1, 2, 3].map(|number| ask(number, "10.00", "C00042.CNY", "2026-03-02"));
    let (_, events) = after(&asked);
    let scores: Vec<_> = events.iter().map(|event| assessment(event).score).collect();
    assert_eq!(scores, [0, 0, 60]);
    let third = assessment(&events[2]);
    assert_eq!((third.rules_version, third.outcome), (7, RiskOutcome::Review));
    assert_eq!(third.inputs.before.day.count, 2);
    assert_eq!(third.inputs.before.day.amount.amount().to_string(), "20.00");
    given(events[..2].to_vec()).when(asked[2].clone()).then_expect_events(vec![events[2].clone()]);
}

#[test]
fn days_leave_the_windows_one_by_one() {
    let of = |window: &str, today: &str| {
        let asked = [
            ask(1, "1.00", "C00042.CNY", "2026-03-01"),
            ask(2, "2.00", "C00042.CNY", "2026-03-02"),
            ask(3, "4.00", "C00042.CNY", today),
        ];
        let (_, events) = after(&asked);
        let before = &assessment(&events[2]).inputs.before;
        let requests = match window {
            "day" => before.day,
            "week" => before.week,
            _ => before.month,
        };
        (before.ever, requests.count)
    };
    assert_eq!(of("day", "2026-03-02"), (2, 1));
    assert_eq!(of("week", "2026-03-07"), (2, 2));
    assert_eq!(of("week", "2026-03-08"), (2, 1));
    assert_eq!(of("month", "2026-03-30"), (2, 2));
    assert_eq!(of("month", "2026-03-31"), (2, 1));
    assert_eq!(of("month", "2026-04-01"), (2, 0));
}

#[test]
fn amounts_are_those_of_the_currency_and_counts_those_of_the_customer() {
    let asked = [
        ask(1, "10.00", "C00042.CNY", "2026-03-02"),
        ask(2, "500", "C00042.JPY", "2026-03-02"),
        ask(3, "1.00", "C00042.CNY", "2026-03-02"),
    ];
    let (_, events) = after(&asked);
    let day = assessment(&events[2]).inputs.before.day;
    assert_eq!((day.count, day.in_currency), (2, 1));
    assert_eq!(day.amount, Money::parse("10.00", Currency::CNY).unwrap());
}

#[test]
fn the_last_accounts_are_remembered() {
    let mut asked: Vec<_> = (1..=9).map(|number| ask(number, "1.00", "C00042.CNY", "2026-03-02")).collect();
    asked.push(ask(9, "1.00", "C00042.CNY", "2026-03-02"));
    asked.push(ask(1, "1.00", "C00042.CNY", "2026-03-02"));
    let (_, events) = after(&asked);
    let uses: Vec<_> = events
        .iter()
        .map(|event| assessment(event).inputs.destination)
        .map(|destination| (destination.used_before, destination.others_used))
        .collect();
    assert_eq!((uses[0], uses[1]), ((false, false), (false, true)));
    assert_eq!((uses[9], uses[10]), ((true, true), (false, true)), "the first of nine is forgotten");
}

#[test]
fn more_than_money_can_be_is_refused() {
    let (_, events) = after(&[ask(1, "1000000000000000.00", "C00042.CNY", "2026-03-02")]);
    given(events)
        .when(ask(2, "0.01", "C00042.CNY", "2026-03-03"))
        .then_expect_error(MoneyError::OutOfRange.into());
}

#[test]
fn a_history_is_of_one_customer() {
    let (mut state, events) = after(&[ask(1, "1.00", "C00042.CNY", "2026-03-02")]);
    let foreign = ask(2, "1.00", "C00043.CNY", "2026-03-02");
    let refused = RiskHistoryRefusal::OfAnother { withdrawal: id(2) };
    given(events).when(foreign.clone()).then_expect_error(refused);
    let (_, foreign) = after(&[foreign]);
    assert!(state.evolve(&foreign[0]).is_err());
}
