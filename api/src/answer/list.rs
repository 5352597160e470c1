//! A list: one page as JSON, or all pages as a table that is sent while it is read.
//!
//! Must never hold a whole list in memory.

use std::future::{Future, Ready};

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures::{Stream, StreamExt, TryStreamExt, stream};
use serde::Serialize;
use tallybook_read_models::{Answer, Page, Paging};
use tokio::sync::mpsc;
use tokio_util::io::ReaderStream;
use utoipa::ToSchema;

use super::receipt::{POSITION, json};
use super::table::{Cell, Tabular};
use super::{csv, xlsx};
use crate::problem::{Problem, ProblemKind};
use crate::request::{Format, Listing, PageRequest, SeenFrom};
use crate::state::ApiState;

/// What a page holds, as rows of a table.
pub(crate) trait Listed: Serialize + Send + 'static {
    type Row: Tabular + Send + Sync;

    fn into_rows(self) -> Vec<Self::Row>;
}

impl<T: Tabular + Serialize + Send + Sync + 'static> Listed for Vec<T> {
    type Row = T;

    fn into_rows(self) -> Vec<T> {
        self
    }
}

/// An answer, and from where in the book's times it was asked for.
#[derive(Serialize, ToSchema)]
pub(crate) struct Seen<T> {
    #[serde(flatten)]
    answer: T,
    #[serde(flatten)]
    from: SeenFrom,
}

/// A list that is short enough to be read at once.
pub(crate) fn one_page<T>(data: T, position: u64) -> Page<T> {
    Page { data, next_cursor: None, position }
}

/// Answers with a list in the form that was asked for. `read` reads one page.
pub(crate) async fn list<T, F, R>(state: &ApiState, listing: Listing, read: R) -> Result<Response, Problem>
where
    T: Listed,
    F: Future<Output = Result<Page<T>, Problem>> + Send + 'static,
    R: Fn(PageRequest) -> F + Send + Sync + 'static,
{
    let usual = match listing.format {
        Format::Json => Paging::DEFAULT_LIMIT,
        // A table is read in the largest pages, unless fewer rows than that are asked for.
        Format::Csv | Format::Xlsx => Paging::MAX_LIMIT,
    };
    let first = read(PageRequest { limit: listing.limit.unwrap_or(usual), cursor: listing.cursor }).await?;
    let more = if listing.limit.is_none() { Some(read) } else { None };
    let position = first.position;
    let mut response = match listing.format {
        Format::Json => json(StatusCode::OK, &Seen { answer: first, from: listing.seen_from })?,
        Format::Csv => csv_table(first, more)?,
        Format::Xlsx => xlsx_table(state, first, more).await?,
    };
    response.headers_mut().insert(POSITION, position.into());
    Ok(response)
}

/// Answers with something that was read at once, as it is or as a table.
pub(crate) async fn answer_or_table<T: Listed>(
    state: &ApiState,
    listing: &Listing,
    answer: Answer<T>,
) -> Result<Response, Problem> {
    type NoMore<T> = fn(PageRequest) -> Ready<Result<Page<T>, Problem>>;
    let Answer { data, position } = answer;
    let mut response = match listing.format {
        Format::Json => {
            let answer = Answer { data, position };
            json(StatusCode::OK, &Seen { answer, from: listing.seen_from })?
        }
        Format::Csv => csv_table(one_page(data, position), None::<NoMore<T>>)?,
        Format::Xlsx => xlsx_table(state, one_page(data, position), None::<NoMore<T>>).await?,
    };
    response.headers_mut().insert(POSITION, position.into());
    Ok(response)
}

/// The rows of the first page and, where there is a way to read more, of those after it.
fn pages<T, F, R>(first: Page<T>, more: Option<R>) -> impl Stream<Item = Result<Vec<T::Row>, Problem>> + Send
where
    T: Listed,
    F: Future<Output = Result<Page<T>, Problem>> + Send,
    R: Fn(PageRequest) -> F + Send + Sync,
{
    enum Next<T> {
        Here(Page<T>),
        At(String),
        Nothing,
    }
    stream::try_unfold((Next::Here(first), more), |(next, more)| async move {
        let page = match (next, &more) {
            (Next::Here(page), _) => page,
            (Next::At(cursor), Some(read)) => {
                let next = read(PageRequest { limit: Paging::MAX_LIMIT, cursor: Some(cursor) });
                next.await?
            }
            (Next::At(_), None) | (Next::Nothing, _) => return Ok(None),
        };
        let next = page.next_cursor.map_or(Next::Nothing, Next::At);
        Ok(Some((page.data.into_rows(), (next, more))))
    })
}

fn csv_table<T, F, R>(first: Page<T>, more: Option<R>) -> Result<Response, Problem>
where
    T: Listed,
    F: Future<Output = Result<Page<T>, Problem>> + Send + 'static,
    R: Fn(PageRequest) -> F + Send + Sync + 'static,
{
    let head = stream::iter([csv::head::<T::Row>()]);
    let rows = pages(first, more).map(|rows| csv::rows(&rows?));
    Ok(attachment(Format::Csv, Body::from_stream(head.chain(rows).map_err(broken_off))))
}

async fn xlsx_table<T, F, R>(state: &ApiState, first: Page<T>, more: Option<R>) -> Result<Response, Problem>
where
    T: Listed,
    F: Future<Output = Result<Page<T>, Problem>> + Send + 'static,
    R: Fn(PageRequest) -> F + Send + Sync + 'static,
{
    let Ok(place) = state.workbook() else {
        let detail = "Too many workbooks are being written. Try again in a moment, or ask for text/csv.";
        return Err(Problem::new(ProblemKind::Busy, detail).retry_after(2));
    };
    let (sender, receiver) = mpsc::channel::<Vec<Cell>>(Paging::MAX_LIMIT as usize);
    let writer = tokio::task::spawn_blocking(move || {
        let written = xlsx::write(T::Row::COLUMNS, receiver);
        drop(place);
        written
    });
    let mut pages = std::pin::pin!(pages(first, more));
    'pages: while let Some(rows) = pages.try_next().await? {
        for cells in rows.iter().map(Tabular::cells) {
            // The writer stopped early: it says below why.
            if sender.send(cells).await.is_err() {
                break 'pages;
            }
        }
    }
    drop(sender);
    let file = writer.await.map_err(Problem::internal)??;
    let bytes = ReaderStream::new(tokio::fs::File::from_std(file));
    Ok(attachment(Format::Xlsx, Body::from_stream(bytes)))
}

fn attachment(format: Format, body: Body) -> Response {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(format.content_type())),
        (header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment")),
    ];
    (headers, body).into_response()
}

/// The table was begun, so its status cannot change any more: the connection is broken off, which a client notices.
fn broken_off(problem: Problem) -> std::io::Error {
    tracing::error!(kind = problem.kind().slug(), cause = problem.cause(), "a table was broken off");
    std::io::Error::other(format!("{:?}", problem.kind()))
}
