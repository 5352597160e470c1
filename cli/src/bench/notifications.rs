//! `bench notifications`: signed notifications of WeChat Pay over HTTP, each kept before it is answered.

use std::ffi::OsStr;
use std::sync::Arc;
use std::thread::available_parallelism;
use std::time::{Duration, Instant};

use anyhow::Context;
use chrono::{DateTime, Utc};
use http_body_util::Full;
use hyper::body::Bytes;
use hyper::{Request, StatusCode};
use serde::Serialize;
use serde_json::json;
use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection, Executor, PgConnection};
use tallybook_api::channels::{ChannelSettings, Channels};
use tallybook_channels::played::{PlayedWechatPay, SignedNotification, SigningKey};
use tallybook_event_store::schema::{NewBook, provision};
use tallybook_event_store::{Book, BookSettings};
use tokio::task::JoinSet;

use super::http::{Server, connect, send};
use super::limits;
use super::measure::{Figures, Latencies, Measured, Meter};
use super::sizes::{self, Sizes};
use crate::environment;
use crate::output::note;

/// Signed notifications of WeChat Pay per second
///
/// Sends notifications that were signed before to the API of a book of its own: each is verified, opened and recorded,
/// and answered once it is durable. Beside it is what PostgreSQL itself allows: one row in one transaction from as many
/// connections, and all waiting rows in one commit.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  tallybook bench notifications
  tallybook bench notifications --clients 1,16,64,256 --count 20000 --json")]
pub struct BenchNotifications {
    /// Connections that send at once; several numbers, separated by commas, are measured one after the other
    #[arg(long, value_delimiter = ',', default_value = "1,16,64")]
    clients: Vec<u16>,
    /// Notifications for each of them together
    #[arg(long, default_value = "10000")]
    count: u32,
    /// Figures as one JSON array
    #[arg(long)]
    json: bool,
}

const SCHEMA: &str = "bench_notifications";
const MERCHANT: &str = "1230000109";
const APP: &str = "wxd678efh567hg6787";
/// Keys of no one's, made for the tests of the channels.
const CERTIFICATE: &str = include_str!("../../../channels/tests/keys/wechat-pay.crt.pem");
const PRIVATE_KEY: &str = include_str!("../../../channels/tests/keys/wechat-pay.key.pem");
const SERIAL: &str = "0A5157F09EFDC096DE15EBE81A47057A7201";
const API_V3_KEY: &str = "Tallybook0Tests0Only0Key0AAAA001";
/// How long each bare limit is measured.
const LIMIT_LASTING: Duration = Duration::from_secs(2);

#[derive(Debug, Serialize)]
struct NotificationFigures {
    clients: u16,
    cores: usize,
    notifications: Figures,
    /// Limit 1: one row in one transaction, from as many connections.
    row_per_transaction: Figures,
    /// Limit 2: every waiting row in one statement and one commit.
    group_commit: Figures,
}

impl sizes::Figures for NotificationFigures {
    fn heads() -> String {
        format!(
            "{:>8} {:>15} {:>9} {:>9} {:>11} {:>11}",
            "clients", "notifications/s", "p50", "p99", "limit 1", "limit 2"
        )
    }

    fn line(&self) -> String {
        let Self { clients, notifications, row_per_transaction, group_commit, .. } = self;
        let milliseconds = |microseconds: u64| microseconds as f64 / 1000.0;
        format!(
            "{clients:>8} {:>15.0} {:>7.1}ms {:>7.1}ms {:>9.0}/s {:>9.0}/s",
            notifications.per_second,
            milliseconds(notifications.p50_us),
            milliseconds(notifications.p99_us),
            row_per_transaction.per_second,
            group_commit.per_second
        )
    }
}

impl BenchNotifications {
    pub(super) async fn run(&self, database_url: Option<&str>, search_path: &OsStr) -> anyhow::Result<()> {
        anyhow::ensure!(self.count > 0, "--count must be more than 0");
        let sizes = Sizes { option: "--clients", sizes: &self.clients, json: self.json };
        sizes
            .measure(database_url, search_path, async |connect, clients| {
                measure(connect, clients, self.count).await
            })
            .await
    }
}

async fn measure(
    connect: &PgConnectOptions,
    clients: u16,
    count: u32,
) -> anyhow::Result<NotificationFigures> {
    let mut owner = PgConnection::connect_with(connect).await?;
    let drop_schema = format!("DROP SCHEMA IF EXISTS {SCHEMA} CASCADE");
    owner.execute(drop_schema.as_str()).await?;
    provision(connect, SCHEMA, &NewBook::default()).await?;
    let book = Book::open(connect, BookSettings::new(SCHEMA)).await?;
    let sent = drive(&book, clients, count).await;
    book.shutdown().await;
    owner.execute(drop_schema.as_str()).await?;
    let sent = sent?;
    let body: Arc<str> = "x".repeat(600).into();
    let many = usize::from(clients);
    let row_per_transaction = limits::row_per_transaction(connect, many, &body, LIMIT_LASTING).await?;
    let group_commit = limits::group_commit(connect, many, &body, LIMIT_LASTING).await?;
    owner.execute("DROP TABLE IF EXISTS bare_rows").await?;
    Ok(NotificationFigures {
        clients,
        cores: available_parallelism()?.get(),
        notifications: sent.figures(),
        row_per_transaction: row_per_transaction.figures(),
        group_commit: group_commit.figures(),
    })
}

/// Signs first, sends then: a signature takes a channel many times longer than its verification takes us.
async fn drive(book: &Book, clients: u16, count: u32) -> anyhow::Result<Measured> {
    note(format!("signing {count} notifications"));
    let signed = sign(count, environment::now())?;
    let server = Server::start(book, channels()?).await?;
    let sent = send_all(&server, signed, clients).await;
    server.stop().await?;
    let sent = sent?;
    let kept: i64 =
        sqlx::query_scalar("SELECT count(*) FROM events WHERE event_type = 'ChannelNotificationReceived'")
            .fetch_one(book.pool())
            .await?;
    anyhow::ensure!(kept == i64::from(count), "{kept} of {count} notifications are kept");
    Ok(sent)
}

fn channels() -> anyhow::Result<Channels> {
    let folder = tempfile::tempdir()?;
    let certificate = folder.path().join("wechat-pay.pem");
    std::fs::write(&certificate, CERTIFICATE)?;
    let settings: ChannelSettings = serde_json::from_value(json!({ "wechat_pay": {
        "merchant": MERCHANT,
        "apps": [APP],
        "keys": [{ "file": certificate }],
        "api_v3_key": { "env": "API_V3_KEY" },
    }}))?;
    Ok(Channels::open(&settings, &|_| Some(API_V3_KEY.to_owned()))?)
}

fn sign(count: u32, at: DateTime<Utc>) -> anyhow::Result<Vec<SignedNotification>> {
    let api_v3_key = API_V3_KEY.as_bytes().try_into()?;
    let wechat_pay = PlayedWechatPay::new(SigningKey::new(PRIVATE_KEY)?, SERIAL, api_v3_key);
    let paid = |number: u32| {
        let resource = json!({
            "mchid": MERCHANT,
            "appid": APP,
            "out_trade_no": format!("O-{number:08}"),
            "transaction_id": format!("42000000{number:020}"),
            "trade_type": "JSAPI",
            "trade_state": "SUCCESS",
            "success_time": at.to_rfc3339(),
            "payer": { "openid": "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o" },
            "amount": { "total": 100, "payer_total": 100, "currency": "CNY", "payer_currency": "CNY" },
        });
        wechat_pay.notify("TRANSACTION.SUCCESS", &format!("EV-{number:08}"), &resource, at)
    };
    Ok((0..count).map(paid).collect())
}

async fn send_all(
    server: &Server,
    signed: Vec<SignedNotification>,
    clients: u16,
) -> anyhow::Result<Measured> {
    let mut shares: Vec<Vec<SignedNotification>> = vec![Vec::new(); usize::from(clients)];
    for (place, notification) in signed.into_iter().enumerate() {
        shares[place % usize::from(clients)].push(notification);
    }
    let mut connected = Vec::with_capacity(shares.len());
    for share in shares {
        connected.push((connect(server.address()).await?, share));
    }
    let meter = Meter::start();
    let mut tasks = JoinSet::new();
    for (mut connection, share) in connected {
        tasks.spawn(async move {
            let mut latencies = Latencies::none()?;
            for notification in share {
                let begun = Instant::now();
                let (status, answer) = send(&mut connection, request(notification)?).await?;
                anyhow::ensure!(
                    status == StatusCode::NO_CONTENT,
                    "a notification was answered {status}: {}",
                    String::from_utf8_lossy(&answer)
                );
                latencies.push(begun.elapsed())?;
            }
            anyhow::Ok(latencies)
        });
    }
    meter.finish(tasks).await
}

fn request(notification: SignedNotification) -> anyhow::Result<Request<Full<Bytes>>> {
    let SignedNotification { timestamp, nonce, signature, serial, body } = notification;
    Request::post("/v1/channels/wechat_pay/notifications")
        .header("host", "localhost")
        .header("content-type", "application/json")
        .header("wechatpay-timestamp", timestamp)
        .header("wechatpay-nonce", nonce)
        .header("wechatpay-signature", signature)
        .header("wechatpay-serial", serial)
        .body(Full::from(body))
        .context("a request")
}
