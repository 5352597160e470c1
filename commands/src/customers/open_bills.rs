//! What of billing would keep a customer open: bills, those still to be made among them, and usage nobody has billed.

use std::collections::{BTreeSet, HashSet};
use std::iter::successors;

use tallybook_domain::billing::{
    Bill, BillId, BillRefusal, BillState, Subscription, Usage, UsageId, UsageQuarantine, UsageQuarantineId,
};
use tallybook_domain::customers::OpenItem;
use tallybook_domain::{CustomerId, Month, Refusal};
use tallybook_event_store::{Book, Decision, StoreError, StreamKey};

/// How many months before today's a first bill or a first record of usage may come in while a customer is being closed.
const MONTHS_BACK: usize = 24;

/// A customer's bills and months of usage, and those that there could be before the decision looks at them.
#[derive(Debug, Clone)]
pub(super) struct Bills {
    ids: Vec<BillId>,
    /// Those whose bills are looked at.
    months: BTreeSet<Month>,
    /// Those whose usage is; tomorrow's is one of them.
    usages: Vec<UsageId>,
    /// What is put aside of the usage of these months.
    quarantines: Vec<UsageQuarantineId>,
}

impl Bills {
    pub(super) async fn of(book: &Book, customer: &CustomerId) -> Result<Self, StoreError> {
        let drafted = drafted(book, customer).await?;
        let today = Month::of(book.today());
        let lately: Vec<Month> = successors(today, |month| month.previous()).take(1 + MONTHS_BACK).collect();
        let months: BTreeSet<Month> =
            lately.iter().copied().chain(drafted.iter().map(BillId::month)).collect();
        let of_month = |month: Month| {
            let first = BillId::new(customer, month);
            let deltas = first.clone();
            let revisions = with_next(&drafted, move |number| first.revised(number));
            [revisions, with_next(&drafted, move |number| deltas.delta(number))].concat()
        };
        let ids = months.iter().copied().flat_map(of_month).collect();
        let used = used(book, customer).await?;
        let next = today.and_then(|month| month.next());
        let used = used.iter().map(UsageId::month).chain(next).chain(months.iter().copied());
        let aside = quarantined(book, customer).await?;
        let used: BTreeSet<Month> = used.chain(aside.iter().map(UsageQuarantineId::month)).collect();
        Ok(Self {
            ids,
            months,
            usages: used.iter().map(|month| UsageId::new(customer, *month)).collect(),
            quarantines: used.iter().map(|month| UsageQuarantineId::new(customer, *month)).collect(),
        })
    }

    pub(super) fn streams(&self) -> impl Iterator<Item = StreamKey> {
        let bills = self.ids.iter().map(StreamKey::existing::<Bill>);
        let usages = self.usages.iter().map(StreamKey::existing::<Usage>);
        bills.chain(usages).chain(self.quarantines.iter().map(StreamKey::existing::<UsageQuarantine>))
    }

    pub(super) fn open(&self, decision: &Decision<'_>) -> Result<Vec<OpenItem>, Refusal> {
        let mut open = Vec::new();
        for bill in &self.ids {
            let item = OpenItem::of_bill(bill, decision.state::<Bill>(bill.as_str()));
            open.extend(item.map_err(BillRefusal::from)?);
        }
        Ok(open)
    }

    /// The plan in force, months under a plan or with usage that no bill stands for, usage that came after the bill, and
    /// usage that waits for somebody to believe it.
    /// Later months than today's have the plan and the usage alone.
    pub(super) fn still_to_come(&self, decision: &Decision<'_>, customer: &CustomerId) -> Vec<OpenItem> {
        let subscription = decision.state::<Subscription>(&Subscription::stream_of(customer));
        let plan = subscription.in_force_from(decision.today()).cloned();
        let planned = |month: Month| {
            self.months.contains(&month)
                && !subscription.between(month.first_day(), month.last_day()).is_empty()
        };
        let to_bill = self.usages.iter().filter_map(|usage| {
            let used = decision.state::<Usage>(usage.as_str());
            if used.has_late_usage() {
                return used.bills().last().map(|last| OpenItem::LateUsage { bill: last.bill.clone() });
            }
            let month = usage.month();
            let (planned, used) = (planned(month), used.is_unbilled());
            if !planned && !used || self.stands(decision, month) {
                return None;
            }
            Some(match (self.voided(decision, month), planned) {
                (Some(bill), _) => OpenItem::NotBilledAgain { bill },
                (None, true) => OpenItem::Unbilled { month },
                (None, false) => OpenItem::UnbilledUsage { month },
            })
        });
        let aside = self
            .quarantines
            .iter()
            .filter_map(|id| OpenItem::of_quarantine(id, decision.state::<UsageQuarantine>(id.as_str())));
        plan.map(|plan| OpenItem::Plan { plan }).into_iter().chain(to_bill).chain(aside).collect()
    }

    /// Whether a month has a bill, if only a draft.
    fn stands(&self, decision: &Decision<'_>, month: Month) -> bool {
        self.of_whole(month).any(|bill| match decision.state::<Bill>(bill.as_str()).state() {
            Some(BillState::Draft | BillState::Issued) => true,
            Some(BillState::Voided) | None => false,
        })
    }

    /// The last bill of a month, if it was taken back.
    fn voided(&self, decision: &Decision<'_>, month: Month) -> Option<BillId> {
        let is_voided =
            |bill: &&BillId| decision.state::<Bill>(bill.as_str()).state() == Some(BillState::Voided);
        self.of_whole(month).filter(is_voided).last().cloned()
    }

    /// A month's revisions in their order.
    fn of_whole(&self, month: Month) -> impl Iterator<Item = &BillId> {
        self.ids.iter().filter(move |bill| bill.month() == month && !bill.is_delta())
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

/// The ids of all bills a customer ever had, if only as drafts.
pub(crate) async fn drafted(book: &Book, customer: &CustomerId) -> Result<HashSet<BillId>, StoreError> {
    let ids = of_months(book, "bill", customer).await?;
    ids.iter()
        .map(|id| id.parse().map_err(|_| StoreError::Corrupt(format!("{id:?} is the id of no bill"))))
        .collect()
}

async fn used(book: &Book, customer: &CustomerId) -> Result<Vec<UsageId>, StoreError> {
    let ids = of_months(book, "usage", customer).await?;
    ids.iter()
        .map(|id| id.parse().map_err(|_| StoreError::Corrupt(format!("{id:?} is the id of no usage"))))
        .collect()
}

async fn quarantined(book: &Book, customer: &CustomerId) -> Result<Vec<UsageQuarantineId>, StoreError> {
    let ids = of_months(book, "usage_quarantine", customer).await?;
    ids.iter()
        .map(|id| id.parse().map_err(|_| StoreError::Corrupt(format!("{id:?} is the id of no quarantine"))))
        .collect()
}

/// Read from the journal, which is never behind. Ids of bills and usage go on with the digits of a month, those of
/// wallets with a currency.
async fn of_months(book: &Book, kind: &str, customer: &CustomerId) -> Result<Vec<String>, StoreError> {
    let ids = sqlx::query_scalar!(
        "SELECT aggregate_id FROM events
          WHERE aggregate_type = $1 AND sequence = 1 AND aggregate_id >= $2 AND aggregate_id < $3",
        kind,
        format!("{customer}.0"),
        format!("{customer}.:")
    );
    Ok(ids.fetch_all(book.pool()).await?)
}
