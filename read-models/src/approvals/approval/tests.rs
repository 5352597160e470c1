use tallybook_domain::BookEvent;
use tallybook_domain::approvals::{ApprovalEvent, ApprovalId, ApprovalState};

use super::Approvals;
use crate::testing::{at, folded, try_folded, yuan};

fn id() -> ApprovalId {
    "refund.RP3XP6RJ5HNHZQAV0.1".parse().unwrap()
}

fn requested(approvers: u32) -> BookEvent {
    ApprovalEvent::ApprovalRequested {
        approval: id(),
        customer: Some("C00042".parse().unwrap()),
        amounts: vec![yuan("6000.00")],
        why: Some("paid twice".parse().unwrap()),
        requested_by: "user:li".parse().unwrap(),
        approvers,
        rules_version: 0,
        expires_at: at(1_000),
    }
    .into()
}

fn given(by: &str) -> BookEvent {
    let (given_by, on_behalf_of) = (by.parse().unwrap(), Some("user:zhao".parse().unwrap()));
    ApprovalEvent::ApprovalGiven { approval: id(), given_by, on_behalf_of, reason: None }.into()
}

#[test]
fn an_approval_is_decided_by_the_last_one_it_takes() {
    let approvals = folded::<Approvals>([requested(2), given("user:wang")]);
    let row = approvals.get(&id()).unwrap();
    assert_eq!((row.state, row.missing(), row.decided_at), (ApprovalState::Open, 1, None));
    let approvals = folded::<Approvals>([requested(2), given("user:wang"), given("user:qian")]);
    let row = approvals.get(&id()).unwrap();
    assert_eq!((row.state, row.missing(), row.decided_at), (ApprovalState::Approved, 0, Some(at(3))));
    let people: Vec<_> = row.given.iter().map(|given| given.given.by.as_str()).collect();
    assert_eq!((people, row.given[0].at), (vec!["user:wang", "user:qian"], at(2)));
    assert_eq!((row.created.position, row.updated.position), (1, 3));
    assert_eq!(serde_json::to_value(&row.given[0]).unwrap()["on_behalf_of"], "user:zhao");
}

#[test]
fn what_has_lapsed_is_told_and_does_not_count() {
    let lapsed = ApprovalEvent::ApprovalLapsed {
        approval: id(),
        given_by: "user:wang".parse().unwrap(),
        on_behalf_of: Some("user:zhao".parse().unwrap()),
    };
    let approvals =
        folded::<Approvals>([requested(2), given("user:wang"), lapsed.into(), given("user:qian")]);
    let row = approvals.get(&id()).unwrap();
    assert_eq!((row.state, row.missing()), (ApprovalState::Open, 1));
    assert_eq!((row.given[0].given.by.as_str(), row.lapsed[0].given.by.as_str()), ("user:qian", "user:wang"));
    assert_eq!(row.lapsed[0].at, at(2), "when it was given");
}

#[test]
fn an_approval_says_how_it_ended() {
    let rejected_by = "user:wang".parse().unwrap();
    let reason = "no".parse().unwrap();
    let rejected =
        ApprovalEvent::ApprovalRejected { approval: id(), rejected_by, on_behalf_of: None, reason };
    let closed =
        ApprovalEvent::ApprovalClosed { approval: id(), closed_by: "user:li".parse().unwrap(), reason: None };
    let ends = [
        (rejected, ApprovalState::Rejected, Some("user:wang")),
        (closed, ApprovalState::Closed, Some("user:li")),
        (ApprovalEvent::ApprovalExpired { approval: id() }, ApprovalState::Expired, None),
    ];
    for (end, state, by) in ends {
        let approvals = folded::<Approvals>([requested(1), end.into()]);
        let row = approvals.get(&id()).unwrap();
        assert_eq!((row.state, row.ended_by.as_ref().map(|by| by.as_str())), (state, by));
        assert_eq!(row.decided_at, Some(at(2)));
    }
    assert!(try_folded::<Approvals>([given("user:wang")]).is_err());
}
