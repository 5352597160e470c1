//! Taking back a credit note.

use axum::extract::State;
use axum::response::Response;
use chrono::NaiveDate;
use tallybook_commands::settlement::{self as commands, ReverseCredit};
use tallybook_domain::text::Reason;
use utoipa::ToSchema;

use super::schema::CreditNoteOutcome;
use crate::access::Action;
use crate::answer::done;
use crate::problem::{Problem, ProblemKind};
use crate::request::{BodyReader, ChangeInput, ReadBody, date, text};
use crate::state::ApiState;

/// Why, and when.
#[derive(Debug, ToSchema)]
pub(super) struct ReverseCreditBody {
    #[schema(value_type = String, min_length = 1, max_length = 500)]
    reason: Reason,
    /// In an open period. Today, if left out.
    effective_date: Option<NaiveDate>,
}

impl ReadBody for ReverseCreditBody {
    fn read(body: &mut BodyReader<'_, '_>) -> Option<Self> {
        let reason = body.required("reason", text);
        let effective_date = body.optional("effective_date", date);
        Some(Self { reason: reason?, effective_date })
    }
}

/// Reverse a credit note
///
/// It should not have been granted: what it posted is mirrored. Refused while something of it settles bills; those
/// write-offs are undone first.
#[utoipa::path(post, path = "/v1/credit-notes/{id}/reverse", tag = "write-offs",
    request_body = ReverseCreditBody,
    params(("id" = String, Path, description = "The credit note's id")),
    responses((status = 200, body = CreditNoteOutcome)))]
pub(super) async fn reverse_credit(
    State(state): State<ApiState>,
    input: ChangeInput,
) -> Result<Response, Problem> {
    let (context, credit_note, ReverseCreditBody { reason, effective_date }) =
        input.read(Action::ManageBills, ProblemKind::CreditNoteNotFound)?;
    let reverse = ReverseCredit { credit_note, reason, effective_date };
    done(&commands::reverse_credit(state.book(), context, reverse).await?)
}
