//! `tallybook.toml`: the lowest layer.

use std::net::IpAddr;
use std::path::{Path, PathBuf};

use anyhow::Context;
use chrono::NaiveTime;
use serde::Deserialize;
use tallybook_api::channels::ChannelSettings;
use tallybook_api::payouts::PayoutSettings;
use tallybook_api::usage_sources::{SourceSettings, without_value};
use tallybook_domain::billing::CreditPolicy;
use tallybook_domain::settlement::write_off::DifferenceLimits;

use super::orders::OrderSettings;
use super::public_url::PublicUrl;
use super::sample::SampleSize;
use super::time_of_day::TimeOfDay;
use crate::failure::Failure;

/// The file used when none is named.
const DEFAULT: &str = "tallybook.toml";

/// Every key a settings file may have. Names are those of the flags.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FileSettings {
    pub(super) data: Option<PathBuf>,
    pub(super) book: Option<String>,
    pub(super) database_url: Option<String>,
    pub(super) log: Option<String>,
    pub(super) pool_connections: Option<u32>,
    pub(super) cached_aggregates: Option<usize>,
    pub(super) queue_capacity: Option<usize>,
    pub(super) host: Option<IpAddr>,
    pub(super) port: Option<u16>,
    pub(super) time_zone: Option<String>,
    pub(super) metrics: Option<bool>,
    pub(super) behind_proxy: Option<bool>,
    pub(super) refusals_kept_days: Option<u16>,
    pub(super) seller_name: Option<String>,
    pub(super) seller_tax_number: Option<String>,
    pub(super) seller_contact: Option<String>,
    pub(super) seller_bank: Option<String>,
    pub(super) public_url: Option<PublicUrl>,
    pub(super) bill_run_at: Option<TimeOfDay>,
    pub(super) credit_limit: Option<CreditPolicy>,
    pub(super) difference_limits: Option<DifferenceLimits>,
    pub(super) seal_key: Option<PathBuf>,
    pub(super) seal_file: Option<PathBuf>,
    pub(super) sample: Option<SampleSize>,
    pub(super) personal_data_key_file: Option<PathBuf>,
    pub(super) reminder_smtp_url: Option<String>,
    pub(super) reminder_smtp_user: Option<String>,
    pub(super) reminder_smtp_password_file: Option<PathBuf>,
    pub(super) reminder_from: Option<String>,
    pub(super) reminder_webhook_url: Option<String>,
    pub(super) reminder_webhook_secret_file: Option<PathBuf>,
    pub(super) reminders_from: Option<NaiveTime>,
    pub(super) usage_sources: Option<Vec<SourceSettings>>,
    pub(super) channels: Option<ChannelSettings>,
    pub(super) orders: Option<OrderSettings>,
    pub(super) payouts: Option<PayoutSettings>,
    pub(super) admin_password: Option<String>,
}

impl FileSettings {
    /// Reads the named file, which has to be there, or the default one, which need not.
    pub(super) fn read(named: Option<&Path>) -> Result<Self, Failure> {
        let path = named.unwrap_or(Path::new(DEFAULT));
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if named.is_none() && error.kind() == std::io::ErrorKind::NotFound => {
                return Ok(Self::default());
            }
            Err(error) => {
                let context = format!("the settings file {} cannot be read", path.display());
                return Err(Failure::Usage(anyhow::Error::new(error).context(context)));
            }
        };
        Self::parse(&text)
            .with_context(|| format!("the settings file {}", path.display()))
            .map_err(Failure::Usage)
    }

    /// An unknown key is refused, with the place and the keys there are: a misspelt setting is not left unset. The
    /// line itself is never told, nor a value: it may be a secret.
    pub(super) fn parse(text: &str) -> anyhow::Result<Self> {
        toml::from_str(text).map_err(|error: toml::de::Error| {
            let told = without_value(error.message());
            match error.span().and_then(|span| text.get(..span.start)) {
                Some(before) => {
                    let line = before.matches('\n').count() + 1;
                    let column = before.chars().rev().take_while(|sign| *sign != '\n').count() + 1;
                    anyhow::anyhow!("line {line}, column {column}: {told}")
                }
                None => anyhow::anyhow!("{told}"),
            }
        })
    }
}
