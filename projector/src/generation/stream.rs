//! Rows on their way from a fold to the writer, in parts that are neither small nor large.

use tallybook_read_models::fold::{CopyRows, Encoding, GroupedRows, Table, TableShape};
use tokio::sync::mpsc;

use super::GenerationError;

/// Rows are sent to the database in parts of about this many bytes.
const PART: usize = 1 << 20;

/// Rows encoded before it is seen whether they make a part.
const ENCODED_AT_ONCE: usize = 2_000;

/// What the writer does at a time.
pub(super) struct Part {
    pub(super) table: TableShape,
    pub(super) rows: Vec<u8>,
    /// Everything is folded: no rows come between these parts but what there is already.
    pub(super) folded: bool,
}

/// Rows on their way to the writer.
pub(super) struct Streams {
    parts: mpsc::Sender<Part>,
    /// The memory of parts that are written.
    written: mpsc::UnboundedReceiver<Vec<u8>>,
    tables: Vec<Stream>,
    /// Rows are put in order within about this many bytes.
    in_order: usize,
    folded: bool,
}

/// One table's rows on their way.
struct Stream {
    shape: TableShape,
    open: CopyRows,
    /// Rows that wait for the others of their groups.
    waiting: GroupedRows,
}

impl Streams {
    pub(super) fn of(
        tables: Vec<&mut dyn Table>,
        (parts, written): (mpsc::Sender<Part>, mpsc::UnboundedReceiver<Vec<u8>>),
        in_order: usize,
    ) -> Self {
        let stream = |shape: TableShape| Stream {
            shape,
            open: CopyRows::default(),
            waiting: GroupedRows::by(shape.grouped_by),
        };
        let tables = tables.iter().map(|table| stream(table.shape())).collect();
        Self { parts, written, tables, in_order, folded: false }
    }

    /// The bytes of rows that wait for the others of their groups.
    pub(super) fn grouped(&self) -> usize {
        self.tables.iter().map(|stream| stream.waiting.bytes()).sum()
    }

    /// Once everything is folded: takes all rows of a table, and hands them over, each part's as soon as they make one:
    /// rows and their encoding are not both in memory.
    pub(super) async fn drain(&mut self, table: &mut dyn Table, at: usize) -> Result<(), GenerationError> {
        self.folded = true;
        self.drain_by(at, |rows| table.drain_added(rows, ENCODED_AT_ONCE)).await
    }

    /// The same of the rows that will not change any more.
    pub(super) async fn drain_finished(
        &mut self,
        table: &mut dyn Table,
        at: usize,
    ) -> Result<(), GenerationError> {
        self.drain_by(at, |rows| table.drain_finished(rows, ENCODED_AT_ONCE)).await
    }

    async fn drain_by(
        &mut self,
        at: usize,
        mut drain: impl FnMut(&mut Encoding) -> bool,
    ) -> Result<(), GenerationError> {
        loop {
            let stream = &mut self.tables[at];
            let mut rows = Encoding::Copy(std::mem::take(&mut stream.open));
            let more = drain(&mut rows);
            let Encoding::Copy(mut rows) = rows else {
                return Err(sqlx::Error::Protocol("rows for COPY are not in its format".into()).into());
            };
            if stream.shape.grouped_by > 0 {
                stream.waiting.add(&mut rows)?;
            }
            stream.open = rows;
            self.send(at, PART).await?;
            if !more {
                return Ok(());
            }
        }
    }

    /// Whether as many rows wait as are worth their memory: within so many the database need not sort.
    pub(super) fn enough_wait(&self) -> bool {
        self.grouped() > self.in_order
    }

    /// Hands over the rows that wait for the others of their groups, group after group.
    pub(super) async fn let_go(&mut self) -> Result<(), GenerationError> {
        for at in 0..self.tables.len() {
            for group in self.tables[at].waiting.take() {
                for rows in group.pieces() {
                    self.tables[at].open.extend(rows);
                    self.send(at, PART).await?;
                }
            }
        }
        Ok(())
    }

    /// Hands over everything.
    pub(super) async fn finish(mut self) -> Result<(), GenerationError> {
        self.let_go().await?;
        for at in 0..self.tables.len() {
            self.send(at, 0).await?;
        }
        Ok(())
    }

    /// Hands a table's rows to the writer when there are enough of them.
    async fn send(&mut self, at: usize, enough: usize) -> Result<(), GenerationError> {
        let stream = &mut self.tables[at];
        if stream.open.is_empty() || stream.open.len() < enough {
            return Ok(());
        }
        let next = self.written.try_recv().map_or_else(|_| CopyRows::default(), CopyRows::reusing);
        let rows = std::mem::replace(&mut stream.open, next).finish()?;
        let part = Part { table: stream.shape, rows, folded: self.folded };
        // A writer that has gone tells why when it is waited for.
        if self.parts.send(part).await.is_err() {
            tracing::debug!(table = stream.shape.name, "nobody writes these rows any more");
        }
        Ok(())
    }
}
