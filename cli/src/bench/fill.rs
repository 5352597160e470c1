//! `bench fill`: a book with a long and mixed history, made through the lane like any other.

use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use anyhow::Context;
use chrono::{Days, NaiveDate};
use rand::{Rng, SeedableRng, rngs::SmallRng};
use tallybook_commands::deposits::{
    ApproveWithdrawal, RecordDeposit, RequestWithdrawal, ReverseDeposit, SubmitWithdrawal, SucceedWithdrawal,
    approve_withdrawal, record_deposit, request_withdrawal, reverse_deposit, submit_withdrawal,
    succeed_withdrawal,
};
use tallybook_commands::risk::{ChangeRiskRules, change_risk_rules};
use tallybook_domain::deposits::{BankReference, DepositMethod, Destination, WithdrawalReference};
use tallybook_domain::risk::{Known, MOST_POINTS, RiskRuleSet};
use tallybook_domain::text::Reason;
use tallybook_domain::{Actor, Currency, CustomerId, Money, WithdrawalId};
use tallybook_event_store::{Book, journal};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::deposits::{BENCH_ACTOR, Wallets, context};
use crate::output::say;
use crate::progress::Progress;

/// Fill a book with made-up business: deposits, reversals, withdrawals
///
/// For measuring and trying things out. The history is mixed (one deposit in 20 is reversed, one in 10 followed by a
/// withdrawal) and spread over a year of business dates. A book with business of its own is refused.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  tallybook bench fill --book big --events 1000000
  tallybook bench fill --book big --events 10000000 --customers 100000")]
pub struct BenchFill {
    /// Events the book has afterwards, and a few more
    #[arg(long, default_value_t = 1_000_000)]
    events: u64,
    /// Customers with a wallet each
    #[arg(long, default_value_t = 10_000)]
    customers: usize,
    /// Commands under way at a time
    #[arg(long, default_value_t = 512)]
    clients: u64,
}

impl BenchFill {
    /// So many events, over 10,000 customers where there are enough of them.
    pub(super) fn of(events: u64) -> Self {
        let customers = usize::try_from(events / 50).map_or(10_000, |some| some.clamp(1, 10_000));
        Self { events, customers, clients: 512 }
    }

    pub(super) async fn run(&self, book: &Book, stop: &CancellationToken) -> anyhow::Result<()> {
        anyhow::ensure!(
            self.customers > 0 && self.clients > 0,
            "--customers and --clients must be more than 0"
        );
        ours_alone(book).await?;
        let (begun, before) = (Instant::now(), book.head());
        self.fill(book, stop).await?;
        let (added, seconds) = (book.head() - before, begun.elapsed().as_secs_f64());
        say(format!(
            "{added} events in {seconds:.0} s ({:.0} per second); the book has {}.",
            added as f64 / seconds,
            book.head()
        ));
        Ok(())
    }

    pub(super) async fn fill(&self, book: &Book, stop: &CancellationToken) -> anyhow::Result<()> {
        let before = book.head();
        let bar = Arc::new(Progress::over(self.events, "events", false));
        // References stay unique when a book is filled further.
        let serial = Arc::new(AtomicU64::new(before));
        nobody_looks(book).await?;
        let wallets = Arc::new(Wallets::open_after(book, self.customers, before).await?);
        let mut clients = JoinSet::new();
        for number in 0..self.clients {
            let client = Client {
                book: book.clone(),
                wallets: Arc::clone(&wallets),
                serial: Arc::clone(&serial),
                random: SmallRng::seed_from_u64(before ^ number),
            };
            clients.spawn(client.work(self.events, stop.clone(), Arc::clone(&bar)));
        }
        while let Some(client) = clients.join_next().await {
            client??;
        }
        bar.finish();
        Ok(())
    }
}

/// Made-up withdrawals go to one account, and many on one day: no rule of risk may stop them.
async fn nobody_looks(book: &Book) -> anyhow::Result<()> {
    let rules = RiskRuleSet { review_from: MOST_POINTS, block_from: MOST_POINTS, rules: Vec::new() };
    let change = ChangeRiskRules { rules, expected_version: None };
    change_risk_rules(book, context(None)?, change).await?;
    Ok(())
}

/// Made-up money does not belong among real money.
async fn ours_alone(book: &Book) -> anyhow::Result<()> {
    let first = journal::page(book.pool(), 0, 1).await?;
    let ours = format!(r#""actor":"{BENCH_ACTOR}""#);
    anyhow::ensure!(
        first.iter().all(|event| event.metadata.contains(&ours)),
        "this book has business of its own: fill another one, with --book NAME"
    );
    Ok(())
}

struct Client {
    book: Book,
    wallets: Arc<Wallets>,
    serial: Arc<AtomicU64>,
    random: SmallRng,
}

impl Client {
    async fn work(mut self, events: u64, stop: CancellationToken, bar: Arc<Progress>) -> anyhow::Result<()> {
        while self.book.head() < events && !stop.is_cancelled() {
            self.transact().await?;
            bar.reach(self.book.head(), events, "");
        }
        Ok(())
    }

    /// A deposit and what follows it now and then.
    async fn transact(&mut self) -> anyhow::Result<()> {
        let customers = &self.wallets.customers;
        let customer = customers[self.random.random_range(0..customers.len())].clone();
        let serial = self.serial.fetch_add(1, Ordering::Relaxed);
        let date = NaiveDate::from_ymd_opt(2026, 1, 1)
            .and_then(|first| first.checked_add_days(Days::new(self.random.random_range(0..300))))
            .context("a date of this year")?;
        let amount = Money::parse(
            &format!("{}.{:02}", self.random.random_range(10..5000), serial % 100),
            Currency::CNY,
        )?;
        let deposit = RecordDeposit {
            customer: customer.clone(),
            amount,
            reference: BankReference::from_str(&format!("FILL-{serial:012}"))?,
            method: if serial.is_multiple_of(7) {
                DepositMethod::WechatPay
            } else {
                DepositMethod::BankTransfer
            },
            effective_date: Some(date),
            remark: None,
        };
        let recorded = record_deposit(&self.book, context(None)?, deposit).await?;
        if serial.is_multiple_of(20) {
            let (reason, effective_date) = (Reason::from_str("entered twice")?, Some(date));
            let reverse = ReverseDeposit { deposit: recorded.outcome.id, reason, effective_date };
            reverse_deposit(&self.book, context(None)?, reverse).await?;
        } else if serial.is_multiple_of(10) {
            self.withdraw(customer, serial, date).await?;
        }
        Ok(())
    }

    async fn withdraw(&self, customer: CustomerId, serial: u64, date: NaiveDate) -> anyhow::Result<()> {
        let withdrawal = WithdrawalId::from_uuid(made_up_id());
        let request = RequestWithdrawal {
            customer,
            amount: Money::parse("5.00", Currency::CNY)?,
            reference: WithdrawalReference::from_str(&format!("OUT-{serial:012}"))?,
            destination: Destination {
                account_name: "Bench customer".parse()?,
                account_number: "6222020200112233".parse()?,
                bank_name: None,
            },
        };
        let (book, effective_date) = (&self.book, Some(date));
        let known = Known::nothing(book.head(), Currency::CNY);
        request_withdrawal(book, context(None)?, withdrawal.clone(), request, Some(known)).await?;
        let approver = tallybook_commands::CommandContext {
            actor: Actor::from_str("user:bench-approver")?,
            ..context(None)?
        };
        approve_withdrawal(book, approver, ApproveWithdrawal { withdrawal: withdrawal.clone() }).await?;
        let submit =
            SubmitWithdrawal { withdrawal: withdrawal.clone(), channel_reference: None, effective_date };
        submit_withdrawal(book, context(None)?, submit).await?;
        succeed_withdrawal(book, context(None)?, SucceedWithdrawal { withdrawal, effective_date }).await?;
        Ok(())
    }
}

#[expect(clippy::disallowed_methods, reason = "the edge, where ids are made")]
fn made_up_id() -> Uuid {
    Uuid::now_v7()
}
