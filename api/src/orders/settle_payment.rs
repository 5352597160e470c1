//! What a person says of a payment: what the channel's own console shows, what the channel keeps, what was found.

use axum::extract::State;
use axum::response::Response;
use chrono::NaiveDate;
use tallybook_commands::orders::{
    self as commands, ChargePaymentFee, ClosePayment, ConfirmPayment, ResolvePayment,
};
use tallybook_domain::Money;
use tallybook_domain::channels::ChannelNumber;
use tallybook_domain::text::Reason;
use tallybook_read_models::schema;
use utoipa::ToSchema;

use super::payment_schema::PaymentOutcome;
use crate::access::Action;
use crate::answer::done;
use crate::problem::{Problem, ProblemKind};
use crate::request::{BodyReader, ChangeInput, ReadBody, date, money, text};
use crate::state::ApiState;

/// What has come.
#[derive(Debug, ToSchema)]
pub(super) struct ConfirmPaymentBody {
    /// The channel's number of it, exactly: by it a notification that comes after all is known.
    #[schema(value_type = String, min_length = 1, max_length = 128)]
    transaction: ChannelNumber,
    /// What came: the amount the order waits for.
    #[schema(value_type = schema::Money)]
    amount: Money,
    /// Today, if left out.
    effective_date: Option<NaiveDate>,
    /// What the channel has kept of it.
    #[schema(value_type = Option<schema::Money>)]
    fee: Option<Money>,
}

impl ReadBody for ConfirmPaymentBody {
    fn read(body: &mut BodyReader<'_, '_>) -> Option<Self> {
        let (transaction, amount) = (body.required("transaction", text), body.required("amount", money));
        let (effective_date, fee) = (body.optional("effective_date", date), body.optional("fee", money));
        Some(Self { transaction: transaction?, amount: amount?, effective_date, fee })
    }
}

/// Confirm a payment
///
/// As the channel's notification would, where that is lost, for the amount the order waits for. Any other money is
/// refused here: it takes the channel's own notification. A notification of the same number that comes after all changes nothing.
#[utoipa::path(post, path = "/v1/payments/{id}/confirm", tag = "payments", request_body = ConfirmPaymentBody,
    params(("id" = String, Path, description = "The payment's id")),
    responses((status = 200, body = PaymentOutcome)))]
pub(super) async fn confirm_payment(
    State(state): State<ApiState>,
    input: ChangeInput,
) -> Result<Response, Problem> {
    let (context, payment, ConfirmPaymentBody { transaction, amount, effective_date, fee }) =
        input.read(Action::SettlePayments, ProblemKind::PaymentNotFound)?;
    let confirm = ConfirmPayment { payment, transaction, amount, effective_date, fee };
    done(&commands::confirm_payment(state.book(), context, confirm).await?)
}

/// What the channel keeps.
#[derive(Debug, ToSchema)]
pub(super) struct PaymentFeeBody {
    #[schema(value_type = schema::Money)]
    amount: Money,
    /// Today, if left out, or the day the money came, if that is later. Never before that day.
    effective_date: Option<NaiveDate>,
}

impl ReadBody for PaymentFeeBody {
    fn read(body: &mut BodyReader<'_, '_>) -> Option<Self> {
        let (amount, effective_date) =
            (body.required("amount", money), body.optional("effective_date", date));
        Some(Self { amount: amount?, effective_date })
    }
}

/// Record the fee of a payment
///
/// Dr 6603, Cr 1012. Once for each payment.
#[utoipa::path(post, path = "/v1/payments/{id}/fee", tag = "payments", request_body = PaymentFeeBody,
    params(("id" = String, Path, description = "The payment's id")),
    responses((status = 200, body = PaymentOutcome)))]
pub(super) async fn charge_payment_fee(
    State(state): State<ApiState>,
    input: ChangeInput,
) -> Result<Response, Problem> {
    let (context, payment, PaymentFeeBody { amount, effective_date }) =
        input.read(Action::SettlePayments, ProblemKind::PaymentNotFound)?;
    let charge = ChargePaymentFee { payment, amount, effective_date };
    done(&commands::charge_payment_fee(state.book(), context, charge).await?)
}

/// Why it is given up.
#[derive(Debug, ToSchema)]
pub(super) struct ClosePaymentBody {
    #[schema(value_type = Option<String>, min_length = 1, max_length = 500)]
    reason: Option<Reason>,
}

impl ReadBody for ClosePaymentBody {
    fn read(body: &mut BodyReader<'_, '_>) -> Option<Self> {
        Some(Self { reason: body.optional("reason", text) })
    }
}

/// Close a payment
///
/// Close it at the channel first: what is paid all the same is booked as if it had not been closed.
#[utoipa::path(post, path = "/v1/payments/{id}/close", tag = "payments",
    request_body = Option<ClosePaymentBody>,
    params(("id" = String, Path, description = "The payment's id")),
    responses((status = 200, body = PaymentOutcome)))]
pub(super) async fn close_payment(
    State(state): State<ApiState>,
    input: ChangeInput,
) -> Result<Response, Problem> {
    let (context, payment, ClosePaymentBody { reason }) =
        input.read(Action::ManageOrders, ProblemKind::PaymentNotFound)?;
    done(&commands::close_payment(state.book(), context, ClosePayment { payment, reason }).await?)
}

/// What was found.
#[derive(Debug, ToSchema)]
pub(super) struct ResolvePaymentBody {
    #[schema(value_type = String, min_length = 1, max_length = 500)]
    reason: Reason,
}

impl ReadBody for ResolvePaymentBody {
    fn read(body: &mut BodyReader<'_, '_>) -> Option<Self> {
        Some(Self { reason: body.required("reason", text)? })
    }
}

/// Resolve what stands out of a payment
///
/// All of it: somebody has looked. No money moves; what has to go back goes back by its refund.
#[utoipa::path(post, path = "/v1/payments/{id}/resolve", tag = "payments", request_body = ResolvePaymentBody,
    params(("id" = String, Path, description = "The payment's id")),
    responses((status = 200, body = PaymentOutcome)))]
pub(super) async fn resolve_payment(
    State(state): State<ApiState>,
    input: ChangeInput,
) -> Result<Response, Problem> {
    let (context, payment, ResolvePaymentBody { reason }) =
        input.read(Action::SettlePayments, ProblemKind::PaymentNotFound)?;
    done(&commands::resolve_payment(state.book(), context, ResolvePayment { payment, reason }).await?)
}
