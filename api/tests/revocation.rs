//! What one process revokes is good for nothing in another a few seconds later, however often it is shown.
#![allow(clippy::unwrap_used, reason = "a test stops where its own material is wrong")]
#![allow(clippy::disallowed_methods, reason = "tests make their own names and read DATABASE_URL")]

use std::str::FromStr;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode, header};
use serde_json::{Value, json};
use sqlx::postgres::PgConnectOptions;
use tallybook_api::access::{NewUser, Role, create_user, ensure_admin};
use tallybook_api::{ApiSettings, ApiState, router};
use tallybook_event_store::schema::{NewBook, provision};
use tallybook_event_store::{Book, BookSettings};
use tower::ServiceExt;

async fn two_processes() -> (Book, Router, Router) {
    let url = std::env::var("DATABASE_URL").expect(
        "DATABASE_URL is not set: run `make test`, or put `scripts/with-postgres` before the command",
    );
    let connect = PgConnectOptions::from_str(&url).unwrap();
    let schema = format!("test_{}", uuid::Uuid::now_v7().simple());
    provision(&connect, &schema, &NewBook::default()).await.unwrap();
    let settings = BookSettings { pool_connections: 4, ..BookSettings::new(&schema) };
    let (here, there) = (
        Book::open(&connect, settings.clone()).await.unwrap(),
        Book::open(&connect, settings).await.unwrap(),
    );
    let doors = [here.clone(), there].map(|book| router(ApiState::new(book, ApiSettings::default())));
    let [here_door, there_door] = doors;
    (here, here_door, there_door)
}

async fn send(door: &Router, method: &str, path: &str, token: &str, body: Value) -> (StatusCode, Value) {
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::AUTHORIZATION, format!("Bearer {token}"))
        .body(Body::from(body.to_string()))
        .unwrap();
    let response = door.clone().oneshot(request).await.unwrap();
    let status = response.status();
    let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
    (status, serde_json::from_slice(&bytes).unwrap_or(Value::Null))
}

async fn sign_in(door: &Router, username: &str) -> String {
    let body = json!({"username": username, "password": "correct horse"});
    let (status, tokens) = send(door, "POST", "/v1/auth/login", "none", body).await;
    assert_eq!(status, StatusCode::OK, "{tokens}");
    tokens["access_token"].as_str().unwrap().to_owned()
}

/// How long the token stays good while it is shown all the time.
async fn good_for(door: &Router, token: &str) -> Duration {
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_secs(10) {
        let (status, _) = send(door, "GET", "/v1/wallets", token, json!({})).await;
        if status == StatusCode::UNAUTHORIZED {
            return begun.elapsed();
        }
        assert_eq!(status, StatusCode::OK);
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    begun.elapsed()
}

#[tokio::test]
async fn a_session_ended_in_another_process_is_over_within_seconds() {
    let (book, here, there) = two_processes().await;
    let new = NewUser {
        name: "lei".into(),
        role: Role::Auditor,
        password: "correct horse".into(),
        created_by: "cli:test".into(),
    };
    create_user(book.pool(), new, book.now()).await.unwrap();
    let token = sign_in(&here, "lei").await;
    assert_eq!(send(&there, "GET", "/v1/wallets", &token, json!({})).await.0, StatusCode::OK);
    assert_eq!(send(&here, "POST", "/v1/auth/logout", &token, json!({})).await.0, StatusCode::NO_CONTENT);
    assert_eq!(send(&here, "GET", "/v1/wallets", &token, json!({})).await.0, StatusCode::UNAUTHORIZED);
    let late = good_for(&there, &token).await;
    assert!(late <= Duration::from_secs(6), "good for {late:?}");
}

#[tokio::test]
async fn a_key_revoked_in_another_process_is_over_within_seconds() {
    let (book, here, there) = two_processes().await;
    ensure_admin(book.pool(), Some("correct horse".into()), book.now()).await.unwrap();
    let admin = sign_in(&here, "admin").await;
    let (status, key) =
        send(&here, "POST", "/v1/api-keys", &admin, json!({"name": "erp", "role": "auditor"})).await;
    assert_eq!(status, StatusCode::CREATED);
    let (token, id) = (key["token"].as_str().unwrap(), key["id"].as_str().unwrap());
    assert_eq!(send(&there, "GET", "/v1/wallets", token, json!({})).await.0, StatusCode::OK);
    let path = format!("/v1/api-keys/{id}/revoke");
    assert_eq!(send(&here, "POST", &path, &admin, json!({})).await.0, StatusCode::OK);
    let late = good_for(&there, token).await;
    assert!(late <= Duration::from_secs(6), "good for {late:?}");
}
