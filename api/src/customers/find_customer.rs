//! One customer.

use axum::extract::State;
use axum::response::Response;
use tallybook_domain::CustomerId;
use tallybook_read_models::customers::{CustomerRow, Customers, find_customer as find};
use tallybook_read_models::{Answer, Projection};

use crate::access::{Action, Caller};
use crate::answer::found;
use crate::problem::{Problem, ProblemKind};
use crate::request::{PathId, ReadInput};
use crate::state::ApiState;

/// See a customer
#[utoipa::path(get, path = "/v1/customers/{id}", tag = "customers",
    params(("id" = String, Path, example = "C00042")),
    responses((status = 200, body = Answer<CustomerRow>)))]
pub(super) async fn find_customer(
    State(state): State<ApiState>,
    caller: Caller,
    path: PathId,
    input: ReadInput,
) -> Result<Response, Problem> {
    caller.may(Action::ReadModels)?;
    let customer: CustomerId = path.parse(ProblemKind::CustomerNotFound)?;
    let mut query = input.query();
    let view = query.view();
    let fresh = input.finish(query)?;
    let pool = state.reading(&[Customers::NAME], view.as_ref(), fresh).await?;
    found(find(&pool, &customer).await?, ProblemKind::CustomerNotFound, &customer)
}
