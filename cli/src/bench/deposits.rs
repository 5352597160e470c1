//! The load: deposits over many wallets, through the same use case the API calls.

use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use futures::{StreamExt, TryStreamExt, stream};
use rand::{Rng, SeedableRng};
use tallybook_commands::CommandContext;
use tallybook_commands::customers::personal::PersonalKeys;
use tallybook_commands::customers::{RegisterCustomer, register_customer};
use tallybook_commands::deposits::{RecordDeposit, record_deposit};
use tallybook_domain::customers::CustomerName;
use tallybook_domain::deposits::{BankReference, DepositMethod};
use tallybook_domain::{Actor, Currency, CustomerId, Money};
use tallybook_event_store::Book;
use tokio::task::JoinSet;

use super::measure::{Latencies, Measured, Meter};

/// Who records what benchmarks record.
pub(super) const BENCH_ACTOR: &str = "cli:bench";

/// Customers whose wallets the deposits go to.
pub(super) struct Wallets {
    pub(super) customers: Vec<CustomerId>,
}

impl Wallets {
    /// Registers customers and gives each a first deposit, so that every wallet is there and in memory.
    pub(super) async fn open(book: &Book, count: usize) -> anyhow::Result<Self> {
        Self::open_after(book, count, 0).await
    }

    /// The same in a book that has some already: `before` keeps names and references apart.
    pub(super) async fn open_after(book: &Book, count: usize, before: u64) -> anyhow::Result<Self> {
        let customers = stream::iter(0..count)
            .map(|number| async move {
                let number = format!("{before}-{number}");
                let name = CustomerName::from_str(&format!("Bench customer {number}"))?;
                let (keys, register) = (PersonalKeys::without_master(book), RegisterCustomer::named(name));
                let registered = register_customer(book, &keys, context(None)?, register).await?;
                let customer = registered.outcome.id;
                record_deposit(book, context(None)?, deposit(&customer, format!("open-{number}"))?).await?;
                anyhow::Ok(customer)
            })
            .buffer_unordered(256)
            .try_collect()
            .await?;
        Ok(Self { customers })
    }

    pub(super) fn only_first(&self) -> Self {
        Self { customers: self.customers[..1].to_vec() }
    }
}

/// One run of one load.
#[derive(Clone)]
pub(super) struct Load {
    pub(super) clients: usize,
    pub(super) lasting: Duration,
    /// All clients together; without it each asks again as soon as it is answered.
    pub(super) per_second: Option<f64>,
    /// Keeps the references of runs apart.
    pub(super) run: u32,
    pub(super) serial: Arc<AtomicU64>,
}

impl Load {
    /// Deposits straight through the use case.
    pub(super) async fn in_process(&self, book: &Book, wallets: &Arc<Wallets>) -> anyhow::Result<Measured> {
        let until = Instant::now() + self.lasting;
        let meter = Meter::start();
        let mut tasks = JoinSet::new();
        for client in 0..self.clients {
            let (book, wallets, mut pace) = (book.clone(), Arc::clone(wallets), self.pace(client));
            tasks.spawn(async move {
                let mut latencies = Latencies::none()?;
                while Instant::now() < until {
                    pace.wait().await;
                    let customer = pace.pick(&wallets.customers);
                    let reference = pace.reference();
                    let begun = Instant::now();
                    let request = deposit(customer, reference.clone())?;
                    record_deposit(&book, context(Some(reference))?, request).await?;
                    latencies.push(begun.elapsed())?;
                }
                anyhow::Ok(latencies)
            });
        }
        meter.finish(tasks).await
    }

    pub(super) fn pace(&self, client: usize) -> Pace {
        let interval = self.per_second.map(|rate| Duration::from_secs_f64(self.clients as f64 / rate));
        Pace {
            interval,
            random: rand::rngs::SmallRng::seed_from_u64(client as u64),
            run: self.run,
            serial: Arc::clone(&self.serial),
        }
    }
}

/// When a client asks next, and for whom. Repeatable: each client has its own fixed seed.
pub(super) struct Pace {
    interval: Option<Duration>,
    random: rand::rngs::SmallRng,
    run: u32,
    serial: Arc<AtomicU64>,
}

impl Pace {
    /// Pauses between nothing and twice the interval, so that clients do not march in step.
    pub(super) async fn wait(&mut self) {
        if let Some(interval) = self.interval {
            tokio::time::sleep(interval.mul_f64(self.random.random_range(0.0..2.0))).await;
        }
    }

    /// A bank's serial number: unique, and growing as the days' business goes on.
    pub(super) fn reference(&self) -> String {
        format!("{:03}-{:012}", self.run, self.serial.fetch_add(1, Ordering::Relaxed))
    }

    pub(super) fn pick<'a>(&mut self, customers: &'a [CustomerId]) -> &'a CustomerId {
        &customers[self.random.random_range(0..customers.len())]
    }
}

pub(super) fn context(key: Option<String>) -> anyhow::Result<CommandContext> {
    Ok(CommandContext {
        actor: Actor::from_str(BENCH_ACTOR)?,
        idempotency_key: key,
        request_id: None,
        client_address: None,
        dry_run: false,
    })
}

fn deposit(customer: &CustomerId, reference: String) -> anyhow::Result<RecordDeposit> {
    Ok(RecordDeposit {
        customer: customer.clone(),
        amount: Money::parse("12.34", Currency::CNY)?,
        reference: BankReference::from_str(&reference)?,
        method: DepositMethod::BankTransfer,
        effective_date: None,
        remark: None,
    })
}
