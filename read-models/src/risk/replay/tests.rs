use tallybook_domain::BookEvent;
use tallybook_domain::risk::{RiskEvent, RiskHistoryEvent, RiskOutcome, RiskRule, RiskRuleSet, Window};

use super::{RiskReplay, RiskReplayReport};
use crate::Total;
use crate::testing::risk::assessed;
use crate::testing::{day, yuan};

/// Known in time, so that it may pass.
fn judged(number: u64, amount: &str, score: u32) -> RiskHistoryEvent {
    let BookEvent::Risk(RiskEvent::History(event)) = assessed(number, amount, score) else {
        panic!("another event")
    };
    let RiskHistoryEvent::WithdrawalAssessed { customer, withdrawal, wallet, date, payee, mut assessment } =
        event;
    let known = tallybook_domain::risk::Known::nothing(number, wallet.currency());
    assessment.inputs.known = Some(known);
    RiskHistoryEvent::WithdrawalAssessed { customer, withdrawal, wallet, date, payee, assessment }
}

/// At most this much a day.
fn most(amount: &str) -> RiskRuleSet {
    let (window, most) = (Window::Day, vec![yuan(amount)]);
    let rules = vec![RiskRule::AmountVelocity { on: true, points: 60, window, most }];
    RiskRuleSet { review_from: 60, block_from: 100, rules }
}

fn report(rules: RiskRuleSet, from: &str, to: &str) -> RiskReplayReport {
    let mut replay = RiskReplay::new(rules, day(from), day(to));
    for event in
        [judged(1, "100.00", 0), judged(2, "300.00", 0), judged(3, "40.00", 80), judged(4, "500.00", 120)]
    {
        replay.take_in(&event).unwrap();
    }
    replay.finish()
}

#[test]
fn other_rules_stop_some_and_let_others_through() {
    let report = report(most("200.00"), "2026-03-02", "2026-03-02");
    assert_eq!(report.withdrawals, 4);
    assert_eq!(report.before[&RiskOutcome::Pass], 2);
    assert_eq!((report.after[&RiskOutcome::Pass], report.after[&RiskOutcome::Review]), (2, 2));
    assert_eq!(report.stopped.count, 1);
    assert_eq!(report.stopped.amounts, [Total::new(yuan("300.00").amount(), yuan("0.00").currency())]);
    let stopped = &report.stopped.withdrawals[0];
    assert_eq!((stopped.before, stopped.after, stopped.score), (RiskOutcome::Pass, RiskOutcome::Review, 60));
    assert_eq!(stopped.reasons, ["300.00 CNY asked for today, the limit is 200.00 CNY"]);
    assert_eq!(report.let_through.count, 1);
    assert_eq!(report.let_through.withdrawals[0].amount, yuan("40.00"));
}

#[test]
fn only_the_days_asked_for_count() {
    assert_eq!(report(most("200.00"), "2026-03-03", "2026-03-31").withdrawals, 0);
    assert_eq!(report(most("200.00"), "2026-02-01", "2026-03-01").withdrawals, 0);
}
