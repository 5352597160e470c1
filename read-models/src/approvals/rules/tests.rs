use tallybook_domain::BookEvent;
use tallybook_domain::approvals::{ApprovalRuleSet, ApprovalRulesEvent};

use super::ApprovalRulesProjection;
use crate::testing::{folded, try_folded};

fn changed(version: u32, above: u32) -> BookEvent {
    let ApprovalRuleSet { mut usual, kinds, .. } = ApprovalRuleSet::beginning();
    usual.above = above;
    let price_plan_changes = version > 1;
    ApprovalRulesEvent::ApprovalRulesChanged { version, usual, kinds, price_plan_changes }.into()
}

#[test]
fn every_version_is_kept_with_who_made_it() {
    let versions = folded::<ApprovalRulesProjection>([changed(1, 3), changed(2, 4)]);
    let first = versions.get(&1).unwrap();
    assert_eq!((first.created.position, first.created.by.as_str()), (1, "user:tester"));
    assert_eq!(first.rule_set().usual.above, 3);
    assert_eq!(versions.get(&2).unwrap().usual.above, 4);
    let waits = [1, 2].map(|version| versions.get(&version).unwrap().rule_set().price_plan_changes);
    assert_eq!(waits, [false, true]);
    assert!(try_folded::<ApprovalRulesProjection>([changed(1, 3), changed(1, 3)]).is_err());
}
