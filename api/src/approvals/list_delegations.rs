//! The list of delegations.

use axum::extract::State;
use axum::response::Response;
use chrono::NaiveDate;
use tallybook_read_models::approvals::{
    ApprovalDelegationRow, ApprovalDelegations, DelegationFilter, list_delegations as read,
};
use tallybook_read_models::{Page, Projection};
use utoipa::IntoParams;

use crate::access::{Action, Caller};
use crate::answer::{Cell, Tabular, list};
use crate::problem::Problem;
use crate::request::{ListParameters, ReadInput};
use crate::state::ApiState;

#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes in OpenAPI what the handler reads")]
pub(super) struct DelegationParameters {
    /// `made`, with `-` before it for descending; `-made` by default.
    sort: Option<String>,
    #[param(example = "user:wang")]
    delegator: Option<String>,
    #[param(example = "user:zhao")]
    delegate: Option<String>,
    /// Only those that count on this day.
    on: Option<NaiveDate>,
}

impl Tabular for ApprovalDelegationRow {
    const COLUMNS: &'static [&'static str] =
        &["id", "delegator", "delegate", "from", "until", "reason", "made_at", "ended_at"];

    fn cells(&self) -> Vec<Cell> {
        vec![
            Cell::text(&self.id),
            Cell::text(&self.delegator),
            Cell::text(&self.delegate),
            Cell::Date(self.from),
            Cell::Date(self.until),
            Cell::text(&self.reason),
            Cell::at(self.created.at),
            self.ended_at.map_or(Cell::Empty, Cell::at),
        ]
    }
}

/// List delegations
///
/// Who may approve in whose place, or might.
#[utoipa::path(get, path = "/v1/approvals/delegations", tag = "approvals",
    params(ListParameters, DelegationParameters),
    responses((status = 200, body = Page<Vec<ApprovalDelegationRow>>)))]
pub(super) async fn list_delegations(
    State(state): State<ApiState>,
    caller: Caller,
    input: ReadInput,
) -> Result<Response, Problem> {
    caller.may(Action::ReadModels)?;
    let mut query = input.query();
    let filter = DelegationFilter {
        delegator: query.optional("delegator"),
        delegate: query.optional("delegate"),
        on: query.date("on"),
        ..DelegationFilter::default()
    };
    let sort = query.sort();
    let view = query.view();
    let listing = input.listing(query)?;
    let pool = state.reading(&[ApprovalDelegations::NAME], view.as_ref(), listing.fresh).await?;
    list(&state, listing, move |page| {
        let (pool, filter) = (pool.clone(), filter.clone());
        async move { Ok(read(&pool, &filter, sort, &page.paging()?).await?) }
    })
    .await
}
