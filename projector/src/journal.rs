//! Pages of the journal, read and decoded once for all projections of this process.
//!
//! Events never change, so a page is right for ever; the last few are kept for the projections that come along next.

use std::collections::VecDeque;
use std::sync::Arc;

use cqrs_es::persist::EventUpcaster;
use sqlx::PgPool;
use tallybook_domain::RecordedEvent;
use tallybook_event_store::journal::{self, StoredEvent};
use tokio::sync::{Mutex, watch};

/// Pages kept for others: projections are seldom further apart, and it bounds the memory.
const KEPT_PAGES: usize = 4;

/// Events decoded before other tasks get their turn.
const DECODED_AT_ONCE: usize = 500;

/// An event as a projection meets it.
pub(crate) struct PageEvent {
    pub(crate) position: u64,
    pub(crate) aggregate_type: String,
    /// The reason if this program cannot read it.
    pub(crate) decoded: Result<RecordedEvent, String>,
}

/// Events that follow each other without a gap.
pub(crate) struct Page(Vec<PageEvent>);

/// The part of a page after some position.
pub(crate) struct Excerpt {
    page: Arc<Page>,
    start: usize,
    end: usize,
}

#[derive(Debug, thiserror::Error)]
pub(crate) enum JournalError {
    #[error(transparent)]
    Database(#[from] sqlx::Error),
    #[error("the journal has position {found} where {wanted} must be")]
    Gap { wanted: u64, found: u64 },
}

pub(crate) struct Journal {
    pool: PgPool,
    woken: watch::Receiver<u64>,
    upcasters: Vec<Box<dyn EventUpcaster>>,
    recent: Mutex<Recent>,
}

#[derive(Default)]
struct Recent {
    pages: VecDeque<Arc<Page>>,
    /// There was nothing after this position when this many wake-ups had been counted.
    end: Option<(u64, u64)>,
}

impl Excerpt {
    pub(crate) fn events(&self) -> &[PageEvent] {
        &self.page.0[self.start..self.end]
    }
}

impl Page {
    pub(crate) fn events(&self) -> &[PageEvent] {
        &self.0
    }

    fn after(self: &Arc<Self>, position: u64, limit: usize) -> Option<Excerpt> {
        let first = self.0.first()?.position;
        let start = usize::try_from((position + 1).checked_sub(first)?).ok()?;
        let end = self.0.len().min(start.saturating_add(limit));
        (start < end).then(|| Excerpt { page: Arc::clone(self), start, end })
    }
}

impl Journal {
    pub(crate) fn new(pool: PgPool, woken: watch::Receiver<u64>) -> Self {
        Self { pool, woken, upcasters: tallybook_domain::upcasters(), recent: Mutex::default() }
    }

    /// The next events after a position, at most `limit`; `None` at the end of the journal.
    pub(crate) async fn after(&self, position: u64, limit: usize) -> Result<Option<Excerpt>, JournalError> {
        // Held while reading, so that projections waiting for the same page get this one.
        let mut recent = self.recent.lock().await;
        if let Some(excerpt) = recent.pages.iter().rev().find_map(|page| page.after(position, limit)) {
            return Ok(Some(excerpt));
        }
        let wakes = *self.woken.borrow();
        if recent.end == Some((position, wakes)) {
            return Ok(None);
        }
        let stored = journal::page(&self.pool, position, i64::try_from(limit).unwrap_or(i64::MAX)).await?;
        if stored.is_empty() {
            recent.end = Some((position, wakes));
            return Ok(None);
        }
        let page = Arc::new(decode(position, stored, &self.upcasters).await?);
        if recent.pages.len() == KEPT_PAGES {
            recent.pages.pop_front();
        }
        recent.pages.push_back(Arc::clone(&page));
        Ok(page.after(position, limit))
    }
}

/// Decodes what was read after a position, which must follow it without a gap.
pub(crate) async fn decode(
    after: u64,
    stored: Vec<StoredEvent>,
    upcasters: &[Box<dyn EventUpcaster>],
) -> Result<Page, JournalError> {
    let mut events = Vec::with_capacity(stored.len());
    for (wanted, event) in (after + 1..).zip(stored) {
        if event.position != wanted {
            return Err(JournalError::Gap { wanted, found: event.position });
        }
        events.push(PageEvent {
            position: event.position,
            decoded: event.decode(upcasters).map_err(|error| error.to_string()),
            aggregate_type: event.aggregate_type,
        });
        if events.len().is_multiple_of(DECODED_AT_ONCE) {
            tokio::task::yield_now().await;
        }
    }
    Ok(Page(events))
}
