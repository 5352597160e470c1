//! The list of withdrawals.

use axum::extract::State;
use axum::response::Response;
use chrono::NaiveDate;
use tallybook_domain::deposits::WithdrawalState;
use tallybook_read_models::deposits::{Withdrawal, WithdrawalFilter, Withdrawals, list_withdrawals as read};
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
pub(super) struct WithdrawalParameters {
    /// `requested`, with `-` before it for descending (the default).
    sort: Option<String>,
    #[param(example = "C00042")]
    customer: Option<String>,
    currency: Option<String>,
    state: Option<schema::WithdrawalState>,
    reference: Option<String>,
    /// The first day on which they were requested, in the book's time zone.
    from: Option<NaiveDate>,
    /// The last day on which they were requested.
    to: Option<NaiveDate>,
}

impl Tabular for Withdrawal {
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "customer",
        "wallet",
        "amount",
        "currency",
        "reference",
        "account_name",
        "account_number",
        "bank_name",
        "state",
        "requested_at",
        "requested_by",
        "approved_at",
        "approved_by",
        "rejected_at",
        "rejected_by",
        "cancelled_at",
        "submitted_date",
        "channel_reference",
        "succeeded_date",
        "failed_date",
        "returned_date",
        "reason",
    ];

    fn cells(&self) -> Vec<Cell> {
        use WithdrawalState as S;
        let row = &self.row;
        let step = |state: S| self.steps.iter().find(|step| step.state == state);
        let at = |state: S| step(state).map_or(Cell::Empty, |step| Cell::at(step.at));
        let by = |state: S| Cell::optional(step(state).map(|step| &step.by));
        let date = |state: S| Cell::optional_date(step(state).and_then(|step| step.effective_date));
        let reason = self.steps.iter().rev().find_map(|step| step.reason.as_ref());
        vec![
            Cell::text(&row.id),
            Cell::text(&row.customer),
            Cell::text(&row.wallet),
            Cell::money(row.amount),
            Cell::text(row.amount.currency()),
            Cell::text(&row.reference),
            Cell::text(&row.destination.account_name),
            Cell::text(row.destination.account_number.as_str()),
            Cell::optional(row.destination.bank_name.as_ref()),
            Cell::text(row.state),
            Cell::at(row.created.at),
            Cell::text(&row.requested_by),
            at(S::Approved),
            by(S::Approved),
            at(S::Rejected),
            by(S::Rejected),
            at(S::Cancelled),
            date(S::Submitted),
            Cell::optional(row.channel_reference.as_ref()),
            date(S::Succeeded),
            date(S::Failed),
            date(S::Returned),
            Cell::optional(reason),
        ]
    }
}

/// The withdrawal as this caller may see it: without the account number, unless the role needs it.
pub(super) fn as_seen_by(caller: &Caller, mut withdrawal: Withdrawal) -> Result<Withdrawal, Problem> {
    if caller.may(Action::SeeAccountNumbers).is_err() {
        let destination = &mut withdrawal.row.destination;
        destination.account_number =
            destination.account_number.masked().parse().map_err(Problem::internal)?;
    }
    Ok(withdrawal)
}

/// List withdrawals
///
/// Operators and dashboards see the destinations' account numbers masked.
#[utoipa::path(get, path = "/v1/withdrawals", tag = "withdrawals", params(ListParameters, WithdrawalParameters),
    responses((status = 200, body = Page<Vec<Withdrawal>>)))]
pub(super) async fn list_withdrawals(
    State(state): State<ApiState>,
    caller: Caller,
    input: ReadInput,
) -> Result<Response, Problem> {
    caller.may(Action::ReadModels)?;
    let mut query = input.query();
    let requested: DateRange = query.dates();
    let zone = state.book().time_zone();
    let filter = WithdrawalFilter {
        customer: query.optional("customer"),
        currency: query.optional("currency"),
        state: query.optional("state"),
        reference: query.optional("reference"),
        requested_from: requested.from().and_then(|first| day_begins(first, zone)),
        requested_before: requested.to().and_then(|last| day_begins(day_after(last)?, zone)),
    };
    let sort = query.sort();
    let view = query.view();
    let listing = input.listing(query)?;
    let pool = state.reading(&[Withdrawals::NAME], view.as_ref(), listing.fresh).await?;
    list(&state, listing, move |page| {
        let (pool, filter, caller) = (pool.clone(), filter.clone(), caller.clone());
        async move {
            let Page { data, next_cursor, position } = read(&pool, &filter, sort, &page.paging()?).await?;
            let data = data.into_iter().map(|row| as_seen_by(&caller, row)).collect::<Result<_, _>>()?;
            Ok(Page::<Vec<Withdrawal>> { data, next_cursor, position })
        }
    })
    .await
}
