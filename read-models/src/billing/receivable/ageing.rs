//! Asking how old what is owed is (账龄分析), held against the ledger, and how fast it is paid.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use serde::Serialize;
use sqlx::PgPool;
use tallybook_domain::ledger::AccountCode;
use tallybook_domain::{Currency, CustomerId};
use utoipa::ToSchema;

use super::Receivables;
use super::bounds::AgeingBounds;
use super::owed::{Aged, AgedOfCustomer, Seen, SortedByAge, aged};
use super::turnover::{ReceivablesTurnover, Turned, turned};
use crate::customers::Customers;
use crate::ledger::{GeneralLedger, closing_of};
use crate::query::{Answer, ReadError, Snapshot, Standpoint, Total, signed, tables_of};
use crate::schema;

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgeingScope {
    /// The day on which it is counted for how long something has been due.
    pub on: NaiveDate,
    pub currency: Option<Currency>,
    /// How many customers of each currency; those who owe most. All, if left out.
    pub limit: Option<u32>,
    pub bounds: AgeingBounds,
    /// Over how many days up to that day it is counted what was billed and paid.
    pub window_days: u32,
}

impl AgeingScope {
    /// A quarter.
    pub const USUAL_WINDOW: u32 = 90;
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ReceivablesAgeing {
    /// The day on which it is counted for how long something has been due.
    pub on: NaiveDate,
    pub currencies: Vec<AgeingOfCurrency>,
}

/// What is owed in a currency by how long it has been due, the one who owes most first, and the sums over all of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct AgeingOfCurrency {
    #[schema(value_type = String, example = "CNY")]
    pub currency: Currency,
    /// How many customers there are, shown or not.
    pub customer_count: u64,
    #[serde(flatten)]
    pub owed: SortedByAge,
    /// The balance of account 1122 then.
    #[schema(value_type = schema::Money)]
    pub ledger: Total,
    /// The buckets sum up to the ledger's balance. Anything else is an error in the books.
    pub agrees: bool,
    #[serde(flatten)]
    pub turnover: ReceivablesTurnover,
    pub customers: Vec<AgeingOfCustomer>,
}

/// What a customer owes in a currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct AgeingOfCustomer {
    #[schema(value_type = String, example = "C00042")]
    pub customer: CustomerId,
    pub name: Option<String>,
    #[serde(flatten)]
    pub owed: SortedByAge,
}

/// Both the receivables and the ledger as they were at one position, whichever of the two has come further.
pub async fn receivables_ageing(
    pool: &PgPool,
    scope: &AgeingScope,
    standpoint: Standpoint,
) -> Result<Answer<ReceivablesAgeing>, ReadError> {
    let mut tables = tables_of::<Receivables>();
    tables.extend(tables_of::<Customers>());
    tables.extend(tables_of::<GeneralLedger>());
    let mut snapshot = Snapshot::of_tables(pool, &tables).await?;
    let owed_at = snapshot.stand::<Receivables>(&standpoint).await?;
    let posted_at = snapshot.stand::<GeneralLedger>(&standpoint).await?;
    let position = owed_at.min(posted_at);
    let standpoint = match standpoint.known_at {
        None if owed_at == posted_at => standpoint,
        None | Some(_) => Standpoint { known_at: Some(position), ..standpoint },
    };

    let known_at = standpoint.known_at.map(signed).transpose()?;
    let seen = Seen { date: standpoint.date(), known_at, currency: scope.currency, on: scope.on };
    let mut owed = aged(&mut snapshot, seen, &scope.bounds, scope.limit).await?;
    let ledger = closing_of(AccountCode::Receivables, scope.currency, standpoint, &mut snapshot).await?;
    let turned = turned(&mut snapshot, seen, scope.window_days).await?;
    let currencies: BTreeSet<Currency> =
        owed.keys().chain(ledger.keys()).chain(turned.keys()).copied().collect();
    let of_currency = |currency| {
        AgeingOfCurrency::new(
            scope,
            owed.remove(&currency).unwrap_or_else(|| Aged::nothing(currency, &scope.bounds)),
            ledger.get(&currency).copied().unwrap_or_else(|| Total::zero(currency)),
            turned.get(&currency).copied().unwrap_or_default(),
        )
    };
    let currencies = currencies.into_iter().map(of_currency).collect::<Result<_, ReadError>>()?;
    Ok(Answer { data: ReceivablesAgeing { on: scope.on, currencies }, position })
}

impl AgeingOfCurrency {
    fn new(scope: &AgeingScope, aged: Aged, ledger: Total, turned: Turned) -> Result<Self, ReadError> {
        let Aged { customers, customer_count, sums: owed } = aged;
        let customers = customers
            .into_iter()
            .map(|AgedOfCustomer { customer, name, sums: owed }| AgeingOfCustomer { customer, name, owed });
        Ok(Self {
            currency: ledger.currency(),
            customer_count,
            ledger,
            agrees: ledger == owed.open,
            turnover: turned.turnover(scope.window_days, owed.open)?,
            customers: customers.collect(),
            owed,
        })
    }
}
