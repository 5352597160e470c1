//! `bench rebuild`: projections made anew from a long journal, beside what the same data costs with nothing of ours.

use std::ffi::OsStr;
use std::str::FromStr;
use std::thread::available_parallelism;
use std::time::{Duration, Instant};

use anyhow::Context;
use serde::Serialize;
use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection, Executor, PgConnection};
use tallybook_event_store::schema::{NewBook, provision};
use tallybook_event_store::{Book, BookSettings};
use tallybook_projector::{ProjectorSettings, RebuildRequest, Rebuilder, Registered, every, wait_for};
use tokio_util::sync::CancellationToken;

use super::bare_fold;
use super::fill::BenchFill;
use crate::output::{note, say, say_json};
use crate::postgres::{DataDirectory, EmbeddedPostgres, Tuning};

/// Events per second that read tables are made anew with, beside what PostgreSQL allows
///
/// Fills a book of its own with mixed business, then in turn, over and over: copies all events out into a bare fold of
/// the wallets and its rows back in; lets one GROUP BY in SQL do the same; rebuilds the wallets; rebuilds all
/// projections. At last it empties all read tables and lets the live projector catch up: once page by page, and once as
/// it does by itself when it is that far behind, by rebuilding them in the background.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  tallybook bench rebuild --events 100000
  tallybook bench rebuild --events 1000000 --json")]
pub struct BenchRebuild {
    /// Events in the journal
    #[arg(long, default_value_t = 1_000_000)]
    events: u64,
    /// Times each thing is measured; the fastest counts
    #[arg(long, default_value_t = 3)]
    rounds: u32,
    /// Leave out the live projector's catching up
    #[arg(long)]
    no_catch_up: bool,
    /// Figures as one JSON object
    #[arg(long)]
    json: bool,
}

const SCHEMA: &str = "bench_rebuild";

/// Events per second.
#[derive(Debug, Serialize)]
struct Figures {
    events: u64,
    cores: usize,
    bare_fold_and_copy: f64,
    sql_group_by: f64,
    wallets: f64,
    all_projections: f64,
    /// The same with a comparison of old and new before the swap.
    all_projections_compared: f64,
    /// From empty tables, page by page.
    live_catch_up: Option<f64>,
    /// From empty tables, as a projector does it that is started so far behind.
    cold_projector: Option<f64>,
    wallets_to_bare: f64,
}

impl BenchRebuild {
    pub(super) async fn run(&self, database_url: Option<&str>, search_path: &OsStr) -> anyhow::Result<()> {
        anyhow::ensure!(self.events > 0 && self.rounds > 0, "--events and --rounds must be more than 0");
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
        let mut owner = PgConnection::connect_with(connect).await?;
        let drop_schemas = format!(
            "DROP SCHEMA IF EXISTS {SCHEMA} CASCADE; DROP SCHEMA IF EXISTS {SCHEMA}__previous CASCADE"
        );
        owner.execute(drop_schemas.as_str()).await?;
        provision(connect, SCHEMA, &NewBook::default()).await?;
        let book = Book::open(connect, BookSettings::new(SCHEMA)).await?;
        note(format!("filling a book with {} events", self.events));
        BenchFill::of(self.events).fill(&book, &CancellationToken::new()).await?;
        owner.execute("CHECKPOINT").await?;
        let figures = self.rounds(&book).await;
        book.shutdown().await;
        owner.execute(drop_schemas.as_str()).await?;
        let figures = figures?;
        if self.json {
            return say_json(&figures).context("the figures");
        }
        figures.tell();
        Ok(())
    }

    async fn rounds(&self, book: &Book) -> anyhow::Result<Figures> {
        let (events, every) = (book.head(), every());
        let wallets: Vec<Registered> = every.iter().filter(|one| one.name == "wallets").copied().collect();
        let mut fastest = [Duration::MAX; 5];
        for _ in 0..self.rounds {
            let mut took =
                |thing: usize, begun: Instant| fastest[thing] = fastest[thing].min(begun.elapsed());
            let begun = Instant::now();
            let folded = bare_fold::fold_and_copy(book.pool()).await?;
            took(0, begun);
            let begun = Instant::now();
            let grouped = bare_fold::group_by(book.pool()).await?;
            took(1, begun);
            anyhow::ensure!(folded == grouped, "the bare fold made {folded} wallets, GROUP BY {grouped}");
            reset(book).await?;
            let begun = Instant::now();
            rebuild(book, &wallets).await?;
            took(2, begun);
            reset(book).await?;
            let begun = Instant::now();
            rebuild(book, &every).await?;
            took(3, begun);
            let begun = Instant::now();
            rebuild(book, &every).await?;
            took(4, begun);
        }
        let (mut live_catch_up, mut cold_projector) = (None, None);
        if !self.no_catch_up {
            let live = ProjectorSettings { rebuild_when_behind: u64::MAX, ..ProjectorSettings::default() };
            live_catch_up = Some(catch_up(book, live).await?);
            let cold = ProjectorSettings { rebuild_memory: memory(), ..ProjectorSettings::default() };
            cold_projector = Some(catch_up(book, cold).await?);
        }
        let per_second = |time: Duration| events as f64 / time.as_secs_f64();
        let [bare, grouped, wallets, all, compared] = fastest.map(per_second);
        Ok(Figures {
            events,
            cores: available_parallelism()?.get(),
            bare_fold_and_copy: bare,
            sql_group_by: grouped,
            wallets,
            all_projections: all,
            all_projections_compared: compared,
            live_catch_up: live_catch_up.map(per_second),
            cold_projector: cold_projector.map(per_second),
            wallets_to_bare: wallets / bare,
        })
    }
}

async fn rebuild(book: &Book, projections: &[Registered]) -> anyhow::Result<()> {
    let rebuilder = Rebuilder::new(book.pool().clone(), book.schema(), CancellationToken::new())
        .with_resources(available_parallelism()?.get(), memory());
    rebuilder.rebuild(projections, RebuildRequest::default()).await?;
    Ok(())
}

/// As much as a rebuild takes if nobody says how much.
fn memory() -> usize {
    usize::try_from(crate::postgres::memory_bytes() / 4).unwrap_or(usize::MAX)
}

/// Makes every read table empty, as if nothing had been folded yet.
async fn reset(book: &Book) -> anyhow::Result<()> {
    for projection in every() {
        for table in projection.table_names() {
            book.pool().execute(format!("TRUNCATE {table}").as_str()).await?;
        }
    }
    book.pool().execute("UPDATE projections SET position = 0, leader = NULL, lease_until = NULL").await?;
    Ok(())
}

/// From empty tables to the end of the journal, by the live projector.
async fn catch_up(book: &Book, settings: ProjectorSettings) -> anyhow::Result<Duration> {
    reset(book).await?;
    let stop = CancellationToken::new();
    let running = tokio::spawn(tallybook_projector::run(
        book.pool().clone(),
        book.schema().to_owned(),
        every(),
        settings,
        stop.clone(),
    ));
    let begun = Instant::now();
    let names: Vec<&str> = every().iter().map(|projection| projection.name).collect();
    wait_for(book.pool(), &names, book.head(), Duration::from_secs(3600)).await?;
    let took = begun.elapsed();
    stop.cancel();
    running.await?;
    Ok(took)
}

impl Figures {
    fn tell(&self) {
        say(format!("{} events; {} cores shared with PostgreSQL", self.events, self.cores));
        say(format!("{:<52} {:>12}", "", "events/s"));
        let line = |name: &str, per_second: f64| say(format!("{name:<52} {per_second:>12.0}"));
        line("limit: events copied out, bare fold, rows copied back", self.bare_fold_and_copy);
        line("limit: one GROUP BY in SQL", self.sql_group_by);
        line("rebuild of wallets", self.wallets);
        line("rebuild of all projections", self.all_projections);
        line("the same, compared with the old tables", self.all_projections_compared);
        if let Some(per_second) = self.live_catch_up {
            line("live projector, all projections, page by page", per_second);
        }
        if let Some(per_second) = self.cold_projector {
            line("cold projector, which rebuilds what is far behind", per_second);
        }
        say(format!("wallets to the bare fold: {:.2}", self.wallets_to_bare));
    }
}
