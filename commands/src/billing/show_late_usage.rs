//! What came in or was corrected after the bill, and what it changes. Records nothing.

use serde::{Deserialize, Serialize};
use tallybook_domain::Actor;
use tallybook_domain::billing::BillId;
use tallybook_domain::billing::late_usage::LateUsage;
use tallybook_event_store::{Book, CommandError, Receipt};

use super::issue_drafted::streams;
use super::month_bills::MonthBills;
use crate::CommandContext;

/// The difference to what was billed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LateUsageOfBill {
    /// The month's bill.
    pub id: BillId,
    #[serde(flatten)]
    pub late: LateUsage,
}

/// A look at what settling it would find, from the very state it would be decided on.
pub async fn show_late_usage(
    book: &Book,
    actor: Actor,
    bill: &BillId,
) -> Result<Receipt<LateUsageOfBill>, CommandError> {
    let (idempotency_key, request_id, client_address) = (None, None, None);
    let look = CommandContext { actor, idempotency_key, request_id, client_address, dry_run: true };
    let request = look.request("show_late_usage", bill)?;
    let asked = bill.clone();
    book.execute(request, streams(bill), move |decision| {
        let month = MonthBills::of(decision, &asked)?;
        Ok(LateUsageOfBill { late: month.late_usage(decision)?, id: month.base })
    })
    .await
}
