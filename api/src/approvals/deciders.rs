//! Who may decide which approvals, for himself or in another's place.

use tallybook_domain::Actor;
use tallybook_domain::approvals::ApprovalKind;
use tallybook_read_models::approvals::{Eyes, delegators_of};

use crate::access::{AccessError, Action, Caller, Role, find_user};
use crate::problem::{Problem, ProblemKind};
use crate::state::ApiState;

/// What decides an approval of this kind.
pub(super) fn decides(kind: ApprovalKind) -> Action {
    match kind {
        ApprovalKind::Withdrawal => Action::ApproveWithdrawals,
        ApprovalKind::Refund | ApprovalKind::OrderRefund => Action::ApproveRefunds,
        ApprovalKind::WriteOff | ApprovalKind::CreditNote => Action::ApproveWriteOffs,
        ApprovalKind::BadDebt => Action::ApproveBadDebts,
        ApprovalKind::PeriodReopening => Action::ApproveReopenings,
        ApprovalKind::PricePlanVersion | ApprovalKind::PricePlanChange => Action::ApprovePricePlans,
    }
}

/// Goes on only if the caller may decide this kind, or the one in whose place he decides may. That there is a delegation,
/// the domain says.
pub(super) async fn check_may_decide(
    state: &ApiState,
    caller: &Caller,
    kind: ApprovalKind,
    on_behalf_of: Option<&Actor>,
) -> Result<(), Problem> {
    let action = decides(kind);
    let Some(delegator) = on_behalf_of else { return caller.may(action) };
    if role_of(state, delegator).await?.is_some_and(|role| role.may(action)) {
        return Ok(());
    }
    let detail = format!("{delegator} may not {}, so nobody may in that place.", action.as_str());
    Err(Problem::new(ProblemKind::Forbidden, detail).with("on_behalf_of", delegator))
}

/// What the caller could decide now.
pub(super) async fn eyes(state: &ApiState, caller: &Caller) -> Result<Eyes, Problem> {
    let (person, book) = (caller.actor().clone(), state.book());
    let mut delegators = Vec::new();
    if caller.may(Action::DecideApprovals).is_ok() {
        for delegator in delegators_of(book.pool(), &person, book.today()).await? {
            if role_of(state, &delegator).await?.is_some_and(decides_all) {
                delegators.push(delegator);
            }
        }
    }
    let alone = ApprovalKind::ALL.into_iter().all(|kind| caller.may(decides(kind)).is_ok());
    Ok(Eyes { person, alone, delegators, now: book.now() })
}

/// Every kind is decided by the same roles.
fn decides_all(role: Role) -> bool {
    ApprovalKind::ALL.into_iter().all(|kind| role.may(decides(kind)))
}

/// `None` of who is no user, or may not sign in any more.
pub(super) async fn role_of(state: &ApiState, actor: &Actor) -> Result<Option<Role>, Problem> {
    let Some(name) = actor.as_str().strip_prefix("user:") else { return Ok(None) };
    match find_user(state.book().pool(), name).await {
        Ok(user) => Ok((!user.disabled).then_some(user.role)),
        Err(AccessError::UserNotFound { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_decided_by_the_same_roles_and_by_people() {
        for kind in ApprovalKind::ALL {
            assert!(decides(kind).takes_a_person());
            for role in Role::ALL {
                assert_eq!(role.may(decides(kind)), decides_all(role), "{kind}");
            }
        }
    }
}
