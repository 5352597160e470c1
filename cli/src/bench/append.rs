//! `bench append`: deposits through the lane, closed loop, beside two bare limits, in one run.

use std::ffi::OsStr;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection, Executor, PgConnection};
use tallybook_api::channels::Channels;
use tallybook_event_store::schema::{NewBook, provision};
use tallybook_event_store::{Book, BookSettings};

use super::deposits::{Load, Wallets};
use super::measure::{Measured, resident_kib};
use super::report::{Report, Settings};
use super::{http, limits};
use crate::postgres::{DataDirectory, EmbeddedPostgres, Tuning};

/// Durable deposits per second, beside what PostgreSQL allows at most
///
/// Runs three things in turn, over and over: one bare row per transaction from as many connections as there are
/// clients; a bare group-commit inserter fed by as many clients; and deposits through the book, each a durable
/// event with its idempotency key, its claimed reference and its stored outcome.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  tallybook bench append --clients 64 --seconds 30
  tallybook bench append --clients 1
  tallybook bench append --clients 64 --hot
  tallybook bench append --clients 64 --http --json")]
pub struct BenchAppend {
    /// Clients, each waiting for its answer before it asks again.
    #[arg(long, default_value_t = 64)]
    clients: usize,
    /// Seconds each of the measured things runs, all rounds together.
    #[arg(long, default_value_t = 15)]
    seconds: u64,
    /// All deposits go to one wallet instead of 10,000; measured beside the spread case.
    #[arg(long)]
    hot: bool,
    /// Also over HTTP, with sign-in and JSON, on one connection per client.
    #[arg(long)]
    http: bool,
    /// Also at this share of the full load (0.5: half), clients pausing between commands.
    #[arg(long, value_name = "SHARE")]
    load: Option<f64>,
    /// Figures as one JSON object.
    #[arg(long)]
    json: bool,
}

/// Every measured thing runs this often, in turn, so that a slow moment of the machine meets all of them.
pub(super) const ROUNDS: u32 = 3;
const SCHEMA: &str = "bench_append";

impl BenchAppend {
    pub(super) async fn run(self, database_url: Option<&str>, search_path: &OsStr) -> anyhow::Result<()> {
        anyhow::ensure!(self.clients > 0 && self.seconds > 0, "--clients and --seconds must be more than 0");
        anyhow::ensure!(
            self.load.is_none_or(|share| share > 0.0 && share < 1.0),
            "--load is a share of the full load, between 0 and 1"
        );
        if let Some(url) = database_url {
            let connect = PgConnectOptions::from_str(url).context("DATABASE_URL")?;
            return self.measure(&connect).await;
        }
        let (_directory, data) = DataDirectory::temporary()?;
        let postgres = EmbeddedPostgres::start(data, &Tuning::for_this_machine(), search_path).await?;
        let measured = self.measure(postgres.connect_options()).await;
        postgres.stop(Duration::from_secs(10)).await;
        measured
    }

    async fn measure(&self, connect: &PgConnectOptions) -> anyhow::Result<()> {
        let mut owner = PgConnection::connect_with(connect).await?;
        let drop_schema = format!("DROP SCHEMA IF EXISTS {SCHEMA} CASCADE");
        owner.execute(drop_schema.as_str()).await?;
        provision(connect, SCHEMA, &NewBook::default()).await?;
        let book = Book::open(connect, BookSettings::new(SCHEMA)).await?;
        let report = self.rounds(connect, &book, &mut owner).await;
        book.shutdown().await;
        owner.execute(drop_schema.as_str()).await?;
        report?.print(self.json)
    }

    async fn rounds(
        &self,
        connect: &PgConnectOptions,
        book: &Book,
        owner: &mut PgConnection,
    ) -> anyhow::Result<Report> {
        let spread = Arc::new(Wallets::open(book, 10_000).await?);
        let hot = Arc::new(spread.only_first());
        let body: Arc<str> = "x".repeat(stored_bytes(book).await?).into();
        let server =
            if self.http { Some(http::Server::start(book, Channels::default()).await?) } else { None };
        let turn = Duration::from_secs(self.seconds) / ROUNDS;
        let mut runs = Runs::none()?;
        recycle_wal(owner).await?;
        for round in 0..ROUNDS {
            runs.rows.add(&limits::row_per_transaction(connect, self.clients, &body, turn).await?)?;
            checkpoint(owner).await?;
            runs.groups.add(&limits::group_commit(connect, self.clients, &body, turn).await?)?;
            checkpoint(owner).await?;
            let load = Load {
                clients: self.clients,
                lasting: turn,
                per_second: None,
                run: round,
                serial: Arc::default(),
            };
            let wal_before = wal_bytes(owner).await?;
            let measured = load.in_process(book, &spread).await?;
            runs.wal_bytes += wal_bytes(owner).await? - wal_before;
            runs.book.add(&measured)?;
            runs.resident_kib.extend(resident_kib());
            checkpoint(owner).await?;
            if self.hot {
                let load = Load { run: 100 + round, ..load.clone() };
                runs.hot.add(&load.in_process(book, &hot).await?)?;
                checkpoint(owner).await?;
            }
            if let Some(server) = &server {
                let load = Load { run: 200 + round, ..load.clone() };
                runs.http.add(&server.drive(&load, &spread).await?)?;
                checkpoint(owner).await?;
            }
            if let Some(share) = self.load {
                let per_second = Some(share * runs.book.figures().per_second);
                let load = Load { run: 300 + round, per_second, ..load };
                runs.partial.add(&load.in_process(book, &spread).await?)?;
                checkpoint(owner).await?;
            }
        }
        if let Some(server) = server {
            server.stop().await?;
        }
        let settings = Settings::of(owner, self.clients, turn * ROUNDS).await?;
        Ok(Report::new(settings, &runs))
    }
}

/// What was measured, all rounds together.
pub(super) struct Runs {
    pub(super) rows: Measured,
    pub(super) groups: Measured,
    pub(super) book: Measured,
    pub(super) wal_bytes: i64,
    /// After each round's deposits.
    pub(super) resident_kib: Vec<u64>,
    pub(super) hot: Measured,
    pub(super) http: Measured,
    pub(super) partial: Measured,
}

impl Runs {
    fn none() -> anyhow::Result<Self> {
        Ok(Self {
            rows: Measured::nothing()?,
            groups: Measured::nothing()?,
            book: Measured::nothing()?,
            wal_bytes: 0,
            resident_kib: Vec::new(),
            hot: Measured::nothing()?,
            http: Measured::nothing()?,
            partial: Measured::nothing()?,
        })
    }
}

/// Brings the write-ahead log to the state it is in once a server has run for a while: files are used again and not
/// made anew. Making one means writing its 16 MB twice, and everything measured here pays for its own.
async fn recycle_wal(owner: &mut PgConnection) -> anyhow::Result<()> {
    const MEGABYTES: usize = 1024;
    for _ in 0..MEGABYTES {
        owner.execute("SELECT pg_logical_emit_message(false, 'warm-up', repeat('x', 1024 * 1024))").await?;
    }
    checkpoint(owner).await?;
    checkpoint(owner).await
}

/// Between measured things, so that each begins with the same log and none pays for another's dirty pages.
async fn checkpoint(owner: &mut PgConnection) -> anyhow::Result<()> {
    const INSUFFICIENT_PRIVILEGE: &str = "42501";
    match owner.execute("CHECKPOINT").await {
        Ok(_) => Ok(()),
        Err(sqlx::Error::Database(report)) if report.code().as_deref() == Some(INSUFFICIENT_PRIVILEGE) => {
            tracing::warn!(
                "this role may not CHECKPOINT: what is measured pays for new log files and old dirty pages"
            );
            Ok(())
        }
        Err(error) => Err(error.into()),
    }
}

/// What one deposit stores: its event, its stored outcome and its claim. The bare rows are made as large.
async fn stored_bytes(book: &Book) -> anyhow::Result<usize> {
    let bytes: i32 = sqlx::query_scalar(
        "SELECT pg_column_size(events.*) + pg_column_size(commands.*)
                + (SELECT pg_column_size(claims.*) FROM claims WHERE scope = 'deposit_reference' LIMIT 1)
           FROM events JOIN commands ON last_position = position
          WHERE event_type = 'DepositRecorded' ORDER BY position DESC LIMIT 1",
    )
    .fetch_one(book.pool())
    .await?;
    Ok(usize::try_from(bytes)?)
}

async fn wal_bytes(connection: &mut PgConnection) -> anyhow::Result<i64> {
    let bytes =
        sqlx::query_scalar("SELECT (pg_current_wal_lsn() - '0/0')::bigint").fetch_one(connection).await?;
    Ok(bytes)
}
