use cqrs_es::test::{AggregateTestExecutor, TestFramework};

use super::*;
use crate::event_sourced::EventSourced;
use crate::money::{Currency, Money};
use crate::settlement::matching::{InvalidRules, MatchingRule, RuleName, RuleSet};
use crate::settlement::write_off::DifferenceReason;

fn given(events: Vec<MatchingRulesEvent>) -> AggregateTestExecutor<MatchingRules> {
    TestFramework::<MatchingRules>::with(()).given(events)
}

fn tolerance(absolute: &[&str]) -> MatchingRule {
    let absolute = absolute.iter().map(|amount| Money::parse(amount, Currency::CNY).unwrap()).collect();
    MatchingRule::WithinTolerance { on: true, absolute, rate: None, reason: DifferenceReason::BankFee }
}

fn rules(rules: &[MatchingRule]) -> RuleSet {
    RuleSet { automatic_from: Some("0.95".parse().unwrap()), rules: rules.to_vec() }
}

fn change(rules: RuleSet, expected: Option<u32>) -> MatchingRulesCommand {
    MatchingRulesCommand::Change { rules, expected }
}

fn changed(version: u32, rules: RuleSet) -> MatchingRulesEvent {
    let RuleSet { automatic_from, rules } = rules;
    MatchingRulesEvent::MatchingRulesChanged { version, automatic_from, rules }
}

#[test]
fn each_change_is_a_version_and_the_same_again_is_none() {
    let (first, second) = (rules(&[tolerance(&["25.00"])]), rules(&[]));
    given(vec![]).when(change(first.clone(), None)).then_expect_events(vec![changed(1, first.clone())]);
    let known = vec![changed(1, first.clone())];
    given(known.clone()).when(change(first, Some(7))).then_expect_events(vec![]);
    given(known).when(change(second.clone(), Some(1))).then_expect_events(vec![changed(2, second)]);
}

#[test]
fn a_book_begins_with_rules_that_post_nothing() {
    let none = MatchingRules::default();
    assert_eq!((none.version(), none.rules()), (0, RuleSet::beginning()));
    assert_eq!(RuleSet::beginning().check(), Ok(()));
    assert_eq!(RuleSet::beginning().automatic_from, None);
    let beginning = RuleSet::beginning();
    given(vec![]).when(change(beginning.clone(), Some(0))).then_expect_events(vec![changed(1, beginning)]);
}

#[test]
fn a_change_of_what_somebody_else_has_changed_is_refused() {
    let known = vec![changed(1, rules(&[]))];
    let refused = MatchingRulesRefusal::ChangedSince { expected: 0, version: 1 };
    given(known).when(change(RuleSet::beginning(), Some(0))).then_expect_error(refused);
}

#[test]
fn rules_that_make_no_sense_are_refused() {
    let set = |most| MatchingRule::ExactBills { on: false, most };
    let twice = Money::parse("1.00", Currency::CNY).unwrap();
    let cases = [
        (vec![set(12), set(3)], InvalidRules::Repeated { rule: 1, name: RuleName::ExactBills }),
        (vec![set(13)], InvalidRules::SetSize { rule: 0, most: 13 }),
        (vec![set(1)], InvalidRules::SetSize { rule: 0, most: 1 }),
        (vec![tolerance(&[])], InvalidRules::NoTolerance { rule: 0 }),
        (vec![tolerance(&["25.00", "1.00"])], InvalidRules::Tolerance { rule: 0, amount: twice }),
        (
            vec![set(2), tolerance(&["0.00"])],
            InvalidRules::Tolerance { rule: 1, amount: Money::zero(Currency::CNY) },
        ),
    ];
    for (wrong, refused) in cases {
        given(vec![]).when(change(rules(&wrong), None)).then_expect_error(refused.into());
    }
}

#[test]
fn a_version_that_is_left_out_is_corruption() {
    let mut state = MatchingRules::default();
    assert!(state.evolve(&changed(2, rules(&[]))).is_err());
}
