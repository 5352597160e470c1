//! A person believes a value that was put aside: it is recorded.

use serde::{Deserialize, Serialize};
use tallybook_domain::Refusal;
use tallybook_domain::billing::pricing::Quantity;
use tallybook_domain::billing::quarantine::{QuarantineState, QuarantinedId};
use tallybook_domain::billing::usage::{UsageEntry, UsageRecord};
use tallybook_domain::billing::{Usage, UsageCommand, UsageQuarantine, UsageQuarantineCommand, UsageRefusal};
use tallybook_domain::customers::Customer;
use tallybook_domain::text::Reason;
use tallybook_event_store::{Book, CommandError, Decision, Receipt, StreamKey};

use crate::CommandContext;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AcceptQuarantinedUsage {
    pub id: QuarantinedId,
    /// The right one, if it is not the one that came.
    pub quantity: Option<Quantity>,
    pub reason: Reason,
}

/// What became of a value that was put aside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuarantinedOutcome {
    pub id: QuarantinedId,
    pub state: QuarantineState,
}

/// Records it in the same decision, in place of what had been recorded when it came. If anything else is recorded by
/// now, it is refused: what the person saw is not so any more.
pub async fn accept_quarantined_usage(
    book: &Book,
    context: CommandContext,
    accept: AcceptQuarantinedUsage,
) -> Result<Receipt<QuarantinedOutcome>, CommandError> {
    let request = context.request_because("accept_quarantined_usage", Some(&accept.reason), &accept)?;
    let quarantine = accept.id.quarantine();
    let usage = quarantine.usage();
    let streams = vec![
        StreamKey::existing::<UsageQuarantine>(&quarantine),
        StreamKey::existing::<Customer>(quarantine.customer()),
        StreamKey::existing::<Usage>(&usage),
    ];
    book.execute(request, streams, move |decision| {
        let AcceptQuarantinedUsage { id, quantity, .. } = accept.clone();
        let command = UsageQuarantineCommand::Accept { id: id.clone(), quantity };
        if decision.decide::<UsageQuarantine>(quarantine.as_str(), command)? > 0 {
            record(decision, &id, quantity)?;
        }
        QuarantinedOutcome::of(decision, id)
    })
    .await
}

fn record(
    decision: &mut Decision<'_>,
    id: &QuarantinedId,
    quantity: Option<Quantity>,
) -> Result<(), Refusal> {
    let (quarantine, today) = (id.quarantine(), decision.today());
    let (customer, usage) = (quarantine.customer(), quarantine.usage());
    decision.state::<Customer>(customer.as_str()).check_open(&customer)?;
    let state = decision.state::<UsageQuarantine>(quarantine.as_str());
    let (held, quantity) = (state.held(id)?.clone(), state.acceptable(id, quantity)?);
    let (meter, date, reference) = (held.meter, held.date, held.reference);
    let of_meter = decision.state::<Usage>(usage.as_str()).of(&meter);
    let recorded = of_meter.and_then(|of| of.quantity(date, &reference));
    if let Some(recorded) = recorded.filter(|now| *now != quantity && held.recorded != Some(*now)) {
        return Err(UsageRefusal::Differs { meter, date, reference, recorded, given: quantity }.into());
    }
    let record = UsageRecord { meter, date, quantity, reference };
    let entries = vec![UsageEntry { record, correction: recorded.is_some() }];
    decision
        .decide::<Usage>(usage.as_str(), UsageCommand::Record { usage: usage.clone(), entries, today })?;
    Ok(())
}

impl QuarantinedOutcome {
    pub(super) fn of(decision: &Decision<'_>, id: QuarantinedId) -> Result<Self, Refusal> {
        let quarantine = id.quarantine();
        let state = decision.state::<UsageQuarantine>(quarantine.as_str()).state(&id)?;
        Ok(Self { id, state })
    }
}
