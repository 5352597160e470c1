//! Every kind of problem there is, with its address, status and title.
//!
//! The addresses are promises: one is never renamed or given another meaning. `docs/problems.md` explains each.

use axum::http::StatusCode;
use utoipa::ToSchema;

/// The `type` of a problem, without its `/problems/`.
// Each has its row in SPECS, in the same place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ToSchema)]
#[schema(rename_all = "kebab-case")]
pub enum ProblemKind {
    // The request itself.
    MalformedJson,
    Validation,
    UnknownRoute,
    MethodNotAllowed,
    NotAcceptable,
    BodyTooLarge,
    UnsupportedMediaType,
    BodyTooSlow,
    IdempotencyKeyReused,
    // Who asks.
    NotSignedIn,
    SignInFailed,
    RefreshRefused,
    Forbidden,
    PersonNeeded,
    TooManyAttempts,
    WrongPassword,
    // Users and keys.
    UserNotFound,
    UserExists,
    LastAdmin,
    ApiKeyNotFound,
    ApiKeyNameTaken,
    // Customers.
    CustomerNotFound,
    CustomerAlreadyRegistered,
    CustomerNameTaken,
    CustomerCodeTaken,
    CustomerSuspended,
    CustomerWithAnotherManager,
    CustomerStillOpen,
    CustomerClosed,
    PersonalDataErased,
    PersonalDataLocked,
    // Money.
    AmountNotPositive,
    AmountOutOfRange,
    CurrencyMismatch,
    EffectiveDateOutOfRange,
    ReferenceTaken,
    InsufficientFunds,
    // Deposits.
    DepositNotFound,
    ReversalWouldOverdraw,
    // Withdrawals.
    WithdrawalNotFound,
    WithdrawalAlreadyRequested,
    WithdrawalNotInState,
    SelfApproval,
    FundsAlreadyHeld,
    HoldNotFound,
    // Accounting periods.
    PeriodClosed,
    PeriodNotOver,
    PeriodNotClosed,
    ReopeningNotRequested,
    ReopeningUnderWay,
    // Billing.
    BillNumbersExhausted,
    // Usage.
    UsageDiffers,
    UsageNotRecorded,
    UsageSumOutOfRange,
    UsageBilledAlready,
    UsageNotBilled,
    NothingLate,
    LaterBillStands,
    PricePlanNotFound,
    PricePlanExists,
    PlanVersionNotLater,
    NoPricePlan,
    PricePlanNotBegun,
    MonthBilled,
    PlanChangeTooLongAgo,
    BillNotFound,
    BillAlreadyDrafted,
    BillNotInState,
    BillPartlySettled,
    AboveOpenAmount,
    BillLineNotFound,
    AboveBillLine,
    NoteLinesNeeded,
    BillInDispute,
    BillNotInDispute,
    BadDebtUnderWay,
    BadDebtNotRequested,
    BillRunNotUnderWay,
    // Reading.
    AccountNotFound,
    AggregateNotFound,
    EventNotFound,
    SealNotFound,
    ProblemNotFound,
    ProjectionBehind,
    ProjectionStopped,
    ViewNotFound,
    ViewOutdated,
    // Rebuilding.
    ProjectionNotFound,
    RebuildNotFound,
    RebuildUnderWay,
    // Ourselves.
    Busy,
    Unavailable,
    OutcomeUnknown,
    Internal,
}

impl ProblemKind {
    pub const ALL: [Self; 94] = [
        Self::MalformedJson,
        Self::Validation,
        Self::UnknownRoute,
        Self::MethodNotAllowed,
        Self::NotAcceptable,
        Self::BodyTooLarge,
        Self::UnsupportedMediaType,
        Self::BodyTooSlow,
        Self::IdempotencyKeyReused,
        Self::NotSignedIn,
        Self::SignInFailed,
        Self::RefreshRefused,
        Self::Forbidden,
        Self::PersonNeeded,
        Self::TooManyAttempts,
        Self::WrongPassword,
        Self::UserNotFound,
        Self::UserExists,
        Self::LastAdmin,
        Self::ApiKeyNotFound,
        Self::ApiKeyNameTaken,
        Self::CustomerNotFound,
        Self::CustomerAlreadyRegistered,
        Self::CustomerNameTaken,
        Self::CustomerCodeTaken,
        Self::CustomerSuspended,
        Self::CustomerWithAnotherManager,
        Self::CustomerStillOpen,
        Self::CustomerClosed,
        Self::PersonalDataErased,
        Self::PersonalDataLocked,
        Self::AmountNotPositive,
        Self::AmountOutOfRange,
        Self::CurrencyMismatch,
        Self::EffectiveDateOutOfRange,
        Self::ReferenceTaken,
        Self::InsufficientFunds,
        Self::DepositNotFound,
        Self::ReversalWouldOverdraw,
        Self::WithdrawalNotFound,
        Self::WithdrawalAlreadyRequested,
        Self::WithdrawalNotInState,
        Self::SelfApproval,
        Self::FundsAlreadyHeld,
        Self::HoldNotFound,
        Self::PeriodClosed,
        Self::PeriodNotOver,
        Self::PeriodNotClosed,
        Self::ReopeningNotRequested,
        Self::ReopeningUnderWay,
        Self::BillNumbersExhausted,
        Self::UsageDiffers,
        Self::UsageNotRecorded,
        Self::UsageSumOutOfRange,
        Self::UsageBilledAlready,
        Self::UsageNotBilled,
        Self::NothingLate,
        Self::LaterBillStands,
        Self::PricePlanNotFound,
        Self::PricePlanExists,
        Self::PlanVersionNotLater,
        Self::NoPricePlan,
        Self::PricePlanNotBegun,
        Self::MonthBilled,
        Self::PlanChangeTooLongAgo,
        Self::BillNotFound,
        Self::BillAlreadyDrafted,
        Self::BillNotInState,
        Self::BillPartlySettled,
        Self::AboveOpenAmount,
        Self::BillLineNotFound,
        Self::AboveBillLine,
        Self::NoteLinesNeeded,
        Self::BillInDispute,
        Self::BillNotInDispute,
        Self::BadDebtUnderWay,
        Self::BadDebtNotRequested,
        Self::BillRunNotUnderWay,
        Self::AccountNotFound,
        Self::AggregateNotFound,
        Self::EventNotFound,
        Self::SealNotFound,
        Self::ProblemNotFound,
        Self::ProjectionBehind,
        Self::ProjectionStopped,
        Self::ViewNotFound,
        Self::ViewOutdated,
        Self::ProjectionNotFound,
        Self::RebuildNotFound,
        Self::RebuildUnderWay,
        Self::Busy,
        Self::Unavailable,
        Self::OutcomeUnknown,
        Self::Internal,
    ];

    /// The last part of its address.
    pub fn slug(self) -> &'static str {
        let (_, slug, _) = SPECS[self as usize];
        slug
    }

    pub fn status(self) -> StatusCode {
        let (status, _, _) = SPECS[self as usize];
        status
    }

    pub fn title(self) -> &'static str {
        let (_, _, title) = SPECS[self as usize];
        title
    }
}

use StatusCode as S;

/// Status, address and title of each kind, in the order of the kinds.
///
/// 404 not found, 409 a conflict of state, 422 refused by a rule, 429 too many, 503 try again.
const SPECS: [(StatusCode, &str, &str); ProblemKind::ALL.len()] = [
    // The request itself.
    (S::BAD_REQUEST, "malformed-json", "The body is not JSON"),
    (S::UNPROCESSABLE_ENTITY, "validation", "The request has invalid values"),
    (S::NOT_FOUND, "unknown-route", "There is nothing at this address"),
    (S::METHOD_NOT_ALLOWED, "method-not-allowed", "The address does not take this method"),
    (S::NOT_ACCEPTABLE, "not-acceptable", "No offered format is accepted"),
    (S::PAYLOAD_TOO_LARGE, "body-too-large", "The body is too large"),
    (S::UNSUPPORTED_MEDIA_TYPE, "unsupported-media-type", "The body must be application/json"),
    (S::REQUEST_TIMEOUT, "body-too-slow", "The body did not arrive in time"),
    (S::UNPROCESSABLE_ENTITY, "idempotency-key-reused", "The idempotency key was used for another request"),
    // Who asks.
    (S::UNAUTHORIZED, "not-signed-in", "A valid token is needed"),
    (S::UNAUTHORIZED, "sign-in-failed", "The user name or password is wrong"),
    (S::UNAUTHORIZED, "refresh-refused", "The refresh token is not valid"),
    (S::FORBIDDEN, "forbidden", "The role does not allow this"),
    (S::FORBIDDEN, "person-needed", "Only a signed-in person may do this"),
    (S::TOO_MANY_REQUESTS, "too-many-attempts", "Too many failed sign-ins; wait and try again"),
    (S::UNPROCESSABLE_ENTITY, "wrong-password", "The current password is wrong"),
    // Users and keys.
    (S::NOT_FOUND, "user-not-found", "There is no such user"),
    (S::CONFLICT, "user-exists", "There is a user of this name already"),
    (S::CONFLICT, "last-admin", "The last administrator must stay one"),
    (S::NOT_FOUND, "api-key-not-found", "There is no such API key"),
    (S::CONFLICT, "api-key-name-taken", "There is, or was, an API key of this name"),
    // Customers.
    (S::NOT_FOUND, "customer-not-found", "There is no such customer"),
    (S::CONFLICT, "customer-already-registered", "The customer is registered already"),
    (S::CONFLICT, "customer-name-taken", "Another customer has this name already"),
    (S::CONFLICT, "customer-code-taken", "Another customer has this code already"),
    (S::UNPROCESSABLE_ENTITY, "customer-suspended", "The customer is suspended: no money goes out"),
    (S::CONFLICT, "customer-with-another-manager", "The customer is with another account manager"),
    (S::CONFLICT, "customer-still-open", "Something of the customer is still open"),
    (S::UNPROCESSABLE_ENTITY, "customer-closed", "The customer is closed for ever"),
    (S::UNPROCESSABLE_ENTITY, "personal-data-erased", "The customer's personal data was erased"),
    (S::UNPROCESSABLE_ENTITY, "personal-data-locked", "This server has no key for personal data"),
    // Money.
    (S::UNPROCESSABLE_ENTITY, "amount-not-positive", "The amount must be more than zero"),
    (S::UNPROCESSABLE_ENTITY, "amount-out-of-range", "The amount or the sum is out of range"),
    (S::UNPROCESSABLE_ENTITY, "currency-mismatch", "The currency is another than expected"),
    (S::UNPROCESSABLE_ENTITY, "effective-date-out-of-range", "The business date is too early or too late"),
    (S::CONFLICT, "reference-taken", "The reference has been used already"),
    (S::UNPROCESSABLE_ENTITY, "insufficient-funds", "More is asked for than is available"),
    // Deposits.
    (S::NOT_FOUND, "deposit-not-found", "There is no such deposit"),
    (S::UNPROCESSABLE_ENTITY, "reversal-would-overdraw", "The money of the deposit is spent or held already"),
    // Withdrawals.
    (S::NOT_FOUND, "withdrawal-not-found", "There is no such withdrawal"),
    (S::CONFLICT, "withdrawal-already-requested", "The withdrawal is requested already"),
    (S::CONFLICT, "withdrawal-not-in-state", "The withdrawal is not in a state that allows this step"),
    (S::FORBIDDEN, "self-approval", "Who asked for something cannot approve it"),
    (S::CONFLICT, "funds-already-held", "Money is held for the withdrawal already"),
    (S::CONFLICT, "hold-not-found", "No money is held for the withdrawal"),
    // Accounting periods.
    (S::UNPROCESSABLE_ENTITY, "period-closed", "The accounting period is closed"),
    (S::UNPROCESSABLE_ENTITY, "period-not-over", "The accounting period is not over yet"),
    (S::CONFLICT, "period-not-closed", "The accounting period is not closed"),
    (S::CONFLICT, "reopening-not-requested", "Nobody has asked to reopen the accounting period"),
    (S::CONFLICT, "reopening-under-way", "Somebody has asked to reopen the accounting period already"),
    // Billing.
    (S::CONFLICT, "bill-numbers-exhausted", "The year has no bill numbers left"),
    // Usage.
    (S::CONFLICT, "usage-differs", "Another quantity is recorded under this reference"),
    (S::NOT_FOUND, "usage-not-recorded", "There is no such usage to correct"),
    (S::UNPROCESSABLE_ENTITY, "usage-sum-out-of-range", "The month's sum of the meter is out of range"),
    (S::CONFLICT, "usage-billed-already", "The usage is billed already"),
    (S::CONFLICT, "usage-not-billed", "The usage is not billed yet"),
    (S::CONFLICT, "nothing-late", "There is no usage that is not billed"),
    (S::CONFLICT, "later-bill-stands", "A later bill counts what came after this one"),
    (S::NOT_FOUND, "price-plan-not-found", "There is no such price plan"),
    (S::CONFLICT, "price-plan-exists", "There is a price plan of this code already"),
    (S::UNPROCESSABLE_ENTITY, "plan-version-not-later", "A version has to begin after the one before it"),
    (S::UNPROCESSABLE_ENTITY, "no-price-plan", "The customer has no price plan that could end"),
    (S::UNPROCESSABLE_ENTITY, "price-plan-not-begun", "The price plan begins later"),
    (S::CONFLICT, "month-billed", "The month is billed already"),
    (S::UNPROCESSABLE_ENTITY, "plan-change-too-long-ago", "A price plan cannot change so long ago"),
    (S::NOT_FOUND, "bill-not-found", "There is no such bill"),
    (S::CONFLICT, "bill-already-drafted", "The bill exists already"),
    (S::CONFLICT, "bill-not-in-state", "The bill is not in a state that allows this step"),
    (S::CONFLICT, "bill-partly-settled", "Something of the bill is settled already"),
    (S::UNPROCESSABLE_ENTITY, "above-open-amount", "More than is left of the bill"),
    (S::UNPROCESSABLE_ENTITY, "bill-line-not-found", "The bill has no such line"),
    (S::UNPROCESSABLE_ENTITY, "above-bill-line", "More than is left of the line"),
    (S::UNPROCESSABLE_ENTITY, "note-lines-needed", "A debit note needs lines"),
    (S::CONFLICT, "bill-in-dispute", "The bill is in dispute already"),
    (S::CONFLICT, "bill-not-in-dispute", "The bill is not in dispute"),
    (S::CONFLICT, "bad-debt-under-way", "Somebody has asked to write off the bill already"),
    (S::CONFLICT, "bad-debt-not-requested", "Nobody has asked to write off the bill"),
    (S::CONFLICT, "bill-run-not-under-way", "The bill run has not been started"),
    // Reading.
    (S::NOT_FOUND, "account-not-found", "There is no such ledger account"),
    (S::NOT_FOUND, "aggregate-not-found", "No event is about this"),
    (S::NOT_FOUND, "event-not-found", "There is no event at this position yet"),
    (S::NOT_FOUND, "seal-not-found", "There is no seal of this many events"),
    (S::NOT_FOUND, "problem-not-found", "There is no such problem type"),
    (S::SERVICE_UNAVAILABLE, "projection-behind", "The read model has not come that far yet"),
    (S::SERVICE_UNAVAILABLE, "projection-stopped", "The read model has stopped at an error"),
    (S::NOT_FOUND, "view-not-found", "There is no such view"),
    (S::CONFLICT, "view-outdated", "The view was made by another version of the program"),
    // Rebuilding.
    (S::NOT_FOUND, "projection-not-found", "There is no such projection"),
    (S::NOT_FOUND, "rebuild-not-found", "There is no such rebuild"),
    (S::CONFLICT, "rebuild-under-way", "The projection is being rebuilt already"),
    // Ourselves.
    (S::SERVICE_UNAVAILABLE, "busy", "Too much is waiting; try again"),
    (S::SERVICE_UNAVAILABLE, "unavailable", "The database does not answer"),
    (S::SERVICE_UNAVAILABLE, "outcome-unknown", "It is not known whether the command was recorded"),
    (S::INTERNAL_SERVER_ERROR, "internal", "Something went wrong on our side"),
];

const _: () = assert!(SPECS.len() == ProblemKind::Internal as usize + 1, "a kind without its row");
