//! Reactivating a suspended customer.

use axum::extract::State;
use axum::response::Response;
use tallybook_commands::customers::{self as commands, ReactivateCustomer};
use tallybook_domain::text::Reason;
use utoipa::ToSchema;

use super::schema::CustomerOutcome;
use crate::access::Action;
use crate::answer::done;
use crate::problem::{Problem, ProblemKind};
use crate::request::{BodyReader, ChangeInput, ReadBody, text};
use crate::state::ApiState;

/// Why the customer may withdraw again.
#[derive(Debug, ToSchema)]
pub(super) struct ReactivateCustomerBody {
    #[schema(value_type = Option<String>, min_length = 1, max_length = 500)]
    reason: Option<Reason>,
}

impl ReadBody for ReactivateCustomerBody {
    fn read(body: &mut BodyReader<'_, '_>) -> Option<Self> {
        Some(Self { reason: body.optional("reason", text) })
    }
}

/// Reactivate a customer
///
/// Who is not suspended stays as he is.
#[utoipa::path(post, path = "/v1/customers/{id}/reactivate", tag = "customers",
    request_body = Option<ReactivateCustomerBody>,
    params(("id" = String, Path, example = "C00042")),
    responses((status = 200, body = CustomerOutcome)))]
pub(super) async fn reactivate_customer(
    State(state): State<ApiState>,
    input: ChangeInput,
) -> Result<Response, Problem> {
    let (context, customer, ReactivateCustomerBody { reason }) =
        input.read(Action::ManageCustomers, ProblemKind::CustomerNotFound)?;
    let reactivate = ReactivateCustomer { customer, reason };
    let receipt = commands::reactivate_customer(state.book(), context, reactivate).await?;
    done(&receipt)
}
