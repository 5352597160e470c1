//! `risk replay`: what rules would have made of withdrawals of the past.

use std::path::PathBuf;

use anyhow::{Context, anyhow};
use chrono::NaiveDate;
use clap::Args;
use tallybook_domain::risk::{RiskHistory, RiskOutcome, RiskRuleSet};
use tallybook_domain::{AggregateType, EventSourced, upcasters};
use tallybook_event_store::Book;
use tallybook_event_store::journal::{head_position, page};
use tallybook_read_models::risk::{Moved, RiskReplay, RiskReplayReport};
use tokio_util::sync::CancellationToken;

use super::rules::{in_force, read};
use crate::database::in_book_until;
use crate::failure::Failure;
use crate::output::{note, say, say_json};
use crate::progress::Progress;
use crate::settings::Settings;

/// Try rules on past withdrawals: which they would have stopped, and which let through
///
/// Reads the journal from its beginning. Each withdrawal that was asked for on these days is judged by the rules, on
/// what was known of it then. Nothing is changed.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  tallybook risk replay --rules rules.json --from 2026-08-01 --to 2026-10-31
  tallybook risk replay --from 2026-10-01 --to 2026-10-31 --json")]
pub(super) struct ReplayCommand {
    /// The rules, as `risk rules show` writes them [default: those that count]
    #[arg(long, value_name = "FILE")]
    rules: Option<PathBuf>,
    /// Withdrawals asked for from this day on
    #[arg(long, value_name = "DATE")]
    from: NaiveDate,
    /// Withdrawals asked for up to this day
    #[arg(long, value_name = "DATE")]
    to: NaiveDate,
    /// The report as one JSON object
    #[arg(long)]
    json: bool,
}

/// Events read at once.
const PAGE: i64 = 5_000;
/// Withdrawals shown to people; a hundred are in the JSON.
const SHOWN: usize = 10;

impl ReplayCommand {
    pub(super) async fn run(self, settings: &Settings, stop: CancellationToken) -> Result<(), Failure> {
        if self.to < self.from {
            return Err(Failure::usage(anyhow!("--to lies before --from")));
        }
        let rules = self.rules.as_deref().map(read).transpose()?;
        in_book_until(settings, &stop, async |book| self.show(book, rules).await).await
    }

    async fn show(&self, book: &Book, rules: Option<RiskRuleSet>) -> Result<(), Failure> {
        let rules = match rules {
            Some(rules) => rules,
            None => in_force(book).await?.1,
        };
        let report = self.replay(book, rules).await?;
        if self.json {
            say_json(&report).context("the report")?;
        } else {
            show(&report);
        }
        Ok(())
    }

    async fn replay(&self, book: &Book, rules: RiskRuleSet) -> Result<RiskReplayReport, Failure> {
        let (pool, upcasters) = (book.pool(), upcasters());
        let progress = Progress::over(head_position(pool).await?, "events", self.json);
        let mut replay = RiskReplay::new(rules, self.from, self.to);
        let mut after = 0;
        loop {
            let events = page(pool, after, PAGE).await?;
            let Some(last) = events.last() else { break };
            after = last.position;
            for stored in
                events.iter().filter(|stored| stored.aggregate_type == AggregateType::RiskHistory.as_str())
            {
                let event = stored.decode(&upcasters).map_err(Failure::refused)?;
                if let Some(judged) = RiskHistory::pick(&event.event) {
                    replay.take_in(judged).map_err(Failure::refused)?;
                }
            }
            progress.advance_rows(events.len());
        }
        progress.finish();
        Ok(replay.finish())
    }
}

fn show(report: &RiskReplayReport) {
    let RiskReplayReport { withdrawals, before, after, stopped, let_through } = report;
    say(format!("{withdrawals} withdrawals"));
    say(format!("{:<8} {:>8} {:>8}", "", "before", "after"));
    for outcome in RiskOutcome::ALL {
        let of = |counts: &std::collections::BTreeMap<RiskOutcome, u64>| {
            counts.get(&outcome).copied().unwrap_or(0)
        };
        say(format!("{:<8} {:>8} {:>8}", outcome.as_str(), of(before), of(after)));
    }
    show_moved("would have been stopped", stopped);
    show_moved("would have been let through", let_through);
}

fn show_moved(what: &str, moved: &Moved) {
    let amounts: Vec<String> =
        moved.amounts.iter().map(|total| format!("{} {}", total.written(), total.currency())).collect();
    say(format!(
        "{} {what}: {}",
        moved.count,
        if amounts.is_empty() { "nothing".into() } else { amounts.join(", ") }
    ));
    for one in moved.withdrawals.iter().take(SHOWN) {
        let (withdrawal, date, amount) = (&one.withdrawal, one.date, one.amount);
        note(format!(
            "{withdrawal} of {date}, {amount}: {} instead of {} ({})",
            one.after,
            one.before,
            one.reasons.join("; ")
        ));
    }
}
