//! Reports and bills as files, with the columns their tables have over HTTP: for who exports them at the machine.
//!
//! Must never decide what is in one: the read models do.

use std::fs::File;
use std::io::{Seek, SeekFrom, Write};

use chrono::NaiveDate;
use futures::{Stream, TryStreamExt, stream};
use sqlx::PgPool;
use tallybook_event_store::Book;
use tallybook_read_models::approvals::ApprovalOrder;
use tallybook_read_models::billing::{
    AgeingScope, BillFilter, BillOnDay, BillOrder, OpenItem, OpenItemFilter, OpenItemOrder, ReceivablesScope,
    RevenueScope, list_bills, list_open_items, receivables_ageing, receivables_summary, revenue,
};
use tallybook_read_models::{Answer, Direction, Page, Paging, ReadError, Sort, Standpoint};
use tokio::sync::mpsc;

use crate::answer::{Listed, Tabular, csv_head, csv_rows, workbook};
pub use crate::approvals::DutiesScope;
use crate::approvals::{Duties, DutiesReport};
use crate::problem::Problem;
use crate::request::ending;

/// What is exported.
#[derive(Debug, Clone)]
pub enum Report {
    Revenue(RevenueScope),
    Receivables(ReceivablesScope),
    Ageing(AgeingScope, Standpoint),
    /// By customer and due date.
    OpenItems(OpenItemFilter, Standpoint),
    /// In the order they were made, as they stand on a day.
    Bills(BillFilter, NaiveDate),
    /// What was decided, and who could have done both sides.
    SegregationOfDuties(DutiesScope),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReportFormat {
    Csv,
    Xlsx,
}

/// Everything up to the end of a business date, and up to a position.
pub fn standpoint(
    book: &Book,
    as_of: Option<NaiveDate>,
    known_at: Option<u64>,
) -> Result<Standpoint, ReportError> {
    let as_of = as_of.map(|date| ending(date, book.time_zone())).transpose().map_err(refused)?;
    Ok(Standpoint { as_of, known_at })
}

/// A table in a temporary file, from its beginning.
#[derive(Debug)]
pub struct WrittenReport {
    /// Of the book, which the read models had reached.
    pub position: u64,
    pub rows: u64,
    pub file: File,
}

#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    #[error(transparent)]
    Read(#[from] ReadError),
    #[error("the table cannot be written: {0}")]
    Write(String),
}

impl Report {
    /// Up to which position it looks, where that was asked for.
    pub fn known_at(&self) -> Option<u64> {
        match self {
            Self::Ageing(_, standpoint) | Self::OpenItems(_, standpoint) => standpoint.known_at,
            Self::Revenue(_) | Self::Receivables(_) | Self::Bills(..) | Self::SegregationOfDuties(_) => None,
        }
    }

    /// As the read models are now.
    pub async fn write(&self, book: &Book, format: ReportFormat) -> Result<WrittenReport, ReportError> {
        let pool = book.pool();
        match self {
            Self::Revenue(scope) => whole(format, revenue(pool, *scope, Standpoint::default()).await?).await,
            Self::Receivables(scope) => {
                whole(format, receivables_summary(pool, *scope, Standpoint::default()).await?).await
            }
            Self::Ageing(scope, standpoint) => {
                whole(format, receivables_ageing(pool, scope, *standpoint).await?).await
            }
            Self::OpenItems(filter, standpoint) => {
                paged(format, |cursor| open_items(pool, (filter, *standpoint), cursor)).await
            }
            Self::Bills(filter, today) => paged(format, |cursor| bills(pool, (filter, *today), cursor)).await,
            Self::SegregationOfDuties(scope) => {
                let report = DutiesReport::of(book, pool, *scope).await.map_err(refused)?;
                paged(format, |cursor| duties(pool, &report, cursor)).await
            }
        }
    }
}

async fn bills(
    pool: &PgPool,
    of: (&BillFilter, NaiveDate),
    cursor: Option<String>,
) -> Result<Page<Vec<BillOnDay>>, ReportError> {
    let sort = Sort { by: BillOrder::Recorded, direction: Direction::Ascending };
    Ok(list_bills(pool, of, sort, &largest_page(cursor)?).await?)
}

async fn duties(
    pool: &PgPool,
    report: &DutiesReport,
    cursor: Option<String>,
) -> Result<Page<Vec<Duties>>, ReportError> {
    let sort = Sort { by: ApprovalOrder::Requested, direction: Direction::Ascending };
    report.page(pool, sort, &largest_page(cursor)?).await.map_err(refused)
}

async fn open_items(
    pool: &PgPool,
    (filter, standpoint): (&OpenItemFilter, Standpoint),
    cursor: Option<String>,
) -> Result<Page<Vec<OpenItem>>, ReportError> {
    let sort = Sort { by: OpenItemOrder::Customer, direction: Direction::Ascending };
    Ok(list_open_items(pool, filter, standpoint, sort, &largest_page(cursor)?).await?)
}

fn largest_page(cursor: Option<String>) -> Result<Paging, ReportError> {
    Paging::new(Some(Paging::MAX_LIMIT), cursor).map_err(unwritable)
}

/// Page by page; the position is that of the first.
async fn paged<T, F>(
    format: ReportFormat,
    read: impl Fn(Option<String>) -> F,
) -> Result<WrittenReport, ReportError>
where
    T: Tabular,
    F: Future<Output = Result<Page<Vec<T>>, ReportError>>,
{
    let first = read(None).await?;
    let position = first.position;
    let read = &read;
    let pages = stream::try_unfold(Some(first), move |page| async move {
        let Some(page) = page else { return Ok(None) };
        let next = match page.next_cursor {
            Some(cursor) => Some(read(Some(cursor)).await?),
            None => None,
        };
        Ok(Some((page.data, next)))
    });
    table(format, position, pages).await
}

async fn whole<T: Listed>(format: ReportFormat, answer: Answer<T>) -> Result<WrittenReport, ReportError> {
    let Answer { data, position } = answer;
    table(format, position, stream::iter([Ok(data.into_rows())])).await
}

async fn table<T: Tabular>(
    format: ReportFormat,
    position: u64,
    pages: impl Stream<Item = Result<Vec<T>, ReportError>>,
) -> Result<WrittenReport, ReportError> {
    let (file, rows) = match format {
        ReportFormat::Csv => csv_file(pages).await?,
        ReportFormat::Xlsx => workbook_file(pages).await?,
    };
    Ok(WrittenReport { position, rows, file })
}

async fn csv_file<T: Tabular>(
    pages: impl Stream<Item = Result<Vec<T>, ReportError>>,
) -> Result<(File, u64), ReportError> {
    let (mut file, mut rows) = (tempfile::tempfile().map_err(unwritable)?, 0);
    file.write_all(&csv_head::<T>().map_err(refused)?).map_err(unwritable)?;
    let mut pages = std::pin::pin!(pages);
    while let Some(page) = pages.try_next().await? {
        file.write_all(&csv_rows(&page).map_err(refused)?).map_err(unwritable)?;
        rows += page.len() as u64;
    }
    file.seek(SeekFrom::Start(0)).map_err(unwritable)?;
    Ok((file, rows))
}

async fn workbook_file<T: Tabular>(
    pages: impl Stream<Item = Result<Vec<T>, ReportError>>,
) -> Result<(File, u64), ReportError> {
    let (sender, receiver) = mpsc::channel(Paging::MAX_LIMIT as usize);
    let writer = tokio::task::spawn_blocking(move || workbook(T::COLUMNS, receiver));
    let (mut pages, mut rows) = (std::pin::pin!(pages), 0);
    'pages: while let Some(page) = pages.try_next().await? {
        for row in &page {
            // The writer stopped early: it says below why.
            if sender.send(row.cells()).await.is_err() {
                break 'pages;
            }
            rows += 1;
        }
    }
    drop(sender);
    let file = writer.await.map_err(unwritable)?.map_err(refused)?;
    Ok((file, rows))
}

fn refused(problem: Problem) -> ReportError {
    ReportError::Write(format!("{:?}", problem.kind()))
}

fn unwritable(error: impl std::fmt::Display) -> ReportError {
    ReportError::Write(error.to_string())
}
