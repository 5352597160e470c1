//! What a source has brought is judged, and recorded or put aside, within a run of it.
//!
//! What is believed goes through the same command as a batch that somebody sends: sent twice, it changes nothing.

use std::collections::BTreeSet;

use chrono::{Days, NaiveDate};
use serde::{Deserialize, Serialize};
use tallybook_domain::billing::quarantine::{CollectedRecord, HeldUsage, Judge, Plausibility, Verdict};
use tallybook_domain::billing::usage::{UsageEffect, UsageEntry};
use tallybook_domain::billing::usage_source::{CollectedCounts, FailedCollection, UsageRunId};
use tallybook_domain::billing::{
    Usage, UsageCommand, UsageId, UsageQuarantine, UsageQuarantineCommand, UsageQuarantineId, UsageSource,
    UsageSourceCommand, UsageSourceRefusal,
};
use tallybook_domain::customers::Customer;
use tallybook_domain::{CustomerId, Month, Refusal};
use tallybook_event_store::{Book, CommandError, Decision, Receipt, StreamKey};

use super::start_usage_run::{UsageRunOutcome, standing};
use crate::CommandContext;

/// Refused records of a customer's month that are told one by one.
const TOLD: usize = 5;
/// What files are claimed under, so that each is taken in once.
const FILES: &str = "usage_file";

/// What some requests of a run have brought.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CollectUsage {
    pub run: UsageRunId,
    pub plausibility: Plausibility,
    /// Requests that are done with by this, whether they brought anything or not.
    pub asked: u64,
    pub months: Vec<CollectedMonth>,
    /// What could not be asked for or read.
    pub failed: Vec<FailedCollection>,
    /// The content hash of a file of which this is the rest; taken in for good, unless something of this fails.
    pub file: Option<String>,
}

/// What came of a customer's month: at most [`super::MOST_RECORDS`] in all of one decision.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CollectedMonth {
    pub customer: CustomerId,
    pub month: Month,
    pub records: Vec<CollectedRecord>,
}

/// Records what is believed, puts aside what is not, and counts both in the run.
pub async fn collect_usage(
    book: &Book,
    context: CommandContext,
    collect: CollectUsage,
) -> Result<Receipt<UsageRunOutcome>, CommandError> {
    let request = context.request("collect_usage", &collect)?;
    book.execute(request, collect.streams(), move |decision| collect.decide(decision)).await
}

/// Whether a file of this content has been taken in by the source before. Asked before anything of it is recorded: what
/// somebody has corrected since must not be set back by the same file.
pub async fn usage_file_is_taken(
    book: &Book,
    context: CommandContext,
    collect: CollectUsage,
) -> Result<bool, CommandError> {
    let context = CommandContext { dry_run: true, ..context };
    match collect_usage(book, context, collect).await {
        Ok(_) => Ok(false),
        Err(CommandError::Refused(Refusal::UsageSource(UsageSourceRefusal::FileTaken))) => Ok(true),
        Err(error) => Err(error),
    }
}

/// What became of a customer's month.
#[derive(Debug, Default)]
struct Taken {
    counts: CollectedCounts,
    failed: Vec<FailedCollection>,
}

impl CollectUsage {
    fn streams(&self) -> Vec<StreamKey> {
        let source = UsageSource::stream_of(&self.run.source());
        let mut streams = vec![StreamKey::existing::<UsageSource>(source)];
        let customers: BTreeSet<&CustomerId> = self.months.iter().map(|of| &of.customer).collect();
        streams.extend(customers.into_iter().map(StreamKey::existing::<Customer>));
        let mut usages = BTreeSet::new();
        let mut quarantines = BTreeSet::new();
        for CollectedMonth { customer, month, .. } in &self.months {
            quarantines.insert(UsageQuarantineId::new(customer, *month));
            usages.extend(self.judged_by(customer, *month));
            usages.insert(UsageId::new(customer, *month));
        }
        streams.extend(usages.iter().map(StreamKey::existing::<Usage>));
        streams.extend(quarantines.iter().map(StreamKey::existing::<UsageQuarantine>));
        streams
    }

    /// The months before one that its averages reach into.
    fn judged_by(&self, customer: &CustomerId, month: Month) -> Vec<UsageId> {
        let window = Days::new(self.plausibility.window_days.into());
        let first = month.first_day().checked_sub_days(window).unwrap_or(NaiveDate::MIN);
        let months = std::iter::successors(month.previous(), |month| month.previous());
        months
            .take_while(|month| month.last_day() >= first)
            .map(|month| UsageId::new(customer, month))
            .collect()
    }

    fn decide(&self, decision: &mut Decision<'_>) -> Result<UsageRunOutcome, Refusal> {
        let (run, source) = (self.run.clone(), self.run.source());
        let too_many = || UsageSourceRefusal::TooMany { source_name: source.clone() };
        let (mut counts, mut failed) = (CollectedCounts::default(), self.failed.clone());
        for month in &self.months {
            let taken = self.take(decision, month)?;
            counts = counts.checked_add(taken.counts).ok_or_else(too_many)?;
            failed.extend(taken.failed);
        }
        if let Some(hash) = self.file.as_ref().filter(|_| failed.is_empty()) {
            decision.claim(FILES, format!("{source}/{hash}"), UsageSourceRefusal::FileTaken.into());
        }
        let command = UsageSourceCommand::Collect { run: run.clone(), asked: self.asked, counts, failed };
        decision.decide::<UsageSource>(&UsageSource::stream_of(&source), command)?;
        Ok(standing(decision, &source, None).ok_or(UsageSourceRefusal::NotUnderWay { run })?)
    }

    fn take(&self, decision: &mut Decision<'_>, of: &CollectedMonth) -> Result<Taken, Refusal> {
        let CollectedMonth { customer, month, records } = of;
        let failed = |reason: &str| FailedCollection::because(reason).of_month(customer.clone(), *month);
        let mut taken = Taken::default();
        let open = decision.state::<Customer>(customer.as_str()).check_open(customer);
        if let (Err(refusal), false) = (open, records.is_empty()) {
            taken.failed.push(failed(&refusal.to_string()));
            return Ok(taken);
        }
        let Judged { entries, held, full } = self.judge(decision, of, &mut taken.counts);
        let mut refused: Vec<String> = record(decision, of, entries, &mut taken.counts)?;
        if full > 0 {
            refused.push(format!("{full} more are not believed, and too many are put aside already"));
        }
        taken.counts.quarantined = held.len() as u64;
        let quarantine = UsageQuarantineId::new(customer, *month);
        let hold =
            UsageQuarantineCommand::Hold { quarantine: quarantine.clone(), run: self.run.clone(), held };
        decision.decide::<UsageQuarantine>(quarantine.as_str(), hold)?;
        taken.failed.extend(refused.iter().take(TOLD).map(|reason| failed(reason)));
        if refused.len() > TOLD {
            taken.failed.push(failed(&format!("and {} more", refused.len() - TOLD)));
        }
        Ok(taken)
    }

    fn judge(&self, decision: &Decision<'_>, of: &CollectedMonth, counts: &mut CollectedCounts) -> Judged {
        let CollectedMonth { customer, month, records } = of;
        let earlier = self.judged_by(customer, *month);
        let quarantine = UsageQuarantineId::new(customer, *month);
        let mut judge = Judge::new(
            self.plausibility,
            decision.state::<Usage>(UsageId::new(customer, *month).as_str()),
            earlier.iter().map(|usage| decision.state::<Usage>(usage.as_str())).collect(),
            decision.state::<UsageQuarantine>(quarantine.as_str()),
        );
        let mut in_order: Vec<&CollectedRecord> = records.iter().collect();
        in_order.sort_by_key(|record| record.date);
        let mut judged = Judged::default();
        for record in in_order {
            match judge.judge(record) {
                Verdict::Unchanged => counts.unchanged += 1,
                Verdict::Held => counts.held += 1,
                Verdict::Record(entry) => judged.entries.push(entry),
                Verdict::Quarantine(held) => judged.held.push(held),
                Verdict::NoRoom => judged.full += 1,
            }
        }
        judged
    }
}

#[derive(Debug, Default)]
struct Judged {
    entries: Vec<UsageEntry>,
    held: Vec<HeldUsage>,
    /// Not believed, and no room to put them aside.
    full: usize,
}

/// Records what can be recorded; the answer is why the rest cannot.
fn record(
    decision: &mut Decision<'_>,
    of: &CollectedMonth,
    entries: Vec<UsageEntry>,
    counts: &mut CollectedCounts,
) -> Result<Vec<String>, Refusal> {
    let (usage, today) = (UsageId::new(&of.customer, of.month), decision.today());
    let assessed = decision.state::<Usage>(usage.as_str()).assess(&usage, &entries, today);
    let (mut refused, mut good) = (Vec::new(), Vec::with_capacity(entries.len()));
    for (entry, effect) in entries.into_iter().zip(assessed) {
        match effect {
            Ok(UsageEffect::Recorded) => counts.recorded += 1,
            Ok(UsageEffect::Corrected) => counts.corrected += 1,
            Ok(UsageEffect::Unchanged) => counts.unchanged += 1,
            Err(refusal) => {
                refused.push(refusal.to_string());
                continue;
            }
        }
        good.push(entry);
    }
    decision.decide::<Usage>(
        usage.as_str(),
        UsageCommand::Record { usage: usage.clone(), entries: good, today },
    )?;
    Ok(refused)
}
