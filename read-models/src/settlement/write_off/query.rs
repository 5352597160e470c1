//! Asking for write-offs.

use std::collections::HashMap;

use sqlx::{PgPool, Postgres, QueryBuilder};
use tallybook_domain::CustomerId;
use tallybook_domain::billing::BillId;
use tallybook_domain::settlement::{ReceiptId, WriteOffId, WriteOffState};

use super::{LegRow, WriteOff, WriteOffRow, WriteOffs};
use crate::query::{
    Answer, Direction, Page, Paging, ReadError, Snapshot, Sort, SortKey, read_key, write_cursor,
};

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WriteOffFilter {
    pub customer: Option<CustomerId>,
    pub state: Option<WriteOffState>,
    /// Those with a leg of this receipt, undone or not.
    pub receipt: Option<ReceiptId>,
    /// Those with a leg to this bill, undone or not.
    pub bill: Option<BillId>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WriteOffOrder {
    /// As they were made.
    Made,
}

impl SortKey for WriteOffOrder {
    const ALL: &'static [Self] = &[Self::Made];
    const DEFAULT: Sort<Self> = Sort { by: Self::Made, direction: Direction::Descending };

    fn name(self) -> &'static str {
        match self {
            Self::Made => "made",
        }
    }
}

pub async fn list_write_offs(
    pool: &PgPool,
    filter: &WriteOffFilter,
    sort: Sort<WriteOffOrder>,
    paging: &Paging,
) -> Result<Page<Vec<WriteOff>>, ReadError> {
    let mut query = QueryBuilder::new("SELECT * FROM write_offs WHERE true");
    narrow(&mut query, filter);
    if let Some([position]) = paging.after(sort)? {
        query.push(format!(" AND created_position {} ", sort.direction.after()));
        query.push_bind(read_key::<i64>(&position)?);
    }
    query.push(format!(" ORDER BY created_position {} LIMIT ", sort.direction.sql()));
    query.push_bind(paging.rows_to_fetch());

    let mut snapshot = Snapshot::take::<WriteOffs>(pool).await?;
    let position = snapshot.position_of::<WriteOffs>().await?;
    let mut rows: Vec<WriteOffRow> = query.build_query_as().fetch_all(snapshot.connection()).await?;
    let next_cursor = paging.cut(&mut rows, |last| write_cursor(sort, [last.created.position.to_string()]));
    let data = with_legs(&mut snapshot, rows).await?;
    Ok(Page { data, next_cursor, position })
}

fn narrow<'a>(query: &mut QueryBuilder<'a, Postgres>, filter: &'a WriteOffFilter) {
    if let Some(customer) = &filter.customer {
        query.push(" AND customer = ").push_bind(customer.as_str());
    }
    if let Some(state) = filter.state {
        query.push(" AND state = ").push_bind(state.as_str());
    }
    if let Some(receipt) = &filter.receipt {
        query.push(
            " AND id IN (SELECT write_off FROM write_off_legs WHERE source_kind = 'receipt' AND source = ",
        );
        query.push_bind(receipt.as_str()).push(")");
    }
    if let Some(bill) = &filter.bill {
        query.push(" AND id IN (SELECT write_off FROM write_off_legs WHERE bill = ");
        query.push_bind(bill.as_str()).push(")");
    }
}

pub async fn find_write_off(pool: &PgPool, id: &WriteOffId) -> Result<Answer<Option<WriteOff>>, ReadError> {
    let mut snapshot = Snapshot::take::<WriteOffs>(pool).await?;
    let position = snapshot.position_of::<WriteOffs>().await?;
    let row: Option<WriteOffRow> = snapshot.row_of(id.as_str()).await?;
    let found = with_legs(&mut snapshot, row.into_iter().collect()).await?;
    Ok(Answer { data: found.into_iter().next(), position })
}

async fn with_legs(snapshot: &mut Snapshot, rows: Vec<WriteOffRow>) -> Result<Vec<WriteOff>, ReadError> {
    let ids: Vec<&str> = rows.iter().map(|row| row.id.as_str()).collect();
    let mut query = QueryBuilder::new("SELECT * FROM write_off_legs WHERE write_off = ANY(");
    query.push_bind(ids).push(") ORDER BY write_off, leg");
    let found: Vec<LegRow> = query.build_query_as().fetch_all(snapshot.connection()).await?;
    let mut legs: HashMap<WriteOffId, Vec<LegRow>> = HashMap::new();
    for leg in found {
        legs.entry(leg.write_off.clone()).or_default().push(leg);
    }
    rows.into_iter()
        .map(|row| {
            let legs = legs
                .remove(&row.id)
                .ok_or_else(|| ReadError::Corrupt(format!("write-off {} has no legs", row.id)))?;
            Ok(WriteOff { row, legs })
        })
        .collect()
}
