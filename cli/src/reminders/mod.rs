//! Reminding customers of their bills: raising what is due, and delivering it by e-mail and webhook.
//!
//! Runs in every process that projects. What is raised, tried and delivered is decided in the journal, so it does not
//! matter how many processes do this, nor when they are stopped. Must never log an address or a secret.

mod channels;
mod deliver;
mod email;
mod letter;
mod timer;
mod webhook;

pub use channels::Channels;
pub use deliver::{Clock, Reminding};
pub use email::Mail;
pub use tallybook_api::webhook_secret::WebhookSecret;
pub use timer::{look, remind};
pub use webhook::Webhook;

/// Why a reminder did not get out, in words that name nobody.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Undelivered {
    reason: String,
    /// It would fail again, however often it were tried.
    hopeless: bool,
}

impl Undelivered {
    fn for_now(reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), hopeless: false }
    }

    fn hopeless(reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), hopeless: true }
    }
}
