//! What came into and went out of a wallet in a period, with the balances before and after.

use axum::extract::State;
use axum::response::Response;
use tallybook_domain::{CustomerId, WalletId};
use tallybook_read_models::deposits::{
    StatementLine, WalletStatement, WalletStatements, wallet_statement as read,
};
use tallybook_read_models::{Page, Projection};

use super::list_customer_wallets::known_customer;
use crate::access::{Action, Caller};
use crate::answer::{Cell, Listed, Seen, Tabular, list};
use crate::problem::{Problem, ProblemKind};
use crate::request::{LineParameters, Lines, ListParameters, PathId, ReadInput, StandpointParameters};
use crate::state::ApiState;

impl Tabular for StatementLine {
    const COLUMNS: &'static [&'static str] = &[
        "effective_date",
        "position",
        "recorded_at",
        "recorded_by",
        "kind",
        "source",
        "reference",
        "remark",
        "amount",
        "balance",
        "currency",
    ];

    fn cells(&self) -> Vec<Cell> {
        vec![
            Cell::Date(self.effective_date),
            Cell::Integer(self.position),
            Cell::at(self.recorded_at),
            Cell::text(&self.recorded_by),
            Cell::spelled(self.kind),
            Cell::text(&self.source),
            Cell::optional(self.reference.as_ref()),
            Cell::optional(self.remark.as_ref()),
            Cell::money(self.amount),
            Cell::total(self.balance),
            Cell::text(self.amount.currency()),
        ]
    }
}

impl Listed for WalletStatement {
    type Row = StatementLine;

    fn into_rows(self) -> Vec<StatementLine> {
        self.lines
    }
}

/// Show a wallet's statement
///
/// Opening balance, lines in the order of their effective dates, closing balance. A page has part of the lines; the
/// balances and sums are always those of the whole period. A wallet never goes below zero in the order of recording;
/// between two effective dates its balance can.
#[utoipa::path(get, path = "/v1/customers/{id}/wallet-statement", tag = "wallets",
    params(("id" = String, Path, example = "C00042"), ListParameters, LineParameters,
        StandpointParameters),
    responses((status = 200, body = Seen<Page<WalletStatement>>)))]
pub(super) async fn show_wallet_statement(
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
    let pool = state.reading(&[WalletStatements::NAME], view.as_ref(), listing.fresh).await?;
    let wallet = WalletId::new(&customer, currency);
    list(&state, listing, move |page| {
        let (pool, wallet) = (pool.clone(), wallet.clone());
        async move { Ok(read(&pool, &wallet, period, standpoint, &page.paging()?).await?) }
    })
    .await
}
