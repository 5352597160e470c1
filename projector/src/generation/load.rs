//! One projection, from pages of events in memory to rows copied into its new tables.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use sqlx::PgConnection;
use tallybook_read_models::Projection;
use tallybook_read_models::fold::{self, CopyRows, Encoding, Share, Table, Tables};
use tokio::sync::mpsc;
use tokio_util::task::AbortOnDropHandle;

use super::GenerationError;
use crate::engine::copy_statement;
use crate::journal::Page;

/// Rows are sent to the database in parts of about this many bytes.
const PART: usize = 1 << 20;

/// Rows encoded before it is seen whether they make a part.
const ENCODED_AT_ONCE: usize = 2_000;

/// What a load is given.
pub(crate) struct Load {
    /// Inside the new tables' schema.
    pub(crate) connection: PgConnection,
    pub(crate) pages: mpsc::Receiver<Arc<Page>>,
    pub(crate) share: Share,
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

    /// Says what this load takes. `true`: all take too much, and this one most, so it is the one to let go of some.
    fn exceeds(&self, bytes: usize) -> bool {
        self.taken[self.own].store(bytes, Ordering::Relaxed);
        let taken = self.taken.iter().map(|load| load.load(Ordering::Relaxed));
        let (sum, most) =
            taken.fold((0_usize, 0), |(sum, most), one| (sum.saturating_add(one), most.max(one)));
        sum > self.bytes && bytes >= most
    }
}

/// What a load has left to do.
#[derive(Debug, Default)]
pub(crate) struct Loaded {
    /// Shares that did not fit into memory.
    pub(crate) put_off: Vec<Share>,
}

/// Folds every page there is, then copies in what the tables hold. When rows take too much memory, it keeps half of
/// its share and puts the other half off.
pub(crate) async fn load<P: Projection>(load: Load) -> Result<Loaded, GenerationError> {
    let Load { connection, mut pages, mut share, memory } = load;
    let (parts, received) = mpsc::channel(2);
    let writing = AbortOnDropHandle::new(tokio::spawn(write(connection, received)));
    let mut tables = P::Tables::whole(share);
    let mut streams =
        Streams { parts, open: tables.all().iter().map(|_| Encoding::Copy(CopyRows::default())).collect() };
    let mut loaded = Loaded::default();
    while let Some(page) = pages.recv().await {
        fold_page::<P>(&page, &mut tables)?;
        for (table, open) in tables.all().into_iter().zip(0..) {
            if table.shape().key_columns == 0 {
                streams.drain(table, open).await?;
            }
        }
        while memory.exceeds(tables.bytes_of_all()) {
            let Some([kept, other]) = share.halves() else { break };
            tables.narrow_all(kept);
            loaded.put_off.push(other);
            share = kept;
        }
    }
    for (table, open) in tables.all().into_iter().zip(0..) {
        streams.drain(table, open).await?;
        streams.send(table, open, 0).await?;
    }
    drop(streams);
    writing.await??;
    Ok(loaded)
}

fn fold_page<P: Projection>(page: &Page, tables: &mut P::Tables) -> Result<(), GenerationError> {
    for event in page.events().iter().filter(|event| P::READS.concern(&event.aggregate_type)) {
        match &event.decoded {
            Ok(event) => fold::fold::<P>([event], tables)?,
            Err(reason) => {
                let (projection, position, reason) = (P::NAME, event.position, reason.clone());
                return Err(GenerationError::Unreadable { projection, position, reason });
            }
        }
    }
    Ok(())
}

/// Rows on their way to the writer, per table.
struct Streams {
    parts: mpsc::Sender<(String, Vec<u8>)>,
    open: Vec<Encoding>,
}

impl Streams {
    /// Hands over all rows of a table but a last part that is not full, each part's as soon as they make one: rows and
    /// their encoding are not both in memory.
    async fn drain(&mut self, table: &mut dyn Table, open: usize) -> Result<(), GenerationError> {
        while table.drain_added(&mut self.open[open], ENCODED_AT_ONCE) {
            self.send(table, open, PART).await?;
        }
        self.send(table, open, PART).await
    }

    /// Hands a table's rows to the writer when there are enough of them.
    async fn send(&mut self, table: &dyn Table, open: usize, enough: usize) -> Result<(), GenerationError> {
        let Encoding::Copy(rows) = &mut self.open[open] else { return Ok(()) };
        if rows.len() <= enough {
            return Ok(());
        }
        let part = std::mem::take(rows).finish()?;
        // A writer that has gone tells why when it is waited for.
        if self.parts.send((copy_statement(table.shape()), part)).await.is_err() {
            tracing::debug!(table = table.shape().name, "nobody writes these rows any more");
        }
        Ok(())
    }
}

async fn write(
    mut connection: PgConnection,
    mut parts: mpsc::Receiver<(String, Vec<u8>)>,
) -> Result<(), GenerationError> {
    while let Some((statement, rows)) = parts.recv().await {
        let mut copy = connection.copy_in_raw(&statement).await?;
        copy.send(rows).await?;
        copy.finish().await?;
    }
    Ok(())
}
