//! Settings as flags and environment variables, through clap.

use std::net::IpAddr;
use std::path::PathBuf;

use chrono::NaiveTime;
use clap::Args;
use tallybook_domain::billing::CreditPolicy;
use tallybook_domain::settlement::write_off::DifferenceLimits;

use super::public_url::PublicUrl;
use super::sample::SampleSize;
use super::time_of_day::TimeOfDay;

/// Where the book is. Every subcommand that opens one takes these.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "The book")]
pub struct BookFlags {
    /// Directory of the embedded PostgreSQL and of saved import mappings [default: data]
    #[arg(long, value_name = "DIR", env = "TALLYBOOK_DATA", global = true, hide_env_values = true)]
    pub data: Option<PathBuf>,
    /// Name of the book: one set of accounts, the PostgreSQL schema book_NAME [default: main]
    #[arg(long, value_name = "NAME", env = "TALLYBOOK_BOOK", global = true, hide_env_values = true)]
    pub book: Option<String>,
    /// A running PostgreSQL to use in place of the embedded one: postgres://user:password@host/database
    #[arg(long, value_name = "URL", env = "DATABASE_URL", global = true, hide_env_values = true)]
    pub database_url: Option<String>,
    /// Settings file [default: tallybook.toml, if there is one]
    #[arg(long, value_name = "FILE", env = "TALLYBOOK_CONFIG", global = true, hide_env_values = true)]
    pub config: Option<PathBuf>,
    /// What to log: error, warn, info, debug, or tracing directives [default: info]
    #[arg(long, value_name = "FILTER", env = "TALLYBOOK_LOG", global = true, hide_env_values = true)]
    pub log: Option<String>,
    /// Database connections for reading and loading [default: 16]
    #[arg(
        long,
        value_name = "N",
        env = "TALLYBOOK_POOL_CONNECTIONS",
        global = true,
        hide_env_values = true,
        hide_short_help = true
    )]
    pub pool_connections: Option<u32>,
    /// Customers, wallets, bills and other aggregates kept in memory [default: 100000]
    #[arg(
        long,
        value_name = "N",
        env = "TALLYBOOK_CACHED_AGGREGATES",
        global = true,
        hide_env_values = true,
        hide_short_help = true
    )]
    pub cached_aggregates: Option<usize>,
    /// Commands that may wait; one more is answered "busy" [default: 8192]
    #[arg(
        long,
        value_name = "N",
        env = "TALLYBOOK_QUEUE_CAPACITY",
        global = true,
        hide_env_values = true,
        hide_short_help = true
    )]
    pub queue_capacity: Option<usize>,
}

/// What a book that is made now will be like.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "A new book")]
pub struct NewBookFlags {
    /// Time zone whose days are the book's, fixed when the book is made [default: Asia/Shanghai]
    #[arg(long, value_name = "ZONE", env = "TALLYBOOK_TIME_ZONE", hide_env_values = true)]
    pub time_zone: Option<String>,
}

/// What a projector does besides.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Projecting")]
pub struct ProjectFlags {
    /// Share of the rows of the read tables checked in each round in the background, such as 1% [default: 0%, none]
    #[arg(long, value_name = "PERCENT", env = "TALLYBOOK_SAMPLE", hide_env_values = true)]
    pub sample: Option<SampleSize>,
}

/// Where and how to serve.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Serving")]
pub struct ServeFlags {
    /// Address to listen on [default: 127.0.0.1]
    #[arg(long, value_name = "ADDRESS", env = "TALLYBOOK_HOST", hide_env_values = true)]
    pub host: Option<IpAddr>,
    /// Port to listen on; 0 takes a free one [default: 8080]
    #[arg(long, value_name = "PORT", env = "TALLYBOOK_PORT", hide_env_values = true)]
    pub port: Option<u16>,
    /// Whether to serve /metrics [default: true]
    #[arg(
        long,
        value_name = "BOOL",
        env = "TALLYBOOK_METRICS",
        hide_env_values = true,
        hide_short_help = true,
        num_args = 0..=1,
        default_missing_value = "true"
    )]
    pub metrics: Option<bool>,
    /// Whether a proxy in front names the client's address in X-Forwarded-For [default: false]
    #[arg(
        long,
        value_name = "BOOL",
        env = "TALLYBOOK_BEHIND_PROXY",
        hide_env_values = true,
        hide_short_help = true,
        num_args = 0..=1,
        default_missing_value = "true"
    )]
    pub behind_proxy: Option<bool>,
    /// Days the record of who was turned away (401, 403) is kept; 0 keeps it for ever [default: 400]
    #[arg(
        long,
        value_name = "N",
        env = "TALLYBOOK_REFUSALS_KEPT_DAYS",
        hide_env_values = true,
        hide_short_help = true
    )]
    pub refusals_kept_days: Option<u16>,
    /// When, on the first day of a month, the month before is billed by itself: a time such as 02:30 of the book's time
    /// zone [default: off]
    #[arg(long, value_name = "TIME", env = "TALLYBOOK_BILL_RUN_AT", hide_env_values = true)]
    pub bill_run_at: Option<TimeOfDay>,
    /// Where customers reach this server, such as https://ledger.example: what the links on statements begin with
    /// [default: none]
    #[arg(
        long,
        value_name = "URL",
        env = "TALLYBOOK_PUBLIC_URL",
        hide_env_values = true,
        hide_short_help = true
    )]
    pub public_url: Option<PublicUrl>,
    #[command(flatten)]
    pub seller: SellerFlags,
}

/// How bills are made.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Billing")]
pub struct BillingFlags {
    /// What becomes of a bill or an order with which a customer owes more than its credit limit: warn (it is issued or
    /// placed, and an alert is raised) or block (it is not) [default: warn]
    #[arg(long, value_name = "POLICY", env = "TALLYBOOK_CREDIT_LIMIT", hide_env_values = true)]
    pub credit_limit: Option<CreditPolicy>,
}

/// What may be written off.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Write-off")]
pub struct WriteOffFlags {
    /// How much of each difference finance may write off alone, or none; above it another pair of eyes is needed
    /// [default: bank_fee=25.00 CNY, rounding=1.00 CNY, fx=25.00 CNY]
    #[arg(long, value_name = "LIMITS", env = "TALLYBOOK_DIFFERENCE_LIMITS", hide_env_values = true)]
    pub difference_limits: Option<DifferenceLimits>,
}

/// Who bills, as it stands on every bill.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Seller")]
pub struct SellerFlags {
    /// Name of the company (名称)
    #[arg(
        long,
        value_name = "TEXT",
        env = "TALLYBOOK_SELLER_NAME",
        hide_env_values = true,
        hide_short_help = true
    )]
    pub seller_name: Option<String>,
    /// Its tax number (税号)
    #[arg(
        long,
        value_name = "TEXT",
        env = "TALLYBOOK_SELLER_TAX_NUMBER",
        hide_env_values = true,
        hide_short_help = true
    )]
    pub seller_tax_number: Option<String>,
    /// Its address and telephone (地址、电话)
    #[arg(
        long,
        value_name = "TEXT",
        env = "TALLYBOOK_SELLER_CONTACT",
        hide_env_values = true,
        hide_short_help = true
    )]
    pub seller_contact: Option<String>,
    /// Its bank and account, where customers pay to (开户行及账号)
    #[arg(
        long,
        value_name = "TEXT",
        env = "TALLYBOOK_SELLER_BANK",
        hide_env_values = true,
        hide_short_help = true
    )]
    pub seller_bank: Option<String>,
}

/// How the book is sealed.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Seals")]
pub struct SealFlags {
    /// The private key that seals are signed with [default: keys/BOOK.key in the data directory]
    #[arg(long, value_name = "FILE", env = "TALLYBOOK_SEAL_KEY", hide_env_values = true)]
    pub seal_key: Option<PathBuf>,
    /// A file outside the database that every seal is appended to [default: none]
    #[arg(long, value_name = "FILE", env = "TALLYBOOK_SEAL_FILE", hide_env_values = true)]
    pub seal_file: Option<PathBuf>,
}

/// How personal data is kept.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Personal data")]
pub struct PersonalDataFlags {
    /// The master key of personal fields, 0600 and in no backup of the database [default: personal-data.key in the data
    /// directory]
    #[arg(long, value_name = "FILE", env = "TALLYBOOK_PERSONAL_DATA_KEY_FILE", hide_env_values = true)]
    pub personal_data_key_file: Option<PathBuf>,
}

/// How customers are reminded of their bills: not at all, unless a way is named.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Reminders")]
pub struct ReminderFlags {
    /// Mail server that reminders of bills go out through: smtps://host, smtp://host:587?tls=required [default: none]
    #[arg(
        long,
        value_name = "URL",
        env = "TALLYBOOK_REMINDER_SMTP_URL",
        hide_env_values = true,
        hide_short_help = true
    )]
    pub reminder_smtp_url: Option<String>,
    /// User at the mail server [default: none]
    #[arg(
        long,
        value_name = "NAME",
        env = "TALLYBOOK_REMINDER_SMTP_USER",
        hide_env_values = true,
        hide_short_help = true
    )]
    pub reminder_smtp_user: Option<String>,
    /// File with that user's password
    #[arg(
        long,
        value_name = "FILE",
        env = "TALLYBOOK_REMINDER_SMTP_PASSWORD_FILE",
        hide_env_values = true,
        hide_short_help = true
    )]
    pub reminder_smtp_password_file: Option<PathBuf>,
    /// Who the e-mails are from: billing@example.com
    #[arg(
        long,
        value_name = "ADDRESS",
        env = "TALLYBOOK_REMINDER_FROM",
        hide_env_values = true,
        hide_short_help = true
    )]
    pub reminder_from: Option<String>,
    /// Where reminders are posted as signed webhooks [default: none]
    #[arg(
        long,
        value_name = "URL",
        env = "TALLYBOOK_REMINDER_WEBHOOK_URL",
        hide_env_values = true,
        hide_short_help = true
    )]
    pub reminder_webhook_url: Option<String>,
    /// File with the secret they are signed with, whsec_ and base64
    #[arg(
        long,
        value_name = "FILE",
        env = "TALLYBOOK_REMINDER_WEBHOOK_SECRET_FILE",
        hide_env_values = true,
        hide_short_help = true
    )]
    pub reminder_webhook_secret_file: Option<PathBuf>,
    /// Time of day, in the book's time zone, from which reminders are raised [default: 09:00]
    #[arg(
        long,
        value_name = "HH:MM",
        env = "TALLYBOOK_REMINDERS_FROM",
        hide_env_values = true,
        hide_short_help = true
    )]
    pub reminders_from: Option<NaiveTime>,
}

/// All that one command line says.
#[derive(Debug, Clone, Default)]
pub struct Flags {
    pub book: BookFlags,
    pub new_book: NewBookFlags,
    pub serve: ServeFlags,
    pub billing: BillingFlags,
    pub write_off: WriteOffFlags,
    pub seals: SealFlags,
    pub project: ProjectFlags,
    pub personal_data: PersonalDataFlags,
    pub reminders: ReminderFlags,
}
