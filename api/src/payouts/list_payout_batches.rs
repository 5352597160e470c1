//! The list of batches.

use axum::extract::State;
use axum::response::Response;
use tallybook_domain::payouts::Debtor;
use tallybook_read_models::payouts::{PayoutBatchRow, Payouts, list_payout_batches as read};
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
pub(super) struct PayoutBatchParameters {
    /// `made`, with `-` before it for descending (the default).
    sort: Option<String>,
}

impl Tabular for PayoutBatchRow {
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "debtor_name",
        "debtor_account",
        "bank_code",
        "execution_date",
        "payouts",
        "made_at",
        "made_by",
    ];

    fn cells(&self) -> Vec<Cell> {
        vec![
            Cell::text(&self.id),
            Cell::text(&self.debtor.name),
            Cell::text(self.debtor.account.as_str()),
            Cell::text(&self.debtor.bank_code),
            Cell::Date(self.execution_date),
            Cell::Integer(self.payouts),
            Cell::at(self.created.at),
            Cell::text(&self.created.by),
        ]
    }
}

/// As this caller may see it: without the account number, unless the role needs it.
pub(super) fn mask_debtor(caller: &Caller, debtor: &mut Debtor) -> Result<(), Problem> {
    if caller.may(Action::SeeAccountNumbers).is_err() {
        debtor.account = debtor.account.masked().parse().map_err(Problem::internal)?;
    }
    Ok(())
}

/// List payout batches
#[utoipa::path(get, path = "/v1/payout-batches", tag = "payouts",
    params(ListParameters, PayoutBatchParameters),
    responses((status = 200, body = Page<Vec<PayoutBatchRow>>)))]
pub(super) async fn list_payout_batches(
    State(state): State<ApiState>,
    caller: Caller,
    input: ReadInput,
) -> Result<Response, Problem> {
    caller.may(Action::ReadModels)?;
    let mut query = input.query();
    let sort = query.sort();
    let view = query.view();
    let listing = input.listing(query)?;
    let pool = state.reading(&[Payouts::NAME], view.as_ref(), listing.fresh).await?;
    list(&state, listing, move |page| {
        let (pool, caller) = (pool.clone(), caller.clone());
        async move {
            let Page { mut data, next_cursor, position } = read(&pool, sort, &page.paging()?).await?;
            for row in &mut data {
                mask_debtor(&caller, &mut row.debtor)?;
            }
            Ok(Page::<Vec<PayoutBatchRow>> { data, next_cursor, position })
        }
    })
    .await
}
