//! The run that begins by itself, once a day, whichever process is up.

use chrono::{DateTime, NaiveDate, Utc};
use tallybook_commands::CommandContext;
use tallybook_commands::billing::{StartUsageRun, start_usage_run};
use tallybook_domain::Refusal;
use tallybook_domain::billing::UsageSourceRefusal;
use tallybook_domain::billing::usage_source::UsageRunTerms;
use tallybook_event_store::{Book, CommandError};

use super::{Source, UsageSourceError, months_to_ask};

const SCHEDULER: &str = "system:schedule";

/// The day whose run is due at a moment: today's, once its time has come.
pub(super) fn due(source: &Source, book: &Book, now: DateTime<Utc>) -> Option<NaiveDate> {
    let at = source.usual.at?;
    let now = now.with_timezone(&source.usual.time_zone.unwrap_or(book.time_zone())).naive_local();
    (now.time() >= at).then_some(now.date())
}

/// Starts the run of a day, unless any process has started it before. `Some`: why it cannot begin yet.
///
/// The key is that of source and day, and a key is good for one command in a book, whoever sends it.
pub(super) async fn start(
    book: &Book,
    source: &Source,
    day: NaiveDate,
) -> Result<Option<Refusal>, UsageSourceError> {
    let months = if source.outside().asks_by_month() {
        months_to_ask(book.today(), source.usual.previous_month_days)
    } else {
        Vec::new()
    };
    let terms = UsageRunTerms { months, scheduled: true, ..UsageRunTerms::default() };
    let key = format!("schedule/usage/{}/{day}", source.name());
    let context = CommandContext { idempotency_key: Some(key), ..in_the_name_of(SCHEDULER)? };
    let start = StartUsageRun { source: source.name().clone(), terms };
    match start_usage_run(book, context, &start).await {
        // Another process, to which the settings or the day are others, has started it.
        Ok(_) | Err(CommandError::KeyReused) => Ok(None),
        Err(CommandError::Refused(refusal)) => Ok(Some(refusal)),
        Err(error) => Err(error.into()),
    }
}

/// Starts a run for what has come; one that is under way goes on, whatever its terms.
pub(super) async fn start_watched(book: &Book, source: &Source) -> Result<(), UsageSourceError> {
    let terms = UsageRunTerms { scheduled: true, ..UsageRunTerms::default() };
    let start = StartUsageRun { source: source.name().clone(), terms };
    match start_usage_run(book, in_the_name_of(SCHEDULER)?, &start).await {
        Ok(_) | Err(CommandError::Refused(Refusal::UsageSource(UsageSourceRefusal::UnderWay { .. }))) => {
            Ok(())
        }
        Err(error) => Err(error.into()),
    }
}

pub(super) fn in_the_name_of(actor: &str) -> Result<CommandContext, UsageSourceError> {
    let actor = actor.parse().map_err(|error| {
        sqlx::Error::Configuration(format!("the name of a source's runs: {error}").into())
    })?;
    Ok(CommandContext {
        actor,
        idempotency_key: None,
        request_id: None,
        client_address: None,
        dry_run: false,
    })
}
