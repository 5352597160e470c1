//! `bench bill-run`: a month billed for many customers, cold, as on the first day of the next one.

use std::ffi::OsStr;
use std::str::FromStr;
use std::thread::available_parallelism;
use std::time::Instant;

use anyhow::Context;
use chrono::DateTime;
use futures::{StreamExt, TryStreamExt, stream};
use serde::Serialize;
use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection, Executor, PgConnection};
use tallybook_commands::billing::{
    AssignPricePlan, BillableCustomer, CreatePricePlan, RecordUsage, RunBills, assign_price_plan,
    create_price_plan, record_usage_batch, run_bills,
};
use tallybook_commands::customers::personal::PersonalKeys;
use tallybook_commands::customers::{RegisterCustomer, register_customer};
use tallybook_domain::billing::PlanCode;
use tallybook_domain::billing::bill_run::RunTerms;
use tallybook_domain::billing::pricing::PlanTerms;
use tallybook_domain::customers::CustomerName;
use tallybook_domain::{CustomerId, Month};
use tallybook_event_store::schema::{NewBook, provision};
use tallybook_event_store::{Book, BookSettings};

use super::deposits::context as asked;
use super::sizes::{Figures, Sizes};
use crate::output::note;

/// Bills per second of a bill run
///
/// Fills a book of its own: customers under a plan of three graduated items, each used on every day of a month. Then
/// opens the book anew, so that nothing is in memory, and bills the month.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  tallybook bench bill-run --customers 10000
  tallybook bench bill-run --customers 100000 --json")]
pub struct BenchBillRun {
    /// Customers to bill; several sizes, separated by commas, are measured one after the other
    #[arg(long, value_delimiter = ',', default_value = "10000")]
    customers: Vec<usize>,
    /// Figures as one JSON array
    #[arg(long)]
    json: bool,
}

const SCHEMA: &str = "bench_bill_run";
const METERS: [&str; 3] = ["calls", "storage", "traffic"];
/// Commands under way while the book is filled.
const FILLING: usize = 256;

#[derive(Debug, Serialize)]
struct BillsMeasured {
    customers: usize,
    cores: usize,
    usage_records: usize,
    bills: u64,
    seconds: f64,
    bills_per_second: f64,
}

impl Figures for BillsMeasured {
    fn heads() -> String {
        format!("{:>10} {:>14} {:>9} {:>10}", "customers", "usage records", "seconds", "bills/s")
    }

    fn line(&self) -> String {
        let Self { customers, usage_records, seconds, bills_per_second, .. } = self;
        format!("{customers:>10} {usage_records:>14} {seconds:>9.2} {bills_per_second:>10.0}")
    }
}

impl BenchBillRun {
    pub(super) async fn run(&self, database_url: Option<&str>, search_path: &OsStr) -> anyhow::Result<()> {
        let sizes = Sizes { option: "--customers", sizes: &self.customers, json: self.json };
        sizes.measure(database_url, search_path, measure).await
    }
}

async fn measure(connect: &PgConnectOptions, customers: usize) -> anyhow::Result<BillsMeasured> {
    let mut owner = PgConnection::connect_with(connect).await?;
    let drop_schema = format!("DROP SCHEMA IF EXISTS {SCHEMA} CASCADE");
    owner.execute(drop_schema.as_str()).await?;
    provision(connect, SCHEMA, &NewBook::default()).await?;
    note(format!("filling a book with {customers} customers and a month of their usage"));
    let book = Book::open(connect, settings()).await?;
    let filled = fill(&book, customers).await;
    book.shutdown().await;
    let billable = filled?;
    let written = ["events", "commands", "claims"].map(|table| format!("{SCHEMA}.{table}")).join(", ");
    owner.execute(format!("VACUUM (ANALYZE) {written}").as_str()).await?;
    owner.execute("CHECKPOINT").await?;

    let book = Book::open(connect, settings()).await?;
    let run = RunBills::of(period()?, RunTerms::default());
    let begun = Instant::now();
    let counts = run_bills(&book, &asked(None)?, &run, &billable, |_| {}).await;
    let seconds = begun.elapsed().as_secs_f64();
    book.shutdown().await;
    owner.execute(drop_schema.as_str()).await?;
    let bills = counts?.billed;
    anyhow::ensure!(bills == billable.len() as u64, "{bills} of {} customers were billed", billable.len());
    Ok(BillsMeasured {
        customers,
        cores: available_parallelism()?.get(),
        usage_records: customers * METERS.len() * 31,
        bills,
        seconds,
        bills_per_second: bills as f64 / seconds,
    })
}

/// The first day after the month, whatever day it is: usage that is still to come is refused.
fn settings() -> BookSettings {
    let clock = || DateTime::from_timestamp(1_793_552_400, 0).unwrap_or(DateTime::UNIX_EPOCH);
    BookSettings { clock, ..BookSettings::new(SCHEMA) }
}

fn period() -> anyhow::Result<Month> {
    Month::new(2026, 10).context("a month")
}

/// Three graduated items of three tiers each, 6 % tax.
fn terms() -> anyhow::Result<PlanTerms> {
    let items: Vec<_> = METERS
        .iter()
        .map(|meter| {
            serde_json::json!({
                "code": meter, "name": meter, "meter": meter, "model": "graduated",
                "tiers": [
                    {"up_to": "1000", "unit_price": "0.05", "flat_fee": "10"},
                    {"up_to": "10000", "unit_price": "0.04"},
                    {"up_to": null, "unit_price": "0.025"},
                ],
            })
        })
        .collect();
    Ok(serde_json::from_value(serde_json::json!({"currency": "CNY", "tax_rate": "0.06", "items": items}))?)
}

async fn fill(book: &Book, customers: usize) -> anyhow::Result<Vec<BillableCustomer>> {
    let plan = PlanCode::from_str("bench")?;
    let (name, effective_from) = ("Bench".parse()?, Some(period()?.first_day()));
    let create = CreatePricePlan { plan: plan.clone(), name, effective_from, terms: terms()? };
    create_price_plan(book, asked(None)?, create).await?;
    stream::iter(0..customers)
        .map(|number| customer(book, number, &plan))
        .buffer_unordered(FILLING)
        .try_collect()
        .await
}

/// A customer under the plan, with a record of each meter on each day.
async fn customer(book: &Book, number: usize, plan: &PlanCode) -> anyhow::Result<BillableCustomer> {
    let name = CustomerName::from_str(&format!("Bench customer {number}"))?;
    let (keys, register) = (PersonalKeys::without_master(book), RegisterCustomer::named(name));
    let registered = register_customer(book, &keys, asked(None)?, register).await?;
    let customer = registered.outcome.id;
    let from = period()?.first_day();
    let assign = AssignPricePlan { customer: customer.clone(), plan: plan.clone(), from, reason: None };
    assign_price_plan(book, asked(None)?, assign).await?;
    record_usage_batch(book, asked(None)?, records(number, &customer)?).await?;
    Ok(BillableCustomer { customer, plans: vec![plan.clone()] })
}

fn records(number: usize, customer: &CustomerId) -> anyhow::Result<Vec<RecordUsage>> {
    let days = (1..=31).flat_map(|day| METERS.map(|meter| (day, meter)));
    let record = |(day, meter): (usize, &str)| {
        let quantity = (number % 700 + day * 13).to_string();
        let date = format!("2026-10-{day:02}");
        let reference = format!("{meter}-{day}");
        let entry = serde_json::json!({
            "meter": meter, "date": date, "quantity": quantity, "reference": reference,
        });
        Ok(RecordUsage { customer: customer.clone(), entry: serde_json::from_value(entry)? })
    };
    days.map(record).collect()
}
