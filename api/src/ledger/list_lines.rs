//! What was posted to an account.

use axum::extract::State;
use axum::response::Response;
use tallybook_domain::ledger::AccountCode;
use tallybook_read_models::ledger::{AccountLines, GeneralLedger, LedgerLine, account_lines as read};
use tallybook_read_models::{Page, Projection};

use crate::access::{Action, Caller};
use crate::answer::{Cell, Listed, Seen, Tabular, list};
use crate::problem::{Problem, ProblemKind};
use crate::request::{LineParameters, Lines, ListParameters, PathId, ReadInput, StandpointParameters};
use crate::state::ApiState;

impl Listed for AccountLines {
    type Row = LedgerLine;

    fn into_rows(self) -> Vec<LedgerLine> {
        self.lines
    }
}

impl Tabular for LedgerLine {
    const COLUMNS: &'static [&'static str] = &[
        "account",
        "effective_date",
        "position",
        "posting",
        "recorded_at",
        "recorded_by",
        "event_type",
        "source_type",
        "source",
        "side",
        "amount",
        "balance",
        "currency",
    ];

    fn cells(&self) -> Vec<Cell> {
        vec![
            Cell::text(self.account),
            Cell::Date(self.effective_date),
            Cell::Integer(self.position),
            Cell::Integer(self.posting),
            Cell::at(self.recorded_at),
            Cell::text(&self.recorded_by),
            Cell::text(&self.event_type),
            Cell::text(&self.source_type),
            Cell::text(&self.source),
            Cell::spelled(self.side),
            Cell::money(self.amount),
            Cell::total(self.balance),
            Cell::text(self.amount.currency()),
        ]
    }
}

/// List the lines of an account
///
/// In the order of their effective dates, each with the balance after it. A summary account shows the lines of its
/// sub-accounts. A page has part of the lines; the balances and sums are always those of the whole period.
#[utoipa::path(get, path = "/v1/ledger/accounts/{code}/lines", tag = "ledger",
    params(("code" = String, Path, example = "2241.01"), ListParameters, LineParameters,
        StandpointParameters),
    responses((status = 200, body = Seen<Page<AccountLines>>)))]
pub(super) async fn list_lines(
    State(state): State<ApiState>,
    caller: Caller,
    path: PathId,
    input: ReadInput,
) -> Result<Response, Problem> {
    caller.may(Action::ReadModels)?;
    let account: AccountCode = path.parse(ProblemKind::AccountNotFound)?;
    let Lines { currency, period, view, seen_from, mut listing } = input.lines()?;
    let standpoint = seen_from.resolve(&state, view.as_ref(), &mut listing).await?;
    let pool = state.reading(&[GeneralLedger::NAME], view.as_ref(), listing.fresh).await?;
    list(&state, listing, move |page| {
        let pool = pool.clone();
        async move { Ok(read(&pool, (account, currency), period, standpoint, &page.paging()?).await?) }
    })
    .await
}
