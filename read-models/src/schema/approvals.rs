//! How approvals and their rules look in OpenAPI. Described here only; never made or read.

use utoipa::ToSchema;

use super::Money;

/// What takes a second person.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum ApprovalKind {
    Withdrawal,
    /// What is left of a receipt is paid back.
    Refund,
    /// The differences of a write-off are above their maker's limit.
    WriteOff,
    CreditNote,
    BadDebt,
    PeriodReopening,
    /// Money of an order goes back where it came from.
    OrderRefund,
    /// A price plan says something else from a day on.
    PricePlanVersion,
    /// A customer is billed by another price plan from a day on, or by none.
    PricePlanChange,
}

#[derive(Debug, ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum ApprovalState {
    /// It waits for somebody, or for one more.
    Open,
    /// As many as it takes have agreed.
    Approved,
    Rejected,
    /// Nobody decided in time.
    Expired,
    /// It is not wanted any more.
    Closed,
}

/// Who has agreed, and in whose place.
#[derive(Debug, ToSchema)]
#[schema(as = Given)]
pub struct Given {
    #[schema(example = "user:wang")]
    pub by: String,
    /// Whose delegate.
    #[schema(nullable = false, example = "user:zhao")]
    pub on_behalf_of: Option<String>,
}

/// How many people have to approve, and within which time.
#[derive(Debug, ToSchema)]
#[schema(as = ApprovalTerms)]
pub struct ApprovalTerms {
    /// In each currency from the smallest amount up.
    pub ladder: Vec<LadderStep>,
    /// Approvers of an amount above every step of its currency, and of one in a currency that has none.
    #[schema(minimum = 1, maximum = 5)]
    pub above: u32,
    /// Approvers of what has no amount.
    #[schema(minimum = 1, maximum = 5)]
    pub without_amount: u32,
    /// From when it is asked for to when it can no longer be given.
    #[schema(minimum = 1, maximum = 8760)]
    pub expires_after_hours: u32,
}

/// Amounts up to this one, itself included, take so many approvers.
#[derive(Debug, ToSchema)]
#[schema(as = LadderStep)]
pub struct LadderStep {
    pub up_to: Money,
    #[schema(minimum = 1, maximum = 5)]
    pub approvers: u32,
}

/// Terms of a kind's own.
#[derive(Debug, ToSchema)]
#[schema(as = TermsOfKind)]
pub struct TermsOfKind {
    pub kind: ApprovalKind,
    pub terms: ApprovalTerms,
}
