//! Asking for a credit note that is bound to no bill.

use axum::extract::State;
use axum::response::Response;
use chrono::NaiveDate;
use tallybook_commands::settlement::{self as commands, ProposeCredit};
use tallybook_domain::settlement::CreditNoteId;
use tallybook_domain::text::Reason;
use tallybook_domain::{CustomerId, Money};
use tallybook_read_models::schema;
use utoipa::ToSchema;
use uuid::Uuid;

use super::schema::CreditNoteOutcome;
use crate::access::{Action, Caller};
use crate::answer::created;
use crate::problem::Problem;
use crate::request::{BodyReader, CommandInput, ReadBody, date, money, text};
use crate::state::ApiState;

/// What a customer is to be owed.
#[derive(Debug, ToSchema)]
pub(super) struct ProposeCreditBody {
    #[schema(value_type = String, example = "C00042")]
    customer: CustomerId,
    /// Without tax.
    #[schema(value_type = schema::Money)]
    subtotal: Money,
    /// Up to the subtotal; none, if left out.
    #[schema(value_type = Option<schema::Money>)]
    tax: Option<Money>,
    #[schema(value_type = String, min_length = 1, max_length = 500)]
    reason: Reason,
    /// Today, if left out.
    effective_date: Option<NaiveDate>,
}

impl ReadBody for ProposeCreditBody {
    fn read(body: &mut BodyReader<'_, '_>) -> Option<Self> {
        let customer = body.required("customer", text);
        let subtotal = body.required("subtotal", money);
        let tax = body.optional("tax", money);
        let reason = body.required("reason", text);
        let effective_date = body.optional("effective_date", date);
        Some(Self { customer: customer?, subtotal: subtotal?, tax, reason: reason?, effective_date })
    }
}

/// Ask for a credit note
///
/// Bound to no bill: a write-off says which bills it pays. It waits until somebody else approves, and posts from 6601 and
/// 2221 to 2203 then: it takes back no revenue, which is that of a bill's lines. A note on one bill is issued there.
#[utoipa::path(post, path = "/v1/credit-notes", tag = "write-offs", request_body = ProposeCreditBody,
    responses((status = 201, body = CreditNoteOutcome)))]
pub(super) async fn propose_credit(
    State(state): State<ApiState>,
    caller: Caller,
    input: CommandInput,
) -> Result<Response, Problem> {
    caller.may(Action::ManageBills)?;
    let (context, body) = input.command(&caller)?;
    let ProposeCreditBody { customer, subtotal, tax, reason, effective_date } = body;
    let tax = tax.unwrap_or(Money::zero(subtotal.currency()));
    let propose = ProposeCredit { customer, subtotal, tax, reason, effective_date };
    created(&commands::propose_credit(state.book(), context, new_credit_note_id(), propose).await?)
}

#[expect(clippy::disallowed_methods, reason = "credit notes get their id at this edge")]
fn new_credit_note_id() -> CreditNoteId {
    CreditNoteId::from_uuid(Uuid::now_v7())
}
