//! One customer.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use tallybook_domain::CustomerId;
use tallybook_read_models::customers::{Customers, find_customer as find};
use tallybook_read_models::{Answer, Projection};
use utoipa::IntoParams;

use super::shown::{Reader, ShownCustomer};
use crate::access::{Action, Caller};
use crate::answer::found;
use crate::problem::{Problem, ProblemKind};
use crate::request::{PathId, ReadInput, RequestContext};
use crate::state::ApiState;

#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes in OpenAPI what the handler reads")]
pub(super) struct RevealParameter {
    /// Shows the personal fields in full, to roles that may see them, and writes down that it did.
    reveal: Option<bool>,
}

/// See a customer
///
/// Personal fields are masked, unless they are asked for in full with `reveal=true`.
#[utoipa::path(get, path = "/v1/customers/{id}", tag = "customers",
    params(("id" = String, Path, example = "C00042"), RevealParameter),
    responses((status = 200, body = Answer<ShownCustomer>)))]
pub(super) async fn find_customer(
    State(state): State<ApiState>,
    context: Arc<RequestContext>,
    caller: Caller,
    path: PathId,
    input: ReadInput,
) -> Result<Response, Problem> {
    caller.may(Action::ReadModels)?;
    let customer: CustomerId = path.parse(ProblemKind::CustomerNotFound)?;
    let mut query = input.query();
    let view = query.view();
    let in_full = query.flag("reveal");
    let fresh = input.finish(query)?;
    if in_full {
        caller.may(Action::SeePersonalData)?;
    }
    let pool = state.reading(&[Customers::NAME], view.as_ref(), fresh).await?;
    let Answer { data, position } = find(&pool, &customer).await?;
    let reader = Reader { caller, request_id: context.request_id.clone(), in_full };
    let data = reader.shown(&state, data.into_iter().collect()).await?.pop();
    found(Answer { data, position }, ProblemKind::CustomerNotFound, &customer)
}
