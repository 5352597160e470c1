//! Nobody has decided in time: what was asked for does not happen, and what is owed is asked for again.

use tallybook_domain::approvals::{Approval, ApprovalCommand, ApprovalId, ApprovalRefusal};
use tallybook_domain::text::Reason;
use tallybook_event_store::{Book, CommandError, Receipt};

use super::ApprovalOutcome;
use super::ask::ask;
use super::subject::Subject;
use crate::CommandContext;

/// Refused before its time; what was decided meanwhile stays so.
pub async fn expire_approval(
    book: &Book,
    context: CommandContext,
    approval: ApprovalId,
) -> Result<Receipt<ApprovalOutcome>, CommandError> {
    let by = context.actor.clone();
    let request = context.request("expire_approval", &approval)?;
    let subject = Subject::of(book, approval.subject()).await?;
    book.execute(request, subject.streams(), move |decision| {
        let (name, now) = (subject.name(), decision.now());
        let expire = ApprovalCommand::Expire { approval: approval.clone(), now };
        let expired_now = decision.decide::<Approval>(&name.to_string(), expire)? > 0;
        if expired_now && subject.waiting(decision)?.is_some() {
            if subject.is_owed(decision) {
                ask(decision, &subject, None)?;
            } else {
                subject.reject(decision, &by, &not_in_time(&approval)?)?;
            }
        }
        ApprovalOutcome::of(decision, &name)
    })
    .await
}

fn not_in_time(approval: &ApprovalId) -> Result<Reason, ApprovalRefusal> {
    let reason = format!("{approval} expired before it was approved").parse();
    reason.map_err(|_| ApprovalRefusal::NotFound { subject: approval.subject() })
}
