//! The rows of one append, and how they are sent: everything in one statement and one commit.

use std::time::Duration;

use serde_json::value::RawValue;
use sqlx::error::BoxDynError;
use sqlx::postgres::{PgArguments, PgConnectOptions};
use sqlx::{Arguments, Connection, Executor, PgConnection, Row};

use super::batch::{Command, Tip};
use super::column::{BIGINT, BYTEA, Column, TEXT, TIMESTAMPTZ};
use super::statement::Shape;
use crate::decision::{ClaimKey, DraftEvent};
use crate::journal::signed;
use crate::merkle::Hash;

/// Where the head's row is stored (its `ctid`, as text): each append leaves the row before it behind as a dead one, and
/// while anyone reads with an old snapshot, as a dump does, those stay and would all be searched for the live one.
#[derive(Clone)]
pub(crate) struct HeadRow(pub(crate) String);

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

    pub(super) fn shape(&self, careful: bool) -> Shape {
        Shape {
            careful,
            events: self.positions.rows(),
            commands: self.command_ids.rows(),
            claims: (!self.claim_keys.is_empty()).then(|| self.claim_keys.rows()),
            releases: (!self.release_keys.is_empty()).then(|| self.release_keys.rows()),
        }
    }

    /// Appends everything or nothing, and says where the head's row is now. `None`: the head had moved, or a command
    /// or claim was there already. Where there is nothing to append, it only looks whether the head has moved.
    ///
    /// A repeated command or a taken claim is rare, so normally it is left to the constraints to find, which costs
    /// the append nothing; a careful statement looks first, so that a storm of repeats leaves no dead rows behind.
    pub(crate) async fn append(
        self,
        connection: &mut PgConnection,
        expected: (u64, &HeadRow),
        tip: &Tip,
        statement: &str,
    ) -> Result<Option<HeadRow>, sqlx::Error> {
        if self.is_empty() {
            return still_at(connection, expected).await;
        }
        let arguments = self.arguments(expected, tip).map_err(sqlx::Error::Encode)?;
        // All of it: the row arrives before the commit, only the end of the answer means durable.
        let rows = sqlx::query_with(statement, arguments).fetch_all(connection).await?;
        rows.first().map(|row| row.try_get(0).map(HeadRow)).transpose()
    }

    fn arguments(self, (expected, head_row): (u64, &HeadRow), tip: &Tip) -> Result<PgArguments, BoxDynError> {
        let mut arguments = PgArguments::default();
        arguments.add(signed(tip.position)?)?;
        arguments.add(tip.tree.frontier())?;
        arguments.add(tip.tree.root().to_vec())?;
        arguments.add(signed(expected)?)?;
        arguments.add(&head_row.0)?;
        let (claims, releases) = (!self.claim_keys.is_empty(), !self.release_keys.is_empty());
        let commands =
            [self.command_ids, self.request_hashes, self.first_positions, self.last_positions, self.outcomes];
        let events = [
            self.positions,
            self.sequences,
            self.recorded_ats,
            self.aggregate_types,
            self.aggregate_ids,
            self.event_types,
            self.event_versions,
            self.payloads,
            self.metadata,
            self.leaf_hashes,
        ];
        let claims = claims.then_some([self.claim_scopes, self.claim_keys]);
        let releases = releases.then_some([self.release_scopes, self.release_keys]);
        let columns = commands.into_iter().chain(events);
        for column in columns.chain(claims.into_iter().flatten()).chain(releases.into_iter().flatten()) {
            arguments.add(column)?;
        }
        Ok(arguments)
    }
}

/// The lane's connection.
pub(crate) struct Line {
    pub(crate) connection: PgConnection,
    /// It is inside a transaction, opened by `recover`, that keeps every other process from appending.
    pub(crate) holds_head: bool,
}

impl Line {
    /// Appends, and lets go of the head if it was held.
    pub(crate) async fn append(
        &mut self,
        rows: AppendRows,
        expected: (u64, &HeadRow),
        tip: &Tip,
        statement: &str,
    ) -> Result<Option<HeadRow>, sqlx::Error> {
        let appended = rows.append(&mut self.connection, expected, tip, statement).await;
        if !std::mem::take(&mut self.holds_head) {
            return appended;
        }
        if let Ok(Some(_)) = appended {
            self.connection.execute("COMMIT").await?;
        } else if let Err(error) = self.connection.execute("ROLLBACK").await {
            // Whoever uses the connection next meets the same error.
            tracing::debug!(%error, "the head was not let go of");
        }
        appended
    }
}

async fn still_at(
    connection: &mut PgConnection,
    (expected, head_row): (u64, &HeadRow),
) -> Result<Option<HeadRow>, sqlx::Error> {
    let row = sqlx::query_scalar!(
        r#"SELECT ctid::text AS "head_row!" FROM book_head WHERE ctid = $1::text::tid AND position = $2"#,
        head_row.0,
        signed(expected)?
    );
    Ok(row.fetch_optional(connection).await?.map(HeadRow))
}

/// Opens the lane's own connection. Its one statement is planned once, by index: the plan is made while tables
/// are still small and must stay right when they are not.
pub(crate) async fn connect(
    options: &PgConnectOptions,
    deadline: Duration,
) -> Result<PgConnection, sqlx::Error> {
    let statement_timeout = format!("{}ms", deadline.as_millis());
    // A process that hangs while it holds the head must not stop the others for longer than their commands wait.
    let idle_timeout = format!("{}ms", deadline.as_millis() / 2);
    let options = options.clone().options([
        ("synchronous_commit", "on"),
        ("plan_cache_mode", "force_generic_plan"),
        ("enable_seqscan", "off"),
        ("enable_hashjoin", "off"),
        ("enable_mergejoin", "off"),
        ("jit", "off"),
        ("statement_timeout", statement_timeout.as_str()),
        ("idle_in_transaction_session_timeout", idle_timeout.as_str()),
    ]);
    let mut connection = PgConnection::connect_with(&options).await?;
    crate::schema::take_runtime_role(&mut connection).await?;
    connection.execute("SELECT 1").await?;
    Ok(connection)
}
