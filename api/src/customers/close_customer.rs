//! Closing a customer.

use axum::extract::State;
use axum::response::Response;
use tallybook_commands::customers::{self as commands, CloseCustomer};
use tallybook_domain::text::Reason;
use utoipa::ToSchema;

use super::schema::CustomerOutcome;
use crate::access::Action;
use crate::answer::done;
use crate::problem::{Problem, ProblemKind};
use crate::request::{BodyReader, ChangeInput, ReadBody, text};
use crate::state::ApiState;

/// Why the customer is closed.
#[derive(Debug, ToSchema)]
pub(super) struct CloseCustomerBody {
    #[schema(value_type = String, min_length = 1, max_length = 500)]
    reason: Reason,
}

impl ReadBody for CloseCustomerBody {
    fn read(body: &mut BodyReader<'_, '_>) -> Option<Self> {
        Some(Self { reason: body.required("reason", text)? })
    }
}

/// Close a customer, for ever
///
/// Refused while anything is open: money in a wallet, a withdrawal under way. A closed customer takes no deposits and
/// does not change any more; what the bank sends back to it can still go out.
#[utoipa::path(post, path = "/v1/customers/{id}/close", tag = "customers", request_body = CloseCustomerBody,
    params(("id" = String, Path, example = "C00042")),
    responses((status = 200, body = CustomerOutcome)))]
pub(super) async fn close_customer(
    State(state): State<ApiState>,
    input: ChangeInput,
) -> Result<Response, Problem> {
    let (context, customer, CloseCustomerBody { reason }) =
        input.read(Action::ManageCustomers, ProblemKind::CustomerNotFound)?;
    let receipt = commands::close_customer(state.book(), context, CloseCustomer { customer, reason }).await?;
    done(&receipt)
}
