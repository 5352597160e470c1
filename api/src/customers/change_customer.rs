//! Changing a customer's file.

use axum::extract::State;
use axum::response::Response;
use serde::Serialize;
use tallybook_commands::customers::{self as commands, ChangeCustomer};
use tallybook_domain::customers::CustomerName;
use utoipa::ToSchema;

use super::file::{CustomerFileBody, FileEdits};
use super::schema::CustomerOutcome;
use crate::access::Action;
use crate::answer::done;
use crate::problem::{Problem, ProblemKind};
use crate::request::{BodyReader, ChangeInput, ReadBody, text};
use crate::state::ApiState;

/// What is to change.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ChangeCustomerBody)]
#[allow(dead_code, reason = "describes FileChange; never made")]
pub(super) struct ChangeCustomerBody {
    /// The new name. A customer always has one, so `null` leaves it.
    #[schema(min_length = 1, max_length = 200)]
    name: Option<String>,
    #[serde(flatten)]
    file: CustomerFileBody,
}

#[derive(Debug)]
struct FileChange {
    name: Option<CustomerName>,
    file: FileEdits,
}

impl ReadBody for FileChange {
    fn read(body: &mut BodyReader<'_, '_>) -> Option<Self> {
        let name = body.optional("name", text);
        Some(Self { name, file: FileEdits::read(body) })
    }
}

/// Change a customer's file
///
/// What is left out stays; `null` clears a field; what a customer has already changes nothing. An old name or code is
/// free again.
#[utoipa::path(patch, path = "/v1/customers/{id}", tag = "customers", request_body = ChangeCustomerBody,
    params(("id" = String, Path, example = "C00042")),
    responses((status = 200, body = CustomerOutcome)))]
pub(super) async fn change_customer(
    State(state): State<ApiState>,
    input: ChangeInput,
) -> Result<Response, Problem> {
    let (context, customer, FileChange { name, file }) =
        input.read(Action::ManageCustomers, ProblemKind::CustomerNotFound)?;
    let FileEdits { account_manager, profile, personal } = file;
    let change = ChangeCustomer { customer, name, account_manager, profile, personal };
    let receipt = commands::change_customer(state.book(), state.personal_keys(), context, change).await?;
    done(&receipt)
}
