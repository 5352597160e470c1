//! Registering a customer.

use axum::extract::State;
use axum::response::Response;
use serde::Serialize;
use tallybook_commands::customers::{self as commands, RegisterCustomer};
use tallybook_domain::customers::{AccountManager, CustomerName, Edit};
use utoipa::ToSchema;

use super::file::{CustomerFileBody, FileEdits};
use super::schema::CustomerOutcome;
use crate::access::{Action, Caller};
use crate::answer::created;
use crate::problem::Problem;
use crate::request::{BodyReader, CommandInput, ReadBody, text};
use crate::state::ApiState;

/// A customer to be registered. A name is enough.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RegisterCustomerBody)]
#[allow(dead_code, reason = "describes Registration; never made")]
pub(super) struct RegisterCustomerBody {
    /// 1 to 200 characters. Two names are the same if they differ in width, case or spacing only.
    #[schema(min_length = 1, max_length = 200, example = "上海闵行贸易有限公司")]
    name: String,
    #[serde(flatten)]
    file: CustomerFileBody,
}

#[derive(Debug)]
struct Registration {
    name: CustomerName,
    file: FileEdits,
}

impl ReadBody for Registration {
    fn read(body: &mut BodyReader<'_, '_>) -> Option<Self> {
        let name = body.required("name", text);
        let file = FileEdits::read(body);
        Some(Self { name: name?, file })
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
    let (context, Registration { name, file }) = input.command(&caller)?;
    let FileEdits { account_manager, profile, personal } = file;
    let register = RegisterCustomer { name, account_manager: given(account_manager), profile, personal };
    let receipt = commands::register_customer(state.book(), state.personal_keys(), context, register).await?;
    created(&receipt)
}

/// There is nothing to keep or to clear yet.
fn given(manager: Edit<AccountManager>) -> Option<AccountManager> {
    match manager {
        Edit::Keep | Edit::Clear => None,
        Edit::Set(manager) => Some(manager),
    }
}
