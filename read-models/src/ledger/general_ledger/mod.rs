//! `general_ledger`: every posting of every event, and each account's days summed up.
//!
//! What an event posts is decided in one place, `tallybook_domain::ledger::postings`, and only written down here.

mod row;
#[cfg(test)]
mod tests;

use tallybook_domain::RecordedEvent;
use tallybook_domain::ledger::{effective_date, postings};

pub use row::{LedgerDayRow, LedgerLineRow};

use crate::fold::{Appended, FoldFault, Keyed, Projection, Reads, Share, Stamp, Table, Tables};

#[derive(Debug)]
pub struct GeneralLedger;

#[derive(Debug)]
pub struct LedgerTables {
    pub lines: Appended<LedgerLineRow>,
    pub days: Keyed<LedgerDayRow>,
}

impl Tables for LedgerTables {
    fn cached() -> Self {
        Self { lines: Appended::cached(), days: Keyed::cached() }
    }

    fn whole(share: Share) -> Self {
        Self { lines: Appended::whole(share), days: Keyed::whole(share) }
    }

    fn all(&mut self) -> Vec<&mut dyn Table> {
        vec![&mut self.lines, &mut self.days]
    }
}

impl Projection for GeneralLedger {
    const NAME: &'static str = "general_ledger";
    const VERSION: i32 = 1;
    // Any event may post: one that cannot be read must not be passed over.
    const READS: Reads = Reads::Everything;
    type Tables = LedgerTables;

    fn apply(event: &RecordedEvent, tables: &mut Self::Tables) -> Result<(), FoldFault> {
        for (number, posting) in (0..).zip(postings(&event.event)) {
            let effective_date = effective_date(&event.event).ok_or(FoldFault::NoEffectiveDate)?;
            let currency = posting.amount.currency();
            tables.days.change_or_create(
                &(posting.account, currency, effective_date),
                || LedgerDayRow::empty(posting.account, currency, effective_date),
                |day| day.add(posting.side, posting.amount.amount()),
            )?;
            tables.lines.append(|| LedgerLineRow {
                account: posting.account,
                effective_date,
                posting: number,
                side: posting.side,
                amount: posting.amount,
                event_type: event.event.event_type().into(),
                source_type: event.event.aggregate_type().into(),
                source: event.aggregate_id.clone(),
                recorded: Stamp::of(event),
            });
        }
        Ok(())
    }
}
