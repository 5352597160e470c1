//! All receipts matched, and what is sure enough written off.

use futures::{StreamExt, TryStreamExt, stream};
use serde::Serialize;
use sqlx::PgPool;
use tallybook_commands::CommandContext;
use tallybook_commands::settlement::post_match;
use tallybook_domain::settlement::WriteOffState;
use tallybook_domain::settlement::matching::{GivenUp, Proposal, Proposals, RuleSet, Score};
use tallybook_domain::settlement::write_off::DifferenceLimits;
use tallybook_domain::{CustomerId, MoneyError};
use tallybook_event_store::{Book, CommandError};
use tallybook_read_models::ReadError;
use tallybook_read_models::settlement::{MatchingScope, matching_book};
use utoipa::ToSchema;

use super::ProposalView;

/// Write-offs under way at once: one commit takes many.
const AT_ONCE: usize = 32;

/// What is asked for.
#[derive(Debug, Clone)]
pub struct AutomaticRun {
    /// Only identified receipts of this customer.
    pub customer: Option<CustomerId>,
    /// So many proposals are acted on and told.
    pub limit: usize,
    pub limits: DifferenceLimits,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct AutomaticWriteOffs {
    /// Receipts of which something was free.
    pub receipts: usize,
    /// The version of the book's rules.
    pub rules_version: u32,
    /// From this score on a proposal is posted; `null`: none is.
    #[schema(value_type = Option<String>, example = "0.95")]
    pub automatic_from: Option<Score>,
    /// Written off, or in a dry run what would be.
    pub posted: usize,
    /// Of a difference above the limit of who asks: an approver has to say so.
    pub proposed: usize,
    /// Below the score: somebody has to look.
    pub waiting: usize,
    /// What has changed meanwhile, or a person has rejected or undone before.
    pub passed_over: usize,
    pub matches: Vec<Matched>,
    /// Proposals beyond the limit, which the next run comes to.
    pub left: usize,
    /// Searches that have not tried everything, in words.
    pub given_up: Vec<String>,
}

/// A proposal and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Matched {
    pub outcome: MatchOutcome,
    /// Why it was passed over.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub why: Option<String>,
    #[serde(flatten)]
    pub proposal: ProposalView,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MatchOutcome {
    Posted,
    Proposed,
    Waiting,
    PassedOver,
}

#[derive(Debug, thiserror::Error)]
pub enum MatchingError {
    #[error(transparent)]
    Read(#[from] ReadError),
    #[error(transparent)]
    Money(#[from] MoneyError),
    #[error(transparent)]
    Command(#[from] CommandError),
    #[error("the search was stopped: {0}")]
    Stopped(#[from] tokio::task::JoinError),
}

/// Matches and writes off; answers with what came of it and the last position of the journal it has written to. In a
/// dry run everything is checked and nothing written.
///
/// Run again, or by two at once, it does nothing twice: the same legs are the same write-off.
pub async fn write_off_matches(
    book: &Book,
    pool: &PgPool,
    context: &CommandContext,
    run: &AutomaticRun,
) -> Result<(AutomaticWriteOffs, u64), MatchingError> {
    let scope = run.customer.clone().map_or(MatchingScope::All, MatchingScope::Customer);
    let read = matching_book(pool, &scope).await?;
    let (mut matcher, receipts) = (read.data.matcher, read.data.receipts);
    let (rules, rules_version) = (matcher.rules.clone(), matcher.rules_version);
    let count = receipts.len();
    let found = tokio::task::spawn_blocking(move || matcher.run(&receipts)).await??;
    let Proposals { mut proposals, given_up } = found;
    // What is sure comes first, so that a limit does not hold it back.
    proposals.sort_by_key(|proposal| !rules.posts(proposal.score));
    let left = proposals.len().saturating_sub(run.limit);
    proposals.truncate(run.limit);
    let act = |proposal: Proposal| one(book, context, &rules, proposal, &run.limits);
    let done: Vec<(Matched, Option<u64>)> =
        stream::iter(proposals).map(act).buffered(AT_ONCE).try_collect().await?;
    let position = done.iter().filter_map(|(_, position)| *position).max().unwrap_or(read.position);
    let matches: Vec<Matched> = done.into_iter().map(|(matched, _)| matched).collect();
    let counted = |outcome| matches.iter().filter(|matched| matched.outcome == outcome).count();
    let outcome = AutomaticWriteOffs {
        receipts: count,
        rules_version,
        automatic_from: rules.automatic_from,
        posted: counted(MatchOutcome::Posted),
        proposed: counted(MatchOutcome::Proposed),
        waiting: counted(MatchOutcome::Waiting),
        passed_over: counted(MatchOutcome::PassedOver),
        left,
        given_up: given_up.iter().map(GivenUp::to_string).collect(),
        matches,
    };
    Ok((outcome, position))
}

async fn one(
    book: &Book,
    context: &CommandContext,
    rules: &RuleSet,
    proposal: Proposal,
    limits: &DifferenceLimits,
) -> Result<(Matched, Option<u64>), CommandError> {
    let view = ProposalView::of(&proposal, rules);
    let told = |outcome, why| Matched { outcome, why, proposal: view.clone() };
    if !view.automatic {
        return Ok((told(MatchOutcome::Waiting, None), None));
    }
    // Each write-off is a command of its own, known by its id.
    let context = CommandContext { idempotency_key: None, ..context.clone() };
    match post_match(book, context, &proposal, limits.clone()).await {
        Ok(answer) => {
            let waits = answer.outcome.state == WriteOffState::Proposed;
            let outcome = if waits { MatchOutcome::Proposed } else { MatchOutcome::Posted };
            Ok((told(outcome, None), Some(answer.position)))
        }
        Err(CommandError::Refused(refusal)) => {
            Ok((told(MatchOutcome::PassedOver, Some(refusal.to_string())), None))
        }
        Err(
            failed @ (CommandError::KeyReused
            | CommandError::Busy
            | CommandError::Unavailable
            | CommandError::OutcomeUnknown { .. }
            | CommandError::Corrupt(_)),
        ) => Err(failed),
    }
}
