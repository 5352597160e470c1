//! Who could have done both sides of what was decided.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use chrono::NaiveDate;
use tallybook_read_models::approvals::{ApprovalDelegations, Approvals};
use tallybook_read_models::{Page, Projection, schema};
use utoipa::IntoParams;

use super::duties::{BothSides, Duties};
use super::duties_report::{DutiesReport, DutiesScope};
use super::list_approvals::{approved_by, joined};
use crate::access::{Action, Caller};
use crate::answer::{Cell, Tabular, list};
use crate::problem::Problem;
use crate::request::{ListParameters, ReadInput};
use crate::state::ApiState;

#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes in OpenAPI what the handler reads")]
pub(super) struct DutiesParameters {
    /// `requested`, with `-` before it for descending; `-requested` by default.
    sort: Option<String>,
    kind: Option<schema::ApprovalKind>,
    /// The first day on which it was decided.
    from: Option<NaiveDate>,
    /// The last day on which it was decided.
    to: Option<NaiveDate>,
}

impl Tabular for Duties {
    const COLUMNS: &'static [&'static str] = &[
        "approval",
        "kind",
        "customer",
        "amounts",
        "requested_by",
        "key_made_by",
        "key_held_by",
        "approved_by",
        "ended_by",
        "state",
        "requested_at",
        "decided_at",
        "could_do_both",
    ];

    fn cells(&self) -> Vec<Cell> {
        let Self { approval, could_do_both } = self;
        let both: Vec<String> = could_do_both.iter().map(written).collect();
        vec![
            Cell::text(&approval.id),
            Cell::text(approval.kind),
            Cell::optional(approval.customer.as_ref()),
            Cell::text(joined(&approval.amounts)),
            Cell::text(&approval.requested_by),
            Cell::optional(approval.key_made_by.as_ref()),
            Cell::optional(approval.key_held_by.as_ref()),
            Cell::text(approved_by(approval)),
            Cell::optional(approval.ended_by.as_ref()),
            Cell::text(approval.state),
            Cell::at(approval.created.at),
            approval.decided_at.map_or(Cell::Empty, Cell::at),
            Cell::text(both.join("; ")),
        ]
    }
}

/// `user:li (role, api_key)`
fn written(both: &BothSides) -> String {
    let because: Vec<&str> = both.because.iter().map(|because| because.as_str()).collect();
    format!("{} ({})", both.person, because.join(", "))
}

/// Show the segregation of duties
///
/// What was decided in a period, who asked and who approved, and who could have done both: by his role, an API key he made or
/// holds, a delegation, or because he made one of the users. Roles and users are those of now; the book does not keep which role
/// somebody had before.
#[utoipa::path(get, path = "/v1/reports/segregation-of-duties", tag = "reports",
    params(ListParameters, DutiesParameters), responses((status = 200, body = Page<Vec<Duties>>)))]
pub(super) async fn show_segregation_of_duties(
    State(state): State<ApiState>,
    caller: Caller,
    input: ReadInput,
) -> Result<Response, Problem> {
    caller.may(Action::ReadUsers)?;
    let mut query = input.query();
    let scope = DutiesScope { range: query.dates(), kind: query.optional("kind") };
    let sort = query.sort();
    let view = query.view();
    let listing = input.listing(query)?;
    let read_models = [Approvals::NAME, ApprovalDelegations::NAME];
    let pool = state.reading(&read_models, view.as_ref(), listing.fresh).await?;
    let report = Arc::new(DutiesReport::of(state.book(), &pool, scope).await?);
    list(&state, listing, move |page| {
        let (pool, report) = (pool.clone(), Arc::clone(&report));
        async move { report.page(&pool, sort, &page.paging()?).await }
    })
    .await
}
