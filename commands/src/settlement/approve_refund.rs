//! Someone other than who asked has what is left of a receipt paid back.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use tallybook_domain::approvals::{ApprovalId, Given};
use tallybook_domain::customers::Customer;
use tallybook_domain::deposits::WithdrawalRefusal;
use tallybook_domain::settlement::receipt::RefundRequest;
use tallybook_domain::settlement::{Receipt, ReceiptCommand, ReceiptId, ReceiptRefusal};
use tallybook_domain::{Actor, Money, Refusal};
use tallybook_event_store::{Book, CommandError, Decision, Receipt as Answer};

use super::ReceiptOutcome;
use crate::CommandContext;
use crate::approvals::{Agreed, Decider, Subject, Waiting, agree, missing_approvals};

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ApproveRefund {
    pub receipt: ReceiptId,
    /// What is approved; whatever is asked for, if not given.
    #[serde(default)]
    pub amount: Option<Money>,
    /// What was looked at: refused once it is decided, also if the same is asked for again. Whatever waits, if not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approval: Option<ApprovalId>,
    /// Today, if not given. That of the last one who approves counts.
    #[serde(default)]
    pub effective_date: Option<NaiveDate>,
}

/// Refused while the customer is suspended: no money goes out. It goes out once as many have approved as it takes.
pub async fn approve_refund(
    book: &Book,
    context: CommandContext,
    approve: ApproveRefund,
) -> Result<Answer<ReceiptOutcome>, CommandError> {
    let decider =
        Decider::approving(book, Given::alone(context.actor.clone()), approve.approval.clone()).await?;
    let request = context.request("approve_refund", &approve)?;
    let subject = Subject::Refund(approve.receipt.clone());
    book.execute(request, subject.streams(), move |decision| {
        let ApproveRefund { receipt, amount, effective_date, approval: _ } = approve.clone();
        decision.state::<Receipt>(receipt.as_str()).check_refund_is(&receipt, amount)?;
        match agree(decision, &subject, &decider, None)? {
            Agreed::NotYet => {}
            Agreed::Enough | Agreed::Before => {
                approve_refund_of(decision, &receipt, &decider.given.by, effective_date)?;
            }
        }
        let outcome = ReceiptOutcome::of(decision, &receipt)?;
        Ok(ReceiptOutcome { missing_approvals: missing_approvals(decision, &subject), ..outcome })
    })
    .await
}

/// As the last of those it takes.
pub(crate) fn approve_refund_of(
    decision: &mut Decision<'_>,
    id: &ReceiptId,
    by: &Actor,
    effective_date: Option<NaiveDate>,
) -> Result<(), Refusal> {
    let today = decision.today();
    let receipt = decision.state::<Receipt>(id.as_str());
    let effective_date = effective_date.unwrap_or_else(|| receipt.effective_date_by_default(today));
    let (receipt, approved_by) = (id.clone(), by.clone());
    let step = ReceiptCommand::ApproveRefund { receipt, amount: None, approved_by, effective_date, today };
    decision.decide::<Receipt>(id.as_str(), step)?;
    check_may_approve_refund(decision, id)
}

/// Nobody agrees to what could not be paid back.
pub(crate) fn check_may_approve_refund(decision: &mut Decision<'_>, id: &ReceiptId) -> Result<(), Refusal> {
    let not_found = || ReceiptRefusal::NotFound { receipt: id.clone() };
    let customer = decision.state::<Receipt>(id.as_str()).customer().cloned().ok_or_else(not_found)?;
    if !decision.holds::<Customer>(customer.as_str()) {
        return Err(not_found().into());
    }
    if !decision.state::<Customer>(customer.as_str()).may_withdraw() {
        return Err(WithdrawalRefusal::WalletSuspended { customer }.into());
    }
    Ok(())
}

pub(crate) fn waiting_refund(decision: &Decision<'_>, receipt: &ReceiptId) -> Option<Waiting> {
    let receipt = decision.state::<Receipt>(receipt.as_str());
    let RefundRequest { amount, requested_by } = receipt.refund()?.clone();
    let (customer, amounts) = (receipt.customer().cloned(), vec![amount]);
    Some(Waiting { requested_by, customer, amounts, why: None })
}
