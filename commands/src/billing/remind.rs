//! Reminding customers of bills: a step is raised, and each attempt to deliver it has its turn.
//!
//! Both look at the bill in the decision that records them, so a dispute or payment comes either before or after.

use chrono::{DateTime, NaiveDate, SubsecRound, Utc};
use serde::{Deserialize, Serialize};
use tallybook_domain::Refusal;
use tallybook_domain::billing::bill::Dispute;
use tallybook_domain::billing::reminder::{AttemptFailure, OwedBill, ReminderId, WithdrawalReason};
use tallybook_domain::billing::{
    Bill, BillId, BillRefusal, Reminder, ReminderChannel, ReminderCommand, ReminderStep,
};
use tallybook_domain::text::Reason;
use tallybook_event_store::{Book, CommandError, Decision, StreamKey};

use crate::CommandContext;

/// A reminder on one channel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReminderDelivery {
    pub bill: BillId,
    pub step: ReminderStep,
    pub channel: ReminderChannel,
}

/// Raises the step a bill has come to, if it is owed, not contested, and was not raised before. `true`: it was now.
pub async fn raise_reminder(
    book: &Book,
    context: CommandContext,
    bill: BillId,
    channels: Vec<ReminderChannel>,
    today: NaiveDate,
) -> Result<bool, CommandError> {
    let request = context.request("raise_reminder", &(&bill, &channels, today))?;
    let reminders = ReminderId::of(&bill);
    let receipt = book
        .execute(request, streams(&bill), move |decision| {
            let Ok(owed) = reason_to_remind(decision, &bill)? else { return Ok(false) };
            let (bill, channels) = (bill.clone(), channels.clone());
            let raise = ReminderCommand::Raise { bill, owed, channels, today };
            Ok(decision.decide::<Reminder>(reminders.as_str(), raise)? > 0)
        })
        .await?;
    Ok(receipt.outcome)
}

/// Lets a reminder be tried again that was given up for want of an address, if its bill may still be reminded of.
/// `true`: it was now.
pub async fn resume_reminder(
    book: &Book,
    context: CommandContext,
    delivery: ReminderDelivery,
) -> Result<bool, CommandError> {
    let request = context.request("resume_reminder", &delivery)?;
    let reminders = ReminderId::of(&delivery.bill);
    let receipt = book
        .execute(request, streams(&delivery.bill), move |decision| {
            let ReminderDelivery { bill, step, channel } = delivery.clone();
            if reason_to_remind(decision, &bill)?.is_err() {
                return Ok(false);
            }
            let resume = ReminderCommand::Resume { bill, step, channel };
            Ok(decision.decide::<Reminder>(reminders.as_str(), resume)? > 0)
        })
        .await?;
    Ok(receipt.outcome)
}

/// Takes the turn to deliver a reminder, until a moment. The answer is the number of the attempt; `None`: it is not
/// time, another has the turn, or there is nothing to deliver any more.
pub async fn attempt_reminder(
    book: &Book,
    context: CommandContext,
    delivery: ReminderDelivery,
    now: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Result<Option<u32>, CommandError> {
    let request = context.request("attempt_reminder", &(&delivery, now))?;
    let reminders = ReminderId::of(&delivery.bill);
    let until = until.trunc_subsecs(0);
    let receipt = book
        .execute(request, streams(&delivery.bill), move |decision| {
            let ReminderDelivery { bill, step, channel } = delivery.clone();
            let withdraw = reason_to_remind(decision, &bill)?.err();
            let attempt = ReminderCommand::Attempt { bill, step, channel, withdraw, now, until };
            let before = decision.state::<Reminder>(reminders.as_str()).attempts(step, channel);
            decision.decide::<Reminder>(reminders.as_str(), attempt)?;
            let attempts = decision.state::<Reminder>(reminders.as_str()).attempts(step, channel);
            Ok((attempts > before).then_some(attempts))
        })
        .await?;
    Ok(receipt.outcome)
}

/// The mail server or the receiver has taken it.
pub async fn record_reminder_sent(
    book: &Book,
    context: CommandContext,
    delivery: ReminderDelivery,
) -> Result<(), CommandError> {
    let request = context.request("record_reminder_sent", &delivery)?;
    let ReminderDelivery { bill, step, channel } = delivery;
    decide(book, request, ReminderCommand::Succeed { bill, step, channel }).await
}

/// An attempt has not delivered it: it is tried again at a moment, or given up.
pub async fn record_reminder_failure(
    book: &Book,
    context: CommandContext,
    delivery: ReminderDelivery,
    attempt: u32,
    (reason, retry_at): (Reason, Option<DateTime<Utc>>),
) -> Result<(), CommandError> {
    let request = context.request("record_reminder_failure", &(&delivery, attempt))?;
    let ReminderDelivery { bill, step, channel } = delivery;
    let failure = AttemptFailure { reason, retry_at: retry_at.map(|moment| moment.trunc_subsecs(0)) };
    decide(book, request, ReminderCommand::Fail { bill, step, channel, attempt, failure }).await
}

async fn decide(
    book: &Book,
    request: tallybook_event_store::CommandRequest,
    command: ReminderCommand,
) -> Result<(), CommandError> {
    let (ReminderCommand::Raise { bill, .. }
    | ReminderCommand::Attempt { bill, .. }
    | ReminderCommand::Succeed { bill, .. }
    | ReminderCommand::Fail { bill, .. }
    | ReminderCommand::Resume { bill, .. }) = &command;
    let reminders = ReminderId::of(bill);
    let streams = vec![StreamKey::existing::<Reminder>(&reminders)];
    let deciding = move |decision: &mut Decision<'_>| {
        decision.decide::<Reminder>(reminders.as_str(), command.clone()).map(|_| ())
    };
    book.execute(request, streams, deciding).await.map(|_| ())
}

fn streams(bill: &BillId) -> Vec<StreamKey> {
    vec![StreamKey::existing::<Bill>(bill), StreamKey::existing::<Reminder>(&ReminderId::of(bill))]
}

/// What is owed of a bill that may be reminded of, or why it may not.
fn reason_to_remind(
    decision: &Decision<'_>,
    bill: &BillId,
) -> Result<Result<OwedBill, WithdrawalReason>, Refusal> {
    let state = decision.state::<Bill>(bill.as_str());
    if state.dispute() == Some(Dispute::Open) {
        return Ok(Err(WithdrawalReason::Disputed));
    }
    let open = state.open().map_err(BillRefusal::from)?.filter(|open| open.is_positive());
    let (Some(open), Some(number), Some(due_date)) = (open, state.number(), state.due_date()) else {
        return Ok(Err(WithdrawalReason::NotOwed));
    };
    Ok(Ok(OwedBill { number: number.clone(), due_date, open }))
}
