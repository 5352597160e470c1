//! What a customer is worth, owes and has left with us.

use axum::extract::State;
use axum::response::Response;
use tallybook_domain::CustomerId;
use tallybook_read_models::billing::{Bills, Receivables};
use tallybook_read_models::customers::{CustomerFigures, Customers, customer_figures as read};
use tallybook_read_models::orders::Orders;
use tallybook_read_models::settlement::{CreditNotes, Receipts};
use tallybook_read_models::{Answer, Projection};

use crate::access::{Action, Caller};
use crate::answer::found;
use crate::problem::{Problem, ProblemKind};
use crate::request::{PathId, ReadInput};
use crate::state::ApiState;

/// Show a customer's figures
///
/// Lifetime value, outstanding and overdue amounts, what is left of receipts and credit notes, how many days the customer
/// takes to pay, and how much of the credit limit is used: in each currency, as of today.
#[utoipa::path(get, path = "/v1/customers/{id}/figures", tag = "customers",
    params(("id" = String, Path, example = "C00042")),
    responses((status = 200, body = Answer<CustomerFigures>)))]
pub(super) async fn show_customer_figures(
    State(state): State<ApiState>,
    caller: Caller,
    path: PathId,
    input: ReadInput,
) -> Result<Response, Problem> {
    caller.may(Action::ReadModels)?;
    let customer: CustomerId = path.parse(ProblemKind::CustomerNotFound)?;
    let mut query = input.query();
    let view = query.view();
    let fresh = input.finish(query)?;
    let names =
        [Customers::NAME, Bills::NAME, Receivables::NAME, Receipts::NAME, CreditNotes::NAME, Orders::NAME];
    let pool = state.reading(&names, view.as_ref(), fresh).await?;
    let figures = read(&pool, &customer, state.book().today()).await?;
    found(figures, ProblemKind::CustomerNotFound, &customer)
}
