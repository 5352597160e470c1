//! The wallets of one customer.

use axum::extract::State;
use axum::response::Response;
use tallybook_domain::CustomerId;
use tallybook_domain::customers::CustomerRefusal;
use tallybook_projector::ViewName;
use tallybook_read_models::customers::{Customers, find_customer};
use tallybook_read_models::deposits::{WalletFilter, WalletRow};
use tallybook_read_models::{Page, Projection};

use super::list_wallets::wallets;
use crate::access::{Action, Caller};
use crate::problem::{Problem, ProblemKind};
use crate::request::{ListParameters, Listing, PathId, ReadInput};
use crate::state::ApiState;

/// List a customer's wallets
///
/// One for each currency in which money has come in.
#[utoipa::path(get, path = "/v1/customers/{id}/wallets", tag = "wallets",
    params(("id" = String, Path, example = "C00042"), ListParameters,
        ("sort" = Option<String>, Query, description = "`id` (the default), with `-` before it for descending."),
        ("currency" = Option<String>, Query)),
    responses((status = 200, body = Page<Vec<WalletRow>>)))]
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
    let sort = query.sort();
    let view = query.view();
    let listing = input.listing(query)?;
    known_customer(&state, &customer, (view.as_ref(), &listing)).await?;
    wallets(&state, filter, sort, (view.as_ref(), listing)).await
}

/// A customer nobody has registered has neither wallets nor a statement.
pub(super) async fn known_customer(
    state: &ApiState,
    customer: &CustomerId,
    (view, listing): (Option<&ViewName>, &Listing),
) -> Result<(), Problem> {
    let pool = state.reading(Customers::NAME, view, listing.fresh).await?;
    match find_customer(&pool, customer).await?.data {
        Some(_) => Ok(()),
        None => Err(CustomerRefusal::NotFound { customer: customer.clone() }.into()),
    }
}
