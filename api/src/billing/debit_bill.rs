//! A debit note.

use axum::extract::State;
use axum::response::Response;
use chrono::NaiveDate;
use tallybook_commands::billing::{self as commands, DebitBill};
use tallybook_domain::billing::bill::NoteLines;
use tallybook_domain::text::Reason;
use utoipa::ToSchema;

use super::bill_schema::NoteOutcome;
use super::note_body::{NoteLineBody, lines};
use crate::access::Action;
use crate::answer::created;
use crate::problem::{Problem, ProblemKind};
use crate::request::{BodyReader, ChangeInput, ReadBody, date, text};
use crate::state::ApiState;

/// What the customer owes more, and why.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "describes in OpenAPI what DebitNote reads")]
pub(super) struct DebitNoteBody {
    #[schema(min_items = 1, max_items = 1000)]
    lines: Vec<NoteLineBody>,
    #[schema(min_length = 1, max_length = 500)]
    reason: String,
    /// Not before the bill's issue. Today, or the day of issue if that is later, if left out.
    effective_date: Option<NaiveDate>,
}

struct DebitNote {
    lines: NoteLines,
    reason: Reason,
    effective_date: Option<NaiveDate>,
}

impl ReadBody for DebitNote {
    fn read(body: &mut BodyReader<'_, '_>) -> Option<Self> {
        let lines = lines(body);
        let reason = body.required("reason", text);
        let effective_date = body.optional("effective_date", date);
        Some(Self { lines: lines?, reason: reason?, effective_date })
    }
}

/// Debit a bill
///
/// The customer owes more of some of its lines, and the tax on that, from the effective date on. The due date stays.
#[utoipa::path(post, path = "/v1/bills/{id}/debit-notes", tag = "bills", request_body = DebitNoteBody,
    params(("id" = String, Path, example = "C00042.2026-10")),
    responses((status = 201, body = NoteOutcome)))]
pub(super) async fn debit_bill(
    State(state): State<ApiState>,
    input: ChangeInput,
) -> Result<Response, Problem> {
    let (context, bill, DebitNote { lines, reason, effective_date }) =
        input.read(Action::ManageBills, ProblemKind::BillNotFound)?;
    let debit = DebitBill { bill, lines, reason, effective_date };
    let receipt = commands::debit_bill(state.book(), context, debit, state.settings().credit_policy).await?;
    created(&receipt)
}
