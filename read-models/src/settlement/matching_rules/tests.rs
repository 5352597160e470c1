use tallybook_domain::BookEvent;
use tallybook_domain::settlement::MatchingRulesEvent;
use tallybook_domain::settlement::matching::MatchingRule;

use super::MatchingRules;
use crate::testing::{folded, try_folded};

fn changed(version: u32, on: bool) -> BookEvent {
    let rules = vec![MatchingRule::ExactBill { on }];
    let automatic_from = Some("0.95".parse().unwrap());
    MatchingRulesEvent::MatchingRulesChanged { version, automatic_from, rules }.into()
}

#[test]
fn every_version_is_kept_with_who_made_it() {
    let versions = folded::<MatchingRules>([changed(1, true), changed(2, false)]);
    let first = versions.get(&1).unwrap();
    assert_eq!((first.created.position, first.created.by.as_str()), (1, "user:tester"));
    assert_eq!(first.rule_set().rules, [MatchingRule::ExactBill { on: true }]);
    assert_eq!(versions.get(&2).unwrap().rules, [MatchingRule::ExactBill { on: false }]);
    assert!(try_folded::<MatchingRules>([changed(1, true), changed(1, true)]).is_err());
}
