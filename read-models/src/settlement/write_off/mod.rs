//! `write_offs`: which money settled which bills, leg by leg, and what of that was undone.

mod leg;
mod query;
mod row;
#[cfg(test)]
mod tests;

use smol_str::SmolStr;
use tallybook_domain::settlement::write_off::Leg;
use tallybook_domain::settlement::{SettlementEvent, WriteOffEvent, WriteOffId, WriteOffState};
use tallybook_domain::{BookEvent, RecordedEvent};

pub use leg::{LegReversal, LegRow};
pub use query::{WriteOffFilter, WriteOffOrder, find_write_off, list_write_offs};
pub use row::{WriteOff, WriteOffRow};

use crate::fold::{FoldFault, Keyed, Projection, Reads, Share, Stamp, Table, Tables};

#[derive(Debug)]
pub struct WriteOffs;

#[derive(Debug)]
pub struct WriteOffTables {
    pub write_offs: Keyed<WriteOffRow>,
    pub legs: Keyed<LegRow>,
}

impl Tables for WriteOffTables {
    fn cached() -> Self {
        Self { write_offs: Keyed::cached(), legs: Keyed::cached() }
    }

    fn whole(share: Share) -> Self {
        Self { write_offs: Keyed::whole(share), legs: Keyed::whole(share) }
    }

    fn all(&mut self) -> Vec<&mut dyn Table> {
        vec![&mut self.write_offs, &mut self.legs]
    }
}

impl Projection for WriteOffs {
    const NAME: &'static str = "write_offs";
    const VERSION: i32 = 2;
    const READS: Reads = Reads::Aggregates(&["write_off"]);
    type Tables = WriteOffTables;

    fn apply(event: &RecordedEvent, tables: &mut Self::Tables) -> Result<(), FoldFault> {
        match &event.event {
            BookEvent::Settlement(SettlementEvent::WriteOff(step)) => apply(event, step, tables),
            BookEvent::Settlement(_)
            | BookEvent::Risk(_)
            | BookEvent::Orders(_)
            | BookEvent::Approvals(_)
            | BookEvent::Customer(_)
            | BookEvent::Wallet(_)
            | BookEvent::Withdrawal(_)
            | BookEvent::Period(_)
            | BookEvent::ChannelNotification(_)
            | BookEvent::Payouts(_)
            | BookEvent::Billing(_) => Ok(()),
        }
    }
}

fn apply(event: &RecordedEvent, step: &WriteOffEvent, tables: &mut WriteOffTables) -> Result<(), FoldFault> {
    let stamp = Stamp::of(event);
    match step {
        WriteOffEvent::WriteOffProposed { write_off, legs, requested_by, .. } => {
            begin(event, step, SmolStr::new(requested_by.actor()), tables)?;
            keep(write_off, legs, tables)
        }
        WriteOffEvent::WriteOffPosted { approved_by: Some(approver), effective_date, write_off, .. } => {
            tables.write_offs.change(write_off, |row| {
                row.state = WriteOffState::Posted;
                row.decided_by = Some(approver.clone());
                (row.effective_date, row.updated) = (*effective_date, stamp);
                Ok(())
            })
        }
        WriteOffEvent::WriteOffPosted { approved_by: None, legs, write_off, .. } => {
            begin(event, step, stamp.by, tables)?;
            keep(write_off, legs, tables)
        }
        WriteOffEvent::WriteOffRejected { write_off, rejected_by, reason } => {
            tables.write_offs.change(write_off, |row| {
                row.state = WriteOffState::Rejected;
                row.decided_by = Some(rejected_by.clone());
                row.rejection = Some(reason.clone());
                row.updated = stamp;
                Ok(())
            })
        }
        WriteOffEvent::WriteOffLegReversed { write_off, leg, reason, effective_date } => {
            let reversal = LegReversal {
                reason: reason.clone(),
                effective_date: *effective_date,
                position: stamp.position,
                at: stamp.at,
                by: stamp.by.clone(),
            };
            tables.legs.change(&(write_off.clone(), leg.leg), |row| {
                row.reversal = Some(reversal);
                Ok(())
            })?;
            tables.write_offs.change(write_off, |row| {
                row.reversed_legs += 1;
                row.state = if row.reversed_legs == row.leg_count {
                    WriteOffState::Reversed
                } else {
                    WriteOffState::PartlyReversed
                };
                row.updated = stamp;
                Ok(())
            })
        }
    }
}

/// Posted at once, or waiting.
fn begin(
    event: &RecordedEvent,
    step: &WriteOffEvent,
    made_by: SmolStr,
    tables: &mut WriteOffTables,
) -> Result<(), FoldFault> {
    let (state, write_off, customer, legs, (effective_date, matched)) = match step {
        WriteOffEvent::WriteOffProposed { write_off, customer, legs, effective_date, matched, .. } => {
            (WriteOffState::Proposed, write_off, customer, legs, (effective_date, matched))
        }
        WriteOffEvent::WriteOffPosted { write_off, customer, legs, effective_date, matched, .. } => {
            (WriteOffState::Posted, write_off, customer, legs, (effective_date, matched))
        }
        WriteOffEvent::WriteOffRejected { .. } | WriteOffEvent::WriteOffLegReversed { .. } => return Ok(()),
    };
    tables.write_offs.create(write_off, || WriteOffRow {
        id: write_off.clone(),
        customer: customer.clone(),
        state,
        effective_date: *effective_date,
        made_by,
        decided_by: None,
        rejection: None,
        matched: matched.clone(),
        leg_count: legs.len() as u64,
        reversed_legs: 0,
        created: Stamp::of(event),
        updated: Stamp::of(event),
    })
}

fn keep(write_off: &WriteOffId, legs: &[Leg], tables: &mut WriteOffTables) -> Result<(), FoldFault> {
    for leg in legs {
        let key = (write_off.clone(), leg.leg);
        tables.legs.create(&key, || LegRow {
            write_off: write_off.clone(),
            leg: leg.clone(),
            reversal: None,
        })?;
    }
    Ok(())
}
