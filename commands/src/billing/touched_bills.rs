//! The bills that a change of a customer's plan would contradict: all of the months from the change's to today's.

use chrono::NaiveDate;
use tallybook_domain::billing::subscription::months_changed;
use tallybook_domain::billing::{Bill, BillId, BillState, SubscriptionRefusal};
use tallybook_domain::{CustomerId, Month, Refusal};
use tallybook_event_store::Decision;

/// Whether all of them can be looked at; if not, they are loaded and the command decided anew.
pub(super) fn hold_touched(decision: &mut Decision<'_>, customer: &CustomerId, from: NaiveDate) -> bool {
    // What is too long ago is refused, whatever is billed.
    let months = months_changed(customer, from, decision.today()).into_iter().flatten();
    months.filter(|month| !hold_month(decision, customer, *month)).count() == 0
}

/// The month's bills, and the one that would be the next.
fn hold_month(decision: &mut Decision<'_>, customer: &CustomerId, month: Month) -> bool {
    for bill in revisions(customer, month) {
        if !decision.holds::<Bill>(bill.as_str()) {
            return false;
        }
        if decision.state::<Bill>(bill.as_str()).state().is_none() {
            break;
        }
    }
    true
}

/// Refuses the change if a month of it is billed, or too long ago. What was voided bills nothing.
pub(super) fn check_unbilled(
    decision: &Decision<'_>,
    customer: &CustomerId,
    from: NaiveDate,
) -> Result<(), Refusal> {
    for month in months_changed(customer, from, decision.today())? {
        for bill in revisions(customer, month) {
            match decision.state::<Bill>(bill.as_str()).state() {
                Some(BillState::Draft | BillState::Issued) => {
                    let customer = customer.clone();
                    return Err(SubscriptionRefusal::MonthBilled { customer, bill, from }.into());
                }
                Some(BillState::Voided) => {}
                None => break,
            }
        }
    }
    Ok(())
}

fn revisions(customer: &CustomerId, month: Month) -> impl Iterator<Item = BillId> + use<> {
    let first = BillId::new(customer, month);
    (1..).map_while(move |revision| first.revised(revision))
}
