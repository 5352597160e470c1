//! The bills that a change of a customer's plan would contradict.

use chrono::NaiveDate;
use tallybook_domain::billing::subscription::months_changed;
use tallybook_domain::billing::{Bill, BillId, BillState, SubscriptionRefusal};
use tallybook_domain::{CustomerId, Month, Refusal};
use tallybook_event_store::{Book, CommandError, Decision, StreamKey};

/// Every bill there may be of the months from a change's to today's.
#[derive(Debug, Clone)]
pub(super) struct TouchedBills {
    from: NaiveDate,
    /// A day too long ago is refused by the decision, so that a repeat still gets the first answer.
    bills: Result<Vec<BillId>, SubscriptionRefusal>,
}

impl TouchedBills {
    /// Finds which revisions there are before the decision, which then looks at each of them and at the next.
    pub(super) async fn find(
        book: &Book,
        customer: &CustomerId,
        from: NaiveDate,
    ) -> Result<Self, CommandError> {
        let months = match months_changed(customer, from, book.today()) {
            Ok(months) => months,
            Err(refusal) => return Ok(Self { from, bills: Err(refusal) }),
        };
        let mut bills = Vec::new();
        for month in months {
            revisions(book, customer, month, &mut bills).await?;
        }
        Ok(Self { from, bills: Ok(bills) })
    }

    pub(super) fn streams(&self) -> Vec<StreamKey> {
        self.bills.iter().flatten().map(StreamKey::existing::<Bill>).collect()
    }

    /// Refuses the change if a month of it is billed. What was voided bills nothing.
    pub(super) fn check_unbilled(&self, decision: &Decision<'_>) -> Result<(), Refusal> {
        for bill in self.bills.as_ref().map_err(SubscriptionRefusal::clone)? {
            match decision.state::<Bill>(bill.as_str()).state() {
                Some(BillState::Draft | BillState::Issued) => {
                    let (customer, bill, from) = (bill.customer(), bill.clone(), self.from);
                    return Err(SubscriptionRefusal::MonthBilled { customer, bill, from }.into());
                }
                Some(BillState::Voided) | None => {}
            }
        }
        Ok(())
    }
}

/// The month's bills, and the one that would be the next.
async fn revisions(
    book: &Book,
    customer: &CustomerId,
    month: Month,
    bills: &mut Vec<BillId>,
) -> Result<(), CommandError> {
    let first = BillId::new(customer, month);
    for bill in (1..).map_while(|revision| first.revised(revision)) {
        let drafted = book.event_at(&StreamKey::existing::<Bill>(&bill), 1).await?.is_some();
        bills.push(bill);
        if !drafted {
            break;
        }
    }
    Ok(())
}
