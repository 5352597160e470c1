//! Who was turned away is forgotten after a time, and not before.
#![allow(clippy::unwrap_used, reason = "a test stops where its own material is wrong")]
#![allow(clippy::disallowed_methods, reason = "tests make their own names and read DATABASE_URL")]

use std::num::NonZeroU16;
use std::str::FromStr;
use std::time::Duration;

use sqlx::postgres::PgConnectOptions;
use tallybook_api::{ApiSettings, ApiState, serve};
use tallybook_event_store::schema::{NewBook, provision};
use tallybook_event_store::{Book, BookSettings};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

async fn book() -> Book {
    let url = std::env::var("DATABASE_URL").expect(
        "DATABASE_URL is not set: run `make test`, or put `scripts/with-postgres` before the command",
    );
    let connect = PgConnectOptions::from_str(&url).unwrap();
    let schema = format!("test_{}", uuid::Uuid::now_v7().simple());
    provision(&connect, &schema, &NewBook::default()).await.unwrap();
    let settings = BookSettings { pool_connections: 4, ..BookSettings::new(&schema) };
    Book::open(&connect, settings).await.unwrap()
}

/// So many refusals of so long ago.
async fn turned_away(book: &Book, count: i32, ago: &str) {
    let insert = "INSERT INTO access_refusals
                  SELECT now() - $2::interval, 'sign-in:' || number, '192.0.2.1', 'GET /v1/users', 'forbidden', 1,
                         now() - $2::interval, 'r-1'
                    FROM generate_series(1, $1) AS number";
    sqlx::query(insert).bind(count).bind(ago).execute(book.pool()).await.unwrap();
}

async fn kept(book: &Book) -> i64 {
    sqlx::query_scalar("SELECT count(*) FROM access_refusals").fetch_one(book.pool()).await.unwrap()
}

/// An API of the book for a while, with this setting.
async fn serve_with(book: &Book, refusals_kept_days: Option<NonZeroU16>, while_serving: impl AsyncFnOnce()) {
    let settings = ApiSettings { refusals_kept_days, ..ApiSettings::default() };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let stop = CancellationToken::new();
    let serving = tokio::spawn(serve(listener, ApiState::new(book.clone(), settings), stop.clone()));
    while_serving().await;
    stop.cancel();
    serving.await.unwrap().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn refusals_are_deleted_when_they_are_older_than_they_are_kept() {
    let book = book().await;
    // More than are deleted at once.
    turned_away(&book, 2500, "401 days").await;
    turned_away(&book, 300, "30 days 1 minute").await;
    turned_away(&book, 20, "29 days 23 hours").await;
    turned_away(&book, 1, "1 minute").await;
    for (days, left) in [(400, 321), (30, 21)] {
        serve_with(&book, NonZeroU16::new(days), async || {
            for _ in 0..100 {
                if kept(&book).await == left {
                    break;
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        })
        .await;
        assert_eq!(kept(&book).await, left, "kept for {days} days");
    }
    book.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn refusals_are_kept_for_ever_where_nobody_says_how_long() {
    let book = book().await;
    turned_away(&book, 3, "100 years").await;
    serve_with(&book, None, async || tokio::time::sleep(Duration::from_millis(300)).await).await;
    assert_eq!(kept(&book).await, 3);
    book.shutdown().await;
}

/// A row another one is using does not hold up the others.
#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_in_use_is_left_for_the_next_time() {
    let book = book().await;
    turned_away(&book, 10, "401 days").await;
    let mut user = book.pool().begin().await.unwrap();
    let lock = "SELECT FROM access_refusals WHERE principal = 'sign-in:3' FOR UPDATE";
    sqlx::query(lock).execute(&mut *user).await.unwrap();
    let wait = async || {
        for _ in 0..100 {
            if kept(&book).await == 1 {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    serve_with(&book, ApiSettings::default().refusals_kept_days, wait).await;
    assert_eq!(kept(&book).await, 1);
    user.rollback().await.unwrap();
    book.shutdown().await;
}
