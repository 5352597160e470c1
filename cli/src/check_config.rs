//! `tallybook check-config`: the settings as they apply, and where each comes from.

use clap::Args;
use tallybook_api::channels::ChannelSettings;
use tallybook_api::payouts::PayoutSettings;
use tallybook_domain::billing::CreditPolicy;
use tallybook_domain::settlement::write_off::DifferenceLimits;

use crate::failure::Failure;
use crate::output::{say, say_json};
use crate::settings::{
    BillingFlags, Layered, NewBookFlags, OrderSettings, PersonalDataFlags, ProjectFlags, ReminderFlags,
    SampleSize, SealFlags, ServeFlags, Settings, TimeOfDay, WriteOffFlags,
};

/// Print the settings as they apply, with secrets hidden
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  tallybook check-config
  TALLYBOOK_PORT=9000 tallybook check-config --config /etc/tallybook.toml --json")]
pub struct CheckConfigCommand {
    /// As one JSON object: {"port": {"value": "8080", "source": "default"}, …}
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub new_book: NewBookFlags,
    #[command(flatten)]
    pub serve: ServeFlags,
    #[command(flatten)]
    pub billing: BillingFlags,
    #[command(flatten)]
    pub write_off: WriteOffFlags,
    #[command(flatten)]
    pub seals: SealFlags,
    #[command(flatten)]
    pub project: ProjectFlags,
    #[command(flatten)]
    pub personal_data: PersonalDataFlags,
    #[command(flatten)]
    pub reminders: ReminderFlags,
}

struct Shown {
    name: &'static str,
    value: String,
    source: String,
}

impl CheckConfigCommand {
    pub fn run(&self, settings: &Settings) -> Result<(), Failure> {
        check(settings)?;
        let shown = shown(settings);
        if self.json {
            let object: serde_json::Map<_, _> = shown
                .into_iter()
                .map(|row| {
                    (row.name.to_owned(), serde_json::json!({"value": row.value, "source": row.source}))
                })
                .collect();
            return say_json(&object).map_err(|error| Failure::environment(anyhow::Error::new(error)));
        }
        for Shown { name, value, source } in shown {
            say(format!("{name:<22} {value:<40} ({source})"));
        }
        let database = if settings.server().is_some() {
            "the server of database_url"
        } else {
            "the embedded PostgreSQL"
        };
        say(format!("\nThe book {} is kept by {database}.", settings.book.value));
        Ok(())
    }
}

/// What would be refused later is said now.
fn check(settings: &Settings) -> Result<(), Failure> {
    let zone = &settings.time_zone.value;
    if zone.parse::<chrono_tz::Tz>().is_err() {
        return Err(Failure::usage(anyhow::anyhow!(
            "time_zone {zone:?} is not in the IANA time zone database"
        )));
    }
    crate::personal_data::check(settings)?;
    crate::reminders::Channels::of(settings)?;
    crate::usage::sources(settings)?;
    crate::channels::open(settings)?;
    crate::payouts::open(settings)?;
    crate::logging::check(&settings.log.value)
}

fn shown(settings: &Settings) -> Vec<Shown> {
    vec![
        row("data", &settings.data, |data| data.display().to_string()),
        row("book", &settings.book, String::clone),
        row("database_url", &settings.database_url, |url| {
            url.as_deref().map_or("none".to_owned(), without_password)
        }),
        row("log", &settings.log, String::clone),
        row("pool_connections", &settings.pool_connections, u32::to_string),
        row("cached_aggregates", &settings.cached_aggregates, usize::to_string),
        row("queue_capacity", &settings.queue_capacity, usize::to_string),
        row("host", &settings.host, |host| host.to_string()),
        row("port", &settings.port, u16::to_string),
        row("time_zone", &settings.time_zone, String::clone),
        row("metrics", &settings.metrics, bool::to_string),
        row("behind_proxy", &settings.behind_proxy, bool::to_string),
        row("refusals_kept_days", &settings.refusals_kept_days, |days| match days {
            0 => "for ever".to_owned(),
            days => days.to_string(),
        }),
        row("seller_name", &settings.seller_name, set_or_none),
        row("seller_tax_number", &settings.seller_tax_number, set_or_none),
        row("seller_contact", &settings.seller_contact, set_or_none),
        row("seller_bank", &settings.seller_bank, set_or_none),
        row("public_url", &settings.public_url, |url| match url {
            Some(url) => url.to_string(),
            None => "none".to_owned(),
        }),
        row("bill_run_at", &settings.bill_run_at, TimeOfDay::to_string),
        row("credit_limit", &settings.credit_limit, CreditPolicy::to_string),
        row("difference_limits", &settings.difference_limits, DifferenceLimits::to_string),
        row("seal_key", &settings.seal_key, |path| match path {
            Some(path) => path.display().to_string(),
            None => settings.seal_key().display().to_string(),
        }),
        row("seal_file", &settings.seal_file, |path| match path {
            Some(path) => path.display().to_string(),
            None => "none".to_owned(),
        }),
        row("personal_data_key_file", &settings.personal_data_key_file, |_| {
            settings.personal_data_key_file().display().to_string()
        }),
        row("sample", &settings.sample, SampleSize::to_string),
        row("reminder_smtp_url", &settings.reminder_smtp_url, set_or_none),
        row("reminder_smtp_user", &settings.reminder_smtp_user, set_or_none),
        row("reminder_smtp_password_file", &settings.reminder_smtp_password_file, path_or_none),
        row("reminder_from", &settings.reminder_from, set_or_none),
        row("reminder_webhook_url", &settings.reminder_webhook_url, |url| match url {
            // Its path may be all the secret there is.
            Some(_) => "•••••".to_owned(),
            None => "none".to_owned(),
        }),
        row("reminder_webhook_secret_file", &settings.reminder_webhook_secret_file, path_or_none),
        row("reminders_from", &settings.reminders_from, |time| time.format("%H:%M").to_string()),
        row("usage_sources", &settings.usage_sources, |sources| {
            let named: Vec<String> =
                sources.iter().map(|source| format!("{} {}", source.usual.name, source.when())).collect();
            if named.is_empty() { "none".to_owned() } else { named.join(", ") }
        }),
        row("channels", &settings.channels, ChannelSettings::shown),
        row("orders", &settings.orders, OrderSettings::to_string),
        row("payouts", &settings.payouts, PayoutSettings::shown),
        row("admin_password", &settings.admin_password, |password| match password {
            Some(_) => "•••••".to_owned(),
            None => "none: one is made up and shown once".to_owned(),
        }),
    ]
}

fn set_or_none(text: &Option<String>) -> String {
    text.clone().unwrap_or_else(|| "none".to_owned())
}

fn path_or_none(path: &Option<std::path::PathBuf>) -> String {
    path.as_ref().map_or_else(|| "none".to_owned(), |path| path.display().to_string())
}

fn row<T>(name: &'static str, setting: &Layered<T>, show: impl Fn(&T) -> String) -> Shown {
    Shown { name, value: show(&setting.value), source: setting.source.to_string() }
}

/// Between the first `:` after `//` and the last `@` is a password, whatever else it contains; it may also be a
/// parameter. Hides too much rather than too little.
fn without_password(url: &str) -> String {
    let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
    let (user, place) = match rest.rsplit_once('@') {
        Some((user, place)) => match user.split_once(':') {
            Some((name, _)) => (format!("{name}:•••••@"), place),
            None => (format!("{user}@"), place),
        },
        None => (String::new(), rest),
    };
    let (place, query) = place.split_once('?').unwrap_or((place, ""));
    let parameters: Vec<String> = query
        .split('&')
        .filter(|parameter| !parameter.is_empty())
        .map(|parameter| match parameter.split_once('=') {
            Some((name, _)) if name.contains("password") => format!("{name}=•••••"),
            Some(_) | None => parameter.to_owned(),
        })
        .collect();
    let question = if parameters.is_empty() { "" } else { "?" };
    format!("{scheme}://{user}{place}{question}{}", parameters.join("&"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_in_the_url_is_never_shown() {
        assert_eq!(without_password("postgres://u:s3cret@h:5432/d"), "postgres://u:•••••@h:5432/d");
        assert_eq!(without_password("postgres://u:a@b:c@h/d?x=1"), "postgres://u:•••••@h/d?x=1");
        assert_eq!(without_password("postgres://u:p?ssecret@h/d"), "postgres://u:•••••@h/d");
        assert_eq!(
            without_password("postgres://h/d?user=u&password=s&host=/s"),
            "postgres://h/d?user=u&password=•••••&host=/s"
        );
        assert_eq!(without_password("postgres://u@h/d"), "postgres://u@h/d");
    }
}
