//! Asking for reminders.

use sqlx::{PgPool, QueryBuilder};
use tallybook_domain::CustomerId;
use tallybook_domain::billing::{BillId, ReminderStatus};

use super::{ReminderRow, Reminders};
use crate::query::{Direction, Page, Paging, ReadError, Snapshot, Sort, SortKey, read_key, write_cursor};

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReminderFilter {
    pub bill: Option<BillId>,
    pub customer: Option<CustomerId>,
    pub status: Option<ReminderStatus>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReminderOrder {
    /// As they were raised.
    Raised,
}

impl SortKey for ReminderOrder {
    const ALL: &'static [Self] = &[Self::Raised];
    const DEFAULT: Sort<Self> = Sort { by: Self::Raised, direction: Direction::Descending };

    fn name(self) -> &'static str {
        match self {
            Self::Raised => "raised",
        }
    }
}

/// One event raises a reminder on every channel, so the channel is part of the order.
pub async fn list_reminders(
    pool: &PgPool,
    filter: &ReminderFilter,
    sort: Sort<ReminderOrder>,
    paging: &Paging,
) -> Result<Page<Vec<ReminderRow>>, ReadError> {
    let mut query = QueryBuilder::new("SELECT * FROM reminders WHERE true");
    if let Some(bill) = &filter.bill {
        query.push(" AND bill = ").push_bind(bill.as_str());
    }
    if let Some(customer) = &filter.customer {
        query.push(" AND customer = ").push_bind(customer.as_str());
    }
    if let Some(status) = filter.status {
        query.push(" AND status = ").push_bind(status.as_str());
    }
    let (after, direction) = (sort.direction.after(), sort.direction.sql());
    if let Some([position, channel]) = paging.after(sort)? {
        query.push(format!(" AND (raised_position, channel) {after} ("));
        query.push_bind(read_key::<i64>(&position)?).push(", ").push_bind(channel).push(")");
    }
    query.push(format!(" ORDER BY raised_position {direction}, channel {direction} LIMIT "));
    query.push_bind(paging.rows_to_fetch());

    let mut snapshot = Snapshot::take::<Reminders>(pool).await?;
    let position = snapshot.position_of::<Reminders>().await?;
    let mut rows: Vec<ReminderRow> = query.build_query_as().fetch_all(snapshot.connection()).await?;
    let cursor =
        |last: &ReminderRow| write_cursor(sort, [last.raised.position.to_string(), last.channel.to_string()]);
    let next_cursor = paging.cut(&mut rows, cursor);
    Ok(Page { data: rows, next_cursor, position })
}
