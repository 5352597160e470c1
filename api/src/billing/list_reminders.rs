//! The list of reminders.

use axum::extract::State;
use axum::response::Response;
use tallybook_read_models::billing::{ReminderFilter, ReminderRow, Reminders, list_reminders as read};
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
pub(super) struct ReminderParameters {
    /// `raised`, with `-` before it for descending; `-raised` by default.
    sort: Option<String>,
    #[param(example = "C00042.2026-10")]
    bill: Option<String>,
    #[param(example = "C00042")]
    customer: Option<String>,
    /// `pending`, `sent`, `failed` (given up) or `withdrawn`.
    status: Option<String>,
}

impl Tabular for ReminderRow {
    const COLUMNS: &'static [&'static str] = &[
        "bill",
        "step",
        "channel",
        "customer",
        "number",
        "due_date",
        "open",
        "currency",
        "date",
        "status",
        "attempts",
        "next_attempt_at",
        "reason",
        "raised_at",
        "raised_by",
        "updated_at",
        "updated_by",
    ];

    fn cells(&self) -> Vec<Cell> {
        vec![
            Cell::text(&self.bill),
            Cell::text(self.step),
            Cell::text(self.channel),
            Cell::text(&self.customer),
            Cell::text(&self.number),
            Cell::optional_date(Some(self.due_date)),
            Cell::money(self.open),
            Cell::text(self.open.currency()),
            Cell::optional_date(Some(self.date)),
            Cell::text(self.status),
            Cell::text(self.attempts),
            self.next_attempt_at.map_or(Cell::Empty, Cell::at),
            Cell::optional(self.reason.as_ref()),
            Cell::at(self.raised.at),
            Cell::text(&self.raised.by),
            Cell::at(self.updated.at),
            Cell::text(&self.updated.by),
        ]
    }
}

/// List reminders of bills
///
/// One row for each step on each channel: when it was raised, and how far it is.
#[utoipa::path(get, path = "/v1/reminders", tag = "bills", params(ListParameters, ReminderParameters),
    responses((status = 200, body = Page<Vec<ReminderRow>>)))]
pub(super) async fn list_reminders(
    State(state): State<ApiState>,
    caller: Caller,
    input: ReadInput,
) -> Result<Response, Problem> {
    caller.may(Action::ReadModels)?;
    let mut query = input.query();
    let filter = ReminderFilter {
        bill: query.optional("bill"),
        customer: query.optional("customer"),
        status: query.optional("status"),
    };
    let sort = query.sort();
    let view = query.view();
    let listing = input.listing(query)?;
    let pool = state.reading(&[Reminders::NAME], view.as_ref(), listing.fresh).await?;
    list(&state, listing, move |page| {
        let (pool, filter) = (pool.clone(), filter.clone());
        async move { Ok(read(&pool, &filter, sort, &page.paging()?).await?) }
    })
    .await
}
