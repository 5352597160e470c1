//! Asking what customers owe (应收账款), and for how long it has been due, in the stretches that everybody uses.

use chrono::NaiveDate;
use serde::Serialize;
use sqlx::PgPool;
use tallybook_domain::{Currency, CustomerId};
use utoipa::ToSchema;

use super::Receivables;
use super::bounds::AgeingBounds;
use super::owed::{AgedOfCustomer, AgeingBucket, Seen, SortedByAge, aged};
use crate::customers::Customers;
use crate::query::{Answer, ReadError, Snapshot, Standpoint, Total, signed, tables_of};
use crate::schema;

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReceivablesScope {
    /// The day on which it is counted for how long something has been due.
    pub on: NaiveDate,
    pub currency: Option<Currency>,
    /// How many customers of each currency; those who owe most. All, if left out.
    pub limit: Option<u32>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ReceivablesSummary {
    /// The day on which it is counted for how long something has been due.
    pub on: NaiveDate,
    pub currencies: Vec<ReceivablesOfCurrency>,
}

/// Who owes in a currency, the one who owes most first, and the sums over all of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ReceivablesOfCurrency {
    #[schema(value_type = String, example = "CNY")]
    pub currency: Currency,
    pub customers: Vec<ReceivablesOfCustomer>,
    /// How many customers there are, shown or not.
    pub customer_count: u64,
    pub bill_count: u64,
    /// What the ledger says of 1122.
    #[serde(flatten)]
    pub ageing: Ageing,
}

/// What a customer owes in a currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ReceivablesOfCustomer {
    #[schema(value_type = String, example = "C00042")]
    pub customer: CustomerId,
    pub name: Option<String>,
    /// Bills of which something is owed.
    pub bill_count: u64,
    #[serde(flatten)]
    pub ageing: Ageing,
}

/// What is owed, with tax, by the days since it was due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct Ageing {
    #[schema(value_type = schema::Money)]
    pub open: Total,
    /// On its due date, too, it is not due yet.
    #[schema(value_type = schema::Money)]
    pub not_due: Total,
    #[schema(value_type = schema::Money)]
    pub overdue_1_30: Total,
    #[schema(value_type = schema::Money)]
    pub overdue_31_60: Total,
    #[schema(value_type = schema::Money)]
    pub overdue_61_90: Total,
    /// For more than 90 days.
    #[schema(value_type = schema::Money)]
    pub overdue_over_90: Total,
}

pub async fn receivables_summary(
    pool: &PgPool,
    scope: ReceivablesScope,
    standpoint: Standpoint,
) -> Result<Answer<ReceivablesSummary>, ReadError> {
    let mut tables = tables_of::<Receivables>();
    tables.extend(tables_of::<Customers>());
    let mut snapshot = Snapshot::of_tables(pool, &tables).await?;
    let position = snapshot.stand::<Receivables>(&standpoint).await?;
    let known_at = standpoint.known_at.map(signed).transpose()?;
    let seen = Seen { date: standpoint.date(), known_at, currency: scope.currency, on: scope.on };
    let mut currencies = Vec::new();
    for (currency, owed) in aged(&mut snapshot, seen, &AgeingBounds::default(), scope.limit).await? {
        let of_customer = |owed: AgedOfCustomer| {
            let AgedOfCustomer { customer, name, sums } = owed;
            let (bill_count, ageing) = (sums.bill_count, Ageing::of(sums)?);
            Ok(ReceivablesOfCustomer { customer, name, bill_count, ageing })
        };
        currencies.push(ReceivablesOfCurrency {
            currency,
            customers: owed.customers.into_iter().map(of_customer).collect::<Result<_, ReadError>>()?,
            customer_count: owed.customer_count,
            bill_count: owed.sums.bill_count,
            ageing: Ageing::of(owed.sums)?,
        });
    }
    Ok(Answer { data: ReceivablesSummary { on: scope.on, currencies }, position })
}

impl Ageing {
    /// By the bounds that are usual.
    fn of(sums: SortedByAge) -> Result<Self, ReadError> {
        let buckets: [AgeingBucket; 5] = sums
            .buckets
            .try_into()
            .map_err(|buckets| ReadError::Corrupt(format!("{buckets:?} are not the usual stretches")))?;
        let [not_due, overdue_1_30, overdue_31_60, overdue_61_90, overdue_over_90] =
            buckets.map(|bucket| bucket.open);
        let open = sums.open;
        Ok(Self { open, not_due, overdue_1_30, overdue_31_60, overdue_61_90, overdue_over_90 })
    }
}
