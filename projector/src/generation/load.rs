//! One projection, from pages of events in memory to rows copied into its new tables.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use sqlx::{Connection, Executor, PgConnection};
use tallybook_read_models::Projection;
use tallybook_read_models::fold::{self, Tables};
use tokio::sync::mpsc;
use tokio_util::task::AbortOnDropHandle;

use super::stream::{Part, Streams};
use super::{GenerationError, Remainder, Sessions, waited_too_long};
use crate::engine::copy_statement;
use crate::journal::Page;

/// The part of the memory in which rows are put in order, if a table's are: an eighth.
const GROUPED: usize = 8;

/// The part of the memory for counting the changes of rows, and as much again for those that have not come yet.
const COUNTED: usize = 8;

/// More bytes than an event's rows take in all projections together. If they take more after all, a further reading
/// only keeps rows longer.
const PLENTY: usize = 4096;

/// What a load is given.
pub(crate) struct Load {
    /// Inside the new tables' schema.
    pub(crate) sessions: Arc<Sessions>,
    pub(crate) pages: mpsc::Receiver<Arc<Page>>,
    /// The last event there will be.
    pub(crate) to: u64,
    pub(crate) remainder: Remainder,
    pub(crate) memory: Allowance,
}

/// What all loads of a pass may take together, and what each takes.
#[derive(Debug, Clone)]
pub(crate) struct Allowance {
    bytes: usize,
    taken: Arc<[AtomicUsize]>,
    own: usize,
}

impl Allowance {
    pub(crate) fn among(loads: usize, bytes: usize) -> Vec<Self> {
        let taken: Arc<[AtomicUsize]> = (0..loads).map(|_| AtomicUsize::new(0)).collect();
        (0..loads).map(|own| Self { bytes, taken: Arc::clone(&taken), own }).collect()
    }

    /// What this load may take for counting the changes of rows. More would leave less for the rows themselves, and
    /// where the rows of all events fit beyond doubt, there will be no further reading to count for.
    fn for_counting(&self, events: u64) -> Option<usize> {
        let plenty = usize::try_from(events).ok().and_then(|events| events.checked_mul(PLENTY));
        let fits = plenty.is_some_and(|plenty| plenty <= self.bytes);
        (!fits).then(|| self.bytes / COUNTED / self.taken.len().max(1))
    }

    /// Says what this load takes. `true`: all take too much, and this one most, so it is the one to let go of some.
    fn exceeds(&self, bytes: usize) -> bool {
        self.taken[self.own].store(bytes, Ordering::Relaxed);
        let taken = self.taken.iter().map(|load| load.load(Ordering::Relaxed));
        let (sum, most) =
            taken.fold((0_usize, 0), |(sum, most), one| (sum.saturating_add(one), most.max(one)));
        sum > self.bytes && bytes >= most
    }
}

/// Folds every page there is, then copies in what the tables hold. When rows take too much memory, it keeps half of
/// its share and puts the other half off.
///
/// While it reads the journal for the first time it counts the changes of all rows, so that a further reading can let
/// go of each row after its last change: most rows change no more soon after they were made.
pub(crate) async fn load<P: Projection>(load: Load) -> Result<Option<Remainder>, GenerationError> {
    let Load { sessions, mut pages, to, mut remainder, memory } = load;
    let (parts, received) = mpsc::channel(2);
    let (written, used) = mpsc::unbounded_channel();
    let first = remainder.is_everything();
    let mut tables: P::Tables = remainder.tables(to, memory.for_counting(to));
    let names = tables.all().into_iter().filter(|_| first).map(|table| table.shape().name);
    let writer = Writer { sessions, empty: names.collect(), parts: received, written };
    let writing = AbortOnDropHandle::new(tokio::spawn(writer.write()));
    let mut streams = Streams::of(tables.all(), (parts, used), memory.bytes / GROUPED);
    let (mut share, mut put_off) = (remainder.share(), None);
    let mut position = 0;
    while let Some(page) = pages.recv().await {
        fold_page::<P>(&page, &mut tables)?;
        position = page.events().last().map_or(position, |event| event.position);
        remainder.forget_written(position, &mut tables);
        for (table, open) in tables.all().into_iter().zip(0..) {
            streams.drain_finished(table, open).await?;
        }
        if streams.enough_wait() {
            streams.let_go().await?;
        }
        while memory.exceeds(tables.bytes_of_all().saturating_add(streams.grouped())) {
            if streams.grouped() > 0 {
                streams.let_go().await?;
                continue;
            }
            let Some([kept, other]) = share.halves() else { break };
            tables.narrow_all(kept);
            put_off = Some(remainder.put_off(other, position, put_off));
            share = kept;
        }
        if writing.is_finished() {
            break;
        }
    }
    if let Some(put_off) = &mut put_off {
        put_off.keep_changes(&mut tables);
    }
    // Otherwise the reading or the writing ended early, and says itself why.
    if position == to {
        for (table, open) in tables.all().into_iter().zip(0..) {
            streams.drain(table, open).await?;
        }
        streams.finish().await?;
    } else {
        drop(streams);
    }
    writing.await??;
    Ok(put_off)
}

fn fold_page<P: Projection>(page: &Page, tables: &mut P::Tables) -> Result<(), GenerationError> {
    for event in page.concerning(P::READS) {
        match &event.decoded {
            Ok(event) => fold::fold::<P>([&**event], tables)?,
            Err(reason) => {
                let (projection, position, reason) = (P::NAME, event.position, reason.clone());
                return Err(GenerationError::Unreadable { projection, position, reason });
            }
        }
    }
    Ok(())
}

/// Whoever reads a whole database locks these tables, too: then rows are copied in without waiting for it.
const LOCK_TIMEOUT: &str = "1s";

/// Copies in what a load hands over.
struct Writer {
    sessions: Arc<Sessions>,
    /// The tables that have no rows yet.
    empty: HashSet<&'static str>,
    parts: mpsc::Receiver<Part>,
    written: mpsc::UnboundedSender<Vec<u8>>,
}

impl Writer {
    async fn write(mut self) -> Result<(), GenerationError> {
        let sessions = Arc::clone(&self.sessions);
        while let Some(part) = self.parts.recv().await {
            let mut session = sessions.session().await?;
            if part.folded && self.empty.contains(part.table.name) {
                self.write_frozen(&mut session, part).await?;
            } else {
                self.empty.remove(part.table.name);
                self.copy(&mut session, part, "").await?;
            }
            session.done();
        }
        Ok(())
    }

    /// All there is still. Rows that come into being with their table can be written as if they were old: whoever reads
    /// them need not look up, and write down, that they were committed; an index is made in two thirds of the time.
    /// The database clears up nothing of that time while the transaction lasts, so it begins when everything is folded.
    async fn write_frozen(
        &mut self,
        connection: &mut PgConnection,
        first: Part,
    ) -> Result<(), GenerationError> {
        let mut transaction = connection.begin().await?;
        let frozen = if self.emptied(&mut transaction).await? {
            std::mem::take(&mut self.empty)
        } else {
            transaction.rollback().await?;
            transaction = connection.begin().await?;
            HashSet::new()
        };
        let mut next = Some(first);
        while let Some(part) = next {
            let options = if frozen.contains(part.table.name) { ", FREEZE" } else { "" };
            self.copy(&mut transaction, part, options).await?;
            next = self.parts.recv().await;
        }
        transaction.commit().await?;
        Ok(())
    }

    /// `false`: somebody has one of the tables for longer than is waited.
    async fn emptied(&self, transaction: &mut PgConnection) -> Result<bool, GenerationError> {
        let names: Vec<&str> = self.empty.iter().copied().collect();
        let empty = format!(
            "SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'; TRUNCATE {}; SET LOCAL lock_timeout = 0",
            names.join(", ")
        );
        match transaction.execute(empty.as_str()).await {
            Ok(_) => Ok(true),
            Err(error) if waited_too_long(&error) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    async fn copy(
        &self,
        connection: &mut PgConnection,
        part: Part,
        options: &str,
    ) -> Result<(), GenerationError> {
        let mut copy = connection.copy_in_raw(&copy_statement(part.table, options)).await?;
        copy.send(part.rows.as_slice()).await?;
        copy.finish().await?;
        if self.written.send(part.rows).is_err() {
            tracing::debug!("these were the last rows");
        }
        Ok(())
    }
}
