//! Events that answer to conditions, page by page in the order of the journal.
//!
//! There is no index but by position and by stream, because every index on events costs every append: unless an
//! aggregate is named, a search reads the journal from its first position to its last. It reads and never writes.

use sqlx::{PgPool, Postgres, QueryBuilder};
use tallybook_domain::AggregateType;

use crate::journal::{EventRow, StoredEvent, signed};

/// Events read at once.
const PAGE: usize = 1000;

/// Which events: those that answer to every condition given.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Conditions {
    /// The first position.
    pub from: u64,
    /// The last position.
    pub to: u64,
    pub aggregate: Option<(AggregateType, String)>,
    pub event_type: Option<String>,
    pub actor: Option<String>,
}

/// A search on its way.
#[derive(Debug)]
pub struct Search {
    conditions: Conditions,
    /// The sequence of the last event found, if one stream is searched.
    sequence: u64,
    over: bool,
}

impl Search {
    pub fn new(conditions: Conditions) -> Self {
        Self { conditions, sequence: 0, over: false }
    }

    /// The next events; none at the end.
    pub async fn next(&mut self, pool: &PgPool) -> Result<Vec<StoredEvent>, sqlx::Error> {
        if self.over {
            return Ok(Vec::new());
        }
        let rows: Vec<EventRow> = self.query()?.build_query_as().fetch_all(pool).await?;
        let events = rows.into_iter().map(StoredEvent::try_from).collect::<Result<Vec<_>, _>>()?;
        self.over = events.len() < PAGE;
        if let Some(last) = events.last() {
            self.conditions.from = last.position + 1;
            self.sequence = last.sequence;
        }
        Ok(events)
    }

    fn query(&self) -> Result<QueryBuilder<'_, Postgres>, sqlx::Error> {
        let Conditions { from, to, aggregate, event_type, actor } = &self.conditions;
        let mut query = QueryBuilder::new(
            "SELECT position, sequence, recorded_at, aggregate_type, aggregate_id, event_type, event_version,
                    payload::text AS payload, metadata::text AS metadata, leaf_hash
               FROM events WHERE position >= ",
        );
        query.push_bind(signed(*from)?).push(" AND position <= ").push_bind(signed(*to)?);
        if let Some(event_type) = event_type {
            query.push(" AND event_type = ").push_bind(event_type);
        }
        if let Some(actor) = actor {
            query.push(" AND metadata ->> 'actor' = ").push_bind(actor);
        }
        // Within a stream its sequence goes up as the position does, and the key is in its order.
        match aggregate {
            Some((aggregate_type, aggregate_id)) => {
                query.push(" AND aggregate_id = ").push_bind(aggregate_id);
                query.push(" AND aggregate_type = ").push_bind(aggregate_type.as_str());
                query.push(" AND sequence > ").push_bind(signed(self.sequence)?);
                query.push(" ORDER BY sequence");
            }
            None => {
                query.push(" ORDER BY position");
            }
        }
        query.push(format!(" LIMIT {PAGE}"));
        Ok(query)
    }
}
