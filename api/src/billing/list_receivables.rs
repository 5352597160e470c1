//! The list of open items.

use axum::extract::State;
use axum::response::Response;
use tallybook_read_models::billing::{
    AgeingBounds, Bills, DaysOverdue, OpenItem, OpenItemFilter, Receivables, list_open_items as read,
};
use tallybook_read_models::customers::Customers;
use tallybook_read_models::{Page, Projection};
use utoipa::IntoParams;

use crate::access::{Action, Caller};
use crate::answer::{Cell, Seen, Tabular, list};
use crate::problem::Problem;
use crate::request::{ListParameters, QueryReader, ReadInput, StandpointParameters};
use crate::state::ApiState;

#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes in OpenAPI what the handler reads")]
pub(super) struct OpenItemParameters {
    /// `customer` (and then by due date) or `due_date`, with `-` before it for descending; `customer` by default.
    sort: Option<String>,
    #[param(example = "C00042")]
    customer: Option<String>,
    currency: Option<String>,
    /// `true`: due before the day that is looked at; `false`: not yet.
    overdue: Option<bool>,
    /// Due for so many days at least, as a bucket of the ageing says.
    #[param(maximum = 3701)]
    from_days: Option<u32>,
    /// Due for so many days at most; 0 is what is not due.
    #[param(maximum = 3700)]
    to_days: Option<u32>,
}

impl Tabular for OpenItem {
    const COLUMNS: &'static [&'static str] =
        &["customer", "name", "bill", "number", "issue_date", "due_date", "days_overdue", "open", "currency"];

    fn cells(&self) -> Vec<Cell> {
        vec![
            Cell::text(&self.customer),
            Cell::optional(self.name.as_ref()),
            Cell::text(&self.bill),
            Cell::optional(self.number.as_ref()),
            Cell::optional_date(self.issue_date),
            Cell::Date(self.due_date),
            Cell::Integer(self.days_overdue),
            Cell::money(self.open),
            Cell::text(self.open.currency()),
        ]
    }
}

/// List open items
///
/// The bills of which something is owed, by customer, and for how many days it has been due: on `as_of`, or today.
/// All of them together are what `/v1/receivables/ageing` sums up.
#[utoipa::path(get, path = "/v1/receivables", tag = "receivables",
    params(ListParameters, OpenItemParameters, StandpointParameters),
    responses((status = 200, body = Seen<Page<Vec<OpenItem>>>)))]
pub(super) async fn list_receivables(
    State(state): State<ApiState>,
    caller: Caller,
    input: ReadInput,
) -> Result<Response, Problem> {
    caller.may(Action::ReadModels)?;
    let mut query = input.query();
    let (customer, currency) = (query.optional("customer"), query.optional("currency"));
    let (overdue, days) = (query.choice("overdue"), days_overdue(&mut query));
    let sort = query.sort();
    let (view, seen_from) = (query.view(), query.seen_from());
    let mut listing = input.listing(query)?;
    let standpoint = seen_from.resolve(&state, view.as_ref(), &mut listing).await?;
    let names = [Receivables::NAME, Bills::NAME, Customers::NAME];
    let pool = state.reading(&names, view.as_ref(), listing.fresh).await?;
    let on = standpoint.as_of.map_or_else(|| state.book().today(), |as_of| as_of.date);
    let filter = OpenItemFilter { on, customer, currency, overdue, days };
    list(&state, listing, move |page| {
        let (pool, filter) = (pool.clone(), filter.clone());
        async move { Ok(read(&pool, &filter, standpoint, sort, &page.paging()?).await?) }
    })
    .await
}

fn days_overdue(query: &mut QueryReader<'_>) -> DaysOverdue {
    let last = u64::from(AgeingBounds::LAST_DAY.unsigned_abs());
    let days = |days: Option<u64>| days.and_then(|days| i32::try_from(days).ok());
    DaysOverdue {
        from_days: days(query.number("from_days", 0..=last + 1)),
        to_days: days(query.number("to_days", 0..=last)),
    }
}
