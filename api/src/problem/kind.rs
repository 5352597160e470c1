//! Every kind of problem there is, with its address, status and title.
//!
//! The addresses are promises: one is never renamed or given another meaning. `docs/problems.md` explains each.

use axum::http::StatusCode;
use utoipa::ToSchema;

/// The `type` of a problem, without its `/problems/`.
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
    CustomerSuspended,
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
    // Reading.
    AccountNotFound,
    EventNotFound,
    ProblemNotFound,
    ProjectionBehind,
    ProjectionStopped,
    // Ourselves.
    Busy,
    Unavailable,
    OutcomeUnknown,
    Internal,
}

impl ProblemKind {
    pub const ALL: [Self; 48] = [
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
        Self::CustomerSuspended,
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
        Self::AccountNotFound,
        Self::EventNotFound,
        Self::ProblemNotFound,
        Self::ProjectionBehind,
        Self::ProjectionStopped,
        Self::Busy,
        Self::Unavailable,
        Self::OutcomeUnknown,
        Self::Internal,
    ];

    pub fn slug(self) -> &'static str {
        self.spec().0
    }

    pub fn status(self) -> StatusCode {
        self.spec().1
    }

    pub fn title(self) -> &'static str {
        self.spec().2
    }

    /// 404 not found, 409 a conflict of state, 422 refused by a rule, 429 too many, 503 try again.
    fn spec(self) -> (&'static str, StatusCode, &'static str) {
        use StatusCode as S;
        match self {
            Self::MalformedJson => ("malformed-json", S::BAD_REQUEST, "The body is not JSON"),
            Self::Validation => ("validation", S::UNPROCESSABLE_ENTITY, "The request has invalid values"),
            Self::UnknownRoute => ("unknown-route", S::NOT_FOUND, "There is nothing at this address"),
            Self::MethodNotAllowed => {
                ("method-not-allowed", S::METHOD_NOT_ALLOWED, "The address does not take this method")
            }
            Self::NotAcceptable => ("not-acceptable", S::NOT_ACCEPTABLE, "No offered format is accepted"),
            Self::BodyTooLarge => ("body-too-large", S::PAYLOAD_TOO_LARGE, "The body is too large"),
            Self::UnsupportedMediaType => {
                ("unsupported-media-type", S::UNSUPPORTED_MEDIA_TYPE, "The body must be application/json")
            }
            Self::BodyTooSlow => ("body-too-slow", S::REQUEST_TIMEOUT, "The body did not arrive in time"),
            Self::IdempotencyKeyReused => (
                "idempotency-key-reused",
                S::UNPROCESSABLE_ENTITY,
                "The idempotency key was used for another request",
            ),
            Self::NotSignedIn => ("not-signed-in", S::UNAUTHORIZED, "A valid token is needed"),
            Self::SignInFailed => ("sign-in-failed", S::UNAUTHORIZED, "The user name or password is wrong"),
            Self::RefreshRefused => ("refresh-refused", S::UNAUTHORIZED, "The refresh token is not valid"),
            Self::Forbidden => ("forbidden", S::FORBIDDEN, "The role does not allow this"),
            Self::PersonNeeded => ("person-needed", S::FORBIDDEN, "Only a signed-in person may do this"),
            Self::TooManyAttempts => {
                ("too-many-attempts", S::TOO_MANY_REQUESTS, "Too many failed sign-ins; wait and try again")
            }
            Self::WrongPassword => {
                ("wrong-password", S::UNPROCESSABLE_ENTITY, "The current password is wrong")
            }
            Self::UserNotFound => ("user-not-found", S::NOT_FOUND, "There is no such user"),
            Self::UserExists => ("user-exists", S::CONFLICT, "There is a user of this name already"),
            Self::LastAdmin => ("last-admin", S::CONFLICT, "The last administrator must stay one"),
            Self::ApiKeyNotFound => ("api-key-not-found", S::NOT_FOUND, "There is no such API key"),
            Self::ApiKeyNameTaken => {
                ("api-key-name-taken", S::CONFLICT, "There is, or was, an API key of this name")
            }
            Self::CustomerNotFound => ("customer-not-found", S::NOT_FOUND, "There is no such customer"),
            Self::CustomerAlreadyRegistered => {
                ("customer-already-registered", S::CONFLICT, "The customer is registered already")
            }
            Self::CustomerNameTaken => {
                ("customer-name-taken", S::CONFLICT, "Another customer has this name already")
            }
            Self::CustomerSuspended => (
                "customer-suspended",
                S::UNPROCESSABLE_ENTITY,
                "The customer is suspended: no money goes out",
            ),
            Self::AmountNotPositive => {
                ("amount-not-positive", S::UNPROCESSABLE_ENTITY, "The amount must be more than zero")
            }
            Self::AmountOutOfRange => {
                ("amount-out-of-range", S::UNPROCESSABLE_ENTITY, "The amount or the sum is out of range")
            }
            Self::CurrencyMismatch => {
                ("currency-mismatch", S::UNPROCESSABLE_ENTITY, "The currency is another than expected")
            }
            Self::EffectiveDateOutOfRange => (
                "effective-date-out-of-range",
                S::UNPROCESSABLE_ENTITY,
                "The business date is too early or too late",
            ),
            Self::ReferenceTaken => ("reference-taken", S::CONFLICT, "The reference has been used already"),
            Self::InsufficientFunds => {
                ("insufficient-funds", S::UNPROCESSABLE_ENTITY, "More is asked for than is available")
            }
            Self::DepositNotFound => ("deposit-not-found", S::NOT_FOUND, "There is no such deposit"),
            Self::ReversalWouldOverdraw => (
                "reversal-would-overdraw",
                S::UNPROCESSABLE_ENTITY,
                "The money of the deposit is spent or held already",
            ),
            Self::WithdrawalNotFound => ("withdrawal-not-found", S::NOT_FOUND, "There is no such withdrawal"),
            Self::WithdrawalAlreadyRequested => {
                ("withdrawal-already-requested", S::CONFLICT, "The withdrawal is requested already")
            }
            Self::WithdrawalNotInState => (
                "withdrawal-not-in-state",
                S::CONFLICT,
                "The withdrawal is not in a state that allows this step",
            ),
            Self::SelfApproval => {
                ("self-approval", S::FORBIDDEN, "Who asked for a withdrawal cannot approve it")
            }
            Self::FundsAlreadyHeld => {
                ("funds-already-held", S::CONFLICT, "Money is held for the withdrawal already")
            }
            Self::HoldNotFound => ("hold-not-found", S::CONFLICT, "No money is held for the withdrawal"),
            Self::AccountNotFound => ("account-not-found", S::NOT_FOUND, "There is no such ledger account"),
            Self::EventNotFound => {
                ("event-not-found", S::NOT_FOUND, "There is no event at this position yet")
            }
            Self::ProblemNotFound => ("problem-not-found", S::NOT_FOUND, "There is no such problem type"),
            Self::ProjectionBehind => {
                ("projection-behind", S::SERVICE_UNAVAILABLE, "The read model has not come that far yet")
            }
            Self::ProjectionStopped => {
                ("projection-stopped", S::SERVICE_UNAVAILABLE, "The read model has stopped at an error")
            }
            Self::Busy => ("busy", S::SERVICE_UNAVAILABLE, "Too much is waiting; try again"),
            Self::Unavailable => ("unavailable", S::SERVICE_UNAVAILABLE, "The database does not answer"),
            Self::OutcomeUnknown => (
                "outcome-unknown",
                S::SERVICE_UNAVAILABLE,
                "It is not known whether the command was recorded",
            ),
            Self::Internal => ("internal", S::INTERNAL_SERVER_ERROR, "Something went wrong on our side"),
        }
    }
}
