//! `audit events`: the events that answer to conditions, in the order of the journal.

use anyhow::{Context, anyhow};
use clap::{Args, ValueEnum};
use sqlx::PgPool;
use tallybook_domain::BookEvent;
use tallybook_event_store::Book;
use tallybook_event_store::journal::head_position;
use tallybook_event_store::replay::types_of;
use tallybook_event_store::search::{Conditions, Search};
use tokio_util::sync::CancellationToken;

use super::event_file::EventFile;
use super::journal_bound::JournalBound;
use crate::argument::no_event_yet;
use crate::database::in_book_until;
use crate::failure::Failure;
use crate::output::{Lines, note};
use crate::settings::Settings;

/// List events: who did what, when and by which request
///
/// An event is listed if it answers to every condition given. Without --aggregate the journal is read from --from to
/// --to. Memory is bounded, however many events there are.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  tallybook audit events --aggregate C00042.CNY
  tallybook audit events --from 2026-03-01 --to 2026-03-31 --type DepositReversed
  tallybook audit events --actor user:fin --format csv > fin.csv
  tallybook audit events --from 2026-03-31T17:30:00+08:00 --format json")]
pub(super) struct AuditEvents {
    /// The events of this aggregate: a customer, a wallet, a bill or any other
    #[arg(long, value_name = "ID")]
    aggregate: Option<String>,
    /// From this position, day (of the book's time zone) or moment on
    #[arg(long, value_name = "POSITION|DATE|TIME")]
    from: Option<JournalBound>,
    /// Up to this position, day or moment, itself included
    #[arg(long, value_name = "POSITION|DATE|TIME")]
    to: Option<JournalBound>,
    /// The events of this type
    #[arg(long = "type", value_name = "TYPE", value_parser = event_type)]
    event_type: Option<String>,
    /// What this user, key or program did
    #[arg(long, value_name = "ACTOR")]
    actor: Option<String>,
    /// How to write them
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
    /// The same as --format json
    #[arg(long, conflicts_with = "format")]
    json: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// For people, without the payloads
    Table,
    /// A JSON object on each line, as in GET /v1/events
    Json,
    /// RFC 4180
    Csv,
}

fn event_type(word: &str) -> Result<String, String> {
    let mut known = BookEvent::KINDS.iter().flat_map(|(_, kinds)| kinds.iter()).map(|kind| kind.name);
    if known.clone().any(|name| name == word) {
        return Ok(word.to_owned());
    }
    let first = known.next().unwrap_or("none");
    Err(format!("must be one of {}", known.fold(first.to_owned(), |list, name| format!("{list}, {name}"))))
}

impl AuditEvents {
    pub(super) async fn run(self, settings: &Settings, stop: CancellationToken) -> Result<(), Failure> {
        JournalBound::in_order(self.from, self.to)?;
        in_book_until(settings, &stop, async |book| self.list(book).await).await
    }

    async fn list(&self, book: &Book) -> Result<(), Failure> {
        let pool = book.pool();
        let searches = self.conditions(book).await?;
        let mut file = EventFile::begin(if self.json { Format::Json } else { self.format })?;
        let mut count: u64 = 0;
        for conditions in searches {
            let mut search = Search::new(conditions);
            loop {
                let events = search.next(pool).await?;
                if events.is_empty() {
                    break;
                }
                count += events.len() as u64;
                if file.write(events)? == Lines::NobodyReads {
                    return Ok(());
                }
            }
        }
        note(format!("{count} events"));
        Ok(())
    }

    /// One search, or one for each aggregate that has this id.
    async fn conditions(&self, book: &Book) -> Result<Vec<Conditions>, Failure> {
        let (pool, zone) = (book.pool(), book.time_zone());
        let head = head_position(pool).await?;
        let from = match self.from {
            Some(bound) => bound.first(pool, zone).await?,
            None => 1,
        };
        let to = match self.to {
            Some(bound) => bound.last(pool, zone).await?,
            None => u64::MAX,
        };
        if matches!(self.from, Some(JournalBound::Position(_))) && from > head {
            return Err(no_event_yet(from, head));
        }
        // A day or an hour without events ends just before it begins.
        if from > to.saturating_add(1) {
            return Err(Failure::usage(anyhow!("--to lies before --from")));
        }
        let all = Conditions {
            from,
            to: to.min(head),
            aggregate: None,
            event_type: self.event_type.clone(),
            actor: self.actor.clone(),
        };
        let Some(id) = &self.aggregate else { return Ok(vec![all]) };
        let types = known(pool, id).await?;
        Ok(types
            .into_iter()
            .map(|of| Conditions { aggregate: Some((of, id.clone())), ..all.clone() })
            .collect())
    }
}

/// The types of the aggregates with this id; none is a refusal.
pub(super) async fn known(pool: &PgPool, id: &str) -> Result<Vec<tallybook_domain::AggregateType>, Failure> {
    let types = types_of(pool, id).await.context("the journal cannot be read")?;
    if types.is_empty() {
        return Err(Failure::refused(anyhow!("the journal has no event of {id:?}")));
    }
    Ok(types)
}
