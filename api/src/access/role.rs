//! The roles, and what each may do: one table, nowhere else.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a user or an API key is in the book.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Users, API keys and settings, rebuilding read tables; reads everything. Moves no money: whoever hands out roles does not pay.
    Admin,
    /// All money commands, and customers.
    Finance,
    /// Approves or rejects what another asked for.
    Approver,
    /// Customers, with their personal fields, and the entry of deposits and usage. Sees no events and no account numbers.
    Operator,
    /// Reads everything, changes nothing.
    Auditor,
    /// The read models only: neither events nor users.
    Dashboard,
}

/// Something a request wants to do. A route of the book asks for one of them before it reads or changes anything;
/// showing a withdrawal asks for a second, which decides how much of its destination is shown. One's own session and
/// password ask for none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    ManageUsers,
    ReadUsers,
    ManageCustomers,
    ManagePricePlans,
    /// Approve or reject changes of price plans that wait; never by an API key.
    ApprovePricePlans,
    /// Say by which rules receipts are matched with bills, and from which score on by themselves.
    ManageMatchingRules,
    RecordDeposits,
    ReverseDeposits,
    RecordUsage,
    /// Run bills; void, credit, debit and contest them, and ask to write them off.
    ManageBills,
    /// Close months, and ask for one to be opened again.
    ClosePeriods,
    /// Approve or reject that a month is opened again; never by an API key, nor by who asked for it.
    ApproveReopenings,
    /// Approve or reject what somebody asked to write off; never by an API key.
    ApproveBadDebts,
    RequestWithdrawals,
    /// Approve or reject; never by an API key. That nobody approves what he asked for himself is a rule of the domain.
    ApproveWithdrawals,
    /// Claim and resolve alerts about withdrawals; never by an API key. That nobody judges what he asked for himself is a
    /// rule of the domain.
    ReviewRisks,
    /// Freeze wallets, and unfreeze them.
    FreezeWallets,
    /// Whoever asked for the money must not be the one who lets it go.
    UnfreezeWallets,
    /// Say by which rules withdrawals are judged.
    ManageRiskRules,
    /// Cancel, submit, succeed, fail, return.
    SettleWithdrawals,
    /// Enter money that came in.
    RecordReceipts,
    /// Say whose a receipt is, reverse it, move what is left of it to the wallet, or ask to pay it back.
    ManageReceipts,
    /// Approve or reject that money of a receipt or an order is paid back; never by an API key.
    ApproveRefunds,
    /// Write off, within the limits of the role, and undo it.
    WriteOff,
    /// Send customers statements, or take them back; see the link that a customer answers by.
    IssueStatements,
    /// Approve or reject a write-off that waits; never by an API key. That nobody approves his own is a rule of the domain.
    ApproveWriteOffs,
    /// Place, ship, receive and cancel orders; begin payments of them and give them up; ask for refunds.
    ManageOrders,
    /// Have a customer's wallet pay an order.
    PayOrders,
    /// Say what a channel says of a payment or a refund, and what was found where something stands out.
    SettlePayments,
    /// Decide approvals at all: those of one's own role, or in another's place; never by an API key.
    DecideApprovals,
    /// Let another approve in one's place; never by an API key.
    DelegateApprovals,
    /// Say how many people it takes to approve what.
    ManageApprovalRules,
    ReadModels,
    /// The destinations of withdrawals in full.
    SeeAccountNumbers,
    /// Events, which hold account numbers in full.
    ReadJournal,
    /// The personal fields of customers in full: for those who have to phone or to pay. Every showing is recorded.
    SeePersonalData,
    /// Who was shown whose personal fields.
    ReadPersonalShowings,
    /// Destroy what is known of a person, for ever.
    ErasePersonalData,
    ReadProjections,
    /// Let a stopped projection try again.
    ResumeProjections,
    /// Have read tables made anew, or stop that.
    RebuildProjections,
}

impl Role {
    pub const ALL: [Self; 6] =
        [Self::Admin, Self::Finance, Self::Approver, Self::Operator, Self::Auditor, Self::Dashboard];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Finance => "finance",
            Self::Approver => "approver",
            Self::Operator => "operator",
            Self::Auditor => "auditor",
            Self::Dashboard => "dashboard",
        }
    }

    pub fn may(self, action: Action) -> bool {
        action.roles().contains(&self)
    }
}

impl Action {
    /// Whether only a signed-in person may, whatever a key's role: two pairs of eyes are two people, and whose
    /// hands a key is in nobody can say for sure.
    pub fn takes_a_person(self) -> bool {
        matches!(
            self,
            Self::ManageUsers
                | Self::ApproveWithdrawals
                | Self::ReviewRisks
                | Self::UnfreezeWallets
                | Self::ApproveReopenings
                | Self::ApproveBadDebts
                | Self::ApprovePricePlans
                | Self::ApproveRefunds
                | Self::ApproveWriteOffs
                | Self::DecideApprovals
                | Self::DelegateApprovals
        )
    }

    /// Who may.
    pub fn roles(self) -> &'static [Role] {
        use Role::{Admin, Approver, Auditor, Dashboard, Finance, Operator};
        match self {
            Self::ManageUsers
            | Self::ResumeProjections
            | Self::RebuildProjections
            | Self::ManageRiskRules
            | Self::ManageApprovalRules
            | Self::ErasePersonalData => &[Admin],
            Self::ReadUsers | Self::ReadPersonalShowings => &[Admin, Auditor],
            Self::ManageCustomers | Self::SeePersonalData => &[Finance, Operator],
            Self::RecordDeposits | Self::RecordUsage | Self::RecordReceipts | Self::ManageOrders => {
                &[Finance, Operator]
            }
            Self::ManagePricePlans | Self::ManageMatchingRules => &[Finance],
            Self::ManageBills | Self::ClosePeriods => &[Finance],
            Self::ReverseDeposits | Self::PayOrders | Self::SettlePayments => &[Finance],
            Self::RequestWithdrawals => &[Finance],
            Self::ApproveWithdrawals
            | Self::ReviewRisks
            | Self::FreezeWallets
            | Self::ApproveReopenings
            | Self::ApproveBadDebts
            | Self::ApprovePricePlans
            | Self::ApproveRefunds
            | Self::ApproveWriteOffs
            | Self::DelegateApprovals => &[Finance, Approver],
            Self::DecideApprovals => &[Finance, Approver, Operator],
            Self::UnfreezeWallets => &[Approver],
            Self::SettleWithdrawals | Self::ManageReceipts | Self::WriteOff | Self::IssueStatements => {
                &[Finance]
            }
            Self::ReadModels => &[Admin, Finance, Approver, Operator, Auditor, Dashboard],
            Self::SeeAccountNumbers | Self::ReadJournal => &[Admin, Finance, Approver, Auditor],
            Self::ReadProjections => &[Admin, Finance, Approver, Operator, Auditor],
        }
    }

    /// What it is called in a refusal.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ManageUsers => "manage users and API keys",
            Self::ReadUsers => "see users and API keys",
            Self::ManageCustomers => "manage customers",
            Self::ManagePricePlans => "manage price plans",
            Self::ApprovePricePlans => "approve or reject changes of price plans",
            Self::ManageMatchingRules => "manage the rules of matching",
            Self::RecordDeposits => "record deposits",
            Self::ReverseDeposits => "reverse deposits",
            Self::RecordUsage => "record usage",
            Self::ManageBills => "manage bills",
            Self::ClosePeriods => "close accounting periods, or ask to reopen them",
            Self::ApproveReopenings => "approve or reject that an accounting period is reopened",
            Self::ApproveBadDebts => "approve or reject write-offs",
            Self::RequestWithdrawals => "request withdrawals",
            Self::ApproveWithdrawals => "approve or reject withdrawals",
            Self::ReviewRisks => "look at the risk of withdrawals",
            Self::FreezeWallets => "freeze wallets",
            Self::UnfreezeWallets => "unfreeze wallets",
            Self::ManageRiskRules => "manage the rules of risk",
            Self::SettleWithdrawals => "cancel, submit or settle withdrawals",
            Self::RecordReceipts => "record receipts",
            Self::ManageReceipts => "identify or reverse receipts, or give back what is left of them",
            Self::ApproveRefunds => "approve or reject refunds",
            Self::WriteOff => "write off, or undo write-offs",
            Self::IssueStatements => "issue or withdraw statements",
            Self::ApproveWriteOffs => "approve or reject write-offs that wait",
            Self::ManageOrders => "place, ship, receive, cancel or refund orders, or begin payments of them",
            Self::PayOrders => "have wallets pay orders",
            Self::SettlePayments => "confirm payments and refunds through channels",
            Self::DecideApprovals => "decide approvals",
            Self::DelegateApprovals => "delegate approvals",
            Self::ManageApprovalRules => "manage the rules of approval",
            Self::ReadModels => "read the book",
            Self::SeeAccountNumbers => "see account numbers in full",
            Self::ReadJournal => "read events",
            Self::SeePersonalData => "see personal fields in full",
            Self::ReadPersonalShowings => "see who was shown personal fields",
            Self::ErasePersonalData => "erase personal data",
            Self::ReadProjections => "see the state of the projections",
            Self::ResumeProjections => "resume projections",
            Self::RebuildProjections => "rebuild projections",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A word that names no role.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("must be admin, finance, approver, operator, auditor or dashboard")]
pub struct UnknownRole;

impl FromStr for Role {
    type Err = UnknownRole;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|role| role.as_str() == text).ok_or(UnknownRole)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EVERY_ACTION: [Action; 41] = [
        Action::ManageUsers,
        Action::ReadUsers,
        Action::ManageCustomers,
        Action::ManagePricePlans,
        Action::ApprovePricePlans,
        Action::ManageMatchingRules,
        Action::RecordDeposits,
        Action::ReverseDeposits,
        Action::RecordUsage,
        Action::ManageBills,
        Action::ClosePeriods,
        Action::ApproveReopenings,
        Action::ApproveBadDebts,
        Action::RequestWithdrawals,
        Action::ApproveWithdrawals,
        Action::ReviewRisks,
        Action::FreezeWallets,
        Action::UnfreezeWallets,
        Action::ManageRiskRules,
        Action::SettleWithdrawals,
        Action::RecordReceipts,
        Action::ManageReceipts,
        Action::ApproveRefunds,
        Action::WriteOff,
        Action::IssueStatements,
        Action::ApproveWriteOffs,
        Action::ManageOrders,
        Action::PayOrders,
        Action::SettlePayments,
        Action::DecideApprovals,
        Action::DelegateApprovals,
        Action::ManageApprovalRules,
        Action::ReadModels,
        Action::SeeAccountNumbers,
        Action::ReadJournal,
        Action::SeePersonalData,
        Action::ReadPersonalShowings,
        Action::ErasePersonalData,
        Action::ReadProjections,
        Action::ResumeProjections,
        Action::RebuildProjections,
    ];

    fn allowed(role: Role) -> Vec<Action> {
        EVERY_ACTION.into_iter().filter(|action| role.may(*action)).collect()
    }

    #[test]
    fn the_matrix_is_as_documented() {
        use Action as A;
        assert_eq!(
            allowed(Role::Admin),
            [
                A::ManageUsers,
                A::ReadUsers,
                A::ManageRiskRules,
                A::ManageApprovalRules,
                A::ReadModels,
                A::SeeAccountNumbers,
                A::ReadJournal,
                A::ReadPersonalShowings,
                A::ErasePersonalData,
                A::ReadProjections,
                A::ResumeProjections,
                A::RebuildProjections
            ]
        );
        assert_eq!(
            allowed(Role::Auditor),
            [
                A::ReadUsers,
                A::ReadModels,
                A::SeeAccountNumbers,
                A::ReadJournal,
                A::ReadPersonalShowings,
                A::ReadProjections
            ]
        );
        assert_eq!(allowed(Role::Dashboard), [A::ReadModels]);
        assert_eq!(
            allowed(Role::Operator),
            [
                A::ManageCustomers,
                A::RecordDeposits,
                A::RecordUsage,
                A::RecordReceipts,
                A::ManageOrders,
                A::DecideApprovals,
                A::ReadModels,
                A::SeePersonalData,
                A::ReadProjections
            ]
        );
        assert_eq!(
            allowed(Role::Approver),
            [
                A::ApprovePricePlans,
                A::ApproveReopenings,
                A::ApproveBadDebts,
                A::ApproveWithdrawals,
                A::ReviewRisks,
                A::FreezeWallets,
                A::UnfreezeWallets,
                A::ApproveRefunds,
                A::ApproveWriteOffs,
                A::DecideApprovals,
                A::DelegateApprovals,
                A::ReadModels,
                A::SeeAccountNumbers,
                A::ReadJournal,
                A::ReadProjections
            ]
        );
        assert_eq!(
            allowed(Role::Finance),
            [
                A::ManageCustomers,
                A::ManagePricePlans,
                A::ApprovePricePlans,
                A::ManageMatchingRules,
                A::RecordDeposits,
                A::ReverseDeposits,
                A::RecordUsage,
                A::ManageBills,
                A::ClosePeriods,
                A::ApproveReopenings,
                A::ApproveBadDebts,
                A::RequestWithdrawals,
                A::ApproveWithdrawals,
                A::ReviewRisks,
                A::FreezeWallets,
                A::SettleWithdrawals,
                A::RecordReceipts,
                A::ManageReceipts,
                A::ApproveRefunds,
                A::WriteOff,
                A::IssueStatements,
                A::ApproveWriteOffs,
                A::ManageOrders,
                A::PayOrders,
                A::SettlePayments,
                A::DecideApprovals,
                A::DelegateApprovals,
                A::ReadModels,
                A::SeeAccountNumbers,
                A::ReadJournal,
                A::SeePersonalData,
                A::ReadProjections
            ]
        );
    }

    #[test]
    fn a_role_has_one_spelling_everywhere() {
        for role in Role::ALL {
            assert_eq!(role.as_str().parse(), Ok(role));
            assert_eq!(serde_json::to_value(role).unwrap(), role.as_str());
        }
        assert_eq!("root".parse::<Role>(), Err(UnknownRole));
    }
}
