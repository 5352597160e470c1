//! Suspending a customer.

use axum::extract::State;
use axum::response::Response;
use tallybook_commands::customers::{self as commands, SuspendCustomer};
use tallybook_domain::text::Reason;
use utoipa::ToSchema;

use super::schema::CustomerOutcome;
use crate::access::{Action, Caller};
use crate::answer::done;
use crate::problem::{Problem, ProblemKind};
use crate::request::{BodyReader, CommandInput, PathId, ReadBody, text};
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
    caller: Caller,
    path: PathId,
    input: CommandInput,
) -> Result<Response, Problem> {
    caller.may(Action::ManageCustomers)?;
    let customer = path.parse(ProblemKind::CustomerNotFound)?;
    let (context, SuspendCustomerBody { reason }) = input.command(&caller)?;
    let dry_run = context.dry_run;
    let receipt =
        commands::suspend_customer(state.book(), context, SuspendCustomer { customer, reason }).await?;
    done(&receipt, dry_run)
}
