//! A bill is taken back: nobody owes it any longer, and its usage can be billed again.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use tallybook_domain::billing::bill::StepDate;
use tallybook_domain::billing::{
    Bill, BillCommand, BillId, BillNumber, BillRefusal, BillState, Usage, UsageCommand, UsageId,
};
use tallybook_domain::text::Reason;
use tallybook_domain::{Money, Refusal};
use tallybook_event_store::{Book, CommandError, Decision, Receipt, StreamKey};

use super::prepaid::return_to_wallet;
use crate::CommandContext;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct VoidBill {
    pub bill: BillId,
    pub reason: Reason,
    /// Today, or the day of issue if that is later, if not given.
    #[serde(default)]
    pub effective_date: Option<NaiveDate>,
}

/// The bill as the command left it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BillOutcome {
    pub id: BillId,
    pub state: BillState,
    pub number: Option<BillNumber>,
    /// What is owed of it; nothing unless it is issued.
    pub open: Option<Money>,
}

/// A voided bill, and what came back of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VoidedBill {
    #[serde(flatten)]
    pub bill: BillOutcome,
    /// What the customer's wallet had paid and has back now.
    #[serde(default)]
    pub returned: Option<Money>,
}

/// Voids a draft, or an issued bill nothing has been applied to but what the customer's wallet paid, which goes back.
pub async fn void_bill(
    book: &Book,
    context: CommandContext,
    void: VoidBill,
) -> Result<Receipt<VoidedBill>, CommandError> {
    let request = context.request_because("void_bill", Some(&void.reason), &void)?;
    let usage = UsageId::new(&void.bill.customer(), void.bill.month());
    let streams = vec![StreamKey::existing::<Bill>(&void.bill), StreamKey::existing::<Usage>(&usage)];
    book.execute(request, streams, move |decision| {
        let VoidBill { bill, reason, effective_date } = void.clone();
        let date = StepDate { given: effective_date, today: decision.today() };
        let back = decision.state::<Bill>(bill.as_str()).returned_by_voiding(&bill, date)?;
        let returned = return_to_wallet(decision, &bill, back)?;
        let command = BillCommand::Void { bill: bill.clone(), reason, date };
        if decision.decide::<Bill>(bill.as_str(), command)? > 0 {
            let voided_on = decision.state::<Bill>(bill.as_str()).owed_until();
            let free = UsageCommand::Unbill { usage: usage.clone(), bill: bill.clone(), voided_on };
            decision.decide::<Usage>(usage.as_str(), free)?;
        }
        Ok(VoidedBill { bill: BillOutcome::of(decision, &bill)?, returned })
    })
    .await
}

impl BillOutcome {
    pub(super) fn of(decision: &Decision<'_>, bill: &BillId) -> Result<Self, Refusal> {
        let state = decision.state::<Bill>(bill.as_str());
        let not_found = || BillRefusal::NotFound { bill: bill.clone() };
        Ok(Self {
            id: bill.clone(),
            state: state.state().ok_or_else(not_found)?,
            number: state.number().cloned(),
            open: state.open().map_err(BillRefusal::from)?,
        })
    }
}
