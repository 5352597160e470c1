//! Reminders as e-mail, through the company's own mail server (SMTP).

use std::time::{Duration, SystemTime};

use anyhow::Context;
use chrono::{DateTime, Utc};
use lettre::message::Mailbox;
use lettre::message::header::ContentType;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::response::Severity;
use lettre::{Address, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use zeroize::Zeroizing;

use super::Undelivered;
use super::letter::Letter;

/// How long the mail server may take over each of its answers.
const ANSWER_WITHIN: Duration = Duration::from_secs(20);

/// A mail server, and who writes.
#[derive(Debug)]
pub struct Mail {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

impl Mail {
    /// `url` is `smtps://host`, `smtp://host:587?tls=required`, or `smtp://host` within the machine or its network.
    /// A password is given apart from it, and only to a server that is spoken to in private.
    pub fn new(url: &str, from: &str, login: Option<(String, Zeroizing<String>)>) -> anyhow::Result<Self> {
        anyhow::ensure!(!url.contains('@'), "the URL names no user: set reminder_smtp_user");
        let private = url.starts_with("smtps://") || url.contains("tls=required");
        anyhow::ensure!(
            private || login.is_none(),
            "a password is sent through smtps:// or with ?tls=required only"
        );
        let from = from.parse().context("reminder_from is not an e-mail address")?;
        let server =
            AsyncSmtpTransport::<Tokio1Executor>::from_url(url).context("the URL of the mail server")?;
        let server = match login {
            Some((user, password)) => server.credentials(Credentials::new(user, (*password).clone())),
            None => server,
        };
        Ok(Self { transport: server.timeout(Some(ANSWER_WITHIN)).build(), from })
    }

    /// Hands a letter to the mail server. `id` is the same for every attempt, and with it the Message-ID, by which a
    /// mail server or program knows a repeat.
    pub(super) async fn send(
        &self,
        id: &str,
        to: &str,
        letter: Letter,
        now: DateTime<Utc>,
    ) -> Result<(), Undelivered> {
        let not_one = |_| Undelivered::hopeless("what the customer's file has as e-mail address is not one");
        let to: Address = to.trim().parse().map_err(not_one)?;
        let message = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .message_id(Some(format!("<{id}@{}>", self.from.email.domain())))
            .date(SystemTime::from(now))
            .subject(letter.subject)
            .header(ContentType::TEXT_PLAIN)
            .body(letter.text)
            .map_err(|_| Undelivered::hopeless("the e-mail cannot be written"))?;
        match self.transport.send(message).await {
            Ok(answer) if answer.code().severity == Severity::PositiveCompletion => Ok(()),
            Ok(answer) => Err(Undelivered::for_now(format!("the mail server answered {}", answer.code()))),
            Err(error) => Err(told(&error)),
        }
    }
}

/// The server's own words may repeat the address, so only its code is told.
fn told(error: &lettre::transport::smtp::Error) -> Undelivered {
    match error.status() {
        Some(code) if error.is_permanent() => {
            Undelivered::hopeless(format!("the mail server refused it with {code}"))
        }
        Some(code) => Undelivered::for_now(format!("the mail server answered {code}")),
        None if error.is_timeout() => Undelivered::for_now("the mail server did not answer in time"),
        None if error.is_tls() => {
            Undelivered::for_now("there is no private connection to the mail server (TLS)")
        }
        None => Undelivered::for_now("the mail server cannot be reached, or breaks off"),
    }
}
