//! Pages of the journal, read and decoded once for all projections of this process.
//!
//! Events never change, so a page is right for ever; the last few are kept for the projections that come along next.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::sync::Arc;

use cqrs_es::persist::EventUpcaster;
use sqlx::PgPool;
use tallybook_domain::RecordedEvent;
use tallybook_event_store::journal::{self, BorrowedEvent};
use tallybook_read_models::fold::Reads;
use tokio::sync::{Mutex, watch};

/// Pages kept for others: projections are seldom further apart, and it bounds the memory.
const KEPT_PAGES: usize = 4;

/// An event as a projection meets it.
pub(crate) struct PageEvent {
    pub(crate) position: u64,
    pub(crate) aggregate_type: Cow<'static, str>,
    /// The same, as its page numbers them.
    type_number: usize,
    /// The reason if this program cannot read it.
    pub(crate) decoded: Result<Box<RecordedEvent>, String>,
}

/// Events that follow each other without a gap.
pub(crate) struct Page {
    events: Vec<PageEvent>,
    /// The types of their aggregates: few.
    types: Vec<Cow<'static, str>>,
}

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
        &self.page.events[self.start..self.end]
    }
}

impl Page {
    fn add(&mut self, event: BorrowedEvent<'_>, upcasters: &[Box<dyn EventUpcaster>]) {
        let decoded = event.decode(upcasters).map(Box::new).map_err(|error| error.to_string());
        let aggregate_type = match &decoded {
            Ok(event) => Cow::Borrowed(event.event.aggregate_type()),
            Err(_) => Cow::Owned(event.aggregate_type.to_owned()),
        };
        let known = self.types.iter().position(|known| *known == aggregate_type);
        let type_number = known.unwrap_or_else(|| {
            self.types.push(aggregate_type.clone());
            self.types.len() - 1
        });
        self.events.push(PageEvent { position: event.position, aggregate_type, type_number, decoded });
    }

    /// The events a projection has to understand. Asked once for each type, not for each event.
    pub(crate) fn concerning(&self, reads: Reads) -> impl Iterator<Item = &PageEvent> {
        let concern: Vec<bool> = self.types.iter().map(|known| reads.concern(known)).collect();
        let events = if concern.contains(&true) { &self.events[..] } else { &[] };
        events.iter().filter(move |event| concern[event.type_number])
    }

    pub(crate) fn events(&self) -> &[PageEvent] {
        &self.events
    }

    fn after(self: &Arc<Self>, position: u64, limit: usize) -> Option<Excerpt> {
        let first = self.events.first()?.position;
        let start = usize::try_from((position + 1).checked_sub(first)?).ok()?;
        let end = self.events.len().min(start.saturating_add(limit));
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
        let page = Arc::new(read(&self.pool, position, limit as u64, &self.upcasters).await?);
        if page.events().is_empty() {
            recent.end = Some((position, wakes));
            return Ok(None);
        }
        if recent.pages.len() == KEPT_PAGES {
            recent.pages.pop_front();
        }
        recent.pages.push_back(Arc::clone(&page));
        Ok(page.after(position, limit))
    }
}

/// Reads the next events after a position, at most `limit`, which must follow it without a gap.
pub(crate) async fn read(
    pool: &PgPool,
    after: u64,
    limit: u64,
    upcasters: &[Box<dyn EventUpcaster>],
) -> Result<Page, JournalError> {
    let mut page = Page { events: Vec::new(), types: Vec::new() };
    let mut wanted = after + 1;
    journal::each(pool, after, limit, |event| {
        if event.position != wanted {
            return Err(JournalError::Gap { wanted, found: event.position });
        }
        wanted += 1;
        page.add(event, upcasters);
        Ok(())
    })
    .await?;
    Ok(page)
}
