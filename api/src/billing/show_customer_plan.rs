//! What one customer is billed by.

use axum::extract::State;
use axum::response::Response;
use tallybook_domain::CustomerId;
use tallybook_domain::customers::CustomerRefusal;
use tallybook_read_models::billing::{CustomerPlans, PlanChange, Subscriptions, find_subscription};
use tallybook_read_models::customers::{Customers, find_customer};
use tallybook_read_models::{Answer, Projection};

use crate::access::{Action, Caller};
use crate::answer::{Cell, Listed, Tabular, answer_or_table};
use crate::problem::{Problem, ProblemKind};
use crate::request::{PathId, ReadInput};
use crate::state::ApiState;

impl Listed for CustomerPlans {
    type Row = PlanChange;

    fn into_rows(self) -> Vec<PlanChange> {
        self.changes
    }
}

impl Tabular for PlanChange {
    const COLUMNS: &'static [&'static str] = &["from", "plan", "void", "changed_at", "changed_by"];

    fn cells(&self) -> Vec<Cell> {
        vec![
            Cell::Date(self.from),
            Cell::optional(self.plan.as_ref()),
            Cell::text(self.void),
            Cell::at(self.changed.at),
            Cell::text(&self.changed.by),
        ]
    }
}

/// See a customer's price plan
///
/// The one in force today, and every change, those to come and those that were voided too. What somebody else has to approve
/// first is in `requested`.
#[utoipa::path(get, path = "/v1/customers/{id}/price-plan", tag = "price-plans",
    params(("id" = String, Path, example = "C00042")),
    responses((status = 200, body = Answer<CustomerPlans>)))]
pub(super) async fn show_customer_plan(
    State(state): State<ApiState>,
    caller: Caller,
    path: PathId,
    input: ReadInput,
) -> Result<Response, Problem> {
    caller.may(Action::ReadModels)?;
    let customer: CustomerId = path.parse(ProblemKind::CustomerNotFound)?;
    let mut query = input.query();
    let view = query.view();
    let listing = input.whole(query)?;
    let pool = state.reading(&[Customers::NAME, Subscriptions::NAME], view.as_ref(), listing.fresh).await?;
    if find_customer(&pool, &customer).await?.data.is_none() {
        return Err(CustomerRefusal::NotFound { customer }.into());
    }
    let plans = find_subscription(&pool, &customer, state.book().today()).await?;
    answer_or_table(&state, &listing, plans).await
}
