//! A bill as a document: a page to print or to send as a PDF.

mod lines;
mod page;
#[cfg(test)]
mod tests;

use axum::extract::State;
use axum::response::Response;
use tallybook_domain::billing::BillId;
use tallybook_read_models::Projection;
use tallybook_read_models::billing::{BillOnDay, Bills, find_bill as find};
use tallybook_read_models::customers::Customers;

use self::page::Document;
use crate::access::{Action, Caller};
use crate::answer::{POSITION, not_found};
use crate::print::{POLICY, Party, page};
use crate::problem::{Problem, ProblemKind};
use crate::request::{Freshness, PathId, ReadInput};
use crate::state::ApiState;

/// Print a bill
///
/// A page in Chinese and English with everything on it: lines with the tiers they used, tax, notes, the total in
/// words. The seller is what the settings `seller_*` say. A draft and a voided bill are plainly marked.
#[utoipa::path(get, path = "/v1/bills/{id}/document", tag = "bills",
    params(("id" = String, Path, example = "C00042.2026-10")),
    responses((status = 200, body = String, content_type = "text/html")))]
pub(super) async fn show_bill_document(
    State(state): State<ApiState>,
    caller: Caller,
    path: PathId,
    input: ReadInput,
) -> Result<Response, Problem> {
    caller.may(Action::ReadModels)?;
    let id: BillId = path.parse(ProblemKind::BillNotFound)?;
    let mut query = input.query();
    let view = query.view();
    let fresh = input.finish(query)?;
    let pool = state.reading(&[Bills::NAME], view.as_ref(), fresh).await?;
    let found = find(&pool, &id, state.book().today()).await?;
    let Some(BillOnDay { bill, .. }) = found.data else {
        return Err(not_found(ProblemKind::BillNotFound, &id, found.position));
    };
    // Whoever has a bill was registered before: the other read model may only be behind.
    let known = view.is_none().then(|| Freshness::at_least(bill.created.position, fresh));
    let pool = state.reading(&[Customers::NAME], view.as_ref(), known).await?;
    let customer = Party::find(&pool, &bill.customer).await?;
    let (seller, position) = (&state.settings().seller, found.position);
    let html = Document { bill: &bill, seller, customer, position }.html().map_err(Problem::internal)?;
    let mut response = page(html, POLICY);
    response.headers_mut().insert(POSITION, position.into());
    Ok(response)
}
