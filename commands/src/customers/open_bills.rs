//! The bills that would keep a customer open, those still to be made among them.

use std::collections::HashSet;
use std::iter::successors;

use tallybook_domain::billing::{Bill, BillId, BillRefusal, Subscription};
use tallybook_domain::customers::OpenItem;
use tallybook_domain::{CustomerId, Month, Refusal};
use tallybook_event_store::{Book, Decision, StoreError, StreamKey};

/// How many months before today's a bill may begin to be while a customer is being closed.
const MONTHS_BACK: usize = 24;

/// A customer's bills, and those that a bill run could draft before the decision looks at them.
#[derive(Debug, Clone)]
pub(super) struct Bills {
    ids: Vec<BillId>,
    months: HashSet<Month>,
}

impl Bills {
    pub(super) async fn of(book: &Book, customer: &CustomerId) -> Result<Self, StoreError> {
        let drafted = drafted(book, customer).await?;
        let this_month = successors(Month::of(book.today()), |month| month.previous());
        let months: HashSet<Month> =
            this_month.take(1 + MONTHS_BACK).chain(drafted.iter().map(BillId::month)).collect();
        let of_month = |month: Month| {
            let first = BillId::new(customer, month);
            let deltas = first.clone();
            let revisions = with_next(&drafted, move |number| first.revised(number));
            [revisions, with_next(&drafted, move |number| deltas.delta(number))].concat()
        };
        let ids = months.iter().copied().flat_map(of_month).collect();
        Ok(Self { ids, months })
    }

    pub(super) fn streams(&self) -> impl Iterator<Item = StreamKey> {
        self.ids.iter().map(StreamKey::existing::<Bill>)
    }

    pub(super) fn open(&self, decision: &Decision<'_>) -> Result<Vec<OpenItem>, Refusal> {
        let mut open = Vec::new();
        for bill in &self.ids {
            let item = OpenItem::of_bill(bill, decision.state::<Bill>(bill.as_str()));
            open.extend(item.map_err(BillRefusal::from)?);
        }
        Ok(open)
    }

    /// The plan in force, and months under a plan that have no bill. Later ones than today's have the plan alone.
    pub(super) fn still_to_come(&self, decision: &Decision<'_>, customer: &CustomerId) -> Vec<OpenItem> {
        let subscription = decision.state::<Subscription>(&Subscription::stream_of(customer));
        let plan = subscription.in_force_from(decision.today()).cloned();
        let unbilled = |month: &&Month| {
            let first = BillId::new(customer, **month);
            let billed = decision.state::<Bill>(first.as_str()).state().is_some();
            !billed && !subscription.between(month.first_day(), month.last_day()).is_empty()
        };
        let mut months: Vec<Month> = self.months.iter().filter(unbilled).copied().collect();
        months.sort_unstable();
        let months = months.into_iter().map(|month| OpenItem::Unbilled { month });
        plan.map(|plan| OpenItem::Plan { plan }).into_iter().chain(months).collect()
    }
}

/// Numbered bills as far as there are any, and the one that would be the next.
fn with_next(drafted: &HashSet<BillId>, numbered: impl Fn(u32) -> Option<BillId>) -> Vec<BillId> {
    let mut bills = Vec::new();
    for bill in (1..).map_while(numbered) {
        let known = drafted.contains(&bill);
        bills.push(bill);
        if !known {
            break;
        }
    }
    bills
}

/// Ids of bills go on with the digits of a month, those of wallets with a currency.
async fn drafted(book: &Book, customer: &CustomerId) -> Result<HashSet<BillId>, StoreError> {
    let ids = sqlx::query_scalar!(
        "SELECT aggregate_id FROM events
          WHERE aggregate_type = 'bill' AND sequence = 1 AND aggregate_id >= $1 AND aggregate_id < $2",
        format!("{customer}.0"),
        format!("{customer}.:")
    )
    .fetch_all(book.pool())
    .await?;
    ids.iter()
        .map(|id| id.parse().map_err(|_| StoreError::Corrupt(format!("{id:?} is the id of no bill"))))
        .collect()
}
