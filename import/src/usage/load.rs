//! A list brought into the book: each row becomes a record, a correction of one, or a refusal with its reason.
//!
//! Rows are decided in batches, those of a customer's month together. A batch with a refused row is said again without
//! it, so that no row is lost to another. A list that was brought in before changes nothing; one that was stopped goes
//! on where it was.

use std::collections::HashMap;
use std::time::Duration;

use chrono::NaiveDate;
use tallybook_commands::CommandContext;
use tallybook_commands::billing::{
    MOST_RECORDS, RecordUsage, RecordedUsage, UsageBatchOutcome, record_usage_batch,
};
use tallybook_domain::billing::UsageId;
use tallybook_domain::billing::pricing::Meter;
use tallybook_domain::billing::usage::{UsageEffect, UsageEntry, UsageReference, UsageRefusal};
use tallybook_domain::{CustomerId, Refusal};
use tallybook_event_store::{Book, CommandError, Receipt};
use tokio_util::sync::CancellationToken;

use super::customer::Customers;
use super::{Field, UsageList, UsageRow};
use crate::list::{CellError, ListRow, Loaded, patiently};

/// Who brings the list, and how.
#[derive(Debug, Clone)]
pub struct Loader<'b> {
    pub book: &'b Book,
    /// Without a key: what happens to a row depends on the book alone.
    pub context: CommandContext,
    /// A row that differs from what is recorded takes its place, without saying so itself.
    pub corrections: bool,
    /// How long a book that is busy or away is waited for.
    pub patience: Duration,
}

/// What became of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    Recorded(RecordedUsage),
    Rejected(Vec<CellError>),
    /// Nobody asked, because the import was stopped.
    Left,
}

/// A row on its way to the book, with its place in the list.
#[derive(Debug, Clone)]
struct Wanted {
    place: usize,
    record: RecordUsage,
}

/// What names a record.
type Key<'l> = (CustomerId, &'l Meter, NaiveDate, &'l UsageReference);

/// Rows that are one to the book: the first is sent, the others share its fate.
type Repeats = Vec<(usize, usize)>;

impl Loader<'_> {
    pub async fn load(
        &self,
        list: &UsageList,
        stop: &CancellationToken,
        mut progress: impl FnMut(usize),
    ) -> Loaded<Fate> {
        let fate = |row: &ListRow<UsageRow>| match &row.read {
            Ok(_) => Fate::Left,
            Err(errors) => Fate::Rejected(errors.clone()),
        };
        let fates = list.rows.iter().map(fate).collect();
        let mut loaded = Loaded { fates, position: None, failure: None };
        if let Err(error) = self.load_into(&mut loaded, list, stop, &mut progress).await {
            loaded.failure = Some(error);
        }
        loaded
    }

    async fn load_into(
        &self,
        loaded: &mut Loaded<Fate>,
        list: &UsageList,
        stop: &CancellationToken,
        progress: &mut impl FnMut(usize),
    ) -> Result<(), CommandError> {
        let readable = list.rows.iter().filter_map(|row| row.read.as_ref().ok());
        let customers = Customers::find(self.book, readable, &list.columns).await?;
        let (mut wanted, repeats) = wanted(list, &customers, &mut loaded.fates);
        progress(list.rows.len() - wanted.len());
        // Together they are one event, and one stream to be loaded.
        wanted.sort_by_cached_key(|Wanted { record, .. }| {
            UsageId::on(&record.customer, record.entry.record.date)
        });
        for batch in wanted.chunks(MOST_RECORDS) {
            if stop.is_cancelled() {
                break;
            }
            self.settle(batch.to_vec(), &customers, loaded).await?;
            progress(batch.len());
        }
        for (place, first) in repeats {
            loaded.fates[place] = repeated(&loaded.fates[first]);
        }
        Ok(())
    }

    /// Sends a batch, and again without what was refused, until all of it has its fate. Each time it is shorter, or
    /// more of it are corrections.
    async fn settle(
        &self,
        mut batch: Vec<Wanted>,
        customers: &Customers<'_>,
        loaded: &mut Loaded<Fate>,
    ) -> Result<(), CommandError> {
        while !batch.is_empty() {
            let refused = match self.send(&batch).await {
                Ok(receipt) => {
                    if !self.context.dry_run {
                        loaded.position = loaded.position.max(Some(receipt.position));
                    }
                    for (wanted, recorded) in batch.iter().zip(receipt.outcome.records) {
                        loaded.fates[wanted.place] = Fate::Recorded(recorded);
                    }
                    return Ok(());
                }
                Err(CommandError::Refused(Refusal::Batch(refused))) => refused,
                Err(error) => return Err(error),
            };
            let refusals: HashMap<usize, &Refusal> =
                refused.entries().map(|entry| (entry.index, &*entry.refusal)).collect();
            let mut again = Vec::with_capacity(batch.len());
            for (index, mut wanted) in batch.into_iter().enumerate() {
                match refusals.get(&index) {
                    Some(refusal) if self.corrects(&wanted, refusal) => {
                        wanted.record.entry.correction = true;
                        again.push(wanted);
                    }
                    Some(refusal) => {
                        let error = customers.wrong(field_of(refusal), refusal.to_string());
                        loaded.fates[wanted.place] = Fate::Rejected(vec![error]);
                    }
                    None => again.push(wanted),
                }
            }
            batch = again;
        }
        Ok(())
    }

    /// Whether a row that is refused as it stands is meant as a correction.
    fn corrects(&self, wanted: &Wanted, refusal: &Refusal) -> bool {
        let differs = matches!(refusal, Refusal::Usage(UsageRefusal::Differs { .. }));
        self.corrections && differs && !wanted.record.entry.correction
    }

    async fn send(&self, batch: &[Wanted]) -> Result<Receipt<UsageBatchOutcome>, CommandError> {
        let records: Vec<RecordUsage> = batch.iter().map(|wanted| wanted.record.clone()).collect();
        patiently(self.patience, || record_usage_batch(self.book, self.context.clone(), records.clone()))
            .await
    }
}

/// The rows to be sent. Of rows with the same record the first counts: another that says the same shares its fate, and
/// one that says anything else is bad, because nobody knows which is meant.
fn wanted(list: &UsageList, customers: &Customers<'_>, fates: &mut [Fate]) -> (Vec<Wanted>, Repeats) {
    let (mut wanted, mut repeats) = (Vec::new(), Repeats::new());
    let mut first: HashMap<Key<'_>, usize> = HashMap::new();
    for (place, row) in list.rows.iter().enumerate() {
        let Ok(said) = &row.read else { continue };
        let record = said.record().map_err(|detail| customers.wrong(Field::Quantity, detail));
        let (customer, record) = match (customers.of(said), record) {
            (Ok(customer), Ok(record)) => (customer, record),
            (customer, record) => {
                fates[place] = Fate::Rejected(customer.err().into_iter().chain(record.err()).collect());
                continue;
            }
        };
        let correction = said.correction;
        let key = (customer.clone(), &said.meter, said.date, &said.reference);
        let earlier =
            first.get(&key).and_then(|earlier| Some((*earlier, list.rows[*earlier].read.as_ref().ok()?)));
        match earlier {
            None => {
                first.insert(key, place);
                let entry = UsageEntry { record, correction };
                wanted.push(Wanted { place, record: RecordUsage { customer, entry } });
            }
            Some((earlier, same))
                if (&same.quantity.read, same.correction) == (&said.quantity.read, correction) =>
            {
                repeats.push((place, earlier));
            }
            Some((earlier, other)) => {
                let (number, quantity) = (list.rows[earlier].number, &other.quantity.text);
                let detail = format!("row {number} has the same record, with {quantity}");
                fates[place] = Fate::Rejected(vec![customers.wrong(Field::Quantity, detail)]);
            }
        }
    }
    (wanted, repeats)
}

fn repeated(first: &Fate) -> Fate {
    match first {
        Fate::Recorded(recorded) => {
            Fate::Recorded(RecordedUsage { effect: UsageEffect::Unchanged, late: false, ..recorded.clone() })
        }
        Fate::Rejected(_) | Fate::Left => first.clone(),
    }
}

/// The field that a refusal is about.
fn field_of(refusal: &Refusal) -> Field {
    let Refusal::Usage(refusal) = refusal else { return Field::Customer };
    match refusal {
        UsageRefusal::Differs { .. } | UsageRefusal::SumOutOfRange { .. } => Field::Quantity,
        UsageRefusal::NotRecorded { .. } => Field::Reference,
        UsageRefusal::Date(_) => Field::Date,
        UsageRefusal::BilledAlready { .. }
        | UsageRefusal::NotBilled { .. }
        | UsageRefusal::NothingLate { .. }
        | UsageRefusal::LaterBillStands { .. } => Field::Customer,
    }
}
