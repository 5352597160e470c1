//! The chart of accounts with their balances.

use axum::extract::State;
use axum::response::Response;
use serde::Serialize;
use tallybook_read_models::ledger::{GeneralLedger, LedgerAccount, accounts as read};
use tallybook_read_models::{Answer, Page, Projection, Total};

use crate::access::{Action, Caller};
use crate::answer::{Cell, Listed, Seen, Tabular, list, one_page};
use crate::problem::Problem;
use crate::request::{ReadInput, StandpointParameters};
use crate::state::ApiState;

/// The whole chart; as a table, one row for each account and currency.
#[derive(Serialize)]
#[serde(transparent)]
struct Chart(Vec<LedgerAccount>);

struct AccountBalance {
    account: LedgerAccount,
    balance: Option<usize>,
}

impl Listed for Chart {
    type Row = AccountBalance;

    fn into_rows(self) -> Vec<AccountBalance> {
        self.0
            .into_iter()
            .flat_map(|account| {
                let balances: Vec<_> = (0..account.balances.len()).map(Some).collect();
                let balances = if balances.is_empty() { vec![None] } else { balances };
                balances.into_iter().map(move |balance| AccountBalance { account: account.clone(), balance })
            })
            .collect()
    }
}

impl Tabular for AccountBalance {
    const COLUMNS: &'static [&'static str] = &[
        "code", "name_zh", "name_en", "kind", "parent", "summary", "debit", "credit", "balance", "currency",
    ];

    fn cells(&self) -> Vec<Cell> {
        let Self { account, balance } = self;
        let balance = balance.and_then(|at| account.balances.get(at));
        let total = |total: Option<Total>| total.map_or(Cell::Empty, Cell::total);
        vec![
            Cell::text(account.code),
            Cell::text(account.name_zh),
            Cell::text(account.name_en),
            Cell::spelled(account.kind),
            Cell::optional(account.parent),
            Cell::text(account.summary),
            total(balance.map(|balance| balance.debit)),
            total(balance.map(|balance| balance.credit)),
            total(balance.map(|balance| balance.balance)),
            Cell::optional(balance.map(|balance| balance.currency)),
        ]
    }
}

/// List the accounts of the ledger
///
/// The whole chart with what was posted to each account, in each currency. A summary account is the sum of its
/// sub-accounts. Debits count positive.
#[utoipa::path(get, path = "/v1/ledger/accounts", tag = "ledger", params(StandpointParameters),
    responses((status = 200, body = Seen<Page<Vec<LedgerAccount>>>)))]
pub(super) async fn list_accounts(
    State(state): State<ApiState>,
    caller: Caller,
    input: ReadInput,
) -> Result<Response, Problem> {
    caller.may(Action::ReadModels)?;
    let mut query = input.query();
    let (view, seen_from) = (query.view(), query.seen_from());
    let mut listing = input.whole(query)?;
    let standpoint = seen_from.resolve(&state, view.as_ref(), &mut listing).await?;
    let pool = state.reading(&[GeneralLedger::NAME], view.as_ref(), listing.fresh).await?;
    list(&state, listing, move |_| {
        let pool = pool.clone();
        async move {
            let Answer { data, position } = read(&pool, standpoint).await?;
            Ok(one_page(Chart(data), position))
        }
    })
    .await
}
