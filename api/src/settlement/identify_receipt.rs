//! Saying whose money it is.

use axum::extract::State;
use axum::response::Response;
use chrono::NaiveDate;
use tallybook_commands::settlement::{self as commands, IdentifyReceipt};
use tallybook_domain::CustomerId;
use utoipa::ToSchema;

use super::schema::ReceiptOutcome;
use crate::access::Action;
use crate::answer::done;
use crate::problem::{Problem, ProblemKind};
use crate::request::{BodyReader, ChangeInput, ReadBody, date, text};
use crate::state::ApiState;

/// Whose it is.
#[derive(Debug, ToSchema)]
pub(super) struct IdentifyReceiptBody {
    #[schema(value_type = String, example = "C00042")]
    customer: CustomerId,
    /// From when on it is the customer's advance. Today, if left out.
    effective_date: Option<NaiveDate>,
}

impl ReadBody for IdentifyReceiptBody {
    fn read(body: &mut BodyReader<'_, '_>) -> Option<Self> {
        let customer = body.required("customer", text);
        let effective_date = body.optional("effective_date", date);
        Some(Self { customer: customer?, effective_date })
    }
}

/// Say whose receipt it is
///
/// Moves the money from 2241.03 to 2203. Saying the same again changes nothing; another customer is refused.
#[utoipa::path(post, path = "/v1/receipts/{id}/identify", tag = "receipts",
    request_body = IdentifyReceiptBody,
    params(("id" = String, Path, example = "RP3XP6RJ5HNHZQAV0")),
    responses((status = 200, body = ReceiptOutcome)))]
pub(super) async fn identify_receipt(
    State(state): State<ApiState>,
    input: ChangeInput,
) -> Result<Response, Problem> {
    let (context, receipt, IdentifyReceiptBody { customer, effective_date }) =
        input.read(Action::ManageReceipts, ProblemKind::ReceiptNotFound)?;
    let said = IdentifyReceipt { receipt, customer, effective_date };
    done(&commands::identify_receipt(state.book(), context, said).await?)
}
