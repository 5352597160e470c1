//! Whom a run goes through.
//!
//! The read model may be behind the journal, stopped or never have run: what it does not know yet is read from the
//! journal, so that nobody is missed who was given a plan, or used something, a moment ago. Somebody too many does no harm: whether and by
//! what a customer is billed is decided on his own events.

use std::collections::{BTreeMap, BTreeSet};

use tallybook_commands::billing::{BillableCustomer, RunBills};
use tallybook_domain::billing::{BillingEvent, PlanCode, SubscriptionEvent, UsageEvent};
use tallybook_domain::{BookEvent, CustomerId, Month, upcasters};
use tallybook_event_store::Book;
use tallybook_event_store::journal::head_position;
use tallybook_event_store::search::{Conditions, Search};
use tallybook_read_models::Answer;
use tallybook_read_models::billing::{billable_customers, customers_with_usage};

use super::BillRunError;

/// Everyone a run has to look at, by id, with every plan that may count.
pub async fn billable(book: &Book, run: &RunBills) -> Result<Vec<BillableCustomer>, BillRunError> {
    let Answer { data, position } = billable_customers(book.pool(), run.period).await?;
    let mut plans: BTreeMap<CustomerId, Vec<PlanCode>> = data.into_iter().collect();
    add_assigned_after(book, position, &mut plans).await?;
    let named = &run.terms.customers;
    let customers: Vec<CustomerId> = if named.is_empty() {
        // Used, and under no plan: not to be billed, and not to be passed over in silence.
        let Answer { data: used, position } = customers_with_usage(book.pool(), run.period).await?;
        let lately = used_after(book, position, run.period).await?;
        for customer in used.into_iter().chain(lately) {
            plans.entry(customer).or_default();
        }
        plans.keys().cloned().collect()
    } else {
        named.clone()
    };
    let with_plans = |customer: CustomerId| {
        let plans = plans.remove(&customer).into_iter().flatten().collect();
        BillableCustomer { customer, plans }
    };
    Ok(customers.into_iter().map(with_plans).collect())
}

/// What was assigned after a position, whenever it begins.
async fn add_assigned_after(
    book: &Book,
    position: u64,
    plans: &mut BTreeMap<CustomerId, Vec<PlanCode>>,
) -> Result<(), BillRunError> {
    each_after(book, position, "PricePlanAssigned", |event| {
        if let BillingEvent::Subscription(SubscriptionEvent::PricePlanAssigned { customer, plan, .. }) = event
        {
            let known = plans.entry(customer).or_default();
            if !known.contains(&plan) {
                known.push(plan);
            }
        }
    })
    .await
}

/// Who used something of the month that was recorded after a position.
async fn used_after(book: &Book, position: u64, month: Month) -> Result<BTreeSet<CustomerId>, BillRunError> {
    let mut customers = BTreeSet::new();
    each_after(book, position, "UsageRecorded", |event| {
        if let BillingEvent::Usage(UsageEvent::UsageRecorded { usage, .. }) = event
            && usage.month() == month
        {
            customers.insert(usage.customer());
        }
    })
    .await?;
    Ok(customers)
}

/// The events of a kind after a position, up to what the journal has now.
async fn each_after(
    book: &Book,
    position: u64,
    event_type: &str,
    mut take: impl FnMut(BillingEvent),
) -> Result<(), BillRunError> {
    let mut search = Search::new(Conditions {
        from: position + 1,
        to: head_position(book.pool()).await?,
        event_type: Some(event_type.into()),
        ..Conditions::default()
    });
    let upcasters = upcasters();
    loop {
        let events = search.next(book.pool()).await?;
        if events.is_empty() {
            return Ok(());
        }
        for stored in events {
            if let BookEvent::Billing(event) = stored.decode(&upcasters)?.event {
                take(event);
            }
        }
    }
}
