//! A credit note.

use axum::extract::State;
use axum::response::Response;
use chrono::NaiveDate;
use tallybook_commands::billing::{self as commands, CreditBill};
use tallybook_domain::billing::bill::NoteLines;
use tallybook_domain::text::Reason;
use utoipa::ToSchema;

use super::bill_schema::NoteOutcome;
use super::note_body::{NoteLineBody, whole_or_lines};
use crate::access::Action;
use crate::answer::created;
use crate::problem::{Problem, ProblemKind};
use crate::request::{BodyReader, ChangeInput, ReadBody, date, text};
use crate::state::ApiState;

/// What the customer owes less, and why: either `whole` or `lines`.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "describes in OpenAPI what CreditNote reads")]
pub(super) struct CreditNoteBody {
    /// Everything that is left of the bill, what a wallet paid included. False, if left out.
    whole: Option<bool>,
    #[schema(min_items = 1, max_items = 1000)]
    lines: Option<Vec<NoteLineBody>>,
    #[schema(min_length = 1, max_length = 500)]
    reason: String,
    /// Not before the bill's issue. Today, or the day of issue if that is later, if left out.
    effective_date: Option<NaiveDate>,
}

struct CreditNote {
    lines: NoteLines,
    reason: Reason,
    effective_date: Option<NaiveDate>,
}

impl ReadBody for CreditNote {
    fn read(body: &mut BodyReader<'_, '_>) -> Option<Self> {
        let lines = whole_or_lines(body);
        let reason = body.required("reason", text);
        let effective_date = body.optional("effective_date", date);
        Some(Self { lines: lines?, reason: reason?, effective_date })
    }
}

/// Credit a bill
///
/// As a whole, or by line; never more than is left of the bill, nor of any of its lines. What the customer's wallet
/// paid counts as left: what is credited of it goes back to the wallet, `returned` says how much. The revenue and the
/// tax are taken back on the effective date, which has to lie in an open period.
#[utoipa::path(post, path = "/v1/bills/{id}/credit-notes", tag = "bills", request_body = CreditNoteBody,
    params(("id" = String, Path, example = "C00042.2026-10")),
    responses((status = 201, body = NoteOutcome)))]
pub(super) async fn credit_bill(
    State(state): State<ApiState>,
    input: ChangeInput,
) -> Result<Response, Problem> {
    let (context, bill, CreditNote { lines, reason, effective_date }) =
        input.read(Action::ManageBills, ProblemKind::BillNotFound)?;
    let credit = CreditBill { bill, lines, reason, effective_date };
    let receipt = commands::credit_bill(state.book(), context, credit).await?;
    created(&receipt)
}
