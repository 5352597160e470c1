//! Batches: rows of `payout_batches`, and what is in them.

use chrono::NaiveDate;
use serde::Serialize;
use sqlx::postgres::PgRow;
use sqlx::{FromRow, PgPool, Row as _};
use tallybook_domain::payouts::{Debtor, PayoutBatchId, PayoutId};
use utoipa::ToSchema;

use super::{PayoutRow, Payouts};
use crate::Total;
use crate::fold::{Column, Fields, KeyedRow, Row, Stamp};
use crate::query::{
    Answer, Direction, Page, Paging, ReadError, Snapshot, Sort, SortKey, count, read_key, spelled, stamp,
    write_cursor,
};
use crate::schema;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PayoutBatchRow {
    #[schema(value_type = String, example = "B01K7RA8ZAYFGXSMRSF9FMC3M05")]
    pub id: PayoutBatchId,
    /// Whose account pays.
    #[schema(value_type = schema::Debtor)]
    pub debtor: Debtor,
    /// The day on which the bank is to pay.
    pub execution_date: NaiveDate,
    /// How many were put into it.
    pub payouts: u64,
    pub created: Stamp,
}

/// A batch with its sums.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PayoutBatch {
    #[serde(flatten)]
    pub row: PayoutBatchRow,
    /// What the file pays, one for each currency.
    #[schema(value_type = Vec<schema::Money>)]
    pub totals: Vec<Total>,
    /// Those that have failed or come back since: the file does not pay them.
    #[schema(value_type = Vec<String>)]
    pub left_out: Vec<PayoutId>,
}

impl Row for PayoutBatchRow {
    const TABLE: &'static str = "payout_batches";
    const COLUMNS: &'static [Column] = &[
        Column::text("id"),
        Column::text("debtor_name"),
        Column::text("debtor_account"),
        Column::text("bank_code"),
        Column::date("execution_date"),
        Column::number("payouts"),
        Column::number("created_position"),
        Column::moment("created_at"),
        Column::text("created_by"),
    ];
    const CURRENCY: Option<&'static str> = None;

    fn encode(&self, fields: &mut Fields<'_>) {
        fields.put(&self.id);
        fields.put(&self.debtor.name);
        // As a text: its `Display` is masked.
        fields.put(self.debtor.account.as_str());
        fields.put(&self.debtor.bank_code);
        fields.put_date(self.execution_date);
        fields.put_count(self.payouts);
        self.created.encode(fields);
    }
}

impl KeyedRow for PayoutBatchRow {
    const KEY_COLUMNS: usize = 1;
    type Key = PayoutBatchId;

    fn key(&self) -> PayoutBatchId {
        self.id.clone()
    }

    fn encode_key(key: &PayoutBatchId, fields: &mut Fields<'_>) {
        fields.put(key);
    }

    fn texts(&self) -> usize {
        self.debtor.name.as_str().len() + self.debtor.account.as_str().len()
    }
}

impl FromRow<'_, PgRow> for PayoutBatchRow {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            id: spelled(row, "id")?,
            debtor: Debtor {
                name: spelled(row, "debtor_name")?,
                account: spelled(row, "debtor_account")?,
                bank_code: spelled(row, "bank_code")?,
            },
            execution_date: row.try_get("execution_date")?,
            payouts: count(row, "payouts")?,
            created: stamp(row, "created_position", "created_at", "created_by")?,
        })
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PayoutBatchOrder {
    /// As they were made.
    Made,
}

impl SortKey for PayoutBatchOrder {
    const ALL: &'static [Self] = &[Self::Made];
    const DEFAULT: Sort<Self> = Sort { by: Self::Made, direction: Direction::Descending };

    fn name(self) -> &'static str {
        match self {
            Self::Made => "made",
        }
    }
}

pub async fn list_payout_batches(
    pool: &PgPool,
    sort: Sort<PayoutBatchOrder>,
    paging: &Paging,
) -> Result<Page<Vec<PayoutBatchRow>>, ReadError> {
    let mut query = sqlx::QueryBuilder::new("SELECT * FROM payout_batches WHERE true");
    if let Some([position]) = paging.after(sort)? {
        query.push(format!(" AND created_position {} ", sort.direction.after()));
        query.push_bind(read_key::<i64>(&position)?);
    }
    query.push(format!(" ORDER BY created_position {} LIMIT ", sort.direction.sql()));
    query.push_bind(paging.rows_to_fetch());

    let mut snapshot = Snapshot::take::<Payouts>(pool).await?;
    let position = snapshot.position_of::<Payouts>().await?;
    let mut rows: Vec<PayoutBatchRow> = query.build_query_as().fetch_all(snapshot.connection()).await?;
    let next_cursor = paging.cut(&mut rows, |last| write_cursor(sort, [last.created.position.to_string()]));
    Ok(Page { data: rows, next_cursor, position })
}

pub async fn find_payout_batch(
    pool: &PgPool,
    id: &PayoutBatchId,
) -> Result<Answer<Option<PayoutBatch>>, ReadError> {
    let mut snapshot = Snapshot::take::<Payouts>(pool).await?;
    let position = snapshot.position_of::<Payouts>().await?;
    let row: Option<PayoutBatchRow> = snapshot.row_of(id.as_str()).await?;
    let sums = sqlx::query(
        "SELECT currency, sum(amount) AS amount FROM payouts
          WHERE batch = $1 AND state NOT IN ('failed', 'returned') GROUP BY currency ORDER BY currency",
    );
    let sums = sums.bind(id.as_str()).fetch_all(snapshot.connection()).await?;
    let total = |sum: &PgRow| Ok(Total::new(sum.try_get("amount")?, spelled(sum, "currency")?));
    let totals = sums.iter().map(total).collect::<Result<_, sqlx::Error>>()?;
    let ended = sqlx::query(
        "SELECT id FROM payouts WHERE batch = $1 AND state IN ('failed', 'returned') ORDER BY created_position",
    );
    let ended = ended.bind(id.as_str()).fetch_all(snapshot.connection()).await?;
    let left_out = ended.iter().map(|row| spelled(row, "id")).collect::<Result<_, sqlx::Error>>()?;
    Ok(Answer { data: row.map(|row| PayoutBatch { row, totals, left_out }), position })
}

/// A batch and all its payouts, in the order of its file.
pub async fn payouts_of_batch(
    pool: &PgPool,
    id: &PayoutBatchId,
) -> Result<Answer<Option<(PayoutBatchRow, Vec<PayoutRow>)>>, ReadError> {
    let mut snapshot = Snapshot::take::<Payouts>(pool).await?;
    let position = snapshot.position_of::<Payouts>().await?;
    let batch: Option<PayoutBatchRow> = snapshot.row_of(id.as_str()).await?;
    let payouts: Vec<PayoutRow> =
        sqlx::query_as("SELECT * FROM payouts WHERE batch = $1 ORDER BY created_position")
            .bind(id.as_str())
            .fetch_all(snapshot.connection())
            .await?;
    Ok(Answer { data: batch.map(|batch| (batch, payouts)), position })
}
