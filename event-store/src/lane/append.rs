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
            .bind(bigint(tip.position))
            .bind(tip.tree.frontier())
            .bind(tip.tree.root().to_vec())
            .bind(bigint(expected))
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
