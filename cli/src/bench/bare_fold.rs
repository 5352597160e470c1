//! What `bench rebuild` is measured beside: the wallets' balances from the same events, with nothing of ours.

use std::collections::HashMap;

use anyhow::Context;
use futures::TryStreamExt;
use rust_decimal::Decimal;
use serde::Deserialize;
use sqlx::postgres::PgPoolCopyExt;
use sqlx::{Executor, PgPool};

/// All that a balance needs of a wallet's event.
#[derive(Deserialize)]
struct Payload<'a> {
    #[serde(borrow)]
    wallet: &'a str,
    amount: Amount,
}

#[derive(Deserialize)]
struct Amount {
    amount: Decimal,
}

/// Copies all events out in binary, adds up the wallets in one map, and copies the map in. Answers its size.
pub(super) async fn fold_and_copy(pool: &PgPool) -> anyhow::Result<usize> {
    pool.execute("DROP TABLE IF EXISTS bare_wallets; CREATE TABLE bare_wallets (id text PRIMARY KEY, balance text NOT NULL)")
        .await?;
    let mut events =
        pool.copy_out_raw("COPY (SELECT * FROM events ORDER BY position) TO STDOUT (FORMAT binary)").await?;
    let mut wallets: HashMap<String, Decimal> = HashMap::new();
    let mut header = true;
    while let Some(bytes) = events.try_next().await? {
        // PostgreSQL sends a row a message; the first also has the header of 19 bytes, the last is the end alone.
        let row = if std::mem::take(&mut header) { &bytes[19..] } else { &bytes[..] };
        if let Some(fields) = fields(row)? {
            fold(&fields, &mut wallets)?;
        }
    }
    drop(events);
    let mut rows = String::new();
    for (id, balance) in &wallets {
        rows.push_str(&format!("{id}\t{balance}\n"));
    }
    let mut copy = pool.copy_in_raw("COPY bare_wallets FROM STDIN").await?;
    copy.send(rows.as_bytes()).await?;
    copy.finish().await?;
    Ok(wallets.len())
}

/// The fields of one row; nothing at the end.
fn fields(row: &[u8]) -> anyhow::Result<Option<Vec<&[u8]>>> {
    let (count, mut rest) = row.split_first_chunk::<2>().context("a row is cut short")?;
    let Ok(count) = usize::try_from(i16::from_be_bytes(*count)) else { return Ok(None) };
    let mut fields = Vec::with_capacity(count);
    for _ in 0..count {
        let (length, after) = rest.split_first_chunk::<4>().context("a field is cut short")?;
        let length = usize::try_from(i32::from_be_bytes(*length)).context("no column of events is null")?;
        let (field, after) = after.split_at_checked(length).context("a field is cut short")?;
        fields.push(field);
        rest = after;
    }
    Ok(Some(fields))
}

fn fold(fields: &[&[u8]], wallets: &mut HashMap<String, Decimal>) -> anyhow::Result<()> {
    // position, sequence, recorded_at, aggregate_type, aggregate_id, event_type, event_version, payload, …
    let (kind, payload) = (fields[5], fields[7]);
    let sign = match kind {
        b"DepositRecorded"
        | b"ReturnCredited"
        | b"BillPaymentReturned"
        | b"FundsFreed"
        | b"AdvanceCredited" => Decimal::ONE,
        b"DepositReversed" | b"HoldPaidOut" | b"BillPaid" | b"FundsApplied" | b"AdvanceReturned" => {
            Decimal::NEGATIVE_ONE
        }
        _ => return Ok(()),
    };
    let outer: HashMap<&str, Payload<'_>> = serde_json::from_slice(payload)?;
    for payload in outer.values() {
        let change = payload.amount.amount.checked_mul(sign).context("an amount too large")?;
        match wallets.get_mut(payload.wallet) {
            Some(balance) => *balance = balance.checked_add(change).context("a balance too large")?,
            None => {
                wallets.insert(payload.wallet.to_owned(), change);
            }
        }
    }
    Ok(())
}

/// The same sums by one statement. Answers how many wallets it made.
pub(super) async fn group_by(pool: &PgPool) -> anyhow::Result<usize> {
    pool.execute("DROP TABLE IF EXISTS grouped_wallets").await?;
    let made = pool
        .execute(
            "CREATE TABLE grouped_wallets AS
             SELECT aggregate_id AS id,
                    sum((payload -> event_type -> 'amount' ->> 'amount')::numeric
                        * CASE WHEN event_type IN ('DepositReversed', 'HoldPaidOut', 'BillPaid', 'FundsApplied',
                                                   'AdvanceReturned')
                               THEN -1 ELSE 1 END) AS balance
               FROM events
              WHERE aggregate_type = 'wallet'
                AND event_type IN ('DepositRecorded', 'ReturnCredited', 'BillPaymentReturned', 'FundsFreed',
                                   'AdvanceCredited', 'DepositReversed', 'HoldPaidOut', 'BillPaid', 'FundsApplied',
                                   'AdvanceReturned')
              GROUP BY aggregate_id;",
        )
        .await?;
    pool.execute("ALTER TABLE grouped_wallets ADD PRIMARY KEY (id)").await?;
    Ok(usize::try_from(made.rows_affected())?)
}
