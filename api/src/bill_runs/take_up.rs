//! Taking up a run that is under way, be it that it was only just started or that its process has died.

use std::collections::HashSet;

use tallybook_commands::CommandContext;
use tallybook_commands::billing::{
    BillRunOutcome, BilledCustomers, RunBills, bill_run_standing, carry_on_bill_run, take_up_bill_run,
};
use tallybook_domain::billing::bill_run::{BillRunState, ParkedCustomer};
use tallybook_domain::billing::{BillId, BillRun, BillRunEvent, BillingEvent, CreditPolicy};
use tallybook_domain::{Actor, AggregateType, BookEvent, CustomerId, Month, upcasters};
use tallybook_event_store::Book;
use tallybook_event_store::journal::head_position;
use tallybook_event_store::search::{Conditions, Search};
use tallybook_read_models::Answer;
use tallybook_read_models::billing::billed_since;

use super::{BillRunError, billable};
use crate::run_lock::RunLock;

/// Who looks how a run stands; nothing is recorded in this name.
const LOOKING: &str = "system:bill-runs";

/// A run that was brought to its end.
#[derive(Debug)]
pub struct TakenUp {
    pub outcome: BillRunOutcome,
    /// Everyone who was parked since it was started, whoever was at it then.
    pub parked: Vec<ParkedCustomer>,
}

/// Who started the run of a month last, where that is recorded, and who was parked since.
struct Start {
    position: u64,
    by: Actor,
    parked: Vec<ParkedCustomer>,
}

/// Brings a run that is under way to its end, in the name of whoever started it. `None`: none is under way. The lock
/// shows that nobody else is at it. What passes a credit limit is treated as this process is set to, whoever started it.
pub async fn take_up(
    book: &Book,
    _held: &RunLock,
    month: Month,
    credit_policy: CreditPolicy,
    mut billed: impl FnMut(&BilledCustomers),
) -> Result<Option<TakenUp>, BillRunError> {
    let standing = bill_run_standing(book, in_the_name_of(actor(LOOKING)?), month).await?;
    match standing.state {
        BillRunState::Running => {}
        BillRunState::NotStarted | BillRunState::Finished => return Ok(None),
    }
    // Asked after it was seen to be under way, and nobody else finishes it: so this start is that of the run seen.
    let Some(Start { position, by, mut parked }) = last_start(book, month).await? else { return Ok(None) };
    let run = RunBills { period: month, terms: standing.terms, credit_policy };
    let mut customers = billable(book, &run).await?;
    // Not looked at again, nor counted.
    let mut done = billed_after(book, month, position).await?;
    done.extend(parked.iter().map(|parked| parked.customer.clone()));
    customers.retain(|customer| !done.contains(&customer.customer));
    take_up_bill_run(book, &in_the_name_of(by.clone()), month, customers.len() as u64).await?;
    let tell = |chunk: &BilledCustomers| {
        parked.extend(chunk.parked.iter().cloned());
        billed(chunk);
    };
    let outcome = carry_on_bill_run(book, &in_the_name_of(by), &run, &customers, tell).await?.outcome;
    Ok(Some(TakenUp { outcome, parked }))
}

/// Who has got the first bill of a month after a position: from the read model, as far as it is, and from the journal.
async fn billed_after(book: &Book, month: Month, position: u64) -> Result<HashSet<CustomerId>, BillRunError> {
    let Answer { data: mut billed, position: known } = billed_since(book.pool(), month, position).await?;
    let mut search = Search::new(Conditions {
        from: known.max(position) + 1,
        to: head_position(book.pool()).await?,
        event_type: Some("BillIssued".into()),
        ..Conditions::default()
    });
    let upcasters = upcasters();
    loop {
        let events = search.next(book.pool()).await?;
        if events.is_empty() {
            return Ok(billed);
        }
        for stored in events {
            let BookEvent::Billing(BillingEvent::Bill(change)) = stored.decode(&upcasters)?.event else {
                continue;
            };
            let customer = change.bill().customer();
            if *change.bill() == BillId::new(&customer, month) {
                billed.insert(customer);
            }
        }
    }
}

fn in_the_name_of(actor: Actor) -> CommandContext {
    CommandContext { actor, idempotency_key: None, request_id: None, client_address: None, dry_run: false }
}

async fn last_start(book: &Book, month: Month) -> Result<Option<Start>, BillRunError> {
    let mut search = Search::new(Conditions {
        from: 1,
        to: head_position(book.pool()).await?,
        aggregate: Some((AggregateType::BillRun, BillRun::stream_of(month))),
        event_type: None,
        actor: None,
    });
    let (mut last, upcasters): (Option<Start>, _) = (None, upcasters());
    loop {
        let events = search.next(book.pool()).await?;
        if events.is_empty() {
            return Ok(last);
        }
        for stored in events {
            let event = stored.decode(&upcasters)?;
            let BookEvent::Billing(BillingEvent::Run(change)) = event.event else { continue };
            match (change, &mut last) {
                (BillRunEvent::BillRunStarted { .. }, _) => {
                    let by = actor(&event.metadata.actor)?;
                    last = Some(Start { position: event.position, by, parked: Vec::new() });
                }
                (BillRunEvent::CustomersBilled { parked, .. }, Some(start)) => start.parked.extend(parked),
                (BillRunEvent::CustomersBilled { .. }, None)
                | (BillRunEvent::BillRunTakenUp { .. } | BillRunEvent::BillRunFinished { .. }, _) => {}
            }
        }
    }
}

fn actor(name: &str) -> Result<Actor, BillRunError> {
    name.parse().map_err(|error| sqlx::Error::Decode(format!("the actor {name:?}: {error}").into()).into())
}
