//! Beginning a payment of an order through a channel.

use axum::extract::State;
use axum::response::Response;
use tallybook_commands::orders::{self as commands, BeginPayment, PaymentTerms};
use tallybook_domain::channels::Channel;
use tallybook_domain::orders::PaymentReference;
use tallybook_read_models::schema;
use utoipa::ToSchema;
use uuid::Uuid;

use super::payment_schema::PaymentOutcome;
use crate::access::Action;
use crate::answer::created;
use crate::channels::not_set_up;
use crate::problem::{Problem, ProblemKind};
use crate::request::{BodyReader, ChangeInput, ReadBody, text};
use crate::state::ApiState;

/// Through which channel, and under which number of ours.
#[derive(Debug, ToSchema)]
pub(super) struct BeginPaymentBody {
    #[schema(value_type = schema::Channel)]
    channel: Channel,
    /// 6 to 32 letters, digits, `_` and `-`, once per channel; made, if left out.
    #[schema(value_type = Option<String>, min_length = 6, max_length = 32, nullable = false)]
    reference: Option<PaymentReference>,
}

impl ReadBody for BeginPaymentBody {
    fn read(body: &mut BodyReader<'_, '_>) -> Option<Self> {
        let (channel, reference) = (body.required("channel", text), body.optional("reference", text));
        Some(Self { channel: channel?, reference })
    }
}

/// Begin a payment of an order
///
/// Over all of it. The answer has what the channel is to be given: `reference` as our number (`out_trade_no`), the
/// merchant, the amount. An order may have several, through any channel; the first that is paid pays it. What the channel
/// has told of this number before is applied at once. A channel that is not set up answers 404.
#[utoipa::path(post, path = "/v1/orders/{id}/payments", tag = "payments", request_body = BeginPaymentBody,
    params(("id" = String, Path, description = "The order's id")),
    responses((status = 201, body = PaymentOutcome)))]
pub(super) async fn begin_payment(
    State(state): State<ApiState>,
    input: ChangeInput,
) -> Result<Response, Problem> {
    let (context, order, BeginPaymentBody { channel, reference }) =
        input.read(Action::ManageOrders, ProblemKind::OrderNotFound)?;
    let merchant = state.settings().channels.merchant(channel).ok_or_else(|| not_set_up(channel))?;
    let terms = PaymentTerms { merchant: merchant.clone(), made: new_reference() };
    let begin = BeginPayment { order, channel, reference };
    created(&commands::begin_payment(state.book(), context, begin, terms).await?)
}

#[expect(clippy::disallowed_methods, reason = "payments get their number at this edge")]
fn new_reference() -> PaymentReference {
    PaymentReference::from_uuid(Uuid::now_v7())
}
