//! Telling the story to a book.

use std::collections::HashMap;

use anyhow::{Context, anyhow};
use chrono::{Days, NaiveDate};
use tallybook_commands::CommandContext;
use tallybook_commands::customers::personal::PersonalKeys;
use tallybook_commands::customers::{CustomerOutcome, SuspendCustomer, register_customer, suspend_customer};
use tallybook_commands::deposits::{
    ApproveWithdrawal, CancelWithdrawal, DepositOutcome, FailWithdrawal, RecordDeposit, RejectWithdrawal,
    RequestWithdrawal, ReturnWithdrawal, ReverseDeposit, SubmitWithdrawal, SucceedWithdrawal,
    WithdrawalOutcome, approve_withdrawal, cancel_withdrawal, fail_withdrawal, record_deposit,
    reject_withdrawal, request_withdrawal, return_withdrawal, reverse_deposit, submit_withdrawal,
    succeed_withdrawal,
};
use tallybook_domain::customers::Customer;
use tallybook_domain::deposits::{Destination, WithdrawalState};
use tallybook_domain::risk::{CameIn, Known};
use tallybook_domain::{Currency, CustomerId, EventMetadata, Money, WithdrawalId};
use tallybook_event_store::{Book, CommandError, Receipt, StreamKey, journal};

use super::story::{self, CUSTOMERS, DepositStep, SUSPENDED, WithdrawalStep};
use super::{files, users};
use crate::environment;
use crate::failure::Failure;

/// Every command of the demonstration has a key that begins so.
const KEY: &str = "demo/";

/// Fills a new book, or adds what is missing in one that was filled in part. Refuses a book with other data in it.
///
/// Personal fields are left out where this process cannot seal them.
pub async fn fill(book: &Book, keys: &PersonalKeys) -> Result<(), Failure> {
    refuse_real_book(book).await?;
    users::make(book.pool()).await?;
    let mut teller = Teller { book, keys, told: told(book).await?, customers: Vec::new(), day: book.today() };
    teller.register_customers().await?;
    let deposits = story::deposits();
    for (number, step) in deposits.iter().enumerate() {
        teller.deposit(number, step).await?;
    }
    for (number, step) in story::withdrawals().iter().enumerate() {
        teller.withdraw(number, step).await?;
    }
    teller.suspend().await
}

pub(super) async fn refuse_real_book(book: &Book) -> Result<(), Failure> {
    let Some(first) = journal::page(book.pool(), 0, 1).await?.pop() else { return Ok(()) };
    let metadata: EventMetadata =
        serde_json::from_str(&first.metadata).context("the first event's metadata")?;
    if metadata.command_id.starts_with(KEY) {
        return Ok(());
    }
    Err(Failure::refused(anyhow!(
        "the book {} has data of its own, so no demonstration data is put into it: leave out --demo, or name another book with --book",
        book.schema()
    )))
}

/// The outcomes of the steps that were taken before, by their keys.
async fn told(book: &Book) -> Result<HashMap<String, String>, Failure> {
    let rows = sqlx::query!(
        r#"SELECT command_id, outcome::text AS "outcome!" FROM commands WHERE starts_with(command_id, $1)"#,
        KEY
    )
    .fetch_all(book.pool())
    .await?;
    Ok(rows.into_iter().map(|row| (row.command_id, row.outcome)).collect())
}

struct Teller<'b> {
    book: &'b Book,
    keys: &'b PersonalKeys,
    told: HashMap<String, String>,
    customers: Vec<CustomerId>,
    /// The day the book was first filled, which all dates count back from.
    day: NaiveDate,
}

impl Teller<'_> {
    async fn register_customers(&mut self) -> Result<(), Failure> {
        for number in 0..CUSTOMERS.len() {
            let key = format!("{KEY}customer/{number:02}");
            let outcome: CustomerOutcome = match self.told.get(&key) {
                Some(outcome) => serde_json::from_str(outcome).context("an outcome of the demonstration")?,
                None => {
                    let register = files::registration(number, self.keys.has_master())?;
                    register_customer(self.book, self.keys, context("operator", key)?, register)
                        .await?
                        .outcome
                }
            };
            self.customers.push(outcome.id);
        }
        let first = StreamKey::existing::<Customer>(&self.customers[0]);
        let registered = self.book.event_at(&first, 1).await?;
        if let Some(registered) = registered {
            self.day = registered.recorded_at.with_timezone(&self.book.time_zone()).date_naive();
        }
        Ok(())
    }

    async fn deposit(&self, number: usize, step: &DepositStep) -> Result<(), Failure> {
        let key = format!("{KEY}deposit/{number:03}");
        let effective_date = self.date(step.days_ago)?;
        let record = RecordDeposit {
            customer: self.customers[step.customer].clone(),
            amount: money(&step.amount, step.currency)?,
            reference: parse(&format!("DEMO-IN-{number:03}"))?,
            method: step.method,
            effective_date: Some(effective_date),
            remark: None,
        };
        let recorded: Option<DepositOutcome> =
            self.step(&key, |context| record_deposit(self.book, context, record)).await?;
        let Some(deposit) = recorded.filter(|_| step.reversed).map(|outcome| outcome.id) else {
            return Ok(());
        };
        let reason = parse("记错客户，冲正 / recorded for the wrong customer")?;
        let reverse = ReverseDeposit { deposit, reason, effective_date: Some(effective_date) };
        let key = format!("{key}/reverse");
        let reversed = self.step(&key, |context| reverse_deposit(self.book, context, reverse)).await;
        reversed.map(|_: Option<DepositOutcome>| ())
    }

    /// What the read tables would know if somebody had folded the story: all of it was entered within this hour.
    fn known(&self, customer: usize) -> Result<Known, Failure> {
        let mut sum = Money::zero(Currency::CNY);
        for step in story::deposits().iter().filter(|step| step.customer == customer && !step.reversed) {
            if step.currency == sum.currency().code() {
                sum = sum.checked_add(money(&step.amount, step.currency)?).context("the story's deposits")?;
            }
        }
        let came_in = CameIn { hour: sum, six_hours: sum, day: sum, three_days: sum, week: sum, month: sum };
        Ok(Known { came_in, ..Known::nothing(self.book.head(), sum.currency()) })
    }

    async fn withdraw(&self, number: usize, step: &WithdrawalStep) -> Result<(), Failure> {
        let key = format!("{KEY}withdrawal/{number:02}");
        let request = RequestWithdrawal {
            customer: self.customers[step.customer].clone(),
            amount: money(step.amount, "CNY")?,
            reference: parse(&format!("DEMO-OUT-{number:02}"))?,
            destination: Destination {
                account_name: parse(CUSTOMERS[step.customer])?,
                account_number: parse(&format!("62220000000000{number:04}"))?,
                bank_name: Some(parse("示例银行 / Demo Bank")?),
            },
        };
        let known = self.known(step.customer)?;
        let fresh = WithdrawalId::from_uuid(environment::fresh_uuid());
        let requested: Option<WithdrawalOutcome> = self
            .step(&key, |context| request_withdrawal(self.book, context, fresh, request, Some(known)))
            .await?;
        let Some(requested) = requested else { return Ok(()) };
        let date = Some(self.date(step.days_ago)?);
        for state in way_to(step.until) {
            let key = format!("{key}/{state}");
            let taken = self.take(&key, requested.id.clone(), *state, date).await?;
            if taken.is_none() {
                break;
            }
        }
        Ok(())
    }

    /// The step that brings a withdrawal into this state.
    async fn take(
        &self,
        key: &str,
        withdrawal: WithdrawalId,
        state: WithdrawalState,
        effective_date: Option<NaiveDate>,
    ) -> Result<Option<WithdrawalOutcome>, Failure> {
        let book = self.book;
        match state {
            WithdrawalState::Requested => Ok(None),
            WithdrawalState::Approved => {
                self.step(key, |c| approve_withdrawal(book, c, ApproveWithdrawal { withdrawal })).await
            }
            WithdrawalState::Rejected => {
                let reason = parse("金额与合同不符 / differs from the contract")?;
                self.step(key, |c| reject_withdrawal(book, c, RejectWithdrawal { withdrawal, reason })).await
            }
            WithdrawalState::Cancelled => {
                let reason = Some(parse("客户撤回 / withdrawn by the customer")?);
                self.step(key, |c| cancel_withdrawal(book, c, CancelWithdrawal { withdrawal, reason })).await
            }
            WithdrawalState::Submitted => {
                let step = SubmitWithdrawal { withdrawal, channel_reference: None, effective_date };
                self.step(key, |c| submit_withdrawal(book, c, step)).await
            }
            WithdrawalState::Succeeded => {
                let step = SucceedWithdrawal { withdrawal, effective_date };
                self.step(key, |c| succeed_withdrawal(book, c, step)).await
            }
            WithdrawalState::Failed => {
                let reason = parse("账号有误 / wrong account number")?;
                let step = FailWithdrawal { withdrawal, reason, effective_date };
                self.step(key, |c| fail_withdrawal(book, c, step)).await
            }
            WithdrawalState::Returned => {
                let reason = parse("收款行退汇 / returned by the bank")?;
                let step = ReturnWithdrawal { withdrawal, reason, effective_date };
                self.step(key, |c| return_withdrawal(book, c, step)).await
            }
        }
    }

    async fn suspend(&self) -> Result<(), Failure> {
        let reason = parse("资料待核实 / papers to be checked")?;
        let suspend = SuspendCustomer { customer: self.customers[SUSPENDED].clone(), reason };
        let key = format!("{KEY}suspend");
        let suspended = self.step(&key, |context| suspend_customer(self.book, context, suspend)).await;
        suspended.map(|_: Option<CustomerOutcome>| ())
    }

    /// Takes a step unless it was taken before. `None`: refused, because someone has used the book since; the rest
    /// of the story goes on without it.
    async fn step<T, F>(
        &self,
        key: &str,
        command: impl FnOnce(CommandContext) -> F,
    ) -> Result<Option<T>, Failure>
    where
        T: serde::de::DeserializeOwned,
        F: Future<Output = Result<Receipt<T>, CommandError>>,
    {
        if let Some(outcome) = self.told.get(key) {
            return Ok(Some(serde_json::from_str(outcome).context("an outcome of the demonstration")?));
        }
        let actor = match key.rsplit('/').next() {
            Some("approved" | "rejected") => "approver",
            Some(_) | None => "finance",
        };
        match command(context(actor, key.to_owned())?).await {
            Ok(receipt) => Ok(Some(receipt.outcome)),
            Err(CommandError::Refused(refusal)) => {
                tracing::warn!(step = key, %refusal, "a step of the demonstration is left out");
                Ok(None)
            }
            Err(error) => Err(error.into()),
        }
    }

    fn date(&self, days_ago: u32) -> Result<NaiveDate, Failure> {
        let date = self.day.checked_sub_days(Days::new(u64::from(days_ago)));
        date.ok_or_else(|| Failure::environment(anyhow!("the clock is at the beginning of time")))
    }
}

/// The states a withdrawal goes through, after it was requested.
fn way_to(state: WithdrawalState) -> &'static [WithdrawalState] {
    use WithdrawalState::{Approved, Cancelled, Failed, Rejected, Requested, Returned, Submitted, Succeeded};
    match state {
        Requested => &[],
        Approved => &[Approved],
        Rejected => &[Rejected],
        Cancelled => &[Cancelled],
        Submitted => &[Approved, Submitted],
        Succeeded => &[Approved, Submitted, Succeeded],
        Failed => &[Approved, Submitted, Failed],
        Returned => &[Approved, Submitted, Succeeded, Returned],
    }
}

fn context(user: &str, key: String) -> Result<CommandContext, Failure> {
    Ok(CommandContext {
        actor: parse(&format!("user:{user}"))?,
        idempotency_key: Some(key),
        request_id: None,
        client_address: None,
        dry_run: false,
    })
}

fn money(amount: &str, currency: &str) -> Result<Money, Failure> {
    let currency = Currency::parse(currency).context("a currency of the demonstration")?;
    Ok(Money::parse(amount, currency).context("an amount of the demonstration")?)
}

pub(super) fn parse<T>(text: &str) -> Result<T, Failure>
where
    T: std::str::FromStr,
    T::Err: std::error::Error + Send + Sync + 'static,
{
    Ok(text.parse().with_context(|| format!("{text:?} of the demonstration"))?)
}
