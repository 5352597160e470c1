//! The address the API listens on.

use std::io::ErrorKind;
use std::net::{IpAddr, SocketAddr};

use anyhow::anyhow;
use tokio::net::TcpListener;

use crate::failure::Failure;
use crate::settings::Settings;

/// Binds before anything else starts: a port in use is said at once.
pub(super) async fn bind(settings: &Settings) -> Result<TcpListener, Failure> {
    let address = SocketAddr::new(settings.host.value, settings.port.value);
    TcpListener::bind(address).await.map_err(|error| {
        let port = address.port();
        let what = if error.kind() == ErrorKind::AddrInUse {
            format!("port {port} is in use: stop what uses it, or choose another with --port")
        } else if error.kind() == ErrorKind::PermissionDenied {
            format!("port {port} may only be used by root: choose one above 1023 with --port")
        } else {
            format!("cannot listen on {address}: {error}")
        };
        Failure::Environment(anyhow!(what))
    })
}

/// How a browser on this machine, or the one reading this, gets there.
pub(super) fn url(address: SocketAddr) -> String {
    let local = match address.ip() {
        IpAddr::V4(ip) => ip.is_loopback() || ip.is_unspecified(),
        IpAddr::V6(ip) => ip.is_loopback() || ip.is_unspecified(),
    };
    if local { format!("http://localhost:{}", address.port()) } else { format!("http://{address}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_local_address_is_shown_as_localhost() {
        assert_eq!(url("127.0.0.1:8080".parse().unwrap()), "http://localhost:8080");
        assert_eq!(url("0.0.0.0:80".parse().unwrap()), "http://localhost:80");
        assert_eq!(url("192.0.2.7:8080".parse().unwrap()), "http://192.0.2.7:8080");
        assert_eq!(url("[2001:db8::1]:8080".parse().unwrap()), "http://[2001:db8::1]:8080");
    }
}
