//! The list of statements that were issued.

use axum::extract::State;
use axum::response::Response;
use tallybook_read_models::settlement::{StatementFilter, StatementRow, Statements, list_statements as read};
use tallybook_read_models::{Page, Projection, schema};
use utoipa::IntoParams;

use crate::access::{Action, Caller};
use crate::answer::{Cell, Tabular, list};
use crate::problem::Problem;
use crate::request::{ListParameters, ReadInput};
use crate::state::ApiState;

#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes in OpenAPI what the handler reads")]
pub(super) struct StatementParameters {
    /// `issued`, with `-` before it for descending; `-issued` by default.
    sort: Option<String>,
    #[param(example = "C00042")]
    customer: Option<String>,
    state: Option<schema::StatementState>,
}

impl Tabular for StatementRow {
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "customer",
        "from",
        "to",
        "known_at",
        "opening_balance",
        "closing_receivable",
        "closing_advance",
        "closing_balance",
        "currency",
        "line_count",
        "state",
        "answer",
        "remark",
        "answered_by",
        "answered_at",
        "end_reason",
        "created_at",
        "created_by",
    ];

    fn cells(&self) -> Vec<Cell> {
        vec![
            Cell::text(&self.id),
            Cell::text(&self.customer),
            Cell::Date(self.from),
            Cell::Date(self.to),
            Cell::Integer(self.known_at),
            Cell::total(self.opening.balance),
            Cell::total(self.closing.receivable),
            Cell::total(self.closing.advance),
            Cell::total(self.closing.balance),
            Cell::text(self.currency),
            Cell::Integer(self.line_count),
            Cell::text(self.state),
            Cell::optional(self.answer),
            Cell::optional(self.remark.as_ref()),
            Cell::optional(self.answered_by.as_ref()),
            self.answered_at.map_or(Cell::Empty, Cell::at),
            Cell::optional(self.end_reason.as_ref()),
            Cell::at(self.created.at),
            Cell::text(&self.created.by),
        ]
    }
}

/// List statements
///
/// Those that were issued, and what customers say to them.
#[utoipa::path(get, path = "/v1/statements", tag = "statements",
    params(ListParameters, StatementParameters),
    responses((status = 200, body = Page<Vec<StatementRow>>)))]
pub(super) async fn list_statements(
    State(state): State<ApiState>,
    caller: Caller,
    input: ReadInput,
) -> Result<Response, Problem> {
    caller.may(Action::ReadModels)?;
    let mut query = input.query();
    let filter = StatementFilter { customer: query.optional("customer"), state: query.optional("state") };
    let sort = query.sort();
    let view = query.view();
    let listing = input.listing(query)?;
    let pool = state.reading(&[Statements::NAME], view.as_ref(), listing.fresh).await?;
    list(&state, listing, move |page| {
        let (pool, filter) = (pool.clone(), filter.clone());
        async move { Ok(read(&pool, &filter, sort, &page.paging()?).await?) }
    })
    .await
}
