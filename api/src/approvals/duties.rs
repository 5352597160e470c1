//! Who could have done both sides: asked for something, and approved it.
//!
//! From the users and API keys as they are now, for roles are not kept as they were; delegations as they were.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use tallybook_domain::Actor;
use tallybook_domain::approvals::{ApprovalKind, Given};
use tallybook_read_models::approvals::{ApprovalDelegationRow, ApprovalRow};
use utoipa::ToSchema;

use super::deciders::decides;
use crate::access::{Action, ApiKey, User};

/// What one person asked for and others decided, and who could have done both.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Duties {
    #[serde(flatten)]
    pub(super) approval: ApprovalRow,
    /// By name. Nobody has done both for one approval: that is impossible.
    pub(super) could_do_both: Vec<BothSides>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct BothSides {
    #[schema(example = "user:li")]
    pub(super) person: String,
    pub(super) because: Vec<Because>,
    /// Whether he asked for this one, or made or holds the API key that did.
    pub(super) asked: bool,
    /// Whether he approved or rejected this one, or somebody in his place.
    pub(super) decided: bool,
}

/// How somebody has both sides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Because {
    /// His role asks and approves.
    Role,
    /// He made or holds an API key that asks, or that has asked, and approves himself.
    ApiKey,
    /// He asks himself, and approves in another's place.
    Delegation,
    /// He made the user who asked or one of those who decided: he knew the first password.
    MadeUser,
}

impl Because {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Role => "role",
            Self::ApiKey => "api_key",
            Self::Delegation => "delegation",
            Self::MadeUser => "made_user",
        }
    }
}

/// When something was decided, and on which day of the book's.
pub(super) type Decided = (DateTime<Utc>, NaiveDate);

/// Everybody and every key of the book, and every delegation of the time.
#[derive(Debug)]
pub(super) struct People {
    pub(super) users: Vec<User>,
    pub(super) keys: Vec<ApiKey>,
    pub(super) delegations: Vec<ApprovalDelegationRow>,
}

impl People {
    pub(super) fn duties(&self, approval: ApprovalRow, decided_on: Option<Decided>) -> Duties {
        let mut found: BTreeMap<String, Vec<Because>> = BTreeMap::new();
        for user in &self.users {
            let person = format!("user:{}", user.name);
            let because = self.because(&approval, user, &person, decided_on);
            if !because.is_empty() {
                found.insert(person, because);
            }
        }
        let could_do_both = found
            .into_iter()
            .map(|(person, because)| BothSides {
                asked: asked(&approval, &person),
                decided: decided(&approval, &person),
                person,
                because,
            })
            .collect();
        Duties { approval, could_do_both }
    }

    fn because(
        &self,
        approval: &ApprovalRow,
        user: &User,
        person: &str,
        decided_on: Option<Decided>,
    ) -> Vec<Because> {
        let (asks, approves) = (asks(approval.kind), decides(approval.kind));
        let may = |action| !user.disabled && user.role.may(action);
        let stands_in = decided_on.is_some_and(|decided| self.stands_in(person, decided, approves));
        let decides = may(approves) || stands_in;
        let mut because = Vec::new();
        if may(asks) && may(approves) {
            because.push(Because::Role);
        }
        if decides && self.has_key(person, approval, asks) {
            because.push(Because::ApiKey);
        }
        if may(asks) && stands_in {
            because.push(Because::Delegation);
        }
        if self.made(person, approval) {
            because.push(Because::MadeUser);
        }
        because
    }

    fn stands_in(&self, person: &str, (at, day): Decided, approves: Action) -> bool {
        let own = self.delegations.iter().filter(|known| known.delegate.as_str() == person);
        let mut then = own.filter(|known| {
            let ended = known.ended_at.is_some_and(|ended| ended <= at);
            (known.from..=known.until).contains(&day) && !ended
        });
        then.any(|known| self.role_approves(&known.delegator, approves))
    }

    fn role_approves(&self, person: &Actor, approves: Action) -> bool {
        let mut users = self.users.iter();
        users.any(|user| format!("user:{}", user.name) == person.as_str() && user.role.may(approves))
    }

    /// One that was good when this was asked for.
    fn has_key(&self, person: &str, approval: &ApprovalRow, asks: Action) -> bool {
        let at = approval.created.at;
        self.keys.iter().any(|key| {
            let good = key.created_at <= at && key.revoked_at.is_none_or(|revoked| revoked > at);
            let his = key.created_by == person || key.held_by.as_deref() == Some(person);
            his && good && key.role.may(asks)
        })
    }

    fn made(&self, person: &str, approval: &ApprovalRow) -> bool {
        let mut made = self.users.iter().filter(|user| user.created_by == person);
        made.any(|user| {
            let user = format!("user:{}", user.name);
            user != person && (asked(approval, &user) || decided(approval, &user))
        })
    }
}

/// What it takes to ask for this.
fn asks(kind: ApprovalKind) -> Action {
    match kind {
        ApprovalKind::Withdrawal => Action::RequestWithdrawals,
        ApprovalKind::Refund => Action::ManageReceipts,
        ApprovalKind::WriteOff => Action::WriteOff,
        ApprovalKind::CreditNote | ApprovalKind::BadDebt => Action::ManageBills,
        ApprovalKind::PeriodReopening => Action::ClosePeriods,
        ApprovalKind::OrderRefund => Action::ManageOrders,
        ApprovalKind::PricePlanVersion => Action::ManagePricePlans,
        ApprovalKind::PricePlanChange => Action::ManageCustomers,
    }
}

fn asked(approval: &ApprovalRow, person: &str) -> bool {
    let behind = [&approval.key_made_by, &approval.key_held_by].into_iter().flatten();
    std::iter::once(&approval.requested_by).chain(behind).any(|asked| asked.as_str() == person)
}

fn decided(approval: &ApprovalRow, person: &str) -> bool {
    let ended = [&approval.ended_by, &approval.ended_on_behalf_of].into_iter().flatten();
    let mut people = approval.given.iter().flat_map(|given| Given::people(&given.given)).chain(ended);
    people.any(|actor| actor.as_str() == person)
}
