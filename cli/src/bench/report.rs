//! Figures as a table for people and as JSON for machines.

use std::fmt::Write;
use std::time::Duration;

use serde::Serialize;
use sqlx::PgConnection;

use super::append::Runs;
use super::measure::Figures;

#[derive(Debug, Serialize)]
pub(super) struct Report {
    settings: Settings,
    /// First limit: one bare row per transaction.
    row_per_transaction: Figures,
    /// Second limit: a bare group-commit inserter.
    group_commit: Figures,
    book: Figures,
    ratio_to_row_per_transaction: f64,
    ratio_to_group_commit: f64,
    wal_bytes_per_command: i64,
    /// After each round's deposits.
    resident_kib: Vec<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hot: Option<Beside>,
    #[serde(skip_serializing_if = "Option::is_none")]
    http: Option<Beside>,
    #[serde(skip_serializing_if = "Option::is_none")]
    partial_load: Option<Figures>,
}

/// Another way to the same book, compared with the spread in-process case.
#[derive(Debug, Serialize)]
struct Beside {
    figures: Figures,
    ratio_to_book: f64,
}

/// What the figures depend on.
#[derive(Debug, Serialize)]
pub(super) struct Settings {
    clients: usize,
    seconds: f64,
    cores: usize,
    postgresql: String,
    synchronous_commit: String,
    fsync: String,
    full_page_writes: String,
    shared_buffers: String,
}

impl Settings {
    pub(super) async fn of(
        connection: &mut PgConnection,
        clients: usize,
        lasting: Duration,
    ) -> anyhow::Result<Self> {
        let (postgresql, synchronous_commit, fsync, full_page_writes, shared_buffers) = sqlx::query_as(
            "SELECT current_setting('server_version'), current_setting('synchronous_commit'), current_setting('fsync'),
                    current_setting('full_page_writes'), current_setting('shared_buffers')",
        )
        .fetch_one(connection)
        .await?;
        let cores = std::thread::available_parallelism()?.get();
        let seconds = lasting.as_secs_f64();
        Ok(Self {
            clients,
            seconds,
            cores,
            postgresql,
            synchronous_commit,
            fsync,
            full_page_writes,
            shared_buffers,
        })
    }
}

impl Report {
    pub(super) fn new(settings: Settings, runs: &Runs) -> Self {
        let (rows, groups, book) = (runs.rows.figures(), runs.groups.figures(), runs.book.figures());
        let per_second = book.per_second;
        let beside = |figures: Figures| Beside { ratio_to_book: figures.per_second / per_second, figures };
        Self {
            settings,
            ratio_to_row_per_transaction: per_second / rows.per_second,
            ratio_to_group_commit: per_second / groups.per_second,
            wal_bytes_per_command: runs.wal_bytes / i64::try_from(book.operations.max(1)).unwrap_or(i64::MAX),
            row_per_transaction: rows,
            group_commit: groups,
            book,
            resident_kib: runs.resident_kib.clone(),
            hot: runs.hot.figures_if_any().map(beside),
            http: runs.http.figures_if_any().map(beside),
            partial_load: runs.partial.figures_if_any(),
        }
    }

    #[expect(clippy::print_stdout, reason = "the figures are the command's output")]
    pub(super) fn print(&self, json: bool) -> anyhow::Result<()> {
        if json {
            println!("{}", serde_json::to_string_pretty(self)?);
        } else {
            print!("{}", self.table()?);
        }
        Ok(())
    }

    fn table(&self) -> Result<String, std::fmt::Error> {
        let s = &self.settings;
        let mut table = String::new();
        writeln!(
            table,
            "{} clients, {:.0} s each in {} rounds; {} cores shared with PostgreSQL {}; synchronous_commit {}, fsync {}, \
             full_page_writes {}, shared_buffers {}",
            s.clients,
            s.seconds,
            super::append::ROUNDS,
            s.cores,
            s.postgresql,
            s.synchronous_commit,
            s.fsync,
            s.full_page_writes,
            s.shared_buffers
        )?;
        writeln!(table)?;
        writeln!(table, "{:<34} {:>12} {:>10} {:>10}", "", "per second", "p50 µs", "p99 µs")?;
        line(&mut table, "limit 1: a row per transaction", &self.row_per_transaction)?;
        line(&mut table, "limit 2: bare group commit", &self.group_commit)?;
        line(&mut table, "deposits, 10,000 wallets", &self.book)?;
        if let Some(hot) = &self.hot {
            line(&mut table, "deposits, one wallet", &hot.figures)?;
        }
        if let Some(http) = &self.http {
            line(&mut table, "deposits over HTTP", &http.figures)?;
        }
        if let Some(partial) = &self.partial_load {
            line(&mut table, "deposits at partial load", partial)?;
        }
        writeln!(table)?;
        writeln!(
            table,
            "to limit 1: {:.2}   to limit 2: {:.2}",
            self.ratio_to_row_per_transaction, self.ratio_to_group_commit
        )?;
        if let Some(hot) = &self.hot {
            writeln!(table, "one wallet to spread: {:.2}", hot.ratio_to_book)?;
        }
        if let Some(http) = &self.http {
            writeln!(table, "over HTTP to in process: {:.2}", http.ratio_to_book)?;
        }
        if let Some(partial) = &self.partial_load {
            writeln!(
                table,
                "p99 to p50 at partial load: {:.2}",
                partial.p99_us as f64 / partial.p50_us.max(1) as f64
            )?;
        }
        writeln!(table, "WAL bytes per command: {}", self.wal_bytes_per_command)?;
        if !self.resident_kib.is_empty() {
            let mebibytes: Vec<String> =
                self.resident_kib.iter().map(|kib| (kib / 1024).to_string()).collect();
            writeln!(table, "resident memory after each round: {} MiB", mebibytes.join(", "))?;
        }
        Ok(table)
    }
}

fn line(table: &mut String, name: &str, figures: &Figures) -> std::fmt::Result {
    writeln!(table, "{name:<34} {:>12.0} {:>10} {:>10}", figures.per_second, figures.p50_us, figures.p99_us)
}
