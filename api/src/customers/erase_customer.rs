//! Erasing a customer's personal data.

use axum::extract::State;
use axum::response::Response;
use tallybook_commands::customers::{self as commands, EraseCustomer};
use tallybook_domain::text::Reason;
use utoipa::ToSchema;

use super::schema::CustomerOutcome;
use crate::access::Action;
use crate::answer::done;
use crate::problem::{Problem, ProblemKind};
use crate::request::{BodyReader, ChangeInput, ReadBody, text};
use crate::state::ApiState;

/// Why the personal data is erased. It stays in the journal, so it names nobody.
#[derive(Debug, ToSchema)]
pub(super) struct EraseCustomerBody {
    #[schema(value_type = String, min_length = 1, max_length = 500)]
    reason: Reason,
}

impl ReadBody for EraseCustomerBody {
    fn read(body: &mut BodyReader<'_, '_>) -> Option<Self> {
        Some(Self { reason: body.required("reason", text)? })
    }
}

/// Erase a customer's personal data, for ever
///
/// Destroys the key of the customer's personal fields: nobody can read them any more, here or in past events. Figures
/// and proofs stay as they are. No personal fields are taken in for the customer from then on.
#[utoipa::path(post, path = "/v1/customers/{id}/erase", tag = "customers", request_body = EraseCustomerBody,
    params(("id" = String, Path, example = "C00042")),
    responses((status = 200, body = CustomerOutcome)))]
pub(super) async fn erase_customer(
    State(state): State<ApiState>,
    input: ChangeInput,
) -> Result<Response, Problem> {
    let (context, customer, EraseCustomerBody { reason }) =
        input.read(Action::ErasePersonalData, ProblemKind::CustomerNotFound)?;
    let erase = EraseCustomer { customer, reason };
    let receipt = commands::erase_customer(state.book(), state.personal_keys(), context, erase).await?;
    done(&receipt)
}
