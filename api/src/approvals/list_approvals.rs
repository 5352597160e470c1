//! The list of approvals.

use axum::extract::State;
use axum::response::Response;
use chrono::NaiveDate;
use tallybook_read_models::approvals::{
    ApprovalDelegations, ApprovalFilter, ApprovalRow, Approvals, list_approvals as read,
};
use tallybook_read_models::{DateRange, Page, Projection, schema};
use utoipa::IntoParams;

use super::deciders::eyes;
use crate::access::{Action, Caller};
use crate::answer::{Cell, Tabular, list};
use crate::problem::Problem;
use crate::request::{ListParameters, ReadInput, day_after, day_begins};
use crate::state::ApiState;

#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes in OpenAPI what the handler reads")]
pub(super) struct ApprovalParameters {
    /// `requested`, with `-` before it for descending; `-requested` by default.
    sort: Option<String>,
    /// `true`, or nothing but its name: only what the caller may decide now, because it is open, he has neither asked for it nor approved it, and his
    /// role or a delegation lets him.
    #[param(default = false)]
    mine: Option<bool>,
    kind: Option<schema::ApprovalKind>,
    state: Option<schema::ApprovalState>,
    #[param(example = "C00042")]
    customer: Option<String>,
    #[param(example = "user:li")]
    requested_by: Option<String>,
    /// The first day on which it was asked for.
    from: Option<NaiveDate>,
    /// The last day on which it was asked for.
    to: Option<NaiveDate>,
}

impl Tabular for ApprovalRow {
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "kind",
        "subject",
        "customer",
        "amounts",
        "why",
        "requested_by",
        "key_made_by",
        "key_held_by",
        "approvers",
        "approved_by",
        "expires_at",
        "state",
        "ended_by",
        "reason",
        "requested_at",
        "decided_at",
    ];

    fn cells(&self) -> Vec<Cell> {
        vec![
            Cell::text(&self.id),
            Cell::text(self.kind),
            Cell::text(&self.subject),
            Cell::optional(self.customer.as_ref()),
            Cell::text(joined(&self.amounts)),
            Cell::optional(self.why.as_ref()),
            Cell::text(&self.requested_by),
            Cell::optional(self.key_made_by.as_ref()),
            Cell::optional(self.key_held_by.as_ref()),
            Cell::Integer(u64::from(self.approvers)),
            Cell::text(approved_by(self)),
            Cell::at(self.expires_at),
            Cell::text(self.state),
            Cell::optional(self.ended_by.as_ref()),
            Cell::optional(self.reason.as_ref()),
            Cell::at(self.created.at),
            self.decided_at.map_or(Cell::Empty, Cell::at),
        ]
    }
}

/// In their order, with those in whose place they did.
pub(super) fn approved_by(row: &ApprovalRow) -> String {
    let people = row.given.iter().map(|given| match &given.given.on_behalf_of {
        None => given.given.by.to_string(),
        Some(delegator) => format!("{} for {delegator}", given.given.by),
    });
    joined(&people.collect::<Vec<_>>())
}

pub(super) fn joined(parts: &[impl std::fmt::Display]) -> String {
    parts.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// List approvals
///
/// What somebody has asked a second person for, and what was decided.
#[utoipa::path(get, path = "/v1/approvals", tag = "approvals", params(ListParameters, ApprovalParameters),
    responses((status = 200, body = Page<Vec<ApprovalRow>>)))]
pub(super) async fn list_approvals(
    State(state): State<ApiState>,
    caller: Caller,
    input: ReadInput,
) -> Result<Response, Problem> {
    caller.may(Action::ReadModels)?;
    let mut query = input.query();
    let (mine, requested): (_, DateRange) = (query.named("mine"), query.dates());
    let zone = state.book().time_zone();
    let filter = ApprovalFilter {
        kind: query.optional("kind"),
        state: query.optional("state"),
        customer: query.optional("customer"),
        requested_by: query.optional("requested_by"),
        from: requested.from().and_then(|first| day_begins(first, zone)),
        before: requested.to().and_then(|last| day_begins(day_after(last)?, zone)),
        ..ApprovalFilter::default()
    };
    let sort = query.sort();
    let view = query.view();
    let listing = input.listing(query)?;
    let read_models = [Approvals::NAME, ApprovalDelegations::NAME];
    let pool = state.reading(&read_models, view.as_ref(), listing.fresh).await?;
    let waits_for = if mine { Some(eyes(&state, &caller).await?) } else { None };
    let filter = ApprovalFilter { waits_for, ..filter };
    list(&state, listing, move |page| {
        let (pool, filter) = (pool.clone(), filter.clone());
        async move { Ok(read(&pool, &filter, sort, &page.paging()?).await?) }
    })
    .await
}
