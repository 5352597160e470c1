//! Renaming a customer.

use axum::extract::State;
use axum::response::Response;
use tallybook_commands::customers::{self as commands, RenameCustomer};
use tallybook_domain::customers::CustomerName;
use utoipa::ToSchema;

use super::schema::CustomerOutcome;
use crate::access::Action;
use crate::answer::done;
use crate::problem::{Problem, ProblemKind};
use crate::request::{BodyReader, ChangeInput, ReadBody, text};
use crate::state::ApiState;

/// The customer's new name.
#[derive(Debug, ToSchema)]
pub(super) struct RenameCustomerBody {
    #[schema(value_type = String, min_length = 1, max_length = 200)]
    name: CustomerName,
}

impl ReadBody for RenameCustomerBody {
    fn read(body: &mut BodyReader<'_, '_>) -> Option<Self> {
        Some(Self { name: body.required("name", text)? })
    }
}

/// Rename a customer
///
/// The old name is free again. The name a customer has already changes nothing.
#[utoipa::path(patch, path = "/v1/customers/{id}", tag = "customers", request_body = RenameCustomerBody,
    params(("id" = String, Path, example = "C00042")),
    responses((status = 200, body = CustomerOutcome)))]
pub(super) async fn rename_customer(
    State(state): State<ApiState>,
    input: ChangeInput,
) -> Result<Response, Problem> {
    let (context, customer, RenameCustomerBody { name }) =
        input.read(Action::ManageCustomers, ProblemKind::CustomerNotFound)?;
    let receipt = commands::rename_customer(state.book(), context, RenameCustomer { customer, name }).await?;
    done(&receipt)
}
