//! What is known of a request before anyone looks at what it wants.

use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, OnceLock};

use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::request::Parts;

use crate::access::Principal;
use crate::problem::Problem;
use crate::state::ApiState;

/// The address a connection came from; put into each of its requests by the server.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ClientAddress(pub(crate) SocketAddr);

/// The request's id, where it came from, and, once that is known, who sent it.
#[derive(Debug)]
pub(crate) struct RequestContext {
    pub(crate) request_id: String,
    pub(crate) client: Option<IpAddr>,
    /// Set by the one place that verifies tokens, read by the boundary when it records a refusal.
    pub(crate) principal: OnceLock<Arc<Principal>>,
    /// Whose name a sign-in that failed was tried with.
    pub(crate) claimed_name: OnceLock<String>,
}

impl RequestContext {
    pub(crate) fn new(request_id: String, client: Option<IpAddr>) -> Self {
        Self { request_id, client, principal: OnceLock::new(), claimed_name: OnceLock::new() }
    }

    pub(crate) fn client_address(&self) -> Option<String> {
        self.client.map(|address| address.to_string())
    }
}

impl FromRequestParts<ApiState> for Arc<RequestContext> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &ApiState) -> Result<Self, Self::Rejection> {
        match parts.extensions.get::<Self>() {
            Some(context) => Ok(Self::clone(context)),
            None => Err(Problem::internal("a request came in past the boundary")),
        }
    }
}

/// Where a request came from: the connection, or, behind a proxy, what the nearest proxy says.
///
/// Only the last entry counts: earlier ones were written by whoever sent the request.
pub(crate) fn client_address(
    connection: Option<ClientAddress>,
    headers: &HeaderMap,
    behind_proxy: bool,
) -> Option<IpAddr> {
    if behind_proxy {
        let last = headers.get_all("x-forwarded-for").iter().next_back();
        let entry = last.and_then(|value| value.to_str().ok()).and_then(|list| list.rsplit(',').next());
        if let Some(address) = entry.and_then(|entry| entry.trim().parse::<IpAddr>().ok()) {
            return Some(address.to_canonical());
        }
    }
    connection.map(|ClientAddress(peer)| peer.ip().to_canonical())
}

/// A request id that was given, if it is 1 to 128 visible ASCII characters.
pub(crate) fn given_request_id(headers: &HeaderMap) -> Option<String> {
    let given = headers.get("x-request-id")?.as_bytes();
    let visible = given.iter().all(u8::is_ascii_graphic);
    if !visible || given.is_empty() || given.len() > 128 {
        return None;
    }
    String::from_utf8(given.to_vec()).ok()
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn an_address_has_one_spelling_whoever_names_it() {
        let peer = |address: &str| Some(ClientAddress(SocketAddr::new(address.parse().unwrap(), 1)));
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", HeaderValue::from_static("203.0.113.9, ::ffff:192.0.2.7"));
        let seen = |behind_proxy| client_address(peer("::ffff:10.0.0.1"), &headers, behind_proxy).unwrap();
        assert_eq!(seen(true).to_string(), "192.0.2.7");
        assert_eq!(seen(false).to_string(), "10.0.0.1");
    }
}
