//! The one statement that writes the journal.

use std::time::Duration;

use chrono::{DateTime, Utc};
use serde_json::value::RawValue;
use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection, Executor, PgConnection};

use super::batch::{Command, Tip};
use crate::decision::DraftEvent;
use crate::merkle::Hash;

/// The rows of one append, by column.
#[derive(Default)]
pub(crate) struct AppendRows {
    positions: Vec<i64>,
    sequences: Vec<i64>,
    recorded_ats: Vec<DateTime<Utc>>,
    aggregate_types: Vec<&'static str>,
    aggregate_ids: Vec<String>,
    event_types: Vec<&'static str>,
    event_versions: Vec<&'static str>,
    payloads: Vec<String>,
    metadata: Vec<String>,
    leaf_hashes: Vec<Vec<u8>>,
    command_ids: Vec<String>,
    request_hashes: Vec<Vec<u8>>,
    first_positions: Vec<Option<i64>>,
    last_positions: Vec<i64>,
    outcomes: Vec<String>,
    /// Ids that may be in the book already.
    questioned_ids: Vec<String>,
    pub(crate) claim_scopes: Vec<&'static str>,
    pub(crate) claim_keys: Vec<String>,
    pub(crate) release_scopes: Vec<&'static str>,
    pub(crate) release_keys: Vec<String>,
}

/// Positions and sequences count events one by one and never reach 2^63.
fn bigint(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

impl AppendRows {
    pub(crate) fn is_empty(&self) -> bool {
        self.command_ids.is_empty()
    }

    pub(crate) fn push_event(&mut self, event: DraftEvent, metadata: &str, tip: &Tip, leaf_hash: Hash) {
        self.positions.push(bigint(tip.position));
        self.sequences.push(bigint(event.sequence));
        self.recorded_ats.push(tip.recorded_at);
        self.aggregate_types.push(event.aggregate_type);
        self.aggregate_ids.push(event.aggregate_id.into());
        self.event_types.push(event.event_type);
        self.event_versions.push(event.event_version);
        self.payloads.push(event.payload);
        self.metadata.push(metadata.to_owned());
        self.leaf_hashes.push(leaf_hash.to_vec());
    }

    pub(crate) fn push_command(
        &mut self,
        command: &Command,
        first: Option<u64>,
        last: u64,
        outcome: &RawValue,
    ) {
        self.command_ids.push(command.id.clone());
        self.request_hashes.push(command.request_hash.to_vec());
        self.first_positions.push(first.map(bigint));
        self.last_positions.push(bigint(last));
        self.outcomes.push(outcome.get().to_owned());
        if command.keyed || command.maybe_recorded {
            self.questioned_ids.push(command.id.clone());
        }
    }

    /// Appends everything or nothing. `false`: the head had moved, or a command or claim was there already.
    pub(crate) async fn append(
        self,
        connection: &mut PgConnection,
        expected: u64,
        tip: &Tip,
    ) -> Result<bool, sqlx::Error> {
        let moved = sqlx::query_scalar!(
            r#"WITH known AS (
                    SELECT FROM commands WHERE command_id = ANY ($1::text[])
                ), taken AS (
                    SELECT FROM unnest($2::text[], $3::text[]) AS wanted (scope, key) JOIN claims USING (scope, key)
                ), head AS (
                    UPDATE book_head SET position = $4, frontier = $5, root = $6
                     WHERE position = $7 AND NOT EXISTS (SELECT FROM known) AND NOT EXISTS (SELECT FROM taken)
                    RETURNING true AS moved
                ), released AS (
                    DELETE FROM claims USING head, unnest($8::text[], $9::text[]) AS given_back (scope, key)
                     WHERE claims.scope = given_back.scope AND claims.key = given_back.key
                ), claimed AS (
                    INSERT INTO claims (scope, key)
                    SELECT scope, key FROM head, unnest($2::text[], $3::text[]) AS wanted (scope, key)
                ), recorded AS (
                    INSERT INTO commands (command_id, request_hash, first_position, last_position, outcome)
                    SELECT command_id, request_hash, first_position, last_position, outcome::json
                      FROM head, unnest($10::text[], $11::bytea[], $12::bigint[], $13::bigint[], $14::text[])
                           AS command (command_id, request_hash, first_position, last_position, outcome)
                ), appended AS (
                    INSERT INTO events (position, sequence, recorded_at, aggregate_type, aggregate_id, event_type,
                                        event_version, payload, metadata, leaf_hash)
                    SELECT position, sequence, recorded_at, aggregate_type, aggregate_id, event_type,
                           event_version, payload::json, metadata::json, leaf_hash
                      FROM head, unnest($15::bigint[], $16::bigint[], $17::timestamptz[], $18::text[], $19::text[],
                                        $20::text[], $21::text[], $22::text[], $23::text[], $24::bytea[])
                           AS event (position, sequence, recorded_at, aggregate_type, aggregate_id, event_type,
                                     event_version, payload, metadata, leaf_hash)
                )
                SELECT moved AS "moved!" FROM head"#,
            &self.questioned_ids,
            &self.claim_scopes as _,
            &self.claim_keys,
            bigint(tip.position),
            tip.tree.frontier(),
            &tip.tree.root()[..],
            bigint(expected),
            &self.release_scopes as _,
            &self.release_keys,
            &self.command_ids,
            &self.request_hashes,
            &self.first_positions as _,
            &self.last_positions,
            &self.outcomes,
            &self.positions,
            &self.sequences,
            &self.recorded_ats,
            &self.aggregate_types as _,
            &self.aggregate_ids,
            &self.event_types as _,
            &self.event_versions as _,
            &self.payloads,
            &self.metadata,
            &self.leaf_hashes,
        )
        // All of it: the row arrives before the commit, only the end of the answer means durable.
        .fetch_all(connection)
        .await?;
        Ok(!moved.is_empty())
    }
}

/// Opens the lane's own connection. Its one statement is planned once, by index: the plan is made while tables
/// are still small and must stay right when they are not.
pub(crate) async fn connect(
    options: &PgConnectOptions,
    deadline: Duration,
) -> Result<PgConnection, sqlx::Error> {
    let statement_timeout = format!("{}ms", deadline.as_millis());
    let options = options.clone().options([
        ("synchronous_commit", "on"),
        ("plan_cache_mode", "force_generic_plan"),
        ("enable_seqscan", "off"),
        ("enable_hashjoin", "off"),
        ("enable_mergejoin", "off"),
        ("jit", "off"),
        ("statement_timeout", statement_timeout.as_str()),
    ]);
    let mut connection = PgConnection::connect_with(&options).await?;
    crate::schema::take_runtime_role(&mut connection).await?;
    connection.execute("SELECT 1").await?;
    Ok(connection)
}
