//! The list of wallets.

use axum::extract::State;
use axum::response::Response;
use tallybook_projector::ViewName;
use tallybook_read_models::deposits::{
    WalletFilter, WalletHolds, WalletOrder, WalletRow, WalletStatements, Wallets, list_wallets as read,
    list_wallets_as_of,
};
use tallybook_read_models::{Page, Projection, Sort, Standpoint};
use utoipa::IntoParams;

use crate::access::{Action, Caller};
use crate::answer::{Cell, Seen, Tabular, list};
use crate::problem::Problem;
use crate::request::{ListParameters, Listing, ReadInput, StandpointParameters};
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
        &["id", "customer", "currency", "balance", "held", "available", "frozen", "created_at", "updated_at"];

    fn cells(&self) -> Vec<Cell> {
        vec![
            Cell::text(&self.id),
            Cell::text(&self.customer),
            Cell::text(self.currency),
            Cell::money(self.balance),
            Cell::money(self.held),
            Cell::money(self.available),
            Cell::optional(self.frozen.as_ref()),
            Cell::at(self.created.at),
            Cell::at(self.updated.at),
        ]
    }
}

/// List wallets
///
/// With `as_of` or `known_at` the wallets there were, with what they had then. By business date a hold counts from the
/// day it was recorded on; what is available may be negative where money left on a date before the one it came on.
#[utoipa::path(get, path = "/v1/wallets", tag = "wallets",
    params(ListParameters, WalletParameters, StandpointParameters),
    responses((status = 200, body = Seen<Page<Vec<WalletRow>>>)))]
pub(super) async fn list_wallets(
    State(state): State<ApiState>,
    caller: Caller,
    input: ReadInput,
) -> Result<Response, Problem> {
    caller.may(Action::ReadModels)?;
    let mut query = input.query();
    let filter = WalletFilter { customer: query.optional("customer"), currency: query.optional("currency") };
    let (sort, view, seen_from) = (query.sort(), query.view(), query.seen_from());
    let mut listing = input.listing(query)?;
    let standpoint = seen_from.resolve(&state, view.as_ref(), &mut listing).await?;
    wallets(&state, (filter, sort), standpoint, (view.as_ref(), listing)).await
}

pub(super) async fn wallets(
    state: &ApiState,
    (filter, sort): (WalletFilter, Sort<WalletOrder>),
    standpoint: Standpoint,
    (view, listing): (Option<&ViewName>, Listing),
) -> Result<Response, Problem> {
    let read_models: &[_] = if standpoint.is_now() {
        &[Wallets::NAME]
    } else {
        &[Wallets::NAME, WalletStatements::NAME, WalletHolds::NAME]
    };
    let pool = state.reading(read_models, view, listing.fresh).await?;
    list(state, listing, move |page| {
        let (pool, filter) = (pool.clone(), filter.clone());
        async move {
            let paging = page.paging()?;
            if standpoint.is_now() {
                Ok(read(&pool, &filter, sort, &paging).await?)
            } else {
                Ok(list_wallets_as_of(&pool, &filter, sort, standpoint, &paging).await?)
            }
        }
    })
    .await
}
