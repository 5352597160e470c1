//! Fixing a statement, so that it can be sent to its customer.

use axum::extract::State;
use axum::response::Response;
use chrono::NaiveDate;
use serde::Serialize;
use tallybook_commands::settlement::{self as commands, IssueStatement, StatementOutcome};
use tallybook_domain::settlement::StatementId;
use tallybook_domain::settlement::statement::StatementFigures;
use tallybook_domain::{Currency, CustomerId};
use tallybook_event_store::Receipt;
use tallybook_read_models::billing::{Bills, Receivables};
use tallybook_read_models::settlement::{Advances, customer_statement};
use tallybook_read_models::{DateRange, Paging, Projection, Standpoint};
use utoipa::ToSchema;
use uuid::Uuid;

use super::schema;
use crate::access::Action;
use crate::answer::created;
use crate::problem::{FieldError, Problem, ProblemKind};
use crate::request::{BodyReader, ChangeInput, Freshness, ReadBody, date, text};
use crate::state::ApiState;

/// Of which currency and which days.
#[derive(Debug, Clone, ToSchema)]
pub(super) struct IssueStatementBody {
    #[schema(value_type = String, example = "CNY")]
    currency: Currency,
    from: NaiveDate,
    /// Today at the latest.
    to: NaiveDate,
}

impl ReadBody for IssueStatementBody {
    fn read(body: &mut BodyReader<'_, '_>) -> Option<Self> {
        let currency = body.required("currency", text);
        let (from, to) = (body.required("from", date), body.required("to", date));
        Some(Self { currency: currency?, from: from?, to: to? })
    }
}

/// With the link, which no command's stored answer has in it.
#[derive(Serialize)]
struct IssuedStatement {
    #[serde(flatten)]
    statement: StatementOutcome,
    confirmation_path: String,
}

/// Issue a statement
///
/// Its balances are fixed as the book knows them now: what is recorded later changes nothing in it. It can be printed,
/// and the customer can answer it under `confirmation_path`, without sign-in.
#[utoipa::path(post, path = "/v1/customers/{id}/statements", tag = "statements",
    request_body = IssueStatementBody, params(("id" = String, Path, example = "C00042")),
    responses((status = 201, body = schema::IssuedStatement)))]
pub(super) async fn issue_statement(
    State(state): State<ApiState>,
    input: ChangeInput,
) -> Result<Response, Problem> {
    let (context, customer, body): (_, CustomerId, IssueStatementBody) =
        input.read(Action::IssueStatements, ProblemKind::CustomerNotFound)?;
    let figures = figures(&state, &customer, &body).await?;
    let key = state.link_key().await?;
    let IssueStatementBody { currency, from, to } = body;
    let issue = IssueStatement { customer, currency, from, to };
    let made = (new_statement_id(), figures);
    let receipt = commands::issue_statement(state.book(), context, issue, made).await?;
    let confirmation_path = key.path(&receipt.outcome.id);
    let Receipt { outcome: statement, position, replayed, dry_run_events } = receipt;
    let outcome = IssuedStatement { statement, confirmation_path };
    created(&Receipt { outcome, position, replayed, dry_run_events })
}

/// As the book knows them now, with all that has been recorded.
async fn figures(
    state: &ApiState,
    customer: &CustomerId,
    &IssueStatementBody { currency, from, to }: &IssueStatementBody,
) -> Result<StatementFigures, Problem> {
    let range = DateRange::new(Some(from), Some(to)).map_err(|error| {
        let detail = error.to_string();
        Problem::validation(vec![FieldError { pointer: "/to".into(), code: "out_of_range", detail }])
    })?;
    let head = state.last_position(None).await?;
    let fresh = Some(Freshness::at_least(head, None));
    let pool = state.reading(&[Receivables::NAME, Bills::NAME, Advances::NAME], None, fresh).await?;
    // The balances are those of the whole period, however few lines are asked for.
    let one = Paging::new(Some(1), None).map_err(Problem::internal)?;
    let read = customer_statement(&pool, (customer, currency), range, Standpoint::default(), &one).await?;
    Ok(StatementFigures {
        from,
        to,
        known_at: read.position,
        opening: read.data.opening.standing()?,
        closing: read.data.closing.standing()?,
        line_count: read.data.line_count,
    })
}

#[expect(clippy::disallowed_methods, reason = "statements get their id at this edge")]
fn new_statement_id() -> StatementId {
    StatementId::from_uuid(Uuid::now_v7())
}
