//! The steps of a refund: approved or rejected by somebody else, given to the channel, confirmed.

use axum::extract::State;
use axum::response::Response;
use chrono::NaiveDate;
use tallybook_commands::orders::{
    self as commands, ApproveOrderRefund, FailOrderRefund, RejectOrderRefund, SubmitOrderRefund,
    SucceedOrderRefund,
};
use tallybook_domain::text::Reason;
use utoipa::ToSchema;

use super::payment_schema::OrderRefundOutcome;
use crate::access::Action;
use crate::answer::done;
use crate::problem::{Problem, ProblemKind};
use crate::request::{BodyReader, ChangeInput, NoBody, ReadBody, date, text};
use crate::state::ApiState;

/// Why the money does not go back.
#[derive(Debug, ToSchema)]
pub(super) struct RefundEndBody {
    #[schema(value_type = String, min_length = 1, max_length = 500)]
    reason: Reason,
}

impl ReadBody for RefundEndBody {
    fn read(body: &mut BodyReader<'_, '_>) -> Option<Self> {
        Some(Self { reason: body.required("reason", text)? })
    }
}

/// Approve a refund of an order
///
/// Once as many have approved as it takes, what goes back to the wallet is there at once; what goes back through a channel
/// has to be submitted. Whoever asked for it cannot approve it, nor can an API key; while the customer is suspended, nothing
/// goes back through a channel.
#[utoipa::path(post, path = "/v1/refunds/{id}/approve", tag = "refunds",
    params(("id" = String, Path, description = "The refund's id")),
    responses((status = 200, body = OrderRefundOutcome)))]
pub(super) async fn approve_order_refund(
    State(state): State<ApiState>,
    input: ChangeInput,
) -> Result<Response, Problem> {
    let (context, refund, NoBody) = input.read(Action::ApproveRefunds, ProblemKind::OrderRefundNotFound)?;
    done(&commands::approve_order_refund(state.book(), context, ApproveOrderRefund { refund }).await?)
}

/// Reject a refund of an order
///
/// The money can be asked back again. Whoever asked for it takes it back this way. An API key cannot reject.
#[utoipa::path(post, path = "/v1/refunds/{id}/reject", tag = "refunds", request_body = RefundEndBody,
    params(("id" = String, Path, description = "The refund's id")),
    responses((status = 200, body = OrderRefundOutcome)))]
pub(super) async fn reject_order_refund(
    State(state): State<ApiState>,
    input: ChangeInput,
) -> Result<Response, Problem> {
    let (context, refund, RefundEndBody { reason }) =
        input.read(Action::ApproveRefunds, ProblemKind::OrderRefundNotFound)?;
    let reject = RejectOrderRefund { refund, reason };
    done(&commands::reject_order_refund(state.book(), context, reject).await?)
}

/// Submit a refund of an order
///
/// It is given to the channel under the `number` of the answer; nothing has moved yet. Refused while the customer is
/// suspended. A refund of excess money that failed can be submitted again, under another number.
#[utoipa::path(post, path = "/v1/refunds/{id}/submit", tag = "refunds",
    params(("id" = String, Path, description = "The refund's id")),
    responses((status = 200, body = OrderRefundOutcome)))]
pub(super) async fn submit_order_refund(
    State(state): State<ApiState>,
    input: ChangeInput,
) -> Result<Response, Problem> {
    let (context, refund, NoBody) = input.read(Action::SettlePayments, ProblemKind::OrderRefundNotFound)?;
    done(&commands::submit_order_refund(state.book(), context, SubmitOrderRefund { refund }).await?)
}

/// The day on which the money went back.
#[derive(Debug, ToSchema)]
pub(super) struct SucceedRefundBody {
    /// Today, if left out, or the day of the step before, if that is later. Never before that day.
    effective_date: Option<NaiveDate>,
}

impl ReadBody for SucceedRefundBody {
    fn read(body: &mut BodyReader<'_, '_>) -> Option<Self> {
        Some(Self { effective_date: body.optional("effective_date", date) })
    }
}

/// Record that a refund of an order has arrived
///
/// As the channel's notification would: Dr 2205, or 2241.04 of excess money, Cr 1012. Also of one that was abnormal, once
/// a person has seen to it at the channel.
#[utoipa::path(post, path = "/v1/refunds/{id}/succeed", tag = "refunds",
    request_body = Option<SucceedRefundBody>,
    params(("id" = String, Path, description = "The refund's id")),
    responses((status = 200, body = OrderRefundOutcome)))]
pub(super) async fn succeed_order_refund(
    State(state): State<ApiState>,
    input: ChangeInput,
) -> Result<Response, Problem> {
    let (context, refund, SucceedRefundBody { effective_date }) =
        input.read(Action::SettlePayments, ProblemKind::OrderRefundNotFound)?;
    let succeed = SucceedOrderRefund { refund, effective_date };
    done(&commands::succeed_order_refund(state.book(), context, succeed).await?)
}

/// Record that a refund of an order failed
///
/// The channel has not paid it back, or it is given up before it was submitted: the money can be asked back again.
#[utoipa::path(post, path = "/v1/refunds/{id}/fail", tag = "refunds", request_body = RefundEndBody,
    params(("id" = String, Path, description = "The refund's id")),
    responses((status = 200, body = OrderRefundOutcome)))]
pub(super) async fn fail_order_refund(
    State(state): State<ApiState>,
    input: ChangeInput,
) -> Result<Response, Problem> {
    let (context, refund, RefundEndBody { reason }) =
        input.read(Action::SettlePayments, ProblemKind::OrderRefundNotFound)?;
    done(&commands::fail_order_refund(state.book(), context, FailOrderRefund { refund, reason }).await?)
}
