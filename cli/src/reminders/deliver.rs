//! One turn: raising what has come to a step, delivering what waits.

use std::time::Duration;

use chrono::{DateTime, NaiveTime, TimeDelta, Utc};
use futures::future::BoxFuture;
use futures::{FutureExt, StreamExt};
use tallybook_api::access::record_showings;
use tallybook_commands::CommandContext;
use tallybook_commands::billing::{
    ReminderDelivery, attempt_reminder, raise_reminder, record_reminder_failure, record_reminder_sent,
    resume_reminder,
};
use tallybook_commands::customers::personal::{OpenedField, PersonalKeys, open_personal};
use tallybook_domain::Actor;
use tallybook_domain::billing::reminder::NO_ADDRESS;
use tallybook_domain::billing::{BillId, ReminderChannel};
use tallybook_domain::customers::PersonalField;
use tallybook_event_store::{Book, CommandError};
use tallybook_read_models::billing::{
    ReminderRow, bills_to_remind, reminders_to_deliver, reminders_to_resume,
};
use tallybook_read_models::customers::find_customer;
use zeroize::Zeroizing;

use super::letter::{Letter, notice};
use super::{Channels, Undelivered};

/// Of a turn; the rest is for the next.
const AT_MOST: i64 = 5_000;
/// At once, of raising and of delivering.
const AT_ONCE: usize = 8;
/// Longest that one attempt may take.
const SEND_WITHIN: Duration = Duration::from_secs(60);
/// Longer than an attempt and what is recorded of it: whoever has not been heard of by then is gone.
const TURN: TimeDelta = TimeDelta::minutes(5);
/// Seconds from a failed attempt to the next: 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h. Then it is given up.
const PAUSES: [i64; 7] = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400];

/// Read anew for each attempt: a turn of many takes longer than an attempt may.
pub type Clock = dyn Fn() -> DateTime<Utc> + Send + Sync;

/// What it takes to remind the customers of a book.
#[derive(Debug)]
pub struct Reminding {
    pub book: Book,
    pub keys: PersonalKeys,
    pub channels: Channels,
    /// Who writes, at the end of a letter.
    pub seller: Option<String>,
    /// The time of day, in the book's time zone, from which reminders are raised.
    pub not_before: NaiveTime,
}

impl Reminding {
    /// Raises the step each bill has come to. The answer is how many were raised. A bill that cannot be is told in the
    /// log and keeps no other back; it is an error if none could be.
    pub async fn raise(&self, now: DateTime<Utc>) -> anyhow::Result<usize> {
        let channels = self.channels.open();
        if self.is_too_early(now) || channels.is_empty() {
            return Ok(0);
        }
        let (today, context) = (now.with_timezone(&self.book.time_zone()).date_naive(), context()?);
        let bills = bills_to_remind(self.book.pool(), today, AT_MOST).await?;
        let raising = bills.into_iter().map(|bill| {
            let raising = raise_reminder(&self.book, context.clone(), bill.clone(), channels.clone(), today);
            async move { (bill, raising.await.map_err(anyhow::Error::from)) }.boxed()
        });
        let raised = each(raising.collect()).await?;
        Ok(raised.into_iter().filter(|raised| *raised).count())
    }

    /// Lets what was given up for want of an address be tried again where there is one now. The answer is how many are.
    pub async fn resume(&self, now: DateTime<Utc>) -> anyhow::Result<usize> {
        if self.is_too_early(now) || self.channels.email.is_none() {
            return Ok(0);
        }
        let (given_up, context) = (reminders_to_resume(self.book.pool(), AT_MOST).await?, context()?);
        let resuming = given_up.into_iter().map(|ReminderRow { bill, step, channel, .. }| {
            let delivery = ReminderDelivery { bill: bill.clone(), step, channel };
            let resuming = resume_reminder(&self.book, context.clone(), delivery);
            async move { (bill, resuming.await.map_err(anyhow::Error::from)) }.boxed()
        });
        let resumed = each(resuming.collect()).await?;
        Ok(resumed.into_iter().filter(|resumed| *resumed).count())
    }

    fn is_too_early(&self, now: DateTime<Utc>) -> bool {
        now.with_timezone(&self.book.time_zone()).time() < self.not_before
    }

    /// Tries to deliver what waits and whose time has come. The answer is how many were looked at. As with raising, one
    /// that fails keeps no other back, least of all one that is under way.
    pub async fn deliver(&self, clock: &Clock) -> anyhow::Result<usize> {
        let waiting = reminders_to_deliver(self.book.pool(), &self.channels.open(), clock(), AT_MOST).await?;
        let delivering = waiting
            .iter()
            .map(|row| async move { (row.bill.clone(), self.deliver_one(row, clock).await) }.boxed());
        each(delivering.collect()).await?;
        Ok(waiting.len())
    }

    async fn deliver_one(&self, row: &ReminderRow, clock: &Clock) -> anyhow::Result<()> {
        let (book, context, now) = (&self.book, context()?, clock());
        let delivery = ReminderDelivery { bill: row.bill.clone(), step: row.step, channel: row.channel };
        let turn = attempt_reminder(book, context.clone(), delivery.clone(), now, now + TURN).await?;
        let Some(attempt) = turn else { return Ok(()) };
        let sent = match tokio::time::timeout(SEND_WITHIN, self.send(row, now)).await {
            Ok(sent) => sent,
            Err(_) => Err(Undelivered::for_now("it took too long")),
        };
        let (bill, step, channel) = (&row.bill, row.step, row.channel);
        match sent {
            Ok(()) => {
                record_reminder_sent(book, context, delivery).await?;
                tracing::info!(%bill, %step, %channel, attempt, "a reminder was sent");
            }
            Err(Undelivered { reason, hopeless }) => {
                let retry_at = if hopeless { None } else { retry_at(attempt, clock()) };
                match retry_at {
                    Some(at) => {
                        tracing::warn!(%bill, %step, %channel, attempt, %reason, %at, "a reminder is tried again")
                    }
                    None => {
                        tracing::error!(%bill, %step, %channel, attempt, %reason, "a reminder was given up")
                    }
                }
                let outcome = (reason.parse()?, retry_at);
                record_reminder_failure(book, context, delivery, attempt, outcome).await?;
            }
        }
        Ok(())
    }

    async fn send(&self, row: &ReminderRow, now: DateTime<Utc>) -> Result<(), Undelivered> {
        let id = message_id(self.book.schema(), row);
        let closed = || Undelivered::for_now("this channel is not set up here");
        match row.channel {
            ReminderChannel::Email => {
                let mail = self.channels.email.as_ref().ok_or_else(closed)?;
                let address = self.address(row, &id, now).await?;
                mail.send(&id, &address, Letter::of(row, self.seller.as_deref()), now).await
            }
            ReminderChannel::Webhook => {
                let webhook = self.channels.webhook.as_ref().ok_or_else(closed)?;
                let body = notice(row).map_err(|error| Undelivered::hopeless(error.to_string()))?;
                webhook.post(&id, body, now).await
            }
        }
    }

    /// The customer's e-mail address, opened for this one letter. That is written down as if a person had seen it.
    async fn address(
        &self,
        row: &ReminderRow,
        id: &str,
        now: DateTime<Utc>,
    ) -> Result<Zeroizing<String>, Undelivered> {
        let unread = |error: String| {
            tracing::warn!(customer = %row.customer, %error, "an e-mail address could not be looked up");
            Undelivered::for_now("the customer's file could not be read")
        };
        let pool = self.book.pool();
        let found = find_customer(pool, &row.customer).await.map_err(|error| unread(error.to_string()))?;
        let file = found.data.ok_or_else(|| unread("there is no such customer".into()))?;
        let erased = || Undelivered::hopeless("the customer's personal data was erased");
        if file.personal_data_erased_at.is_some() {
            return Err(erased());
        }
        let mut profile = file.profile;
        let Some(sealed) = profile.email.take() else {
            return Err(Undelivered::hopeless(NO_ADDRESS));
        };
        // Nothing else of the file is opened.
        let only = tallybook_domain::customers::CustomerProfile { email: Some(sealed), ..Default::default() };
        let opened = open_personal(&self.keys, &[(&row.customer, &only)], true).await;
        let opened = opened.map_err(|error: CommandError| unread(error.to_string()))?;
        let address = match opened.first().and_then(|fields| fields.get(PersonalField::Email)) {
            Some(OpenedField::Full(address)) => address.clone(),
            Some(OpenedField::Masked(_) | OpenedField::Locked) => {
                return Err(Undelivered::for_now("this process has no key that opens the e-mail address"));
            }
            // Its key is gone before the read model has heard of it.
            None => return Err(erased()),
        };
        let shown = vec![(row.customer.clone(), vec![PersonalField::Email])];
        let actor = actor().map_err(|error| unread(error.to_string()))?;
        record_showings(pool, &actor, id, shown, now).await.map_err(|error| unread(error.to_string()))?;
        Ok(address)
    }
}

/// Does all of it, some at once, and answers what came of it. What fails is told in the log, and the rest goes on; it is
/// an error if nothing else came of it.
async fn each<T>(doing: Vec<BoxFuture<'_, (BillId, anyhow::Result<T>)>>) -> anyhow::Result<Vec<T>> {
    let mut ending = futures::stream::iter(doing).buffer_unordered(AT_ONCE);
    let (mut done, mut failure) = (Vec::new(), None);
    while let Some((bill, outcome)) = ending.next().await {
        match outcome {
            Ok(one) => done.push(one),
            Err(error) => {
                tracing::error!(%bill, %error, "the reminders of a bill could not be looked after");
                failure = Some(error);
            }
        }
    }
    match failure {
        Some(error) if done.is_empty() => Err(error.context("nothing could be done")),
        Some(_) | None => Ok(done),
    }
}

/// What names a reminder outside, for ever. Without full stops, which part what is signed.
fn message_id(schema: &str, row: &ReminderRow) -> String {
    let book = schema.strip_prefix("book_").unwrap_or(schema);
    format!("reminder_{book}_{}_{}", row.bill.as_str().replace('.', "_"), row.step)
}

/// When an attempt that failed is followed by another; `None`: never.
fn retry_at(attempt: u32, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let pause = usize::try_from(attempt).ok()?.checked_sub(1).and_then(|index| PAUSES.get(index))?;
    now.checked_add_signed(TimeDelta::seconds(*pause))
}

fn context() -> anyhow::Result<CommandContext> {
    Ok(CommandContext {
        actor: actor()?,
        idempotency_key: None,
        request_id: None,
        client_address: None,
        dry_run: false,
    })
}

fn actor() -> anyhow::Result<Actor> {
    Ok("system:reminders".parse()?)
}
