//! The layers put together, each value with where it came from.

use std::fmt;
use std::net::IpAddr;
use std::path::PathBuf;

use chrono::NaiveTime;
use clap::ArgMatches;
use clap::parser::ValueSource;
use tallybook_api::channels::ChannelSettings;
use tallybook_api::payouts::PayoutSettings;
use tallybook_api::usage_sources::SourceSettings;
use tallybook_api::{REFUSALS_KEPT_DAYS, Seller};
use tallybook_domain::billing::CreditPolicy;
use tallybook_domain::settlement::write_off::DifferenceLimits;
use tallybook_event_store::BookSettings;

use super::file::FileSettings;
use super::flags::Flags;
use super::orders::OrderSettings;
use super::public_url::PublicUrl;
use super::sample::SampleSize;
use super::time_of_day::TimeOfDay;
use crate::environment;
use crate::failure::Failure;

/// When people are at their desks.
const NINE: NaiveTime = NaiveTime::from_hms_opt(9, 0, 0).expect("there is a nine o'clock");

/// The layer a value came from; a later one wins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    Default,
    File,
    Environment,
    Flag,
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Default => "default",
            Self::File => "file",
            Self::Environment => "environment",
            Self::Flag => "flag",
        })
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layered<T> {
    pub value: T,
    pub source: Source,
}

/// All settings, as they apply.
#[derive(Clone)]
pub struct Settings {
    pub data: Layered<PathBuf>,
    pub book: Layered<String>,
    pub database_url: Layered<Option<String>>,
    pub log: Layered<String>,
    pub pool_connections: Layered<u32>,
    pub cached_aggregates: Layered<usize>,
    pub queue_capacity: Layered<usize>,
    pub host: Layered<IpAddr>,
    pub port: Layered<u16>,
    pub time_zone: Layered<String>,
    pub metrics: Layered<bool>,
    pub behind_proxy: Layered<bool>,
    pub refusals_kept_days: Layered<u16>,
    pub seller_name: Layered<Option<String>>,
    pub seller_tax_number: Layered<Option<String>>,
    pub seller_contact: Layered<Option<String>>,
    pub seller_bank: Layered<Option<String>>,
    pub public_url: Layered<Option<PublicUrl>>,
    pub bill_run_at: Layered<TimeOfDay>,
    pub credit_limit: Layered<CreditPolicy>,
    pub difference_limits: Layered<DifferenceLimits>,
    pub seal_key: Layered<Option<PathBuf>>,
    pub seal_file: Layered<Option<PathBuf>>,
    pub sample: Layered<SampleSize>,
    pub personal_data_key_file: Layered<Option<PathBuf>>,
    pub reminder_smtp_url: Layered<Option<String>>,
    pub reminder_smtp_user: Layered<Option<String>>,
    pub reminder_smtp_password_file: Layered<Option<PathBuf>>,
    pub reminder_from: Layered<Option<String>>,
    pub reminder_webhook_url: Layered<Option<String>>,
    pub reminder_webhook_secret_file: Layered<Option<PathBuf>>,
    pub reminders_from: Layered<NaiveTime>,
    pub usage_sources: Layered<Vec<SourceSettings>>,
    pub channels: Layered<ChannelSettings>,
    pub orders: Layered<OrderSettings>,
    pub payouts: Layered<PayoutSettings>,
    pub admin_password: Layered<Option<String>>,
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Two of the others are or contain secrets.
        f.debug_struct("Settings").field("data", &self.data).field("book", &self.book).finish_non_exhaustive()
    }
}

impl Settings {
    /// Puts flags and environment (which clap has put together) over the file they name. `matches` are those of the
    /// subcommand.
    pub fn resolve(flags: Flags, matches: &ArgMatches) -> Result<Self, Failure> {
        let file = FileSettings::read(flags.book.config.as_deref())?;
        Ok(Self::over(file, flags, matches))
    }

    pub(super) fn over(file: FileSettings, flags: Flags, matches: &ArgMatches) -> Self {
        let Flags { book, new_book, serve, billing, write_off, seals, project, personal_data, reminders } =
            flags;
        let seller = serve.seller;
        let defaults = BookSettings::new("book_main");
        let layers = Layers { matches };
        Self {
            data: layers.pick("data", book.data, file.data, "data".into()),
            book: layers.pick("book", book.book, file.book, "main".into()),
            database_url: layers.optional("database_url", book.database_url, file.database_url),
            log: layers.pick("log", book.log, file.log, "info".into()),
            pool_connections: layers.pick(
                "pool_connections",
                book.pool_connections,
                file.pool_connections,
                defaults.pool_connections,
            ),
            cached_aggregates: layers.pick(
                "cached_aggregates",
                book.cached_aggregates,
                file.cached_aggregates,
                defaults.cached_aggregates,
            ),
            queue_capacity: layers.pick(
                "queue_capacity",
                book.queue_capacity,
                file.queue_capacity,
                defaults.queue_capacity,
            ),
            host: layers.pick("host", serve.host, file.host, IpAddr::from([127, 0, 0, 1])),
            port: layers.pick("port", serve.port, file.port, 8080),
            time_zone: layers.pick("time_zone", new_book.time_zone, file.time_zone, "Asia/Shanghai".into()),
            metrics: layers.pick("metrics", serve.metrics, file.metrics, true),
            behind_proxy: layers.pick("behind_proxy", serve.behind_proxy, file.behind_proxy, false),
            refusals_kept_days: layers.pick(
                "refusals_kept_days",
                serve.refusals_kept_days,
                file.refusals_kept_days,
                REFUSALS_KEPT_DAYS,
            ),
            seller_name: layers.optional("seller_name", seller.seller_name, file.seller_name),
            seller_tax_number: layers.optional(
                "seller_tax_number",
                seller.seller_tax_number,
                file.seller_tax_number,
            ),
            seller_contact: layers.optional("seller_contact", seller.seller_contact, file.seller_contact),
            seller_bank: layers.optional("seller_bank", seller.seller_bank, file.seller_bank),
            public_url: layers.optional("public_url", serve.public_url, file.public_url),
            bill_run_at: layers.pick("bill_run_at", serve.bill_run_at, file.bill_run_at, TimeOfDay::OFF),
            credit_limit: layers.pick(
                "credit_limit",
                billing.credit_limit,
                file.credit_limit,
                CreditPolicy::Warn,
            ),
            difference_limits: layers.pick(
                "difference_limits",
                write_off.difference_limits,
                file.difference_limits,
                DifferenceLimits::usual(),
            ),
            seal_key: layers.optional("seal_key", seals.seal_key, file.seal_key),
            seal_file: layers.optional("seal_file", seals.seal_file, file.seal_file),
            sample: layers.pick("sample", project.sample, file.sample, SampleSize::NONE),
            personal_data_key_file: layers.optional(
                "personal_data_key_file",
                personal_data.personal_data_key_file,
                file.personal_data_key_file,
            ),
            reminder_smtp_url: layers.optional(
                "reminder_smtp_url",
                reminders.reminder_smtp_url,
                file.reminder_smtp_url,
            ),
            reminder_smtp_user: layers.optional(
                "reminder_smtp_user",
                reminders.reminder_smtp_user,
                file.reminder_smtp_user,
            ),
            reminder_smtp_password_file: layers.optional(
                "reminder_smtp_password_file",
                reminders.reminder_smtp_password_file,
                file.reminder_smtp_password_file,
            ),
            reminder_from: layers.optional("reminder_from", reminders.reminder_from, file.reminder_from),
            reminder_webhook_url: layers.optional(
                "reminder_webhook_url",
                reminders.reminder_webhook_url,
                file.reminder_webhook_url,
            ),
            reminder_webhook_secret_file: layers.optional(
                "reminder_webhook_secret_file",
                reminders.reminder_webhook_secret_file,
                file.reminder_webhook_secret_file,
            ),
            reminders_from: layers.pick(
                "reminders_from",
                reminders.reminders_from,
                file.reminders_from,
                NINE,
            ),
            usage_sources: layers.pick("usage_sources", None, file.usage_sources, Vec::new()),
            channels: layers.pick("channels", None, file.channels, ChannelSettings::default()),
            orders: layers.pick("orders", None, file.orders, OrderSettings::default()),
            payouts: layers.pick("payouts", None, file.payouts, PayoutSettings::default()),
            admin_password: match environment::secret("TALLYBOOK_ADMIN_PASSWORD") {
                Some(password) => Layered { value: Some(password), source: Source::Environment },
                None => layers.optional("admin_password", None, file.admin_password),
            },
        }
    }

    /// The server to use, or `None` for the embedded one. A data directory named in a higher layer than the URL
    /// means the embedded one: who writes `--data DIR` does not want another database because a variable is set.
    pub fn server(&self) -> Option<&str> {
        let url = self.database_url.value.as_deref()?;
        (self.database_url.source >= self.data.source).then_some(url)
    }

    /// The PostgreSQL schema that is the book.
    pub fn schema(&self) -> String {
        format!("book_{}", self.book.value)
    }

    /// Where the private key of seals is.
    pub fn seal_key(&self) -> PathBuf {
        match &self.seal_key.value {
            Some(path) => path.clone(),
            None => self.data.value.join("keys").join(format!("{}.key", self.book.value)),
        }
    }

    /// Where the master key of personal fields is.
    pub fn personal_data_key_file(&self) -> PathBuf {
        match &self.personal_data_key_file.value {
            Some(path) => path.clone(),
            None => self.data.value.join("personal-data.key"),
        }
    }

    /// What stands on every bill as the seller.
    pub fn seller(&self) -> Seller {
        Seller {
            name: self.seller_name.value.clone(),
            tax_number: self.seller_tax_number.value.clone(),
            contact: self.seller_contact.value.clone(),
            bank: self.seller_bank.value.clone(),
        }
    }

    pub fn book_settings(&self) -> BookSettings {
        BookSettings {
            pool_connections: self.pool_connections.value,
            cached_aggregates: self.cached_aggregates.value,
            queue_capacity: self.queue_capacity.value,
            ..BookSettings::new(self.schema())
        }
    }
}

struct Layers<'m> {
    matches: &'m ArgMatches,
}

impl Layers<'_> {
    fn pick<T>(&self, id: &str, above: Option<T>, file: Option<T>, default: T) -> Layered<T> {
        match self.optional(id, above, file) {
            Layered { value: Some(value), source } => Layered { value, source },
            Layered { value: None, .. } => Layered { value: default, source: Source::Default },
        }
    }

    fn optional<T>(&self, id: &str, above: Option<T>, file: Option<T>) -> Layered<Option<T>> {
        let known = self.matches.try_contains_id(id).is_ok();
        let source = if known { self.matches.value_source(id) } else { None };
        match (above, file) {
            (Some(value), _) if source == Some(ValueSource::EnvVariable) => {
                Layered { value: Some(value), source: Source::Environment }
            }
            (Some(value), _) => Layered { value: Some(value), source: Source::Flag },
            (None, Some(value)) => Layered { value: Some(value), source: Source::File },
            (None, None) => Layered { value: None, source: Source::Default },
        }
    }
}
