//! What waited for a second person, by which rules, and who stood in for whom.

use tallybook_domain::approvals::{
    ApprovalDelegationsEvent, ApprovalEvent, ApprovalId, ApprovalRuleSet, ApprovalRulesEvent, ApprovalsEvent,
    DelegationId,
};
use tallybook_domain::{Actor, BookEvent, Requester};

use super::history::{day, money};

/// One approval of each end and one that is open, two versions of the rules, a delegation that stands and one that was
/// ended.
pub fn approved() -> Vec<(String, BookEvent)> {
    let rules = [1, 2].map(|version| {
        let ApprovalRuleSet { usual, kinds, .. } = ApprovalRuleSet::beginning();
        let price_plan_changes = version > 1;
        let changed = ApprovalRulesEvent::ApprovalRulesChanged { version, usual, kinds, price_plan_changes };
        ApprovalsEvent::Rules(changed)
    });
    let events = rules.into_iter().chain((0..6).flat_map(asked)).chain(delegated());
    events.map(|event| (event.stream(), BookEvent::Approvals(event))).collect()
}

fn actor(name: &str) -> Actor {
    name.parse().unwrap()
}

fn asked(number: u32) -> Vec<ApprovalsEvent> {
    let approval: ApprovalId = format!("period_reopening.2026-0{}.1", number + 1).parse().unwrap();
    let by_key = number.is_multiple_of(2);
    let key =
        || Requester::of_key(actor("key:erp"), actor("user:li"), (number > 2).then(|| actor("user:anna")));
    let requested = ApprovalEvent::ApprovalRequested {
        approval: approval.clone(),
        customer: by_key.then(|| "C00001".parse().unwrap()),
        amounts: if by_key { vec![money("6000.00")] } else { Vec::new() },
        why: (number > 2).then(|| "迟到的发票 \\ a late invoice".parse().unwrap()),
        requested_by: if by_key { key() } else { actor("user:li").into() },
        approvers: 1 + number % 2,
        rules_version: 2,
        expires_at: "2026-03-09T01:00:00.123456Z".parse().unwrap(),
    };
    let given = |by: &str, on_behalf_of: Option<&str>| ApprovalEvent::ApprovalGiven {
        approval: approval.clone(),
        given_by: actor(by),
        on_behalf_of: on_behalf_of.map(actor),
        reason: on_behalf_of.map(|_| "seen".parse().unwrap()),
    };
    let reason = || "no".parse().unwrap();
    let then = match number {
        0 => vec![given("user:wang", None)],
        1 => vec![given("user:wang", Some("user:zhao")), given("user:qian", None)],
        2 => vec![ApprovalEvent::ApprovalRejected {
            approval: approval.clone(),
            rejected_by: actor("user:wang"),
            on_behalf_of: Some(actor("user:zhao")),
            reason: reason(),
        }],
        3 => vec![given("user:wang", None), ApprovalEvent::ApprovalExpired { approval: approval.clone() }],
        4 => vec![ApprovalEvent::ApprovalClosed {
            approval: approval.clone(),
            closed_by: actor("user:li"),
            reason: Some(reason()),
        }],
        _ => vec![
            given("user:wang", Some("user:zhao")),
            ApprovalEvent::ApprovalLapsed {
                approval: approval.clone(),
                given_by: actor("user:wang"),
                on_behalf_of: Some(actor("user:zhao")),
            },
        ],
    };
    std::iter::once(requested).chain(then).map(ApprovalsEvent::Approval).collect()
}

fn delegated() -> Vec<ApprovalsEvent> {
    let made = |number: u32| ApprovalDelegationsEvent::ApprovalsDelegated {
        delegation: DelegationId::new(&actor("user:zhao"), number),
        delegate: actor("user:wang"),
        from: day("2026-01-02"),
        until: day("2026-01-09"),
        reason: "leave".parse().unwrap(),
    };
    let ended = ApprovalDelegationsEvent::ApprovalDelegationEnded {
        delegation: DelegationId::new(&actor("user:zhao"), 1),
        delegate: actor("user:wang"),
    };
    [made(1), ended, made(2)].map(ApprovalsEvent::Delegations).into()
}
