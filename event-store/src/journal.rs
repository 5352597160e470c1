//! Reading the journal in order. It never writes.

use chrono::{DateTime, Utc};
use cqrs_es::persist::EventUpcaster;
use futures::TryStreamExt;
use sqlx::postgres::PgRow;
use sqlx::{PgExecutor, Row};
use tallybook_domain::{BookEvent, DecodeError, RecordedEvent};

use crate::canonical::{LeafFields, leaf_hash};
use crate::merkle::Hash;
use crate::settings::StoreError;

/// One row of `events`, exactly as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredEvent {
    pub position: u64,
    pub sequence: u64,
    pub recorded_at: DateTime<Utc>,
    pub aggregate_type: String,
    pub aggregate_id: String,
    pub event_type: String,
    pub event_version: String,
    pub payload: String,
    pub metadata: String,
    pub leaf_hash: [u8; 32],
}

#[derive(sqlx::FromRow)]
pub(crate) struct EventRow {
    pub(crate) position: i64,
    sequence: i64,
    recorded_at: DateTime<Utc>,
    aggregate_type: String,
    aggregate_id: String,
    event_type: String,
    event_version: String,
    payload: String,
    metadata: String,
    leaf_hash: Vec<u8>,
}

impl StoredEvent {
    /// What the stored bytes hash to, whatever `leaf_hash` says.
    pub fn leaf(&self) -> Hash {
        leaf_hash(&LeafFields {
            position: self.position,
            sequence: self.sequence,
            recorded_at: self.recorded_at,
            aggregate_type: &self.aggregate_type,
            aggregate_id: &self.aggregate_id,
            event_type: &self.event_type,
            event_version: &self.event_version,
            payload: &self.payload,
            metadata: &self.metadata,
        })
    }
}

impl TryFrom<EventRow> for StoredEvent {
    type Error = sqlx::Error;

    fn try_from(row: EventRow) -> Result<Self, Self::Error> {
        Ok(Self {
            position: unsigned(row.position)?,
            sequence: unsigned(row.sequence)?,
            recorded_at: row.recorded_at,
            aggregate_type: row.aggregate_type,
            aggregate_id: row.aggregate_id,
            event_type: row.event_type,
            event_version: row.event_version,
            payload: row.payload,
            metadata: row.metadata,
            leaf_hash: row
                .leaf_hash
                .try_into()
                .map_err(|_| sqlx::Error::Decode("leaf_hash is not 32 bytes".into()))?,
        })
    }
}

impl StoredEvent {
    /// What the stored text says, through the upcasters where it is of an older version.
    pub fn decode(&self, upcasters: &[Box<dyn EventUpcaster>]) -> Result<RecordedEvent, DecodeError> {
        self.as_borrowed().decode(upcasters)
    }

    fn as_borrowed(&self) -> BorrowedEvent<'_> {
        BorrowedEvent {
            position: self.position,
            sequence: self.sequence,
            recorded_at: self.recorded_at,
            aggregate_type: &self.aggregate_type,
            aggregate_id: &self.aggregate_id,
            event_type: &self.event_type,
            event_version: &self.event_version,
            payload: &self.payload,
            metadata: &self.metadata,
        }
    }
}

/// One row of `events` where the database's answer has it: whoever decodes millions needs no copy of each text.
#[derive(Debug, Clone, Copy)]
pub struct BorrowedEvent<'r> {
    pub position: u64,
    pub sequence: u64,
    pub recorded_at: DateTime<Utc>,
    pub aggregate_type: &'r str,
    pub aggregate_id: &'r str,
    pub event_type: &'r str,
    pub event_version: &'r str,
    pub payload: &'r str,
    pub metadata: &'r str,
}

impl<'r> BorrowedEvent<'r> {
    fn of(row: &'r PgRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            position: unsigned(row.try_get(0)?)?,
            sequence: unsigned(row.try_get(1)?)?,
            recorded_at: row.try_get(2)?,
            aggregate_type: row.try_get(3)?,
            aggregate_id: row.try_get(4)?,
            event_type: row.try_get(5)?,
            event_version: row.try_get(6)?,
            // On its way, a `json` is the text that was stored.
            payload: row.try_get_unchecked(7)?,
            metadata: row.try_get_unchecked(8)?,
        })
    }

    /// What the stored text says, through the upcasters where it is of an older version.
    pub fn decode(&self, upcasters: &[Box<dyn EventUpcaster>]) -> Result<RecordedEvent, DecodeError> {
        let Self { aggregate_type, event_type, event_version, payload, .. } = *self;
        let event = BookEvent::decode(aggregate_type, event_type, event_version, payload, upcasters)?;
        Ok(RecordedEvent {
            position: self.position,
            recorded_at: self.recorded_at,
            aggregate_id: self.aggregate_id.to_owned(),
            sequence: self.sequence,
            metadata: serde_json::from_str(self.metadata)
                .map_err(|source| DecodeError::Malformed { event_type: event_type.to_owned(), source })?,
            event,
        })
    }
}

/// Events handed over before other tasks get their turn.
const AT_ONCE: usize = 500;

/// The next events after a position, at most `limit`, each handed over as it comes. Their hashes are not read.
pub async fn each<E: From<sqlx::Error>>(
    executor: impl PgExecutor<'_>,
    after: u64,
    limit: u64,
    mut take: impl FnMut(BorrowedEvent<'_>) -> Result<(), E>,
) -> Result<(), E> {
    // Not checked when the program is built: what is checked owns its texts.
    let mut rows = sqlx::query(
        "SELECT position, sequence, recorded_at, aggregate_type, aggregate_id, event_type, event_version,
                payload, metadata
           FROM events WHERE position > $1 ORDER BY position LIMIT $2",
    )
    .bind(signed(after)?)
    .bind(signed(limit)?)
    .fetch(executor);
    let mut taken = 0_usize;
    while let Some(row) = rows.try_next().await? {
        take(BorrowedEvent::of(&row)?)?;
        taken += 1;
        if taken.is_multiple_of(AT_ONCE) {
            tokio::task::yield_now().await;
        }
    }
    Ok(())
}

/// The next events after a position, in order. Positions are dense and in commit order, so none is ever missed.
pub async fn page(
    executor: impl PgExecutor<'_>,
    after: u64,
    limit: i64,
) -> Result<Vec<StoredEvent>, sqlx::Error> {
    sqlx::query_as!(
        EventRow,
        r#"SELECT position, sequence, recorded_at, aggregate_type, aggregate_id, event_type, event_version,
                  payload::text AS "payload!", metadata::text AS "metadata!", leaf_hash
             FROM events WHERE position > $1 ORDER BY position LIMIT $2"#,
        signed(after)?,
        limit
    )
    .fetch_all(executor)
    .await?
    .into_iter()
    .map(StoredEvent::try_from)
    .collect()
}

/// The next events of one stream after a sequence, in order. `stream` is its aggregate's type and id.
pub async fn stream_page(
    executor: impl PgExecutor<'_>,
    (aggregate_type, aggregate_id): (&str, &str),
    after: u64,
    limit: u64,
) -> Result<Vec<StoredEvent>, sqlx::Error> {
    sqlx::query_as!(
        EventRow,
        r#"SELECT position, sequence, recorded_at, aggregate_type, aggregate_id, event_type, event_version,
                  payload::text AS "payload!", metadata::text AS "metadata!", leaf_hash
             FROM events WHERE aggregate_id = $1 AND aggregate_type = $2 AND sequence > $3
            ORDER BY sequence LIMIT $4"#,
        aggregate_id,
        aggregate_type,
        signed(after)?,
        signed(limit)?
    )
    .fetch_all(executor)
    .await?
    .into_iter()
    .map(StoredEvent::try_from)
    .collect()
}

/// One event by its place in its stream; it can never change.
pub async fn event_of_stream(
    executor: impl PgExecutor<'_>,
    aggregate_type: &str,
    aggregate_id: &str,
    sequence: u64,
) -> Result<Option<StoredEvent>, StoreError> {
    let row = sqlx::query_as!(
        EventRow,
        r#"SELECT position, sequence, recorded_at, aggregate_type, aggregate_id, event_type, event_version,
                  payload::text AS "payload!", metadata::text AS "metadata!", leaf_hash
             FROM events WHERE aggregate_type = $1 AND aggregate_id = $2 AND sequence = $3"#,
        aggregate_type,
        aggregate_id,
        signed(sequence)?
    )
    .fetch_optional(executor)
    .await?;
    Ok(row.map(StoredEvent::try_from).transpose()?)
}

/// The events of one stream up to a position, from its first on.
pub async fn stream_up_to(
    executor: impl PgExecutor<'_>,
    aggregate_type: &str,
    aggregate_id: &str,
    position: u64,
) -> Result<Vec<StoredEvent>, sqlx::Error> {
    sqlx::query_as!(
        EventRow,
        r#"SELECT position, sequence, recorded_at, aggregate_type, aggregate_id, event_type, event_version,
                  payload::text AS "payload!", metadata::text AS "metadata!", leaf_hash
             FROM events WHERE aggregate_type = $1 AND aggregate_id = $2 AND position <= $3 ORDER BY sequence"#,
        aggregate_type,
        aggregate_id,
        signed(position)?
    )
    .fetch_all(executor)
    .await?
    .into_iter()
    .map(StoredEvent::try_from)
    .collect()
}

/// The position of the last durable event.
pub async fn head_position(executor: impl PgExecutor<'_>) -> Result<u64, sqlx::Error> {
    unsigned(sqlx::query_scalar!("SELECT position FROM book_head").fetch_one(executor).await?)
}

/// The last position recorded at or before a moment; 0 before the first event.
///
/// `recorded_at` never decreases with the position, so it is found by halving, without an index of its own.
pub async fn position_at(executor: impl PgExecutor<'_>, moment: DateTime<Utc>) -> Result<u64, StoreError> {
    let position = sqlx::query_scalar!(
        r#"WITH RECURSIVE search (least, most) AS (
               SELECT 0::bigint, position FROM book_head
               UNION ALL
               SELECT CASE WHEN middle.recorded_at <= $1 THEN middle.position ELSE least END,
                      CASE WHEN middle.recorded_at <= $1 THEN most ELSE middle.position - 1 END
                 FROM search JOIN events AS middle ON middle.position = (least + most + 1) / 2
                WHERE least < most
           )
           SELECT least AS "position!" FROM search WHERE least = most"#,
        moment
    )
    .fetch_optional(executor)
    .await?;
    match position {
        Some(position) => Ok(unsigned(position)?),
        None => Err(StoreError::Corrupt("a position is missing in the journal".into())),
    }
}

/// A position or sequence out of the database, which has no unsigned numbers.
pub fn unsigned(value: i64) -> Result<u64, sqlx::Error> {
    u64::try_from(value).map_err(|error| sqlx::Error::Decode(error.into()))
}

pub(crate) fn signed(value: u64) -> Result<i64, sqlx::Error> {
    i64::try_from(value).map_err(|error| sqlx::Error::Encode(error.into()))
}
