//! Reversing a receipt.

use axum::extract::State;
use axum::response::Response;
use chrono::NaiveDate;
use tallybook_commands::settlement::{self as commands, ReverseReceipt};
use tallybook_domain::text::Reason;
use utoipa::ToSchema;

use super::schema::ReversedReceipt;
use crate::access::Action;
use crate::answer::done;
use crate::problem::{Problem, ProblemKind};
use crate::request::{BodyReader, ChangeInput, ReadBody, date, number, text};
use crate::state::ApiState;

/// Why, and what goes with it.
#[derive(Debug, ToSchema)]
pub(super) struct ReverseReceiptBody {
    #[schema(value_type = String, min_length = 1, max_length = 500)]
    reason: Reason,
    /// Whether the write-offs it is in are undone with it, as a whole; `false`, if left out.
    #[schema(value_type = Option<bool>)]
    with_write_offs: bool,
    /// Which time it was recorded is meant, if it may have been recorded anew since; the last, if left out.
    #[schema(nullable = false, minimum = 1)]
    entry: Option<u32>,
    /// Today, if left out.
    effective_date: Option<NaiveDate>,
}

impl ReadBody for ReverseReceiptBody {
    fn read(body: &mut BodyReader<'_, '_>) -> Option<Self> {
        let reason = body.required("reason", text);
        let with_write_offs = body.optional("with_write_offs", |value| value.boolean()).unwrap_or(false);
        let entry = body.optional("entry", |value| number(value, 1..=u32::MAX));
        let effective_date = body.optional("effective_date", date);
        Some(Self { reason: reason?, with_write_offs, entry, effective_date })
    }
}

/// Reverse a receipt
///
/// Refused while something of it settles bills, unless `with_write_offs` undoes that in the same decision, and once
/// something of it went to the wallet or was paid back. Entered with `again` as it should have been, it is recorded anew.
#[utoipa::path(post, path = "/v1/receipts/{id}/reverse", tag = "receipts",
    request_body = ReverseReceiptBody,
    params(("id" = String, Path, example = "RP3XP6RJ5HNHZQAV0")),
    responses((status = 200, body = ReversedReceipt)))]
pub(super) async fn reverse_receipt(
    State(state): State<ApiState>,
    input: ChangeInput,
) -> Result<Response, Problem> {
    let (context, receipt, ReverseReceiptBody { reason, with_write_offs, entry, effective_date }) =
        input.read(Action::ManageReceipts, ProblemKind::ReceiptNotFound)?;
    let reverse = ReverseReceipt { receipt, entry, reason, with_write_offs, effective_date };
    done(&commands::reverse_receipt(state.book(), context, reverse).await?)
}
