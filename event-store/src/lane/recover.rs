//! Finding out where the journal stands: at the start, after another process appended, after a lost connection.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use chrono::{DateTime, Utc};
use serde_json::value::RawValue;
use sqlx::postgres::PgConnectOptions;
use sqlx::{Executor, PgConnection};

use super::append::{self, HeadRow, Line};
use super::batch::Tip;
use crate::decision::ClaimKey;
use crate::journal::{self, StoredEvent, unsigned};
use crate::merkle::CompactRange;
use crate::settings::StoreError;

/// Further behind than this, forgetting every aggregate is cheaper than advancing them.
const CATCH_UP_EVENTS: u64 = 20_000;
const RECONNECT_AFTER: Duration = Duration::from_millis(50);
const RECONNECT_AT_MOST: Duration = Duration::from_secs(1);

/// What the lane asks the database.
pub(crate) struct Questions {
    pub(crate) options: PgConnectOptions,
    pub(crate) deadline: Duration,
    /// The lane's connection, unless it was lost.
    pub(crate) connection: Option<PgConnection>,
    /// Whether no other process may append from the answer until the line's next append.
    pub(crate) hold_head: bool,
    /// The position the lane last knew to be durable.
    pub(crate) since: u64,
    pub(crate) command_ids: Vec<String>,
    pub(crate) claims: Vec<ClaimKey>,
}

/// What the database answered.
pub(crate) struct Findings {
    pub(crate) line: Line,
    pub(crate) tip: Tip,
    pub(crate) head_row: HeadRow,
    /// What others appended since; `None`: too much to advance the held aggregates by.
    pub(crate) foreign: Option<Vec<StoredEvent>>,
    pub(crate) known: HashMap<String, KnownCommand>,
    pub(crate) taken: HashSet<ClaimKey>,
}

/// A command that is in the book.
pub(crate) struct KnownCommand {
    pub(crate) request_hash: Vec<u8>,
    pub(crate) position: u64,
    pub(crate) outcome: Box<RawValue>,
}

/// Asks until the database answers. The lane goes on refusing expired commands meanwhile.
pub(crate) async fn find_out(mut questions: Questions) -> Findings {
    let mut pause = RECONNECT_AFTER;
    loop {
        let answer = tokio::time::timeout(questions.deadline, ask(&mut questions)).await;
        match answer {
            Ok(Ok(findings)) => return findings,
            Ok(Err(error)) => tracing::warn!(%error, "the lane cannot read the book; trying again"),
            Err(_) => tracing::warn!("the lane got no answer from PostgreSQL; trying again"),
        }
        questions.connection = None;
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(RECONNECT_AT_MOST);
    }
}

async fn ask(questions: &mut Questions) -> Result<Findings, StoreError> {
    let mut connection = match questions.connection.take() {
        Some(connection) => connection,
        None => append::connect(&questions.options, questions.deadline).await?,
    };
    // One snapshot for all of it: a command recorded meanwhile by a connection given up is then either known with
    // its events, or neither, and met by the next append's compare-and-swap. While the head is held nothing is recorded.
    let begin = if questions.hold_head {
        "BEGIN; SELECT FROM book_head FOR UPDATE"
    } else {
        "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
    };
    connection.execute(begin).await?;
    let taken = taken_claims(&mut connection, &questions.claims).await?;
    let known = known_commands(&mut connection, &questions.command_ids).await?;
    let (tip, head_row) = read_tip(&mut connection).await?;
    let foreign = match tip.position.checked_sub(questions.since) {
        None => {
            return Err(StoreError::Corrupt(format!(
                "the head went back from {} to {}: the database was restored or altered under a running process; restart it",
                questions.since, tip.position
            )));
        }
        Some(behind) if behind > CATCH_UP_EVENTS => None,
        Some(_) => {
            let events = journal::page(&mut connection, questions.since, CATCH_UP_EVENTS as i64).await?;
            Some(events.into_iter().filter(|event| event.position <= tip.position).collect())
        }
    };
    if !questions.hold_head {
        connection.execute("COMMIT").await?;
    }
    let line = Line { connection, holds_head: questions.hold_head };
    Ok(Findings { line, tip, head_row, foreign, known, taken })
}

async fn read_tip(connection: &mut PgConnection) -> Result<(Tip, HeadRow), StoreError> {
    let head = sqlx::query!(
        r#"SELECT position, frontier, ctid::text AS "head_row!",
                  (SELECT recorded_at FROM events WHERE events.position = book_head.position) AS recorded_at
             FROM book_head"#
    )
    .fetch_one(connection)
    .await?;
    let position = unsigned(head.position)?;
    let tip = Tip {
        position,
        tree: CompactRange::from_frontier(position, &head.frontier)?,
        recorded_at: head.recorded_at.unwrap_or(DateTime::<Utc>::UNIX_EPOCH),
    };
    Ok((tip, HeadRow(head.head_row)))
}

async fn known_commands(
    connection: &mut PgConnection,
    ids: &[String],
) -> Result<HashMap<String, KnownCommand>, StoreError> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = sqlx::query!(
        r#"SELECT command_id, request_hash, last_position, outcome
             FROM commands WHERE command_id = ANY ($1::text[])"#,
        ids
    )
    .fetch_all(connection)
    .await?;
    rows.into_iter()
        .map(|row| {
            let outcome =
                RawValue::from_string(row.outcome).map_err(|error| StoreError::Corrupt(error.to_string()))?;
            let position = unsigned(row.last_position)?;
            Ok((row.command_id, KnownCommand { request_hash: row.request_hash, position, outcome }))
        })
        .collect()
}

/// Which of these claims are in the book.
pub(crate) async fn taken_claims(
    connection: &mut PgConnection,
    claims: &[ClaimKey],
) -> Result<HashSet<ClaimKey>, StoreError> {
    if claims.is_empty() {
        return Ok(HashSet::new());
    }
    let scopes: Vec<String> = claims.iter().map(|(scope, _)| (*scope).to_owned()).collect();
    let keys: Vec<String> = claims.iter().map(|(_, key)| key.clone()).collect();
    let rows = sqlx::query!(
        r#"SELECT wanted.scope AS "scope!", wanted.key AS "key!"
             FROM unnest($1::text[], $2::text[]) AS wanted (scope, key) JOIN claims USING (scope, key)"#,
        &scopes,
        &keys
    )
    .fetch_all(connection)
    .await?;
    let found: HashSet<(String, String)> = rows.into_iter().map(|row| (row.scope, row.key)).collect();
    Ok(claims
        .iter()
        .filter(|(scope, key)| found.contains(&((*scope).to_owned(), key.clone())))
        .cloned()
        .collect())
}
