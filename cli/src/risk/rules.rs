//! `risk rules`: the rules of risk, shown and changed.

use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow};
use clap::{Args, Subcommand};
use tallybook_commands::CommandContext;
use tallybook_commands::risk::{ChangeRiskRules, change_risk_rules};
use tallybook_domain::risk::{RiskRuleSet, RiskRules, RiskRulesEvent};
use tallybook_domain::{AggregateType, EventSourced, upcasters};
use tallybook_event_store::Book;
use tallybook_event_store::replay::Replay;
use tokio_util::sync::CancellationToken;

use crate::database::in_book_until;
use crate::environment;
use crate::failure::Failure;
use crate::output::{note, say, say_json};
use crate::settings::Settings;

/// Show the rules of risk, or change them
#[derive(Debug, Args)]
pub(super) struct RulesCommand {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    Show(ShowCommand),
    Set(SetCommand),
}

/// Show the rules that count, as a file that can be changed and set
#[derive(Debug, Args)]
#[command(after_help = "Example:
  tallybook risk rules show > rules.json")]
struct ShowCommand {}

/// Change all rules at once, as a new version
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  tallybook risk rules set rules.json --dry-run
  tallybook risk rules set rules.json --expected-version 3")]
struct SetCommand {
    /// The rules, as `rules show` writes them
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The version that was changed: refused, if somebody else has changed it meanwhile
    #[arg(long, value_name = "VERSION")]
    expected_version: Option<u32>,
    /// Check everything and write nothing
    #[arg(long)]
    dry_run: bool,
}

impl RulesCommand {
    pub(super) async fn run(self, settings: &Settings, stop: CancellationToken) -> Result<(), Failure> {
        match self.what {
            What::Show(ShowCommand {}) => {
                in_book_until(settings, &stop, async |book| {
                    let (version, rules) = in_force(book).await?;
                    note(format!("version {version}"));
                    Ok(say_json(&rules).context("the rules")?)
                })
                .await
            }
            What::Set(set) => {
                let rules = read(&set.file)?;
                in_book_until(settings, &stop, async |book| set.change(book, rules).await).await
            }
        }
    }
}

impl SetCommand {
    async fn change(&self, book: &Book, rules: RiskRuleSet) -> Result<(), Failure> {
        let context = CommandContext {
            actor: environment::actor()?,
            idempotency_key: None,
            request_id: None,
            client_address: None,
            dry_run: self.dry_run,
        };
        let change = ChangeRiskRules { rules, expected_version: self.expected_version };
        let version = change_risk_rules(book, context, change).await?.outcome.version;
        let would = if self.dry_run { "would be" } else { "are" };
        say(format!("the rules {would} at version {version}"));
        Ok(())
    }
}

/// Rules of a file. That they make sense is checked here too, so that nobody waits for a database to be told.
pub(super) fn read(file: &Path) -> Result<RiskRuleSet, Failure> {
    let text = std::fs::read_to_string(file)
        .with_context(|| format!("cannot read {}", file.display()))
        .map_err(Failure::usage)?;
    let rules: RiskRuleSet = serde_json::from_str(&text)
        .with_context(|| format!("{} does not hold rules", file.display()))
        .map_err(Failure::usage)?;
    rules.check().map_err(|invalid| {
        Failure::usage(anyhow!("{} of {}: {invalid}", invalid.pointer(), file.display()))
    })?;
    Ok(rules)
}

/// As the journal has them, whatever has been projected.
pub(super) async fn in_force(book: &Book) -> Result<(u32, RiskRuleSet), Failure> {
    let mut replay = Replay::new(AggregateType::RiskRules, RiskRules::STREAM);
    let mut latest = (0, RiskRuleSet::beginning());
    loop {
        let page = replay.next(book.pool(), u64::MAX).await.context("the journal cannot be read")?;
        if let Some(why) = page.stopped {
            return Err(Failure::refused(why));
        }
        let Some(last) = page.events.last() else { return Ok(latest) };
        let event = last.event.decode(&upcasters()).map_err(Failure::refused)?.event;
        if let Some(RiskRulesEvent::RiskRulesChanged { version, review_from, block_from, rules }) =
            RiskRules::pick(&event)
        {
            latest = (
                *version,
                RiskRuleSet { review_from: *review_from, block_from: *block_from, rules: rules.clone() },
            );
        }
    }
}
