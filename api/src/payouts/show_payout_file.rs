//! The file of a batch, for the bank.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderName, header};
use axum::response::{IntoResponse, Response};
use tallybook_domain::CustomerId;
use tallybook_domain::customers::PersonalField;
use tallybook_domain::payouts::PayoutBatchId;
use tallybook_read_models::Projection;
use tallybook_read_models::payouts::{PayoutRow, Payouts, payouts_of_batch};
use utoipa::IntoParams;

use super::file::FileFormat;
use crate::access::{Action, Caller, record_showings};
use crate::answer::not_found;
use crate::problem::{Problem, ProblemKind};
use crate::request::{Freshness, PathId, ReadInput, RequestContext};
use crate::state::ApiState;

/// How many of the batch's payouts are not in the file.
const LEFT_OUT: HeaderName = HeaderName::from_static("tallybook-left-out");

#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes in OpenAPI what the handler reads")]
pub(super) struct PayoutFileParameters {
    /// `csv`, or `pain001`: ISO 20022 pain.001.001.09.
    format: String,
}

/// Download the file of a payout batch
///
/// For the bank: with account numbers in full, and the same bytes each time, until one of its payouts fails or comes back: that
/// one is left out from then on, of the sums too, and the header `Tallybook-Left-Out` says how many are (`left_out` of the
/// batch, which). Whose accounts are in it is written down as a showing of personal fields, before it is sent.
#[utoipa::path(get, path = "/v1/payout-batches/{id}/file", tag = "payouts",
    params(("id" = String, Path, description = "The batch's id", example = "B01K7RA8ZAYFGXSMRSF9FMC3M05"),
        PayoutFileParameters),
    responses((status = 200, content((String = "text/csv"), (String = "application/xml")))))]
pub(super) async fn show_payout_file(
    State(state): State<ApiState>,
    context: Arc<RequestContext>,
    caller: Caller,
    path: PathId,
    input: ReadInput,
) -> Result<Response, Problem> {
    caller.may(Action::SeeAccountNumbers)?;
    let id: PayoutBatchId = path.parse(ProblemKind::PayoutBatchNotFound)?;
    let mut query = input.query();
    let format: Option<FileFormat> = query.required("format");
    let fresh = input.finish(query)?;
    // A failure that is recorded counts, also one of a moment ago; of a view, all that has failed since would be in it.
    let fresh = Freshness::at_least(state.last_position(None).await?, fresh);
    let pool = state.reading(&[Payouts::NAME], None, Some(fresh)).await?;
    let found = payouts_of_batch(&pool, &id).await?;
    let Some((batch, payouts)) = found.data else {
        return Err(not_found(ProblemKind::PayoutBatchNotFound, &id, found.position));
    };
    let format = format.ok_or_else(|| Problem::internal("a query was accepted without its format"))?;
    let (payouts, ended): (Vec<PayoutRow>, Vec<PayoutRow>) =
        payouts.into_iter().partition(|payout| payout.state.is_to_be_paid());
    if payouts.is_empty() {
        let detail = "Each payout of the batch has failed, or was paid and came back: the bank is to pay none of them.";
        return Err(Problem::new(ProblemKind::PayoutFileEmpty, detail).with("batch", &id));
    }
    let file = format.write(&batch, &payouts)?;
    let mut customers: Vec<CustomerId> = payouts.into_iter().map(|payout| payout.customer).collect();
    customers.sort_unstable();
    customers.dedup();
    let shown = customers.into_iter().map(|customer| (customer, vec![PersonalField::BankAccount])).collect();
    let book = state.book();
    record_showings(book.pool(), caller.actor(), &context.request_id, shown, book.now()).await?;
    let headers = [
        (header::CONTENT_TYPE, format.media_type().to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{id}.{}\"", format.extension())),
        (LEFT_OUT, ended.len().to_string()),
    ];
    Ok((headers, file).into_response())
}
