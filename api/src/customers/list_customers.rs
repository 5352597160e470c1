//! The list of customers.

use axum::extract::State;
use axum::response::Response;
use tallybook_read_models::customers::{CustomerFilter, CustomerRow, Customers, list_customers as read};
use tallybook_read_models::{Page, Projection, schema};
use utoipa::IntoParams;

use crate::access::{Action, Caller};
use crate::answer::{Cell, Tabular, list};
use crate::problem::Problem;
use crate::request::{ListParameters, ReadInput};
use crate::state::ApiState;

#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes in OpenAPI what the handler reads")]
pub(super) struct CustomerParameters {
    /// `id` (the default) or `name`, with `-` before it for descending.
    sort: Option<String>,
    status: Option<schema::CustomerStatus>,
    /// Part of the name, in any case.
    name: Option<String>,
}

impl Tabular for CustomerRow {
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "name",
        "status",
        "suspension_reason",
        "created_at",
        "created_by",
        "updated_at",
        "updated_by",
    ];

    fn cells(&self) -> Vec<Cell> {
        vec![
            Cell::text(&self.id),
            Cell::text(&self.name),
            Cell::text(self.status),
            Cell::optional(self.suspension_reason.as_ref()),
            Cell::at(self.created.at),
            Cell::text(&self.created.by),
            Cell::at(self.updated.at),
            Cell::text(&self.updated.by),
        ]
    }
}

/// List customers
#[utoipa::path(get, path = "/v1/customers", tag = "customers", params(ListParameters, CustomerParameters),
    responses((status = 200, body = Page<Vec<CustomerRow>>)))]
pub(super) async fn list_customers(
    State(state): State<ApiState>,
    caller: Caller,
    input: ReadInput,
) -> Result<Response, Problem> {
    caller.may(Action::ReadModels)?;
    let mut query = input.query();
    let filter = CustomerFilter {
        status: query.optional("status"),
        name_contains: query.raw("name").map(std::borrow::Cow::into_owned),
    };
    let sort = query.sort();
    let view = query.view();
    let listing = input.listing(query)?;
    let pool = state.reading(&[Customers::NAME], view.as_ref(), listing.fresh).await?;
    list(&state, listing, move |page| {
        let (pool, filter) = (pool.clone(), filter.clone());
        async move { Ok(read(&pool, &filter, sort, &page.paging()?).await?) }
    })
    .await
}
