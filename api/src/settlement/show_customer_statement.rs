//! What happened between a customer and us in a period, with the balances before and after.

use axum::extract::State;
use axum::response::Response;
use tallybook_domain::CustomerId;
use tallybook_read_models::billing::{Bills, Receivables};
use tallybook_read_models::settlement::{
    Advances, CustomerStatement, CustomerStatementLine, customer_statement as read,
};
use tallybook_read_models::{Page, Projection};

use crate::access::{Action, Caller};
use crate::answer::{Cell, Listed, Seen, Tabular, list};
use crate::deposits::known_customer;
use crate::problem::{Problem, ProblemKind};
use crate::request::{LineParameters, Lines, ListParameters, PathId, ReadInput, StandpointParameters};
use crate::state::ApiState;

impl Tabular for CustomerStatementLine {
    const COLUMNS: &'static [&'static str] = &[
        "effective_date",
        "position",
        "kind",
        "document",
        "reference",
        "receivable",
        "advance",
        "balance",
        "currency",
    ];

    fn cells(&self) -> Vec<Cell> {
        vec![
            Cell::Date(self.effective_date),
            Cell::Integer(self.position),
            Cell::text(&self.kind),
            Cell::text(&self.document),
            Cell::optional(self.reference.as_ref()),
            Cell::total(self.receivable),
            Cell::total(self.advance),
            Cell::total(self.balance),
            Cell::text(self.balance.currency()),
        ]
    }
}

impl Listed for CustomerStatement {
    type Row = CustomerStatementLine;

    fn into_rows(self) -> Vec<CustomerStatementLine> {
        self.lines
    }
}

/// Show a customer's statement
///
/// What is owed and what is left of the money that came in (对账单): opening balance, lines in the order of their
/// effective dates, closing balance. A page has part of the lines; the balances are always those of the whole period.
#[utoipa::path(get, path = "/v1/customers/{id}/statement", tag = "receivables",
    params(("id" = String, Path, example = "C00042"), ListParameters, LineParameters, StandpointParameters),
    responses((status = 200, body = Seen<Page<CustomerStatement>>)))]
pub(super) async fn show_customer_statement(
    State(state): State<ApiState>,
    caller: Caller,
    path: PathId,
    input: ReadInput,
) -> Result<Response, Problem> {
    caller.may(Action::ReadModels)?;
    let customer: CustomerId = path.parse(ProblemKind::CustomerNotFound)?;
    let Lines { currency, period, view, seen_from, mut listing } = input.lines()?;
    let standpoint = seen_from.resolve(&state, view.as_ref(), &mut listing).await?;
    known_customer(&state, &customer, standpoint, (view.as_ref(), &listing)).await?;
    let names = [Receivables::NAME, Bills::NAME, Advances::NAME];
    let pool = state.reading(&names, view.as_ref(), listing.fresh).await?;
    list(&state, listing, move |page| {
        let (pool, customer) = (pool.clone(), customer.clone());
        async move { Ok(read(&pool, (&customer, currency), period, standpoint, &page.paging()?).await?) }
    })
    .await
}
