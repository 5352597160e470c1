//! An event in the journal that this program cannot read, and what makes it readable.
//!
//! What is simulated: a newer program on the same book, which records deposits as `DepositRecorded` 2.0 where ours
//! knows 1.0. It takes its place in the journal as any process does: the next position and sequence, a stored
//! outcome, the head moved with its tree. No test can have the newer build that reads it, so `read_by_a_fixed_build`
//! puts the event as ours knows it in its place, with the triggers off. Everything after the decoding of its bytes is
//! then what a fixed build would do. The leaf covers the readable bytes from the beginning, so that the book is whole
//! in the end; until then `audit verify` rightly complains.

use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection, Executor, PgConnection, Row};
use tallybook_event_store::journal::StoredEvent;
use tallybook_event_store::merkle::CompactRange;

pub(crate) struct Unreadable {
    pub(crate) position: u64,
    readable: StoredEvent,
    owner: PgConnection,
}

const METADATA: &str = r#"{"actor":"user:newer","command_id":"user:newer:1"}"#;

impl Unreadable {
    /// A deposit of 7.00 into this wallet.
    pub(crate) async fn deposit(connect: &PgConnectOptions, schema: &str, wallet: &str) -> Self {
        let connect = connect.clone().options([("search_path", schema)]);
        let mut owner = PgConnection::connect_with(&connect).await.unwrap();
        let readable = format!(
            r#"{{"DepositRecorded":{{"wallet":"{wallet}","amount":{{"amount":"7.00","currency":"CNY"}},"reference":"of a newer program","method":"cash","effective_date":"2026-03-09"}}}}"#
        );
        let mut append = owner.begin().await.unwrap();
        let head = "SELECT position, frontier, clock_timestamp() AS recorded_at,
                           (SELECT max(sequence) FROM events WHERE aggregate_type = 'wallet' AND aggregate_id = $1) AS sequence
                      FROM book_head FOR UPDATE";
        let head = sqlx::query(head).bind(wallet).fetch_one(&mut *append).await.unwrap();
        let (before, sequence): (i64, i64) = (head.get("position"), head.get("sequence"));
        let (position, sequence, recorded_at) = (before + 1, sequence + 1, head.get("recorded_at"));
        let readable = StoredEvent {
            position: u64::try_from(position).unwrap(),
            sequence: u64::try_from(sequence).unwrap(),
            recorded_at,
            aggregate_type: "wallet".into(),
            aggregate_id: wallet.into(),
            event_type: "DepositRecorded".into(),
            event_version: "1.0".into(),
            payload: readable,
            metadata: METADATA.into(),
            leaf_hash: Default::default(),
        };
        let leaf = readable.leaf();
        let frontier: Vec<u8> = head.get("frontier");
        let mut tree = CompactRange::from_frontier(u64::try_from(before).unwrap(), &frontier).unwrap();
        tree.append(leaf);
        sqlx::query(
            "INSERT INTO events (position, sequence, recorded_at, aggregate_type, aggregate_id, event_type,
                                 event_version, payload, metadata, leaf_hash)
             VALUES ($1, $2, $3, 'wallet', $4, 'DepositRecorded', '2.0', '{\"unheard_of\": true}', $5::json, $6)",
        )
        .bind(position)
        .bind(sequence)
        .bind(recorded_at)
        .bind(wallet)
        .bind(METADATA)
        .bind(leaf.as_slice())
        .execute(&mut *append)
        .await
        .unwrap();
        sqlx::query(
            "INSERT INTO commands (command_id, request_hash, first_position, last_position, outcome)
             VALUES ('user:newer:1', '', $1, $1, 'null')",
        )
        .bind(position)
        .execute(&mut *append)
        .await
        .unwrap();
        sqlx::query("UPDATE book_head SET position = $1, frontier = $2, root = $3")
            .bind(position)
            .bind(tree.frontier())
            .bind(tree.root().as_slice())
            .execute(&mut *append)
            .await
            .unwrap();
        sqlx::query("SELECT pg_notify($1, '')")
            .bind(format!("{schema}.events"))
            .execute(&mut *append)
            .await
            .unwrap();
        append.commit().await.unwrap();
        Self { position: u64::try_from(position).unwrap(), readable, owner }
    }

    pub(crate) async fn read_by_a_fixed_build(mut self) {
        let mut owner = self.owner.begin().await.unwrap();
        owner
            .execute("ALTER TABLE events DISABLE TRIGGER ALL; GRANT UPDATE ON events TO CURRENT_USER")
            .await
            .unwrap();
        sqlx::query("UPDATE events SET event_version = '1.0', payload = $1::json WHERE position = $2")
            .bind(&self.readable.payload)
            .bind(i64::try_from(self.position).unwrap())
            .execute(&mut *owner)
            .await
            .unwrap();
        owner
            .execute("REVOKE UPDATE ON events FROM CURRENT_USER; ALTER TABLE events ENABLE TRIGGER ALL")
            .await
            .unwrap();
        owner.commit().await.unwrap();
    }
}
