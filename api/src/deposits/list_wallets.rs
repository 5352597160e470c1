//! The list of wallets.

use axum::extract::State;
use axum::response::Response;
use tallybook_projector::ViewName;
use tallybook_read_models::deposits::{WalletFilter, WalletOrder, WalletRow, Wallets, list_wallets as read};
use tallybook_read_models::{Page, Projection, Sort};
use utoipa::IntoParams;

use crate::access::{Action, Caller};
use crate::answer::{Cell, Tabular, list};
use crate::problem::Problem;
use crate::request::{ListParameters, Listing, ReadInput};
use crate::state::ApiState;

#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes in OpenAPI what the handler reads")]
pub(super) struct WalletParameters {
    /// `id` (the default), with `-` before it for descending.
    sort: Option<String>,
    #[param(example = "C00042")]
    customer: Option<String>,
    currency: Option<String>,
}

impl Tabular for WalletRow {
    const COLUMNS: &'static [&'static str] =
        &["id", "customer", "currency", "balance", "held", "available", "created_at", "updated_at"];

    fn cells(&self) -> Vec<Cell> {
        vec![
            Cell::text(&self.id),
            Cell::text(&self.customer),
            Cell::text(self.currency),
            Cell::money(self.balance),
            Cell::money(self.held),
            Cell::money(self.available),
            Cell::at(self.created.at),
            Cell::at(self.updated.at),
        ]
    }
}

/// List wallets
#[utoipa::path(get, path = "/v1/wallets", tag = "wallets", params(ListParameters, WalletParameters),
    responses((status = 200, body = Page<Vec<WalletRow>>)))]
pub(super) async fn list_wallets(
    State(state): State<ApiState>,
    caller: Caller,
    input: ReadInput,
) -> Result<Response, Problem> {
    caller.may(Action::ReadModels)?;
    let mut query = input.query();
    let filter = WalletFilter { customer: query.optional("customer"), currency: query.optional("currency") };
    let sort = query.sort();
    let view = query.view();
    let listing = input.listing(query)?;
    wallets(&state, filter, sort, (view.as_ref(), listing)).await
}

pub(super) async fn wallets(
    state: &ApiState,
    filter: WalletFilter,
    sort: Sort<WalletOrder>,
    (view, listing): (Option<&ViewName>, Listing),
) -> Result<Response, Problem> {
    let pool = state.reading(Wallets::NAME, view, listing.fresh).await?;
    list(state, listing, move |page| {
        let (pool, filter) = (pool.clone(), filter.clone());
        async move { Ok(read(&pool, &filter, sort, &page.paging()?).await?) }
    })
    .await
}
