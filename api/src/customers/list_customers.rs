//! The list of customers.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use tallybook_domain::customers::{ExternalIds, Tags};
use tallybook_read_models::customers::{CustomerFilter, Customers, list_customers as read};
use tallybook_read_models::{Page, Projection, schema};
use utoipa::IntoParams;

use super::shown::{Reader, ShownCustomer};
use crate::access::{Action, Caller};
use crate::answer::{Cell, Tabular, list};
use crate::problem::{FieldError, Problem};
use crate::request::{Format, ListParameters, ReadInput, RequestContext};
use crate::state::ApiState;

#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes in OpenAPI what the handler reads")]
pub(super) struct CustomerParameters {
    /// `id` (the default), `name`, `code` or `updated_at`, with `-` before it for descending.
    sort: Option<String>,
    status: Option<schema::CustomerStatus>,
    /// Part of the name or the short name, in any case.
    name: Option<String>,
    code: Option<String>,
    industry: Option<String>,
    level: Option<String>,
    account_manager: Option<String>,
    settlement_mode: Option<schema::SettlementMode>,
    /// One of the customer's tags.
    tag: Option<String>,
    /// Shows the personal fields in full, to roles that may see them, and writes down that it did. Not in tables, which
    /// are passed on.
    reveal: Option<bool>,
}

impl Tabular for ShownCustomer {
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "name",
        "status",
        "suspension_reason",
        "closure_reason",
        "code",
        "short_name",
        "industry",
        "level",
        "account_manager",
        "contact_person",
        "phone",
        "email",
        "address",
        "tax_number",
        "bank_name",
        "bank_account",
        "settlement_mode",
        "billing_cycle",
        "payment_term_days",
        "credit_limit",
        "credit_limit_currency",
        "oldest_first",
        "currency",
        "tags",
        "remarks",
        "external_ids",
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
            Cell::optional(self.closure_reason.as_ref()),
            Cell::optional(self.code.as_ref()),
            Cell::optional(self.short_name.as_ref()),
            Cell::optional(self.industry.as_ref()),
            Cell::optional(self.level.as_ref()),
            Cell::optional(self.account_manager.as_ref()),
            Cell::optional(self.contact_person.as_ref()),
            Cell::optional(self.phone.as_ref()),
            Cell::optional(self.email.as_ref()),
            Cell::optional(self.address.as_ref()),
            Cell::optional(self.tax_number.as_ref()),
            Cell::optional(self.bank_name.as_ref()),
            Cell::optional(self.bank_account.as_ref()),
            Cell::optional(self.settlement_mode),
            Cell::optional(self.billing_cycle),
            Cell::optional(self.payment_term_days),
            Cell::optional(self.credit_limit.map(|limit| limit.amount())),
            Cell::optional(self.credit_limit.map(|limit| limit.currency())),
            Cell::optional(self.oldest_first),
            Cell::optional(self.currency),
            Cell::optional(self.tags.as_ref().map(in_one_cell)),
            Cell::optional(self.remarks.as_ref()),
            Cell::optional(self.external_ids.as_ref().map(ids_in_one_cell)),
            Cell::at(self.created.at),
            Cell::text(&self.created.by),
            Cell::at(self.updated.at),
            Cell::text(&self.updated.by),
        ]
    }
}

fn in_one_cell(tags: &Tags) -> String {
    tags.iter().map(|tag| tag.as_str()).collect::<Vec<_>>().join("; ")
}

fn ids_in_one_cell(ids: &ExternalIds) -> String {
    ids.iter().map(|(system, id)| format!("{system}={id}")).collect::<Vec<_>>().join("; ")
}

/// List customers
///
/// Personal fields are masked, unless they are asked for in full with `reveal=true`.
#[utoipa::path(get, path = "/v1/customers", tag = "customers", params(ListParameters, CustomerParameters),
    responses((status = 200, body = Page<Vec<ShownCustomer>>)))]
pub(super) async fn list_customers(
    State(state): State<ApiState>,
    context: Arc<RequestContext>,
    caller: Caller,
    input: ReadInput,
) -> Result<Response, Problem> {
    caller.may(Action::ReadModels)?;
    let mut query = input.query();
    let filter = CustomerFilter {
        status: query.optional("status"),
        name_contains: query.raw("name").map(std::borrow::Cow::into_owned),
        code: query.optional("code"),
        industry: query.optional("industry"),
        level: query.optional("level"),
        account_manager: query.optional("account_manager"),
        settlement_mode: query.optional("settlement_mode"),
        tag: query.optional("tag"),
    };
    let (sort, view, in_full) = (query.sort(), query.view(), query.flag("reveal"));
    let listing = input.listing(query)?;
    if in_full {
        caller.may(Action::SeePersonalData)?;
        not_in_a_table(listing.format)?;
    }
    let pool = state.reading(&[Customers::NAME], view.as_ref(), listing.fresh).await?;
    let reader = Reader { caller, request_id: context.request_id.clone(), in_full };
    let here = state.clone();
    list(&state, listing, move |page| {
        let (pool, filter, reader, state) = (pool.clone(), filter.clone(), reader.clone(), here.clone());
        async move {
            let Page { data, next_cursor, position } = read(&pool, &filter, sort, &page.paging()?).await?;
            Ok(Page { data: reader.shown(&state, data).await?, next_cursor, position })
        }
    })
    .await
}

/// A file leaves the house: whoever opens it later is written down nowhere.
fn not_in_a_table(format: Format) -> Result<(), Problem> {
    match format {
        Format::Json => Ok(()),
        Format::Csv | Format::Xlsx => Err(Problem::validation(vec![FieldError {
            pointer: "?reveal".into(),
            code: "not_in_a_table",
            detail: "shows personal fields in JSON only".into(),
        }])),
    }
}
