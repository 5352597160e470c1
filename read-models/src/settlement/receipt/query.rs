//! Asking for receipts.

use chrono::NaiveDate;
use sqlx::{PgPool, Postgres, QueryBuilder};
use tallybook_domain::deposits::BankReference;
use tallybook_domain::settlement::ReceiptId;
use tallybook_domain::settlement::receipt::{OwnAccount, ReceiptState};
use tallybook_domain::{Currency, CustomerId};

use super::{ReceiptRow, Receipts};
use crate::query::{
    Answer, DateRange, Direction, Page, Paging, ReadError, Snapshot, Sort, SortKey, read_key, write_cursor,
};

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReceiptFilter {
    pub customer: Option<CustomerId>,
    pub currency: Option<Currency>,
    pub state: Option<ReceiptState>,
    pub account: Option<OwnAccount>,
    pub reference: Option<BankReference>,
    pub received: DateRange,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReceiptOrder {
    /// As the book wrote them down.
    Recorded,
    ReceivedDate,
}

impl SortKey for ReceiptOrder {
    const ALL: &'static [Self] = &[Self::Recorded, Self::ReceivedDate];
    const DEFAULT: Sort<Self> = Sort { by: Self::Recorded, direction: Direction::Descending };

    fn name(self) -> &'static str {
        match self {
            Self::Recorded => "recorded",
            Self::ReceivedDate => "received_date",
        }
    }
}

pub async fn list_receipts(
    pool: &PgPool,
    filter: &ReceiptFilter,
    sort: Sort<ReceiptOrder>,
    paging: &Paging,
) -> Result<Page<Vec<ReceiptRow>>, ReadError> {
    let mut query = QueryBuilder::new("SELECT * FROM receipts WHERE true");
    narrow(&mut query, filter);
    in_order(&mut query, sort, paging)?;

    let mut snapshot = Snapshot::take::<Receipts>(pool).await?;
    let position = snapshot.position_of::<Receipts>().await?;
    let mut rows: Vec<ReceiptRow> = query.build_query_as().fetch_all(snapshot.connection()).await?;
    let next_cursor = paging.cut(&mut rows, |last| cursor_at(last, sort));
    Ok(Page { data: rows, next_cursor, position })
}

fn narrow<'a>(query: &mut QueryBuilder<'a, Postgres>, filter: &'a ReceiptFilter) {
    if let Some(customer) = &filter.customer {
        query.push(" AND customer = ").push_bind(customer.as_str());
    }
    if let Some(currency) = filter.currency {
        query.push(" AND currency = ").push_bind(currency.code());
    }
    if let Some(state) = filter.state {
        query.push(" AND state = ").push_bind(state.as_str());
    }
    if let Some(account) = &filter.account {
        query.push(" AND account = ").push_bind(account.as_str());
    }
    if let Some(reference) = &filter.reference {
        query.push(" AND reference = ").push_bind(reference.as_str());
    }
    filter.received.narrow_by("received_date", query);
}

fn in_order(
    query: &mut QueryBuilder<'_, Postgres>,
    sort: Sort<ReceiptOrder>,
    paging: &Paging,
) -> Result<(), ReadError> {
    let (after, direction) = (sort.direction.after(), sort.direction.sql());
    match sort.by {
        ReceiptOrder::Recorded => {
            if let Some([position]) = paging.after(sort)? {
                query.push(format!(" AND created_position {after} ")).push_bind(read_key::<i64>(&position)?);
            }
            query.push(format!(" ORDER BY created_position {direction}"));
        }
        ReceiptOrder::ReceivedDate => {
            if let Some([date, position]) = paging.after(sort)? {
                query.push(format!(" AND (received_date, created_position) {after} ("));
                query.push_bind(read_key::<NaiveDate>(&date)?).push(", ");
                query.push_bind(read_key::<i64>(&position)?).push(")");
            }
            query.push(format!(" ORDER BY received_date {direction}, created_position {direction}"));
        }
    }
    query.push(" LIMIT ").push_bind(paging.rows_to_fetch());
    Ok(())
}

fn cursor_at(row: &ReceiptRow, sort: Sort<ReceiptOrder>) -> String {
    let position = row.created.position.to_string();
    match sort.by {
        ReceiptOrder::Recorded => write_cursor(sort, [position]),
        ReceiptOrder::ReceivedDate => write_cursor(sort, [row.received_date.to_string(), position]),
    }
}

pub async fn find_receipt(pool: &PgPool, id: &ReceiptId) -> Result<Answer<Option<ReceiptRow>>, ReadError> {
    let mut snapshot = Snapshot::take::<Receipts>(pool).await?;
    let position = snapshot.position_of::<Receipts>().await?;
    Ok(Answer { data: snapshot.row_of(id.as_str()).await?, position })
}
