//! Asking for the approval of what has begun to wait, by the rules that count now.

use tallybook_domain::Refusal;
use tallybook_domain::approvals::approval::Asked;
use tallybook_domain::approvals::{Approval, ApprovalCommand, ApprovalId, ApprovalRules};
use tallybook_domain::text::Reason;
use tallybook_event_store::Decision;

use super::subject::{Subject, Waiting};

/// Nothing, if it does not wait: what one person may do alone asks nobody.
pub(crate) fn ask(
    decision: &mut Decision<'_>,
    subject: &Subject,
    why: Option<&Reason>,
) -> Result<(), Refusal> {
    let Some(waiting) = subject.waiting(decision)? else { return Ok(()) };
    let Waiting { requested_by, customer, amounts, why: known } = waiting;
    let name = subject.name();
    let rules = decision.state::<ApprovalRules>(ApprovalRules::STREAM);
    let (terms, rules_version) = (rules.rules().terms(name.kind()).clone(), rules.version());
    let (stream, now) = (name.to_string(), decision.now());
    let asked = Asked { subject: name, customer, amounts, why: why.cloned().or(known), requested_by };
    let request = ApprovalCommand::Request { asked, terms, rules_version, now };
    decision.decide::<Approval>(&stream, request)?;
    Ok(())
}

/// Whether changes of price plans take a second person by the rules that count now.
pub(crate) fn price_plan_changes_wait(decision: &Decision<'_>) -> bool {
    decision.state::<ApprovalRules>(ApprovalRules::STREAM).price_plan_changes()
}

/// What somebody has to decide, while it waits for anybody.
pub(crate) fn open_approval(decision: &Decision<'_>, subject: &Subject) -> Option<ApprovalId> {
    let approval = decision.state::<Approval>(&subject.name().to_string());
    if approval.is_open() { approval.approval().cloned() } else { None }
}

/// How many have still to agree, while it waits for somebody.
pub(crate) fn missing_approvals(decision: &Decision<'_>, subject: &Subject) -> Option<u32> {
    let approval = decision.state::<Approval>(&subject.name().to_string());
    approval.is_open().then(|| approval.missing())
}
