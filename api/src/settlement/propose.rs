//! What one receipt may pay.

use axum::extract::State;
use axum::response::Response;
use serde::Serialize;
use tallybook_domain::settlement::ReceiptId;
use tallybook_domain::settlement::matching::GivenUp;
use tallybook_domain::{Money, MoneyError};
use tallybook_read_models::settlement::{
    MatchingBook, MatchingScope, find_receipt, matching_book, matching_projections,
};
use tallybook_read_models::{Answer, schema};
use utoipa::ToSchema;

use crate::access::{Action, Caller};
use crate::answer::{answer, not_found};
use crate::matching::{ProposalView, views};
use crate::problem::{Problem, ProblemKind};
use crate::request::{PathId, ReadInput};
use crate::state::ApiState;

/// What a receipt may pay, the surest first. Each stands for itself: they may take the same money.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ReceiptProposals {
    /// What is free of the receipt, apart from what waits for an approver.
    #[schema(value_type = schema::Money)]
    free: Money,
    proposals: Vec<ProposalView>,
    /// Searches that have not tried everything, in words.
    given_up: Vec<String>,
}

/// See what a receipt may pay
///
/// Open bills the rules of matching find for what is free of it, each with a score and its reasons in words. Nothing is
/// recorded: to accept one, write its legs off.
#[utoipa::path(get, path = "/v1/receipts/{id}/proposals", tag = "write-offs",
    params(("id" = String, Path, example = "RP3XP6RJ5HNHZQAV0")),
    responses((status = 200, body = Answer<ReceiptProposals>)))]
pub(super) async fn propose(
    State(state): State<ApiState>,
    caller: Caller,
    path: PathId,
    input: ReadInput,
) -> Result<Response, Problem> {
    caller.may(Action::ReadModels)?;
    let receipt: ReceiptId = path.parse(ProblemKind::ReceiptNotFound)?;
    let mut query = input.query();
    let view = query.view();
    let fresh = input.finish(query)?;
    let pool = state.reading(&matching_projections(), view.as_ref(), fresh).await?;
    let known = find_receipt(&pool, &receipt).await?;
    let Some(row) = known.data else {
        return Err(not_found(ProblemKind::ReceiptNotFound, &receipt, known.position));
    };
    // For money of nobody, all open bills and payers are in memory as long.
    let by_person = row.customer.is_some() && row.identified_by.is_none();
    let place = if by_person { None } else { Some(state.search().await) };
    let read = matching_book(&pool, &MatchingScope::Receipt(receipt)).await?;
    let (book, zero) = (read.data, Money::zero(row.amount.currency()));
    let searched = tokio::task::spawn_blocking(move || search(book, zero)).await;
    drop(place);
    let data = searched.map_err(Problem::internal)?.map_err(Problem::internal)?;
    answer(&Answer { data, position: read.position })
}

fn search(book: MatchingBook, zero: Money) -> Result<ReceiptProposals, MoneyError> {
    let (matcher, receipts) = book.matcher()?;
    let Some(receipt) = receipts.first() else {
        return Ok(ReceiptProposals { free: zero, proposals: Vec::new(), given_up: Vec::new() });
    };
    let found = matcher.proposals(receipt)?;
    Ok(ReceiptProposals {
        free: receipt.free,
        proposals: views(&found.proposals, &matcher.rules),
        given_up: found.given_up.iter().map(GivenUp::to_string).collect(),
    })
}
