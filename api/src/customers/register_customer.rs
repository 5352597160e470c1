//! Registering a customer.

use axum::extract::State;
use axum::response::Response;
use tallybook_commands::customers::{self as commands, RegisterCustomer};
use tallybook_domain::customers::CustomerName;
use utoipa::ToSchema;

use super::schema::CustomerOutcome;
use crate::access::{Action, Caller};
use crate::answer::created;
use crate::problem::Problem;
use crate::request::{BodyReader, CommandInput, ReadBody, text};
use crate::state::ApiState;

/// A customer to be registered.
#[derive(Debug, ToSchema)]
pub(super) struct RegisterCustomerBody {
    /// 1 to 200 characters. Two names are the same if they differ in width, case or spacing only.
    #[schema(value_type = String, min_length = 1, max_length = 200, example = "上海闵行贸易有限公司")]
    name: CustomerName,
}

impl ReadBody for RegisterCustomerBody {
    fn read(body: &mut BodyReader<'_, '_>) -> Option<Self> {
        Some(Self { name: body.required("name", text)? })
    }
}

/// Register a customer
#[utoipa::path(post, path = "/v1/customers", tag = "customers", request_body = RegisterCustomerBody,
    responses((status = 201, body = CustomerOutcome)))]
pub(super) async fn register_customer(
    State(state): State<ApiState>,
    caller: Caller,
    input: CommandInput,
) -> Result<Response, Problem> {
    caller.may(Action::ManageCustomers)?;
    let (context, RegisterCustomerBody { name }) = input.command(&caller)?;
    let receipt = commands::register_customer(state.book(), context, RegisterCustomer { name }).await?;
    created(&receipt)
}
