//! The boundary every request comes in through and every answer goes out through.
//!
//! Owns the request id, the count, the record of who was turned away, and the one log line a failure gets. Must stay
//! lean: everything here is paid by every request.

use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures::FutureExt;
use uuid::Uuid;

use crate::access::AccessRefusal;
use crate::channels::RefusedNotification;
use crate::problem::{Cause, Problem, ProblemKind};
use crate::request::{ClientAddress, RequestContext, client_address, given_request_id};
use crate::state::ApiState;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");

pub(crate) async fn boundary(State(state): State<ApiState>, mut request: Request, next: Next) -> Response {
    let started = Instant::now();
    let request_id = given_request_id(request.headers()).unwrap_or_else(new_request_id);
    let connection = request.extensions().get::<ClientAddress>().copied();
    let client = client_address(connection, request.headers(), state.settings().behind_proxy);
    let context = Arc::new(RequestContext::new(request_id, client));
    request.extensions_mut().insert(Arc::clone(&context));
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let route = route.as_ref().map(MatchedPath::as_str);

    let mut response = match AssertUnwindSafe(next.run(request)).catch_unwind().await {
        Ok(response) => response,
        Err(panic) => Problem::internal(format_args!("panic: {}", message(&*panic))).into_response(),
    };

    let status = response.status();
    state.figures().answered(&method, route, status, started.elapsed());
    tracing::debug!(%method, route, status = status.as_u16(), request_id = context.request_id, "answered");
    if status.is_client_error() || status.is_server_error() {
        note(&state, &response, &context, (&method, route));
    }
    if let Ok(id) = HeaderValue::from_str(&context.request_id) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    response.headers_mut().entry(header::CACHE_CONTROL).or_insert(NO_STORE);
    response
}

/// Logs a failure once, and notes a refusal for the record.
fn note(
    state: &ApiState,
    response: &Response,
    context: &RequestContext,
    (method, route): (&Method, Option<&str>),
) {
    let kind = response.extensions().get::<ProblemKind>();
    if let Some(Cause(cause)) = response.extensions().get::<Cause>() {
        let (status, kind) = (response.status().as_u16(), kind.map(|kind| kind.slug()));
        let request_id = context.request_id.as_str();
        if status == StatusCode::INTERNAL_SERVER_ERROR.as_u16() {
            tracing::error!(%method, route, status, kind, %cause, request_id, "a request failed");
        } else {
            tracing::warn!(%method, route, status, kind, %cause, request_id, "a request could not be served");
        }
    }
    if let Some((principal, signed_in, reason)) = turned_away(response, context) {
        let refusal = AccessRefusal {
            principal,
            signed_in,
            client_address: context.client_address().unwrap_or_default(),
            route: format!("{method} {}", route.unwrap_or("unmatched")),
            reason,
            request_id: context.request_id.clone(),
        };
        state.access().refusals.note(refusal, state.book().now());
    }
}

/// Who was turned away, whether that is proven, and why: a notification of a channel whatever was wrong with it, anyone
/// else for who he is. `None`: nobody was.
fn turned_away(response: &Response, context: &RequestContext) -> Option<(String, bool, &'static str)> {
    if let Some(RefusedNotification { channel, signed, reason }) = response.extensions().get() {
        return Some((format!("channel:{channel}"), *signed, reason));
    }
    if !matches!(response.status(), StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) {
        return None;
    }
    let known = context.principal.get();
    let claimed = context.claimed_name.get().filter(|name| !name.is_empty());
    let principal = match (known, claimed) {
        (Some(principal), _) => principal.actor.to_string(),
        (None, Some(name)) => format!("sign-in:{name}"),
        (None, None) => "anonymous".to_owned(),
    };
    let kind = response.extensions().get::<ProblemKind>();
    Some((principal, known.is_some(), kind.map_or("unknown", |kind| kind.slug())))
}

fn message(panic: &(dyn Any + Send)) -> &str {
    match (panic.downcast_ref::<&str>(), panic.downcast_ref::<String>()) {
        (Some(text), _) => text,
        (None, Some(text)) => text,
        (None, None) => "without a message",
    }
}

#[expect(clippy::disallowed_methods, reason = "a request that brings no id gets one at this edge")]
fn new_request_id() -> String {
    Uuid::now_v7().to_string()
}

#[cfg(test)]
#[allow(clippy::disallowed_methods, reason = "tests make their own names and read DATABASE_URL")]
mod tests {
    use std::str::FromStr;

    use axum::Router;
    use axum::body::{Body, to_bytes};
    use axum::routing::get;
    use sqlx::postgres::PgConnectOptions;
    use tallybook_event_store::schema::{NewBook, provision};
    use tallybook_event_store::{Book, BookSettings};
    use tower::ServiceExt;

    use super::*;
    use crate::state::ApiSettings;

    async fn state() -> ApiState {
        let url = std::env::var("DATABASE_URL").expect("DATABASE_URL is not set: run `make test`");
        let connect = PgConnectOptions::from_str(&url).unwrap();
        let schema = format!("test_{}", Uuid::now_v7().simple());
        provision(&connect, &schema, &NewBook::default()).await.unwrap();
        let book = Book::open(&connect, BookSettings::new(&schema)).await.unwrap();
        ApiState::new(book, ApiSettings::default())
    }

    async fn stumble() -> StatusCode {
        panic!("the secret reason")
    }

    #[tokio::test]
    async fn a_handler_that_panics_is_a_fault_that_says_nothing() {
        let state = state().await;
        let layer = axum::middleware::from_fn_with_state(state.clone(), boundary);
        let router: Router = Router::new().route("/stumble", get(stumble)).layer(layer).with_state(state);
        let request =
            Request::builder().uri("/stumble").header("x-request-id", "r-1").body(Body::empty()).unwrap();
        let response = router.oneshot(request).await.unwrap();
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
        assert_eq!(response.headers()["x-request-id"], "r-1");
        let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        let body = String::from_utf8(body.to_vec()).unwrap();
        assert!(body.contains("/problems/internal") && !body.contains("secret"), "{body}");
    }
}
