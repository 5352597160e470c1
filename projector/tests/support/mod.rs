//! A book of its own for each test, filled with events straight into the journal, on the PostgreSQL that
//! DATABASE_URL names.
#![allow(dead_code, unreachable_pub, reason = "each test file uses its own part of this")]
#![allow(clippy::disallowed_methods, reason = "tests make their own names and read DATABASE_URL")]
#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

pub mod approved;
pub mod history;
pub mod judged;
pub mod notified;
pub mod ordered;
pub mod paid;
pub mod paid_out;
pub mod rebuilding;
pub mod settled;

use std::collections::HashMap;
use std::str::FromStr;
use std::time::{Duration, Instant};

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{Executor, PgPool};
use tallybook_domain::BookEvent;
use tallybook_event_store::schema::{NewBook, provision};
use tallybook_projector::{ProjectionStatus, ProjectorSettings, Registered, run, statuses, wait_for};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

pub struct TestBook {
    pub schema: String,
    pub pool: PgPool,
    head: u64,
    sequences: HashMap<String, u64>,
}

impl TestBook {
    pub async fn new() -> Self {
        // What an engine complains about is shown with a failing test; a second test finds it installed already.
        tracing_subscriber::fmt().with_test_writer().with_ansi(false).try_init().ok();
        let url = std::env::var("DATABASE_URL").expect(
            "DATABASE_URL is not set: run `make test`, or put `scripts/with-postgres` before the command",
        );
        let connect = PgConnectOptions::from_str(&url).unwrap();
        let schema = format!("test_{}", uuid::Uuid::now_v7().simple());
        provision(&connect, &schema, &NewBook::default()).await.unwrap();
        let options = connect.options([("search_path", &schema)]).application_name(&schema);
        let pool = PgPoolOptions::new().max_connections(32).connect_with(options).await.unwrap();
        Self { schema, pool, head: 0, sequences: HashMap::new() }
    }

    /// Records events as the lane would, but without deciding and without a tree.
    pub async fn record(&mut self, events: impl IntoIterator<Item = (String, BookEvent)>) -> u64 {
        let mut stored = Vec::new();
        for (aggregate_id, event) in events {
            let (kind, payload) = (event.kind(), event.to_payload().unwrap());
            stored.push((event.aggregate_type(), aggregate_id, kind.name, kind.version, payload));
        }
        self.store(stored).await
    }

    /// Changes a recorded event, which only a test can: as a program does that learns to read it.
    pub async fn rewrite(&self, position: u64, event: &BookEvent) {
        let kind = event.kind();
        self.overwrite(position, (kind.name, kind.version, &event.to_payload().unwrap())).await;
    }

    /// Makes a recorded event one that no program of today can read.
    pub async fn poison(&self, position: u64) {
        self.overwrite(position, ("Poisoned", "1.0", "{}")).await;
    }

    async fn overwrite(&self, position: u64, (name, version, payload): (&str, &str, &str)) {
        let mut owner = self.pool.acquire().await.unwrap();
        owner
            .execute("ALTER TABLE events DISABLE TRIGGER ALL; GRANT UPDATE ON events TO CURRENT_USER")
            .await
            .unwrap();
        sqlx::query(
            "UPDATE events SET event_type = $1, event_version = $2, payload = $3::json WHERE position = $4",
        )
        .bind(name)
        .bind(version)
        .bind(payload)
        .bind(i64::try_from(position).unwrap())
        .execute(&mut *owner)
        .await
        .unwrap();
    }

    /// Records something no program of today can read.
    pub async fn record_poison(&mut self, aggregate_type: &'static str) -> u64 {
        self.store([(aggregate_type, "poison".into(), "Poisoned", "1.0", "{}".into())]).await
    }

    async fn store(
        &mut self,
        events: impl IntoIterator<Item = (&'static str, String, &'static str, &'static str, String)>,
    ) -> u64 {
        let mut columns: (Vec<i64>, Vec<i64>, [Vec<String>; 5]) = Default::default();
        for (aggregate_type, aggregate_id, name, version, payload) in events {
            self.head += 1;
            let sequence = self.sequences.entry(format!("{aggregate_type}/{aggregate_id}")).or_insert(0);
            *sequence += 1;
            columns.0.push(i64::try_from(self.head).unwrap());
            columns.1.push(i64::try_from(*sequence).unwrap());
            for (column, value) in columns.2.iter_mut().zip([
                aggregate_type.to_owned(),
                aggregate_id,
                name.to_owned(),
                version.to_owned(),
                payload,
            ]) {
                column.push(value);
            }
        }
        let (positions, sequences, [types, ids, names, versions, payloads]) = columns;
        let mut transaction = self.pool.begin().await.unwrap();
        sqlx::query(
            r#"INSERT INTO events (position, sequence, recorded_at, aggregate_type, aggregate_id, event_type,
                                   event_version, payload, metadata, leaf_hash)
               SELECT p, s, '2026-03-02 01:00:00Z'::timestamptz + p * interval '1 second', t, i, n, v, b::json,
                      '{"actor":"user:tester","command_id":"c"}', sha256(convert_to(b, 'UTF8'))
                 FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[])
                      AS e (p, s, t, i, n, v, b)"#,
        )
        .bind(positions)
        .bind(sequences)
        .bind(types)
        .bind(ids)
        .bind(names)
        .bind(versions)
        .bind(payloads)
        .execute(&mut *transaction)
        .await
        .unwrap();
        sqlx::query("UPDATE book_head SET position = $1")
            .bind(i64::try_from(self.head).unwrap())
            .execute(&mut *transaction)
            .await
            .unwrap();
        transaction.commit().await.unwrap();
        self.pool
            .execute(sqlx::query("SELECT pg_notify($1, '')").bind(format!("{}.events", self.schema)))
            .await
            .unwrap();
        self.head
    }

    pub fn head(&self) -> u64 {
        self.head
    }

    /// A projector that runs until it is dropped or stopped.
    pub fn project(&self, projections: Vec<Registered>, settings: ProjectorSettings) -> Running {
        let shutdown = CancellationToken::new();
        let (pool, schema) = (self.pool.clone(), self.schema.clone());
        let task = tokio::spawn(run(pool, schema, projections, settings, shutdown.clone()));
        Running { shutdown, task }
    }

    /// Waits until all of `names` are at the head, also if one has stopped and is about to be tried again.
    pub async fn caught_up(&self, names: &[&str]) {
        let begun = Instant::now();
        while let Err(error) = wait_for(&self.pool, names, self.head, Duration::from_secs(1)).await {
            assert!(begun.elapsed() < Duration::from_secs(180), "{error}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Every row of every read table, in a fixed order.
    pub async fn tables(&self) -> Vec<(String, Vec<String>)> {
        self.tables_in(&self.schema).await
    }

    /// The same of another schema.
    pub async fn tables_in(&self, schema: &str) -> Vec<(String, Vec<String>)> {
        let mut tables = Vec::new();
        for table in READ_TABLES {
            let rows: Vec<String> =
                sqlx::query_scalar(&format!("SELECT t::text FROM {schema}.{table} AS t ORDER BY t::text"))
                    .fetch_all(&self.pool)
                    .await
                    .unwrap();
            tables.push((table.to_owned(), rows));
        }
        tables
    }

    pub async fn position(&self, name: &str) -> u64 {
        self.status(name).await.position
    }

    /// The status of a projection, once it has one.
    pub async fn status(&self, name: &str) -> ProjectionStatus {
        loop {
            let found = statuses(&self.pool).await.unwrap().into_iter().find(|status| status.name == name);
            if let Some(status) = found {
                return status;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

pub const READ_TABLES: [&str; 53] = [
    "customers",
    "wallets",
    "deposits",
    "withdrawals",
    "withdrawal_steps",
    "wallet_statement_lines",
    "wallet_statement_months",
    "wallet_hold_lines",
    "ledger_lines",
    "ledger_days",
    "daily_totals",
    "usage_records",
    "usage_bills",
    "bills",
    "bill_runs",
    "bill_run_parked",
    "accounting_periods",
    "price_plans",
    "price_plan_versions",
    "subscriptions",
    "subscription_requests",
    "billed_lines",
    "revenue_entries",
    "receivables",
    "receivable_entries",
    "reminders",
    "usage_runs",
    "usage_run_failures",
    "usage_quarantine",
    "credit_alerts",
    "receipts",
    "advance_entries",
    "credit_notes",
    "write_offs",
    "write_off_legs",
    "matching_rules",
    "risk_rules",
    "risk_assessments",
    "risk_customers",
    "risk_alerts",
    "risk_flows",
    "statements",
    "channel_notifications",
    "orders",
    "order_steps",
    "payments",
    "order_refunds",
    "approval_rules",
    "approvals",
    "approval_delegations",
    "payouts",
    "payout_steps",
    "payout_batches",
];

pub struct Running {
    shutdown: CancellationToken,
    task: JoinHandle<()>,
}

impl Running {
    pub async fn stop(self) {
        self.shutdown.cancel();
        self.task.await.unwrap();
    }

    /// Ends it as SIGKILL would: in the middle of whatever it is doing, its leases still held.
    pub async fn kill(self) {
        self.task.abort();
        assert!(self.task.await.unwrap_err().is_cancelled());
    }
}
