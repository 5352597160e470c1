//! One request, and its answer within limits.

use std::time::Duration;

use http_body_util::{BodyExt, Empty, Limited};
use hyper::body::Bytes;
use hyper::header::{ACCEPT, HeaderName, USER_AGENT};
use hyper::{Request, StatusCode, Uri};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client as Legacy;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;

use super::super::Unanswered;
use super::secret::Secret;

#[derive(Debug)]
pub(super) struct Client {
    client: Legacy<HttpsConnector<HttpConnector>, Empty<Bytes>>,
    timeout: Duration,
    limit: usize,
}

/// An answer, or a part of it.
#[derive(Debug)]
pub(super) struct Page {
    pub(super) text: String,
}

impl Client {
    pub(super) fn new(timeout_seconds: u16, limit_bytes: u32) -> Result<Self, String> {
        if timeout_seconds == 0 || limit_bytes == 0 {
            return Err("timeout_seconds and answer_limit_bytes must be more than 0".to_owned());
        }
        let connector = HttpsConnectorBuilder::new().with_webpki_roots().https_or_http().enable_http1();
        let client = Legacy::builder(TokioExecutor::new()).build(connector.build());
        let timeout = Duration::from_secs(timeout_seconds.into());
        Ok(Self { client, timeout, limit: limit_bytes.try_into().unwrap_or(usize::MAX) })
    }

    /// A redirection is not followed: it would take the secrets elsewhere.
    pub(super) async fn get(&self, url: &Uri, headers: &[(String, Secret)]) -> Result<Page, Unanswered> {
        let request = request(url, headers).await.map_err(Unanswered::for_good)?;
        match tokio::time::timeout(self.timeout, self.exchange(request)).await {
            Ok(answer) => answer,
            Err(_) => {
                let seconds = self.timeout.as_secs();
                Err(Unanswered::for_now(format!("the source did not answer within {seconds} s")))
            }
        }
    }

    async fn exchange(&self, request: Request<Empty<Bytes>>) -> Result<Page, Unanswered> {
        let unreachable = |_| Unanswered::for_now("the source cannot be reached, or breaks off");
        let answer = self.client.request(request).await.map_err(unreachable)?;
        let status = answer.status();
        if !status.is_success() {
            let reason = format!("the source answered {}", status.as_u16());
            let again = status.is_server_error()
                || matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT);
            return Err(Unanswered { reason, again });
        }
        let body = Limited::new(answer.into_body(), self.limit).collect().await.map_err(|error| {
            if error.is::<http_body_util::LengthLimitError>() {
                return Unanswered::for_good(format!("the answer is larger than {} bytes", self.limit));
            }
            Unanswered::for_now("the source breaks off in the middle of its answer")
        })?;
        let text = String::from_utf8(body.to_bytes().into())
            .map_err(|_| Unanswered::for_good("the answer is not UTF-8"))?;
        Ok(Page { text })
    }
}

async fn request(url: &Uri, headers: &[(String, Secret)]) -> Result<Request<Empty<Bytes>>, String> {
    let mut request = Request::new(Empty::new());
    *request.uri_mut() = url.clone();
    let agent = concat!("tallybook/", env!("CARGO_PKG_VERSION"));
    request.headers_mut().insert(USER_AGENT, hyper::header::HeaderValue::from_static(agent));
    request.headers_mut().insert(ACCEPT, hyper::header::HeaderValue::from_static("application/json"));
    for (name, secret) in headers {
        let header: HeaderName = name.parse().map_err(|_| format!("{name:?} is no name of a header"))?;
        request.headers_mut().insert(header, secret.value().await?);
    }
    Ok(request)
}
