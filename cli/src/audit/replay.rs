//! `audit replay`: one aggregate event by event, and its state after each.

use std::io::{self, Write};

use anyhow::{Context, anyhow};
use clap::Args;
use serde::Serialize;
use serde_json::value::RawValue;
use sqlx::PgPool;
use tallybook_api::EventView;
use tallybook_domain::AggregateType;
use tallybook_event_store::Book;
use tallybook_event_store::replay::{Replay, ReplayedEvent};
use tokio_util::sync::CancellationToken;

use super::events::known;
use super::facts::Facts;
use crate::database::in_book_until;
use crate::failure::Failure;
use crate::output::{Lines, ended, moment};
use crate::settings::Settings;

/// Show an aggregate (a customer, a wallet, a bill or any other) event by event, with its state after each
///
/// The state is made anew from the first event, without any snapshot. An event that is missing, cannot be read or
/// does not fit the state it meets ends the replay with exit code 1.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  tallybook audit replay C00042.CNY
  tallybook audit replay 0199f0a4-7d5e-7c3b-9a63-2f4be8c1d000 --json")]
pub(super) struct AuditReplay {
    /// The aggregate, such as C00042 or C00042.2026-10
    id: String,
    /// What it is, where several have this id, such as usage or bill
    #[arg(long = "type", value_name = "TYPE")]
    aggregate_type: Option<AggregateType>,
    /// A JSON object on each line: the event, and the state after it
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Shown {
    event: EventView,
    state: Box<RawValue>,
}

impl AuditReplay {
    pub(super) async fn run(self, settings: &Settings, stop: CancellationToken) -> Result<(), Failure> {
        in_book_until(settings, &stop, async |book| self.replay(book).await).await
    }

    async fn replay(&self, book: &Book) -> Result<(), Failure> {
        let pool = book.pool();
        let mut replay = Replay::new(self.which(pool).await?, &self.id);
        loop {
            let page = replay.next(pool, u64::MAX).await.context("the journal cannot be read")?;
            let end = page.events.is_empty();
            if ended(self.write(page.events))? == Lines::NobodyReads {
                return Ok(());
            }
            if let Some(why) = page.stopped {
                return Err(Failure::refused(why));
            }
            if end {
                return Ok(());
            }
        }
    }

    async fn which(&self, pool: &PgPool) -> Result<AggregateType, Failure> {
        let types = known(pool, &self.id).await?;
        match (self.aggregate_type, types.as_slice()) {
            (Some(asked), types) if types.contains(&asked) => Ok(asked),
            (Some(asked), _) => Err(Failure::refused(anyhow!("the journal has no {asked} {:?}", self.id))),
            (None, [only]) => Ok(*only),
            (None, several) => {
                let names: Vec<_> = several.iter().map(|known| known.as_str()).collect();
                let names = names.join(" or ");
                Err(Failure::usage(anyhow!("several have the id {:?}: say --type {names}", self.id)))
            }
        }
    }

    fn write(&self, events: Vec<ReplayedEvent>) -> io::Result<()> {
        let mut out = io::stdout().lock();
        for replayed in events {
            if self.json {
                let state = RawValue::from_string(replayed.state)?;
                serde_json::to_writer(
                    &mut out,
                    &Shown { event: EventView::try_from(replayed.event)?, state },
                )?;
                writeln!(out)?;
            } else {
                writeln!(out, "{}", told(&replayed))?;
            }
        }
        out.flush()
    }
}

fn told(ReplayedEvent { event, state }: &ReplayedEvent) -> String {
    let facts = Facts::of(event);
    let said = |what: &str, fact: String| if fact.is_empty() { fact } else { format!("  {what} {fact}") };
    format!(
        "{}. {}  position {}  {}  by {}{}{}\n   {state}",
        event.sequence,
        event.event_type,
        event.position,
        moment(event.recorded_at),
        facts.actor(),
        said("request", facts.get("request_id")),
        said("because", facts.get("reason")),
    )
}
