//! What a customer used in a month: each record once, and which bills count it.
//!
//! Owns everything a bill of the month needs, in one look. A closed accounting period does not refuse usage: nothing is
//! effective before a bill is. Must never price anything.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use cqrs_es::Aggregate;
use cqrs_es::event_sink::EventSink;
use serde::{Deserialize, Serialize};

use super::assessment::{Assessment, Step};
use super::meter_usage::Broken;
use super::{
    MeterUsage, UsageCommand, UsageEffect, UsageEntry, UsageEvent, UsageId, UsageRecord, UsageRefusal,
};
use crate::billing::pricing::Meter;
use crate::billing::{BillId, BillingEvent};
use crate::event::BookEvent;
use crate::event_sourced::{CorruptStream, EventSourced};

/// A customer's usage of a month; by default none.
///
/// Cheap to clone, however many records it has: meters share their records until one of them changes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    /// `None` before the first event.
    usage: Option<UsageId>,
    meters: BTreeMap<Meter, MeterUsage>,
    /// The bills that count it, oldest first: one of the whole month, then those of differences.
    bills: Vec<UsageBilling>,
    /// How many events it has.
    sequence: u64,
    /// The event that changed what was used last; 0 if none did.
    changed_at: u64,
    /// The latest day from which on a bill that counted it is owed no longer.
    #[serde(default)]
    unbilled_on: Option<NaiveDate>,
}

/// A bill, or a credit note of one, that counts what was used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsageBilling {
    pub bill: BillId,
    /// The note of that bill, if less was owed.
    pub note: Option<u32>,
    /// The last event of the stream the bill takes into account; 0 if there was none.
    pub through: u64,
    /// Each meter as it was then.
    meters: BTreeMap<Meter, MeterUsage>,
}

impl UsageBilling {
    /// Each meter as the bill counts it.
    pub(in crate::billing) fn meters(&self) -> &BTreeMap<Meter, MeterUsage> {
        &self.meters
    }
}

impl Usage {
    /// Each meter as it is now.
    pub(in crate::billing) fn by_meter(&self) -> &BTreeMap<Meter, MeterUsage> {
        &self.meters
    }

    /// Each meter of which something was used, by name.
    pub fn meters(&self) -> impl ExactSizeIterator<Item = (&Meter, &MeterUsage)> {
        self.meters.iter()
    }

    /// `None` if nothing of it was used.
    pub fn of(&self, meter: &Meter) -> Option<&MeterUsage> {
        self.meters.get(meter)
    }

    /// The bills that stand, oldest first.
    pub fn bills(&self) -> &[UsageBilling] {
        &self.bills
    }

    pub fn is_billed(&self) -> bool {
        !self.bills.is_empty()
    }

    /// Whether something came in, or was corrected, that none of the standing bills takes into account.
    pub fn has_late_usage(&self) -> bool {
        self.bills.last().is_some_and(|last| last.through < self.changed_at)
    }

    /// No bill that counts it again is issued before: both would be owed in between.
    pub fn unbilled_on(&self) -> Option<NaiveDate> {
        self.unbilled_on
    }

    /// Whether something was used and no standing bill counts any of it.
    pub fn is_unbilled(&self) -> bool {
        !self.is_billed() && self.meters.values().any(|meter| !meter.total().is_zero())
    }

    /// What each entry would change if those before it were recorded, or why it is refused.
    pub fn assess(
        &self,
        usage: &UsageId,
        entries: &[UsageEntry],
        today: NaiveDate,
    ) -> Vec<Result<UsageEffect, UsageRefusal>> {
        let mut assessment = Assessment::new(usage, &self.meters, today);
        entries.iter().map(|entry| assessment.judge(entry).map(Step::effect)).collect()
    }

    /// New records are one event, however many; each correction is one of its own, after them.
    fn record(
        &self,
        usage: &UsageId,
        entries: &[UsageEntry],
        today: NaiveDate,
    ) -> Result<Vec<UsageEvent>, UsageRefusal> {
        let mut assessment = Assessment::new(usage, &self.meters, today);
        let (mut records, mut events, late) = (Vec::new(), Vec::new(), self.is_billed());
        for entry in entries {
            let record = entry.record.clone();
            match assessment.judge(entry)? {
                Step::Nothing => {}
                Step::Record => records.push(record),
                Step::Correct { old } => events.push(UsageEvent::UsageCorrected {
                    usage: usage.clone(),
                    meter: record.meter,
                    date: record.date,
                    reference: record.reference,
                    old_quantity: old,
                    new_quantity: record.quantity,
                    late,
                }),
            }
        }
        if !records.is_empty() {
            events.insert(0, UsageEvent::UsageRecorded { usage: usage.clone(), records, late });
        }
        Ok(events)
    }

    /// Billing with a bill that counts it already is a retry.
    fn bill(&self, usage: UsageId, bill: BillId) -> Result<Option<UsageEvent>, UsageRefusal> {
        if self.bills.iter().any(|standing| standing.bill == bill) {
            return Ok(None);
        }
        match (self.bills.last(), bill.is_delta()) {
            (None, true) => return Err(UsageRefusal::NotBilled { usage }),
            (Some(last), false) => {
                return Err(UsageRefusal::BilledAlready { usage, bill: last.bill.clone() });
            }
            (Some(last), true) if !self.has_late_usage() => {
                return Err(UsageRefusal::NothingLate { usage, bill: last.bill.clone() });
            }
            (None, false) | (Some(_), true) => {}
        }
        Ok(Some(UsageEvent::UsageBilled { usage, bill, through: self.sequence }))
    }

    /// What came late made less: a note of a bill that stands counts it.
    fn credit(&self, usage: UsageId, bill: BillId, note: u32) -> Result<Option<UsageEvent>, UsageRefusal> {
        match self.bills.last() {
            None => Err(UsageRefusal::NotBilled { usage }),
            Some(last) if !self.has_late_usage() => {
                Err(UsageRefusal::NothingLate { usage, bill: last.bill.clone() })
            }
            Some(_) if !self.bills.iter().any(|standing| standing.bill == bill) => {
                Err(UsageRefusal::NotBilled { usage })
            }
            Some(_) => {
                let through = self.sequence;
                Ok(Some(UsageEvent::LateUsageCredited { usage, bill, note, through }))
            }
        }
    }

    /// What came late leaves what is owed as it is. That nothing is late is a retry.
    fn settle(&self, usage: UsageId) -> Result<Option<UsageEvent>, UsageRefusal> {
        let Some(last) = self.bills.last() else { return Err(UsageRefusal::NotBilled { usage }) };
        if !self.has_late_usage() {
            return Ok(None);
        }
        let (bill, note, through) = (last.bill.clone(), last.note, self.sequence);
        Ok(Some(UsageEvent::LateUsageSettled { usage, bill, note, through }))
    }

    /// A bill that does not count it has been voided already.
    fn unbill(
        &self,
        usage: UsageId,
        bill: BillId,
        voided_on: Option<NaiveDate>,
    ) -> Result<Option<UsageEvent>, UsageRefusal> {
        let Some(last) = self.bills.last() else { return Ok(None) };
        if last.bill == bill {
            return Ok(Some(UsageEvent::UsageUnbilled { usage, bill, voided_on }));
        }
        if self.bills.iter().any(|standing| standing.bill == bill) {
            return Err(UsageRefusal::LaterBillStands { bill, later: last.bill.clone() });
        }
        Ok(None)
    }

    fn take_in(&mut self, event: &UsageEvent) -> Result<(), Fault> {
        match event {
            UsageEvent::UsageRecorded { usage, records, late } => {
                self.check_late(*late)?;
                let month = usage.month();
                if records.is_empty() || records.iter().any(|record| !month.contains(record.date)) {
                    return Err(Fault::AnotherMonth);
                }
                for (meter, added) in by_meter(records) {
                    self.meters.entry(meter.clone()).or_default().add(&added)?;
                }
                self.changed_at = self.sequence;
            }
            UsageEvent::UsageCorrected {
                meter, date, reference, old_quantity, new_quantity, late, ..
            } => {
                self.check_late(*late)?;
                let of_meter = self.meters.get_mut(meter).ok_or(Broken::NotRecorded)?;
                of_meter.correct((*date, reference), *old_quantity, *new_quantity)?;
                self.changed_at = self.sequence;
            }
            UsageEvent::UsageBilled { usage, bill, through } => {
                let own = bill.customer() == usage.customer() && bill.month() == usage.month();
                let fits = bill.is_delta() == self.is_billed() && *through + 1 == self.sequence;
                if !own || !fits {
                    return Err(Fault::Bill);
                }
                self.count(bill, None, *through);
            }
            UsageEvent::LateUsageCredited { bill, note, through, .. } => {
                let stands = self.bills.iter().any(|standing| standing.bill == *bill);
                if !stands || *through + 1 != self.sequence {
                    return Err(Fault::Bill);
                }
                self.count(bill, Some(*note), *through);
            }
            UsageEvent::LateUsageSettled { bill, note, through, .. } => {
                let meters = self.meters.clone();
                let last = self.bills.last_mut().filter(|last| (&last.bill, &last.note) == (bill, note));
                let last = last.filter(|_| *through + 1 == self.sequence).ok_or(Fault::Bill)?;
                (last.through, last.meters) = (*through, meters);
            }
            UsageEvent::UsageUnbilled { bill, voided_on, .. } => {
                self.bills.pop_if(|last| last.bill == *bill).ok_or(Fault::Bill)?;
                self.unbilled_on = self.unbilled_on.max(*voided_on);
            }
        }
        Ok(())
    }

    fn count(&mut self, bill: &BillId, note: Option<u32>, through: u64) {
        let meters = self.meters.clone();
        self.bills.push(UsageBilling { bill: bill.clone(), note, through, meters });
    }

    fn check_late(&self, late: bool) -> Result<(), Fault> {
        if late == self.is_billed() { Ok(()) } else { Err(Fault::Late) }
    }
}

fn by_meter(records: &[UsageRecord]) -> BTreeMap<&Meter, Vec<&UsageRecord>> {
    let mut by_meter: BTreeMap<&Meter, Vec<&UsageRecord>> = BTreeMap::new();
    for record in records {
        by_meter.entry(&record.meter).or_default().push(record);
    }
    by_meter
}

/// How an event does not fit the state it meets.
#[derive(Debug, thiserror::Error)]
enum Fault {
    #[error("the stream is that of another customer or month")]
    AnotherStream,
    #[error("a record lies in another month, or there is none")]
    AnotherMonth,
    #[error("late and not billed, or the other way round")]
    Late,
    #[error("the bill does not follow those that stand")]
    Bill,
    #[error("{0:?}")]
    Meter(Broken),
}

impl From<Broken> for Fault {
    fn from(broken: Broken) -> Self {
        Self::Meter(broken)
    }
}

impl EventSourced for Usage {
    fn decide(&self, command: UsageCommand) -> Result<Vec<UsageEvent>, UsageRefusal> {
        match command {
            UsageCommand::Record { usage, entries, today } => self.record(&usage, &entries, today),
            UsageCommand::Bill { usage, bill } => Ok(self.bill(usage, bill)?.into_iter().collect()),
            UsageCommand::Credit { usage, bill, note } => {
                Ok(self.credit(usage, bill, note)?.into_iter().collect())
            }
            UsageCommand::Settle { usage } => Ok(self.settle(usage)?.into_iter().collect()),
            UsageCommand::Unbill { usage, bill, voided_on } => {
                Ok(self.unbill(usage, bill, voided_on)?.into_iter().collect())
            }
        }
    }

    fn evolve(&mut self, event: &UsageEvent) -> Result<(), CorruptStream> {
        let of = event.usage();
        let corrupt =
            |fault: Fault| CorruptStream::new(Self::TYPE, format!("{} of {of}: {fault}", event.kind().name));
        if self.usage.get_or_insert_with(|| of.clone()) != of {
            return Err(corrupt(Fault::AnotherStream));
        }
        self.sequence += 1;
        self.take_in(event).map_err(corrupt)
    }

    fn pick(event: &BookEvent) -> Option<&UsageEvent> {
        match event {
            BookEvent::Billing(BillingEvent::Usage(event)) => Some(event),
            BookEvent::Billing(_)
            | BookEvent::Customer(_)
            | BookEvent::Wallet(_)
            | BookEvent::Withdrawal(_)
            | BookEvent::Period(_)
            | BookEvent::ChannelNotification(_)
            | BookEvent::Payouts(_)
            | BookEvent::Settlement(_)
            | BookEvent::Risk(_)
            | BookEvent::Orders(_)
            | BookEvent::Approvals(_) => None,
        }
    }
}

impl Aggregate for Usage {
    const TYPE: &'static str = "usage";
    type Command = UsageCommand;
    type Event = UsageEvent;
    type Error = UsageRefusal;
    type Services = ();

    async fn handle(
        &mut self,
        command: UsageCommand,
        _: &(),
        sink: &EventSink<Self>,
    ) -> Result<(), UsageRefusal> {
        for event in self.decide(command)? {
            sink.write(event, self).await;
        }
        Ok(())
    }

    fn apply(&mut self, event: UsageEvent) {
        self.evolve(&event).unwrap_or_else(|corrupt| corrupt.stop());
    }
}
