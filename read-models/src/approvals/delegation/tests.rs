use tallybook_domain::BookEvent;
use tallybook_domain::approvals::{ApprovalDelegationsEvent, DelegationId};

use super::ApprovalDelegations;
use crate::testing::{at, folded, try_folded};

fn id() -> DelegationId {
    "user:wang.1".parse().unwrap()
}

fn delegated() -> BookEvent {
    ApprovalDelegationsEvent::ApprovalsDelegated {
        delegation: id(),
        delegate: "user:zhao".parse().unwrap(),
        from: "2026-10-01".parse().unwrap(),
        until: "2026-10-07".parse().unwrap(),
        reason: "leave".parse().unwrap(),
    }
    .into()
}

fn ended() -> BookEvent {
    let delegate = "user:zhao".parse().unwrap();
    ApprovalDelegationsEvent::ApprovalDelegationEnded { delegation: id(), delegate }.into()
}

#[test]
fn a_delegation_says_whose_it_is_and_when_it_was_ended() {
    let rows = folded::<ApprovalDelegations>([delegated()]);
    let row = rows.get(&id()).unwrap();
    assert_eq!((row.delegator.as_str(), row.delegate.as_str()), ("user:wang", "user:zhao"));
    assert_eq!(row.ended_at, None);
    let rows = folded::<ApprovalDelegations>([delegated(), ended()]);
    assert_eq!(rows.get(&id()).unwrap().ended_at, Some(at(2)));
    assert!(try_folded::<ApprovalDelegations>([ended()]).is_err());
}
