//! All receipts matched, and what is sure enough written off.

use futures::{StreamExt, TryStreamExt, stream};
use serde::Serialize;
use sqlx::PgPool;
use tallybook_commands::CommandContext;
use tallybook_commands::settlement::post_match;
use tallybook_domain::settlement::WriteOffState;
use tallybook_domain::settlement::matching::{GivenUp, MatchGround, Proposal, Proposals, RuleSet, Score};
use tallybook_domain::settlement::write_off::DifferenceLimits;
use tallybook_domain::{CustomerId, MoneyError};
use tallybook_event_store::{Book, CommandError};
use tallybook_read_models::ReadError;
use tallybook_read_models::settlement::{MatchingScope, matching_book};
use utoipa::ToSchema;

use super::ProposalView;

/// What became of a proposal, and where that is recorded.
type Acted = (Matched, Option<u64>);

/// Write-offs under way at once: one commit takes many.
const AT_ONCE: usize = 32;

/// What is asked for.
#[derive(Debug, Clone)]
pub struct AutomaticRun {
    /// Only identified receipts of this customer.
    pub customer: Option<CustomerId>,
    /// So many are written off at most; if there is room, so many with those that wait are told.
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
    /// Below the score, or the payer has named another bill: somebody has to look.
    pub waiting: usize,
    /// What has changed meanwhile, or is of a receipt of which a person has undone or rejected a write-off.
    pub passed_over: usize,
    pub matches: Vec<Matched>,
    /// Proposals beyond the limit. Those that are posted come first: the next run comes to them.
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
    let (rules, rules_version, count, found) = tokio::task::spawn_blocking(move || {
        let (matcher, receipts) = read.data.matcher()?;
        let found = matcher.run(&receipts)?;
        Ok::<_, MoneyError>((matcher.rules, matcher.rules_version, receipts.len(), found))
    })
    .await??;
    let Proposals { proposals, given_up } = found;
    let all = proposals.len();
    let act = |proposal: Proposal| one(book, context, &rules, proposal, &run.limits);
    let (sure, mut others): (Vec<_>, Vec<_>) =
        proposals.into_iter().partition(|proposal| proposal.is_automatic(&rules));
    let (mut sure, mut done) = (sure.into_iter(), Vec::new());
    // What is passed over does not count: it would hold back what comes after it, now and in every run.
    let mut room = run.limit;
    while room > 0 && sure.len() > 0 {
        let next: Vec<Proposal> = sure.by_ref().take(room).collect();
        let acted: Vec<Acted> = stream::iter(next).map(act).buffered(AT_ONCE).try_collect().await?;
        room -= acted.iter().filter(|(matched, _)| matched.outcome != MatchOutcome::PassedOver).count();
        done.extend(acted);
    }
    // What only a person may do comes last.
    others.sort_by_key(|proposal| rules.posts(proposal.score));
    others.truncate(run.limit.saturating_sub(done.len()));
    done.extend(stream::iter(others).then(act).try_collect::<Vec<Acted>>().await?);
    let left = all - done.len();
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
) -> Result<Acted, CommandError> {
    let view = ProposalView::of(&proposal, rules);
    let told = |outcome, why| Matched { outcome, why, proposal: view.clone() };
    if !view.automatic {
        let undone = proposal.grounds.contains(&MatchGround::UndoneBefore) && rules.posts(proposal.score);
        let undone = undone.then(|| MatchGround::UndoneBefore.to_string());
        let outcome = if undone.is_some() { MatchOutcome::PassedOver } else { MatchOutcome::Waiting };
        return Ok((told(outcome, undone), None));
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
