//! A dry run: what would be billed, in short or line by line.

use std::fs::File;

use chrono::NaiveDate;
use futures::{Stream, StreamExt, TryStreamExt};
use serde::Serialize;
use tallybook_commands::CommandContext;
use tallybook_commands::billing::{
    AT_ONCE, BillableCustomer, Preview, PreviewedCustomer, RunBills, TOGETHER, preview_bills,
};
use tallybook_domain::billing::bill::BillPart;
use tallybook_domain::billing::bill_run::{BillRunRefusal, ParkedCustomer, RunCounts};
use tallybook_domain::{CustomerId, Money, Month, Refusal};
use tallybook_event_store::{Book, CommandError};
use tokio::sync::mpsc;

use super::BillRunError;
use crate::answer::{Cell, Tabular, workbook};

/// Bills and parked customers that the short form tells; the table has all.
const TOLD: usize = 100;

/// What a run would come to.
#[derive(Debug, Clone, Serialize)]
pub struct PreviewOutcome {
    pub id: Month,
    #[serde(flatten)]
    pub counts: RunCounts,
    /// The first hundred.
    pub bills: Vec<PreviewedCustomer>,
    /// The first hundred.
    pub parked_customers: Vec<ParkedCustomer>,
}

/// A line of a bill there would be, the bill itself, or a customer who would be passed over or parked.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct PreviewRow {
    customer: CustomerId,
    row: &'static str,
    plan: Option<String>,
    days: Option<(NaiveDate, NaiveDate)>,
    item: Option<[String; 2]>,
    meter: Option<String>,
    quantity: Option<String>,
    exact_amount: Option<String>,
    amount: Option<Money>,
    tax: Option<Money>,
    total: Option<Money>,
    reason: Option<String>,
}

impl PreviewOutcome {
    fn new(id: Month, customers: usize) -> Self {
        let counts = RunCounts { customers: customers as u64, ..RunCounts::default() };
        Self { id, counts, bills: Vec::new(), parked_customers: Vec::new() }
    }

    fn count(&mut self, previewed: &PreviewedCustomer) -> Result<(), BillRunError> {
        let counts = &mut self.counts;
        match &previewed.preview {
            Preview::Skipped => counts.skipped += 1,
            Preview::Billed { amounts, .. } => {
                counts.totals = counts.totals_with([amounts.total]).map_err(too_large)?;
                counts.billed += 1;
                if self.bills.len() < TOLD {
                    self.bills.push(previewed.clone());
                }
            }
            Preview::Parked { reason } => {
                counts.parked += 1;
                if self.parked_customers.len() < TOLD {
                    let (customer, reason) = (previewed.customer.clone(), reason.clone());
                    self.parked_customers.push(ParkedCustomer { customer, reason });
                }
            }
        }
        Ok(())
    }
}

fn too_large(error: tallybook_domain::MoneyError) -> BillRunError {
    CommandError::Refused(Refusal::from(BillRunRefusal::from(error))).into()
}

/// Customers as they would be billed, in the order given, a chunk at a time.
fn previews<'a>(
    book: &'a Book,
    context: &'a CommandContext,
    run: &'a RunBills,
    customers: &'a [BillableCustomer],
) -> impl Stream<Item = Result<Vec<PreviewedCustomer>, CommandError>> + 'a {
    let chunks = customers.chunks(TOGETHER).map(|chunk| preview_bills(book, context, run, chunk));
    futures::stream::iter(chunks).buffered(AT_ONCE)
}

/// Goes through all customers, and writes nothing down.
pub async fn preview_all(
    book: &Book,
    context: &CommandContext,
    run: &RunBills,
    customers: &[BillableCustomer],
) -> Result<PreviewOutcome, BillRunError> {
    let mut outcome = PreviewOutcome::new(run.period, customers.len());
    let mut previews = std::pin::pin!(previews(book, context, run, customers));
    while let Some(chunk) = previews.try_next().await? {
        for previewed in &chunk {
            outcome.count(previewed)?;
        }
    }
    Ok(outcome)
}

/// The same with all lines as an Excel workbook in a temporary file.
pub async fn preview_workbook(
    book: &Book,
    context: &CommandContext,
    run: &RunBills,
    customers: &[BillableCustomer],
    mut advance: impl FnMut(u64),
) -> Result<(PreviewOutcome, File), BillRunError> {
    let (sender, receiver) = mpsc::channel(TOGETHER);
    let writer = tokio::task::spawn_blocking(move || workbook(PreviewRow::COLUMNS, receiver));
    let mut outcome = PreviewOutcome::new(run.period, customers.len());
    let mut previews = std::pin::pin!(previews(book, context, run, customers));
    'chunks: while let Some(chunk) = previews.try_next().await? {
        for previewed in &chunk {
            outcome.count(previewed)?;
            for row in PreviewRow::all_of(previewed) {
                // The writer stopped early: it says below why.
                if sender.send(row.cells()).await.is_err() {
                    break 'chunks;
                }
            }
        }
        advance(chunk.len() as u64);
    }
    drop(sender);
    let written = writer.await.map_err(|error| BillRunError::Workbook(error.to_string()))?;
    Ok((
        outcome,
        written.map_err(|problem| BillRunError::Workbook(problem.cause().unwrap_or_default().to_owned()))?,
    ))
}

impl PreviewRow {
    /// The lines of a bill and the bill, or the one row that says why there would be none.
    pub(crate) fn all_of(previewed: &PreviewedCustomer) -> Vec<Self> {
        let empty = |row| Self::empty(&previewed.customer, row);
        match &previewed.preview {
            Preview::Skipped => vec![empty("skipped")],
            Preview::Parked { reason } => vec![Self { reason: Some(reason.clone()), ..empty("parked") }],
            Preview::Billed { parts, amounts, passed_limit } => {
                let reason = passed_limit.map(|passed| passed.to_string());
                let lines = parts.iter().flat_map(|part| Self::lines(&previewed.customer, part));
                let (amount, tax, total) = (Some(amounts.subtotal), Some(amounts.tax), Some(amounts.total));
                lines.chain([Self { amount, tax, total, reason, ..empty("bill") }]).collect()
            }
        }
    }

    fn lines<'a>(customer: &'a CustomerId, part: &'a BillPart) -> impl Iterator<Item = Self> + 'a {
        part.quote.lines.iter().map(move |line| Self {
            plan: Some(format!("{} v{}", part.plan, part.plan_version)),
            days: Some((part.from, part.to)),
            item: Some([line.code.to_string(), line.name.to_string()]),
            meter: line.meter.as_ref().map(ToString::to_string),
            quantity: line.quantity.as_ref().map(ToString::to_string),
            exact_amount: Some(line.exact_amount.to_string()),
            amount: Some(line.amount),
            ..Self::empty(customer, "line")
        })
    }

    fn empty(customer: &CustomerId, row: &'static str) -> Self {
        Self {
            customer: customer.clone(),
            row,
            plan: None,
            days: None,
            item: None,
            meter: None,
            quantity: None,
            exact_amount: None,
            amount: None,
            tax: None,
            total: None,
            reason: None,
        }
    }
}

impl Tabular for PreviewRow {
    const COLUMNS: &'static [&'static str] = &[
        "customer",
        "row",
        "plan",
        "from",
        "to",
        "item",
        "name",
        "meter",
        "quantity",
        "exact_amount",
        "amount",
        "tax",
        "total",
        "currency",
        "reason",
    ];

    fn cells(&self) -> Vec<Cell> {
        let [item, name] = match &self.item {
            Some([code, name]) => [Some(code), Some(name)],
            None => [None, None],
        };
        let money = |money: Option<Money>| money.map_or(Cell::Empty, Cell::money);
        vec![
            Cell::text(&self.customer),
            Cell::text(self.row),
            Cell::optional(self.plan.as_ref()),
            Cell::optional_date(self.days.map(|(from, _)| from)),
            Cell::optional_date(self.days.map(|(_, to)| to)),
            Cell::optional(item),
            Cell::optional(name),
            Cell::optional(self.meter.as_ref()),
            Cell::optional(self.quantity.as_ref()),
            Cell::optional(self.exact_amount.as_ref()),
            money(self.amount),
            money(self.tax),
            money(self.total),
            Cell::optional(self.amount.map(|amount| amount.currency())),
            Cell::optional(self.reason.as_ref()),
        ]
    }
}
