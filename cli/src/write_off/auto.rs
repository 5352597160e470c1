//! `write-off auto`: all receipts matched, and what is sure enough written off.

use std::time::Duration;

use anyhow::Context;
use clap::Args;
use serde::Serialize;
use tallybook_api::matching::{AutomaticRun, AutomaticWriteOffs, MatchOutcome, Matched, write_off_matches};
use tallybook_commands::CommandContext;
use tallybook_domain::settlement::write_off::DifferenceLimits;
use tallybook_domain::{CustomerId, Money};
use tallybook_event_store::Book;
use tallybook_event_store::journal::head_position;
use tallybook_projector::wait_for;
use tallybook_read_models::settlement::matching_projections;
use tokio_util::sync::CancellationToken;

use crate::database::in_book_until;
use crate::environment;
use crate::failure::Failure;
use crate::output::{note, say, say_json};
use crate::settings::{Settings, WriteOffFlags};

/// Match receipts with open bills, and write off what is sure
///
/// Each rule goes over all receipts before the next one. What scores at least what the rules ask for is written off,
/// each by a decision of its own that keeps its score, reasons and version of the rules; the rest waits for a person. It
/// can be stopped, or die, at any point: run again, it goes on, and nothing is written off twice.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  tallybook write-off auto --dry-run
  tallybook write-off auto --customer C00042 --json")]
pub(super) struct AutoCommand {
    /// Only identified receipts of this customer
    #[arg(long, value_name = "ID")]
    customer: Option<CustomerId>,
    /// Check everything and write nothing
    #[arg(long)]
    dry_run: bool,
    /// Write-offs at most; if there is room, so many with those that wait are shown
    #[arg(long, value_name = "COUNT", default_value_t = 5_000)]
    limit: usize,
    /// What came of it as one JSON object
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    pub(super) settings: WriteOffFlags,
}

/// Until the read tables have come as far as the journal.
const PATIENCE: Duration = Duration::from_secs(30);
/// Proposals shown to people; all of them are in the JSON.
const SHOWN: usize = 50;

#[derive(Serialize)]
struct Told<'a> {
    dry_run: bool,
    #[serde(flatten)]
    outcome: &'a AutomaticWriteOffs,
    /// The last position that was written, or that was read if nothing was.
    position: u64,
}

impl AutoCommand {
    pub(super) async fn run(self, settings: &Settings, stop: CancellationToken) -> Result<(), Failure> {
        in_book_until(settings, &stop, async |book| {
            self.carry_out(book, &settings.difference_limits.value).await
        })
        .await
    }

    async fn carry_out(&self, book: &Book, limits: &DifferenceLimits) -> Result<(), Failure> {
        let head = head_position(book.pool()).await?;
        wait_for(book.pool(), &matching_projections(), head, PATIENCE)
            .await
            .context("the read tables are not there yet: is `tallybook projector run` or `up` at work?")
            .map_err(Failure::environment)?;
        let context = CommandContext {
            actor: environment::actor()?,
            idempotency_key: None,
            request_id: None,
            client_address: None,
            dry_run: self.dry_run,
        };
        let (customer, limit) = (self.customer.clone(), self.limit);
        let run = AutomaticRun { customer, limit, limits: limits.clone() };
        let (outcome, position) = write_off_matches(book, book.pool(), &context, &run).await?;
        if self.json {
            say_json(&Told { dry_run: self.dry_run, outcome: &outcome, position }).context("the outcome")?;
        } else {
            self.show(&outcome, position);
        }
        Ok(())
    }

    fn show(&self, outcome: &AutomaticWriteOffs, position: u64) {
        let AutomaticWriteOffs { receipts, rules_version, automatic_from, .. } = outcome;
        say(format!("{receipts} receipts matched by version {rules_version} of the rules"));
        let from = automatic_from.map_or("nothing by itself".to_owned(), |from| format!("from {from} on"));
        let posted = if self.dry_run { "would post" } else { "posted" };
        say(format!("  {posted:<12} {} ({from})", outcome.posted));
        say(format!("  {:<12} {}", "to approve", outcome.proposed));
        say(format!("  {:<12} {}", "waiting", outcome.waiting));
        say(format!("  {:<12} {}", "passed over", outcome.passed_over));
        say(format!("  {:<12} {position}", "position"));
        for matched in outcome.matches.iter().take(SHOWN) {
            say(line(matched, posted));
        }
        let more = outcome.matches.len().saturating_sub(SHOWN) + outcome.left;
        if more > 0 {
            note(format!("… and {more} more: --json shows them"));
        }
        outcome.given_up.iter().for_each(note);
    }
}

fn line(Matched { outcome, why, proposal }: &Matched, posted: &str) -> String {
    let word = match outcome {
        MatchOutcome::Posted => posted,
        MatchOutcome::Proposed => "to approve",
        MatchOutcome::Waiting => "waiting",
        MatchOutcome::PassedOver => "passed over",
    };
    let legs: Vec<String> = proposal.legs.iter().map(|leg| to_bill(&leg.amount, leg.bill.as_str())).collect();
    let reasons = why.clone().unwrap_or_else(|| proposal.reasons.join("; "));
    format!(
        "{word:<11} {} {} {}: {} ({reasons})",
        proposal.score,
        proposal.receipt,
        proposal.rule,
        legs.join(", ")
    )
}

fn to_bill(amount: &Money, bill: &str) -> String {
    format!("{} to {bill}", amount.amount())
}
