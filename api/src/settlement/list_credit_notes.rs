//! The list of credit notes that are bound to no bill.

use axum::extract::State;
use axum::response::Response;
use tallybook_read_models::settlement::{
    CreditNoteFilter, CreditNoteRow, CreditNotes, list_credit_notes as read,
};
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
pub(super) struct CreditNoteParameters {
    /// `granted`, with `-` before it for descending; `-granted` by default.
    sort: Option<String>,
    #[param(example = "C00042")]
    customer: Option<String>,
    state: Option<schema::CreditNoteState>,
}

impl Tabular for CreditNoteRow {
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "customer",
        "state",
        "subtotal",
        "tax",
        "amount",
        "applied",
        "unapplied",
        "currency",
        "reason",
        "effective_date",
        "decided_by",
        "end_reason",
        "created_at",
        "created_by",
    ];

    fn cells(&self) -> Vec<Cell> {
        vec![
            Cell::text(&self.id),
            Cell::text(&self.customer),
            Cell::text(self.state),
            Cell::money(self.subtotal),
            Cell::money(self.tax),
            Cell::money(self.amount),
            Cell::money(self.applied),
            Cell::money(self.unapplied),
            Cell::text(self.amount.currency()),
            Cell::text(&self.reason),
            Cell::Date(self.effective_date),
            Cell::optional(self.decided_by.as_ref()),
            Cell::optional(self.end_reason.as_ref()),
            Cell::at(self.created.at),
            Cell::text(&self.created.by),
        ]
    }
}

/// List credit notes
///
/// Those that are bound to no bill; a note on a bill is shown there.
#[utoipa::path(get, path = "/v1/credit-notes", tag = "write-offs",
    params(ListParameters, CreditNoteParameters),
    responses((status = 200, body = Page<Vec<CreditNoteRow>>)))]
pub(super) async fn list_credit_notes(
    State(state): State<ApiState>,
    caller: Caller,
    input: ReadInput,
) -> Result<Response, Problem> {
    caller.may(Action::ReadModels)?;
    let mut query = input.query();
    let filter = CreditNoteFilter { customer: query.optional("customer"), state: query.optional("state") };
    let sort = query.sort();
    let view = query.view();
    let listing = input.listing(query)?;
    let pool = state.reading(&[CreditNotes::NAME], view.as_ref(), listing.fresh).await?;
    list(&state, listing, move |page| {
        let (pool, filter) = (pool.clone(), filter.clone());
        async move { Ok(read(&pool, &filter, sort, &page.paging()?).await?) }
    })
    .await
}
