//! Every figure says what it means.
#![allow(clippy::unwrap_used, reason = "a test stops where its own material is wrong")]
#![allow(clippy::disallowed_methods, reason = "tests make their own names and read DATABASE_URL")]

use std::collections::BTreeSet;
use std::str::FromStr;

use axum::body::{Body, to_bytes};
use axum::http::Request;
use sqlx::postgres::PgConnectOptions;
use tallybook_api::{ApiSettings, ApiState, router};
use tallybook_event_store::schema::{NewBook, provision};
use tallybook_event_store::{Book, BookSettings};
use tower::ServiceExt;

#[tokio::test(flavor = "multi_thread")]
async fn every_figure_says_what_it_means() {
    tallybook_api::metrics::install();
    let url = std::env::var("DATABASE_URL").expect(
        "DATABASE_URL is not set: run `make test`, or put `scripts/with-postgres` before the command",
    );
    let connect = PgConnectOptions::from_str(&url).unwrap();
    let schema = format!("test_{}", uuid::Uuid::now_v7().simple());
    provision(&connect, &schema, &NewBook::default()).await.unwrap();
    let settings = BookSettings { pool_connections: 4, ..BookSettings::new(&schema) };
    let book = Book::open(&connect, settings).await.unwrap();
    let projection = "INSERT INTO projections (name, version) VALUES ('customers', 1)";
    sqlx::query(projection).execute(book.pool()).await.unwrap();
    let door = router(ApiState::new(book.clone(), ApiSettings::default()));

    let response =
        door.oneshot(Request::get("/metrics").body(Body::empty()).unwrap()).await.unwrap().into_body();
    let text = String::from_utf8(to_bytes(response, usize::MAX).await.unwrap().to_vec()).unwrap();
    let named = |word: &str| -> BTreeSet<&str> {
        text.lines().filter_map(|line| line.strip_prefix(word)?.split(' ').next()).collect()
    };
    let (typed, explained) = (named("# TYPE "), named("# HELP "));
    assert!(typed.len() > 10 && typed.contains("tallybook_projection_lag"), "{text}");
    assert_eq!(typed, explained);
    book.shutdown().await;
}
