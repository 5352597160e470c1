//! The one statement that writes the journal.

use std::collections::HashMap;
use std::sync::Arc;
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
    /// the append nothing; a careful statement looks first, so that a storm of repeats leaves no dead rows behind.
    pub(crate) async fn append(
        self,
        connection: &mut PgConnection,
        (expected, tip): (u64, &Tip),
        statement: &str,
    ) -> Result<bool, sqlx::Error> {
        let (claims, releases) = (!self.claim_keys.is_empty(), !self.release_keys.is_empty());
        let mut append = sqlx::query(statement)
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

/// Whether a column's rows are taken apart, or there is just one.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Rows {
    One,
    Many,
}

impl Rows {
    fn of(column: &Column) -> Self {
        if column.count() == 1 { Self::One } else { Self::Many }
    }

    /// The values of the array parameter `number`; a single one costs the database less.
    fn values(self, number: usize, of: &str) -> String {
        match self {
            Self::One => format!("(${number}::{of}[])[1]"),
            Self::Many => format!("unnest(${number}::{of}[])"),
        }
    }
}

const COMMAND: [(&str, &str, &str); 5] = [
    ("command_id", "text", ""),
    ("request_hash", "bytea", ""),
    ("first_position", "bigint", ""),
    ("last_position", "bigint", ""),
    ("outcome", "text", ""),
];

const EVENT: [(&str, &str, &str); 10] = [
    ("position", "bigint", ""),
    ("sequence", "bigint", ""),
    ("recorded_at", "timestamptz", ""),
    ("aggregate_type", "text", ""),
    ("aggregate_id", "text", ""),
    ("event_type", "text", ""),
    ("event_version", "text", ""),
    ("payload", "text", "::json"),
    ("metadata", "text", "::json"),
    ("leaf_hash", "bytea", ""),
];

const CLAIM: [(&str, &str, &str); 2] = [("scope", "text", ""), ("key", "text", "")];

/// Inserts what the parameters from `first` on hold, if the head moved.
fn insert(table: &str, columns: &[(&str, &str, &str)], first: usize, rows: Rows) -> String {
    let names: Vec<&str> = columns.iter().map(|(name, ..)| *name).collect();
    let values: Vec<String> = (first..)
        .zip(columns)
        .map(|(number, (_, of, cast))| format!("{}{cast}", rows.values(number, of)))
        .collect();
    format!(
        "new_{table} AS (INSERT INTO {table} ({}) SELECT {} FROM head)",
        names.join(", "),
        values.join(", ")
    )
}

/// Which parts a statement has: each part costs every append a little, so it has those its rows need.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Shape {
    careful: bool,
    events: Rows,
    commands: Rows,
    claims: Option<Rows>,
    releases: bool,
}

impl AppendRows {
    pub(super) fn shape(&self, careful: bool) -> Shape {
        Shape {
            careful,
            events: Rows::of(&self.positions),
            commands: Rows::of(&self.command_ids),
            claims: (!self.claim_keys.is_empty()).then(|| Rows::of(&self.claim_keys)),
            releases: !self.release_keys.is_empty(),
        }
    }
}

/// The text of each statement, written once.
#[derive(Default)]
pub(super) struct Statements(HashMap<Shape, Arc<str>>);

impl Statements {
    pub(super) fn of(&mut self, shape: Shape) -> Arc<str> {
        Arc::clone(self.0.entry(shape).or_insert_with(|| shape.statement().into()))
    }
}

impl Shape {
    fn statement(self) -> String {
        let releases_from = if self.claims.is_some() { 22 } else { 20 };
        let mut parts = Vec::with_capacity(7);
        let mut condition = String::new();
        if self.careful {
            parts.push("known AS (SELECT FROM commands WHERE command_id = ANY ($5::text[]))".to_owned());
            condition.push_str(" AND NOT EXISTS (SELECT FROM known)");
        }
        if self.careful && self.claims.is_some() {
            parts.push(
                "taken AS (SELECT FROM unnest($20::text[], $21::text[]) AS wanted (scope, key)
                             JOIN claims USING (scope, key))"
                    .to_owned(),
            );
            condition.push_str(" AND NOT EXISTS (SELECT FROM taken)");
        }
        parts.push(format!(
            "head AS (UPDATE book_head SET position = $1, frontier = $2, root = $3 WHERE position = $4{condition}
                      RETURNING true)"
        ));
        if self.releases {
            parts.push(format!(
                "released AS (DELETE FROM claims USING head, unnest(${releases_from}::text[], ${}::text[]) AS back (scope, key)
                               WHERE claims.scope = back.scope AND claims.key = back.key)",
                releases_from + 1
            ));
        }
        if let Some(rows) = self.claims {
            parts.push(insert("claims", &CLAIM, 20, rows));
        }
        parts.push(insert("commands", &COMMAND, 5, self.commands));
        parts.push(insert("events", &EVENT, 10, self.events));
        format!("WITH {} SELECT FROM head", parts.join(", "))
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
