//! Connections: accepted, limited, served as HTTP/1.1, and let go when the process stops.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;
use tower::Service;

use crate::background::Background;
use crate::request::ClientAddress;
use crate::router::router;
use crate::state::ApiState;

/// How long a client may take to send a request's head; also how long an idle connection is kept.
const HEAD_WITHIN: Duration = Duration::from_secs(30);
/// How long requests may take to finish once the process is told to stop.
const FINISH_WITHIN: Duration = Duration::from_secs(8);

/// Serves until `shutdown` is cancelled, then lets the requests under way finish. Event streams end at once.
pub async fn serve(listener: TcpListener, state: ApiState, shutdown: CancellationToken) -> io::Result<()> {
    let router = router(state.clone());
    let background = Background::start(&state);
    let connections = GracefulShutdown::new();
    let places = Arc::new(Semaphore::new(state.settings().max_connections.max(1)));
    while let Some((stream, peer, place)) = next(&listener, &places, &shutdown).await {
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, %peer, "a connection was gone before it was served");
            continue;
        }
        let connection = connection(stream, peer, router.clone());
        let connection = connections.watch(connection);
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, %peer, "a connection ended early");
            }
            drop(place);
        });
    }
    drop(listener);
    state.stop().cancel();
    if tokio::time::timeout(FINISH_WITHIN, connections.shutdown()).await.is_err() {
        tracing::warn!("some requests did not finish in time and are broken off");
    }
    background.stop().await;
    Ok(())
}

/// The next connection, once there is a place for it. `None`: it is time to stop.
async fn next(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
    shutdown: &CancellationToken,
) -> Option<(TcpStream, SocketAddr, OwnedSemaphorePermit)> {
    let accepted = async {
        let place = Arc::clone(places).acquire_owned().await.ok()?;
        loop {
            match listener.accept().await {
                Ok((stream, peer)) => return Some((stream, peer, place)),
                // Out of descriptors, or the client went away: neither is a reason to stop serving.
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be accepted");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            }
        }
    };
    tokio::select! {
        accepted = accepted => accepted,
        () = shutdown.cancelled() => None,
    }
}

fn connection(
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
) -> impl hyper_util::server::graceful::GracefulConnection<Error = hyper::Error> + Send {
    let service = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(ClientAddress(peer));
        router.clone().call(request)
    });
    http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_WITHIN)
        .serve_connection(TokioIo::new(stream), service)
}
