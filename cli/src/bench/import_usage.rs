//! `bench import-usage`: a list of usage, imported into a new book and then once more.

use std::ffi::OsStr;
use std::fmt::Write;
use std::str::FromStr;
use std::thread::available_parallelism;
use std::time::{Duration, Instant};

use anyhow::Context;
use serde::Serialize;
use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection, Executor, PgConnection};
use tallybook_commands::customers::personal::PersonalKeys;
use tallybook_event_store::schema::{NewBook, provision};
use tallybook_event_store::{Book, BookSettings};
use tallybook_import::customers::{CustomerList, CustomerMapping, Loader as CustomerLoader};
use tallybook_import::usage::{Loader, UsageImportReport, UsageList, UsageMapping};
use tallybook_import::{Limits, SourceFile};
use tokio_util::sync::CancellationToken;

use super::deposits::context as asked;
use crate::output::{note, say, say_json};
use crate::postgres::{DataDirectory, EmbeddedPostgres, Tuning};

/// Rows per second of an import of usage
///
/// Writes a CSV list of usage, day by day for all customers, and imports it into a book of its own: first it is all
/// recorded, then nothing changes.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  tallybook bench import-usage
  tallybook bench import-usage --rows 50000,100000,200000 --json")]
pub struct BenchImportUsage {
    /// Rows of the list; several sizes, separated by commas, are measured one after the other
    #[arg(long, value_delimiter = ',', default_value = "100000")]
    rows: Vec<u32>,
    /// Figures as one JSON array
    #[arg(long)]
    json: bool,
}

const SCHEMA: &str = "bench_import_usage";
/// Of each customer: 31 days of one meter.
const DAYS: u32 = 31;

#[derive(Debug, Serialize)]
struct Figures {
    rows: usize,
    customers: u32,
    cores: usize,
    bytes: usize,
    /// The list to rows, each time.
    reading_seconds: f64,
    /// Reading and recording.
    first_seconds: f64,
    /// Reading, and seeing that nothing changes.
    again_seconds: f64,
    rows_per_second: f64,
}

impl BenchImportUsage {
    pub(super) async fn run(&self, database_url: Option<&str>, search_path: &OsStr) -> anyhow::Result<()> {
        anyhow::ensure!(!self.rows.contains(&0), "--rows must be more than 0");
        if let Some(url) = database_url {
            return self.measure(&PgConnectOptions::from_str(url).context("DATABASE_URL")?).await;
        }
        let (_directory, data) = DataDirectory::temporary()?;
        let postgres = EmbeddedPostgres::start(data, &Tuning::for_this_machine(), search_path).await?;
        let measured = self.measure(postgres.connect_options()).await;
        postgres.stop(Duration::from_secs(10)).await;
        measured
    }

    async fn measure(&self, connect: &PgConnectOptions) -> anyhow::Result<()> {
        let mut all = Vec::with_capacity(self.rows.len());
        for rows in &self.rows {
            all.push(measure(connect, *rows).await?);
        }
        if self.json {
            return say_json(&all).context("the figures");
        }
        say(format!("{:>10} {:>9} {:>9} {:>9} {:>10}", "rows", "reading", "first", "again", "rows/s"));
        for Figures { rows, reading_seconds, first_seconds, again_seconds, rows_per_second, .. } in all {
            say(format!(
                "{rows:>10} {reading_seconds:>8.2}s {first_seconds:>8.2}s {again_seconds:>8.2}s {rows_per_second:>10.0}"
            ));
        }
        Ok(())
    }
}

async fn measure(connect: &PgConnectOptions, rows: u32) -> anyhow::Result<Figures> {
    let mut owner = PgConnection::connect_with(connect).await?;
    let drop_schema = format!("DROP SCHEMA IF EXISTS {SCHEMA} CASCADE");
    owner.execute(drop_schema.as_str()).await?;
    provision(connect, SCHEMA, &NewBook::default()).await?;
    let customers = rows.div_ceil(DAYS);
    note(format!("registering {customers} customers"));
    let book = Book::open(connect, BookSettings::new(SCHEMA)).await?;
    let list = usage(rows, customers)?;
    let measured = async {
        register(&book, customers).await?;
        anyhow::Ok((import(&book, &list).await?, import(&book, &list).await?))
    };
    let measured = measured.await;
    book.shutdown().await;
    owner.execute(drop_schema.as_str()).await?;
    let ((reading, first_seconds, first), (_, again_seconds, again)) = measured?;
    let rows = first.rows;
    anyhow::ensure!(first.recorded == rows, "{} of {rows} records were recorded", first.recorded);
    anyhow::ensure!(again.unchanged == rows, "{} of {rows} records were unchanged", again.unchanged);
    Ok(Figures {
        rows,
        customers,
        cores: available_parallelism()?.get(),
        bytes: list.len(),
        reading_seconds: reading,
        first_seconds,
        again_seconds,
        rows_per_second: rows as f64 / first_seconds,
    })
}

async fn register(book: &Book, customers: u32) -> anyhow::Result<()> {
    let mut list = "name,code\n".to_owned();
    for customer in 1..=customers {
        writeln!(list, "Customer {customer},K-{customer}")?;
    }
    let file = SourceFile::read(list.into_bytes(), &Limits::LONG)?;
    let list = CustomerList::read(&file, &CustomerMapping::default()).map_err(anyhow::Error::msg)?;
    let keys = PersonalKeys::new(book.pool().clone(), None);
    let loader =
        CustomerLoader { book, keys: &keys, context: asked(None)?, patience: Duration::from_secs(60) };
    let loaded = loader.load(&list, &CancellationToken::new(), |_| {}).await;
    loaded.failure.map_or(Ok(()), |failure| Err(failure.into()))
}

/// Seconds to read, seconds in all, and what became of the rows.
async fn import(book: &Book, list: &str) -> anyhow::Result<(f64, f64, UsageImportReport)> {
    let begun = Instant::now();
    let file = SourceFile::read(list.as_bytes().to_vec(), &Limits::LONG)?;
    let list = UsageList::read(&file, &UsageMapping::default()).map_err(anyhow::Error::msg)?;
    let reading = begun.elapsed().as_secs_f64();
    let patience = Duration::from_secs(60);
    let loader = Loader { book, context: asked(None)?, corrections: false, patience };
    let loaded = loader.load(&list, &CancellationToken::new(), |_| {}).await;
    let report = UsageImportReport::of(&file, &list, &loaded, false);
    if let Some(failure) = loaded.failure {
        return Err(failure.into());
    }
    Ok((reading, begun.elapsed().as_secs_f64(), report))
}

/// Day after day of January, each with all customers by their codes.
fn usage(rows: u32, customers: u32) -> anyhow::Result<String> {
    let mut list = "customer,meter,date,quantity,reference\n".to_owned();
    for row in 0..rows {
        let (day, customer) = (row / customers + 1, row % customers + 1);
        writeln!(list, "K-{customer},api_calls,2026-01-{day:02},{row}.25,r-{row}")?;
    }
    Ok(list)
}
