//! Waiting for `/health/ready`: what others may rely on is what we wait for.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use http_body_util::Empty;
use hyper::body::Bytes;
use hyper::{Request, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

const GLANCE: Duration = Duration::from_millis(50);

/// Returns when the server at this address answers 200. For ever, if need be: the caller may stop waiting.
pub(super) async fn ready(address: SocketAddr) {
    let address = reachable(address);
    while !matches!(ask(address).await, Ok(StatusCode::OK)) {
        tokio::time::sleep(GLANCE).await;
    }
}

fn reachable(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        ip if !ip.is_unspecified() => ip,
        IpAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
    };
    SocketAddr::new(ip, address.port())
}

async fn ask(address: SocketAddr) -> anyhow::Result<StatusCode> {
    let stream = TcpStream::connect(address).await?;
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    let request =
        Request::get("/health/ready").header("host", address.to_string()).body(Empty::<Bytes>::new())?;
    let answer = async { Ok(sender.send_request(request).await?.status()) };
    tokio::select! {
        status = answer => status,
        ended = connection => match ended {
            Ok(()) => anyhow::bail!("the connection was closed without an answer"),
            Err(error) => Err(error.into()),
        },
    }
}
