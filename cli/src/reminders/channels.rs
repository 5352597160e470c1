//! The ways out, as the settings say: none, unless they name one.

use std::path::{Path, PathBuf};

use anyhow::Context;
use tallybook_domain::billing::ReminderChannel;
use zeroize::Zeroizing;

use super::{Mail, Webhook};
use crate::failure::Failure;
use crate::settings::Settings;

/// Where reminders go out.
#[derive(Debug, Default)]
pub struct Channels {
    pub email: Option<Mail>,
    pub webhook: Option<Webhook>,
}

impl Channels {
    /// Reads the files of secrets that the settings name.
    pub fn of(settings: &Settings) -> Result<Self, Failure> {
        Ok(Self {
            email: email(settings).context("reminders by e-mail").map_err(Failure::Usage)?,
            webhook: webhook(settings).context("reminders by webhook").map_err(Failure::Usage)?,
        })
    }

    /// Those that are set up.
    pub fn open(&self) -> Vec<ReminderChannel> {
        ReminderChannel::ALL
            .into_iter()
            .filter(|channel| match channel {
                ReminderChannel::Email => self.email.is_some(),
                ReminderChannel::Webhook => self.webhook.is_some(),
            })
            .collect()
    }
}

fn email(settings: &Settings) -> anyhow::Result<Option<Mail>> {
    let Some(url) = &settings.reminder_smtp_url.value else { return Ok(None) };
    let from = settings.reminder_from.value.as_deref().context("reminder_from is not set")?;
    let credentials = match (&settings.reminder_smtp_user.value, &settings.reminder_smtp_password_file.value)
    {
        (Some(user), Some(file)) => Some((user.clone(), secret(file)?)),
        (None, None) => None,
        (Some(_), None) => anyhow::bail!("reminder_smtp_user needs a reminder_smtp_password_file"),
        (None, Some(_)) => anyhow::bail!("reminder_smtp_password_file needs a reminder_smtp_user"),
    };
    Mail::new(url, from, credentials).map(Some)
}

fn webhook(settings: &Settings) -> anyhow::Result<Option<Webhook>> {
    match (&settings.reminder_webhook_url.value, &settings.reminder_webhook_secret_file.value) {
        (None, _) => Ok(None),
        (Some(_), None) => anyhow::bail!("reminder_webhook_url needs a reminder_webhook_secret_file"),
        (Some(url), Some(file)) => {
            let secret = secret(file)?.parse().with_context(|| place(file))?;
            Webhook::new(url, secret).map(Some)
        }
    }
}

/// The text of a file that holds nothing but a secret.
fn secret(file: &PathBuf) -> anyhow::Result<Zeroizing<String>> {
    let text = std::fs::read_to_string(file).map(Zeroizing::new).with_context(|| place(file))?;
    let secret = text.trim();
    anyhow::ensure!(!secret.is_empty(), "{} is empty", file.display());
    Ok(Zeroizing::new(secret.to_owned()))
}

fn place(file: &Path) -> String {
    format!("the file {}", file.display())
}
