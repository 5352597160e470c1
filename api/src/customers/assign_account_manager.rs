//! Giving customers to an account manager.

use axum::extract::State;
use axum::response::Response;
use tallybook_commands::customers::{self as commands, AssignAccountManager};
use tallybook_domain::CustomerId;
use tallybook_domain::customers::{AccountManager, Edit};
use tallybook_read_models::Projection;
use tallybook_read_models::customers::{Customers, customers_of_manager};
use utoipa::ToSchema;

use super::schema::AccountManagerOutcome;
use crate::access::{Action, Caller};
use crate::answer::done;
use crate::problem::{FieldError, Problem};
use crate::request::{BodyReader, CommandInput, Freshness, JsonValue, ReadBody, collection, text};
use crate::state::ApiState;

/// How many customers one request gives away. Of more, it is asked again.
const MOST: usize = 1000;

/// Which customers, and whose they are to be.
#[derive(Debug, ToSchema)]
pub(super) struct AssignAccountManagerBody {
    /// Up to 1,000 customers: all are given, or none. Left out, all customers of `from` are.
    #[schema(value_type = Option<Vec<String>>, max_items = 1000, example = json!(["C00042"]))]
    customers: Option<Vec<CustomerId>>,
    /// Whose they have to be now. Needed if no customers are named.
    #[schema(value_type = Option<String>)]
    from: Option<AccountManager>,
    /// `null`: nobody's.
    #[schema(value_type = Option<String>)]
    to: Edit<AccountManager>,
}

impl ReadBody for AssignAccountManagerBody {
    fn read(body: &mut BodyReader<'_, '_>) -> Option<Self> {
        let customers = body.optional("customers", customers);
        let from = body.optional("from", text);
        Some(Self { customers, from, to: body.edit("to", text) })
    }
}

fn customers(value: JsonValue<'_, '_>) -> Option<Vec<CustomerId>> {
    const EXPECTED: &str = "a list of 1 to 1000 customers, such as [\"C00042\"]";
    match collection::<Vec<CustomerId>>(value, EXPECTED)? {
        Some(customers) if customers.len() <= MOST => Some(customers),
        Some(_) | None => Some(Vec::new()),
    }
}

/// Give customers to an account manager
///
/// Named customers, or all of one manager; all or none. Who is with the new one already stays so. Of a manager with more
/// than 1,000 customers the first 1,000 are given; ask again, with another idempotency key, until none is `assigned`.
#[utoipa::path(post, path = "/v1/customers/account-manager", tag = "customers",
    request_body = AssignAccountManagerBody, responses((status = 200, body = AccountManagerOutcome)))]
pub(super) async fn assign_account_manager(
    State(state): State<ApiState>,
    caller: Caller,
    input: CommandInput,
) -> Result<Response, Problem> {
    caller.may(Action::ManageCustomers)?;
    let (context, body) = input.command::<AssignAccountManagerBody>(&caller)?;
    let assign = asked(body)?;
    let found = match (&assign.from, assign.named.is_empty()) {
        (Some(from), true) => {
            let fresh = Some(Freshness::at_least(state.book().head(), None));
            let pool = state.reading(&[Customers::NAME], None, fresh).await?;
            customers_of_manager(&pool, from, MOST as i64).await?.data.0
        }
        (_, false) | (None, true) => Vec::new(),
    };
    let assign = AssignAccountManager { found, ..assign };
    done(&commands::assign_account_manager(state.book(), context, assign).await?)
}

fn asked(body: AssignAccountManagerBody) -> Result<AssignAccountManager, Problem> {
    let AssignAccountManagerBody { customers, from, to } = body;
    let mut errors = Vec::new();
    let mut refuse = |pointer: &str, code, detail: &str| {
        errors.push(FieldError { pointer: pointer.into(), code, detail: detail.into() });
    };
    let to = match to {
        Edit::Keep => {
            refuse("/to", "missing", "is needed; null gives the customers to nobody");
            None
        }
        Edit::Clear => None,
        Edit::Set(manager) => Some(manager),
    };
    let named = match customers {
        Some(named) if named.is_empty() => {
            refuse("/customers", "out_of_range", "must be 1 to 1000 customers");
            named
        }
        Some(named) => named,
        None if from.is_none() => {
            refuse("/customers", "missing", "is needed, unless all customers of `from` are meant");
            Vec::new()
        }
        None => Vec::new(),
    };
    if errors.is_empty() {
        Ok(AssignAccountManager { named, from, to, found: Vec::new() })
    } else {
        Err(Problem::validation(errors))
    }
}
