//! `write-off backtest`: what rules would have done in past months, beside what people have done.

use std::path::PathBuf;

use anyhow::{Context, anyhow};
use chrono::NaiveDate;
use clap::Args;
use tallybook_domain::settlement::matching::RuleSet;
use tallybook_domain::{Money, upcasters};
use tallybook_event_store::Book;
use tallybook_event_store::journal::{head_position, page};
use tallybook_read_models::settlement::{Backtest, BacktestReport, Tally};
use tokio_util::sync::CancellationToken;

use super::rules::{in_force, read};
use crate::database::in_book_until;
use crate::failure::Failure;
use crate::output::{note, say, say_json};
use crate::progress::Progress;
use crate::settings::Settings;

/// Try rules on past months: what they would have matched, and how rightly
///
/// Reads the journal from its beginning. Each receipt that came in on these days is matched with the bills that were
/// open when a person first wrote it off, and with what was said of it when it came in; that is compared with what of
/// the person's work stands today. Nothing is changed. Exit code 1 if something the rules would post by themselves is
/// not what people did.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  tallybook write-off backtest --rules rules.json --from 2026-08-01 --to 2026-10-31
  tallybook write-off backtest --from 2026-10-01 --to 2026-10-31 --json")]
pub(super) struct BacktestCommand {
    /// The rules, as `write-off rules show` writes them [default: those that count]
    #[arg(long, value_name = "FILE")]
    rules: Option<PathBuf>,
    /// Receipts received from this day on
    #[arg(long, value_name = "DATE")]
    from: NaiveDate,
    /// Receipts received up to this day
    #[arg(long, value_name = "DATE")]
    to: NaiveDate,
    /// The report as one JSON object
    #[arg(long)]
    json: bool,
}

/// Events read at once.
const PAGE: i64 = 5_000;
/// Wrong proposals shown to people; a hundred are in the JSON.
const SHOWN: usize = 10;

impl BacktestCommand {
    pub(super) async fn run(self, settings: &Settings, stop: CancellationToken) -> Result<(), Failure> {
        if self.to < self.from {
            return Err(Failure::usage(anyhow!("--to lies before --from")));
        }
        let rules = self.rules.as_deref().map(read).transpose()?;
        in_book_until(settings, &stop, async |book| self.test(book, rules).await).await
    }

    async fn test(&self, book: &Book, rules: Option<RuleSet>) -> Result<(), Failure> {
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
        if report.automatic.wrong == 0 { Ok(()) } else { Err(Failure::Reported) }
    }

    async fn replay(&self, book: &Book, rules: RuleSet) -> Result<BacktestReport, Failure> {
        let (pool, upcasters) = (book.pool(), upcasters());
        let head = head_position(pool).await?;
        let progress = Progress::over(head, "events", self.json);
        let mut backtest = Backtest::new(rules, self.from, self.to);
        let mut after = 0;
        loop {
            let events = page(pool, after, PAGE).await?;
            let Some(last) = events.last() else { break };
            after = last.position;
            for stored in &events {
                let event = stored.decode(&upcasters).map_err(Failure::refused)?;
                backtest.take_in(&event.event).map_err(Failure::refused)?;
            }
            progress.advance_rows(events.len());
        }
        progress.finish();
        backtest.finish().map_err(Failure::refused)
    }
}

fn show(report: &BacktestReport) {
    let BacktestReport { receipts, by_people, not_found, .. } = report;
    say(format!("{receipts} receipts, {by_people} of them written off by people"));
    say(format!(
        "{:<18} {:>9} {:>13} {:>7} {:>7} {:>9}  wrong by",
        "", "proposals", "as people did", "partly", "wrong", "not done"
    ));
    say(line("all", &report.matched));
    say(line("by themselves", &report.automatic));
    for (rule, tally) in &report.by_rule {
        say(line(rule.as_str(), tally));
    }
    say(format!("{not_found} written off by people, and nothing found"));
    for compared in report.wrong.iter().take(SHOWN) {
        let (receipt, rule, score) = (&compared.receipt, compared.rule, compared.score);
        note(format!("{receipt}: {rule} {score} wrong by {} ({})", compared.wrong_by, compared.reasons));
    }
}

fn line(name: &str, tally: &Tally) -> String {
    let Tally { proposals, as_people_did, partly, wrong, wrong_by, not_done } = tally;
    let wrong_by: Vec<String> = wrong_by.iter().map(Money::to_string).collect();
    let wrong_by = wrong_by.join(", ");
    format!("{name:<18} {proposals:>9} {as_people_did:>13} {partly:>7} {wrong:>7} {not_done:>9}  {wrong_by}")
}
