//! The list of payouts.

use axum::extract::State;
use axum::response::Response;
use chrono::NaiveDate;
use tallybook_domain::deposits::Destination;
use tallybook_read_models::payouts::{PayoutFilter, PayoutRow, Payouts, list_payouts as read};
use tallybook_read_models::{DateRange, Page, Projection, schema};
use utoipa::IntoParams;

use crate::access::{Action, Caller};
use crate::answer::{Cell, Tabular, list};
use crate::problem::Problem;
use crate::request::{ListParameters, ReadInput, day_after, day_begins};
use crate::state::ApiState;

#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes in OpenAPI what the handler reads")]
pub(super) struct PayoutParameters {
    /// `made`, with `-` before it for descending (the default).
    sort: Option<String>,
    state: Option<schema::PayoutState>,
    adapter: Option<schema::PayoutAdapterKind>,
    #[param(example = "B01K7RA8ZAYFGXSMRSF9FMC3M05")]
    batch: Option<String>,
    #[param(example = "C00042")]
    customer: Option<String>,
    withdrawal: Option<String>,
    /// Those that somebody has to look at: what was said of them is doubted, or they were sent and nobody knows them.
    needs_person: Option<bool>,
    /// The first day on which they were made, in the book's time zone.
    from: Option<NaiveDate>,
    /// The last day on which they were made.
    to: Option<NaiveDate>,
}

impl Tabular for PayoutRow {
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "withdrawal",
        "customer",
        "wallet",
        "amount",
        "currency",
        "reference",
        "account_name",
        "account_number",
        "bank_name",
        "adapter",
        "batch",
        "state",
        "cause",
        "doubt",
        "bank_reference",
        "paid_date",
        "reason",
        "made_at",
        "sent_at",
        "updated_at",
    ];

    fn cells(&self) -> Vec<Cell> {
        vec![
            Cell::text(&self.id),
            Cell::text(&self.withdrawal),
            Cell::text(&self.customer),
            Cell::text(&self.wallet),
            Cell::money(self.amount),
            Cell::text(self.amount.currency()),
            Cell::text(&self.reference),
            Cell::text(&self.destination.account_name),
            Cell::text(self.destination.account_number.as_str()),
            Cell::optional(self.destination.bank_name.as_ref()),
            Cell::text(self.adapter),
            Cell::optional(self.batch.as_ref()),
            Cell::text(self.state),
            Cell::optional(self.cause),
            self.doubt.map_or(Cell::Empty, Cell::spelled),
            Cell::optional(self.bank_reference.as_ref()),
            Cell::optional_date(self.paid_date),
            Cell::optional(self.reason.as_ref()),
            Cell::at(self.created.at),
            self.sent_at.map_or(Cell::Empty, Cell::at),
            Cell::at(self.updated.at),
        ]
    }
}

/// As this caller may see it: without the account number, unless the role needs it.
pub(super) fn mask(caller: &Caller, destination: &mut Destination) -> Result<(), Problem> {
    if caller.may(Action::SeeAccountNumbers).is_err() {
        destination.account_number =
            destination.account_number.masked().parse().map_err(Problem::internal)?;
    }
    Ok(())
}

/// List payouts
///
/// Operators and dashboards see the destinations' account numbers masked.
#[utoipa::path(get, path = "/v1/payouts", tag = "payouts", params(ListParameters, PayoutParameters),
    responses((status = 200, body = Page<Vec<PayoutRow>>)))]
pub(super) async fn list_payouts(
    State(state): State<ApiState>,
    caller: Caller,
    input: ReadInput,
) -> Result<Response, Problem> {
    caller.may(Action::ReadModels)?;
    let mut query = input.query();
    let made: DateRange = query.dates();
    let zone = state.book().time_zone();
    let filter = PayoutFilter {
        state: query.optional("state"),
        adapter: query.optional("adapter"),
        batch: query.optional("batch"),
        customer: query.optional("customer"),
        withdrawal: query.optional("withdrawal"),
        needs_person: query.choice("needs_person"),
        made_from: made.from().and_then(|first| day_begins(first, zone)),
        made_before: made.to().and_then(|last| day_begins(day_after(last)?, zone)),
    };
    let sort = query.sort();
    let view = query.view();
    let listing = input.listing(query)?;
    let pool = state.reading(&[Payouts::NAME], view.as_ref(), listing.fresh).await?;
    list(&state, listing, move |page| {
        let (pool, filter, caller) = (pool.clone(), filter.clone(), caller.clone());
        async move {
            let Page { mut data, next_cursor, position } =
                read(&pool, &filter, sort, &page.paging()?).await?;
            for row in &mut data {
                mask(&caller, &mut row.destination)?;
            }
            Ok(Page::<Vec<PayoutRow>> { data, next_cursor, position })
        }
    })
    .await
}
