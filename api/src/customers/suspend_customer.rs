//! Suspending a customer.

use axum::extract::State;
use axum::response::Response;
use tallybook_commands::customers::{self as commands, SuspendCustomer};
use tallybook_domain::text::Reason;
use utoipa::ToSchema;

use super::schema::CustomerOutcome;
use crate::access::Action;
use crate::answer::done;
use crate::problem::{Problem, ProblemKind};
use crate::request::{BodyReader, ChangeInput, ReadBody, text};
use crate::state::ApiState;

/// Why the customer is suspended.
#[derive(Debug, ToSchema)]
pub(super) struct SuspendCustomerBody {
    #[schema(value_type = String, min_length = 1, max_length = 500)]
    reason: Reason,
}

impl ReadBody for SuspendCustomerBody {
    fn read(body: &mut BodyReader<'_, '_>) -> Option<Self> {
        Some(Self { reason: body.required("reason", text)? })
    }
}

/// Suspend a customer
///
/// Money still comes in, but none goes out. Who is suspended already stays so, for the first reason.
#[utoipa::path(post, path = "/v1/customers/{id}/suspend", tag = "customers", request_body = SuspendCustomerBody,
    params(("id" = String, Path, example = "C00042")),
    responses((status = 200, body = CustomerOutcome)))]
pub(super) async fn suspend_customer(
    State(state): State<ApiState>,
    input: ChangeInput,
) -> Result<Response, Problem> {
    let (context, customer, SuspendCustomerBody { reason }) =
        input.read(Action::ManageCustomers, ProblemKind::CustomerNotFound)?;
    let receipt =
        commands::suspend_customer(state.book(), context, SuspendCustomer { customer, reason }).await?;
    done(&receipt)
}
