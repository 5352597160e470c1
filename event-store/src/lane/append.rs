//! The one statement that writes the journal.

use std::time::Duration;

use serde_json::value::RawValue;
use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection, Executor, PgConnection};

use super::batch::{Command, Tip};
use super::column::{BIGINT, BYTEA, Column, TEXT, TIMESTAMPTZ};
use crate::decision::{ClaimKey, DraftEvent};
use crate::journal::signed;
use crate::merkle::Hash;

/// The rows of one append, by column.
pub(crate) struct AppendRows {
    positions: Column,
    sequences: Column,
    recorded_ats: Column,
    aggregate_types: Column,
    aggregate_ids: Column,
    event_types: Column,
    event_versions: Column,
    payloads: Column,
    metadata: Column,
    leaf_hashes: Column,
    command_ids: Column,
    request_hashes: Column,
    first_positions: Column,
    last_positions: Column,
    outcomes: Column,
    claim_scopes: Column,
    claim_keys: Column,
    release_scopes: Column,
    release_keys: Column,
}

impl AppendRows {
    pub(crate) fn new() -> Self {
        Self {
            positions: Column::of(BIGINT),
            sequences: Column::of(BIGINT),
            recorded_ats: Column::of(TIMESTAMPTZ),
            aggregate_types: Column::of(TEXT),
            aggregate_ids: Column::of(TEXT),
            event_types: Column::of(TEXT),
            event_versions: Column::of(TEXT),
            payloads: Column::of(TEXT),
            metadata: Column::of(TEXT),
            leaf_hashes: Column::of(BYTEA),
            command_ids: Column::of(TEXT),
            request_hashes: Column::of(BYTEA),
            first_positions: Column::of(BIGINT),
            last_positions: Column::of(BIGINT),
            outcomes: Column::of(TEXT),
            claim_scopes: Column::of(TEXT),
            claim_keys: Column::of(TEXT),
            release_scopes: Column::of(TEXT),
            release_keys: Column::of(TEXT),
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.command_ids.is_empty()
    }

    pub(crate) fn push_event(&mut self, event: &DraftEvent, metadata: &str, tip: &Tip, leaf_hash: Hash) {
        self.positions.push_count(tip.position);
        self.sequences.push_count(event.sequence);
        self.recorded_ats.push_time(tip.recorded_at);
        self.aggregate_types.push(event.aggregate_type.as_bytes());
        self.aggregate_ids.push(event.aggregate_id.as_bytes());
        self.event_types.push(event.event_type.as_bytes());
        self.event_versions.push(event.event_version.as_bytes());
        self.payloads.push(event.payload.as_bytes());
        self.metadata.push(metadata.as_bytes());
        self.leaf_hashes.push(&leaf_hash);
    }

    pub(crate) fn push_command(
        &mut self,
        command: &Command,
        first: Option<u64>,
        last: u64,
        outcome: &RawValue,
    ) {
        self.command_ids.push(command.id.as_bytes());
        self.request_hashes.push(&command.request_hash);
        self.first_positions.push_optional_count(first);
        self.last_positions.push_count(last);
        self.outcomes.push(outcome.get().as_bytes());
    }

    pub(crate) fn push_claim(&mut self, (scope, key): &ClaimKey) {
        self.claim_scopes.push(scope.as_bytes());
        self.claim_keys.push(key.as_bytes());
    }

    pub(crate) fn push_release(&mut self, (scope, key): &ClaimKey) {
        self.release_scopes.push(scope.as_bytes());
        self.release_keys.push(key.as_bytes());
    }

    /// Appends everything or nothing. `false`: the head had moved, or a command or claim was there already.
    ///
    /// A repeated command or a taken claim is rare, so normally it is left to the constraints to find, which costs
    /// the append nothing; `careful` looks first, so that a storm of repeats leaves no dead rows behind.
    pub(crate) async fn append(
        self,
        connection: &mut PgConnection,
        (expected, tip): (u64, &Tip),
        careful: bool,
    ) -> Result<bool, sqlx::Error> {
        let (claims, releases) = (!self.claim_keys.is_empty(), !self.release_keys.is_empty());
        let statement = statement(claims, releases, careful);
        let mut append = sqlx::query(&statement)
            .bind(signed(tip.position)?)
            .bind(tip.tree.frontier())
            .bind(tip.tree.root().to_vec())
            .bind(signed(expected)?)
            .bind(self.command_ids)
            .bind(self.request_hashes)
            .bind(self.first_positions)
            .bind(self.last_positions)
            .bind(self.outcomes)
            .bind(self.positions)
            .bind(self.sequences)
            .bind(self.recorded_ats)
            .bind(self.aggregate_types)
            .bind(self.aggregate_ids)
            .bind(self.event_types)
            .bind(self.event_versions)
            .bind(self.payloads)
            .bind(self.metadata)
            .bind(self.leaf_hashes);
        if claims {
            append = append.bind(self.claim_scopes).bind(self.claim_keys);
        }
        if releases {
            append = append.bind(self.release_scopes).bind(self.release_keys);
        }
        // All of it: the row arrives before the commit, only the end of the answer means durable.
        Ok(!append.fetch_all(connection).await?.is_empty())
    }
}

/// The statement with only the parts this batch needs: each part costs every append a little.
fn statement(claims: bool, releases: bool, careful: bool) -> String {
    let (claim_scopes, claim_keys) = ("$20::text[]", "$21::text[]");
    let (release_scopes, release_keys) =
        if claims { ("$22::text[]", "$23::text[]") } else { ("$20::text[]", "$21::text[]") };
    let mut parts = Vec::with_capacity(7);
    let mut condition = String::new();
    if careful {
        parts.push("known AS (SELECT FROM commands WHERE command_id = ANY ($5::text[]))".to_owned());
        condition.push_str(" AND NOT EXISTS (SELECT FROM known)");
    }
    if careful && claims {
        parts.push(format!(
            "taken AS (SELECT FROM unnest({claim_scopes}, {claim_keys}) AS wanted (scope, key)
                         JOIN claims USING (scope, key))"
        ));
        condition.push_str(" AND NOT EXISTS (SELECT FROM taken)");
    }
    parts.push(format!(
        "head AS (UPDATE book_head SET position = $1, frontier = $2, root = $3 WHERE position = $4{condition}
                  RETURNING true)"
    ));
    if releases {
        parts.push(format!(
            "released AS (DELETE FROM claims USING head, unnest({release_scopes}, {release_keys}) AS back (scope, key)
                           WHERE claims.scope = back.scope AND claims.key = back.key)"
        ));
    }
    if claims {
        parts.push(format!(
            "claimed AS (INSERT INTO claims (scope, key)
                         SELECT scope, key FROM head, unnest({claim_scopes}, {claim_keys}) AS wanted (scope, key))"
        ));
    }
    parts.push(RECORDED.to_owned());
    parts.push(APPENDED.to_owned());
    format!("WITH {} SELECT FROM head", parts.join(", "))
}

const RECORDED: &str = "recorded AS (
    INSERT INTO commands (command_id, request_hash, first_position, last_position, outcome)
    SELECT command_id, request_hash, first_position, last_position, outcome::json
      FROM head, unnest($5::text[], $6::bytea[], $7::bigint[], $8::bigint[], $9::text[])
           AS command (command_id, request_hash, first_position, last_position, outcome))";

const APPENDED: &str = "appended AS (
    INSERT INTO events (position, sequence, recorded_at, aggregate_type, aggregate_id, event_type,
                        event_version, payload, metadata, leaf_hash)
    SELECT position, sequence, recorded_at, aggregate_type, aggregate_id, event_type,
           event_version, payload::json, metadata::json, leaf_hash
      FROM head, unnest($10::bigint[], $11::bigint[], $12::timestamptz[], $13::text[], $14::text[],
                        $15::text[], $16::text[], $17::text[], $18::text[], $19::bytea[])
           AS event (position, sequence, recorded_at, aggregate_type, aggregate_id, event_type,
                     event_version, payload, metadata, leaf_hash))";

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
