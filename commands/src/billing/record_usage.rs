//! Customers used something: one record, or many at once.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use tallybook_domain::billing::usage::{UsageEffect, UsageEntry};
use tallybook_domain::billing::{Usage, UsageCommand, UsageId};
use tallybook_domain::customers::Customer;
use tallybook_domain::refusal::RefusedBatch;
use tallybook_domain::{CustomerId, Refusal};
use tallybook_event_store::{Book, CommandError, Decision, Receipt, StreamKey};

use super::{RecordedUsage, UsageBatchOutcome};
use crate::CommandContext;

/// A batch is decided at once, in front of everything else: it must not be long.
pub const MOST_RECORDS: usize = 1_000;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RecordUsage {
    pub customer: CustomerId,
    #[serde(flatten)]
    pub entry: UsageEntry,
}

/// Records what a customer used. The same record again changes nothing; another quantity under the same meter, day and
/// reference has to be a correction. A suspended customer's usage counts too, a closed one's is refused.
pub async fn record_usage(
    book: &Book,
    context: CommandContext,
    record: RecordUsage,
) -> Result<Receipt<RecordedUsage>, CommandError> {
    let request = context.request("record_usage", &record)?;
    let batch = Batch::of(vec![record]);
    book.execute(request, batch.streams(), move |decision| {
        let recorded = batch.decide(decision).map_err(|refused| *refused.first.refusal)?;
        match <[RecordedUsage; 1]>::try_from(recorded) {
            Ok([recorded]) => Ok(recorded),
            Err(several) => unreachable!("{} answers to one record", several.len()),
        }
    })
    .await
}

/// Records at most [`MOST_RECORDS`] of any customers and months: all of them, or none. What is refused is told by its
/// place in the batch, all of it at once.
pub async fn record_usage_batch(
    book: &Book,
    context: CommandContext,
    records: Vec<RecordUsage>,
) -> Result<Receipt<UsageBatchOutcome>, CommandError> {
    let request = context.request("record_usage_batch", &records)?;
    let batch = Batch::of(records);
    book.execute(request, batch.streams(), move |decision| {
        Ok(batch.decide(decision).map(UsageBatchOutcome::of)?)
    })
    .await
}

/// Records by the streams they belong to, each with its place in the batch.
struct Batch {
    by_usage: BTreeMap<UsageId, Vec<(usize, UsageEntry)>>,
}

impl Batch {
    fn of(records: Vec<RecordUsage>) -> Self {
        let mut by_usage: BTreeMap<UsageId, Vec<(usize, UsageEntry)>> = BTreeMap::new();
        for (place, RecordUsage { customer, entry }) in records.into_iter().enumerate() {
            let usage = UsageId::on(&customer, entry.record.date);
            by_usage.entry(usage).or_default().push((place, entry));
        }
        Self { by_usage }
    }

    fn streams(&self) -> Vec<StreamKey> {
        let customers: BTreeSet<CustomerId> = self.by_usage.keys().map(UsageId::customer).collect();
        let usages = self.by_usage.keys().map(StreamKey::existing::<Usage>);
        customers.iter().map(StreamKey::existing::<Customer>).chain(usages).collect()
    }

    /// What became of each record, in the batch's order.
    fn decide(&self, decision: &mut Decision<'_>) -> Result<Vec<RecordedUsage>, RefusedBatch> {
        let (mut recorded, mut refused) = (BTreeMap::new(), BTreeMap::new());
        let today = decision.today();
        for (usage, placed) in &self.by_usage {
            let (places, entries): (Vec<usize>, Vec<UsageEntry>) = placed.iter().cloned().unzip();
            let assessed = match may_be_used(decision, usage) {
                Ok(()) => assess(decision, usage, &entries),
                Err(refusal) => vec![Err(refusal); entries.len()],
            };
            for (place, assessed) in places.iter().zip(assessed) {
                match assessed {
                    Ok(record) => {
                        recorded.insert(*place, record);
                    }
                    Err(refusal) => {
                        refused.insert(*place, refusal);
                    }
                }
            }
            // Nothing of the batch is recorded once one of it is refused.
            if refused.is_empty() {
                let command = UsageCommand::Record { usage: usage.clone(), entries, today };
                if let Err(refusal) = decision.decide::<Usage>(usage.as_str(), command) {
                    refused.extend(places.first().map(|place| (*place, refusal)));
                }
            }
        }
        match RefusedBatch::of(refused) {
            Some(batch) => Err(batch),
            None => Ok(recorded.into_values().collect()),
        }
    }
}

fn may_be_used(decision: &Decision<'_>, usage: &UsageId) -> Result<(), Refusal> {
    let customer = usage.customer();
    decision.state::<Customer>(customer.as_str()).check_open(&customer)?;
    Ok(())
}

fn assess(
    decision: &Decision<'_>,
    usage: &UsageId,
    entries: &[UsageEntry],
) -> Vec<Result<RecordedUsage, Refusal>> {
    let state = decision.state::<Usage>(usage.as_str());
    let outcome = |effect: UsageEffect| {
        let late = state.is_billed() && effect != UsageEffect::Unchanged;
        RecordedUsage { id: usage.clone(), effect, late }
    };
    let assessed = state.assess(usage, entries, decision.today());
    assessed.into_iter().map(|effect| effect.map(outcome).map_err(Refusal::from)).collect()
}
