use cqrs_es::test::{AggregateTestExecutor, TestFramework};

use super::*;
use crate::event_sourced::EventSourced;
use crate::money::{Currency, Money};
use crate::risk::{InvalidRiskRules, RiskRule, RiskRuleName, RiskRuleSet, Window};

fn given(events: Vec<RiskRulesEvent>) -> AggregateTestExecutor<RiskRules> {
    TestFramework::<RiskRules>::with(()).given(events)
}

fn counts(window: Window, most: u32) -> RiskRule {
    RiskRule::CountVelocity { on: true, points: 60, window, most }
}

fn amounts(most: &[&str]) -> RiskRule {
    let most = most.iter().map(|amount| Money::parse(amount, Currency::CNY).unwrap()).collect();
    RiskRule::AmountVelocity { on: false, points: 60, window: Window::Day, most }
}

fn rules(rules: &[RiskRule]) -> RiskRuleSet {
    RiskRuleSet { review_from: 60, block_from: 100, rules: rules.to_vec() }
}

fn change(rules: RiskRuleSet, expected: Option<u32>) -> RiskRulesCommand {
    RiskRulesCommand::Change { rules, expected }
}

fn changed(version: u32, rules: RiskRuleSet) -> RiskRulesEvent {
    let RiskRuleSet { review_from, block_from, rules } = rules;
    RiskRulesEvent::RiskRulesChanged { version, review_from, block_from, rules }
}

#[test]
fn each_change_is_a_version_and_the_same_again_is_none() {
    let (first, second) = (rules(&[counts(Window::Day, 3), counts(Window::Week, 9)]), rules(&[]));
    given(vec![]).when(change(first.clone(), None)).then_expect_events(vec![changed(1, first.clone())]);
    let known = vec![changed(1, first.clone())];
    given(known.clone()).when(change(first, Some(7))).then_expect_events(vec![]);
    given(known).when(change(second.clone(), Some(1))).then_expect_events(vec![changed(2, second)]);
}

#[test]
fn a_book_begins_with_rules_that_make_sense() {
    let none = RiskRules::default();
    assert_eq!((none.version(), none.rules()), (0, RiskRuleSet::beginning()));
    assert_eq!(RiskRuleSet::beginning().check(), Ok(()));
    let named = |name| RiskRuleSet::beginning().rules.iter().any(|rule| rule.name() == name && rule.is_on());
    assert!(RiskRuleName::ALL.into_iter().all(named));
}

#[test]
fn a_change_of_what_somebody_else_has_changed_is_refused() {
    let known = vec![changed(1, rules(&[]))];
    let refused = RiskRulesRefusal::ChangedSince { expected: 0, version: 1 };
    given(known).when(change(RiskRuleSet::beginning(), Some(0))).then_expect_error(refused);
}

#[test]
fn rules_that_make_no_sense_are_refused() {
    let (no_limit, zero) = (RiskRuleName::CountVelocity, Money::zero(Currency::CNY));
    let two = Money::parse("2.00", Currency::CNY).unwrap();
    let cases = [
        (
            vec![counts(Window::Day, 3), counts(Window::Day, 4)],
            InvalidRiskRules::Repeated { rule: 1, name: no_limit },
        ),
        (vec![counts(Window::Day, 0)], InvalidRiskRules::NoLimit { rule: 0, name: no_limit }),
        (vec![amounts(&[])], InvalidRiskRules::NoLimit { rule: 0, name: RiskRuleName::AmountVelocity }),
        (vec![amounts(&["0.00"])], InvalidRiskRules::Amount { rule: 0, amount: zero }),
        (vec![amounts(&["1.00", "2.00"])], InvalidRiskRules::Amount { rule: 0, amount: two }),
        (
            vec![RiskRule::NewDestination { on: true, points: 1_001, from: Vec::new() }],
            InvalidRiskRules::Points { rule: 0, points: 1_001 },
        ),
    ];
    for (wrong, refused) in cases {
        given(vec![]).when(change(rules(&wrong), None)).then_expect_error(refused.into());
    }
    let never = RiskRuleSet { review_from: 0, ..rules(&[]) };
    let refused = InvalidRiskRules::ReviewFrom { review_from: 0 };
    given(vec![]).when(change(never, None)).then_expect_error(refused.into());
    let before_review = RiskRuleSet { block_from: 59, ..rules(&[]) };
    let refused = InvalidRiskRules::BlockFrom { block_from: 59 };
    given(vec![]).when(change(before_review, None)).then_expect_error(refused.into());
}

#[test]
fn a_version_that_is_left_out_is_corruption() {
    let mut state = RiskRules::default();
    assert!(state.evolve(&changed(2, rules(&[]))).is_err());
}
