use tallybook_domain::BookEvent;
use tallybook_domain::risk::{RiskRule, RiskRulesEvent, Window};

use super::RiskRulesProjection;
use crate::testing::{folded, try_folded};

fn changed(version: u32, most: u32) -> BookEvent {
    let rules = vec![RiskRule::CountVelocity { on: true, points: 60, window: Window::Day, most }];
    RiskRulesEvent::RiskRulesChanged { version, review_from: 60, block_from: 100, rules }.into()
}

#[test]
fn every_version_is_kept_with_who_made_it() {
    let versions = folded::<RiskRulesProjection>([changed(1, 3), changed(2, 4)]);
    let first = versions.get(&1).unwrap();
    assert_eq!((first.created.position, first.created.by.as_str()), (1, "user:tester"));
    assert_eq!((first.rule_set().review_from, first.rule_set().block_from), (60, 100));
    assert_ne!(versions.get(&2).unwrap().rules, first.rules);
    assert!(try_folded::<RiskRulesProjection>([changed(1, 3), changed(1, 3)]).is_err());
}
