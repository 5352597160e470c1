//! The wallets of one customer.

use axum::extract::State;
use axum::response::Response;
use tallybook_domain::CustomerId;
use tallybook_domain::customers::CustomerRefusal;
use tallybook_projector::ViewName;
use tallybook_read_models::customers::{CustomerRow, Customers, find_customer};
use tallybook_read_models::deposits::{WalletFilter, WalletRow};
use tallybook_read_models::{Page, Projection, Standpoint};

use super::list_wallets::wallets;
use crate::access::{Action, Caller};
use crate::answer::Seen;
use crate::problem::{Problem, ProblemKind};
use crate::request::{ListParameters, Listing, PathId, ReadInput, StandpointParameters};
use crate::state::ApiState;

/// List a customer's wallets
///
/// One for each currency in which money has come in.
#[utoipa::path(get, path = "/v1/customers/{id}/wallets", tag = "wallets",
    params(("id" = String, Path, example = "C00042"), ListParameters,
        ("sort" = Option<String>, Query, description = "`id` (the default), with `-` before it for descending."),
        ("currency" = Option<String>, Query), StandpointParameters),
    responses((status = 200, body = Seen<Page<Vec<WalletRow>>>)))]
pub(super) async fn list_customer_wallets(
    State(state): State<ApiState>,
    caller: Caller,
    path: PathId,
    input: ReadInput,
) -> Result<Response, Problem> {
    caller.may(Action::ReadModels)?;
    let customer: CustomerId = path.parse(ProblemKind::CustomerNotFound)?;
    let mut query = input.query();
    let filter = WalletFilter { customer: Some(customer.clone()), currency: query.optional("currency") };
    let (sort, view, seen_from) = (query.sort(), query.view(), query.seen_from());
    let mut listing = input.listing(query)?;
    let standpoint = seen_from.resolve(&state, view.as_ref(), &mut listing).await?;
    known_customer(&state, &customer, standpoint, (view.as_ref(), &listing)).await?;
    wallets(&state, (filter, sort), standpoint, (view.as_ref(), listing)).await
}

/// A customer nobody has registered, or nobody had by then, has neither wallets nor a statement.
pub(crate) async fn known_customer(
    state: &ApiState,
    customer: &CustomerId,
    standpoint: Standpoint,
    (view, listing): (Option<&ViewName>, &Listing),
) -> Result<(), Problem> {
    let pool = state.reading(&[Customers::NAME], view, listing.fresh).await?;
    let found = find_customer(&pool, customer).await?.data;
    let known = |row: &CustomerRow| standpoint.known_at.is_none_or(|then| row.created.position <= then);
    match found.filter(known) {
        Some(_) => Ok(()),
        None => Err(CustomerRefusal::NotFound { customer: customer.clone() }.into()),
    }
}
