//! Undoing a write-off, or a leg of it.

use axum::extract::State;
use axum::response::Response;
use chrono::NaiveDate;
use tallybook_commands::settlement::{self as commands, ReverseWriteOff};
use tallybook_domain::text::Reason;
use utoipa::ToSchema;

use super::schema::WriteOffOutcome;
use crate::access::Action;
use crate::answer::done;
use crate::problem::{Problem, ProblemKind};
use crate::request::{BodyReader, ChangeInput, ReadBody, date, number, text};
use crate::state::ApiState;

/// What is undone, and why.
#[derive(Debug, ToSchema)]
pub(super) struct ReverseWriteOffBody {
    /// All legs, if left out.
    #[schema(nullable = false, minimum = 1)]
    leg: Option<u32>,
    #[schema(value_type = String, min_length = 1, max_length = 500)]
    reason: Reason,
    /// In an open period. Today, if left out.
    effective_date: Option<NaiveDate>,
}

impl ReadBody for ReverseWriteOffBody {
    fn read(body: &mut BodyReader<'_, '_>) -> Option<Self> {
        let leg = body.optional("leg", |value| number(value, 1..=u32::MAX));
        let reason = body.required("reason", text);
        let effective_date = body.optional("effective_date", date);
        Some(Self { leg, reason: reason?, effective_date })
    }
}

/// Reverse a write-off
///
/// Each leg is undone once, mirrored exactly, by new events: its bill opens again, its source is free again. With
/// `dry_run`, shows everything that would.
#[utoipa::path(post, path = "/v1/write-offs/{id}/reverse", tag = "write-offs",
    request_body = ReverseWriteOffBody,
    params(("id" = String, Path, description = "The write-off's id")),
    responses((status = 200, body = WriteOffOutcome)))]
pub(super) async fn reverse_write_off(
    State(state): State<ApiState>,
    input: ChangeInput,
) -> Result<Response, Problem> {
    let (context, write_off, ReverseWriteOffBody { leg, reason, effective_date }) =
        input.read(Action::WriteOff, ProblemKind::WriteOffNotFound)?;
    let reverse = ReverseWriteOff { write_off, leg, reason, effective_date };
    done(&commands::reverse_write_off(state.book(), context, reverse).await?)
}
