//! The list of write-offs.

use axum::extract::State;
use axum::response::Response;
use tallybook_read_models::settlement::{WriteOff, WriteOffFilter, WriteOffs, list_write_offs as read};
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
pub(super) struct WriteOffParameters {
    /// `made`, with `-` before it for descending; `-made` by default.
    sort: Option<String>,
    #[param(example = "C00042")]
    customer: Option<String>,
    state: Option<schema::WriteOffState>,
    /// Those with a leg of this receipt, undone or not.
    receipt: Option<String>,
    /// Those with a leg to this bill, undone or not.
    #[param(example = "C00042.2026-10")]
    bill: Option<String>,
}

impl Tabular for WriteOff {
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "customer",
        "state",
        "effective_date",
        "made_by",
        "decided_by",
        "rejection",
        "leg_count",
        "reversed_legs",
        "created_at",
        "created_by",
        "updated_at",
        "updated_by",
    ];

    fn cells(&self) -> Vec<Cell> {
        let row = &self.row;
        vec![
            Cell::text(&row.id),
            Cell::text(&row.customer),
            Cell::text(row.state),
            Cell::Date(row.effective_date),
            Cell::text(&row.made_by),
            Cell::optional(row.decided_by.as_ref()),
            Cell::optional(row.rejection.as_ref()),
            Cell::Integer(row.leg_count),
            Cell::Integer(row.reversed_legs),
            Cell::at(row.created.at),
            Cell::text(&row.created.by),
            Cell::at(row.updated.at),
            Cell::text(&row.updated.by),
        ]
    }
}

/// List write-offs
///
/// As JSON with their legs.
#[utoipa::path(get, path = "/v1/write-offs", tag = "write-offs", params(ListParameters, WriteOffParameters),
    responses((status = 200, body = Page<Vec<WriteOff>>)))]
pub(super) async fn list_write_offs(
    State(state): State<ApiState>,
    caller: Caller,
    input: ReadInput,
) -> Result<Response, Problem> {
    caller.may(Action::ReadModels)?;
    let mut query = input.query();
    let filter = WriteOffFilter {
        customer: query.optional("customer"),
        state: query.optional("state"),
        receipt: query.optional("receipt"),
        bill: query.optional("bill"),
    };
    let sort = query.sort();
    let view = query.view();
    let listing = input.listing(query)?;
    let pool = state.reading(&[WriteOffs::NAME], view.as_ref(), listing.fresh).await?;
    list(&state, listing, move |page| {
        let (pool, filter) = (pool.clone(), filter.clone());
        async move { Ok(read(&pool, &filter, sort, &page.paging()?).await?) }
    })
    .await
}
