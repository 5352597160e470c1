use cqrs_es::test::{AggregateTestExecutor, TestFramework};

use super::*;
use crate::approvals::{
    ApprovalKind, ApprovalRuleSet, ApprovalTerms, InvalidApprovalRules, LadderStep, TermsOfKind,
};
use crate::event_sourced::EventSourced;
use crate::money::{Currency, Money};

fn given(events: Vec<ApprovalRulesEvent>) -> AggregateTestExecutor<ApprovalRules> {
    TestFramework::<ApprovalRules>::with(()).given(events)
}

fn step(amount: &str, approvers: u32) -> LadderStep {
    LadderStep { up_to: Money::parse(amount, Currency::CNY).unwrap(), approvers }
}

fn terms(ladder: &[LadderStep], above: u32) -> ApprovalTerms {
    ApprovalTerms { ladder: ladder.to_vec(), above, without_amount: 1, expires_after_hours: 24 }
}

fn rules(usual: ApprovalTerms) -> ApprovalRuleSet {
    ApprovalRuleSet { usual, kinds: Vec::new(), price_plan_changes: false }
}

fn change(rules: ApprovalRuleSet, expected: Option<u32>) -> ApprovalRulesCommand {
    ApprovalRulesCommand::Change { rules, expected }
}

fn changed(version: u32, rules: ApprovalRuleSet) -> ApprovalRulesEvent {
    let ApprovalRuleSet { usual, kinds, price_plan_changes } = rules;
    ApprovalRulesEvent::ApprovalRulesChanged { version, usual, kinds, price_plan_changes }
}

#[test]
fn each_change_is_a_version_and_the_same_again_is_none() {
    let (first, second) = (rules(terms(&[step("100.00", 1)], 2)), rules(terms(&[], 3)));
    given(vec![]).when(change(first.clone(), None)).then_expect_events(vec![changed(1, first.clone())]);
    let known = vec![changed(1, first.clone())];
    given(known.clone()).when(change(first, Some(7))).then_expect_events(vec![]);
    given(known).when(change(second.clone(), Some(1))).then_expect_events(vec![changed(2, second)]);
}

#[test]
fn a_book_begins_with_rules_that_make_sense() {
    let none = ApprovalRules::default();
    assert_eq!((none.version(), none.rules()), (0, ApprovalRuleSet::beginning()));
    assert_eq!(ApprovalRuleSet::beginning().check(), Ok(()));
}

#[test]
fn price_plans_change_at_once_unless_somebody_has_said_otherwise() {
    let mut state = ApprovalRules::default();
    assert!(!state.price_plan_changes());
    let waiting = ApprovalRuleSet { price_plan_changes: true, ..ApprovalRuleSet::beginning() };
    given(vec![]).when(change(waiting.clone(), None)).then_expect_events(vec![changed(1, waiting.clone())]);
    state.evolve(&changed(1, waiting)).unwrap();
    assert!(state.price_plan_changes());
    let by_who_does_not_know =
        r#"{"usual":{"ladder":[],"above":2,"without_amount":1,"expires_after_hours":24},"kinds":[]}"#;
    let known: ApprovalRuleSet = serde_json::from_str(by_who_does_not_know).unwrap();
    assert!(!known.price_plan_changes);
    assert_eq!(serde_json::to_string(&known).unwrap(), by_who_does_not_know);
    state.evolve(&changed(2, known)).unwrap();
    assert!(!state.price_plan_changes());
}

#[test]
fn a_change_of_what_somebody_else_has_changed_is_refused() {
    let known = vec![changed(1, rules(terms(&[], 2)))];
    let refused = ApprovalRulesRefusal::ChangedSince { expected: 0, version: 1 };
    given(known).when(change(ApprovalRuleSet::beginning(), Some(0))).then_expect_error(refused);
}

#[test]
fn rules_that_make_no_sense_are_refused() {
    let refuses = |rules: ApprovalRuleSet, pointer: &str, code: &str| {
        let invalid = rules.check().unwrap_err();
        assert_eq!((invalid.pointer().as_str(), invalid.code()), (pointer, code), "{invalid}");
        given(vec![]).when(change(rules, None)).then_expect_error(invalid.into());
    };
    refuses(rules(terms(&[], 0)), "/usual/above", "out_of_range");
    refuses(rules(terms(&[], 6)), "/usual/above", "out_of_range");
    refuses(rules(terms(&[step("1.00", 0)], 2)), "/usual/ladder/0/approvers", "out_of_range");
    refuses(rules(terms(&[step("0.00", 1)], 2)), "/usual/ladder/0/up_to", "amount");
    refuses(rules(terms(&[step("2.00", 1), step("2.00", 2)], 2)), "/usual/ladder/1/up_to", "amount");
    let fewer = [step("1.00", 2), step("2.00", 1)];
    refuses(rules(terms(&fewer, 2)), "/usual/ladder/1/approvers", "fewer_approvers");
    refuses(rules(terms(&[step("1.00", 3)], 2)), "/usual/above", "fewer_approvers");
    let never = ApprovalTerms { expires_after_hours: 0, ..terms(&[], 2) };
    refuses(rules(never), "/usual/expires_after_hours", "out_of_range");
    let nobody = ApprovalTerms { without_amount: 0, ..terms(&[], 2) };
    refuses(rules(nobody), "/usual/without_amount", "out_of_range");
    let own = |above| TermsOfKind { kind: ApprovalKind::Refund, terms: terms(&[], above) };
    let twice = ApprovalRuleSet { kinds: vec![own(1), own(2)], ..rules(terms(&[], 2)) };
    refuses(twice, "/kinds/1/kind", "repeated_kind");
    let wrong = ApprovalRuleSet { kinds: vec![own(9)], ..rules(terms(&[], 2)) };
    refuses(wrong, "/kinds/0/terms/above", "out_of_range");
}

#[test]
fn a_version_that_is_left_out_is_corruption() {
    let mut state = ApprovalRules::default();
    assert!(state.evolve(&changed(2, rules(terms(&[], 2)))).is_err());
}

#[test]
fn why_rules_are_refused_says_the_limit() {
    let invalid = rules(terms(&[], 6)).check().unwrap_err();
    assert!(matches!(invalid, InvalidApprovalRules::Approvers { kind: None, approvers: 6, .. }));
    assert_eq!(invalid.to_string(), "an approval takes 1 to 5 people, not 6");
}
