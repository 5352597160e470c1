//! `tallybook export journal`, from the command line to the last line of the file.

use std::io::ErrorKind;
use std::pin::pin;

use anyhow::Context;
use futures::{Stream, StreamExt, TryStreamExt, stream};
use serde::Serialize;
use sqlx::PgPool;
use tallybook_event_store::journal::{self, StoredEvent};
use tallybook_event_store::{Book, StoreError};
use tokio_util::sync::CancellationToken;

use super::arguments::ExportJournal;
use super::balances::{Balances, Dates};
use super::entry::Entry;
use super::format::{JournalFile, Title};
use super::target::Target;
use crate::database::in_book_until;
use crate::failure::Failure;
use crate::output::{note, say, say_json};
use crate::progress::Progress;
use crate::settings::Settings;

/// Events read at a time; two such pages are in memory, one being read and one being written.
const PAGE: u64 = 2_000;

/// What was written.
#[derive(Debug, Serialize)]
struct Summary {
    position: u64,
    root: String,
    entries: u64,
    postings: u64,
}

impl ExportJournal {
    pub(super) async fn run(self, settings: &Settings, stop: CancellationToken) -> Result<(), Failure> {
        self.check()?;
        let dates = self.dates()?;
        let done =
            in_book_until(settings, &stop, async |book| self.export(book, settings, dates).await).await;
        match done? {
            Some(summary) => self.tell(&summary),
            None => Ok(()),
        }
    }

    /// `None`: whoever read it had seen enough before the end, as in `| head`.
    async fn export(
        &self,
        book: &Book,
        settings: &Settings,
        dates: Dates,
    ) -> Result<Option<Summary>, Failure> {
        let (position, root) = head(book.pool()).await?;
        let title = Title { book: settings.book.value.clone(), position, root: hex::encode(root), dates };
        let target = Target::open(self.output.as_deref())?;
        let progress = Progress::over(position, "events", self.json);
        let written = match self.format.begin(target.sink()?, &title) {
            Ok(file) => write(book.pool(), file, title, &progress).await,
            Err(error) => Err(error),
        };
        progress.finish();
        match written {
            Ok(summary) => {
                target.keep()?;
                Ok(Some(summary))
            }
            Err(error) if matches!(target, Target::StandardOutput) && is_broken_pipe(&error) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    fn tell(&self, summary: &Summary) -> Result<(), Failure> {
        if self.json {
            say_json(summary).context("the summary")?;
            return Ok(());
        }
        let Summary { position, entries, postings, .. } = summary;
        let told = format!("{entries} entries with {postings} postings, up to position {position}");
        match &self.output {
            Some(file) => say(format!("{}: {told}", file.display())),
            None => note(told),
        }
        Ok(())
    }
}

async fn write(
    pool: &PgPool,
    mut file: Box<dyn JournalFile>,
    title: Title,
    progress: &Progress,
) -> anyhow::Result<Summary> {
    let Title { position, root, dates, .. } = title;
    let mut summary = Summary { position, root, entries: 0, postings: 0 };
    let mut balances = Balances::new(dates);
    let upcasters = tallybook_domain::upcasters();
    let mut pages = pin!(pages(pool, position));
    while let Some(page) = pages.try_next().await? {
        for stored in &page {
            let Some(entry) = Entry::of(stored, &upcasters)? else { continue };
            for posting in &entry.postings {
                balances.add(entry.effective_date, posting)?;
            }
            if dates.hold(entry.effective_date) {
                file.entry(&entry)?;
                summary.entries += 1;
                summary.postings += entry.postings.len() as u64;
            }
        }
        progress.advance(page.len() as u64);
    }
    file.end(&balances)?;
    Ok(summary)
}

/// The last position and the Merkle root there, of one moment.
pub(super) async fn head(pool: &PgPool) -> Result<(u64, Vec<u8>), sqlx::Error> {
    let head = sqlx::query!("SELECT position, root FROM book_head").fetch_one(pool).await?;
    let position = u64::try_from(head.position).map_err(|error| sqlx::Error::Decode(error.into()))?;
    Ok((position, head.root))
}

/// The events from the first to this position, in order and without a gap. Positions are dense, so where each page
/// begins is known before the one before it has been read.
fn pages(pool: &PgPool, last: u64) -> impl Stream<Item = Result<Vec<StoredEvent>, StoreError>> {
    let starts = (0..last).step_by(PAGE as usize);
    stream::iter(starts).map(move |after| page(pool.clone(), after, PAGE.min(last - after))).buffered(2)
}

async fn page(pool: PgPool, after: u64, length: u64) -> Result<Vec<StoredEvent>, StoreError> {
    let limit = i64::try_from(length).map_err(|error| sqlx::Error::Encode(error.into()))?;
    let events = journal::page(&pool, after, limit).await?;
    let mut expected = after + 1..=after + length;
    if events.iter().map(|event| event.position).ne(expected.by_ref()) {
        return Err(StoreError::Corrupt(format!(
            "the journal does not have each position from {} to {} once",
            after + 1,
            after + length
        )));
    }
    Ok(events)
}

pub(super) fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error
        .chain()
        .filter_map(|cause| cause.downcast_ref::<std::io::Error>())
        .any(|error| matches!(error.kind(), ErrorKind::BrokenPipe))
}
