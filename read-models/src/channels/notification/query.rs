//! Asking for notifications.

use chrono::{DateTime, Utc};
use sqlx::{PgPool, QueryBuilder};
use tallybook_domain::channels::{Channel, ChannelNotificationId, ChannelNotificationState, ChannelNumber};

use super::{ChannelNotificationRow, ChannelNotifications};
use crate::query::{
    Answer, Direction, Page, Paging, ReadError, Snapshot, Sort, SortKey, read_key, write_cursor,
};

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ChannelNotificationFilter {
    pub channel: Option<Channel>,
    pub reference: Option<ChannelNumber>,
    pub state: Option<ChannelNotificationState>,
    pub received_from: Option<DateTime<Utc>>,
    pub received_before: Option<DateTime<Utc>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChannelNotificationOrder {
    /// As they were kept.
    Received,
}

impl SortKey for ChannelNotificationOrder {
    const ALL: &'static [Self] = &[Self::Received];
    const DEFAULT: Sort<Self> = Sort { by: Self::Received, direction: Direction::Descending };

    fn name(self) -> &'static str {
        match self {
            Self::Received => "received",
        }
    }
}

pub async fn list_channel_notifications(
    pool: &PgPool,
    filter: &ChannelNotificationFilter,
    sort: Sort<ChannelNotificationOrder>,
    paging: &Paging,
) -> Result<Page<Vec<ChannelNotificationRow>>, ReadError> {
    let mut query = QueryBuilder::new("SELECT * FROM channel_notifications WHERE true");
    if let Some(channel) = filter.channel {
        query.push(" AND channel = ").push_bind(channel.as_str());
    }
    if let Some(reference) = &filter.reference {
        query.push(" AND reference = ").push_bind(reference.as_str());
    }
    if let Some(state) = filter.state {
        query.push(" AND state = ").push_bind(state.as_str());
    }
    if let Some(from) = filter.received_from {
        query.push(" AND received_at >= ").push_bind(from);
    }
    if let Some(before) = filter.received_before {
        query.push(" AND received_at < ").push_bind(before);
    }
    let (after, direction) = (sort.direction.after(), sort.direction.sql());
    if let Some([position]) = paging.after(sort)? {
        query.push(format!(" AND received_position {after} ")).push_bind(read_key::<i64>(&position)?);
    }
    query.push(format!(" ORDER BY received_position {direction} LIMIT "));
    query.push_bind(paging.rows_to_fetch());

    let mut snapshot = Snapshot::take::<ChannelNotifications>(pool).await?;
    let position = snapshot.position_of::<ChannelNotifications>().await?;
    let mut rows: Vec<ChannelNotificationRow> =
        query.build_query_as().fetch_all(snapshot.connection()).await?;
    let next_cursor = paging.cut(&mut rows, |last| write_cursor(sort, [last.received.position.to_string()]));
    Ok(Page { data: rows, next_cursor, position })
}

pub async fn find_channel_notification(
    pool: &PgPool,
    id: &ChannelNotificationId,
) -> Result<Answer<Option<ChannelNotificationRow>>, ReadError> {
    let mut snapshot = Snapshot::take::<ChannelNotifications>(pool).await?;
    let position = snapshot.position_of::<ChannelNotifications>().await?;
    Ok(Answer { data: snapshot.row_of(id.as_str()).await?, position })
}
