//! The events of a wallet, straight from its stream: no read table is asked.

use rust_decimal::Decimal;
use sqlx::PgPool;
use tallybook_domain::deposits::WalletEvent;
use tallybook_domain::{AggregateType, BookEvent, Money, MoneyError, WalletId};

use super::event::{EventRow, ExplainingEvent};
use super::{ExplainError, WalletPart};
use crate::query::{Paging, ReadError, Total, read_key, write_cursor};

/// Events read at once.
const PAGE: i64 = 1000;
const ORDER: &str = "sequence";

/// What the events up to a position come to, and how many move this part of the wallet; `None` if there are none at all.
pub(super) async fn sum(
    pool: &PgPool,
    wallet: &WalletId,
    part: WalletPart,
    position: u64,
) -> Result<Option<(Total, u64)>, ExplainError> {
    let (mut sum, mut count, mut after) = (Total::zero(wallet.currency()), 0, 0);
    loop {
        let rows = events(pool, wallet, after, position).await?;
        let Some(last) = rows.last() else { return Ok((after > 0).then_some((sum, count))) };
        after = last.sequence;
        for row in &rows {
            let effect = effect(&row.decode()?, part).map_err(beyond)?;
            if let Some(effect) = effect {
                sum = sum.plus(effect.into())?;
                count += 1;
            }
        }
    }
}

pub(super) async fn page(
    pool: &PgPool,
    (wallet, part): (&WalletId, WalletPart),
    position: u64,
    paging: &Paging,
) -> Result<(Vec<ExplainingEvent>, Option<String>), ExplainError> {
    let mut after: i64 = match paging.after(ORDER).map_err(ReadError::from)? {
        Some([sequence]) => read_key(&sequence).map_err(ReadError::from)?,
        None => 0,
    };
    let wanted = usize::try_from(paging.rows_to_fetch()).unwrap_or(usize::MAX);
    let mut found: Vec<(i64, ExplainingEvent)> = Vec::new();
    while found.len() < wanted {
        let rows = events(pool, wallet, after, position).await?;
        let Some(last) = rows.last() else { break };
        after = last.sequence;
        for row in rows {
            let event = row.decode()?;
            if let Some(effect) = effect(&event, part).map_err(beyond)? {
                found.push((row.sequence, row.shown(&event, effect.into(), None)?));
            }
        }
    }
    found.truncate(wanted);
    let next = paging.cut(&mut found, |(sequence, _)| write_cursor(ORDER, [sequence.to_string()]));
    Ok((found.into_iter().map(|(_, event)| event).collect(), next))
}

async fn events(
    pool: &PgPool,
    wallet: &WalletId,
    after: i64,
    position: u64,
) -> Result<Vec<EventRow>, sqlx::Error> {
    sqlx::query_as!(
        EventRow,
        r#"SELECT position, sequence, recorded_at, aggregate_type, aggregate_id, event_type, event_version,
                  payload::text AS "payload!", metadata::text AS "metadata!"
             FROM events
            WHERE aggregate_id = $1 AND aggregate_type = $2 AND sequence > $3 AND position <= $4
            ORDER BY sequence LIMIT $5"#,
        wallet.as_str(),
        AggregateType::Wallet.as_str(),
        after,
        i64::try_from(position).unwrap_or(i64::MAX),
        PAGE
    )
    .fetch_all(pool)
    .await
}

/// By how much an event changes this part of its wallet; `None` if it does not.
pub(super) fn effect(event: &BookEvent, part: WalletPart) -> Result<Option<Money>, MoneyError> {
    let event = match event {
        BookEvent::Wallet(event) => event,
        BookEvent::Customer(_)
        | BookEvent::Withdrawal(_)
        | BookEvent::Period(_)
        | BookEvent::ChannelNotification(_)
        | BookEvent::Payouts(_)
        | BookEvent::Settlement(_)
        | BookEvent::Risk(_)
        | BookEvent::Orders(_)
        | BookEvent::Approvals(_)
        | BookEvent::Billing(_) => {
            return Ok(None);
        }
    };
    let (amount, balance, held) = match event {
        WalletEvent::DepositRecorded { amount, .. }
        | WalletEvent::ReturnCredited { amount, .. }
        | WalletEvent::BillPaymentReturned { amount, .. }
        | WalletEvent::OrderRefundCredited { amount, .. }
        | WalletEvent::FundsFreed { amount, .. }
        | WalletEvent::AdvanceCredited { amount, .. } => (amount, 1, 0),
        WalletEvent::DepositReversed { amount, .. }
        | WalletEvent::BillPaid { amount, .. }
        | WalletEvent::OrderPaymentTaken { amount, .. }
        | WalletEvent::FundsApplied { amount, .. }
        | WalletEvent::AdvanceReturned { amount, .. } => (amount, -1, 0),
        WalletEvent::FundsHeld { amount, .. } => (amount, 0, 1),
        WalletEvent::HoldReleased { amount, .. } => (amount, 0, -1),
        WalletEvent::HoldPaidOut { amount, .. } => (amount, -1, -1),
    };
    let times = match part {
        WalletPart::Balance => balance,
        WalletPart::Held => held,
        WalletPart::Available => balance - held,
    };
    match times {
        0 => Ok(None),
        times => Money::new(amount.amount() * Decimal::from(times), amount.currency()).map(Some),
    }
}

fn beyond(error: MoneyError) -> ReadError {
    ReadError::Corrupt(format!("an amount of the journal: {error}"))
}
