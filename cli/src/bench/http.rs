//! The same load over HTTP: signed in, JSON both ways, one kept-alive connection per client.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

use anyhow::Context;
use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::client::conn::http1::{self, SendRequest};
use hyper::{Request, StatusCode};
use hyper_util::rt::TokioIo;
use tallybook_api::access::{self, NewUser, Role};
use tallybook_api::channels::Channels;
use tallybook_api::{ApiSettings, ApiState};
use tallybook_event_store::Book;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};
use tokio_util::sync::CancellationToken;

use super::deposits::{Load, Wallets};
use super::measure::{Latencies, Measured, Meter};

/// The password of a user that exists while the benchmark runs, in a book that is dropped after it.
const PASSWORD: &str = "bench-append-only";

/// The API of the measured book, on a port of its own.
pub(super) struct Server {
    address: SocketAddr,
    token: Arc<str>,
    stop: CancellationToken,
    serving: JoinHandle<std::io::Result<()>>,
}

impl Server {
    pub(super) async fn start(book: &Book, channels: Channels) -> anyhow::Result<Self> {
        let user = NewUser {
            name: "bench".into(),
            role: Role::Finance,
            password: PASSWORD.into(),
            created_by: "cli:bench".into(),
        };
        access::create_user(book.pool(), user, book.now()).await?;
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let stop = CancellationToken::new();
        let state = ApiState::new(book.clone(), ApiSettings { channels, ..ApiSettings::default() });
        let serving = tokio::spawn(tallybook_api::serve(listener, state, stop.clone()));
        let token = sign_in(address).await?.into();
        Ok(Self { address, token, stop, serving })
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(super) async fn drive(&self, load: &Load, wallets: &Arc<Wallets>) -> anyhow::Result<Measured> {
        let mut connections = Vec::with_capacity(load.clients);
        for _ in 0..load.clients {
            connections.push(connect(self.address).await?);
        }
        let until = Instant::now() + load.lasting;
        let meter = Meter::start();
        let mut tasks = JoinSet::new();
        for (client, mut connection) in connections.into_iter().enumerate() {
            let (wallets, token, mut pace) =
                (Arc::clone(wallets), Arc::clone(&self.token), load.pace(client));
            tasks.spawn(async move {
                let mut latencies = Latencies::none()?;
                while Instant::now() < until {
                    let customer = pace.pick(&wallets.customers);
                    let reference = pace.reference();
                    let begun = Instant::now();
                    let body = format!(
                        r#"{{"customer":"{customer}","amount":{{"amount":"12.34","currency":"CNY"}},"reference":"{reference}","method":"bank_transfer"}}"#
                    );
                    let request = Request::post("/v1/deposits")
                        .header("host", "localhost")
                        .header("content-type", "application/json")
                        .header("authorization", &*token)
                        .header("idempotency-key", &reference)
                        .body(Full::from(body))?;
                    let (status, answer) = send(&mut connection, request).await?;
                    anyhow::ensure!(
                        status == StatusCode::CREATED,
                        "POST /v1/deposits answered {status}: {}",
                        String::from_utf8_lossy(&answer)
                    );
                    latencies.push(begun.elapsed())?;
                }
                anyhow::Ok(latencies)
            });
        }
        meter.finish(tasks).await
    }

    pub(super) async fn stop(self) -> anyhow::Result<()> {
        self.stop.cancel();
        self.serving.await??;
        Ok(())
    }
}

pub(super) async fn connect(address: SocketAddr) -> anyhow::Result<SendRequest<Full<Bytes>>> {
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let (sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    tokio::spawn(async move {
        if let Err(error) = connection.await {
            tracing::debug!(%error, "a benchmark connection ended");
        }
    });
    Ok(sender)
}

pub(super) async fn send(
    connection: &mut SendRequest<Full<Bytes>>,
    request: Request<Full<Bytes>>,
) -> anyhow::Result<(StatusCode, Bytes)> {
    connection.ready().await?;
    let answer = connection.send_request(request).await?;
    let status = answer.status();
    Ok((status, answer.into_body().collect().await?.to_bytes()))
}

/// The value of the Authorization header.
async fn sign_in(address: SocketAddr) -> anyhow::Result<String> {
    let body = format!(r#"{{"username":"bench","password":"{PASSWORD}"}}"#);
    let request = Request::post("/v1/auth/login")
        .header("host", "localhost")
        .header("content-type", "application/json")
        .body(Full::from(body))?;
    let (status, answer) = send(&mut connect(address).await?, request).await?;
    anyhow::ensure!(status == StatusCode::OK, "sign-in answered {status}");
    let answer: serde_json::Value = serde_json::from_slice(&answer)?;
    let token = answer["access_token"].as_str().context("no access_token in the answer to the sign-in")?;
    Ok(format!("Bearer {token}"))
}
